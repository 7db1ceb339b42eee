//! What a table must not say: contradictions with itself, and with the law.

mod limits;

use std::collections::BTreeMap;

use jiff::civil::Date;

use self::limits::{BY_APPROVAL, CLOSED, CLOSED_IN_A_REGISTER, FIXED, NEVER_IN_FULL, NOT_IN_FULL};
use super::{
    Basis, Column, Disclosure, Field, Policy, Row, Switch,
    condition::can_be_conditional,
    error::{PolicyError, Problem},
    mask,
};
use crate::{
    law::{Ledger, LegalText, register},
    localized::{Locale, Localized},
    viewer::Tier,
};

/// The rows of the table, and the portal's own for the base map, for the days of changes, for
/// restrictions that no other row names and for where in a place they lie.
pub(super) const ROWS: std::ops::RangeInclusive<u8> = 1..=47;
/// A file from before there were these rows goes on to be read: what has no row is denied.
const ADDED_LATER: [u8; 3] = [45, 46, 47];

impl Policy {
    /// Every contradiction that needs no date to be seen; the first one is told.
    pub(super) fn check(&self) -> Result<(), PolicyError> {
        let refuse = |problem| PolicyError::new(&self.id, problem);
        if !self.grid_m.is_finite() || self.grid_m < 25.0 {
            return Err(refuse(Problem::Grid { grid_m: self.grid_m }));
        }
        if let Some(grid_m) = self.base_map_grid_m {
            let least = if self.basis == Basis::Register { 25.0 } else { f64::MIN_POSITIVE };
            if !grid_m.is_finite() || grid_m < least {
                return Err(refuse(Problem::BaseGrid { grid_m }));
            }
        }
        complete(&self.rows).map_err(refuse)?;
        for row in &self.rows {
            worded(row).map_err(refuse)?;
            switches(row).map_err(refuse)?;
            fixed(row).map_err(refuse)?;
            conditional(row).map_err(refuse)?;
            for (column, cell) in row.cells() {
                for field in &row.fields {
                    possible(row.number, column, *field, cell.rule).map_err(refuse)?;
                }
            }
            self.lawful(row).map_err(refuse)?;
        }
        for demonstration in [true, false] {
            let policy = self.resolved_for(demonstration);
            for row in &policy.rows {
                policy.ordered(row).map_err(refuse)?;
            }
            for tier in Tier::ALL {
                policy.undone(tier).map_err(refuse)?;
            }
        }
        Ok(())
    }

    /// Whether every approval has been given by `today`, the date in China.
    pub(super) fn check_dates(&self, today: Date) -> Result<(), PolicyError> {
        let refuse = |row, column, date| {
            PolicyError::new(&self.id, Problem::FutureApproval { row, column, date, today })
        };
        if let Some((_, date)) = self.approval.as_ref().filter(|(_, date)| *date > today) {
            return Err(refuse(0, 'N', *date));
        }
        for row in &self.rows {
            for (column, cell) in row.cells() {
                if let Some(date) = cell.date.filter(|date| *date > today) {
                    return Err(refuse(row.number, column.letter(), date));
                }
            }
        }
        Ok(())
    }

