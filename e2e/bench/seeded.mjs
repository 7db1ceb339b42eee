// A register of as many parcels as are wanted, the same on every run: written as files that `jianma import` and
// PostGIS both read. Edges are laid so that no share lies near a limit of the rules (`rules/seeded`): answers then
// differ only where somebody is wrong, and not by how areas are rounded.

import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

/** The south-western corner, and the side of the cell that each parcel has to itself, degrees: some 77 by 89 m. */
const [WEST, SOUTH, CELL] = [119.2, 30.1, 0.0008];
/** Sides of parcels, as shares of the cell. None of their corners in farmland comes near a tenth of one. */
const SIDES = [0.3, 0.4, 0.6, 0.8, 0.9];
/** Cells to a side of a zone, and of a field, which begins in the middle of cells. */
const [ZONE, FIELD] = [20, 5];
const ZONES = ['Z1', 'Z2', 'Z3', 'Z4', 'Z5', 'Z6'];
const HAZARDS = ['危险区', '低风险区', '未定'];
/** Parcels that one sub-district has numbers for. */
const NUMBERS = 90_000;

/** Numbers by chance (mulberry32), the same on every run. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = (all, draw) => all[Math.floor(draw() * all.length)];

/** The code of the parcel with that number, from 0. */
export function code(number) {
  const block = Math.floor(number / NUMBERS);
  const digits = (value, length) => String(value).padStart(length, '0');
  return `330521${digits(1 + Math.floor(block / 900), 3)}${digits(1 + (block % 900), 3)}GB${digits(1 + (number % NUMBERS), 5)}`;
}

/** A rectangle from a corner, in cells; degrees with seven decimals, as files have them. */
function rectangle(x, y, width, height) {
  const [w, e] = [x, x + width].map((at) => Number((WEST + at * CELL).toFixed(7)));
  const [s, n] = [y, y + height].map((at) => Number((SOUTH + at * CELL).toFixed(7)));
  return { type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] };
}

function* parcels(count, columns) {
  const draw = chance(1);
  for (let at = 0; at < count; at += 1) {
    yield { geometry: rectangle(at % columns, Math.floor(at / columns), pick(SIDES, draw), pick(SIDES, draw)), properties: { code: code(at) } };
  }
}

/** Blocks of cells over all of it, of which `keep` says what they are, if anything. */
function* blocks(columns, rows, side, offset, keep) {
  for (let y = 0; y < rows; y += side) {
    for (let x = 0; x < columns; x += side) {
      const name = keep();
      if (name) yield { geometry: rectangle(x + offset, y + offset, side, side), properties: { name } };
    }
  }
}

function* heritage(count, columns) {
  const draw = chance(5);
  for (let at = 0; at < count; at += 1) {
    if (draw() < 0.03) yield { geometry: rectangle(at % columns, Math.floor(at / columns), 0.5, 0.5), properties: { name: '文物' } };
  }
}

function layers(count) {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const [zone, field, hazard] = [2, 3, 4].map(chance);
  return {
    parcels: parcels(count, columns),
    zoning: blocks(columns, rows, ZONE, 0, () => pick(ZONES, zone)),
    // Fields meet where two lie side by side: a parcel may lie on both.
    farmland: blocks(columns, rows, FIELD, 0.5, () => field() < 0.25 && '农田'),
    hazard: blocks(columns, rows, FIELD, 0, () => hazard() < 0.12 && pick(HAZARDS, hazard)),
    heritage: heritage(count, columns),
  };
}

async function write(path, features) {
  const out = createWriteStream(path);
  out.write('{"type":"FeatureCollection","features":[\n');
  let written = 0;
  for (const { geometry, properties } of features) {
    const text = JSON.stringify({ type: 'Feature', properties: { ...properties, id: written + 1 }, geometry });
    if (!out.write(`${written ? ',\n' : ''}${text}`)) await once(out, 'drain');
    written += 1;
  }
  out.end('\n]}\n');
  await once(out, 'finish');
  return written;
}

const words = (text) => `{ zh = "${text}", en = "${text}" }`;

function mapping(count) {
  // The last zones and fields reach beyond the last parcels.
  const cells = Math.ceil(Math.sqrt(count)) + ZONE;
  const [east, north] = [WEST, SOUTH].map((from) => from + cells * CELL);
  const restriction = (id, theme) => `
[[file]]
name = "${id}.geojson"
role = "restriction"
feature_id = "{id}"
label = { zh = "{name}", en = "{name}" }
coverage = "dataset"
[file.layer]
id = "${id}"
theme = "${theme}"
title = ${words(id)}
status = "in_force"
office = ${words('bench')}
source_date = "2026-01-01"
documents = [{ title = ${words('bench')}, articles = ["1"] }]
tolerance = { min_area_m2 = 0.01, min_share = 0.00001 }
`;
  return `crs = "EPSG:4326"
extent = [${[WEST - CELL, SOUTH - CELL, east, north].map((at) => at.toFixed(4)).join(', ')}]

[dataset]
id = "seeded"
title = { zh = "测量用虚构登记簿", en = "An invented register, for measuring" }
source = { zh = "虚构", en = "Invented" }
source_date = "2026-01-01"
demonstration = true
policy = "open-cadastre"

[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{code}"
${[['zoning', 'planning_use'], ['farmland', 'permanent_basic_farmland'], ['hazard', 'geological_hazard'], ['heritage', 'heritage']].map(([id, theme]) => restriction(id, theme)).join('')}`;
}

/**
 * Writes a register of so many parcels into a folder.
 *
 * @returns {Promise<{ mapping: string, files: string[], features: number }>}
 */
export async function seeded(folder, count) {
  mkdirSync(folder, { recursive: true });
  let features = 0;
  const files = [];
  for (const [name, all] of Object.entries(layers(count))) {
    const path = join(folder, `${name}.geojson`);
    features += await write(path, all);
    files.push(path);
  }
  const path = join(folder, 'mapping.toml');
  writeFileSync(path, mapping(count));
  return { mapping: path, files, features };
}
