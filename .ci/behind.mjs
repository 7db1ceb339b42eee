// Which crates of our own choice have a newer version than Cargo.toml lets in. Each must say why in its
// line there, after `held: `; a reason that is over is told too. It asks the registry, so it is no part of
// `make check` and `make test`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

function cargo(...args) {
  const { status, stdout, stderr } = spawnSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (status === 0) return { stdout, stderr };
  console.error(stderr);
  process.exit(1);
}

const metadata = JSON.parse(cargo("metadata", "--format-version", "1", "--locked").stdout);
const ours = metadata.packages.filter((p) => !p.source);
const chosen = new Set(ours.flatMap((p) => p.dependencies.filter((d) => d.source).map((d) => d.name)));

const lines = ["Cargo.toml", ...ours.map((p) => p.manifest_path)].flatMap((path) => readFileSync(path, "utf8").split("\n"));
const reasons = new Map(
  lines.map((line) => line.match(/^([\w-]+) *=.*#.*\bheld: (.+)$/)).filter(Boolean).map(([, name, reason]) => [name, reason]),
);

// «Unchanged NAME vVERSION (available: vVERSION)»; «Updating NAME vVERSION -> vVERSION (available: …)».
const { stderr } = cargo("update", "--dry-run", "--verbose", "--color", "never");
const behind = new Map(
  [...stderr.matchAll(/^ *\w+ (\S+) (v.*?) \(available: (v[^,)]+)/gm)]
    .filter(([, name]) => chosen.has(name))
    .map(([, name, now, newest]) => [name, `${name} ${now}, newest ${newest}`]),
);

for (const [name, text] of behind) if (reasons.has(name)) console.log(`${text}; held: ${reasons.get(name)}`);
const faults = [
  ...[...behind].filter(([name]) => !reasons.has(name)).map(([, text]) => `${text}: take it, or say in Cargo.toml why not`),
  ...[...reasons.keys()].filter((name) => !behind.has(name)).map((name) => `${name} is held, and nothing newer is there`),
];
for (const fault of faults) console.error(fault);
console.log(`${chosen.size} crates of our choice, ${behind.size} behind, ${faults.length} without a right reason`);
process.exit(faults.length ? 1 : 0);
