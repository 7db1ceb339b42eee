//! Pages as one PDF. Nothing in it depends on when or where it was made.

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{Content, Filter, Finish, Pdf, Rect, Ref};

use crate::{DOTS_PER_INCH, Page, Step};

/// Points in a dot.
const POINTS: f32 = 72.0 / DOTS_PER_INCH as f32;

pub(crate) fn write(pages: &[Page]) -> Vec<u8> {
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    let page_id = |at: i32| Ref::new(3 + 2 * at);
    let content_id = |at: i32| Ref::new(4 + 2 * at);
    let numbered = || (0_i32..).zip(pages);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(numbered().map(|(at, _)| page_id(at))).count(count);
    for (at, page) in numbered() {
        let size = [page.width as f32 * POINTS, page.height as f32 * POINTS];
        let mut object = pdf.page(page_id(at));
        object.parent(tree).contents(content_id(at));
        object.media_box(Rect::new(0.0, 0.0, size[0], size[1])).resources();
        object.finish();
        let content = compress_to_vec_zlib(&content(page), 6);
        pdf.stream(content_id(at), &content).filter(Filter::FlateDecode);
    }
    pdf.finish()
}

fn content(page: &Page) -> Vec<u8> {
    let mut content = Content::new();
    // Dots, y down, from here on.
    content.transform([POINTS, 0.0, 0.0, -POINTS, 0.0, page.height as f32 * POINTS]);
    let mut drawn = false;
    for [x, y, width, height] in page.blocks() {
        content.rect(x as f32, y as f32, width as f32, height as f32);
        drawn = true;
    }
    if drawn {
        content.fill_nonzero();
    }
    for steps in page.outlines() {
        for step in steps {
            match *step {
                Step::Move(x, y) => content.move_to(x, y),
                Step::Line(x, y) => content.line_to(x, y),
                Step::Curve([a, b, c, d, x, y]) => content.cubic_to(a, b, c, d, x, y),
                Step::Close => content.close_path(),
            };
        }
        content.fill_nonzero();
    }
    content.finish().into_vec()
}
