import { readFile } from 'node:fs/promises';

import { LAND, answer, clerk, en, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

/** A factory of the demonstration; the real data are of land that the rules are not for. */
const FACTORY = '330521001003GB00008';
const grouped = (code: string) => `${code.slice(0, 6)} ${code.slice(6, 12)} ${code.slice(12).toLowerCase()}`;

test('without JavaScript a place leads to whether it suits a use, asked in own words', async ({ page }) => {
  await page.goto(`/c/${FACTORY}`);
  await page.getByRole('link', { name: zh('place_sites') }).click();
  await expect(page.locator('#code')).toHaveValue(FACTORY);
  await page.locator('#what').fill('我想开个奶茶店');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  // One address, which says the same to whoever opens it.
  expect(new URL(page.url()).search).toBe(`?use=zhejiang.cafe&code=${FACTORY}`);
  await expect(page.locator('h1')).toHaveText(zh('sites_title_of', { use: '咖啡馆' }));
  await expect(page.locator('.verdict')).toContainText(zh('sites_no_decision'));
  const first = await page.locator('.verdict-sentence').innerText();

  // What the rules ask is answered on the page, and it is judged again.
  const questions = page.locator('.sites-questions fieldset');
  const count = await questions.count();
  expect(count).toBeGreaterThan(0);
  for (let at = 0; at < count; at += 1) await questions.nth(at).getByLabel(zh('no'), { exact: true }).check();
  await page.getByRole('button', { name: zh('sites_answer_button') }).click();
  expect(new URL(page.url()).search).toContain('&a.builds=no');
  const address = page.url();
  const second = await page.locator('.verdict-sentence').innerText();
  await page.goto(address);
  expect(await page.locator('.verdict-sentence').innerText(), 'a link keeps its answers').toBe(second);
  expect(first).toContain(zh('sites_cannot_be_said'));

  await page.getByRole('button', { name: 'English' }).click();
  expect(page.url(), 'no switch loses the answer').toBe(address);
});

test('without JavaScript what is missing is asked of the office, with the question filled in', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${LAND.dry}&a.builds=no`);
  await expect(page.locator('.verdict-sentence')).toContainText(zh('sites_cannot_be_said'));
  const ask = page.locator('.sites-missing a[href*="item=planning-conformity"]').first();
  await ask.click();
  await expect(page.locator('[name="activity"]')).toHaveValue(/^拟在此地做咖啡馆。请告知：/);
});

test('without JavaScript an office answers what was asked, and the request judges its site again for its applicant alone', async ({ browser, page, portal }) => {
  const address = `/sites?use=zhejiang.cafe&code=${LAND.dry}&a.builds=no`;
  await page.goto(address);
  const shown = () => page.locator('.verdict, .sites-missing').allInnerTexts();
  const before = await shown();
  await page.locator('.sites-missing a[href*="item=planning-conformity"]').first().click();
  const asked = await page.locator('.asks li').allInnerTexts();
  expect(asked.length).toBeGreaterThan(0);
  // What is asked is not lost by a form that comes back, nor by a switch.
  await page.getByRole('button', { name: zh('review_button') }).click();
  await expect(page.locator('.error-summary')).toBeVisible();
  await page.locator('button[name="elder"]').click();
  expect(await page.locator('.asks li').allInnerTexts()).toEqual(asked);
  await answer(page, { capacity: 'builder', applicant_name: '演示甲', applicant_phone: '13800138000', consent: 'yes' });
  await handInForm(page);
  const { number } = await readReceipt(page);
  const again = page.locator('.redecided');
  await expect(again).toContainText(zh('redecided_waiting'));
  const own = page.url();

  const { context, request } = await clerk(browser, portal, number);
  const facts = request.locator('[name^="fact."]');
  const count = await facts.count();
  expect(count).toBeGreaterThan(0);
  for (let at = 0; at < count; at += 1) {
    const fact = facts.nth(at);
    if ((await fact.evaluate((field) => field.tagName)) === 'SELECT') await fact.selectOption({ index: 1 });
    else await fact.fill((await fact.locator('xpath=following-sibling::datalist/option[@value="none"]').count()) ? 'none' : 'unknown');
  }
  await request.locator('button[value="accept"]').click();
  await expect(request.locator('.outcome').first()).toContainText('✓');
  await context.close();

  await page.goto(own);
  await expect(again).not.toContainText(zh('redecided_waiting'));
  await expect(again.locator('h3').first()).toHaveText(zh('redecided_said'));
  await expect(again.locator('.verdict-sentence')).toBeVisible();
  // Nobody else is told anything of it.
  await page.goto(address);
  expect(await shown()).toEqual(before);
});

test('without JavaScript an answer that does not read is said, and asked again as it was typed', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${FACTORY}&a.builds=perhaps`);
  const summary = page.getByRole('alert');
  await expect(summary).toContainText('“perhaps”');
  await summary.getByRole('link').click();
  const field = page.locator('.field-wrong');
  await expect(field).toContainText('“perhaps”');
  await field.getByLabel(zh('no'), { exact: true }).check();
  await page.getByRole('button', { name: zh('sites_answer_button') }).click();
  await expect(page.locator('.verdict')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('without JavaScript a verdict is taken away, and what it is is said of it', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${FACTORY}&a.builds=no`);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: zh('sites_take_away') }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(new RegExp(`^${FACTORY}-.*\\.verdict\\.json$`));
  const text = await readFile(await file.path(), 'utf8');
  await page.getByRole('link', { name: zh('verify_link') }).first().click();
  await page.locator('#file').setInputFiles(await file.path());
  await page.getByRole('button', { name: zh('verify_button') }).click();
  await expect(page.locator('.verdict-sentence')).toContainText(zh('verify_current'));
  // The answer stays in the other language, and so does what is typed and not checked yet.
  await page.locator('button[name="lang"]').click();
  await expect(page.locator('.verdict-sentence')).toContainText(en('verify_current'));
  await page.locator('#verdict').fill('{"not": "checked"}');
  await page.locator('button[name="lang"]').click();
  await expect(page.locator('#verdict')).toHaveValue('{"not": "checked"}');
  await expect(page.locator('.verdict')).toHaveCount(0);
  await page.locator('#verdict').fill(text.replace(FACTORY, LAND.dry));
  await page.getByRole('button', { name: zh('verify_button') }).click();
  await expect(page.locator('.verdict-sentence')).toContainText(zh('verify_altered'));
  await page.getByRole('button', { name: zh('verify_button') }).click();
  await expect(page.locator('.error-summary')).toContainText(zh('verify_no_file'));
});

test('without JavaScript a verdict is taken away as PDF, and checked as it is', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${FACTORY}&a.builds=no`);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: zh('sites_take_paper') }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(new RegExp(`^${FACTORY}-.*\\.verdict\\.pdf$`));
  expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-');
  await page.getByRole('link', { name: zh('verify_link') }).first().click();
  await page.locator('#file').setInputFiles(await file.path());
  await page.getByRole('button', { name: zh('verify_button') }).click();
  await expect(page.locator('.verdict-sentence')).toContainText(zh('verify_current'));
  await expect(page.locator('.verify-drawn')).toContainText(zh('verify_drawn_same'));
  await expect(page.getByText(zh('paper_proven'))).toBeVisible();
});

