//! What of a site the rules of a set look at on a day, whatever the use: atoms, facts, and which facts must
//! be kept where an atom is open.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::civil::Date;

use crate::{
    localized::Localized,
    suitability::{
        fact::{Cause, Fact, FactKey, Facts, Known, Reading},
        judge::{Case, Measured},
        model::{RuleSet, Table},
        table::Entry,
        tree::{Atom, Features, Subject, Test},
        truth::Truth,
        zone,
    },
};

/// Who an atom is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// The site.
    Site,
    /// The applicant: it is the same everywhere.
    Applicant,
    /// A figure of one against a figure of the other.
    Both,
}

impl About {
    pub(super) const fn of(atom: &Atom) -> Self {
        let is_answer = matches!(atom.subject, Subject::Answer { .. });
        match (&atom.test, is_answer) {
            (Test::CompareWith(_, Subject::Answer { .. }), false) => Self::Both,
            (Test::CompareWith(_, Subject::Answer { .. }), true) => Self::Applicant,
            (Test::CompareWith(..), true) => Self::Both,
            (_, true) => Self::Applicant,
            (_, false) => Self::Site,
        }
    }
}

/// What is looked at.
#[derive(Clone, Debug)]
pub(super) struct Scheme {
    pub(super) set: Arc<RuleSet>,
    pub(super) on: Date,
    /// Atoms about the site, each once; those of a table once for each use, whose entry they ask for.
    pub(super) atoms: Vec<(Atom, usize)>,
    /// Tables, with the uses that they are asked for.
    pub(super) tables: Vec<(String, usize)>,
    /// The places of the atoms that ask whether a layer covers the site.
    pub(super) outside: Vec<usize>,
    /// The facts that atoms turn on.
    pub(super) keys: Vec<FactKey>,
    /// Of each atom, the facts that decide how it may come out where it is open.
    pub(super) turns: Vec<Vec<usize>>,
    /// Facts that are held against an answer: open until somebody answers.
    pub(super) against: BTreeSet<usize>,
    /// Layers of which the names of features are looked at.
    named: BTreeSet<String>,
}

