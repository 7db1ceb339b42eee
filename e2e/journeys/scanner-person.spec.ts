import type { Page } from '@playwright/test';
import { png } from '../frames/png.mjs';
import { LAND, awake, en, expect, test, zh } from '../fixtures/test';
import { keepNotes, noted, scanner, standIn, start, state, status, stop, unfold, watchCamera } from '../fixtures/scanner';

const NOTHING = { text: '这里没有码' };
const CORNERS = [500, 200, 700, 200, 700, 400, 500, 400];
const seen = (...texts: string[]) => ({ payloads: texts.map((text) => ({ text, corners: CORNERS })) });
const ONE = 'https://one.example/';
const TWO = 'https://two.example/';

async function open(page: Page) {
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'scanning');
}

/** Names the cameras; only the first is there in truth. Notes which are asked for. */
async function cameras(page: Page, labels: string[], refused = '') {
  await keepNotes(page);
  await page.addInitScript(({ labels, refused }) => {
    let at = 'camera-1';
    const settings = MediaStreamTrack.prototype.getSettings;
    MediaStreamTrack.prototype.getSettings = function () {
      return { ...settings.call(this), deviceId: at };
    };
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (wishes: any) => {
      const id = wishes.video?.deviceId?.exact;
      (window as any).note('asked', id ?? 'any');
      if (refused.split(' ').includes(id ?? 'any')) return Promise.reject(new DOMException('busy', 'NotReadableError'));
      at = id ?? 'camera-1';
      return ask({ video: true });
    };
    devices.enumerateDevices = async () =>
      labels.map((label, index) => ({ kind: 'videoinput', deviceId: `camera-${index + 1}`, label })) as any;
  }, { labels, refused });
}

test.describe('what is said beside the picture', () => {
  test('ends when it is not seen any more, and the hint follows', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [seen(ONE), {}]);
    await open(page);
    await expect(status(page)).toContainText(zh('scanner_foreign'));
    await expect(status(page)).not.toContainText(zh('scanner_foreign'), { timeout: 15_000 });
    await expect(status(page)).toContainText(zh('scanner_hint'), { timeout: 15_000 });
  });

  test('stays the same while two labels are in view', async ({ look }) => {
    const page = await look(NOTHING);
    await keepNotes(page);
    await page.addInitScript(() => {
      new MutationObserver(() => {
        const host = document.querySelector('.scanner-host')?.textContent;
        if (host) (window as any).note('hosts', host);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    const both = Array.from({ length: 25 }, (_, at) => (at % 2 ? seen(ONE, TWO) : seen(TWO, ONE)));
    await standIn(page, [...both, seen(LAND.dry)]);
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await page.waitForURL(`**/c/${LAND.dry}`, { timeout: 30_000 });
    expect(new Set(await noted(page, 'hosts'))).toEqual(new Set(['two.example']));
  });

  test('is not read out again when the advice changes', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [seen(ONE)]);
    await open(page);
    const regions = scanner(page).getByRole('status');
    await expect(regions.filter({ hasText: zh('scanner_scanning') })).toHaveCount(1);
    await expect(regions.filter({ hasText: 'one.example' })).toHaveCount(1);
    await expect(regions.filter({ hasText: 'one.example' })).not.toContainText(zh('scanner_scanning'));
  });

  for (const [name, answers] of [['a notice', [seen(ONE)]], ['a choice', [seen(LAND.dry, LAND.flooded)]]] as const) {
    test(`${name} is in view in large type`, async ({ look, portal }) => {
      const page = await look(NOTHING);
      await page.context().addCookies([{ name: 'jm_elder', value: '1', url: portal.address }]);
      await standIn(page, [...answers]);
      await page.goto('/');
      await awake(page);
      await start(page).click();
      const last = page.locator(name === 'a choice' ? '.scanner-choice >> nth=-1' : '.scanner-text');
      await expect(last).toBeVisible();
      await expect.poll(() => last.evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      })).toBe(true);
    });
  }

  test('trouble is in view in large type', async ({ look, portal }) => {
    const page = await look({ denied: true });
    await page.context().addCookies([{ name: 'jm_elder', value: '1', url: portal.address }]);
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await state(page, 'trouble');
    await expect.poll(() => status(page).evaluate((element) =>
      element.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
  });
});

