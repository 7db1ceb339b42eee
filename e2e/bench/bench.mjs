// make bench: measures the built binary and pages against peers in the same run, and prints tables; at
// the end all of them as Markdown, and as JSON in target/bench. Nothing here passes or fails. Arguments
// name parts, all unless told: `node e2e/bench/bench.mjs pages memory`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { CAMBRIDGE, CAMBRIDGE_FOLDER, CHROMIUM, CHROMIUM_SWITCHES, ROOT, missing } from '../fixtures/paths.mjs';
import { Portal, demo } from '../fixtures/portal.mjs';
import { BEFORE, before } from './before.mjs';
import { decoding, sizes } from './browser.mjs';
import { cambridge } from './imports.mjs';
import { firstByte, memory, words } from './large.mjs';
import { pages as visited, scores } from './lighthouse.mjs';
import { oereb } from './oereb.mjs';
import { pages } from './pages.mjs';
import { Report } from './report.mjs';
import { requests } from './requests.mjs';
import { domain, refusals } from './rust.mjs';
import { siteMillion } from './site-million.mjs';
import { outlines, siteSearch } from './sites.mjs';

const ABSENT = `the real data are not in ${CAMBRIDGE_FOLDER} (JIANMA_SHARED)`;

/** Every part by its name, in order; `data` is the demonstration's folder, `land` has Cambridge's. */
const PARTS = {
  domain: async ({ report }) => domain(report),
  refusals: async ({ report }) => refusals(report),
  pages: ({ report, folder, data }) => pages(report, folder, data),
  requests: async ({ report, folder }) => requests(report, folder),
  before: async ({ report, folder }) => (BEFORE ? before(report, folder) : report.missing('The release before', 'JIANMA_BEFORE names none')),
  'first-byte': large('The first byte of a cold page', firstByte),
  memory: large('Memory', memory),
  words: large('Search by words', words),
  outlines: large('Verdicts on outlines', outlines),
  'site-search': large('Where could I', siteSearch),
  'site-million': ({ report, folder }) => siteMillion(report, folder),
  oereb: large('pyramid_oereb', oereb),
  browser: inBrowser,
};

/** A part on Cambridge, which is imported for the first of them, and measured by the way. */
function large(title, measure) {
  return async (run) => {
    if (!CAMBRIDGE) return run.report.missing(title, ABSENT);
    run.land ??= cambridge(run.report, run.folder);
    return measure(run.report, run.folder, run.land);
  };
}

async function inBrowser({ report, data }) {
  const portal = await Portal.start({ data, open: false });
  const code = (await portal.api('/parcels?bbox=119.9,30.5,120.0,30.6&limit=1')).features[0].id;
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CHROMIUM_SWITCHES, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  try {
    const seen = await visited(portal, code);
    await sizes(report, browser, portal, code, seen);
    await decoding(report, browser, portal, code);
    await scores(report, portal, seen);
  } finally {
    await browser.close();
    await portal.remove();
  }
}

const chosen = process.argv.slice(2);
const problem = missing() ?? chosen.filter((name) => !(name in PARTS)).map((name) => `there is no part ${name}; there are ${Object.keys(PARTS).join(', ')}`)[0];
if (problem) {
  console.error(problem);
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'jianma-bench-'));
const report = new Report();
try {
  const run = { report, folder, data: join(folder, 'data') };
  demo(run.data);
  for (const name of chosen.length ? chosen : Object.keys(PARTS)) {
    await PARTS[name](run).catch((fault) => {
      console.error(fault);
      // The other parts are worth having without it.
      report.missing(`Part \`${name}\``, String(fault).split('\n')[0]);
      process.exitCode = 1;
    });
  }
  report.end(join(ROOT, 'target', 'bench'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
