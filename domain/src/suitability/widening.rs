//! Whether several parcels may be judged as one site that has the codes of all of them.

use super::{
    model::RuleSet,
    tree::{Subject, Test, Tree},
};

impl RuleSet {
    /// Whether more codes of a value never make anything better, for any use, whatever else is known: then what the
    /// codes of several parcels are told together, each of them is told alone or better. Not where one code among others
    /// is enough for something, nor where a use table is read by it.
    #[must_use]
    pub fn only_worsens(&self, value: &str) -> bool {
        let is_it = |subject: &Subject| matches!(subject, Subject::Value { id } if id == value);
        let read_by_a_table = self.tables.values().any(|table| is_it(&table.zone));
        !read_by_a_table && self.rules.iter().all(|rule| worsens(&rule.stands, value, true))
    }
}

/// Whether a tree, which tells against a site where it holds, stays so with more codes; `holds` is whether it is looked
/// at as it stands, or under a *not*.
fn worsens(tree: &Tree, value: &str, holds: bool) -> bool {
    match tree {
        Tree::All(trees) | Tree::Any(trees) | Tree::AtLeast(_, trees) => {
            trees.iter().all(|tree| worsens(tree, value, holds))
        }
        Tree::Not(tree) => worsens(tree, value, !holds),
        Tree::Atom(atom) => {
            let is_it = |subject: &Subject| matches!(subject, Subject::Value { id } if id == value);
            match &atom.test {
                // With more codes one of them is among a list sooner, and all of them later.
                Test::Among(codes) if is_it(&atom.subject) => codes.any == holds,
                Test::CompareWith(_, other) => !is_it(&atom.subject) && !is_it(other),
                _ => !is_it(&atom.subject),
            }
        }
    }
}
