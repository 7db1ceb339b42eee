// node e2e/screens.mjs [NAME…]: photographs every page, or those named, on a phone and on a desk,
// into e2e/out/screens. With --night also by night, with --elder in elder mode, with --en in English.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { kinds, prefer } from './fixtures/pages.mjs';
import { CAMBRIDGE, CHROMIUM, CHROMIUM_SWITCHES, DESKTOP, OUT, PHONE, missing } from './fixtures/paths.mjs';
import { Portal, cambridge, demo, land } from './fixtures/portal.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    night: { type: 'boolean', default: false },
    elder: { type: 'boolean', default: false },
    en: { type: 'boolean', default: false },
    cambridge: { type: 'boolean', default: false },
    code: { type: 'string' },
  },
});
const problem = missing();
if (problem) {
  console.error(problem);
  process.exit(1);
}
const screens = join(OUT, 'screens');
mkdirSync(screens, { recursive: true });
const data = mkdtempSync(join(tmpdir(), 'jianma-screens-'));
demo(data);
land(data);
if (values.cambridge && CAMBRIDGE) cambridge(data);
const portal = await Portal.start({ data });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_SWITCHES });
try {
  const code = values.code ?? (await portal.api('/parcels?bbox=119.9,30.5,120.0,30.6&limit=1')).features[0].id;
  for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    const context = await browser.newContext({
      viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', baseURL: portal.address,
      colorScheme: values.night ? 'dark' : 'light', deviceScaleFactor: 1,
    });
    await prefer(context, portal.address, { language: values.en ? 'en' : 'zh', elder: values.elder });
    const page = await context.newPage();
    for (const kind of kinds(code)) {
      if (positionals.length && !positionals.includes(kind.name)) continue;
      await kind.open(page);
      await page.waitForLoadState('networkidle');
      const map = page.locator('.place-map');
      if (await map.count()) {
        await map.scrollIntoViewIfNeeded();
        await map.and(page.locator('[data-place-map="open"]')).waitFor({ timeout: 20_000 }).catch(() => console.log(`${kind.name}: no map`));
        await page.waitForLoadState('networkidle');
        await page.evaluate(() => scrollTo(0, 0));
      }
      const name = [kind.name, size, values.night && 'night', values.elder && 'elder', values.en && 'en'].filter(Boolean).join('-');
      await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
      await page.screenshot({ path: join(screens, `${name}-first.png`) });
      console.log(name);
    }
    await context.close();
  }
} finally {
  await browser.close();
  await portal.remove();
  rmSync(data, { recursive: true, force: true });
}
