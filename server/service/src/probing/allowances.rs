//! How much may be asked: what an operator may set.

use serde::Deserialize;

/// So many at once, and so many more with every minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// With every minute.
    pub per_minute: u32,
}

const fn allowance(burst: u32, per_minute: u32) -> Allowance {
    Allowance { burst, per_minute }
}

/// What stands against trying codes one after another.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbingConfig {
    /// Different places, per client.
    pub places: Allowance,
    /// Questions for places that do not exist or may not be shown, per client.
    pub misses: Allowance,
    /// Searches, per client; a long list counts as several.
    pub searches: Allowance,
    /// Different parcels of one sub-district, per client; three times as dear side by side.
    pub block: Allowance,
    /// Different units of one parcel, per client.
    pub units: Allowance,
    /// Different outlines that are drawn, per client. One that was drawn before costs nothing, twenty times.
    pub outlines: Allowance,
    /// Different outlines on one square of ground of about 500 m (larger for outlines over more than sixteen of
    /// them), per client: whoever moves an edge to and fro needs many.
    pub outlines_on: Allowance,
    /// Outlines on one square by everybody, before they become three times as dear there for all.
    pub outlines_by_all: Allowance,
    /// Misses in one block of codes by everybody, before looks into it become dear for all.
    pub block_misses: Allowance,
}

impl Default for ProbingConfig {
    fn default() -> Self {
        Self {
            places: allowance(200, 40),
            misses: allowance(25, 5),
            searches: allowance(120, 30),
            block: allowance(60, 6),
            units: allowance(20, 1),
            outlines: allowance(30, 4),
            outlines_on: allowance(12, 1),
            outlines_by_all: allowance(120, 6),
            block_misses: allowance(60, 4),
        }
    }
}
