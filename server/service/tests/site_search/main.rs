//! *Where could I?* over a real store: every site that a list may name, by what may be shown of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

mod changes;
#[path = "../common/mod.rs"]
mod common;
mod elsewhere;
mod register;

use std::collections::BTreeMap;

use domain::{
    LandCode, Localized,
    policy::{Field, Policies},
    record::ParcelRecord,
    restriction::Finding,
    suitability::{FactKey, Facts},
};
use geo::MultiPolygon;
use jiff::civil::date;
use service::probing::{Allowance, ProbingConfig};
use service_api::{
    Portal, Refusal, SiteSearch, SitesAsked, SitesFound, SitesWanted, Told,
    site_search::{Band, Count, Sizes},
};
use testkit::parcel_code as code;

use register::{
    Chance, Ground, closed, data, empty, fine, land, over, parcel, publish, supplied, visit,
};

#[tokio::test]
async fn sites_q1_the_band_of_every_site_is_the_verdict_that_it_is_told_alone() {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let land: Vec<Ground> =
        (1..=300).map(|number| land(&mut chance, parcel(number, 900.0))).collect();
    // Shares are exact in one, and in whole per cent in the other: there limits lie within a figure.
    let coarse: Vec<Ground> =
        (301..=420).map(|number| self::land(&mut chance, supplied(number, 900.0))).collect();
    let searched = empty()
        .with(&data("open", "open-cadastre"), &land)
        .with(&data("closed", "zhejiang"), &coarse)
        .put_together()
        .await;
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for (of, answer) in [("cafe", "no"), ("factory", "yes"), ("greenhouse", "unknown")] {
        let wanted = searched.wanted(of, answer);
        let mut told = BTreeMap::new();
        for band in Band::ALL {
            for (code, answer) in searched.all(&wanted, band).await {
                assert_eq!(Band::of(answer), band);
                assert_eq!(told.insert(code, answer), None, "{code} stands twice");
            }
        }
        assert_eq!(told.len(), 420);
        let codes: Vec<LandCode> = told.keys().copied().collect();
        for some in codes.chunks(20) {
            let asked =
                SitesAsked::new(wanted.rules.clone(), wanted.use_at, some, wanted.answers.clone());
            let alone = searched.portal.assess(&visit(), &asked.unwrap()).await.unwrap();
            for site in alone.sites {
                let Told::Judged(judged) = site.told else { panic!("{:?}", site.told) };
                let answer = judged.verdict.answer;
                assert_eq!(told[&LandCode::Parcel(site.parcel)], answer, "{of} {}", site.parcel);
                *said.entry(format!("{answer:?}")).or_default() += 1;
            }
        }
    }
    assert_eq!(said.len(), 4, "every answer is among them: {said:?}");
}

#[tokio::test]
async fn sites_q3_what_is_missing_and_what_a_rule_costs_is_counted() {
    let mut unknown = fine(parcel(3, 1_000.0));
    unknown.reaching.retain(|layer| layer != "ecological-red-line");
    let on_farmland = |number| {
        let mut ground = fine(parcel(number, 1_000.0));
        ground.findings.push(Finding {
            layer: "permanent-basic-farmland".into(),
            feature: "0".into(),
            label: Localized::same("永久基本农田"),
            area_m2: 500.0,
            share: 0.5,
            sliver: false,
            of_feature: None,
        });
        ground
    };
    let land = [on_farmland(1), on_farmland(2), unknown];
    let searched = empty().with(&data("open", "open-cadastre"), &land).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    let found = searched.found(&wanted).await;
    assert_eq!(found.bands, [Count::Exactly(0), Count::Exactly(1), Count::Exactly(2)]);
    let red_line = FactKey::Overlaps("red-line".to_owned());
    assert_eq!(found.missing, [(red_line, Count::Exactly(1))]);
    let costs = |rule: &str| found.without.iter().find(|(id, _)| id == rule).map(|it| it.1);
    assert_eq!(costs("permanent-farmland"), Some(Count::Exactly(2)), "{:?}", found.without);
    assert_eq!(found.relax(), Some("permanent-farmland"), "nothing suits: this one costs most");
    let with_one = searched.with(&data("more", "open-cadastre"), &[fine(parcel(4, 1_000.0))]);
    let found = with_one.put_together().await.found(&wanted).await;
    assert_eq!((found.bands[0], found.relax()), (Count::Exactly(1), None));
    assert_eq!(found.suits, (Count::Exactly(1), Count::Exactly(0)));
}

