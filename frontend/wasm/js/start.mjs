/* global APP_SCRIPT, APP_WASM */
// Wakes the islands of a page. The build program puts the names of the files, which carry hashes, in
// place of the names in capitals; there is one of this for every page, and one for home with its
// scanner. A file of its own, so that no script stands in a page.

const root = document.documentElement;
const whenIdle = globalThis.requestIdleCallback ?? ((task) => setTimeout(task));
// So that the browser can answer somebody in between.
const turn = () => new Promise((next) => setTimeout(next));

const wake = async (app) => {
  await turn();
  app.hydrate();
  for (const island of document.querySelectorAll('leptos-island')) {
    const { component } = island.dataset;
    if (app[component]) app[component](island);
    else console.warn(`the module has no island ${component}`);
    await turn();
  }
};

whenIdle(async () => {
  const app = await import(APP_SCRIPT);
  await app.default({ module_or_path: new URL(APP_WASM, import.meta.url) });
  try {
    await wake(app);
  } catch (fault) {
    // A page that something else has changed before, a translator say, may not be woken. It then says
    // that it goes on without scripts.
    root.setAttribute('data-script-failed', '');
    throw fault;
  }
  // All are awake. Tests wait for it, because a click before is lost.
  root.setAttribute('data-hydrated', '');
});
