//! Text as glyphs of the built-in fonts, in lines.

use damascene_fonts_roboto::{ROBOTO_MEDIUM, ROBOTO_REGULAR};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use label::NOTO_SANS_SC;
use ttf_parser::Face;
use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::PaperError;

const REGULAR: usize = 0;
const MEDIUM: usize = 1;
const CHINESE: usize = 2;

/// The built-in fonts: Roboto (Apache-2.0), and Noto Sans SC for Chinese (OFL-1.1).
pub(crate) struct Letters {
    faces: [Face<'static>; 3],
    fonts: [Font; 3],
    /// Whether quotation marks and dashes are those of Chinese.
    chinese: bool,
}

/// A line of text, in runs of one font each.
#[derive(Debug, Default)]
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// In em.
    pub(crate) width: f32,
}

/// Characters of one font.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) font: usize,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// In em.
    pub(crate) width: f32,
}

/// A character of a font, with how far it moves on, in em.
type Letter = (usize, GlyphId, f32);

impl Letters {
    /// Reads them.
    pub(crate) fn built_in(chinese: bool) -> Result<Self, PaperError> {
        let bytes = [ROBOTO_REGULAR, ROBOTO_MEDIUM, NOTO_SANS_SC];
        let face = |bytes| Face::parse(bytes, 0).or(Err(PaperError::Font));
        let font = |bytes: &'static [u8]| Font::new(bytes.into(), 0).ok_or(PaperError::Font);
        Ok(Self {
            faces: [face(bytes[0])?, face(bytes[1])?, face(bytes[2])?],
            fonts: [font(bytes[0])?, font(bytes[1])?, font(bytes[2])?],
            chinese,
        })
    }

    pub(crate) fn font(&self, at: usize) -> Font {
        self.fonts[at].clone()
    }

    /// Whether a font has a weight of its own for what stands out.
    pub(crate) fn has_strong(at: usize) -> bool {
        at != CHINESE
    }

    /// A text as it can be drawn. What no font has is named by its code point, and so are signs that would change
    /// the order in which others are read: nothing is left out in silence.
    pub(crate) fn drawable(&self, text: &str) -> String {
        let mut drawn = String::with_capacity(text.len());
        for character in text.trim().chars() {
            match character {
                _ if character.is_whitespace() => drawn.push(' '),
                _ if self.letter(character, false).is_some() => drawn.push(character),
                _ => drawn.push_str(&format!("[U+{:04X}]", u32::from(character))),
            }
        }
        drawn
    }

    fn letter(&self, character: char, strong: bool) -> Option<Letter> {
        let latin = if strong { MEDIUM } else { REGULAR };
        let own =
            if self.chinese && !character.is_ascii() { [CHINESE, latin] } else { [latin, CHINESE] };
        own.into_iter().find_map(|at| {
            let face = &self.faces[at];
            let glyph = face.glyph_index(character).filter(|glyph| glyph.0 != 0)?;
            let advance = f32::from(face.glyph_hor_advance(glyph)?);
            let em = f32::from(face.units_per_em());
            Some((at, GlyphId::new(glyph.0.into()), advance / em))
        })
    }

    /// How wide a text is, in em.
    pub(crate) fn width(&self, text: &str, strong: bool) -> f32 {
        text.chars().filter_map(|it| self.letter(it, strong)).map(|(_, _, advance)| advance).sum()
    }

    /// A text that can be drawn, in lines of so many em at most. Spaces at the end of a line stay in it, so that
    /// words stay apart for whoever copies them.
    pub(crate) fn lines(&self, text: &str, strong: bool, most: f32) -> Vec<Line> {
        let (mut lines, mut line) = (Vec::new(), String::new());
        let mut from = 0;
        for (to, kind) in linebreaks(text) {
            let piece = &text[from..to];
            from = to;
            let fits = |line: &str, piece: &str| {
                self.width(line, strong) + self.width(piece.trim_end(), strong) <= most
            };
            if !line.is_empty() && !fits(&line, piece) {
                lines.push(std::mem::take(&mut line));
            }
            if fits(&line, piece) {
                line.push_str(piece);
            } else {
                // A word longer than a line: an address, or a digest.
                for character in piece.chars() {
                    let one = character.to_string();
                    if !line.is_empty() && !fits(&line, &one) {
                        lines.push(std::mem::take(&mut line));
                    }
                    line.push(character);
                }
            }
            if kind == BreakOpportunity::Mandatory && to < text.len() {
                lines.push(std::mem::take(&mut line));
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines.iter().map(|line| self.line(line, strong)).collect()
    }

    /// A text as one line.
    pub(crate) fn line(&self, text: &str, strong: bool) -> Line {
        let mut line = Line::default();
        for character in text.chars() {
            let Some((font, glyph_id, x_advance)) = self.letter(character, strong) else {
                continue;
            };
            if line.runs.last().is_none_or(|run| run.font != font) {
                let (text, glyphs) = (String::new(), Vec::new());
                line.runs.push(Run { font, text, glyphs, width: 0.0 });
            }
            let Some(run) = line.runs.last_mut() else { continue };
            let from = run.text.len();
            run.text.push(character);
            let text_range = from..run.text.len();
            let (x_offset, y_offset, y_advance, location) = (0.0, 0.0, 0.0, None);
            run.glyphs.push(KrillaGlyph {
                glyph_id,
                text_range,
                x_advance,
                x_offset,
                y_offset,
                y_advance,
                location,
            });
            run.width += x_advance;
            line.width += x_advance;
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Line]) -> Vec<String> {
        let text = |line: &Line| line.runs.iter().map(|run| run.text.as_str()).collect::<String>();
        lines.iter().map(text).collect()
    }

    #[test]
    fn lines_break_as_both_languages_do() {
        let letters = Letters::built_in(true).unwrap();
        let lines = letters.lines("不占永久基本农田，先办手续。", false, 8.0);
        // No line begins with a comma.
        assert_eq!(texts(&lines), ["不占永久基本农", "田，先办手续。"]);
        let letters = Letters::built_in(false).unwrap();
        let lines = letters.lines("the site does not suit", false, 6.0);
        assert_eq!(texts(&lines), ["the site does ", "not suit"]);
        let digest = "0123456789abcdef".repeat(4);
        let lines = letters.lines(&digest, false, 10.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.width <= 10.0));
        assert_eq!(texts(&lines).concat(), digest);
    }

    #[test]
    fn what_no_font_has_is_named_and_not_left_out() {
        let letters = Letters::built_in(true).unwrap();
        assert_eq!(letters.drawable(" 某𠮷局\u{202E}a\n≥2 m² "), "某[U+20BB7]局[U+202E]a ≥2 m²");
    }
}
