//! Who may see what. One data file decides; whatever it does not allow is absent (rules P1, P2).
//!
//! A file follows the table in `docs/rules.md` row by row: 43 rows, one for the base map, one for the days of
//! changes, one for restrictions that no other row names, one for where in a place restrictions lie;
//! six columns.
//! [`Policies`] holds every file, and [`Policies::governing`] gives the one for a data set with
//! its switches resolved: an approval that holds for demonstration data only opens nothing else.

mod cell;
mod check;
mod citations;
mod condition;
mod disclose;
mod error;
mod explain;
mod file;
mod list;
pub mod mask;
mod row;
mod set;
mod whole;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

pub use self::{
    cell::{Cell, Column, Disclosure, RuleStatus, Scope, Switch},
    citations::ceilings,
    condition::Condition,
    error::{PolicyError, Problem},
    list::{Listed, Searchable},
    row::Row,
    set::Policies,
};
pub use crate::field::Field;
use crate::{
    base_map::{BaseFeature, coarsen},
    dataset::DatasetInfo,
    localized::Localized,
    viewer::Tier,
};

/// What a policy rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A register: the law opens what is open, and approvals open the rest.
    Register,
    /// Data that their owner publishes under an open licence, which the head of the file names.
    OpenCadastre,
}

/// A disclosure policy: the table, resolved for demonstration data or for others.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name, which data sets refer to.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub title: Localized,
    /// What it rests on.
    pub basis: Basis,
    /// Which data sets its approvals hold for.
    pub scope: Scope,
    /// Side of the grid for generalised outlines, m; at least 25 (rule M3).
    pub grid_m: f64,
    /// Side of the grid that the base map (row 44) is no finer than, m. `None` for a map as its
    /// publisher has it, which only an open cadastre may show; a register's that says nothing of it
    /// is as coarse as its outlines.
    pub base_map_grid_m: Option<f64>,
    /// Who approved the table as a whole, and when; an open cadastre's licence.
    pub approval: Option<(Localized, Date)>,
    /// Whether it is resolved for demonstration data.
    pub demonstration: bool,
    rows: Vec<Row>,
    cells: BTreeMap<Field, [Disclosure; 6]>,
    conditions: BTreeMap<Field, Vec<Condition>>,
}

impl Policy {
    /// Reads a policy file, resolved for data that are not a demonstration.
    ///
    /// # Errors
    /// [`PolicyError`], also for a table that contradicts itself or the law.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let mut file = file::read(text)?;
        let mut rows = file.rows()?;
        rows.sort_by_key(|row| row.number);
        let policy = Self {
            approval: file.approval(),
            id: file.id,
            version: file.version,
            title: file.title,
            basis: file.basis,
            scope: file.scope,
            grid_m: file.grid_m,
            base_map_grid_m: file
                .base_map_grid_m
                .or_else(|| (file.basis == Basis::Register).then_some(file.grid_m)),
            demonstration: false,
            conditions: row::conditions(file.basis, &rows),
            rows,
            cells: BTreeMap::new(),
        };
        policy.check()?;
        Ok(policy.resolved_for(false))
    }

    /// The same table with its switches resolved for demonstration data, or for others.
    pub(crate) fn resolved_for(&self, demonstration: bool) -> Self {
        let resolve = |row: &Row| {
            Column::ALL.map(|column| row.cell(column).resolved(self.scope, demonstration))
        };
        let cells = self
            .rows
            .iter()
            .flat_map(|row| row.fields.iter().map(move |field| (*field, resolve(row))))
            .collect();
        Self { demonstration, cells, ..self.clone() }
    }

    /// What `tier` may see of `field`. A field without a row is denied.
    #[must_use]
    pub fn cell(&self, field: Field, tier: Tier) -> Disclosure {
        self.at(field, Column::Tier(tier))
    }

    /// What of `field` may go where nobody in particular looks: logs, metrics, error messages,
    /// shared caches, other systems (column N). Every policy file closes it.
    #[must_use]
    pub fn for_nobody(&self, field: Field) -> Disclosure {
        self.at(field, Column::Nobody)
    }

    fn at(&self, field: Field, column: Column) -> Disclosure {
        self.cells.get(&field).map_or(Disclosure::Deny, |cells| cells[column.at()])
    }

    /// The rows, 1 to 47; 45 to 47 where the file has them.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// What a cell of one of its rows comes to, and whether its rule is in force.
    #[must_use]
    pub fn status(&self, cell: &Cell) -> (Disclosure, RuleStatus) {
        let status = cell.status(self.scope, self.demonstration);
        (cell.resolved(self.scope, self.demonstration), status)
    }

    /// The fields in the order of the table: the order of facts on pages.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.rows.iter().flat_map(|row| row.fields.iter().copied())
    }

    /// Whether anybody at all is told of a place. Where this is false, every address reads "not
    /// found" to the public.
    #[must_use]
    pub fn shows_places(&self) -> bool {
        self.cell(Field::ParcelCode, Tier::Public) == Disclosure::Show
    }

    /// Whether `tier` may know which units a parcel has. Where not, every unit code of the parcel is
    /// answered alike, whether there is such a unit or not (rows 2 and 7, rule P5).
    #[must_use]
    pub fn tells_units(&self, tier: Tier) -> bool {
        self.cell(Field::UnitCode, tier) == Disclosure::Show
    }

    /// The base map as it may be drawn, of features on a grid of `grid_m` (none for as they are).
    #[must_use]
    pub fn coarse_enough(
        &self,
        features: Vec<BaseFeature>,
        grid_m: Option<f64>,
    ) -> Vec<BaseFeature> {
        match self.base_map_grid_m {
            Some(wanted) if grid_m.is_none_or(|grid_m| grid_m < wanted) => {
                coarsen(&features, wanted)
            }
            _ => features,
        }
    }

    /// Whether the base map of a data set may be shown: a reviewed map with its number
    /// (地图管理条例 art. 15, 22), an invented one, or what an open cadastre publishes.
    #[must_use]
    pub fn shows_base_map(&self, dataset: &DatasetInfo) -> bool {
        let reviewed =
            dataset.map_review_number.as_ref().is_some_and(|number| !number.trim().is_empty());
        self.cell(Field::BaseMap, Tier::Public) == Disclosure::Show
            && (reviewed || dataset.demonstration || self.basis == Basis::OpenCadastre)
    }
}

#[cfg(test)]
mod tests;
