//! The same land with other values wherever the policy denies them to a tier: whoever is of that
//! tier must not be able to tell the two apart.

use std::path::Path;

use domain::{
    Localized, ParcelCode, UnitCode,
    base_map::{BaseFeature, BaseKind},
    code::Strictness,
    generalise::{generalise, rounded_centroid},
    lifecycle::{LifecycleEvent, Stage},
    policy::{Disclosure, Field, Policy},
    record::{Fields, ParcelRecord, UnitRecord, Value},
    restriction::Finding,
    theme::ThemeId,
    viewer::Tier,
};
use geo::{Geometry, MapCoords, MultiPolygon, Point, coord};
use jiff::civil::date;
use store::{LayerToStore, RestrictionFeature};

use super::land::{Canary, LAND, dataset, layer, policies};
use crate::harness::opened;

/// A theme of each row that decides on themes.
const THEMES: [&str; 5] = [
    "flood",
    "ecological_red_line",
    "geological_hazard",
    "permanent_basic_farmland",
    "planning_use",
];

/// Which values are other ones than at first: those that this tier is denied.
pub type Altered = Option<Tier>;

/// What stands instead of a text.
pub fn other(text: &str) -> String {
    // As long, and with the same ends: what a mask keeps is told.
    text.replace("canary", "cuckoo")
}

/// Every text in the land that somebody may be denied, as it was and as it became.
pub fn words() -> Vec<String> {
    let mut words = Vec::new();
    for canary in LAND {
        let fields = Field::ALL.iter();
        words.extend(
            fields.flat_map(|field| ["parcel", "unit"].map(|at| canary.marker(at, *field))),
        );
        let others = ["local-id", "building", "street", "finding-flood", "layer-title-flood"];
        words.extend(others.map(|what| canary.other(what)));
        words.extend(Stage::ALL.map(|stage| canary.other(&format!("event-{stage:?}"))));
    }
    let altered: Vec<String> = words.iter().map(|word| other(word)).collect();
    words.extend(altered);
    for piece in ["canary", "cuckoo", "ca", "cu", "nd", "c", "u", "canary location", "cuckoo nd"] {
        words.push(piece.to_owned());
    }
    words
}

/// One parcel of the land with what stands on it, and whether a value is another one.
struct Sight<'p> {
    canary: Canary,
    policy: Option<&'p Policy>,
    altered: Altered,
}

