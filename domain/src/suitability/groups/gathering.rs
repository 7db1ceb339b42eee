//! Sites, one after the other, put into their groups.

use std::{collections::HashMap, sync::Arc};

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::{
    Groups,
    scheme::{Entries, Scheme, signs},
};
use crate::suitability::{
    bits::{Bits, Column},
    fact::{Fact, FactKey, Facts},
    model::RuleSet,
};

/// Puts sites into groups.
#[derive(Debug)]
pub struct Gathering {
    scheme: Scheme,
    len: usize,
    yes: Vec<Vec<u64>>,
    unknown: Vec<Vec<u64>>,
    said: Vec<u8>,
    facts: Vec<Fact>,
    kept: Vec<u32>,
    /// Facts by how they are written, and groups by all that tells them apart: of each the SHA-256, for the
    /// texts are long and no two of them share one.
    written: HashMap<[u8; 32], u32>,
    groups: HashMap<[u8; 32], u32>,
    entries: Entries,
}

impl Gathering {
    /// For these rules, as they count on that day.
    #[must_use]
    pub fn new(set: Arc<RuleSet>, on: Date) -> Self {
        let scheme = Scheme::of(set, on);
        let none = vec![Vec::new(); scheme.atoms.len()];
        Self {
            scheme,
            len: 0,
            yes: none.clone(),
            unknown: none,
            said: Vec::new(),
            facts: Vec::new(),
            kept: Vec::new(),
            written: HashMap::new(),
            groups: HashMap::new(),
            entries: Entries::new(),
        }
    }

    /// What has to be known of a site.
    #[must_use]
    pub fn asks(&self) -> &[FactKey] {
        &self.scheme.keys
    }

    /// The group of a site of which this is known. What an applicant answers is not asked here.
    ///
    /// # Panics
    /// Never: there are fewer sites than a `u32` counts on all the land there is.
    pub fn add(&mut self, facts: &Facts) -> u32 {
        let scheme = &self.scheme;
        let (truths, said) = scheme.judge(facts, &mut self.entries);
        let signs = signs(&truths);
        let mut whole = vec![false; scheme.keys.len()];
        for key in &scheme.against {
            whole[*key] = true;
        }
        for (turns, sign) in scheme.turns.iter().zip(&signs) {
            for key in turns.iter().filter(|_| *sign == b'?') {
                whole[*key] = true;
            }
        }
        let plain: Vec<Fact> =
            scheme.keys.iter().map(|key| scheme.plain(key, facts.0.get(key))).collect();
        let mut name = signs.clone();
        name.extend(&said);
        for (fact, whole) in plain.iter().zip(&whole) {
            // Of what is known and decides every atom, the atoms say enough.
            if *whole || matches!(fact, Fact::Unknown(_)) {
                name.extend(format!("{fact:?}").bytes());
            }
            name.push(b'\n');
        }
        let name: [u8; 32] = Sha256::digest(&name).into();
        if let Some(group) = self.groups.get(&name) {
            return *group;
        }
        let group = u32::try_from(self.len).unwrap_or(u32::MAX);
        self.groups.insert(name, group);
        self.enter(&signs);
        self.said.extend(said);
        for fact in plain {
            let place = self.place_of(fact);
            self.kept.push(place);
        }
        group
    }

    fn enter(&mut self, signs: &[u8]) {
        let (word, bit) = (self.len / 64, self.len % 64);
        for (at, sign) in signs.iter().enumerate() {
            for (words, on) in [(&mut self.yes[at], b'1'), (&mut self.unknown[at], b'?')] {
                words.resize(word + 1, 0);
                words[word] |= u64::from(*sign == on) << bit;
            }
        }
        self.len += 1;
    }

    fn place_of(&mut self, fact: Fact) -> u32 {
        let next = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        let text: [u8; 32] = Sha256::digest(format!("{fact:?}")).into();
        let place = *self.written.entry(text).or_insert(next);
        if place == next {
            self.facts.push(fact);
        }
        place
    }

    /// The groups of all sites that were added.
    #[must_use]
    pub fn finish(self) -> Groups {
        let Self { scheme, len, yes, unknown, said, facts, kept, .. } = self;
        let bits = |words| Bits::from_words(words, len).unwrap_or_else(|| Bits::all(len, false));
        let columns = yes.into_iter().zip(unknown);
        let columns =
            columns.map(|(yes, unknown)| Column { yes: bits(yes), unknown: bits(unknown) });
        Groups { columns: columns.collect(), scheme, len, said, facts, kept }
    }
}
