//! What a file is, and whether it is taken.

use std::{io::Cursor, path::Path};

use domain::attachment::{Budget, FileFault, MediaType};
use image::ImageFormat;

use crate::{apart, pdf, picture};

/// A file that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The bytes to keep: those that were brought, or a picture drawn anew.
    pub bytes: Vec<u8>,
    /// What they are.
    pub media_type: MediaType,
}

/// Checks a file of that name; `reader` reads documents in a process of its own (`apart`). Works for as long as a
/// second on a large picture, and takes memory for its pixels.
///
/// # Errors
/// [`FileFault`] for whatever is not known to be harmless.
pub fn check(
    name: &str,
    bytes: Vec<u8>,
    budget: &Budget,
    reader: Option<&Path>,
) -> Result<Checked, FileFault> {
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if bytes.len() as u64 > budget.file_bytes {
        return Err(FileFault::TooLarge { most: budget.file_bytes });
    }
    let named = MediaType::of_name(name).ok_or(FileFault::NotTaken)?;
    let is = sniffed(&bytes).ok_or(FileFault::NotTaken)?;
    if named != is {
        return Err(FileFault::NotItsName { is });
    }
    let format = match is {
        MediaType::Pdf => {
            match reader {
                Some(program) => apart::read(program, &bytes, budget.pages)?,
                None => pdf::check(&bytes, budget.pages)?,
            }
            return Ok(Checked { bytes, media_type: is });
        }
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Webp => ImageFormat::WebP,
    };
    let (bytes, media_type) = picture::drawn_anew(&bytes, format, budget.pixels)?;
    // A picture that was packed more tightly than we pack.
    if bytes.len() as u64 > 2 * budget.file_bytes {
        return Err(FileFault::TooLarge { most: budget.file_bytes });
    }
    Ok(Checked { bytes, media_type })
}

/// What bytes begin as; `None` for everything that is not taken.
fn sniffed(bytes: &[u8]) -> Option<MediaType> {
    if bytes.starts_with(b"%PDF-") {
        return Some(MediaType::Pdf);
    }
    let format =
        image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.format()?;
    match format {
        ImageFormat::Jpeg => Some(MediaType::Jpeg),
        ImageFormat::Png => Some(MediaType::Png),
        ImageFormat::WebP => Some(MediaType::Webp),
        _ => None,
    }
}
