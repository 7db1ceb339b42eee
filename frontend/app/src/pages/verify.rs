//! Whether a verdict that somebody was given is genuine, and what would be said today.

mod extracted;

use std::collections::BTreeMap;

use domain::{
    LandCode,
    severity::Severity,
    signed_verdict::{Judgement, OutlineJudged, SiteJudged},
    suitability::{Fact, FactKey, Facts, Known, NOT_KNOWN, Reading},
};
use leptos::prelude::*;
use service_api::{GenuineVerdict, Now, VerdictReading};

use super::sites::{outline_away, paper, said};
use crate::{
    components::{
        CodeLine, ErrorSummary, Fault, Mark, MarkKind, PageTitle, TextArea, VERIFY_FORM, sketch,
    },
    current, format,
    found::{Drawn, Found},
    urls,
    words::Words,
};

/// The form, below what came of the file that was brought.
#[component]
pub fn VerifyPage() -> AnyView {
    let words = current::words();
    let found = current::found();
    let missing = matches!(found, Some(Found::NoFile));
    let title = words.t("verify_title");
    let tab =
        if missing { words.fill("error_title", &[("title", title)]) } else { title.to_owned() };
    let faults = || {
        let leads_to = Some(format!("#{}", urls::VERDICT_FILE));
        vec![Fault::new(leads_to, words.t("verify_no_file").to_owned())]
    };
    let (mut typed, mut brought) = (String::new(), None);
    let told = match found {
        Some(Found::Verdict { reading, text, drawn }) => {
            brought = (!text.is_empty()).then_some((text, drawn));
            Some(
                view! { {told(words, &reading)} {drawn.map(|drawn| document(words, drawn))} }
                    .into_any(),
            )
        }
        Some(Found::Extract { reading, text, drawn }) => {
            brought = (!text.is_empty()).then_some((text, drawn));
            Some(
                view! { {extracted::told(words, &reading)} {drawn.map(|drawn| document(words, drawn))} }
                    .into_any(),
            )
        }
        Some(Found::VerdictTyped(text)) => {
            typed = text;
            None
        }
        _ => None,
    };
    view! {
        <PageTitle text=tab about=words.t("verify_lead") />
        <div class="measure">
            {missing.then(|| view! { <ErrorSummary faults=faults() /> })}
            <h1>{title}</h1>
            {told}
            <p class="lead">{words.t("verify_lead")}</p>
            {form(words, missing, typed, brought)}
            <h2>{words.t("verify_how_title")}</h2>
            <p>{words.t("verify_how")}</p>
            <p>{words.t("verify_elsewhere")}</p>
            <p>{words.t("verify_kept")}</p>
        </div>
    }
    .into_any()
}

/// The form, with what was typed into it, and unseen what the answer above it is about.
fn form(
    words: Words,
    missing: bool,
    typed: String,
    brought: Option<(String, Option<Drawn>)>,
) -> AnyView {
    let described_by = if missing { "file-hint file-error" } else { "file-hint" };
    let class = if missing { "field field-wrong" } else { "field" };
    view! {
        <form class="form" id=VERIFY_FORM method="post" action=urls::VERIFY enctype="multipart/form-data">
            {brought.map(|(text, drawn)| view! {
                <input type="hidden" name=urls::VERDICT_BROUGHT value=text />
                {drawn.map(|drawn| view! {
                    <input type="hidden" name=urls::VERDICT_DRAWN value=drawn.name() />
                })}
            })}
            <div class=class>
                <label class="label" for=urls::VERDICT_FILE>{words.t("verify_file")}</label>
                <p class="hint" id="file-hint">{words.t("verify_file_hint")}</p>
                {missing.then(|| view! {
                    <p class="field-error" id="file-error">
                        <span class="visually-hidden">{words.t("error_prefix")}</span>
                        {words.t("verify_no_file")}
                    </p>
                })}
                <input
                    class="input"
                    type="file"
                    id=urls::VERDICT_FILE
                    name=urls::VERDICT_FILE
                    accept=".json,.pdf,application/json,application/pdf"
                    aria-describedby=described_by
                    aria-invalid=missing.then_some("true")
                />
            </div>
            <div class="field">
                <label class="label" for=urls::VERDICT_TEXT>{words.t("verify_text")}</label>
                <p class="hint" id="verdict-hint">{words.t("verify_text_hint")}</p>
                <TextArea
                    name=urls::VERDICT_TEXT.to_owned()
                    value=typed
                    described_by=Some("verdict-hint".to_owned())
                    invalid=false
                    autocomplete=Some("off".to_owned())
                />
            </div>
            <button class="button button-primary">{words.t("verify_button")}</button>
        </form>
    }
    .into_any()
}

