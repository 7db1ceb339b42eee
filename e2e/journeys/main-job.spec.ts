import {
  CORRECTION, LAND, NO_CAMBRIDGE, answer, awake, expect, handInForm, knownRestrictions, readReceipt, readRestrictions, test, zh,
} from '../fixtures/test';
import type { Page } from '@playwright/test';

async function openCamera(page: Page) {
  await page.goto('/');
  await awake(page);
  await page.getByRole('button', { name: zh('scanner_start') }).click();
}

async function shownCode(page: Page) {
  return (await page.locator('.code .code-characters').allInnerTexts()).join('');
}

test('a label held before the camera leads to a request that the department receives once', async ({ portal, stop, look }) => {
  const page = await look({ text: `HTTP://${portal.host}/C/${stop.code}` });
  await openCamera(page);
  await page.waitForURL(`**/c/${stop.code}`, { timeout: 30_000 });

  expect(await shownCode(page)).toBe(stop.code);
  const known = await knownRestrictions(portal, stop.code);
  expect(known.concerned.length, 'the place was chosen for its restrictions').toBeGreaterThan(0);
  expect(await readRestrictions(page)).toEqual(known);

  await page.locator('#services').getByRole('link', { name: '信息纠错' }).click();
  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  const { number, secret } = await readReceipt(page);

  const received = async () => (await portal.inbox()).filter((entry) => entry.body.request === number);
  await expect.poll(async () => (await received()).length).toBe(1);
  const [delivery] = await received();
  const { applicant_name, applicant_phone, applicant_email, consent, ...answers } = CORRECTION;
  expect(delivery.body).toMatchObject({
    request: number,
    item: 'data-correction',
    code: stop.code,
    answers,
    applicant: { applicant_name, applicant_phone, applicant_email },
  });

  // Later, on another device, with what was written down.
  const elsewhere = await look({});
  await elsewhere.goto('/requests');
  await elsewhere.getByLabel(zh('open_number')).fill(number);
  await elsewhere.getByLabel(zh('open_secret')).fill(secret);
  await elsewhere.getByRole('button', { name: zh('open_button') }).click();
  await expect(elsewhere.locator('.receipt')).toContainText(delivery.reference);
  await expect(elsewhere.locator('.timeline')).toContainText(zh('state_acknowledged'));
  expect(await readReceipt(elsewhere), 'number and secret stay there').toEqual({ number, secret });
  expect(await received()).toHaveLength(1);
});

test('a label with the bare code is read as well', async ({ look, portal, stop }) => {
  const page = await look({ text: stop.code, level: 'Q' });
  await openCamera(page);
  await page.waitForURL(`${portal.address}/c/${stop.code}`, { timeout: 30_000 });
  await expect(page.locator('h1')).toBeVisible();
});

test('a parcel of Cambridge shows its zoning district with its share', async ({ page, portal, stop }) => {
  test.skip(NO_CAMBRIDGE !== '', NO_CAMBRIDGE);
  expect(stop.source).toBe('cambridge');
  await page.goto(`/c/${stop.code}`);
  const { concerned } = await portal.api(`/parcels/${stop.code}/restrictions`);
  const said = (await page.locator('.answers-concerned .finding').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
  const findings = concerned.flatMap((theme) => theme.layers).flatMap((layer) => layer.findings).filter(({ sliver }) => !sliver);
  expect(said).toHaveLength(findings.length);
  findings.forEach(({ label, share }, at) => {
    expect(said[at]).toContain(label.zh);
    const [, percent] = said[at].match(/([\d.]+)%/) ?? [];
    expect(percent, said[at]).toBeDefined();
    expect(Math.abs(Number(percent) - share * 100), `${said[at]} for ${share}`).toBeLessThanOrEqual(0.5);
  });
  expect(findings.length).toBeGreaterThan(0);
});

test('half a parcel in a flood zone is said to be half', async ({ page, portal }) => {
  await page.goto(`/c/${LAND.flooded}`);
  await expect(page.locator('.answers-concerned')).toContainText('测试行洪区');
  const { concerned } = await portal.api(`/parcels/${LAND.flooded}/restrictions`);
  const share = concerned[0].layers[0].findings[0].share;
  expect(share).toBeGreaterThan(0.498);
  expect(share).toBeLessThan(0.502);
  await expect(page.locator('.answers-concerned .finding')).toContainText('50%');
  await page.goto(`/c/${LAND.dry}`);
  await expect(page.locator('.answers-concerned')).not.toContainText('测试行洪区');
});

test('the map opens in the place of the drawing', async ({ page, stop }) => {
  await page.goto(`/c/${stop.code}`);
  await expect(page.locator('.place-map-frame svg').first()).toBeAttached();
  await page.locator('.place-map').scrollIntoViewIfNeeded();
  await expect(page.locator('.place-map')).toHaveAttribute('data-place-map', 'open', { timeout: 30_000 });
  await expect(page.locator('.place-map canvas')).toBeVisible();
});
