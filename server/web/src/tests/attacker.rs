//! Somebody who wants to trace a layer that is not shown, by asking what lies on outlines of their choosing
//! (*sites S12*). They know everything but where the line runs and what hides it: in which direction it runs,
//! the grid, the classes, this code.
//!
//! At each of many places a field has an edge. They move an outline across it along its normal and halve the
//! way, twice: to the last place where nothing of the field lies in the outline, and to the first where all of
//! it does. The edge is taken to be half way between. They do it beside each other, and with outlines that are
//! hardly wider than the law of the least ground lets them be, so that the cells of any grid average out.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use domain::overlay::LocalPlane;
use geo::{Coord, MultiPolygon, Polygon, polygon};
use serde_json::{Value, json};
use service::suitability::Rules;
use store::{Imports, LayerToStore, RestrictionFeature};
use testkit::{dataset, layer, parcel, parcel_code, square, trial_rules};

use super::harness::{Noon, Web};

/// Places: each in a block of ground of its own.
const PLACES: u32 = 40;
/// Queries, all together.
const MOST: usize = 10_000;
/// How far from where they begin an edge may be, m.
const FAR: f64 = 150.0;

/// The numbers of a place, made of its own number alone: from 0 to 1.
pub(super) fn unguessed(place: u32, of: u32) -> f64 {
    let mut bits = u64::from(place) << 32 | u64::from(of) << 1 | 1;
    for _ in 0..8 {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
    }
    f64::from(u32::try_from(bits >> 32).unwrap()) / f64::from(u32::MAX)
}

/// A rectangle, m, in a frame with that centre and turn: from so far out to so far, on both sides of so far along.
pub(super) fn rectangle(
    centre: Coord<f64>,
    turn: f64,
    (from, to): (f64, f64),
    along: f64,
    half: f64,
) -> Polygon<f64> {
    let (sin, cos) = turn.sin_cos();
    let plane = LocalPlane::at(centre.y);
    let at = |out: f64, side: f64| {
        let metres = Coord { x: out * cos - side * sin, y: out * sin + side * cos };
        plane.degrees(metres) + centre
    };
    let (low, high) = (along - half, along + half);
    polygon![at(from, low), at(to, low), at(to, high), at(from, high)]
}

/// Where the attack goes on: a frame with its first axis out of the field, its second along the edge.
#[derive(Clone, Copy)]
struct Place {
    centre: Coord<f64>,
    turn: f64,
    /// How far the edge lies from the centre, m: what they want to know.
    edge: f64,
}

impl Place {
    fn of(number: u32) -> Self {
        let (column, row) = (f64::from(number % 8), f64::from(number / 8));
        Self {
            // The middle of a block of 0.02°, with two between it and the next.
            centre: Coord { x: 119.91 + 0.04 * column, y: 30.41 + 0.04 * row },
            turn: unguessed(number, 1) * std::f64::consts::TAU,
            edge: (unguessed(number, 2) - 0.5) * 2.0 * FAR,
        }
    }

    /// A rectangle in its frame.
    fn rectangle(&self, between: (f64, f64), along: f64, half: f64) -> Polygon<f64> {
        rectangle(self.centre, self.turn, between, along, half)
    }

    fn field(&self) -> Polygon<f64> {
        self.rectangle((self.edge - 1_400.0, self.edge), 0.0, 800.0)
    }
}

/// A portal over the fields under that policy.
fn portal(policy: &str) -> Web {
    let rules = Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap();
    let web = Web::judging(|_| {}, rules);
    let dataset = domain::dataset::DatasetInfo { policy: policy.into(), ..dataset("fields") };
    let mut writer = web.store.begin_import(&dataset).unwrap();
    for theme in ["permanent_basic_farmland", "wetland"] {
        let info = layer(&theme.replace('_', "-"), theme);
        writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    }
    for number in 0..PLACES {
        let place = Place::of(number);
        let feature = RestrictionFeature {
            id: number.to_string(),
            label: domain::Localized::same("field"),
            outline: MultiPolygon(vec![place.field()]),
        };
        writer.put_restriction("permanent-basic-farmland", &feature).unwrap();
        let ground = square(place.centre.x - 0.02, place.centre.y - 0.02, 0.04);
        let code = parcel_code(number + 1);
        assert!(writer.put_parcel(&parcel(code, ground), &[], &[]).unwrap());
    }
    use domain::Clock as _;
    writer.publish(Noon.now()).unwrap();
    web
}

/// What they are told of the field.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Told {
    /// That nothing of it is there.
    none: bool,
    /// That nothing else is.
    all: bool,
}

/// What they learn from, and how much they have asked.
struct Attacker<'w> {
    web: &'w Web,
    asked: usize,
}

