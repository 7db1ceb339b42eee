//! The plain: blocks between ditches and tracks, divided into fields, ponds and a state farm.

use geo::{Area, BooleanOps, BoundingRect, Centroid, Coord, MultiPolygon, Polygon};

use super::{
    buildings,
    dice::Dice,
    kinds::{self, Kind},
    landscape::{Landscape, rural_district},
    plot::{Past, Plot, ownable},
    shape::{Frame, between, divide, enclave, patch, together},
    streets::Way,
    village,
};

/// The plain without water, ways, settlements and hills, before it is divided.
pub(crate) fn plain(land: &Landscape) -> MultiPolygon<f64> {
    MultiPolygon::from(land.boundary.clone())
        .difference(&MultiPolygon::from(land.hills.clone()))
        .difference(&land.open)
        .difference(&land.town)
        .difference(&land.works)
        .difference(&village::grounds(land))
}

/// Every plot of the plain.
pub(crate) fn plots(land: &Landscape, plain: &MultiPolygon<f64>) -> Vec<Plot> {
    let mut dice = Dice::for_part(5);
    let waters = Waters::draw(&mut dice);
    let ditches: Vec<Polygon<f64>> = land.ditches.iter().map(Way::ground).collect();
    let ditches = together(&ditches);
    let mut plots = Vec::new();
    for block in between(plain, &ditches, 400.0) {
        let Some(middle) = block.centroid().map(Coord::from) else { continue };
        let district = rural_district(land, middle);
        let place = nearest_village(land, middle);
        let mut pieces = Vec::new();
        divide(&mut dice, block, 0.0, &|dice| dice.between(6000.0, 21_000.0), &mut pieces);
        let mut fields = Vec::new();
        for piece in pieces.into_iter().filter(|piece| ownable(piece, 500.0)) {
            let kind = waters.kind(&mut dice, &piece);
            fields.push(Plot::new(kind, district, place, piece));
        }
        join_parts(&mut dice, &mut fields);
        for field in fields {
            enter(&mut dice, field, &mut plots);
        }
    }
    plots
}

/// Adds a field, with whatever lies enclosed in it and whatever it was before.
fn enter(dice: &mut Dice, mut field: Plot, plots: &mut Vec<Plot>) {
    let large = match field.outline.0.as_slice() {
        [piece] if piece.unsigned_area() > 9000.0 => Some(piece.clone()),
        _ => None,
    };
    let enclosed = large.filter(|_| dice.chance(0.09)).and_then(|piece| enclave(dice, &piece, 9.0));
    if let Some((host, inner)) = enclosed {
        let options = [&kinds::VILLAGE_YARD, &kinds::UNSETTLED, &kinds::DISPUTED];
        let kind = dice.pick(&options, &kinds::VILLAGE_YARD);
        let mut inner = Plot::new(kind, field.district, field.place, inner);
        inner.buildings = buildings::footprints(dice, &inner);
        plots.push(inner);
        field.outline = MultiPolygon::new(vec![host]);
    }
    if field.kind.feature == "JB" {
        field.past = Past::Retyped(&kinds::FIELD);
    } else if field.outline.0.len() == 1 && dice.chance(0.02) {
        field.past = Past::Merged;
    }
    field.buildings = buildings::footprints(dice, &field);
    plots.push(field);
}

/// Some contracts are for two fields that do not touch: one parcel of two parts.
fn join_parts(dice: &mut Dice, fields: &mut Vec<Plot>) {
    let mut at = 0;
    while at + 3 < fields.len() {
        let (one, other) = (&fields[at], &fields[at + 3]);
        let apart = match (one.outline.bounding_rect(), other.outline.bounding_rect()) {
            (Some(a), Some(b)) => {
                a.max().x < b.min().x
                    || b.max().x < a.min().x
                    || a.max().y < b.min().y
                    || b.max().y < a.min().y
            }
            _ => false,
        };
        if apart && one.kind == other.kind && dice.chance(0.25) {
            let part = fields.remove(at + 3);
            fields[at].outline.0.extend(part.outline.0);
        }
        at += 4;
    }
}

/// Where ponds, nurseries and the state farm are.
struct Waters {
    ponds: Polygon<f64>,
    nursery: Polygon<f64>,
    farm: Polygon<f64>,
    bank: Polygon<f64>,
}

impl Waters {
    fn draw(dice: &mut Dice) -> Self {
        let mut at = |x, y, size| patch(dice, &Frame::new((x, y), (0.9, 0.4)), size, 0.15);
        Self {
            ponds: at(1330.0, -1780.0, (420.0, 260.0)),
            nursery: at(-560.0, 640.0, (230.0, 190.0)),
            farm: at(2330.0, -1560.0, (380.0, 360.0)),
            bank: at(-620.0, -1890.0, (210.0, 160.0)),
        }
    }

    fn kind(&self, dice: &mut Dice, piece: &Polygon<f64>) -> &'static Kind {
        use geo::Contains;
        let Some(middle) = piece.centroid() else { return &kinds::FIELD };
        if self.ponds.contains(&middle) {
            return if dice.chance(0.8) { &kinds::POND } else { &kinds::FIELD };
        }
        if self.nursery.contains(&middle) {
            return if dice.chance(0.75) { &kinds::NURSERY } else { &kinds::LEASED_FIELD };
        }
        if self.farm.contains(&middle) {
            let options =
                [&kinds::STATE_FIELD, &kinds::STATE_FIELD, &kinds::STATE_FARM, &kinds::STATE_GRASS];
            return dice.pick(&options, &kinds::STATE_FIELD);
        }
        if self.bank.contains(&middle) {
            return if dice.chance(0.7) { &kinds::GRASS } else { &kinds::STATE_GRASS };
        }
        match dice.unit() {
            luck if luck < 0.045 => &kinds::LEASED_FIELD,
            luck if luck < 0.065 && piece.unsigned_area() < 7000.0 => &kinds::VILLAGE_WORKS,
            luck if luck < 0.068 => &kinds::STATE_DISPUTED,
            luck if luck < 0.085 => &kinds::POND,
            _ => &kinds::FIELD,
        }
    }
}

/// The village that farms a place.
pub(crate) fn nearest_village(land: &Landscape, place: Coord<f64>) -> &'static str {
    let away =
        |c: Coord<f64>| (c.x - place.x) * (c.x - place.x) + (c.y - place.y) * (c.y - place.y);
    land.villages
        .iter()
        .min_by(|a, b| away(a.frame.origin).total_cmp(&away(b.frame.origin)))
        .map_or("演示镇", |village| village.name)
}
