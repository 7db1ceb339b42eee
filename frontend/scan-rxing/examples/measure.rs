//! Reads every `*.luma` file of a folder natively and prints what was read and how long it took.
//!
//! `measure FOLDER [ROUNDS]`. A file holds width and height (32 bits, little endian) and the luma.
//! A line per file and way of reading: name, way, milliseconds (the best round), and each payload
//! in hexadecimal, separated by tabs.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use scan::{Frame, SecondDetector, decode_still};
use scan_rxing::Rxing;
use std::error::Error;
use std::time::{Duration, Instant};

/// What a frame may take; far beyond what it does take.
const BUDGET: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say a folder")?;
    let rounds: usize = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "luma"));
    paths.sort();
    for path in paths {
        let frame = frame_of(&std::fs::read(&path)?).ok_or("a file is not a frame")?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // In turns, so that a busy moment of the machine meets all alike.
        let mut best = [f64::INFINITY; 3];
        let mut read = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            for way in 0..3 {
                let began = Instant::now();
                read[way] = match way {
                    0 => ladder(&frame, None),
                    1 => ladder(&frame, Some(&mut Rxing)),
                    _ => alone(&frame),
                };
                best[way] = best[way].min(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        for (way, label) in ["first", "both", "rxing"].iter().enumerate() {
            print!("{name}\t{label}\t{:.3}", best[way]);
            for payload in &read[way] {
                print!("\t");
                for byte in payload.bytes() {
                    print!("{byte:02x}");
                }
            }
            println!();
        }
    }
    Ok(())
}

fn frame_of(bytes: &[u8]) -> Option<Frame> {
    let side = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    Frame::from_luma(side(0)? as usize, side(4)? as usize, bytes.get(8..)?.to_vec()).ok()
}

fn ladder(frame: &Frame, second: Option<&mut dyn SecondDetector>) -> Vec<String> {
    let began = Instant::now();
    let found = decode_still(frame, second, &mut || began.elapsed() < BUDGET);
    found.into_iter().map(|payload| payload.text).collect()
}

/// rxing as it comes, on the grey frame.
fn alone(frame: &Frame) -> Vec<String> {
    use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource, Reader as _};
    let (width, height) = (frame.width() as u32, frame.height() as u32);
    let Ok(source) = Luma8LuminanceSource::new(frame.luma().to_vec(), width, height) else {
        return Vec::new();
    };
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let mut bitmap = BinaryBitmap::new(rxing::common::HybridBinarizer::new(source));
    let read = rxing::qrcode::cpp_port::QrReader.decode_with_hints(&mut bitmap, &hints);
    read.into_iter().map(|result| result.getText().to_owned()).collect()
}
