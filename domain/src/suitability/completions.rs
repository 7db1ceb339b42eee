//! Every way in which the unknown may come out, as one truth table: as many rows as there are ways, up
//! to 65,536 (sixteen things that can be two each), and for each atom 64 rows in a word.
//!
//! Kleene's logic says *unknown* of `x or not x`. The table does not: where all its rows agree, so will
//! whatever comes to light (rule *sites S4*). Area and share of an overlap, several lists of features of
//! one layer, and a zone and its table's entry are taken to be independent of each other; that can leave
//! a verdict open which closer reading would decide, and never decides one wrongly.

mod figures;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bits::Bits,
    fact::FactKey,
    judge::{Case, Measured},
    samples,
    tree::{Atom, Subject, Test, Tree},
    truth::Truth,
    zone,
};

/// Larger tables are not made.
pub const MOST_ROWS: usize = 65_536;

/// Something that is not known, by what the rules see of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Subject(Subject),
    /// Whether a layer covers the site, which takes layer and area together.
    Covered(Subject),
    /// What the table says of the zone, or nothing.
    Zone(String),
}

/// Something that is not known: the facts that would tell, and what it may be.
#[derive(Clone, Debug)]
struct Variable {
    facts: BTreeSet<FactKey>,
    samples: Vec<Sample>,
    stride: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Sample {
    Measured(Measured),
    Holds(bool),
    /// The table is silent.
    Silent,
}

/// A variable of a table as the search for what settles it sees it: which facts tell it, and in how
/// many ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) facts: BTreeSet<FactKey>,
    pub(super) ways: usize,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Completions<'a> {
    case: Case<'a>,
    variables: BTreeMap<Name, Variable>,
    rows: usize,
}

impl<'a> Completions<'a> {
    /// The table of all unknown atoms of some trees; `None` where it would have more than `most` rows.
    pub(super) fn of(case: Case<'a>, trees: &[&Tree], most: usize) -> Option<Self> {
        let atoms: Vec<&Atom> = trees
            .iter()
            .flat_map(|tree| tree.atoms())
            .filter(|atom| matches!(case.truth(atom), Truth::Unknown(_)))
            .collect();
        let mut table = Self { case, variables: BTreeMap::new(), rows: 1 };
        for atom in &atoms {
            table.name(atom);
        }
        table.figures(&atoms);
        let subjects: Vec<Subject> = table
            .variables
            .iter()
            .filter(|(_, variable)| variable.samples.is_empty())
            .filter_map(|(name, _)| match name {
                Name::Subject(subject) => Some(subject.clone()),
                _ => None,
            })
            .collect();
        for subject in subjects {
            let own: Vec<&Atom> =
                atoms.iter().copied().filter(|atom| atom.subject == subject).collect();
            let found = match &subject {
                Subject::Overlap { .. } => samples::covers(&case, &subject, &own),
                _ => samples::codes(&case, &subject, &own)?,
            };
            let found = table.distinct(&own, found);
            if let Some(variable) = table.variables.get_mut(&Name::Subject(subject)) {
                variable.samples = found;
            }
        }
        let mut rows = 1_usize;
        for variable in table.variables.values_mut() {
            variable.stride = rows;
            rows = rows
                .checked_mul(variable.samples.len())
                .filter(|rows| (1..=most).contains(rows))?;
        }
        table.rows = rows;
        Some(table)
    }

    fn put(&mut self, name: Name, facts: impl IntoIterator<Item = FactKey>, samples: Vec<Sample>) {
        let facts = facts.into_iter().collect();
        self.variables.entry(name).or_insert(Variable { facts, samples, stride: 1 });
    }

    /// Enters what an unknown atom turns on.
    fn name(&mut self, atom: &Atom) {
        let case = self.case;
        let lacking = |subject: &Subject| match case.measure(subject) {
            Ok(Measured::Figure(range)) => range.lo != range.hi,
            Ok(Measured::Covers(_)) => true,
            Ok(Measured::Codes(_)) => false,
            Err(_) => true,
        };
        match (&atom.subject, &atom.test) {
            (subject @ Subject::Outside { .. }, _) => {
                let mut facts: BTreeSet<FactKey> =
                    case.truth(atom).gaps().into_iter().map(|gap| gap.fact).collect();
                if lacking(&Subject::Area) {
                    facts.insert(FactKey::Area);
                }
                let both = vec![Sample::Holds(false), Sample::Holds(true)];
                self.put(Name::Covered(subject.clone()), facts, both);
            }
            (Subject::TableEntry { table }, _) => self.table(table),
            (subject, test) => {
                let mut subjects = vec![subject];
                if let Test::CompareWith(_, other) = test {
                    subjects.push(other);
                }
                for subject in subjects.into_iter().filter(|subject| lacking(subject)) {
                    self.put(Name::Subject(subject.clone()), [subject.fact()], Vec::new());
                }
            }
        }
    }

