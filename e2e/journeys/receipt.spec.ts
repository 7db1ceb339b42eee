import { readFileSync } from 'node:fs';
import { CORRECTION, LAND, answer, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

const FORM = `/c/${LAND.dry}/requests/new?item=data-correction`;

async function handIn(page: import('@playwright/test').Page, words: string) {
  await page.goto(FORM);
  await answer(page, { ...CORRECTION, what_is_wrong: words });
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  return readReceipt(page);
}

test('a receipt moves by itself while the request gets on, and says so', async ({ page, portal, watch }) => {
  await portal.closeDepartment();
  try {
    await handIn(page, '自己会动的回执');
    await expect(page.locator('.tag-state')).toHaveText(zh('state_submitted'));
    const told = page.locator('[aria-live="polite"]');
    await expect(told).toBeEmpty();
    await portal.openDepartment();
    const asked = watch.requests.length;
    await expect(page.locator('.tag-state')).toHaveText(zh('state_acknowledged'), { timeout: 60_000 });
    await expect(told).toHaveText(zh('receipt_changed', { state: zh('state_acknowledged') }));
    await expect(page.locator('.timeline')).toContainText(zh('state_acknowledged'));
    expect(watch.requests.slice(asked).some((request) => request.isNavigationRequest()), 'without a reload').toBe(false);
    // The number and the code stand as they stood.
    await readReceipt(page);
  } finally {
    if (!portal.department) await portal.openDepartment();
  }
});

test('number and code are copied, and saved as a picture', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { number, secret } = await handIn(page, '复制和图片');
  await page.getByRole('button', { name: zh('receipt_copy') }).click();
  await expect(page.locator('.receipt-tools')).toContainText(zh('receipt_copied'));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(number);
  expect(copied).toContain(secret);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: zh('receipt_save') }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe(`${number}.png`);
  const picture = readFileSync(await saved.path());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.length).toBeGreaterThan(5_000);

  // What was copied opens it where nothing is known of it, all of it in one field.
  await context.clearCookies();
  await page.goto('/requests');
  await page.getByLabel(zh('open_number')).fill(copied);
  await page.getByRole('button', { name: zh('open_button') }).click();
  await page.waitForURL(`**/requests/${number}`);
  await expect(page.locator('.receipt')).toBeVisible();
});

test('number and code are printed, and sent to oneself without the portal', async ({ page, watch }) => {
  await page.addInitScript(() => {
    Object.assign(window, { printed: 0, shared: [] });
    window.print = () => { (window as any).printed += 1; };
    const share = async (data: ShareData) => { (window as any).shared.push(data); };
    Object.defineProperty(navigator, 'share', { configurable: true, value: sessionStorage.getItem('no-share') ? undefined : share });
  });
  const { number, secret } = await handIn(page, '发给自己');
  const [print, send] = [zh('receipt_print'), zh('receipt_send')].map((name) => page.locator('.receipt-tools').getByText(name));
  await print.click();
  expect(await page.evaluate(() => (window as any).printed)).toBe(1);
  const asked = watch.requests.length;
  await send.locator('visible=true').click();
  const [shared] = await page.evaluate(() => (window as any).shared);
  const letter = [zh('receipt_picture_place', { host: page.url() }), `${zh('open_number')} ${number}`, `${zh('open_secret')} ${secret}`];
  expect(shared).toEqual({ title: zh('receipt_picture'), text: letter.join('\n') });

  // Where the browser hands nothing on, a letter that the person's own program sends.
  await page.evaluate(() => sessionStorage.setItem('no-share', '1'));
  await page.reload();
  await expect(send.locator('visible=true')).toHaveAttribute('href', /^mailto:\?/);
  const mail = new URL((await send.locator('visible=true').getAttribute('href'))!);
  expect(mail.searchParams.get('subject')).toBe(zh('receipt_picture'));
  expect(mail.searchParams.get('body')).toBe(letter.join('\r\n'));
  const sent = watch.requests.slice(asked).map((request) => `${request.url()} ${request.postData() ?? ''}`);
  expect(sent.filter((text) => text.includes(secret.replaceAll(' ', ''))), 'in no address and no form').toEqual([]);
});

test('a strip of 80 mm has number and code and nothing that is long', async ({ page }) => {
  await handIn(page, '打印成小票');
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 300, height: 800 });
  await readReceipt(page);
  await expect(page.locator('.standing')).toBeVisible();
  await expect(page.locator('.timeline')).toBeHidden();
  await expect(page.locator('.site-footer')).toBeHidden();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, 'nothing runs over the edge').toBeLessThanOrEqual(0);
  // On A4 there is all of it.
  await page.setViewportSize({ width: 800, height: 1100 });
  await expect(page.locator('.timeline')).toBeVisible();
});

test('a page that was changed before its scripts woke says that it goes on without them', async ({ page, watch }) => {
  await page.route('/', async (route) => {
    const response = await route.fetch();
    const text = (await response.text()).replace(/<div([^>]*) class="scanner"/, '<font><div$1 class="scanner"');
    expect(text).toContain('<font>');
    await route.fulfill({ response, body: text });
  });
  await page.goto('/');
  await expect(page.locator('.script-failed')).toBeVisible();
  await expect(page.locator('.script-failed')).toHaveText(zh('script_failed'));
  await page.locator('#q').fill(LAND.dry);
  watch.forget();
  await page.locator('#q').press('Enter');
  await page.waitForURL(`**/c/${LAND.dry}`);
});
