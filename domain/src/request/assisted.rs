//! That a request was handed in for its applicant, and how they had confirmed it (desk D2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MaterialAtCounter;

/// How an applicant confirmed what they were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentBy {
    /// In a browser that is none of a counter: as a rule on a device of their own, which nothing proves.
    AnotherBrowser,
    /// On a screen of the counter.
    CounterScreen,
    /// With their signature on paper, which a clerk has seen.
    OnPaper,
}

impl ConsentBy {
    /// Its name in JSON and locales.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnotherBrowser => "another_browser",
            Self::CounterScreen => "counter_screen",
            Self::OnPaper => "on_paper",
        }
    }
}

/// That an applicant confirmed what they were shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// SHA-256 of the content in the canonical form of JSON (RFC 8785), in hexadecimal.
    pub content_sha256: String,
    /// How.
    pub how: ConsentBy,
    /// When, UTC.
    pub at: Timestamp,
}

/// By whom a request was handed in on its applicant's behalf, as its department and its applicant read it. Who
/// typed stands in the audit alone; who said of a material how it was before them signed that with their name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assisted {
    /// The office of the counter.
    pub office: String,
    /// What the applicant confirmed before.
    #[serde(flatten)]
    pub consent: Consent,
    /// Every material of the service, and what was said of it at the counter (desk D11). Empty of what was handed in
    /// before there was a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub materials: Vec<MaterialAtCounter>,
}
