//! Where everything stands: lines on pages, and the tree of what they mean.

use label::{Level, Symbol};

use crate::{
    Block, Ink, Item, Paper, PaperError, Picture,
    letters::{Letters, Line},
};

/// A4, points.
pub(crate) const PAGE: [f32; 2] = [595.28, 841.89];
pub(crate) const LEFT: f32 = 62.0;
const TOP: f32 = 60.0;
const BOTTOM: f32 = PAGE[1] - 74.0;
pub(crate) const WIDTH: f32 = PAGE[0] - 2.0 * LEFT;
/// How far the terms of a list of terms reach.
const TERMS: f32 = 104.0;
/// No drawing is taller.
const TALLEST: f32 = 330.0;
/// Side of a QR code with its quiet zone.
const CODE: f32 = 92.0;
/// Side of the place for a seal: one of an office has 42 to 45 mm.
const SEAL: f32 = 130.0;
/// Modules of the quiet zone (ISO/IEC 18004).
const QUIET_ZONE: f32 = 4.0;

/// How text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// Points to the em.
    pub(crate) size: f32,
    /// From one baseline to the next, em.
    leading: f32,
    pub(crate) strong: bool,
    pub(crate) ink: Ink,
}

const fn style(size: f32, leading: f32, strong: bool, ink: Ink) -> Style {
    Style { size, leading, strong, ink }
}

const TITLE: Style = style(19.0, 1.35, true, Ink::Plain);
const HEADING: Style = style(13.0, 1.4, true, Ink::Plain);
const SUBHEADING: Style = style(10.8, 1.45, true, Ink::Plain);
const TEXT: Style = style(10.2, 1.55, false, Ink::Plain);
const QUIET: Style = style(8.8, 1.5, false, Ink::Quiet);
const ANSWER: Style = style(13.5, 1.45, true, Ink::Plain);
pub(crate) const FOOTER: Style = style(8.0, 1.4, false, Ink::Quiet);

/// Something drawn on a page.
pub(crate) enum Mark {
    /// A line of text, which is part of a leaf of the tree.
    Text { x: f32, baseline: f32, line: Line, style: Style, leaf: usize },
    /// A bar that only marks: left, top, width, height.
    Bar([f32; 4], Ink),
    /// A drawing, so many points to its unit; it is a leaf of the tree.
    Picture { x: f32, y: f32, scale: f32, picture: Picture, leaf: usize },
    /// The dark runs of a QR code with the side of a module; the picture is a leaf of the tree.
    Code { x: f32, y: f32, module: f32, symbol: Symbol, leaf: usize },
}

/// What a part of the document means.
pub(crate) enum Kind {
    Heading { level: u16, title: String },
    Paragraph,
    List,
    Item,
    Label,
    Body,
    Table,
    Row,
    Term,
    Cell,
    Figure { alt: String },
}

/// A branch of the tree of what parts mean, with what is drawn of it.
pub(crate) struct Branch {
    pub(crate) kind: Kind,
    pub(crate) leaf: Option<usize>,
    pub(crate) branches: Vec<Branch>,
}

/// A heading in the table of contents: its text, page, and how far down it stands.
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// A document, laid out.
pub(crate) struct Layout {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) tree: Vec<Branch>,
    pub(crate) contents: Vec<Entry>,
    pub(crate) leaves: usize,
}

struct Pen<'l> {
    letters: &'l Letters,
    laid: Layout,
    /// How far down the page is full.
    y: f32,
}

impl Layout {
    pub(crate) fn of(paper: &Paper, letters: &Letters) -> Result<Self, PaperError> {
        let laid =
            Self { pages: vec![Vec::new()], tree: Vec::new(), contents: Vec::new(), leaves: 0 };
        let mut pen = Pen { letters, laid, y: TOP };
        for block in &paper.blocks {
            pen.block(block)?;
        }
        Ok(pen.laid)
    }
}

impl Branch {
    fn over(kind: Kind, branches: Vec<Self>) -> Self {
        Self { kind, leaf: None, branches }
    }
}

