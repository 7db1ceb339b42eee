import type { Page } from '@playwright/test';
import { LAND, awake, expect, test, zh } from '../fixtures/test';
import { countFrames, counted, scanner, standIn, start, state, status } from '../fixtures/scanner';

type Kind = 'good' | 'unproven' | 'silent' | 'throwing' | 'lying' | 'hanging';

/**
 * Gives the browser a reader of its own, for Debian's Chromium has none. It is asked with a bitmap
 * to prove itself and with the video afterwards.
 */
async function inject(page: Page, kind: Kind, read: unknown[] = []) {
  await page.addInitScript(
    ({ kind, read }) => {
      const asked = { proof: 0, frames: 0 };
      class BarcodeDetector {
        static getSupportedFormats = async () => ['aztec', 'qr_code'];
        async detect(source: ImageBitmapSource) {
          if (source instanceof ImageBitmap) {
            asked.proof += 1;
            Object.assign(window, { proof: source });
            return kind === 'unproven' ? [] : [{ rawValue: 'JIANMA', cornerPoints: [] }];
          }
          asked.frames += 1;
          if (kind === 'throwing') throw new DOMException('service unavailable', 'UnknownError');
          if (kind === 'hanging') await new Promise(() => {});
          return read;
        }
      }
      Object.assign(window, { BarcodeDetector, asked });
    },
    { kind, read },
  );
}

const asked = (page: Page): Promise<{ proof: number; frames: number }> =>
  page.evaluate(() => ({ ...(window as any).asked }));

const points = (x: number, y: number, size: number) =>
  [[x, y], [x + size, y], [x + size, y + size], [x, y + size]].map(([x, y]) => ({ x, y }));

async function open(page: Page) {
  await countFrames(page);
  await page.goto('/');
  await awake(page);
  await start(page).click();
}

test('the browser’s own reader, once proven, reads first and takes turns with ours', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  await standIn(page, [{}]);
  await inject(page, 'good');
  await open(page);
  await expect.poll(async () => (await asked(page)).frames, { timeout: 20_000 }).toBeGreaterThan(8);
  const { frames } = await counted(page);
  const native = await asked(page);
  expect(native.proof).toBe(1);
  expect(frames, 'ours goes on').toBeGreaterThan(3);
  expect(Math.abs(native.frames - frames), `${native.frames} and ${frames}`).toBeLessThan(6);
});

test('what it reads opens the place', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  await standIn(page, [{}]);
  await inject(page, 'good', [{ rawValue: LAND.dry, cornerPoints: points(500, 200, 200) }]);
  await open(page);
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 20_000 });
});

test('a reader that cannot read the known code is never asked again', async ({ look }) => {
  const page = await look({ text: LAND.dry });
  await inject(page, 'unproven', [{ rawValue: LAND.flooded }]);
  await page.addInitScript(() => addEventListener('pagehide', () => {
    sessionStorage.setItem('asked', String((window as any).asked.frames));
  }));
  await open(page);
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 30_000 });
  expect(await page.evaluate(() => sessionStorage.getItem('asked'))).toBe('0');
});

test('the known code is a code that says what it must', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  await inject(page, 'good');
  await open(page);
  await expect.poll(async () => (await asked(page)).proof).toBe(1);
  const bytes: number[] = await page.evaluate(async () => {
    const bitmap: ImageBitmap = (window as any).proof;
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  const input = page.locator('.scanner-file input:not([capture])');
  await input.setInputFiles({ name: 'known.png', mimeType: 'image/png', buffer: Buffer.from(bytes) });
  await expect(page.locator('.scanner-text')).toHaveText('JIANMA', { timeout: 20_000 });
});

test('a reader that throws is dropped at once, and ours reads the label', async ({ look }) => {
  const page = await look({ text: `HTTPS://EVIL.EXAMPLE/C/${LAND.dry}` });
  await inject(page, 'throwing');
  await open(page);
  await expect(status(page)).toContainText(zh('scanner_foreign'), { timeout: 30_000 });
  expect((await asked(page)).frames).toBe(1);
});

test('a reader that never answers is dropped, and ours reads the label', async ({ look }) => {
  const page = await look({ text: `HTTPS://EVIL.EXAMPLE/C/${LAND.dry}` });
  await inject(page, 'hanging');
  await open(page);
  await expect(status(page)).toContainText(zh('scanner_foreign'), { timeout: 30_000 });
  expect((await asked(page)).frames).toBe(1);
});

test('a reader that sees nothing where ours reads is dropped', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  const corners = [500, 200, 700, 200, 700, 400, 500, 400];
  await standIn(page, [{ payloads: [{ text: 'https://evil.example/', corners }] }]);
  await inject(page, 'silent');
  await open(page);
  await expect(status(page)).toContainText(zh('scanner_foreign'), { timeout: 20_000 });
  await expect.poll(async () => (await counted(page)).frames, { timeout: 20_000 }).toBeGreaterThan(12);
  expect((await asked(page)).frames, 'asked before it was found out').toBeGreaterThan(0);
  expect((await asked(page)).frames).toBeLessThan(8);
});

