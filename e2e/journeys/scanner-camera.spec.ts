import type { Page } from '@playwright/test';
import { SHARP_MARK } from '../frames/scene.mjs';
import { LAND, awake, en, expect, test, zh } from '../fixtures/test';
import {
  type Answer, countFrames, counted, keepNotes, noted, scanner, setHidden, standIn, start, state, status, stop,
  tracks, unfold, watchCamera,
} from '../fixtures/scanner';

const NOTHING = { text: '这里没有码' };
const CORNERS = [500, 200, 700, 200, 700, 400, 500, 400];
/** A frame of which there is nothing to say. */
const FINE = { light: 120, contrast: 150, glare: 0, sharpness: 0.2, finders: 0, module: 0 };

async function open(page: Page) {
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'scanning');
}

/** What a read does to a person's ears, hands and screen. */
async function watchSenses(page: Page) {
  await keepNotes(page);
  await page.addInitScript(() => {
    const note = (window as any).note;
    const begin = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      note('tones', this.frequency.value);
      return begin.apply(this, when);
    };
    Navigator.prototype.vibrate = (pattern) => {
      note('buzzes', pattern);
      return true;
    };
    const wakeLock = {
      request: async (kind: string) => {
        note('locks', `asked for ${kind}`);
        return { release: async () => note('locks', 'released') };
      },
    };
    Object.defineProperty(Navigator.prototype, 'wakeLock', { get: () => wakeLock });
    new MutationObserver(() => {
      const said = document.querySelector('.scanner-status')?.textContent;
      if (said) note('said', said);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

test.describe('what a read is like', () => {
  test('a tone, a buzz and a sentence; the screen stays on until then', async ({ look }) => {
    const page = await look(NOTHING);
    await watchSenses(page);
    await standIn(page, [...Array(6).fill({}), { payloads: [{ text: LAND.dry, corners: CORNERS }] }]);
    await open(page);
    await page.waitForURL(`**/c/${LAND.dry}`);
    expect(await noted(page, 'tones')).toHaveLength(1);
    expect(await noted(page, 'buzzes')).toHaveLength(1);
    expect((await noted(page, 'said')).at(-1)).toContain(zh('scanner_leaving', { code: '330521 990001 GB00003' }));
    expect(await noted(page, 'locks')).toEqual(['asked for screen', 'released']);
  });

  test('a person who switched the tone off hears none, the next time neither', async ({ look }) => {
    const page = await look(NOTHING);
    await watchSenses(page);
    await standIn(page, [{}]);
    await open(page);
    await unfold(page);
    const sound = page.getByRole('button', { name: zh('scanner_sound') });
    await expect(sound).toHaveAttribute('aria-pressed', 'true');
    await sound.click();
    await expect(sound).toHaveAttribute('aria-pressed', 'false');
    await standIn(page, [{ payloads: [{ text: LAND.dry, corners: CORNERS }] }]);
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await page.waitForURL(`**/c/${LAND.dry}`);
    expect(await noted(page, 'tones')).toEqual([]);
    expect(await noted(page, 'buzzes')).toHaveLength(1);
  });

  test('going back from the place finds the scanner at rest', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await watchCamera(page);
    await standIn(page, [{ payloads: [{ text: LAND.dry, corners: CORNERS }] }]);
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await page.waitForURL(`**/c/${LAND.dry}`);
    expect(await noted(page, 'tracks')).toEqual(['ended']);
    await page.goBack();
    await state(page, 'idle');
    await expect(page.locator('.scanner-stage')).toBeHidden();
    await expect(start(page)).toBeVisible();
  });
});

test.describe('the camera', () => {
  test('stops while the page is hidden, reads nothing, and goes on when it is seen', async ({ look }) => {
    const page = await look(NOTHING);
    await watchSenses(page);
    await watchCamera(page);
    await countFrames(page);
    await standIn(page, [{}]);
    await open(page);
    await expect.poll(async () => (await counted(page)).frames).toBeGreaterThan(2);
    expect(await tracks(page)).toEqual(['live']);
    await setHidden(page, true);
    await state(page, 'paused');
    expect(await tracks(page)).toEqual(['ended']);
    const { frames } = await counted(page);
    await page.waitForTimeout(1200);
    expect((await counted(page)).frames, 'no frame is read that nobody sees').toBe(frames);
    expect((await noted(page, 'locks')).at(-1)).toBe('released');
    await setHidden(page, false);
    await state(page, 'scanning');
    await expect.poll(async () => (await counted(page)).frames).toBeGreaterThan(frames);
    expect(await tracks(page)).toEqual(['ended', 'live']);
  });

  test('reads no more frames than it says', async ({ look }) => {
    const page = await look(NOTHING);
    await countFrames(page);
    await standIn(page, [{}]);
    await open(page);
    const from = await counted(page);
    const began = Date.now();
    await page.waitForTimeout(3000);
    const rate = ((await counted(page)).frames - from.frames) / ((Date.now() - began) / 1000);
    console.log(`frames to the worker: ${rate.toFixed(1)} a second`);
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(13);
  });

  test('is only one, however often it is switched on and off', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await watchCamera(page);
    await standIn(page, [{}]);
    await page.goto('/');
    await awake(page);
    // Faster than any camera opens.
    await page.evaluate(() => {
      const button = document.querySelector<HTMLElement>('.scanner-toggle')!;
      for (let press = 0; press < 5; press += 1) button.click();
    });
    await state(page, 'scanning');
    const live = async () => (await tracks(page)).filter((stands) => stands === 'live').length;
    await expect.poll(live).toBe(1);
    await stop(page).click();
    await state(page, 'idle');
    expect(await live()).toBe(0);
  });

  test('that is taken away says so', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await watchCamera(page);
    await standIn(page, [{}]);
    await open(page);
    await page.evaluate(() => (window as any).tracks[0].dispatchEvent(new Event('ended')));
    await state(page, 'trouble');
    await expect(status(page)).toContainText(zh('scanner_silent'));
  });

  test('the second reader is fetched when the page has nothing else to do', async ({ look }) => {
    // However long a busy machine takes to be idle, and to answer: what is waited for is that page.
    test.slow();
    const page = await look(NOTHING);
    await standIn(page, [{}], { payloads: [{ text: LAND.dry, corners: CORNERS }] });
    await open(page);
    await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 60_000 });
  });

  test('a part of a split text is named and opens nothing', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [{ payloads: [{ text: LAND.dry, part: 1, parts: 2, corners: CORNERS }] }]);
    await open(page);
    const words = zh('scanner_part').replaceAll('{total}', '2').replace('{number}', '1');
    await expect(status(page)).toContainText(words, { timeout: 20_000 });
    await state(page, 'scanning');
    expect(new URL(page.url()).pathname).not.toContain('/c/');
  });

  test('typing is one press away, and stops it', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await watchCamera(page);
    await standIn(page, [{}]);
    await open(page);
    // The others are one press away too, behind one that a phone has for them.
    for (const unfolded of [false, true]) {
      for (const way of [zh('scanner_photo'), zh('scanner_paste')]) {
        await expect(scanner(page).getByText(way, { exact: true })).toBeVisible({ visible: unfolded });
      }
      if (!unfolded) await unfold(page);
    }
    await unfold(page);
    await page.getByRole('button', { name: zh('scanner_type') }).click();
    await expect(page.locator('#q')).toBeFocused();
    expect(await tracks(page)).toEqual(['ended']);
  });

  test('after ten seconds without a read the other ways are named', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [{ view: FINE }]);
    await open(page);
    await expect(status(page)).not.toContainText(zh('scanner_hint'));
    await expect(status(page)).toContainText(zh('scanner_hint'), { timeout: 15_000 });
    await state(page, 'scanning');
  });
});

