//! Of an outline that is refused, which part of it would not be: told where everybody is shown the ground of layers.

use domain::{
    drawn::DrawnGround,
    profile::Precision,
    suitability::{
        Answer, Standing, Verdict, ZoneRefusal, amount::Range, table::Entry, tree::Subject,
        truth::Truth,
    },
};
use geo::MultiPolygon;
use service_api::LargestPart;

use super::{Drawn, EVERYBODY, source};

impl Drawn<'_> {
    /// The largest piece of what does not suit that lies in nothing that stands in the way, judged again
    /// (*sites S7*). Only where the ground of layers is shown as it is: elsewhere its size would draw the line.
    pub(super) fn largest(&self, ground: &DrawnGround, verdict: &Verdict) -> Option<LargestPart> {
        if ground.precision != Precision::Exact || verdict.answer != Answer::DoesNot {
            return None;
        }
        let rules = self.asked.rules();
        let standing = verdict.findings.iter().filter(|it| it.standing == Standing::InTheWay);
        let mut grounds: Vec<&MultiPolygon<f64>> = Vec::new();
        for evidence in standing.flat_map(|finding| &finding.evidence) {
            if let Subject::TableEntry { table } = &evidence.subject {
                let [_, refuse, _] = self.zones_of(ground, table);
                grounds.extend(refuse);
            }
            let (Subject::Overlap { layer, features }, Truth::Known(true)) =
                (&evidence.subject, &evidence.truth)
            else {
                continue;
            };
            for found in source::about(rules, layer, ground) {
                let meant = source::drawn(rules, layer, found).filter(|(overlap, _)| {
                    features.mean(overlap, rules.classes(layer)) != Some(false)
                });
                grounds.extend(meant.map(|(_, feature)| &feature.ground));
            }
        }
        if grounds.is_empty() {
            return None;
        }
        let outline = self.asked.outline().largest_without(&grounds)?;
        if outline.area_m2() < self.policy.least_ground_m2(EVERYBODY) {
            return None;
        }
        let again = self.ground(&outline).ok()?;
        let facts = self.facts(&outline, Ok(&again));
        let answer = rules.assess(self.asked.use_at(), &facts, self.on)?.answer;
        (answer != Answer::DoesNot).then_some(LargestPart { outline, answer })
    }

    /// The zones of a use table on the ground by what it says of the use: those that allow it, those that refuse it,
    /// those of which it says nothing.
    fn zones_of<'g>(
        &self,
        ground: &'g DrawnGround,
        table: &str,
    ) -> [Vec<&'g MultiPolygon<f64>>; 3] {
        let mut found = [Vec::new(), Vec::new(), Vec::new()];
        let rules = self.asked.rules();
        let zone = rules.tables.get(table).map(|table| &table.zone);
        let Some(Subject::Overlap { layer, .. }) = zone else { return found };
        let [allow, refuse, silent] = &mut found;
        for layer_found in source::about(rules, layer, ground) {
            for (overlap, feature) in source::drawn(rules, layer, layer_found) {
                match rules.entry_in(table, self.asked.use_at(), &overlap.kind) {
                    Some(Entry::Permitted | Entry::Conditional) => allow.push(&feature.ground),
                    Some(Entry::Prohibited) => refuse.push(&feature.ground),
                    None => silent.push(&feature.ground),
                }
            }
        }
        found
    }

    /// How much of the outline lies in zones that allow what others refuse: measured where everybody is shown the
    /// ground of zones, and so without what would be open if they lay over each other.
    pub(super) fn measure_zones(&self, ground: &DrawnGround, refusals: &mut [ZoneRefusal]) {
        if ground.precision != Precision::Exact {
            return;
        }
        let outline = self.asked.outline();
        for refusal in refusals.iter_mut().filter(|refusal| refusal.part.is_some()) {
            let [allow, refuse, silent] = self.zones_of(ground, &refusal.table);
            let others: Vec<_> = refuse.into_iter().chain(silent).collect();
            let share = outline.area_within_m2(&allow, &others) / outline.area_m2();
            refusal.part = Range::measured(share.clamp(0.0, 1.0));
        }
    }
}
