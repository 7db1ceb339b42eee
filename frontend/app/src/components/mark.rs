//! The marks. They differ by shape, so they read without colour and in print.

use domain::severity::Severity;
use leptos::{prelude::*, tachys::html::InertElement};

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// Something concerns the place, and asks this of it.
    Asks(Severity),
    /// 不涉及: a ring.
    NotConcerned,
    /// 暂无数据: a hatched disc.
    NoData,
}

/// Key of the word for what a finding asks.
pub fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Danger => "severity_danger",
        Severity::Prohibits => "severity_prohibits",
        Severity::NeedsConsent => "severity_needs_consent",
        Severity::MustConform => "severity_must_conform",
        Severity::Informs => "severity_informs",
    }
}

/// The class that colours what is said of a finding.
pub fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Danger => "asks-danger",
        Severity::Prohibits => "asks-prohibits",
        Severity::NeedsConsent => "asks-needs-consent",
        Severity::MustConform => "asks-must-conform",
        Severity::Informs => "asks-informs",
    }
}

/// A mark as it is sent. A page has dozens, and nothing in them depends on it: made of a view each, they cost
/// as much as a list.
macro_rules! drawn {
    ($drawing:expr, $class:literal) => {
        concat!(
            r#"<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" class="mark "#,
            $class,
            r#"">"#,
            $drawing,
            "</svg>"
        )
    };
}

/// A mark of a filled shape and a sign on it.
macro_rules! signed {
    ($class:literal, $shape:literal, $sign:literal) => {
        drawn!(
            concat!(
                r#"<path d=""#,
                $shape,
                r#"" class="mark-fill"></path><path d=""#,
                $sign,
                r#"" class="mark-sign"></path>"#
            ),
            $class
        )
    };
}

/// A mark. Its word always stands beside it.
#[component]
pub fn Mark(
    /// What it says.
    kind: MarkKind,
) -> AnyView {
    InertElement::new(match kind {
        MarkKind::Asks(severity) => asks(severity),
        MarkKind::NotConcerned => drawn!(
            r#"<circle cx="10" cy="10" r="7" class="mark-line"></circle>"#,
            "mark-not-concerned"
        ),
        MarkKind::NoData => drawn!(
            r#"<circle cx="10" cy="10" r="7.5" class="mark-thin"></circle><path d="M4.5 15L15 4.5M2.6 11.4L11.4 2.6M8.6 17.4L17.4 8.6" class="mark-thin"></path>"#,
            "mark-no-data"
        ),
    })
    .into_any()
}

/// A warning triangle, a barred disc, a diamond, a square with lines, a ring with an i.
const fn asks(severity: Severity) -> &'static str {
    match severity {
        Severity::Danger => {
            signed!("asks-danger", "M10 1.2L19.6 18.4H0.4Z", "M10 7v5.4M10 14.6v1.6")
        }
        Severity::Prohibits => {
            signed!("asks-prohibits", "M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z", "M5 10h10")
        }
        Severity::NeedsConsent => {
            signed!(
                "asks-needs-consent",
                "M10 .6L19.4 10L10 19.4L.6 10Z",
                "M10 5.6v5.6M10 13.2v1.8"
            )
        }
        Severity::MustConform => {
            signed!("asks-must-conform", "M2 2h16v16H2Z", "M5.6 7h8.8M5.6 10h8.8M5.6 13h5")
        }
        Severity::Informs => drawn!(
            r#"<path d="M10 2.2a7.8 7.8 0 1 0 0 15.6a7.8 7.8 0 1 0 0-15.6Z" class="mark-thin"></path><path d="M10 9v5.4M10 5.2v1.6" class="mark-line"></path>"#,
            "asks-informs"
        ),
    }
}