test('a reader that lies is judged like any label', async ({ look, watch, portal }) => {
  const page = await look({ text: '这里没有码' });
  await standIn(page, [{}]);
  await inject(page, 'lying', [
    { rawValue: 7, cornerPoints: 'none' },
    { rawValue: `https://${portal.host}@evil.example/c/${LAND.dry}`, cornerPoints: [{ x: 'a' }] },
    { rawValue: 'javascript:alert(1)' },
  ]);
  await open(page);
  await expect(status(page)).toContainText(zh('scanner_foreign'), { timeout: 20_000 });
  await expect(page.locator('.scanner-host')).toHaveText('evil.example');
  await state(page, 'scanning');
  expect(new URL(page.url()).pathname).toBe('/');
  expect(watch.foreign).toEqual([]);
});

test('several codes in view: the person chooses', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  await standIn(page, [{}]);
  await inject(page, 'good', [
    { rawValue: LAND.dry, cornerPoints: points(420, 260, 160) },
    { rawValue: 'https://evil.example/', cornerPoints: points(600, 80, 120) },
    { rawValue: LAND.flooded, cornerPoints: points(680, 260, 160) },
  ]);
  await open(page);
  await state(page, 'choosing');
  await expect(status(page)).toContainText(zh('scanner_choosing'));
  const choices = page.locator('.scanner-choice');
  await expect(choices).toHaveText([/^1\. 330521 990001 GB00003/, /^2\. 330521 990001 GB00002/]);
  await expect(page.locator('.scanner-number'), 'the numbers stand on the picture').toHaveText(['1', '2']);
  await expect(page.locator('.scanner-video')).toBeVisible();
  await choices.nth(1).click();
  await page.waitForURL(`**/c/${LAND.flooded}`);
});

test('the frame follows the code, wherever the picture is cut', async ({ look }) => {
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
    const page = await look({ text: '这里没有码' }, { viewport });
    await standIn(page, [{}]);
    await inject(page, 'good', [{ rawValue: 'https://evil.example/', cornerPoints: points(500, 160, 240) }]);
    await open(page);
    await expect(page.locator('.scanner-found path')).toHaveAttribute('d', /^M[^M]+Z$/, { timeout: 20_000 });
    // Both in one look, for words that come and go above them move the page between two looks.
    const boxes = () => page.evaluate(() => {
      const of = (selector: string) => document.querySelector(selector)!.getBoundingClientRect().toJSON();
      return { video: of('.scanner-video'), frame: of('.scanner-found path') };
    });
    await expect(async () => {
      const { video, frame } = await boxes();
      // `object-fit: cover` of 1280 × 720: enlarged until it fills the box, the middle in the middle.
      const scale = Math.max(video.width / 1280, video.height / 720);
      const left = video.x + video.width / 2 + (500 - 640) * scale;
      const top = video.y + video.height / 2 + (160 - 360) * scale;
      for (const [is, ought] of [[frame.x, left], [frame.y, top], [frame.width, 240 * scale], [frame.height, 240 * scale]]) {
        // The line itself may count.
        expect(Math.abs(is - ought), JSON.stringify({ frame, video })).toBeLessThan(8);
      }
    }).toPass({ timeout: 10_000 });
    await page.context().browser()!.close();
  }
});

test('the frame goes when the code goes', async ({ look }) => {
  const page = await look({ text: '这里没有码' });
  const corners = [500, 200, 700, 200, 700, 400, 500, 400];
  const seen = { payloads: [{ text: 'https://evil.example/', corners }] };
  await standIn(page, [...Array(12).fill(seen), {}]);
  await open(page);
  const frame = page.locator('.scanner-found path');
  await expect(frame).toHaveAttribute('d', /^M[^M]+Z$/, { timeout: 20_000 });
  await expect(scanner(page).locator('.scanner-guide')).toBeHidden();
  await expect(frame).toHaveAttribute('d', '');
  await expect(scanner(page).locator('.scanner-guide')).toBeVisible();
});