test('without JavaScript several sites stand beside each other, and each leads to its own answer', async ({ page }) => {
  await page.goto('/sites');
  await page.locator('#code').fill([FACTORY, LAND.dry, LAND.flooded].map(grouped).join('\n'));
  await page.locator('#use').selectOption('zhejiang.warehouse');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('.sites-compare tbody tr')).toHaveCount(3);
  await page.locator('.sites-compare tbody a').first().click();
  expect(new URL(page.url()).search).toBe(`?use=zhejiang.warehouse&code=${FACTORY}`);
});

test('without JavaScript sites are compared by weights of one’s own, which stay over a switch and are mended where they are wrong', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.factory&code=${FACTORY}&code=${LAND.dry}`);
  await page.locator('#weights > summary').click();
  const weights = page.locator('#weights input[name^="w."]');
  for (let at = 0; at < (await weights.count()); at += 1) await weights.nth(at).fill(at ? '0' : 'viel');
  await page.getByRole('button', { name: zh('sites_own_button') }).click();
  await expect(weights.first(), 'what was typed is kept').toHaveValue('viel');
  await expect(weights.first()).toHaveAttribute('aria-invalid', 'true');
  await page.locator('.error-summary a').first().click();
  await expect(weights.first()).toBeFocused();
  await weights.first().fill('10');
  await page.getByRole('button', { name: zh('sites_own_button') }).click();
  await expect(page.getByText(zh('sites_own_in_use'))).toBeVisible();
  const address = page.url();
  await page.locator('button[name="lang"]').click();
  await expect(page.getByText(en('sites_own_in_use'))).toBeVisible();
  await page.locator('button[name="elder"]').click();
  await expect(weights.first()).toHaveValue('10');
  expect(page.url()).toBe(address);
  await page.getByRole('link', { name: en('sites_own_back') }).click();
  expect(page.url()).not.toContain('w.');
});

test('without JavaScript a faulty list of codes comes back with everything that was typed, and so it does in English', async ({ page }) => {
  const typed = [`${LAND.dry}`, '330521990001XB00003'].join('\n');
  await page.goto('/sites');
  await page.locator('#code').fill(typed);
  await page.locator('#what').fill('店');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('#code')).toHaveValue(typed);
  await expect(page.locator('.error-summary'), 'it was not asked yet').toHaveCount(0);
  await page.locator('#what').press('Enter');
  await expect(page.locator('.error-summary')).toContainText('330521990001XB00003');
  await expect(page.locator('#code')).toHaveValue(typed);
  await expect(page.locator('#what')).toHaveValue('店');
  await page.locator('#code').fill(LAND.dry);
  await page.locator('input[name="use"][value="zhejiang.shop"]').check();
  await page.locator('#sites-form button.button').click();
  expect(new URL(page.url()).search).toBe(`?use=zhejiang.shop&code=${LAND.dry}`);
});

test('without JavaScript twenty-one codes are refused and none of them is lost', async ({ page }) => {
  const codes = Array.from({ length: 21 }, (_, at) => `330521990001GB${String(at + 100).padStart(5, '0')}`);
  await page.goto('/sites');
  await page.locator('#code').fill(codes.join('\n'));
  await page.locator('#what').fill('仓库');
  await page.getByRole('button', { name: zh('sites_button') }).click();
  await expect(page.locator('.error-summary')).toContainText('21');
  expect((await page.locator('#code').inputValue()).split('\n')).toHaveLength(21);
});

test('without JavaScript one click asks several offices, each with a receipt of its own, and what is wrong loses nothing', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${FACTORY}&a.builds=yes`);
  await page.locator('.sites-missing a[href*="requests/ask"]').click();
  const parts = await page.locator('.asks').count();
  expect(parts).toBeGreaterThan(1);
  await answer(page, {
    'planning-conformity.capacity': 'builder', 'planning-conformity.consent': 'yes', 'hazard-zone.purpose': 'project',
    applicant_name: '演示甲', applicant_phone: '13800138000',
  });
  const send = page.locator('form#request-form button.button-primary');
  await send.click();
  await expect(page.locator('.error-summary a[href="#hazard-zone.consent"]')).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('[name="applicant_name"]')).toHaveValue('演示甲');
  await answer(page, { 'hazard-zone.consent': 'yes' });
  await send.click();
  await expect(page.locator('h1')).toHaveText(en('ask_all_done', { n: parts }));
  const keys = page.locator('.receipt-keys');
  await expect(keys).toHaveCount(parts);
  // Each opens, and says who else is waited for.
  await keys.first().getByRole('link').click();
  await expect(page.locator('.redecided')).toContainText(en('redecided_others'));
});

test('without JavaScript a verdict leads to the form of the formal step, with what is known filled in', async ({ page }) => {
  await page.goto(`/sites?use=zhejiang.cafe&code=${FACTORY}&a.builds=no`);
  const address = page.url();
  await page.locator('.sites-steps a[href*="item=site-approval"]').click();
  await expect(page.locator('[name="project"]')).toHaveValue(new RegExp(address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  await expect(page.locator('[name="project"]')).toHaveValue(/咖啡馆/);
  // An outline stands in no address: its author says which parcel it is about.
  await page.goto('/sites/outline');
  const corners = ['119.9700 30.5400', '119.9712 30.5400', '119.9712 30.5411', '119.9700 30.5411'].join('\n');
  await page.locator('#points').fill(corners);
  await page.locator('#what').fill('咖啡馆');
  await page.getByRole('button', { name: zh('sites_button') }).first().click();
  await page.locator('#step-code').fill(FACTORY);
  await page.getByRole('button', { name: zh('sites_step_code_button') }).click();
  await page.locator(`button[formaction*="${FACTORY}"][formaction*="site-approval"]`).click();
  await expect(page.locator('[name="project"]')).toHaveValue(/119\.971200,30\.541100/);
});
