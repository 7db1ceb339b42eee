import { LAND, awake, expect, test, zh } from '../fixtures/test';
import { typeFast } from '../fixtures/scanner';
import type { Page } from '@playwright/test';

const counter = (page: Page) => page.locator('.counter');
const said = (page: Page) => page.locator('.counter-said');
/** Islands of every page are awake, not only the scanner's. */
const ready = (page: Page) => expect(page.locator('html')).toHaveAttribute('data-hydrated', '');

test('a scanner that types opens the place from any page', async ({ page, portal }) => {
  for (const path of ['/services', `/c/${LAND.flooded}`, '/']) {
    await page.goto(path);
    await ready(page);
    await typeFast(page, `HTTP://${portal.host}/C/${LAND.dry}`);
    await page.waitForURL(`**/c/${LAND.dry}`);
  }
});

test('it may end with Tab, and a button that has the focus is not pressed', async ({ page }) => {
  await page.goto('/services');
  await ready(page);
  await page.locator('a.wordmark').focus();
  await typeFast(page, LAND.dry.toLowerCase(), { end: 'Tab' });
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('a person who types opens nothing', async ({ page }) => {
  await page.goto('/services');
  await ready(page);
  await typeFast(page, LAND.dry, { every: 60 });
  await page.keyboard.type(LAND.dry, { delay: 70 });
  await page.keyboard.press('Escape');
  await expect(counter(page)).toBeHidden();
  expect(new URL(page.url()).pathname).toBe('/services');
});

test('what is typed into a field stays there', async ({ page }) => {
  await page.goto(`/c/${LAND.flooded}/requests/new?item=data-correction`);
  await ready(page);
  const field = page.locator('[name="what_is_wrong"]');
  await field.focus();
  // Real keys, which a page could take away.
  await page.keyboard.type(LAND.dry);
  await page.keyboard.press('Tab');
  await expect(field).toHaveValue(LAND.dry);
  expect(new URL(page.url()).pathname).toBe(`/c/${LAND.flooded}/requests/new`);
});

test('the page for counters keeps the cursor in its field, and no input method comes between', async ({ page }) => {
  await page.goto('/?counter=1');
  await ready(page);
  await expect(page.locator('#q')).toBeFocused();
  await typeFast(page, LAND.dry, { kept: true });
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('what somebody writes with an input method opens nothing', async ({ page }) => {
  await page.goto('/?counter=1');
  await ready(page);
  await typeFast(page, 'deqingxianyanshizhen', { kept: true, every: 80 });
  await typeFast(page, LAND.dry, { kept: true, every: 80 });
  await page.keyboard.type('德清');
  await expect(page.locator('#q')).toHaveValue('德清');
  expect(new URL(page.url()).search).toBe('?counter=1');
});

for (const [what, how] of [
  ['with a pause of the computer in it', { pause: { at: 9, ms: 400 } }],
  ['a pause after its second key', { pause: { at: 2, ms: 400 } }],
  ['typed too slowly', { every: 50 }],
] as const) {
  test(`a scan ${what} is not blamed on the label, and the next one opens`, async ({ page }) => {
    await page.goto('/services');
    await ready(page);
    await typeFast(page, LAND.dry, how);
    await expect(said(page).locator('p').first()).toHaveText(zh('counter_unread'));
    expect(new URL(page.url()).pathname).toBe('/services');
    await typeFast(page, LAND.dry);
    await page.waitForURL(`**/c/${LAND.dry}`);
  });
}

test('/ leads to the search field from any page, and types itself into fields', async ({ page }) => {
  await page.goto('/');
  await ready(page);
  await page.keyboard.press('/');
  await expect(page.locator('#q')).toBeFocused();
  await expect(page.locator('#q')).toHaveValue('');
  await page.keyboard.press('/');
  await expect(page.locator('#q')).toHaveValue('/');
  await page.goto('/services');
  await ready(page);
  await page.keyboard.press('/');
  await page.waitForURL('**/?counter=1');
  await ready(page);
  await expect(page.locator('#q')).toBeFocused();
});

test('whoever does not want that of / turns it off, and on again', async ({ page }) => {
  await page.goto('/accessibility');
  await ready(page);
  await page.getByRole('button', { name: zh('search_key_off') }).click();
  await page.goto('/');
  await ready(page);
  await page.keyboard.press('/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: zh('skip'), exact: true })).toBeFocused();
  await page.goto('/accessibility');
  await ready(page);
  await page.getByRole('button', { name: zh('search_key_on') }).click();
  await page.keyboard.press('Escape');
  await page.goto('/');
  await ready(page);
  await page.keyboard.press('/');
  await expect(page.locator('#q')).toBeFocused();
});

test('in the field for codes a scanner may end with Tab', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.locator('#q').fill(LAND.dry);
  expect(await typeFast(page, LAND.dry, { end: 'Tab' })).toEqual(['keydown Tab']);
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('in the field for codes Enter searches', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.locator('#q').focus();
  await page.keyboard.type(LAND.dry);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('a foreign label is shown and not opened', async ({ page, watch }) => {
  await page.goto('/services');
  await ready(page);
  const text = `https://evil.example/c/${LAND.dry}`;
  await typeFast(page, text);
  await expect(said(page).locator('p').first()).toHaveText(zh('counter_foreign', { text }));
  await expect(said(page).locator('.counter-host')).toHaveText('evil.example');
  await expect(counter(page).locator('a')).toHaveCount(0);
  await typeFast(page, '330521990001XB00003');
  await expect(said(page).locator('p').first()).toHaveText(zh('counter_faulty', { position: 13, text: '330521990001XB00003' }));
  expect(new URL(page.url()).pathname).toBe('/services');
  expect(watch.foreign).toEqual([]);
});

test('what is said is in view however far down the page is, and said again', async ({ page }) => {
  await page.goto('/policy');
  await ready(page);
  await page.evaluate(() => scrollTo({ top: 1500, behavior: 'instant' }));
  await typeFast(page, 'https://evil.example/');
  await expect(said(page).locator('.counter-host')).toBeInViewport();
  await page.evaluate(() => {
    const words = document.querySelector('.counter-said p')!;
    new MutationObserver(() => (document.title = words.textContent ? 'said again' : 'taken away')).observe(words, { childList: true, subtree: true, characterData: true });
  });
  await typeFast(page, 'https://evil.example/');
  await expect(page).toHaveTitle('said again');
  await page.getByRole('button', { name: zh('counter_close') }).click();
  await expect(counter(page)).toBeHidden();
});

test('the browser takes no key of a scan for itself', async ({ page }) => {
  await page.goto('/services');
  await ready(page);
  const taken = await typeFast(page, "https://evil.example/it's a");
  expect(taken).toEqual([
    'keydown /', 'keydown /', 'keydown /', "keydown '", 'keydown  ', 'keyup  ', 'keydown Enter',
  ]);
  // A person who types may press a button with Space.
  expect(await typeFast(page, 'a/b c', { every: 90 })).toEqual([]);
});

test('the end of a text that is too long opens nothing', async ({ page }) => {
  await page.goto('/services');
  await ready(page);
  await typeFast(page, `https://evil.example/${'x'.repeat(280)}${LAND.dry}`);
  await expect(said(page).locator('.counter-host')).toHaveText('evil.example');
  expect(new URL(page.url()).pathname).toBe('/services');
});

test('the accessibility page says how it works', async ({ page }) => {
  await page.goto('/accessibility');
  await expect(page.locator('main')).toContainText(zh('accessibility_counter'));
});
