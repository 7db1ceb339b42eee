// Every crate that is compiled in must come under a licence that MIT OR Apache-2.0 can carry: one of
// those that deny.toml allows.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const allow = readFileSync("deny.toml", "utf8").match(/^\[licenses\]$[^]*?^allow = \[([^]*?)^\]/m)[1];
const ALLOWED = new Set([...allow.matchAll(/^ *"(.*?)"/gm)].map(([, licence]) => licence));

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
