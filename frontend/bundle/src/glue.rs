//! Wasm modules with their JavaScript glue, shrunk.

use crate::cache::{Cache, Key};
use crate::error::BundleError;
use crate::script::{self, Scripts};
use crate::vendor::Packages;
use serde_json::Value;
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
    /// It works while somebody holds a camera.
    Fast,
}

impl Goal {
    fn flag(self) -> &'static str {
        match self {
            Self::Small => "-Oz",
            Self::Fast => "-O3",
        }
    }
}

/// A module ready to be served.
#[derive(Clone)]
pub struct Module {
    /// The JavaScript that loads it. Its default export is a function that takes the URL of the
    /// wasm.
    pub glue: String,
    /// The shrunk module.
    pub wasm: Vec<u8>,
}

impl Module {
    /// Makes the glue of a compiled module and shrinks both; with no goal the module stays as it is.
    pub fn make(
        cache: &mut Cache,
        packages: &Packages,
        name: &str,
        raw: &[u8],
        goal: Option<Goal>,
    ) -> Result<Self, BundleError> {
        let wrong = |reason: String| BundleError::Glue { name: name.to_owned(), reason };

        let inputs = [name.as_bytes(), raw, packages.esbuild.version()];
        let folder = cache.scratch("scripts");
        let mut output = None;
        let glue = cache.get(&Key { step: "glue.json", inputs: &inputs }, || {
            let scripts = scripts_of(name, output.insert(bind(name, raw)?));
            let glue = script::glue(packages, &folder, &scripts, &format!("{name}.js"))?;
            serde_json::to_vec(&glue).map_err(|error| wrong(error.to_string()))
        })?;
        let (glue, names): (String, BTreeMap<String, Value>) =
            serde_json::from_slice(&glue).map_err(|error| wrong(error.to_string()))?;

        // The glue decides what the imports are called.
        let flag = goal.map_or("", Goal::flag);
        let inputs = [glue.as_bytes(), raw, flag.as_bytes(), packages.wasm_opt.version()];
        let (before, after) = (cache.scratch("before.wasm"), cache.scratch("after.wasm"));
        let wasm = cache.get(&Key { step: "opt.wasm", inputs: &inputs }, || {
            let mut output = output.map_or_else(|| bind(name, raw), Ok)?;
            for import in output.wasm_mut().imports.iter_mut() {
                if let Some(Value::String(short)) = names.get(&import.name) {
                    import.name.clone_from(short);
                }
            }
            let bound = output.wasm_mut().emit_wasm();
            let Some(goal) = goal else { return Ok(bound) };
            eprintln!("bundle: shrinking {name} with wasm-opt {}", goal.flag());
            fs::write(&before, bound).map_err(BundleError::io("write", &before))?;
            shrink(packages, name, &before, &after, goal)?;
            fs::read(&after).map_err(BundleError::io("read", &after))
        })?;
        eprintln!("bundle: {name} is bound, {} kB", wasm.len() / 1000);
        Ok(Self { glue, wasm })
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

/// The glue, and the snippets that crates brought along, by the paths with which it imports them.
fn scripts_of(name: &str, output: &Output) -> Scripts {
    let mut scripts = Scripts::from([(format!("{name}.js"), output.js().to_owned())]);
    for (identifier, list) in output.snippets() {
        for (i, script) in list.iter().enumerate() {
            scripts.insert(format!("snippets/{identifier}/inline{i}.js"), script.clone());
        }
    }
    for (path, script) in output.local_modules() {
        scripts.insert(format!("snippets/{path}"), script.clone());
    }
    scripts
}

fn shrink(
    packages: &Packages,
    name: &str,
    before: &Path,
    after: &Path,
    goal: Goal,
) -> Result<(), BundleError> {
    let output = Command::new("node")
        .arg(packages.wasm_opt.program())
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
