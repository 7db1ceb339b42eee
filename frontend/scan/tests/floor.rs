//! The floor of the decoder: of frames drawn from fixed seeds, so many are read, and none falsely.
//!
//! Each frame has a label or another code of ours: of every kind of segment, of versions 1 to 9 and
//! all levels of error correction, turned, seen from the side, at 1.8 to 6 pixels a module, some
//! light on dark, some in a mirror, and each with one of the faults of [`Fault`].
#![expect(clippy::unwrap_used, reason = "drawing a test picture either works or is a bug here")]
#![expect(clippy::print_stdout, reason = "it says how many are read")]

mod drawing;

use drawing::{Corners, Drawing, Noise};
use qrcode::bits::Bits;
use qrcode::canvas::Canvas;
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, QrCode, Version};
use scan::decode_still;

/// Frames of each fault.
const FRAMES: usize = 16;

/// What is wrong with a frame, how many of its [`FRAMES`] are read today, and below how many this
/// fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Nothing,
    Blur,
    Noise,
    UnevenLight,
    LowContrast,
    /// Blots on data, as many as the level of error correction can take.
    Damage,
    /// Blur, noise and uneven light, each 0.6 as strong.
    All,
    /// Five times as many blots: may be read or not, but not falsely.
    Ruin,
}

const FLOORS: [(Fault, usize, usize); 8] = [
    (Fault::Nothing, 16, 15),
    (Fault::Blur, 9, 7),
    (Fault::Noise, 16, 14),
    (Fault::UnevenLight, 16, 14),
    (Fault::LowContrast, 15, 13),
    (Fault::Damage, 14, 12),
    (Fault::All, 11, 9),
    (Fault::Ruin, 1, 0),
];

#[test]
fn of_seeded_frames_no_fewer_are_read_than_today_and_none_falsely() {
    let mut below = Vec::new();
    for (at, (fault, today, floor)) in FLOORS.into_iter().enumerate() {
        let mut read = 0;
        for i in 0..FRAMES {
            let mut noise = Noise(0x9e37_79b9_7f4a_7c15 ^ (at * 1000 + i + 1) as u64);
            let (text, drawing) = frame(fault, i, &mut noise);
            let payloads = decode_still(&drawing.frame(), None, &mut || true);
            for payload in &payloads {
                assert_eq!(payload.text, text, "{fault:?}, frame {i}: read falsely");
            }
            read += usize::from(!payloads.is_empty());
        }
        println!("{fault:?}: {read} of {FRAMES} read, {today} when this was written");
        if read < floor {
            below.push((fault, read, floor));
        }
    }
    assert_eq!(below, [], "fewer are read than must be");
}

/// A frame with a fault, and the text in it.
fn frame(fault: Fault, i: usize, noise: &mut Noise) -> (String, Drawing) {
    let level = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H][i % 4];
    let (text, modules) = code(i, level, noise);
    let side = modules.len().isqrt() as f32;
    // Of the smaller side of the frame, a code and its quiet zone fill no more than all.
    let module = between(noise, 1.8, 6.0).min(460.0 / (side + 8.0) / 1.35);
    let corners = pose(side * module, noise);
    let mut drawing = Drawing::blank(640, 480);
    drawing.put_at(&modules, corners);
    let strength = if fault == Fault::All { 0.6 } else { 1.0 };
    if fault == Fault::Damage || fault == Fault::Ruin {
        // Of the area of a code; a level corrects 7, 15, 25 or 30 % of the codewords, and a blot
        // spoils those that it touches.
        let share = [0.03, 0.075, 0.12, 0.15][i % 4] * if fault == Fault::Ruin { 5.0 } else { 1.0 };
        blot(&mut drawing, share, side, corners, noise);
    }
    if fault == Fault::Blur || fault == Fault::All {
        drawing = drawing.blurred(strength * between(noise, 0.4, 0.9) * module);
    }
    if fault == Fault::UnevenLight || fault == Fault::All {
        let angle = between(noise, 0.0, std::f32::consts::TAU);
        drawing = drawing.lit_from(angle, strength * between(noise, 0.6, 0.96));
    }
    if fault == Fault::LowContrast {
        let dark = between(noise, 20.0, 150.0);
        drawing = drawing.within(dark, dark + between(noise, 10.0, 40.0));
    }
    if fault == Fault::Noise || fault == Fault::All {
        drawing = drawing.grainy((strength * between(noise, 40.0, 120.0)) as i32, noise);
    } else {
        drawing = drawing.grainy(2, noise);
    }
    if i % 5 == 3 {
        drawing = drawing.inverted();
    }
    if i % 11 == 7 {
        drawing = drawing.mirrored();
    }
    (text, drawing)
}

