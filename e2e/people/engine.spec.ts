// What depends on the engine most.
import { LAND, expect, test, zh } from '../fixtures/people';

const MAP = `document.querySelector('.place-map')`;

test('the camera opens and the page says so', async ({ visit }) => {
  const visitor = await visit();
  await visitor.open('/');
  await visitor.tap('button', zh('scanner_start'));
  await visitor.finds(`document.querySelector('.scanner').dataset.scannerState`, 'scanning');
  await visitor.finds(`(({ videoWidth, paused }) => videoWidth > 0 && !paused)(document.querySelector('.scanner video'))`, true);
  // After a while it gives advice.
  await visitor.reads(new RegExp(`${zh('scanner_scanning')}|${zh('scanner_hint')}`), '.scanner-status');
  await visitor.tap('button', zh('scanner_stop'));
  await visitor.finds(`document.querySelector('.scanner').dataset.scannerState`, 'idle');
});

test('the page for counters has the cursor in its field when it is awake', async ({ visit }) => {
  const visitor = await visit();
  await visitor.open('/?counter=1');
  await visitor.type(LAND.dry);
  await visitor.press('Enter');
  await visitor.arrives(`/c/${LAND.dry}`);
});

test('a profile shows a map that moves where the engine can draw it, and otherwise the drawn one and says so', async ({ visit, engine }) => {
  const visitor = await visit();
  await visitor.open(`/c/${LAND.dry}`);
  await visitor.window.value(`${MAP}.scrollIntoView({ behavior: 'instant' })`);
  const draws = await visitor.window.value(`Boolean(document.createElement('canvas').getContext('webgl2'))`);
  // WebKit's depends on the machine.
  if (engine !== 'webkit') expect(draws).toBe(engine === 'chromium');
  await visitor.finds(`${MAP}.dataset.placeMap`, draws ? 'open' : 'drawn');
  if (draws) {
    await visitor.finds(`${MAP}.querySelector('canvas').clientHeight > 100`, true);
    return;
  }
  await visitor.finds(`${MAP}.querySelector('svg').clientHeight > 100`, true);
  await visitor.reads(zh('map_drawn'), '.place-map-status');
});
