import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { CORRECTION, answer, expect, handInForm, readReceipt, test, zh } from '../fixtures/test';

async function handIn(page: Page, code: string) {
  await page.goto(`/c/${code}/requests/new?item=data-correction`);
  await answer(page, CORRECTION);
  await handInForm(page);
  await page.waitForURL('**/requests/JM-*');
  return readReceipt(page);
}

/** Reloads a page until it says so: departments answer when they answer. */
async function says(page: Page, place: string, text: string) {
  await expect(async () => {
    await page.reload();
    await expect(page.locator(place)).toContainText(text, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

test('an applicant takes everything along, corrects it, takes it back and has it deleted', async ({ page, portal, stop }) => {
  const { number } = await handIn(page, stop.code);
  await says(page, '.departments', zh('standing_delivered'));

  await page.getByRole('link', { name: zh('rights_correct') }).click();
  const wrong = page.locator('[name="what_is_wrong"]');
  await expect(wrong).toHaveValue(CORRECTION.what_is_wrong);
  await wrong.fill('面积写错了。');
  await page.getByRole('button', { name: zh('correct_button') }).click();
  await page.waitForURL(`**/requests/${number}`);

  await page.getByRole('link', { name: zh('rights_data') }).click();
  await expect(page.locator('main')).toContainText('面积写错了。');
  await expect(page.locator('main')).toContainText(CORRECTION.what_is_wrong);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: zh('data_download') }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${number}.json`);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect(file.answers.what_is_wrong).toBe('面积写错了。');
  expect(file.applicant.applicant_name).toBe(CORRECTION.applicant_name);
  await page.getByRole('link', { name: zh('rights_back') }).click();

  // What it means is said first, and the way back does nothing.
  await page.getByRole('link', { name: zh('rights_withdraw') }).click();
  await expect(page.locator('main')).toContainText(zh('withdraw_before'));
  await page.getByRole('link', { name: zh('rights_back') }).click();
  await expect(page.locator('.receipt .tag-state')).not.toHaveText(zh('state_withdrawn'));
  await page.getByRole('link', { name: zh('rights_withdraw') }).click();
  await page.getByRole('button', { name: zh('withdraw_button') }).click();
  await page.waitForURL(`**/requests/${number}`);
  await expect(page.locator('.receipt .tag-state')).toHaveText(zh('state_withdrawn'));
  await says(page, '.departments', '确认收到您的撤回');
  const about = (await portal.inbox()).filter((entry) => entry.body.request === number);
  const kinds = about.map((entry) => entry.body.kind).sort();
  expect(kinds).toEqual(['request.corrected', 'request.submitted', 'request.withdrawn']);

  await page.getByRole('link', { name: zh('rights_delete') }).click();
  await page.getByRole('button', { name: zh('delete_button') }).click();
  await page.waitForURL(`**/requests/${number}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh('deleted_title'));
  await expect(page.locator('main')).not.toContainText('面积写错了。');
});

test('what the department does not have yet never reaches it after a withdrawal', async ({ page, portal, stop }) => {
  await portal.closeDepartment();
  let number: string;
  try {
    ({ number } = await handIn(page, stop.code));
    await page.getByRole('link', { name: zh('rights_withdraw') }).click();
    await page.getByRole('button', { name: zh('withdraw_button') }).click();
    await page.waitForURL(`**/requests/${number}`);
    await expect(page.locator('.departments')).toContainText(zh('standing_taken_back'));
  } finally {
    await portal.openDepartment();
  }
  const later = await handIn(page, stop.code);
  await says(page, '.departments', zh('standing_delivered'));
  const got = (await portal.inbox()).map((entry) => entry.body.request);
  expect(got).toContain(later.number);
  expect(got).not.toContain(number);
});
