//! What the address of `/sites/search` asks: a use in people's own words, answers to what the rules ask,
//! sizes by steps, and by which data somebody was told before.

use std::{collections::BTreeSet, sync::Arc};

use domain::{Locale, dataset::DataVersion, suitability::RuleSet};
use jiff::civil::Date;
use service_api::{
    SitesWanted,
    site_changes::Since,
    site_search::{Band, SIZE_STEPS_M2, Sizes},
};
use url::form_urlencoded;

use crate::{
    own_weights::OwnWeights,
    sites::{Fault, OneUse, Question, Typed, meant},
    urls::{self, BAND, LEAST, MOST, PAGE, SAVED},
};

/// Sites on a page.
const ON_A_PAGE: usize = 20;
/// Longest text of a link that says by which data it was kept, characters.
const LONGEST_SAVED: usize = 1_000;

/// A question to all sites as it was read.
#[derive(Clone, Debug)]
pub struct SearchQuestion {
    /// The use and the answers, as the question about one site reads them; it names no site.
    pub question: Question,
    /// The use, where it is one.
    pub of: Option<OneUse>,
    /// The sizes that are wanted.
    pub sizes: Sizes,
    /// Which band is listed.
    pub band: Band,
    /// Which page of it, from 1.
    pub page: usize,
    /// By what the link was kept, if it was: [`Saved::written`].
    pub saved: Option<String>,
    /// What is asked, where nothing is wrong.
    pub wanted: Option<SitesWanted>,
}

/// By what a link to a search was kept: the edition of the rules and the versions of the data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Date and the beginning of the hash.
    pub edition: String,
    /// `dataset/number` of each.
    pub data: Vec<String>,
}

impl Saved {
    /// What counts now.
    #[must_use]
    pub fn now(rules: &RuleSet, versions: &[DataVersion]) -> Self {
        let hash: String = rules.hash.chars().take(12).collect();
        let edition = format!("{}.{hash}", rules.date);
        Self { edition, data: versions.iter().map(DataVersion::label).collect() }
    }

    /// As it stands in a link.
    #[must_use]
    pub fn written(&self) -> String {
        let parts: Vec<&str> = [self.edition.as_str()]
            .into_iter()
            .chain(self.data.iter().map(String::as_str))
            .collect();
        parts.join(",")
    }

    /// Since when changes are asked for.
    #[must_use]
    pub fn since(&self) -> Since {
        let number = |label: &String| {
            let (dataset, number) = label.split_once('/')?;
            Some((dataset.to_owned(), number.parse().ok()?))
        };
        Since::Data(self.data.iter().filter_map(number).collect())
    }

    /// From a link; `None` for anything but what [`Saved::written`] writes: a page says it in its own name.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let mut parts = written.split(',');
        let (date, hash) = parts.next()?.split_once('.')?;
        let date: Date = date.parse().ok()?;
        let is_hash = !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_version = |part: &&str| {
            let (dataset, number) = part.split_once('/').unwrap_or_default();
            let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
            !dataset.is_empty() && dataset.bytes().all(plain) && number.parse::<u32>().is_ok()
        };
        let data: Vec<&str> = parts.collect();
        (is_hash && data.iter().all(is_version)).then(|| Self {
            edition: format!("{date}.{hash}"),
            data: data.into_iter().map(str::to_owned).collect(),
        })
    }
}

/// What has changed since a link was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The rules.
    pub rules: bool,
    /// The data.
    pub data: bool,
}

