use super::{
    harness::{Answer, Web},
    land::{CLASSIFIED, FAR, FORMER, HERE, OWNER},
};

fn at(scene: &str, code: &str) -> String {
    format!("/scenes/{scene}/{code}")
}

/// Where in a page, from its heading on, something stands first.
fn place_of(answer: &Answer, what: &str) -> usize {
    let (_, page) = answer.text().split_once("<h1").unwrap();
    page.find(what).unwrap_or_else(|| panic!("{what}: {page}"))
}

#[tokio::test]
async fn a_field_sign_leads_to_a_page_that_begins_with_what_matters_there() {
    let web = Web::open();
    for (scene, theme, service) in [
        ("farmland", "永久基本农田", "violation-report"),
        ("hazard", "地质灾害", "hazard-zone"),
        ("supervision", "规划用途", "violation-report"),
    ] {
        let page = web.get(&at(scene, HERE)).await;
        page.is_page(200);
        let lead = domain::scene::scene(scene).unwrap().lead.zh.clone();
        let form = format!("/c/{HERE}/requests/new?item={service}");
        let order = [&*lead, theme, &*form].map(|what| place_of(&page, what));
        assert!(order.is_sorted(), "{scene}: {order:?}");
        assert!(!page.text().contains("标准地"), "{scene}: no theme of its own");
        assert!(!page.text().contains(OWNER), "P2");
        assert!(page.text().contains(&format!("href=\"/c/{HERE}\"")), "the way to everything");
    }
    let english = web.get_with(&at("hazard", HERE), &[("cookie", "jm_lang=en")]).await;
    assert!(english.text().contains("This is a hazard board."), "{}", english.text());
}

#[tokio::test]
async fn z4_a_scene_says_of_what_it_has_no_data_that_it_has_none() {
    let web = Web::open();
    let page = web.get(&at("hazard", HERE)).await;
    let (_, unknown) = page.text().split_once("id=\"no-data\"").unwrap();
    assert!(unknown.contains("地质灾害") && unknown.contains("洪水与河道"), "{unknown}");
}

#[tokio::test]
async fn p5_a_scene_tells_no_more_of_a_place_than_its_own_page() {
    let web = Web::open();
    let (none, classified) =
        (web.get(&at("farmland", FAR)).await, web.get(&at("farmland", CLASSIFIED)).await);
    none.is_page(404);
    classified.is_page(404);
    let heading = |answer: &Answer| {
        let (_, rest) = answer.text().split_once("<h1").unwrap();
        rest.split("</h1>").next().unwrap().to_owned()
    };
    assert_eq!(heading(&none), heading(&classified));
    // Of what has ended no restrictions are told.
    let former = web.get(&at("farmland", FORMER)).await;
    former.is_page(200);
    assert!(former.text().contains(HERE) && !former.text().contains("id=\"restrictions\""));
    web.get(&at("nowhere", HERE)).await.is_page(404);
    web.get(&at("farmland", "nonsense")).await.is_page(400);
}
