use jiff::civil::date;

use super::*;
use crate::{severity::Severity, theme::themes};

const TODAY: Date = date(2026, 11, 22);

/// What a layer of 10 m² and 1 % says of a parcel that its data reach.
pub(crate) fn layer(id: &str, theme: &str) -> LayerAnswer {
    let layer = LayerInfo {
        id: id.into(),
        theme: ThemeId(theme.into()),
        title: Localized::same(id),
        status: LawStatus::InForce,
        office: Localized::default(),
        source_date: date(2026, 1, 1),
        published_from: None,
        published_until: None,
        documents: Vec::new(),
        tolerance: Tolerance { min_area_m2: 10.0, min_share: 0.01 },
    };
    LayerAnswer { layer: Arc::new(layer), covers: true }
}

fn finding(layer: &str, feature: &str, area_m2: f64, sliver: bool) -> Finding {
    Finding {
        layer: layer.into(),
        feature: feature.into(),
        label: Localized::same(feature),
        area_m2,
        share: area_m2 / 1000.0,
        sliver,
        of_feature: None,
    }
}

fn names(list: &[ThemeAnswer]) -> Vec<&str> {
    list.iter().map(|answer| answer.theme.id.0.as_str()).collect()
}

#[test]
fn every_theme_that_is_wholly_known_or_not_at_all_stands_in_exactly_one_list() {
    let answers = [
        layer("zoning", "planning_use"),
        layer("zoning-change", "planning_use"),
        layer("rivers", "flood"),
    ];
    let findings = [finding("zoning", "R2", 800.0, false)];
    let lists = Restrictions::sort(&answers, &findings, TODAY);
    assert_eq!(names(&lists.concerned), ["planning_use"]);
    assert_eq!(names(&lists.not_concerned), ["flood"]);
    let mut listed =
        [names(&lists.concerned), names(&lists.not_concerned), names(&lists.no_data)].concat();
    listed.sort_unstable();
    let mut every: Vec<_> = themes().iter().map(|theme| theme.id.0.as_str()).collect();
    every.sort_unstable();
    assert_eq!(listed, every);
}

#[test]
fn z4_without_any_layer_every_theme_is_without_data() {
    let lists = Restrictions::sort(&[], &[finding("rivers", "1", 500.0, false)], TODAY);
    assert_eq!(lists.no_data.len(), themes().len());
    assert!(lists.no_data.iter().all(|answer| answer.layers.is_empty()));
}

#[test]
fn z4_a_layer_that_does_not_reach_the_parcel_has_no_data() {
    let away = LayerAnswer { covers: false, ..layer("rivers", "flood") };
    let lists = Restrictions::sort(&[away], &[], TODAY);
    assert!(names(&lists.no_data).contains(&"flood"));
    assert!(lists.concerned.is_empty() && lists.not_concerned.is_empty());
}

#[test]
fn z4_another_layer_of_the_theme_does_not_hide_one_that_is_not_known() {
    let away = LayerAnswer { covers: false, ..layer("landmarks", "heritage") };
    let answers = [layer("districts", "heritage"), away.clone()];
    let lists = Restrictions::sort(&answers, &[], TODAY);
    assert!(names(&lists.no_data).contains(&"heritage"));
    assert!(lists.not_concerned.is_empty());
    // What is known to concern it still does.
    let found = [finding("districts", "1", 500.0, false)];
    let lists = Restrictions::sort(&answers, &found, TODAY);
    assert_eq!(names(&lists.concerned), ["heritage"]);
    assert_eq!(lists.concerned[0].layers.len(), 1);
    // And what is not known of it is said beside it, by the layer's name.
    let half: Vec<_> = lists.half_known().collect();
    assert_eq!(half.len(), 1);
    assert_eq!((half[0].theme.id.0.as_str(), half[0].severity), ("heritage", None));
    let named: Vec<_> = half[0].missing.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(named, ["landmarks"]);
    let known = Restrictions::sort(&answers[..1], &found, TODAY);
    assert_eq!(known.half_known().count(), 0);
    assert!(!names(&known.no_data).contains(&"heritage"));
    // One that is not published yet is not missed.
    let mut later = away;
    Arc::make_mut(&mut later.layer).published_from =
        TODAY.checked_add(jiff::Span::new().days(1)).ok();
    let lists = Restrictions::sort(&[layer("districts", "heritage"), later], &[], TODAY);
    assert_eq!(names(&lists.not_concerned), ["heritage"]);
}

