//! What one data set does not find on a parcel may stand in another (*sites S2*).

use domain::{
    Clock, LandCode, Localized,
    restriction::LayerInfo,
    suitability::{Answer, Cause, FactKey},
};
use geo::MultiPolygon;
use service::probing::ProbingConfig;
use service_api::{Judged, Portal, SitesAsked, Told, site_search::Band};
use store::{Imports, LayerToStore, RestrictionFeature};
use testkit::{parcel_code as code, square};

use super::register::{
    Noon, Searched, closed, data, empty, fine, info, over, parcel, publish, visit,
};

/// Another data set that has no parcels, and of a theme a square with its corner so far from the first parcel,
/// degrees.
fn drawn(searched: &Searched, theme: &str, (east, north): (f64, f64)) {
    let mut writer = searched.store.begin_import(&data("drawn", "open-cadastre")).unwrap();
    let info: LayerInfo = info(theme);
    writer.put_layer(&LayerToStore { info: info.clone(), coverage: None }).unwrap();
    let outline = MultiPolygon(vec![square(119.9 + east, 30.5 + north, 0.001)]);
    let feature = RestrictionFeature { id: "1".into(), label: Localized::same("一处"), outline };
    writer.put_restriction(&info.id, &feature).unwrap();
    writer.publish(Noon.now()).unwrap();
}

/// By code, and by the search: the band must be that of the answer.
async fn judged(searched: &Searched) -> Judged {
    let wanted = searched.wanted("cafe", "no");
    let place = [LandCode::Parcel(code(1))];
    let (rules, answers) = (wanted.rules.clone(), wanted.answers.clone());
    let asked = SitesAsked::new(rules, wanted.use_at, &place, answers).unwrap();
    let mut told = searched.portal.assess(&visit(), &asked).await.unwrap();
    let Told::Judged(judged) = told.sites.remove(0).told else { panic!() };
    let band = Band::of(judged.verdict.answer);
    for other in Band::ALL {
        let found = searched.all(&wanted, other).await;
        let same = found.contains(&(place[0], judged.verdict.answer));
        assert_eq!(same, other == band, "{other:?}: {found:?}");
    }
    *judged
}

async fn searched(theme: &str, at: (f64, f64)) -> Searched {
    let searched = empty().with(&data("open", "open-cadastre"), &[fine(parcel(1, 1_000.0))]);
    drawn(&searched, theme, at);
    searched.put_together().await
}

#[tokio::test]
async fn sites_s2_the_silence_of_a_layer_is_no_permission_where_another_data_set_has_features_of_its_theme()
 {
    let farmland = "permanent_basic_farmland";
    let covered = judged(&searched(farmland, (0.0, 0.0)).await).await;
    assert_eq!(covered.verdict.answer, Answer::CannotBeSaid);
    let gaps = covered.verdict.findings.iter().flat_map(|finding| &finding.gaps);
    let of = gaps.filter(|gap| gap.fact == FactKey::Overlaps("basic-farmland".into()));
    let causes: Vec<Cause> = of.map(|gap| gap.cause).collect();
    assert!(!causes.is_empty() && causes.iter().all(|cause| *cause == Cause::NotCovered));
    // Kilometres away, or of a theme that no rule of a café looks at here, it says nothing of the parcel.
    for (theme, at) in [(farmland, (0.1, 0.0)), (farmland, (0.0, 0.1)), ("mineral", (0.0, 0.0))] {
        let free = judged(&searched(theme, at).await).await;
        assert_eq!(free.verdict.answer, Answer::Suits, "{theme} {at:?}");
    }
}

#[tokio::test]
async fn sites_s2_what_a_layer_found_stands_beside_another_data_set() {
    let mut ground = fine(parcel(1, 1_000.0));
    let mut found = ground.findings[0].clone();
    let farmland = info("permanent_basic_farmland").id;
    (found.layer, found.label) = (farmland, Localized::same("永久基本农田"));
    ground.findings.push(found);
    let searched = empty().with(&data("open", "open-cadastre"), &[ground]);
    drawn(&searched, "permanent_basic_farmland", (0.0, 0.0));
    let told = judged(&searched.put_together().await).await;
    assert_eq!(told.verdict.answer, Answer::DoesNot);
}

#[tokio::test]
async fn sites_s11_what_everybody_may_not_be_told_of_another_data_set_changes_nothing() {
    let mut said = Vec::new();
    for other in [None, Some("wetland")] {
        let land = [fine(parcel(1, 1_000.0))];
        let searched = over(closed(), ProbingConfig::default());
        publish(&searched.store, &data("open", "zhejiang"), &land);
        if let Some(theme) = other {
            // Its policy shows no wetland either.
            let mut writer = searched.store.begin_import(&data("drawn", "zhejiang")).unwrap();
            let info = info(theme);
            writer.put_layer(&LayerToStore { info: info.clone(), coverage: None }).unwrap();
            let outline = MultiPolygon(vec![square(119.9, 30.5, 0.001)]);
            let label = Localized::same("国家重要湿地");
            let feature = RestrictionFeature { id: "1".into(), label, outline };
            writer.put_restriction(&info.id, &feature).unwrap();
            writer.publish(Noon.now()).unwrap();
        }
        let wanted = searched.wanted("cafe", "no");
        let place = [LandCode::Parcel(code(1))];
        let asked =
            SitesAsked::new(wanted.rules.clone(), wanted.use_at, &place, wanted.answers.clone());
        let told = searched.portal.assess(&visit(), &asked.unwrap()).await.unwrap();
        said.push(format!("{:?}", told.sites));
    }
    assert_eq!(said[0], said[1]);
}