    fn table(&mut self, id: &str) {
        let case = self.case;
        let Some(table) = case.set.tables.get(id) else { return };
        let said = zone::possible(case.set, table, case.of, case.facts);
        let entry = |entry: &super::table::Entry| {
            Sample::Measured(Measured::Codes(BTreeSet::from([entry.name().to_owned()])))
        };
        let silent = said.contains(&None);
        let samples = said.iter().map(|said| said.as_ref().map_or(Sample::Silent, entry)).collect();
        self.put(Name::Zone(id.to_owned()), [table.zone.fact()], samples);
        if silent {
            let own = FactKey::TableEntry(id.to_owned());
            let of_office =
                case.facts.get(&own).ok().and_then(|known| zone::from_office(&known.reading));
            let all = of_office.map_or(super::table::Entry::ALL.to_vec(), |entry| vec![entry]);
            let subject = Subject::TableEntry { table: id.to_owned() };
            self.put(Name::Subject(subject), [own], all.iter().map(entry).collect());
        }
    }

    /// One sample of each answer to these atoms, which turn on nothing else that is unknown.
    fn distinct(&self, atoms: &[&Atom], samples: Vec<Measured>) -> Vec<Sample> {
        let mut seen = BTreeSet::new();
        let mut kept = Vec::new();
        for sample in samples {
            let answers: Vec<bool> = atoms
                .iter()
                .map(|atom| {
                    let side = |subject: &Subject| self.case.measure(subject).ok();
                    match &atom.test {
                        Test::CompareWith(_, other) if other != &atom.subject => {
                            let swapped = side(&atom.subject).filter(certain);
                            match (swapped, side(other).filter(certain)) {
                                (_, Some(right)) => {
                                    samples::holds(&self.case, atom, &sample, Some(&right))
                                }
                                (Some(left), None) => {
                                    samples::holds(&self.case, atom, &left, Some(&sample))
                                }
                                (None, None) => false,
                            }
                        }
                        _ => samples::holds(&self.case, atom, &sample, Some(&sample)),
                    }
                })
                .collect();
            if seen.insert(answers) {
                kept.push(Sample::Measured(sample));
            }
        }
        kept
    }

    /// How many rows there are.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// What is unknown, in the order of the rows: the first axis changes fastest.
    pub(super) fn axes(&self) -> Vec<Axis> {
        let axis = |variable: &Variable| Axis {
            facts: variable.facts.clone(),
            ways: variable.samples.len(),
        };
        self.variables.values().map(axis).collect()
    }

    fn sample(&self, name: &Name, row: usize) -> Option<&Sample> {
        let variable = self.variables.get(name)?;
        variable.samples.get(row / variable.stride % variable.samples.len())
    }

    fn measured(&self, subject: &Subject, row: usize) -> Option<Measured> {
        match self.sample(&Name::Subject(subject.clone()), row) {
            Some(Sample::Measured(measured)) => Some(measured.clone()),
            _ => self.case.measure(subject).ok(),
        }
    }

    fn holds(&self, atom: &Atom, row: usize) -> bool {
        match (&atom.subject, &atom.test) {
            (subject @ Subject::Outside { .. }, _) => {
                self.sample(&Name::Covered(subject.clone()), row) == Some(&Sample::Holds(true))
            }
            (Subject::TableEntry { table }, _) => {
                let measured = match self.sample(&Name::Zone(table.clone()), row) {
                    Some(Sample::Measured(measured)) => Some(measured.clone()),
                    _ => self.measured(&atom.subject, row),
                };
                measured.is_some_and(|measured| samples::holds(&self.case, atom, &measured, None))
            }
            (subject, test) => {
                let other = match test {
                    Test::CompareWith(_, other) => self.measured(other, row),
                    _ => None,
                };
                self.measured(subject, row)
                    .is_some_and(|left| samples::holds(&self.case, atom, &left, other.as_ref()))
            }
        }
    }

    /// What an atom turns on.
    fn turns_on(&self, atom: &Atom) -> Vec<&Variable> {
        let mut names = match &atom.subject {
            subject @ Subject::Outside { .. } => vec![Name::Covered(subject.clone())],
            subject @ Subject::TableEntry { table } => {
                vec![Name::Zone(table.clone()), Name::Subject(subject.clone())]
            }
            subject => vec![Name::Subject(subject.clone())],
        };
        if let Test::CompareWith(_, other) = &atom.test {
            names.push(Name::Subject(other.clone()));
        }
        names.iter().filter_map(|name| self.variables.get(name)).collect()
    }

    /// Where a tree holds.
    pub(super) fn bits(&self, tree: &Tree) -> Bits {
        tree.bits(self.rows, &mut |atom| {
            if let Some(known) = self.case.truth(atom).known() {
                return Bits::all(self.rows, known);
            }
            // Few rows differ for one atom: each is asked once.
            let variables = self.turns_on(atom);
            let ways = variables.iter().map(|one| one.samples.len()).product();
            let mut asked: Vec<Option<bool>> = vec![None; ways];
            Bits::from_fn(self.rows, |row| {
                let (mut place, mut scale) = (0, 1);
                for one in &variables {
                    place += scale * (row / one.stride % one.samples.len());
                    scale *= one.samples.len();
                }
                *asked[place].get_or_insert_with(|| self.holds(atom, row))
            })
        })
    }
}

fn certain(measured: &Measured) -> bool {
    match measured {
        Measured::Figure(range) => range.lo == range.hi,
        Measured::Covers(_) => false,
        Measured::Codes(_) => true,
    }
}
