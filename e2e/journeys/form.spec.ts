import { CORRECTION, LAND, answer, awake, expect, handInForm, test, zh } from '../fixtures/test';
import { escaped } from '../fixtures/visitor';

const FORM = `/c/${LAND.dry}/requests/new?item=data-correction`;

test('a form with faults comes back with its summary focused and everything as typed', async ({ page }) => {
  await page.goto(FORM);
  const typed = '写了 <b>一半</b> & "引号" </textarea><img src=x>';
  await answer(page, { what_is_wrong: typed, applicant_phone: '12345', applicant_name: '演示乙', field_in_question: 'map' });
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: zh('review_button') }).click();
  expect((await answered).status()).toBe(422);

  const summary = page.locator('.error-summary');
  await expect(summary).toBeFocused();
  await expect(summary).toContainText(zh('fault_phone'));
  await expect(summary).toContainText(zh('fault_consent'));
  await expect(page).toHaveTitle(new RegExp(`^${zh('error_title', { title: '' })}`));
  await expect(page.locator('[name="what_is_wrong"]')).toHaveValue(typed);
  await expect(page.locator('[name="applicant_phone"]')).toHaveValue('12345');
  await expect(page.locator('[name="applicant_name"]')).toHaveValue('演示乙');
  await expect(page.locator('[name="field_in_question"][value="map"]')).toBeChecked();
  await expect(page.locator('form.form img')).toHaveCount(0);

  await summary.getByRole('link', { name: zh('fault_phone') }).click();
  const phone = page.locator('[name="applicant_phone"]');
  await expect(phone).toBeFocused();
  await expect(phone).toHaveAttribute('aria-invalid', 'true');
  await expect(phone).toHaveAccessibleDescription(escaped(zh('fault_phone')));

  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('receipt_fresh_title'));
});

test('a form sent by two quick clicks is one request', async ({ page, portal }) => {
  await page.goto(FORM);
  const words = `双击 ${Date.now()}`;
  await answer(page, { ...CORRECTION, what_is_wrong: words });
  await page.getByRole('button', { name: zh('review_button') }).dblclick();
  await page.getByRole('button', { name: zh('submit_request') }).dblclick();
  await page.waitForURL('**/requests/JM-*');
  const number = new URL(page.url()).pathname.split('/').at(-1);
  const received = async () => (await portal.inbox()).filter((entry) => entry.body.answers?.what_is_wrong === words);
  await expect.poll(async () => (await received()).map((entry) => entry.body.request)).toEqual([number]);
});

test('a form that was gone back to and changed is a request of its own', async ({ page, portal }) => {
  await page.goto(FORM);
  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  const first = new URL(page.url()).pathname.split('/').at(-1);
  // What was about to be handed in is there again, and before it the fields.
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('review_title'));
  await page.goBack();
  const words = `改过 ${Date.now()}`;
  await answer(page, { ...CORRECTION, what_is_wrong: words });
  await handInForm(page);
  await page.waitForURL((url) => url.pathname.startsWith('/requests/JM-') && !url.pathname.endsWith(first!));
  await expect.poll(async () => (await portal.inbox()).filter((entry) => entry.body.answers?.what_is_wrong === words).length).toBe(1);
});

test('a switch of language in the middle of a search empties nothing', async ({ page }) => {
  await page.goto('/');
  await page.locator('#q').fill('演示智造路40号');
  await page.getByRole('button', { name: 'English' }).click();
  await page.waitForURL('**/?draft=*');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('#q')).toHaveValue('演示智造路40号');
  // Enter searches, and switches nothing.
  await page.locator('#q').press('Enter');
  await page.waitForURL('**/?q=*');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('the same sent from a second tab is offered the first receipt', async ({ page, context }) => {
  await page.goto(FORM);
  await answer(page, CORRECTION);
  const second = await context.newPage();
  await second.goto(FORM);
  await answer(second, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  const first = new URL(page.url()).pathname;

  await second.getByRole('button', { name: zh('review_button') }).click();
  const offered = second.locator('.error-summary');
  await expect(offered).toBeFocused();
  await expect(second.locator('[name="what_is_wrong"]')).toHaveValue(CORRECTION.what_is_wrong);
  await offered.getByRole('link').click();
  await second.waitForURL(`**${first}`);
  await expect(second.getByRole('heading', { level: 1 })).toHaveText(zh('receipt_fresh_title'));
});

test('a wrong secret opens nothing and says not which of the two is wrong', async ({ page }) => {
  await page.goto('/requests');
  await page.getByLabel(zh('open_number')).fill('JM-20261122-7K3MQ2VX');
  await page.getByLabel(zh('open_secret')).fill('AAAA BBBB CCCC');
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: zh('open_button') }).click();
  expect((await answered).status()).toBe(422);
  await expect(page.locator('.error-summary')).toBeFocused();
  await expect(page.locator('.error-summary')).toContainText(zh('open_fault'));
  await expect(page.getByLabel(zh('open_number'))).toHaveValue('JM-20261122-7K3MQ2VX');
  await expect(page.getByLabel(zh('open_secret'))).toHaveValue('AAAA BBBB CCCC');
});