    /// The ceilings that no operator can lift, and the approvals that none can skip.
    fn lawful(&self, row: &Row) -> Result<(), Problem> {
        let register = self.basis == Basis::Register;
        let stricter = CLOSED_IN_A_REGISTER.iter().filter(|_| register);
        for (field, first, law) in CLOSED.iter().chain(stricter) {
            for tier in Tier::ALL.into_iter().filter(|tier| first.is_none_or(|first| *tier < first))
            {
                let (column, rule) = (Column::Tier(tier), row.cell(Column::Tier(tier)).rule);
                if row.fields.contains(field) && !rule.is_closed() {
                    let (row, column, law) = (row.number, column.letter(), written(law));
                    return Err(Problem::BelowTheLaw { row, column, field: *field, rule, law });
                }
            }
        }
        let coarse = NOT_IN_FULL.iter().filter(|_| register);
        let never = NEVER_IN_FULL.iter().map(|(field, law)| (*field, None, *law));
        for (field, first, law) in never.chain(coarse.map(|(f, tier, law)| (*f, Some(*tier), *law)))
        {
            for tier in Tier::ALL.into_iter().filter(|tier| first.is_none_or(|first| *tier < first))
            {
                let column = Column::Tier(tier);
                if row.fields.contains(&field) && row.cell(column).rule == Disclosure::Show {
                    let (row, column, law) = (row.number, column.letter(), written(law));
                    return Err(Problem::InFull { row, column, field, law });
                }
            }
        }
        let first = BY_APPROVAL.iter().find(|(number, _)| register && *number == row.number);
        for tier in Tier::ALL.into_iter().filter(|tier| first.is_some_and(|(_, f)| tier < f)) {
            let cell = row.cell(Column::Tier(tier));
            let off = cell.switch == Some(Switch::Off);
            if let Some(field) = row.fields.first()
                && !(cell.rule.is_closed() || cell.needs_approval || off)
            {
                let column = Column::Tier(tier).letter();
                let row = row.number;
                return Err(Problem::ApprovalNotAsked { row, column, field: *field });
            }
        }
        Ok(())
    }

    /// Nobody who has proved more sees less.
    fn ordered(&self, row: &Row) -> Result<(), Problem> {
        let seen = |tier| row.cell(Column::Tier(tier)).resolved(self.scope, self.demonstration);
        for pair in Tier::ALL.windows(2) {
            let &[less, more] = pair else { continue };
            let (less_rule, more_rule) = (seen(less), seen(more));
            if more_rule.reach() < less_rule.reach() {
                let (less, more) = (Column::Tier(less).letter(), Column::Tier(more).letter());
                return Err(Problem::LessForMore {
                    row: row.number,
                    less,
                    less_rule,
                    more,
                    more_rule,
                });
            }
        }
        Ok(())
    }

    /// Two cells of one column of which one gives away what the other holds back.
    fn undone(&self, tier: Tier) -> Result<(), Problem> {
        use Disclosure::{Generalise, Show};
        let says = |field| self.cell(field, tier);
        let clash = |one, other, advice| {
            Err(Problem::Undone {
                column: Column::Tier(tier).letter(),
                one,
                one_rule: says(one),
                other,
                other_rule: says(other),
                advice,
            })
        };
        if says(Field::UnitLocation) == Show && says(Field::UnitCode) != Show {
            return clash(
                Field::UnitLocation,
                Field::UnitCode,
                "an address in full names the home; mask it to the building",
            );
        }
        if says(Field::Outline) == Show && says(Field::Centroid) == Generalise {
            return clash(
                Field::Outline,
                Field::Centroid,
                "the outline gives the centroid away; generalise both or show both",
            );
        }
        if self.basis == Basis::Register
            && says(Field::Centroid) == Show
            && says(Field::Outline) != Show
        {
            return clash(
                Field::Centroid,
                Field::Outline,
                "an exact centroid undoes the grid; generalise it",
            );
        }
        if says(Field::BoundaryPoints) == Show && says(Field::Outline) != Show {
            return clash(
                Field::BoundaryPoints,
                Field::Outline,
                "boundary points are the outline; deny them",
            );
        }
        Ok(())
    }
}

fn complete(rows: &[Row]) -> Result<(), Problem> {
    let mut seen = BTreeMap::new();
    for row in rows {
        if !ROWS.contains(&row.number) {
            return Err(Problem::UnknownRow { row: row.number });
        }
        for field in &row.fields {
            if let Some(first) = seen.insert(*field, row.number) {
                let second = row.number;
                return Err(Problem::FieldTwice { field: *field, first, second });
            }
        }
    }
    for number in ROWS {
        match rows.iter().filter(|row| row.number == number).count() {
            0 if ADDED_LATER.contains(&number) => {}
            0 => return Err(Problem::MissingRow { row: number }),
            1 => {}
            _ => return Err(Problem::RowTwice { row: number }),
        }
    }
    let astray =
        seen.iter().find(|(field, row)| field.row() != **row).map(|(field, row)| (*field, *row));
    astray.map_or(Ok(()), |(field, row)| Err(Problem::WrongRow { field, row }))
}