test.describe('the focus', () => {
  test('stays on the list of cameras while another one opens', async ({ look }) => {
    const page = await look(NOTHING);
    await cameras(page, ['One', 'Two', 'Three']);
    await standIn(page, [{}]);
    await open(page);
    const list = page.locator('.scanner-lens select');
    await unfold(page);
    await list.focus();
    for (const camera of ['camera-2', 'camera-3']) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(async () => (await noted(page, 'asked')).at(-1)).toBe(camera);
      await state(page, 'scanning');
      await expect(list).toBeFocused();
      await expect(list).toHaveValue(camera);
    }
  });

  test('goes to the first choice if its control is gone', async ({ look }) => {
    const page = await look(NOTHING);
    await standIn(page, [...Array(15).fill({}), seen(LAND.dry, LAND.flooded)]);
    await open(page);
    await unfold(page);
    await page.getByRole('button', { name: zh('scanner_sound') }).focus();
    await state(page, 'choosing');
    await expect(page.locator('.scanner-choice').first()).toBeFocused();
  });
});

test.describe('a remembered camera', () => {
  const remember = (page: Page) => page.addInitScript(() => localStorage.setItem('jm-camera', 'camera-2'));

  test('that is busy is passed over', async ({ look }) => {
    const page = await look(NOTHING);
    await cameras(page, ['One', 'Two'], 'camera-2');
    await remember(page);
    await standIn(page, [{}]);
    await open(page);
    expect(await noted(page, 'asked')).toEqual(['camera-2', 'any']);
    await expect(page.locator('.scanner-lens select')).toHaveValue('camera-1');
  });

  test('that is busy like the usual one leaves the others to choose from', async ({ look }) => {
    const page = await look(NOTHING);
    await cameras(page, ['One', 'Two', 'Three'], 'camera-2 any');
    await remember(page);
    await standIn(page, [{}]);
    await page.goto('/');
    await awake(page);
    await start(page).click();
    await state(page, 'trouble');
    await page.locator('.scanner-lens select').selectOption('camera-3');
    await state(page, 'scanning');
  });
});

test('the camera’s long name leaves the page as wide as it is', async ({ look, portal }) => {
  for (const width of [390, 320]) {
    const page = await look(NOTHING, { viewport: { width, height: 844 } });
    if (width === 320) {
      await page.context().addCookies([
        { name: 'jm_lang', value: 'en', url: portal.address },
        { name: 'jm_elder', value: '1', url: portal.address },
      ]);
    }
    await cameras(page, ['FaceTime高清相机（内建）(05ac:8514) Integrated Webcam HD 1080p', 'camera2 0, facing back']);
    await standIn(page, [{}]);
    await page.goto('/');
    await awake(page);
    await page.locator('.scanner-toggle').click();
    await state(page, 'scanning');
    await page.locator('.scanner-more').click();
    await expect(page.locator('.scanner-lens')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  }
});

test('after minutes without a read the camera rests, and one press wakes it', async ({ look }) => {
  const page = await look(NOTHING);
  await keepNotes(page);
  await watchCamera(page);
  await standIn(page, [{}]);
  await open(page);
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 200_000;
  });
  await state(page, 'idle');
  await expect(status(page)).toContainText(zh('scanner_tired'));
  expect(await page.evaluate(() => (window as any).tracks[0].readyState)).toBe('ended');
  await start(page).click();
  await state(page, 'scanning');
});


