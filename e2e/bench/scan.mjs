// make bench-scan: reads the same frames with our scanner (the built worker in Chromium, and
// natively), zxing-wasm, jsQR (in the same Chromium) and rxing alone (natively), and prints a table
// for each set of frames. Nothing here passes or fails.
//
// JIANMA_QR names a folder of frames (../shared/qr unless told): real.json with real/, and folders
// with a manifest.json as its generator writes them. Without it only our own labels are read.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { random } from '../frames/random.mjs';
import { FAULTS, spoiled } from '../frames/spoil.mjs';
import { HEIGHT, WIDTH, frames } from '../frames/scene.mjs';
import { CHROMIUM, CHROMIUM_SWITCHES, ROOT, SITE, manifest } from '../fixtures/paths.mjs';
import { Report, percentile } from './report.mjs';

const ROUNDS = 2;
// jsQR takes up to seconds for a frame; its one round is not what anybody waits for.
const SLOW_ROUNDS = 1;
const SEEDS = [1];
const MEASURE = join(ROOT, 'target', 'release', 'examples', 'measure');
const QR = resolve(ROOT, process.env.JIANMA_QR ?? join('..', 'shared', 'qr'));

// Frames: { name, truth, load(page) → { width, height, base64 of luma } }.

function* ownFrames(seed) {
  for (const [fault, kind] of FAULTS.entries()) {
    const draw = random(seed * 1000 + fault);
    const digits = (count) => String(Math.floor(draw.between(0, 10 ** count))).padStart(count, '0');
    const level = ['L', 'M', 'Q'][Math.floor(draw.between(0, 3))];
    const text = `HTTPS://JIANMA.EXAMPLE/C/330106${digits(6)}GB${digits(5)}F${digits(8)}`;
    let at = 0;
    // Every sixth frame of the scene: the ones between differ little, and jsQR is slow.
    for (const grey of frames({ text, level, seed: seed * 100 + fault, count: 36 })) {
      if (at % 6 === 5) {
        const frame = spoiled(grey, kind, draw);
        yield { name: `${kind}-${String(at).padStart(2, '0')}`, truth: [text], width: WIDTH, height: HEIGHT, luma: Buffer.from(frame) };
      }
      at += 1;
    }
  }
}

function* pictures(folder, list) {
  for (const { file, truth } of list) yield { name: file, truth, path: join(folder, file) };
}

function sets() {
  const list = SEEDS.map((seed) => [`own labels, seed ${seed}`, () => ownFrames(seed)]);
  if (!existsSync(QR)) {
    console.log(`no frames in ${QR} (JIANMA_QR): only our own labels are read`);
    return list;
  }
  const real = join(QR, 'real.json');
  if (existsSync(real)) {
    const known = JSON.parse(readFileSync(real, 'utf8'));
    list.push(['real photos', () => pictures(join(QR, 'real'), known.map((entry) => ({ ...entry, codeFree: entry.set.includes('falsepos') })))]);
  }
  for (const name of readdirSync(QR).sort()) {
    const path = join(QR, name, 'manifest.json');
    if (!existsSync(path)) continue;
    const made = JSON.parse(readFileSync(path, 'utf8'));
    list.push([name, () => pictures(join(QR, name), made.map((entry) => ({ file: `${entry.name}.png`, truth: [entry.text] })))]);
  }
  return list;
}

// The page and what it loads.

const PEERS = {
  '/zxing.js': join(ROOT, 'node_modules/zxing-wasm/dist/iife/reader/index.js'),
  '/zxing.wasm': join(ROOT, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'),
  '/jsqr.js': join(ROOT, 'node_modules/jsqr/dist/jsQR.js'),
};
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };
let hideSecond = false;
const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/') {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><script src="/zxing.js"></script><script src="/jsqr.js"></script>');
    return;
  }
  const path = PEERS[pathname] ?? (pathname.startsWith('/pkg/') ? join(SITE, pathname) : undefined);
  if (!path || !existsSync(path) || (hideSecond && pathname.includes('scan-second'))) {
    response.statusCode = 404;
    response.end();
    return;
  }
  response.setHeader('content-type', TYPES[path.split('.').at(-1)] ?? 'text/plain');
  response.end(readFileSync(path));
});