impl Sight<'_> {
    /// Whether `tier` is denied the field, by the table and the conditions in it.
    fn is_denied(&self, field: Field) -> bool {
        let Some(tier) = self.altered else { return false };
        let parcel = self.canary.parcel();
        self.is_nothing_told()
            || self.policy.is_none_or(|policy| policy.cell_of(field, tier, &parcel).is_closed())
    }

    /// Whether nobody of the tier is told of the parcel at all.
    fn is_nothing_told(&self) -> bool {
        let tells = |policy: &Policy, tier| policy.cell(Field::ParcelCode, tier).is_closed();
        self.altered.is_some_and(|tier| {
            self.canary.classified || self.policy.is_none_or(|policy| tells(policy, tier))
        })
    }

    /// Whether `tier` is told which units there are.
    fn are_units_told(&self) -> bool {
        let Some(tier) = self.altered else { return true };
        self.policy.is_some_and(|policy| policy.tells_units(tier))
    }

    fn text(&self, field: Field, text: String) -> String {
        if self.is_denied(field) { other(&text) } else { text }
    }

    fn code(&self) -> ParcelCode {
        // Where nothing is told, not even the code is.
        let code = if self.is_nothing_told() {
            self.canary.code.replace("GB000", "GB007")
        } else {
            self.canary.code.to_owned()
        };
        ParcelCode::parse(&code, Strictness::Issue).unwrap().code
    }

    /// A code beside it, of nothing that everybody may ask for by a question of this test.
    fn kin(&self, number: &str) -> ParcelCode {
        let code = format!("{}{number}", &self.code().as_str()[..14]);
        ParcelCode::parse(&code, Strictness::Issue).unwrap().code
    }

    fn fields(&self, at: &str) -> Fields {
        let unit = at == "unit";
        Field::ALL
            .iter()
            .map(|field| {
                let marker = self.canary.marker(at, *field);
                let denied = self.is_denied(*field) || (unit && !self.are_units_told());
                // Nobody sees the middle of what is masked.
                let masked = self
                    .altered
                    .zip(self.policy)
                    .is_some_and(|(tier, policy)| policy.cell(*field, tier) == Disclosure::Mask);
                let marker = if denied || masked { other(&marker) } else { marker };
                let text = match field {
                    // The holder of a label is told it down to the building, where anybody is.
                    Field::UnitLocation => {
                        let told = self.policy.is_some_and(|policy| {
                            !policy.cell(Field::UnitLocation, Tier::Public).is_closed()
                        });
                        let building = self.canary.other("building");
                        let building = if told { building } else { other(&building) };
                        format!("{building}3幢{marker}")
                    }
                    _ => marker,
                };
                (*field, Value::Text(text))
            })
            .collect()
    }

    /// Its outline: another place where nothing of it is told, and where only the grid is, other
    /// digits under the grid.
    fn outline(&self) -> MultiPolygon<f64> {
        let outline = self.canary.parcel().outline;
        let (shape, point) = (Field::Outline, Field::Centroid);
        let Some((tier, policy)) = self.altered.zip(self.policy) else { return outline };
        let moved = |by: f64| outline.map_coords(|at| coord! { x: at.x + by, y: at.y + by / 2.0 });
        if self.is_denied(shape) && self.is_denied(point) {
            return moved(0.012_345_6);
        }
        if policy.cell(shape, tier) == Disclosure::Show {
            return outline;
        }
        let hidden = moved(0.000_000_3);
        let of = |outline| (generalise(outline, policy.grid_m), rounded_centroid(outline));
        assert_eq!(of(&hidden), of(&outline), "the grid hides what is changed");
        hidden
    }

    fn events(&self) -> Vec<LifecycleEvent> {
        let mut events: Vec<LifecycleEvent> = Stage::ALL
            .into_iter()
            .map(|stage| {
                let (day, paper) = match stage {
                    Stage::Registered => (Field::RightTerm, Field::RegisterNotes),
                    Stage::Supplied => (Field::SupplyPrice, Field::SupplyPrice),
                    _ => (Field::PlanningPermits, Field::PlanningPermits),
                };
                let text = self.canary.other(&format!("event-{stage:?}"));
                let year = if self.is_denied(day) { 2011 } else { 2024 };
                LifecycleEvent {
                    stage,
                    date: date(year, 5, 6),
                    title: Localized::same(self.text(day, text.clone())),
                    document: Some(self.text(paper, format!("{text}-paper"))),
                }
            })
            .collect();
        if self.is_denied(Field::RightTerm) {
            let registered = |event: &&LifecycleEvent| event.stage == Stage::Registered;
            let again = events.iter().find(registered).cloned().unwrap();
            events.push(LifecycleEvent { date: date(2013, 2, 3), ..again });
        }
        events
    }

    /// The parcel, the one it came out of, and one that both are gone into or came from before.
    fn parcels(&self, with_gone: bool) -> Vec<ParcelRecord> {
        let year = if self.is_denied(Field::ChangeDays) { 2009 } else { 2019 };
        let [gone, old] = ["81810", "92920"].map(|number| self.kin(number));
        let own = ParcelRecord {
            code: self.code(),
            local_id: Some(self.text(Field::LocalId, self.canary.other("local-id"))),
            fields: self.fields("parcel"),
            outline: self.outline(),
            geometric_area_m2: if self.altered.is_some() { 9_876.5 } else { 15_000.0 },
            events: self.events(),
            predecessors: vec![old],
            valid_from: Some(date(year, 3, 4)),
            ..self.canary.parcel()
        };
        let empty = |code| ParcelRecord {
            code,
            local_id: None,
            fields: Fields::new(),
            events: Vec::new(),
            predecessors: Vec::new(),
            valid_from: None,
            ..own.clone()
        };
        let before = ParcelRecord {
            successors: vec![own.code],
            predecessors: vec![gone],
            valid_from: Some(date(year - 5, 1, 1)),
            valid_to: Some(date(year, 3, 3)),
            ..empty(old)
        };
        let first = ParcelRecord {
            successors: vec![old],
            valid_to: Some(date(year - 6, 12, 31)),
            ..empty(gone)
        };
        let mut parcels = vec![own, before];
        parcels.extend(with_gone.then_some(first));
        parcels
    }

    /// The home with a label, and homes that nobody is told of.
    fn units(&self) -> Vec<UnitRecord> {
        let code = self.code();
        let unit = |number: &str| UnitRecord {
            code: UnitCode::parse(&format!("{code}{number}"), Strictness::Issue).unwrap().code,
            fields: self.fields("unit"),
        };
        // An open cadastre tells which there are.
        let told = self.policy.is_some_and(|policy| policy.tells_units(Tier::Public));
        let others: &[&str] = match self.altered {
            Some(_) if !told => &["F00010003", "F00020001", "F00030001"],
            _ => &["F00010001"],
        };
        std::iter::once("F00010007").chain(others.iter().copied()).map(unit).collect()
    }

    /// The ground of a restriction: another where nobody is shown where it lies, and where only the
    /// grid is shown, other digits under the grid.
    fn restricted(&self, ground: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        let extent = Field::RestrictionExtent;
        let cell = self.altered.zip(self.policy).map(|(tier, policy)| policy.cell(extent, tier));
        let by = match cell {
            _ if self.is_denied(extent) => 0.000_05,
            Some(Disclosure::Generalise) => 0.000_000_3,
            _ => 0.0,
        };
        ground.map_coords(|at| coord! { x: at.x + by, y: at.y + by / 2.0 })
    }

    fn layers(&self) -> Vec<(LayerToStore, Finding, RestrictionFeature)> {
        let base = layer(&self.canary);
        let of = |theme: &str| {
            let field = ThemeId(theme.into()).field().unwrap();
            let id = self.canary.other(&format!("layer-{theme}"));
            let text = |what| self.text(field, self.canary.other(&format!("{what}-{theme}")));
            let outline = MultiPolygon(vec![self.canary.parcel().outline.0[0].clone()]);
            let outline = self.restricted(&outline);
            let mut layer = base.clone();
            layer.info.id.clone_from(&id);
            layer.info.theme = ThemeId(theme.into());
            layer.info.title = Localized::same(text("layer-title"));
            let area_m2 = if self.is_denied(field) { 77.0 } else { 100.0 };
            let label = Localized::same(text("finding"));
            let feature =
                RestrictionFeature { id: text("restriction-id"), label: label.clone(), outline };
            let finding = Finding {
                layer: id,
                feature: feature.id.clone(),
                label,
                area_m2,
                share: area_m2 / 1_000.0,
                sliver: false,
                of_feature: None,
            };
            (layer, finding, feature)
        };
        THEMES.map(of).into()
    }
}

