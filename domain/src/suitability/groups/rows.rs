//! The outcomes of a cluster in every way in which the unknown may come out.

use std::collections::BTreeSet;

use super::{
    clusters::{COMMON, Common},
    flags::{
        ASSIGNMENTS, DOES_NOT, FROM_IF, FROM_NO, NEVER_FROM_IF, NEVER_TO_IF, SUITS, SUITS_IF,
        TO_IF, TO_NO, both,
    },
};
use crate::suitability::{completions, fact::FactKey};

/// Something unknown.
pub(super) struct Axis<'a> {
    pub(super) facts: &'a BTreeSet<FactKey>,
    pub(super) ways: usize,
    pub(super) stride: usize,
    /// Which common question it is.
    pub(super) common: Option<usize>,
}

/// A truth table of outcomes.
pub(super) struct Table<'a> {
    pub(super) axes: Vec<Axis<'a>>,
    /// The outcome of each, a bit.
    pub(super) rows: Vec<u8>,
}

impl<'a> Table<'a> {
    pub(super) fn of(
        axes: &'a [completions::Axis],
        rows: Vec<u8>,
        common: &[Option<Common>; COMMON],
    ) -> Self {
        let mut stride = 1;
        let axis = |axis: &'a completions::Axis| {
            let is_it = |one: &Option<Common>| {
                one.as_ref().is_some_and(|one| axis.facts.iter().eq([&one.key]))
            };
            let common = common.iter().position(is_it);
            let found = Axis { facts: &axis.facts, ways: axis.ways, stride, common };
            stride *= axis.ways;
            found
        };
        Self { axes: axes.iter().map(axis).collect(), rows }
    }

    /// The assignments that a row is of: of a question that is not open here, both answers.
    pub(super) fn assignments(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let is_of = move |assignment: &usize| {
            self.axes.iter().all(|axis| {
                axis.common.is_none_or(|question| {
                    row / axis.stride % axis.ways == assignment >> question & 1
                })
            })
        };
        (0..ASSIGNMENTS).filter(is_of)
    }

    /// How the outcomes of rows differ that differ in a question alone.
    pub(super) fn differences(&self, question: usize, other: usize) -> u32 {
        let (from, _) = both(question, other);
        let axis = self.axes.iter().find(|axis| axis.common == Some(question));
        let (mut flags, mut to_if, mut from_if) = (0, false, false);
        for row in 0..self.rows.len() {
            if !self.assignments(row).any(|assignment| assignment == from) {
                continue;
            }
            let (a, b) = (self.rows[row], self.rows[axis.map_or(row, |axis| row + axis.stride)]);
            flags |= match (a, b) {
                (DOES_NOT, DOES_NOT) => 0,
                (_, DOES_NOT) => TO_NO,
                (DOES_NOT, _) => FROM_NO,
                (SUITS, SUITS_IF) => TO_IF,
                (SUITS_IF, SUITS) => FROM_IF,
                _ => 0,
            };
            to_if |= a == SUITS && b != DOES_NOT;
            from_if |= b == SUITS && a != DOES_NOT;
        }
        flags | if to_if { 0 } else { NEVER_TO_IF } | if from_if { 0 } else { NEVER_FROM_IF }
    }
}
