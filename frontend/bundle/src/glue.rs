//! Wasm modules with their JavaScript glue, shrunk.

use crate::cache::{Cache, Key};
use crate::error::BundleError;
use crate::site::Asset;
use crate::vendor::Packages;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use wasm_bindgen_cli_support::{Bindgen, Output};

/// What rustc uses beyond the first version of WebAssembly; wasm-opt must be told.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// What a module is optimised for.
#[derive(Clone, Copy)]
pub enum Goal {
    /// Everybody downloads it.
    Small,
    /// It works while somebody holds a camera, and tells nobody why it panicked.
    Silent,
}

impl Goal {
    fn flag(self) -> &'static str {
        match self {
            Self::Small => "-Oz",
            Self::Silent => "-O3",
        }
    }
}

/// A module ready to be served.
pub struct Module {
    /// The JavaScript that loads it; its initialiser takes the URL of the wasm.
    pub glue: String,
    /// The shrunk module.
    pub wasm: Vec<u8>,
    /// JavaScript that crates brought along and that could not be put into the glue.
    pub snippets: Vec<Asset>,
}

impl Module {
    /// Makes the glue of a compiled module and shrinks it.
    pub fn make(
        cache: &mut Cache,
        packages: &Packages,
        name: &str,
        compiled: &Path,
        goal: Goal,
    ) -> Result<Self, BundleError> {
        let raw = fs::read(compiled).map_err(BundleError::io("read", compiled))?;
        let wrong = |reason: String| BundleError::Glue { name: name.to_owned(), reason };

        let key = Key { step: "glue.json", inputs: &[name.as_bytes(), &raw] };
        let scripts = cache.get(&key, || {
            eprintln!("bundle: making the glue of {name}");
            let mut output = bind(name, &raw)?;
            let renamed = shorten_imports(&mut output);
            let mut scripts = scripts_of(&output);
            if let Some(glue) = scripts.get_mut(GLUE) {
                *glue = slim(glue, &renamed);
            }
            serde_json::to_vec(&scripts).map_err(|error| wrong(error.to_string()))
        })?;
        let scripts: BTreeMap<String, String> =
            serde_json::from_slice(&scripts).map_err(|error| wrong(error.to_string()))?;
        let (glue, snippets) = place_snippets(name, scripts);

        let inputs = [name.as_bytes(), &raw, goal.flag().as_bytes(), packages.wasm_opt_version()];
        let (before, after) = (cache.scratch("before.wasm"), cache.scratch("after.wasm"));
        let wasm = cache.get(&Key { step: "opt.wasm", inputs: &inputs }, || {
            eprintln!("bundle: shrinking {name} with wasm-opt {}", goal.flag());
            let mut output = bind(name, &raw)?;
            shorten_imports(&mut output);
            if matches!(goal, Goal::Silent) {
                silence(&mut output);
            }
            fs::write(&before, output.wasm_mut().emit_wasm())
                .map_err(BundleError::io("write", &before))?;
            shrink(packages, name, &before, &after, goal)?;
            fs::read(&after).map_err(BundleError::io("read", &after))
        })?;
        Ok(Self { glue, wasm, snippets })
    }
}

fn bind(name: &str, raw: &[u8]) -> Result<Output, BundleError> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(name, raw.to_vec())
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // The pages hand in the hashed URL; a default would name a file that is not there.
        .omit_default_module_path(true);
    bindgen
        .web(true)
        .and_then(Bindgen::generate_output)
        .map_err(|error| BundleError::Glue { name: name.to_owned(), reason: format!("{error:#}") })
}

/// Gives the imports short names; bindgen's end in hashes, which no compression shortens. Says what
/// each was called and is called now.
fn shorten_imports(output: &mut Output) -> Vec<(String, String)> {
    let glue = output.js().to_owned();
    let mut renamed = Vec::new();
    for (i, import) in output.wasm_mut().imports.iter_mut().enumerate() {
        // Whatever has another form keeps its name.
        if glue.matches(&key_of(&import.name)).count() == 1 {
            let short = format!("i{i}");
            renamed.push((std::mem::replace(&mut import.name, short.clone()), short));
        }
    }
    renamed
}

/// How the glue defines an import.
fn key_of(name: &str) -> String {
    format!("\n{name}: function(")
}

