//! The three marks. They differ by shape, so they read without colour and in print.

use leptos::prelude::*;

/// Which of the three answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// 涉及: a filled disc.
    Concerned,
    /// 不涉及: a ring.
    NotConcerned,
    /// 暂无数据: a hatched disc.
    NoData,
}

impl MarkKind {
    /// Key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Self::Concerned => "answer_concerned",
            Self::NotConcerned => "answer_not_concerned",
            Self::NoData => "answer_no_data",
        }
    }

    /// Where its list stands on a profile.
    pub fn anchor(self) -> &'static str {
        match self {
            Self::Concerned => "concerned",
            Self::NotConcerned => "not-concerned",
            Self::NoData => "no-data",
        }
    }
}

/// A mark. Its word always stands beside it.
#[component]
pub fn Mark(
    /// Which answer.
    kind: MarkKind,
) -> AnyView {
    let (class, drawing) = match kind {
        MarkKind::Concerned => (
            "mark mark-concerned",
            view! { <circle class="mark-fill" cx="10" cy="10" r="8" /> }.into_any(),
        ),
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
    view! {
        <svg class=class viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            {drawing}
        </svg>
    }
    .into_any()
}
