//! The files of a rule set as they are written, before anything in them is looked up.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{
    model::{Choice, Kind, Office, Take, Words},
    table::Wording,
};
use crate::{dictionary::Coded, field::Field, localized::Localized, theme::ThemeId};

/// One file. A set may have any number; each list may stand in any of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) set: Option<SetText>,
    #[serde(default)]
    pub(super) office: Vec<Office>,
    #[serde(default, rename = "use")]
    pub(super) uses: Vec<UseText>,
    #[serde(default)]
    pub(super) layer: Vec<LayerText>,
    #[serde(default)]
    pub(super) value: Vec<ValueText>,
    #[serde(default)]
    pub(super) question: Vec<QuestionText>,
    #[serde(default)]
    pub(super) table: Vec<TableText>,
    #[serde(default)]
    pub(super) rule: Vec<RuleText>,
    #[serde(default)]
    pub(super) score: Vec<ScoreText>,
    #[serde(default)]
    pub(super) next: Vec<NextText>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetText {
    pub(super) id: String,
    pub(super) date: Date,
    pub(super) title: Localized,
    pub(super) review: Option<Localized>,
    #[serde(default)]
    pub(super) divisions: Vec<String>,
    pub(super) next_step: Localized,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UseText {
    pub(super) id: String,
    pub(super) code: CodedText,
    pub(super) name: Localized,
    #[serde(default)]
    pub(super) words: Words,
    #[serde(default)]
    pub(super) groups: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodedText {
    pub(super) system: String,
    pub(super) version: String,
    pub(super) code: String,
}

impl From<CodedText> for Coded {
    fn from(CodedText { system, version, code }: CodedText) -> Self {
        Self { system, version, code }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayerText {
    pub(super) id: String,
    pub(super) title: Localized,
    pub(super) theme: Option<ThemeId>,
    pub(super) data: Option<String>,
    pub(super) tolerance: ToleranceText,
    pub(super) office: String,
    pub(super) zones: Option<ZonesText>,
    #[serde(default)]
    pub(super) kinds: Vec<String>,
    #[serde(default)]
    pub(super) words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToleranceText {
    pub(super) area: String,
    pub(super) share: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ZonesText {
    pub(super) of_site: String,
    pub(super) of_zone: Option<String>,
    pub(super) take: Take,
}

/// What a value or an answer can be; one of the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueText {
    pub(super) id: String,
    pub(super) title: Localized,
    pub(super) office: String,
    #[serde(default)]
    pub(super) several: bool,
    pub(super) field: Option<Field>,
    pub(super) kind: KindText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionText {
    pub(super) id: String,
    pub(super) text: Localized,
    pub(super) office: String,
    pub(super) kind: KindText,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KindText {
    YesNo,
    Open,
    Options(Vec<Choice>),
    Dictionary { system: String, version: String },
    Figure(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableText {
    pub(super) id: String,
    pub(super) file: String,
    #[serde(default)]
    pub(super) words: Wording,
    pub(super) zone: ZoneText,
    pub(super) office: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ZoneText {
    Layer(String),
    Value(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleText {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) title: Localized,
    pub(super) uses: UsesText,
    pub(super) when: Option<Node>,
    pub(super) unless: Option<Node>,
    pub(super) fails: Option<Node>,
    pub(super) needs: Option<Node>,
    pub(super) basis: Vec<BasisText>,
    pub(super) office: String,
    pub(super) action: Localized,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`uses` is \"all\" or a list of uses, groups and classes")]
pub(super) enum UsesText {
    All(String),
    List(Vec<OneUseText>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "the id of a use or a group, or a class { system, version, code }")]
pub(super) enum OneUseText {
    Id(String),
    Class(CodedText),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BasisText {
    pub(super) law: Option<String>,
    #[serde(default)]
    pub(super) title: Localized,
    pub(super) number: Option<String>,
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) articles: Vec<String>,
    pub(super) text: Localized,
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NextText {
    pub(super) id: String,
    pub(super) title: Localized,
    pub(super) uses: UsesText,
    pub(super) service: Option<String>,
    pub(super) tells: Option<String>,
    pub(super) office: String,
    pub(super) at: Localized,
    #[serde(default)]
    pub(super) fill: Vec<FillText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FillText {
    pub(super) question: String,
    pub(super) is: String,
    pub(super) when: Node,
}

/// A node of a tree. Which keys stand together is for [`super::read`] to say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Node {
    pub(super) all: Option<Vec<Node>>,
    pub(super) any: Option<Vec<Node>>,
    pub(super) not: Option<Box<Node>>,
    pub(super) of: Option<Vec<Node>>,
    pub(super) overlaps: Option<String>,
    pub(super) within: Option<String>,
    pub(super) distance: Option<String>,
    pub(super) measure: Option<MeasureText>,
    pub(super) value: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) use_table: Option<String>,
    pub(super) law_status: Option<String>,
    pub(super) kinds: Option<Vec<String>>,
    pub(super) named: Option<Vec<String>>,
    pub(super) more_than: Option<Bound>,
    pub(super) at_least: Option<Bound>,
    pub(super) less_than: Option<Bound>,
    pub(super) at_most: Option<Bound>,
    pub(super) is: Option<String>,
    #[serde(rename = "in")]
    pub(super) among: Option<Vec<String>>,
    pub(super) any_in: Option<Vec<String>>,
    pub(super) under: Option<Vec<String>>,
    pub(super) any_under: Option<Vec<String>>,
    pub(super) says: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MeasureText {
    Area,
    Frontage,
}

/// What a figure is held against.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a limit with its unit like \"500 m\", or another figure of the site"
)]
pub(super) enum Bound {
    Count(usize),
    Limit(String),
    Other(Other),
}

/// Another figure of the site; one of the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Other {
    pub(super) measure: Option<MeasureText>,
    pub(super) value: Option<String>,
    pub(super) answer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScoreText {
    pub(super) id: String,
    pub(super) title: Localized,
    pub(super) uses: UsesText,
    pub(super) weight: String,
    pub(super) overlaps: Option<String>,
    pub(super) distance: Option<String>,
    pub(super) measure: Option<MeasureText>,
    pub(super) value: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) kinds: Option<Vec<String>>,
    pub(super) named: Option<Vec<String>>,
    pub(super) worst: Option<String>,
    pub(super) best: Option<String>,
    pub(super) points: Option<BTreeMap<String, u8>>,
    pub(super) reason: Localized,
}
