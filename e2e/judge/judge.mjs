// make judge: holds the portal against PostGIS over every parcel of Cambridge. The SQL was written apart,
// from the published files, the mapping and the rules as a person reads them; whatever the portal answers
// must come out of it too. Prints what is compared and every difference with its reason; fails where one has
// none, or a fault of the portal for one. Arguments name parts, all unless told: `node e2e/judge/judge.mjs verdicts`.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Report } from '../bench/report.mjs';
import { CAMBRIDGE, CAMBRIDGE_FOLDER, JIANMA, ROOT } from '../fixtures/paths.mjs';
import { Portal, cambridge } from '../fixtures/portal.mjs';
import { Cluster } from '../fixtures/postgresql.mjs';
import { restrictions } from './restrictions.mjs';
import { OWN_RULES, SET_NAMES, verdicts } from './verdicts.mjs';

/** Every part by its name, in order; each says how many differences it cannot explain. */
const PARTS = { verdicts, restrictions };

/** Files that the SQL reads. */
const READ = /parcels|Zoning|FloodPlains|Wetlands|HISTORICAL|OpenSpace|CityBoundary/;

function load(cluster) {
  cluster.sql('CREATE TABLE source (file text, feature jsonb)');
  for (const path of CAMBRIDGE.files.filter((file) => READ.test(file))) {
    const { features } = JSON.parse(readFileSync(path, 'utf8'));
    cluster.fill('source', features.map((feature) => [basename(path), JSON.stringify(feature)]));
  }
  cluster.file(join(ROOT, 'e2e', 'judge', 'land.sql'));
}

if (!CAMBRIDGE) {
  console.error(`The real data are not in ${CAMBRIDGE_FOLDER} (JIANMA_SHARED): there is nothing to judge.`);
  process.exit(1);
}
const chosen = process.argv.slice(2);
const strange = chosen.find((name) => !(name in PARTS));
if (strange) {
  console.error(`there is no part ${strange}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'jianma-judge-'));
const report = new Report();
let [cluster, portal] = [];
try {
  console.log(`\nThe portal is ${JIANMA}; it imports Cambridge, and so does PostGIS by itself.`);
  const data = join(folder, 'data');
  cambridge(data);
  cluster = await Cluster.start('judge');
  load(cluster);
  portal = await Portal.start({ data, open: false, suitability: { sets: SET_NAMES, rules: OWN_RULES } });
  let unexplained = 0;
  for (const name of chosen.length ? chosen : Object.keys(PARTS)) {
    unexplained += await PARTS[name]({ report, cluster, portal });
  }
  report.end(join(ROOT, 'target', 'judge'));
  console.log(unexplained ? `${unexplained} differences have no reason, or a fault of the portal for one.` : 'Every difference has its reason.');
  process.exitCode = unexplained ? 1 : 0;
} finally {
  await portal?.remove();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
}
