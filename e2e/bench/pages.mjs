// What the portal's answers cost, beside nginx that sends one of its pages as a file. One server at a
// time; the portal as it is run, its counters and its log included, only its limits out of the way.

import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { Portal } from '../fixtures/portal.mjs';
import { CONNECTIONS, SERVER_CORE, each, script, wrk } from './ask.mjs';
import { nginx } from './nginx.mjs';

const MOST_CODES = 2_000;
const LONGEST_LIST = 100;
/** Of each address as many in one go as the limit of the operators' routes lets through. */
const HEALTH_ASKED = 400 * CONNECTIONS;

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

/** Each on a portal that has not shown any place yet. */
async function cold(data, paths) {
  const portal = await starting(data);
  const before = await answers(portal);
  const figures = each(portal, paths);
  const kept = share(before, await answers(portal));
  await portal.remove();
  return { ...figures, kept };
}

/** A portal on the server's core that has done what it does at its start. */
export async function starting(data, options = {}) {
  const portal = await Portal.start({ data, open: false, pinned: SERVER_CORE, ...options });
  for (let times = 0; times < 50; times += 1) await (await fetch(portal.address)).text();
  await sleep(500);
  return portal;
}

async function warm(data, folder, { profiles, documents }) {
  const lua = join(folder, 'ask.lua');
  const portal = await starting(data);
  const rows = [];
  const measure = async (what, paths, how) => {
    let before;
    const figures = await wrk(portal, script(lua, paths, how), { measuring: async () => { before = await answers(portal); } });
    rows.push({ what, ...figures, kept: share(before, await answers(portal)) });
  };
  const maps = await baseMaps(portal, profiles.slice(0, 200));
  const tag = (await fetch(portal.address + profiles[0])).headers.get('etag');
  await measure('page, warm, by Zipf', profiles, { zipf: true });
  await measure('page, warm, by Zipf, in brotli', profiles, { zipf: true, headers: { 'accept-encoding': 'br' } });
  await measure('page, known already (304)', [profiles[0]], { headers: { 'if-none-match': tag } });
  await measure('restrictions as JSON, warm, by Zipf', documents, { zipf: true });
  await measure('base layer of the map', maps);
  await portal.remove();
  return rows;
}

async function health(data) {
  const portal = await starting(data);
  const figures = each(portal, Array(HEALTH_ASKED).fill('/healthz'), { addresses: true });
  await portal.remove();
  return { what: '/healthz', ...figures, kept: null };
}

async function peer(folder, bytes) {
  const server = await nginx(folder, bytes);
  try {
    return { what: 'nginx, one of the pages as a file', ...await wrk(server, script(join(folder, 'ask.lua'), ['/page.html'])), kept: null };
  } finally {
    server.stop();
  }
}

/** @param {import('./report.mjs').Report} report */
export async function pages(report, folder, data) {
  const portal = await starting(data);
  const all = await codes(portal);
  const profiles = all.map((code) => `/c/${code}`);
  const documents = all.map((code) => `/api/v1/parcels/${code}/restrictions`);
  // The page that half of them are smaller than.
  const { sizes } = each(portal, profiles);
  const order = [...profiles.keys()].sort((a, b) => sizes[a] - sizes[b]);
  const usual = profiles[order[order.length >> 1]];
  const bytes = Buffer.from(await (await fetch(portal.address + usual)).arrayBuffer());
  await portal.remove();
  const first = await peer(folder, bytes);
  const rows = [
    first,
    ...await warm(data, folder, { profiles, documents }),
    { what: 'page, cold, every code once', ...await cold(data, profiles) },
    { what: 'restrictions as JSON, cold, every code once', ...await cold(data, documents) },
    await health(data),
  ];
  report.table(
    `Answers: ${all.length} places, the usual page ${(bytes.length / 1000).toFixed(1)} kB, ${CONNECTIONS} connections kept alive, one core`,
    ['', 'answers/s', 'median ms', 'p99 ms', 'CPU µs each', 'rate, % of nginx', 'CPU, times nginx', 'kept, %'],
    rows.map(({ what, rate, median, p99, cpu, kept }) => [what, rate, median, p99, cpu, (100 * rate) / first.rate, cpu / first.cpu, kept]),
  );
}
