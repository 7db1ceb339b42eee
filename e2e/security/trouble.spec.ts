import { readdirSync, truncateSync } from 'node:fs';
import { Portal } from '../fixtures/portal.mjs';
import { LAND, Watch, expect, test, zh } from '../fixtures/test';

test('who asks too often is told how long to wait, on a page', async ({ browser }) => {
  const portal = await Portal.start({ data: null, open: false, limits: { reads_per_second: 1, read_burst: 4 } });
  try {
    const context = await browser.newContext({ baseURL: portal.address });
    const watch = await new Watch(portal.address).attach(context);
    const page = await context.newPage();
    let status = 200;
    for (let visit = 0; visit < 8 && status === 200; visit += 1) status = (await page.goto('/services'))!.status();
    expect(status).toBe(429);
    await expect(page.locator('h1')).toHaveText('访问太频繁，请稍候');
    await expect(page.locator('main')).toContainText(/请等\d+秒/);
    await expect(page.locator('[lang=en]')).toContainText(/Wait \d+ s/);
    expect(watch.foreign).toEqual([]);
    await context.close();
  } finally {
    await portal.remove();
  }
});

test('when storage fails the page says that it is our fault, never that there is nothing', async ({ browser }) => {
  const portal = await Portal.start({ data: process.env.JIANMA_E2E_DATA!, open: false });
  try {
    for (const name of readdirSync(portal.path('data')).filter((name) => name.includes('.sqlite') && !name.endsWith('-shm'))) {
      truncateSync(portal.path('data', name), 100);
    }
    const context = await browser.newContext({ baseURL: portal.address });
    const page = await context.newPage();
    for (const path of [`/c/${LAND.dry}`, `/c/${LAND.unknown}`, `/?q=${LAND.words.three}`, `/c/${LAND.dry}/requests/new?item=data-correction`]) {
      const response = await page.goto(path);
      expect(response!.status(), path).toBe(503);
      await expect(page.locator('h1')).toHaveText(zh('error_503_title'));
      await expect(page.locator('main'), 'an id to complain with').toContainText(response!.headers()['x-request-id']);
      await expect(page.locator('main')).not.toContainText(/sqlite|database/i);
    }
    expect((await fetch(`${portal.address}/readyz`)).status).toBe(503);
    expect((await fetch(`${portal.address}/healthz`)).status).toBe(200);
    expect(portal.errors().length, 'the log says what happened').toBeGreaterThan(0);
    await context.close();
  } finally {
    await portal.remove();
  }
});

test('without any data the portal is up and says that there are none', async ({ browser }) => {
  const portal = await Portal.start({ data: null, open: false });
  try {
    const context = await browser.newContext({ baseURL: portal.address });
    const page = await context.newPage();
    expect((await page.goto('/'))!.status()).toBe(200);
    await expect(page.locator('.home-examples')).toHaveCount(0);
    await page.goto('/about');
    await expect(page.locator('main')).toContainText(zh('about_data_none'));
    expect((await page.goto(`/c/${LAND.dry}`))!.status()).toBe(404);
    await context.close();
  } finally {
    await portal.remove();
    expect(portal.server.child.exitCode, 'SIGTERM ends it in order').toBe(0);
  }
});
