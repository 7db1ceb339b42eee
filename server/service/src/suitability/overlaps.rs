//! How much of a site a finding covers, by as much as is told of it. Where the outline is not shown, shares
//! are told in whole per cent and areas hardly at all: what is told then is a range, and whatever the rules
//! make of it is true of every figure in it.

use domain::{
    Localized,
    drawn::DrawnFeature,
    restriction::{
        ABOVE_99_PERCENT, BELOW_ONE_PERCENT, Figures, Finding, LayerFindings, Tolerance, is_unnamed,
    },
    suitability::{
        Overlap,
        amount::{Amount, Range},
    },
};

/// No site is larger, m²: many times the land there is.
const MOST_M2: f64 = 1e15;

/// Every feature of a layer that meets the site, by the code that `kind` finds in its name. `whole` is the
/// size of the site, m², if that is told: where figures are rounded, an area is that share of it.
pub(super) fn of(
    found: &LayerFindings,
    whole: Option<f64>,
    kind: &impl Fn(&Localized) -> String,
) -> impl Iterator<Item = Overlap> {
    found.findings.iter().map(move |graded| {
        let finding = &graded.finding;
        let tolerance = &found.layer.tolerance;
        let (area, share) = match found.figures {
            _ if finding.touches() => (range(0.0, 0.0), range(0.0, 0.0)),
            Figures::Exact => exactly(finding),
            Figures::WholePercent => rounded(finding, tolerance, whole),
        };
        let (kind, label) = (kind(&finding.label), name(&finding.label));
        let of_feature = finding.of_feature.and_then(|part| Range::measured(part.clamp(0.0, 1.0)));
        Overlap { kind, label, area, share, of_feature }
    })
}

/// A feature on ground that somebody drew, by the code of its name: its figures are ranges already.
pub(super) fn drawn(feature: &DrawnFeature, kind: String) -> Overlap {
    let ((least_m2, most_m2), (least, most)) = (feature.area_m2, feature.share);
    Overlap {
        kind,
        label: name(&feature.label),
        area: range(least_m2, most_m2),
        share: range(least, most),
        of_feature: None,
    }
}

/// What a feature is called; nothing where nobody named it.
fn name(label: &Localized) -> Localized {
    if is_unnamed(label) { Localized::default() } else { label.clone() }
}

/// What may be there beside the features that are known, where a layer of the theme does not reach the
/// site: anything, and nothing is known of it.
pub(super) fn anything() -> Overlap {
    Overlap {
        kind: String::new(),
        label: Localized::default(),
        area: range(0.0, MOST_M2),
        share: range(0.0, 1.0),
        of_feature: None,
    }
}

/// Where the ends fit no range, nothing is known of the figure: never that it is nothing.
fn range(lo: f64, hi: f64) -> Range {
    Range::between(lo, hi)
        .or_else(|| Range::between(0.0, MOST_M2))
        .unwrap_or_else(|| Range::exactly(Amount::ZERO))
}

/// Area in m², and share of the site.
fn exactly(finding: &Finding) -> (Range, Range) {
    let share = finding.share.clamp(0.0, 1.0);
    (range(finding.area_m2, finding.area_m2), range(share, share))
}

/// The same of what is told in whole per cent.
fn rounded(finding: &Finding, tolerance: &Tolerance, whole: Option<f64>) -> (Range, Range) {
    let told = finding.share;
    let (mut lo, mut hi) = if told <= BELOW_ONE_PERCENT {
        (0.0, 0.01)
    } else if told >= ABOVE_99_PERCENT {
        (0.99, 1.0)
    } else {
        ((told - 0.005).max(0.0), (told + 0.005).min(1.0))
    };
    let area = whole.filter(|whole| whole.is_finite() && *whole > 0.0);
    let (mut least, mut most) = area.map_or((0.0, MOST_M2), |whole| (lo * whole, hi * whole));
    // That it is a sliver or none is told of the exact figures, and so says something of them.
    let Tolerance { min_area_m2, min_share } = *tolerance;
    if finding.sliver {
        (hi, most) = (hi.min(below(min_share)), most.min(below(min_area_m2)));
        (lo, least) = (lo.min(hi), least.min(most));
    } else if hi < min_share {
        least = least.max(min_area_m2).min(most);
    }
    (range(least, most), range(lo, hi))
}

