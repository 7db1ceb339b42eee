import { type APIRequestContext } from '@playwright/test';
import { LAND, NO_CAMBRIDGE, en, expect, test, zh } from '../fixtures/test';

async function search(page, text: string) {
  await page.goto('/');
  await page.locator('#q').fill(text);
  await page.getByRole('button', { name: zh('search_button') }).click();
}

for (const [what, words] of [['two', LAND.words.two], ['three', LAND.words.three], ['more', `${LAND.words.three}2号`]]) {
  test(`an address is found by ${what} characters`, async ({ page }) => {
    await search(page, words);
    await expect(page.locator('.hit').first()).toContainText(words);
    await page.getByRole('link', { name: '蒹葭巷2号' }).click();
    await page.waitForURL(`**/c/${LAND.flooded}`);
  });
}

test('a street of Cambridge is found', async ({ page }) => {
  test.skip(NO_CAMBRIDGE !== '', NO_CAMBRIDGE);
  await search(page, 'massachusetts ave');
  await expect(page.locator('.hit').first()).toContainText(/MASSACHUSETTS AVE/i);
  expect(await page.locator('.hit').count()).toBeGreaterThan(5);
});

test('a search without result says what else to try', async ({ page }) => {
  await search(page, '不存在的路九千号');
  await expect(page.locator('main')).toContainText(zh('results_none'));
  await expect(page.locator('#q')).toHaveValue('不存在的路九千号');
});

test('a mistyped code is shown with the place of the fault', async ({ page }) => {
  await search(page, '330521990001XB00003');
  await expect(page.locator('h1')).toHaveText(zh('bad_code_title'));
  await expect(page.locator('.code-faulty mark')).toHaveText('X');
});

test('a former code leads to what it became, and back', async ({ page }) => {
  await page.goto(`/c/${LAND.former}`);
  await expect(page.locator('.banner', { hasText: zh('former_title') })).toBeVisible();
  for (const code of [LAND.flooded, LAND.dry]) {
    await expect(page.locator(`a[href="/c/${code}"]`)).toBeVisible();
  }
  await page.locator(`a[href="/c/${LAND.dry}"]`).click();
  await page.waitForURL(`**/c/${LAND.dry}`);
  await expect(page.locator(`a[href="/c/${LAND.former}"]`)).toBeVisible();
});

/** An answer without what is drawn anew for each and without the code asked for. */
async function answered(request: APIRequestContext, path: string, code: string) {
  const response = await request.get(path);
  const headers = { ...response.headers() };
  const id = headers['x-request-id'];
  const plain = (text: string) => text.replaceAll(id, 'ID').replaceAll(code, 'CODE');
  const body = plain(await response.text());
  delete headers.date;
  return {
    status: response.status(),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value)])),
    body,
  };
}

test('a classified parcel is answered like one that does not exist', async ({ request }) => {
  for (const path of [
    (code: string) => `/c/${code}`,
    (code: string) => `/c/${code}W00000000`,
    (code: string) => `/c/${code}F00010001`,
    (code: string) => `/c/${code}/requests/new?item=data-correction`,
    (code: string) => `/api/v1/parcels/${code}`,
    (code: string) => `/api/v1/parcels/${code}/restrictions`,
    (code: string) => `/api/v1/parcels?q=${code}`,
  ]) {
    const [classified, unknown] = [LAND.classified, LAND.unknown];
    const answers = await Promise.all([
      answered(request, path(classified), classified),
      answered(request, path(unknown), unknown),
    ]);
    expect(answers[0], path('…')).toEqual(answers[1]);
    expect(answers[0].status).toBe(path('').includes('?q=') ? 200 : 404);
  }
});

test('what no policy shows is on no page, in no format', async ({ request }) => {
  for (const path of [
    `/c/${LAND.dry}`, `/c/${LAND.former}`, `/c/${LAND.classified}`, `/?q=${LAND.words.two}`, `/?q=${LAND.canary}`,
    `/api/v1/parcels/${LAND.dry}`, `/api/v1/parcels/${LAND.former}`, `/api/v1/parcels?q=${LAND.words.three}`,
    '/api/v1/parcels?bbox=119.89,30.69,119.91,30.71', `/c/${LAND.dry}/requests/new?item=data-correction`,
  ]) {
    const text = await (await request.get(path)).text();
    // The search page repeats what was asked; nothing else may say it.
    const own = path.includes(LAND.canary) ? text.replaceAll(LAND.canary, '') : text;
    expect(own, path).not.toContain(LAND.canary.slice(-3));
    expect(text.includes('蒹葭巷9号'), `${path} names a classified parcel`).toBe(false);
  }
});

test('English stays English from page to page, and Chinese comes back', async ({ page }) => {
  await page.goto(`/c/${LAND.dry}`);
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page).toHaveURL(new RegExp(`/c/${LAND.dry}$`));
  await expect(page.getByRole('heading', { name: en('restrictions_title') })).toBeVisible();
  await page.goto('/services');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(en('services_title'));
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('services_title'));
});

test('elder mode makes everything larger and stays', async ({ page }) => {
  const size = () => page.locator('main p:not(.at-hand *, .at-hand)').first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
  await page.goto('/services');
  const before = await size();
  await page.getByRole('button', { name: zh('elder_on') }).click();
  await expect(page.locator('html')).toHaveAttribute('data-elder', /.*/);
  expect(await size()).toBeGreaterThanOrEqual(before * 1.35);
  await page.goto(`/c/${LAND.dry}`);
  await expect(page.locator('html')).toHaveAttribute('data-elder', /.*/);
  await page.goto('/services');
  await page.getByRole('button', { name: zh('elder_off') }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-elder');
  expect(await size()).toBe(before);
});

test('every way of writing a code leads to one address', async ({ page }) => {
  for (const written of ['330521-990001-GB00003', '330521 990001 gb00003', `${LAND.dry}W00000000`, '３３０５２１990001GB00003']) {
    await page.goto(`/c/${encodeURIComponent(written)}`);
    expect(new URL(page.url()).pathname, written).toBe(`/c/${LAND.dry}`);
  }
  await page.goto(`/C/${LAND.dry}`);
  expect(new URL(page.url()).pathname).toBe(`/c/${LAND.dry}`);
});
