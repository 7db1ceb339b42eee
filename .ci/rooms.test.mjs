// The check of the rooms can fail: each kind of fault is made, and found.
import assert from "node:assert/strict";
import test from "node:test";
import { circles, judgeArrows, judgeCircles, leaves, rows, stripped, unused } from "./rooms.mjs";

const ROOT = "mod pages; mod state; mod value;";
const found = (files) => [...circles(new Map(Object.entries(files))).keys()];

test("two modules that use each other are a circle", () => {
  const files = { "lib.rs": ROOT, "pages.rs": "use crate::state::State;", "state.rs": "fn f() { super::pages::home() }" };
  assert.deepEqual(found(files), ["pages <-> state"]);
  assert.deepEqual(found({ ...files, "state.rs": "" }), []);
});

test("a circle of three, through braces, children and what a parent passes on, is found", () => {
  const files = {
    "lib.rs": "mod pages; mod state; mod value; pub use value::Value;",
    "pages.rs": "mod home; use crate::{state::{self, State}};",
    "pages/home.rs": "",
    "state/mod.rs": "use crate::Value;",
    "value.rs": "use crate::pages::home::Home as Page;",
  };
  assert.deepEqual(found(files), ["pages <-> state <-> value"]);
});

test("a parent and its children are no circle, children among each other are", () => {
  const parent = { "lib.rs": "mod pages;", "pages.rs": "mod home; mod foot; use home::Home; struct Page;" };
  assert.deepEqual(found({ ...parent, "pages/home.rs": "use super::Page;", "pages/foot.rs": "" }), []);
  const files = { ...parent, "pages/home.rs": "use super::foot::Foot;", "pages/foot.rs": "use super::Home;" };
  assert.deepEqual(found(files), ["pages::foot <-> pages::home"]);
});

test("comments, strings and tests are no imports", () => {
  const state = '// use crate::pages;\nconst A: &str = "crate::pages::B";\n#[cfg(test)]\nmod tests { use crate::pages::C; }';
  assert.deepEqual(found({ "lib.rs": ROOT, "pages.rs": "use crate::state::A;", "state.rs": state }), []);
  assert.equal(stripped("#[cfg(test)] mod tests; fn f() {}").trim(), "fn f() {}");
  const files = { "lib.rs": "mod pages; #[cfg(test)] mod tests;", "pages.rs": "use crate::tests::A;", "tests.rs": "use crate::pages::B;" };
  assert.deepEqual(found(files), []);
});

test("a use tree is read to its leaves", () => {
  const names = leaves("a::{b, c::{self, d as e}}").map(({ parts, name }) => `${parts.join("::")} ${name}`);
  assert.deepEqual(names, ["a::b b", "a::c c", "a::c::d e"]);
});

test("every circle is wrong, and says by which lines it goes round", () => {
  const round = new Map([["a <-> b", ["a.rs names b"]]]);
  assert.deepEqual(judgeCircles("web", round), ["web: a <-> b go round:\n    a.rs names b"]);
  assert.deepEqual(judgeCircles("web", new Map()), []);
});

const PAGE = [
  "### What may import what", "", "| crate | imports | its tests also | never |", "|---|---|---|---|",
  "| `domain` | | | `tokio` |", "| `store` | `domain` | `testkit` | |", "| `testkit` | | | |",
  "| `service` (planned) | `domain` | | `axum` |", "", "### Next",
].join("\n");
const crate = (name, ...dependencies) => ({ name, dependencies });
const [normal, dev] = [null, "dev"].map((kind) => (name) => ({ name, kind }));
const others = [crate("testkit")];

test("an arrow that the table does not allow is wrong, in tests too", () => {
  const table = rows(PAGE);
  const wrong = (...crates) => judgeArrows([...crates, ...others], table);
  assert.deepEqual(wrong(crate("domain"), crate("store", normal("domain"), dev("testkit"))), []);
  assert.deepEqual(wrong(crate("domain", dev("tokio")), crate("store")), []);
  assert.deepEqual(wrong(crate("domain", normal("store")), crate("store")), ["domain may not import store"]);
  assert.deepEqual(wrong(crate("domain", dev("store")), crate("store")), ["domain may not import store, not even in tests"]);
  assert.deepEqual(wrong(crate("domain"), crate("store", normal("testkit"))), ["store may not import testkit"]);
  assert.deepEqual(wrong(crate("domain", normal("tokio")), crate("store")), ["domain may never name tokio"]);
});

test("a crate without a row and a row without a crate are wrong, a planned row holds when the crate comes", () => {
  const table = rows(PAGE);
  const rest = [crate("domain"), crate("store"), ...others];
  assert.equal(judgeArrows([...rest, crate("new")], table).length, 1);
  assert.equal(judgeArrows(rest.slice(1), table).length, 1);
  assert.deepEqual(judgeArrows([...rest, crate("service", normal("axum"))], table), ["service may never name axum"]);
});

test("a dependency that no source names is found", () => {
  const sources = ["// tracing::info\nuse serde_json::json;\nfn f() { a_b::c() }"];
  const names = ["tracing", "serde_json", "a-b", "serde"].map((name) => ({ name }));
  assert.deepEqual(unused(names, sources), ["tracing", "serde"]);
});
