// The three examples of docs/departments against a real portal (rule S5): each takes its requests, keeps each once,
// answers when asked, is believed by nobody who has not its secret, and tells the portal what it does.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { CORRECTION } from '../fixtures/answers.mjs';
import { ROOT } from '../fixtures/paths.mjs';
import { emptySite, freePort, land, LAND, Portal } from '../fixtures/portal.mjs';

const EXAMPLES = join(ROOT, 'docs', 'departments');
const VECTORS = join(EXAMPLES, 'vectors.json');
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const { Webhook } = createRequire(join(EXAMPLES, 'node', 'receiver.mjs'))('standardwebhooks');

const RECEIVERS = {
  rust: { reference: 'RS-', command: [process.env.JIANMA_E2E_RECEIVER ?? join(ROOT, 'target/debug/examples/receiver')] },
  python: {
    reference: 'PY-',
    command: [join(ROOT, 'target/departments/venv/bin/python3'), join(EXAMPLES, 'python/receiver.py')],
  },
  node: { reference: 'JS-', command: [process.execPath, join(EXAMPLES, 'node/receiver.mjs')] },
};

const folder = mkdtempSync(join(tmpdir(), 'jianma-departments-'));
const running = new Set();
const [data, site] = ['data', 'site'].map((name) => join(folder, name));

/** Starts a receiver and waits until it listens. */
function start(name, { listen, portal, kept }) {
  const [program, ...rest] = RECEIVERS[name].command;
  const env = { ...process.env, DEPARTMENT: 'registration', SECRET, PORTAL: portal, FOLDER: kept };
  const child = spawn(program, [...rest, listen], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
    child.stdout.on('data', (bytes) => {
      said += bytes;
      if (said.includes('ready on http://')) resolve(child);
    });
  });
}

async function kill(child) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.removeAllListeners('exit');
  child.once('exit', () => running.delete(child));
  child.kill('SIGKILL');
  await Promise.race([ended, sleep(2000)]);
}

const configured = (listen) => `
[forward]
first_retry_ms = 100
longest_retry_seconds = 1
lease_seconds = 5
[departments.registration]
name = { zh = "登记中心", en = "Registration" }
endpoint = "http://${listen}/deliveries"
secret_file = "department.secret"
timeout_seconds = 2
[departments.planning]
name = { zh = "规划局", en = "Planning" }
pull = true
secret_file = "department.secret"
[departments.geology]
name = { zh = "地灾处", en = "Geology" }
pull = true
secret_file = "department.secret"
`;

/** Hands in a request through the API. */
async function handIn(portal, key) {
  const body = JSON.stringify({ item: 'data-correction', code: LAND.dry, answers: CORRECTION });
  const headers = { 'content-type': 'application/json', 'idempotency-key': key.padStart(20, '0') };
  const answer = await fetch(`${portal.address}/api/v1/requests`, { method: 'POST', headers, body });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

/** The request as its applicant reads it, once it stands so. */
async function until(portal, { number, secret }, state) {
  let read;
  for (let waited = 0; waited < 20_000; waited += 100) {
    const headers = { authorization: `Bearer ${secret}` };
    read = await (await fetch(`${portal.address}/api/v1/requests/${number}`, { headers })).json();
    if (read.state === state) return read;
    await sleep(100);
  }
  assert.fail(`${number} never became ${state}: ${JSON.stringify(read)}`);
}

/** What a receiver answers to a message signed like the portal's. */
async function send(listen, method, path, { id, body, over = body }) {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, now, over),
  };
  // A look-up has a body, which `fetch` does not send with a GET.
  return new Promise((resolve, reject) => {
    headers['content-length'] = Buffer.byteLength(body);
    const asked = request(`http://${listen}${path}`, { method, headers }, async (answer) => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      resolve({ status: answer.statusCode, json: text ? JSON.parse(text) : {} });
    });
    asked.on('error', reject).end(body);
  });
}

const kept = (path) => readdirSync(path).filter((name) => name.endsWith('.json'));

before(() => {
  mkdirSync(data);
  land(data);
  emptySite(site);
});

after(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

for (const [name, { command: [program, ...rest], reference }] of Object.entries(RECEIVERS)) {
  test(`the vectors of signatures hold in the stock library, ${name}`, () => {
    const said = execFileSync(program, [...rest, '--vectors', VECTORS], { encoding: 'utf8' });
    assert.equal(said, `${JSON.parse(readFileSync(VECTORS, 'utf8')).length} vectors hold\n`);
  });

  test(`a department of few lines takes its requests once and answers for them, ${name}`, async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const portal = await Portal.start({ data, site, open: false, configuration: configured(listen) });
    try {
      const place = { listen, portal: portal.address, kept: join(folder, name) };
      const receipt = await handIn(portal, `first-${name}`);
      let child = await start(name, place);
      const read = await until(portal, receipt, 'in_progress');
      assert.ok(read.reference.startsWith(reference), read.reference);
      const word = read.events.at(-1);
      assert.deepEqual([word.by, word.note], ['department', '已收到，正在办理。']);
      assert.equal(kept(place.kept).length, 1);
      const [file] = kept(place.kept);
      const id = file.replace('.json', '');
      const body = readFileSync(join(place.kept, file), 'utf8');
      assert.equal(JSON.parse(body).request, receipt.number);

      // It comes again, it is asked about, and nothing is kept twice; also after it was killed.
      const confirmed = { status: 200, json: { id, reference: read.reference } };
      assert.deepEqual(await send(listen, 'POST', '/deliveries', { id, body }), confirmed);
      await kill(child);
      child = await start(name, place);
      assert.deepEqual(await send(listen, 'GET', `/deliveries/${id}`, { id, body: '{}' }), confirmed);
      assert.deepEqual(await send(listen, 'POST', '/deliveries', { id, body }), confirmed);
      assert.equal(kept(place.kept).length, 1);

      // Nobody without the secret is believed, and what was never sent is not there.
      const forged = { id: 'msg_forged', body: '{"kind":"request.submitted"}', over: '{}' };
      assert.equal((await send(listen, 'POST', '/deliveries', forged)).status, 401);
      assert.equal((await send(listen, 'GET', `/deliveries/${id}`, { id, body: '{}', over: '[]' })).status, 401);
      assert.equal((await send(listen, 'POST', '/deliveries', { id: '../x', body: '{}' })).status, 401);
      const unknown = { id: 'msg_unknown', body: '{}' };
      assert.equal((await send(listen, 'GET', '/deliveries/msg_unknown', unknown)).status, 404);
      assert.equal(kept(place.kept).length, 1);

      // What waits while it is away arrives when it is back.
      await kill(child);
      const second = await handIn(portal, `second-${name}`);
      await sleep(500);
      child = await start(name, place);
      await until(portal, second, 'in_progress');
      assert.equal(kept(place.kept).length, 2);
      await kill(child);
    } finally {
      await portal.remove();
    }
  });
}
