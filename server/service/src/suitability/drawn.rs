//! Ground that somebody drew before the rules: what everybody may know of it and nothing else. Where it is,
//! which data answer, and whether the map is closed there decides before any layer is looked at.

mod parts;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use domain::{
    among::Surroundings,
    base_map::Bounds,
    closed::{self, Cell},
    drawn::{DrawnGround, LayerAround},
    extent::FoundFeature,
    outline::Outline,
    policy::{Disclosure, Field, Policy},
    profile::Precision,
    suitability::{Cause, Disputed, Fact, Facts, RuleSet, Verdict},
    viewer::Tier,
};
use geo::MultiPolygon;
use jiff::civil::Date;
use service_api::{JudgedOutline, OutlineAsked, OutlineAssessment, ToldOfOutline};
use store::{Around, MostRead, Snapshot, StoreError};

use super::{Closed, facts, judge_facts, parcels::Parcels, source};
use crate::{disclosure::PolicyGate, elsewhere};

/// So much is read around an outline; where there is more, nothing is said of its layers.
const MOST_READ: MostRead = MostRead { features: 10_000, bytes: 32 << 20 };
/// Side of the squares that are read whole where lines are hidden, degrees: where there is more than is read
/// tells no more than in which of them.
const SQUARE: f64 = 0.02;
/// What was proved is proved for a place with a code.
const EVERYBODY: Tier = Tier::Public;

/// What can be said of an outline by the data of one moment. It costs time: nothing for a thread that others
/// wait for.
pub(crate) fn assessed(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    asked: &OutlineAsked,
    on: Date,
) -> Result<OutlineAssessment, StoreError> {
    let told = match looked(gate, moment, (asked, on), |drawn| drawn.judged(None))? {
        Ok((judged, _)) => ToldOfOutline::Judged(Box::new(judged)),
        Err(why_not) => why_not,
    };
    let (rules, use_at, outline) = (asked.rules().clone(), asked.use_at(), asked.outline().clone());
    Ok(OutlineAssessment { rules, use_at, on, outline, told })
}

/// The same with what offices `said` of it, and where that contradicts what is known; `None` where it is not judged.
pub(crate) fn judged_with(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    (asked, on): (&OutlineAsked, Date),
    said: &Facts,
) -> Result<Option<(JudgedOutline, Vec<Disputed>)>, StoreError> {
    Ok(looked(gate, moment, (asked, on), |drawn| drawn.judged(Some(said)))?.ok())
}

/// The verdict on an outline and nothing of what stands beside one; `None` where it is not judged.
pub(crate) fn verdict(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    asked: &OutlineAsked,
    on: Date,
) -> Result<Option<Verdict>, StoreError> {
    Ok(looked(gate, moment, (asked, on), |drawn| drawn.verdict())?.ok())
}

/// What `judge` makes of an outline with the data around it; or why it is not judged.
fn looked<T>(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    (asked, on): (&OutlineAsked, Date),
    judge: impl FnOnce(&Drawn<'_>) -> Option<T>,
) -> Result<Result<T, ToldOfOutline>, StoreError> {
    let outline = asked.outline();
    let Some((around, policy)) = answering(gate, moment, outline, on)? else {
        return Ok(Err(ToldOfOutline::NoData));
    };
    let least_m2 = policy.least_ground_m2(EVERYBODY);
    if outline.area_m2() < least_m2 {
        return Ok(Err(ToldOfOutline::TooSmall { least_m2 }));
    }
    if !is_for(asked.rules(), &around.districts) {
        return Ok(Err(ToldOfOutline::OtherRules));
    }
    let parcels = Err(Cause::Missing);
    let drawn = Drawn { moment, policy, asked, on, around: &around, read: None, parcels };
    let drawn = drawn.reading()?.beside(gate)?;
    Ok(judge(&drawn).ok_or(ToldOfOutline::OtherRules))
}

/// The data that answer: of those that reach all of the outline and may be told of, the newest, of equal dates
/// the ones imported last, as for a code. They answer for what is there; that nothing is there they do not say
/// beyond their parcels, nor where others have parcels too (*sites S2*).
fn answering<'g>(
    gate: &'g PolicyGate,
    moment: &dyn Snapshot,
    outline: &Outline,
    on: Date,
) -> Result<Option<(Around, &'g Policy)>, StoreError> {
    // Data are around where they have parcels nearby: by the cells of some 200 m that maps are closed by, each
    // with its neighbours.
    let boxes: Vec<Bounds> = closed::met_by(outline.shape()).into_iter().map(nearby).collect();
    let (mut found, mut told_of) = (None, 0_u32);
    for around in moment.around(&boxes, None)? {
        let Some(policy) = gate.policy_of(&around.version) else { continue };
        // Of others nobody may know that they are there.
        if policy.cell(Field::ParcelCode, EVERYBODY) != Disclosure::Show {
            continue;
        }
        if !is_there(&around, policy, on) {
            continue;
        }
        told_of += 1;
        let date = around.version.dataset.source_date;
        let newer = found
            .as_ref()
            .is_none_or(|(other, _): &(Around, &Policy)| other.version.dataset.source_date <= date);
        if around.everywhere && newer {
            found = Some((around, policy));
        }
    }
    let Some((mut around, policy)) = found else { return Ok(None) };
    let among = match Surroundings::of(outline.shape()) {
        Some(surroundings) => moment.fill(&around.version, surroundings)?,
        None => false,
    };
    let alone = told_of == 1;
    let layers = around.layers.into_iter().map(|layer| {
        let says_so = alone && (among || layer.coverage.is_some());
        if says_so { layer } else { layer.unsure() }
    });
    around.layers = layers.collect();
    Ok(Some((around, policy)))
}