#[test]
fn z4_what_a_layer_found_says_nothing_of_ground_that_it_does_not_reach() {
    let half = LayerAnswer { covers: false, ..layer("rivers", "flood") };
    let found = [finding("rivers", "1", 500.0, false)];
    let lists = Restrictions::sort(std::slice::from_ref(&half), &found, TODAY);
    assert_eq!(names(&lists.concerned), ["flood"]);
    let unknown: Vec<_> = lists.half_known().flat_map(|answer| &answer.missing).collect();
    assert_eq!(unknown, [&half.layer]);
    // A sliver in the part that it reaches is not all of what is there.
    let sliver = [finding("rivers", "bank", 3.0, true)];
    let lists = Restrictions::sort(&[half], &sliver, TODAY);
    assert!(lists.concerned.is_empty() && lists.not_concerned.is_empty());
    assert!(names(&lists.no_data).contains(&"flood"));
}

#[test]
fn z4_an_unpublished_layer_has_no_data_whatever_it_found() {
    let day = |offset: i64| TODAY.checked_add(jiff::Span::new().days(offset)).unwrap();
    let at = |from: Option<i64>, until: Option<i64>| {
        let mut answer = layer("line", "ecological_red_line");
        let layer = Arc::make_mut(&mut answer.layer);
        (layer.published_from, layer.published_until) = (from.map(day), until.map(day));
        let lists = Restrictions::sort(&[answer], &[finding("line", "A", 900.0, false)], TODAY);
        (names(&lists.concerned).len(), format!("{:?}", lists.no_data).contains("900.0"))
    };
    assert_eq!(at(Some(1), None), (0, false), "published tomorrow");
    assert_eq!(at(None, Some(-1)), (0, false), "published until yesterday");
    assert_eq!(at(Some(0), Some(0)), (1, false), "published today only");
}

#[test]
fn nothing_but_slivers_is_no_restriction_and_they_are_still_listed() {
    let found = [finding("rivers", "bank", 3.0, true)];
    let lists = Restrictions::sort(&[layer("rivers", "flood")], &found, TODAY);
    assert_eq!(names(&lists.not_concerned), ["flood"]);
    assert_eq!(lists.not_concerned[0].layers[0].findings[0].finding, found[0]);
}

#[test]
fn a_layer_is_judged_by_the_sum_of_its_pieces() {
    // 200 strips of 0.095 m² on 1000 m²: 1.9 % where 1 % counts.
    let strips: Vec<Finding> =
        (0..200).map(|at| finding("rivers", &format!("{at:03}"), 0.095, true)).collect();
    let lists = Restrictions::sort(&[layer("rivers", "flood")], &strips, TODAY);
    assert_eq!(names(&lists.concerned), ["flood"]);
    let found = &lists.concerned[0].layers[0];
    assert_eq!(found.findings.iter().filter(|it| it.finding.sliver).count(), 200);
    let (area, share) = found.slivers_together().unwrap();
    assert!((area - 19.0).abs() < 1e-9 && (share - 0.019).abs() < 1e-9, "{area} {share}");
    // Half of them are below the tolerance together, too.
    let lists = Restrictions::sort(&[layer("rivers", "flood")], &strips[..99], TODAY);
    assert_eq!(names(&lists.not_concerned), ["flood"]);
    assert_eq!(lists.not_concerned[0].layers[0].slivers_together(), None);
    // Another layer's strips are another layer's.
    let answers = [layer("rivers", "flood"), layer("sea", "flood")];
    let mut two = strips[..99].to_vec();
    two.extend(strips[99..198].iter().cloned().map(|f| Finding { layer: "sea".into(), ..f }));
    let lists = Restrictions::sort(&answers, &two, TODAY);
    assert_eq!(names(&lists.not_concerned), ["flood"]);
}

