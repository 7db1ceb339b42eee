//! Compressed twins: `ServeDir` hands them out in place of the file.

use crate::asset::Asset;
use crate::cache::{Cache, Key};
use crate::error::BundleError;
use crate::purpose::Purpose;
use std::io::{Error, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Node has brotli and zlib in it, compiled already.
const COMPRESS: &str = include_str!("../js/compress.mjs");

/// What gains by compression; pictures and fonts are compressed already.
const TEXTUAL: [&str; 11] =
    ["css", "html", "ico", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"];

/// The twins of one file.
pub struct Twins {
    /// Brotli.
    pub br: Vec<u8>,
    /// Gzip.
    pub gz: Vec<u8>,
}

/// Makes the twins of a file; nothing if its kind does not compress or it is too small to gain.
pub fn make(
    cache: &mut Cache,
    purpose: Purpose,
    name: &str,
    bytes: &[u8],
) -> Result<Option<Twins>, BundleError> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| TEXTUAL.contains(&extension)) {
        return Ok(None);
    }
    // The highest of each, or what takes a twentieth of the time and is a tenth larger.
    let (brotli, gzip) = match purpose {
        Purpose::Release => ("11", "9"),
        Purpose::FirstLook => ("9", "6"),
    };
    let mut twin = |step: &str, kind: &str, effort: &str| {
        cache.get(&Key { step, inputs: &[bytes, effort.as_bytes()] }, || {
            compressed(name, bytes, kind, effort)
        })
    };
    let br = twin("twin.br", "br", brotli)?;
    let gz = twin("twin.gz", "gz", gzip)?;
    let gains = br.len() < bytes.len() && gz.len() < bytes.len();
    Ok(gains.then_some(Twins { br, gz }))
}

/// Refuses files that are together larger in brotli than they may be in a release.
pub fn limit(
    cache: &mut Cache,
    what: &'static str,
    assets: &[&Asset],
    limit: usize,
) -> Result<(), BundleError> {
    let mut bytes = 0;
    for asset in assets {
        let twins = make(cache, Purpose::Release, &asset.file_name(), asset.bytes())?;
        bytes += twins.map_or(asset.bytes().len(), |twins| twins.br.len());
    }
    if bytes > limit {
        return Err(BundleError::TooLarge { what, bytes, limit });
    }
    Ok(())
}

fn compressed(name: &str, bytes: &[u8], kind: &str, effort: &str) -> Result<Vec<u8>, BundleError> {
    let output = through_node(bytes, kind, effort)
        .map_err(|source| BundleError::Start { program: String::from("node"), source })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BundleError::Compress { name: name.to_owned(), reason })
}

/// The script reads to the end before it writes, so neither side waits for the other.
fn through_node(bytes: &[u8], kind: &str, effort: &str) -> Result<Output, Error> {
    let mut node = Command::new("node")
        .args(["--input-type=module", "--eval", COMPRESS, kind, effort])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = node.stdin.take() {
        // What a node that ended early does not read shows in how it ended.
        let _told_below = input.write_all(bytes);
    }
    node.wait_with_output()
}
