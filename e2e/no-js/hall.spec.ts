import { signIn } from '../fixtures/staff';
import { expect, test, zh } from '../fixtures/test';

test('desk D9: without JavaScript a visitor takes a ticket, a counter calls it, and the board shows it', async ({ page, context, portal }) => {
  await page.goto('/hall/main/ticket');
  await page.getByLabel(zh('aim_register')).check();
  await page.getByLabel(zh('hall_priority')).check();
  await page.getByRole('button', { name: zh('hall_take'), exact: true }).click();
  await expect(page.locator('.hall-latest')).toHaveText('B001');
  await expect(page.locator('.lead')).toHaveText(zh('hall_next'));

  const clerk = await context.newPage();
  await signIn(clerk, portal.staff('zhou.min', 'registration', 'clerk'), 'zhou.min');
  await clerk.getByRole('link', { name: zh('staff_queue'), exact: true }).click();
  await clerk.getByRole('combobox', { name: zh('hall_counter') }).selectOption('2');
  await clerk.getByRole('button', { name: zh('staff_sit'), exact: true }).click();
  // The cursor is on it: Enter calls.
  const next = clerk.getByRole('button', { name: zh('staff_call_next'), exact: true });
  await expect(next).toBeFocused();
  await clerk.keyboard.press('Enter');
  await expect(clerk.locator('.hall-latest')).toHaveText('B001');

  const call = zh('hall_call').replace('{number}', 'B001').replace('{counter}', '2');
  await page.goto('/hall/main');
  await expect(page.locator('.hall-latest')).toHaveText(call);
  await expect(page).toHaveTitle(new RegExp(call));
  await clerk.getByRole('button', { name: zh('staff_over'), exact: true }).click();
  await expect(clerk.locator('.hall-latest')).toHaveText(zh('staff_free'));
  // The board comes anew by itself.
  await expect(page.locator('.hall-latest')).toHaveText(zh('hall_nobody_called'), { timeout: 9_000 });
});
