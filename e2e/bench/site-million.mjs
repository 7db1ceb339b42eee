// *Where could I* over a million parcels, over HTTP, and beside it PostgreSQL with PostGIS that is asked the same in the
// same run: by facts that were worked out before, and by geometry when it is asked. The answers are compared: figures of
// one who answers otherwise say nothing. JIANMA_BENCH_SITES tries it with fewer.

import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { basename, join } from 'node:path';
import { JIANMA, ROOT } from '../fixtures/paths.mjs';
import { Cluster } from '../fixtures/postgresql.mjs';
import { each, memory } from './ask.mjs';
import { serving } from './pages.mjs';
import { percentile } from './report.mjs';
import { seeded } from './seeded.mjs';
import { ready } from './sites.mjs';

const COUNT = Number(process.env.JIANMA_BENCH_SITES ?? 1_000_000);
const BENCH = join(ROOT, 'e2e', 'bench');
const USES = ['works', 'shop', 'store', 'camp'];
const BANDS = ['yes', 'maybe', 'no'];
const SIZES = [100, 500, 2000, 10000];
const LIMIT = 50;
const MIB = 2 ** 20;
/** Features that PostgreSQL is handed at once. */
const AT_ONCE = 100_000;

/** Every question once: uses, bands and sizes from all steps to all later ones. */
function questions() {
  const sizes = [{}, ...SIZES.flatMap((min, at) => [{ min }, ...SIZES.slice(at + 1).map((max) => ({ min, max }))])];
  return USES.flatMap((use) => BANDS.flatMap((band) => sizes.map((size) => ({ use, band, ...size }))));
}

const path = (question) => `/api/v1/sites?${new URLSearchParams({ ...question, limit: LIMIT })}`;

function imported({ mapping, files }, data) {
  const began = performance.now();
  const run = spawnSync(JIANMA, ['import', '--data', data, '--mapping', mapping, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`import\n${run.stdout.slice(-2000)}\n${run.stderr.slice(-4000)}`);
  return (performance.now() - began) / 1000;
}

async function fill(cluster, file) {
  const name = basename(file, '.geojson');
  let rows = [];
  const flush = () => {
    if (rows.length) cluster.fill('source', rows);
    rows = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.startsWith('{"type":"Feature",')) rows.push([name, line.replace(/,$/, '')]);
    if (rows.length === AT_ONCE) flush();
  }
  flush();
}

/** PostgreSQL with the same files; how long the facts of all parcels took, s. */
async function loaded(cluster, files) {
  cluster.sql('CREATE UNLOGGED TABLE source (file text, feature jsonb)');
  for (const file of files) await fill(cluster, file);
  cluster.file(join(BENCH, 'seeded.sql'));
  const began = performance.now();
  cluster.sql('CREATE TABLE facts AS SELECT * FROM site');
  const seconds = (performance.now() - began) / 1000;
  cluster.sql('ALTER TABLE facts ADD PRIMARY KEY (code)');
  cluster.sql('CREATE INDEX ON facts (area)');
  cluster.sql("SELECT judged('facts')");
  cluster.sql('ANALYZE facts');
  return seconds;
}

const within = ({ min, max }) => [min ? `area >= ${min}` : 'true', max ? `area < ${max}` : 'true'].join(' AND ');
const bands = (use) => BANDS.map((band) => `count(*) FILTER (WHERE ${use} = '${band}') AS ${band}`).join(', ');
const counted = ({ use, ...sizes }) => `
  SELECT ${bands(use)} FROM band_by_facts WHERE ${within(sizes)}`;
const listed = ({ use, band, ...sizes }) => `
  SELECT code FROM band_by_facts WHERE ${use} = '${band}' AND ${within(sizes)} ORDER BY code LIMIT ${LIMIT}`;

/** What a page of the portal needs, asked of facts in PostgreSQL: counts and the first codes. What it answers, and how long it took, ms. */
function asked(cluster, question) {
  const [counts] = cluster.rows(counted(question));
  const codes = cluster.rows(listed(question)).map(({ code }) => code);
  const time = (query) => JSON.parse(cluster.psql(['-d', cluster.database, '-At', '-c', `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${query}`]))[0]['Execution Time'];
  return { counts, codes, ms: time(counted(question)) + time(listed(question)) };
}

