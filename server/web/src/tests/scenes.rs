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
        // The lead names the theme too: it is looked for where the lists are.
        let order = [&*lead, "id=\"restrictions\"", &*form].map(|what| place_of(&page, what));
        assert!(order.is_sorted(), "{scene}: {order:?}");
        let (_, lists) = page.text().split_once("id=\"restrictions\"").unwrap();
        assert!(lists.contains(theme), "{scene}: {lists}");
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

#[tokio::test]
async fn z4_a_scene_says_what_is_graver_than_it_and_nothing_of_themes_that_are_not_its_own() {
    let web = Web::open();
    // Half of the place is farmland, of which the hazard board does not ask.
    let hazard = web.get(&at("hazard", HERE)).await;
    let graver = place_of(&hazard, "这里有法律禁止的事项，涉及：永久基本农田");
    assert!(graver < place_of(&hazard, "与这个场景有关的各项都没有数据"), "the graver first");
    for of_all in ["有数据的图层均未涉及这里", "逐项核对已公开的规划和管控图层", "管控要求暂无数据"]
    {
        assert!(!hazard.text().contains(of_all), "{of_all}");
    }
    assert!(hazard.text().contains("与这个场景有关的各项中，有数据的都不涉及这里。"));
    // Where the scene's own is the gravest it is said once.
    let farmland = web.get(&at("farmland", HERE)).await;
    let (_, page) = farmland.text().split_once("<h1").unwrap();
    assert_eq!(page.matches("这里有法律禁止的事项").count(), 1, "{page}");
}

#[tokio::test]
async fn p5_a_scene_does_not_say_whether_there_is_such_a_unit() {
    let web = Web::open();
    let page = web.get(&at("hazard", &format!("{HERE}F00010001"))).await;
    page.is_page(200);
    assert!(page.text().contains("本平台不向公众说明这个单元代码是否登记在册"), "{}", page.text());
}

#[tokio::test]
async fn a_code_written_otherwise_is_led_to_the_one_address_of_the_scene() {
    let web = Web::open();
    let answer = web.get(&at("farmland", &HERE.to_lowercase())).await;
    assert_eq!((answer.status, answer.header("location")), (308, &*at("farmland", HERE)));
}
