// A peer that makes what we make: pyramid_oereb, the server of Swiss cantons, tells of a parcel which
// restrictions concern it, which do not and by what law, here over the same parcels and layers of
// Cambridge, from PostgreSQL with PostGIS. Beside it our own answers, on parcels nobody asked for yet.

import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CAMBRIDGE, ROOT } from '../fixtures/paths.mjs';
import { freePort } from '../fixtures/portal.mjs';
import { Cluster, run } from '../fixtures/postgresql.mjs';
import { SERVER_CORE, each } from './ask.mjs';
import { serving } from './pages.mjs';

const PYTHON = join(ROOT, 'target', 'bench', 'venv', 'bin', 'python');
const PORTAL = join(ROOT, 'e2e', 'bench', 'oereb', 'portal.py');
/** Waitress has four threads; more connections than that only wait. */
const CONNECTIONS = 4;
const [WARMING, ASKED] = [40, 300];

async function started(cluster, folder) {
  const port = await freePort();
  const path = join(folder, 'oereb.log');
  const log = openSync(path, 'a');
  const line = ['-c', String(SERVER_CORE), PYTHON, '-W', 'ignore', PORTAL, 'serve', cluster.address, CAMBRIDGE.mapping, String(port)];
  const child = spawn('taskset', line, { stdio: ['ignore', log, log] });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const answered = await fetch(address).then(() => true, () => false);
    if (answered) return { address, child };
    if (attempt > 600 || child.exitCode !== null) throw new Error(`pyramid_oereb does not answer: ${readFileSync(path, 'utf8').slice(-2000)}`);
    await sleep(100);
  }
}

/** The first paths only open connections and read what every answer shares. */
function warmed(server, paths) {
  each(server, paths.slice(0, WARMING), { connections: CONNECTIONS });
  return each(server, paths.slice(WARMING), { connections: CONNECTIONS });
}

async function peer(folder, codes) {
  const cluster = await Cluster.start('oereb', { pinned: SERVER_CORE });
  try {
    run(PYTHON, ['-W', 'ignore', PORTAL, 'load', cluster.address, CAMBRIDGE.folder, CAMBRIDGE.mapping]);
    const { address, child } = await started(cluster, folder);
    try {
      return ['json', 'xml'].map((format) => {
        const paths = codes.map((code) => `/oereb/extract/${format}?EGRID=${code}`);
        return [`pyramid_oereb: extract as ${format.toUpperCase()}`, warmed({ address, pids: [child.pid, cluster.pid] }, paths)];
      });
    } finally {
      child.kill();
    }
  } finally {
    await cluster.stop();
  }
}

async function ours(data, codes) {
  const rows = [];
  for (const [what, path] of [
    ['Jianma: restrictions as JSON, cold', (code) => `/api/v1/parcels/${code}/restrictions`],
    ['Jianma: page, cold', (code) => `/c/${code}`],
  ]) {
    rows.push([what, await serving(data, (portal) => warmed(portal, codes.map(path)))]);
  }
  return rows;
}

/** @param {import('./report.mjs').Report} report */
export async function oereb(report, folder, { data, drawn }) {
  const codes = drawn.slice(0, WARMING + ASKED);
  const rows = [...await peer(folder, codes), ...await ours(data, codes)];
  report.table(
    `A parcel's restrictions beside pyramid_oereb (one process of waitress, PostgreSQL with PostGIS), the same ${ASKED} parcels of Cambridge once each, ${CONNECTIONS} connections, one core for all of it`,
    ['', 'answers/s', 'first byte, median ms', 'p99 ms', 'CPU µs each', 'kB'],
    rows.map(([what, { rate, median, p99, cpu, sizes }]) => [what, rate, median, p99, cpu, sizes.reduce((sum, size) => sum + size, 0) / sizes.length / 1000]),
  );
}
