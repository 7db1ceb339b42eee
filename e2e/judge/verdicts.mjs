// The verdict on every parcel for every use of a rule set, whatever the applicant answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../fixtures/paths.mjs';
import * as portal from './ask.mjs';

const SQL = join(ROOT, 'e2e', 'judge');
const ANSWERS = ['suits', 'suits_if', 'does_not', 'cannot_be_said'];
/** What is said to a question of yes and no. */
const SAID = ['yes', 'no', 'nothing'];

/** The folder of the rules that are for the judge alone. */
export const OWN_RULES = join(SQL, 'rules');

/**
 * The rule sets with their SQL, their use table as a file and as a table of the database, and the question
 * that some of the uses depend on.
 */
const SETS = {
  cambridge: {
    zones: join(ROOT, 'domain', 'data', 'rules', 'cambridge', '2026-11-29', 'districts.csv'),
    question: 'builds',
    depends: () => true,
  },
  vocabulary: {
    zones: join(OWN_RULES, 'vocabulary', '2026-11-29', 'zones.csv'),
    uses: ['share', 'area', 'within', 'kinds', 'named', 'size', 'theme', 'distance', 'status', 'logic', 'largest', 'strictest'],
    question: 'open',
    depends: (use) => ['area', 'logic'].includes(use),
  },
};

/** The sets that the portal has to judge by. */
export const SET_NAMES = Object.keys(SETS);

/** The uses of a table, and a row for each zone and use. */
function table(path) {
  const [[, ...uses], ...rows] = readFileSync(path, 'utf8').trim().split('\n').map((line) => line.split(','));
  return { uses, entries: rows.flatMap(([zone, ...entries]) => uses.map((use, at) => [zone, use, entries[at]])) };
}

async function judged({ cluster, portal: served }, rules, codes) {
  const { zones, question, depends, uses: named } = SETS[rules];
  const { uses, entries } = table(zones);
  const asked = (named ?? uses).flatMap((use) => SAID.filter((said) => said === 'nothing' || depends(use)).map((said) => ({ use, said })));
  console.log(`\nVerdicts by ${rules}: ${codes.length} parcels × ${asked.length} questions: ${(named ?? uses).length} uses, and \`${question}\` answered with ${SAID.join(', ')} where it matters`);

  cluster.sql('TRUNCATE use_table');
  cluster.fill('use_table', entries);
  cluster.fill('asked', asked.map(({ use, said }) => [rules, use, said]));
  cluster.file(join(SQL, `${rules}.sql`));
  for (const { use, said } of asked) {
    const answers = said === 'nothing' ? {} : { [question]: said };
    const told = await portal.verdicts(served, codes, { rules, use, answers });
    cluster.fill('portal', told.map(({ code, answer, standings }) => [rules, code, use, said, answer, JSON.stringify(standings)]));
  }
}

/** Says what is compared, asks the portal, and lists where it differs; how many differences have no reason, or a fault for one. */
export async function verdicts(run) {
  const { report, cluster } = run;
  const codes = cluster.rows('SELECT code FROM parcel ORDER BY code').map(({ code }) => code);
  cluster.sql('CREATE TABLE use_table (zone text, use text, entry text); CREATE TABLE asked (rules text, use text, said text)');
  for (const rules of SET_NAMES) await judged(run, rules, codes);
  cluster.file(join(SQL, 'verdicts.sql'));
  return listed(report, cluster);
}

function listed(report, cluster) {
  const counts = ANSWERS.map((answer) => `count(*) FILTER (WHERE verdict.answer = '${answer}') AS ${answer}`);
  const uses = cluster.rows(`
    SELECT rules, use, ${counts.join(', ')}, count(*) FILTER (WHERE verdict.answer = portal.answer) AS equal, count(*) AS all
    FROM verdict LEFT JOIN portal USING (rules, code, use, said) GROUP BY rules, use ORDER BY rules, use`);
  report.table('What PostGIS says of each use, and how often the portal says the same',
    ['rules', 'use', ...ANSWERS, 'the same', 'of'],
    uses.map((row) => [row.rules, row.use, ...ANSWERS.map((answer) => row[answer]), row.equal, row.all]));

  const rules = cluster.rows(`
    SELECT rules, rule, here, there, coalesce(why, 'NONE') AS why, count(*) AS verdicts, count(DISTINCT code) AS parcels, min(code) AS one
    FROM difference GROUP BY 1, 2, 3, 4, 5, fault ORDER BY fault DESC, 1, 2, 3, 4, 5`);
  report.table('Where a rule stands otherwise, and why',
    ['rules', 'rule', 'PostGIS', 'portal', 'why', 'verdicts', 'parcels', 'one of them'],
    rules.map((row) => [row.rules, row.rule, row.here, row.there, row.why, row.verdicts, row.parcels, row.one]));

  const [none] = cluster.rows(`SELECT
    (SELECT count(*) FROM difference WHERE why IS NULL) AS without_reason,
    (SELECT count(*) FROM difference WHERE why IS NOT NULL AND fault) AS faults,
    (SELECT count(*) FROM answer_difference WHERE NOT by_rule) AS without_rule,
    (SELECT count(*) FROM does_not_follow) AS does_not_follow`);
  report.table('What must be none', ['', 'verdicts'], [
    ['a rule stands otherwise, without a reason', none.without_reason],
    ['a rule stands otherwise by a fault of the portal', none.faults],
    ['an answer differs, and no rule does', none.without_rule],
    ['an answer of the portal does not follow from how its own rules stand', none.does_not_follow],
  ]);
  return none.without_reason + none.faults + none.without_rule + none.does_not_follow;
}
