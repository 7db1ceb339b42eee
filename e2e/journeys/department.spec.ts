import { CORRECTION, answer, expect, readReceipt, test, zh } from '../fixtures/test';

test('while the department is down the page says so, and when it is back it has the request', async ({ page, portal, stop }) => {
  await portal.closeDepartment();
  try {
    await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
    await answer(page, CORRECTION);
    await page.getByRole('button', { name: zh('submit_request') }).click();
    await page.waitForURL('**/requests/JM-*');
    const { number } = await readReceipt(page);
    const standing = page.locator('.departments');
    await expect(async () => {
      await page.reload();
      await expect(standing).toContainText(/尚未送达/, { timeout: 500 });
    }).toPass();
    await expect(page.locator('.timeline')).not.toContainText(zh('state_sent'));
    await expect(page.locator('.timeline')).not.toContainText(zh('state_acknowledged'));

    await portal.openDepartment();
    await expect(async () => {
      await page.reload();
      await expect(page.locator('.timeline')).toContainText(zh('state_acknowledged'), { timeout: 500 });
    }).toPass({ timeout: 20_000 });
    await expect(standing).toContainText(zh('standing_delivered'));
    const received = (await portal.inbox()).filter((entry) => entry.body.request === number);
    expect(received).toHaveLength(1);
    await expect(page.locator('.receipt')).toContainText(received[0].reference);
  } finally {
    if (!portal.department) await portal.openDepartment();
  }
});