test('a request without its secret says nothing of itself', async ({ page, portal }) => {
  const made = await fetch(`${portal.address}/api/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `e2e-${Date.now()}-locked` },
    body: JSON.stringify({ item: 'data-correction', code: LAND.dry, answers: CORRECTION }),
  });
  expect(made.status).toBe(201);
  const { number } = await made.json();
  const body = async (id: string) => {
    const response = await page.request.get(`/requests/${id}`);
    return { status: response.status(), text: withoutChance(await response.text(), response.headers(), id) };
  };
  const nobody = `${number.slice(0, -1)}${number.endsWith('2') ? '3' : '2'}`;
  expect(await body(number)).toEqual(await body(nobody));
});

/** A page without what is drawn anew for each response, and without the address asked for. */
function withoutChance(text: string, headers: Record<string, string>, asked: string) {
  return text.replaceAll(headers['x-request-id'], 'ID').replaceAll(asked, 'ASKED');
}

const TRANSFER = `/c/${LAND.dry}/requests/new?item=transfer-registration`;
const ASKER = { applicant_name: '演示丙', applicant_phone: '13800138000', consent: 'yes' };

test('a question appears with its answer and goes with it', async ({ page, portal }) => {
  await page.goto(TRANSFER);
  const field = (name: string) => page.locator(`form.form [name="${name}"]`).first();
  await expect(field('mortgaged')).toBeHidden();
  await expect(page.locator('.due-when').first()).toBeHidden();
  await answer(page, { cause: 'sale' });
  await expect(field('mortgaged')).toBeVisible();
  await expect(field('heirs')).toBeHidden();
  await answer(page, { mortgaged: 'yes' });
  await answer(page, { mortgage_way: 'keep' });
  // What hung on the answer goes with it, and is not sent.
  await answer(page, { cause: 'inheritance' });
  await expect(field('mortgaged')).toBeHidden();
  await expect(field('mortgage_way')).toBeHidden();
  const words = `两位，都同意 ${Date.now()}`;
  await answer(page, { heirs: words, ...ASKER });
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  const received = async () => (await portal.inbox()).filter((entry) => entry.body.answers?.heirs === words);
  await expect.poll(async () => (await received()).length).toBe(1);
  expect(Object.keys((await received())[0].body.answers).sort()).toEqual(['cause', 'heirs']);
  // Back, and back, the choice is there again, and what it asks.
  await page.goBack();
  await page.goBack();
  await expect(page.locator('[name="cause"][value="inheritance"]')).toBeChecked();
  await expect(field('heirs')).toBeVisible();
  await expect(field('mortgaged')).toBeHidden();
});

/** What the browser keeps of forms. */
const kept = (page: import('@playwright/test').Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('jm-typed:')));

test('what was typed is offered again on the same device, and nothing is kept on a shared one', async ({ page }) => {
  await page.goto(FORM);
  await awake(page);
  await answer(page, { what_is_wrong: '写到一半', applicant_name: '演示丁', field_in_question: 'map' });
  await expect.poll(() => kept(page)).toHaveLength(1);
  // Another service at the same place knows nothing of it.
  await page.goto(TRANSFER);
  await awake(page);
  await expect(page.locator('.typed-offer')).toBeHidden();
  await page.goto(FORM);
  await awake(page);
  await page.getByRole('button', { name: zh('typed_go_on'), exact: true }).click();
  await expect(page.locator('[name="what_is_wrong"]')).toHaveValue('写到一半');
  await expect(page.locator('[name="applicant_name"]')).toHaveValue('演示丁');
  await expect(page.locator('[name="field_in_question"][value="map"]')).toBeChecked();
  await page.getByLabel(zh('typed_shared')).check();
  expect(await kept(page)).toEqual([]);
  await page.locator('[name="what_is_wrong"]').fill('别人看不到');
  await page.goto(FORM);
  await awake(page);
  await expect(page.getByLabel(zh('typed_shared'))).toBeChecked();
  await expect(page.locator('.typed-offer')).toBeHidden();
  expect(await kept(page)).toEqual([]);
});

test('what is handed in without a network is handed in once there is, and kept no longer', async ({ page, portal }) => {
  await page.goto(FORM);
  await awake(page);
  const words = `断网 ${Date.now()}`;
  await answer(page, { ...CORRECTION, what_is_wrong: words });
  await page.getByRole('button', { name: zh('review_button') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('review_title'));
  await awake(page);
  await page.context().setOffline(true);
  await page.getByRole('button', { name: zh('submit_request') }).click();
  await expect(page.locator('.typed-status')).toHaveText(zh('typed_waits'));
  expect(await kept(page)).toHaveLength(1);
  await page.context().setOffline(false);
  await page.waitForURL('**/requests/JM-*');
  await awake(page);
  await expect.poll(() => kept(page)).toEqual([]);
  await expect.poll(async () => (await portal.inbox()).filter((entry) => entry.body.answers?.what_is_wrong === words).length).toBe(1);
});
