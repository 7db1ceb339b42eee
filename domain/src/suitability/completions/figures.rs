//! What unknown figures may be.

use std::collections::{BTreeMap, BTreeSet};

use super::{Completions, Name, Sample};
use crate::suitability::{
    amount::{Amount, Range},
    judge::Measured,
    samples,
    tree::{Atom, Subject, Test},
};

impl Completions<'_> {
    /// Figures that are held against each other are cut at the same points, with as many samples in
    /// each gap as there are figures, so that every order of them is there.
    pub(super) fn figures(&mut self, atoms: &[&Atom]) {
        let case = self.case;
        let names: Vec<Subject> = self
            .variables
            .keys()
            .filter_map(|name| match name {
                Name::Subject(subject) if case.set.is_figure(subject) => Some(subject.clone()),
                _ => None,
            })
            .collect();
        let range = |subject: &Subject| match case.measure(subject) {
            Ok(Measured::Figure(range)) => Some(range),
            _ => None,
        };
        let mut linked: BTreeSet<&Subject> = BTreeSet::new();
        let mut points: BTreeMap<&Subject, BTreeSet<Amount>> = BTreeMap::new();
        for atom in atoms {
            match &atom.test {
                Test::Compare(_, limit) => {
                    points.entry(&atom.subject).or_default().insert(limit.amount);
                }
                Test::CompareWith(_, other) => {
                    for (one, against) in [(&atom.subject, other), (other, &atom.subject)] {
                        let against_range = range(against);
                        let bounds = against_range.iter().flat_map(|range| [range.lo, range.hi]);
                        points.entry(one).or_default().extend(bounds);
                    }
                    if names.contains(&atom.subject) && names.contains(other) {
                        linked.extend([&atom.subject, other]);
                    }
                }
                _ => {}
            }
        }
        let shared: BTreeSet<Amount> = linked
            .iter()
            .flat_map(|subject| {
                let own = range(subject).into_iter().flat_map(|range| [range.lo, range.hi]);
                own.chain(points.get(*subject).into_iter().flatten().copied())
            })
            .collect();
        let none = BTreeSet::new();
        for subject in &names {
            let is_linked = linked.contains(subject);
            let own = if is_linked { &shared } else { points.get(subject).unwrap_or(&none) };
            let between = if is_linked { linked.len() } else { 1 };
            let least = samples::least(&case, subject);
            let figures = samples::around(own, between, range(subject), least);
            let found: Vec<Measured> =
                figures.into_iter().map(|one| Measured::Figure(Range::exactly(one))).collect();
            let found = if is_linked {
                found.into_iter().map(Sample::Measured).collect()
            } else {
                let alone: Vec<&Atom> =
                    atoms.iter().copied().filter(|atom| involves(atom, subject)).collect();
                self.distinct(&alone, found)
            };
            if let Some(variable) = self.variables.get_mut(&Name::Subject(subject.clone())) {
                variable.samples = found;
            }
        }
    }
}

fn involves(atom: &Atom, subject: &Subject) -> bool {
    &atom.subject == subject
        || matches!(&atom.test, Test::CompareWith(_, other) if other == subject)
}
