//! What became of a search since other data (*sites Q6*).

use domain::{
    Localized,
    lineage::ChangeKind,
    record::ParcelRecord,
    restriction::Finding,
    suitability::{FactKey, Standing},
};
use jiff::civil::date;
use service::probing::{Allowance, ProbingConfig};
use service_api::{
    SitesWanted,
    site_changes::{Since, SitesChanged, SitesSince, Why},
    site_search::{Band, Count},
};
use store::{Change, Versions};
use testkit::parcel_code as code;

use crate::register::{
    Ground, Searched, closed, data, empty, fine, over, parcel, publish, supplied,
};

/// Ground of which half lies on a layer.
fn under(parcel: ParcelRecord, layer: &str, label: &str) -> Ground {
    let mut ground = fine(parcel);
    ground.findings.push(Finding {
        layer: layer.into(),
        feature: "0".into(),
        label: Localized::same(label),
        area_m2: 500.0,
        share: 0.5,
        sliver: false,
        of_feature: None,
    });
    ground
}

fn farmed(parcel: ParcelRecord) -> Ground {
    under(parcel, "permanent-basic-farmland", "永久基本农田")
}

/// Ground of which it is not known whether the ecological red line lies on it.
fn unknown(parcel: ParcelRecord) -> Ground {
    let mut ground = fine(parcel);
    ground.reaching.retain(|layer| layer != "ecological-red-line");
    ground
}

fn since(wanted: &SitesWanted, since: Since) -> SitesWanted {
    SitesWanted { since: Some(since), ..wanted.clone() }
}

fn first(dataset: &str) -> Since {
    Since::Data(vec![(dataset.to_owned(), 1)])
}

async fn said(searched: &Searched, wanted: &SitesWanted) -> SitesSince {
    searched.found(wanted).await.since.unwrap()
}

/// What has changed, put together as it is while the portal runs.
async fn changed(searched: &Searched, wanted: &SitesWanted) -> SitesChanged {
    let not_yet = said(searched, wanted).await;
    assert!(
        matches!(not_yet, SitesSince::NotYet { retry_after } if retry_after > 0),
        "{not_yet:?}"
    );
    searched.portal.site_search().unwrap().compare().await.unwrap();
    match said(searched, wanted).await {
        SitesSince::Told(changed) => *changed,
        other => panic!("{other:?}"),
    }
}

/// Code, band then, band now.
fn moves(changed: &SitesChanged) -> Vec<(String, Option<Band>, Option<Band>)> {
    let site = |site: &service_api::site_changes::ChangedSite| {
        (site.code.to_string(), site.then, site.now)
    };
    changed.sites.iter().map(site).collect()
}

#[tokio::test]
async fn sites_q6_after_an_import_it_is_said_what_came_went_changed_band_and_why() {
    let split = ParcelRecord { successors: vec![code(7), code(8)], ..parcel(6, 1_000.0) };
    let split = ParcelRecord { valid_to: Some(date(2026, 11, 1)), ..split };
    let part = |number| ParcelRecord { predecessors: vec![code(6)], ..parcel(number, 1_000.0) };
    let open = data("open", "open-cadastre");
    let before = [
        fine(parcel(1, 1_000.0)),
        farmed(parcel(2, 1_000.0)),
        fine(parcel(3, 1_000.0)),
        unknown(parcel(4, 1_000.0)),
        fine(parcel(5, 1_000.0)),
        fine(parcel(6, 1_000.0)),
    ];
    // 1 stays; 2 is farmland no more; 3 is; of 4 it is known now; 5 is gone; 6 was split into 7 and 8.
    let after = [
        fine(parcel(1, 1_000.0)),
        fine(parcel(2, 1_000.0)),
        farmed(parcel(3, 1_000.0)),
        under(parcel(4, 1_000.0), "ecological-red-line", "生态保护红线"),
        fine(split),
        fine(part(7)),
        farmed(part(8)),
    ];
    let searched = empty().with(&open, &before).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    let link = since(&wanted, first("open"));
    assert_eq!(said(&searched, &link).await, SitesSince::Same);
    assert_eq!(
        said(&searched, &since(&wanted, Since::Before)).await,
        SitesSince::NotKept,
        "there was nothing before"
    );
    publish(&searched.store, &open, &after);
    let searched = searched.put_together().await;
    let changed = changed(&searched, &link).await;
    let (yes, maybe, no) = (Some(Band::Yes), Some(Band::Maybe), Some(Band::No));
    let named = |number: u32| code(number).to_string();
    assert_eq!(
        moves(&changed),
        [
            (named(2), no, yes),
            (named(7), None, yes),
            (named(3), yes, no),
            (named(6), yes, None),
            (named(4), maybe, no),
            (named(8), None, no),
        ]
    );
    let counts = (changed.came, changed.went, changed.changed);
    assert_eq!(counts, (Count::Exactly(2), Count::Exactly(2), Count::Exactly(2)));
    assert!(!changed.more && changed.then.len() == 1 && changed.then[0].number == 1);
    let farmland = |then, now| Why::Rule {
        rule: "permanent-farmland".into(),
        then,
        now,
        facts: vec![FactKey::Overlaps("basic-farmland".into())],
    };
    let why = |at: usize| &changed.sites[at].why;
    assert_eq!(*why(0), [farmland(Standing::InTheWay, Standing::Clear)]);
    assert_eq!(*why(1), [Why::New(Some(ChangeKind::Split))]);
    assert_eq!(*why(2), [farmland(Standing::Clear, Standing::InTheWay)]);
    assert_eq!(*why(3), [Why::Ended(Some(ChangeKind::Split))]);
    assert!(
        matches!(&why(4)[..], [Why::Rule { then: Standing::Open, now: Standing::InTheWay, facts, .. }, ..]
            if facts.contains(&FactKey::Overlaps("red-line".into()))),
        "{:?}",
        why(4)
    );
    // What is followed is said since the version before, and a list ends where a page does.
    let followed = SitesWanted { limit: 3, ..since(&wanted, Since::Before) };
    let SitesSince::Told(followed) = said(&searched, &followed).await else { panic!() };
    assert_eq!(moves(&followed), moves(&changed)[..3]);
    assert!(followed.more);
}

