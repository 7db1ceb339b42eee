//! How it is said where the notices of a request go.

use service_api::NoticeView;

use crate::words::Words;

/// Where notices stand, in a sentence; none where no address was named.
pub fn notice_words(words: Words, notices: &NoticeView) -> Option<String> {
    Some(match notices {
        NoticeView::Unasked => return None,
        NoticeView::Waiting(to) => words.fill("notices_waiting", &[("address", to)]),
        NoticeView::Told(to) => words.fill("notices_told", &[("address", to)]),
        NoticeView::Stopped => words.t("notices_stopped").to_owned(),
        NoticeView::Refused => words.t("notices_refused").to_owned(),
        NoticeView::Lapsed => words.t("notices_lapsed").to_owned(),
    })
}