impl Scheme {
    pub(super) fn of(set: Arc<RuleSet>, on: Date) -> Self {
        let (mut atoms, mut tables, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for use_at in 0..set.uses.len() {
            for atom in set.rules_for(use_at, on).flat_map(|rule| rule.stands.atoms()) {
                // What is no entry of a table is the same for every use.
                let of = if let Subject::TableEntry { table } = &atom.subject {
                    push_once(&mut tables, (table.clone(), use_at));
                    use_at
                } else {
                    0
                };
                match About::of(atom) {
                    About::Site => push_once(&mut atoms, (atom.clone(), of)),
                    About::Both => push_once(&mut both, atom.clone()),
                    About::Applicant => {}
                }
            }
        }
        let mut keys = BTreeSet::new();
        for atom in atoms.iter().map(|(atom, _)| atom).chain(&both) {
            keys.extend(facts_of(&set, atom).into_iter().filter(is_of_site));
        }
        let keys: Vec<FactKey> = keys.into_iter().collect();
        let places = |facts: Vec<FactKey>| -> Vec<usize> {
            facts.iter().filter_map(|fact| keys.iter().position(|key| key == fact)).collect()
        };
        let turns = atoms.iter().map(|(atom, _)| places(deciding(atom))).collect();
        let against = both.iter().flat_map(|atom| places(deciding(atom))).collect();
        let every = atoms.iter().map(|(atom, _)| atom).chain(&both);
        let named = every.filter_map(|atom| match &atom.subject {
            Subject::Overlap { layer, features: Features::Named(_) }
            | Subject::Outside { layer, features: Features::Named(_) } => Some(layer.clone()),
            _ => None,
        });
        let named = named.collect();
        let is_outside = |at: &usize| matches!(atoms[*at].0.subject, Subject::Outside { .. });
        let outside = (0..atoms.len()).filter(is_outside).collect();
        Self { set, on, atoms, tables, outside, keys, turns, against, named }
    }

    /// How every atom stands, and what the open may turn on beside the facts that are kept: what each table
    /// may say, a bit for each entry and one for nothing; and whether it is for want of the layer, of the
    /// site's size or both that nobody can say whether a layer covers it.
    pub(super) fn judge(&self, facts: &Facts, known: &mut Entries) -> (Vec<Truth>, Vec<u8>) {
        let (mut truths, mut said) = (Vec::new(), vec![0; self.tables.len()]);
        for (atom, _) in &self.atoms {
            // Those of tables follow.
            let is_entry = matches!(atom.subject, Subject::TableEntry { .. });
            truths.push(if is_entry { Truth::Known(false) } else { self.truth(atom, 0, facts) });
        }
        for (id, table) in &self.set.tables {
            let ground = format!("{id} {}", zone::ground(&self.set, table, facts));
            let entries = known.entry(ground).or_insert_with(|| self.entries(table, facts));
            for (at, truth) in &entries.truths {
                truths[*at] = truth.clone();
            }
            for (at, mask) in &entries.said {
                said[*at] = *mask;
            }
        }
        said.extend(self.lacking(facts, &truths));
        (truths, said)
    }

    fn truth(&self, atom: &Atom, use_at: usize, facts: &Facts) -> Truth {
        let Some(of) = self.set.uses.get(use_at) else { return Truth::Known(false) };
        Case { set: &self.set, of, facts }.truth(atom)
    }

    /// What a table says and may say, for every use that is asked for.
    fn entries(&self, table: &Table, facts: &Facts) -> OfTable {
        let is_of = |atom: &Atom| matches!(&atom.subject, Subject::TableEntry { table: own } if *own == table.id);
        let atoms = self.atoms.iter().enumerate().filter(|(_, (atom, _))| is_of(atom));
        let truths = atoms.map(|(at, (atom, use_at))| (at, self.truth(atom, *use_at, facts)));
        let own = self.tables.iter().enumerate().filter(|(_, (id, _))| *id == table.id);
        let said = own.filter_map(|(at, (_, use_at))| {
            let said = zone::possible(&self.set, table, self.set.uses.get(*use_at)?, facts);
            Some((at, said.iter().fold(0_u8, |mask, entry| mask | 1 << place(entry.as_ref()))))
        });
        OfTable { truths: truths.collect(), said: said.collect() }
    }

    /// For want of what nobody can say whether layers cover the site: the layer, its size, or both.
    fn lacking(&self, facts: &Facts, truths: &[Truth]) -> Vec<u8> {
        let sized = self.set.uses.first().is_some_and(|of| {
            let size = Case { set: &self.set, of, facts }.measure(&Subject::Area);
            matches!(size, Ok(Measured::Figure(size)) if size.lo == size.hi)
        });
        let of_outside = |at: &usize| {
            let gaps = truths[*at].gaps();
            let lacks = |wanted: bool| gaps.iter().any(|gap| (gap.fact == FactKey::Area) == wanted);
            let size = !gaps.is_empty() && (!sized || lacks(true));
            u8::from(lacks(false)) | u8::from(size) << 1
        };
        self.outside.iter().map(of_outside).collect()
    }

    /// A fact by what the rules see of it: where it is from, and what features are called unless somebody
    /// asks, they do not.
    pub(super) fn plain(&self, key: &FactKey, fact: Option<&Fact>) -> Fact {
        let Some(fact) = fact else { return Fact::Unknown(Cause::NotAsked) };
        let Fact::Known(Known { reading, .. }) = fact else { return fact.clone() };
        let mut reading = reading.clone();
        if let (FactKey::Overlaps(layer), Reading::Overlaps(overlaps)) = (key, &mut reading)
            && !self.named.contains(layer)
        {
            for feature in &mut overlaps.features {
                feature.label = Localized::default();
            }
        }
        Fact::Known(Known { reading, seen: Vec::new() })
    }

    /// The place of an atom about the site.
    pub(super) fn place_of(&self, atom: &Atom, use_at: usize) -> Option<usize> {
        let of = if matches!(atom.subject, Subject::TableEntry { .. }) { use_at } else { 0 };
        self.atoms.iter().position(|(one, use_at)| *use_at == of && one == atom)
    }
}

/// What tables say, by the ground of it: see [`zone::ground`].
pub(super) type Entries = HashMap<String, OfTable>;

/// What a table says: how each of its atoms stands, and what it may say for each use.
#[derive(Clone, Debug)]
pub(super) struct OfTable {
    truths: Vec<(usize, Truth)>,
    said: Vec<(usize, u8)>,
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, one: T) {
    if !list.contains(&one) {
        list.push(one);
    }
}

const fn is_of_site(key: &FactKey) -> bool {
    !matches!(key, FactKey::Answer(_))
}

/// The bit of an entry, or of none.
fn place(entry: Option<&Entry>) -> usize {
    let at = entry.and_then(|entry| Entry::ALL.iter().position(|one| one == entry));
    at.map_or(0, |at| at + 1)
}

/// Every fact that an atom turns on.
pub(super) fn facts_of(set: &RuleSet, atom: &Atom) -> Vec<FactKey> {
    let mut facts = match &atom.subject {
        Subject::TableEntry { table } => {
            let zone = set.tables.get(table).map(|table| table.zone.fact());
            zone.into_iter().chain([atom.subject.fact()]).collect()
        }
        subject @ Subject::Outside { .. } => vec![subject.fact(), FactKey::Area],
        subject => vec![subject.fact()],
    };
    if let Test::CompareWith(_, other) = &atom.test {
        facts.push(other.fact());
    }
    facts
}

/// The facts by which an atom that is open may come out one way or the other. Whether a layer covers a site
/// may come out in two, whatever is known of it; of a zone, what its table may say is kept, not where it is.
fn deciding(atom: &Atom) -> Vec<FactKey> {
    let mut facts = match &atom.subject {
        Subject::Outside { .. } => Vec::new(),
        subject => vec![subject.fact()],
    };
    if let Test::CompareWith(_, other) = &atom.test {
        facts.push(other.fact());
    }
    facts
}

/// The truths of all atoms as signs, in their order.
pub(super) fn signs(truths: &[Truth]) -> Vec<u8> {
    let sign = |truth: &Truth| match truth.known() {
        Some(false) => b'0',
        Some(true) => b'1',
        None => b'?',
    };
    truths.iter().map(sign).collect()
}
