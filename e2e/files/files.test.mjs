// Files of requests at a server of S3 that others wrote, brought by a stock client of tus over a portal that is killed on
// the way (rules S5, X3).
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { CORRECTION } from '../fixtures/answers.mjs';
import { JIANMA } from '../fixtures/paths.mjs';
import { emptySite, freePort, land, LAND, Portal } from '../fixtures/portal.mjs';

const require = createRequire(import.meta.url);
const tus = require('tus-js-client');
const SERVER = require.resolve('s3rver/bin/s3rver.js');

const folder = mkdtempSync(join(tmpdir(), 'jianma-files-'));
const [data, site, lying] = ['data', 'site', 's3'].map((name) => join(folder, name));
let port;
let server;

/** Starts the server of S3 and waits until it listens. */
async function serve() {
  const child = spawn(process.execPath, [SERVER, '--silent', '-a', '127.0.0.1', '-p', port, '-d', lying, '--configure-bucket', 'files'], {
    stdio: 'ignore',
  });
  for (let waited = 0; waited < 10_000; waited += 50) {
    const there = await new Promise((resolve) => {
      const line = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      line.on('connect', () => line.end());
    });
    if (there) return child;
    await sleep(50);
  }
  throw new Error('the server of S3 was never there');
}

async function kill(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** A configuration whose files lie in S3, under a key. */
function configured(key) {
  const credentials = join(folder, `credentials-${key}`);
  writeFileSync(credentials, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = S3RVER\n`);
  const departments = ['registration', 'planning', 'geology', 'township'].map(
    (id) => `[departments.${id}]\nname = { zh = "部门", en = "Office" }\npull = true\nsecret_file = "department.secret"\n`,
  );
  return `${departments.join('')}
[attachments]
url = "s3://files/portal"
[attachments.s3]
endpoint = "http://127.0.0.1:${port}"
region = "us-east-1"
credentials_file = "${credentials}"
allow_plain_http = true
`;
}

/** A document of about so many bytes. */
function pdf(bytes) {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/Long 4 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>',
    `<</Length ${bytes}>>stream\n${' '.repeat(bytes)}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  let table = '';
  objects.forEach((object, at) => {
    table += `${String(text.length).padStart(10, '0')} 00000 n \n`;
    text += `${at + 1} 0 obj${object}endobj\n`;
  });
  const start = text.length;
  text += `xref\n0 5\n0000000000 65535 f \n${table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** The objects that lie there, but for what the server notes of them. */
function objects(within = join(lying, 'files')) {
  return readdirSync(within, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('._S3rver_object'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

before(async () => {
  for (const path of [data, lying]) mkdirSync(path);
  land(data);
  emptySite(site);
  port = await freePort();
  server = await serve();
});

after(async () => {
  await kill(server);
  rmSync(folder, { recursive: true, force: true });
});

test('a portal does not start on a place for files that refuses it, and says why', async () => {
  const start = Portal.start({ data, site, open: false, configuration: configured('OTHER') });
  await assert.rejects(start, /s3:\/\/files\/portal.*refuses the key/s);
});

test('a file goes on where its line broke, by a stock client and over a kill, and lies in S3 sealed', async () => {
  const portal = await Portal.start({ data, site, open: false, configuration: configured('S3RVER') });
  try {
    const file = pdf(3_000_000);
    let killed = false;
    const address = await new Promise((resolve, reject) => {
      const upload = new tus.Upload(file, {
        endpoint: `${portal.address}/api/v1/uploads`,
        metadata: { filename: '裂缝.pdf' },
        chunkSize: 700_000,
        retryDelays: [100, 500, 1000, 2000, 4000],
        onChunkComplete: async (_, sent) => {
          if (killed || sent < 1_400_000) return;
          killed = true;
          await portal.server.stop('SIGKILL');
          await portal.serve();
        },
        onError: reject,
        onSuccess: () => resolve(upload.url),
      });
      upload.start();
    });
    assert.ok(killed);
    const id = address.split('/').at(-1);
    const kept = await portal.api(`/uploads/${id}`);
    assert.deepEqual([kept.name, kept.size, kept.media_type], ['裂缝.pdf', file.length, 'application/pdf']);
    assert.equal(kept.sha256, createHash('sha256').update(file).digest('hex'));
    // Its parts are removed at once, and what is left reads as nothing.
    for (let waited = 0; objects().length > 1 && waited < 10_000; waited += 50) await sleep(50);
    const [sealed, ...more] = objects();
    assert.deepEqual(more, []);
    const bytes = readFileSync(sealed);
    assert.ok(bytes.length >= file.length && !bytes.includes('%PDF') && !bytes.includes('stream'));

    const body = JSON.stringify({ item: 'data-correction', code: LAND.dry, answers: CORRECTION, attachments: [id] });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'with-a-file-000000' };
    const sent = await fetch(`${portal.address}/api/v1/requests`, { method: 'POST', headers, body });
    assert.equal(sent.status, 201, await sent.clone().text());
    assert.equal((await fetch(address)).status, 404, 'it went with its request');

    // While the server is away no file is taken, and everything else goes on.
    await kill(server);
    const bring = () => fetch(`${portal.address}/api/v1/uploads?name=a.pdf`, { method: 'POST', body: pdf(100) });
    const refused = await bring();
    assert.equal(refused.status, 503);
    assert.equal((await refused.json()).type, 'urn:jianma:problem:unavailable');
    assert.equal((await fetch(`${portal.address}/healthz`)).status, 200);
    server = await serve();
    assert.equal((await bring()).status, 201);

    const backup = ['backup', '--data', portal.path('data'), '-o', join(folder, 'backup'), '--config', portal.path('jianma.toml')];
    const said = execFileSync(JIANMA, backup, { encoding: 'utf8', env: { ...process.env, LANG: 'C.UTF-8' } });
    assert.match(said, /not in it: they lie in s3:\/\/files\/portal/);
  } finally {
    await portal.remove();
  }
});
