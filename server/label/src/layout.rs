//! Where things stand on a label, and labels on a sheet.

use crate::{
    LabelError, Level, Page, Shape, Symbol,
    drawing::{dots, mm},
    lettering::Fonts,
};

/// Smallest side of a code, mm (rule Q4).
pub const SMALLEST_MM: f32 = 20.0;
/// Largest side of a code, mm: two still stand on a sheet.
pub const LARGEST_MM: f32 = 100.0;
/// Smallest module, dots: 0.34 mm, what a phone reads at arm's length.
const LEAST_MODULE: u32 = 4;
/// Quiet zone, modules (ISO/IEC 18004, 5.3.8).
const QUIET: u32 = 4;
/// A4 in dots.
const A4: (u32, u32) = (2480, 3508);
/// White border of a sheet, dots: 10 mm, which every printer leaves anyway.
const MARGIN: u32 = 118;
/// Room between labels to cut through, dots: 4 mm.
const GAP: u32 = 47;

/// A group of a code with its plain name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The figures and letters.
    pub text: String,
    /// What they stand for.
    pub name: String,
}

/// What a label is for, in both languages.
const PURPOSE: [&str; 2] = ["见码 · 扫码看地 · 办事", "Scan to see this place and its services"];

/// What one label says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The address in the QR code, in capitals.
    pub address: String,
    /// The code for people: its groups. A home's are masked by the caller.
    pub groups: Vec<Group>,
    /// Who issued it, in the order in which they are tried: the first that the fonts can write is
    /// printed.
    pub issuer: Vec<String>,
    /// The host, for who types.
    pub host: String,
    /// The label's own number.
    pub serial: String,
}

/// What pages are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sheet {
    /// A page a label, of its size.
    #[default]
    Single,
    /// As many as fit on A4, row by row.
    A4,
}

/// How labels are printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Print {
    /// Side of the QR code without its quiet zone, mm; rounded to whole dots a module.
    pub side_mm: f32,
    /// How much of it may be lost.
    pub level: Level,
    /// What pages are made.
    pub sheet: Sheet,
}

impl Default for Print {
    fn default() -> Self {
        Self { side_mm: 30.0, level: Level::default(), sheet: Sheet::default() }
    }
}

/// The pages with these labels, in order.
///
/// # Errors
/// [`LabelError`] when a label cannot be written at this size.
pub fn pages(labels: &[Label], print: &Print) -> Result<Vec<Page>, LabelError> {
    if !(SMALLEST_MM..=LARGEST_MM).contains(&print.side_mm) {
        return Err(LabelError::Side { side_mm: print.side_mm });
    }
    let font = Fonts::built_in()?;
    let singles: Vec<Page> =
        labels.iter().map(|label| single(label, print, &font)).collect::<Result<_, _>>()?;
    Ok(match print.sheet {
        Sheet::Single => singles,
        Sheet::A4 => sheets(singles),
    })
}

fn single(label: &Label, print: &Print, font: &Fonts) -> Result<Page, LabelError> {
    let symbol = Symbol::new(&label.address, print.level)?;
    let module = (dots(print.side_mm) + symbol.side() / 2) / symbol.side();
    if module < LEAST_MODULE {
        let least_mm = mm(LEAST_MODULE);
        return Err(LabelError::TooSmall { side_mm: print.side_mm, least_mm });
    }
    let width = (symbol.side() + 2 * QUIET) * module;
    let mut shapes: Vec<Shape> = symbol
        .runs()
        .into_iter()
        .map(|[x, y, length]| Shape::Block {
            x: (QUIET + x) * module,
            y: (QUIET + y) * module,
            width: length * module,
            height: module,
        })
        .collect();
    let (lettering, height) = lettering(label, width, font)?;
    shapes.extend(lettering);
    Ok(Page { width, height, shapes })
}

/// The text below a symbol whose quiet zone ends at `width` (it is a square), and where the label
/// ends: what it is for, the code with the names of its groups, who issued it, host and number.
fn lettering(label: &Label, width: u32, font: &Fonts) -> Result<(Vec<Shape>, u32), LabelError> {
    let side = width as f32;
    let mut text = Column { font, side, baseline: side, shapes: Vec::new() };
    let [chinese, english] = PURPOSE;
    text.line(chinese, side * 0.084)?;
    text.line(english, side * 0.048)?;
    text.gap(side * 0.02);
    for groups in label.groups.chunks(2) {
        text.groups(groups)?;
    }
    text.gap(side * 0.02);
    let writable = label.issuer.iter().find(|name| font.missing(name).is_none());
    if let Some(issuer) = writable.or(label.issuer.first()) {
        text.line(issuer, side * 0.06)?;
    }
    text.line(&label.host, side * 0.05)?;
    text.line(&format!("编号 No. {}", label.serial), side * 0.05)?;
    let descent = side * 0.02;
    Ok((text.shapes, (text.baseline + descent) as u32 + 1))
}

