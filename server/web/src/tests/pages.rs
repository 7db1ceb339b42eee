use super::{
    harness::{Answer, Web},
    land::{CLASSIFIED, FAR, FORMER, HERE, OWNER},
};

fn of(code: &str) -> String {
    format!("/c/{code}")
}

#[tokio::test]
async fn p2_a_place_has_a_page_of_what_is_public_kept_until_the_data_change() {
    let web = Web::open();
    let (made, kept) = (web.get(&of(HERE)).await, web.get(&of(HERE)).await);
    for answer in [&made, &kept] {
        assert_eq!((answer.status, answer.kind()), (200, "text/html; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("vary"), "cookie, accept-encoding");
        assert!(answer.text().contains("演示路 1 号") && !answer.text().contains(OWNER));
    }
    assert_eq!(made.body, kept.body);
    let same = web.get_with(&of(HERE), &[("if-none-match", made.header("etag"))]).await;
    assert_eq!(same.status, 304);
    let english = web.get_with(&of(HERE), &[("cookie", "jm_lang=en")]).await;
    assert!(english.text().contains("<html lang=\"en\""));
    assert_ne!(english.header("etag"), made.header("etag"));
}

#[tokio::test]
async fn c1_every_way_of_writing_a_code_leads_to_one_address() {
    let web = Web::open();
    for path in ["/c/330521001001gb00001", "/C/330521001001GB00001", "/c/330521-001001-GB00001"] {
        let led = web.get(path).await;
        assert_eq!((led.status, led.header("location")), (308, &*of(HERE)), "{path}");
    }
    let led = web.get("/c/330521001001gb00001/requests/new?item=data-correction").await;
    let to = format!("{}/requests/new?item=data-correction", of(HERE));
    assert_eq!((led.status, led.header("location")), (308, to.as_str()));
}

#[tokio::test]
async fn p5_a_classified_place_and_none_are_the_same_page() {
    let web = Web::open();
    let (none, classified) = (web.get(&of(FAR)).await, web.get(&of(CLASSIFIED)).await);
    none.is_page(404);
    classified.is_page(404);
    let headers = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(headers(&none), headers(&classified));
    let said = |answer: &Answer| {
        let (_, rest) = answer.text().split_once("<h1").unwrap();
        rest.split("</h1>").next().unwrap().to_owned()
    };
    assert_eq!(said(&none), said(&classified));
}

#[tokio::test]
async fn c2_what_is_no_code_has_a_page_that_says_where_it_is_wrong() {
    let web = Web::open();
    let page = web.get("/c/33O521001001GBX0001").await;
    page.is_page(400);
    web.get("/c/%ff").await.is_page(404);
}

#[tokio::test]
async fn c7_the_page_of_a_code_that_has_ended_leads_on() {
    let web = Web::open();
    let page = web.get(&of(FORMER)).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains(&format!("href=\"{}\"", of(HERE))));
}

#[tokio::test]
async fn what_is_typed_into_the_search_field_leads_straight_to_its_page() {
    let web = Web::open();
    for (typed, to) in [
        ("330521001001gb00001", "/c/330521001001GB00001"),
        ("http://jm.example/services", "/services"),
        ("jm202611227k3mq2vx", "/requests/JM-20261122-7K3MQ2VX"),
    ] {
        let typed: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let led = web.get(&format!("/?q={typed}")).await;
        assert_eq!((led.status, led.header("location")), (303, to), "{typed}");
    }
    let found = web.get("/?q=%E6%BC%94%E7%A4%BA%E8%B7%AF").await;
    found.is_page(200);
    assert!(found.text().contains(&of(HERE)));
}

#[tokio::test]
async fn every_page_without_parameters_is_there_in_both_languages() {
    let web = Web::open();
    for path in [
        "/",
        "/services",
        "/figures",
        "/requests",
        "/privacy",
        "/policy",
        "/laws",
        "/accessibility",
        "/help",
        "/about",
    ] {
        for language in ["zh", "en"] {
            let page = web.get_with(path, &[("cookie", &format!("jm_lang={language}"))]).await;
            page.is_page(200);
            assert!(page.text().contains(&format!("<html lang=\"{language}")), "{path}");
        }
    }
}

#[tokio::test]
async fn a_switch_leads_back_and_nowhere_else() {
    let web = Web::open();
    for (back, to) in [("/services", "/services"), ("//evil.example/", "/"), ("", "/")] {
        let led = web.post("/preferences", &[], &[("lang", "en"), ("back", back)]).await;
        assert_eq!((led.status, led.header("location")), (303, to));
        assert_eq!(led.cookies(), "jm_lang=en");
    }
}
