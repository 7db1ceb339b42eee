//! The answer for one site: first what can be said, then what stands in the way, then everything that
//! was checked.

use domain::{
    LandCode,
    dataset::DataVersion,
    lineage::Lineage,
    suitability::{Answer, Changes, Kind, OtherUses, Outcome, Part, RuleSet, Standing, Verdict},
};
use jiff::civil::Date;
use leptos::prelude::*;

use super::{
    address_at, again, finding, footing, gaps, next,
    other_uses::{self, Heading},
    said, to_take_away, zoned,
};
use crate::{
    components::{
        CodeLine, Mark, MarkKind, NearMisses, PageTitle, PlaceTools, SourceLine, as_named,
    },
    format,
    pages::{history, place::text_of},
    sites::Question,
    urls,
    words::Words,
};
use service_api::{Assessment, Judged, Site, Told};

/// The page.
pub(super) fn page(question: &Question, told: Assessment) -> AnyView {
    let words = crate::current::words();
    let Some(site) = told.sites.first() else { return ().into_any() };
    let code = LandCode::Parcel(site.parcel);
    let name = words.pick(&told.of().name);
    match &site.told {
        Told::Judged(judged) => judged_page(words, question, &told, site, judged),
        Told::OtherRules => plain(words, question, code, "sites_other_rules", &name, ().into_any()),
        Told::Ended(lineage) => {
            let onward = ended(words, question, lineage);
            plain(words, question, code, "sites_ended", &name, onward)
        }
        Told::Nothing { near } => {
            let near =
                (!near.is_empty()).then(|| view! { <NearMisses near=near.clone() /> }).into_any();
            plain(words, question, code, "sites_nothing", &name, near)
        }
    }
}

/// That nothing is judged, and why.
fn plain(
    words: Words,
    question: &Question,
    code: LandCode,
    key: &str,
    name: &str,
    more: AnyView,
) -> AnyView {
    let title = words.fill("sites_title_of", &[("use", name)]);
    let sentence = words.t(key);
    view! {
        <PageTitle text=title.clone() about=sentence />
        <div class="measure">
            <h1>{title}</h1>
            {about(words, code, None)}
            <section class="verdict answer-open" aria-label=words.t("sites_answer")>
                <p class="verdict-sentence"><Mark kind=MarkKind::NoData /> <strong>{sentence}</strong></p>
            </section>
            {more}
            {again(words, question)}
        </div>
    }
    .into_any()
}

/// The codes in force that an ended one led to, each with the same question.
fn ended(words: Words, question: &Question, lineage: &Lineage) -> AnyView {
    let address =
        |code: &LandCode| address_at(question, *code).unwrap_or_else(|| urls::sites_at(code));
    view! {
        <p>{history::since(words, lineage)}</p>
        {history::successors(words, lineage, &address)}
    }
    .into_any()
}

pub(super) fn about(words: Words, code: LandCode, judged: Option<&Judged>) -> AnyView {
    let location = judged.and_then(|judged| judged.location.as_ref());
    let location = location.and_then(|value| text_of(words, value));
    let demonstration = judged.is_some_and(|judged| judged.version.dataset.demonstration);
    view! {
        <div class="about-place">
            <span class="about-place-name">
                {location.map(|text| as_named(words, text))}
                {demonstration.then(|| view! { " " <span class="tag">{words.t("demonstration")}</span> })}
            </span>
            <CodeLine code />
            <a class="about-place-link" href=urls::place(&code)>{words.t("back_to_place")}</a>
        </div>
    }
    .into_any()
}

/// A verdict in its sentence, on which day and by which data, and that it decides nothing.
pub(super) fn in_words(
    words: Words,
    sentence: String,
    verdict: &Verdict,
    (on, version): (Date, &DataVersion),
) -> AnyView {
    let (kind, _) = said::mark(verdict.answer);
    view! {
        <p class="verdict-sentence"><Mark kind /> <strong>{sentence}</strong></p>
        {possible(words, verdict)}
        <p class="verdict-rest">
            {format::date(words.0, on)} " " {words.t("sites_by_data_of")} " "
            {format::date(words.0, version.dataset.source_date)}
        </p>
        <p class="verdict-rest">{words.t("sites_no_decision")}</p>
    }
    .into_any()
}

