//! A form for weights of the reader's own by comparing criteria in pairs, and how far the comparisons agree.

use domain::suitability::{RuleSet, Score};
use leptos::prelude::*;

use super::error;
use crate::{
    format,
    own_weights::{
        Agreement, OwnWeights, WeightFault,
        pairs::{self as own_pairs, EQUAL, SCALE},
    },
    urls,
    words::Words,
};

/// Each pair of criteria of a use; none where they are not compared so.
fn pairs(rules: &RuleSet, use_at: usize) -> Vec<(&Score, &Score)> {
    let scores: Vec<&Score> = rules.scores_for(use_at).collect();
    let ids: Vec<&str> = scores.iter().map(|score| score.id.as_str()).collect();
    let of = |id: &str| scores.iter().find(|score| score.id == id).copied();
    own_pairs::pairs(&ids).into_iter().filter_map(|(one, other)| of(one).zip(of(other))).collect()
}

fn name((one, other): (&Score, &Score)) -> String {
    own_pairs::name((&one.id, &other.id))
}

fn id_of((one, other): (&Score, &Score)) -> String {
    format!("pair-{}-{}", one.id, other.id)
}

fn said(words: Words, (one, other): (&Score, &Score)) -> String {
    let titles = [words.pick(&one.title), words.pick(&other.title)];
    words.fill("sites_pair_fault", &[("one", &titles[0]), ("other", &titles[1])])
}

/// What is wrong with them, each with the address of its field.
pub(super) fn faults(
    words: Words,
    own: &OwnWeights,
    rules: &RuleSet,
    use_at: usize,
) -> Vec<(String, String)> {
    let wrong = |pair: &(&Score, &Score)| own.faults.contains_key(&name(*pair));
    let pairs = pairs(rules, use_at).into_iter().filter(wrong);
    pairs.map(|pair| (format!("#{}", id_of(pair)), said(words, pair))).collect()
}

/// How far the comparisons agree, in words.
pub(super) fn agreement(words: Words, own: &OwnWeights, rules: &RuleSet, use_at: usize) -> AnyView {
    let Some(Agreement { ratio, least }) = &own.agreement else { return ().into_any() };
    let figure = format::number(*ratio, 2);
    let Some((one, other)) = least else {
        let text = words.fill("sites_pairs_agree", &[("ratio", &figure)]);
        return view! { <p class="quiet">{text}</p> }.into_any();
    };
    let title = |id: &String| {
        let score = rules.scores_for(use_at).find(|score| score.id == *id);
        score.map(|score| words.pick(&score.title)).unwrap_or_default()
    };
    let (one, other) = (title(one), title(other));
    let told = [("ratio", &*figure), ("one", &*one), ("other", &*other)];
    view! { <p><strong>{words.fill("sites_pairs_disagree", &told)}</strong></p> }.into_any()
}

/// The fields of the form; none where the criteria are not compared in pairs.
pub(super) fn fields(
    words: Words,
    own: &OwnWeights,
    rules: &RuleSet,
    use_at: usize,
) -> Option<AnyView> {
    let pairs = pairs(rules, use_at);
    let fields = pairs.iter().map(|pair| field(words, own, *pair));
    (!pairs.is_empty()).then(|| fields.collect_view().into_any())
}

fn field(words: Words, own: &OwnWeights, pair: (&Score, &Score)) -> AnyView {
    let (one, other) = (words.pick(&pair.0.title), words.pick(&pair.1.title));
    let (id, of) = (id_of(pair), name(pair));
    let fault: Option<WeightFault> = own.faults.get(&of).copied();
    let chosen = own.typed.get(&of).map_or(EQUAL, String::as_str).to_owned();
    let error_id = format!("{id}-error");
    let wrong = fault.is_some();
    let fault = fault.map(|_| error(words, error_id.clone(), vec![said(words, pair)]));
    let keys = ["sites_pair_9", "sites_pair_7", "sites_pair_5", "sites_pair_3"];
    let option = |(at, (value, _)): (usize, &(&'static str, f64))| {
        let text = match at {
            0..4 => words.fill(keys[at], &[("which", &one)]),
            4 => words.t("sites_pair_1").to_owned(),
            _ => words.fill(keys[8 - at], &[("which", &other)]),
        };
        view! { <option value={*value} selected={*value == chosen}>{text}</option> }
    };
    let options = SCALE.iter().enumerate().map(option).collect_view();
    let label = words.fill("sites_pair", &[("one", &one), ("other", &other)]);
    view! {
        <div class=if wrong { "field field-wrong" } else { "field" }>
            <label class="label" for=id.clone()>{label}</label>
            {fault}
            <select
                class="input"
                id=id
                name=format!("{}{of}", urls::WEIGHT)
                aria-describedby=wrong.then_some(error_id)
                aria-invalid=wrong.then_some("true")
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}