/// What of a document is proven, and whether its pages say the same.
fn document(words: Words, drawn: Drawn) -> AnyView {
    let (kind, key) = match drawn {
        Drawn::Same => (MarkKind::NotConcerned, "verify_drawn_same"),
        Drawn::Differs => (MarkKind::Asks(Severity::Prohibits), "verify_drawn_differs"),
        Drawn::Unknown => (MarkKind::NoData, "verify_drawn_unknown"),
    };
    view! {
        <p class="verify-drawn"><Mark kind /> " " {words.t(key)}</p>
        <p>{words.t("paper_proven")}</p>
    }
    .into_any()
}

/// What came of the file.
fn told(words: Words, reading: &VerdictReading) -> AnyView {
    let no = |sentence: String, more: &str| {
        result(words, MarkKind::NoData, "answer-open", sentence, words.t(more).to_owned())
    };
    let plain = |key: &str, more: &str| no(words.t(key).to_owned(), more);
    match reading {
        VerdictReading::Genuine(genuine) => genuine_one(words, genuine),
        VerdictReading::Altered => plain("verify_altered", "verify_altered_next"),
        VerdictReading::NotOurs => plain("verify_not_ours", "verify_not_ours_next"),
        VerdictReading::Revoked { since } => {
            let since = format::date(words.0, *since);
            no(words.fill("verify_revoked", &[("date", &since)]), "verify_revoked_next")
        }
        VerdictReading::Newer => plain("verify_newer", "verify_newer_next"),
        VerdictReading::NoVerdict => plain("verify_no_verdict", "verify_no_verdict_next"),
    }
}

fn result(words: Words, kind: MarkKind, class: &str, sentence: String, more: String) -> AnyView {
    view! {
        <section class=format!("verdict {class}") aria-label=words.t("verify_result")>
            <p class="verdict-sentence"><Mark kind /> <strong>{sentence}</strong></p>
            <p class="verdict-rest">{more}</p>
        </section>
    }
    .into_any()
}

fn genuine_one(words: Words, genuine: &GenuineVerdict) -> AnyView {
    let judgement = &genuine.judgement;
    let open = (MarkKind::NoData, "answer-open");
    let same = judgement.answer().filter(|_| genuine.has_same_answer()).map(said::mark);
    let (kind, class) = same.unwrap_or(open);
    let sentence = match &genuine.now {
        _ if genuine.is_current() => words.t("verify_current").to_owned(),
        _ if same.is_some() => words.t("verify_other_conditions").to_owned(),
        Now::Said { answer, .. } => {
            let answer = said::answer_word(words, *answer);
            words.fill("verify_otherwise", &[("answer", answer)])
        }
        Now::Nothing => words.t("verify_nothing_now").to_owned(),
    };
    let (site, again) = match &judgement.site {
        SiteJudged::Parcel(parcel) => {
            let code = LandCode::Parcel(*parcel);
            let again =
                view! { <p><a href=again(judgement, &code)>{words.t("verify_again")}</a></p> };
            (view! { <CodeLine code /> }.into_any(), again.into_any())
        }
        SiteJudged::Outline(outline) => {
            let of = (judgement.rules.id.as_str(), judgement.of.id.as_str());
            let (text, answers) = (words.t("verify_again"), typed(&judgement.answers));
            let geojson = outline.ground.geojson.clone();
            (outlined(words, outline), outline_away::to_verdict(geojson, of, &answers, text))
        }
    };
    let answer = judgement.answer().map_or("", |answer| said::answer_word(words, answer));
    let reached = words.t(match genuine.reached_again {
        Some(true) => "verify_reached",
        Some(false) => "verify_not_reached",
        None => "verify_rules_not_here",
    });
    let rules = words.fill(
        "sites_rules_edition",
        &[
            ("title", &words.pick(&judgement.rules.title)),
            ("date", &format::date(words.0, judgement.rules.version)),
        ],
    );
    let source_date = format::date(words.0, judgement.data.source_date);
    let row = |key: &str, value: String| {
        view! { <div class="fact"><dt>{words.t(key)}</dt> <dd>{value}</dd></div> }
    };
    let data = words.fill(
        "verify_data_of",
        &[("title", &words.pick(&judgement.data.title)), ("date", &source_date)],
    );
    let demonstration = judgement.data.demonstration;
    let review = judgement.rules.review.as_ref();
    view! {
        {result(words, kind, class, sentence, words.t("sites_no_decision").to_owned())}
        {site}
        <dl class="facts">
            {row("verify_use", words.pick(&judgement.of.name))}
            {row("verify_said", answer.to_owned())}
            {row("verify_on", format::date(words.0, judgement.on))}
            <div class="fact">
                <dt>{words.t("verify_data")}</dt>
                " "
                <dd>
                    {data}
                    {demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
                </dd>
            </div>
            {row("verify_rules", rules)}
            {row("verify_signed", format::moment(words.0, genuine.signed.at))}
            {row("verify_issuer", words.pick(&judgement.issuer.name))}
            {other_host(genuine).map(|host| row("verify_host", host))}
        </dl>
        {review.map(|review| view! { <p>{words.pick(review)}</p> })}
        {answered(words, genuine)}
        {by_offices(words, genuine)}
        {changed(words, genuine)}
        <p>{reached}</p>
        {again}
    }
    .into_any()
}

/// The outline in a file: drawn, with its size and its whole digest.
fn outlined(words: Words, outline: &OutlineJudged) -> AnyView {
    let ground = outline.ground.ground();
    let drawn = ground.as_ref().and_then(|ground| sketch(words, ground.shape(), None));
    let none = ground.is_none().then(|| words.t("verify_other_outline"));
    view! {
        <p><strong>{outline_away::named(words, ground.as_ref(), outline.ground.short())}</strong></p>
        {drawn}
        {none.map(|text| view! { <p><Mark kind=MarkKind::NoData /> " " {text}</p> })}
        <p class="quiet">
            {words.t("paper_outline_digest")} " " {outline.ground.sha256.clone()}
        </p>
    }
    .into_any()
}

/// The host in the file, where it is another one than this portal has.
fn other_host(genuine: &GenuineVerdict) -> Option<String> {
    let host = &genuine.judgement.issuer.host;
    (!host.is_empty() && *host != current::page().host).then(|| host.clone())
}

/// What the applicant answered, in words: the verdict rests on it, and nobody has checked it.
fn answered(words: Words, genuine: &GenuineVerdict) -> Option<AnyView> {
    let rules = genuine.rules.as_deref();
    let rows = genuine.judgement.answers.0.iter().filter_map(|(key, fact)| {
        let FactKey::Answer(id) = key else { return None };
        let (question, answer) = said::answered(words, rules, id, fact);
        Some(view! { <div class="fact"><dt>{question}</dt> " " <dd>{answer}</dd></div> })
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section aria-labelledby="answered-title">
                <h2 id="answered-title">{words.t("verify_answered")}</h2>
                <dl class="facts">{rows}</dl>
            </section>
        }
        .into_any()
    })
}

