//! Passkeys over HTTP: who is asked for one, and what a page says where there can be none. What of an answer is
//! believed is asked in `server/staff`, and the whole way by a browser in `e2e/journeys/passkey.spec.ts`.

use domain::staff::Role;

use super::{
    harness::{HOST, Web},
    staff::Browser,
};

fn with_tls() -> Web {
    Web::set(|settings| {
        settings.site.tls = true;
        settings.site.host = Some(HOST.into());
    })
}

#[tokio::test]
async fn desk_d1_a_browser_is_asked_for_a_passkey_and_for_a_new_one_once_somebody_is_signed_in() {
    let web = with_tls();
    let mut browser = Browser::at(&web, 1);
    assert!(browser.get("/staff/sign-in").await.text().contains("data-passkey=\"get\""));
    let asked = browser.post("/staff/sign-in/passkey", &[]).await;
    assert_eq!((asked.status, asked.kind()), (200, "application/json"), "{}", asked.text());
    assert!(browser.cookies.contains("__Host-jm_station="), "it is bound to this browser");
    let asked = asked.json();
    let options = &asked["options"]["publicKey"];
    assert_eq!(
        (&options["userVerification"], &options["rpId"]),
        (&"required".into(), &HOST.into())
    );
    let challenge = asked["challenge"].as_str().unwrap();
    let form = [("challenge", challenge), ("credential", "{}"), ("back", "/staff/queue")];
    let refused = browser.post("/staff/sign-in", &form).await;
    refused.is_page(422);
    assert!(refused.text().contains("这个通行密钥不能登录"), "{}", refused.text());
    let way_on = "name=\"back\" value=\"/staff/queue\"";
    assert_eq!(refused.text().matches(way_on).count(), 2, "by either way: {}", refused.text());
    browser.post("/staff/passkeys/new", &[]).await.is_page(401);
    browser.signed_in("li.na", &[Role::Clerk]).await;
    let page = browser.get("/staff/sessions").await;
    assert!(page.text().contains("data-passkey=\"create\""), "{}", page.text());
    let asked = browser.post("/staff/passkeys/new", &[]).await.json();
    assert_eq!(asked["options"]["publicKey"]["user"]["name"], "li.na");
    let challenge = asked["challenge"].as_str().unwrap();
    let form = [("challenge", challenge), ("credential", "{}"), ("passkey", "我的手机")];
    let refused = browser.post("/staff/passkeys", &form).await;
    refused.is_page(422);
    assert!(refused.text().contains("value=\"我的手机\""), "it is typed once");
    assert!(refused.text().contains("没有添加"), "{}", refused.text());
    let gone = browser.post("/staff/passkeys", &[("remove", "none")]).await;
    assert_eq!((gone.status, gone.header("location")), (303, "/staff/sessions"));
    let fresh = browser.get("/staff/sign-in?after=fresh").await;
    assert!(fresh.text().contains("name=\"back\" value=\"/staff/sessions\""));
}

#[tokio::test]
async fn desk_d1_a_portal_that_can_have_no_passkeys_says_why_and_asks_for_none() {
    let no_tls = Web::set(|settings| settings.site.host = Some(HOST.into()));
    for (web, why) in [(Web::open(), "没有写明平台的网址"), (no_tls, "只允许 HTTPS")] {
        let mut browser = Browser::at(&web, 1);
        let page = browser.get("/staff/sign-in").await;
        page.is_page(200);
        assert!(!page.text().contains("data-passkey"), "{}", page.text());
        assert_eq!(browser.post("/staff/sign-in/passkey", &[]).await.status, 409);
        let form = [("challenge", "x"), ("credential", "{}")];
        browser.post("/staff/sign-in", &form).await.is_page(422);
        browser.signed_in("li.na", &[Role::Clerk]).await;
        let page = browser.get("/staff/sessions").await;
        assert!(page.text().contains(why) && !page.text().contains("data-passkey"), "{why}");
        assert_eq!(browser.post("/staff/passkeys/new", &[]).await.status, 409);
    }
}