test.describe('what would help', () => {
  const cases: [string, Record<string, number>][] = [
    ['scanner_light', { ...FINE, light: 15, contrast: 20 }],
    ['scanner_tilt', { ...FINE, glare: 0.2 }],
    ['scanner_closer', { ...FINE, module: 1.8, finders: 3 }],
    ['scanner_still', { ...FINE, sharpness: 0.005 }],
  ];
  for (const [words, view] of cases) {
    test(`${words.slice('scanner_'.length)} is said in place of where to hold the code`, async ({ look }) => {
      const page = await look(NOTHING);
      await standIn(page, [{ view }]);
      await open(page);
      await expect(status(page)).toContainText(zh(words));
      await expect(status(page)).not.toContainText(zh('scanner_scanning'));
    });
  }

  test('it is said once, and taken back when the frames are good again', async ({ look }) => {
    const page = await look(NOTHING);
    await watchSenses(page);
    const dark: Answer = { view: { ...FINE, light: 15 } };
    const mixed = Array.from({ length: 40 }, (_, at) => (at % 3 ? dark : { view: FINE }));
    await standIn(page, [...mixed, { view: FINE }]);
    await open(page);
    await expect(status(page)).toContainText(zh('scanner_light'));
    await expect(status(page)).toContainText(zh('scanner_scanning'), { timeout: 15_000 });
    const said = (await noted(page, 'said')).filter((text, at, all) => text !== all[at - 1]);
    expect(said.filter((text) => text.includes(zh('scanner_light')))).toHaveLength(1);
  });
});