#[tokio::test]
async fn sites_q6_of_data_that_are_not_kept_nothing_is_said_and_never_that_nothing_changed() {
    let open = data("open", "open-cadastre");
    let searched = empty().with(&open, &[fine(parcel(1, 1_000.0))]);
    let wanted = searched.wanted("cafe", "no");
    publish(&searched.store, &open, &[fine(parcel(2, 1_000.0))]);
    publish(&searched.store, &open, &[fine(parcel(3, 1_000.0))]);
    let searched = searched.put_together().await;
    let second = Since::Data(vec![("open".into(), 2)]);
    for (asked, expected) in [
        (first("open"), SitesSince::NotKept),
        (first("elsewhere"), SitesSince::NotKept),
        (Since::Data(vec![("open".into(), 9)]), SitesSince::NotKept),
        (second.clone(), SitesSince::NotYet { retry_after: 10 }),
    ] {
        assert_eq!(said(&searched, &since(&wanted, asked)).await, expected);
    }
    // A version that was rolled back from is taken back, with all that it said.
    let change = Change { at: "2026-11-29T04:00:00Z".parse().unwrap(), by: "test".into() };
    searched.store.roll_back("open", None, &change).await.unwrap();
    let searched = searched.put_together().await;
    let third = since(&wanted, Since::Data(vec![("open".into(), 3)]));
    assert_eq!(said(&searched, &third).await, SitesSince::NotKept);
    assert_eq!(said(&searched, &since(&wanted, second)).await, SitesSince::Same);
    // What was listed by another policy is not held against what this one lets out.
    let closed = data("open", "zhejiang");
    publish(&searched.store, &closed, &[fine(supplied(2, 1_000.0))]);
    let searched = searched.put_together().await;
    let other = since(&wanted, Since::Data(vec![("open".into(), 2)]));
    assert_eq!(said(&searched, &other).await, SitesSince::OtherPolicy);
}

#[tokio::test]
async fn sites_q6_of_a_register_what_left_its_list_is_not_named_and_small_counts_are_rounded() {
    let register = data("register", "zhejiang");
    let before =
        [supplied(1, 1_000.0), supplied(2, 1_000.0), parcel(3, 1_000.0), supplied(4, 1_000.0)];
    // 1 is listed no more, 2 is classified, of 3 the result is published, 4 is gone, 5 is not on any list.
    let classified = ParcelRecord { classified: true, ..supplied(2, 1_000.0) };
    let after = [parcel(1, 1_000.0), classified, supplied(3, 1_000.0), parcel(5, 1_000.0)];
    let searched = empty().with(&register, &before.map(fine)).put_together().await;
    let wanted = searched.wanted("cafe", "no");
    publish(&searched.store, &register, &after.map(fine));
    let searched = searched.put_together().await;
    let changed = changed(&searched, &since(&wanted, first("register"))).await;
    assert_eq!(moves(&changed), [(code(3).to_string(), None, Some(Band::Yes))]);
    assert_eq!(changed.sites[0].why, [Why::Supplied(date(2020, 5, 1))]);
    let counts = (changed.came, changed.went, changed.changed);
    assert_eq!(counts, (Count::Few, Count::Exactly(0), Count::Exactly(0)), "M4: small counts");
    assert!(!changed.more, "nor is it counted");
}

