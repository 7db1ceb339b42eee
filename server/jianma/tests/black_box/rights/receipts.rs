//! The receipt, with and without cookies.

use super::*;

/// A portal, where to hand in, and a form that is filled in.
fn form_at(portal: &Running) -> (String, Value) {
    let mut form = answers(ITEM, "new");
    form["item"] = json!(ITEM);
    form["token"] = json!("0123456789abcdefghij");
    (format!("{}/c/{}/requests/new", portal.address, PARCELS[0]), form)
}

fn cookie_set(response: &reqwest::Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_receipt_shows_its_code_for_as_long_as_its_cookie_lives() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let (url, form) = form_at(&portal);
    let opened = client().get(format!("{url}?item={ITEM}")).send().await.unwrap();
    let kept = cookie_set(&opened);
    let send =
        async || client().post(&url).header("cookie", &kept).form(&form).send().await.unwrap();
    let handed_in = send().await;
    assert_eq!(handed_in.status(), 303);
    let path = handed_in.headers()["location"].to_str().unwrap().to_owned();
    let code = cookie_set(&handed_in).replace("jm_receipt=", "");
    let code = code.split('.').next().unwrap().to_owned();
    // A neighbour's cookie, in UTF-8 and in GBK; twice, as by a reload or a switch of language.
    let own = cookie_set(&handed_in);
    for other in ["user=张三".as_bytes(), b"user=\xd5\xc5"] {
        let cookies = [other, b"; ", own.as_bytes(), b"; jm_elder=1"].concat();
        let cookies = reqwest::header::HeaderValue::from_bytes(&cookies).unwrap();
        for _ in 0..2 {
            let shown = client().get(format!("{}{path}", portal.address));
            let shown = shown.header("cookie", cookies.clone()).send().await.unwrap();
            assert_eq!(shown.headers()["cache-control"], "no-store");
            let page = shown.text().await.unwrap();
            assert!(
                page.contains(&format!("{} {} {}", &code[..4], &code[4..8], &code[8..])),
                "{page}"
            );
        }
    }
    let again = send().await;
    assert_eq!(again.headers()["location"].to_str().unwrap(), path);
    let shown = client().get(format!("{}{path}", portal.address));
    let shown = shown.header("cookie", cookie_set(&again)).send().await.unwrap();
    assert!(shown.text().await.unwrap().contains("没有重复提交"));
    let lower = client().get(format!("{}{}", portal.address, path.replace("JM-", "jm-")));
    assert_eq!(lower.send().await.unwrap().headers()["location"].to_str().unwrap(), path);
    let forgotten = client().post(format!("{}{path}/forget", portal.address)).send().await.unwrap();
    assert_eq!(forgotten.status(), 303);
    assert!(forgotten.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let locked = client().get(format!("{}{path}", portal.address));
    let locked = locked.header("cookie", cookie_set(&forgotten)).send().await.unwrap();
    assert!(!locked.text().await.unwrap().contains(&code[..4]), "it is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_browser_that_keeps_no_cookies_gets_its_receipt_in_answer_to_the_form() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let (url, form) = form_at(&portal);
    let mut pages = Vec::new();
    for _ in 0..2 {
        let answer = client().post(&url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let code = cookie_set(&answer).replace("jm_receipt=", "");
        let code = code.split('.').next().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("{} {} {}", &code[..4], &code[4..8], &code[8..])), "{page}");
        assert!(page.contains("只显示这一次"), "{page}");
        // No link, and no switch of language or size, by which it would be asked for again.
        assert!(!page.contains("href=\"/requests/JM-") && !page.contains("/preferences"), "{page}");
        pages.push(code);
    }
    assert_eq!(pages[0], pages[1], "reloading the answer leads to the same receipt");
}
