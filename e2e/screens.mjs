// node e2e/screens.mjs [NAME…]: photographs every page, or those named, on a phone and on a desk,
// into e2e/out/screens; with --night by night, --elder in elder mode, --en in English, --cambridge
// with the real data loaded, --code CODE at another place. With --fifteen it takes what shows the
// fifteen worst faults that people met in November 2026, each under its number: with JIANMA_E2E_BINARY
// and JIANMA_E2E_SITE of an older release, what was before. With --readme it makes only the picture for
// the README, e2e/readme-picture.webp.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { kinds, prefer } from './fixtures/pages.mjs';
import { CAMBRIDGE, CHROMIUM, CHROMIUM_SWITCHES, DESKTOP, OUT, PHONE, ROOT, missing } from './fixtures/paths.mjs';
import { Portal, cambridge, demo, land } from './fixtures/portal.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    night: { type: 'boolean', default: false },
    elder: { type: 'boolean', default: false },
    en: { type: 'boolean', default: false },
    cambridge: { type: 'boolean', default: false },
    code: { type: 'string' },
    fifteen: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});

const reload = (page) => page.reload();
/** Types into a form and presses the switch to elder mode. */
const switchOver = async (page) => {
  await page.locator('[name="what_is_wrong"]').fill('页面写10600平方米。');
  await page.locator('button[name="elder"]').click();
  await page.waitForLoadState();
};
const find = (text) => async (page) => {
  await page.locator('#q').fill(text);
  await page.locator('form.search button').click();
  await page.waitForLoadState();
};

/** The fifteen: number, page, and what is done on it before the picture. */
const FIFTEEN = [
  ['01-receipt-reloaded', 'receipt-fresh', reload],
  ['02-form-switched', 'request-form', switchOver],
  ['03-danger', 'place-flooded'],
  ['04-map', 'place'],
  ['05-full-address', 'home', find('浙江省湖州市德清县演示镇演示智造路40号')],
  ['06-nothing-to-compare', 'home', find('工业用地')],
  ['07-decision', 'receipt-followed'],
  ['08-label-forged', 'label-foreign'],
  ['08-label-withdrawn', 'label-withdrawn'],
  ['09-actions', 'place'],
  ['10-desktop-header', 'place'],
  ['11-left-edge-policy', 'policy'],
  ['11-left-edge-services', 'services'],
  ['12-former', 'place-former'],
  ['13-two-maps', 'place'],
  ['14-issuer', 'label-genuine'],
  ['15-bottom-bar', 'request-form'],
];

const problem = missing();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const screens = join(OUT, 'screens');
mkdirSync(screens, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'jianma-screens-'));
demo(data);
if (!values.readme) land(data);
if (values.cambridge && CAMBRIDGE) cambridge(data);
const portal = await Portal.start({ data });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_SWITCHES });
try {
  const code = values.code ?? (await anExample());
  await (values.readme ? picture(code) : everything(code));
} finally {
  await browser.close();
  await portal.remove();
  rmSync(data, { recursive: true, force: true });
}

/** The second example of the home page: a place with much to see. */
async function anExample() {
  const home = await (await fetch(portal.address)).text();
  const [, second] = home.match(/<a [^>]*class="example"[^>]*>/g);
  return second.match(/href="\/c\/(\w+)"/)[1];
}

/** Waits until nothing moves any more, the map included. */
async function settled(page, name) {
  await page.waitForLoadState('networkidle');
  const map = page.locator('.place-map');
  if (await map.count()) {
    await map.scrollIntoViewIfNeeded();
    await map.and(page.locator('[data-place-map="open"]')).waitFor({ timeout: 20_000 }).catch(() => console.log(`${name}: no map`));
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForFunction(() => scrollY === 0);
  }
}

/** What is to be photographed: a name, a page, and what is done on it first. */
function wanted(code) {
  const all = kinds(code, portal);
  if (values.fifteen) {
    return FIFTEEN.map(([as, name, then]) => ({ as, kind: all.find((kind) => kind.name === name), then }));
  }
  const named = all.filter(({ name }) => !positionals.length || positionals.includes(name));
  return named.map((kind) => ({ as: kind.name, kind }));
}

async function everything(code) {
  for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    const context = await browser.newContext({
      viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', baseURL: portal.address,
      colorScheme: values.night ? 'dark' : 'light',
    });
    await prefer(context, portal.address, { language: values.en ? 'en' : 'zh', elder: values.elder });
    const page = await context.newPage();
    for (const { as, kind, then } of wanted(code)) {
      await kind.open(page);
      await then?.(page);
      await settled(page, as);
      const name = [as, size, values.night && 'night', values.elder && 'elder', values.en && 'en'].filter(Boolean).join('-');
      await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
      await page.screenshot({ path: join(screens, `${name}-first.png`) });
      console.log(name);
      // A switch that was pressed for one picture is not left on for the next.
      await prefer(context, portal.address, { language: values.en ? 'en' : 'zh', elder: values.elder });
    }
    await context.close();
  }
}

/** A profile on a desk with the same on a phone before it. */
async function picture(code) {
  const shots = [];
  for (const viewport of [{ width: 1280, height: 1120 }, { width: 390, height: 844 }]) {
    const page = await browser.newPage({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
    await page.goto(`${portal.address}/c/${code}`);
    await settled(page, 'picture');
    shots.push((await page.screenshot()).toString('base64'));
    await page.close();
  }
  const page = await browser.newPage();
  const webp = await page.evaluate(async ([desk, phone]) => {
    const load = async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      return image;
    };
    const canvas = Object.assign(document.createElement('canvas'), { width: 1400, height: 960 });
    const context = canvas.getContext('2d');
    context.fillStyle = '#dfe7e3';
    context.fillRect(0, 0, canvas.width, canvas.height);
    const lay = (image, x, y, width, radius) => {
      const height = (width * image.height) / image.width;
      context.save();
      context.shadowColor = '#16242b40';
      context.shadowBlur = 24;
      context.shadowOffsetY = 6;
      context.fillStyle = '#fbfaf7';
      context.beginPath();
      context.roundRect(x, y, width, height, radius);
      context.fill();
      context.restore();
      context.save();
      context.beginPath();
      context.roundRect(x, y, width, height, radius);
      context.clip();
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, x, y, width, height);
      context.restore();
    };
    lay(await load(desk), 48, 48, 988, 10);
    lay(await load(phone), 1000, 138, 352, 26);
    return canvas.toDataURL('image/webp', 0.82).split(',')[1];
  }, shots);
  const bytes = Buffer.from(webp, 'base64');
  writeFileSync(join(ROOT, 'e2e', 'readme-picture.webp'), bytes);
  writeFileSync(join(OUT, 'readme-picture.png'), Buffer.from((await asPng(page, webp)), 'base64'));
  console.log(`e2e/readme-picture.webp: ${(bytes.length / 1000).toFixed(0)} kB`);
}

/** The same as PNG, for viewers that know no WebP. */
function asPng(page, webp) {
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/webp;base64,${base64}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1];
  }, webp);
}
