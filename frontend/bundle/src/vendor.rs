//! What comes from npm: wasm-opt and esbuild for this program, MapLibre GL JS for the browser.

use crate::asset::Asset;
use crate::error::BundleError;
use crate::project::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// The installed packages.
pub struct Packages {
    /// Of binaryen; shrinks wasm modules.
    pub wasm_opt: Tool,
    /// Bundles and minifies scripts.
    pub esbuild: Tool,
    maplibre: PathBuf,
}

/// A program that node runs.
pub struct Tool {
    program: PathBuf,
    version: Vec<u8>,
}

impl Tool {
    fn of(package: &Path, program: &str) -> Result<Self, BundleError> {
        let version = installed(package.join("package.json"))?;
        let version = fs::read(&version).map_err(BundleError::io("read", &version))?;
        Ok(Self { program: installed(package.join(program))?, version })
    }

    /// The script to be run.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Bytes that change with the version.
    pub fn version(&self) -> &[u8] {
        &self.version
    }
}

fn installed(path: PathBuf) -> Result<PathBuf, BundleError> {
    if path.exists() { Ok(path) } else { Err(BundleError::NotInstalled { path }) }
}

impl Packages {
    /// Looks whether they are installed.
    pub fn find(project: &Project) -> Result<Self, BundleError> {
        let modules = project.root.join("node_modules");
        Ok(Self {
            wasm_opt: Tool::of(&modules.join("binaryen"), "bin/wasm-opt")?,
            esbuild: Tool::of(&modules.join("esbuild"), "bin/esbuild")?,
            maplibre: installed(modules.join("maplibre-gl/dist"))?,
        })
    }

    /// MapLibre GL JS, its worker and its styles with ours behind them, and our bridge to it.
    pub fn map_assets(&self, project: &Project) -> Result<[Asset; 4], BundleError> {
        let bridge = project.root.join("frontend/map/js/bridge.mjs");
        let own_styles = project.root.join("frontend/map/css/map.css");
        let own_styles =
            fs::read_to_string(&own_styles).map_err(BundleError::io("read", &own_styles))?;
        let styles = format!("{}\n{own_styles}", self.styles("maplibre-gl.css")?);
        Ok([
            Asset::new("maplibre.mjs", "maplibre", "mjs", self.script("maplibre-gl.mjs")?),
            Asset::new(
                "maplibre-worker.mjs",
                "maplibre-worker",
                "mjs",
                self.script("maplibre-gl-worker.mjs")?,
            ),
            Asset::new("maplibre.css", "maplibre", "css", styles.into_bytes()),
            Asset::new("map-bridge.mjs", "map-bridge", "mjs", read_script(&bridge)?.into_bytes()),
        ])
    }

    fn script(&self, name: &str) -> Result<Vec<u8>, BundleError> {
        Ok(read_script(&self.maplibre.join(name))?.into_bytes())
    }

    /// The styles bring their icons as `data:` URLs; a file of its own would be missing.
    fn styles(&self, name: &str) -> Result<String, BundleError> {
        let path = self.maplibre.join(name);
        let text = fs::read_to_string(&path).map_err(BundleError::io("read", &path))?;
        let foreign = text.split("url(").skip(1).find(|after| {
            let target = after.trim_start_matches(['"', '\'']);
            !target.starts_with("data:") && !target.starts_with('#')
        });
        match foreign {
            Some(_) => Err(BundleError::Vendor {
                path,
                what: String::from("it refers to a file, which would have to be served too"),
            }),
            None => Ok(text),
        }
    }
}

/// A script that stands alone, without its note of where the source map is (it is not served).
///
/// MapLibre 6 has no shared chunk: both its files are whole, so that a new name breaks no import.
fn read_script(path: &Path) -> Result<String, BundleError> {
    let text = fs::read_to_string(path).map_err(BundleError::io("read", path))?;
    for import in ["from\"./", "from \"./", "from'./", "from './", "import(\"./", "import\"./"] {
        if text.contains(import) {
            return Err(BundleError::Vendor {
                path: path.to_owned(),
                what: String::from("it imports a file beside it, whose name changes here"),
            });
        }
    }
    let lines = text.lines().filter(|line| !line.starts_with("//# sourceMappingURL="));
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}