/// Whether data have parcels around, or features of a layer that everybody may be told of: what is hidden of them
/// has no part in it (*sites S11*).
fn is_there(around: &Around, policy: &Policy, on: Date) -> bool {
    !around.districts.is_empty() || elsewhere::speaking(around, policy, on).next().is_some()
}

fn nearby(cell: Cell) -> Bounds {
    let ground = cell.ground();
    Bounds {
        west: ground.min().x - closed::SIDE,
        south: ground.min().y - closed::SIDE,
        east: ground.max().x + closed::SIDE,
        north: ground.max().y + closed::SIDE,
    }
}

/// Whether the rules are for all land around: the law of one place says nothing of another.
fn is_for(rules: &RuleSet, districts: &BTreeSet<String>) -> bool {
    let is_for = |district: &String| rules.divisions.iter().any(|own| district.starts_with(own));
    rules.divisions.is_empty() || districts.iter().all(is_for)
}

/// The layers that everybody may be told of, with their features around an outline.
type Layers = Vec<(LayerAround, Vec<FoundFeature>)>;

/// An outline with the data around it.
struct Drawn<'d> {
    moment: &'d dyn Snapshot,
    policy: &'d Policy,
    asked: &'d OutlineAsked,
    on: Date,
    around: &'d Around,
    /// What was read; why nothing is known.
    read: Option<Result<Layers, Cause>>,
    /// The parcels in and around it; why none are known.
    parcels: Result<Parcels, Cause>,
}

