import { en, expect, test, zh } from '../fixtures/test';

/** Ground of the demonstration, a hundred metres each way. */
const POINTS = ['119.9700, 30.5400', '119.9712, 30.5400', '119.9712, 30.5411', '119.9700, 30.5411'];

test('without JavaScript an outline is asked about by typed coordinates, and read back', async ({ page }) => {
  await page.goto('/sites');
  await page.getByRole('link', { name: zh('sites_by_outline') }).click();
  await page.locator('#points').fill(POINTS.join('\n'));
  await page.locator('#what').fill('奶茶店');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('h1')).toHaveText(zh('sites_title_of', { use: '咖啡馆' }));
  await expect(page.locator('.sites-sketch')).toBeVisible();
  await expect(page.locator('.verdict')).toContainText(zh('sites_no_decision'));

  // What the rules ask is answered on the page, and the outline comes along.
  await page.locator('.sites-questions fieldset').first().getByLabel(zh('no'), { exact: true }).check();
  await page.getByRole('button', { name: zh('sites_answer_button') }).click();
  await expect(page.locator('.sites-sketch')).toBeVisible();

  // It is taken away signed, outline and all.
  const file = page.waitForEvent('download');
  await page.getByRole('button', { name: zh('sites_take_away') }).click();
  expect((await file).suggestedFilename()).toMatch(/^outline-[0-9a-f]{12}-.*\.verdict\.json$/);
});

test('without JavaScript an outline comes as a file, and a faulty one is told with all that was typed', async ({ page }) => {
  await page.goto('/sites/outline');
  const ring = [...POINTS, POINTS[0]].map((point) => point.split(', ').map(Number));
  const json = JSON.stringify({ type: 'Polygon', coordinates: [ring] });
  await page.locator('#file').setInputFiles({ name: 'site.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(json) });
  await page.locator('#use').selectOption('zhejiang.warehouse');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('.sites-sketch')).toBeVisible();

  await page.goto('/sites/outline');
  const swapped = POINTS.map((point) => point.split(', ').reverse().join(' ')).join('\n');
  await page.locator('#points').fill(swapped);
  await page.locator('#what').fill('仓库');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('#points-error')).toContainText(zh('outline_swapped', { line: '1' }));
  await expect(page.locator('#points')).toHaveValue(swapped);
  await expect(page.locator('#what')).toHaveValue('仓库');
});

test('without JavaScript a switch of language or size on an answer leads to the answer', async ({ page }) => {
  await page.goto('/sites/outline');
  await page.locator('#points').fill(POINTS.join('\n'));
  await page.locator('#what').fill('奶茶店');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('.verdict')).toBeVisible();
  await page.locator('button[name="lang"]').click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('.verdict')).toContainText(en('sites_no_decision'));
  await page.locator('button[name="elder"]').click();
  await expect(page.locator('.verdict')).toContainText(en('sites_no_decision'));
  await expect(page.locator('button[name="elder"]')).toHaveText(en('elder_off'));

  // What was changed since then is not asked by a switch, and stays.
  await page.locator('.sites-again > summary').click();
  await page.locator('.sites-again #points').fill(POINTS.slice(1).join('\n'));
  await page.locator('button[name="lang"]').click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^zh/);
  await expect(page.locator('.verdict')).toHaveCount(0);
  await expect(page.locator('#points')).toHaveValue(POINTS.slice(1).join('\n'));
});