#[test]
fn a_line_that_touches_concerns_and_has_no_figure() {
    let found = [Finding { area_m2: 0.0, share: 0.0, ..finding("rivers", "pipe", 0.0, false) }];
    let lists = Restrictions::sort(&[layer("rivers", "flood")], &found, TODAY);
    assert_eq!(names(&lists.concerned), ["flood"]);
    let json = serde_json::to_string(&found[0]).unwrap();
    assert!(!json.contains("area") && !json.contains("share"), "{json}");
    assert_eq!(serde_json::from_str::<Finding>(&json).unwrap(), found[0]);
    // Where nothing is found a tolerance of nothing finds nothing either.
    let none = Tolerance { min_area_m2: 0.0, min_share: 0.0 };
    assert!(!none.concerns(&[]));
}

#[test]
fn findings_come_largest_first_and_slivers_last() {
    let found = [
        finding("zoning", "sliver", 9.0, true),
        finding("zoning", "small", 5.0, false),
        finding("zoning", "large", 700.0, false),
        finding("unknown", "elsewhere", 100.0, false),
    ];
    let lists = Restrictions::sort(&[layer("zoning", "planning_use")], &found, TODAY);
    let order: Vec<_> =
        lists.concerned[0].layers[0].findings.iter().map(|f| f.finding.feature.as_str()).collect();
    assert_eq!(order, ["large", "small", "sliver"]);
}

#[test]
fn what_was_found_comes_gravest_first_and_says_how_grave_it_is() {
    let answers = [
        layer("zoning", "planning_use"),
        layer("farmland", "permanent_basic_farmland"),
        layer("boundary", "urban_development_boundary"),
        layer("hazard", "geological_hazard"),
    ];
    let found = [
        finding("zoning", "居住用地", 900.0, false),
        finding("farmland", "永久基本农田", 100.0, false),
        finding("boundary", "城镇集中建设区", 1000.0, false),
        finding("hazard", "低易发区", 800.0, false),
        finding("hazard", "滑坡危险区", 20.0, false),
    ];
    let lists = Restrictions::sort(&answers, &found, TODAY);
    let told: Vec<_> = lists.by_severity().iter().map(|(severity, _)| *severity).collect();
    assert_eq!(
        told,
        [Severity::Danger, Severity::Prohibits, Severity::MustConform, Severity::Informs]
    );
    assert_eq!(names(&lists.concerned)[..2], ["geological_hazard", "permanent_basic_farmland"]);
    let hazard = &lists.concerned[0];
    let order: Vec<_> = hazard.layers[0].findings.iter().map(|it| it.severity).collect();
    assert_eq!(order, [Severity::Danger, Severity::NeedsConsent], "the grave one, however small");
    let named: Vec<_> = hazard.gravest().map(|label| label.zh.as_str()).collect();
    assert_eq!(named, ["滑坡危险区"]);
    let json = serde_json::to_value(hazard).unwrap();
    assert_eq!(json["severity"], "danger");
    assert_eq!(json["layers"][0]["findings"][1]["severity"], "needs_consent");
}

#[test]
fn to_be_inside_the_urban_boundary_is_no_warning_and_outside_asks_for_consent() {
    let answers = [layer("boundary", "urban_development_boundary")];
    let inside = [finding("boundary", "城镇集中建设区", 1000.0, false)];
    let of = |found: &[Finding]| {
        let lists = Restrictions::sort(&answers, found, TODAY);
        lists.by_severity().first().map(|(severity, _)| *severity)
    };
    assert_eq!(of(&inside), Some(Severity::Informs));
    assert_eq!(of(&[]), Some(Severity::NeedsConsent));
    // Where nobody knows, nothing is said (rule Z4).
    assert!(Restrictions::sort(&[], &[], TODAY).by_severity().is_empty());
}

