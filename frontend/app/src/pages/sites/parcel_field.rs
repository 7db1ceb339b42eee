//! The field for the code of a parcel beneath an outline.

use leptos::prelude::*;

use super::error;
use crate::{outlines::StepCode, scan_target, urls, words::Words};

/// What is wrong with what was typed as a code.
pub(super) fn not_a_code(words: Words, code: Option<&StepCode>) -> Option<String> {
    let Some(StepCode::Wrong(written)) = code else { return None };
    let (written, why) = (scan_target::shown(written), words.t("sites_not_a_code_next"));
    Some(words.fill("sites_not_a_code", &[("written", &written), ("why", why)]))
}

/// The field with that id, label and hint, with what was typed and what is wrong with it.
pub(super) fn parcel_field(
    words: Words,
    (id, label, hint): (&'static str, &str, &str),
    code: Option<&StepCode>,
    wrong: Option<String>,
) -> AnyView {
    let value = match code {
        Some(StepCode::Wrong(written)) => written.clone(),
        Some(StepCode::Read(code)) => code.as_str().to_owned(),
        None => String::new(),
    };
    let [hint_id, error_id] = ["hint", "error"].map(|part| format!("{id}-{part}"));
    let is_wrong = wrong.is_some();
    let described_by = if is_wrong { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let message = wrong.map(|text| error(words, error_id, vec![text]));
    view! {
        <div class=if is_wrong { "field field-wrong" } else { "field" }>
            <label class="label" for=id>{words.t(label)}</label>
            <p class="hint" id=hint_id>{words.t(hint)}</p>
            {message}
            <input
                class="input"
                id=id
                name=urls::CODE
                value=value
                aria-describedby=described_by
                aria-invalid=is_wrong.then_some("true")
                autocomplete="off"
                spellcheck="false"
                maxlength="100"
            />
        </div>
    }
    .into_any()
}
