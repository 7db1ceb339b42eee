//! What is said through the API of an outline that somebody drew.

use domain::{
    outline::Outline,
    profile::Precision,
    suitability::{Answer, Changes, OtherUses, Scored, Verdict},
};
use jiff::civil::Date;
use serde::Serialize;
use service_api::{Judged, LargestPart, OutlineAssessment, PieceApart, ToldOfOutline};
use utoipa::ToSchema;

/// What is said of an outline.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutlineSaying {
    /// It was judged: see `verdict`.
    Judged,
    /// The rules are not for land there.
    OtherRules,
    /// No data of this portal reach all of it.
    NoData,
    /// So little ground is not judged there: see `least_m2`.
    TooSmall,
}

/// An outline, as it was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessedOutline {
    /// What is said of it.
    told: OutlineSaying,
    /// The outline as it was read, a GeoJSON MultiPolygon in degrees.
    #[schema(value_type = Object)]
    geometry: geojson::Geometry,
    /// Its area on the ellipsoid, m².
    area_m2: f64,
    /// The least ground that is judged there, m².
    #[serde(skip_serializing_if = "Option::is_none")]
    least_m2: Option<f64>,
    /// The grid, m, by which layers were looked at whose ground is not shown; their shares are classes then.
    /// None where they were looked at as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    grid_m: Option<f64>,
    /// Where its edge lies beyond what is shown of parcels, and no farther than they may reach: how far that is at most,
    /// m. What rules ask of parcels stands open then (`beyond_shown`). Whoever means a whole parcel names its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    beyond_m: Option<f64>,
    /// As of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verdict: Option<Verdict>,
    /// As of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    changes: Option<Changes>,
    /// As of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    other_uses: Option<OtherUses>,
    /// As of a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    scores: Option<Scored>,
    /// Of what does not suit the largest piece that is not refused, where that may be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    largest_part: Option<Piece>,
    /// Where its ground is several pieces that lie apart, six at most: each by itself, in the order of `geometry`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    apart: Vec<Apart>,
    /// The data it was judged by, `dataset/number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_version: Option<String>,
    /// Their date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    source_date: Option<Date>,
    /// The policy that decided what of them could be looked at, `id@version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// As of a site. The outline as it was judged is in it, with its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<String>,
}

/// A piece of an outline that was judged again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Piece {
    /// Its area on the ellipsoid, m².
    area_m2: f64,
    /// The piece, a GeoJSON MultiPolygon in degrees.
    #[schema(value_type = Object)]
    geometry: geojson::Geometry,
    /// `suits`, `suits_if` or `cannot_be_said`.
    #[schema(value_type = String)]
    answer: Answer,
}

/// One of several pieces of ground of an outline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Apart {
    /// Its area on the ellipsoid, m².
    area_m2: f64,
    /// What can be said of it, as of a site; none where it alone is not judged: so little ground is not, or too much
    /// was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verdict: Option<Verdict>,
}

fn geometry(outline: &Outline) -> geojson::Geometry {
    geojson::Geometry::new(geojson::GeometryValue::from(outline.shape()))
}

impl From<LargestPart> for Piece {
    fn from(LargestPart { outline, answer }: LargestPart) -> Self {
        Self { area_m2: outline.area_m2(), geometry: geometry(&outline), answer }
    }
}

impl AssessedOutline {
    /// What is said of it, with its file where that was asked for.
    pub(super) fn of(told: OutlineAssessment, signed: Option<String>) -> Self {
        let nothing = Self {
            told: OutlineSaying::NoData,
            geometry: geometry(&told.outline),
            area_m2: told.outline.area_m2(),
            least_m2: None,
            grid_m: None,
            beyond_m: None,
            verdict: None,
            changes: None,
            other_uses: None,
            scores: None,
            largest_part: None,
            apart: Vec::new(),
            data_version: None,
            source_date: None,
            policy: None,
            signed: None,
        };
        match told.told {
            ToldOfOutline::NoData => nothing,
            ToldOfOutline::OtherRules => Self { told: OutlineSaying::OtherRules, ..nothing },
            ToldOfOutline::TooSmall { least_m2 } => {
                Self { told: OutlineSaying::TooSmall, least_m2: Some(least_m2), ..nothing }
            }
            ToldOfOutline::Judged(judged) => {
                let grid_m = match judged.precision {
                    Precision::Exact => None,
                    Precision::Generalised { cell_m } => Some(cell_m),
                };
                let beyond_m = judged.beyond_m;
                let largest_part = judged.largest.map(Piece::from);
                let apart = judged.apart.into_iter().map(|PieceApart { outline, verdict }| Apart {
                    area_m2: outline.area_m2(),
                    verdict,
                });
                let apart = apart.collect();
                let Judged { version, policy, verdict, changes, other_uses, scored, .. } =
                    judged.judged;
                Self {
                    told: OutlineSaying::Judged,
                    grid_m,
                    beyond_m,
                    verdict: Some(verdict),
                    changes,
                    other_uses,
                    scores: scored,
                    largest_part,
                    apart,
                    data_version: Some(version.label()),
                    source_date: Some(version.dataset.source_date),
                    policy: Some(policy),
                    signed,
                    ..nothing
                }
            }
        }
    }
}
