//! The form of a service in a visit: the same as everybody's, with what is kept beside what was typed where another
//! one was faster (desk D5).

use domain::service::{Answers, InputKind, service};
use leptos::prelude::*;

use super::notice;
use crate::{
    components::{Banner, Tone, as_written, wanted_service},
    context::FormReturn,
    pages::NewRequestPage,
    staff::{Say, filing::FormPage},
    urls,
    words::Words,
};

pub(super) fn form(words: Words, page: FormPage) -> AnyView {
    let FormPage { case, kept, not_done, .. } = page;
    // What another one saved is written over by who has read both, and by no script.
    let keeps = kept.is_none() && not_done.is_none();
    let beside = match (kept, not_done) {
        (Some(kept), not_done) => Some(side_by_side(words, &kept, not_done.unwrap_or(Say::Stale))),
        (None, Some(say)) => Some(notice(words, Tone::Caution, "case_not_done", say.key())),
        (None, None) => None,
    };
    view! {
        <p class="kicker">
            <a href=urls::staff_case(&case)>{words.fill("case_title", &[("number", case.as_str())])}</a>
        </p>
        {beside}
        <NewRequestPage />
        {keeps.then(|| keeping(words))}
    }
    .into_any()
}

/// What keeps the form as somebody types, and says so.
fn keeping(words: Words) -> AnyView {
    view! {
        <p
            class="hint measure"
            id="kept-state"
            role="status"
            data-kept=words.t("case_kept_now")
            data-failed=words.t("case_kept_not")
            data-over=words.t("case_kept_over")
        ></p>
        <script type="module" src=urls::KEEPING_SCRIPT></script>
    }
    .into_any()
}

/// Each answer that is another than the one that is kept: both. Pressed again, what stands in the form is kept.
fn side_by_side(words: Words, kept: &Answers, why: Say) -> AnyView {
    let typed = use_context::<FormReturn>().map(|back| back.values).unwrap_or_default();
    let item = wanted_service().and_then(|id| service(&id));
    let questions = item.map(|item| item.question.as_slice()).unwrap_or_default();
    let text = |values: &Answers, name: &str| values.get(name).cloned().unwrap_or_default();
    let rows = questions.iter().filter(|one| one.kind != InputKind::Consent).filter_map(|one| {
        let (kept, typed) = (text(kept, &one.name), text(&typed, &one.name));
        let said = |text: String| {
            let option = one.options.iter().find(|option| option.value == text);
            option.map_or(text, |option| words.pick(&option.label))
        };
        (kept != typed).then(|| {
            view! {
                <div>
                    <dt>{words.pick(&one.label)}</dt>
                    <dd>
                        {words.t("case_kept")} " "
                        <span class="typed">{as_written(words, said(kept))}</span>
                        <br />
                        {words.t("case_typed")} " "
                        <span class="typed">{as_written(words, said(typed))}</span>
                    </dd>
                </div>
            }
        })
    });
    let rows: Vec<_> = rows.collect();
    view! {
        <Banner tone=Tone::Caution title=words.t("case_not_done")>
            <p>{words.t(why.key())}</p>
            <dl class="terms">{rows}</dl>
        </Banner>
    }
    .into_any()
}