#[tokio::test]
async fn sites_s11_changes_of_what_is_concealed_change_nothing_that_is_said_of_changes() {
    let register = data("register", "zhejiang");
    let wet = |number| under(supplied(number, 900.0), "wetland", "国家重要湿地");
    let mut told = Vec::new();
    // Of each world what nobody may see is another, then and now: wetlands, unlisted and classified parcels.
    for world in 0..3_u32 {
        let state = |later: bool| {
            let mut land: Vec<Ground> = (1..=20)
                .map(|it| match it % 3 == world || world == 2 && later {
                    true => wet(it),
                    false => fine(supplied(it, 900.0)),
                })
                .collect();
            let flip = u32::from(later) + world;
            land.extend((100..100 + flip * 3).map(|it| fine(parcel(it, 900.0))));
            let secret = |it| fine(ParcelRecord { classified: true, ..supplied(it, 900.0) });
            // Those were listed, and are classified or gone now.
            let withheld = 200..204;
            match (later, world) {
                (false, _) => land.extend(withheld.map(|it| fine(supplied(it, 900.0)))),
                (true, 0) => land.extend(withheld.map(secret)),
                (true, 1) => {}
                (true, _) => land.extend(withheld.take(2).map(secret)),
            }
            if later {
                land.push(fine(supplied(300, 900.0)));
            }
            land
        };
        let much = Allowance { burst: 100_000, per_minute: 100_000 };
        let probing = ProbingConfig { searches: much, ..ProbingConfig::default() };
        let searched = over(closed(), probing).with(&register, &state(false));
        publish(&searched.store, &register, &state(true));
        let searched = searched.put_together().await;
        let mut said = String::new();
        for of in ["cafe", "factory"] {
            let wanted = since(&searched.wanted(of, "no"), first("register"));
            if of == "cafe" {
                changed(&searched, &wanted).await;
            }
            let SitesSince::Told(changed) = self::said(&searched, &wanted).await else { panic!() };
            let SitesChanged { then: _, came, went, changed: others, sites, more } = *changed;
            let sites: Vec<_> =
                sites.iter().map(|site| (site.code, site.then, site.now, &site.why)).collect();
            said += &format!("{came:?}{went:?}{others:?}{sites:?}{more}\n");
        }
        told.push(said);
    }
    assert!(told[0].contains(&code(300).to_string()), "{}", told[0]);
    assert!(told.iter().all(|said| *said == told[0]), "{told:#?}");
}

#[tokio::test]
async fn sites_q6_nobodys_link_keeps_a_feed_waiting_and_links_take_turns() {
    let [one, other] = ["one", "other"].map(|id| data(id, "open-cadastre"));
    let land = |number| [fine(parcel(number, 1_000.0))];
    let searched = empty().with(&one, &land(1)).with(&other, &land(2));
    let wanted = searched.wanted("cafe", "no");
    publish(&searched.store, &one, &land(3));
    publish(&searched.store, &other, &land(4));
    let searched = searched.put_together().await;
    let link = |of: u32, by: u32| {
        since(&wanted, Since::Data(vec![("one".into(), of), ("other".into(), by)]))
    };
    let (first, second) = (link(1, 2), link(2, 1));
    let wait = async |asked: &SitesWanted| match said(&searched, asked).await {
        SitesSince::NotYet { retry_after } => retry_after,
        told => panic!("{told:?}"),
    };
    // The second waits for a turn more; who follows waits for neither.
    assert_eq!(wait(&first).await, 10);
    let longer = wait(&second).await;
    assert!(longer > 10, "{longer}");
    assert_eq!(wait(&second).await, longer, "asking again costs no turn");
    let followed = since(&wanted, Since::Before);
    assert_eq!(wait(&followed).await, 10);
    let compare = async || searched.portal.site_search().unwrap().compare().await.unwrap();
    compare().await;
    assert!(matches!(said(&searched, &first).await, SitesSince::Told(_)));
    // The place of links is taken: the feed is next although it asked last, and nobody takes its place.
    compare().await;
    assert!(matches!(said(&searched, &followed).await, SitesSince::Told(_)));
    compare().await;
    assert!(matches!(said(&searched, &first).await, SitesSince::Told(_)));
    assert!(wait(&second).await > 10);
    assert!(matches!(said(&searched, &followed).await, SitesSince::Told(_)));
}