/// The glue with those names, without indentation, empty lines and lines of comment.
///
/// No literal of the glue spans lines, so none of this is part of one.
fn slim(glue: &str, renamed: &[(String, String)]) -> String {
    let mut text = glue.to_owned();
    for (name, short) in renamed {
        text = text.replace(&key_of(name), &key_of(short));
    }
    let mut in_comment = false;
    let kept = text.lines().map(str::trim).filter(|line| {
        let comment = in_comment || line.starts_with("/*");
        in_comment = comment && !line.ends_with("*/");
        !comment && !line.is_empty() && !line.starts_with("//")
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}

/// Panics end in a trap at once. Without this they first write a text that nobody sees, since the
/// page hears of a trap either way; the code that writes it was a tenth of the first load.
fn silence(output: &mut Output) {
    for function in output.wasm_mut().funcs.iter_mut() {
        if function.name.as_deref().is_some_and(is_panic) {
            let mut body = function.kind.unwrap_local_mut().builder_mut().func_body();
            body.instrs_mut().clear();
            body.unreachable();
        }
    }
}

/// Whether a function of this name never returns, or formats a text.
fn is_panic(name: &str) -> bool {
    const STARTS: [&str; 17] = [
        "__rustc::rust_begin_unwind",
        "alloc::alloc::handle_alloc_error",
        "alloc::raw_vec::capacity_overflow",
        "alloc::raw_vec::handle_error",
        "core::cell::lazy::panic_poisoned",
        "core::cell::panic_already",
        "core::fmt::",
        "<core::fmt::",
        "core::option::expect_failed",
        "core::option::unwrap_failed",
        "core::panicking::",
        "core::result::unwrap_failed",
        "core::slice::copy_from_slice_impl::len_mismatch_fail",
        "core::slice::index::slice_index_fail",
        "core::str::slice_error_fail",
        "std::alloc::rust_oom",
        "std::thread::local::panic_access_error",
    ];
    // Names of the standard library carry the hash of the crate: `core[1f00…]::panicking::…`.
    let mut depth = 0;
    let plain: String = name
        .chars()
        .filter(|&c| {
            let outside = depth == 0 && c != '[';
            depth += i32::from(c == '[') - i32::from(c == ']');
            outside
        })
        .collect();
    plain.contains(" as core::fmt::") || STARTS.iter().any(|start| plain.starts_with(start))
}

/// The specifier that the glue has of itself.
const GLUE: &str = "";

/// The glue, and each snippet by the specifier with which the glue imports it.
fn scripts_of(output: &Output) -> BTreeMap<String, String> {
    let mut scripts = BTreeMap::from([(GLUE.to_owned(), output.js().to_owned())]);
    for (identifier, list) in output.snippets() {
        for (i, script) in list.iter().enumerate() {
            scripts.insert(format!("./snippets/{identifier}/inline{i}.js"), script.clone());
        }
    }
    for (path, script) in output.local_modules() {
        scripts.insert(format!("./snippets/{path}"), script.clone());
    }
    scripts
}

/// Puts each snippet into the glue where that is possible, which saves a round trip before the
/// page wakes up, and makes a hashed file of it where not.
fn place_snippets(name: &str, mut scripts: BTreeMap<String, String>) -> (String, Vec<Asset>) {
    let mut glue = scripts.remove(GLUE).unwrap_or_default();
    let mut files = Vec::new();
    for (i, (specifier, script)) in scripts.into_iter().enumerate() {
        if let Some(joined) = join(&glue, &specifier, &script) {
            glue = joined;
            continue;
        }
        let stem = format!("{name}-part-{i}");
        let asset = Asset::new(&format!("{stem}.js"), &stem, "js", script.into_bytes());
        glue = glue.replace(&specifier, &format!("./{}", asset.file_name()));
        files.push(asset);
    }
    (glue, files)
}

/// The glue with a snippet in place of its import; nothing if the snippet does more than export
/// functions by name, or the import has another form.
fn join(glue: &str, specifier: &str, script: &str) -> Option<String> {
    let (before, rest) = glue
        .split_once(&format!(" from '{specifier}'"))
        .or_else(|| glue.split_once(&format!(" from \"{specifier}\"")))?;
    let (before, names) = before.rsplit_once("import ")?;
    let names = names.trim().strip_prefix('{')?.strip_suffix('}')?;
    let plain = script.lines().all(|line| {
        !line.starts_with("import ")
            && (!line.starts_with("export ") || line.starts_with("export function "))
    });
    if !plain || rest.contains(specifier) {
        return None;
    }
    let exported = names.split(',').map(|name| name.split(" as ").next().unwrap_or(name).trim());
    let exported: Vec<&str> = exported.collect();
    let script = script.replace("export function ", "function ");
    let names = names.replace(" as ", ": ");
    let rest = rest.strip_prefix(';').unwrap_or(rest);
    Some(format!(
        "{before}const {{{names}}} = (() => {{\n{script}\nreturn {{ {} }};\n}})();{rest}",
        exported.join(", ")
    ))
}

fn shrink(
    packages: &Packages,
    name: &str,
    before: &Path,
    after: &Path,
    goal: Goal,
) -> Result<(), BundleError> {
    let output = Command::new("node")
        .arg(packages.wasm_opt())
        .args([goal.flag(), "--strip-debug", "--strip-producers"])
        .args(WASM_FEATURES)
        .arg(before)
        .arg("-o")
        .arg(after)
        .output()
        .map_err(|source| BundleError::Start { program: String::from("node"), source })?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BundleError::Shrink { name: name.to_owned(), reason })
}

/// The script of the scan worker: the glue, a function that fetches the second detector when the
/// first asks for it, and a last line that starts the first with its hashed module. One file, so
/// that the worker waits for one script and one module and not for a chain.
pub fn worker_entry(
    glue: &str,
    wasm: &str,
    second_glue: &str,
    second_wasm: &str,
) -> Result<String, BundleError> {
    if !glue.contains("__wbg_init as default") {
        return Err(BundleError::Glue {
            name: String::from("scan-worker"),
            reason: String::from("the glue does not export `__wbg_init as default` any more"),
        });
    }
    Ok(format!(
        "{glue}
globalThis.loadSecondDetector = async () => {{
  const second = await import('./{second_glue}');
  await second.default({{ module_or_path: new URL('{second_wasm}', import.meta.url) }});
  return second.find;
}};
__wbg_init({{ module_or_path: new URL('{wasm}', import.meta.url) }});
"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripts(glue: &str, snippet: &str) -> BTreeMap<String, String> {
        BTreeMap::from([
            (GLUE.to_owned(), glue.to_owned()),
            ("./snippets/map-1/inline0.js".to_owned(), snippet.to_owned()),
        ])
    }

    #[test]
    fn a_snippet_of_functions_becomes_part_of_the_glue() {
        let glue = "import { load as load1, b } from './snippets/map-1/inline0.js';\nload1();";
        let snippet = "export function load() {}\nexport function b() {}";
        let (glue, files) = place_snippets("jianma", scripts(glue, snippet));
        assert!(files.is_empty());
        assert_eq!(
            glue,
            "const { load: load1, b } = (() => {\nfunction load() {}\nfunction b() {}\n\
             return { load, b };\n})();\nload1();"
        );
    }

    #[test]
    fn panics_are_known_by_name_and_nothing_else_is_taken_for_one() {
        assert!(is_panic("core[0f3a]::panicking::panic_bounds_check"));
        assert!(is_panic("<core[0f3a]::cell::BorrowError as core[0f3a]::fmt::Display>::fmt"));
        assert!(!is_panic("<[u8] as core[0f3a]::clone::Clone>::clone"));
        assert!(!is_panic("scan::ladder::read::h0123456789abcdef"));
        assert!(!is_panic("std[0f3a]::panicking::catch_unwind::do_call"));
    }

    #[test]
    fn slim_glue_says_the_same() {
        let glue = "/**\n * Starts.\n *\n * It.\n */\n    const a = {\n__wbg_now_0f: function(b) {\n\n\
                    // Now.\nreturn b\n* 2; },\n};";
        let names = [(String::from("__wbg_now_0f"), String::from("i0"))];
        assert_eq!(slim(glue, &names), "const a = {\ni0: function(b) {\nreturn b\n* 2; },\n};\n");
    }

    #[test]
    fn any_other_snippet_becomes_a_hashed_file() {
        let glue = "import * as it from './snippets/map-1/inline0.js';";
        let (glue, files) = place_snippets("jianma", scripts(glue, "export default 1;"));
        assert_eq!(files.len(), 1);
        assert_eq!(glue, format!("import * as it from './{}';", files[0].file_name()));
    }
}
