// Every crate that is compiled in must come under a licence that MIT OR Apache-2.0 can carry.
import { execFileSync } from "node:child_process";

const ALLOWED = new Set([
  "MIT", "MIT-0", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause",
  "ISC", "Zlib", "0BSD", "CC0-1.0", "Unicode-3.0", "Unlicense", "BSL-1.0", "CDLA-Permissive-2.0",
  // Weak copyleft by file: used unchanged from the registry.
  "MPL-2.0",
]);

/** Whether an SPDX expression can be met: one of the ORs, all of the ANDs. */
function met(expression) {
  const text = expression.replaceAll("/", " OR ");
  const inner = text.match(/\(([^()]*)\)/);
  if (inner) return met(text.replace(inner[0], met(inner[1]) ? "MIT" : "REFUSED"));
  return text.split(" OR ").some((all) => all.split(" AND ").every((one) => ALLOWED.has(one.trim())));
}

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--locked"], { maxBuffer: 1 << 28 }));
const refused = metadata.packages.filter((p) => p.source && !(p.license && met(p.license)));
for (const p of refused) console.error(`${p.name} ${p.version}: ${p.license ?? "no licence named"}`);
console.log(`${metadata.packages.length} packages, ${refused.length} with a licence that is not allowed`);
process.exit(refused.length ? 1 : 0);