/// Publishes the land twice: one code has a record in the first version alone.
pub fn publish(folder: &Path, altered: Altered) {
    let (store, policies) = (opened(folder), policies());
    for with_gone in [true, false] {
        for canary in LAND {
            let info = dataset(&canary);
            let sight = Sight { canary, policy: policies.governing(&info), altered };
            let mut import = store.begin_import(&info).unwrap();
            let layers = sight.layers();
            for (layer, _, feature) in &layers {
                import.put_layer(layer).unwrap();
                import.put_restriction(&layer.info.id, feature).unwrap();
            }
            let ids: Vec<String> = layers.iter().map(|(layer, ..)| layer.info.id.clone()).collect();
            let findings: Vec<Finding> =
                layers.into_iter().map(|(_, finding, _)| finding).collect();
            for parcel in sight.parcels(with_gone) {
                assert!(import.put_parcel(&parcel, &findings, &ids).unwrap());
            }
            for unit in sight.units() {
                assert_eq!(import.put_unit(&unit).unwrap(), !canary.classified);
            }
            // The base map goes by its data set: classified land or not.
            let mapped = sight.policy.is_some_and(|policy| policy.shows_base_map(&info));
            let street = canary.other("street");
            let street = if altered.is_some() && !mapped { other(&street) } else { street };
            let name = Some(street);
            let geometry = Geometry::Point(Point::new(119.9705, 30.5405));
            import.put_base(&BaseFeature { kind: BaseKind::Label, name, geometry }).unwrap();
            // After the changes: what was still planned and is not repeated was given up.
            import.publish("2026-01-02T00:00:00Z".parse().unwrap()).unwrap();
        }
    }
}
