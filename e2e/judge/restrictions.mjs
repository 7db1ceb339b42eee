// Which restrictions concern each parcel, which do not, of which there are no data, and how much of it each
// feature covers.

import { join } from 'node:path';
import { ROOT } from '../fixtures/paths.mjs';
import * as portal from './ask.mjs';

const SQL = join(ROOT, 'e2e', 'judge', 'restrictions.sql');

/** What an answer lists, and the findings in it. */
function read({ code, concerned, not_concerned: clear, no_data: unknown }) {
  const themes = (list, answers) => answers.map(({ theme }) => [code, list, theme.id]);
  const missing = unknown.flatMap(({ missing: layers = [] }) => layers.map(({ id }) => [code, 'no data', id]));
  const findings = [...concerned, ...clear].flatMap(({ layers }) => layers.flatMap((layer) => layer.findings));
  return {
    lists: [...themes('concerned', concerned), ...themes('not concerned', clear), ...missing],
    found: findings.map(({ layer, feature, area_m2: area, share }) => [code, layer, feature, area ?? 0, share ?? 0]),
  };
}

/** Says what is compared, asks the portal, and lists where it differs; how many differences have no reason. */
export async function restrictions({ report, cluster, portal: served }) {
  const codes = cluster.rows('SELECT code FROM parcel ORDER BY code').map(({ code }) => code);
  const [{ layers, met }] = cluster.rows('SELECT (SELECT count(*) FROM layer) AS layers, (SELECT count(*) FROM met) AS met');
  console.log(`\nRestrictions: ${codes.length} parcels × ${layers} layers, ${met} overlaps by PostGIS`);

  const answers = (await portal.restrictions(served, codes)).map(read);
  cluster.sql('CREATE TABLE listed (code text, list text, of text)');
  cluster.fill('listed', answers.flatMap(({ lists }) => lists));
  cluster.sql('CREATE TABLE found (code text, layer text, feature text, area_m2 float8, share float8)');
  cluster.fill('found', answers.flatMap(({ found }) => found));
  cluster.file(SQL);
  return listed(report, cluster);
}

function listed(report, cluster) {
  const layers = cluster.rows(`
    SELECT layer, count(*) FILTER (WHERE counts) AS concerned, count(*) FILTER (WHERE NOT counts) AS clear,
           count(*) FILTER (WHERE counts IS NULL) AS no_data,
           (SELECT count(*) FROM met WHERE met.layer = concern.layer) AS overlaps,
           (SELECT count(*) FROM area_difference WHERE area_difference.layer = concern.layer) AS areas
    FROM concern GROUP BY layer ORDER BY layer`);
  report.table('What PostGIS says of each layer, and how many overlaps are of another size in the portal',
    ['layer', 'concerned', 'not concerned', 'no data', 'overlaps', 'other size'],
    layers.map((row) => [row.layer, row.concerned, row.clear, row.no_data, row.overlaps, row.areas]));

  const lists = cluster.rows(`
    SELECT list, of, who, coalesce(reason, 'NONE') AS reason, count(*) AS parcels, min(code) AS one
    FROM list_difference GROUP BY 1, 2, 3, 4 ORDER BY coalesce(reason, 'NONE') = 'NONE' DESC, 1, 2, 3, 4`);
  report.table('Where lists differ: a theme or a layer stands in a list of one of the two', ['theme or layer', 'list', 'of', 'reason', 'parcels', 'one of them'],
    lists.map((row) => [row.of, row.list, row.who, row.reason, row.parcels, row.one]));

  const areas = cluster.rows('SELECT * FROM area_difference ORDER BY abs(coalesce(here, 0) - coalesce(there, 0)) DESC LIMIT 20');
  report.table('Where an overlap is of another size: more than 0.01 m² and more than a millionth of the parcel, the largest twenty',
    ['parcel', 'layer', 'feature', 'PostGIS m²', 'portal m²', 'parcel m²'],
    areas.map((row) => [row.code, row.layer, row.feature, row.here, row.there, row.parcel_m2]));

  const [{ count }] = cluster.rows('SELECT (SELECT count(*) FROM list_difference WHERE reason IS NULL) + (SELECT count(*) FROM area_difference) AS count');
  return count;
}
