// Lighthouse, as a phone with a slow network and a slow processor: what it says of the four pages that
// people see most. Its own figures move by some points on a busy machine: the middle of three runs.

import { chromium } from '@playwright/test';
import { CORRECTION } from '../fixtures/answers.mjs';
import { CHROMIUM, CHROMIUM_SWITCHES } from '../fixtures/paths.mjs';
import { freePort } from '../fixtures/portal.mjs';

const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];

/**
 * A row for each page: its name, the four scores, the time to the largest paint and the time that
 * scripts hold the page up.
 *
 * @param {import('./report.mjs').Report} report
 * @param {import('../fixtures/portal.mjs').Portal} portal
 * @param {Awaited<ReturnType<typeof pages>>} seen
 */
export async function scores(report, portal, seen) {
  const { default: lighthouse } = await import('lighthouse');
  const port = await freePort();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_SWITCHES, `--remote-debugging-port=${port}`] });
  try {
    const rows = [];
    for (const { name, path, headers } of seen) {
      const runs = [];
      for (let run = 0; run < RUNS; run += 1) {
        const options = { port, output: 'json', logLevel: 'silent', onlyCategories: CATEGORIES, extraHeaders: headers };
        const { lhr } = await lighthouse(`${portal.address}${path}`, options);
        runs.push(lhr);
      }
      runs.sort((a, b) => a.categories.performance.score - b.categories.performance.score);
      const middle = runs[Math.floor(RUNS / 2)];
      rows.push([
        name,
        ...CATEGORIES.map((category) => Math.round(middle.categories[category].score * 100)),
        middle.audits['largest-contentful-paint'].numericValue / 1000,
        Math.round(middle.audits['total-blocking-time'].numericValue),
        short(middle),
      ]);
    }
    report.table('Lighthouse on a phone, the middle of three runs (search engines are not invited to places and requests: robots.txt)',
      ['', 'performance', 'accessibility', 'best practices', 'SEO', 'largest paint s', 'blocked ms', 'not 100 because of'], rows);
  } finally {
    await browser.close();
  }
}

/** What keeps a page from 100, but for how fast it was. */
function short({ audits, categories }) {
  const refs = CATEGORIES.slice(1).flatMap((category) => categories[category].auditRefs);
  return refs.filter(({ id, weight }) => weight > 0 && audits[id].score === 0).map(({ id }) => id).join(', ');
}

/** The four pages that people see most: names, paths, and headers that open them. */
export async function pages(portal, code) {
  return [
    { name: 'home', path: '/' },
    { name: 'profile', path: `/c/${code}` },
    { name: 'form', path: `/c/${code}/requests/new?item=data-correction` },
    { name: 'tracking', ...(await tracking(portal, code)) },
  ];
}

/** A request's page, opened as its applicant opens it. */
async function tracking(portal, code) {
  const made = await fetch(`${portal.address}/api/v1/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `bench-${process.pid}-lighthouse` },
    body: JSON.stringify({ item: 'data-correction', code, answers: CORRECTION }),
  });
  const { number, secret } = await made.json();
  const opened = await fetch(`${portal.address}/requests`, {
    method: 'POST', body: new URLSearchParams({ number, secret }), redirect: 'manual',
    headers: { origin: portal.address },
  });
  const [cookie] = opened.headers.getSetCookie().map((text) => text.split(';')[0]);
  if (!cookie) throw new Error(`${number} was not opened: ${opened.status}`);
  return { path: `/requests/${number}`, headers: { Cookie: cookie } };
}
