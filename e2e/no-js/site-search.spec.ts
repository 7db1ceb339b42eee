import { expect, test, zh } from '../fixtures/test';

/** A portal that has just started puts together what it searches. */
async function found(page) {
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.site-search h1')).toBeVisible();
  }).toPass();
}

test('without JavaScript land for a use is searched in own words, and each piece leads to its own verdict', async ({ page }) => {
  await page.goto('/sites');
  await page.getByRole('link', { name: zh('site_search_link') }).click();
  await page.locator('#what').fill('我想开个奶茶店');
  await page.getByRole('button', { name: zh('site_search_button') }).click();
  expect(new URL(page.url()).search).toBe('?use=zhejiang.cafe');
  await found(page);
  await expect(page.locator('h1')).toHaveText(zh('site_search_title_of', { use: '咖啡馆' }));

  // The three kinds, each with its number; one of them has sites.
  const bands = page.getByRole('navigation', { name: zh('site_search_bands') }).getByRole('link');
  await expect(bands).toHaveCount(3);
  for (let at = 0; at < 3; at += 1) {
    await bands.nth(at).click();
    if (await page.locator('.hit').count()) break;
  }
  const answer = await page.locator('.hit-facts a').first().innerText();
  await page.locator('.hit-facts a').first().click();
  await expect(page.locator('.verdict-sentence'), 'what is listed is what the place is told alone').toContainText(answer);
});

test('without JavaScript a size is chosen by steps, and a kept link says the same', async ({ page }) => {
  await page.goto('/sites/search?use=zhejiang.warehouse');
  await found(page);
  await page.locator('.sites-again > summary').click();
  await page.locator('#min').selectOption('500');
  await page.getByRole('button', { name: zh('site_search_button') }).click();
  expect(new URL(page.url()).search).toBe('?use=zhejiang.warehouse&min=500');
  const sentence = await page.locator('.lead').innerText();
  await page.getByRole('link', { name: zh('site_search_keep') }).click();
  expect(page.url()).toContain('&by=');
  expect(await page.locator('.lead').innerText()).toBe(sentence);
  await expect(page.getByRole('link', { name: zh('site_feed') }), 'what changes can be followed')
    .toHaveAttribute('href', '/sites/search.atom?use=zhejiang.warehouse&min=500');
  await expect(page.locator('.site-search .banner-title', { hasText: zh('site_search_changed_data') })).toHaveCount(0);
});

test('without JavaScript a search that may mean several things asks which, and one for nothing says so', async ({ page }) => {
  await page.goto('/sites/search');
  await page.locator('#what').fill('店');
  await page.getByRole('button', { name: zh('site_search_button') }).click();
  await expect(page.getByRole('group', { name: zh('sites_choose') }).getByRole('radio')).not.toHaveCount(0);
  await page.goto('/sites/search');
  await page.locator('#what').fill('店');
  await page.locator('#max').selectOption('500');
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page.locator('#what'), 'a switch keeps what was typed').toHaveValue('店');
  await expect(page.locator('#max')).toHaveValue('500');
  await page.goto('/sites/search?what=&use=');
  await expect(page.locator('#what')).toHaveAttribute('aria-invalid', 'true');
});
