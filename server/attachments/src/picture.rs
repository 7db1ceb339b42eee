//! Pictures, drawn anew: what is kept has the pixels of what was brought, the right way up, and nothing else.

use std::io::Cursor;

use domain::attachment::{FileFault, MediaType};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::jpeg::JpegEncoder, metadata::Orientation,
};

/// How finely a JPEG is drawn, of 100: its steps are not seen.
const QUALITY: u8 = 90;
/// Memory that one pixel may take while it is decoded, bytes.
const BYTES_PER_PIXEL: u64 = 4;

/// Decodes a picture of at most so many pixels and encodes it anew. WebP becomes JPEG, or PNG where it is
/// transparent: its bytes, and what they are.
pub(crate) fn drawn_anew(
    bytes: &[u8],
    format: ImageFormat,
    pixels: u64,
) -> Result<(Vec<u8>, MediaType), FileFault> {
    let fault = |error: ImageError| match error {
        ImageError::Limits(_) => FileFault::TooManyPixels { most: pixels },
        _ => FileFault::Broken,
    };
    if format == ImageFormat::Jpeg && !jpeg_ends(bytes) {
        return Err(FileFault::Broken);
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(pixels.saturating_mul(BYTES_PER_PIXEL));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    // Of more than a byte for each of four channels it takes as much room as of more pixels.
    let room = pixels.saturating_mul(BYTES_PER_PIXEL);
    if u64::from(width) * u64::from(height) > pixels || decoder.total_bytes() > room {
        return Err(FileFault::TooManyPixels { most: pixels });
    }
    // What does not read of it turns nothing.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(orientation);
    let has_alpha = picture.color().has_alpha();
    let media_type = match format {
        ImageFormat::Png => MediaType::Png,
        ImageFormat::WebP if has_alpha => MediaType::Png,
        _ => MediaType::Jpeg,
    };
    let mut drawn = Vec::new();
    let encoded = if media_type == MediaType::Png {
        picture.write_to(Cursor::new(&mut drawn), ImageFormat::Png)
    } else {
        let mut encoder = JpegEncoder::new_with_quality(&mut drawn, QUALITY);
        match picture {
            DynamicImage::ImageLuma8(grey) => encoder.encode_image(&grey),
            other => encoder.encode_image(&other.into_rgb8()),
        }
    };
    encoded.map_err(fault)?;
    Ok((drawn, media_type))
}

/// Whether a JPEG (ISO/IEC 10918-1, B.1) comes to its own end: decoders make up what is missing of one that
/// was cut off. The end of a small picture inside it does not count.
fn jpeg_ends(bytes: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let mut at = 2;
    while let Some(&byte) = bytes.get(at) {
        // Entropy-coded data, stuffed 0xff among it, and padding before a marker.
        let Some(&marker) = bytes.get(at + 1).filter(|_| byte == 0xff) else {
            at += 1;
            continue;
        };
        match marker {
            0xff => at += 1,
            END => return true,
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let length = match bytes.get(at + 2..at + 4) {
                    Some(&[high, low]) => usize::from(high) << 8 | usize::from(low),
                    _ => return false,
                };
                at += 2 + length;
            }
        }
    }
    false
}
