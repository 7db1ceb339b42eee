// The rules about sites in an engine that others made: each set that comes with the program is written as DMN, and
// feelin says of every rule in 10,000 cases what ours says (sites S9). A difference is a fault in one of the two.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { evaluate } from 'feelin';

const JIANMA = process.env.JIANMA_E2E_BINARY ?? 'target/debug/jianma';
const CASES = Number(process.env.JIANMA_DMN_CASES ?? 10_000);

const unescaped = (text) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** The value of an expression, all of whose names are there: one that is not would read as null, and null as not known. */
function said(text, context) {
  const { value, warnings } = evaluate(text, context);
  const missing = warnings.filter(({ type }) => type === 'NO_VARIABLE_FOUND' || type === 'NO_FUNCTION_FOUND');
  assert.deepEqual(missing, [], text);
  return value ?? null;
}

/** The decisions of a document, each behind those it needs, as functions of what it needs: read once, asked often. */
function decisions(xml) {
  const found = [...xml.matchAll(/<decision id="([^"]+)"([\s\S]*?)<text>([\s\S]*?)<\/text>/g)];
  return found.map(([, name, head, escaped]) => {
    const text = unescaped(escaped);
    const needs = [...head.matchAll(/href="#([^"]+)"/g)].map(([, need]) => need);
    return { name, text, needs, asked: said(`function(${needs.join(', ')}) ${text}`, {}) };
  });
}

function compare(set) {
  const folder = mkdtempSync(join(tmpdir(), 'jianma-rules-'));
  try {
    const [dmn, cases] = ['rules.dmn', 'cases.jsonl'].map((name) => join(folder, name));
    execFileSync(JIANMA, ['export-rules', set, '--dmn', dmn, '--cases', cases, '--count', String(CASES)]);
    const all = decisions(readFileSync(dmn, 'utf8'));
    const tally = { true: 0, false: 0, null: 0 };
    const lines = readFileSync(cases, 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, CASES);
    const days = new Map();
    for (const [at, line] of lines.entries()) {
      const { use, day, inputs, rules, outcome } = JSON.parse(line);
      if (!days.has(day)) days.set(day, said(`date("${day}")`, {}));
      const context = { ...inputs, use, day: days.get(day) };
      for (const { name, text, needs, asked } of all) {
        context[name] = asked.invoke(needs.map((need) => context[need])) ?? null;
        // As an engine reads the document, without help of ours.
        if (at < 3) assert.deepEqual(said(text, context), context[name], `${name}: ${line}`);
      }
      for (const [rule, expected] of Object.entries(rules)) {
        assert.equal(context[rule], expected, `${rule}: ${line}`);
        tally[expected] += 1;
      }
      assert.equal(context.outcome, outcome, `outcome: ${line}`);
    }
    // Cases that all come out alike would show nothing.
    for (const [truth, count] of Object.entries(tally)) assert.ok(count > CASES / 20, `${truth}: ${count}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('another engine says the same of every rule of Zhejiang in 10,000 cases', () => compare('zhejiang'));
test('another engine says the same of every rule of Cambridge in 10,000 cases', () => compare('cambridge'));
