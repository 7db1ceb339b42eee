// A department that takes requests from Jianma: Node's standard library and `standardwebhooks`.
//
//   npm ci
//   DEPARTMENT=geology SECRET=whsec_… PORTAL=http://127.0.0.1:3000 FOLDER=received \
//     node receiver.mjs 127.0.0.1:3103
//
// It keeps each request once, answers with a reference of its own, answers when it is asked about one,
// and then tells the portal, signed, that it is at work. `receiver.mjs --vectors FILE` checks signatures.
import { randomUUID } from 'node:crypto';
import { access, link, mkdir, open, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Webhook } from 'standardwebhooks';

const LONGEST = 1 << 20;
const { DEPARTMENT, SECRET, PORTAL, FOLDER } = process.env;
const path = (id, kind = 'json') => join(FOLDER, `${id}.${kind}`);
const exists = (file) => access(file).then(() => true, () => false);

/** Has what was written on the disk. */
async function synced(file, flags, content) {
  const handle = await open(file, flags);
  try {
    if (content) await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Keeps a request once, whole or not at all, and on the disk before anybody is told so. */
async function keep(id, body) {
  const part = join(FOLDER, `${randomUUID()}.part`);
  await synced(part, 'wx', body);
  try {
    await link(part, path(id)); // fails where it is there already
    await synced(FOLDER, 'r');
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(part);
  }
}

/** What a delivery and a look-up are answered: the id says whose it is. */
function confirmation(id) {
  return { id, reference: `JS-${id.replace(/^msg_/, '')}` };
}

/** Tells the portal of a request, under one message id until it takes it. */
async function say(id) {
  const request = JSON.parse(await readFile(path(id), 'utf8'));
  if (request.kind !== 'request.submitted' || (await exists(path(id, 'said')))) return;
  const { reference } = confirmation(id);
  const word = { request: request.request, state: 'in_progress', reference, note: '已收到，正在办理。' };
  while (!(await post(`word_${id}`, JSON.stringify(word)))) await sleep(1000);
  await writeFile(path(id, 'said'), '');
}

/** Whether the portal took a word, or refused it for good. */
async function post(id, body) {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, now, body),
  };
  try {
    const url = `${PORTAL}/api/v1/departments/${DEPARTMENT}/callbacks`;
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) console.error(id, answer.status, await answer.text());
    return answer.ok || [400, 404, 409].includes(answer.status);
  } catch (error) {
    console.error(id, error.cause ?? error);
    return false;
  }
}

/** The id and the body of a message that the portal signed; no id for any other. */
async function signed(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LONGEST) return {};
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  try {
    new Webhook(SECRET).verify(body, request.headers);
  } catch {
    return {};
  }
  const id = request.headers['webhook-id'];
  // It becomes the name of a file.
  return /^[\w-]{1,150}$/.test(id) ? { id, body } : {};
}

/** The status and the content of an answer. */
async function answered(request) {
  const { id, body } = await signed(request);
  if (!id) return [401, {}];
  if (request.method === 'POST' && request.url === '/deliveries') {
    if (await keep(id, body)) say(id).catch(console.error);
    return [200, confirmation(id)];
  }
  const isThere = request.method === 'GET' && request.url === `/deliveries/${id}` && (await exists(path(id)));
  return isThere ? [200, confirmation(id)] : [404, {}];
}

async function check(file) {
  const vectors = JSON.parse(await readFile(file, 'utf8'));
  for (const { secret, id, timestamp, payload, signature } of vectors) {
    const own = new Webhook(secret).sign(id, new Date(timestamp * 1000), payload);
    if (own !== signature) throw new Error(`${id}: ${own}`);
  }
  console.log(`${vectors.length} vectors hold`);
}

async function serve([host, port]) {
  await mkdir(FOLDER, { recursive: true });
  const server = createServer(async (request, response) => {
    const [status, content] = await answered(request).catch((error) => {
      console.error(error);
      return [500, {}];
    });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  // What was kept before the last end, and not yet spoken of.
  for (const name of await readdir(FOLDER)) {
    if (name.endsWith('.json')) say(name.slice(0, -'.json'.length)).catch(console.error);
  }
  server.listen(Number(port), host, () => console.log(`ready on http://${host}:${server.address().port}`));
}

const [first, second] = process.argv.slice(2);
await (first === '--vectors' ? check(second) : serve(first.split(':')));