/** Gives the camera a light, a zoom and a neighbour. */
async function equip(page: Page) {
  await keepNotes(page);
  await watchCamera(page);
  await page.addInitScript(() => {
    const note = (window as any).note;
    const set: Record<string, unknown> = { torch: false, zoom: 1 };
    const track = MediaStreamTrack.prototype;
    const settings = track.getSettings;
    track.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 5, step: 0.5 }, focusMode: ['continuous'] }) as any;
    track.getSettings = function () {
      return { ...settings.call(this), ...set, deviceId: (window as any).lens ?? 'first' };
    };
    track.applyConstraints = async (wishes: any) => {
      note('set', wishes.advanced[0]);
      Object.assign(set, wishes.advanced[0]);
    };
    navigator.mediaDevices.enumerateDevices = async () => [
      { kind: 'audioinput', deviceId: 'ear', label: 'Ear' },
      { kind: 'videoinput', deviceId: 'first', label: 'Back' },
      { kind: 'videoinput', deviceId: 'second', label: '' },
    ] as any;
  });
}

test.describe('the camera’s gear', () => {
  test('light and zoom are offered where the camera has them', async ({ look }) => {
    const page = await look(NOTHING);
    await equip(page);
    await standIn(page, [{}]);
    await open(page);
    await page.getByRole('button', { name: zh('scanner_torch_on') }).click();
    await page.getByRole('button', { name: zh('scanner_torch_off') }).click();
    await expect(page.getByRole('button', { name: zh('scanner_torch_on') })).toBeVisible();
    await unfold(page);
    await page.getByLabel(zh('scanner_zoom')).fill('2.5');
    await expect.poll(() => noted(page, 'set')).toContainEqual({ zoom: 2.5 });
    await expect.poll(() => noted(page, 'set')).toContainEqual({ focusMode: 'continuous' });
    const set = await noted(page, 'set');
    expect(set).toContainEqual({ torch: true });
    expect(set).toContainEqual({ torch: false });
  });

  test('nothing is offered that the camera has not', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [{}]);
    await open(page);
    await unfold(page);
    await page.waitForTimeout(1000);
    await expect(page.locator('.scanner-torch')).toBeHidden();
    await expect(page.locator('.scanner-zoom')).toBeHidden();
    await expect(page.locator('.scanner-lens')).toBeHidden();
  });

  test('a chosen camera is remembered, and asked for without a wish for another', async ({ look }) => {
    const page = await look(NOTHING);
    await equip(page);
    await page.addInitScript(() => {
      // There is only one in truth, whatever it is called.
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia;
      devices.getUserMedia = (wishes: any) => {
        const id = wishes.video?.deviceId?.exact;
        (window as any).lens = id ?? 'first';
        (window as any).note('asked', wishes.video);
        return ask({ video: true });
      };
    });
    await standIn(page, [{}]);
    await open(page);
    await unfold(page);
    const list = page.locator('.scanner-lens select');
    await expect(list).toHaveAccessibleName(zh('scanner_camera'));
    await expect(list.locator('option')).toHaveText(['Back', zh('scanner_camera_numbered', { n: 2 })]);
    await expect(list).toHaveValue('first');
    await list.selectOption('second');
    await state(page, 'scanning');
    await expect(list).toHaveValue('second');
    await page.reload();
    await awake(page);
    await start(page).click();
    await state(page, 'scanning');
    const [first, chosen, remembered] = await noted(page, 'asked');
    expect(first.facingMode).toEqual({ ideal: 'environment' });
    expect(first.deviceId).toBeUndefined();
    for (const later of [chosen, remembered]) {
      expect(later.deviceId).toEqual({ exact: 'second' });
      expect(later.facingMode).toBeUndefined();
    }
  });

  test('a remembered camera that is gone is forgotten, and another one opens', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await watchCamera(page);
    await page.addInitScript(() => {
      if (!sessionStorage.getItem('was')) localStorage.setItem('jm-camera', 'no-such-camera');
      sessionStorage.setItem('was', '1');
    });
    await standIn(page, [{}]);
    await open(page);
    expect((await noted(page, 'cameras')).map((wishes) => Object.keys(wishes)[0])).toEqual(['deviceId', 'facingMode']);
    expect(await page.evaluate(() => localStorage.getItem('jm-camera'))).toBeNull();
  });
});

