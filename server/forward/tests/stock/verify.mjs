// Signs a look-up with a stock library, and verifies it with four.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [python, script] = process.argv.slice(2);
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const id = 'msg_JM-20261128-7K3MQ2VX_planning';
const now = new Date();
const stock = { standardwebhooks: require('standardwebhooks'), svix: require('svix') };
const sign = (body) => new stock.standardwebhooks.Webhook(secret).sign(id, now, body);
const headers = {
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  'webhook-signature': `${sign('{}')} ${sign('')}`,
};
const verdicts = [];
for (const [name, library] of Object.entries(stock)) {
  const { version } = require(`${name}/package.json`);
  for (const body of ['{}', '']) {
    let verdict = 'verified';
    try {
      new library.Webhook(secret).verify(body, headers);
    } catch (error) {
      verdict = error.constructor.name;
    }
    verdicts.push({ library: `npm ${name} ${version}`, body, verdict });
  }
}
const asked = spawnSync(python, [script], { input: JSON.stringify({ secret, headers }), encoding: 'utf8' });
if (asked.status !== 0) throw new Error(asked.stderr);
verdicts.push(...JSON.parse(asked.stdout));
console.log(JSON.stringify({ secret, headers, verdicts }, null, 2));
