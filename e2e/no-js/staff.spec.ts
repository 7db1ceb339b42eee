import { signIn } from '../fixtures/staff';
import { LAND, expect, test, zh } from '../fixtures/test';

test('desk D1, D8: without JavaScript a clerk chooses a passphrase, signs in, and sees more for a reason', async ({ page, portal }) => {
  await signIn(page, portal.staff('li.na', 'registration', 'clerk'), 'li.na');
  await expect(page.locator('h1')).toHaveText(zh('staff_desk'));
  // As a scanner gun does: into the field that has the cursor, and Enter.
  await expect(page.locator('#q')).toBeFocused();
  await page.keyboard.type(LAND.flooded);
  await page.keyboard.press('Enter');
  await expect(page.locator('.place')).toBeVisible();
  await expect(page.locator('.place .banner').filter({ hasText: zh('looked_title') })).toHaveCount(0);
  await page.locator('#reason').fill('来窗口问抵押');
  await page.getByRole('button', { name: zh('staff_closer_button') }).click();
  await expect(page.locator('.place .banner').filter({ hasText: zh('looked_title') })).toBeVisible();
  await page.getByRole('button', { name: zh('staff_sign_out') }).click();
  await expect(page.locator('.banner')).toContainText(zh('staff_left_title'));
  await page.goto('/staff');
  await expect(page.locator('h1')).toHaveText(zh('staff_sign_in_title'));
});
