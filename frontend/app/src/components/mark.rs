//! The marks. They differ by shape, so they read without colour and in print.

use domain::severity::Severity;
use leptos::prelude::*;

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

/// A mark. Its word always stands beside it.
#[component]
pub fn Mark(
    /// What it says.
    kind: MarkKind,
) -> AnyView {
    let (class, drawing) = match kind {
        MarkKind::Asks(severity) => return asks(severity),
        MarkKind::NotConcerned => (
            "mark mark-not-concerned",
            view! { <circle class="mark-line" cx="10" cy="10" r="7" /> }.into_any(),
        ),
        MarkKind::NoData => (
            "mark mark-no-data",
            view! {
                <circle class="mark-thin" cx="10" cy="10" r="7.5" />
                <path class="mark-thin" d="M4.5 15L15 4.5M2.6 11.4L11.4 2.6M8.6 17.4L17.4 8.6" />
            }
            .into_any(),
        ),
    };
    drawn(class, drawing)
}

/// A warning triangle, a barred disc, a diamond, a square with lines, a ring with an i.
fn asks(severity: Severity) -> AnyView {
    let (class, shape, sign) = match severity {
        Severity::Danger => ("mark asks-danger", "M10 1.2L19.6 18.4H0.4Z", "M10 7v5.4M10 14.6v1.6"),
        Severity::Prohibits => {
            ("mark asks-prohibits", "M10 1a9 9 0 1 0 0 18a9 9 0 1 0 0-18Z", "M5 10h10")
        }
        Severity::NeedsConsent => {
            ("mark asks-needs-consent", "M10 .6L19.4 10L10 19.4L.6 10Z", "M10 5.6v5.6M10 13.2v1.8")
        }
        Severity::MustConform => {
            ("mark asks-must-conform", "M2 2h16v16H2Z", "M5.6 7h8.8M5.6 10h8.8M5.6 13h5")
        }
        Severity::Informs => {
            let ring = "M10 2.2a7.8 7.8 0 1 0 0 15.6a7.8 7.8 0 1 0 0-15.6Z";
            let drawing = view! {
                <path class="mark-thin" d=ring />
                <path class="mark-line" d="M10 9v5.4M10 5.2v1.6" />
            };
            return drawn("mark asks-informs", drawing.into_any());
        }
    };
    let drawing = view! {
        <path class="mark-fill" d=shape />
        <path class="mark-sign" d=sign />
    };
    drawn(class, drawing.into_any())
}

fn drawn(class: &'static str, drawing: AnyView) -> AnyView {
    view! {
        <svg class=class viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            {drawing}
        </svg>
    }
    .into_any()
}