impl Pen<'_> {
    fn block(&mut self, block: &Block) -> Result<(), PaperError> {
        match block {
            Block::Title(text) => self.heading(text, 1, TITLE, [0.0, 10.0]),
            Block::Heading(text) => self.heading(text, 2, HEADING, [16.0, 5.0]),
            Block::Subheading(text) => self.heading(text, 3, SUBHEADING, [7.0, 1.0]),
            Block::Text(text) => self.paragraph(text, TEXT),
            Block::Quiet(text) => self.paragraph(text, QUIET),
            Block::Answer { sentence, rest, ink } => self.answer(sentence, rest, *ink),
            Block::List(items) => self.list(items),
            Block::Terms(rows) => self.terms(rows),
            Block::Seal { within, beside, about } => self.seal(within, beside, about),
            Block::Picture(picture) => self.picture(picture),
            Block::Code { text, alt, beside } => self.code(text, alt, beside)?,
        }
        Ok(())
    }

    /// Begins a page where so much does not fit on this one.
    fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM {
            self.laid.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.push(mark);
        }
    }

    fn leaf(&mut self) -> usize {
        self.laid.leaves += 1;
        self.laid.leaves - 1
    }

    fn lines(&self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let text = self.letters.drawable(text);
        self.letters.lines(&text, style.strong, width / style.size)
    }

    /// Text from `x` on, `width` wide, as a leaf.
    fn text(&mut self, kind: Kind, text: &str, style: Style, [x, width]: [f32; 2]) -> Branch {
        let leaf = self.leaf();
        let height = style.size * style.leading;
        for line in self.lines(text, style, width) {
            self.keep(height);
            // The letters stand in the middle of their line.
            let baseline = self.y + height / 2.0 + style.size * 0.36;
            self.mark(Mark::Text { x, baseline, line, style, leaf });
            self.y += height;
        }
        Branch { kind, leaf: Some(leaf), branches: Vec::new() }
    }

    fn heading(&mut self, text: &str, level: u16, style: Style, [above, below]: [f32; 2]) {
        if self.y > TOP {
            self.y += above;
        }
        let own = self.lines(text, style, WIDTH).len() as f32 * style.size * style.leading;
        // With what it is over: two lines at least.
        self.keep(own + below + 2.0 * TEXT.size * TEXT.leading);
        if level < 3 {
            let (text, page) = (self.letters.drawable(text), self.laid.pages.len() - 1);
            self.laid.contents.push(Entry { text, page, y: self.y });
        }
        let kind = Kind::Heading { level, title: text.to_owned() };
        let branch = self.text(kind, text, style, [LEFT, WIDTH]);
        self.laid.tree.push(branch);
        self.y += below;
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let branch = self.text(Kind::Paragraph, text, style, [LEFT, WIDTH]);
        self.laid.tree.push(branch);
        self.y += 3.0;
    }

    /// With a bar beside it.
    fn answer(&mut self, sentence: &str, rest: &[String], ink: Ink) {
        let (inset, width) = (LEFT + 13.0, WIDTH - 13.0);
        let height = |pen: &Self, text: &str, style: Style| {
            pen.lines(text, style, width).len() as f32 * style.size * style.leading
        };
        let all: f32 = rest.iter().map(|text| height(self, text, TEXT)).sum();
        self.y += 6.0;
        self.keep(all + height(self, sentence, ANSWER));
        let (top, page) = (self.y, self.laid.pages.len());
        let branch = self.text(Kind::Paragraph, sentence, ANSWER, [inset, width]);
        self.laid.tree.push(branch);
        for text in rest {
            let branch = self.text(Kind::Paragraph, text, TEXT, [inset, width]);
            self.laid.tree.push(branch);
        }
        if page == self.laid.pages.len() {
            self.mark(Mark::Bar([LEFT, top, 4.0, self.y - top], ink));
        }
        self.y += 8.0;
    }

    fn list(&mut self, items: &[Item]) {
        let (inset, width) = (LEFT + 13.0, WIDTH - 13.0);
        let mut branches = Vec::new();
        for item in items {
            self.keep(TEXT.size * TEXT.leading);
            let y = self.y;
            let label = self.text(Kind::Label, "•", TEXT, [LEFT + 2.0, 11.0]);
            self.y = y;
            let mut body = vec![self.text(Kind::Paragraph, &item.text, TEXT, [inset, width])];
            if !item.source.is_empty() {
                body.push(self.text(Kind::Paragraph, &item.source, QUIET, [inset, width]));
            }
            self.y += 2.0;
            let body = Branch::over(Kind::Body, body);
            branches.push(Branch::over(Kind::Item, vec![label, body]));
        }
        self.laid.tree.push(Branch::over(Kind::List, branches));
        self.y += 2.0;
    }

    fn terms(&mut self, rows: &[[String; 2]]) {
        let mut branches = Vec::new();
        for [term, value] in rows {
            let lines = self.lines(term, TEXT, TERMS - 8.0).len().max(1);
            self.keep(lines as f32 * TEXT.size * TEXT.leading);
            let (y, page) = (self.y, self.laid.pages.len());
            let term_style = Style { ink: Ink::Quiet, ..TEXT };
            let term = self.text(Kind::Term, term, term_style, [LEFT, TERMS - 8.0]);
            let below = self.y;
            self.y = y;
            let value = self.text(Kind::Cell, value, TEXT, [LEFT + TERMS, WIDTH - TERMS]);
            if page == self.laid.pages.len() {
                self.y = self.y.max(below);
            }
            self.y += 1.5;
            branches.push(Branch::over(Kind::Row, vec![term, value]));
        }
        self.laid.tree.push(Branch::over(Kind::Table, branches));
        self.y += 4.0;
    }

    /// An open frame at the right, and the words at the left.
    fn seal(&mut self, within: &str, beside: &[String], about: &str) {
        self.y += 14.0;
        self.keep(SEAL);
        let (top, page) = (self.y, self.laid.pages.len());
        let x = LEFT + WIDTH - SEAL;
        for side in [
            [x, top, SEAL, 0.6],
            [x, top + SEAL - 0.6, SEAL, 0.6],
            [x, top, 0.6, SEAL],
            [x + SEAL - 0.6, top, 0.6, SEAL],
        ] {
            self.mark(Mark::Bar(side, Ink::Quiet));
        }
        let width = WIDTH - SEAL - 16.0;
        for text in beside {
            let branch = self.text(Kind::Paragraph, text, SUBHEADING, [LEFT, width]);
            self.laid.tree.push(branch);
        }
        let branch = self.text(Kind::Paragraph, about, QUIET, [LEFT, width]);
        self.laid.tree.push(branch);
        if page == self.laid.pages.len() {
            let below = self.y;
            self.y = top + 6.0;
            let branch = self.text(Kind::Paragraph, within, QUIET, [x + 8.0, SEAL - 16.0]);
            self.laid.tree.push(branch);
            self.y = below.max(top + SEAL);
        }
        self.y += 10.0;
    }

    fn picture(&mut self, picture: &Picture) {
        let scale = (WIDTH / picture.width).min(TALLEST / picture.height);
        if !scale.is_finite() || scale <= 0.0 {
            return;
        }
        let height = picture.height * scale;
        self.y += 4.0;
        self.keep(height);
        let leaf = self.leaf();
        self.mark(Mark::Picture { x: LEFT, y: self.y, scale, picture: picture.clone(), leaf });
        let kind = Kind::Figure { alt: picture.alt.clone() };
        self.laid.tree.push(Branch { kind, leaf: Some(leaf), branches: Vec::new() });
        self.y += height + 6.0;
    }

    fn code(&mut self, text: &str, alt: &str, beside: &[String]) -> Result<(), PaperError> {
        let symbol = Symbol::of_bytes(text, Level::M)?;
        self.keep(CODE);
        let (top, leaf) = (self.y, self.leaf());
        let module = CODE / (symbol.side() as f32 + 2.0 * QUIET_ZONE);
        let quiet = QUIET_ZONE * module;
        // Its first module stands where text does.
        let (x, y) = (LEFT, top + quiet);
        self.mark(Mark::Code { x, y, module, symbol, leaf });
        let kind = Kind::Figure { alt: alt.to_owned() };
        self.laid.tree.push(Branch { kind, leaf: Some(leaf), branches: Vec::new() });
        self.y = top + quiet;
        let page = self.laid.pages.len();
        for text in beside {
            let branch = self.text(Kind::Paragraph, text, TEXT, [LEFT + CODE, WIDTH - CODE]);
            self.laid.tree.push(branch);
            self.y += 2.0;
        }
        if page == self.laid.pages.len() {
            self.y = self.y.max(top + CODE);
        }
        Ok(())
    }
}
