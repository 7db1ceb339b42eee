import { LAND, expect, test, zh } from '../fixtures/test';
import { PHONE } from '../fixtures/paths.mjs';

test('a printed profile says where it came from, and no screen does', async ({ page, portal }) => {
  await page.goto(`/c/${LAND.flooded}`);
  const paper = page.locator('.on-paper');
  await expect(paper).toBeHidden();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 688, height: 1000 });
  await expect(paper).toContainText(`${portal.address}/c/${LAND.flooded}`);
  await expect(paper).toContainText(/\d{4}年\d{1,2}月\d{1,2}日/);
  const symbol = await page.locator('.on-paper-symbol').boundingBox();
  const words = await page.locator('.place-head h1').evaluate((title) => {
    const range = document.createRange();
    range.selectNodeContents(title);
    return Math.max(...[...range.getClientRects()].map(({ right }) => right));
  });
  // 30 mm: the modules of a symbol of this length are wider than half a millimetre.
  expect(symbol!.width).toBeCloseTo((30 / 25.4) * 96, 0);
  expect(symbol!.height).toBeCloseTo(symbol!.width, 0);
  expect(symbol!.x + symbol!.width).toBeLessThanOrEqual(688);
  expect(words, 'beside what the place is called').toBeLessThanOrEqual(symbol!.x);
  const file = (await page.pdf({ format: 'A4', preferCSSPageSize: true })).toString('latin1');
  expect(file.match(/\/Type\s*\/Page\b/g)!.length, 'sheets').toBeLessThanOrEqual(6);
});

test.describe('a phone', () => {
  test.use({ viewport: PHONE });
  test('says that the wide table scrolls, and shows at which edge', async ({ page }) => {
    await page.goto('/policy');
    const whole = page.locator('.policy-table').first();
    await whole.locator('summary').click();
    await expect(whole.getByText(zh('policy_scroll'))).toBeVisible();
    const scroll = whole.locator('.scroll');
    expect(await scroll.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeGreaterThan(100);
    expect(await scroll.evaluate((box) => getComputedStyle(box).backgroundAttachment)).toBe('local, local, scroll, scroll');
  });
});
