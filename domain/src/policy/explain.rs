//! A policy in words, for a terminal: `jianma check-config`.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{Column, Policy, Row, RuleStatus, Scope};
use crate::localized::Locale;

impl Policy {
    /// The whole table in plain text: every row with what each tier gets, why, who approved what
    /// and when, and what is off and for which reason. In one language, without colours, no line
    /// drawn with boxes. `today` is the date in China, on which laws are in force or not.
    #[must_use]
    pub fn explain(&self, locale: Locale, today: Date) -> String {
        let mut text = String::new();
        self.write(&mut text, locale, today).map_or_else(|_| String::new(), |()| text)
    }

    fn write(&self, out: &mut String, locale: Locale, today: Date) -> std::fmt::Result {
        let title = self.title.get(locale);
        writeln!(out, "policy {}@{}: {title}", self.id, self.version)?;
        let kind = if self.demonstration { "demonstration data" } else { "real data" };
        writeln!(out, "  resolved for {kind}; outlines on a grid of {} m", self.grid_m)?;
        match self.base_map_grid_m {
            Some(grid_m) => writeln!(out, "  base map on a grid of {grid_m} m")?,
            None => writeln!(out, "  base map as its publisher has it")?,
        }
        if let Some((approver, date)) = &self.approval {
            writeln!(out, "  approved as a whole by {} on {date}", approver.get(locale))?;
        }
        if self.scope == Scope::Demonstration {
            writeln!(out, "  its approvals hold for demonstration data only")?;
        }
        writeln!(out, "  {}", self.summary())?;
        for row in &self.rows {
            self.write_row(out, row, locale, today)?;
        }
        let idle: Vec<_> = super::Field::ALL
            .iter()
            .filter(|field| !self.cells.contains_key(field))
            .map(|field| field.name())
            .collect();
        if !idle.is_empty() {
            writeln!(out, "  in no row, therefore denied to everybody: {}", idle.join(", "))?;
        }
        Ok(())
    }

    /// One line: whether the public sees anything under this policy, and if not, what to do.
    #[must_use]
    pub fn summary(&self) -> String {
        if self.shows_places() {
            return "the public is shown places".to_owned();
        }
        let cell = self.rows.iter().find(|row| row.number == 1).map(|row| row.cell(Column::ALL[0]));
        let why = match cell.map(|cell| self.status(cell).1) {
            Some(RuleStatus::DemonstrationOnly) => "the approvals are for demonstration data only",
            Some(RuleStatus::NotApproved) => "row 1 (parcel code) has no approver and date",
            Some(RuleStatus::SwitchedOff) => "row 1 (parcel code) is switched off",
            Some(RuleStatus::InForce) | None => "row 1 (parcel code) is denied",
        };
        format!(
            "NOTHING is shown to the public: {why}; give a policy file with the owner's approvals \
             under [policies] files"
        )
    }

    fn write_row(
        &self,
        out: &mut String,
        row: &Row,
        locale: Locale,
        today: Date,
    ) -> std::fmt::Result {
        writeln!(out, "\n  {:>2}  {}", row.number, row.title.get(locale))?;
        let cells: Vec<String> = row
            .cells()
            .map(|(column, cell)| {
                let (rule, status) = self.status(cell);
                let off = if status == RuleStatus::InForce { "" } else { " (off)" };
                format!("{} {}{off}", column.letter(), rule.name())
            })
            .collect();
        writeln!(out, "      {}", cells.join("   "))?;
        if !row.fields.is_empty() {
            let names: Vec<_> = row.fields.iter().map(|field| field.name()).collect();
            writeln!(out, "      fields: {}", names.join(", "))?;
        }
        for condition in row.fields.iter().flat_map(|field| self.conditions_of(*field)) {
            writeln!(out, "      P and R only if {}", condition.in_words())?;
        }
        writeln!(out, "      source: {}", row.source.get(locale, today))?;
        if let Some(note) = &row.note {
            writeln!(out, "      note: {}", note.get(locale, today))?;
        }
        for (column, cell) in row.cells() {
            let letter = column.letter();
            if cell.source != row.source {
                writeln!(out, "      {letter} source: {}", cell.source.get(locale, today))?;
            }
            if let Some(note) = &cell.note {
                writeln!(out, "      {letter} note: {}", note.get(locale, today))?;
            }
            let approval = match (&cell.approver, cell.date) {
                (Some(approver), Some(date)) if locale == Locale::Zh => {
                    format!("{}（{date}）", approver.get(locale))
                }
                (Some(approver), Some(date)) => format!("{} on {date}", approver.get(locale)),
                _ => "nobody".to_owned(),
            };
            let why = match self.status(cell).1 {
                RuleStatus::InForce if cell.needs_approval => format!("approved by {approval}"),
                RuleStatus::InForce => continue,
                RuleStatus::SwitchedOff => {
                    format!("switched off; would be `{}`", cell.rule.name())
                }
                RuleStatus::NotApproved => {
                    format!("off: `{}` needs an approver and a date", cell.rule.name())
                }
                RuleStatus::DemonstrationOnly => format!(
                    "off: `{}` is approved by {approval}, for demonstration data only",
                    cell.rule.name()
                ),
            };
            writeln!(out, "      {letter} {why}")?;
        }
        Ok(())
    }
}
