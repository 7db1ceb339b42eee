//! The life of a parcel: planned, approved, supplied, used, registered, supervised
//! (规、批、供、用、登、管).

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{localized::Localized, policy::Field};

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
}

/// The fields of the policy that govern the events of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageFields {
    /// The stage.
    id: Stage,
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

static FIELDS: LazyLock<Vec<StageFields>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../data/stages.toml"))
        .map(|file| file.stage)
        .unwrap_or_default()
});

/// The fields that govern the events of `stage`. Where the data name none, they are denied. Source:
/// `domain/data/stages.toml`.
pub(crate) fn fields_of(stage: Stage) -> Option<&'static StageFields> {
    FIELDS.iter().find(|fields| fields.id == stage)
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
        let file: File = toml::from_str(include_str!("../data/stages.toml")).unwrap();
        let stages: Vec<Stage> = file.stage.iter().map(|fields| fields.id).collect();
        assert_eq!(stages, Stage::ALL);
    }
}