#[test]
fn a_change_without_effect_only_informs_unless_people_are_in_danger() {
    for (theme, label, severity) in [
        ("permanent_basic_farmland", "永久基本农田", Severity::Informs),
        ("geological_hazard", "滑坡危险区", Severity::Danger),
    ] {
        let mut answer = layer("draft", theme);
        Arc::make_mut(&mut answer.layer).status = LawStatus::ChangeWithoutPreEffect;
        let found = [finding("draft", label, 900.0, false)];
        let lists = Restrictions::sort(&[answer], &found, TODAY);
        assert_eq!(lists.concerned[0].severity, Some(severity));
    }
}

#[test]
fn an_overlap_that_reaches_either_figure_is_no_sliver() {
    let tolerance = Tolerance { min_area_m2: 10.0, min_share: 0.01 };
    assert!(tolerance.is_sliver(9.9, 0.009));
    assert!(!tolerance.is_sliver(10.0, 0.001));
    assert!(!tolerance.is_sliver(1.0, 0.01));
}

#[test]
fn figures_in_whole_percents_keep_what_concerns_and_tell_no_area_of_their_own() {
    let answers = [layer("zoning", "planning_use"), layer("rivers", "flood")];
    let mut findings = vec![
        finding("zoning", "b", 123.4, false),
        finding("zoning", "a", 123.6, false),
        finding("zoning", "c", 999.9, false),
    ];
    // Twenty strips of half a per thousand, each below the tolerance.
    findings.extend((0..30).map(|at| finding("rivers", &format!("{at:02}"), 0.5, true)));
    let exact = Restrictions::sort(&answers, &findings, TODAY);
    for (registered, areas, together) in [
        (Some(27_869.7), [0.0, 3_300.0, 3_300.0], (600.0, 0.02)),
        (None, [0.0, 0.0, 0.0], (0.0, 0.02)),
    ] {
        let rounded = exact.clone().in_whole_percents(registered);
        assert_eq!(rounded.figures, Figures::WholePercent);
        let zoning = rounded.concerned.iter().find(|it| it.theme.id.0 == "planning_use").unwrap();
        let told = &zoning.layers[0];
        let of = |found: &LayerFindings| -> Vec<Finding> {
            found.findings.iter().map(|it| it.finding.clone()).collect()
        };
        let told = of(told);
        let figures: Vec<_> = told.iter().map(|f| (f.feature.as_str(), f.share)).collect();
        assert_eq!(figures, [("c", 0.995), ("a", 0.12), ("b", 0.12)]);
        assert_eq!(told.iter().map(|f| f.area_m2).collect::<Vec<_>>(), areas);
        let strips = rounded.concerned.iter().find(|it| it.theme.id.0 == "flood").unwrap();
        let strips = &strips.layers[0];
        assert!(strips.concerns(), "by what they really are");
        assert_eq!(strips.slivers_together(), Some(together));
        assert!(of(strips).iter().all(|f| f.area_m2 == 0.0 && f.share == 0.005));
        assert!(of(strips).iter().all(|f| !f.touches()));
    }
}

#[test]
fn z4_slivers_of_a_danger_count_together_beside_a_large_milder_finding() {
    let mut found: Vec<Finding> =
        (0..20).map(|at| finding("hazard", "滑坡危险区", 4.0, at >= 0)).collect();
    found.push(finding("hazard", "低易发区", 1000.0, false));
    let answers = [layer("hazard", "geological_hazard")];
    let lists = Restrictions::sort(&answers, &found, TODAY);
    let hazard = &lists.concerned[0];
    assert_eq!(hazard.severity, Some(Severity::Danger), "80 m² of it, in 20 strips");
    assert_eq!(hazard.layers[0].counted().count(), found.len());
    // Strips that are nothing together stay an edge.
    let few = Restrictions::sort(&answers, &found[19..], TODAY);
    assert_eq!(few.concerned[0].severity, Some(Severity::NeedsConsent));
    assert_eq!(few.concerned[0].layers[0].counted().count(), 1);
}
