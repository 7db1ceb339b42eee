//! Where a record comes from: a data set and its current version.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::localized::Localized;

/// What is said of a data set wherever one of its records is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// Stable name, `[a-z0-9-]+`, e.g. `deqing-demo`.
    pub id: String,
    /// Its title for people.
    pub title: Localized,
    /// Who keeps the data, and under which licence they are published.
    pub source: Localized,
    /// 审图号, the map review number, where the base map has one (地图管理条例 art. 22).
    pub map_review_number: Option<String>,
    /// The day the source was drawn up: "data as of".
    pub source_date: Date,
    /// Invented data (演示数据): every page that shows it must say so.
    pub demonstration: bool,
    /// The disclosure policy under which this data set is published, e.g. `zhejiang` or
    /// `open-cadastre`.
    pub policy: String,
}

/// One import of a data set. The current one is what everybody sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataVersion {
    /// The data set.
    pub dataset: DatasetInfo,
    /// Counts up by one with every import of this data set, from 1.
    pub number: u32,
    /// When it was made current.
    pub imported_at: Timestamp,
}

impl DataVersion {
    /// The version as written on pages, extracts and deliveries: `deqing-demo/3`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}/{}", self.dataset.id, self.number)
    }

    /// The data set and the number of a version as [`Self::label`] writes it; `None` of any other text.
    #[must_use]
    pub fn read_label(label: &str) -> Option<(&str, u32)> {
        let (dataset, number) = label.rsplit_once('/')?;
        let digits = number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
        Some((dataset, number.parse().ok().filter(|_| digits)?))
    }
}

/// The first data set that is no demonstration: beside it nothing may be that is made for demonstrations.
#[must_use]
pub fn first_real(versions: &[DataVersion]) -> Option<&DatasetInfo> {
    versions.iter().map(|version| &version.dataset).find(|dataset| !dataset.demonstration)
}

/// A state of all current data versions: another one after each publication and each roll-back, never
/// the same again while a program runs. It orders nothing and means nothing to another program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u64);
