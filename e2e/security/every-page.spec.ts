import type { Page } from '@playwright/test';
import { DESKTOP, PHONE, manifest } from '../fixtures/paths.mjs';
import { SERVICES, kinds, prefer } from '../fixtures/pages.mjs';
import { CORRECTION, LAND, QUIET, expect, test } from '../fixtures/test';

/** Faults of the markup that browsers forgive and people with readers do not. */
function faultsOfMarkup() {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const { id } of document.querySelectorAll('[id]')) {
    if (seen.has(id)) faults.push(`the id ${id} is there twice`);
    seen.add(id);
  }
  for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select, textarea')) {
    const named = field.labels?.length || field.getAttribute('aria-label') || field.getAttribute('aria-labelledby');
    if (!named) faults.push(`${field.outerHTML.slice(0, 120)} has no label`);
  }
  for (const element of document.querySelectorAll('[aria-describedby], [aria-labelledby], [aria-controls]')) {
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'aria-controls']) {
      for (const id of element.getAttribute(attribute)?.split(/\s+/).filter(Boolean) ?? []) {
        if (!document.getElementById(id)) faults.push(`${attribute} names ${id}, which is not there`);
      }
    }
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    const id = decodeURIComponent(link.hash.slice(1));
    if (id && !document.getElementById(id)) faults.push(`the link to #${id} leads nowhere`);
  }
  for (const element of document.querySelectorAll('[style], [onclick], [onload]')) {
    // MapLibre places its own elements by script, which the policy allows.
    if (!element.closest('.maplibregl-map')) faults.push(`inline style or handler: ${element.outerHTML.slice(0, 120)}`);
  }
  if (document.querySelectorAll('h1').length !== 1) faults.push(`${document.querySelectorAll('h1').length} headings of level 1`);
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const next = Number(heading.tagName[1]);
    if (level && next > level + 1) faults.push(`h${level} is followed by h${next}: ${heading.textContent}`);
    level = next;
  }
  if (!document.title.trim()) faults.push('no title');
  if (!document.documentElement.lang) faults.push('no language');
  if (document.querySelectorAll('main').length !== 1) faults.push('not exactly one main');
  for (const image of document.images) {
    if (!image.complete || image.naturalWidth === 0) faults.push(`the picture ${image.src} does not show`);
  }
  return faults;
}

async function settled(page: Page) {
  await page.waitForLoadState('networkidle');
  const map = page.locator('.place-map');
  if (await map.count()) {
    await map.scrollIntoViewIfNeeded();
    await expect(map).toHaveAttribute('data-place-map', 'open', { timeout: 30_000 });
    await page.waitForLoadState('networkidle');
  }
}

// Each language, scheme and size with each value of the others.
for (const language of ['zh', 'en'] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const onPhone = (language === 'zh') === (colorScheme === 'light');
    for (const [size, viewport] of [onPhone ? (['phone', PHONE] as const) : (['desktop', DESKTOP] as const)]) {
      test.describe(`${language}, ${colorScheme}, ${size}`, () => {
        test.use({ colorScheme, viewport });
        test('no page reaches beyond the origin, complains, or misses a part', async ({ page, context, portal, stop, watch }) => {
          await prefer(context, portal.address, { language });
          for (const kind of kinds(stop.code, portal)) {
            expect(await kind.open(page), kind.name).toBe(kind.status);
            await settled(page);
            expect(await page.evaluate(faultsOfMarkup), kind.name).toEqual([]);
            expect(watch.everything, kind.name).toEqual(QUIET);
          }
        });
      });
    }
  }
}

test('every page that can be reached by links is there and keeps quiet', async ({ page, portal, stop, watch }) => {
  const waiting = [
    '/', '/services', '/requests', '/policy', '/privacy', '/accessibility', '/about', `/c/${stop.code}`, `/c/${LAND.former}`,
    `/?q=${LAND.words.two}`, ...SERVICES.map((id) => `/services/${id}`), ...SERVICES.map((id) => `/c/${LAND.dry}/requests/new?item=${id}`),
  ];
  const seen = new Set<string>();
  const files = new Set<string>();
  const perKind = new Map<string, number>();
  while (waiting.length) {
    const path = waiting.shift()!;
    if (seen.has(path)) continue;
    seen.add(path);
    // Profiles and forms are many; a few of each are enough.
    const kind = path.replace(/\/c\/[^/?]+/, '/c/…').replace(/JM-[^/?]+/, 'JM-…').replace(/\?q=.*/, '?q=…');
    const count = (perKind.get(kind) ?? 0) + 1;
    if (count > 6) continue;
    perKind.set(kind, count);
    const response = await page.goto(path);
    expect(response!.status(), path).toBe(200);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(faultsOfMarkup), path).toEqual([]);
    expect(watch.everything, path).toEqual(QUIET);
    const links = await page.locator('a[href]').evaluateAll((anchors) => anchors.map((anchor) => (anchor as HTMLAnchorElement).href));
    for (const link of links) {
      const url = new URL(link);
      // Figures for programs are no page, nor are feeds.
      if (url.protocol === 'tel:' || url.pathname.startsWith('/api/') || url.pathname.endsWith('.atom')) continue;
      // Nor is a file that is taken away.
      if (/\/extract\.(pdf|json)$/.test(url.pathname)) {
        if (!files.has(link)) expect((await page.request.get(link)).status(), link).toBe(200);
        files.add(link);
        continue;
      }
      // Where the State publishes the laws: the one place outside that a page leads to.
      if (path === '/laws' && link === 'https://flk.npc.gov.cn/') continue;
      expect(url.origin, `a link on ${path} leads away: ${link}`).toBe(portal.address);
      waiting.push(url.pathname + url.search);
    }
  }
  console.log(`visited ${[...perKind.values()].reduce((a, b) => a + b)} pages of ${perKind.size} kinds`);
});

