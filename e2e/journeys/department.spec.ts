import { type ServerResponse, createServer } from 'node:http';
import { CORRECTION, answer, clerk, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

test('while the department is down the page says so, and when it is back it has the request', async ({ page, portal, stop }) => {
  await portal.closeDepartment();
  try {
    await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
    await answer(page, CORRECTION);
    await handInForm(page);
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

test('while the first delivery is under way the page does not speak of a failure', async ({ page, portal, stop }) => {
  await portal.closeDepartment();
  // A desk that takes the delivery and thinks about it for as long as the page is looked at.
  let taken = 0;
  const waiting: ServerResponse[] = [];
  const desk = createServer((request, response) => {
    request.resume();
    taken += 1;
    waiting.push(response);
  });
  const [host, port] = portal.desk.split(':');
  await new Promise<void>((resolve) => desk.listen(Number(port), host, resolve));
  try {
    await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
    await answer(page, CORRECTION);
    await handInForm(page);
    await page.waitForURL('**/requests/JM-*');
    await expect.poll(() => taken).toBe(1);
    await page.reload();
    expect(taken, 'the first delivery is still under way').toBe(1);
    await expect(page.locator('.departments')).toContainText(zh('standing_queued'));
    await expect(page.locator('.departments')).not.toContainText('尚未送达');
  } finally {
    for (const response of waiting) response.writeHead(503).end();
    desk.closeAllConnections();
    await new Promise((resolve) => desk.close(resolve));
    await portal.openDepartment();
  }
});

test('the tracking page tells each step: submitted, sent, acknowledged', async ({ page, stop }) => {
  await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.timeline')).toContainText(zh('state_acknowledged'), { timeout: 500 });
  }).toPass();
  const steps = await page.locator('.timeline-state').allInnerTexts();
  expect(steps).toEqual([zh('state_submitted'), zh('state_sent'), zh('state_acknowledged')]);
});

test('a clerk brings a request to its decision by the buttons of the inbox', async ({ browser, page, portal, stop }) => {
  await page.goto(`/c/${stop.code}/requests/new?item=data-correction`);
  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  const { number } = await readReceipt(page);

  const { context, request } = await clerk(browser, portal, number);
  await expect(request).toContainText(CORRECTION.what_is_wrong);
  await expect(request).not.toContainText('what_is_wrong');

  await request.getByRole('button', { name: '不予受理' }).click();
  await expect(request.getByRole('alert')).toContainText('为什么');
  await request.getByLabel('给申请人的话').fill('请补交证书附图。');
  await request.getByRole('button', { name: '通知补正' }).click();
  await expect(request).toContainText('门户已收下');
  // Desk D10: the next step stands first, and leads to a notice that prints on a strip too.
  await page.reload();
  await expect(page.locator('.standing .banner')).toContainText('需要补正1项');
  await page.locator('.standing').getByRole('link', { name: zh('outcome_title_supplement_asked') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('outcome_title_supplement_asked'));
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 302, height: 800 });
  await expect(page.locator('.outcome')).toContainText('请补交证书附图。');
  await expect(page.getByRole('link', { name: zh('outcome_pdf') })).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(302);
  await page.emulateMedia({ media: 'screen' });
  await page.goBack();
  await request.getByRole('button', { name: '开始办理' }).click();
  await expect(request.locator('.state')).toHaveText('办理中');
  await request.getByLabel('给申请人的话').fill('已更正为299.5平方米。');
  await request.getByLabel('文号或受理号').fill('更正〔2026〕1号');
  await request.getByRole('button', { name: '办结' }).click();
  await expect(request.locator('.state')).toHaveText('已办结');
  await context.close();

  await page.reload();
  await expect(page.locator('.standing .tag-state')).toHaveText(zh('state_decided'));
  await expect(page.locator('.standing-answer')).toContainText('已更正为299.5平方米。');
  await expect(page.locator('.receipt')).toContainText('更正〔2026〕1号');
  await expect(page.locator('.timeline')).toContainText(zh('outcome_title_supplement_asked'));
});
