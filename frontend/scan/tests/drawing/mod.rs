//! Frames with codes in them, and frames without.

use qrcode::{EcLevel, QrCode};
use scan::Frame;

/// A picture under construction: luma, white to begin with.
pub struct Drawing {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Drawing {
    pub fn blank(width: usize, height: usize) -> Self {
        Self { luma: vec![235; width * height], width, height }
    }

    /// A blank picture with one code in its middle.
    pub fn of(text: &str, pixels_per_module: usize) -> Self {
        let mut drawing = Self::blank(640, 480);
        let side = modules(text).0 * pixels_per_module;
        drawing.put(text, pixels_per_module, (640 - side) / 2, (480 - side) / 2);
        drawing
    }

    /// Draws a code with its top left corner at (`left`, `top`).
    pub fn put(&mut self, text: &str, pixels_per_module: usize, left: usize, top: usize) {
        let (size, dark) = modules(text);
        for y in 0..size * pixels_per_module {
            for x in 0..size * pixels_per_module {
                if dark[y / pixels_per_module * size + x / pixels_per_module] {
                    self.luma[(top + y) * self.width + left + x] = 25;
                }
            }
        }
    }

    pub fn mirrored(mut self) -> Self {
        for row in self.luma.chunks_exact_mut(self.width) {
            row.reverse();
        }
        self
    }

    pub fn inverted(mut self) -> Self {
        for pixel in &mut self.luma {
            *pixel = 255 - *pixel;
        }
        self
    }

    /// Light falls off from left to right until white is darker than black was.
    pub fn unevenly_lit(mut self) -> Self {
        let width = self.width;
        for (i, pixel) in self.luma.iter_mut().enumerate() {
            let light = 1.0 - 0.93 * (i % width) as f32 / width as f32;
            *pixel = (f32::from(*pixel) * light) as u8;
        }
        self
    }

    /// Every pixel moves by up to `strength` levels.
    pub fn grainy(mut self, strength: i32, noise: &mut Noise) -> Self {
        for pixel in &mut self.luma {
            let by = (noise.next() % (2 * strength as u64 + 1)) as i32 - strength;
            *pixel = (i32::from(*pixel) + by).clamp(0, 255) as u8;
        }
        self
    }

    pub fn frame(self) -> Frame {
        Frame::from_luma(self.width, self.height, self.luma).unwrap()
    }
}

fn modules(text: &str) -> (usize, Vec<bool>) {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let dark = code.to_colors().iter().map(|&colour| colour == qrcode::Color::Dark).collect();
    (code.width(), dark)
}

/// xorshift64*: the same noise on every machine.
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32
    }
}
