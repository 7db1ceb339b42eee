import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { JIANMA, ROOT, SITE } from '../fixtures/paths.mjs';
import { Running, freePort } from '../fixtures/portal.mjs';
import { awake } from '../fixtures/test';

let folder: string;
test.beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'jianma-dist-')); });
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packs what was built, and says where. */
function pack(out: string) {
  return execFileSync(join(ROOT, 'packaging', 'dist.sh'), [JIANMA, SITE, join(folder, out)], { encoding: 'utf8' }).trim();
}

test('the tarball runs from any folder, and its digest is its own', async ({ page }) => {
  const tarball = pack('out');
  execFileSync('sha256sum', ['--check', '--status', `${basename(tarball)}.sha256`], { cwd: join(folder, 'out') });
  mkdirSync(join(folder, 'unpacked'));
  execFileSync('tar', ['-xzf', tarball, '-C', join(folder, 'unpacked')]);
  const [name] = readdirSync(join(folder, 'unpacked'));
  // Nothing remembers where it was unpacked.
  const home = join(folder, '任何地方 moved');
  renameSync(join(folder, 'unpacked', name), home);
  const jianma = join(home, 'bin', 'jianma');
  const data = join(folder, 'data');
  execFileSync(jianma, ['demo', '--data', data], { cwd: '/' });
  const serve = ['serve', '--data', data, '--listen', `127.0.0.1:${await freePort()}`];
  const portal = await Running.start(serve, join(folder, 'log'), { program: jianma });
  try {
    await page.goto(portal.address);
    await awake(page);
  } finally {
    await portal.stop();
  }
});

test('the same sources make the same bytes', () => {
  const [once, again] = ['one', 'two'].map((out) => execFileSync('sha256sum', [pack(out)], { encoding: 'utf8' }).split(' ')[0]);
  expect(again).toBe(once);
});
