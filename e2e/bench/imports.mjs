// Import of Cambridge, as it is and ten times as large. The ten lie beside each other, each with its own
// codes, ids and addresses, restrictions and base map, so that every parcel meets what it met before.

import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { CAMBRIDGE, JIANMA } from '../fixtures/paths.mjs';

const COPIES = 10;
/** How far a copy lies from the one before, degrees: Cambridge is 0.097 wide and 0.052 high. */
const [EAST, NORTH] = [0.1, 0.06];
const COLUMNS = 5;
const PARCELS = 'parcels.geojson';

const offset = (copy) => [(copy % COLUMNS) * -EAST, Math.floor(copy / COLUMNS) * NORTH];

function shifted(coordinates, [east, north]) {
  if (typeof coordinates[0] !== 'number') return coordinates.map((part) => shifted(part, [east, north]));
  // The sources have seven decimals.
  return [Number((coordinates[0] + east).toFixed(7)), Number((coordinates[1] + north).toFixed(7))];
}

/** What tells one copy's feature from another's: `id` is the property that the mapping calls so. */
function renamed(properties, id, copy) {
  const number = copy + 1;
  const names = { ...properties };
  if (id && names[id] !== null) names[id] = `${names[id]}-${number}`;
  if (names.ZDDM) {
    // Digits 7 to 9 are the 地籍区; the originals have 001.
    names.ZDDM = `${names.ZDDM.slice(0, 6)}${String(number).padStart(3, '0')}${names.ZDDM.slice(9)}`;
    if (names.Location) names.Location = `${names.Location}, WARD ${number}`;
  }
  return names;
}

async function tenfold(source, target, id) {
  const { features, ...collection } = JSON.parse(readFileSync(source, 'utf8'));
  const out = createWriteStream(target);
  out.write(`${JSON.stringify({ ...collection, features: [] }).slice(0, -2)}\n`);
  for (let copy = 0; copy < COPIES; copy += 1) {
    for (const [at, { properties, geometry, ...feature }] of features.entries()) {
      const moved = geometry && { ...geometry, coordinates: shifted(geometry.coordinates, offset(copy)) };
      const text = JSON.stringify({ ...feature, properties: renamed(properties, id, copy), geometry: moved });
      if (!out.write(`${copy || at ? ',\n' : ''}${text}`)) await once(out, 'drain');
    }
  }
  out.end('\n]}\n');
  await once(out, 'finish');
}

/** The ten copies of every file that the mapping names, and a mapping whose extent holds them. */
async function tenCities(folder) {
  mkdirSync(folder);
  const text = readFileSync(CAMBRIDGE.mapping, 'utf8');
  const ids = new Map([...text.matchAll(/^name = "([^"]+)"\nrole = .*\n(?:(?!\[).*\n)*?feature_id = "\{(\w+)\}"/gm)].map(([, name, id]) => [name, id]));
  const files = [];
  for (const source of CAMBRIDGE.files) {
    const target = join(folder, basename(source));
    await tenfold(source, target, ids.get(basename(source)));
    files.push(target);
  }
  const mapping = join(folder, 'mapping.toml');
  const [west, north] = offset(COPIES - 1);
  writeFileSync(mapping, text.replace(/^extent = \[(.*)\]/m, (_, numbers) => {
    const [w, s, e, n] = numbers.split(',').map(Number);
    return `extent = [${[w + west, s, e, n + north].map((degree) => degree.toFixed(2)).join(', ')}]`;
  }));
  return { mapping, files };
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).features;

function imported(report, what, { mapping, files }, data) {
  const features = files.reduce((sum, file) => sum + read(file).length, 0);
  const run = spawnSync('/usr/bin/time', ['-v', JIANMA, 'import', '--data', data, '--mapping', mapping, ...files], {
    encoding: 'utf8', maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(`import of ${what}\n${run.stdout.slice(-2000)}\n${run.stderr.slice(-4000)}`);
  const [, clock] = run.stderr.match(/Elapsed \(wall clock\) time \(h:mm:ss or m:ss\): ([\d:.]+)/);
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const [, user] = run.stderr.match(/User time \(seconds\): ([\d.]+)/);
  const [, kilobytes] = run.stderr.match(/Maximum resident set size \(kbytes\): (\d+)/);
  report.table(`Import of ${what} (no peer: nothing else here makes the same overlay)`,
    ['features', 'seconds', 'user s', 'features/s', 'peak MiB'],
    [[features, seconds, Number(user), features / seconds, kilobytes / 1024]]);
  return data;
}

/**
 * Imports Cambridge, and says what it cost.
 *
 * @param {import('./report.mjs').Report} report
 * @returns the folder `data`, the parcels' `codes`, those of them that are `drawn`, and their `addresses`
 */
export function cambridge(report, folder) {
  const data = imported(report, 'Cambridge', CAMBRIDGE, join(folder, 'cambridge'));
  const parcels = read(CAMBRIDGE.files.find((file) => basename(file) === PARCELS));
  const codes = parcels.map(({ properties }) => properties.ZDDM);
  const drawn = parcels.filter(({ geometry }) => geometry?.coordinates.length).map(({ properties }) => properties.ZDDM);
  const addresses = [...new Set(parcels.map(({ properties }) => properties.Location).filter(Boolean))];
  return { data, codes, drawn, addresses };
}

let ten = null;

/** Imports the ten for the first part that asks for them, and says what it cost; the data folder. */
export function tenCambridges(report, folder) {
  ten ??= tenCities(join(folder, 'ten-cities')).then((cities) => imported(report, 'Cambridge, ten times', cities, join(folder, 'ten-cambridges')));
  return ten;
}
