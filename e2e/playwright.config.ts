import { defineConfig } from '@playwright/test';
import type { Name } from './fixtures/people';
import { CHROMIUM, CHROMIUM_SWITCHES, OUT, PHONE } from './fixtures/paths.mjs';

/**
 * Black-box tests of the built binary in Debian's Chromium. A folder is an intent: `journeys/` what
 * people come for, `no-js/` the same without scripts, `security/` what must never happen on any
 * page, `operator/` what whoever runs a portal does, `a11y/` whether everybody can use it; `people/`
 * the ways of eight people with their taps and keys counted, in three engines.
 */
export default defineConfig<{}, { engine: Name }>({
  testDir: '.',
  outputDir: `${OUT}/results`,
  globalSetup: './fixtures/setup.ts',
  workers: 2,
  // Each worker has a portal and a department of its own.
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // On a machine shared with other work a browser can lose a second anywhere; a test that needs its
  // second go is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: PHONE,
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_SWITCHES },
  },
  projects: [
    { name: 'journeys', testDir: 'journeys' },
    { name: 'no-js', testDir: 'no-js', use: { javaScriptEnabled: false } },
    { name: 'security', testDir: 'security', timeout: 300_000 },
    { name: 'operator', testDir: 'operator', timeout: 300_000 },
    { name: 'a11y', testDir: 'a11y', timeout: 300_000 },
    ...(['chromium', 'firefox', 'webkit'] as const).map((engine) => ({
      name: `people-${engine}`, testDir: 'people', timeout: 240_000, use: { engine },
    })),
  ],
});
