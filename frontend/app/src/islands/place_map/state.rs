//! Where the map stands, and what is said of it.

use super::PlaceMapWords;

/// Where the map stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The server's drawing; the map comes when it is in view.
    Drawing,
    /// The drawing, and a button: somebody saves data, or it did not load and may the next time.
    Offered {
        /// Whether it was tried.
        failed: bool,
    },
    /// The map is on its way.
    Loading,
    /// The map is there.
    Open,
    /// The drawing for good: this browser draws no map.
    Drawn,
}

impl State {
    /// As the page has it, in `data-place-map`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drawing => "drawing",
            Self::Offered { .. } => "offered",
            Self::Loading => "loading",
            Self::Open => "open",
            Self::Drawn => "drawn",
        }
    }

    /// What is said beside the map.
    pub fn sentence(self, words: &PlaceMapWords) -> &str {
        match self {
            Self::Open => &words.keys,
            Self::Loading => &words.loading,
            Self::Offered { failed: true } => &words.failed,
            Self::Drawn => &words.drawn,
            Self::Drawing | Self::Offered { failed: false } => "",
        }
    }
}
