// A process of its own, so that it has a core of its own: asks a server for every path once, as the job
// on standard input says (see `each` in ask.mjs), and prints the times to the first byte.

import { Agent, get } from 'node:http';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { address, paths, connections, pause, headers } = JSON.parse(readFileSync(0, 'utf8'));

/** The time to the first byte in ms, and the size of the body. */
function ask(path, agent) {
  return new Promise((resolve, reject) => {
    const asked = performance.now();
    const request = get(address + path, { agent, headers }, (response) => {
      const first = performance.now() - asked;
      let size = 0;
      if (![200, 304].includes(response.statusCode)) reject(new Error(`${path} answered ${response.statusCode}`));
      response.on('data', (bytes) => { size += bytes.length; });
      response.on('end', () => resolve({ first, size }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

const firstBytes = [];
const sizes = [];
let next = 0;

async function connection() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (next < paths.length) {
    const at = next;
    next += 1;
    const { first, size } = await ask(paths[at], agent);
    firstBytes.push(first);
    sizes[at] = size;
    if (pause) await sleep(pause);
  }
  agent.destroy();
}

const began = performance.now();
await Promise.all(Array.from({ length: connections }, connection));
const seconds = (performance.now() - began) / 1000;
firstBytes.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ seconds, firstBytes, sizes }));
