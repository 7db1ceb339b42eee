//! The policy file as it is written: a cell may be a bare word, and takes what it leaves out from
//! its row or from the head.

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    Basis, Cell, Condition, Disclosure, Field, Row, Scope, Switch,
    error::{PolicyError, Problem},
};
use crate::{
    law::{Law, LegalText, register},
    localized::Localized,
};

/// The head and the rows, before anything is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: Localized,
    pub(super) basis: Basis,
    pub(super) scope: Scope,
    pub(super) grid_m: f64,
    pub(super) base_map_grid_m: Option<f64>,
    approver: Option<Localized>,
    date: Option<Date>,
    source: Option<Localized>,
    /// Laws of the operator's own, which the register does not have.
    #[serde(default)]
    law: Vec<Law>,
    row: Vec<RowText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowText {
    row: u8,
    title: Localized,
    #[serde(default)]
    fields: Vec<Field>,
    condition: Option<Condition>,
    note: Option<Localized>,
    source: Option<Localized>,
    approver: Option<Localized>,
    date: Option<Date>,
    #[serde(rename = "P")]
    public: CellText,
    #[serde(rename = "R")]
    registered: CellText,
    #[serde(rename = "I")]
    interested: CellText,
    #[serde(rename = "H")]
    holder: CellText,
    #[serde(rename = "S")]
    staff: CellText,
    #[serde(rename = "N")]
    nobody: CellText,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a rule (deny, never, show, mask, generalise or echo), or a table \
                               with rule, switch, approval, approver, date, source, note"
)]
enum CellText {
    Bare(Disclosure),
    Whole(WholeCell),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeCell {
    rule: Disclosure,
    switch: Option<Switch>,
    approval: Option<Approval>,
    approver: Option<Localized>,
    date: Option<Date>,
    source: Option<Localized>,
    note: Option<Localized>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Approval {
    Required,
}

impl PolicyFile {
    /// The rows with everything that they inherit, in the order of the file.
    pub(super) fn rows(&mut self) -> Result<Vec<Row>, PolicyError> {
        let (approver, date) = (self.approver.clone(), self.date);
        let head = self.source.clone();
        let policy = self.id.clone();
        let refuse = |row, reason| PolicyError::new(&policy, Problem::Law { row, reason });
        let laws =
            register().with(std::mem::take(&mut self.law)).map_err(|reason| refuse(0, reason))?;
        std::mem::take(&mut self.row)
            .into_iter()
            .map(|text| {
                let number = text.row;
                let empty = || PolicyError::new(&policy, Problem::EmptySource { row: number });
                let source = text.source.clone().or_else(|| head.clone()).ok_or_else(empty)?;
                let legal = |text: &Localized| {
                    LegalText::parse(text, &laws).map_err(|reason| refuse(number, reason))
                };
                let source = legal(&source)?;
                let own = (text.approver, text.date);
                let cell = |cell| cell_of(cell, &source, &own, (&approver, date), legal);
                Ok(Row {
                    number,
                    title: text.title,
                    fields: text.fields,
                    condition: text.condition,
                    note: text.note.as_ref().map(legal).transpose()?,
                    cells: [
                        cell(text.public)?,
                        cell(text.registered)?,
                        cell(text.interested)?,
                        cell(text.holder)?,
                        cell(text.staff)?,
                        cell(text.nobody)?,
                    ],
                    source: source.clone(),
                })
            })
            .collect()
    }
}

fn cell_of(
    text: CellText,
    source: &LegalText,
    row: &(Option<Localized>, Option<Date>),
    head: (&Option<Localized>, Option<Date>),
    legal: impl Fn(&Localized) -> Result<LegalText, PolicyError>,
) -> Result<Cell, PolicyError> {
    let whole = match text {
        CellText::Whole(whole) => whole,
        CellText::Bare(rule) => WholeCell {
            rule,
            switch: None,
            approval: None,
            approver: None,
            date: None,
            source: None,
            note: None,
        },
    };
    let decided = whole.switch.is_some() || whole.approval.is_some();
    // Whoever approved the table as a whole has not thereby taken each decision in it (rule P11).
    let (wide_approver, wide_date) = if decided { (None, None) } else { (head.0.clone(), head.1) };
    Ok(Cell {
        rule: whole.rule,
        switch: whole.switch,
        needs_approval: whole.approval == Some(Approval::Required)
            || whole.switch == Some(Switch::On),
        approver: whole.approver.or_else(|| row.0.clone()).or(wide_approver),
        date: whole.date.or(row.1).or(wide_date),
        source: whole.source.as_ref().map_or_else(|| Ok(source.clone()), &legal)?,
        note: whole.note.as_ref().map(&legal).transpose()?,
    })
}

/// The file's text as a file.
pub(super) fn read(text: &str) -> Result<PolicyFile, PolicyError> {
    let file: PolicyFile = toml::from_str(text)?;
    let empty = |text: &Localized| text.zh.trim().is_empty() || text.en.trim().is_empty();
    let blank = |text: &Option<Localized>| text.as_ref().is_some_and(empty);
    if empty(&file.title) || blank(&file.approver) || file.id.is_empty() || file.version.is_empty()
    {
        return Err(PolicyError::new(&file.id, Problem::EmptyHead));
    }
    if file.basis == Basis::OpenCadastre && (file.approver.is_none() || file.date.is_none()) {
        return Err(PolicyError::new(&file.id, Problem::NoLicence));
    }
    Ok(file)
}

impl PolicyFile {
    /// Who approved the table as a whole, and when.
    pub(super) fn approval(&self) -> Option<(Localized, Date)> {
        self.approver.clone().zip(self.date)
    }
}
