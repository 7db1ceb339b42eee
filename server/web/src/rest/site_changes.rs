//! What became of a search since other data, for programs.

use domain::{
    code::ParcelCode,
    lineage::ChangeKind,
    record::Value,
    suitability::{FactKey, Standing},
};
use jiff::civil::Date;
use serde::Serialize;
use service_api::{
    Since, SitesSince,
    site_changes::{ChangedSite, Why},
    site_search::Band,
};
use utoipa::ToSchema;

use super::how_many::HowMany;
use crate::problem::Problem;

/// What is said of changes.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SayingSince {
    /// What has changed.
    Changed,
    /// The data are the same.
    Same,
    /// It is being put together: ask again.
    NotYet,
    /// The data of then cannot be read any more, or were rolled back from. It does not mean that nothing
    /// changed.
    NotKept,
    /// The data of then were shown by another policy. Nor does this.
    OtherPolicy,
}

/// What has changed since other data, by the rules and the policy of today. A site that is not public or not
/// listed any more is neither named nor counted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// What is said.
    told: SayingSince,
    /// Where `told` is `not_yet`: seconds after which it is worth asking again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Where `told` is `changed`.
    #[serde(flatten)]
    changed: Option<Changed>,
}

/// What has changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// The data of then, `dataset/number`.
    then: Vec<String>,
    /// How many are in the band `yes` now and were not.
    came: HowMany,
    /// How many were in it and are not.
    went: HowMany,
    /// How many changed between the other bands, or came into one of them or left it.
    changed: HowMany,
    /// Those that came, those that went, the others; each by code, no more than `limit` of all.
    sites: Vec<SiteChanged>,
    /// Whether there are more.
    more: bool,
}

/// A site of which something else is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteChanged {
    /// The parcel.
    #[schema(value_type = String)]
    code: ParcelCode,
    /// Its band then; none where it was not listed or of another size.
    #[schema(value_type = Option<String>)]
    then: Option<&'static str>,
    /// Its band now.
    #[schema(value_type = Option<String>)]
    now: Option<&'static str>,
    /// Its address, where lists tell that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    location: Option<Value>,
    /// The data it is told by now, `dataset/number`.
    data_version: String,
    /// Why, by what everybody may see.
    why: Vec<Reason>,
}

/// Why a site is told otherwise.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A rule stands otherwise.
    Rule {
        /// The rule, by its id in the set.
        rule: String,
        /// `in_the_way`, `to_obtain`, `open` or `clear`: then.
        #[schema(value_type = String)]
        then: Standing,
        /// The same now.
        #[schema(value_type = String)]
        now: Standing,
        /// What of that it looks at is another now, as verdicts name facts.
        #[schema(value_type = Vec<Object>)]
        facts: Vec<FactKey>,
    },
    /// These are known otherwise, and no rule stands otherwise for itself.
    Facts {
        /// As verdicts name them.
        #[schema(value_type = Vec<Object>)]
        facts: Vec<FactKey>,
    },
    /// Its size is in another step.
    Size,
    /// The data of then had no such parcel.
    New {
        /// By which change it came, if that may be told.
        #[schema(value_type = Option<String>)]
        by: Option<ChangeKind>,
    },
    /// Its supply result was published since.
    Supplied {
        /// The day of the result.
        #[schema(value_type = String)]
        on: Date,
    },
    /// It was there, and not listed.
    NotListed,
    /// It ended.
    Ended {
        /// By which change, if that may be told.
        #[schema(value_type = Option<String>)]
        by: Option<ChangeKind>,
    },
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Rule { rule, then, now, facts } => Self::Rule { rule, then, now, facts },
            Why::Facts(facts) => Self::Facts { facts },
            Why::Size => Self::Size,
            Why::New(by) => Self::New { by },
            Why::Supplied(on) => Self::Supplied { on },
            Why::NotListed => Self::NotListed,
            Why::Ended(by) => Self::Ended { by },
        }
    }
}

impl From<ChangedSite> for SiteChanged {
    fn from(site: ChangedSite) -> Self {
        let ChangedSite { code, then, now, location, version, why } = site;
        Self {
            code,
            then: then.map(Band::name),
            now: now.map(Band::name),
            location,
            data_version: version.label(),
            why: why.into_iter().map(Reason::from).collect(),
        }
    }
}

impl From<SitesSince> for Changes {
    fn from(since: SitesSince) -> Self {
        let said = |told| Self { told, retry_after: None, changed: None };
        match since {
            SitesSince::Told(changed) => {
                let changed = Changed {
                    then: changed.then.iter().map(|version| version.label()).collect(),
                    came: changed.came.into(),
                    went: changed.went.into(),
                    changed: changed.changed.into(),
                    sites: changed.sites.into_iter().map(SiteChanged::from).collect(),
                    more: changed.more,
                };
                Self { changed: Some(changed), ..said(SayingSince::Changed) }
            }
            SitesSince::Same => said(SayingSince::Same),
            SitesSince::NotYet { retry_after } => {
                Self { retry_after: Some(retry_after), ..said(SayingSince::NotYet) }
            }
            SitesSince::NotKept => said(SayingSince::NotKept),
            SitesSince::OtherPolicy => said(SayingSince::OtherPolicy),
        }
    }
}

/// Reads `before`, or data versions; none of nothing.
pub(super) fn since(written: &[String]) -> Result<Option<Since>, Problem> {
    match written {
        [] => Ok(None),
        [one] if one == "before" => Ok(Some(Since::Before)),
        labels => {
            let one = |label: &String| {
                let (dataset, number) = label.split_once('/')?;
                Some((dataset.to_owned(), number.parse().ok()?))
            };
            let versions: Option<Vec<(String, u32)>> = labels.iter().map(one).collect();
            versions.map(|versions| Some(Since::Data(versions))).ok_or_else(|| {
                Problem::bad_request(
                    "Write each `since` as a data version, e.g. deqing/2, or `before` alone.",
                )
            })
        }
    }
}
