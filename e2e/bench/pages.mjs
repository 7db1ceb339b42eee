// What pages and answers cost, beside nginx that sends the same bytes as a file. One server at a time,
// on one core, the asker on another; by rate, and by the server's own CPU for each answer, which a
// taken core changes less.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Portal, freePort } from '../fixtures/portal.mjs';

const SECONDS = 6;
const CONNECTIONS = 16;
const count = (number) => Math.round(number).toLocaleString('en');

/** CPU time of a process and its children that have not ended, in µs. */
function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Asks as the script says, as fast as it is answered. */
function wrk(pid, url, script, seconds = SECONDS) {
  const core = String(cpus().length - 1);
  const before = cpu(pid);
  const run = spawnSync('taskset', ['-c', core, 'wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', '-s', script, url], { encoding: 'utf8' });
  const spent = cpu(pid) - before;
  const failed = run.stdout.match(/Non-2xx or 3xx responses: (\d+)/)?.[1];
  if (run.status !== 0 || failed) throw new Error(`wrk ${url}: ${failed ?? ''} ${run.stderr} ${run.stdout}`);
  return {
    rate: Number(run.stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]),
    median: run.stdout.match(/^\s+50%\s+(\S+)/m)[1],
    p99: run.stdout.match(/^\s+99%\s+(\S+)/m)[1],
    cpu: spent / Number(run.stdout.match(/(\d+) requests in/)[1]),
  };
}

/** Has wrk ask for these paths: one after the other, or as often as the law of Zipf has it. */
function script(path, paths, { zipf = false, headers = {} } = {}) {
  writeFileSync(path, `
    local paths = {${paths.map((one) => `"${one}"`).join(',')}}
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

async function nginx(folder, bytes) {
  const root = join(folder, 'nginx');
  mkdirSync(root);
  writeFileSync(join(root, 'page.html'), bytes, { mode: 0o644 });
  const port = await freePort();
  const path = (name) => join(root, name);
  writeFileSync(path('nginx.conf'), `
    ${process.getuid() === 0 ? 'user root;' : ''}
    worker_processes 1; daemon off; master_process off; pid ${path('pid')}; error_log ${path('error.log')};
    events { worker_connections 256; }
    http {
      access_log off; sendfile on; tcp_nopush on; open_file_cache max=16;
      keepalive_requests 100000000; default_type text/html;
      client_body_temp_path ${path('b')}; proxy_temp_path ${path('p')}; fastcgi_temp_path ${path('f')};
      uwsgi_temp_path ${path('u')}; scgi_temp_path ${path('s')};
      server { listen 127.0.0.1:${port}; root ${root}; }
    }`);
  const child = spawn('taskset', ['-c', '0', 'nginx', '-c', path('nginx.conf'), '-e', path('error.log')], { stdio: 'inherit' });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const answered = await fetch(`${address}/page.html`).then((response) => response.ok, () => false);
    if (answered) break;
    if (attempt > 200 || child.exitCode !== null) throw new Error(`nginx does not answer: ${readFileSync(path('error.log'), 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { address, pid: child.pid, stop: () => child.kill('SIGQUIT') };
}

/** Codes of the loaded data, at most 2,000. */
async function codes(portal) {
  const found = new Set();
  for (let west = 119.9; west < 120.0 && found.size < 2_000; west += 0.01) {
    for (let south = 30.5; south < 30.6; south += 0.01) {
      const box = [west, south, west + 0.01, south + 0.01].map((degree) => degree.toFixed(3)).join(',');
      for (const { id } of (await portal.api(`/parcels?bbox=${box}&limit=100`)).features) found.add(id);
    }
  }
  return [...found].slice(0, 2_000);
}

export async function pages(table, folder, data) {
  const rows = [];
  const lua = join(folder, 'ask.lua');
  const measured = (what, server, asked) => {
    wrk(server.pid, server.address, asked, 1);
    const figures = wrk(server.pid, server.address, asked);
    rows.push({ what, ...figures });
  };
  const keeping = await Portal.start({ data, open: false, pinned: 0 });
  const all = await codes(keeping);
  const profiles = all.map((code) => `/c/${code}`);
  const documents = all.map((code) => `/api/v1/parcels/${code}/restrictions`);
  const first = await fetch(keeping.address + profiles[0]);
  const tag = first.headers.get('etag');
  const bytes = Buffer.from(await first.arrayBuffer());
  const peer = await nginx(folder, bytes);
  try {
    measured('nginx, one of the pages as a file', peer, script(lua, ['/page.html']));
  } finally {
    peer.stop();
  }
  const server = { address: keeping.address, pid: keeping.pid };
  measured('page, kept, by Zipf', server, script(lua, profiles, { zipf: true }));
  measured('page, kept, in brotli', server, script(lua, profiles, { zipf: true, headers: { 'accept-encoding': 'br' } }));
  measured('page, known already (304)', server, script(lua, [profiles[0]], { headers: { 'if-none-match': tag } }));
  measured('restrictions as JSON, kept', server, script(lua, documents, { zipf: true }));
  await keeping.remove();
  const making = await Portal.start({ data, open: false, pinned: 0, limits: { cache_bytes: 0 } });
  const maker = { address: making.address, pid: making.pid };
  measured('page, made each time', maker, script(lua, profiles));
  measured('restrictions as JSON, made', maker, script(lua, documents));
  await making.remove();
  const [nginxs] = rows;
  table(`${count(all.length)} places, a page is ${(bytes.length / 1000).toFixed(1)} kB, ${CONNECTIONS} connections kept alive, server on one core`,
    ['', 'requests/s', 'median', 'p99', 'CPU µs', 'rate of nginx', 'CPU of nginx'],
    rows.map(({ what, rate, median, p99, cpu: spent }) => [
      what, count(rate), median, p99, spent.toFixed(1), `${((100 * rate) / nginxs.rate).toFixed(1)} %`, (spent / nginxs.cpu).toFixed(1),
    ]));
}