test('every island of every page is in the module that the page loads', async ({ page, portal, stop, request }) => {
  const found = new Map<string, Set<string>>();
  for (const kind of kinds(stop.code, portal)) {
    await kind.open(page);
    const glue = await page.locator('link[rel=modulepreload]').getAttribute('href');
    const names = found.get(glue!) ?? new Set<string>();
    for (const name of await page.locator('[data-component]').evaluateAll((islands) => islands.map((island) => island.getAttribute('data-component')!))) {
      names.add(name);
    }
    found.set(glue!, names);
  }
  const own = ['app.js', 'home.js', 'draw.js'].map((name) => manifest()[name]);
  expect([...found.keys()].sort(), 'home and the page of outlines have their own').toEqual(own.sort());
  expect(found.get(manifest()['draw.js'])).toContain('DrawSite');
  expect(found.get(manifest()['home.js'])).toContain('Scanner');
  expect(found.get(manifest()['app.js'])!.size, 'map, tools, reader, counter').toBeGreaterThanOrEqual(4);
  for (const [glue, names] of found) {
    const text = await (await request.get(glue)).text();
    for (const name of names) expect(text, `${glue} has ${name}`).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

test('browsers need not mend the markup of any page', async ({ browser, portal, stop }) => {
  // Without scripts, so that what is counted is what was sent.
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: portal.address });
  const page = await context.newPage();
  for (const kind of kinds(stop.code, portal)) {
    let sent = '';
    const keep = async (response) => {
      if (response.request().isNavigationRequest() && response.status() !== 303) sent = await response.text().catch(() => sent);
    };
    page.on('response', keep);
    await kind.open(page);
    await page.waitForLoadState('networkidle');
    page.off('response', keep);
    const tags: Record<string, number> = {};
    const bare = sent.replaceAll(/<!--[\s\S]*?-->/g, '').replaceAll(/<(script|style|textarea|title)\b([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2>');
    for (const [, tag] of bare.matchAll(/<([a-z][\w-]*)\b/gi)) tags[tag.toLowerCase()] = (tags[tag.toLowerCase()] ?? 0) + 1;
    const parsed = await page.evaluate(() => {
      const found: Record<string, number> = {};
      for (const { tagName } of document.querySelectorAll('*')) found[tagName.toLowerCase()] = (found[tagName.toLowerCase()] ?? 0) + 1;
      return found;
    });
    expect(parsed, `${kind.name} has the elements that were sent`).toEqual(tags);
  }
  await context.close();
});

test('nothing that a visitor brings runs on a page', async ({ page, watch }) => {
  const hostile = '"><script>document.title="gone"</script><img src=x onerror="document.title=\'gone\'">';
  for (const path of [
    `/?q=${encodeURIComponent(hostile)}`, `/c/${encodeURIComponent(hostile)}`, `/services/${encodeURIComponent(hostile)}`,
    `/requests/${encodeURIComponent(hostile)}`, `/nowhere?${encodeURIComponent(hostile)}`,
    `/c/${LAND.dry}/requests/new?item=${encodeURIComponent(hostile)}`,
  ]) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    expect(await page.title(), path).not.toBe('gone');
    expect(await page.locator('img[src="x"]').count(), path).toBe(0);
  }
  expect(watch.everything).toEqual(QUIET);
});

test('a page of another site can neither frame the portal nor post to it', async ({ portal, request }) => {
  const home = await request.get('/');
  expect(home.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
  const before = (await portal.inbox()).length;
  const forged = await request.post(`/c/${LAND.dry}/requests/new`, {
    headers: { origin: 'https://evil.example' }, form: { item: 'data-correction', ...CORRECTION }, maxRedirects: 0,
  });
  expect(forged.status()).toBe(403);
  expect((await portal.inbox()).length).toBe(before);
});
