// Every operation that the portal describes, asked by schemathesis with whatever its description allows and with what it does
// not: no fault of the server, no answer that is not described. `SCHEMATHESIS_EXAMPLES` says how many cases each
// operation is fuzzed with, `SCHEMATHESIS_SEED` which.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { CORRECTION } from '../fixtures/answers.mjs';
import { ROOT } from '../fixtures/paths.mjs';
import { emptySite, land, LAND, Portal } from '../fixtures/portal.mjs';

const PROGRAM = process.env.JIANMA_SCHEMATHESIS ?? join(ROOT, 'target/api/venv/bin/schemathesis');
const { SCHEMATHESIS_EXAMPLES: EXAMPLES = '25', SCHEMATHESIS_SEED: SEED = '1' } = process.env;
/** Operations on a request of one's own, each with a request that no other one ends. */
const OWN = ['READ', 'DATA', 'WITHDRAWN', 'CORRECTED', 'DELETED', 'RATED', 'REOPENED'];
const API_KEY = 'schemathesis-key';

const folder = mkdtempSync(join(tmpdir(), 'jianma-api-'));
const [data, site] = ['data', 'site'].map((name) => join(folder, name));
let portal;

// One address asks everything: what stands against that has Rust tests of its own.
const all = (names, value) => names.map((name) => `${name} = ${value}\n`).join('');
const CONFIGURATION = `[limits]
${all(['reads_per_second', 'read_burst', 'submissions_per_minute', 'submission_burst', 'uploads_per_hour', 'upload_burst',
    'upload_mib_per_hour', 'upload_mib_burst', 'callbacks_per_second', 'callback_burst'], 1_000_000)}
[limits.probing]
${all(['places', 'misses', 'searches', 'block', 'units', 'block_misses', 'outlines', 'outlines_on', 'outlines_by_all'],
    '{ burst = 1000000, per_minute = 1000000 }')}
[open311]
jurisdiction_id = "portal.example"
[open311.clients.test]
key_sha256 = "${createHash('sha256').update(API_KEY).digest('hex')}"
${['registration', 'planning', 'geology', 'township'].map((id) => `[departments.${id}]
name = { zh = "部门", en = "Office" }
pull = true
secret_file = "department.secret"
`).join('')}`;

async function handIn(key) {
  const answer = await fetch(`${portal.address}/api/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key.padStart(24, '0') },
    body: JSON.stringify({ item: 'data-correction', code: LAND.dry, answers: CORRECTION }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

before(async () => {
  mkdirSync(data);
  land(data);
  emptySite(site);
  portal = await Portal.start({ data, site, configuration: CONFIGURATION, open: false });
});

after(async () => {
  await portal?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('what the API describes is what it answers', async () => {
  const environment = {};
  for (const name of OWN) {
    const { number, secret } = await handIn(name);
    Object.assign(environment, { [`${name}_NUMBER`]: number, [`${name}_SECRET`]: secret });
  }
  const run = spawnSync(
    PROGRAM,
    ['--config-file', 'schemathesis.toml', 'run', `${portal.address}/api/openapi.json`, '--max-examples', EXAMPLES, '--seed', SEED],
    { cwd: join(ROOT, 'e2e/api'), encoding: 'utf8', env: { ...process.env, ...environment, NO_COLOR: '1', PYTHONPATH: '.', PYTHONDONTWRITEBYTECODE: '1' } },
  );
  assert.equal(run.status, 0, `${run.stdout}${run.stderr}${run.error ?? ''}`);
  // Not by asking nothing.
  const [, tested, of] = run.stdout.match(/Operations: +(\d+) selected \/ (\d+) total/) ?? [];
  assert.ok(Number(of) > 30 && tested === of, run.stdout);
  assert.deepEqual(portal.errors(), []);
  console.log(run.stdout.match(/\d+ generated.*/)?.[0]);
});
