//! What happened to a parcel: 规、批、供、用、登、管, with the numbers of invented papers.

use domain::{
    Localized,
    lifecycle::{LifecycleEvent, Stage},
};
use jiff::{ToSpan, civil::Date};

use super::{dice::Dice, names, plot::Plot};

/// The stages that a kind of parcel passes, with their words.
fn chain(feature: &str) -> &'static [(Stage, &'static str, &'static str)] {
    match feature {
        "GB" | "GX" | "GS" | "JB" | "GH" => &[
            (Stage::Planned, "规划条件批准公布", "Planning conditions approved and published"),
            (Stage::Approved, "建设用地批准", "Land for building approved"),
            (Stage::Supplied, "供应结果公布", "Result of the land supply published"),
            (Stage::Used, "竣工规划核实", "Completed building checked against the plan"),
            (Stage::Registered, "首次登记", "First registration"),
            (Stage::Supervised, "批后监管检查", "Inspection after approval"),
        ],
        "JC" => &[
            (Stage::Approved, "宅基地批准", "Homestead approved"),
            (Stage::Registered, "首次登记", "First registration"),
        ],
        _ => &[
            (Stage::Planned, "调查确权", "Surveyed and settled"),
            (Stage::Registered, "首次登记", "First registration"),
            (Stage::Supervised, "年度变更调查", "Yearly survey of changes"),
        ],
    }
}

/// The published events of a parcel that was registered on `since`; for two in three, none.
pub(crate) fn events(dice: &mut Dice, plot: &Plot, since: Date) -> Vec<LifecycleEvent> {
    if !dice.chance(0.36) {
        return Vec::new();
    }
    let chain = chain(plot.kind.feature);
    // A plot without buildings has not come to its completion yet.
    let built = !plot.buildings.is_empty();
    let registered =
        chain.iter().position(|(stage, ..)| *stage == Stage::Registered).unwrap_or_default();
    chain
        .iter()
        .enumerate()
        .filter(|(_, (stage, ..))| built || *stage != Stage::Used)
        .map(|(at, (stage, zh, en))| {
            let steps = i64::try_from(at).unwrap_or_default()
                - i64::try_from(registered).unwrap_or_default();
            let days = steps * 150 + if steps == 0 { 0 } else { i64::from(dice.count(0, 90)) };
            let date = since.saturating_add(days.days()).min(jiff::civil::date(2025, 12, 20));
            LifecycleEvent {
                stage: *stage,
                date,
                title: Localized::new(*zh, *en),
                document: Some(names::paper(date.year(), dice.count(1, 480))),
            }
        })
        .collect()
}
