/* global APP_SCRIPT, APP_WASM */
// Wakes the islands of a page. The build program puts the names of the files, which carry hashes, in
// place of the names in capitals. A file of its own, so that no script stands in a page.

const whenIdle = globalThis.requestIdleCallback ?? ((task) => setTimeout(task));

// Document order has parents before children. What an island was given as children waits to be told
// that they are awake (Leptos: `$$on_hydrate`).
const wake = async (app) => {
  for (const island of document.querySelectorAll('leptos-island')) {
    island.parentElement.closest('leptos-children')?.$$on_hydrate?.();
    await app[island.dataset.component]?.(island);
  }
};

whenIdle(async () => {
  const app = await import(APP_SCRIPT);
  await app.default({ module_or_path: new URL(APP_WASM, import.meta.url) });
  app.hydrate();
  await wake(app);
});
