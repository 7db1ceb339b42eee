//! What was laid out as PDF/A-3a and PDF/UA-1.

use std::num::NonZeroU16;

use jiff::{Timestamp, tz::Offset};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    embed::{AssociationKind, EmbeddedFile, MimeType},
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope,
        Tag, TagGroup, TagKind, TagTree,
    },
};

use crate::{
    Ink, Paper, PaperError,
    layout::{Branch, FOOTER, Kind, LEFT, Layout, Mark, PAGE, Style, WIDTH},
    letters::{Letters, Line},
};

/// From the foot of the page to the baseline of what stands beneath it.
const FOOT: f32 = 38.0;
/// How much bolder letters are drawn of a font that has no bold ones, em.
const BOLDER: f32 = 0.024;

pub(crate) fn write(paper: &Paper, laid: Layout, letters: &Letters) -> Result<Vec<u8>, PaperError> {
    let standard = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| PaperError::Standard(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration: standard, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let Layout { pages, tree, contents, leaves } = laid;
    let mut drawn: Vec<Vec<Identifier>> = vec![Vec::new(); leaves];
    let count = pages.len();
    for (at, marks) in pages.into_iter().enumerate() {
        let size = PageSettings::from_wh(PAGE[0], PAGE[1]).ok_or_else(no_page)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, letters, mark, &mut drawn);
        }
        footer(&mut surface, letters, paper, (at + 1, count));
        surface.finish();
        page.finish();
    }
    let mut outline = Outline::new();
    for entry in contents {
        let place = XyzDestination::new(entry.page, Point::from_xy(LEFT, entry.y));
        outline.push_child(OutlineNode::new(entry.text, place));
    }
    document.set_outline(outline);
    let mut tags = TagTree::new().with_lang(Some(paper.language.to_owned()));
    for branch in &tree {
        tags.push(group(branch, &mut drawn));
    }
    document.set_tag_tree(tags);
    let made = date_time(paper.made);
    document.set_metadata(
        Metadata::new()
            .title(letters.drawable(&paper.title))
            .language(paper.language.to_owned())
            .authors(vec![paper.publisher.clone()])
            .creation_date(made),
    );
    let attached = EmbeddedFile {
        path: paper.attached.name.clone(),
        mime_type: MimeType::new("application/json"),
        description: Some(paper.attached.about.clone()),
        association_kind: AssociationKind::Source,
        data: paper.attached.text.clone().into_bytes().into(),
        modification_date: Some(made),
        compress: Some(true),
        location: None,
    };
    document.embed_file(attached);
    document.finish().map_err(|error| PaperError::Standard(format!("{error:?}")))
}

fn no_page() -> PaperError {
    PaperError::Standard("no page".to_owned())
}

/// To the second, UTC.
fn date_time(at: Timestamp) -> DateTime {
    let at = Offset::UTC.to_datetime(at);
    let part = |part: i8| part.unsigned_abs();
    DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The colours of the portal's own pages (`style/tokens.css`).
fn colour(ink: Ink) -> rgb::Color {
    let [red, green, blue] = match ink {
        Ink::Plain => [0x16, 0x24, 0x2b],
        Ink::Quiet | Ink::Open => [0x4a, 0x5a, 0x60],
        Ink::Good => [0x0f, 0x62, 0x57],
        Ink::Caution => [0x7a, 0x4d, 0x00],
        Ink::Bad => [0xa3, 0x28, 0x1b],
    };
    rgb::Color::new(red, green, blue)
}

fn filled(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn draw(surface: &mut Surface<'_>, letters: &Letters, mark: Mark, drawn: &mut [Vec<Identifier>]) {
    match mark {
        Mark::Text { x, baseline, line, style, leaf } => {
            let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
            text(surface, letters, (x, baseline), &line, style);
            surface.end_tagged();
            drawn[leaf].push(identifier);
        }
        Mark::Bar([x, y, width, height], ink) => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            rectangles(surface, ink, [[x, y, width, height]]);
            surface.end_tagged();
        }
        Mark::Picture { x, y, scale, picture, leaf } => {
            let identifier = surface.start_tagged(ContentTag::Other);
            picture.draw(surface, ([x, y], scale));
            surface.end_tagged();
            drawn[leaf].push(identifier);
        }
        Mark::Code { x, y, module, symbol, leaf } => {
            let identifier = surface.start_tagged(ContentTag::Other);
            let runs = symbol.runs().into_iter().map(|[column, row, length]| {
                let at = |steps: u32| steps as f32 * module;
                [x + at(column), y + at(row), at(length), module]
            });
            rectangles(surface, Ink::Plain, runs);
            surface.end_tagged();
            drawn[leaf].push(identifier);
        }
    }
}

fn rectangles(surface: &mut Surface<'_>, ink: Ink, all: impl IntoIterator<Item = [f32; 4]>) {
    let mut path = PathBuilder::new();
    for [x, y, width, height] in all {
        if let Some(rectangle) = Rect::from_xywh(x, y, width, height) {
            path.push_rect(rectangle);
        }
    }
    if let Some(path) = path.finish() {
        surface.set_stroke(None);
        surface.set_fill(Some(filled(ink)));
        surface.draw_path(&path);
    }
}

fn text(
    surface: &mut Surface<'_>,
    letters: &Letters,
    (mut x, baseline): (f32, f32),
    line: &Line,
    style: Style,
) {
    for run in &line.runs {
        let bolder = style.strong && !Letters::has_strong(run.font);
        surface.set_fill(Some(filled(style.ink)));
        surface.set_stroke(bolder.then(|| Stroke {
            paint: colour(style.ink).into(),
            width: style.size * BOLDER,
            ..Stroke::default()
        }));
        let start = Point::from_xy(x, baseline);
        let font = letters.font(run.font);
        surface.draw_glyphs(start, &run.glyphs, font, &run.text, style.size, false);
        x += run.width * style.size;
    }
}

/// What stands beneath each page is no part of what is read.
fn footer(
    surface: &mut Surface<'_>,
    letters: &Letters,
    paper: &Paper,
    (page, pages): (usize, usize),
) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let baseline = PAGE[1] - FOOT;
    let number = letters.line(&format!("{page} / {pages}"), false);
    let right = LEFT + WIDTH - number.width * FOOTER.size;
    let most = (right - LEFT) / FOOTER.size - 2.0;
    let lines = letters.lines(&letters.drawable(&paper.footer), false, most);
    if let Some(line) = lines.first() {
        text(surface, letters, (LEFT, baseline), line, FOOTER);
    }
    text(surface, letters, (right, baseline), &number, FOOTER);
    surface.end_tagged();
}

fn group(branch: &Branch, drawn: &mut [Vec<Identifier>]) -> TagGroup {
    let tag: TagKind = match &branch.kind {
        Kind::Heading { level, title } => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::List => Tag::L(ListNumbering::Disc).into(),
        Kind::Item => Tag::LI.into(),
        Kind::Label => Tag::Lbl.into(),
        Kind::Body => Tag::LBody.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::Term => Tag::TH(TableHeaderScope::Row).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::Figure { alt } => Tag::Figure(Some(alt.clone())).into(),
    };
    let mut group = TagGroup::new(tag);
    for identifier in branch.leaf.map(|leaf| std::mem::take(&mut drawn[leaf])).into_iter().flatten()
    {
        group.push(identifier);
    }
    for below in &branch.branches {
        group.push(self::group(below, drawn));
    }
    group
}
