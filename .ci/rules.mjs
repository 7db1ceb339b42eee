// Holds docs/rules.md and the repository together: every rule and row that code, tests, data or
// documents cite stands there; every rule there names files, laws and tests that there are, or says why
// it has no test. Prints what is wrong with its place, and fails.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const RULES = "docs/rules.md";
const GROUPS = "CPMQSZAX";
// Decisions and history tell of the day they were written.
const HISTORY = /^(docs\/adr\/|CHANGELOG\.md)/;
const ROOMS = /`((?:domain|server|frontend|e2e|style|public|docs|packaging|\.ci)\/[\w./@-]*)`/g;
const READ = /(\.(rs|toml|sql|ts|mjs|js|css|md)|Makefile)$/;

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" }).split("\n");
const text = new Map(
  listed.filter((path) => READ.test(path) && existsSync(path)).map((path) => [path, readFileSync(path, "utf8")]),
);
const wrong = [];
const say = (path, at, what) => wrong.push(`${path}:${text.get(path).slice(0, at).split("\n").length}: ${what}`);

/** Comments that run over several lines as one line each; every character stays at its place. */
const joined = (source) =>
  source.replace(/\n[ \t]*(\/\/[/!]?|#|--|\*)(?=[ \t])/g, (end) => " ".repeat(end.length));

/** The numbers of a list like `1, 3 and 5–7`. */
function numbers(list) {
  return [...list.matchAll(/(\d+)(?:\s*[–-]\s*[A-Z]?(\d+))?/g)].flatMap(([, from, to]) =>
    Array.from({ length: Math.max(1, (to ?? from) - from + 1) }, (_, more) => Number(from) + more));
}

/** The rules of the page by number: where the heading is, and the lines `- Name: …` under it. */
function rules() {
  const found = new Map();
  for (const section of text.get(RULES).matchAll(/^### ((?:sites |desk )?[A-Z]\d+): .*\n((?:(?!^#).*\n)*)/gm)) {
    const lines = [...section[2].matchAll(/^- (\w+): (.*)$/gm)].map(([, name, rest]) => [name, rest]);
    if (found.has(section[1])) say(RULES, section.index, `${section[1]} stands here twice`);
    found.set(section[1], { at: section.index, lines: Object.fromEntries(lines) });
  }
  return found;
}

/** Every test by its name: functions of Rust, cases of the store's suite, titles of browser tests. */
function tests() {
  const names = new Set();
  const functions = /#\[[\w:]*test(?:\([^\]]*\))?\]\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn (\w+)/g;
  const titles = /\btest\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1/g;
  for (const [path, source] of text) {
    if (path.endsWith(".rs")) for (const [, name] of source.matchAll(functions)) names.add(name);
    // Of a title that is put together, what comes before the first part.
    if (path.startsWith("e2e/")) {
      for (const [, , title] of source.matchAll(titles)) names.add(title.split("${")[0].replace(/[, ]+$/, ""));
    }
  }
  // A case that the list of the suite leaves out is never run.
  const suite = text.get("server/store-suite/src/lib.rs");
  for (const [, name] of suite.matchAll(/^\s+\w+::(\w+)$/gm)) names.add(name);
  return names;
}

/** Laws by id: whether they are repealed, and the articles that were read, if the text was. */
function laws() {
  const source = text.get("domain/data/laws.toml");
  const today = source.match(/^date = "(.*)"/m)[1];
  return new Map(source.split("[[law]]\n").slice(1).map((law) => {
    const repealed = law.match(/^repealed = \{ on = "([\d-]+)"/m)?.[1] <= today;
    const read = law.match(/^read = .*/m)?.[0];
    const articles = read && numbers(read.match(/articles = "(.*)"/)?.[1] ?? "");
    return [law.match(/^id = "(.*)"/m)[1], { repealed, articles }];
  }));
}

const LIST = `[${GROUPS}]\\d+(?:(?:,| and|,? or|;)? *(?:rules? +)?[${GROUPS}]\\d+|[–-][${GROUPS}]?\\d+)*`;
// In brackets alone it may be anything else: no group has twenty rules.
const BARE = LIST.replaceAll("\\d+", "1?\\d\\b");
const SPOKEN = new RegExp(`\\b[Rr]ules? +(${LIST})\\b|\\((${BARE})\\)|// (${BARE}): `, "g");
const EACH = new RegExp(`([${GROUPS}])(\\d+(?:[–-][${GROUPS}]?\\d+)?)`, "g");
const ROWS = /\b[Rr]ows? +(\d+(?:(?:,? +and +|, +|–|-)\d+)*)/g;
const IN_RUST = /\bfn ((?:[cpmqszax]\d{1,2}_)+)/g;
// Statements about sites have numbers of their own, and carry the word.
const SITES = /\bsites ([SQ]\d{1,2})\b(?!-)|\bfn sites_([sq]\d{1,2})_/g;
// So have those about the counter.
const DESK = /\bdesk (D\d{1,2}(?:(?:,| and) D\d{1,2})*)\b|\bfn desk_((?:d\d{1,2}_)+)/g;
const IN_TITLES = /\btest\(\s*['"`]((?:[cpmqszax]\d{1,2}[:,] ?)+)/g;

/** Rules and rows as a file cites them: where, and which. */
function* citations(path, source) {
  const flat = joined(source);
  for (const found of flat.matchAll(SPOKEN)) {
    for (const [, group, rest] of found[0].matchAll(EACH)) {
      for (const number of numbers(rest)) yield [found.index, `${group}${number}`];
    }
  }
  for (const found of flat.matchAll(ROWS)) {
    for (const number of numbers(found[1])) yield [found.index, `row ${number}`];
  }
  for (const found of flat.matchAll(SITES)) yield [found.index, `sites ${(found[1] ?? found[2]).toUpperCase()}`];
  for (const found of flat.matchAll(DESK)) {
    for (const [id] of (found[1] ?? found[2]).matchAll(/d\d+/gi)) yield [found.index, `desk ${id.toUpperCase()}`];
  }
  for (const found of source.matchAll(path.endsWith(".rs") ? IN_RUST : IN_TITLES)) {
    for (const [id] of found[1].matchAll(/[a-z]\d+/g)) yield [found.index, id.toUpperCase()];
  }
}

const page = text.get(RULES);
const known = rules();
const rows = new Map([...page.matchAll(/^\| (\d+) \| (.*?) \| (.*?) \|(.*)\|$/gm)].map((row) => [Number(row[1]), row]));
const every = tests();
const register = laws();

// What is cited stands on the page.
let cited = 0;
for (const [path, source] of text) {
  for (const [at, what] of citations(path, source)) {
    if (path !== RULES) cited += 1;
    const there = what.startsWith("row ") ? rows.has(Number(what.slice(4))) : known.has(what);
    if (!there) say(path, at, `${what} does not stand in ${RULES}`);
  }
  for (const { index } of source.matchAll(/§ ?\d/g)) {
    const before = joined(source).slice(Math.max(0, index - 300), index);
    if (!/RFC|M\.G\.L\./.test(before)) say(path, index, "a § of what? name the RFC, or a rule");
  }
}

// What documents name is there.
for (const [path, source] of text) {
  if (!path.endsWith(".md") || HISTORY.test(path)) continue;
  for (const { index, 1: named } of source.matchAll(ROOMS)) {
    if (!existsSync(named)) say(path, index, `there is no ${named}`);
  }
  // A name of five words or more is a sentence, and those are tests.
  for (const { index, 1: name } of source.matchAll(/`((?:[a-z0-9]+_){4,}[a-z0-9]+)`/g)) {
    if (!every.has(name)) say(path, index, `there is no test ${name}`);
  }
}

// Every rule says where it comes from, what holds it, and what fails when it does not hold.
const NAMED = /`((?:[a-z0-9]+_){2,}[a-z0-9]+)`|"([^"]+)"/g;
for (const [id, { at, lines }] of known) {
  for (const name of ["Source", "Files", "Tests"]) {
    if (!lines[name]) say(RULES, at, `${id} has no line “- ${name}: …”`);
  }
  const held = [...(lines.Tests ?? "").matchAll(NAMED)];
  const excused = /^none(: | can ).{20,}/.test(lines.Tests ?? "");
  if (!held.length && !excused) say(RULES, at, `${id} names no test and does not say why`);
}
for (const { index, 0: line } of page.matchAll(/^(?:- Tests: |\| \d+ ).*$/gm)) {
  // The fields of a row look like tests; they are held against the policy below.
  const tests = line.replace(/^(\| \d+ \| .*? \| ).*?( \|)/, "$1$2");
  for (const [, name, title] of tests.matchAll(NAMED)) {
    if (!every.has(name ?? title)) say(RULES, index, `there is no test ${name ?? `“${title}”`}`);
  }
}

// Laws are in the register and in force; what nobody has read is said.
for (const { index, 0: line } of page.matchAll(/^.*\{law:.*$/gm)) {
  for (const [, id, articles] of line.matchAll(/[{;] ?(?:law:)?([a-z][a-z0-9-]+)(?::([\d,.()?-]+))?(?=[;}])/g)) {
    const law = register.get(id);
    if (!law || law.repealed) {
      say(RULES, index, law ? `${id} is repealed` : `no law ${id} is in the register`);
      continue;
    }
    const asked = numbers((articles ?? "").replace(/\(\d+\)|\.\d+/g, ""));
    const read = law.articles && !articles?.includes("?") && asked.every((one) => law.articles.includes(one));
    if (!read && !/to be confirmed|not read/.test(line)) {
      say(RULES, index, `${id} ${articles ?? ""} was not read: say “to be confirmed”`);
    }
  }
}

// The rows are those of the policy.
const policy = text.get("domain/data/policies/zhejiang.toml").split("[[row]]\n").slice(1);
for (const row of policy) {
  const number = Number(row.match(/^row = (\d+)/m)[1]);
  const title = row.match(/^title = .*en = "(.*?)"/m)[1];
  const names = [...(row.match(/^fields = \[(.*)\]/m)?.[1] ?? "").matchAll(/"(\w+)"/g)];
  const fields = names.map(([, name]) => `\`${name}\``).join(", ") || "none";
  const here = rows.get(number);
  if (!here) say(RULES, 0, `row ${number} of the policy does not stand here`);
  else if (here[2] !== title || here[3] !== fields) say(RULES, here.index, `row ${number} is “${title}” with ${fields}`);
}
if (rows.size !== policy.length) say(RULES, 0, `${rows.size} rows here, ${policy.length} in the policy`);

for (const line of wrong) console.error(line);
console.log(
  `${known.size} rules and ${rows.size} rows, cited ${cited} times; ${every.size} tests known; ${wrong.length} wrong`,
);
process.exit(wrong.length ? 1 : 0);