fn judged_page(
    words: Words,
    question: &Question,
    told: &Assessment,
    site: &Site,
    judged: &Judged,
) -> AnyView {
    let rules: &RuleSet = &told.rules;
    let code = LandCode::Parcel(site.parcel);
    let verdict = &judged.verdict;
    let name = words.pick(&told.of().name);
    let title = words.fill("sites_title_of", &[("use", &name)]);
    let sentence = sentence(words, &name, verdict);
    let (_, class) = said::mark(verdict.answer);
    let parts = finding::PARTS.map(|part| finding::part(words, rules, &verdict.findings, part));
    let [in_the_way, to_obtain, open] = parts;
    // What has to be answered comes first where all turns on it.
    let asked = gaps::questions(words, question, told, &[verdict]);
    let same_kind = |others: &OtherUses| {
        other_uses::links(words, Heading::SameKind, question, rules, code, others)
    };
    let open_yet = verdict.answer == Answer::CannotBeSaid;
    let (first, later) = if open_yet { (asked, None) } else { (None, asked) };
    view! {
        <PageTitle text=format!("{title} · {}", code.grouped()) about=sentence.clone() />
        <article class="sites-answer">
            {gaps::unread(words, gaps::given(question), &told.rules)}
            <h1>{title}</h1>
            {about(words, code, Some(judged))}
            <section class=format!("verdict {class}") aria-label=words.t("sites_answer")>
                {in_words(words, sentence, verdict, (told.on, &judged.version))}
            </section>
            {first}
            {in_the_way}
            {to_obtain}
            {later}
            {judged.changes.as_ref().and_then(|changes| zoned::section(words, changes, &same_kind))}
            {judged.changes.as_ref().and_then(|changes| changed(words, rules, changes))}
            {gaps::offices(words, told, Some(code), &question.typed.answers, verdict)}
            {open}
            {judged.other_uses.as_ref().and_then(|others| other_uses::links(words, Heading::Others, question, rules, code, others))}
            {scores(words, rules, judged)}
            {finding::cleared(words, rules, &verdict.findings)}
            {footing(words, rules)}
            {question.address().and_then(|link| next::at_code(words, told, code, judged, &link))}
            {to_take_away(words, question)}
            <div class="place-action">
                <PlaceTools name=name code />
            </div>
            {again(words, question)}
            <footer class="place-source">
                <SourceLine version=judged.version.clone() policy=judged.policy.clone() />
            </footer>
        </article>
    }
    .into_any()
}

/// What can be said, in one sentence.
pub(super) fn sentence(words: Words, name: &str, verdict: &Verdict) -> String {
    if let Some(which) = only_conditions(words, verdict) {
        return words.fill("sites_sentence_only_if", &[("use", name), ("which", &which)]);
    }
    let count = |standing: Standing| {
        verdict.findings.iter().filter(|finding| finding.standing == standing).count().to_string()
    };
    let missing = verdict.settling.as_ref().map(|settling| settling.surely.len());
    let missing = missing.unwrap_or_else(|| gaps::of(verdict).len()).to_string();
    let (in_the_way, to_obtain) = (count(Standing::InTheWay), count(Standing::ToObtain));
    let (key, n) = match verdict.answer {
        Answer::Suits => ("sites_sentence_suits", "0"),
        Answer::SuitsIf if to_obtain == "0" => ("sites_sentence_suits_if_some", "0"),
        Answer::SuitsIf => ("sites_sentence_suits_if", to_obtain.as_str()),
        Answer::DoesNot if in_the_way == "0" => ("sites_sentence_does_not_some", "0"),
        Answer::DoesNot => ("sites_sentence_does_not", in_the_way.as_str()),
        Answer::CannotBeSaid => ("sites_sentence_cannot", missing.as_str()),
    };
    words.fill(key, &[("use", name), ("n", n)])
}