/// What is less than a limit, as nearly as amounts are told apart.
fn below(limit: f64) -> f64 {
    (limit - 1e-9).max(0.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::restriction::{LayerAnswer, Restrictions};

    use super::*;

    const TOLERANCE: Tolerance = Tolerance { min_area_m2: 30.0, min_share: 0.02 };

    fn finding(area_m2: f64, share: f64, sliver: bool) -> Finding {
        let (layer, feature) = ("farmland".to_owned(), "1".to_owned());
        Finding {
            layer,
            feature,
            label: Localized::default(),
            area_m2,
            share,
            sliver,
            of_feature: None,
        }
    }

    #[test]
    fn sites_s11_a_rounded_share_is_a_range_that_holds_every_figure_it_may_stand_for() {
        let told = |share, sliver, whole| rounded(&finding(0.0, share, sliver), &TOLERANCE, whole);
        let whole = Some(10_000.0);
        for (told_share, exact) in [
            (BELOW_ONE_PERCENT, 0.0001),
            (BELOW_ONE_PERCENT, 0.0099),
            (0.07, 0.0651),
            (0.07, 0.0749),
            (0.99, 0.99),
            (ABOVE_99_PERCENT, 0.9901),
            (ABOVE_99_PERCENT, 1.0),
        ] {
            for whole in [None, whole] {
                let (area, share) = told(told_share, false, whole);
                let holds = |range: Range, exact: f64| {
                    let exact = Amount::of(exact).unwrap();
                    range.lo <= exact && exact <= range.hi
                };
                assert!(holds(share, exact), "{told_share}: {exact} in {share:?}");
                // 1 m² is a sliver; what is none and below 2 % has 30 m² at least.
                let area_m2 = (exact * 10_000.0).max(30.0);
                assert!(holds(area, area_m2), "{told_share}: {area_m2} m² in {area:?}");
            }
        }
        // Below the share that counts and yet no sliver: the area reaches its own limit.
        assert_eq!(told(BELOW_ONE_PERCENT, false, None).0.lo, Amount::of(30.0).unwrap());
        assert_eq!(told(0.07, false, None).0, range(0.0, MOST_M2));
        let limit = Amount::of(30.0).unwrap();
        assert!(told(BELOW_ONE_PERCENT, true, whole).0.hi < limit, "a sliver is below it");
    }

    #[test]
    fn sites_s14_what_part_of_a_zone_lies_on_a_site_is_known_where_its_size_is() {
        let found = Finding { of_feature: Some(0.125), ..finding(12.5, 0.25, false) };
        let layer = |findings: &[Finding]| {
            let answer = LayerAnswer {
                layer: Arc::new(testkit::layer("farmland", "heritage")),
                covers: true,
            };
            let lists = Restrictions::sort(&[answer], findings, jiff::civil::date(2026, 11, 30));
            lists.concerned[0].layers[0].clone()
        };
        let part = |finding: Finding| {
            let overlap = of(&layer(&[finding]), None, &|_| String::new()).next().unwrap();
            overlap.of_feature
        };
        assert_eq!(part(found.clone()), Range::measured(0.125));
        assert_eq!(part(Finding { of_feature: None, ..found }), None);
    }

    #[test]
    fn exact_figures_stay_exact() {
        let exact = exactly(&finding(12.5, 0.25, false));
        assert_eq!(exact, (Range::measured(12.5).unwrap(), Range::measured(0.25).unwrap()));
    }
}
