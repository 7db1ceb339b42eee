import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { png } from '../frames/png.mjs';
import { LAND, awake, expect, test, zh } from '../fixtures/test';
import { keepNotes, noted, photo, start, state, status } from '../fixtures/scanner';

function paste(page: Page, text: string) {
  return page.evaluate((value) => {
    const data = new DataTransfer();
    data.setData('text/plain', value);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
}

test('a photo of a label opens its place', async ({ page, portal }) => {
  const path = photo('label', `HTTP://${portal.host}/C/${LAND.dry}`);
  await page.goto('/');
  await awake(page);
  await page.locator('.scanner-file input:not([capture])').setInputFiles(path);
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 20_000 });
});

test('a photo without a code and a file that is no picture say what would help', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  const input = page.locator('.scanner-file input:not([capture])');
  await input.setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer: png(new Uint8Array(320 * 240).fill(140), 320, 240) });
  await expect(status(page)).toContainText(zh('scanner_nothing_found'), { timeout: 20_000 });
  await input.setInputFiles({ name: 'letter.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(status(page)).toContainText(zh('scanner_not_a_picture'));
});

test('a pasted code opens its place, in lower case and with spaces', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await paste(page, '330521 990001 gb00003');
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('a pasted address of another site is shown and not opened', async ({ page, watch }) => {
  await page.goto('/');
  await awake(page);
  await paste(page, `https://evil.example/c/${LAND.dry}`);
  await expect(status(page)).toContainText(zh('scanner_foreign'));
  await expect(page.locator('.scanner-host')).toHaveText('evil.example');
  await expect(page.locator('.scanner a')).toHaveCount(0);
  expect(new URL(page.url()).pathname).toBe('/');
  expect(watch.foreign).toEqual([]);
});

test('a text pasted into the field stays in the field', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  await page.locator('#q').focus();
  await page.evaluate((value) => {
    const data = new DataTransfer();
    data.setData('text/plain', value);
    document.activeElement!.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, LAND.dry);
  await expect(page.locator('.scanner')).toHaveAttribute('data-scanner-state', 'idle');
  expect(new URL(page.url()).pathname).toBe('/');
});

/** What a table copies: its text, the same as HTML, a picture of it. */
function pasteTable(page: Page, text: string, picture: number[]) {
  return page.evaluate(({ text, picture }) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    data.setData('text/html', `<table><tr><td>${text}</td></tr></table>`);
    data.items.add(new File([new Uint8Array(picture)], 'image.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    (document.activeElement ?? document.body).dispatchEvent(event);
    return event.defaultPrevented;
  }, { text, picture });
}

test('of a cell of a table the text counts, not its picture', async ({ page }) => {
  const blank = [...png(new Uint8Array(320 * 240).fill(250), 320, 240)];
  await page.goto('/');
  await awake(page);
  await page.locator('#q').focus();
  expect(await pasteTable(page, LAND.dry, blank), 'the browser may put it into the field').toBe(false);
  await state(page, 'idle');
  await page.locator('#q').blur();
  await pasteTable(page, LAND.dry, blank);
  await page.waitForURL(`**/c/${LAND.dry}`);
});

test('a host cannot hide: letters like ours, letters turned round, any length', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  const host = page.locator('.scanner-host');
  await paste(page, 'https://j\u0456anma.example/');
  await expect(host).toHaveText(/^j\u0456anma\.example \(xn--[a-z0-9-]+\.example\)$/);
  await paste(page, 'https://\u202eelpmaxe.live/');
  await expect(host).toContainText('\\u{202e}elpmaxe.live');
  await expect(page.locator('.scanner-text')).toHaveText('https://\\u{202e}elpmaxe.live/');
  await paste(page, `https://${'a.'.repeat(2000)}evil.example/`);
  await expect(host).toHaveText(/^….*evil\.example$/);
  await paste(page, 'https:\\\\evil.example\\c');
  await expect(host).toHaveText('evil.example');
});

test('an own search that was pasted opens', async ({ page, portal }) => {
  await page.goto('/');
  await awake(page);
  await paste(page, `${portal.address}/?q=%E5%BA%84`);
  await page.waitForURL('**/?q=%E5%BA%84');
});

test('an own place on this very page leaves the scanner at rest', async ({ page, portal }) => {
  await page.goto('/');
  await awake(page);
  await paste(page, `${portal.address}/#main`);
  await page.waitForURL('**/#main');
  await state(page, 'idle');
});

test('a photo that opens its place sounds like any read', async ({ page, portal }) => {
  await keepNotes(page);
  await page.addInitScript(() => {
    const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      (window as any).note('tones', this.frequency.value);
      return begin.apply(this, when);
    };
  });
  await page.goto('/');
  await awake(page);
  // A person has touched the page.
  await page.locator('h1').click();
  await page.locator('.scanner-file input:not([capture])').setInputFiles(photo('tone', `HTTP://${portal.host}/C/${LAND.dry}`));
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 20_000 });
  expect(await noted(page, 'tones')).toHaveLength(1);
});

