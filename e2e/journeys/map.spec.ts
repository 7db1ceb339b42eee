import { LAND, en, expect, test, zh } from '../fixtures/test';
import type { Page } from '@playwright/test';

/** Opens the map that moves; where it is, west, south, east, north. */
async function opened(page: Page, code: string) {
  await page.goto(`/c/${code}`);
  await page.locator('.place-map').scrollIntoViewIfNeeded();
  await expect(page.locator('.place-map')).toHaveAttribute('data-place-map', 'open', { timeout: 30_000 });
  return page.locator('.map-canvas');
}

async function view(page: Page) {
  const text = await page.locator('.map-canvas').getAttribute('data-view');
  return text!.split(',').map(Number);
}

async function request(page: Page) {
  const props = await page.locator('leptos-island:has(.place-map)').getAttribute('data-props');
  return JSON.parse(props!.split('\n')[0]);
}

/** Waits until the map rests where `where` says. */
async function rests(page: Page, where: (view: number[]) => boolean) {
  await expect(async () => expect(where(await view(page))).toBe(true)).toPass({ timeout: 15_000 });
}

test('the map that moves has the hatches of the drawing, and the legend names them', async ({ page }) => {
  const canvas = await opened(page, LAND.flooded);
  const drawn = await page.locator('svg.plan [data-hatch]').evaluateAll((all) => all.map((one) => (one as SVGElement).dataset.hatch!));
  expect(drawn).toEqual(['hatch-flood-prohibits']);
  await expect(canvas).toHaveAttribute('data-hatches', drawn.join(' '));
  const line = page.locator('.legend-line');
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('测试行洪区');
  await line.getByRole('link').click();
  await expect(page.locator('#theme-flood')).toBeInViewport();
});

test('the map cannot be moved away from its place, and a button comes back to it', async ({ page }) => {
  await opened(page, LAND.flooded);
  const { limits, bounds } = await request(page);
  const [west, south, east, north] = limits;
  const within = ([w, s, e, n]: number[]) => w >= west - 1e-6 && s >= south - 1e-6 && e <= east + 1e-6 && n <= north + 1e-6;
  const first = await view(page);
  const map = page.locator('.map-canvas canvas');
  await map.focus();
  for (let press = 0; press < 8; press += 1) await page.keyboard.press('-');
  // As far out as it goes, and the place is still in view.
  await rests(page, ([w, s, e, n]) => e - w > (first[2] - first[0]) * 1.5 && w < bounds[0] && e > bounds[2] && s < bounds[1] && n > bounds[3]);
  expect(within(await view(page))).toBe(true);
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('+');
  for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowLeft');
  await rests(page, ([w]) => Math.abs(w - west) < (east - west) / 20);
  expect(within(await view(page))).toBe(true);
  await page.getByRole('button', { name: zh('map_back') }).click();
  await rests(page, (now) => now.every((edge, at) => Math.abs(edge - first[at]) < (east - west) / 200));
});

test('m9: every name on either map stands in the words beside it, and the map says its keys', async ({ page, stop }) => {
  const canvas = await opened(page, stop.source === 'demo' ? stop.code : '330521001003GB00008');
  await expect(canvas).toHaveAttribute('data-names', /\S/);
  const words = await page.locator('.surroundings').innerText();
  const drawn = await page.locator('svg.plan .plan-label').allTextContents();
  const live = (await canvas.getAttribute('data-names'))!.split('\n').filter(Boolean);
  expect(drawn.length).toBeGreaterThan(0);
  for (const name of [...drawn, ...live]) expect(words).toContain(name);
  await expect(page.getByRole('region', { name: zh('map_title_keys').slice(1) })).toBeAttached();
});

test('a reader of English has names on either map that can be said', async ({ page, context, portal }) => {
  await context.addCookies([{ name: 'jm_lang', value: 'en', url: portal.address }]);
  const canvas = await opened(page, '330521001003GB00008');
  const said = /^[A-Z][\w’ ,.-]*$/;
  const words = await page.locator('.surroundings').innerText();
  const drawn = await page.locator('svg.plan .plan-label').allTextContents();
  expect(drawn.length).toBeGreaterThan(0);
  for (const name of drawn) {
    expect(name).toMatch(said);
    expect(words).toContain(name);
  }
  // In letters they are twice as long, and fewer are whole: a step farther out there is room for some.
  await page.locator('.map-canvas canvas').focus();
  await expect(async () => {
    await page.keyboard.press('-');
    await expect(canvas).toHaveAttribute('data-names', /\S/, { timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  for (const name of (await canvas.getAttribute('data-names'))!.split('\n').filter(Boolean)) expect(name).toMatch(said);
  await expect(page.getByText(en('around_title'))).toBeVisible();
});

test('m1: the line for the review number is in view beside the map that moves', async ({ page }) => {
  await opened(page, LAND.flooded);
  await expect(page.locator('.plan-review')).toBeVisible();
  await expect(page.locator('.plan-review')).toContainText('审图号');
});