test.describe('when the camera does not work', () => {
  const refuse = (page: Page, name: string) =>
    page.addInitScript((why) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', why));
    }, name);
  const withoutDevices = (page: Page) =>
    page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined }));

  /** The words, and that the other ways are there. */
  async function says(page: Page, words: string, language = zh) {
    await state(page, 'trouble');
    await expect(status(page)).toHaveText(language(words));
    await expect(scanner(page).getByText(language('scanner_photo'), { exact: true })).toBeVisible();
    await expect(page.locator('#q')).toBeEditable();
  }

  for (const [name, words] of [
    ['NotAllowedError', 'scanner_denied'],
    ['NotFoundError', 'scanner_absent'],
    ['NotReadableError', 'scanner_busy'],
    ['TypeError', 'scanner_silent'],
  ]) {
    test(`${name} has words of its own`, async ({ page }) => {
      await refuse(page, name);
      await page.goto('/');
      await awake(page);
      await start(page).click();
      await says(page, words);
      await expect(page.getByRole('button', { name: zh('scanner_retry') })).toBeVisible();
    });
  }

  test('the same in English', async ({ page, context, portal }) => {
    await context.addCookies([{ name: 'jm_lang', value: 'en', url: portal.address }]);
    await refuse(page, 'NotAllowedError');
    await page.goto('/');
    await awake(page);
    await page.getByRole('button', { name: en('scanner_start') }).click();
    await says(page, 'scanner_denied', en);
  });

  test('a camera without a picture is given up after a while', async ({ page }) => {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = async () => document.createElement('canvas').captureStream(0);
    });
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await state(page, 'opening');
    await says(page, 'scanner_silent');
  });

  test('a camera that was allowed and does not open is given up, and closed if it comes late', async ({ look }) => {
    const page = await look(NOTHING);
    await page.addInitScript(() => {
      navigator.permissions.query = async () => ({ state: 'granted' }) as PermissionStatus;
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      let arrive = () => {};
      const arrival = new Promise<void>((resolve) => (arrive = resolve));
      navigator.mediaDevices.getUserMedia = async (wishes) => {
        await arrival;
        const stream = await ask(wishes);
        Object.assign(window, { tracks: stream.getTracks() });
        return stream;
      };
      Object.assign(window, { arrive });
    });
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await state(page, 'opening');
    await says(page, 'scanner_silent');
    await page.evaluate(() => (window as any).arrive());
    await expect.poll(() => page.evaluate(() => (window as any).tracks?.[0].readyState)).toBe('ended');
  });

  test('an unencrypted address', async ({ page }) => {
    await withoutDevices(page);
    await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { get: () => false }));
    await page.goto('/');
    await awake(page);
    await says(page, 'scanner_insecure');
    await expect(page.locator('.scanner-toggle'), 'pressing it could not help').toBeHidden();
  });

  test('a browser without cameras', async ({ page }) => {
    await withoutDevices(page);
    await page.goto('/');
    await awake(page);
    await says(page, 'scanner_unsupported');
  });

  for (const app of ['MicroMessenger/8.0.47', 'AliApp(DingTalk/7.5.0)', 'AlipayClient/10.5.36']) {
    test(`inside ${app} it says how to open the browser`, async ({ look }) => {
      const page = await look({}, { userAgent: `Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Mobile ${app}` });
      await withoutDevices(page);
      await page.goto('/');
      await awake(page);
      await says(page, 'scanner_in_app');
    });
  }

  test('inside an app a refusal is the app’s', async ({ look }) => {
    const page = await look({}, { userAgent: 'Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.47' });
    await refuse(page, 'NotAllowedError');
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await says(page, 'scanner_in_app');
  });

  test('a reader that does not arrive', async ({ look, watch }) => {
    const page = await look(NOTHING);
    await page.route('**/pkg/scan-worker.*.js', (route) => route.abort());
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await says(page, 'scanner_unloaded');
    watch.forget();
  });
});

