//! Ways, and the grid of the town's streets.

use geo::{BooleanOps, LineString, MultiLineString, MultiPolygon, Polygon};

use super::{
    dice::Dice,
    shape::{Frame, bend, path, ribbon},
};

/// A road, railway or ditch.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) line: LineString<f64>,
    pub(crate) width: f64,
}

impl Way {
    pub(crate) fn new(name: &'static str, points: &str, width: f64) -> Self {
        Self { name, line: bend(&path(points), 3), width }
    }

    /// The parts of it inside `ground`, or outside it.
    pub(crate) fn parts(&self, ground: &MultiPolygon<f64>, inside: bool) -> Vec<Self> {
        let line = MultiLineString::new(vec![self.line.clone()]);
        let parts = ground.clip(&line, !inside).into_iter();
        parts.filter(|line| line.0.len() > 1).map(|line| Self { line, ..self.clone() }).collect()
    }

    /// The ground it takes.
    pub(crate) fn ground(&self) -> Polygon<f64> {
        ribbon(&self.line, |_| self.width)
    }
}

/// The frame of the town's streets, a little off north.
pub(crate) fn town_frame() -> Frame {
    Frame::new((760.0, -150.0), (0.975, 0.222))
}

/// The street grid, further than the town reaches.
pub(crate) fn grid() -> Vec<Way> {
    let mut dice = Dice::for_part(2);
    let frame = town_frame();
    let mut streets = Vec::new();
    for (names, lengthwise, reach) in [(EAST_WEST, true, 640.0), (NORTH_SOUTH, false, 860.0)] {
        let mut offset = -reach + 40.0;
        for (at, name) in names.iter().enumerate() {
            // Some streets end within the town: no grid is complete.
            let (from, to) = match at % 4 {
                1 => (-980.0, dice.between(160.0, 380.0)),
                3 => (dice.between(-260.0, -40.0), 980.0),
                _ => (-980.0, 980.0),
            };
            let mut run = from;
            let mut points = Vec::new();
            while run < to + 1.0 {
                let away = offset + dice.jitter(9.0) + 26.0 * (run / 980.0) * (run / 980.0);
                let point = if lengthwise { frame.at(run, away) } else { frame.at(away, run) };
                points.push((point.x, point.y));
                run += (to - from) / 5.0;
            }
            let width = if at % 3 == 1 { 20.0 } else { dice.between(8.5, 12.0) };
            streets.push(Way { name, line: bend(&points, 1), width });
            offset +=
                if lengthwise { dice.between(88.0, 150.0) } else { dice.between(104.0, 172.0) };
        }
    }
    streets
}

const EAST_WEST: &[&str] = &[
    "演示南兴街",
    "演示永和街",
    "演示织里街",
    "演示人民路",
    "演示文昌街",
    "演示劝学巷",
    "演示健康路",
    "演示北园街",
    "演示桑园街",
];
const NORTH_SOUTH: &[&str] = &[
    "演示滨河路",
    "演示老街",
    "演示东升路",
    "演示县学路",
    "演示中兴路",
    "演示枫树路",
    "演示体育路",
    "演示广场路",
    "演示东环路",
    "演示站前路",
];
