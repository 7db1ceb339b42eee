//! The page that searches all sites.

use std::collections::BTreeSet;

use domain::{
    Locale,
    dataset::DataVersion,
    lineage::ChangeKind,
    record::Value,
    suitability::{Answer, FactKey, Standing},
};
use jiff::civil::date;
use service_api::{
    Portal, Since, SiteSearch, SitesFound, SitesSince, SitesWanted,
    site_changes::{ChangedSite, SitesChanged, Why},
    site_search::{Band, Count, FoundSite, Sizes},
};

use super::{
    fixtures::{CODE, Fake, parcel, version},
    render::Page,
};
use crate::{site_feed::ToldFeed, site_search::SearchQuestion};

/// What the fake server finds: a few that fit, many of which it cannot be said; none where only large ones
/// are wanted.
pub fn found(wanted: &SitesWanted) -> SiteSearch {
    let none = wanted.sizes.least == Sizes::step(200_000);
    let site = |code: &str, answer| FoundSite {
        code: parcel(code),
        answer,
        location: Some(Value::Text("德清县武康街道永乐路8号".into())),
        point: Some((119.967, 30.539)),
        dataset: version().dataset.title,
        data_version: version().label(),
    };
    let sites = match wanted.band {
        _ if none => Vec::new(),
        Band::Yes => vec![site(CODE, Answer::Suits), site("330521001002GB00012", Answer::SuitsIf)],
        Band::Maybe => vec![site("330521001002GB00012", Answer::CannotBeSaid)],
        Band::No => vec![site("330521001003JC00005", Answer::DoesNot)],
    };
    let zero = Count::Exactly(0);
    SiteSearch::Found(Box::new(SitesFound {
        rules: wanted.rules.clone(),
        use_at: wanted.use_at,
        on: date(2026, 11, 29),
        versions: vec![version()],
        listed_only: true,
        suits: if none { (zero, zero) } else { (Count::Few, Count::Exactly(41)) },
        bands: [
            if none { zero } else { Count::Exactly(43) },
            Count::Exactly(1_312),
            Count::Exactly(6),
        ],
        other_sizes: if none { Count::Exactly(52) } else { zero },
        missing: vec![
            (FactKey::Overlaps("red-line".into()), Count::Exactly(1_300)),
            (FactKey::Answer("builds".into()), Count::Few),
        ],
        without: vec![
            ("permanent-farmland".into(), Count::Exactly(312)),
            ("planned-use".into(), Count::Few),
        ],
        exact: true,
        band: wanted.band,
        sites,
        page: wanted.page.min(3),
        pages: if none { 1 } else { 3 },
        since: wanted.since.as_ref().map(since),
    }))
}

/// What the fake server knows of other data: of *older* what changed, of *gone* nothing any more.
fn since(since: &Since) -> SitesSince {
    match since {
        Since::Data(data) if data.iter().any(|(id, _)| id == "gone") => return SitesSince::NotKept,
        Since::Data(data) if data.iter().all(|(id, _)| id != "older") => return SitesSince::Same,
        _ => {}
    }
    let site = |code: &str, then, now, why| ChangedSite {
        code: parcel(code),
        then,
        now,
        location: Some(Value::Text("德清县武康街道<永乐>路8号".into())),
        version: version(),
        why: vec![why],
    };
    let cleared = Why::Rule {
        rule: "permanent-farmland".into(),
        then: Standing::InTheWay,
        now: Standing::Clear,
        facts: vec![FactKey::Overlaps("basic-farmland".into())],
    };
    let split = Why::Ended(Some(ChangeKind::Split));
    SitesSince::Told(Box::new(SitesChanged {
        then: vec![DataVersion { number: 1, ..version() }],
        came: Count::Few,
        went: Count::Exactly(7),
        changed: Count::Exactly(0),
        sites: vec![
            site(CODE, Some(Band::No), Some(Band::Yes), cleared),
            site("330521001002GB00012", Some(Band::Yes), None, split),
        ],
        more: true,
    }))
}

#[tokio::test]
async fn sites_q3_the_page_counts_what_fits_what_is_missing_and_what_each_rule_costs() {
    let html = Page::at("/sites/search?use=zhejiang.cafe&a.builds=no").html().await;
    assert!(html.contains("哪里可以做咖啡馆？"), "{html}");
    assert!(html.contains("可以：不到5块。有条件可以：41。"), "small counts are rounded");
    assert!(html.contains("1 312") || html.contains("1,312"), "{html}");
    assert!(html.contains("多312"));
    let verdict = format!("href=\"/sites?use=zhejiang.cafe&amp;code={CODE}&amp;a.builds=no\"");
    assert!(html.contains(&verdict), "each leads to its own verdict: {html}");
    assert!(html.contains(&format!("href=\"/c/{CODE}\"")) && html.contains("119.967, 30.539"));
    assert!(html.contains("band=maybe\"") && html.contains("rel=\"next\""));
    assert!(html.contains("参考信息，不是行政决定") && html.contains("href=\"/sites\""));
    let none =
        Page { locale: Locale::En, ..Page::at("/sites/search?use=zhejiang.cafe&min=200000") };
    let html = none.html().await;
    assert!(
        html.contains("The rule that excludes most sites") && html.contains("Of other sizes: 52"),
        "{html}"
    );
}

