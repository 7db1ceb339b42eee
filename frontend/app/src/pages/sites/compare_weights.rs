//! The criteria of a comparison with their weights: those of the rules, and beside them the reader's own.

use domain::suitability::{Place, RuleSet, Score, Scored, compare};
use leptos::prelude::*;

use super::{compare_pairs, error, kept_answers};
use crate::{
    components::Fault as Told,
    format,
    own_weights::{OwnWeights, WeightFault},
    sites::Question,
    urls,
    words::Words,
};
use service_api::{Assessment, Judged, Site, Told as ToldOfSite};

/// How a site scores, and how it stands among the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) scored: Option<Scored>,
    pub(super) among: Option<Place>,
}

fn judged(site: &Site) -> Option<&Judged> {
    match &site.told {
        ToldOfSite::Judged(judged) => Some(judged),
        _ => None,
    }
}

/// Of each site how it stands: by the reader's own weights, or by those of the rules where there are none.
pub(super) fn standings(own: &OwnWeights, told: &Assessment) -> Vec<Standing> {
    let by_rules = |site: &Site| {
        let judged = judged(site);
        let scored = judged.and_then(|judged| judged.scored.clone());
        Standing { scored, among: judged.and_then(|judged| judged.among.clone()) }
    };
    let mut all: Vec<Standing> = told.sites.iter().map(by_rules).collect();
    if own.shares.is_none() {
        return all;
    }
    // Points of one's own too, and no rank among others for what is refused.
    for one in &mut all {
        one.scored = one.scored.as_ref().map(|scored| own.weigh(scored));
    }
    let refused = |at: usize| judged(&told.sites[at]).is_some_and(Judged::is_refused);
    let weighed = |(at, one): (usize, &Standing)| {
        one.scored.clone().filter(|_| !refused(at)).map(|scored| (at, scored))
    };
    let (places, scores): (Vec<usize>, Vec<Scored>) =
        all.iter().enumerate().filter_map(weighed).unzip();
    let ranks = compare(&scores)
        .map_or_else(|_| vec![None; scores.len()], |ranks| ranks.into_iter().map(Some).collect());
    for (at, mut rank) in places.iter().zip(ranks) {
        for other in rank.iter_mut().flat_map(|rank| &mut rank.dominated_by) {
            *other = places[*other];
        }
        all[*at].among = rank;
    }
    all
}

/// What is wrong with the weights, for the summary above the page.
pub(super) fn faults(words: Words, own: &OwnWeights, told: &Assessment) -> Vec<Told> {
    let each = told.rules.scores_for(told.use_at).filter_map(|score| {
        let fault = own.faults.get(&score.id)?;
        Some(Told::new(Some(format!("#{}", id_of(score))), said(words, score, *fault)))
    });
    let of_pairs = compare_pairs::faults(words, own, &told.rules, told.use_at);
    let of_pairs = of_pairs.into_iter().map(|(address, said)| Told::new(Some(address), said));
    each.chain(of_pairs).collect()
}

fn id_of(score: &Score) -> String {
    format!("own-{}", score.id)
}

fn said(words: Words, score: &Score, fault: WeightFault) -> String {
    let key = match fault {
        WeightFault::Empty => "sites_own_empty",
        WeightFault::NoNumber => "sites_own_no_number",
        WeightFault::OutOfRange => "sites_own_out_of_range",
        WeightFault::AllNothing | WeightFault::NoChoice => "sites_own_all_nothing",
    };
    words.fill(key, &[("title", &words.pick(&score.title))])
}

/// The criteria with their weights, and a form for the reader's own.
pub(super) fn section(words: Words, question: &Question, told: &Assessment) -> AnyView {
    let (rules, own): (&RuleSet, &OwnWeights) = (&*told.rules, &question.own);
    let fields = rules.scores_for(told.use_at).map(|score| field(words, own, score));
    let fields = fields.collect_view();
    let of = format!("{}.{}", rules.id, told.of().id);
    let code = |site: &Site| {
        view! { <input type="hidden" name=urls::CODE value=site.parcel.as_str().to_owned() /> }
    };
    let codes = || told.sites.iter().map(code).collect_view();
    let own_set = (rules.id.as_str(), told.of().id.as_str());
    let all: Vec<_> = told.sites.iter().map(|site| domain::LandCode::Parcel(site.parcel)).collect();
    let back = urls::sites(own_set, &all, &question.typed.answers);
    let any = !own.typed.is_empty();
    let in_pairs = own.typed.keys().any(|id| id.contains(':'));
    let by_pairs = compare_pairs::fields(words, own, rules, told.use_at).map(|fields| {
        view! {
            <details class="basis" id="pairs" open=in_pairs>
                <summary>{words.t("sites_pairs")}</summary>
                <div class="basis-text">
                    <form class="form" method="get" action=urls::SITES>
                        <input type="hidden" name=urls::USE value=of.clone() />
                        {codes()}
                        {answers_alone(question)}
                        <p class="hint">{words.t("sites_pairs_hint")}</p>
                        {compare_pairs::agreement(words, own, rules, told.use_at)}
                        {fields}
                        <button class="button">{words.t("sites_own_button")}</button>
                    </form>
                </div>
            </details>
        }
    });
    view! {
        <details class="basis" id="weights" open=any>
            <summary>{words.t("sites_weights")}</summary>
            <div class="basis-text">
                <form class="form" method="get" action=urls::SITES>
                    <input type="hidden" name=urls::USE value=of.clone() />
                    {codes()}
                    {answers_alone(question)}
                    <p class="hint">{words.t("sites_own_hint")}</p>
                    {fields}
                    <button class="button">{words.t("sites_own_button")}</button>
                </form>
                {by_pairs}
                {any.then(|| view! { <p><a href=back>{words.t("sites_own_back")}</a></p> })}
                <p class="quiet">{words.t("sites_own_text")}</p>
            </div>
        </details>
    }
    .into_any()
}

/// The answers that were given, without the weights: these are asked here.
fn answers_alone(question: &Question) -> AnyView {
    let mut typed = question.typed.clone();
    typed.weights.clear();
    kept_answers(&typed)
}

fn field(words: Words, own: &OwnWeights, score: &Score) -> AnyView {
    let (id, name) = (id_of(score), format!("{}{}", urls::WEIGHT, score.id));
    let fault = own.faults.get(&score.id).map(|fault| said(words, score, *fault));
    let wrong = fault.is_some();
    let weight = format::share(score.weight.amount.figure());
    let share = own.shares.as_ref().and_then(|shares| shares.get(&score.id));
    let share =
        share.map(|share| words.fill("sites_own_share", &[("weight", &format::share(*share))]));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = if wrong { format!("{hint_id} {error_id}") } else { hint_id.clone() };
    let class = if wrong { "field field-wrong" } else { "field" };
    view! {
        <div class=class>
            <label class="label" for=id.clone()>{words.pick(&score.title)}</label>
            <p class="hint" id=hint_id>
                {words.pick(&score.reason)} " "
                {words.fill("sites_own_by_rules", &[("weight", &weight)])}
                {share.map(|share| view! { " " <strong>{share}</strong> })}
            </p>
            {fault.map(|text| error(words, error_id, vec![text]))}
            <input
                class="input"
                id=id
                name=name
                value=own.typed.get(&score.id).cloned().unwrap_or_default()
                inputmode="decimal"
                autocomplete="off"
                maxlength="20"
                aria-describedby=described_by
                aria-invalid=wrong.then_some("true")
            />
        </div>
    }
    .into_any()
}
