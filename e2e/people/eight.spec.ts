// Eight people on their ways, in every engine. What a way costs stands beside it: whoever makes one
// longer hears of it here.
import { photo } from '../fixtures/scanner';
import { DESKTOP, LAND, type Visitor, correct, en, expect, keys, questions, test, zh } from '../fixtures/people';

const FORM = 'data-correction';

/** Finds the place by its code, typed into the field of the home page: two taps. */
async function typeCode(visitor: Visitor, words: typeof zh = zh) {
  await visitor.fill(words('search_label'), LAND.dry, 'searchbox');
  await visitor.tap('button', words('search_button'));
  await visitor.arrives(`/c/${LAND.dry}`);
}

/** A site that may be built on, as somebody has read of it: its address, and what they want to know. */
async function site(portal: { api(path: string): Promise<any> }) {
  const { features } = await portal.api('/parcels?bbox=119.9,30.5,120.0,30.6&limit=40');
  for (const { id } of features) {
    const { location, floor_area_ratio: ratio } = (await portal.api(`/parcels/${id}`)).properties.facts;
    if (ratio && location) return { id, location, ratio };
  }
  throw new Error(`no site among ${features.length} places`);
}

test('a citizen gets from the photo of a label to a receipt with 10 taps, and to its progress with 4', async ({ portal, visit }) => {
  const { path } = portal.label(LAND.dry);
  const visitor = await visit();
  await visitor.open('/');
  await visitor.choosePhoto(photo(`label-${portal.host.replace(':', '-')}`, `HTTPS://${portal.host}/L/${path.slice(3)}`.toUpperCase()));
  await visitor.arrives(path);
  await visitor.reads(zh('label_genuine_title'));
  await correct(visitor, await questions(portal, FORM), zh);
  await visitor.sees('heading', zh('receipt_fresh_title'));
  const { number, secret } = await keys(visitor);
  expect(visitor.taps).toBeLessThanOrEqual(10);

  const received = async () => (await portal.inbox()).filter((entry: any) => entry.body.request === number);
  await expect.poll(async () => (await received()).length, { timeout: 60_000 }).toBe(1);
  // Another day, with what was written down.
  const later = await visit();
  await later.open('/');
  await later.tap('link', zh('way_follow'));
  await later.arrives('/requests');
  await later.fill(zh('open_number'), number);
  await later.fill(zh('open_secret'), secret);
  await later.tap('button', zh('open_button'));
  await later.arrives(`/requests/${number}`);
  await later.reads(zh('state_acknowledged'));
  expect(later.taps).toBeLessThanOrEqual(4);
});

test('a business at a desk gets from an address to the facts of a site with 2 clicks and a key', async ({ portal, visit }) => {
  const { id, location, ratio } = await site(portal);
  const visitor = await visit({ size: DESKTOP });
  await visitor.open('/');
  await visitor.fill(zh('search_label'), location, 'searchbox');
  await visitor.press('Enter');
  await visitor.arrives(`/?q=${encodeURIComponent(location)}`);
  await visitor.tap('link', location);
  await visitor.arrives(`/c/${id}`);
  await visitor.reads(zh('field_floor_area_ratio'));
  await visitor.reads(String(ratio), '.place-facts');
  expect(visitor.taps).toBeLessThanOrEqual(2);
  expect(visitor.keys).toBeLessThanOrEqual(1);
});

test('a clerk gets from the home page to the first field of a form with 14 keys', async ({ portal, visit }) => {
  const form = await questions(portal, FORM);
  const visitor = await visit({ size: DESKTOP });
  await visitor.open('/');
  await visitor.press('/');
  await visitor.type(LAND.dry);
  await visitor.press('Enter');
  await visitor.arrives(`/c/${LAND.dry}`);
  await visitor.tabTo(zh('skip'));
  await visitor.press('Enter');
  await visitor.tabTo(zh('skip_services'));
  await visitor.press('Enter');
  await visitor.tabTo(form.title);
  await visitor.press('Enter');
  await visitor.arrives(/\/requests\/new$/);
  await visitor.tabTo(zh('skip'));
  await visitor.press('Enter');
  await visitor.tabTo(form.option('field_in_question', 'location'));
  expect(visitor.keys).toBeLessThanOrEqual(14);
  expect(visitor.taps).toBe(0);
});

