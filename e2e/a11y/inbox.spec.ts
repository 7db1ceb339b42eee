import AxeBuilder from '@axe-core/playwright';
import { DESKTOP, PHONE } from '../fixtures/paths.mjs';
import { CORRECTION, answer, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// The sample department is no page of the portal: its browser is a clerk's, not a visitor's.
for (const way of [
  { name: 'on a phone in Chinese', viewport: PHONE, colorScheme: 'light', path: '/inbox' },
  { name: 'on a desk in English at night', viewport: DESKTOP, colorScheme: 'dark', path: '/inbox?lang=en' },
  { name: '320 pixels wide', viewport: { width: 320, height: 640 }, colorScheme: 'light', path: '/inbox' },
] as const) {
  test(`axe finds nothing in the inbox of the sample department, ${way.name}`, async ({ browser, page, portal, stop }) => {
    await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
    await answer(page, CORRECTION);
    await handInForm(page);
    await page.waitForURL('**/requests/JM-*');
    const { number } = await readReceipt(page);
    const { viewport, colorScheme } = way;
    const context = await browser.newContext({ viewport, colorScheme });
    const inbox = await context.newPage();
    const request = inbox.locator('article', { hasText: number });
    await expect(async () => {
      await inbox.goto(`http://${portal.desk}${way.path}`);
      await expect(request).toBeVisible({ timeout: 500 });
    }).toPass();
    // A fault and an answer are looked at too.
    await request.locator('button[value="refuse"]').click();
    await expect(request.getByRole('alert')).toBeVisible();
    await request.locator('button[value="progress"]').click();
    await expect(request.locator('.outcome')).toBeVisible();
    const { violations } = await new AxeBuilder({ page: inbox }).withTags(RULES).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target.join(' '))])).toEqual([]);
    const [wide, room] = await inbox.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth, clientWidth];
    });
    expect(wide, 'no page has to be moved sideways').toBe(room);
    await context.close();
  });
}