/** When something happened in the page, in milliseconds from the press on the button. */
async function clock(page: Page) {
  await keepNotes(page);
  await page.addInitScript((side) => {
    const note = (window as any).note;
    let pressed = 0;
    const since = (what: string) => note('times', { what, ms: Math.round(performance.now() - pressed) });
    addEventListener('click', (event) => {
      if (!pressed && (event.target as Element).closest('.scanner-toggle')) pressed = performance.now();
    }, true);
    addEventListener('DOMContentLoaded', () => {
      const video = document.querySelector('video');
      if (!video) return;
      const canvas = new OffscreenCanvas(1, 1);
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      let first = true;
      let sharp = false;
      const look = () => {
        if (first) since('picture');
        first = false;
        context.drawImage(video, side / 4, side / 4, side / 2, side / 2, 0, 0, 1, 1);
        const is = context.getImageData(0, 0, 1, 1).data[0] > 190;
        if (is && !sharp) since('sharp');
        sharp = is;
        video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
      let read = false;
      new MutationObserver(() => {
        if (!read && document.querySelector('.scanner-found path[d^=M]')) {
          read = true;
          since('read');
        }
        if (document.querySelector('[data-scanner-state=leaving]')) since('leaving');
      }).observe(document.body, { subtree: true, attributes: true, childList: true });
    });
  }, SHARP_MARK);
}

test('a label that comes into view, blurred and turned before it is sharp, is read', async ({ look, portal }) => {
  const page = await look({ text: `HTTP://${portal.host}/C/${LAND.dry}`, hand: 'comes' });
  await clock(page);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 40_000 });
  const times: { what: string; ms: number }[] = await noted(page, 'times');
  const at = (what: string) => times.find((time) => time.what === what)?.ms;
  // Figures for a person to read; nothing hangs on them.
  console.log(`picture after ${at('picture')} ms`);
  const read = at('read')!;
  const sharp = times.filter(({ what, ms }) => what === 'sharp' && ms <= read).at(-1)?.ms;
  console.log(
    sharp === undefined
      ? `read after ${read} ms, before any frame was sharp`
      : `read ${read - sharp} ms after the first sharp frame, page opened after ${at('leaving')! - sharp} ms`,
  );
  expect(requests.some((path) => path.includes('scan-worker'))).toBe(true);
});