test('an elder person switches in the middle of a form and loses nothing, 13 taps to the receipt', async ({ portal, visit }) => {
  const elder = (is: boolean) => visitor.finds(`document.documentElement.hasAttribute('data-elder')`, is);
  const visitor = await visit();
  await visitor.open('/');
  await visitor.tap('button', zh('elder_on'));
  await elder(true);
  await visitor.arrives('/');
  await typeCode(visitor);
  const form = await questions(portal, FORM);
  await correct(visitor, form, zh, async () => {
    const typed = `document.querySelector('[name="what_is_wrong"]').value.length > 0`;
    for (const [button, is] of [['elder_off', false], ['elder_on', true]] as const) {
      await visitor.tap('button', zh(button));
      await elder(is);
      await visitor.arrives(/\/requests\/new$/);
      await visitor.finds(typed, true);
    }
  });
  const receipt = await keys(visitor);
  await elder(true);
  expect(visitor.taps).toBeLessThanOrEqual(13);
  await visitor.tap('button', zh('elder_off'));
  await elder(false);
  await visitor.arrives(/^\/requests\/JM-/);
  expect(await keys(visitor), 'no switch takes the receipt away').toEqual(receipt);
});

test('a blind person hears each part by its own name and hands in a form without looking, 36 keys from its top', async ({ portal, visit }) => {
  const form = await questions(portal, FORM);
  const visitor = await visit();
  await visitor.open(`/c/${LAND.flooded}`);
  for (const title of ['facts_title', 'restrictions_title', 'place_services']) await visitor.sees('heading', zh(title));
  const parts: string[] = await visitor.window.value(
    `[...document.querySelectorAll('main summary')].map((one) => one.textContent.replaceAll(/\\s+/g, ' '))`,
  );
  expect(new Set(parts).size, parts.join('; ')).toBe(parts.length);

  await visitor.open(`/c/${LAND.flooded}/requests/new?item=${FORM}`);
  await visitor.tabTo(zh('skip'));
  await visitor.press('Enter');
  await visitor.tabTo(form.option('field_in_question', 'location'));
  await visitor.press('ArrowDown');
  await visitor.tabTo(form.label('what_is_wrong'));
  await visitor.type('wrong area');
  await visitor.tabTo(form.label('applicant_name'));
  await visitor.type('Lin');
  await visitor.press('Enter');
  // What is wrong is read first, and leads to its field: in WebKit with the cursor once the page is awake.
  await visitor.finds(`document.activeElement.matches('.error-summary')`, true);
  await visitor.arrives(/\/requests\/new$/);
  await visitor.tabTo(zh('fault_missing', { label: form.label('applicant_phone') }));
  await visitor.press('Enter');
  await visitor.finds(`document.activeElement.name`, 'applicant_phone');
  await visitor.type('13800138000');
  expect(await visitor.window.value(`document.activeElement.value`)).toBe('13800138000');
  await visitor.tabTo(form.label('consent'));
  await visitor.press('Space');
  await visitor.tabTo(zh('review_button'));
  await visitor.press('Enter');
  await visitor.sees('heading', zh('review_title'));
  await visitor.tabTo(zh('skip'));
  await visitor.press('Enter');
  await visitor.tabTo(zh('submit_request'));
  await visitor.press('Enter');
  await visitor.arrives(/^\/requests\/JM-/);
  await visitor.sees('heading', zh('receipt_fresh_title'));
  expect(visitor.keys).toBeLessThanOrEqual(36);
  expect(visitor.taps).toBe(0);
});

test('a reader of English gets a name to say and a receipt, 11 taps', async ({ portal, visit }) => {
  const visitor = await visit();
  await visitor.open('/');
  await visitor.tap('button', 'English');
  await visitor.finds(`document.documentElement.lang.slice(0, 2)`, 'en');
  await visitor.arrives('/');
  await typeCode(visitor, en);
  expect(await visitor.text('h1')).toMatch(/[A-Z][a-z]+/);
  expect(await visitor.window.value('document.title')).toMatch(/^[A-Z][a-z]+/);
  await correct(visitor, await questions(portal, FORM, 'en'), en);
  await visitor.sees('heading', en('receipt_fresh_title'));
  expect(visitor.taps).toBeLessThanOrEqual(11);
});

test('without scripts the same request takes 10 taps', async ({ portal, visit, engine }) => {
  test.skip(engine !== 'chromium', 'pages without scripts are Chromium\'s to show');
  const visitor = await visit({ scripts: false });
  await visitor.open('/');
  await typeCode(visitor);
  await correct(visitor, await questions(portal, FORM), zh);
  await keys(visitor);
  expect(visitor.taps).toBeLessThanOrEqual(10);
});

test('an operator sees a label from the command line open its place, 2 taps', async ({ portal, visit }) => {
  const { path, file, serial } = portal.label(LAND.dry);
  const visitor = await visit();
  await visitor.open('/');
  await visitor.choosePhoto(file);
  await visitor.arrives(path);
  await visitor.reads(zh('label_genuine_title'));
  await visitor.reads(serial);
  expect(visitor.taps).toBeLessThanOrEqual(2);
});
