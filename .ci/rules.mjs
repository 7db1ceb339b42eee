// Holds docs/rules.md and the repository together: every rule and row that code, tests, data or
// documents cite stands there; every rule there names files, laws and tests that there are, or says why
// it has no test. Prints what is wrong with its place, and fails.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const RULES = "docs/rules.md";
const GROUPS = "CPMQSZAX";
// Decisions and history tell of the day they were written.
const HISTORY = /^(docs\/adr\/|CHANGELOG\.md)/;

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { encoding: "utf8" });
const files = listed.split("\n").filter((path) => existsSync(path) && /(\.(rs|toml|sql|ts|mjs|js|css|md)|Makefile)$/.test(path));
const text = new Map(files.map((path) => [path, readFileSync(path, "utf8")]));
const wrong = [];
const say = (path, at, what) => wrong.push(`${path}:${text.get(path).slice(0, at).split("\n").length}: ${what}`);

/** The text with comments that run over several lines as one line each, every character at its place. */
const joined = (source) => source.replace(/\n[ \t]*(\/\/[/!]?|#|--|\*)(?=[ \t])/g, (end) => " ".repeat(end.length));

/** The numbers of a list like `1, 3 and 5–7`. */
function numbers(list) {
  return [...list.matchAll(/(\d+)(?:\s*[–-]\s*[A-Z]?(\d+))?/g)].flatMap(([, from, to]) =>
    Array.from({ length: Math.max(1, (to ?? from) - from + 1) }, (_, more) => +from + more));
}

/** What the page says of its rules: each with its heading's place and its lines `- Name: …`. */
function rules() {
  const page = text.get(RULES);
  const found = new Map();
  for (const section of page.matchAll(/^### ([A-Z]\d+): .*\n((?:(?!^#).*\n)*)/gm)) {
    const lines = Object.fromEntries([...section[2].matchAll(/^- (\w+): (.*)$/gm)].map(([, name, rest]) => [name, rest]));
    if (found.has(section[1])) say(RULES, section.index, `${section[1]} stands here twice`);
    found.set(section[1], { at: section.index, lines });
  }
  return found;
}

/** Every test by its name: functions of Rust, cases of the store's suite, titles of browser tests. */
function tests() {
  const names = new Set();
  for (const [path, source] of text) {
    if (path.endsWith(".rs")) {
      for (const [, name] of source.matchAll(/#\[(?:[\w:]*test(?:\([^\]]*\))?|test_case[^\]]*)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub )?(?:async )?fn (\w+)/g)) names.add(name);
    }
    if (path.startsWith("e2e/")) {
      for (const [, , title] of source.matchAll(/\btest\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1/g)) names.add(title.split("${")[0].replace(/[, ]+$/, ""));
    }
  }
  // A case that the list of the suite leaves out is never run.
  for (const [, name] of text.get("server/store/tests/suite/mod.rs").matchAll(/^\s+\w+::(\w+)$/gm)) names.add(name);
  return names;
}

/** Laws by id, with the day they were repealed and the articles that were read. */
function laws() {
  const source = text.get("domain/data/laws.toml");
  const today = source.match(/^date = "(.*)"/m)[1];
  return new Map(source.split("[[law]]\n").slice(1).map((law) => {
    const repealed = law.match(/^repealed = \{ on = "([\d-]+)"/m)?.[1];
    const read = law.match(/^read = .*/m)?.[0];
    return [law.match(/^id = "(.*)"/m)[1], { repealed: repealed <= today, read: read && numbers(read.match(/articles = "(.*)"/)?.[1] ?? "") }];
  }));
}

/** Rules and rows as they are cited in a file: what, and where. */
function* citations(path, source) {
  const flat = joined(source);
  const list = `[${GROUPS}]\\d+(?:(?:,| and|,? or|;)? *(?:rules? +)?[${GROUPS}]\\d+|[–-][${GROUPS}]?\\d+)*`;
  // In brackets alone it may be anything else: no group has twenty rules.
  const bare = list.replaceAll("\\d+", "1?\\d\\b");
  const spoken = new RegExp(`\\b[Rr]ules? +(${list})\\b|\\((${bare})\\)|// (${bare}): `, "g");
  for (const found of flat.matchAll(spoken)) {
    for (const [, group, rest] of found[0].matchAll(new RegExp(`([${GROUPS}])(\\d+(?:[–-][${GROUPS}]?\\d+)?)`, "g"))) {
      for (const number of numbers(rest)) yield [found.index, `${group}${number}`];
    }
  }
  for (const found of flat.matchAll(/\b[Rr]ows? +(\d+(?:(?:,? +and +|, +|–|-)\d+)*)/g)) {
    for (const number of numbers(found[1])) yield [found.index, `row ${number}`];
  }
  const named = path.endsWith(".rs") ? /\bfn ((?:[cpmqszax]\d{1,2}_)+)/g : /\btest\(\s*['"`]((?:[cpmqszax]\d{1,2}[:,] ?)+)/g;
  for (const found of source.matchAll(named)) {
    for (const [id] of found[1].matchAll(/[a-z]\d+/g)) yield [found.index, id.toUpperCase()];
  }
}

const known = rules();
const page = text.get(RULES);
const rows = new Map([...page.matchAll(/^\| (\d+) \| (.*?) \| (.*?) \|(.*)\|$/gm)].map((row) => [+row[1], row]));
const every = tests();
const register = laws();

for (const [path, source] of text) {
  for (const [at, cited] of citations(path, source)) {
    const there = cited.startsWith("row ") ? rows.has(+cited.slice(4)) : known.has(cited);
    if (!there) say(path, at, `${cited} does not stand in ${RULES}`);
  }
  // A paragraph of something is a paragraph of what the reader can open.
  for (const found of source.matchAll(/§ ?\d/g)) {
    if (!/RFC|M\.G\.L\./.test(joined(source).slice(Math.max(0, found.index - 300), found.index))) say(path, found.index, "a § of what? name the RFC, or a rule");
  }
  if (path.endsWith(".md") && !HISTORY.test(path)) {
    for (const found of source.matchAll(/`((?:domain|server|frontend|e2e|style|public|docs|packaging|\.ci)\/[\w./@-]*)`/g)) {
      if (!existsSync(found[1])) say(path, found.index, `there is no ${found[1]}`);
    }
    // A name of five words or more is a sentence, and those are tests.
    for (const found of source.matchAll(/`((?:[a-z0-9]+_){4,}[a-z0-9]+)`/g)) {
      if (!every.has(found[1])) say(path, found.index, `there is no test ${found[1]}`);
    }
  }
}

/** Names in backticks that can only be tests, and titles in quotation marks. */
const named = (line) => [...line.matchAll(/`((?:[a-z0-9]+_){2,}[a-z0-9]+)`|"([^"]+)"/g)].map(([, name, title]) => name ?? title);

for (const [id, { at, lines }] of known) {
  for (const name of ["Source", "Files", "Tests"]) {
    if (!lines[name]) say(RULES, at, `${id} has no line “- ${name}: …”`);
  }
  const cited = named(lines.Tests ?? "");
  const excused = /^none: .{20,}|^none can .{20,}/.test(lines.Tests ?? "");
  if (!cited.length && !excused) say(RULES, at, `${id} names no test and does not say why`);
}
// The fields of the rows have the look of tests; they are held against the policy below.
const prose = page.replace(/^(\| \d+ \| .*? \| )(.*?)( \| )/gm, (_, head, fields, tail) => head + " ".repeat(fields.length) + tail);
for (const found of prose.matchAll(/`((?:[a-z0-9]+_){2,3}[a-z0-9]+)`/g)) {
  if (!every.has(found[1])) say(RULES, found.index, `there is no test ${found[1]}`);
}
for (const line of prose.matchAll(/^(?:- Tests: |\| \d+ ).*$/gm)) {
  for (const [, title] of line[0].matchAll(/"([^"]+)"/g)) if (!every.has(title)) say(RULES, line.index, `there is no browser test “${title}”`);
}
for (const line of page.matchAll(/^.*\{law:.*$/gm)) {
  for (const [, id, articles] of line[0].matchAll(/[{;] ?(?:law:)?([a-z][a-z0-9-]+)(?::([\d,.()?-]+))?(?=[;}])/g)) {
    const law = register.get(id);
    const open = articles && !/^\?/.test(articles) && !numbers(articles.replace(/\(\d+\)/g, "")).every((one) => law?.read?.includes(one));
    if (!law) say(RULES, line.index, `no law ${id} is in the register`);
    else if (law.repealed) say(RULES, line.index, `${id} is repealed`);
    else if ((open || !law.read || articles?.startsWith("?")) && !/to be confirmed|not read/.test(line[0])) say(RULES, line.index, `${id} ${articles ?? ""} was not read: say “to be confirmed”`);
  }
}

const policy = text.get("domain/data/policies/zhejiang.toml").split("[[row]]\n").slice(1);
for (const row of policy) {
  const number = +row.match(/^row = (\d+)/m)[1];
  const title = row.match(/^title = .*en = "(.*?)"/m)[1];
  const fields = [...(row.match(/^fields = \[(.*)\]/m)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => `\`${name}\``);
  const here = rows.get(number);
  if (!here) say(RULES, 0, `row ${number} of the policy does not stand here`);
  else if (here[2] !== title || here[3] !== (fields.join(", ") || "none")) say(RULES, here.index, `row ${number} is “${title}” with ${fields.join(", ") || "none"}`);
}
if (rows.size !== policy.length) say(RULES, 0, `${rows.size} rows here, ${policy.length} in the policy`);

for (const line of wrong) console.error(line);
console.log(`${known.size} rules and ${rows.size} rows, ${every.size} tests known, ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);
