import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { prefer } from '../fixtures/pages.mjs';
import { PHONE, manifest } from '../fixtures/paths.mjs';
import { LAND, expect, test, zh } from '../fixtures/test';

const corners = (page: Page) => page.locator('.draw-corner');
const lines = async (page: Page) => (await page.locator('#points').inputValue()).split('\n').filter(Boolean);

/** Opens the map to draw on, near a place of the known land. */
async function opened(page: Page) {
  await page.goto(`/sites/outline?code=${LAND.flooded}`);
  await page.locator('html[data-hydrated]').waitFor();
  await page.getByRole('button', { name: zh('draw_open') }).click();
  const frame = page.locator('.draw-frame');
  await expect(frame).toHaveAttribute('data-map', 'open', { timeout: 30_000 });
  await expect(page.locator('.draw-told')).toHaveText(zh('draw_none'));
  await frame.scrollIntoViewIfNeeded();
  return frame;
}

/** Presses the map at shares of its width and height. */
async function press(page: Page, shares: [number, number][]) {
  await page.locator('.draw-frame').scrollIntoViewIfNeeded();
  for (const [across, down] of shares) {
    const box = (await page.locator('.draw-frame').boundingBox())!;
    await page.mouse.click(box.x + box.width * across, box.y + box.height * down);
  }
}

async function ask(page: Page) {
  await page.locator('#what').fill('奶茶店');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('h1')).toHaveText(zh('sites_title_of', { use: '咖啡馆' }));
  await expect(page.locator('.sites-sketch')).toBeVisible();
}

test('sites s13: a site is drawn with a pointer, mended, and asked about', async ({ page }) => {
  await opened(page);
  await press(page, [[0.25, 0.3], [0.75, 0.3], [0.75, 0.8]]);
  await expect(corners(page)).toHaveCount(3);
  expect(await lines(page)).toHaveLength(3);
  await expect(page.locator('.draw-told')).toContainText(/第3个点.*平方米/);

  // The first corner ends it; a press after that adds nothing.
  await corners(page).first().click();
  await expect(page.locator('.draw-told')).toContainText('画好了');
  await press(page, [[0.4, 0.9]]);
  await expect(corners(page)).toHaveCount(3);

  // A corner that is dragged moves, alone, and the step can be taken back.
  const before = await lines(page);
  const held = (await corners(page).nth(2).boundingBox())!;
  await page.mouse.move(held.x + held.width / 2, held.y + held.height / 2);
  await page.mouse.down();
  await page.mouse.move(held.x - 30, held.y + 20, { steps: 5 });
  await page.mouse.up();
  const after = await lines(page);
  expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
  expect(after[2]).not.toEqual(before[2]);
  await page.getByRole('button', { name: zh('draw_undo') }).click();
  expect(await lines(page)).toEqual(before);
  await ask(page);
});

test('sites s13: a finger draws, and scrolls or moves the map as it is told', async ({ browser, portal }) => {
  const context = await browser.newContext({ baseURL: portal.address, hasTouch: true, isMobile: true, viewport: PHONE });
  const page = await context.newPage();
  const frame = await opened(page);
  const box = (await frame.boundingBox())!;
  for (const [across, down] of [[0.3, 0.3], [0.7, 0.35], [0.6, 0.75]]) {
    await page.touchscreen.tap(box.x + box.width * across, box.y + box.height * down);
  }
  await expect(corners(page)).toHaveCount(3);
  const size = (await corners(page).first().boundingBox())!;
  expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(44);
  await page.getByRole('button', { name: zh('draw_pan') }).tap();
  await page.touchscreen.tap(box.x + box.width * 0.2, box.y + box.height * 0.9);
  await expect(corners(page)).toHaveCount(3);
  await page.getByRole('button', { name: zh('draw_finish') }).tap();
  await expect(page.locator('.draw-told')).toContainText('画好了');
  await context.close();
});

test('sites s13: a site is drawn with the keys alone', async ({ page }) => {
  await opened(page);
  await expect(page.locator('.draw-frame .maplibregl-canvas')).toBeFocused();
  const keys = async (key: string, times: number) => {
    for (let time = 0; time < times; time += 1) await page.keyboard.press(key);
  };
  await page.keyboard.press('Enter');
  await expect(page.locator('.draw-told')).toContainText('加了第1个点');
  await keys('Shift+ArrowRight', 3);
  await expect(page.locator('.draw-where')).toHaveText(/十字在 1/);
  await page.keyboard.press('Enter');
  await keys('Shift+ArrowDown', 3);
  await page.keyboard.press('Enter');
  await keys('ArrowLeft', 4);
  await page.keyboard.press('Enter');
  expect(await lines(page)).toHaveLength(4);
  await page.keyboard.press('Backspace');
  expect(await lines(page)).toHaveLength(3);

  // A corner is moved and taken out by keys too.
  const before = await lines(page);
  await corners(page).nth(1).focus();
  await page.keyboard.press('Shift+ArrowUp');
  expect((await lines(page))[1]).not.toEqual(before[1]);
  await page.keyboard.press('Delete');
  expect(await lines(page)).toEqual([before[0], before[2]]);
  for (const _ of [1, 2]) await page.getByRole('button', { name: zh('draw_undo') }).press('Enter');
  expect(await lines(page)).toEqual(before);
  await page.getByRole('button', { name: zh('draw_finish') }).press('Enter');
  await expect(page.locator('.draw-told')).toContainText('画好了');
  await ask(page);
});

