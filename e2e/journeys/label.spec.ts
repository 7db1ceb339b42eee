import { PHONE } from '../fixtures/paths.mjs';
import { LAND, en, expect, test, zh } from '../fixtures/test';

test.use({ viewport: PHONE });

test('q2: the camera opens a genuine label, and one tap more asks for a service', async ({ portal, look }) => {
  const { path, serial } = portal.label(LAND.dry);
  const page = await look({ text: `HTTPS://${portal.host}/L/${path.slice(3)}`.toUpperCase(), level: 'M' });
  await page.goto('/');
  await page.getByRole('button', { name: zh('scanner_start') }).click();
  await page.waitForURL(`**${path}`, { timeout: 20_000 });
  await expect(page.locator('.label-answer')).toContainText(zh('label_genuine_title'));
  await expect(page.locator('.label-answer')).toContainText(serial);
  await expect(page.locator('.prevails')).toHaveText(zh('register_prevails'));
  await page.locator(`a[href^="/c/${LAND.dry}/requests/new"]`).first().click();
  await expect(page).toHaveURL(new RegExp(`/c/${LAND.dry}/requests/new`));
});

test('q2: a label that is withdrawn while somebody looks says so at the next scan', async ({ page, portal }) => {
  const { path, serial } = portal.label(LAND.flooded);
  expect((await page.goto(path))?.status()).toBe(200);
  portal.withdraw(serial, '标牌遗失');
  expect((await page.goto(path))?.status()).toBe(410);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('label_withdrawn_title'));
  await expect(page.locator('main')).toContainText('标牌遗失');
});

test('q2: a label with another place put in gets the official address', async ({ page, portal }) => {
  const { path } = portal.label(LAND.dry);
  const answered = await page.goto(path.replace(LAND.dry, LAND.flooded));
  expect(answered?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('label_foreign_title'));
  await expect(page.locator('.label-host')).toHaveText(portal.host);
  await page.context().addCookies([{ name: 'jm_lang', value: 'en', url: portal.address }]);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(en('label_foreign_title'));
});

test('q2: the scanner does not open a label of another portal', async ({ portal, look }) => {
  const { path } = portal.label(LAND.dry, 'other.example.gov.cn');
  const page = await look({ text: `HTTPS://OTHER.EXAMPLE.GOV.CN/L/${path.slice(3)}`, level: 'M' });
  await page.goto('/');
  await page.getByRole('button', { name: zh('scanner_start') }).click();
  await expect(page.locator('.scanner-host')).toHaveText('OTHER.EXAMPLE.GOV.CN', { timeout: 20_000 });
  await expect(page).toHaveURL(/\/$/);
});