/** The same of a view that looks at geometry, both in one query: it takes as long as the facts of all parcels. */
function measured(cluster, question) {
  const { use, band } = question;
  const began = performance.now();
  const [{ codes, ...counts }] = cluster.rows(`
    SELECT ${bands(use)}, (array_agg(code ORDER BY code) FILTER (WHERE ${use} = '${band}'))[1:${LIMIT}] AS codes
    FROM band_by_site WHERE ${within(question)}`);
  return { counts, codes: codes ?? [], ms: performance.now() - began };
}

/** The same count as the portal tells it: exactly, for the register is an open cadastre's. */
const told = (count) => ({ exactly: count });

/** Where the portal says something else; none where nothing. */
async function differing(portal, question, { counts, codes }) {
  // By a connection of its own: while others were asked, the portal closed those that waited.
  const answer = await fetch(portal.address + path(question), { headers: { connection: 'close' } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path(question)}: ${JSON.stringify(said).slice(0, 500)}`);
  const here = { bands: Object.fromEntries(BANDS.map((band) => [band, told(counts[band])])), codes };
  const there = { bands: Object.fromEntries(BANDS.map((band) => [band, said.bands[band]])), codes: said.sites.map((site) => site.code) };
  return JSON.stringify(here) === JSON.stringify(there) ? null : { question, here, there };
}

const figures = (times) => [0.5, 0.95, 0.99].map((share) => percentile([...times].sort((a, b) => a - b), share));

/** @param {import('./report.mjs').Report} report */
export async function siteMillion(report, folder) {
  const land = await seeded(join(folder, 'seeded'), COUNT);
  const data = join(folder, 'seeded-data');
  const importing = imported(land, data);
  const cluster = await Cluster.start('seeded', { pinned: 0 });
  try {
    const working = await loaded(cluster, land.files);
    const all = questions();
    const byFacts = all.map((question) => asked(cluster, question));
    // By geometry a question takes minutes: each use once.
    const whole = all.filter(({ band, min }) => band === 'yes' && !min);
    const byGeometry = whole.map((question) => measured(cluster, question));
    const rows = await serving(data, async (portal) => {
      const { seconds } = await ready(portal, path(all[0]));
      const found = ['new questions', 'the same again'].map((round) => {
        const { median, p95, p99 } = each(portal, all.map(path), { connections: 1 });
        return [`jianma, over HTTP: ${round}`, all.length, median, p95, p99];
      });
      const others = [];
      for (const [at, question] of all.entries()) {
        const other = await differing(portal, question, byFacts[at]);
        if (other) others.push(other);
      }
      for (const [at, question] of whole.entries()) {
        const other = await differing(portal, question, byGeometry[at]);
        if (other) others.push(other);
      }
      if (others.length) throw new Error(`${others.length} of ${all.length + whole.length} answers differ, the first: ${JSON.stringify(others[0])}`);
      report.table(`A register of ${COUNT} invented parcels with ${land.features - COUNT} restrictions (both answer the ${all.length + whole.length} questions alike)`,
        ['', 'seconds', 'MiB'],
        [['jianma: import', importing, null], ['jianma: sites put together after the start', seconds, memory(portal.pid, 'VmHWM') / MIB], ['PostGIS: facts worked out', working, null]]);
      return found;
    }, { suitability: { sets: ['seeded'], rules: join(BENCH, 'rules') } });
    report.table(`Where could I over ${COUNT} parcels: counts of each band and the first ${LIMIT} sites, one question after the other (goal over a million: p95 under 20 ms)`,
      ['', 'questions', 'median ms', 'p95 ms', 'p99 ms'],
      [
        ...rows,
        ['PostgreSQL, by facts worked out before (no HTTP)', all.length, ...figures(byFacts.map(({ ms }) => ms))],
        ['PostGIS, by geometry when asked (no HTTP)', whole.length, ...figures(byGeometry.map(({ ms }) => ms))],
      ]);
  } finally {
    await cluster.stop();
  }
}
