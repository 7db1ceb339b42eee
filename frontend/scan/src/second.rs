//! The detector that is not part of this crate.

use crate::symbol::{self, Decoded, LEAST_MODULES, Layout, MOST_MODULES, Modules};
use crate::{Corner, DecodedSymbol, Frame};

/// A detector beside our own, which not every page needs: natively `scan_rxing::Rxing`, in a worker
/// a wasm module of its own. It says where modules are and which of them are dark; what that means
/// is read here, whoever found it, so that there is one rule for what counts as a text.
pub trait SecondDetector {
    /// Codes in a grey frame, dark on light; corners in pixels of that frame, in the order of
    /// [`DecodedSymbol::corners`]. One whose checksums do not hold is left out.
    fn find(&mut self, frame: &Frame) -> Vec<Grid>;
}

/// The modules of a code that a detector has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    modules: usize,
    /// As [`Modules`] has them, all equally certain.
    levels: Vec<f32>,
    corners: [Corner; 4],
}

impl Grid {
    /// Of the modules row by row, whether each is dark; nothing if no code has so many.
    pub fn new(dark: impl IntoIterator<Item = bool>, corners: [Corner; 4]) -> Option<Self> {
        let level = |is_dark| if is_dark { -0.5 } else { 0.5 };
        let levels: Vec<f32> = dark.into_iter().map(level).collect();
        let modules = levels.len().isqrt();
        let is_code = (LEAST_MODULES..=MOST_MODULES).contains(&modules) && modules % 4 == 1;
        (is_code && modules * modules == levels.len()).then_some(Self { modules, levels, corners })
    }

    /// Whether its checksums hold and its words can be followed to their end.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.decode().is_some()
    }

    /// The modules row by row, whether each is dark.
    pub fn dark(&self) -> impl Iterator<Item = bool> {
        self.levels.iter().map(|&level| level < 0.0)
    }

    /// Where the code is, as [`DecodedSymbol::corners`].
    #[must_use]
    pub fn corners(&self) -> [Corner; 4] {
        self.corners
    }

    pub(crate) fn read(&self) -> Option<DecodedSymbol> {
        let (decoded, mirrored) = self.decode()?;
        let [a, b, c, d] = self.corners;
        let corners = if mirrored { [a, d, c, b] } else { [a, b, c, d] };
        DecodedSymbol::new(decoded.segments, decoded.part, corners)
    }

    /// What it says as it is or in a mirror, and which of the two.
    fn decode(&self) -> Option<(Decoded, bool)> {
        let layout = Layout::of(self.modules);
        [false, true].into_iter().find_map(|mirrored| {
            let (levels, stride) = (self.levels.as_slice(), self.modules);
            let modules = Modules { levels, stride, margin: 0, mirrored };
            Some((symbol::read(&modules, &layout, false)?, mirrored))
        })
    }
}