impl Attacker<'_> {
    /// Asks about an outline, each time from an address of which nothing has been asked; `None` where they are
    /// not answered.
    async fn ask(&mut self, outline: &Polygon<f64>) -> Option<Told> {
        let number = u32::try_from(self.asked).unwrap().to_be_bytes();
        self.asked += 1;
        self.ask_from([11, number[1], number[2], number[3]], outline).await
    }

    async fn ask_from(&self, client: [u8; 4], outline: &Polygon<f64>) -> Option<Told> {
        let ring: Vec<[f64; 2]> = outline.exterior().0.iter().map(|it| [it.x, it.y]).collect();
        let geometry = json!({ "type": "Polygon", "coordinates": [ring] });
        let body = json!({ "use": "mill", "outline": geometry }).to_string();
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/suitability")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        let answer = self.web.send_from(client, request).await;
        if answer.status == 429 {
            return None;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        let told = answer.json();
        let findings = told.pointer("/outline/verdict/findings").and_then(Value::as_array).unwrap();
        let finding = findings.iter().find(|it| it["rule"] == "no-farmland").unwrap();
        let share = &finding["evidence"][0]["measured"]["covers"]["share"];
        let end = |name: &str| share[name].as_f64().unwrap();
        Some(Told { none: end("hi") == 0.0, all: end("lo") >= 0.999_999 })
    }

    /// Halves the way between a place where it `is` not so and one where it is.
    async fn halve(
        &mut self,
        (mut not, mut so): (f64, f64),
        outline: impl Fn(f64) -> Polygon<f64>,
        is: impl Fn(Told) -> bool,
    ) -> Option<f64> {
        for _ in 0..11 {
            let middle = f64::midpoint(not, so);
            if is(self.ask(&outline(middle)).await?) {
                so = middle;
            } else {
                not = middle;
            }
        }
        Some(so)
    }

    /// Where they take the edge of a place to be, m from its centre.
    async fn locate(&mut self, place: Place) -> Option<f64> {
        // Deep and half as wide, and where along the edge: six squarish ones, five slivers.
        let squarish = (0..6).map(|at| (50.0, 30.0, f64::from(at) * 47.0 - 120.0));
        let slivers = (0..5).map(|at| (2.6, 500.0, f64::from(at) * 3.0));
        let mut found = Vec::new();
        for (deep, half, along) in squarish.chain(slivers) {
            let from = |from: f64| place.rectangle((from, from + deep), along, half);
            let reach = FAR + 250.0;
            // The inner side of the last outline that has nothing of the field, and the outer side of the first
            // that has nothing else.
            let outside = self.halve((-FAR, reach), from, |told| told.none).await?;
            let inside = self.halve((FAR, -reach), from, |told| told.all).await? + deep;
            found.push(f64::midpoint(outside, inside));
        }
        Some(found.iter().sum::<f64>() / found.len() as f64)
    }
}

/// The quadratic mean of how far off they are, m.
async fn attack(web: &Web) -> f64 {
    let mut attacker = Attacker { web, asked: 0 };
    let mut squares = 0.0;
    for number in 0..PLACES {
        let place = Place::of(number);
        let found = attacker.locate(place).await.expect("from so many addresses all is answered");
        squares += (found - place.edge).powi(2);
    }
    assert!((MOST - 1_000..=MOST).contains(&attacker.asked), "{}", attacker.asked);
    (squares / f64::from(PLACES)).sqrt()
}

#[tokio::test]
async fn sites_s12_ten_thousand_queries_do_not_place_a_withheld_line_better_than_25_m() {
    let rms = attack(&portal("zhejiang")).await;
    assert!(rms >= 25.0, "{rms:.1} m");
    // It is hidden, and not lost: whoever draws is told what is true two hundred metres off.
    assert!(rms <= 60.0, "{rms:.1} m");
}

#[tokio::test]
async fn sites_s12_the_same_attacker_finds_a_line_that_is_shown() {
    let rms = attack(&portal("open-cadastre")).await;
    assert!(rms < 1.0, "{rms:.2} m: an attacker who finds nothing proves nothing");
}

#[tokio::test]
async fn sites_s12_from_one_address_a_dozen_outlines_at_one_place_are_answered() {
    let web = portal("zhejiang");
    let attacker = Attacker { web: &web, asked: 0 };
    let place = Place::of(0);
    let mut answered = 0;
    for step in 0..40 {
        let outline = place.rectangle((f64::from(step), f64::from(step) + 60.0), 0.0, 30.0);
        answered += usize::from(attacker.ask_from([192, 0, 2, 7], &outline).await.is_some());
    }
    assert!((4..=13).contains(&answered), "{answered}");
}