impl Drawn<'_> {
    /// Reads what everybody may be told of, and nothing else: what is withheld has no part in how much there is
    /// to read either (*sites S11*).
    fn reading(mut self) -> Result<Self, StoreError> {
        let outline = self.asked.outline();
        if !self.policy.tells_of_ground(EVERYBODY) {
            self.read = Some(Err(Cause::Withheld));
            return Ok(self);
        }
        let Some(touched) = self.policy.ground_touched(outline, EVERYBODY) else { return Ok(self) };
        let ground = match self.policy.ground_precision(EVERYBODY) {
            Precision::Exact => outline.shape().clone(),
            Precision::Generalised { .. } => MultiPolygon::new(vec![touched.to_polygon()]),
        };
        if self.moment.is_closed(&closed::met_by(&ground))? {
            // As on the map: classified land is there or near, and the cell tells all that may be told of it.
            self.read = Some(Err(Cause::Withheld));
            return Ok(self);
        }
        let shown = self.around.layers.iter().filter(|layer| {
            self.policy.shows_theme(&layer.info.theme, EVERYBODY)
                && layer.info.is_published(self.on)
        });
        let shown: Vec<&LayerAround> = shown.collect();
        let names: Vec<String> = shown.iter().map(|layer| layer.info.id.clone()).collect();
        let square = match self.policy.ground_precision(EVERYBODY) {
            Precision::Exact => None,
            Precision::Generalised { .. } => Some(SQUARE),
        };
        let below = |at: f64| square.map_or(at, |side| (at / side).floor() * side);
        let above = |at: f64| square.map_or(at, |side| (at / side).ceil() * side);
        let bounds = Bounds {
            west: below(touched.min().x),
            south: below(touched.min().y),
            east: above(touched.max().x),
            north: above(touched.max().y),
        };
        let version = &self.around.version;
        let found = self.moment.features_meeting(version, &names, bounds, MOST_READ)?;
        self.read = Some(match found {
            None => Err(Cause::TimedOut),
            Some(features) => Ok(shown
                .into_iter()
                .map(|layer| {
                    let own = features.iter().filter(|feature| feature.layer == layer.info.id);
                    (layer.clone(), own.cloned().collect())
                })
                .collect()),
        });
        Ok(self)
    }

    /// Looks up the parcels around, where the rules ask something of them: not where nothing may be told of the ground.
    fn beside(mut self, gate: &PolicyGate) -> Result<Self, StoreError> {
        if !Parcels::are_asked(self.asked.rules(), self.asked.use_at(), self.on) {
            return Ok(self);
        }
        self.parcels = match &self.read {
            Some(Err(Cause::Withheld)) => Err(Cause::Withheld),
            _ => Parcels::around(gate, self.moment, self.asked.outline())?,
        };
        Ok(self)
    }

    /// What everybody may be told of the ground of an outline within the one that was asked about.
    fn ground(&self, outline: &Outline) -> Result<DrawnGround, Cause> {
        match &self.read {
            None => Err(Cause::Unreadable),
            Some(Err(cause)) => Err(*cause),
            Some(Ok(around)) => {
                let version = &self.around.version;
                let hidden = |layer: &str, block: (i32, i32)| {
                    self.moment.hidden(&format!("{}/{layer}", version.dataset.id), block)
                };
                let (of, to) = ((version, around.as_slice()), (EVERYBODY, self.on));
                Ok(self.policy.disclose_ground(outline, of, to, &hidden))
            }
        }
    }

    fn facts(&self, outline: &Outline, ground: Result<&DrawnGround, Cause>) -> Facts {
        let rules = self.asked.rules();
        let closed = Closed::to(self.policy, rules, EVERYBODY);
        let beneath = match &self.parcels {
            Ok(parcels) => parcels.beneath(outline),
            Err(cause) => Err(*cause),
        };
        let beneath = beneath.as_deref().map_err(|cause| *cause);
        let (use_at, of, answers) = (self.asked.use_at(), (outline, ground), self.asked.answers());
        facts::of_ground(rules, use_at, self.on, of, (beneath, &closed), answers)
    }

    fn verdict(&self) -> Option<Verdict> {
        let outline = self.asked.outline();
        let ground = self.ground(outline);
        let facts = self.facts(outline, ground.as_ref().map_err(|cause| *cause));
        self.asked.rules().assess(self.asked.use_at(), &facts, self.on)
    }

    /// It judged, with what offices `said` of it; and where that contradicts what is known. `None` for a use that the
    /// rules do not have.
    fn judged(&self, said: Option<&Facts>) -> Option<(JudgedOutline, Vec<Disputed>)> {
        let (outline, alone) = (self.asked.outline(), said.is_none());
        let ground = self.ground(outline);
        let told = self.facts(outline, ground.as_ref().map_err(|cause| *cause));
        let at_edge = told.0.values().any(|fact| *fact == Fact::Unknown(Cause::BeyondShown));
        let reach_m = self.parcels.as_ref().ok().and_then(Parcels::reach_m);
        let by = (&**self.asked.rules(), self.asked.use_at(), self.on);
        let policy = format!("{}@{}", self.policy.id, self.policy.version);
        let from = (self.around.version.clone(), policy);
        let (mut judged, disputed) = judge_facts(by, (told, said), alone, from)?;
        let ground = ground.ok().filter(|_| alone);
        if let (Some(ground), Some(changes)) = (&ground, &mut judged.changes) {
            self.measure_zones(ground, &mut changes.zones);
        }
        let judged = JudgedOutline {
            largest: ground.and_then(|ground| self.largest(&ground, &judged.verdict)),
            precision: self.policy.ground_precision(EVERYBODY),
            beyond_m: reach_m.filter(|_| at_edge),
            apart: Vec::new(),
            judged,
        };
        Some((judged, disputed))
    }
}
