// What a real register of 13,000 parcels asks of the portal: the first byte of a page that nobody has
// seen, memory while all are looked at, and words over ten times as many.

import { join } from 'node:path';
import { each, memory as resident } from './ask.mjs';
import { tenCambridges } from './imports.mjs';
import { serving } from './pages.mjs';

const MIB = 2 ** 20;
const FIRST_BYTES = 1_000;
const SEARCHES = 500;
/** People who search at once. */
const SEARCHERS = 4;
/** Between an answer and the next question of a connection, ms: people do not ask at the same moment. */
const PAUSE = 5;
/** As many pages as show what making them needs, when none is kept. */
const WITHOUT = 2_000;

/** @param {import('./report.mjs').Report} report */
export async function firstByte(report, _folder, { data, codes }) {
  const rows = await serving(data, (portal) => [1, 4].map((connections, at) => {
    // From all over: in the order of codes the streets and the river, larger than all else, come first.
    const apart = Math.floor(codes.length / (2 * FIRST_BYTES));
    const some = codes.filter((_, place) => place % (2 * apart) === at * apart).slice(0, FIRST_BYTES);
    const { median, p99, slowest, cpu } = each(portal, some.map((code) => `/c/${code}`), { connections, pause: PAUSE });
    return [connections, some.length, median, p99, slowest, cpu];
  }));
  report.table(`The first byte of a cold page, ${codes.length} parcels of Cambridge loaded, ${PAUSE} ms between an answer and the next question`,
    ['connections', 'pages', 'median ms', 'p99 ms', 'slowest ms', 'CPU µs each'], rows);
}

/** @param {import('./report.mjs').Report} report */
export async function memory(report, _folder, { data, codes }) {
  const rows = [];
  for (const [what, bound, some] of [
    ['answers are kept', 64 * MIB, codes],
    ['nothing is kept', 0, codes.slice(0, WITHOUT)],
  ]) {
    rows.push(await serving(data, (portal) => {
      const before = resident(portal.pid, 'VmRSS');
      const { rate } = each(portal, some.map((code) => `/c/${code}`));
      const [most, own] = ['VmHWM', 'RssAnon'].map((which) => resident(portal.pid, which));
      return [what, some.length, bound / MIB, before / MIB, most / MIB, (most - before) / MIB, own / MIB, rate];
    }, { limits: { cache_bytes: bound } }));
  }
  report.table('Memory while pages of Cambridge are asked for once each: all of them, and fewer where nothing is kept and nothing can grow',
    ['', 'pages', 'cache_bytes, MiB', 'before, MiB', 'peak, MiB', 'grown by, MiB', 'not of files at the end, MiB', 'answers/s'], rows);
}

/** @param {import('./report.mjs').Report} report */
export async function words(report, folder, { data, addresses }) {
  const ten = await tenCambridges(report, folder);
  const streets = [...new Set(addresses.map((address) => address.replace(/^[\d\s/&.-]+\w?\s+/, '')))];
  const beginnings = (length) => [...new Set(streets.map((street) => street.slice(0, length)))];
  const asked = (words, path) => words.slice(0, SEARCHES).map((one) => `${path}?q=${encodeURIComponent(one)}`);
  const searches = [
    ['an address, JSON', asked(addresses, '/api/v1/parcels')],
    ['a street, JSON', asked(streets, '/api/v1/parcels')],
    ['a street, page', asked(streets, '/')],
    ['one letter, page', asked(beginnings(1), '/')],
    ['two letters, page', asked(beginnings(2), '/')],
  ];
  const rows = [];
  for (const [where, loaded] of [['Cambridge', data], ['ten times as large', ten]]) {
    await serving(loaded, (portal) => {
      for (const [what, paths] of searches) {
        const { median, p95, p99, cpu } = each(portal, paths, { connections: SEARCHERS, pause: PAUSE });
        rows.push([`${where}: ${what}`, paths.length, median, p95, p99, cpu]);
      }
    });
  }
  report.table(`Search by words, ${addresses.length} addresses in ${streets.length} streets, ${SEARCHERS} people at once, ${PAUSE} ms between an answer and the next question`,
    ['', 'searches', 'median ms', 'p95 ms', 'p99 ms', 'CPU µs each'], rows);
}
