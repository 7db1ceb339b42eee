//! The build program of the browser half.
//!
//! `cargo run -p bundle` from the workspace root makes `target/site/`: what the server serves as files;
//! with `-- --first-look` the same sooner and larger. It compiles the three wasm crates, that of the pages three times, makes their
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

/// What every page may cost besides its HTML, in bytes of brotli: styles, module, and what wakes it.
const PAGE_LIMIT: usize = 61_000;

/// The same of home, whose module has the scanner.
const HOME_LIMIT: usize = 114_000;

/// The same of the page of outlines, whose module draws one and judges by the server's reader whether it is sound.
const DRAW_LIMIT: usize = 156_000;

/// What the first look through a camera may cost, in bytes of brotli: worker and module together.
const WORKER_LIMIT: usize = 60_000;

/// What the second detector may cost, which is fetched when the first fails.
const SECOND_LIMIT: usize = 220_000;

/// The script of the scan worker, which imports the glue of `scan`.
const WORKER: &str = "worker.mjs";

/// The script of two pages of staff, which asks devices for passkeys.
const PASSKEY: &str = "passkey.mjs";

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
    let (page, others) = match purpose {
        Purpose::Release => {
            let others = [compile("wasm", &["scanner"])?, compile("wasm", &["draw"])?];
            (compile("wasm", &["pages"])?, Some(others))
        }
        // Once for all: the compiler is what a first look waits for.
        Purpose::FirstLook => (compile("wasm", &["draw", "scanner"])?, None),
    };
    let scan = compile("scan", &["worker"])?;
    let second = compile("scan-rxing", &["module"])?;
    let goal = |goal| (purpose == Purpose::Release).then_some(goal);
    let page = Module::make(&mut cache, &vendor, "jianma", &page, goal(Goal::Small))?;
    let [home, draw] = match others {
        Some([home, draw]) => [
            Module::make(&mut cache, &vendor, "jianma-home", &home, goal(Goal::Small))?,
            Module::make(&mut cache, &vendor, "jianma-draw", &draw, goal(Goal::Small))?,
        ],
        None => [page.clone(), page.clone()],
    };
    let scan = Module::make(&mut cache, &vendor, "scan", &scan, goal(Goal::Fast))?;
    let second = Module::make(&mut cache, &vendor, "scan-second", &second, goal(Goal::Small))?;

    let mut assets = vec![Asset::new("app.css", "jianma", "css", styles.bundle(&vendor)?)];
    for (what, module, [stem, script, wasm, start], limit) in [
        ("a page", page, ["jianma", "app.js", "app.wasm", "start.js"], PAGE_LIMIT),
        ("home", home, ["jianma-home", "home.js", "home.wasm", "start-home.js"], HOME_LIMIT),
        ("drawing", draw, ["jianma-draw", "draw.js", "draw.wasm", "start-draw.js"], DRAW_LIMIT),
    ] {
        let script = Asset::new(script, stem, "js", module.glue.into_bytes());
        let wasm = Asset::new(wasm, stem, "wasm", module.wasm);
        let text = project.script("frontend/wasm/js", START)?;
        let names =
            [("APP_SCRIPT", format!("./{}", script.file_name())), ("APP_WASM", wasm.file_name())];
        let text = script::bundle(&mut cache, &vendor, &Scripts::from([text]), START, &names)?;
        let start = Asset::new(start, start.trim_end_matches(".js"), "js", text.into_bytes());
        if purpose == Purpose::Release {
            let parts = [&assets[0], &script, &wasm, &start];
            twins::limit(&mut cache, what, &parts, limit)?;
        }
        assets.extend([script, wasm, start]);
    }

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
    let text = project.script("frontend/app/js", PASSKEY)?;
    let text = script::bundle(&mut cache, &vendor, &Scripts::from([text]), PASSKEY, &[])?;
    assets.push(Asset::new("passkey.js", "passkey", "js", text.into_bytes()));
    assets.extend(vendor.map_assets(&project)?);

    let site = Site::assemble(&project, purpose, &mut cache, assets)?;
    cache.prune()?;
    Ok(site)
}
