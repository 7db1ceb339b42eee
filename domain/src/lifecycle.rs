//! The life of a parcel: planned, approved, supplied, used, registered, supervised
//! (规、批、供、用、登、管).

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    catalogue_files::{self as files, STAGES},
    examination::{CatalogueErrors, Examination},
    field::Field,
    localized::Localized,
};

/// A stage of the chain that the unit code ties together (浙自然资厅函〔2021〕182号, to be
/// confirmed: the letter was not found).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 规: planned.
    Planned,
    /// 批: approved.
    Approved,
    /// 供: supplied.
    Supplied,
    /// 用: used.
    Used,
    /// 登: registered.
    Registered,
    /// 管: supervised.
    Supervised,
}

impl Stage {
    /// Every stage, in the order of a parcel's life.
    pub const ALL: [Self; 6] = [
        Self::Planned,
        Self::Approved,
        Self::Supplied,
        Self::Used,
        Self::Registered,
        Self::Supervised,
    ];

    /// Its name in data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Approved => "approved",
            Self::Supplied => "supplied",
            Self::Used => "used",
            Self::Registered => "registered",
            Self::Supervised => "supervised",
        }
    }
}

/// The fields of the policy that govern the events of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageFields {
    /// The stage.
    pub(crate) id: Stage,
    /// For the day and the words.
    pub(crate) day: Field,
    /// For the number of the paper.
    pub(crate) number: Field,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stage: Vec<StageFields>,
}

/// Reads `stages.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(text: &str, file: &str) -> Result<Vec<StageFields>, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let File { stage } = exam.shape()?;
    exam.distinct("stage", "stage", "id", stage.iter().map(|fields| fields.id.name()));
    let of_program = Examination::of(files::embedded(STAGES), "the embedded stages.toml");
    let File { stage: of_program } = files::sound(of_program.shape());
    for (at, fields) in stage.iter().enumerate() {
        exam.rule(
            of_program.contains(fields),
            &format!("stage/{at}/day"),
            fields.id.name(),
            "a stage keeps the `day` and `number` of the program, or is left out and shown to nobody: which rows speak of it is the table's to say",
        );
    }
    exam.end(stage)
}

/// Every stage with the fields that govern it. Source: `domain/data/stages.toml`.
pub(crate) fn stages() -> &'static [StageFields] {
    static READ: LazyLock<Vec<StageFields>> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(STAGES);
        files::sound(parse(text, file))
    });
    &READ
}

/// The fields that govern the events of `stage`. Where the data name none, they are denied.
pub(crate) fn fields_of(stage: Stage) -> Option<&'static StageFields> {
    stages().iter().find(|fields| fields.id == stage)
}

/// Something that happened to a parcel and may be shown: a published approval, a supply result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleEvent {
    /// The stage it belongs to.
    pub stage: Stage,
    /// The day it happened.
    pub date: Date,
    /// What happened.
    pub title: Localized,
    /// The number of the published document, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_the_file_names_the_rows_of_every_stage_once() {
        let stages = parse(files::embedded(STAGES), "stages.toml").unwrap();
        let stages: Vec<Stage> = stages.iter().map(|fields| fields.id).collect();
        assert_eq!(stages, Stage::ALL);
    }
}