async function prepare(page) {
  await page.evaluate(async (url) => {
    const start = async () => {
      const worker = new Worker(url, { type: 'module' });
      const next = () => new Promise((done) => worker.addEventListener('message', ({ data }) => done(data), { once: true }));
      await next();
      return async (message, transfer = []) => {
        const answer = next();
        worker.postMessage(message, transfer);
        return answer;
      };
    };
    window.start = start;
    window.tell = (worker, frame) => {
      const pixels = frame.pixels.slice().buffer;
      return worker({ id: 1, still: true, pixels, width: frame.width, height: frame.height }, [pixels]);
    };
    window.frameOf = (base64, width, height) => {
      const luma = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const pixels = new Uint8ClampedArray(width * height * 4);
      for (let at = 0; at < luma.length; at += 1) pixels.fill(luma[at], at * 4, at * 4 + 3);
      for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
      return { pixels, width, height };
    };
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => '/zxing.wasm' }, fireImmediately: true });
  }, manifest()['scan-worker.js']);
  hideSecond = true;
  await page.evaluate(async () => {
    window.first = await window.start();
    // Three photos without a code, and it asks for the second decoder no more.
    const blank = window.frameOf(btoa('x'.repeat(2500)), 50, 50);
    for (let i = 0; i < 4; i += 1) await window.tell(window.first, blank);
  });
  hideSecond = false;
  await page.evaluate(async () => {
    window.both = await window.start();
    const blank = window.frameOf(btoa('x'.repeat(2500)), 50, 50);
    for (let i = 0; ; i += 1) {
      const { second } = await window.tell(window.both, blank);
      if (second) break;
      if (i > 50) throw new Error('the second decoder does not come');
      await new Promise((done) => setTimeout(done, 100));
    }
  });
}

/** The luma of a picture file, as Chromium decodes it. */
async function load(page, path) {
  const type = path.endsWith('.png') ? 'image/png' : 'image/jpeg';
  const { base64, width, height } = await page.evaluate(async (url) => {
    const blob = await (await fetch(url)).blob();
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const parts = [];
    for (let y = 0; y < height; y += 1) {
      const row = new Uint8Array(width);
      for (let x = 0; x < width; x += 1) {
        const at = (y * width + x) * 4;
        row[x] = (77 * data[at] + 150 * data[at + 1] + 29 * data[at + 2]) >> 8;
      }
      parts.push(String.fromCharCode(...row));
    }
    return { base64: btoa(parts.join('')), width, height };
  }, `data:${type};base64,${readFileSync(path).toString('base64')}`);
  return { luma: Buffer.from(base64, 'base64'), width, height };
}

/** One frame with every decoder of the browser, in turns; the better round counts. */
const inBrowser = (page, frame) => page.evaluate(async ([base64, width, height, rounds, slowRounds]) => {
  const picture = window.frameOf(base64, width, height);
  const image = new ImageData(picture.pixels, width, height);
  const ways = {
    first: async () => {
      const { ms, payloads } = await window.tell(window.first, picture);
      return [ms, payloads.map(({ text }) => text)];
    },
    both: async () => {
      const { ms, payloads } = await window.tell(window.both, picture);
      return [ms, payloads.map(({ text }) => text)];
    },
    zxing: async () => {
      const began = performance.now();
      const found = await ZXingWASM.readBarcodes(image, { formats: ['QRCode'], tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true });
      return [performance.now() - began, found.filter(({ isValid }) => isValid).map(({ text }) => text)];
    },
    jsqr: async () => {
      const began = performance.now();
      const found = jsQR(picture.pixels, width, height, { inversionAttempts: 'attemptBoth' });
      return [performance.now() - began, found?.data ? [found.data] : []];
    },
  };
  const results = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, read] of Object.entries(ways)) {
      if (way === 'jsqr' && round >= slowRounds) continue;
      const [ms, texts] = await read();
      results[way] = { ms: Math.min(ms, results[way]?.ms ?? Infinity), texts };
    }
  }
  return results;
}, [frame.luma.toString('base64'), frame.width, frame.height, ROUNDS, SLOW_ROUNDS]);

