//! The few icons. Each stands beside its word, so none is read aloud.

use leptos::{prelude::*, tachys::html::InertElement};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconKind {
    /// The corners of a code in a viewfinder.
    Scan,
    /// A form with a tick.
    Service,
    /// A receipt that is followed.
    Follow,
    /// A place with a tick.
    Sites,
}

/// An icon of 24 units as it is sent, of one line.
macro_rules! icon {
    ($line:literal) => {
        concat!(
            r#"<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" class="icon"><path d=""#,
            $line,
            r#""></path></svg>"#
        )
    };
}

/// An icon.
#[component]
pub fn Icon(
    /// What is drawn.
    kind: IconKind,
) -> AnyView {
    InertElement::new(match kind {
        IconKind::Scan => icon!(
            "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M8 8h3v3H8zM13 13h3v3h-3zM13 8h3M8 16h3v-3"
        ),
        IconKind::Service => icon!("M6 3h9l4 4v14H6zM15 3v4h4M9 14l2.5 2.5L16 12"),
        IconKind::Sites => {
            icon!("M12 21c4.5-4.6 7-8 7-11a7 7 0 0 0-14 0c0 3 2.5 6.4 7 11zM9 10l2.2 2.2L15.2 8.2")
        }
        IconKind::Follow => {
            icon!("M5 3v18l2.5-1.7L10 21l2-1.7L14 21l2.5-1.7L19 21V3zM9 8h6M9 12h6")
        }
    })
    .into_any()
}
