// Signing in by the office's identity service (desk D1): the whole way over HTTP through a portal and `oidc-provider`, and
// what is refused on it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';

import { JIANMA } from '../fixtures/paths.mjs';
import { emptySite, freePort, land, Portal } from '../fixtures/portal.mjs';
import { code } from '../fixtures/totp.mjs';
import { retold, Service } from './service.mjs';

// That of the sample department, which `Portal` writes into the data folder.
const SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const PHRASE = '三尺柜台 一枝一叶 总关情 2026';

const folder = mkdtempSync(join(tmpdir(), 'jianma-staff-'));
let portal;
let service;

/** Somebody's browser, as far as this needs one: cookies by host, and no way on by itself. */
class Browser {
  cookies = {};

  async ask(address, form) {
    const { host } = new URL(address);
    const jar = (this.cookies[host] ??= new Map());
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form && new URLSearchParams(form);
    const headers = { cookie, 'accept-language': 'zh' };
    const answer = await fetch(address, { method: form ? 'POST' : 'GET', body, headers, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = set.split(';', 1)[0].split(/=(.*)/s);
      if (value && !/max-age=0/i.test(set)) jar.set(name, value);
      else jar.delete(name);
    }
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
  }

  /** On this portal. */
  at(path, form) {
    return this.ask(`http://${portal.name}${path}`, form);
  }

  /** Presses the button of the sign-in page: the address at the service. */
  async away(form = { back: '/staff/queue' }) {
    const page = await this.at('/staff/sign-in/service', form);
    assert.equal(page.status, 200, page.text);
    const link = page.text.match(/<a[^>]*href="(http:\/\/127[^"]+)"/)[1];
    return link.replaceAll('&amp;', '&');
  }

  /** Goes to the service and proves who they are there: the address to come back to. */
  async proved(there) {
    let next = there;
    for (let steps = 0; steps < 8; steps += 1) {
      const { location, text } = await this.ask(next);
      assert.ok(location, `${next}: ${text}`);
      next = new URL(location, next).href;
      if (next.startsWith(`http://${portal.name}`)) return next;
    }
    assert.fail(`the service never sent anybody back: ${next}`);
  }

  /** The whole way. */
  async signsIn(form) {
    return this.ask(await this.proved(await this.away(form)));
  }

  async isSignedIn() {
    return (await this.at('/staff/sessions')).status === 200;
  }
}

function jianma(...words) {
  return execFileSync(JIANMA, [...words, '--data', portal.path('data')], { encoding: 'utf8' });
}

/** An account with a passphrase, which the service knows by this. */
async function account(id, identity) {
  const said = jianma('staff', 'add', id, '--office', 'registration', '--role', 'clerk', '--identity', identity);
  const link = said.match(/\/staff\/enrol\/\S+/)[0];
  const browser = new Browser();
  const page = await browser.at(link);
  const secret = page.text.match(/secret=([A-Z2-7]+)/)[1];
  const done = await browser.at(link, { passphrase: PHRASE, again: PHRASE, otp: code(secret) });
  assert.equal(done.status, 303, done.text);
}

/** That nobody was let in, and the page says so and keeps the way on. */
async function isRefused(browser, page, why) {
  assert.equal(page.status, 422, `${why}: ${page.text}`);
  assert.match(page.text, /name="passphrase"/, `${why}: the other way in stays`);
  assert.equal(await browser.isSignedIn(), false, why);
}

before(async () => {
  const [data, site] = ['data', 'site'].map((name) => join(folder, name));
  mkdirSync(data);
  emptySite(site);
  land(data);
  const port = await freePort();
  // One address signs in for everybody here.
  const configuration = `
[limits]
reads_per_second = 100000
read_burst = 100000
submissions_per_minute = 100000
submission_burst = 100000
[staff.oidc]
issuer = "http://127.0.0.1:${port}"
client_id = "jianma"
secret_file = "department.secret"
label = { zh = "统一身份认证", en = "Single sign-on" }
acr = ["urn:example:two"]
`;
  portal = await Portal.start({ data, site, open: false, named: true, configuration });
  service = new Service({ port, back: `http://${portal.name}/staff/sign-in/service`, secret: SECRET });
  await service.start();
  await account('li.na', 'subject-1');
  await account('wang', 'subject-2');
}, { timeout: 60_000 });

beforeEach(() => {
  service.says = { accountId: 'subject-1', acr: 'urn:example:two', amr: ['hwk'] };
  service.lies = null;
});

