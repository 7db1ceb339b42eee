// What a browser fetches for a page, and how fast the built worker reads frames, both in Chromium.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HEIGHT, WIDTH, frames } from '../frames/scene.mjs';
import { SITE, manifest } from '../fixtures/paths.mjs';
import { percentile } from './report.mjs';

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);

/** Bytes that a page makes the browser fetch, raw and as sent, by kind. */
async function transferred(browser, portal, path, { headers, ...act } = {}) {
  const context = await browser.newContext({ baseURL: portal.address, viewport: { width: 390, height: 844 }, extraHTTPHeaders: headers });
  const page = await context.newPage();
  const seen = new Map();
  const waiting = [];
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    waiting.push((async () => {
      const told = await response.allHeaders();
      const kind = pathname.endsWith('.wasm') ? 'wasm'
        : /\.m?js$/.test(pathname) ? 'JS'
          : pathname.endsWith('.css') ? 'CSS'
            : response.request().isNavigationRequest() ? 'HTML' : 'other';
      // What is rendered has no length beforehand: the browser counted what came.
      const raw = pathname.startsWith('/pkg/') ? readFileSync(join(SITE, pathname)).length : (await response.body()).length;
      seen.set(pathname, { kind, raw, sent: told['content-length'] ? Number(told['content-length']) : (await response.request().sizes()).responseBodySize });
    })());
  });
  await act.before?.(page, context);
  await page.goto(path);
  await page.waitForLoadState('networkidle');
  await act.after?.(page);
  await page.waitForLoadState('networkidle');
  // What is answered while the answers are read counts too.
  for (let read = -1; read < waiting.length;) {
    read = waiting.length;
    await Promise.all(waiting);
  }
  context.removeAllListeners('response');
  await context.close();
  const sums = { HTML: [0, 0], CSS: [0, 0], JS: [0, 0], wasm: [0, 0], other: [0, 0] };
  for (const { kind, raw, sent } of seen.values()) {
    sums[kind][0] += raw;
    sums[kind][1] += sent;
  }
  return sums;
}

/** @param {import('./report.mjs').Report} report */
export async function sizes(report, browser, portal, code, seen) {
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
    ...seen.map(({ name, path: opened, headers }) => [name, opened, { headers }]),
    ['home, camera open', '/', scanning],
    ['profile, data saver: no map', `/c/${code}`, saving],
    ['profile, map open', `/c/${code}`, mapped],
  ]) {
    const sums = await transferred(browser, portal, path, act);
    const all = Object.values(sums).reduce(([a, b], [c, d]) => [a + c, b + d]);
    rows.push([name, ...['HTML', 'CSS', 'JS', 'wasm', 'other'].map((kind) => `${kilobytes(sums[kind][0])} / ${kilobytes(sums[kind][1])}`), `${kilobytes(all[0])} / ${kilobytes(all[1])}`]);
  }
  report.table('Sizes in kB, raw / as transferred (built files in brotli), from the network log of Chromium', ['', 'HTML', 'CSS', 'JS', 'wasm', 'other', 'together'], rows);
}

/** @param {import('./report.mjs').Report} report */
export async function decoding(report, browser, portal, code) {
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
    rows.push([name, `${read} of ${times.length}`, wrong, percentile(times, 0.5), percentile(times, 0.95), times.at(-1)]);
  }
  await context.close();
  report.table('Decoding frames of 1280 × 720 in the worker, in Chromium (the first six of each are the phone being raised)',
    ['', 'read', 'misread', 'median ms', 'p95 ms', 'longest'], rows);
}
