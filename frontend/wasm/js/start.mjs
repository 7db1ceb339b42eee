/* global APP_SCRIPT, APP_WASM */
// Wakes the islands of a page. The build program puts the names of the files, which carry hashes, in
// place of the names in capitals. A file of its own, so that no script stands in a page.

const whenIdle = globalThis.requestIdleCallback ?? ((task) => setTimeout(task));

// Document order has parents before children. What an island was given as children waits to be told
// that they are awake (Leptos: `$$on_hydrate`).
const wake = async (app) => {
  for (const island of document.querySelectorAll('leptos-island')) {
    // An island before may have taken it away.
    if (!island.isConnected) continue;
    island.parentElement.closest('leptos-children')?.$$on_hydrate?.();
    const { component } = island.dataset;
    if (app[component]) await app[component](island);
    else console.warn(`the module has no island ${component}`);
  }
};

whenIdle(async () => {
  const app = await import(APP_SCRIPT);
  await app.default({ module_or_path: new URL(APP_WASM, import.meta.url) });
  app.hydrate();
  await wake(app);
});
