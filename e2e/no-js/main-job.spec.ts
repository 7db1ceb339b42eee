import {
  CORRECTION, LAND, answer, expect, handInForm, knownRestrictions, readReceipt, readRestrictions, test, zh,
} from '../fixtures/test';

test('without JavaScript a code typed with spaces in lower case leads to the same request', async ({ page, portal, stop }) => {
  await page.goto('/');
  await expect(page.locator('.scanner-status')).toContainText(zh('scanner_asleep'));
  await expect(page.locator('.scanner-toggle'), 'no button that does nothing').toBeHidden();
  const { code } = stop;
  await page.locator('#q').fill(`${code.slice(0, 6)} ${code.slice(6, 12)} ${code.slice(12).toLowerCase()}`);
  await page.getByRole('button', { name: zh('search_button') }).click();
  expect(new URL(page.url()).pathname).toBe(`/c/${code}`);
  expect(await readRestrictions(page)).toEqual(await knownRestrictions(portal, code));
  await expect(page.locator('.place-map-frame svg').first()).toBeVisible();

  await page.locator('#services').getByRole('link', { name: '信息纠错' }).click();
  await answer(page, CORRECTION);
  await handInForm(page);
  expect(new URL(page.url()).pathname).toMatch(/^\/requests\/JM-/);
  const keys = await readReceipt(page);
  const { number } = keys;
  const received = async () => (await portal.inbox()).filter((entry) => entry.body.request === number);
  await expect.poll(async () => (await received()).length).toBe(1);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.receipt')).toContainText((await received())[0].reference, { timeout: 500 });
  }).toPass();

  await page.getByRole('button', { name: 'English' }).click();
  expect(await readReceipt(page), 'no switch takes the receipt away').toEqual(keys);
  await page.locator('button[name="elder"]').click();
  expect(await readReceipt(page)).toEqual(keys);
  await page.locator('form[action$="/forget"] button').click();
  await expect(page.locator('.receipt-keys')).toHaveCount(0);
});

test('without JavaScript the faults of a form stand above it and the fields keep what was typed', async ({ page }) => {
  await page.goto(`/c/${LAND.dry}/requests/new?item=planning-conformity`);
  await answer(page, { activity: '翻建三层住宅', applicant_phone: '1' });
  await page.getByRole('button', { name: zh('review_button') }).click();
  await expect(page.locator('.error-summary')).toBeVisible();
  await expect(page.locator('.error-summary')).toContainText(zh('fault_phone'));
  await expect(page.locator('[name="activity"]')).toHaveValue('翻建三层住宅');
});

test('without JavaScript no switch empties a form, and Enter in a field hands it in', async ({ page }) => {
  await page.goto(`/c/${LAND.dry}/requests/new?item=planning-conformity`);
  await answer(page, { activity: '翻建三层住宅', applicant_phone: '1' });
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('[name="activity"]')).toHaveValue('翻建三层住宅');
  await page.locator('button[name="elder"]').click();
  await expect(page.locator('html')).toHaveAttribute('data-elder', /.*/);
  await expect(page.locator('[name="activity"]')).toHaveValue('翻建三层住宅');
  await page.locator('[name="applicant_phone"]').press('Enter');
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('.error-summary')).toBeVisible();
});

test('without JavaScript an address of another site is named and not opened', async ({ page }) => {
  await page.goto('/');
  await page.locator('#q').fill(`https://evil.example/c/${LAND.dry}`);
  await page.getByRole('button', { name: zh('search_button') }).click();
  await expect(page.locator('main')).toContainText(zh('scanner_foreign'));
  await expect(page.locator('.scanner-host')).toHaveText('evil.example');
  await expect(page.locator('main a[href*="evil"]')).toHaveCount(0);
  await page.locator('#q').fill('\u202e德清');
  await page.getByRole('button', { name: zh('search_button') }).click();
  await expect(page.locator('h1')).toContainText('\\u{202e}德清');
});

test('without JavaScript language and elder mode can be switched', async ({ page }) => {
  await page.goto('/services');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await page.getByRole('button', { name: 'Large', exact: false }).or(page.locator('button[name="elder"]')).first().click();
  await expect(page.locator('html')).toHaveAttribute('data-elder', /.*/);
});

test('without JavaScript a search finds an address', async ({ page }) => {
  await page.goto(`/?q=${LAND.words.two}`);
  await expect(page.locator('.hit')).not.toHaveCount(0);
});

test('without a script every question is there and says when it is asked', async ({ page }) => {
  await page.goto(`/c/${LAND.dry}/requests/new?item=transfer-registration`);
  for (const name of ['cause', 'mortgaged', 'mortgage_way', 'heirs']) await expect(page.locator(`[name="${name}"]`).first()).toBeVisible();
  await expect(page.locator('.due-when').first()).toBeVisible();
  const asker = { applicant_name: '演示丙', applicant_phone: '13800138000', consent: 'yes' };
  await answer(page, { cause: 'divorce', mortgaged: 'yes', heirs: '两位', ...asker });
  await page.getByRole('button', { name: zh('review_button') }).click();
  // All at once: what was chosen is taken back, what was typed is there to be cleared.
  await expect(page.locator('.error-summary li')).toHaveCount(2);
  await expect(page.locator('[name="mortgaged"]:checked')).toHaveCount(0);
  await expect(page.locator('[name="heirs"]')).toHaveValue('两位');
  await answer(page, { heirs: '' });
  await handInForm(page);
  expect(new URL(page.url()).pathname).toMatch(/^\/requests\/JM-/);
});

test('without JavaScript a form is read through, saved, gone on with elsewhere and handed in', async ({ page, browser, portal }) => {
  await page.goto(`/c/${LAND.dry}/requests/new?item=data-correction`);
  const words = `分两次填 ${Date.now()}`;
  await answer(page, { ...CORRECTION, what_is_wrong: words, applicant_phone: '' });
  await page.getByRole('button', { name: zh('draft_save') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('draft_kept_title'));
  const [number, secret] = await page.locator('.receipt-keys .receipt-number').allInnerTexts();
  // On another machine.
  const elsewhere = await browser.newContext({ javaScriptEnabled: false, locale: 'zh-CN' });
  const other = await elsewhere.newPage();
  await other.goto(`${portal.address}/drafts?number=${number}`);
  await other.locator('[name="secret"]').fill(secret);
  await other.getByRole('button', { name: zh('drafts_button') }).click();
  await expect(other.locator('[name="what_is_wrong"]')).toHaveValue(words);
  await answer(other, { applicant_phone: '138 0013 8000' });
  await other.getByRole('button', { name: zh('review_button') }).click();
  await expect(other.locator('.review')).toContainText('+86 138 0013 8000');
  // A switch loses nothing, and each answer leads back to its field.
  await other.getByRole('button', { name: 'English' }).click();
  await other.getByRole('button', { name: '中文' }).click();
  await other.locator('button[formaction$="#what_is_right"]').click();
  await expect(other.locator('[name="what_is_right"]')).toBeInViewport();
  await answer(other, { what_is_right: '改了一处' });
  await handInForm(other);
  await other.waitForURL('**/requests/JM-*');
  const received = async () => (await portal.inbox()).filter((entry) => entry.body.answers?.what_is_wrong === words);
  await expect.poll(async () => (await received()).length).toBe(1);
  await other.goto(`${portal.address}/drafts`);
  await other.locator('[name="number"]').fill(number);
  await other.locator('[name="secret"]').fill(secret);
  await other.getByRole('button', { name: zh('drafts_button') }).click();
  await expect(other.locator('.error-summary')).toContainText(zh('draft_fault'));
  await elsewhere.close();
});
