//! A place by the data of another day, days of which nothing is kept, and what a feed says. Rule P12.

use std::net::Ipv4Addr;

use domain::{Locale, code::Parsed, viewer::Viewer};
use jiff::civil::date;
use service_api::{
    ClientAddress, Place, Portal, Visit,
    former::{AsOf, Before, PlaceChanges},
};

use super::{
    fixtures::{CODE, Fake, code},
    render::Page,
};
use crate::{found::Found, site_feed::ToldFeed};

async fn then() -> Place {
    let visit = Visit {
        viewer: Viewer::public(),
        client: ClientAddress::of(Ipv4Addr::LOCALHOST.into()),
        epoch: None,
        key: None,
    };
    let seen = Fake::default().see_as_of(&visit, &code(CODE), date(2026, 10, 15)).await;
    let Ok(AsOf::Then(place)) = seen else { panic!("{seen:?}") };
    *place
}

async fn shown(found: Found, locale: Locale) -> String {
    let path = format!("/c/{CODE}");
    Page { answered: Some(found), locale, ..Page::at(&path) }.html().await
}

#[tokio::test]
async fn p12_a_page_of_another_day_says_so_first_and_offers_nothing() {
    let place = Box::new(then().await);
    let parsed = Parsed { code: code(CODE), warnings: Vec::new() };
    let html = shown(Found::Place { code: parsed, place }, Locale::Zh).await;
    let head = html.find("这是2026年10月15日的数据").expect("it is said");
    assert!(head < html.find("<h1").unwrap(), "{html}");
    assert!(html.contains(&format!("href=\"/c/{CODE}\"")) && html.contains("value=\"2026-10-15\""));
    for now in ["id=\"services\"", "id=\"map-title\"", "/requests/new"] {
        assert!(!html.contains(now), "{now}");
    }
    // The page of now leads there.
    let html = Page::at(&format!("/c/{CODE}")).html().await;
    assert!(html.contains("name=\"asof\"") && html.contains("changes.atom?lang=zh"), "{html}");
    for (from, words) in [(Some(date(2026, 11, 10)), "2026年11月10日"), (None, "2026-01-05")] {
        let html = shown(Found::NoDay { code: code(CODE), from }, Locale::Zh).await;
        assert!(html.contains("没有那一天的数据") && html.contains(words), "{html}");
    }
}

#[tokio::test]
async fn p12_a_feed_says_in_words_what_changed() {
    let now = then().await;
    let mut before = now.clone();
    let concerned = before.profile.restrictions.concerned.remove(0);
    let theme = concerned.theme.title.en.clone();
    before.profile.restrictions.not_concerned.push(concerned);
    before.profile.facts.retain(|fact| fact.field != domain::policy::Field::Location);
    let told = |before: Before| {
        let changes = PlaceChanges { now: now.clone(), before };
        ToldFeed::of_place(Locale::En, &code(CODE), &changes).entries.remove(0).text
    };
    let text = told(Before::Was(Box::new(before)));
    for words in ["These have changed: Address.", &format!("{theme}: was “"), "Compared with"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(told(Before::Was(Box::new(now.clone()))).starts_with("Nothing changed"));
    assert!(told(Before::Nothing(now.profile.version.clone())).contains("nothing of this code"));
}