#[tokio::test]
async fn sites_q6_a_kept_search_says_that_the_data_changed() {
    let html = Page::at("/sites/search?use=zhejiang.cafe").html().await;
    let (_, link) = html.split_once("&amp;by=").unwrap();
    let by = link.split('"').next().unwrap();
    let told = "保存以后";
    let same = Page::at(&format!("/sites/search?use=zhejiang.cafe&by={by}")).html().await;
    assert!(!same.contains(told), "nothing has changed: {by}");
    let label = version().label().replace('/', "%2F");
    assert!(by.contains(&label), "{by}");
    let older = by.replace(&label, "older%2F1");
    let html = Page::at(&format!("/sites/search?use=zhejiang.cafe&by={older}")).html().await;
    assert!(html.contains("保存以后，数据有更新。") && html.contains("older/1"), "{html}");
}

#[tokio::test]
async fn sites_q6_a_kept_search_says_what_came_and_went_and_why_and_can_be_followed() {
    let html = Page::at("/sites/search?use=zhejiang.cafe&min=500").html().await;
    let feed = "href=\"/sites/search.atom?use=zhejiang.cafe&amp;min=500\"";
    assert_eq!(html.matches(feed).count(), 2, "for readers of feeds, and for people: {html}");
    assert!(html.contains("type=\"application/atom+xml\""));
    let by = "2026-11-29.abc,older%2F1";
    let html = Page::at(&format!("/sites/search?use=zhejiang.cafe&by={by}")).html().await;
    for words in [
        "不到5块；不再是的：7；其他有变化的：0",
        "原来：不适合；现在：可以，或者有条件可以",
        "不占永久基本农田”：原来不允许，现在没有妨碍。有变化的是：永久基本农田。",
        "这个代码已经停用（分割）。",
        "没有全部列出",
        "规则也换了版本",
        "不显示，也不计数",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let html = Page::at("/sites/search?use=zhejiang.cafe&by=2026-11-29.abc,gone%2F1").html().await;
    assert!(html.contains("这不等于没有变化") && !html.contains("保存以后的变化"), "{html}");
}

#[tokio::test]
async fn sites_q6_the_feed_of_a_search_names_each_change_once_and_says_why() {
    let set = Fake::default().rule_sets();
    let asked = SearchQuestion::read("use=zhejiang.cafe&a.builds=no&page=2&by=x", set);
    let feed = asked.feed(Locale::En).unwrap();
    assert_eq!(feed, "/sites/search.atom?use=zhejiang.cafe&a.builds=no&lang=en");
    let SiteSearch::Found(found) = found(&asked.followed().unwrap()) else { panic!() };
    let feed = ToldFeed::of(Locale::En, &asked, &found).unwrap();
    assert_eq!(feed.page, "/sites/search?use=zhejiang.cafe&a.builds=no");
    let label = version().label();
    let what: Vec<Vec<&str>> =
        feed.entries.iter().map(|entry| entry.what.iter().map(String::as_str).collect()).collect();
    let gone = "330521001002GB00012";
    assert_eq!(what, [vec![&*label], vec![&*label, CODE, "yes"], vec![&*label, gone, "none"]]);
    assert!(feed.entries[0].text.contains("fewer than 5"), "{:?}", feed.entries[0]);
    assert!(
        feed.entries[1].text.contains("farmland") && feed.entries[1].page.contains("a.builds=no")
    );
    assert_eq!(feed.entries[2].page, format!("/c/{gone}"), "nothing is judged of it any more");
    assert!(feed.entries.iter().all(|entry| entry.updated == version().imported_at));
}

#[tokio::test]
async fn sites_q4_and_q5_what_is_not_searched_is_said() {
    let mut said = BTreeSet::new();
    for (what, words) in [
        (Some("not_yet"), "不会用旧数据回答"),
        (Some("no_list"), "没有已公布的地块清单"),
        (Some("not_offered"), "不提供地块查找"),
    ] {
        let fake = Fake { unsearched: what, ..Fake::default() };
        let html = Page { fake, ..Page::at("/sites/search?use=zhejiang.cafe") }.html().await;
        assert!(html.contains(words), "{html}");
        assert!(html.contains("href=\"/sites\""), "one site can be asked about all the same");
        said.insert(words);
    }
    assert_eq!(said.len(), 3);
    let html = Page::at("/sites/search?what=&use=").html().await;
    assert!(html.contains("aria-invalid=\"true\""), "{html}");
}
