import { expect, test } from '../fixtures/test';

test('the watch over every page notices what it is there for', async ({ page, watch }) => {
  await page.route('**/planted', (route) => route.fulfill({
    contentType: 'text/html',
    headers: { 'content-security-policy': "default-src 'none'; script-src 'unsafe-inline'; img-src *" },
    body: `<!doctype html><title>planted</title>
      <p style="color: red">inline style</p>
      <img src="https://tracker.example/pixel.gif" alt="">
      <img src="/pkg/gone.png" alt="">
      <script>console.warn('planted warning'); setTimeout(() => { throw new Error('planted error') })</script>`,
  }));
  await page.goto('/planted');
  await expect.poll(() => watch.complaints.length).toBeGreaterThanOrEqual(3);
  await expect.poll(() => watch.broken.length).toBeGreaterThanOrEqual(2);
  expect(watch.foreign).toEqual(['GET https://tracker.example/pixel.gif']);
  expect(watch.broken.some((line) => line.startsWith('404') && line.endsWith('/pkg/gone.png'))).toBe(true);
  const complaints = watch.complaints.join('\n');
  for (const words of ['planted warning', 'planted error', 'security policy: style-src-attr']) expect(complaints).toContain(words);
  watch.forget();
});
