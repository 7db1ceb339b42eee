//! One row of the table, and what must hold for the fields it decides on.

use std::collections::BTreeMap;

use super::{Basis, Cell, Column, Condition, Field, condition::BY_LAW};
use crate::{law::LegalText, localized::Localized};

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number, 1 to 43; 44 is the base map, 45 the days of changes,
    /// 46 the restrictions that no other row names, 47 where in the place restrictions lie.
    pub number: u8,
    /// What it is about.
    pub title: Localized,
    /// The fields it decides on. Empty where the portal keeps the row in another way, which
    /// [`Row::note`] then says.
    pub fields: Vec<Field>,
    /// What must hold of a parcel for the row to open to the public and to registered visitors.
    pub condition: Option<Condition>,
    /// What the row means for this portal.
    pub note: Option<LegalText>,
    /// Law and article, and why, in words for a citizen.
    pub source: LegalText,
    pub(super) cells: [Cell; 6],
}

impl Row {
    /// The cell of a column.
    #[must_use]
    pub const fn cell(&self, column: Column) -> &Cell {
        &self.cells[column.at()]
    }

    /// Every cell with its column, P to N.
    pub fn cells(&self) -> impl Iterator<Item = (Column, &Cell)> {
        Column::ALL.into_iter().zip(&self.cells)
    }
}

/// What must hold for each field: the law's conditions and the rows' own.
pub(super) fn conditions(basis: Basis, rows: &[Row]) -> BTreeMap<Field, Vec<Condition>> {
    let mut conditions = BTreeMap::<Field, Vec<Condition>>::new();
    for (field, condition) in BY_LAW.into_iter().filter(|_| basis == Basis::Register) {
        conditions.entry(field).or_default().push(condition);
    }
    for row in rows {
        for field in &row.fields {
            conditions.entry(*field).or_default().extend(row.condition);
        }
    }
    conditions
}
