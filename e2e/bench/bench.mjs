// make bench: measures the built binary and pages against a peer in the same run, and prints
// tables. Nothing here passes or fails.

import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { once } from 'node:events';
import { chromium } from '@playwright/test';
import { pages } from './pages.mjs';
import { HEIGHT, WIDTH, frames } from '../frames/scene.mjs';
import { CAMBRIDGE, CAMBRIDGE_FOLDER, CHROMIUM, CHROMIUM_SWITCHES, JIANMA, ROOT, SITE, manifest, missing } from '../fixtures/paths.mjs';
import { Portal, demo } from '../fixtures/portal.mjs';
import { scores } from './lighthouse.mjs';

const problem = missing();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'jianma-bench-'));
const began = Date.now();

function table(title, head, rows) {
  const cells = [head, ...rows.map((row) => row.map(String))];
  // Chinese characters are twice as wide in a terminal; there are none in these tables.
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  console.log(`\n${title}`);
  cells.forEach((row, at) => {
    console.log(`  ${row.map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('   ')}`);
    if (at === 0) console.log(`  ${widths.map((width) => '-'.repeat(width)).join('   ')}`);
  });
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
const count = (number) => Math.round(number).toLocaleString('en');

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

// 1. Import.

function importing(what, mapping, files, features) {
  const data = join(folder, `import-${what.replaceAll(/\W/g, '-')}`);
  const run = spawnSync('/usr/bin/time', ['-v', JIANMA, 'import', '--data', data, '--mapping', mapping, ...files], {
    encoding: 'utf8', maxBuffer: 1 << 28,
  });
  if (run.status !== 0) {
    console.error(`${run.stdout.slice(-2000)}\n${run.stderr.slice(-2000)}`);
    return [what, count(features), 'failed', '', '', ''];
  }
  const [, clock] = run.stderr.match(/Elapsed \(wall clock\) time \(h:mm:ss or m:ss\): ([\d:.]+)/);
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const user = Number(run.stderr.match(/User time \(seconds\): ([\d.]+)/)[1]);
  const resident = Number(run.stderr.match(/Maximum resident set size \(kbytes\): (\d+)/)[1]) / 1024;
  rmSync(data, { recursive: true, force: true });
  return [what, count(features), seconds.toFixed(1), user.toFixed(1), count(features / seconds), resident.toFixed(0)];
}

/** Ten copies of the parcels under other codes, written one feature at a time. */
async function tenfold(source, target) {
  const { features } = JSON.parse(readFileSync(source, 'utf8'));
  const out = createWriteStream(target);
  out.write('{"type":"FeatureCollection","features":[\n');
  for (let copy = 0; copy < 10; copy += 1) {
    for (const [at, feature] of features.entries()) {
      const { ZDDM } = feature.properties;
      // Digits 7 to 9 are the 地籍区; the originals have 001.
      const code = `${ZDDM.slice(0, 6)}${String(copy + 1).padStart(3, '0')}${ZDDM.slice(9)}`;
      const text = JSON.stringify({ ...feature, properties: { ...feature.properties, ZDDM: code } });
      const last = copy === 9 && at === features.length - 1;
      if (!out.write(`${text}${last ? '\n' : ',\n'}`)) await once(out, 'drain');
    }
  }
  out.end(']}\n');
  await once(out, 'finish');
  return features.length;
}

async function featuresIn(path) {
  let found = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const text = rest + chunk;
    found += text.split(/"type"\s*:\s*"Feature"/).length - 1;
    // Too short to hold another match, long enough to hold a cut one.
    rest = text.slice(-19);
    found -= rest.split(/"type"\s*:\s*"Feature"/).length - 1;
  }
  return found + rest.split(/"type"\s*:\s*"Feature"/).length - 1;
}

