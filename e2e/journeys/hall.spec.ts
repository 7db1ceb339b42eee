import { expect, test, zh } from '../fixtures/test';

test('desk D9: a board follows its hall, says that its line is lost, and comes back by itself', async ({ page, context, portal, watch }) => {
  const waiting = (n: number) => zh('hall_waiting').replace('{n}', String(n));
  const take = async () => {
    const headers = { origin: portal.address };
    const taken = await context.request.post('/hall/main/ticket', { form: { aim: 'know' }, headers, maxRedirects: 0 });
    expect(taken.status()).toBe(303);
  };
  await page.goto('/hall/main');
  const figures = page.locator('.hall-figures');
  const before = Number(/\d+/.exec(await figures.innerText())![0]);
  await page.evaluate(() => { (window as unknown as { stays: boolean }).stays = true; });
  const lost = page.locator('#hall-lost');
  await expect(lost).toBeHidden();
  await take();
  await expect(figures).toContainText(waiting(before + 1), { timeout: 4_000 });
  // Asked too often, it keeps what it has and says so.
  await page.route('**/hall/main', (route) => route.fulfill({ status: 429, body: '' }));
  await take();
  await expect(lost).toBeVisible();
  await expect(lost).toHaveText(zh('hall_lost'));
  await expect(figures).toContainText(waiting(before + 1));
  await page.unroute('**/hall/main');
  await expect(lost).toBeHidden({ timeout: 9_000 });
  await expect(figures).toContainText(waiting(before + 2));
  expect(await page.evaluate(() => (window as unknown as { stays?: boolean }).stays), 'the page stays').toBe(true);
  watch.forget();
});
