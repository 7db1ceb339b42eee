//! The build program of the browser half.
//!
//! `cargo run -p bundle` from the workspace root makes `target/site/`: what the server serves as files;
//! with `-- --first-look` the same sooner and larger. It compiles the three wasm crates, makes their
//! JavaScript glue, shrinks both, bundles the styles, takes MapLibre GL JS over from `node_modules`,
//! names everything by its content and writes compressed twins. Steps whose inputs did not change are
//! taken from the cache under `target/bundle/`.
//!
//! It replaces `cargo-leptos`, whose helpers come from places that a closed network cannot reach,
//! and it uses the bindgen tool as a library, so that its version is the one in `Cargo.lock`.

mod asset;
mod cache;
mod compile;
mod error;
mod glue;
mod project;
mod purpose;
mod script;
mod site;
mod styles;
mod twins;
mod vendor;

use asset::Asset;
use cache::Cache;
use error::BundleError;
use glue::{Goal, Module};
use project::Project;
use purpose::Purpose;
use script::Scripts;
use site::Site;
use std::process::ExitCode;
use std::time::Instant;

/// What the first look through a camera may cost, in bytes of brotli: worker and module together.
const WORKER_LIMIT: usize = 60_000;

/// What the second detector may cost, which is fetched when the first fails.
const SECOND_LIMIT: usize = 220_000;

/// The script of the scan worker, which imports the glue of `scan`.
const WORKER: &str = "worker.mjs";

/// The script of a page, which wakes its islands.
const START: &str = "start.mjs";

fn main() -> ExitCode {
    let started = Instant::now();
    match bundle() {
        Ok(site) => {
            eprint!("{site}");
            eprintln!("bundle: done in {:.1} s", started.elapsed().as_secs_f32());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bundle: {error}");
            eprintln!("  next: {}", error.next_step());
            ExitCode::FAILURE
        }
    }
}

fn bundle() -> Result<Site, BundleError> {
    let purpose = Purpose::from_arguments(std::env::args().skip(1))?;
    let project = Project::find()?;
    // What can be missing is looked for first: a compiler run is long to wait for a typing error.
    let styles = styles::Entry::find(&project)?;
    let vendor = vendor::Packages::find(&project)?;

    let mut cache = Cache::open(&project, purpose.cache())?;
    let compile = |package: &str, features: &[&str]| {
        compile::crate_to_wasm(&project, purpose, package, features)
    };
    let app = compile("wasm", &[])?;
    let scan = compile("scan", &["worker"])?;
    let second = compile("scan-rxing", &["module"])?;
    let goal = |goal| (purpose == Purpose::Release).then_some(goal);
    let app = Module::make(&mut cache, &vendor, "jianma", &app, goal(Goal::Small))?;
    let scan = Module::make(&mut cache, &vendor, "scan", &scan, goal(Goal::Fast))?;
    let second = Module::make(&mut cache, &vendor, "scan-second", &second, goal(Goal::Small))?;

    let app_script = Asset::new("app.js", "jianma", "js", app.glue.into_bytes());
    let app_wasm = Asset::new("app.wasm", "jianma", "wasm", app.wasm);
    let start = project.script("frontend/wasm/js", START)?;
    let names = [
        ("APP_SCRIPT", format!("./{}", app_script.file_name())),
        ("APP_WASM", app_wasm.file_name()),
    ];
    let start = script::bundle(&mut cache, &vendor, &Scripts::from([start]), START, &names)?;
    let mut assets = vec![app_wasm, app_script];
    assets.push(Asset::new("start.js", "start", "js", start.into_bytes()));
    assets.push(Asset::new("app.css", "jianma", "css", styles.bundle(&vendor)?));

    let second_script = Asset::new("scan-second.js", "scan-second", "js", second.glue.into_bytes());
    let second_wasm = Asset::new("scan-second.wasm", "scan-second", "wasm", second.wasm);
    let scan_wasm = Asset::new("scan.wasm", "scan", "wasm", scan.wasm);
    let worker = project.script("frontend/scan/js", WORKER)?;
    let scripts = Scripts::from([(String::from("scan.js"), scan.glue), worker]);
    let names = [
        ("SCAN_WASM", scan_wasm.file_name()),
        ("SECOND_SCRIPT", format!("./{}", second_script.file_name())),
        ("SECOND_WASM", second_wasm.file_name()),
    ];
    let script = script::bundle(&mut cache, &vendor, &scripts, WORKER, &names)?;
    let worker = Asset::new("scan-worker.js", "scan-worker", "js", script.into_bytes());
    if purpose == Purpose::Release {
        twins::limit(&mut cache, "the scan worker", &[&worker, &scan_wasm], WORKER_LIMIT)?;
        let parts = [&second_script, &second_wasm];
        twins::limit(&mut cache, "the second detector", &parts, SECOND_LIMIT)?;
    }
    assets.extend([scan_wasm, worker, second_script, second_wasm]);
    assets.extend(vendor.map_assets(&project)?);

    let site = Site::assemble(&project, purpose, &mut cache, assets)?;
    cache.prune()?;
    Ok(site)
}