/// Of what cannot be said, and is refused however it comes out by no rule: the conditions of which alone it is not
/// known whether they have to be met.
fn only_conditions(words: Words, verdict: &Verdict) -> Option<String> {
    let open = verdict.answer == Answer::CannotBeSaid;
    if !open || verdict.possible.is_empty() || verdict.possible.contains(&Outcome::DoesNot) {
        return None;
    }
    let conditions = verdict
        .findings
        .iter()
        .filter(|it| it.standing == Standing::Open && it.kind == Kind::Condition)
        .map(|finding| words.pick(&finding.title));
    let conditions: Vec<String> = conditions.collect();
    (!conditions.is_empty()).then(|| conditions.join(words.t("list_comma")))
}

/// What it may turn out to be.
pub(super) fn possible(words: Words, verdict: &Verdict) -> Option<AnyView> {
    possible_text(words, verdict).map(|text| view! { <p>{text}</p> }.into_any())
}

/// The same as a text.
pub(super) fn possible_text(words: Words, verdict: &Verdict) -> Option<String> {
    let names: Vec<&str> = verdict
        .possible
        .iter()
        .map(|outcome| said::answer_word(words, (*outcome).into()))
        .collect();
    (names.len() > 1).then(|| {
        let names = names.join(words.t("list_comma"));
        words.fill("sites_possible", &[("which", &names)])
    })
}

/// What would have to be different.
pub(super) fn changed(words: Words, rules: &RuleSet, changes: &Changes) -> Option<AnyView> {
    let each = changes.smallest.iter().take(8).map(|change| {
        let parts: Vec<String> = change
            .facts
            .iter()
            .map(|(key, reading)| said::changed(words, rules, key, reading))
            .collect();
        let then = said::answer_word(words, change.answer);
        let parts = parts.join(words.t("list_comma"));
        view! { <li>{words.fill("sites_change_then", &[("what", &parts), ("then", then)])}</li> }
    });
    let each: Vec<_> = each.collect();
    let cut = !changes.whole || changes.smallest.len() > each.len();
    (!each.is_empty()).then(|| {
        view! {
            <section aria-labelledby="changes-title">
                <h2 id="changes-title">{words.t("sites_changes_title")}</h2>
                <ul>{each}</ul>
                {cut.then(|| view! { <p class="quiet">{words.t("sites_changes_cut")}</p> })}
            </section>
        }
        .into_any()
    })
}

/// What makes it better or worse than others, once nothing stands in the way.
pub(super) fn scores(words: Words, rules: &RuleSet, judged: &Judged) -> Option<AnyView> {
    let scored = judged.scored.as_ref()?;
    let rows = scored.parts.iter().filter_map(|part| {
        let criterion = rules.scores.iter().find(|score| score.id == part.score)?;
        Some(view! {
            <tr>
                <th scope="row">
                    {words.pick(&criterion.title)}
                    <small class="beneath">{words.pick(&criterion.reason)}</small>
                </th>
                <td>{format::share(part.weight)}</td>
                <td>{points(words, part)}</td>
            </tr>
        })
    });
    let rows: Vec<_> = rows.collect();
    Some(
        view! {
            <section>
                <h2 id="scores-title">{words.t("sites_scores_title")}</h2>
                <p class="quiet">{words.t("sites_scores_text")}</p>
                <div class="scroll" tabindex="0" role="region" aria-labelledby="scores-title">
                    <table class="sites-table">
                        <thead><tr>
                            <th scope="col">{words.t("sites_criterion")}</th>
                            <th scope="col">{words.t("sites_weight")}</th>
                            <th scope="col">{words.t("sites_points")}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn points(words: Words, part: &Part) -> String {
    interval(words, part.worth.lo, part.worth.hi)
}

/// A worth of 0 to 1 as points of a hundred; a range where something is not known.
pub(super) fn interval(words: Words, lo: f64, hi: f64) -> String {
    let one = |worth: f64| format::number(worth * 100.0, 0);
    let (lo, hi) = (one(lo), one(hi));
    if lo == hi { lo } else { words.fill("sites_between", &[("lo", &lo), ("hi", &hi)]) }
}
