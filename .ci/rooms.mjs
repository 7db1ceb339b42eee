// Holds the rooms apart: what a crate imports stands in the table “What may import what” of
// docs/architecture.md, what it names in Cargo.toml it uses, and no two modules beside each other use
// each other. Prints what is wrong, and fails. Tested by .ci/rooms.test.mjs.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const TABLE = "docs/architecture.md";

/** Dependencies that no line of source names, each with the reason why it stands there. */
const UNSEEN = {
  "map: wasm-bindgen-futures":
    "the macro of wasm-bindgen names it in what it writes for an `async fn`",
};

/** The source without comments, string contents and code that only tests compile. */
export function stripped(source) {
  const token = /\/\/[^\n]*|\/\*[^]*?\*\/|\bb?r(#*)"[^]*?"\1|b?"(?:[^"\\]|\\[^])*"|'(?:\\.[^']*|[^'\\])'/g;
  let text = source.replace(token, (found) => (found.startsWith("/") ? " " : '""'));
  const test = /#\[cfg\((?:all\()?test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*/g;
  for (let found; (found = test.exec(text)); ) {
    let depth = 0, end = test.lastIndex;
    for (; end < text.length; end += 1) {
      if (text[end] === "{") depth += 1;
      else if (text[end] === "}" && --depth === 0) break;
      else if (text[end] === ";" && depth === 0) break;
    }
    text = `${text.slice(0, found.index)} ${text.slice(end + 1)}`;
    test.lastIndex = found.index;
  }
  return text;
}

/** The paths of a use tree: `a::{b, c::d as e}` is `a::b` and `a::c::d`, each with its local name. */
export function leaves(tree) {
  const text = tree.trim();
  const open = text.indexOf("{");
  if (open < 0) {
    const [path, name] = text.split(/\s+as\s+/);
    const parts = path.split("::").map((part) => part.trim()).filter(Boolean);
    if (parts.at(-1) === "self") parts.length > 1 && parts.pop();
    return [{ parts, name: name ?? parts.at(-1) }];
  }
  const head = text.slice(0, open).split("::").map((part) => part.trim()).filter(Boolean);
  const inner = text.slice(open + 1, text.lastIndexOf("}"));
  const branches = [];
  let depth = 0, from = 0;
  for (let at = 0; at <= inner.length; at += 1) {
    if (inner[at] === "{") depth += 1;
    if (inner[at] === "}") depth -= 1;
    if (at === inner.length || (inner[at] === "," && depth === 0)) {
      if (inner.slice(from, at).trim()) branches.push(inner.slice(from, at));
      from = at + 1;
    }
  }
  return branches.flatMap(leaves).map(({ parts, name }) =>
    parts.length === 1 && parts[0] === "self"
      ? { parts: head, name: head.at(-1) }
      : { parts: [...head, ...parts], name });
}

/** Modules by path (`""` is the root) with what they import. `files`: path within `src` to source. */
function modules(files) {
  const found = new Map();
  for (const [path, source] of files) {
    const parts = path.replace(/\.rs$/, "").split("/");
    if (["mod", "lib", "main"].includes(parts.at(-1))) parts.pop();
    const text = stripped(source);
    const uses = [...text.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => leaves(tree));
    const rest = text.replace(/\buse\s+[^;]+;/g, " ");
    const paths = [...rest.matchAll(/\b[a-z_]\w*(?:\s*::\s*\w+)+/g)].map(([path]) => path.split(/\s*::\s*/));
    found.set(parts.join("::"), { parts, path, text, uses, paths });
  }
  // What is compiled for tests only has its declaration cut out of the module above it.
  for (const [id, { parts }] of found) {
    const above = found.get(parts.slice(0, -1).join("::"));
    if (parts.length && above && !new RegExp(`\\bmod\\s+${parts.at(-1)}\\s*;`).test(above.text)) found.delete(id);
  }
  for (const [id, { parts }] of found) {
    if (parts.length && !found.has(parts.slice(0, -1).join("::"))) found.delete(id);
  }
  return found;
}

/**
 * The module that a path leads to from `here`, through whatever is imported on the way: who asks a
 * parent for what the parent has from a sibling uses the sibling.
 */
function resolve(all, here, parts, depth = 0) {
  if (depth > 8 || !parts.length) return undefined;
  let [first, ...rest] = parts;
  let at = here;
  if (first === "crate") at = [];
  else if (first === "super") at = here.slice(0, -1);
  else if (first !== "self") {
    if (!all.has([...here, first].join("::"))) return undefined;
    rest = parts;
  }
  for (; rest.length; rest = rest.slice(1)) {
    if (rest[0] === "super") at = at.slice(0, -1);
    else if (all.has([...at, rest[0]].join("::"))) at = [...at, rest[0]];
    else {
      const imported = all.get(at.join("::"))?.uses.find(({ name }) => name === rest[0]);
      const target = imported && resolve(all, at, [...imported.parts, ...rest.slice(1)], depth + 1);
      return target ?? at;
    }
  }
  return at;
}

/**
 * Circles among modules that stand beside each other, each taken with all that is below it. A module
 * and those below it are one thing, read from the top: that a child uses what its parent holds is no
 * circle. Paths in modules written inside a file count as the file's.
 */
export function circles(files) {
  const all = modules(files);
  const arrows = new Map();
  for (const { parts: from, path, uses, paths } of all.values()) {
    for (const written of [...uses.map((use) => use.parts), ...paths]) {
      const to = resolve(all, from, written);
      if (!to) continue;
      let shared = 0;
      while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
      if (shared === from.length || shared === to.length) continue;
      const [a, b] = [from, to].map((parts) => parts.slice(0, shared + 1).join("::"));
      if (!arrows.has(a)) arrows.set(a, new Map());
      if (!arrows.get(a).has(b)) arrows.get(a).set(b, `${path} names ${written.join("::")}`);
    }
  }
  const reach = (from) => {
    const seen = new Set(), open = [from];
    while (open.length) {
      for (const next of arrows.get(open.pop())?.keys() ?? []) if (!seen.has(next)) seen.add(next) && open.push(next);
    }
    return seen;
  };
  const reached = new Map([...arrows.keys()].map((id) => [id, reach(id)]));
  const found = new Map();
  for (const [id, seen] of reached) {
    if (!seen.has(id)) continue;
    const round = [...seen].filter((other) => reached.get(other)?.has(id)).sort();
    const why = round.flatMap((a) => [...arrows.get(a)].filter(([b]) => round.includes(b)).map(([, text]) => text));
    found.set(round.join(" <-> "), why);
  }
  return found;
}

/** What is wrong with the circles of a crate: each is, and says by which lines it goes round. */
export function judgeCircles(crate, found) {
  return [...found].map(([round, why]) => `${crate}: ${round} go round:\n    ${why.join("\n    ")}`);
}

/** The rows of the table: for each crate what it may import, what its tests may, what it may never. */
export function rows(page) {
  const section = page.split(/^### What may import what$/m)[1]?.split(/^#/m)[0] ?? "";
  const names = (cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
  return new Map([...section.matchAll(/^\| `([\w-]+)`( \(planned\))? \|(.*?)\|(.*?)\|(.*?)\|$/gm)].map(
    ([, crate, planned, imports, tests, never]) =>
      [crate, { planned: Boolean(planned), imports: names(imports), tests: names(tests), never: names(never) }]));
}

/** What of the crates' dependencies the table does not allow. `crates`: those of the workspace. */
export function judgeArrows(crates, table) {
  const own = new Set(crates.map(({ name }) => name));
  const wrong = [];
  for (const { name, dependencies } of crates) {
    const row = table.get(name);
    if (!row) {
      wrong.push(`${name} has no row in ${TABLE}`);
      continue;
    }
    for (const { name: other, kind } of dependencies) {
      const may = kind === "dev" ? [...row.imports, ...row.tests] : row.imports;
      if (own.has(other) && !may.includes(other)) {
        wrong.push(`${name} may not import ${other}${kind === "dev" ? ", not even in tests" : ""}`);
      }
      if (kind !== "dev" && row.never.includes(other)) wrong.push(`${name} may never name ${other}`);
    }
  }
  for (const [name, { planned }] of table) {
    if (!own.has(name) && !planned) wrong.push(`${TABLE} has a row for ${name}, which is no crate`);
  }
  return wrong;
}

/** Dependencies of a crate that none of its sources names. */
export function unused(dependencies, sources) {
  const text = sources.map((source) => source.replace(/^\s*\/\/(?![/!]).*$/gm, "")).join("\n");
  return dependencies
    .filter(({ name, rename }) => {
      const word = (rename ?? name).replaceAll("-", "_");
      return !new RegExp(`\\b${word}\\s*::|\\buse\\s+(?:::)?${word}\\b|\\bextern\\s+crate\\s+${word}\\b`).test(text);
    })
    .map(({ rename, name }) => rename ?? name);
}

function rust(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(".rs")).map((path) => join(folder, path));
}

function main() {
  const wrong = [];
  const asked = ["metadata", "--no-deps", "--format-version", "1"];
  const { packages } = JSON.parse(execFileSync("cargo", asked, { maxBuffer: 1 << 28 }));
  const table = rows(readFileSync(TABLE, "utf8"));
  wrong.push(...judgeArrows(packages, table));

  const named = new Set();
  const excused = new Set();
  for (const { name, manifest_path, dependencies } of packages) {
    const folder = dirname(manifest_path);
    const src = join(folder, "src");
    const roots = rust(src).map((path) => relative(src, path));
    // Beside a library the program is a crate of its own.
    const files = new Map(roots.filter((path) => path !== "main.rs" || !roots.includes("lib.rs"))
      .map((path) => [path, readFileSync(join(src, path), "utf8")]));
    wrong.push(...judgeCircles(name, circles(files)));

    const read = (paths) => paths.map((path) => readFileSync(path, "utf8"));
    const build = existsSync(join(folder, "build.rs")) ? [join(folder, "build.rs")] : [];
    const product = read([...rust(src), ...build]);
    const tests = read(["tests", "benches", "examples"].flatMap((part) => rust(join(folder, part))));
    const dev = dependencies.filter(({ kind }) => kind === "dev");
    const idle = [
      ...unused(dependencies.filter(({ kind }) => kind !== "dev"), product),
      ...unused(dev, [...product, ...tests]),
    ];
    for (const one of idle) {
      const entry = `${name}: ${one}`;
      if (entry in UNSEEN) excused.add(entry);
      else wrong.push(`${name} names ${one} in Cargo.toml and nowhere else`);
    }
    for (const each of dependencies) named.add(each.name).add(each.rename ?? each.name);
  }
  for (const entry of Object.keys(UNSEEN)) {
    if (!excused.has(entry)) wrong.push(`${entry} is used or gone: take it out of .ci/rooms.mjs`);
  }
  const shared = readFileSync("Cargo.toml", "utf8").split("[workspace.dependencies]")[1].split(/^\[/m)[0];
  for (const [, name] of shared.matchAll(/^([\w-]+) = /gm)) {
    if (!named.has(name)) wrong.push(`Cargo.toml offers ${name}, and no crate takes it`);
  }

  for (const line of wrong) console.error(line);
  console.log(`${packages.length} crates; ${wrong.length} wrong`);
  process.exit(wrong.length ? 1 : 0);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main();
