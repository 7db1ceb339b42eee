//! `jianma decode`: the scanner's pipeline on picture files.

use clap::Args;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use scan::{Frame, decode_still};
use scan_rxing::Rxing;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use thiserror::Error;

use crate::output::{Output, give_out, warn};

/// How `jianma decode` is called.
#[derive(Debug, Args)]
pub struct DecodeArgs {
    /// The pictures.
    #[arg(required = true)]
    images: Vec<PathBuf>,
}

/// When no further step is begun on a picture.
const BUDGET: Duration = Duration::from_secs(3);

/// When a picture is given up: one step can lose itself in a degenerate one.
const LIMIT: Duration = Duration::from_secs(5);

/// The most pixels of a picture that is opened: more than most phones take, and a quarter of a
/// gigabyte of memory. A file of a few kilobytes can declare any number.
const MOST_PIXELS: u64 = 64_000_000;

/// What opening a picture may take beside that, in bytes.
const MOST_MEMORY: u64 = 512 << 20;

/// Why a file was not looked at, or not to the end.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// It cannot be opened.
    #[error("cannot open {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no picture, or one of an unknown kind.
    #[error("{} is not a picture that can be read (PNG, JPEG, WebP, GIF, BMP, PNM): {source}", path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What the picture library says.
        source: image::ImageError,
    },
    /// It is larger than any photo.
    #[error("{} is {width} × {height} pixels, and more than {} million are not opened: shrink it, or cut the code out", path.display(), MOST_PIXELS / 1_000_000)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// As it says of itself, in pixels.
        width: u32,
        /// Likewise.
        height: u32,
    },
    /// Reading it took too long.
    #[error("{} was given up after {} s", path.display(), LIMIT.as_secs())]
    Slow {
        /// The file.
        path: PathBuf,
    },
}

/// What was read in one file.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The text of each code; control characters are escaped, so that it is one line. A part of a
    /// whole of which the others are not in the picture says so: `part 1 of 2: `.
    pub payloads: Vec<String>,
    /// From the opened picture to the answer; opening it is not counted.
    pub took: Duration,
}

/// Says what is in each picture as soon as it is read. All is well if anything was.
///
/// # Errors
/// As [`give_out`].
pub fn run(arguments: &DecodeArgs) -> std::io::Result<Output> {
    let mut read = false;
    for path in &arguments.images {
        match decode(path) {
            Ok(reading) => {
                let milliseconds = reading.took.as_secs_f64() * 1000.0;
                for payload in &reading.payloads {
                    give_out(format_args!("{}\t{payload}\t{milliseconds:.1}", path.display()))?;
                    read = true;
                }
            }
            Err(error) => warn(error),
        }
    }
    Ok(Output { well: read, ..Output::default() })
}

/// Reads every code in a picture file (PNG, JPEG, WebP, GIF, BMP, PNM), which is turned as its EXIF orientation
/// says.
///
/// # Errors
/// [`DecodeError`] if it is no picture or takes too long. A picture without a code is no error.
pub fn decode(path: &Path) -> Result<Reading, DecodeError> {
    let picture = open(path)?.into_rgba8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (send, receive) = mpsc::channel();
    // A thread of its own: a step cannot be interrupted, only left behind until the program ends.
    std::thread::spawn(move || {
        let began = Instant::now();
        // The size is that of the picture, and no picture is empty.
        let payloads = Frame::from_rgba(width, height, &picture).map_or_else(
            |_empty| Vec::new(),
            |frame| decode_still(&frame, Some(&mut Rxing), &mut || began.elapsed() < BUDGET),
        );
        let payloads = payloads.iter().map(line_of).collect();
        // Nobody listens any more if it took too long.
        let _ = send.send(Reading { payloads, took: began.elapsed() });
    });
    receive.recv_timeout(LIMIT).map_err(|_too_long| DecodeError::Slow { path: path.to_owned() })
}

fn open(path: &Path) -> Result<DynamicImage, DecodeError> {
    let unopened = |source| DecodeError::Open { path: path.to_owned(), source };
    let unread = |source| DecodeError::Picture { path: path.to_owned(), source };
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let mut reader = reader.map_err(unopened)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unread)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(DecodeError::TooLarge { path: path.to_owned(), width, height });
    }
    let orientation = decoder.orientation().map_err(unread)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unread)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The text, and before it which part of a whole it is, if it is one.
fn line_of(payload: &scan::DecodedSymbol) -> String {
    let text = on_one_line(&payload.text);
    match payload.part {
        Some(part) => format!("part {} of {}: {text}", part.number, part.total),
        None => text,
    }
}