/** The same frames natively. */
function natively(folder) {
  const run = spawnSync(MEASURE, [folder, String(ROUNDS)], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`${MEASURE}: ${run.error ?? run.stderr}`);
  const results = new Map();
  for (const line of run.stdout.trimEnd().split('\n')) {
    const [name, way, ms, ...texts] = line.split('\t');
    if (!results.has(name)) results.set(name, {});
    results.get(name)[`${way} native`] = { ms: Number(ms), texts: texts.map((hex) => Buffer.from(hex, 'hex').toString('utf8')) };
  }
  return results;
}

// Judging.

/** Letters and digits: decoders differ in line ends, blanks and guesses of character sets. */
const plain = (text) => text.replace(/^A:/, '').replaceAll(/[^0-9A-Za-z]/g, '');

function isRight(texts, truth) {
  return texts.some((text) => truth.includes(text) || (plain(text) && truth.some((known) => plain(known) === plain(text))));
}

const NAMES = {
  'first': 'Jianma, first module, Chromium',
  'both': 'Jianma, both modules, Chromium',
  'zxing': 'zxing-wasm, try harder, Chromium',
  'jsqr': 'jsQR, both inversions, Chromium',
  'first native': 'Jianma, first decoder, native',
  'both native': 'Jianma, both decoders, native',
  'rxing native': 'rxing alone, try harder, native',
};

async function measure(page, title, list) {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'jianma-scan-'));
  try {
    const known = [];
    for (const frame of list()) {
      if (frame.path) Object.assign(frame, await load(page, frame.path));
      const head = Buffer.alloc(8);
      head.writeUInt32LE(frame.width, 0);
      head.writeUInt32LE(frame.height, 4);
      writeFileSync(join(folder, `${frame.name}.luma`), Buffer.concat([head, frame.luma]));
      const results = await inBrowser(page, frame);
      known.push({ name: frame.name, truth: frame.truth, codeFree: /falsepos/.test(frame.name), results });
    }
    const native = natively(folder);
    for (const frame of known) Object.assign(frame.results, native.get(frame.name));
    const coded = known.filter(({ truth }) => truth.length);
    const rows = Object.keys(NAMES).map((way) => {
      const read = coded.filter(({ results, truth }) => isRight(results[way].texts, truth));
      const wrong = known.filter(({ results, truth, codeFree }) => results[way].texts.length
        && (codeFree || (truth.length && !isRight(results[way].texts, truth))));
      const times = coded.map(({ results }) => results[way].ms).sort((a, b) => a - b);
      const timesRead = read.map(({ results }) => results[way].ms).sort((a, b) => a - b);
      return [NAMES[way], `${read.length} of ${coded.length}`, wrong.length, percentile(times, 0.5), percentile(timesRead, 0.5), percentile(times, 0.95), times.at(-1)];
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    report.table(`${title}: ${known.length} frames, ${coded.length} with a code, in ${seconds} s`, ['', 'read', 'wrong', 'median ms', 'median of read', 'p95 ms', 'longest'], rows);
    for (const way of ['first', 'both']) {
      const differ = known.filter(({ results }) => JSON.stringify(results[way].texts) !== JSON.stringify(results[`${way} native`].texts));
      console.log(`${way}: wasm and native answers differ on ${differ.length} of ${known.length} frames${differ.length ? `: ${differ.slice(0, 5).map(({ name }) => name).join(', ')}` : ''}`);
    }
    const lost = coded.filter(({ results, truth }) => isRight(results.zxing.texts, truth) && !isRight(results.both.texts, truth));
    console.log(`read by zxing-wasm and not by us: ${lost.map(({ name }) => name).join(', ') || 'none'}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const path of [MEASURE, join(SITE, 'manifest.json'), CHROMIUM]) {
  if (!existsSync(path)) {
    console.error(`${path} is not there: run \`make bench-scan\``);
    process.exit(1);
  }
}
const report = new Report();
console.log(`best of ${ROUNDS} rounds (jsQR: ${SLOW_ROUNDS}), all decoders by turns on each frame`);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_SWITCHES });
try {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await prepare(page);
  const wanted = process.argv.slice(2);
  for (const [title, list] of sets()) {
    if (!wanted.length || wanted.some((word) => title.includes(word))) await measure(page, title, list);
  }
  report.end(join(ROOT, 'target', 'bench-scan'));
} finally {
  await browser.close();
  server.close();
}
