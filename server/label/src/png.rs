//! A page as a grey PNG, a pixel a dot, which says how large it is meant to be.

use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};
use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Rect, Transform};

use crate::{DOTS_PER_INCH, LabelError, Page, Step};

/// Pixels in a metre, as the `pHYs` chunk wants them.
const PIXELS_PER_METRE: u32 = (DOTS_PER_INCH * 10_000 + 127) / 254;

pub(crate) fn write(page: &Page) -> Result<Vec<u8>, LabelError> {
    let Page { width, height, .. } = *page;
    let mut picture = Pixmap::new(width, height).ok_or(LabelError::Page { width, height })?;
    picture.fill(Color::WHITE);
    draw(page, &mut picture);
    // Black on white: one channel says it all.
    let grey: Vec<u8> = picture.pixels().iter().map(|pixel| pixel.red()).collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: PIXELS_PER_METRE,
        yppu: PIXELS_PER_METRE,
        unit: Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&grey)?;
    writer.finish()?;
    Ok(file)
}

fn draw(page: &Page, picture: &mut Pixmap) {
    let mut paint = Paint::default();
    paint.set_color(Color::BLACK);
    // Blocks stand on whole pixels.
    paint.anti_alias = false;
    for [x, y, width, height] in page.blocks() {
        if let Some(block) = Rect::from_xywh(x as f32, y as f32, width as f32, height as f32) {
            picture.fill_rect(block, &paint, Transform::identity(), None);
        }
    }
    paint.anti_alias = true;
    for steps in page.outlines() {
        let mut path = PathBuilder::new();
        for step in steps {
            match *step {
                Step::Move(x, y) => path.move_to(x, y),
                Step::Line(x, y) => path.line_to(x, y),
                Step::Curve([a, b, c, d, x, y]) => path.cubic_to(a, b, c, d, x, y),
                Step::Close => path.close(),
            }
        }
        if let Some(path) = path.finish() {
            picture.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
    }
}
