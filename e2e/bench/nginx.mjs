// The peer of every page: nginx with one worker, which sends a page of ours as a file.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../fixtures/portal.mjs';
import { SERVER_CORE } from './ask.mjs';

/** Serves the bytes as /page.html, from a folder in this one. */
export async function nginx(folder, bytes) {
  const root = mkdtempSync(join(folder, 'nginx-'));
  const path = (name) => join(root, name);
  mkdirSync(path('pages'));
  writeFileSync(path('pages/page.html'), bytes, { mode: 0o644 });
  const port = await freePort();
  writeFileSync(path('nginx.conf'), `
    ${process.getuid() === 0 ? 'user root;' : ''}
    worker_processes 1; daemon off; master_process off; pid ${path('pid')}; error_log ${path('error.log')};
    events { worker_connections 256; }
    http {
      access_log off; sendfile on; tcp_nopush on; open_file_cache max=16;
      keepalive_requests 100000000; default_type text/html;
      client_body_temp_path ${path('b')}; proxy_temp_path ${path('p')}; fastcgi_temp_path ${path('f')};
      uwsgi_temp_path ${path('u')}; scgi_temp_path ${path('s')};
      server { listen 127.0.0.1:${port}; root ${path('pages')}; }
    }`);
  const child = spawn('taskset', ['-c', String(SERVER_CORE), 'nginx', '-c', path('nginx.conf'), '-e', path('error.log')], { stdio: 'inherit' });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    const answered = await fetch(`${address}/page.html`).then((response) => response.ok, () => false);
    if (answered) break;
    if (attempt > 200 || child.exitCode !== null) throw new Error(`nginx does not answer: ${readFileSync(path('error.log'), 'utf8')}`);
    await sleep(25);
  }
  return { address, pids: [child.pid], stop: () => child.kill('SIGQUIT') };
}