#[tokio::test]
async fn sites_q4_nothing_is_answered_by_data_that_are_not_current() {
    let land = [fine(parcel(1, 1_000.0))];
    let searched = empty().with(&data("open", "open-cadastre"), &land);
    let wanted = searched.wanted("cafe", "no");
    let not_yet = |told| matches!(told, SiteSearch::NotYet { retry_after } if retry_after > 0);
    assert!(not_yet(searched.search(&wanted).await), "nothing is put together");
    let searched = searched.put_together().await;
    assert_eq!(searched.found(&wanted).await.bands[0], Count::Exactly(1));
    publish(
        &searched.store,
        &data("open", "open-cadastre"),
        &[fine(parcel(2, 1_000.0)), fine(parcel(3, 1_000.0))],
    );
    assert!(not_yet(searched.search(&wanted).await), "it is of the version before");
    let searched = searched.put_together().await;
    let codes: Vec<_> = searched.all(&wanted, Band::Yes).await.into_iter().map(|it| it.0).collect();
    assert_eq!(codes, [2, 3].map(|number| LandCode::Parcel(code(number))));
}

#[tokio::test]
async fn sites_q4_the_index_keeps_itself_up_to_date() {
    let searched = empty().with(&data("open", "open-cadastre"), &[fine(parcel(1, 1_000.0))]);
    let wanted = searched.wanted("cafe", "no");
    let keeping = tokio::spawn(searched.portal.site_search().unwrap().keep());
    for expected in [1, 2] {
        let found = loop {
            if let SiteSearch::Found(found) = searched.search(&wanted).await {
                break found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        assert_eq!(found.bands[0], Count::Exactly(expected));
        let more = [fine(parcel(1, 1_000.0)), fine(parcel(2, 1_000.0))];
        publish(&searched.store, &data("open", "open-cadastre"), &more);
    }
    keeping.abort();
}

#[tokio::test]
async fn sites_q5_of_a_register_only_what_is_published_as_a_list_is_searched() {
    let classified = ParcelRecord { classified: true, ..supplied(3, 1_000.0) };
    let ended = ParcelRecord { valid_to: Some(date(2021, 1, 1)), ..supplied(4, 1_000.0) };
    let mut planned = supplied(5, 1_000.0);
    planned.events[0].date = date(2027, 1, 1);
    let land = [supplied(1, 1_000.0), parcel(2, 1_000.0), classified, ended, planned].map(fine);
    let searched = empty().with(&data("register", "zhejiang"), &land).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    let found = searched.found(&wanted).await;
    let codes: Vec<_> = found.sites.iter().map(|site| site.code).collect();
    assert_eq!(
        codes,
        [code(1)],
        "neither one that is only shown by its code, nor a classified one"
    );
    assert!(found.listed_only);
    assert_eq!(found.bands, [Count::Few, Count::Exactly(0), Count::Exactly(0)], "M4: small counts");
    let site = &found.sites[0];
    let (x, y) = site.point.unwrap();
    for degrees in [x, y] {
        assert!(
            (degrees * 1e3 - (degrees * 1e3).round()).abs() < 1e-9,
            "M3: three decimals: {degrees}"
        );
    }
    assert!(site.location.is_some());

    let none = [fine(parcel(2, 1_000.0))];
    let register = empty().with(&data("register", "zhejiang"), &none).put_together().await;
    assert!(matches!(register.search(&wanted).await, SiteSearch::NoList));
    // Nor of rules that are for land elsewhere.
    let cambridge = searched.portal.rule_sets().into_iter().find(|it| it.id == "cambridge");
    let elsewhere =
        SitesWanted { rules: cambridge.unwrap(), use_at: 0, answers: Facts::default(), ..wanted };
    assert!(matches!(searched.search(&elsewhere).await, SiteSearch::NoList));
}

#[tokio::test]
async fn sites_q5_a_search_costs_what_it_names() {
    let land: Vec<Ground> = (1..=60).map(|number| fine(parcel(number, 1_000.0))).collect();
    let searched = over(Policies::embedded().unwrap(), ProbingConfig::default())
        .with(&data("open", "open-cadastre"), &land)
        .put_together()
        .await;
    let (wanted, one) = (searched.wanted("cafe", "no"), visit());
    assert_eq!(
        searched.found(&SitesWanted { limit: 1_000, ..wanted.clone() }).await.sites.len(),
        50
    );
    let mut answered = 0;
    let refused = loop {
        match searched.portal.search_sites(&one, &wanted).await {
            Ok(_) => answered += 1,
            Err(refusal) => break refusal,
        }
        assert!(answered < 200, "P6: nobody reads a register through searches");
    };
    assert!(answered > 0 && matches!(refused, Refusal::TooMany { .. }));
}

#[tokio::test]
async fn sites_of_other_sizes_are_left_out_and_one_of_no_known_size_may_fit() {
    let mut sizeless = parcel(4, 0.0);
    sizeless.fields.remove(&Field::ParcelArea);
    sizeless.outline = MultiPolygon(Vec::new());
    let land = [parcel(1, 499.0), parcel(2, 500.0), parcel(3, 2_000.0), sizeless].map(fine);
    let searched = empty().with(&data("open", "open-cadastre"), &land).put_together().await;
    let sizes = Sizes { least: Sizes::step(500), most: Sizes::step(2_000) };
    let all = searched.wanted("cafe", "no");
    let wanted = SitesWanted { sizes, ..all.clone() };
    let found = searched.found(&wanted).await;
    assert_eq!(found.other_sizes, Count::Exactly(2));
    let codes = |band| {
        let sites = searched.all(&wanted, band);
        async { sites.await.into_iter().map(|it| it.0.parcel()).collect::<Vec<_>>() }
    };
    assert_eq!(codes(Band::Yes).await, [code(2)]);
    let before = searched.found(&all).await;
    if before.bands[Band::No as usize].is_none() {
        assert_eq!(codes(Band::Maybe).await, [code(4)], "of what size it is nobody knows");
        assert!(found.missing.iter().any(|(fact, _)| *fact == FactKey::Area));
    }
    assert_eq!(before.other_sizes, Count::Exactly(0), "who does not ask for a size gets all");
}

#[tokio::test]
async fn sites_s11_registers_that_differ_only_in_what_is_concealed_are_searched_alike_to_the_byte()
{
    let mut said: Vec<String> = Vec::new();
    // A wetland that covers some sites, lies elsewhere, or is not there; other parcels that no list names.
    for world in 0..4_u32 {
        let mut land: Vec<Ground> = (1..=30).map(|it| fine(supplied(it, 900.0))).collect();
        for (at, ground) in land.iter_mut().enumerate() {
            if world == 3 {
                ground.reaching.retain(|layer| layer != "wetland");
            } else if at % 3 == world as usize {
                ground.findings.push(Finding {
                    layer: "wetland".into(),
                    feature: "0".into(),
                    label: Localized::same("国家重要湿地"),
                    area_m2: 700.0,
                    share: 0.7,
                    sliver: false,
                    of_feature: None,
                });
            }
        }
        land.extend((100..100 + world * 7).map(|it| fine(parcel(it, 900.0))));
        let secret = |it| fine(ParcelRecord { classified: true, ..supplied(it, 900.0) });
        land.extend((200..200 + world * 5).map(secret));
        let much = Allowance { burst: 100_000, per_minute: 100_000 };
        let probing = ProbingConfig { searches: much, ..ProbingConfig::default() };
        let searched =
            over(closed(), probing).with(&data("register", "zhejiang"), &land).put_together().await;
        let mut told = String::new();
        for of in ["cafe", "factory", "greenhouse"] {
            let wanted = searched.wanted(of, "no");
            for band in Band::ALL {
                let SitesFound { rules: _, missing, without, bands, sites, pages, .. } =
                    searched.found(&SitesWanted { band, ..wanted.clone() }).await;
                told += &format!("{missing:?}{without:?}{bands:?}{sites:?}{pages}\n");
            }
        }
        said.push(told);
    }
    assert!(said[0].contains("wetland"), "what is closed is not known: {}", said[0]);
    assert!(said.iter().all(|told| *told == said[0]));
}
