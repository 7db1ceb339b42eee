// What the portal's answers cost, beside nginx that sends one of its pages as a file. One server at a
// time; the portal as it is run, its counters and its log included, only its limits out of the way.

import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Portal } from '../fixtures/portal.mjs';
import { CONNECTIONS, SERVER_CORE, each, script, wrk } from './ask.mjs';
import { nginx } from './nginx.mjs';

const MOST_CODES = 2_000;
const LONGEST_LIST = 100;

/** Codes of the demonstration's places, at most 2,000: where a list is full, its box is divided. */
export async function codes(portal) {
  const found = new Set();
  const boxes = [[119.9, 30.5, 120.0, 30.6]];
  while (boxes.length && found.size < MOST_CODES) {
    const [west, south, east, north] = boxes.pop();
    const box = [west, south, east, north].map((degree) => degree.toFixed(6)).join(',');
    const { features } = await portal.api(`/parcels?bbox=${box}&limit=${LONGEST_LIST}`);
    if (features.length < LONGEST_LIST) {
      for (const { id } of features) found.add(id);
    } else {
      const [x, y] = [(west + east) / 2, (south + north) / 2];
      boxes.push([west, south, x, y], [x, south, east, y], [west, y, x, north], [x, y, east, north]);
    }
  }
  return [...found].slice(0, MOST_CODES);
}

/** What the maps of these pages ask for. */
async function baseMaps(portal, profiles) {
  const found = new Set();
  for (const path of profiles) {
    const html = await (await fetch(portal.address + path)).text();
    const address = html.replaceAll('&amp;', '&').match(/\/api\/v1\/basemap\?dataset=[\w-]+&bbox=[\d.,-]+/)?.[0];
    if (address) found.add(address);
  }
  if (!found.size) throw new Error(`none of ${profiles.length} pages names its base map`);
  return [...found];
}

/** How many answers about places were kept ones, and how many were made. */
async function answers(portal) {
  const text = await (await fetch(`${portal.address}/metrics`)).text();
  const [kept, made] = ['kept', 'made'].map((answer) => {
    const line = text.match(new RegExp(`^jianma_kept_answers_total\\{answer="${answer}"\\} (\\d+)$`, 'm'));
    if (!line) throw new Error(`/metrics does not say how many answers were ${answer}`);
    return Number(line[1]);
  });
  return { kept, made };
}

/** Of what was answered in between about places, the share that was kept; nothing where nothing was asked. */
function share(before, after) {
  const [kept, made] = [after.kept - before.kept, after.made - before.made];
  return kept + made ? (100 * kept) / (kept + made) : null;
}

/** Works with a portal on the server's core that has done what it does at its start; ended in any case. */
export async function serving(data, work, options = {}) {
  const portal = await Portal.start({ data, open: false, pinned: SERVER_CORE, ...options });
  try {
    for (let times = 0; times < 50; times += 1) await (await fetch(portal.address)).text();
    await sleep(500);
    return await work(portal);
  } finally {
    await portal.remove();
  }
}

/** Each path once, on a portal that has not shown any place yet. */
const cold = (data, what, paths) => serving(data, async (portal) => {
  const before = await answers(portal);
  const figures = each(portal, paths);
  return { what, ...figures, kept: share(before, await answers(portal)) };
});

const warm = (data, folder, { profiles, documents }) => serving(data, async (portal) => {
  const lua = join(folder, 'ask.lua');
  const rows = [];
  const measure = async (what, paths, how) => {
    // All of them, and in this coding, so that what is made again is what there was no room for.
    // One after the other: while one is written in another coding, the next is sent as it is.
    each(portal, paths, { headers: how?.headers, connections: 1 });
    let before;
    const figures = await wrk(portal, script(lua, paths, how), { measuring: async () => { before = await answers(portal); } });
    rows.push({ what, ...figures, kept: share(before, await answers(portal)) });
  };
  const tag = (await fetch(portal.address + profiles[0])).headers.get('etag');
  await measure('page, warm, by Zipf', profiles, { zipf: true });
  await measure('page, warm, by Zipf, in brotli', profiles, { zipf: true, headers: { 'accept-encoding': 'br' } });
  await measure('page, known already (304)', [profiles[0]], { headers: { 'if-none-match': tag } });
  await measure('restrictions as JSON, warm, by Zipf', documents, { zipf: true });
  await measure('base layer of the map', await baseMaps(portal, profiles.slice(0, 200)));
  return rows;
});

const health = (data, folder) => serving(data, async (portal) => {
  const figures = await wrk(portal, script(join(folder, 'ask.lua'), ['/healthz']));
  return { what: '/healthz', ...figures, kept: null };
}, { limits: { operations_per_second: 1_000_000, operation_burst: 1_000_000 } });

async function peer(folder, bytes) {
  const server = await nginx(folder, bytes);
  try {
    return { what: 'nginx, one of the pages as a file', ...await wrk(server, script(join(folder, 'ask.lua'), ['/page.html'])), kept: null };
  } finally {
    server.stop();
  }
}

/** Where to ask for the places, and the page that half of them are smaller than, as bytes. */
const places = (data) => serving(data, async (portal) => {
  const all = await codes(portal);
  const profiles = all.map((code) => `/c/${code}`);
  const documents = all.map((code) => `/api/v1/parcels/${code}/restrictions`);
  const { sizes } = each(portal, profiles);
  const order = [...profiles.keys()].sort((a, b) => sizes[a] - sizes[b]);
  const usual = await fetch(portal.address + profiles[order[order.length >> 1]]);
  return { profiles, documents, usual: Buffer.from(await usual.arrayBuffer()) };
});

/** @param {import('./report.mjs').Report} report */
export async function pages(report, folder, data) {
  const { profiles, documents, usual } = await places(data);
  const first = await peer(folder, usual);
  const rows = [
    first,
    ...await warm(data, folder, { profiles, documents }),
    await cold(data, 'page, cold, every code once', profiles),
    await cold(data, 'restrictions as JSON, cold, every code once', documents),
    await health(data, folder),
  ];
  report.table(
    `Answers: ${profiles.length} places, the usual page ${(usual.length / 1000).toFixed(1)} kB, ${CONNECTIONS} connections kept alive, one core`,
    ['', 'answers/s', 'median ms', 'p99 ms', 'CPU µs each', 'rate, % of nginx', 'CPU, times nginx', 'kept, %'],
    rows.map(({ what, rate, median, p99, cpu, kept }) => [what, rate, median, p99, cpu, (100 * rate) / first.rate, cpu / first.cpu, kept]),
  );
}
