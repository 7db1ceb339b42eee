//! What the address of `/sites` asks: codes as people paste them, a use in their own words, answers to
//! what the rules ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    LandCode,
    code::CodeError,
    scanned_text::ScannedText,
    suitability::{Facts, MOST_SITES, RuleSet},
};
use service_api::SitesAsked;
use url::form_urlencoded;

use crate::{
    own_weights::{self, OwnWeights},
    urls::{self, ANSWER, CODE, USE, WHAT},
};

/// Longest text that is read of a field, characters: twenty addresses of places fit, and then some.
const LONGEST: usize = 20_000;

/// What stands in the form, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Codes, one in a line.
    pub codes: String,
    /// What is to be done there.
    pub what: String,
    /// The same by rule set and use, `zhejiang.cafe`; empty where it was not chosen from the list.
    pub chosen: String,
    /// Answers to questions of the rules, by their ids.
    pub answers: BTreeMap<String, String>,
    /// Weights of the reader's own, by the ids of criteria.
    pub weights: BTreeMap<String, String>,
    /// Whether it was asked, and not only filled in.
    pub asked: bool,
}

/// What is wrong with a question about sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No code was written.
    NoCode,
    /// What was written is no code.
    NotACode {
        /// As written.
        written: String,
        /// Why.
        error: Option<CodeError>,
    },
    /// More sites than are judged at once.
    TooMany {
        /// So many were written.
        written: usize,
    },
    /// No use was written or chosen.
    NoUse,
    /// No rules speak of what was written.
    UnknownUse,
    /// More than one use may be meant.
    SeveralUses,
}

/// A use of a rule set, by its position there.
pub type OneUse = (Arc<RuleSet>, usize);

/// A question about sites as it was read.
#[derive(Clone, Debug)]
pub struct Question {
    /// As it was typed.
    pub typed: Typed,
    /// The rules that this portal has.
    pub sets: Vec<Arc<RuleSet>>,
    /// What is wrong with it, in the order of the form.
    pub faults: Vec<Fault>,
    /// The uses that may be meant, where there is more than one.
    pub choices: Vec<OneUse>,
    /// What is asked, where nothing is wrong.
    pub asks: Option<SitesAsked>,
    /// Questions of the rules whose answers do not read: asked again, with what was typed.
    pub unread: BTreeSet<String>,
    /// The weights of the reader's own by which several sites are compared.
    pub own: OwnWeights,
}

impl Typed {
    /// What an address asks; `query` is what follows its question mark.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let (mut typed, mut draft) = (Self::default(), false);
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let value: String = value.chars().take(LONGEST).collect();
            match &*key {
                CODE if typed.codes.chars().count() < LONGEST => {
                    if !typed.codes.is_empty() {
                        typed.codes.push('\n');
                    }
                    typed.codes.push_str(value.trim());
                }
                WHAT => {
                    typed.asked = true;
                    typed.what = value.trim().to_owned();
                }
                USE => {
                    typed.asked = true;
                    typed.chosen = value;
                }
                // Typed, and not asked: a switch of language or size brought it back.
                urls::DRAFT => draft = true,
                key => {
                    if let Some(criterion) = key.strip_prefix(urls::WEIGHT)
                        && typed.weights.len() < 100
                    {
                        let weight = value.trim().chars().take(own_weights::LONGEST).collect();
                        typed.weights.insert(criterion.to_owned(), weight);
                    } else if let Some(question) = key.strip_prefix(ANSWER)
                        && typed.answers.len() < 100
                        && !value.is_empty()
                    {
                        typed.answers.insert(question.to_owned(), value);
                    }
                }
            }
        }
        typed.asked &= !draft;
        typed
    }

    /// The answers as facts, and the questions whose answers do not read. What the rules do not ask is left
    /// out: links grow old.
    pub(crate) fn read_answers(&mut self, rules: &RuleSet) -> (Facts, BTreeSet<String>) {
        self.answers.retain(|id, _| rules.question(id).is_some());
        let (mut facts, mut unread) = (Facts::default(), BTreeSet::new());
        for (id, answer) in &self.answers {
            match rules.answered(&BTreeMap::from([(id.clone(), answer.clone())])) {
                Ok(read) => facts.0.extend(read.0),
                Err(_) => _ = unread.insert(id.clone()),
            }
        }
        (facts, unread)
    }
}

