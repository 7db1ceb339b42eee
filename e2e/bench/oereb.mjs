// A peer that makes what we make: pyramid_oereb, the server of Swiss cantons, tells of a parcel which
// restrictions concern it, which do not and by what law, here over the same parcels and layers of
// Cambridge, from PostgreSQL with PostGIS. Beside it our own answers, on parcels nobody asked for yet.

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CAMBRIDGE, ROOT } from '../fixtures/paths.mjs';
import { freePort } from '../fixtures/portal.mjs';
import { SERVER_CORE, each } from './ask.mjs';
import { starting } from './pages.mjs';

const PYTHON = join(ROOT, 'target', 'bench', 'venv', 'bin', 'python');
const PORTAL = join(ROOT, 'e2e', 'bench', 'oereb', 'portal.py');
/** Waitress has four threads; more connections than that only wait. */
const CONNECTIONS = 4;
const [WARMING, ASKED] = [40, 300];

function run(command, line) {
  const done = spawnSync(command, line, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status !== 0) throw new Error(`${command} ${line.join(' ')}\n${done.error ?? ''}${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** A cluster of its own, in a folder of its own; PostgreSQL does not run as root. */
class Cluster {
  static async start() {
    const cluster = new Cluster(mkdtempSync(join(tmpdir(), 'jianma-bench-postgresql-')), await freePort());
    if (process.getuid() === 0) chownSync(cluster.folder, ...['-u', '-g'].map((which) => Number(run('id', [which, 'postgres']))));
    cluster.command('initdb', ['-D', cluster.data, '-A', 'trust', '-U', 'bench']);
    const options = `-p ${cluster.port} -k ${cluster.folder} -c listen_addresses=127.0.0.1`;
    // It keeps its standard output open, so it gets none of ours.
    cluster.command('pg_ctl', ['-D', cluster.data, '-w', '-o', options, '-l', join(cluster.folder, 'log'), 'start'], 'ignore');
    cluster.sql('postgres', 'CREATE DATABASE oereb');
    cluster.sql('oereb', 'CREATE EXTENSION postgis');
    return cluster;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.port = port;
    this.address = `postgresql://bench@127.0.0.1:${port}/oereb`;
    const versions = '/usr/lib/postgresql';
    this.programs = join(versions, readdirSync(versions).sort((a, b) => b - a)[0], 'bin');
  }

  command(name, line, stdout = 'pipe') {
    const owner = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
    const [command, ...rest] = ['taskset', '-c', String(SERVER_CORE), ...owner, join(this.programs, name), ...line];
    const done = spawnSync(command, rest, { encoding: 'utf8', cwd: tmpdir(), stdio: ['ignore', stdout, stdout] });
    if (done.status !== 0) throw new Error(`${name}: ${done.error ?? ''}${done.stdout}\n${done.stderr}`);
  }

  sql(database, statement) {
    run('psql', ['-q', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'bench', '-d', database, '-c', statement]);
  }

  /** The process that starts one for each connection. */
  get pid() {
    return Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  stop() {
    this.command('pg_ctl', ['-D', this.data, '-m', 'fast', '-w', 'stop']);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function serving(cluster, folder) {
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
  const cluster = await Cluster.start();
  try {
    run(PYTHON, ['-W', 'ignore', PORTAL, 'load', cluster.address, CAMBRIDGE.folder, CAMBRIDGE.mapping]);
    const { address, child } = await serving(cluster, folder);
    try {
      return ['json', 'xml'].map((format) => {
        const paths = codes.map((code) => `/oereb/extract/${format}?EGRID=${code}`);
        return [`pyramid_oereb: extract as ${format.toUpperCase()}`, warmed({ address, pids: [child.pid, cluster.pid] }, paths)];
      });
    } finally {
      child.kill();
    }
  } finally {
    cluster.stop();
  }
}

async function ours(data, codes) {
  const rows = [];
  for (const [what, path] of [
    ['Jianma: restrictions as JSON, cold', (code) => `/api/v1/parcels/${code}/restrictions`],
    ['Jianma: page, cold', (code) => `/c/${code}`],
  ]) {
    const portal = await starting(data);
    rows.push([what, warmed(portal, codes.map(path))]);
    await portal.remove();
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
