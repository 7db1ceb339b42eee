import { chromium } from '@playwright/test';
import { CHROMIUM, CHROMIUM_SWITCHES } from '../fixtures/paths.mjs';
import { Portal } from '../fixtures/portal.mjs';
import { signIn } from '../fixtures/staff';
import { expect, test, zh } from '../fixtures/test';

test('desk D1: a clerk adds a passkey, signs out, and signs in with it alone', async ({ locale, timezoneId, viewport }) => {
  // Passkeys are bound to a name, which neither the portal nor the browser of other tests knows.
  const switches = CHROMIUM_SWITCHES.filter((name) => !name.startsWith('--host-resolver-rules'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: switches });
  const portal = await Portal.start({ data: process.env.JIANMA_E2E_DATA!, open: false, named: true });
  try {
    const page = await browser.newPage({ locale, timezoneId, viewport });
    const address = `http://${portal.name}`;
    const client = await page.context().newCDPSession(page);
    await client.send('WebAuthn.enable');
    const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await signIn(page, address + portal.staff('li.na', 'registration', 'clerk'), 'li.na');
    await page.goto(`${address}/staff/sessions`);
    await page.locator('#passkey').fill('李娜的手机');
    await page.getByRole('button', { name: zh('staff_passkey_add'), exact: true }).click();
    await expect(page.locator('.banner')).toContainText(zh('staff_passkey_added'));
    await expect(page.locator('.hit').filter({ hasText: '李娜的手机' })).toContainText(zh('staff_passkey_unused'));
    // The device has it already, and says so.
    await page.locator('#passkey').fill('再来一次');
    await page.getByRole('button', { name: zh('staff_passkey_add'), exact: true }).click();
    await expect(page.locator('.passkey [role=alert]')).toHaveText(zh('staff_passkey_known'));
    await page.getByRole('button', { name: zh('staff_sign_out') }).first().click();

    await page.goto(`${address}/staff/queue`);
    const enter = page.getByRole('button', { name: zh('staff_passkey_sign_in') });
    // Whoever has the phone and not the finger is told so, and gets nowhere.
    await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await enter.click();
    await expect(page.locator('.passkey [role=alert]')).toHaveText(zh('staff_passkey_cancelled'));
    await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await enter.click();
    await expect(page.locator('.staff-who')).toContainText('li.na');
    expect(new URL(page.url()).pathname, 'the way that led to the sign-in').toBe('/staff/queue');

    await page.goto(`${address}/staff/sessions`);
    await page.locator('.hit').filter({ hasText: '李娜的手机' }).getByRole('button').click();
    await expect(page.getByText(zh('staff_passkeys_empty'))).toBeVisible();
    await page.getByRole('button', { name: zh('staff_sign_out') }).first().click();
    await page.goto(`${address}/staff`);
    await enter.click();
    await expect(page.locator('.banner')).toContainText(zh('staff_passkey_wrong'));
  } finally {
    await browser.close();
    await portal.remove();
  }
});