test('nothing in the clipboard leaves the camera on', async ({ look }) => {
  const page = await look(NOTHING);
  await page.addInitScript(() => {
    Clipboard.prototype.read = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await standIn(page, [{}]);
  await open(page);
  await unfold(page);
  await page.getByRole('button', { name: zh('scanner_paste'), exact: true }).click();
  await expect(status(page)).toContainText(zh('scanner_paste_nothing'));
  await state(page, 'scanning');
});

test('a reader that gets stuck is tried again, and the picture is not blamed', async ({ page }) => {
  await keepNotes(page);
  await page.route('**/pkg/scan-worker.*.js', (route) => route.fulfill({
    contentType: 'text/javascript',
    body: `self.onmessage = ({ data }) => data.idle || self.postMessage({ id: data.id, error: 'stuck' });
      self.postMessage({ ready: true, bitmaps: false });`,
  }));
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message: any, ...rest: any[]) {
      (window as any).note('sent', { still: message.still === true, width: message.width });
      return post.call(this, message, ...(rest as [Transferable[]]));
    };
  });
  await page.goto('/');
  await awake(page);
  const buffer = png(new Uint8Array(1600 * 900).fill(140), 1600, 900);
  await page.locator('.scanner-file input:not([capture])').setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer });
  await expect(status(page)).toContainText(zh('scanner_failed'));
  // Where workers draw nothing the page draws it, and says that it is a photo.
  expect(await noted(page, 'sent')).toEqual([{ still: true, width: 1600 }, { still: true, width: 1600 }]);
});

test('on a phone the picture fills the screen, with one button and the rest folded', async ({ look }) => {
  for (const viewport of [{ width: 390, height: 844 }, { width: 320, height: 568 }]) {
    const page = await look(NOTHING, { viewport, hasTouch: true, isMobile: true });
    await standIn(page, [{}]);
    await open(page);
    const box = (name: string) => page.locator(name).evaluate((element) => element.getBoundingClientRect().toJSON());
    const [stage, button] = [await box('.scanner-stage'), await box('.scanner-toggle')];
    expect([stage.left, stage.top, stage.width]).toEqual([0, 0, viewport.width]);
    expect(stage.height, 'most of the screen').toBeGreaterThan(viewport.height * 0.6);
    expect(button.bottom).toBeLessThanOrEqual(viewport.height);
    expect(await page.locator('.scanner-controls').getByRole('button').count(), 'stop, type, more').toBe(3);
    // What is covered is not reached.
    await expect(page.locator('.site-nav a').first()).toBeHidden();
    await expect(page.locator('#q')).toBeHidden();
    const more = page.getByRole('button', { name: zh('scanner_more'), exact: true });
    await expect(more).toHaveAttribute('aria-expanded', 'false');
    await more.click();
    await expect(more).toHaveAttribute('aria-expanded', 'true');
    await expect(page.locator('.scanner-sound')).toBeVisible();
    await page.getByRole('button', { name: zh('scanner_type') }).click();
    await expect(page.locator('#q')).toBeFocused();
    await expect(page.locator('.scanner-stage')).toBeHidden();
    await page.context().browser()!.close();
  }
});

test('a phone on its side has picture and button in view', async ({ look }) => {
  const page = await look(NOTHING, { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true });
  await standIn(page, [{}]);
  await open(page);
  await expect.poll(() => page.evaluate(() => {
    const box = (name: string) => document.querySelector(name)!.getBoundingClientRect();
    const [stage, button] = [box('.scanner-stage'), box('.scanner-toggle')];
    return stage.top >= 0 && stage.bottom <= innerHeight && button.top >= 0 && button.bottom <= innerHeight && button.left >= stage.right;
  })).toBe(true);
});

test('the name of the switch for the tone is a word', async ({ look, portal }) => {
  const page = await look(NOTHING);
  await page.context().addCookies([{ name: 'jm_lang', value: 'en', url: portal.address }]);
  await standIn(page, [{}]);
  await page.goto('/');
  await awake(page);
  await page.getByRole('button', { name: en('scanner_start') }).click();
  await state(page, 'scanning');
  await page.getByRole('button', { name: en('scanner_more'), exact: true }).click();
  await expect(page.locator('.scanner-sound')).toHaveAccessibleName(en('scanner_sound'));
  await expect(page.getByRole('button', { name: en('scanner_type') })).toBeVisible();
});

test('while several codes are to choose from typing is one press away', async ({ look }) => {
  const page = await look(NOTHING);
  await standIn(page, [seen(LAND.dry, LAND.flooded)]);
  await page.goto('/');
  await awake(page);
  await start(page).click();
  await state(page, 'choosing');
  await page.getByRole('button', { name: zh('scanner_type') }).click();
  await expect(page.locator('#q')).toBeFocused();
  await expect(stop(page)).toHaveCount(0);
});