impl Question {
    /// Reads what was typed against the rules; `own_host` is the portal's, for addresses of places.
    #[must_use]
    pub fn read(mut typed: Typed, sets: Vec<Arc<RuleSet>>, own_host: &str) -> Self {
        let (mut faults, mut choices, mut asks) = (Vec::new(), Vec::new(), None);
        let (mut unread, mut own) = (BTreeSet::new(), OwnWeights::default());
        if typed.asked && !sets.is_empty() {
            let codes = codes(&typed.codes, own_host, &mut faults);
            let meant = meant(&typed, &sets, &mut faults);
            if let ([(rules, use_at)], true) = (&meant[..], faults.is_empty()) {
                let (rules, use_at) = (rules.clone(), *use_at);
                let (answers, odd) = typed.read_answers(&rules);
                unread = odd;
                typed.what = String::new();
                typed.chosen = format!("{}.{}", rules.id, rules.uses[use_at].id);
                match SitesAsked::new(rules, use_at, &codes, answers) {
                    Ok(read) => {
                        // One site alone is before no other.
                        if read.parcels().len() > 1 {
                            let weights = std::mem::take(&mut typed.weights);
                            own = OwnWeights::read(weights, read.rules(), use_at);
                        }
                        typed.weights.clone_from(&own.typed);
                        asks = Some(read);
                    }
                    Err(_) => faults.push(Fault::TooMany { written: codes.len() }),
                }
            }
            if meant.len() > 1 {
                choices = meant;
            }
        }
        Self { typed, sets, faults, choices, asks, unread, own }
    }

    /// The one address of what is asked, whichever way it was written.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let asks = self.asks.as_ref()?;
        let codes: Vec<LandCode> = asks.parcels().iter().copied().map(LandCode::Parcel).collect();
        let rules = asks.rules();
        let of = (rules.id.as_str(), rules.uses[asks.use_at()].id.as_str());
        Some(urls::sites_weighed(of, &codes, &self.typed.answers, &self.own.typed))
    }
}

/// Every code that was written; what is none is a fault.
fn codes(written: &str, own_host: &str, faults: &mut Vec<Fault>) -> Vec<LandCode> {
    let parts = written.split(['\n', '\r', ',', ';', '，', '；', '、']);
    let parts: Vec<&str> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut codes = Vec::new();
    for part in &parts {
        match one_code(part, own_host) {
            Ok(mut found) => codes.append(&mut found),
            // One after the other in a line: each must be whole, for a code is often written with spaces.
            Err(error) => faults.push(Fault::NotACode { written: (*part).to_owned(), error }),
        }
    }
    if parts.is_empty() {
        faults.push(Fault::NoCode);
    }
    // The parcels of homes: two homes of one stand on one site.
    let mut parcels: Vec<_> = codes.iter().map(LandCode::parcel).collect();
    parcels.sort_unstable();
    parcels.dedup();
    if parcels.len() > MOST_SITES {
        faults.push(Fault::TooMany { written: parcels.len() });
    }
    // As many as are told apart at a glance.
    faults.truncate(MOST_SITES);
    codes
}

/// The code in a part, or each of those that stand in it side by side.
fn one_code(part: &str, own_host: &str) -> Result<Vec<LandCode>, Option<CodeError>> {
    let read = |text: &str| match ScannedText::judge(text, own_host) {
        ScannedText::Code(code) => Ok(code.canonical()),
        ScannedText::Here(_) => Err(None),
        ScannedText::Foreign { error, .. } => Err(error),
    };
    match read(part) {
        Ok(code) => Ok(vec![code]),
        Err(error) => {
            let each: Result<Vec<LandCode>, _> = part.split_whitespace().map(read).collect();
            each.or(Err(error))
        }
    }
}

/// The uses that may be meant: one from the list, or by what was written.
pub(crate) fn meant(typed: &Typed, sets: &[Arc<RuleSet>], faults: &mut Vec<Fault>) -> Vec<OneUse> {
    let by_id = |chosen: &str| -> Option<OneUse> {
        let (set, of) = chosen.split_once('.')?;
        let rules = sets.iter().find(|rules| rules.id == set)?;
        Some((rules.clone(), rules.find_use(of)?.0))
    };
    let called = |written: &str| -> Vec<OneUse> {
        let uses = |rules: &Arc<RuleSet>| {
            let called = rules.uses_called(written).into_iter();
            called.map(|use_at| (rules.clone(), use_at)).collect::<Vec<_>>()
        };
        sets.iter().flat_map(uses).collect()
    };
    let written = if typed.what.is_empty() { &typed.chosen } else { &typed.what };
    let mut found = called(written);
    if let Some(one) = by_id(&typed.chosen) {
        let is_it = |(rules, use_at): &OneUse| rules.id == one.0.id && *use_at == one.1;
        // A choice of before does not answer for other words that were typed since.
        if typed.what.is_empty() || found.is_empty() || found.iter().any(is_it) {
            return vec![one];
        }
        found.push(one);
    }
    match found.len() {
        0 if written.is_empty() => faults.push(Fault::NoUse),
        0 => faults.push(Fault::UnknownUse),
        1 => {}
        _ => faults.push(Fault::SeveralUses),
    }
    found
}

