//! A site judged again with what offices said of it. Their facts are those of one request: they come in here,
//! beside what everybody may see of the site, and go out to whoever opened that request.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    Localized,
    clock::china_date,
    request::{Actor, Request},
    service::service,
    signed_verdict::{self, OfficeWord},
    suitability::{
        Disputed, Fact, FactAsked, FactKey, Facts, FactsAsked, RuleSet, Said, Seen, Takes,
    },
};
use jiff::{Timestamp, civil::Date};
use service_api::{Assessment, OfficeSaid, OtherOffice, OutlineAsked, Site, SitesAsked};

use super::{Looked, judge_with};

/// A department's last word on a fact.
struct Word<'r> {
    said: &'r Said,
    by: &'r str,
    at: Timestamp,
    event: &'r str,
}

/// What is asked of the site of a request by the rules of today, and what offices said of it.
pub(crate) struct AskedAgain {
    /// The question.
    pub(crate) asked: SitesAsked,
    /// The same of the ground that the request is about, where that is an outline.
    pub(crate) ground: Option<OutlineAsked>,
    /// The words of offices as the rules read them.
    pub(crate) words: Vec<OfficeWord>,
    /// How many the rules do not ask, or not so.
    pub(crate) unread: usize,
}

/// What departments said of the facts that a request asks for: of each the last word.
fn words<'r>(request: &'r Request, asks: &FactsAsked) -> BTreeMap<&'r str, Word<'r>> {
    let mut words = BTreeMap::new();
    for event in &request.events {
        let Actor::Department(department) = &event.actor else { continue };
        for (id, said) in event.facts.iter().filter(|(id, _)| asks.fact(id).is_some()) {
            let word = Word { said, by: department, at: event.at, event: &event.hash };
            words.insert(id.as_str(), word);
        }
    }
    words
}

/// The same for its applicant.
pub(crate) fn said(
    request: &Request,
    asks: &FactsAsked,
    names: &BTreeMap<String, Localized>,
) -> Vec<OfficeSaid> {
    let words = words(request, asks);
    let one = |(id, Word { said, by, at, event }): (&str, Word<'_>)| {
        let by = names.get(by).cloned().unwrap_or_else(|| Localized::same(by));
        let (fact, said, event) = (asks.fact(id)?.clone(), said.clone(), event.to_owned());
        Some(OfficeSaid { fact, said, by, at, event })
    };
    words.into_iter().filter_map(one).collect()
}

/// The same of a request that was handed in beside it, and what its office has not said.
pub(crate) fn beside(
    request: &Request,
    names: &BTreeMap<String, Localized>,
) -> (Vec<OfficeSaid>, Option<OtherOffice>) {
    let Some(asks) = &request.submission.asks else { return (Vec::new(), None) };
    let said = said(request, asks, names);
    let is_open = |fact: &&FactAsked| said.iter().all(|said| said.fact.id != fact.id);
    let facts: Vec<FactAsked> = asks.facts.iter().filter(is_open).cloned().collect();
    let department = service(&request.submission.item).map(|item| item.department.as_str());
    let department = department.unwrap_or(&request.submission.item);
    let by = names.get(department).cloned().unwrap_or_else(|| Localized::same(department));
    let ended = request.state().is_ended();
    let other = (!facts.is_empty()).then_some(OtherOffice { by, facts, ended });
    (said, other)
}

/// What is asked of the site by the rules of today, and the words of offices as facts of theirs. `None` where they
/// do not have the use any more.
pub(crate) fn asked(
    rules: &Arc<RuleSet>,
    on: Date,
    (request, asks): (&Request, &FactsAsked),
    said: &[OfficeSaid],
) -> Option<AskedAgain> {
    let (use_at, _) = rules.find_use(&asks.of)?;
    let mut answers = Facts::default();
    for (id, answer) in &asks.answers {
        // Rules change: what they do not ask any more, or not so, is left out.
        if let Ok(read) = rules.answered(&BTreeMap::from([(id.clone(), answer.clone())])) {
            answers.0.extend(read.0);
        }
    }
    let askable = rules.askable(use_at, on);
    let (mut words, mut unread) = (Vec::new(), 0);
    for one in said {
        let key = askable.get(&one.fact.id);
        let read = key.and_then(|key| {
            let today = rules.fact_asked(key)?;
            // Zones come and go, and each is read as it was named. What else was asked in other words, or of
            // another table, is no answer to what is asked now.
            let as_asked = matches!(today.takes, Takes::Overlaps { .. })
                || today.takes == one.fact.takes
                    && (!matches!(key, FactKey::TableEntry(_)) || asks.rules.hash == rules.hash);
            Some((key, today.read(&one.said)?)).filter(|_| as_asked)
        });
        let Some((key, mut says)) = read else {
            unread += 1;
            continue;
        };
        if let Fact::Known(known) = &mut says {
            // By its event and not by its request: a verdict that is taken away names no request.
            let (source, title) = (one.event.clone(), one.by.clone());
            known.seen = vec![Seen { source, title, date: Some(china_date(one.at)) }];
        }
        let (fact, office, event) = (key.clone(), one.by.clone(), one.event.clone());
        words.push(OfficeWord { fact, says, office, at: one.at, event });
    }
    let ground = match &asks.outline {
        Some(outline) => {
            let ground = outline.ground()?;
            Some(OutlineAsked::new(rules.clone(), use_at, ground, answers.clone())?)
        }
        None => None,
    };
    let site = [request.submission.code];
    let asked = SitesAsked::new(rules.clone(), use_at, &site, answers).ok()?;
    Some(AskedAgain { asked, ground, words, unread })
}

/// Judges it. It costs time, as any verdict does.
pub(crate) fn judged(
    asked: &SitesAsked,
    on: Date,
    looked: Looked,
    words: &[OfficeWord],
) -> (Assessment, Vec<Disputed>) {
    let (mut disputed, said) = (Vec::new(), signed_verdict::said(words));
    let sites = asked.parcels().iter().copied().zip([looked]);
    let sites = sites.map(|(parcel, looked)| {
        let (told, against) = judge_with(asked, on, (&parcel, looked), false, Some(&said));
        disputed = against;
        Site { parcel, told }
    });
    let sites: Vec<Site> = sites.collect();
    let (rules, use_at) = (asked.rules().clone(), asked.use_at());
    (Assessment { rules, use_at, on, sites }, disputed)
}
