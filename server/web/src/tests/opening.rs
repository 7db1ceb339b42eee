use super::harness::Web;

#[tokio::test]
async fn s5_number_and_secret_open_a_receipt_and_nothing_else_does() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let page = format!("/requests/{number}");
    web.get("/requests").await.is_page(200);
    web.get(&page).await.is_page(200);
    let both = format!("{number} {secret}");
    for (path, form) in [
        ("/requests", &[("number", number.as_str()), ("secret", secret.as_str())][..]),
        ("/requests", &[("number", both.as_str()), ("secret", "")][..]),
        ("/requests", &[("number", ""), ("secret", both.as_str())][..]),
        ("/requests", &[("number", number.as_str()), ("secret", both.as_str())][..]),
        (page.as_str(), &[("secret", secret.as_str())][..]),
    ] {
        let opened = web.post(path, &[], form).await;
        assert_eq!((opened.status, opened.header("location")), (303, page.as_str()), "{form:?}");
        assert_eq!(opened.header("cache-control"), "no-store");
        let cookie = opened.header("set-cookie");
        assert!(
            cookie.contains(&format!("Path={page}")) && cookie.contains("HttpOnly"),
            "{cookie}"
        );
        let receipt = web.get_with(&page, &[("cookie", &opened.cookies())]).await;
        receipt.is_page(200);
        assert!(receipt.text().contains(&number));
    }
    for form in [
        &[("number", number.as_str()), ("secret", "ABCDEFGHJKMN")][..],
        &[("number", "JM-20261122-22222222"), ("secret", secret.as_str())][..],
        &[("number", "nonsense")][..],
        &[][..],
    ] {
        let refused = web.post("/requests", &[], form).await;
        refused.is_page(422);
        assert!(refused.headers.get("set-cookie").is_none(), "{form:?}");
    }
}

#[tokio::test]
async fn what_was_typed_survives_a_switch_of_language() {
    let web = Web::open();
    let form = [("number", "JM-20261122-22222222"), ("lang", "en")];
    let switched = web.post("/requests", &[], &form).await;
    switched.is_page(200);
    assert!(switched.text().contains("<html lang=\"en\""));
    assert!(switched.text().contains("JM-20261122-22222222"));
    assert!(switched.cookies().contains("jm_lang=en"));
}

#[tokio::test]
async fn s5_a_browser_that_was_told_to_forget_has_no_secret() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let page = format!("/requests/{number}");
    let forgotten = web.post(&format!("{page}/forget"), &[], &[]).await;
    assert_eq!((forgotten.status, forgotten.header("location")), (303, page.as_str()));
    assert_eq!(forgotten.header("clear-site-data"), "\"cache\"");
    assert!(!forgotten.cookies().contains(&secret));
    let nowhere = web.post("/requests/nonsense/forget", &[], &[]).await;
    assert_eq!((nowhere.status, nowhere.header("location")), (303, "/requests"));
}

#[tokio::test]
async fn every_way_of_writing_a_number_leads_to_its_page() {
    let web = Web::open();
    for tail in ["", "/data", "/correct", "/withdraw", "/delete"] {
        let led = web.get(&format!("/requests/jm202611227k3mq2vx{tail}")).await;
        let to = format!("/requests/JM-20261122-7K3MQ2VX{tail}");
        assert_eq!((led.status, led.header("location")), (303, to.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s5_what_a_page_says_of_itself_stands_in_no_other_page() {
    let web = Web::set(|settings| {
        settings.limits.reads_per_second = 10_000;
        settings.limits.read_burst = 10_000;
    });
    let mut receipts = Vec::new();
    for item in ["data-correction", "hazard-zone"] {
        let (number, secret) = web.handed_in(item).await;
        let page = format!("/requests/{number}");
        let opened = web.post(&page, &[], &[("secret", secret.as_str())]).await;
        receipts.push((number, page, opened.cookies()));
    }
    for _ in 0..25 {
        let asked = receipts.iter().cycle().take(8).map(async |(number, page, cookies)| {
            (number, web.get_with(page, &[("cookie", cookies)]).await)
        });
        let elsewhere = async { web.get("/nowhere").await };
        let (answers, elsewhere) = tokio::join!(futures_util::future::join_all(asked), elsewhere);
        for (number, answer) in answers {
            let text = answer.text();
            let said = text.matches("<meta name=\"description\"").count();
            assert_eq!(said, 1, "{text}");
            let head = text.split("</head>").next().unwrap();
            assert!(head.contains(number.as_str()), "{head}");
            for (other, ..) in receipts.iter().filter(|(other, ..)| other != number) {
                assert!(!text.contains(other.as_str()), "{other} in {text}");
            }
        }
        let head = elsewhere.text().split("</head>").next().unwrap();
        assert_eq!(head.matches("<meta name=\"description\"").count(), 1, "{head}");
    }
}
