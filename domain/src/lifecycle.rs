//! The life of a parcel: planned, approved, supplied, used, registered, supervised
//! (规、批、供、用、登、管).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::localized::Localized;

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