#[cfg(test)]
mod tests {
    use domain::suitability::embedded;

    use super::*;

    fn question(query: &str) -> Question {
        let today = jiff::civil::date(2026, 11, 29);
        let set = embedded().in_force("zhejiang", today).unwrap().clone();
        Question::read(Typed::read(query), vec![Arc::new(set)], "portal.example")
    }

    #[test]
    fn sites_s13_codes_are_read_in_any_usual_form_and_lead_to_one_address() {
        let one = "/sites?use=zhejiang.cafe&code=330521001002GB00011&code=330521001002GB00012";
        for codes in [
            "330521001002GB00011%0D%0A330521001002GB00012",
            "330521%20001002%20gb00011,330521-001002-GB00012",
            "330521001002GB00011%20330521001002GB00012",
            "330521001002GB00011F00010003%3B330521001002GB00012&code=330521001002GB00011",
            "https://portal.example/c/330521001002GB00011%EF%BC%8C330521001002GB00012",
        ] {
            let read = question(&format!("code={codes}&what=%E5%A5%B6%E8%8C%B6%E5%BA%97"));
            assert_eq!(read.address().as_deref(), Some(one), "{codes}: {:?}", read.faults);
            assert_eq!(question(one.split_once('?').unwrap().1).address().as_deref(), Some(one));
        }
    }

    #[test]
    fn sites_s13_a_code_that_is_none_is_named_and_everything_that_was_typed_is_kept() {
        let read = question("code=330521001002GB00011%0A330521001002QB00012&what=cafe");
        assert!(read.asks.is_none());
        let [Fault::NotACode { written, error: Some(_) }] = &read.faults[..] else {
            panic!("{:?}", read.faults)
        };
        assert_eq!(written, "330521001002QB00012");
        assert_eq!(read.typed.codes, "330521001002GB00011\n330521001002QB00012");
        assert_eq!(read.typed.what, "cafe");
    }

    #[test]
    fn sites_s8_twenty_sites_are_compared_and_twenty_one_are_refused() {
        let codes = |count: usize| {
            let codes = (1..=count).map(|at| format!("code=330521001002GB{at:05}"));
            codes.collect::<Vec<_>>().join("&")
        };
        assert!(question(&format!("{}&use=zhejiang.cafe", codes(20))).asks.is_some());
        let more = question(&format!("{}&use=zhejiang.cafe", codes(21)));
        assert_eq!(more.faults, [Fault::TooMany { written: 21 }]);
        assert_eq!(more.typed.codes.lines().count(), 21, "the form keeps them");
    }

    #[test]
    fn what_is_missing_or_may_mean_more_than_one_thing_is_told() {
        assert_eq!(question("code=330521001002GB00011").faults, [], "only filled in");
        assert_eq!(question("what=&use=&code=").faults, [Fault::NoCode, Fault::NoUse]);
        let code = "code=330521001002GB00011";
        assert_eq!(question(&format!("{code}&what=xyz")).faults, [Fault::UnknownUse]);
        let several = question(&format!("{code}&what=%E5%BA%97"));
        assert_eq!(several.faults, [Fault::SeveralUses]);
        assert!(several.choices.len() > 1);
        // An answer that does not read is asked again as it was typed.
        let unread = question(&format!("{code}&use=zhejiang.cafe&a.builds=perhaps&a.x=yes"));
        assert!(unread.asks.is_some());
        assert_eq!(unread.unread, BTreeSet::from(["builds".to_owned()]));
        assert_eq!(unread.typed.answers, BTreeMap::from([("builds".into(), "perhaps".into())]));
        // The list stands above the words, and answers that the rules do not ask are left out.
        let listed = question(&format!("{code}&what=xyz&use=zhejiang.cafe&a.builds=no&a.x=yes"));
        let address = "/sites?use=zhejiang.cafe&code=330521001002GB00011&a.builds=no";
        assert_eq!(listed.address().as_deref(), Some(address));
    }
}
