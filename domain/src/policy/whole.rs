//! What may be given out as a whole, feature by feature, to anybody who asks: base maps, layers, parcels.
//! Coarser than a profile's rows: where a row shows something of one place, all places together are another
//! matter (rule M4).

use jiff::civil::Date;

use super::{Basis, Disclosure, Field, Policy};
use crate::{dataset::DatasetInfo, restriction::LayerInfo, viewer::Tier};

impl Policy {
    /// Whether all of a base map may be taken along that is kept on a grid of `grid_m` (none for as its source
    /// has it): one that is shown, and is kept no finer than it may be shown (rule M3). One that is kept finer is
    /// coarsened for each answer, and its features are then other ones in each box.
    #[must_use]
    pub fn gives_out_base_map(&self, dataset: &DatasetInfo, grid_m: Option<f64>) -> bool {
        let coarse =
            self.base_map_grid_m.is_none_or(|wanted| grid_m.is_some_and(|grid_m| grid_m >= wanted));
        self.shows_base_map(dataset) && coarse
    }

    /// Whether all features of a layer may be taken along, as they are: where anybody may have layers themselves
    /// (row 36), what the layer's theme says of places is told to everybody, and it is published on that day.
    #[must_use]
    pub fn gives_out_layer(&self, layer: &LayerInfo, today: Date) -> bool {
        self.cell(Field::RestrictionVectors, Tier::Public) == Disclosure::Show
            && self.shows_theme(&layer.theme, Tier::Public)
            && layer.is_published(today)
    }

    /// Whether parcels may be taken along with their outlines: those of an open cadastre alone, that shows
    /// everybody code and outline in full (rule M4).
    #[must_use]
    pub fn gives_out_parcels(&self) -> bool {
        let shows = |field| self.cell(field, Tier::Public) == Disclosure::Show;
        self.basis == Basis::OpenCadastre && shows(Field::ParcelCode) && shows(Field::Outline)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::{
        dataset::DatasetInfo,
        localized::Localized,
        policy::Policies,
        restriction::{LawStatus, LayerInfo, Tolerance},
        theme::ThemeId,
    };

    fn dataset(policy: &str, demonstration: bool) -> DatasetInfo {
        DatasetInfo {
            id: "trial".into(),
            title: Localized::same("Trial"),
            source: Localized::same("Nobody"),
            map_review_number: Some("审图号".into()),
            source_date: date(2026, 1, 1),
            demonstration,
            policy: policy.into(),
        }
    }

    fn layer(theme: &str) -> LayerInfo {
        LayerInfo {
            id: "trial".into(),
            theme: ThemeId(theme.into()),
            title: Localized::same("Trial"),
            status: LawStatus::InForce,
            office: Localized::same("Office"),
            source_date: date(2026, 1, 1),
            published_from: Some(date(2026, 2, 1)),
            published_until: Some(date(2026, 2, 28)),
            documents: Vec::new(),
            tolerance: Tolerance { min_area_m2: 1.0, min_share: 0.01 },
        }
    }

    #[test]
    fn m4_a_register_gives_out_no_layer_and_no_parcels_whatever_its_switches() {
        let policies = Policies::embedded().unwrap();
        for demonstration in [false, true] {
            let policy = policies.governing(&dataset("zhejiang", demonstration)).unwrap();
            assert!(!policy.gives_out_parcels());
            for theme in ["permanent_basic_farmland", "geological_hazard", "wetland", "unheard_of"]
            {
                assert!(!policy.gives_out_layer(&layer(theme), date(2026, 2, 2)), "{theme}");
            }
        }
    }

    #[test]
    fn m4_an_open_cadastre_gives_out_what_it_shows_while_it_is_published() {
        let policies = Policies::embedded().unwrap();
        let policy = policies.governing(&dataset("open-cadastre", false)).unwrap();
        assert!(policy.gives_out_parcels());
        let farmland = layer("permanent_basic_farmland");
        for (day, given) in [(1, true), (28, true)] {
            assert_eq!(policy.gives_out_layer(&farmland, date(2026, 2, day)), given);
        }
        for day in [date(2026, 1, 31), date(2026, 3, 1)] {
            assert!(!policy.gives_out_layer(&farmland, day));
        }
        // A theme of which no row speaks is denied.
        assert!(!policy.gives_out_layer(&layer("unheard_of"), date(2026, 2, 2)));
    }

    #[test]
    fn m3_a_base_map_that_is_kept_finer_than_it_may_be_shown_is_not_given_out() {
        let policies = Policies::embedded().unwrap();
        let register = dataset("zhejiang", true);
        let policy = policies.governing(&register).unwrap();
        assert!(policy.gives_out_base_map(&register, Some(25.0)));
        assert!(!policy.gives_out_base_map(&register, Some(24.0)));
        assert!(!policy.gives_out_base_map(&register, None));
        let open = dataset("open-cadastre", false);
        let policy = policies.governing(&open).unwrap();
        assert!(policy.gives_out_base_map(&open, None));
        // Without a review number a register's own is not shown at all (M1).
        let unreviewed = DatasetInfo { map_review_number: None, ..dataset("zhejiang", false) };
        let policy = policies.governing(&unreviewed).unwrap();
        assert!(!policy.gives_out_base_map(&unreviewed, Some(25.0)));
    }
}