async function imports() {
  if (!CAMBRIDGE) {
    console.log(`\nImport: skipped, the real data are not in ${CAMBRIDGE_FOLDER}`);
    return;
  }
  const { files, mapping } = CAMBRIDGE;
  const others = files.filter((file) => basename(file) !== 'parcels.geojson');
  let layers = 0;
  for (const file of others) layers += await featuresIn(file);
  const many = join(folder, 'ten');
  mkdirSync(many);
  const parcels = await tenfold(files.find((file) => basename(file) === 'parcels.geojson'), join(many, 'parcels.geojson'));
  for (const file of others) symlinkSync(file, join(many, basename(file)));
  const tolerant = join(many, 'mapping.toml');
  writeFileSync(tolerant, readFileSync(mapping, 'utf8').replace(/^max_refused = (\d+)/m, (_, most) => `max_refused = ${most * 10}`));
  table('Import of Cambridge (no peer: nothing else here makes the same overlay)',
    ['', 'features', 'seconds', 'user s', 'features/s', 'peak MiB'],
    [
      importing('Cambridge', mapping, files, parcels + layers),
      importing('ten times its parcels', tolerant, files.map((file) => join(many, basename(file))), parcels * 10 + layers),
    ]);
}

// 3. Sizes and 4. decoding, in the browser.

/** What a page makes the browser fetch, by kind. */
async function transferred(browser, portal, path, act) {
  const context = await browser.newContext({ baseURL: portal.address, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const seen = new Map();
  const waiting = [];
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    waiting.push((async () => {
      const headers = await response.allHeaders();
      const kind = pathname.endsWith('.wasm') ? 'wasm'
        : /\.m?js$/.test(pathname) ? 'JS'
          : pathname.endsWith('.css') ? 'CSS'
            : response.request().isNavigationRequest() ? 'HTML' : 'other';
      // What is rendered has no length beforehand: the browser counted what came.
      const raw = pathname.startsWith('/pkg/') ? readFileSync(join(SITE, pathname)).length : (await response.body()).length;
      seen.set(pathname, { kind, raw, sent: headers['content-length'] ? Number(headers['content-length']) : (await response.request().sizes()).responseBodySize });
    })());
  });
  await act?.before?.(page, context);
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  await act?.after?.(page);
  await page.waitForLoadState('networkidle');
  await Promise.all(waiting);
  await context.close();
  const sums = { HTML: [0, 0], CSS: [0, 0], JS: [0, 0], wasm: [0, 0], other: [0, 0] };
  for (const { kind, raw, sent } of seen.values()) {
    sums[kind][0] += raw;
    sums[kind][1] += sent;
  }
  return { sums, seen };
}

async function sizes(browser, portal, code) {
  const scanning = {
    after: async (page) => {
      await page.locator('.scanner-toggle').click();
      await page.locator('.scanner[data-scanner-state="scanning"]').waitFor({ timeout: 20_000 });
    },
  };
  const saving = {
    before: async (page, context) => {
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setDataSaverOverride', { dataSaverEnabled: true });
    },
  };
  const mapped = {
    after: async (page) => {
      await page.locator('.place-map').scrollIntoViewIfNeeded();
      await page.locator('.place-map[data-place-map="open"]').waitFor({ timeout: 30_000 });
    },
  };
  const rows = [];
  for (const [name, path, act] of [
    ['home', '/', undefined],
    ['home, camera open', '/', scanning],
    ['profile, data saver: no map', `/c/${code}`, saving],
    ['profile, map open', `/c/${code}`, mapped],
  ]) {
    const { sums } = await transferred(browser, portal, path, act);
    const all = Object.values(sums).reduce(([a, b], [c, d]) => [a + c, b + d]);
    rows.push([name, ...['HTML', 'CSS', 'JS', 'wasm', 'other'].map((kind) => `${kilobytes(sums[kind][0])} / ${kilobytes(sums[kind][1])}`), `${kilobytes(all[0])} / ${kilobytes(all[1])}`]);
  }
  table('Sizes in kB, raw / as transferred (built files in brotli), from the network log of Chromium', ['', 'HTML', 'CSS', 'JS', 'wasm', 'other', 'together'], rows);
}

