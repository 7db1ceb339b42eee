import { createHash } from 'node:crypto';
import { CORRECTION, LAND, answer, expect, handInForm, test, zh } from '../fixtures/test';

/** What the EXIF of a photo says of where it was taken: none of it goes on (rule X3). */
const PLACE = 'GPS-30.5347N-119.9731E';
/** A small grey JPEG. */
const PLAIN = [
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI//////////////////////////////////////////',
  '//////////wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIh',
  'MUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhI',
  'WGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/AEr/',
  '2Q==',
].join('');

function photo() {
  const plain = Buffer.from(PLAIN, 'base64');
  const exif = Buffer.from(`Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0${PLACE}`, 'latin1');
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([plain.subarray(0, 2), head, exif, plain.subarray(2)]);
}

test('without JavaScript a photo goes with the form through a fault, to the department, without its place', async ({ page, portal }) => {
  await page.goto(`/c/${LAND.dry}/requests/new?item=data-correction`);
  await answer(page, { ...CORRECTION, applicant_phone: '1' });
  await page.locator('#files').setInputFiles([
    { name: '界址.jpg', mimeType: 'image/jpeg', buffer: photo() },
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
  ]);
  await page.getByRole('button', { name: zh('review_button') }).click();
  await expect(page.locator('.error-summary')).toContainText('drawing.svg');
  await expect(page.locator('.files')).toContainText('界址.jpg');
  await answer(page, { applicant_phone: CORRECTION.applicant_phone });
  await handInForm(page);
  expect(new URL(page.url()).pathname).toMatch(/^\/requests\/JM-/);
  await expect(page.locator('.files a')).toHaveText('界址.jpg');
  const number = new URL(page.url()).pathname.split('/').pop();
  const received = async () => (await portal.inbox()).find((entry) => entry.body.request === number);
  await expect.poll(received).toBeTruthy();
  const [file] = (await received()).body.attachments;
  const fetched = await fetch(new URL(file.address, portal.address));
  const bytes = Buffer.from(await fetched.arrayBuffer());
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
  expect(bytes.includes(PLACE) || bytes.includes('Exif')).toBe(false);
});
