//! Compressed twins: `ServeDir` hands them out in place of the file.

use crate::asset::Asset;
use crate::cache::{Cache, Key};
use crate::error::BundleError;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, GzBuilder};
use std::io::Write as _;
use std::path::Path;

/// What gains by compression; pictures and fonts are compressed already.
const TEXTUAL: [&str; 11] =
    ["css", "html", "ico", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest", "xml"];

/// The twins of one file.
pub struct Twins {
    /// Brotli, quality 11.
    pub br: Vec<u8>,
    /// Gzip, level 9.
    pub gz: Vec<u8>,
}

/// Makes the twins of a file; nothing if its kind does not compress or it is too small to gain.
pub fn of(cache: &mut Cache, name: &str, bytes: &[u8]) -> Result<Option<Twins>, BundleError> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    if !extension.is_some_and(|extension| TEXTUAL.contains(&extension)) {
        return Ok(None);
    }
    let failed = BundleError::io("compress", Path::new(name));
    let br = cache.get(&Key { step: "twin.br", inputs: &[bytes] }, || {
        eprintln!("bundle: compressing {name}");
        brotli_of(bytes).map_err(failed)
    })?;
    let failed = BundleError::io("compress", Path::new(name));
    let gz =
        cache.get(&Key { step: "twin.gz", inputs: &[bytes] }, || gzip_of(bytes).map_err(failed))?;
    let gains = br.len() < bytes.len() && gz.len() < bytes.len();
    Ok(gains.then_some(Twins { br, gz }))
}

/// Refuses files that are together larger in brotli than they may be.
pub fn limit(
    cache: &mut Cache,
    what: &'static str,
    assets: &[&Asset],
    limit: usize,
) -> Result<(), BundleError> {
    let mut bytes = 0;
    for asset in assets {
        let twins = of(cache, &asset.file_name(), asset.bytes())?;
        bytes += twins.map_or(asset.bytes().len(), |twins| twins.br.len());
    }
    if bytes > limit {
        return Err(BundleError::TooLarge { what, bytes, limit });
    }
    Ok(())
}

fn brotli_of(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip_of(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    // Without name and time: the same bytes give the same twin.
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
