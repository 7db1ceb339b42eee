import { LAND, awake, en, expect, test, zh } from '../fixtures/test';
import { DESKTOP, PHONE } from '../fixtures/paths.mjs';
import { kinds } from '../fixtures/pages.mjs';

/** A factory of the demonstration, on a street with a number. */
const FACTORY = '330521001003GB00008';

const search = (text: string) => `/?q=${encodeURIComponent(text)}`;

test('the address that a profile prints finds the place, whatever of it is left out', async ({ page }) => {
  await page.goto(`/c/${FACTORY}`);
  const fact = async (name: string) => (await page.locator('.fact', { hasText: zh(name) }).first().locator('dd').innerText()).trim();
  const [division] = (await fact('field_division_names')).split('，');
  const location = (await fact('field_location')).replace(/（.*）/, '');
  const below = location.replace('德清县', '');
  for (const asked of [location, `${division}${below}`, `德清县${below}`, below, below.replace(/^.+?镇/, ''), ` ${division}　${below} `]) {
    await page.goto(search(asked));
    await expect(page.locator(`.hit a[href="/c/${FACTORY}"]`).first(), asked).toBeVisible();
  }
});

test('uses are found in both languages, and the pages that follow are true', async ({ page, context, portal }) => {
  await page.goto(search('住宅'));
  const count = page.locator('.results-count');
  const total = Number((await count.innerText()).match(/找到([\d,]+)处/)![1].replace(',', ''));
  expect(total).toBeGreaterThan(20);
  const seen = new Set<string>();
  for (;;) {
    for (const link of await page.locator('.hit-title').all()) seen.add((await link.getAttribute('href'))!);
    const next = page.getByRole('link', { name: zh('results_next') });
    if (!(await next.count())) break;
    await next.click();
    await page.waitForURL(/page=\d+/);
  }
  expect(seen.size).toBe(total);
  await page.getByRole('link', { name: zh('results_prev') }).click();
  await expect(page.locator('.hit').first()).toBeVisible();
  await context.addCookies([{ name: 'jm_lang', value: 'en', url: portal.address }]);
  await page.goto(search('industrial'));
  await expect(page.locator('.hit').first()).toContainText('ndustry');
  await expect(page.locator('.hit').first()).toContainText(en('results_kind'));
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test('a list is paged through, and an old code leads to the codes now in use', async ({ page }) => {
    await page.goto(search('住宅'));
    await page.getByRole('link', { name: zh('results_next') }).click();
    await expect(page.locator('.results-count')).toContainText('第2页');
    await page.goto(search('蒹葭巷'));
    const row = page.locator('.hit', { has: page.locator(`.hit-title[href="/c/${LAND.former}"]`) });
    await expect(row).toContainText(zh('results_ended'));
    await row.locator(`.hit-ended a[href="/c/${LAND.dry}"]`).click();
    await page.waitForURL(`**/c/${LAND.dry}`);
  });
});

test('the number of a request in the search field leads to its page, which asks for the code', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.locator('#q').fill('jm 20261122 7k3mq2vx');
  await page.getByRole('button', { name: zh('search_button') }).click();
  await page.waitForURL('**/requests/JM-20261122-7K3MQ2VX');
  await expect(page.locator('[name="secret"]')).toBeVisible();
});

test.describe('on a desk', () => {
  test.use({ viewport: DESKTOP });
  test('typing comes before the camera, for the eye and for the keyboard', async ({ page }) => {
    await page.goto('/');
    await awake(page);
    const box = (name: string) => page.locator(name).first().boundingBox();
    const [field, camera] = [(await box('#q'))!, (await box('.scanner'))!];
    expect(field.x < camera.x || field.y < camera.y).toBe(true);
    const order = await page.evaluate(() =>
      document.querySelector('#q')!.compareDocumentPosition(document.querySelector('.scanner')!));
    expect(order & 4, 'the camera follows').toBe(4);
  });

  test('a profile has facts on its first screen, and a way to each of its parts', async ({ page, stop }) => {
    await page.goto(`/c/${stop.code}`);
    await expect(page.locator('.place-facts .fact').first()).toBeInViewport({ ratio: 1 });
    for (const link of await page.locator('.place-nav a').all()) {
      const target = (await link.getAttribute('href'))!;
      await link.click();
      await expect(page.locator(target)).toBeInViewport();
      await expect(link, 'the way stays').toBeInViewport();
    }
  });

  test('every page has one left edge', async ({ page, portal, stop }) => {
    const edges: Record<string, number[]> = {};
    for (const kind of kinds(stop.code, portal)) {
      await kind.open(page);
      edges[kind.name] = await page.evaluate(() => ['.wordmark', 'main h1', '.site-footer-row > *'].map((name) =>
        Math.round(document.querySelector(name)!.getBoundingClientRect().left)));
    }
    const [edge] = edges.home;
    for (const [name, here] of Object.entries(edges)) {
      expect(here.every((left) => Math.abs(left - edge) <= 24), `${name}: ${here}`).toBe(true);
    }
  });
});

test('the code of a place is copied, and its address where the browser hands nothing on', async ({ page, context, stop }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/c/${stop.code}`);
  await awake(page);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: zh('tools_copy_code') }).click();
  await expect(page.locator('.page-tools-said')).toHaveText(zh('tools_code_copied'));
  expect(await copied()).toBe(stop.code);
  await page.evaluate(() => Object.defineProperty(navigator, 'share', { value: undefined, configurable: true }));
  await page.getByRole('button', { name: zh('tools_share') }).click();
  await expect(page.locator('.page-tools-said')).toHaveText(zh('tools_address_copied'));
  expect(await copied()).toBe(page.url());
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE });
  test('nothing stays over the page', async ({ page, portal, stop }) => {
    const found: string[] = [];
    for (const kind of kinds(stop.code, portal)) {
      await kind.open(page);
      const over = await page.evaluate(() => [...document.querySelectorAll('body *')]
        .filter((element) => ['fixed', 'sticky'].includes(getComputedStyle(element).position) && element.getBoundingClientRect().height > 0)
        .map((element) => element.className));
      if (over.length) found.push(`${kind.name}: ${over}`);
    }
    expect(found).toEqual([]);
  });
});
