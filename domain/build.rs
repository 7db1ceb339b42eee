//! Says to the tests whether the zoning atlas that one of them judges is there, and where.

use std::{
    env,
    path::{Path, PathBuf},
};

fn main() {
    println!("cargo::rustc-check-cfg=cfg(atlas)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=JIANMA_SHARED");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = env::var_os("JIANMA_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join("data/vermont");
    if folder.exists() {
        println!("cargo::rustc-cfg=atlas");
        println!("cargo::rustc-env=JIANMA_ATLAS={}", folder.display());
        println!("cargo::rerun-if-changed={}", folder.display());
    }
}
