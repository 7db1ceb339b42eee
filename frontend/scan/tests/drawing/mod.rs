//! Frames with codes in them, and frames without.
#![allow(dead_code, reason = "each test binary draws what it needs")]

use qrcode::{Color, EcLevel, QrCode, Version};
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
    let dark = code.to_colors().iter().map(|&colour| colour == Color::Dark).collect();
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

/// Where a code's corners are in a picture: top left, top right, bottom right, bottom left.
pub type Corners = [(f32, f32); 4];

impl Drawing {
    /// A code of that version (0: the smallest that holds the text) seen in perspective, its
    /// corners at these places.
    pub fn seen_at(text: &str, version: i16, corners: Corners) -> Self {
        let level = EcLevel::M;
        let code = match version {
            0 => QrCode::with_error_correction_level(text, level),
            _ => QrCode::with_version(text, Version::Normal(version), level),
        };
        let mut drawing = Self::blank(1280, 720);
        drawing.put_at(&code.unwrap().to_colors(), corners);
        drawing
    }

    /// Draws the modules of a code, row by row, seen in perspective.
    pub fn put_at(&mut self, modules: &[Color], corners: Corners) {
        const FINE: usize = 3;
        let side = modules.len().isqrt();
        let back = unit_square_from(corners);
        let (left, right) = span(corners.map(|corner| corner.0), self.width);
        let (top, bottom) = span(corners.map(|corner| corner.1), self.height);
        for y in top..bottom {
            for x in left..right {
                let mut dark = 0;
                for i in 0..FINE * FINE {
                    let at = |whole: usize, part: usize| {
                        whole as f32 + (part as f32 + 0.5) / FINE as f32
                    };
                    let (u, v) = back(at(x, i % FINE), at(y, i / FINE));
                    if (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v) {
                        let module = |at: f32| (at * side as f32) as usize;
                        dark += usize::from(modules[module(v) * side + module(u)] == Color::Dark);
                    }
                }
                self.luma[y * self.width + x] -= (210 * dark / (FINE * FINE)) as u8;
            }
        }
    }

    /// Out of focus: each pixel the mean of a bell of this many pixels.
    pub fn blurred(mut self, sigma: f32) -> Self {
        let reach = (3.0 * sigma) as isize;
        let bell: Vec<f32> =
            (-reach..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
        let sum: f32 = bell.iter().sum();
        let (width, height) = (self.width as isize, self.height as isize);
        for (dx, dy) in [(1, 0), (0, 1)] {
            let before = self.luma.clone();
            for y in 0..height {
                for x in 0..width {
                    let level = |(i, weight): (usize, &f32)| {
                        let at = i as isize - reach;
                        let x = (x + at * dx).clamp(0, width - 1);
                        let y = (y + at * dy).clamp(0, height - 1);
                        weight * f32::from(before[(y * width + x) as usize])
                    };
                    let mean = bell.iter().enumerate().map(level).sum::<f32>() / sum;
                    self.luma[(y * width + x) as usize] = mean as u8;
                }
            }
        }
        self
    }

    /// Light falls off in a direction (in radians) across the picture, by that share of it.
    pub fn lit_from(mut self, angle: f32, share: f32) -> Self {
        let (sine, cosine) = angle.sin_cos();
        let (width, height) = (self.width as f32, self.height as f32);
        for (i, pixel) in self.luma.iter_mut().enumerate() {
            let (x, y) = ((i % self.width) as f32 / width, (i / self.width) as f32 / height);
            let along = (0.5 + 0.7 * ((x - 0.5) * cosine + (y - 0.5) * sine)).clamp(0.0, 1.0);
            *pixel = (f32::from(*pixel) * (1.0 - share * along)) as u8;
        }
        self
    }

    /// All levels between these two.
    pub fn within(mut self, dark: f32, light: f32) -> Self {
        for pixel in &mut self.luma {
            *pixel = (dark + f32::from(*pixel) / 255.0 * (light - dark)) as u8;
        }
        self
    }

    /// A reflection that leaves nothing of a square around a place.
    pub fn with_glare(mut self, place: (f32, f32), reach: f32) -> Self {
        self.fill_square(place, reach, 255);
        self
    }

    /// One level all over a square around a place.
    pub fn fill_square(&mut self, (x, y): (f32, f32), reach: f32, level: u8) {
        for (i, pixel) in self.luma.iter_mut().enumerate() {
            let (u, v) = ((i % self.width) as f32, (i / self.width) as f32);
            if (u - x).abs() < reach && (v - y).abs() < reach {
                *pixel = level;
            }
        }
    }
}

/// The pixels from the least to the greatest of these places, as far as there are so many.
fn span(places: [f32; 4], pixels: usize) -> (usize, usize) {
    let least = places.into_iter().fold(f32::MAX, f32::min).max(0.0);
    let most = places.into_iter().fold(0.0, f32::max);
    (least as usize, (most as usize + 1).min(pixels))
}

/// A square of this side around a place, turned by an angle in degrees.
pub fn square((x, y): (f32, f32), side: f32, degrees: f32) -> Corners {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)].map(|(u, v)| {
        let (u, v) = (u * side, v * side);
        (x + u * cosine - v * sine, y + u * sine + v * cosine)
    })
}

/// The map from a picture in which the corners of the unit square are seen at these places.
fn unit_square_from([p, q, r, s]: Corners) -> impl Fn(f32, f32) -> (f32, f32) {
    // Forwards (Heckbert): x = (a u + b v + c) / (g u + h v + 1), and so y.
    let (dx1, dx2, dx3) = (q.0 - r.0, s.0 - r.0, p.0 - q.0 + r.0 - s.0);
    let (dy1, dy2, dy3) = (q.1 - r.1, s.1 - r.1, p.1 - q.1 + r.1 - s.1);
    let area = dx1 * dy2 - dx2 * dy1;
    let (g, h) = ((dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area);
    let (a, b, c) = (q.0 - p.0 + g * q.0, s.0 - p.0 + h * s.0, p.0);
    let (d, e, f) = (q.1 - p.1 + g * q.1, s.1 - p.1 + h * s.1, p.1);
    move |x, y| {
        // Two lines in u and v for each place.
        let (a, b, c) = (a - g * x, b - h * x, x - c);
        let (d, e, f) = (d - g * y, e - h * y, y - f);
        let area = a * e - b * d;
        ((c * e - b * f) / area, (a * f - c * d) / area)
    }
}
