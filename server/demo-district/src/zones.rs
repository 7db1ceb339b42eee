//! Where restrictions apply. Their edges cross parcels, and some miss a parcel's edge by half a
//! metre: those overlaps are slivers.

use domain::Localized;
use geo::{BooleanOps, Coord, MapCoords, MultiPolygon, Polygon};
use store::RestrictionFeature;

use super::{
    dice::Dice,
    landscape::Landscape,
    shape::{Frame, bend, board, degrees, patch, path, ribbon, ring, scaled, together},
    streets::{Way, town_frame},
};

/// A zone: layer, label, ground on the drawing board.
type Zone = (&'static str, (&'static str, &'static str), MultiPolygon<f64>);

/// Where the historic house stands, in metres of the drawing board.
pub(crate) const HISTORIC_HOUSE: (f64, f64) = (395.0, -250.0);

/// West of this line there is a map of geological hazards; the plain has none.
const HAZARD_SURVEY: &str = "-3200,-2600 -620,-2600 -700,-1700 -480,-900 -640,-100 -430,700 \
    -560,1500 -380,2600 -3200,2600";

/// The ground that the hazard survey covers.
pub(crate) fn hazard_coverage() -> MultiPolygon<f64> {
    degrees(&ring(bend(&path(HAZARD_SURVEY), 1).0).into())
}

/// The ground that the township's own layers cover.
pub(crate) fn township(land: &Landscape) -> MultiPolygon<f64> {
    degrees(&scaled(&land.boundary, 1.01).into())
}

/// Every feature of every layer: layer name and feature.
pub(crate) fn features(
    land: &Landscape,
    plain: &MultiPolygon<f64>,
) -> Vec<(&'static str, RestrictionFeature)> {
    let mut dice = Dice::for_part(11);
    let mut zones = planning(&mut dice, land, plain);
    zones.extend(protected(&mut dice, land, plain));
    zones.extend(hazards(&mut dice, land));
    zones.extend(waters(land));
    zones.extend(sea(&mut dice));
    zones
        .into_iter()
        .enumerate()
        .map(|(at, (layer, (zh, en), ground))| {
            let feature = RestrictionFeature {
                id: format!("{layer}-{:02}", at + 1),
                label: Localized::new(zh, en),
                outline: degrees(&ground),
            };
            (layer, feature)
        })
        .collect()
}

fn at(x: f64, y: f64, towards: (f64, f64)) -> Frame {
    Frame::new((x, y), towards)
}

/// Moved by half a metre, as a line is that was digitised from another map.
fn misplaced(ground: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    ground.map_coords(|c| c + Coord { x: 0.55, y: -0.4 })
}

fn planning(dice: &mut Dice, land: &Landscape, plain: &MultiPolygon<f64>) -> Vec<Zone> {
    let core = MultiPolygon::from(patch(dice, &town_frame(), (270.0, 190.0), 0.12));
    let villages = together(land.villages.iter().map(|village| &village.edge));
    let east = patch(dice, &at(1690.0, 180.0, (0.97, -0.2)), (260.0, 420.0), 0.12);
    let boulevard = ribbon(&land.highways[1].line, |_| 86.0);
    let bank = ribbon(&land.lanes[6].line, |_| 30.0);
    let promenade = MultiPolygon::from(land.river_corridor.clone())
        .difference(&MultiPolygon::from(land.river.clone()));
    let front = river_front(land);
    let growth = together([scaled(&land.town_edge, 1.09), east.clone()].iter().chain(&land.works));
    let green = MultiPolygon::from(patch(dice, &at(560.0, -420.0, (0.9, 0.5)), (120.0, 64.0), 0.2));
    vec![
        ("planning-use", ("商业服务业用地", "Commercial and services"), core.clone()),
        (
            "planning-use",
            ("居住用地", "Residential"),
            misplaced(&MultiPolygon::from(land.town_edge.clone()).difference(&core)),
        ),
        ("planning-use", ("工业用地", "Industry"), misplaced(&land.works)),
        ("planning-use", ("村庄建设区", "Village building area"), villages),
        ("planning-use", ("农业生产区", "Farming area"), plain.clone()),
        ("planning-use-draft", ("居住用地（规划修改）", "Residential (draft)"), east.into()),
        ("planning-use-draft", ("道路拓宽（规划修改）", "Road widening (draft)"), boulevard.into()),
        ("riverside-design", ("建筑高度不超过18米", "Buildings no higher than 18 m"), front),
        ("riverside-design", ("桥头路沿街界面", "Street front of the bridge road"), bank.into()),
        ("development-boundary", ("城镇集中建设区", "Town building area"), growth),
        ("green-line", ("滨河绿带", "Riverside green belt"), promenade),
        ("green-line", ("演示中心公园", "Central park"), green),
    ]
}

/// The side of the river where the town is.
fn river_front(land: &Landscape) -> MultiPolygon<f64> {
    let band = ring(path("-80,-720 60,-760 520,-700 560,-200 430,300 560,620 330,600 40,380 -140,40 90,-250 40,-600").into_iter().map(Coord::from));
    MultiPolygon::from(band).difference(&MultiPolygon::from(land.river.clone()))
}

fn protected(dice: &mut Dice, land: &Landscape, plain: &MultiPolygon<f64>) -> Vec<Zone> {
    let blocks = [
        patch(dice, &at(-560.0, -1480.0, (0.9, 0.5)), (520.0, 380.0), 0.2),
        patch(dice, &at(1850.0, -1330.0, (0.8, -0.6)), (560.0, 420.0), 0.2),
        patch(dice, &at(260.0, -1560.0, (0.7, -0.7)), (430.0, 350.0), 0.2),
        patch(dice, &at(-880.0, 760.0, (0.3, 0.95)), (520.0, 330.0), 0.2),
        patch(dice, &at(250.0, 1480.0, (0.95, 0.3)), (640.0, 430.0), 0.2),
        patch(dice, &at(1900.0, 240.0, (0.4, 0.9)), (430.0, 300.0), 0.2),
    ];
    let ditches: Vec<Polygon<f64>> = land.ditches.iter().map(Way::ground).collect();
    let farmland = plain.intersection(&together(&blocks)).difference(&together(&ditches));
    let summit = patch(dice, &at(-2330.0, 620.0, (0.2, 0.98)), (1450.0, 480.0), 0.2);
    let spring = patch(dice, &at(-1930.0, 560.0, (0.7, 0.7)), (470.0, 330.0), 0.15);
    let north = patch(dice, &at(-2050.0, 1450.0, (0.9, 0.5)), (620.0, 420.0), 0.2);
    let south = patch(dice, &at(-2230.0, -900.0, (0.5, 0.86)), (760.0, 380.0), 0.2);
    let scope = patch(dice, &Frame::new(HISTORIC_HOUSE, (0.975, 0.222)), (66.0, 48.0), 0.12);
    let control = patch(dice, &at(400.0, -240.0, (0.975, 0.222)), (150.0, 120.0), 0.12);
    let control = MultiPolygon::from(control).difference(&MultiPolygon::from(scope.clone()));
    let shores: Vec<Polygon<f64>> = vec![
        patch(dice, &at(-330.0, 1250.0, (0.9, 0.3)), (275.0, 160.0), 0.12),
        patch(dice, &at(1050.0, -1520.0, (0.8, -0.5)), (215.0, 135.0), 0.12),
    ];
    vec![
        ("basic-farmland", ("永久基本农田", "Permanent basic farmland"), misplaced(&farmland)),
        (
            "ecological-red-line",
            ("山体水源涵养", "Hills that keep the springs"),
            together([&summit, &spring]),
        ),
        ("wetland", ("演示北湖、演示南漾", "North lake and south pool"), together(&shores)),
        ("heritage", ("演示故居保护范围", "Protected extent of the historic house"), scope.into()),
        ("heritage", ("建设控制地带", "Control zone"), control),
        (
            "public-forest",
            ("省级公益林", "Provincial public-benefit forest"),
            together([&north, &south]),
        ),
    ]
}

fn hazards(dice: &mut Dice, land: &Landscape) -> Vec<Zone> {
    let danger = [
        patch(dice, &at(-1780.0, 1300.0, (0.5, 0.8)), (170.0, 95.0), 0.25),
        patch(dice, &at(-1440.0, -330.0, (0.6, -0.7)), (120.0, 70.0), 0.25),
    ];
    let high = patch(dice, &at(-1840.0, 1180.0, (0.4, 0.9)), (560.0, 300.0), 0.25);
    let high = MultiPolygon::from(high).difference(&together(&danger));
    let medium = patch(dice, &at(-1720.0, -520.0, (0.25, 0.97)), (880.0, 330.0), 0.22);
    let medium = MultiPolygon::from(medium).difference(&together(&danger)).difference(&high);
    let brook =
        ribbon(&bend(&path("-1800,520 -1450,330 -1230,400 -980,210 -820,240"), 3), |_| 90.0);
    let brook = MultiPolygon::from(brook)
        .difference(&MultiPolygon::from(land.reservoir.clone()))
        .difference(&medium)
        .difference(&high);
    vec![
        ("geological-hazard", ("滑坡危险区", "Landslide danger zone"), together(&danger)),
        ("geological-hazard", ("地质灾害高易发区", "Zone of high hazard"), high),
        ("geological-hazard", ("地质灾害中易发区", "Zone of medium hazard"), medium),
        ("geological-hazard", ("泥石流低易发区", "Zone of low debris-flow hazard"), brook),
    ]
}

fn waters(land: &Landscape) -> Vec<Zone> {
    let stream = ribbon(
        &bend(&path("-1800,520 -1450,330 -1230,400 -980,210 -700,250 -420,90 -150,60"), 3),
        |_| 31.0,
    );
    let stream =
        MultiPolygon::from(stream).difference(&MultiPolygon::from(land.river_corridor.clone()));
    let middle = at(-1930.0, 560.0, (0.7, 0.7));
    let mut dice = Dice::for_part(12);
    let first = patch(&mut dice, &middle, (345.0, 215.0), 0.1);
    let second = patch(&mut dice, &middle, (680.0, 470.0), 0.18);
    let second = MultiPolygon::from(second).difference(&MultiPolygon::from(first.clone()));
    vec![
        (
            "river-management",
            ("演示溪河道管理范围", "River management extent"),
            land.river_corridor.clone().into(),
        ),
        ("river-management", ("水库下游河道管理范围", "Brook management extent"), stream),
        ("water-source", ("饮用水水源一级保护区", "First-class zone"), first.into()),
        ("water-source", ("饮用水水源二级保护区", "Second-class zone"), second),
    ]
}

fn sea(dice: &mut Dice) -> Vec<Zone> {
    let bay = board(121.3, 30.35);
    let frame = Frame::new((bay.x, bay.y), (0.94, 0.34));
    let islands = frame.at(500.0, 720.0);
    let shore = patch(dice, &at(islands.x, islands.y, (0.9, 0.4)), (1000.0, 330.0), 0.2);
    let fairway = frame.rectangle((-1600.0, -180.0), (1600.0, -60.0));
    vec![
        (
            "sea-zones",
            ("演示海岛岸线保护区", "Island shore protection (demonstration)"),
            shore.into(),
        ),
        ("sea-zones", ("演示航道", "Fairway (demonstration)"), fairway.into()),
    ]
}
