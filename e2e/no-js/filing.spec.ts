import { signIn } from '../fixtures/staff';
import { CORRECTION, LAND, answer, en, expect, test, zh } from '../fixtures/test';

test("desk D2: a clerk types, the applicant confirms on their phone, and the receipt is the applicant's alone", async ({ page, portal, browser, watch }) => {
  const seen: string[] = [];
  page.on('response', async (response) => seen.push(await response.text().catch(() => '')));
  await signIn(page, portal.staff('li.filing', 'registration', 'clerk'), 'li.filing');
  await page.locator('#q').fill(LAND.dry);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: zh('case_begin_here') }).click();
  await page.locator('a[href*="item=data-correction"]').click();
  await answer(page, CORRECTION);
  await page.getByRole('button', { name: zh('review_button') }).click();
  await page.getByRole('button', { name: zh('case_ready') }).click();
  await expect(page.locator('main')).toContainText(zh('filing_unconfirmed'));
  await page.getByRole('button', { name: zh('case_show') }).click();
  const address = await page.locator('a[href^="/counter?code="]').getAttribute('href');

  const context = await browser.newContext({ baseURL: portal.address, javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await watch.attach(context, true);
  const phone = await context.newPage();
  await phone.goto(address!);
  await phone.getByRole('button', { name: 'English' }).click();
  await phone.getByRole('button', { name: en('mirror_open'), exact: true }).click();
  await expect(phone.locator('h1')).toHaveText(en('mirror_title'));
  await expect(phone.locator('main')).toContainText(CORRECTION.what_is_wrong);
  await phone.getByRole('button', { name: en('mirror_confirm') }).click();
  await expect(phone.locator('.banner').filter({ hasText: en('mirror_confirmed') })).toBeVisible();

  await page.getByRole('link', { name: zh('case_refresh') }).click();
  await expect(page.locator('main')).toContainText(zh('consent_another_browser'));
  await page.getByRole('button', { name: zh('case_submit') }).click();
  await phone.getByRole('link', { name: en('mirror_again') }).click();
  const secret = await phone.locator('input[name="secret"]').getAttribute('value');
  await phone.getByRole('button', { name: en('mirror_receipt') }).click();
  await phone.waitForURL('**/requests/JM-*');
  const number = new URL(phone.url()).pathname.split('/').at(-1)!;
  await page.getByRole('link', { name: zh('case_refresh') }).click();
  await expect(page.locator('main')).toContainText(number);
  expect(seen.some((text) => text.includes(number))).toBe(true);
  const grouped = secret!.match(/.{4}/g)!.join(' ');
  expect(seen.filter((text) => text.includes(secret!) || text.includes(grouped))).toEqual([]);
  const received = async () => (await portal.inbox()).filter((entry) => entry.body.request === number);
  await expect.poll(async () => (await received()).map((entry) => [entry.body.channel, entry.body.assisted?.how])).toEqual([['counter', 'another_browser']]);
  await context.close();
});