/// A code of one of the kinds of segments, and its text.
fn code(i: usize, level: EcLevel, noise: &mut Noise) -> (String, Vec<Color>) {
    let number = |noise: &mut Noise, digits: usize| {
        (0..digits).map(|_| char::from(b'0' + (noise.next() % 10) as u8)).collect::<String>()
    };
    let unit = format!("330521{}GB{}F{}", number(noise, 6), number(noise, 5), number(noise, 8));
    let label = format!("HTTPS://JIANMA.EXAMPLE/C/{unit}");
    let chinese = format!("见码 {unit} 地块");
    let hanzi = "湖州市德清县国有建设用地".to_owned();
    match i % 6 {
        0 => (label.clone(), drawn(level, |bits| bits.push_alphanumeric_data(label.as_bytes()))),
        1 => (unit.clone(), drawn(level, |bits| bits.push_optimal_data(unit.as_bytes()))),
        2 => {
            let low = label.to_lowercase();
            (low.clone(), drawn(level, |bits| bits.push_byte_data(low.as_bytes())))
        }
        3 => (chinese.clone(), drawn(level, |bits| bits.push_byte_data(chinese.as_bytes()))),
        4 => {
            let gbk = encoding_rs::GB18030.encode(&chinese).0;
            let modules = drawn(level, |bits| {
                bits.push_eci_designator(29)?;
                bits.push_byte_data(&gbk)
            });
            (chinese, modules)
        }
        _ => (hanzi.clone(), in_hanzi_mode(&hanzi, level)),
    }
}

/// In the smallest version that holds it.
fn drawn(level: EcLevel, push: impl Fn(&mut Bits) -> qrcode::types::QrResult<()>) -> Vec<Color> {
    let fitting = (1..=9).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        push(&mut bits).and_then(|()| bits.push_terminator(level)).ok().map(|()| bits)
    });
    QrCode::with_bits(fitting.unwrap(), level).unwrap().into_colors()
}

/// Chinese characters by 13 bits (GB/T 18284, 6.4.5), which the encoder does not know.
fn in_hanzi_mode(text: &str, level: EcLevel) -> Vec<Color> {
    let bytes = encoding_rs::GBK.encode(text).0;
    let mut bits = String::from("11010001");
    bits += &format!("{:08b}", bytes.len() / 2);
    for pair in bytes.chunks(2) {
        let row = usize::from(pair[0]) - if pair[0] < 0xb0 { 0xa1 } else { 0xa6 };
        bits += &format!("{:013b}", row * 0x60 + usize::from(pair[1]) - 0xa1);
    }
    let version = Version::Normal(4);
    let words = Bits::new(version).max_len(level).unwrap() / 8;
    let mut words: Vec<u8> = vec![0; words];
    for (at, bit) in bits.bytes().enumerate() {
        words[at / 8] |= (bit - b'0') << (7 - at % 8);
    }
    let (data, checks) = construct_codewords(&words, version, level).unwrap();
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &checks);
    canvas.apply_best_mask().into_colors()
}

/// Where the corners of a square are seen that is turned and tilted.
fn pose(side: f32, noise: &mut Noise) -> Corners {
    let (sine, cosine) = between(noise, 0.0, std::f32::consts::TAU).sin_cos();
    let (tilt_u, tilt_v) = (between(noise, -0.3, 0.3), between(noise, -0.3, 0.3));
    [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(u, v)| {
        let near = side / (1.0 + tilt_u * u + tilt_v * v);
        (320.0 + near * (u * cosine - v * sine), 240.0 + near * (u * sine + v * cosine))
    })
}

/// Blots of two modules a side over a share of the code, away from its finder patterns.
fn blot(drawing: &mut Drawing, share: f32, side: f32, corners: Corners, noise: &mut Noise) {
    let blots = (share * side * side / 4.0).ceil() as usize;
    let [p, q, _, s] = corners;
    let module = ((q.0 - p.0).hypot(q.1 - p.1)) / side;
    for _ in 0..blots {
        let (u, v) = loop {
            let (u, v) = (between(noise, 0.05, 0.95), between(noise, 0.05, 0.95));
            let near = 10.0 / side;
            let finder = (u < near || u > 1.0 - near) && (v < near || v > 1.0 - near);
            if !finder && u * side > 9.0 && v * side > 9.0 {
                break (u, v);
            }
        };
        let x = p.0 + u * (q.0 - p.0) + v * (s.0 - p.0);
        let y = p.1 + u * (q.1 - p.1) + v * (s.1 - p.1);
        drawing.fill_square((x, y), module, (noise.next() % 256) as u8);
    }
}

fn between(noise: &mut Noise, least: f32, most: f32) -> f32 {
    least + (most - least) * (noise.next() % 10_000) as f32 / 10_000.0
}
