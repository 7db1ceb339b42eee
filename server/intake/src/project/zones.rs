//! The zones in which people write outlines, computed twice.

use domain::outline::Outline;
use geo::Coord;

use super::Crs;

#[test]
fn sites_s13_metres_of_every_zone_are_where_another_library_has_them() {
    for zone in 25..=45_u32 {
        let crs = Crs::named(&format!("EPSG:{}", 4513 + zone - 25)).unwrap();
        for (east, north) in
            [(300_000.0, 2_000_000.0), (499_500.0, 3_400_000.0), (690_000.0, 5_800_000.0)]
        {
            // Longer edges get corners between.
            let corners = [(0.0, 0.0), (90.0, 0.0), (90.0, 90.0)];
            let corners =
                corners.map(|(x, y)| Coord { x: f64::from(zone) * 1e6 + east + x, y: north + y });
            let lines = corners.map(|corner| format!("{} {}", corner.x, corner.y));
            let read = Outline::read(&lines.join("\n")).unwrap();
            let ring = &read.shape().0[0].exterior().0;
            for (own, corner) in ring.iter().zip(corners) {
                let theirs = crs.to_degrees(corner).unwrap();
                // A tenth of a millimetre.
                let apart = (own.x - theirs.x).abs().max((own.y - theirs.y).abs());
                assert!(apart < 1e-9, "{zone}: {own:?} {theirs:?}");
            }
        }
    }
}