/// What offices said to a request of the applicant's: the verdict rests on that too.
fn by_offices(words: Words, genuine: &GenuineVerdict) -> Option<AnyView> {
    let rules = genuine.rules.as_deref();
    let said = genuine.judgement.said.iter().map(|word| {
        let [text, source] = match rules {
            Some(rules) => paper::office_word(words.0, rules, word),
            None => [word.fact.id(), words.pick(&word.office)],
        };
        view! { <li>{text} " " <small class="beneath">{source}</small></li> }
    });
    let said: Vec<_> = said.collect();
    (!said.is_empty()).then(|| {
        view! {
            <section aria-labelledby="offices-title">
                <h2 id="offices-title">{words.t("redecided_said")}</h2>
                <ul>{said}</ul>
            </section>
        }
        .into_any()
    })
}

/// What has changed since: rules, data, or nothing of either.
fn changed(words: Words, genuine: &GenuineVerdict) -> Option<AnyView> {
    let Now::Said { other_rules, other_data, .. } = &genuine.now else { return None };
    let rules = other_rules
        .map(|from| words.fill("verify_rules_since", &[("date", &format::date(words.0, from))]));
    let data = other_data.as_ref().map(|(_, date)| {
        words.fill("verify_data_since", &[("date", &format::date(words.0, *date))])
    });
    let neither = rules.is_none() && data.is_none() && !genuine.is_current();
    let neither = neither.then(|| words.t("verify_neither").to_owned());
    let each: Vec<String> = rules.into_iter().chain(data).chain(neither).collect();
    (!each.is_empty()).then(|| {
        let each = each.into_iter().map(|text| view! { <li>{text}</li> });
        view! { <ul>{each.collect_view()}</ul> }.into_any()
    })
}

/// The page that asks today what the file was asked.
fn again(judgement: &Judgement, code: &LandCode) -> String {
    let of = (judgement.rules.id.as_str(), judgement.of.id.as_str());
    urls::sites(of, &[*code], &typed(&judgement.answers))
}

/// Answers as they are typed.
fn typed(answers: &Facts) -> BTreeMap<String, String> {
    let one = |(key, fact): (&FactKey, &Fact)| {
        let FactKey::Answer(id) = key else { return None };
        let text = match fact {
            Fact::Unknown(_) => NOT_KNOWN.to_owned(),
            Fact::Known(Known { reading: Reading::Codes(codes), .. }) => codes.first()?.clone(),
            Fact::Known(Known { reading: Reading::Figure(range), .. }) => {
                range.lo.figure().to_string()
            }
            Fact::Known(_) => return None,
        };
        Some((id.clone(), text))
    };
    answers.0.iter().filter_map(one).collect()
}