test('where there is no camera a photo offers none', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined }));
  await page.goto('/');
  await awake(page);
  await page.locator('.scanner-file input:not([capture])').setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer: png(new Uint8Array(320 * 240).fill(140), 320, 240) });
  await expect(status(page)).toContainText(zh('scanner_nothing_found'), { timeout: 20_000 });
  await expect(page.locator('.scanner-toggle')).toBeHidden();
});

test('what was copied is taken at a press', async ({ page, context, portal }) => {
  await page.goto('/');
  await awake(page);
  const paste = page.getByRole('button', { name: zh('scanner_paste'), exact: true });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('https://evil.example/'));
  await paste.click();
  await expect(page.locator('.scanner-host')).toHaveText('evil.example');

  const bytes = [...readFileSync(photo('copied', `HTTP://${portal.host}/C/${LAND.dry}`))];
  await page.evaluate(async (values) => {
    const blob = new Blob([new Uint8Array(values)], { type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
  }, bytes);
  await paste.click();
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 20_000 });
});

test('a clipboard that is closed says so', async ({ page }) => {
  await page.addInitScript(() => {
    Clipboard.prototype.read = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.goto('/');
  await awake(page);
  await page.getByRole('button', { name: zh('scanner_paste'), exact: true }).click();
  await expect(status(page)).toContainText(zh('scanner_paste_nothing'));
});

test('a screenshot that is pasted and a picture that is dropped open their place', async ({ page, portal }) => {
  const bytes = [...readFileSync(photo('dropped', `HTTP://${portal.host}/C/${LAND.dry}`))];
  for (const way of ['paste', 'drop']) {
    await page.goto('/');
    await awake(page);
    await page.evaluate(({ way, values }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(values)], 'label.png', { type: 'image/png' }));
      const how = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(way === 'paste'
        ? new ClipboardEvent('paste', { ...how, clipboardData: data })
        : new DragEvent('drop', { ...how, dataTransfer: data }));
    }, { way, values: bytes });
    await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 20_000 });
  }
});

test('a label of another site before the camera is shown and never opened', async ({ look, watch, portal }) => {
  const page = await look({ text: `HTTPS://EVIL.EXAMPLE/C/${LAND.dry}` });
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await expect(status(page)).toContainText(zh('scanner_foreign'), { timeout: 30_000 });
  await expect(page.locator('.scanner-host')).toHaveText(/^evil\.example$/i);
  await expect(page.locator('.scanner-text')).toContainText(LAND.dry);
  await state(page, 'scanning');
  expect(page.url()).toBe(`${portal.address}/`);
  expect(watch.foreign).toEqual([]);
});

test('a mistyped label says where it is wrong', async ({ look }) => {
  const page = await look({ text: '330521990001XB00003' });
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await expect(status(page)).toContainText(zh('scanner_faulty', { position: 13 }), { timeout: 30_000 });
});

test('without permission the page says how to go on', async ({ look }) => {
  const page = await look({ denied: true });
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'trouble');
  await expect(status(page)).toContainText(zh('scanner_denied'));
  await expect(page.getByRole('button', { name: zh('scanner_retry') })).toBeVisible();
  await expect(page.locator('#q')).toBeEditable();
});

test('without a camera the page says how to go on', async ({ look }) => {
  const page = await look({});
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'trouble');
  await expect(status(page)).toContainText(zh('scanner_absent'));
});

test('the camera is given back when it is closed and when the page is left', async ({ look, portal }) => {
  const page = await look({ text: '这里没有码' });
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    Object.assign(window, { tracksStand: () => tracks.map((track) => track.readyState) });
    devices.getUserMedia = async (wishes) => {
      const stream = await ask(wishes);
      tracks.push(...stream.getTracks());
      // After the page's own listeners, which were there before.
      addEventListener('pagehide', () => sessionStorage.setItem('tracks', tracks.map((track) => track.readyState).join()));
      return stream;
    };
  });
  const stand = () => page.evaluate(() => (window as unknown as { tracksStand(): string[] }).tracksStand());
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'scanning', 30_000);
  expect(await stand()).toEqual(['live']);
  await page.getByRole('button', { name: zh('scanner_stop') }).click();
  await state(page, 'idle');
  expect(await stand()).toEqual(['ended']);

  await start(page).click();
  await state(page, 'scanning', 30_000);
  expect(await stand()).toEqual(['ended', 'live']);
  await page.goto(`${portal.address}/services`);
  expect(await page.evaluate(() => sessionStorage.getItem('tracks'))).toBe('ended,ended');
});

test('what is typed is judged while it is typed', async ({ page }) => {
  await page.goto('/');
  await awake(page);
  const said = page.locator('.code-check');
  await page.locator('#q').pressSequentially('330521990001x');
  await expect(said).toContainText(zh('check_wrong', { position: 13, found: 'X', expected: zh('expected_ownership') }));
  await page.locator('#q').fill('330521990001gb00003');
  await expect(said).toContainText(zh('check_whole', { code: '330521 990001 GB00003' }));
  for (const [text, found, wanted] of [['330521990001GB0', 15, 19], ['330521990001GB00003F00', 22, 28]]) {
    await page.locator('#q').fill(String(text));
    await expect(said).toHaveText(zh('check_partial', { found, wanted }));
  }
  await page.locator('#q').fill('蒹葭巷');
  await expect(said).toHaveText('');
});
