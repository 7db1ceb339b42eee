/* global SCAN_WASM, SECOND_SCRIPT, SECOND_WASM */
// The script of the scan worker. The build program puts the names of the files, which carry
// hashes, in place of the names in capitals.

import init from './scan.js';

// `scan::worker` calls it when frames fail: a second detector, which most pages never need.
globalThis.loadSecondDetector = async () => {
  const { default: initSecond, find } = await import(SECOND_SCRIPT);
  await initSecond({ module_or_path: new URL(SECOND_WASM, import.meta.url) });
  return find;
};

init({ module_or_path: new URL(SCAN_WASM, import.meta.url) });
