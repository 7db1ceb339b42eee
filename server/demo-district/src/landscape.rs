//! The lie of the land: river, lakes, hills, roads and where people settled. Drawn by hand in
//! outline, roughened by the dice.

use geo::{Area, BooleanOps, Centroid, Contains, Coord, LineString, MultiPolygon, Point, Polygon};

use super::{
    dice::Dice,
    shape::{Frame, bend, between, patch, path, ribbon, ring, scaled, together},
    streets::{self, Way, town_frame},
};

/// A village: its name, its rows' frame and the ground within its edge.
#[derive(Clone, Debug)]
pub(crate) struct Village {
    pub(crate) name: &'static str,
    pub(crate) frame: Frame,
    pub(crate) size: (f64, f64),
    pub(crate) edge: Polygon<f64>,
}

/// The township before anybody owns any of it.
#[derive(Clone, Debug)]
pub(crate) struct Landscape {
    pub(crate) boundary: Polygon<f64>,
    pub(crate) river: Polygon<f64>,
    /// The river with its banks, as far as the water office manages it.
    pub(crate) river_corridor: Polygon<f64>,
    #[cfg_attr(not(test), expect(dead_code, reason = "the test compares it with what is shown"))]
    pub(crate) brook: Polygon<f64>,
    pub(crate) lakes: Vec<(&'static str, Polygon<f64>)>,
    pub(crate) reservoir: Polygon<f64>,
    pub(crate) highways: Vec<Way>,
    pub(crate) lanes: Vec<Way>,
    pub(crate) railway: Way,
    pub(crate) ditches: Vec<Way>,
    pub(crate) hills: Polygon<f64>,
    /// The town's blocks, each for itself.
    pub(crate) town: MultiPolygon<f64>,
    /// The ground within which the town lies, streets and all.
    pub(crate) town_edge: Polygon<f64>,
    pub(crate) streets: Vec<Way>,
    pub(crate) works: MultiPolygon<f64>,
    pub(crate) villages: Vec<Village>,
    /// Water and ways: ground that no parcel takes.
    pub(crate) open: MultiPolygon<f64>,
}

const BOUNDARY: &str = "-2750,-1450 -2300,-1980 -1500,-1830 -820,-2180 100,-2060 900,-2260 \
    1750,-1980 2450,-2050 2780,-1300 2560,-500 2840,300 2600,1150 2250,1900 1400,2050 700,1890 \
    -150,2180 -1050,2010 -1900,2240 -2500,1700 -2420,900 -2800,100 -2560,-700 -2750,-1450";
const RIVER: &str = "-820,-2400 -700,-2000 -760,-1620 -330,-1330 -420,-900 -20,-640 40,-260 \
    -180,60 60,420 420,640 360,980 640,1260 560,1640 830,2300";
const BROOK: &str = "-1800,520 -1450,330 -1230,400 -980,210 -700,250 -420,90 -150,60";
const HILLS: &str = "-3300,-2600 -1750,-2600 -1480,-1750 -1760,-1250 -1420,-800 -1560,-250 \
    -1180,120 -1360,620 -1000,980 -1290,1420 -1120,1800 -1350,2600 -3300,2600 -3300,-2600";
const RAILWAY: &str = "2420,-2500 2080,-1500 1990,-500 2150,400 2120,2400";

/// The frame of the industrial park, along its access road.
pub(crate) fn works_frame() -> Frame {
    Frame::new((1480.0, 1130.0), (0.966, -0.259))
}

impl Landscape {
    /// Draws it.
    pub(crate) fn draw() -> Self {
        let mut dice = Dice::for_part(1);
        let river_line = bend(&path(RIVER), 3);
        let river = ribbon(&river_line, river_width);
        let river_corridor = ribbon(&river_line, |_| 118.0);
        let brook = ribbon(&bend(&path(BROOK), 3), |_| 11.0);
        let north_lake = Frame::new((-330.0, 1250.0), (0.9, 0.3));
        let south_lake = Frame::new((1050.0, -1520.0), (0.8, -0.5));
        let lakes = vec![
            ("演示北湖", patch(&mut dice, &north_lake, (250.0, 135.0), 0.22)),
            ("演示南漾", patch(&mut dice, &south_lake, (190.0, 110.0), 0.25)),
        ];
        let reservoir = Frame::new((-1930.0, 560.0), (0.7, 0.7));
        let reservoir = patch(&mut dice, &reservoir, (300.0, 165.0), 0.28);
        let railway = Way::new("演示铁路", RAILWAY, 16.0);
        let (highways, lanes) = (highways(), lanes());
        let mut taken = vec![river.clone(), brook.clone(), reservoir.clone(), railway.ground()];
        taken.extend(lakes.iter().map(|lake| lake.1.clone()));
        taken.extend(highways.iter().chain(&lanes).map(Way::ground));
        let open = together(&taken);
        let town_edge = patch(&mut dice, &town_frame(), (700.0, 520.0), 0.15);
        let (town, streets) = town(&open, &river_corridor, &town_edge);
        let open =
            together(streets.iter().map(Way::ground).collect::<Vec<_>>().iter().chain(&open));
        let works = works_frame().rectangle((-500.0, -330.0), (520.0, 430.0));
        Self {
            boundary: ring(bend(&path(BOUNDARY), 2).0),
            hills: ring(bend(&path(HILLS), 2).0),
            works: works.difference(&together([&river_corridor, &railway.ground()])),
            ditches: ditches(&mut dice, &river_line),
            villages: villages(&mut dice),
            town,
            town_edge,
            streets,
            open,
            river,
            river_corridor,
            brook,
            lakes,
            reservoir,
            highways,
            lanes,
            railway,
        }
    }
}

/// The width of the river at a point of its line, m.
fn river_width(at: usize) -> f64 {
    52.0 + 18.0 * ((at % 23) as f64 / 11.0 - 1.0).abs()
}

/// River and brook as a public map has them: their banks are edges of parcels, so their courses are
/// told no better than to `cell` metres (rule M3).
pub(crate) fn public_courses(cell: f64) -> [Polygon<f64>; 2] {
    let course = |text: &str| {
        let snap = |value: f64| (value / cell).round() * cell;
        let points: Vec<_> = path(text).iter().map(|(x, y)| (snap(*x), snap(*y))).collect();
        bend(&points, 2)
    };
    // Smoothing takes the river from the brook's end, so it goes on a little.
    let brook = ribbon(&course(&format!("{BROOK} -60,60")), |_| 14.0);
    [ribbon(&course(RIVER), |at| river_width(2 * at)), brook]
}

/// The blocks of the street grid that lie within the town's edge, and the streets between them.
/// The town stays east of the river and off its banks.
fn town(
    open: &MultiPolygon<f64>,
    river: &Polygon<f64>,
    edge: &Polygon<f64>,
) -> (MultiPolygon<f64>, Vec<Way>) {
    let grid = streets::grid();
    let mut cuts: Vec<Polygon<f64>> = grid.iter().map(Way::ground).collect();
    cuts.push(river.clone());
    let cuts = together(cuts.iter().chain(open));
    let around = MultiPolygon::from(town_frame().rectangle((-1000.0, -760.0), (1000.0, 760.0)));
    let west = Frame::new((60.0, 0.0), (1.0, 0.35));
    let blocks = between(&around, &cuts, 150.0).into_iter().filter(|block| {
        // The open country beyond the last streets is no block.
        block.unsigned_area() < 60_000.0
            && block
                .centroid()
                .is_some_and(|at| edge.contains(&at) && west.coordinates(at.into()).0 > -60.0)
    });
    let blocks = MultiPolygon::new(blocks.collect());
    let within = MultiPolygon::from(scaled(edge, 1.1));
    let streets = grid
        .iter()
        .flat_map(|street| street.parts(&within, true))
        .flat_map(|street| street.parts(&river.clone().into(), false))
        .filter(|street| street.line.0.last().is_some_and(|end| west.coordinates(*end).0 > -60.0))
        .collect();
    (blocks, streets)
}

fn highways() -> Vec<Way> {
    vec![
        Way::new(
            "演示国道",
            "-3000,-1330 -2200,-1130 -1500,-1010 -900,-1060 -200,-930 500,-880 1300,-760 2000,-640 \
             3000,-760",
            30.0,
        ),
        Way::new(
            "演示大道",
            "620,-900 690,-500 790,0 950,420 930,760 1130,1180 1240,1600 1180,2200",
            26.0,
        ),
        Way::new(
            "环湖路",
            "-1150,-1040 -1040,-500 -820,-80 -800,420 -740,900 -640,1560 -380,1830 320,1700 \
             720,1560 1230,1520",
            16.0,
        ),
    ]
}

fn lanes() -> Vec<Way> {
    vec![
        Way::new("水库路", "-1050,-480 -1320,-330 -1660,-120 -1760,180 -2230,330 -2420,800", 8.0),
        Way::new("山前路", "-800,420 -1120,720 -1330,1180 -1820,1420 -2100,1950", 8.0),
        Way::new("南塘路", "520,-880 420,-1300 640,-1800 600,-2200", 9.0),
        Way::new("东畈路", "1300,-760 1500,-1180 1420,-1700 1800,-2150", 9.0),
        Way::new("东站路", "800,60 1400,-60 2030,-180 2700,-60", 14.0),
        Way::new("北畈路", "1230,1500 1700,1660 2350,1480", 9.0),
        Way::new("桥头路", "-980,-320 -560,-330 -120,-360 240,-330 420,-290", 12.0),
        Way::new("西畈路", "-1120,-1040 -1050,-1500 -1200,-1900", 8.0),
        Way::new("东村路", "2000,-640 2330,-1000 2500,-1500", 8.0),
        Way::new("园区路", "930,760 1500,560 2120,430 2700,620", 14.0),
    ]
}

/// Drains and farm tracks of the plain, each bank of the river with its own direction.
fn ditches(dice: &mut Dice, river: &LineString<f64>) -> Vec<Way> {
    let west = Frame::new((-800.0, 0.0), (0.93, 0.37));
    let east = Frame::new((1300.0, 0.0), (0.985, -0.17));
    let far = |x: f64| {
        let corners = [Coord { x, y: 3000.0 }, Coord { x, y: -3000.0 }];
        MultiPolygon::from(ring(river.coords().copied().chain(corners)))
    };
    let mut ditches = Vec::new();
    for (frame, half, bank) in [(west, 2000.0, far(-3500.0)), (east, 2300.0, far(3500.0))] {
        for lengthwise in [true, false] {
            let mut offset = -2700.0;
            while offset < 2700.0 {
                let mut points = Vec::new();
                let mut run = if lengthwise { -half } else { -2700.0 };
                let end = -run;
                while run < end {
                    let away = offset + dice.jitter(42.0) + run * run / 52_000.0;
                    let point = if lengthwise { frame.at(run, away) } else { frame.at(away, run) };
                    points.push((point.x, point.y));
                    run += dice.between(240.0, 420.0);
                }
                let way = Way { name: "", line: bend(&points, 2), width: dice.between(3.5, 7.0) };
                ditches.extend(way.parts(&bank, true));
                offset += if lengthwise {
                    dice.between(190.0, 330.0)
                } else {
                    dice.between(300.0, 520.0)
                };
            }
        }
    }
    ditches
}

fn villages(dice: &mut Dice) -> Vec<Village> {
    [
        ("演示西桥村", (-690.0, -430.0), (0.97, 0.24), (165.0, 118.0)),
        ("演示湖头村", (-640.0, 1180.0), (0.9, -0.3), (130.0, 120.0)),
        ("演示北溪村", (180.0, 1560.0), (0.96, 0.2), (160.0, 105.0)),
        ("演示东畈村", (1600.0, -1330.0), (0.98, -0.2), (170.0, 115.0)),
        ("演示南塘村", (420.0, -1620.0), (0.88, 0.35), (165.0, 120.0)),
        ("演示石塘村", (-1080.0, -1530.0), (0.95, -0.25), (140.0, 115.0)),
        ("演示岭下村", (-1330.0, -240.0), (0.8, 0.55), (150.0, 92.0)),
        ("演示里山村", (-1700.0, 1360.0), (0.87, -0.45), (140.0, 85.0)),
        ("演示东港村", (2380.0, -960.0), (0.7, -0.65), (150.0, 105.0)),
    ]
    .into_iter()
    .map(|(name, middle, towards, size)| {
        let frame = Frame::new(middle, towards);
        Village { name, frame, size, edge: patch(dice, &frame, size, 0.16) }
    })
    .collect()
}

/// The sub-district of a place outside the town: the river and a few roads are its borders.
pub(crate) fn rural_district(land: &Landscape, place: Coord<f64>) -> &'static str {
    if land.hills.contains(&Point::from(place)) {
        return match place.y {
            y if y > 900.0 => "004001",
            y if y > -300.0 => "004002",
            _ => "004003",
        };
    }
    let points = path(RIVER);
    let bank = points.windows(2).find(|reach| place.y <= reach[1].1).map_or(0.0, |reach| {
        let share = (place.y - reach[0].1) / (reach[1].1 - reach[0].1);
        reach[0].0 + share * (reach[1].0 - reach[0].0)
    });
    match (place.x < bank, place.y) {
        (true, y) if y > 500.0 => "003001",
        (true, _) => "002001",
        (false, y) if y > 600.0 => "003002",
        (false, y) if y > -760.0 => "002002",
        (false, _) => "002003",
    }
}