impl SearchQuestion {
    /// Reads an address against the rules; `query` is what follows its question mark.
    #[must_use]
    pub fn read(query: &str, sets: Vec<Arc<RuleSet>>) -> Self {
        let mut typed = Typed::read(query);
        let (mut sizes, mut band, mut page, mut saved) = (Sizes::default(), Band::Yes, 1, None);
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let step = || value.parse().ok().and_then(Sizes::step);
            match &*key {
                LEAST => sizes.least = step(),
                MOST => sizes.most = step(),
                BAND => band = Band::named(&value).unwrap_or_default(),
                PAGE => page = value.parse().unwrap_or(1).max(1),
                SAVED => saved = Some(value.chars().take(LONGEST_SAVED).collect()),
                _ => {}
            }
        }
        // Nothing is both: the other way round is what was meant.
        if sizes.are_none() {
            (sizes.least, sizes.most) = (sizes.most, sizes.least);
        }
        if sizes.are_none() {
            sizes = Sizes::default();
        }
        let (mut faults, mut choices, mut of) = (Vec::new(), Vec::new(), None);
        if typed.asked && !sets.is_empty() {
            let mut found = meant(&typed, &sets, &mut faults);
            if let ([one], true) = (&found[..], faults.is_empty()) {
                of = Some(one.clone());
            } else if found.len() > 1 {
                choices.append(&mut found);
            }
        }
        let mut unread = BTreeSet::new();
        let wanted = of.clone().map(|(rules, use_at)| {
            let (answers, odd) = typed.read_answers(&rules);
            unread = odd;
            typed.what = String::new();
            typed.chosen = format!("{}.{}", rules.id, rules.uses[use_at].id);
            let since =
                saved.as_deref().and_then(Saved::read).filter(|saved| !saved.data.is_empty());
            let since = since.map(|saved| saved.since());
            SitesWanted { rules, use_at, answers, sizes, band, page, limit: ON_A_PAGE, since }
        });
        let own = OwnWeights::default();
        let question = Question { typed, sets, faults, choices, asks: None, unread, own };
        Self { question, of, sizes, band, page, saved, wanted }
    }

    /// What is wrong with it.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.question.faults
    }

    /// What has changed since the versions before, for the feed: on one page, with the first sites of what is
    /// found now.
    #[must_use]
    pub fn followed(&self) -> Option<SitesWanted> {
        let wanted = self.wanted.clone()?;
        Some(SitesWanted { band: Band::Yes, page: 1, since: Some(Since::Before), ..wanted })
    }

    /// The page of the search, by whichever data.
    #[must_use]
    pub fn follow_from(&self) -> Option<String> {
        self.address_of(Band::Yes, 1, None)
    }

    /// The address of its feed in a language.
    #[must_use]
    pub fn feed(&self, locale: Locale) -> Option<String> {
        let (rules, use_at) = self.of.as_ref()?;
        let of = (rules.id.as_str(), rules.uses[*use_at].id.as_str());
        let mut more = self.sizes_written();
        if locale != Locale::default() {
            more.push((urls::FEED_LANGUAGE, locale.name().to_owned()));
        }
        Some(urls::search_feed(of, &self.question.typed.answers, &more))
    }

    fn sizes_written(&self) -> Vec<(&'static str, String)> {
        let limits = [(LEAST, self.sizes.least), (MOST, self.sizes.most)].into_iter();
        limits.filter_map(|(key, at)| Some((key, SIZE_STEPS_M2[at?].to_string()))).collect()
    }

    /// The one address of what is asked, whichever way it was written.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.address_of(self.band, self.page, self.saved.as_deref())
    }

    /// The address of a page of a band of it, with by what it was kept.
    #[must_use]
    pub fn address_of(&self, band: Band, page: usize, saved: Option<&str>) -> Option<String> {
        let (rules, use_at) = self.of.as_ref()?;
        let of = (rules.id.as_str(), rules.uses[*use_at].id.as_str());
        let mut more = self.sizes_written();
        if band != Band::Yes {
            more.push((BAND, band.name().to_owned()));
        }
        if page > 1 {
            more.push((PAGE, page.to_string()));
        }
        more.extend(saved.map(|saved| (SAVED, saved.to_owned())));
        Some(urls::site_search(of, &self.question.typed.answers, &more))
    }

    /// What has changed since the link was kept; `None` where it was not kept, or nothing has.
    #[must_use]
    pub fn changed_since(&self, now: &Saved) -> Option<Changed> {
        let then = Saved::read(self.saved.as_deref()?)?;
        let changed = Changed { rules: then.edition != now.edition, data: then.data != now.data };
        (changed.rules || changed.data).then_some(changed)
    }
}

#[cfg(test)]
mod tests {
    use domain::suitability::embedded;

    use super::*;

    fn read(query: &str) -> SearchQuestion {
        let set = embedded().in_force("zhejiang", jiff::civil::date(2026, 11, 29)).unwrap();
        SearchQuestion::read(query, vec![Arc::new(set.clone())])
    }

    #[test]
    fn a_search_in_own_words_has_one_address() {
        let one = "/sites/search?use=zhejiang.cafe&a.builds=no&min=500&max=10000&band=maybe&page=2";
        for query in [
            "what=%E5%A5%B6%E8%8C%B6%E5%BA%97&use=&a.builds=no&min=500&max=10000&band=maybe&page=2",
            "use=zhejiang.cafe&a.builds=no&a.nobody=yes&max=500&min=10000&band=maybe&page=2&x=1",
        ] {
            assert_eq!(read(query).address().as_deref(), Some(one), "{query}");
        }
        let read = read(one.split_once('?').unwrap().1);
        assert_eq!(read.address().as_deref(), Some(one));
        let wanted = read.wanted.unwrap();
        assert_eq!((wanted.band, wanted.page, wanted.limit), (Band::Maybe, 2, ON_A_PAGE));
    }

    #[test]
    fn a_size_of_no_step_is_no_limit_and_what_is_missing_is_told() {
        let odd = read("use=zhejiang.cafe&min=501&max=x&band=perhaps&page=-1");
        assert!(odd.sizes.are_all() && odd.band == Band::Yes && odd.page == 1);
        assert_eq!(read("what=&use=").faults(), [Fault::NoUse]);
        let several = read("what=%E5%BA%97");
        assert_eq!(several.faults(), [Fault::SeveralUses]);
        assert!(several.wanted.is_none() && several.question.choices.len() > 1);
        assert_eq!(read("").faults(), [], "nothing was asked yet");
    }

    #[test]
    fn sites_q6_a_link_says_by_what_it_was_kept_and_what_changed_since() {
        let now = Saved { edition: "2026-11-29.abc".into(), data: vec!["deqing/2".into()] };
        let kept = read("use=zhejiang.cafe");
        let link = kept.address_of(Band::Yes, 1, Some(&now.written())).unwrap();
        let opened = read(link.split_once('?').unwrap().1);
        assert_eq!(opened.address(), Some(link), "the link stays what it is");
        assert_eq!(opened.changed_since(&now), None);
        let later = Saved { data: vec!["deqing/3".into()], ..now.clone() };
        assert_eq!(opened.changed_since(&later), Some(Changed { rules: false, data: true }));
        let edition = Saved { edition: "2027-03-01.def".into(), ..now };
        assert_eq!(opened.changed_since(&edition), Some(Changed { rules: true, data: false }));
        assert_eq!(kept.changed_since(&later), None, "it was not kept");
        // What a stranger wrote into a link is not said in the portal's name.
        for foreign in ["x,本地块已获批准", "2026-11-29.abc,请致电/1", "2026-11-29.abc,deqing/x"]
        {
            let link = kept.address_of(Band::Yes, 1, Some(foreign)).unwrap();
            let opened = read(link.split_once('?').unwrap().1);
            assert_eq!(opened.changed_since(&later), None, "{foreign}");
        }
    }
}
