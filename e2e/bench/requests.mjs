// Requests: how fast they are taken in, each on disk before its receipt, beside what SQLite commits on the
// same disk; and how fast a backlog of them reaches a department.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CORRECTION } from '../fixtures/answers.mjs';
import { LAND, Portal, land } from '../fixtures/portal.mjs';
import { CONNECTIONS, SECONDS } from './ask.mjs';
import { percentile } from './report.mjs';

/** Commits one row of so many bytes after another, each on disk, as the portal has its database do. */
const COMMITS = `
import os, sqlite3, sys, time
path, seconds, size = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
db = sqlite3.connect(path, isolation_level=None)
db.execute("pragma journal_mode = wal")
db.execute("pragma synchronous = full")
db.execute("create table row (id integer primary key, content blob)")
began, rows = time.monotonic(), 0
while time.monotonic() - began < seconds:
    db.execute("insert into row (content) values (?)", (os.urandom(size),))
    rows += 1
print(rows / (time.monotonic() - began))
`;

/** About what a request takes: its row, its event, its frozen message and its delivery, sealed. */
const BYTES = 4_096;

/** @param {import('./report.mjs').Report} report */
export async function requests(report, folder) {
  const data = join(folder, 'requests');
  mkdirSync(data);
  land(data);
  const commits = committed(join(folder, 'commits.sqlite3'));
  const portal = await Portal.start({ data, open: false });
  try {
    const taken = await takenIn(portal);
    const title = 'Requests taken in, each on disk before its receipt, one after another and by many at once; peer: one row each in SQLite';
    report.table(title, ['', 'each second', 'of SQLite', 'median ms', 'p99 ms'], [
      ['SQLite, commits of 4 kB', commits, 1, null, null],
      ...taken.rows.map(({ name, rate, median, p99 }) => [name, rate, rate / commits, median, p99]),
    ]);
    const carried = await carriedOut(portal, taken.count);
    report.table('A backlog that reaches a department, which writes each to disk before it answers', ['', 'deliveries each second'], [
      [`${taken.count} requests, one department`, carried],
    ]);
  } finally {
    await portal.remove();
    rmSync(data, { recursive: true, force: true });
  }
}

function committed(path) {
  const run = spawnSync('python3', ['-c', COMMITS, path, String(SECONDS), String(BYTES)], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return Number(run.stdout);
}

async function takenIn(portal) {
  let count = 0;
  const rows = [];
  for (const [name, atOnce] of [['one after another', 1], [`${CONNECTIONS} at once`, CONNECTIONS]]) {
    const times = [];
    const began = performance.now();
    const one = async () => {
      while (performance.now() - began < SECONDS * 1_000) {
        count += 1;
        const asked = performance.now();
        await handIn(portal, count);
        times.push(performance.now() - asked);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    const rate = times.length / ((performance.now() - began) / 1_000);
    times.sort((a, b) => a - b);
    rows.push({ name, rate, median: percentile(times, 0.5), p99: percentile(times, 0.99) });
  }
  return { rows, count };
}

async function handIn(portal, at) {
  const answer = await fetch(`${portal.address}/api/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `bench-key-${String(at).padStart(8, '0')}` },
    body: JSON.stringify({ item: 'data-correction', code: LAND.dry, answers: { ...CORRECTION, what_is_wrong: `bench ${at}` } }),
  });
  if (!answer.ok) throw new Error(`a request was answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Opens the department that everything waits for, and starts the portal again, as after a bad night. */
async function carriedOut(portal, count) {
  await portal.server.stop();
  await portal.openDepartment();
  const began = performance.now();
  await portal.serve();
  const delivered = async () => {
    const figures = await (await fetch(`${portal.address}/metrics`)).text();
    return Number(figures.match(/^jianma_outbox_deliveries\{state="delivered"\} (\d+)/m)?.[1] ?? 0);
  };
  while ((await delivered()) < count) await pause(50);
  return count / ((performance.now() - began) / 1_000);
}
