// What is measured in Rust: the domain alone, and what the time of a "nothing here" tells.

import { spawnSync } from 'node:child_process';
import { ROOT } from '../fixtures/paths.mjs';

/** Runs a bench of a crate, which prints lines of cells between tabs; null, and said, where it fails. */
function lines(report, title, name, bench, cells) {
  const run = spawnSync('cargo', ['bench', '--quiet', '-p', name, '--bench', bench], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    report.missing(title, `the bench \`${bench}\` ended with ${run.status}`);
    console.error(run.stderr.slice(-2000));
    return null;
  }
  return run.stdout.trim().split('\n').map((line) => line.split('\t')).filter((found) => found.length === cells);
}

/** @param {import('./report.mjs').Report} report */
export function refusals(report) {
  const title = 'The time of a "nothing here", 24 asked at once: 0.5 and 0 tell nothing (2,000 each: chance strays by 0.009 and 0.085)';
  const found = lines(report, title, 'jianma', 'time_of_no', 4);
  if (found) report.table(title, ['', 'second later', 'largest distance'], found.map(([first, second, likely, distance]) => [`${first} against ${second}`, likely, distance]));
}

/** @param {import('./report.mjs').Report} report */
export function domain(report) {
  const title = 'Disclosing a full record to the public, in one thread (no peer)';
  const found = lines(report, title, 'domain', 'disclosure', 3);
  if (!found) return;
  const [disclosing, parsing] = [false, true].map((parse) => found.filter(([what]) => what.startsWith('parse: ') === parse));
  report.table(title, ['', 'policy + profile serialisation in µs'], disclosing.map(([what, figure]) => [what, figure]));
  report.table('Reading a code, in one thread (no peer)', ['', 'parse ns/code'], parsing.map(([what, figure]) => [what.replace('parse: ', ''), figure]));
  sites(report);
}

/** @param {import('./report.mjs').Report} report */
function sites(report) {
  const title = 'Where could I: 1,000,000 invented sites under the rules of Zhejiang, in one thread (no peer)';
  const found = lines(report, title, 'domain', 'site_search', 3);
  if (found) report.table(title, ['', 'figure'], found.map(([what, figure, unit]) => [`${what}, ${unit}`, figure]));
}
