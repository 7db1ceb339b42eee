//! The words of the feed of a place: what the newest data changed of what everybody may see.

use std::collections::BTreeMap;

use domain::{
    LandCode, Locale,
    dataset::DataVersion,
    profile::{Fact, PublicProfile},
    theme::Theme,
};
use service_api::{
    Place,
    former::{Before, PlaceChanges},
};

use crate::{
    components::field_label,
    format,
    pages::location,
    site_feed::{FeedEntry, ToldFeed},
    urls,
    words::Words,
};

impl ToldFeed {
    /// What changed at a place, in a language.
    #[must_use]
    pub fn of_place(locale: Locale, code: &LandCode, changes: &PlaceChanges) -> Self {
        let words = Words(locale);
        let PlaceChanges { now, before } = changes;
        let version = &now.profile.version;
        let grouped = code.grouped();
        let place = location(words, &now.profile).map_or_else(
            || grouped.clone(),
            |place| words.fill("site_feed_place", &[("place", &place), ("code", &grouped)]),
        );
        let text = match before {
            Before::NotKept => words.t("place_feed_not_kept").to_owned(),
            Before::Nothing(then) => {
                said_since(words, then, vec![words.t("place_feed_first").to_owned()])
            }
            Before::Was(then) => {
                said_since(words, &then.profile.version, changed(words, then, now))
            }
        };
        let page = urls::place(code);
        let date = format::date(locale, version.dataset.source_date);
        let entry = FeedEntry {
            what: vec![code.to_string(), version.label()],
            title: words.fill("place_feed_data", &[("data", &version.label()), ("date", &date)]),
            text,
            updated: version.imported_at,
            page: page.clone(),
        };
        Self {
            title: words.fill("place_feed_title", &[("place", &place)]),
            subtitle: words.t("place_feed_subtitle").to_owned(),
            author: words.t("site_name").to_owned(),
            updated: version.imported_at,
            page,
            entries: vec![entry],
        }
    }
}

/// What changed since a version, with that version.
fn said_since(words: Words, then: &DataVersion, mut said: Vec<String>) -> String {
    if said.is_empty() {
        said.push(words.t("place_feed_same").to_owned());
    }
    said.push(words.fill("place_feed_since", &[("data", &then.label())]));
    said.join(" ")
}

/// What of a place is not as it was, a sentence each.
fn changed(words: Words, then: &Place, now: &Place) -> Vec<String> {
    let mut said = Vec::new();
    if now.lineage.ended && !then.lineage.ended {
        said.push(words.t("place_feed_ended").to_owned());
    }
    let (was, is) = (&then.profile, &now.profile);
    let fields = fields(words, was, is);
    if !fields.is_empty() {
        let fields = fields.join(words.t("list_comma"));
        said.push(words.fill("place_feed_facts", &[("fields", &fields)]));
    }
    if was.outline != is.outline {
        said.push(words.t("place_feed_outline").to_owned());
    }
    if was.events != is.events {
        said.push(words.t("place_feed_events").to_owned());
    }
    // Of a code that has ended its page tells no restrictions either.
    if !now.lineage.ended {
        said.extend(themes(words, was, is));
    }
    said
}

/// The names of the fields whose values are not as they were.
fn fields(words: Words, was: &PublicProfile, is: &PublicProfile) -> Vec<String> {
    let all = |profile: &PublicProfile| -> Vec<Fact> {
        let unit = profile.unit.iter().flat_map(|unit| &unit.facts);
        profile.facts.iter().chain(unit).cloned().collect()
    };
    let (was, now) = (all(was), all(is));
    let mut names: Vec<String> = Vec::new();
    for fact in was
        .iter()
        .filter(|fact| !now.contains(fact))
        .chain(now.iter().filter(|fact| !was.contains(fact)))
    {
        let name = field_label(words, fact.field, is.code.realm()).to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What is said of each theme: the key of its list's name, and what stands under it.
fn answers(profile: &PublicProfile) -> BTreeMap<&str, (&'static Theme, &'static str, String)> {
    let lists = &profile.restrictions;
    let mut answers = BTreeMap::new();
    // The first that says something: one that concerns the place by one layer may be in two.
    for (list, key) in [
        (&lists.concerned, "answer_concerned"),
        (&lists.no_data, "answer_no_data"),
        (&lists.not_concerned, "answer_not_concerned"),
    ] {
        for answer in list {
            let found = answer.layers.iter().flat_map(|layer| layer.counted());
            let what: Vec<String> = found
                .map(|graded| {
                    let finding = &graded.finding;
                    format!("{} {} {}", finding.label.zh, finding.area_m2, finding.share)
                })
                .collect();
            let told = (answer.theme, key, what.join("\n"));
            answers.entry(answer.theme.id.0.as_str()).or_insert(told);
        }
    }
    answers
}

fn themes(words: Words, was: &PublicProfile, is: &PublicProfile) -> Vec<String> {
    let (was, is) = (answers(was), answers(is));
    let told = is.into_iter().filter_map(|(id, (theme, now, found))| {
        let theme = words.pick(&theme.title);
        // A theme that the catalogue did not have then was answered by no data.
        let (then, before) =
            was.get(id).map_or(("answer_no_data", ""), |(_, then, found)| (*then, found.as_str()));
        if then != now {
            let (before, now) = (words.t(then), words.t(now));
            let values = [("theme", theme.as_str()), ("before", before), ("now", now)];
            Some(words.fill("place_feed_theme", &values))
        } else if before != found {
            Some(words.fill("place_feed_findings", &[("theme", &theme)]))
        } else {
            None
        }
    });
    told.collect()
}