/// Lines below each other in the middle of a label.
struct Column<'f> {
    font: &'f Fonts,
    side: f32,
    /// Of the last line.
    baseline: f32,
    shapes: Vec<Shape>,
}

impl Column<'_> {
    fn gap(&mut self, dots: f32) {
        self.baseline += dots;
    }

    /// A line at `size` dots to the em, smaller where it would not fit.
    fn line(&mut self, text: &str, size: f32) -> Result<(), LabelError> {
        self.baseline += size * 1.25;
        self.at(text, self.side / 2.0, size, self.side * 0.94)
    }

    /// Two groups in cells of one width, with their names below.
    fn groups(&mut self, groups: &[Group]) -> Result<(), LabelError> {
        // Two groups have 13 characters or at most 17, with the blank between them.
        let cell = self.side * 0.94 / 17.0;
        let name = self.side * 0.052;
        let characters: usize = groups.iter().map(|group| group.text.chars().count()).sum();
        let blanks = groups.len().saturating_sub(1);
        let mut left = (self.side - (characters + blanks) as f32 * cell) / 2.0;
        self.baseline += cell * 1.5;
        let below = self.baseline + name * 1.2;
        for group in groups {
            let width = group.text.chars().count() as f32 * cell;
            let middle = left + width / 2.0;
            self.shapes.extend(self.font.cells(&group.text, middle, self.baseline, cell)?);
            let figures = std::mem::replace(&mut self.baseline, below);
            self.at(&group.name, middle, name, width + cell)?;
            self.baseline = figures;
            left += width + cell;
        }
        self.baseline = below + name * 0.25;
        Ok(())
    }

    fn at(&mut self, text: &str, middle: f32, size: f32, room: f32) -> Result<(), LabelError> {
        let fitting = room / self.font.width(text, 1.0).max(f32::MIN_POSITIVE);
        self.shapes.extend(self.font.line(text, middle, self.baseline, size.min(fitting))?);
        Ok(())
    }
}

/// Fills sheets with labels, row by row in cells as large as the largest of them.
fn sheets(singles: Vec<Page>) -> Vec<Page> {
    let across = singles.iter().map(|page| page.width).max().unwrap_or(1);
    let down = singles.iter().map(|page| page.height).max().unwrap_or(1);
    let fit = |room: u32, size: u32| ((room - 2 * MARGIN + GAP) / (size + GAP)).max(1);
    let (columns, rows) = (fit(A4.0, across), fit(A4.1, down));
    let mut pages: Vec<Page> = Vec::new();
    for (at, single) in (0_u32..).zip(singles) {
        let place = at % (columns * rows);
        if place == 0 {
            pages.push(Page { width: A4.0, height: A4.1, shapes: Vec::new() });
        }
        let x = MARGIN + place % columns * (across + GAP) + (across - single.width) / 2;
        let y = MARGIN + place / columns * (down + GAP);
        if let Some(page) = pages.last_mut() {
            page.shapes.extend(single.shapes.into_iter().map(|shape| moved(shape, x, y)));
        }
    }
    pages
}

fn moved(shape: Shape, right: u32, down: u32) -> Shape {
    use crate::Step;
    let (dx, dy) = (right as f32, down as f32);
    match shape {
        Shape::Block { x, y, width, height } => {
            Shape::Block { x: x + right, y: y + down, width, height }
        }
        Shape::Outline(steps) => Shape::Outline(
            steps
                .into_iter()
                .map(|step| match step {
                    Step::Move(x, y) => Step::Move(x + dx, y + dy),
                    Step::Line(x, y) => Step::Line(x + dx, y + dy),
                    Step::Curve([a, b, c, d, x, y]) => {
                        Step::Curve([a + dx, b + dy, c + dx, d + dy, x + dx, y + dy])
                    }
                    Step::Close => Step::Close,
                })
                .collect(),
        ),
    }
}