after(async () => {
  await service?.stop();
  await portal?.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('desk D1: somebody whom the service names is signed in, where they were', async () => {
  const browser = new Browser();
  const page = await browser.at('/staff/queue');
  assert.equal(page.status, 401);
  assert.match(page.text, /统一身份认证/);
  const there = new URL(await browser.away());
  const asked = (name) => there.searchParams.get(name);
  assert.deepEqual(
    [asked('response_type'), asked('code_challenge_method'), asked('acr_values'), asked('max_age')],
    ['code', 'S256', 'urn:example:two', '600'],
  );
  for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(asked(name).length >= 22, name);
  const done = await browser.ask(await browser.proved(there.href));
  assert.equal(done.status, 200, done.text);
  assert.match(done.text, /"0;url=\/staff\/queue"/);
  const sessions = await browser.at('/staff/sessions');
  assert.equal(sessions.status, 200);
  assert.match(sessions.text, /li\.na/);
  const thief = new Browser();
  thief.cookies[portal.name] = new Map([['jm_staff', browser.cookies[portal.name].get('jm_staff')]]);
  assert.equal(await thief.isSignedIn(), false, 'the session is as any other');
});

test('desk D4: what was typed comes along through the service', async () => {
  const browser = new Browser();
  const done = await browser.signsIn({ back: '/staff/place', 'typed.place': '330521990001GB00002', 'typed.reason': '来窗口问抵押' });
  assert.equal(done.status, 200, done.text);
  assert.match(done.text, /来窗口问抵押/);
});

test('desk D1: what the service says is believed once, and in the browser that was asked', async () => {
  const browser = new Browser();
  const back = await browser.proved(await browser.away());
  const stranger = new Browser();
  await isRefused(stranger, await stranger.ask(back), 'another browser');
  await isRefused(browser, await browser.ask(back), 'nor the first one after it');
  const again = await browser.proved(await browser.away());
  assert.equal((await browser.ask(again)).status, 200);
  const other = new Browser();
  other.cookies = structuredClone(browser.cookies);
  other.cookies[portal.name].delete('jm_staff');
  await isRefused(other, await other.ask(again), 'a state twice');
  const used = new URL(again).searchParams.get('code');
  const fresh = new URL(await other.proved(await other.away()));
  fresh.searchParams.set('code', used);
  await isRefused(other, await other.ask(fresh.href), 'a code twice');
  const forged = new URL(again);
  forged.searchParams.set('state', 'a'.repeat(43));
  await isRefused(other, await other.ask(forged.href), 'a state of nobody');
  const denied = new URL(await other.proved(await other.away()));
  denied.searchParams.delete('code');
  denied.searchParams.set('error', 'access_denied');
  await isRefused(other, await other.ask(denied.href), 'the service says no');
});

test('desk D1: less than was asked, and tokens that anybody could have made, let nobody in', async () => {
  const old = () => Math.floor(Date.now() / 1000) - 3600;
  for (const [why, lies] of Object.entries({
    'alg none': (token) => retold(token, { alg: 'none' }, {}),
    'alg none in capitals': (token) => retold(token, { alg: 'None' }, {}),
    'the signature of another': (token) => `${token.slice(0, -8)}AAAAAAAA`,
    'another acr': (token) => retold(token, {}, { acr: 'urn:example:one' }),
    'no acr': (token) => retold(token, {}, { acr: undefined }),
    'proved an hour ago': (token) => retold(token, {}, { auth_time: old() }),
    'nobody knows when': (token) => retold(token, {}, { auth_time: undefined }),
    'the answer to another question': (token) => retold(token, {}, { nonce: 'x'.repeat(22) }),
    'for another portal': (token) => retold(token, {}, { aud: 'another' }),
    'by another service': (token) => retold(token, {}, { iss: 'http://127.0.0.1:1' }),
    'over': (token) => retold(token, {}, { exp: old() }),
    'no name': (token) => retold(token, {}, { sub: '' }),
  })) {
    const browser = new Browser();
    service.lies = lies;
    await isRefused(browser, await browser.signsIn(), why);
  }
  service.lies = (token) => retold(token, {}, {});
  assert.equal((await new Browser().signsIn()).status, 200, 'what makes these tokens makes right ones');
});

test('desk D1: the service makes no accounts, and opens none that is closed', async () => {
  const browser = new Browser();
  for (const accountId of ['subject-9', 'li.na']) {
    service.says.accountId = accountId;
    await isRefused(browser, await browser.signsIn(), accountId);
    browser.cookies = {};
  }
  service.says.accountId = 'subject-2';
  assert.equal((await browser.signsIn()).status, 200);
  jianma('staff', 'disable', 'wang');
  assert.equal(await browser.isSignedIn(), false);
  await isRefused(browser, await browser.signsIn(), 'closed');
  assert.doesNotMatch(jianma('staff', 'list'), /subject-9/);
});

test('desk D1: where the service is down the page says so, and the other way in stays', async () => {
  const browser = new Browser();
  const back = await browser.proved(await browser.away());
  await service.stop();
  for (const page of [await browser.at('/staff/sign-in/service', { back: '/staff' }), await browser.ask(back)]) {
    assert.equal(page.status, 503, page.text);
    assert.match(page.text, /统一身份认证.{0,20}没有回应/);
    assert.match(page.text, /name="passphrase"/);
  }
  assert.equal(await browser.isSignedIn(), false);
});
