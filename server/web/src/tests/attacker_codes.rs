//! Somebody who wants to place a line that is not shown, by asking about parcels by their codes (*sites S12*). They
//! know the direction in which the line runs, the policy and this code; of each parcel they take the outline that
//! everybody is shown and the share that everybody is told, and lay the line so that it cuts that share off.

use domain::{Clock as _, Localized, area::area_m2, overlay::common, restriction::Finding};
use geo::{Coord, MultiPolygon, Polygon};
use serde_json::{Value, json};
use service::suitability::Rules;
use store::{Imports, LayerToStore, RestrictionFeature};
use testkit::{dataset, layer, parcel, parcel_code, trial_rules};

use super::{
    attacker::{rectangle, unguessed},
    harness::{Noon, Web},
};

/// Parcels, each with a line of its own across it.
const PARCELS: u32 = 60;
/// Side of each, m.
const SIDE: f64 = 120.0;

/// A parcel with a frame whose first axis runs across the line.
#[derive(Clone, Copy)]
struct Place {
    centre: Coord<f64>,
    turn: f64,
    /// How far the line lies from the centre, m: what they want to know.
    line: f64,
}

impl Place {
    fn of(number: u32) -> Self {
        let (column, row) = (f64::from(number % 10), f64::from(number / 10));
        let off = |of: u32| unguessed(number, of) * 0.001;
        Self {
            centre: Coord { x: 119.9 + 0.01 * column + off(3), y: 30.4 + 0.01 * row + off(4) },
            turn: unguessed(number, 1) * std::f64::consts::TAU,
            line: (unguessed(number, 2) - 0.5) * 0.7 * SIDE,
        }
    }

    /// A rectangle in its frame, m.
    fn rectangle(&self, between: (f64, f64), half: f64) -> Polygon<f64> {
        rectangle(self.centre, self.turn, between, 0.0, half)
    }

    fn ground(&self) -> Polygon<f64> {
        self.rectangle((-SIDE / 2.0, SIDE / 2.0), SIDE / 2.0)
    }

    /// Everything on the one side of a line so far from the centre.
    fn field(&self, line: f64) -> Polygon<f64> {
        self.rectangle((line - 400.0, line), 400.0)
    }
}

fn portal(policy: &str) -> Web {
    let rules = Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap();
    let change = |settings: &mut crate::settings::Settings| {
        settings.limits.probing.block.burst = 10_000;
    };
    let web = Web::judging(change, rules);
    let dataset = domain::dataset::DatasetInfo { policy: policy.into(), ..dataset("fields") };
    let mut writer = web.store.begin_import(&dataset).unwrap();
    for theme in ["permanent_basic_farmland", "wetland"] {
        let info = layer(&theme.replace('_', "-"), theme);
        writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    }
    let id = "permanent-basic-farmland".to_owned();
    for number in 0..PARCELS {
        let place = Place::of(number);
        let (label, field) = (Localized::same("field"), place.field(place.line));
        let outline = MultiPolygon(vec![field.clone()]);
        let feature = RestrictionFeature { id: number.to_string(), label: label.clone(), outline };
        writer.put_restriction(&id, &feature).unwrap();
        let ground = MultiPolygon(vec![place.ground()]);
        let area_m2 = common(&ground, &[&field]).unwrap().area_m2;
        let found = Finding {
            layer: id.clone(),
            feature: number.to_string(),
            label,
            area_m2,
            share: area_m2 / domain::area::area_m2(&ground),
            sliver: false,
            of_feature: None,
        };
        let reaching = [id.clone(), "wetland".to_owned()];
        let here = parcel(parcel_code(number + 1), place.ground());
        assert!(writer.put_parcel(&here, &[found], &reaching).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    web
}

/// The share of a parcel that everybody is told the field has.
async fn share(web: &Web, code: &str) -> f64 {
    let body = json!({ "use": "mill", "sites": [code] });
    let told = web.post_json("/api/v1/suitability", &[], &body).await;
    assert_eq!(told.status, 200, "{}", told.text());
    let told = told.json();
    let findings = told.pointer("/sites/0/verdict/findings").and_then(Value::as_array).unwrap();
    let finding = findings.iter().find(|it| it["rule"] == "no-farmland").unwrap();
    let share = &finding["evidence"][0]["measured"]["covers"]["share"];
    f64::midpoint(share["lo"].as_f64().unwrap(), share["hi"].as_f64().unwrap())
}

/// The outline that everybody is shown.
async fn shown(web: &Web, code: &str) -> MultiPolygon<f64> {
    let place = web.get(&format!("/api/v1/parcels/{code}")).await;
    assert_eq!(place.status, 200, "{}", place.text());
    let geometry: geojson::Geometry =
        serde_json::from_value(place.json()["geometry"].clone()).unwrap();
    match geo::Geometry::<f64>::try_from(geometry).unwrap() {
        geo::Geometry::MultiPolygon(outline) => outline,
        geo::Geometry::Polygon(outline) => MultiPolygon(vec![outline]),
        other => panic!("{other:?}"),
    }
}

/// The quadratic mean of how far off they are, m.
async fn attack(web: &Web) -> f64 {
    let mut squares = 0.0;
    for number in 0..PARCELS {
        let (place, code) = (Place::of(number), parcel_code(number + 1));
        let (share, shown) = (share(web, code.as_str()).await, shown(web, code.as_str()).await);
        let whole = area_m2(&shown);
        let (mut low, mut high) = (-200.0, 200.0);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            let cut = common(&shown, &[&place.field(middle)]).map_or(0.0, |it| it.area_m2);
            if cut / whole < share { low = middle } else { high = middle }
        }
        squares += (low - place.line).powi(2);
    }
    (squares / f64::from(PARCELS)).sqrt()
}

#[tokio::test]
async fn sites_s12_by_codes_a_line_is_placed_no_better_than_outlines_and_whole_per_cents_let() {
    let hidden = attack(&portal("zhejiang")).await;
    let open = attack(&portal("open-cadastre")).await;
    assert!(open < 0.7, "{open:.2} m: an attacker who finds nothing proves nothing");
    assert!(hidden >= 4.0, "{hidden:.1} m");
    assert!(hidden > 5.0 * open, "{hidden:.1} m, {open:.2} m");
}
