//! Says to the tests whether the registers that some of them import are there.

use std::{env, path::Path};

fn main() {
    println!("cargo::rustc-check-cfg=cfg(registers)");
    println!("cargo::rerun-if-changed=build.rs");
    // Set anew to look again, for instance after the registers were brought.
    println!("cargo::rerun-if-env-changed=JIANMA_REGISTERS");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.exists() {
        println!("cargo::rustc-cfg=registers");
        println!("cargo::rerun-if-changed={}", folder.display());
    }
}