test('sites s13: what is typed is drawn, and what is wrong is told before it is sent', async ({ page }) => {
  await opened(page);
  await page.locator('#points').fill('119.9700, 30.5400\n119.9720, 30.5420\n119.9720, 30.5400\n119.9700, 30.5420');
  await expect(corners(page)).toHaveCount(4);
  await expect(page.locator('.draw-told')).toHaveText(zh('outline_crosses'));
  await page.locator('#points').fill('119.9500, 30.5400\n119.9900, 30.5400\n119.9900, 30.5800');
  await expect(page.locator('.draw-told')).toContainText('范围太大');

  // What cannot be drawn is left as it was typed until it is cleared.
  await page.locator('#points').fill('一封信');
  await expect(page.locator('.draw-told')).toHaveText(zh('draw_unread'));
  await press(page, [[0.3, 0.3]]);
  await expect(page.locator('#points')).toHaveValue('一封信');
  await page.getByRole('button', { name: zh('draw_clear') }).click();
  await press(page, [[0.3, 0.3]]);
  expect(await lines(page)).toHaveLength(1);
});

test('sites s13: the map goes to a place by its name', async ({ page }) => {
  await opened(page);
  const canvas = page.locator('.draw-frame .map-canvas');
  await page.locator('#draw-place').fill('120.1, 30.6');
  await page.locator('#draw-place').press('Enter');
  await expect(page.locator('.draw-told')).toContainText('120.1, 30.6');
  await expect(canvas).toHaveAttribute('data-view', /^120\.0/);
  await page.locator('#draw-place').fill(LAND.words.three);
  await page.getByRole('button', { name: zh('draw_go') }).click();
  await expect(canvas).toHaveAttribute('data-view', /^119\.[89]/);
  await page.locator('#draw-place').fill('不存在的路九千号');
  await page.getByRole('button', { name: zh('draw_go') }).click();
  await expect(page.locator('.draw-told')).toHaveText(zh('draw_not_found'));
});

test('sites s13: a browser that draws no map says so and keeps the form', async ({ browser, portal }) => {
  // Of its own: it complains that there is no map.
  const context = await browser.newContext({ baseURL: portal.address });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const real = HTMLCanvasElement.prototype.getContext as (...given: unknown[]) => unknown;
    HTMLCanvasElement.prototype.getContext = function getContext(this: HTMLCanvasElement, ...given: unknown[]) {
      return /webgl/.test(String(given[0])) ? null : real.apply(this, given);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
  await page.goto('/sites/outline');
  await page.locator('html[data-hydrated]').waitFor();
  await page.getByRole('button', { name: zh('draw_open') }).click();
  await expect(page.locator('.draw-status')).toHaveText(zh('draw_no_map'));
  await expect(page.locator('.draw-panel')).toBeHidden();
  await page.locator('#points').fill('119.9700, 30.5400\n119.9712, 30.5400\n119.9712, 30.5411');
  await ask(page);
  await context.close();
});

test('no other page loads what draws, and that page no map before it is asked for', async ({ page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  const files = manifest();
  const drawing = [files['draw.js'], files['draw.wasm']];
  for (const path of ['/', `/c/${LAND.flooded}`, '/sites']) {
    await page.goto(path);
    await page.locator('html[data-hydrated]').waitFor();
  }
  for (const file of drawing) expect(loaded).not.toContain(file);
  loaded.length = 0;
  await page.goto('/sites/outline');
  await page.locator('html[data-hydrated]').waitFor();
  expect(loaded).toContain(drawing[1]);
  for (const file of ['maplibre.mjs', 'map-bridge.mjs']) expect(loaded).not.toContain(files[file]);
});

for (const elder of [false, true]) {
  test(`axe finds nothing while somebody draws${elder ? ' in elder mode' : ''}`, async ({ page, context, portal }) => {
    await prefer(context, portal.address, { elder });
    await opened(page);
    await press(page, [[0.25, 0.3], [0.75, 0.3], [0.75, 0.8]]);
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))])).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
