// OGC API – Features read by a client that others wrote: GDAL's driver OAPIF, by which QGIS reads it too. It finds
// the collections, goes from page to page, asks by boxes and by ids, and gets what was imported.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { JIANMA } from '../fixtures/paths.mjs';
import { demo, emptySite, Portal } from '../fixtures/portal.mjs';

const folder = mkdtempSync(join(tmpdir(), 'jianma-ogc-'));
const [data, site, open] = ['data', 'site', 'open'].map((name) => join(folder, name));
let portal;

const square = (west, south, side) => [[
  [west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south],
]];
const feature = (properties, coordinates) => ({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates } });

/** Imports an invented open cadastre: three parcels, and a layer of 25 fields in a row, 0.01 degrees apart. */
function openCadastre() {
  mkdirSync(open);
  const write = (name, features) =>
    writeFileSync(join(open, name), JSON.stringify({ type: 'FeatureCollection', features }));
  write('parcels.geojson', [1, 2, 3].map((number) =>
    feature({ code: `33052199000${number}GB00001`, street: `Street ${number}` }, square(120 + number / 100, 30.6, 0.001))));
  write('fields.geojson', Array.from({ length: 25 }, (_, number) =>
    feature({ id: `f${number}`, name: `Field ${number}` }, square(120 + number / 100, 30.5, 0.001))));
  writeFileSync(join(open, 'mapping.toml'), `
crs = "EPSG:4326"

[dataset]
id = "open"
title = { zh = "开放测试", en = "Open trial" }
source = { zh = "虚构", en = "Invented" }
source_date = "2026-01-01"
demonstration = true
policy = "open-cadastre"

[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{code}"

[file.fields]
location = { property = "street", kind = "text" }

[[file]]
name = "fields.geojson"
role = "restriction"
label = { zh = "{name}", en = "{name}" }
feature_id = "{id}"
coverage = "dataset"

[file.layer]
id = "fields"
theme = "permanent_basic_farmland"
title = { zh = "农田", en = "Fields" }
status = "in_force"
office = { zh = "测试局", en = "Test office" }
source_date = "2026-01-01"
tolerance = { min_area_m2 = 1.0, min_share = 0.01 }
documents = []
`);
  const files = ['parcels.geojson', 'fields.geojson'].map((name) => join(open, name));
  execFileSync(JIANMA, ['import', '--data', data, '--mapping', join(open, 'mapping.toml'), ...files], { stdio: 'pipe' });
}

/** What ogrinfo says; what it warns of is a failure. */
function ogrinfo(...arguments_) {
  const source = `OAPIF:${portal.address}/ogc`;
  const env = { ...process.env, no_proxy: '*', NO_PROXY: '*' };
  const done = spawnSync('ogrinfo', ['-ro', source, ...arguments_], { encoding: 'utf8', env });
  assert.equal(done.status, 0, `${done.error ?? ''}${done.stderr}`);
  assert.doesNotMatch(done.stderr, /ERROR|Warning/);
  return done.stdout;
}

const number = (said, name) => Number(said.match(new RegExp(`^${name}: (\\d+)`, 'm'))?.[1]);
const values = (said, name) => [...said.matchAll(new RegExp(`^  ${name} \\(\\w+\\) = (.*)$`, 'gm'))].map(([, value]) => value);

before(async () => {
  mkdirSync(data);
  demo(data);
  openCadastre();
  emptySite(site);
  portal = await Portal.start({ data, site, open: false });
});

after(async () => {
  await portal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('it finds what is given out, and nothing of a register but its base map', () => {
  const layers = [...ogrinfo().matchAll(/^\d+: (\S+)/gm)].map(([, name]) => name);
  const own = layers.filter((name) => name.startsWith('open.'));
  assert.deepEqual(own, ['open.layer.fields', 'open.parcels']);
  const register = layers.filter((name) => !name.startsWith('open.'));
  assert.ok(register.length > 0, 'the demonstration has a base map');
  for (const name of register) assert.match(name, /\.base\.[a-z_]+$/);
});

test('it goes from page to page and gets every feature once', () => {
  const said = ogrinfo('open.layer.fields', '-al', '-oo', 'PAGE_SIZE=4');
  assert.equal(number(said, 'Feature Count'), 25);
  assert.match(said, /WGS 84/);
  const expected = Array.from({ length: 25 }, (_, at) => `f${at}`);
  assert.deepEqual(values(said, 'feature'), expected);
  assert.match(said, /^Extent: \(1(20\.0|19\.99)\d*, 30\.(49|5)\d*\) - \(120\.24\d*, 30\.50\d*\)$/m);
  assert.match(said, /MULTIPOLYGON \(\(\(120(\.0+)? 30\.5/);
});

test('it asks by a box and by the words of an attribute', () => {
  const near = ogrinfo('open.layer.fields', '-al', '-spat', '120.0095', '30.4', '120.0205', '30.6');
  assert.deepEqual(values(near, 'feature'), ['f1', 'f2']);
  const named = ogrinfo('open.layer.fields', '-al', '-where', "label_en = 'Field 7'");
  assert.deepEqual(values(named, 'feature'), ['f7']);
});

test('it asks for one feature by its id', () => {
  const said = ogrinfo('open.layer.fields', '-fid', '3');
  assert.deepEqual(values(said, 'feature'), ['f2']);
});

test('it reads the parcels of an open cadastre and the base map of a register', () => {
  const parcels = ogrinfo('open.parcels', '-al');
  assert.deepEqual(values(parcels, 'location'), ['Street 1', 'Street 2', 'Street 3']);
  const layers = [...ogrinfo().matchAll(/^\d+: (\S+\.base\.\S+)/gm)].map(([, name]) => name);
  for (const name of layers) {
    const said = ogrinfo(name, '-so', '-al');
    assert.ok(number(said, 'Feature Count') > 0, `${name}\n${said}`);
  }
});