/// What the ceilings rest on.
pub(super) fn ceilings() -> Ledger {
    let closed = CLOSED.iter().chain(&CLOSED_IN_A_REGISTER).map(|(field, _, law)| (*field, *law));
    let parts = NEVER_IN_FULL.iter().copied();
    let coarse = NOT_IN_FULL.iter().map(|(field, _, law)| (*field, *law));
    let mut ledger = Ledger::default();
    for (field, law) in closed.chain(parts).chain(coarse) {
        if let Some(text) = legal(law) {
            ledger.add("policy ceilings", field.name(), &text);
        }
    }
    ledger
}

fn legal(law: &str) -> Option<LegalText> {
    LegalText::parse(&Localized::same(law), register()).ok()
}

/// The law of a ceiling, for whoever runs into it.
fn written(law: &str) -> String {
    legal(law).map_or_else(|| law.to_owned(), |text| text.get(Locale::En, register().date))
}

fn worded(row: &Row) -> Result<(), Problem> {
    let said = |text: &Localized| !text.zh.trim().is_empty() && !text.en.trim().is_empty();
    let cited = |text: &LegalText| !text.is_blank();
    let cells = row.cells().all(|(_, cell)| {
        cited(&cell.source)
            && cell.note.as_ref().is_none_or(cited)
            && cell.approver.as_ref().is_none_or(said)
    });
    if !(said(&row.title) && cited(&row.source) && row.note.as_ref().is_none_or(cited) && cells) {
        return Err(Problem::EmptySource { row: row.number });
    }
    if row.fields.is_empty() && row.note.is_none() {
        return Err(Problem::NoMeaning { row: row.number });
    }
    Ok(())
}

fn switches(row: &Row) -> Result<(), Problem> {
    for (column, cell) in row.cells() {
        let (number, letter) = (row.number, column.letter());
        if column == Column::Nobody && !cell.rule.is_closed() {
            return Err(Problem::ForNobody { row: number, rule: cell.rule });
        }
        if cell.rule.is_closed() && (cell.switch.is_some() || cell.needs_approval) {
            return Err(Problem::SwitchOnNothing { row: number, column: letter, rule: cell.rule });
        }
        if cell.switch == Some(Switch::On) && !cell.is_approved() {
            return Err(Problem::NotApproved { row: number, column: letter });
        }
    }
    Ok(())
}

fn fixed(row: &Row) -> Result<(), Problem> {
    let Some((_, rules)) = FIXED.iter().find(|(number, _)| *number == row.number) else {
        return Ok(());
    };
    for ((column, cell), wanted) in row.cells().zip(rules) {
        if cell.rule != *wanted || cell.switch.is_some() {
            let (row, column) = (row.number, column.letter());
            return Err(Problem::Fixed { row, column, rule: cell.rule, wanted: *wanted });
        }
    }
    Ok(())
}

/// Whether the row's condition would be obeyed wherever its fields are asked for.
fn conditional(row: &Row) -> Result<(), Problem> {
    let astray = row.fields.iter().find(|field| !can_be_conditional(**field));
    match astray.filter(|_| row.condition.is_some()) {
        Some(field) => Err(Problem::Condition { row: row.number, field: *field }),
        None => Ok(()),
    }
}

/// Whether the field has a way to follow the rule.
fn possible(row: u8, column: Column, field: Field, rule: Disclosure) -> Result<(), Problem> {
    let advice = match (rule, field) {
        (Disclosure::Deny | Disclosure::Never | Disclosure::Show, _)
        | (Disclosure::Echo, Field::UnitCode)
        | (Disclosure::Generalise, Field::Outline | Field::Centroid | Field::RestrictionExtent) => {
            return Ok(());
        }
        (Disclosure::Mask, field) if mask::has_convention(field) => return Ok(()),
        (Disclosure::Mask, _) => "it has no masking convention (rule P2), so show or deny it",
        (Disclosure::Echo, _) => "only a unit's code can be given back; show, mask or deny it",
        (Disclosure::Generalise, _) => {
            "only outlines, centroids and extents can be; show, mask or deny it"
        }
    };
    let column = column.letter();
    Err(Problem::WrongRule { row, column, field, rule, advice })
}
