// This release beside one of before, by turns: what a page and its restrictions as JSON cost when nothing
// is kept. JIANMA_BEFORE names the binary of before, JIANMA_BEFORE_SITE its pages (`site` beside it).

import { dirname, join } from 'node:path';
import { Portal, demo } from '../fixtures/portal.mjs';
import { SECONDS, SERVER_CORE, script, wrk } from './ask.mjs';
import { codes } from './pages.mjs';

/** The binary of before, if there is one. */
export const BEFORE = process.env.JIANMA_BEFORE;
const ROUNDS = 3;
const HOW = { seconds: Math.min(3, SECONDS), warm: 1, connections: 8 };

/** Limits out of the way, in the words of every release that has them. */
function configuration(keeping) {
  const [most, free] = [1_000_000, '{ burst = 1000000, per_minute = 1000000 }'];
  const probing = ['places', 'misses', 'searches', 'block', 'units'].map((count) => `${count} = ${free}`);
  return ['[limits]', `reads_per_second = ${most}`, `read_burst = ${most}`, keeping, '[limits.probing]', ...probing, ''].join('\n');
}

/** A release on demonstration data of its own, for an old one does not read what a new one wrote. */
async function release(folder, name, options) {
  const data = join(folder, `demonstration-${name}`);
  demo(data, options.program);
  const start = (keeping) => Portal.start({ data, open: false, pinned: SERVER_CORE, configuration: configuration(keeping), ...options });
  return start('cache_bytes = 0').catch((fault) => {
    // Releases that keep nothing do not know the key.
    if (!String(fault).includes('unknown field `cache_bytes`')) throw fault;
    return start('');
  });
}

/** @param {import('./report.mjs').Report} report */
export async function before(report, folder) {
  const site = process.env.JIANMA_BEFORE_SITE ?? join(dirname(BEFORE), 'site');
  const portals = [];
  try {
    portals.push(await release(folder, 'before', { program: BEFORE, site }), await release(folder, 'now', {}));
    const [old, now] = portals;
    const there = new Set(await codes(old));
    const both = (await codes(now)).filter((code) => there.has(code));
    const rows = [];
    for (const [what, path] of [['page', (code) => `/c/${code}`], ['restrictions as JSON', (code) => `/api/v1/parcels/${code}/restrictions`]]) {
      const asked = script(join(folder, 'ask.lua'), both.map(path));
      for (let round = 1; round <= ROUNDS; round += 1) {
        const [was, is] = [await wrk(old, asked, HOW), await wrk(now, asked, HOW)];
        rows.push([`${what}, ${round}`, was.cpu, is.cpu, was.cpu / is.cpu, was.rate, is.rate, is.rate / was.rate]);
      }
    }
    report.table(`The release before, by turns, nothing kept, ${both.length} places that both have, ${HOW.connections} connections, one core (more than 1 is better)`,
      ['', 'CPU µs before', 'CPU µs now', 'better by CPU', 'answers/s before', 'now', 'better by rate'], rows);
  } finally {
    for (const portal of portals) await portal.remove();
  }
}
