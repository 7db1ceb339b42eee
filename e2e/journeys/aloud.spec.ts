import type { Page } from '@playwright/test';
import { CORRECTION, LAND, answer, awake, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

const FORM = `/c/${LAND.dry}/requests/new?item=data-correction`;

/** A voice that says nothing and notes what it was given: a machine for tests has none. */
async function withVoice(page: Page) {
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    Object.defineProperty(speechSynthesis, 'getVoices', { value: () => [{ lang: 'zh-CN', localService: true }] });
    Object.defineProperty(speechSynthesis, 'speak', { value: (one: SpeechSynthesisUtterance) => said.push(`${one.lang}|${one.text}`) });
    // The browser's own takes no voice but its own.
    class Utterance extends EventTarget {
      lang = '';
      voice = null;
      constructor(readonly text: string) { super(); }
    }
    Object.assign(window, { SpeechSynthesisUtterance: Utterance });
  });
}

/** Has the page read; the sentences. */
async function read(page: Page): Promise<string[]> {
  await awake(page);
  await page.getByRole('button', { name: zh('read_start') }).click();
  const said: string[] = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said.length).toBeGreaterThan(0);
  expect(said.every((one) => one.startsWith('zh-CN|'))).toBe(true);
  return said.map((one) => one.slice(6));
}

test('where there is no voice, the button that reads aloud says so and who helps', async ({ page, context, portal }) => {
  await context.addCookies([{ name: 'jm_elder', value: '1', url: portal.address }]);
  // One that sends the text to somebody else is none (M8).
  await page.addInitScript(() => Object.defineProperty(speechSynthesis, 'getVoices', { value: () => [{ lang: 'zh-CN', localService: false }] }));
  for (const path of ['/', `/c/${LAND.dry}`, `/c/${LAND.dry}/requests/new?item=data-correction`, '/requests']) {
    await page.goto(path);
    await awake(page);
    await page.getByRole('button', { name: zh('read_start') }).click();
    await expect(page.locator('.read-aloud-said')).toHaveText(zh('read_unavailable'));
    await expect(page.locator('.at-hand a[href="tel:12345"]')).toBeVisible();
  }
});

test('a page is read sentence by sentence, codes as characters, and stops when told', async ({ page }) => {
  await withVoice(page);
  await page.goto(`/c/${LAND.flooded}`);
  const texts = await read(page);
  expect(texts[0]).toContain('宗地');
  expect(texts.some((text) => text.includes('G B 0 0 0 0 2')), texts.join('\n')).toBe(true);
  expect(texts.some((text) => text.includes('GB00002')), 'not as a word too').toBe(false);
  expect(texts.some((text) => text.includes(zh('tools_print'))), 'no buttons').toBe(false);
  expect(texts.some((text) => text.includes('http')), 'nothing that is for paper').toBe(false);
  await page.getByRole('button', { name: zh('read_pause') }).click();
  await page.getByRole('button', { name: zh('read_resume') }).click();
  await page.getByRole('button', { name: zh('read_stop') }).click();
  await expect(page.getByRole('button', { name: zh('read_start') })).toBeVisible();
});

test.describe('in elder mode', () => {
  test.beforeEach(async ({ page, context, portal }) => {
    await context.addCookies([{ name: 'jm_elder', value: '1', url: portal.address }]);
    await withVoice(page);
  });

  test('of a form are read its questions, hints and choices, what is wrong, and nothing that was typed', async ({ page }) => {
    await page.goto(FORM);
    const texts = await read(page);
    const parts = await page.locator('form.form').locator('.label, .hint, .choice-label').allInnerTexts();
    expect(parts.length).toBeGreaterThan(8);
    for (const part of parts) {
      const text = part.trim().split(/\s+/).join(' ');
      expect(texts.some((one) => one.includes(text)), `${text}\n${texts.join('\n')}`).toBe(true);
    }
    expect(texts.some((text) => text.includes(zh('review_button'))), 'no buttons').toBe(false);

    await answer(page, { what_is_wrong: '不念出来的话', applicant_phone: '12345', applicant_name: '不念的名字' });
    await page.getByRole('button', { name: zh('review_button') }).click();
    await expect(page.locator('.error-summary')).toBeVisible();
    const again = await read(page);
    // Above the form, and beside its field.
    expect(again.filter((text) => text.includes(zh('fault_phone'))).length, again.join('\n')).toBe(2);
    expect(again.some((text) => text.includes('不念')), again.join('\n')).toBe(false);
  });

  test('of a receipt the code is not told to the hall', async ({ page }) => {
    await page.goto(FORM);
    await answer(page, CORRECTION);
    await handInForm(page);
    await page.waitForURL('**/requests/JM-*');
    const { secret } = await readReceipt(page);
    const bare = (text: string) => text.replaceAll(/[^0-9A-Z]/g, '');
    const texts = await read(page);
    expect(texts.some((text) => text.includes(zh('receipt_keep_text')))).toBe(true);
    for (const part of [bare(secret), ...secret.split(/\s+/)]) {
      expect(texts.filter((text) => bare(text).includes(part)), part).toEqual([]);
    }
    expect(texts.some((text) => text.includes(zh('receipt_spelled')))).toBe(false);
  });
});