fn on_one_line(text: &str) -> String {
    let escaped = |character: char| {
        if character.is_control() || character == '\\' {
            character.escape_default().collect()
        } else {
            String::from(character)
        }
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageEncoder as _, Luma};
    use qrcode::Color;

    const LABEL: &str = "HTTPS://JIANMA.EXAMPLE/C/330106001001GB00012F00010001";

    fn label() -> GrayImage {
        let code = qrcode::QrCode::new(LABEL).unwrap();
        let side = code.width() as u32;
        let dark = code.to_colors();
        GrayImage::from_fn((side + 8) * 4, (side + 12) * 4, |x, y| {
            let module = |at: u32| (at / 4).checked_sub(4).filter(|&at| at < side);
            let dark = module(x)
                .zip(module(y))
                .is_some_and(|(x, y)| dark[(y * side + x) as usize] == Color::Dark);
            Luma([if dark { 20 } else { 230 }])
        })
    }

    #[test]
    fn a_label_is_read_from_every_kind_of_file() {
        let folder = tempfile::tempdir().unwrap();
        for kind in ["png", "jpg", "webp", "gif", "bmp", "pgm"] {
            let path = folder.path().join("label").with_extension(kind);
            // GIF is always coloured.
            DynamicImage::from(label()).into_rgb8().save(&path).unwrap();
            assert_eq!(decode(&path).unwrap().payloads, [LABEL], "{kind}");
        }
    }

    #[test]
    fn a_picture_without_a_code_gives_nothing_and_no_picture_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.png");
        GrayImage::from_pixel(300, 200, Luma([120])).save(&path).unwrap();
        assert!(decode(&path).unwrap().payloads.is_empty());
        let text = folder.path().join("notes.png");
        std::fs::write(&text, "not a picture").unwrap();
        assert!(matches!(decode(&text), Err(DecodeError::Picture { .. })));
        assert!(matches!(decode(&folder.path().join("none")), Err(DecodeError::Open { .. })));
    }

    #[test]
    fn a_picture_is_refused_by_the_size_that_it_declares() {
        // The head of a PNG and nothing else: what would be refused later is not even there.
        let head = |side: u32| {
            let mut body = b"IHDR".to_vec();
            body.extend(side.to_be_bytes().into_iter().chain(side.to_be_bytes()));
            body.extend([8, 0, 0, 0, 0]);
            let crc = body.iter().fold(u32::MAX, |crc, &byte| {
                (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                    crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
                })
            });
            let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
            png.extend(body);
            png.extend((!crc).to_be_bytes());
            png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
            png
        };
        let path = tempfile::tempdir().unwrap().keep().join("bomb.png");
        for side in [12_000, 60_000] {
            std::fs::write(&path, head(side)).unwrap();
            let refused = decode(&path).unwrap_err();
            assert!(matches!(refused, DecodeError::TooLarge { width, .. } if width == side));
            assert!(refused.to_string().contains("64 million"), "{refused}");
        }
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_part_of_a_whole_says_so() {
        let code = |bits: &[u8]| {
            use qrcode::canvas::Canvas;
            use qrcode::{EcLevel, Version, ec::construct_codewords};
            let (version, level) = (Version::Normal(1), EcLevel::L);
            let mut words = bits.to_vec();
            words.resize(19, 0);
            let (data, checks) = construct_codewords(&words, version, level).unwrap();
            let mut canvas = Canvas::new(version, level);
            canvas.draw_all_functional_patterns();
            canvas.draw_data(&data, &checks);
            canvas.apply_best_mask().into_colors()
        };
        // Part 1 or 2 of 2, parity of "AB!", bytes.
        let parity = b'A' ^ b'B' ^ b'!';
        let part = |at: u8, text: &[u8]| {
            let mut nibbles = vec![3, at, 1, parity >> 4, parity & 15, 4, 0, text.len() as u8];
            nibbles.extend(text.iter().flat_map(|byte| [byte >> 4, byte & 15]));
            let words: Vec<u8> =
                nibbles.chunks(2).map(|two| two[0] << 4 | two.get(1).unwrap_or(&0)).collect();
            code(&words)
        };
        let (one, two) = (part(0, b"AB"), part(1, b"!"));
        let picture = |shown: [Option<&[Color]>; 2]| {
            GrayImage::from_fn(360, 180, |x, y| {
                let at = |pixel: u32| (pixel / 5).checked_sub(7).filter(|&at| at < 21);
                let dark = shown[(x / 180) as usize].is_some_and(|code| {
                    at(x % 180)
                        .zip(at(y))
                        .is_some_and(|(x, y)| code[(y * 21 + x) as usize] == Color::Dark)
                });
                Luma([if dark { 20 } else { 230 }])
            })
        };
        let path = tempfile::tempdir().unwrap().keep().join("parts.png");
        for (shown, said) in [
            ([Some(one.as_slice()), None], "part 1 of 2: AB"),
            ([None, Some(two.as_slice())], "part 2 of 2: !"),
            ([Some(two.as_slice()), Some(one.as_slice())], "AB!"),
        ] {
            picture(shown).save(&path).unwrap();
            assert_eq!(decode(&path).unwrap().payloads, [said]);
        }
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn the_orientation_of_exif_is_respected() {
        // A JPEG that says it is turned by a quarter (orientation 6), before its first segment.
        let mut jpeg = Vec::new();
        let picture = label();
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg)
            .write_image(&picture, picture.width(), picture.height(), image::ExtendedColorType::L8)
            .unwrap();
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut turned = jpeg[..2].to_vec();
        turned.extend([0xff, 0xe1, 0, exif.len() as u8 + 2]);
        turned.extend(exif);
        turned.extend(&jpeg[2..]);
        let path = tempfile::tempdir().unwrap().keep().join("turned.jpg");
        std::fs::write(&path, turned).unwrap();
        let opened = open(&path).unwrap();
        assert_eq!((opened.width(), opened.height()), (picture.height(), picture.width()));
        assert_eq!(decode(&path).unwrap().payloads, [LABEL]);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_payload_is_one_line() {
        assert_eq!(on_one_line("a\tb\r\nc 见\\"), "a\\tb\\r\\nc 见\\\\");
    }
}
