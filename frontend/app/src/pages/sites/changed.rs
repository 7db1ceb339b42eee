//! What became of a search since other data, in words: for its page and for the feed of those who follow it.

use domain::suitability::{RuleSet, Standing};
use service_api::{
    SitesFound,
    site_changes::{ChangedSite, SitesChanged, SitesSince, Why},
    site_search::{Band, Count, FEW},
};

use super::said;
use crate::{format, pages::history::kind_words, words::Words};

/// How many, in words: exact small counts may not be told.
pub(crate) fn counted(words: Words, count: Count) -> String {
    match count {
        Count::Exactly(count) => format::number(as_figure(count), 0),
        Count::Few => words.fill("site_search_few", &[("n", &FEW.to_string())]),
    }
}

#[expect(clippy::cast_precision_loss, reason = "for display; there are fewer sites than 2⁵³")]
const fn as_figure(count: usize) -> f64 {
    count as f64
}

/// What a band is called.
pub(crate) fn band_word(words: Words, band: Band) -> &'static str {
    words.t(match band {
        Band::Yes => "site_search_yes",
        Band::Maybe => "site_search_maybe",
        Band::No => "site_search_no",
    })
}

/// The title of a rule.
pub(crate) fn rule_title(words: Words, rules: &RuleSet, id: &str) -> String {
    let rule = rules.rules.iter().find(|rule| rule.id == id);
    rule.map_or_else(|| id.to_owned(), |rule| words.pick(&rule.title))
}

/// How many came, went and are told otherwise.
pub(crate) fn counts(words: Words, changed: &SitesChanged) -> String {
    let SitesChanged { came, went, changed: others, .. } = changed;
    if came.is_none() && went.is_none() && others.is_none() {
        return words.t("site_changes_none").to_owned();
    }
    let figures = [("came", came), ("went", went), ("others", others)];
    let figures = figures.map(|(name, count)| (name, counted(words, *count)));
    words
        .fill("site_changes_counts", &figures.each_ref().map(|(name, text)| (*name, text.as_str())))
}

/// Why nothing can be said of changes, or that there are none; `None` where something can.
pub(crate) fn nothing(words: Words, since: &SitesSince) -> Option<&'static str> {
    Some(words.t(match since {
        SitesSince::Told(_) | SitesSince::Same => return None,
        SitesSince::NotYet { .. } => "site_changes_not_yet",
        SitesSince::NotKept => "site_changes_not_kept",
        SitesSince::OtherPolicy => "site_changes_other_policy",
    }))
}

/// What was said of a site, and what is.
pub(crate) fn from_to(words: Words, site: &ChangedSite) -> String {
    let word = |band: Option<Band>| {
        band.map_or_else(|| words.t("site_change_unlisted"), |band| band_word(words, band))
    };
    words.fill("site_change_from_to", &[("then", word(site.then)), ("now", word(site.now))])
}

/// Why it is told otherwise, a sentence for each reason.
pub(crate) fn reasons(words: Words, found: &SitesFound, site: &ChangedSite) -> Vec<String> {
    site.why.iter().map(|why| reason(words, &found.rules, why)).collect()
}

fn reason(words: Words, rules: &RuleSet, why: &Why) -> String {
    let named = |facts: &[domain::suitability::FactKey]| {
        let names: Vec<String> = facts.iter().map(|key| said::fact(words, rules, key)).collect();
        names.join(words.t("list_comma"))
    };
    let by = |kind: &Option<domain::lineage::ChangeKind>, plain: &str, by: &str| match kind {
        Some(kind) => words.fill(by, &[("kind", kind_words(words, *kind))]),
        None => words.t(plain).to_owned(),
    };
    match why {
        Why::Rule { rule, then, now, facts } => {
            let title = rule_title(words, rules, rule);
            let said = [
                ("rule", title.as_str()),
                ("then", standing(words, *then)),
                ("now", standing(words, *now)),
            ];
            let said = words.fill("site_change_rule", &said);
            if facts.is_empty() {
                return said;
            }
            let of = words.fill("site_change_rule_facts", &[("facts", &named(facts))]);
            format!("{said}{of}")
        }
        Why::Facts(facts) => words.fill("site_change_facts", &[("facts", &named(facts))]),
        Why::Size => words.t("site_change_size").to_owned(),
        Why::New(kind) => by(kind, "site_change_new", "site_change_new_by"),
        Why::Supplied(day) => {
            words.fill("site_change_supplied", &[("date", &format::date(words.0, *day))])
        }
        Why::NotListed => words.t("site_change_not_listed").to_owned(),
        Why::Ended(kind) => by(kind, "site_change_ended", "site_change_ended_by"),
    }
}

fn standing(words: Words, standing: Standing) -> &'static str {
    words.t(match standing {
        Standing::InTheWay => "site_change_in_the_way",
        Standing::ToObtain => "site_change_to_obtain",
        Standing::Open => "site_change_open",
        Standing::Clear => "site_change_clear",
    })
}
