//! Lists the files of the scenes, so that one is added by adding its file. Says to the tests whether the zoning
//! atlas that one of them judges is there, and where.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    list_scenes()?;
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
    Ok(())
}

/// Writes `SCENE_FILES`: the name of each file as catalogues have it, and its text.
fn list_scenes() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/scenes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "toml"));
    files.sort();
    let line = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        format!("    (\"scenes/{name}\", include_str!({file:?})),\n")
    };
    let lines: String = files.iter().map(line).collect();
    let list = format!(
        "/// The files of the scenes that come with the program, by name.\nconst SCENE_FILES: &[(&str, &str)] = &[\n{lines}];\n"
    );
    let into = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(into.join("scene_files.rs"), list)
}
