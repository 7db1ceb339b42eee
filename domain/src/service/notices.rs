//! The one question that belongs to no service: where news of a request go.

use std::sync::LazyLock;

use super::{InputKind, Question};
use crate::{law::LegalText, localized::Localized};

/// Longest e-mail address, characters (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets).
const LONGEST: usize = 254;

/// To which address notices of progress are to be sent.
#[must_use]
pub fn notice_address() -> &'static Question {
    static QUESTION: LazyLock<Question> = LazyLock::new(|| Question {
        name: "notice_address".to_owned(),
        kind: InputKind::Email,
        label: Localized::new("邮箱地址", "E-mail address"),
        hint: LegalText::default(),
        when: None,
        required: true,
        max_length: LONGEST,
        options: Vec::new(),
        personal: true,
        days: None,
        of: None,
        autocomplete: Some("email".to_owned()),
    });
    &QUESTION
}
