// Whether sites suit a use: the verdict on an outline that is drawn over Cambridge, and the search of every site
// there and in ten of it, over HTTP. One question at a time: people wait for theirs alone.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CAMBRIDGE } from '../fixtures/paths.mjs';
import { each } from './ask.mjs';
import { tenCambridges } from './imports.mjs';
import { serving } from './pages.mjs';
import { percentile } from './report.mjs';

const OUTLINES = 300;
/** Sides of outlines, degrees: some 40, 160 and 650 m to the north. */
const SIDES = [0.0004, 0.0015, 0.006];
const USES = ['one-family', 'cafe', 'office', 'research', 'workshop', 'factory', 'warehouse', 'park'];
const SIZES = [100, 500, 2000, 10000, 50000, 200000];
const BANDS = ['yes', 'maybe', 'no'];
const RULES = { suitability: { sets: ['cambridge'] } };

/** Corners of parcels from all over, each once. */
function corners() {
  const { features } = JSON.parse(readFileSync(CAMBRIDGE.files.find((file) => basename(file) === 'parcels.geojson'), 'utf8'));
  const drawn = features.filter(({ geometry }) => geometry?.coordinates.length);
  const apart = Math.max(1, Math.floor(drawn.length / OUTLINES));
  return drawn.filter((_, at) => at % apart === 0).slice(0, OUTLINES).map(({ geometry }) => geometry.coordinates.flat(2 + (geometry.type === 'MultiPolygon')).slice(0, 2));
}

function square([west, south], side) {
  const [east, north] = [west + side, south + side];
  return { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] };
}

/** @param {import('./report.mjs').Report} report */
export async function outlines(report, _folder, { data }) {
  const rows = await serving(data, async (portal) => {
    const found = [];
    for (const side of SIDES) {
      const times = [];
      const told = { judged: 0 };
      for (const corner of corners()) {
        const body = JSON.stringify({ use: 'cafe', outline: square(corner, side), answers: { builds: 'no' } });
        const asked = performance.now();
        const answer = await fetch(`${portal.address}/api/v1/suitability`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
        const text = await answer.text();
        times.push(performance.now() - asked);
        if (!answer.ok) throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
        if (text.includes('"told":"judged"')) told.judged += 1;
      }
      times.sort((a, b) => a - b);
      found.push([`${Math.round(side * 111_000)} m to the north`, times.length, told.judged, ...[0.5, 0.95, 0.99].map((share) => percentile(times, share))]);
    }
    return found;
  }, RULES);
  report.table('The verdict on a square that is drawn over Cambridge, as JSON, one after the other (goal: under 15 ms)',
    ['side', 'asked', 'judged', 'median ms', 'p95 ms', 'p99 ms'], rows);
}

/** Every question once: uses, bands and sizes from all steps to all later ones. */
function questions() {
  const sizes = SIZES.flatMap((min, at) => [`&min=${min}`, ...SIZES.slice(at + 1).map((max) => `&min=${min}&max=${max}`)]);
  return USES.flatMap((use) => BANDS.flatMap((band) => ['', ...sizes].map((size) => `/api/v1/sites?use=${use}&band=${band}&limit=50${size}`)));
}

/** Waits until the sites are put together and a question is answered; how long that took, s. */
export async function ready(portal, question = questions()[0]) {
  const began = performance.now();
  for (;;) {
    const answer = await fetch(`${portal.address}${question}`);
    const said = await answer.json();
    if (answer.ok && said.told === 'found') return { seconds: (performance.now() - began) / 1000 };
    if (answer.status !== 503) throw new Error(`${answer.status}: ${JSON.stringify(said).slice(0, 500)}`);
    await sleep(500);
  }
}

/** @param {import('./report.mjs').Report} report */
export async function siteSearch(report, folder, { data, codes }) {
  const rows = [];
  for (const [where, loaded, parcels] of [
    ['Cambridge', data, codes.length],
    ['ten times as large', await tenCambridges(report, folder), codes.length * 10],
  ]) {
    await serving(loaded, async (portal) => {
      const { seconds } = await ready(portal);
      for (const round of ['new questions', 'the same again']) {
        const { median, p95, p99, cpu } = each(portal, questions(), { connections: 1 });
        rows.push([`${where}: ${round}`, parcels, questions().length, median, p95, p99, cpu, round === 'new questions' ? seconds : null]);
      }
    }, RULES);
  }
  report.table('Where could I, 50 sites on a page, as JSON, one after the other (goal over a million parcels: p95 under 20 ms)',
    ['', 'parcels', 'questions', 'median ms', 'p95 ms', 'p99 ms', 'CPU µs each', 'put together, s'], rows);
}
