import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { kinds, prefer } from '../fixtures/pages.mjs';
import { DESKTOP, PHONE } from '../fixtures/paths.mjs';
import { expect, test } from '../fixtures/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function violations(page: Page) {
  const { violations: found } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return found.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary?.split('\n').slice(1).join(' ').trim()}`),
  }));
}

const ways = [
  { name: 'on a phone in Chinese', use: { viewport: PHONE }, language: 'zh', elder: false },
  { name: 'on a desk in English at night', use: { viewport: DESKTOP, colorScheme: 'dark' }, language: 'en', elder: false },
  { name: 'in elder mode on a phone', use: { viewport: PHONE }, language: 'zh', elder: true },
  { name: 'in elder mode on a desk at night', use: { viewport: DESKTOP, colorScheme: 'dark' }, language: 'zh', elder: true },
] as const;

for (const way of ways) {
  test.describe(way.name, () => {
    test.use(way.use);
    test('axe finds nothing on any page', async ({ page, context, portal, stop }) => {
      await prefer(context, portal.address, way);
      const found: Record<string, unknown> = {};
      for (const kind of kinds(stop.code, portal)) {
        await kind.open(page);
        await page.waitForLoadState('networkidle');
        const here = await violations(page);
        if (here.length) found[kind.name] = here;
      }
      expect(found).toEqual({});
    });
  });
}

/** What is wider than the page, if the page can be moved sideways. */
function tooWide() {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const wide = [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > page.clientWidth + 0.5)
    .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class')} reaches ${Math.round(element.getBoundingClientRect().right)}`);
  return [`the page is ${page.scrollWidth} wide`, ...wide.slice(0, 6)];
}

for (const [name, viewport, elder, zoom] of [
  ['320 pixels wide', { width: 320, height: 640 }, false, 1],
  ['320 pixels wide in elder mode', { width: 320, height: 640 }, true, 1],
  ['with text of twice the size', PHONE, false, 2],
] as const) {
  test.describe(name, () => {
    test.use({ viewport });
    for (const language of ['zh', 'en'] as const) {
      test(`no page has to be moved sideways, ${language}`, async ({ page, context, portal, stop }) => {
        await prefer(context, portal.address, { language, elder });
        const found: Record<string, unknown> = {};
        for (const kind of kinds(stop.code, portal)) {
          await kind.open(page);
          if (zoom !== 1) await enlargeText(page, zoom);
          const here = await page.evaluate(tooWide);
          if (here.length) found[kind.name] = here;
        }
        expect(found).toEqual({});
      });
    }
  });
}

/** Text of another size, as people set it in their browser: everything sized in `rem` follows. */
async function enlargeText(page: Page, times: number) {
  const grown = await page.evaluate((by) => {
    const size = (element: Element) => parseFloat(getComputedStyle(element).fontSize);
    const texts = [...document.querySelectorAll('main p, main h1, main label, main button')];
    const before = texts.map(size);
    document.documentElement.style.fontSize = `${size(document.documentElement) * by}px`;
    return texts.map((element, at) => size(element) / before[at]);
  }, times);
  // Headings may grow less than the text around them, but nothing stays as it was.
  expect(Math.min(...grown), 'every text grows with the size that people set').toBeGreaterThanOrEqual(1.5);
}

/** Controls that are too small to hit, in CSS pixels. */
function tooSmall({ least, leastButton }: { least: number; leastButton: number }) {
  const controls = document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, summary');
  const found: string[] = [];
  for (const control of controls) {
    if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || control.closest('.maplibregl-map')) continue;
    let { width, height } = control.getBoundingClientRect();
    // A box of a choice is hit by its label too.
    if (control instanceof HTMLInputElement && ['radio', 'checkbox', 'file'].includes(control.type)) {
      for (const label of control.labels ?? []) {
        const box = label.getBoundingClientRect();
        width = Math.max(width, box.width);
        height = Math.max(height, box.height);
      }
    }
    if (width === 0 || height === 0) continue;
    // Links within a sentence are as high as its line (WCAG 2.5.8, inline).
    const inline = control.tagName === 'A' && getComputedStyle(control).display === 'inline';
    const isButton = control.matches('button, .button, summary, input, .way');
    const need = isButton ? leastButton : inline ? 0 : least;
    // The skip link is there only with focus; what Enter alone presses is hit by nobody.
    if (control.matches('.skip-link, [aria-hidden="true"][tabindex="-1"]')) continue;
    if (Math.min(width, height) < need - 0.5) {
      found.push(`${control.tagName.toLowerCase()}.${control.className} “${control.textContent!.trim().slice(0, 20)}” is ${Math.round(width)} × ${Math.round(height)}`);
    }
  }
  return [...new Set(found)];
}

for (const [name, elder, leastButton] of [['as they are', false, 44], ['in elder mode', true, 56]] as const) {
  test(`buttons are large enough to hit on every page, ${name}`, async ({ page, context, portal, stop }) => {
    await prefer(context, portal.address, { elder });
    const found: Record<string, unknown> = {};
    for (const kind of kinds(stop.code, portal)) {
      await kind.open(page);
      await page.waitForLoadState('networkidle');
      const here = await page.evaluate(tooSmall, { least: 24, leastButton });
      if (here.length) found[kind.name] = here;
    }
    expect(found).toEqual({});
  });
}
