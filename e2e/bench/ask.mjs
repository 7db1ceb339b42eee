// How servers are asked and what it costs them. The server runs on the first core, the asker on the
// last. `wrk` asks as fast as it is answered; `each` asks every path once.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../fixtures/paths.mjs';
import { percentile } from './report.mjs';

/** Of each row that is asked by `wrk`; fewer to try the scripts. */
export const SECONDS = Number(process.env.JIANMA_BENCH_SECONDS ?? 5);
export const CONNECTIONS = 16;
export const SERVER_CORE = 0;
const ASKER_CORE = cpus().length - 1;
const EACH = join(ROOT, 'e2e', 'bench', 'each.mjs');

/** CPU time of a process and its children, those that have ended too, in µs; known to 10 ms. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10_000, 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return own + (children ? together(children.split(' ')) : 0);
}

const together = (pids) => pids.reduce((sum, pid) => sum + cpu(pid), 0);

/** Memory of a process in bytes: `VmRSS` now, `RssAnon` without what is read from files, `VmHWM` the most ever. */
export function memory(pid, which) {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${which}:\\s+(\\d+) kB`))[1]) * 1024;
}

/** Runs on the asker's core. */
function asking(command, line, options = {}) {
  const run = spawnSync('taskset', ['-c', String(ASKER_CORE), command, ...line], { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (run.status !== 0) throw new Error(`${command} ${line.join(' ')}\n${run.stdout?.slice(-2000)}\n${run.stderr?.slice(-2000)}`);
  return run.stdout;
}

const UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function milliseconds(text) {
  const [, number, unit] = text.match(/^([\d.]+)(us|ms|s|m)$/);
  return Number(number) * UNITS[unit];
}

function once({ address, pids }, script, { seconds, connections }) {
  const before = together(pids);
  const said = asking('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, address]);
  const spent = together(pids) - before;
  const faults = said.match(/Non-2xx or 3xx responses: \d+|Socket errors: .*[1-9].*/)?.[0];
  if (faults) throw new Error(`wrk ${address} ${script}: ${faults}\n${said}`);
  return {
    rate: Number(said.match(/Requests\/sec:\s+([\d.]+)/)[1]),
    median: milliseconds(said.match(/^\s+50%\s+(\S+)/m)[1]),
    p99: milliseconds(said.match(/^\s+99%\s+(\S+)/m)[1]),
    cpu: spent / Number(said.match(/(\d+) requests in/)[1]),
  };
}

/**
 * What wrk finds after it has asked for a while unmeasured. Every answer must be one that was asked for.
 *
 * @param {{ address: string, pids: number[] }} server
 * @param {string} script how to ask, see `script`
 * @param {{ seconds?: number, warm?: number, connections?: number, measuring?: () => void }} [how]
 *   `measuring` is called when the measured part begins
 */
export async function wrk(server, script, { seconds = SECONDS, warm = Math.min(2, SECONDS), connections = CONNECTIONS, measuring } = {}) {
  once(server, script, { seconds: warm, connections });
  await measuring?.();
  return once(server, script, { seconds, connections });
}

/** Has wrk ask for these paths: one after the other, or as often as the law of Zipf has it. */
export function script(path, paths, { zipf = false, headers = {} } = {}) {
  writeFileSync(path, `
    local paths = {${paths.map((one) => JSON.stringify(one)).join(',')}}
    local headers = {${Object.entries(headers).map(([name, value]) => `["${name}"] = ${JSON.stringify(value)}`).join(',')}}
    local sums, sum, at = {}, 0, 0
    for rank = 1, #paths do sum = sum + 1 / rank; sums[rank] = sum end
    math.randomseed(7)
    local function drawn()
      local mark, low, high = math.random() * sum, 1, #paths
      while low < high do
        local middle = math.floor((low + high) / 2)
        if sums[middle] < mark then low = middle + 1 else high = middle end
      end
      return low
    end
    request = function()
      at = at % #paths + 1
      return wrk.format('GET', paths[${zipf ? 'drawn()' : 'at'}], headers)
    end`);
  return path;
}

/**
 * Asks for every path once, over connections that are kept alive.
 *
 * @param {{ address: string, pids: number[] }} server
 * @param {string[]} paths
 * @param {{ connections?: number, pause?: number, headers?: Record<string, string> }} [how] `pause` in ms after
 *   each answer
 * @returns what `wrk` returns, but the times are those to the first byte; `p95` and `slowest` of them, and `sizes` of
 *   the bodies in bytes, in the order of the paths
 */
export function each({ address, pids }, paths, { connections = CONNECTIONS, pause = 0, headers = {} } = {}) {
  const before = together(pids);
  const job = JSON.stringify({ address, paths, connections, pause, headers });
  const { seconds, firstBytes, sizes } = JSON.parse(asking(process.execPath, [EACH], { input: job }));
  const spent = together(pids) - before;
  const [median, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(firstBytes, share));
  return { rate: paths.length / seconds, median, p95, p99, cpu: spent / paths.length, slowest: firstBytes.at(-1), sizes };
}