async function decoding(browser, portal, code) {
  const context = await browser.newContext({ baseURL: portal.address });
  const page = await context.newPage();
  await page.goto('/');
  await page.evaluate(async (url) => {
    const worker = new Worker(url, { type: 'module' });
    const next = () => new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data), { once: true }));
    await next();
    window.decode = async (base64, width, height, id) => {
      const grey = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const pixels = new Uint8ClampedArray(width * height * 4);
      for (let at = 0; at < grey.length; at += 1) pixels.fill(grey[at], at * 4, at * 4 + 3);
      for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
      const bitmap = await createImageBitmap(new ImageData(pixels, width, height));
      const answer = next();
      worker.postMessage({ id, bitmap }, [bitmap]);
      const { payloads, ms } = await answer;
      return { ms, texts: payloads.map(({ text }) => text) };
    };
  }, manifest()['scan-worker.js']);
  const text = `HTTP://${portal.host}/C/${code}`;
  const rows = [];
  for (const [name, scene] of [
    ['upper-case address, V3-M', { text, seed: 1, count: 40 }],
    ['bare code, V2-Q', { text: code, level: 'Q', seed: 2, count: 40 }],
  ]) {
    const times = [];
    let read = 0;
    let wrong = 0;
    let at = 0;
    for (const grey of frames(scene)) {
      const { ms, texts } = await page.evaluate(([base64, width, height, id]) => window.decode(base64, width, height, id),
        [Buffer.from(grey).toString('base64'), WIDTH, HEIGHT, at]);
      at += 1;
      times.push(ms);
      if (texts.includes(scene.text)) read += 1;
      else if (texts.length) wrong += 1;
    }
    times.sort((a, b) => a - b);
    rows.push([name, `${read} of ${times.length}`, wrong, percentile(times, 0.5).toFixed(1), percentile(times, 0.95).toFixed(1), times.at(-1).toFixed(1)]);
  }
  await context.close();
  table('Decoding frames of 1280 × 720 in the worker, in Chromium (the first six of each are the phone being raised)',
    ['', 'read', 'misread', 'median ms', 'p95 ms', 'longest'], rows);
}

// 5. What the time of a "nothing here" tells.

function refusals() {
  const run = spawnSync('cargo', ['bench', '--quiet', '-p', 'jianma', '--bench', 'time_of_no'], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    console.log(`\nThe time of a "nothing here": not measured\n${run.stderr.slice(-2000)}`);
    return;
  }
  const lines = run.stdout.trim().split('\n').map((line) => line.split('\t')).filter((cells) => cells.length === 4);
  table('The time of a "nothing here", 24 asked at once: 0.5 and 0 tell nothing (2,000 each: chance strays by 0.009 and 0.085)',
    ['', 'second later', 'largest distance'], lines.map(([first, second, likely, distance]) => [`${first} against ${second}`, likely, distance]));
}

// 6. The domain alone.

function domain() {
  const run = spawnSync('cargo', ['bench', '--quiet', '-p', 'domain', '--bench', 'disclosure'], { cwd: ROOT, encoding: 'utf8' });
  if (run.status !== 0) {
    console.log(`\nDomain: not measured\n${run.stderr.slice(-2000)}`);
    return;
  }
  const lines = run.stdout.trim().split('\n').map((line) => line.split('\t')).filter((cells) => cells.length === 3);
  const [disclosing, parsing] = [false, true].map((parse) => lines.filter(([what]) => what.startsWith('parse: ') === parse));
  table('Disclosing a full record to the public, in one thread (no peer)', ['', 'policy + profile serialisation in µs'], disclosing.map(([what, figure]) => [what, figure]));
  table('Reading a code, in one thread (no peer)', ['', 'parse ns/code'], parsing.map(([what, figure]) => [what.replace('parse: ', ''), figure]));
}

try {
  const cpu = cpus()[0].model.replace(/\s+/g, ' ');
  console.log(`${cpus().length} cores, ${cpu}`);
  const data = join(folder, 'data');
  demo(data);
  domain();
  refusals();
  await imports();
  const portal = await Portal.start({ data, open: false });
  const code = (await portal.api('/parcels?bbox=119.9,30.5,120.0,30.6&limit=1')).features[0].id;
  await pages(table, folder, data);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CHROMIUM_SWITCHES, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    await sizes(browser, portal, code);
    await decoding(browser, portal, code);
    table('Lighthouse on a phone, the middle of three runs (search engines are not invited to places and requests: robots.txt)',
      ['', 'performance', 'accessibility', 'best practices', 'SEO', 'largest paint', 'blocked', 'not 100 because of'], await scores(portal, code));
  } finally {
    await browser.close();
    await portal.remove();
  }
  console.log(`\nmeasured in ${((Date.now() - began) / 1000).toFixed(0)} s`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
