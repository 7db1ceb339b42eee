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
import { serving } from './pages.mjs';

const PYTHON = join(ROOT, 'target', 'bench', 'venv', 'bin', 'python');
const PORTAL = join(ROOT, 'e2e', 'bench', 'oereb', 'portal.py');
/** Waitress has four threads; more connections than that only wait. */
const CONNECTIONS = 4;
const [WARMING, ASKED] = [40, 300];
const VERSIONS = '/usr/lib/postgresql';

function run(command, line, options = {}) {
  const done = spawnSync(command, line, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
  if (done.status !== 0) throw new Error(`${command} ${line.join(' ')}\n${done.error ?? ''}${done.stdout}\n${done.stderr}`);
  return done.stdout;
}

/** A cluster of its own, in a folder of its own. PostgreSQL does not run as root: there it runs as `postgres`. */
class Cluster {
  static async start() {
    const cluster = new Cluster(mkdtempSync(join(tmpdir(), 'jianma-bench-postgresql-')), await freePort());
    if (cluster.owner.uid) chownSync(cluster.folder, cluster.owner.uid, cluster.owner.gid);
    run(cluster.program('initdb'), ['-D', cluster.data, '-A', 'trust', '-U', 'bench'], cluster.owner);
    cluster.serve();
    return cluster;
  }

  constructor(folder, port) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.port = port;
    this.address = `postgresql://bench@127.0.0.1:${port}/oereb`;
    const [uid, gid] = process.getuid() === 0 ? ['-u', '-g'].map((which) => Number(run('id', [which, 'postgres']))) : [];
    this.owner = { uid, gid, cwd: tmpdir() };
  }

  program(name) {
    const [newest] = readdirSync(VERSIONS).sort((a, b) => b - a);
    return join(VERSIONS, newest, 'bin', name);
  }

  serve() {
    const log = openSync(join(this.folder, 'log'), 'a');
    const line = ['-c', String(SERVER_CORE), this.program('postgres'), '-D', this.data, '-p', String(this.port), '-k', this.folder, '-h', '127.0.0.1'];
    this.child = spawn('taskset', line, { ...this.owner, stdio: ['ignore', log, log] });
  }

  async answering() {
    for (let attempt = 0; ; attempt += 1) {
      const { status } = spawnSync(this.program('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(this.port)]);
      if (status === 0) return;
      if (attempt > 300 || this.child.exitCode !== null) throw new Error(`PostgreSQL does not answer: ${readFileSync(join(this.folder, 'log'), 'utf8')}`);
      await sleep(100);
    }
  }

  sql(database, statement) {
    run(this.program('psql'), ['-q', '-h', '127.0.0.1', '-p', String(this.port), '-U', 'bench', '-d', database, '-c', statement]);
  }

  async stop() {
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      // Fast: connections are ended, not waited for.
      this.child.kill('SIGINT');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

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
  const cluster = await Cluster.start();
  try {
    await cluster.answering();
    cluster.sql('postgres', 'CREATE DATABASE oereb');
    cluster.sql('oereb', 'CREATE EXTENSION postgis');
    run(PYTHON, ['-W', 'ignore', PORTAL, 'load', cluster.address, CAMBRIDGE.folder, CAMBRIDGE.mapping]);
    const { address, child } = await started(cluster, folder);
    try {
      return ['json', 'xml'].map((format) => {
        const paths = codes.map((code) => `/oereb/extract/${format}?EGRID=${code}`);
        return [`pyramid_oereb: extract as ${format.toUpperCase()}`, warmed({ address, pids: [child.pid, cluster.child.pid] }, paths)];
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
