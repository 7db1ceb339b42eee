//! What an extract is that somebody brings, and how it stands to what is told now.

use domain::{clock::china_date, severity::Severity};
use leptos::prelude::*;

use service_api::{ExtractReading, GenuineExtract, ToldNow};

use super::result;
use crate::{
    components::{CodeLine, MarkKind},
    format,
    pages::extract_paper::extract_sums,
    urls,
    words::Words,
};

/// What came of an extract.
pub(super) fn told(words: Words, reading: &ExtractReading) -> AnyView {
    let no = |sentence: String, more: &str| {
        result(words, MarkKind::NoData, "answer-open", sentence, words.t(more).to_owned())
    };
    let plain = |key: &str, more: &str| no(words.t(key).to_owned(), more);
    match reading {
        ExtractReading::Genuine(genuine) => genuine_one(words, genuine),
        ExtractReading::Altered => plain("verify_altered", "verify_altered_next"),
        ExtractReading::NotOurs => plain("verify_not_ours", "verify_not_ours_next"),
        ExtractReading::Revoked { since } => {
            let since = format::date(words.0, *since);
            no(words.fill("verify_revoked", &[("date", &since)]), "extract_revoked_next")
        }
        ExtractReading::Newer => plain("verify_newer", "verify_newer_next"),
        ExtractReading::CutShort => plain("extract_cut_short", "extract_cut_short_next"),
        ExtractReading::NoStub => plain("extract_no_stub", "extract_no_stub_next"),
    }
}

fn genuine_one(words: Words, genuine: &GenuineExtract) -> AnyView {
    let date = |at| format::date(words.0, china_date(at));
    let (kind, class, sentence) = match &genuine.now {
        ToldNow::Same => {
            (MarkKind::NotConcerned, "answer-suits", words.t("extract_current").to_owned())
        }
        ToldNow::OtherData { since, source_date } => {
            let day = format::date(words.0, *source_date);
            let sentence = match since {
                Some(since) => {
                    let since = date(*since);
                    words.fill("extract_superseded", &[("since", &since), ("date", &day)])
                }
                None => words.fill("extract_replaced", &[("date", &day)]),
            };
            (MarkKind::Asks(Severity::NeedsConsent), "answer-suits-if", sentence)
        }
        ToldNow::Otherwise => {
            let sentence = words.t("extract_otherwise").to_owned();
            (MarkKind::Asks(Severity::NeedsConsent), "answer-suits-if", sentence)
        }
        ToldNow::Ended => (MarkKind::NoData, "answer-open", words.t("extract_ended").to_owned()),
        ToldNow::Nothing => {
            (MarkKind::NoData, "answer-open", words.t("extract_nothing").to_owned())
        }
    };
    let row = |key: &str, value: String| {
        view! { <div class="fact"><dt>{words.t(key)}</dt> <dd>{value}</dd></div> }
    };
    let file = genuine.file.as_ref();
    let said = file.map(|file| {
        let extract = &file.extract;
        let lists = &extract.restrictions;
        let named = |themes: Vec<String>| themes.join(words.t("list_comma"));
        let concerned = named(lists.concerned.iter().map(|it| words.pick(&it.title)).collect());
        let outside = named(lists.outside().map(|it| words.pick(&it.title)).collect());
        view! {
            {row("extract_said", extract_sums(words, lists))}
            {(!concerned.is_empty()).then(|| row("extract_term_concerned", concerned))}
            {(!outside.is_empty()).then(|| row("answer_outside", outside))}
            {row("verify_issuer", words.pick(&extract.issuer.name))}
            {row("paper_policy", extract.policy.clone())}
        }
    });
    let printed = file.is_none().then(|| view! { <p>{words.t("extract_printed")}</p> });
    view! {
        {result(words, kind, class, sentence, words.t("register_prevails").to_owned())}
        <CodeLine code=genuine.code />
        <dl class="facts">
            {row("extract_made", format::moment(words.0, genuine.at))}
            {row("paper_data_version", genuine.version.clone())}
            {said}
        </dl>
        {printed}
        <p><a href=urls::place(&genuine.code)>{words.t("extract_now")}</a></p>
    }
    .into_any()
}
