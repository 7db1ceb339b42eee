import type { Page } from '@playwright/test';
import { kinds } from '../fixtures/pages.mjs';
import { DESKTOP, PHONE } from '../fixtures/paths.mjs';
import { LAND, awake, expect, test, zh } from '../fixtures/test';

/** What has the focus: what it is, and whether that can be seen. */
function focused() {
  const element = document.activeElement as HTMLElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const ringOf = ({ outlineStyle, outlineWidth }: CSSStyleDeclaration) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  // Hidden inputs show it on their label, links that fill a card on the card.
  const around = element.closest('.choice, .scanner-file, label');
  const ring = ringOf(style) || ringOf(getComputedStyle(element, '::before')) || Boolean(around && ringOf(getComputedStyle(around)));
  // Of a link over two lines, the first.
  const [line = box] = element.getClientRects();
  const middle = document.elementFromPoint(
    Math.min(innerWidth - 1, Math.max(0, line.x + line.width / 2)),
    Math.min(innerHeight - 1, Math.max(0, line.y + Math.min(line.height / 2, 20))),
  );
  const covered = middle !== null && !element.contains(middle) && !middle.contains(element) && !around?.contains(middle);
  return {
    what: `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ''}.${element.getAttribute('class') ?? ''} “${(element.textContent ?? '').trim().slice(0, 24)}”`,
    text: (element.textContent ?? '').trim(),
    isBody: element === document.body,
    ring,
    inView: box.bottom > 0 && box.top < innerHeight,
    covered,
  };
}

async function walk(page: Page, most = 120) {
  const steps: ReturnType<typeof focused>[] = [];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(focused);
    if (here.isBody) break;
    steps.push(here);
  }
  return steps;
}

for (const [size, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
  test.describe(size, () => {
    // Otherwise the page is still on its way to the focus when it is looked at.
    test.use({ viewport, contextOptions: { reducedMotion: 'reduce' } });
    test('the focus is seen at every step through every page', async ({ page, portal, stop }) => {
      const found: Record<string, string[]> = {};
      for (const kind of kinds(stop.code, portal)) {
        await kind.open(page);
        await page.waitForLoadState('networkidle');
        const hidden = (await walk(page))
          .filter(({ ring, inView, covered }) => !ring || !inView || covered)
          .map(({ what, ring, inView, covered }) => `${what}${ring ? '' : ', no ring'}${inView ? '' : ', out of view'}${covered ? ', covered' : ''}`);
        if (hidden.length) found[kind.name] = hidden;
      }
      expect(found).toEqual({});
    });
  });
}

test('the first Tab reaches a link that skips to the content', async ({ page }) => {
  await page.goto('/services');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: zh('skip') });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement))).toBe(true);
});

test('the main action of each page is reached by Tab', async ({ page, stop }) => {
  const reaches = async (path: string, text: string, most: number) => {
    await page.goto(path);
    if (path === '/') await awake(page);
    const steps = await walk(page, most);
    expect(steps.some((step) => step.text.includes(text)), `${path}: ${text} within ${most} steps: ${steps.map(({ what }) => what).join(', ')}`).toBe(true);
  };
  await reaches('/', zh('scanner_start'), 12);
  await reaches(`/c/${stop.code}`, zh('place_action'), 24);
  await reaches(`/c/${LAND.dry}/requests/new?item=data-correction`, zh('review_button'), 40);
  await reaches('/requests', zh('open_button'), 14);
});

test('a whole request can be made with the keyboard alone', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.locator('#q').focus();
  await page.keyboard.type(LAND.dry);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/c/${LAND.dry}`);
  await page.locator('#services').getByRole('link', { name: '信息纠错' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/requests/new*');
  await page.locator('[name="field_in_question"]').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('面积不对');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('演示丙');
  await page.keyboard.press('Tab');
  await page.keyboard.type('13800138000');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.locator('[name="applicant_phone"]').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: zh('submit_request') }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/requests/JM-*');
});

test('a code group opens its meaning with the keyboard', async ({ page }) => {
  await page.goto(`/c/${LAND.dry}`);
  const group = page.locator('.code-group').first();
  await group.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(group.locator('.code-meaning')).toBeVisible();
  await expect(group.locator('.code-meaning')).toContainText('德清');
});

test.describe('with less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('nothing moves by itself', async ({ page }) => {
    await page.goto('/');
    await awake(page);
    const moving = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
    expect(moving).toBe(0);
  });
});
