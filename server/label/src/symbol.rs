//! The QR symbol itself (ISO/IEC 18004), of labels in the alphanumeric mode: 5.5 bits a character, where
//! bytes would take 8.

use qrcode::{
    Color, EcLevel, QrResult, Version,
    bits::Bits,
    canvas::{Canvas, MaskPattern},
    ec::construct_codewords,
};

use crate::LabelError;

/// How much of a symbol may be lost (rule Q4: M or more).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// About 15 %: for paper that stays indoors.
    M,
    /// About 25 %.
    Q,
    /// About 30 %, for labels in wind and weather: with it a patch of 15 % of the area may go, for
    /// a patch touches more code words than it covers.
    #[default]
    H,
}

impl Level {
    const ALL: [Self; 3] = [Self::M, Self::Q, Self::H];

    const fn encoded(self) -> EcLevel {
        match self {
            Self::M => EcLevel::M,
            Self::Q => EcLevel::Q,
            Self::H => EcLevel::H,
        }
    }
}

/// How characters are written.
#[derive(Clone, Copy)]
enum Mode {
    Alphanumeric,
    Bytes,
}

/// A QR symbol without its quiet zone.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Modules along a side.
    side: u32,
    /// Row by row from the top.
    dark: Vec<bool>,
    level: Level,
}

impl Symbol {
    /// The smallest symbol of `text` with at least that level, and of that size the one that may
    /// lose most.
    ///
    /// # Errors
    /// [`LabelError::Character`] for what the alphanumeric mode cannot write,
    /// [`LabelError::TooLong`] when no symbol holds it.
    pub fn new(text: &str, level: Level) -> Result<Self, LabelError> {
        Self::masked(text, level, None)
    }

    /// The smallest symbol of any text, in bytes: for addresses in small letters.
    ///
    /// # Errors
    /// [`LabelError::TooLong`] when no symbol holds it.
    pub fn of_bytes(text: &str, level: Level) -> Result<Self, LabelError> {
        Self::smallest(text, Mode::Bytes, level, None)
    }

    /// The same under one mask, where [`Symbol::new`] weighs eight (ISO/IEC 18004, clause 7.8): as easily
    /// read, unless the paper is bad, in a tenth of the time. For what goes with every page and is seldom
    /// printed.
    ///
    /// # Errors
    /// As [`Symbol::new`].
    pub fn plain(text: &str, level: Level) -> Result<Self, LabelError> {
        Self::masked(text, level, Some(MaskPattern::Checkerboard))
    }

    fn masked(text: &str, level: Level, mask: Option<MaskPattern>) -> Result<Self, LabelError> {
        if let Some(character) = text.chars().find(|c| !is_alphanumeric(*c)) {
            return Err(LabelError::Character { character });
        }
        Self::smallest(text, Mode::Alphanumeric, level, mask)
    }

    fn smallest(
        text: &str,
        mode: Mode,
        level: Level,
        mask: Option<MaskPattern>,
    ) -> Result<Self, LabelError> {
        (1..=40)
            .map(Version::Normal)
            .find_map(|version| {
                Level::ALL
                    .into_iter()
                    .rev()
                    .filter(|stronger| *stronger >= level)
                    .find_map(|level| drawn((text, mode), version, level, mask).ok())
            })
            .ok_or(LabelError::TooLong { length: text.len() })
    }

    /// Modules along a side, the quiet zone not counted.
    #[must_use]
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The level it came to.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Its dark modules as SVG path data: each a unit wide, the first at 0 0, without the quiet zone.
    #[must_use]
    pub fn path(&self) -> String {
        /// Of a run: four numbers of at most three digits.
        const LONGEST: usize = 18;
        let runs = self.runs();
        let mut path = String::with_capacity(runs.len() * LONGEST);
        let mut digits = itoa::Buffer::new();
        for [x, y, length] in runs {
            for (before, number) in [("M", x), (" ", y), ("h", length), ("v1h-", length)] {
                path.push_str(before);
                path.push_str(digits.format(number));
            }
            path.push('z');
        }
        path
    }

    /// The dark runs: column, row, length.
    #[must_use]
    pub fn runs(&self) -> Vec<[u32; 3]> {
        let mut runs: Vec<[u32; 3]> = Vec::new();
        for (y, row) in self.dark.chunks(self.side as usize).enumerate() {
            let mut x = 0;
            for same in row.chunk_by(|a, b| a == b) {
                let length = same.len() as u32;
                if same.first() == Some(&true) {
                    runs.push([x, y as u32, length]);
                }
                x += length;
            }
        }
        runs
    }
}

/// By the mask, or by the one that reads best.
fn drawn(
    (text, mode): (&str, Mode),
    version: Version,
    level: Level,
    mask: Option<MaskPattern>,
) -> QrResult<Symbol> {
    let mut bits = Bits::new(version);
    match mode {
        Mode::Alphanumeric => bits.push_alphanumeric_data(text.as_bytes())?,
        Mode::Bytes => bits.push_byte_data(text.as_bytes())?,
    }
    bits.push_terminator(level.encoded())?;
    let (data, checks) = construct_codewords(&bits.into_bytes(), version, level.encoded())?;
    let mut canvas = Canvas::new(version, level.encoded());
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &checks);
    match mask {
        Some(mask) => canvas.apply_mask(mask),
        None => canvas = canvas.apply_best_mask(),
    }
    let side = u32::from(version.width().unsigned_abs());
    let dark = canvas.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    Ok(Symbol { side, dark, level })
}

fn is_alphanumeric(character: char) -> bool {
    character.is_ascii_digit()
        || character.is_ascii_uppercase()
        || matches!(character, ' ' | '$' | '%' | '*' | '+' | '-' | '.' | '/' | ':')
}

#[cfg(test)]
mod tests {
    use qrcode::QrCode;

    use super::*;

    /// What the character counts of ISO/IEC 18004, table 7, allow.
    #[test]
    fn q4_the_alphanumeric_mode_makes_the_symbol_of_its_size() {
        for (length, level, side) in [
            (20, Level::M, 21),
            (21, Level::M, 25),
            (67, Level::Q, 33),
            (68, Level::Q, 37),
            (87, Level::Q, 37),
            (88, Level::Q, 41),
            (64, Level::H, 37),
        ] {
            let symbol = Symbol::new(&"A".repeat(length), level).unwrap();
            assert_eq!(symbol.side(), side, "{length} characters at {level:?}");
            assert!(symbol.level() >= level);
        }
        // In byte mode these characters would need a larger symbol.
        let bytes = QrCode::with_error_correction_level("a".repeat(67), EcLevel::Q).unwrap();
        assert!(bytes.width() > 33);
    }

    #[test]
    fn room_that_is_left_goes_to_correction() {
        assert_eq!(Symbol::new("A", Level::M).unwrap().level(), Level::H);
        assert_eq!(Symbol::new(&"A".repeat(67), Level::M).unwrap().level(), Level::Q);
    }

    #[test]
    fn what_the_mode_cannot_write_is_refused() {
        for (text, bad) in [("https://", 'h'), ("A_B", '_'), ("见", '见')] {
            let error = Symbol::new(text, Level::M).unwrap_err();
            assert!(matches!(error, LabelError::Character { character } if character == bad));
        }
        let error = Symbol::new(&"A".repeat(5_000), Level::M).unwrap_err();
        assert!(matches!(error, LabelError::TooLong { length: 5_000 }));
    }
}
