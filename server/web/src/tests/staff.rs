//! The counter: who gets in, who may have what, and what is written down before anything is shown.

use axum::{
    body::Body,
    http::{HeaderValue, Method, Request, header},
};
use domain::{
    Clock as _,
    audit::StaffDid,
    staff::{Member, Role, StaffId},
    viewer::Tier,
};
use store::Staff as _;
use totp_rs::{Builder, Secret};

use super::{
    harness::{Answer, HOST, Noon, Web},
    land,
};
use crate::{
    portal_routes::known_routes,
    staff::{NEEDS, Need},
};

pub(super) const PHRASE: &str = "三尺柜台 一枝一叶 总关情 2026";
const REASON: &str = "王先生来窗口问抵押";

/// Somebody at a computer of their own.
pub(super) struct Browser<'w> {
    web: &'w Web,
    address: [u8; 4],
    pub(super) cookies: String,
}

impl<'w> Browser<'w> {
    pub(super) fn at(web: &'w Web, last: u8) -> Self {
        Self { web, address: [198, 51, 100, last], cookies: "jm_lang=zh".to_owned() }
    }

    async fn ask(&mut self, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.send(method, path, (kind, Body::from(body))).await
    }

    /// Sends a form with files.
    pub(super) async fn bring(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Answer {
        let (kind, body) = super::attachments::in_parts(fields, files);
        self.send(Method::POST, path, (kind.parse().unwrap(), Body::from(body))).await
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        (kind, body): (HeaderValue, Body),
    ) -> Answer {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::COOKIE, HeaderValue::from_str(&self.cookies).unwrap());
        headers.insert(header::ORIGIN, format!("https://{HOST}").parse().unwrap());
        let answer = self.web.send_from(self.address, request).await;
        if answer.headers.contains_key(header::SET_COOKIE) {
            self.cookies = format!("{}; jm_lang=zh", answer.cookies());
        }
        answer
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    pub(super) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, form).await
    }

    /// Has an account made, chooses a passphrase, and signs in.
    pub(super) async fn signed_in(&mut self, name: &str, roles: &[Role]) {
        let code = enrolled(self.web, name, roles).await;
        let form = [("name", name), ("passphrase", PHRASE), ("otp", &code)];
        let answer = self.post("/staff/sign-in", &form).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/staff"), "{name}");
    }
}

/// Has an account made with a passphrase; the code that signs it in.
pub(super) async fn enrolled(web: &Web, name: &str, roles: &[Role]) -> String {
    let id = StaffId::parse(name).unwrap();
    let member = Member {
        id: id.clone(),
        name: "李娜".into(),
        office: "registration".into(),
        roles: roles.iter().copied().collect(),
        demonstration: false,
    };
    let link = web.staff().add(&member, "root").await.unwrap().unwrap();
    let path = format!("/staff/enrol/{}", link.token);
    let mut browser = Browser::at(web, 200);
    let page = browser.get(&path).await;
    page.is_page(200);
    let address = page.text().split("href=\"otpauth://").nth(1).unwrap();
    let secret = address.split("secret=").nth(1).unwrap().split(['&', '"']).next().unwrap();
    let code = code(secret, 0);
    let form = [("passphrase", PHRASE), ("again", PHRASE), ("otp", &code)];
    let done = browser.post(&path, &form).await;
    assert_eq!(done.header("location"), "/staff/sign-in?after=enrolled");
    browser.get(&path).await.is_page(404);
    assert!(web.store.member(&id).await.unwrap().unwrap().enrolled_at.is_some());
    // That of enrolling was used; a clock may go ahead.
    self::code(secret, 30)
}

/// The code that an app shows by a secret in letters.
fn code(secret: &str, ahead: u64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .with_issuer(Some("y"))
        .build()
        .unwrap();
    totp.generate(Noon.now().as_second().unsigned_abs() + ahead).to_string()
}

#[tokio::test]
async fn desk_d7_every_route_is_had_by_whom_the_table_names_and_by_nobody_else() {
    let web = Web::open();
    let routes = known_routes();
    let routes: Vec<_> = routes.iter().filter(|route| route.path.starts_with("/staff")).collect();
    let named = |route: &crate::route::Route| {
        let need = NEEDS
            .iter()
            .find(|(method, path, _)| Some(method) == route.method.as_ref() && *path == route.path);
        need.unwrap_or_else(|| panic!("{:?} {} is in no table", route.method, route.path)).2
    };
    assert_eq!(routes.len(), NEEDS.len(), "each stands there once");
    let all = [None].into_iter().chain(Role::ALL.map(Some));
    for (at, role) in all.enumerate() {
        let mut browser = Browser::at(&web, u8::try_from(at).unwrap());
        if let Some(role) = role {
            browser.signed_in(role.name(), &[role]).await;
        }
        // What ends the session comes last.
        let ends = |path: &str| path == "/staff/sign-out";
        let (last, first): (Vec<_>, Vec<_>) = routes.iter().partition(|route| ends(&route.path));
        for route in first.into_iter().chain(last) {
            let need = named(route);
            let path = route.path.replace("{token}", "none").replace("{delivery}", "none");
            let path = path.replace("{case}", "BJ-22334455").replace("{code}", land::HERE);
            let method = route.method.clone().unwrap();
            let cookies = browser.cookies.clone();
            let answer = browser.ask(method.clone(), &path, &[("session", "none")]).await;
            if !ends(&path) {
                browser.cookies = cookies;
            }
            let refused = match (role, need) {
                (_, Need::Nothing) | (Some(_), Need::SignedIn) => None,
                (None, _) => Some(401),
                (Some(role), Need::May(act)) => {
                    let may = domain::staff::MAY.iter().find(|(may, _)| *may == act).unwrap();
                    (!may.1.contains(&role)).then_some(403)
                }
            };
            let said = [401, 403].contains(&answer.status).then_some(answer.status);
            assert_eq!(said, refused, "{role:?} {method} {path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{role:?} {method} {path}");
            if answer.kind().starts_with("text/html") {
                assert!(answer.header("x-robots-tag").contains("noindex"), "{method} {path}");
                assert!(answer.text().contains("noindex"), "{method} {path}");
            }
        }
    }
    assert!(web.closer().is_empty());
}

#[tokio::test]
async fn desk_d1_a_session_is_of_this_host_and_this_browser_and_ends_when_somebody_leaves() {
    let web = Web::set(|settings| {
        settings.site.tls = true;
        settings.site.host = Some(HOST.into());
    });
    let code = enrolled(&web, "li", &[Role::Clerk]).await;
    let mut browser = Browser::at(&web, 1);
    let wrong = [
        [("name", "li"), ("passphrase", PHRASE), ("otp", "000000")],
        [("name", "li"), ("passphrase", "another one of somebody"), ("otp", &code)],
        [("name", "no-one"), ("passphrase", PHRASE), ("otp", &code)],
    ];
    let mut said = Vec::new();
    for form in wrong {
        let answer = browser.post("/staff/sign-in", &form).await;
        answer.is_page(422);
        let text = answer.text().to_owned();
        assert!(!text.contains(form[1].1), "a passphrase is on no page");
        let (_, main) = text.split_once("<main").unwrap();
        let (main, _) = main.split_once("</main>").unwrap();
        said.push(main.replace(&format!("value=\"{}\"", form[0].1), ""));
    }
    assert!(said.windows(2).all(|two| two[0] == two[1]), "one answer for all: {said:?}");
    let right = [("name", "li"), ("passphrase", PHRASE), ("otp", &code)];
    let answer = browser.post("/staff/sign-in", &right).await;
    let set: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().collect();
    assert_eq!((answer.status, set.len()), (303, 2));
    for cookie in set {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-jm_sta"), "{cookie}");
        for part in ["; Path=/;", "; HttpOnly", "; SameSite=Strict", "; Secure"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
    browser.get("/staff").await.is_page(200);
    // The session alone, as somebody takes it out of a browser.
    let mut thief = Browser::at(&web, 2);
    let session = browser.cookies.split("; ").find(|it| it.starts_with("__Host-jm_staff"));
    thief.cookies = session.unwrap().to_owned();
    thief.get("/staff").await.is_page(401);
    thief.cookies = format!("{}; __Host-jm_station=other", session.unwrap());
    thief.get("/staff").await.is_page(401);
    let own = browser.get("/staff/sessions").await;
    own.is_page(200);
    let mark = own.hidden("session").unwrap();
    assert!(!browser.cookies.contains(&mark), "what is on the page signs nobody in");
    let other = Browser { cookies: browser.cookies.clone(), ..Browser::at(&web, 3) };
    let foreign = Request::post("/staff/sign-out").header(header::ORIGIN, "https://evil.example");
    let foreign = foreign.header(header::COOKIE, &other.cookies).body(Body::empty()).unwrap();
    assert_eq!(web.send(foreign).await.status, 403, "another site has it sent");
    browser.get("/staff").await.is_page(200);
    let left = browser.post("/staff/sign-out", &[]).await;
    assert_eq!(left.header("location"), "/staff/sign-in?after=left");
    assert_eq!(left.header("clear-site-data"), "\"cache\"");
    let mut gone = Browser { cookies: other.cookies.clone(), ..Browser::at(&web, 3) };
    gone.get("/staff").await.is_page(401);
    let did: Vec<_> = web.did().into_iter().map(|record| record.did).collect();
    assert!(did.ends_with(&[StaffDid::SignedIn, StaffDid::SignedOut]), "{did:?}");
}

#[tokio::test]
async fn desk_d3_d8_more_than_public_takes_a_reason_that_is_written_down_first() {
    let web = Web::open();
    let mut browser = Browser::at(&web, 1);
    browser.signed_in("li.na", &[Role::Clerk]).await;
    let desk = format!("/staff?q={}", land::HERE);
    for q in [desk.clone(), format!("/staff?q=HTTPS%3A%2F%2F{HOST}%2FC%2F{}", land::HERE)] {
        let page = browser.get(&q).await;
        page.is_page(200);
        assert!(page.text().contains("演示路 1 号") && !page.text().contains(land::OWNER), "{q}");
    }
    let found = browser.get("/staff?q=%E6%BC%94%E7%A4%BA%E8%B7%AF").await;
    assert!(found.text().contains(&desk), "a list leads to the desk: {}", found.text());
    let (number, _) = web.handed_in("data-correction").await;
    let ask = [("place", land::HERE)];
    for (case, reason, fault) in [
        ("", "", "理由"),
        ("", "办事", "理由"),
        ("JM-20261122-22334455", REASON, "申请编号"),
        ("nonsense", REASON, "申请编号"),
    ] {
        let form = [&ask[..], &[("case", case), ("reason", reason)]].concat();
        let page = browser.post("/staff/place", &form).await;
        page.is_page(422);
        assert!(page.text().contains(fault) && !page.text().contains(land::OWNER), "{case}");
        assert!(page.text().contains(&format!("value=\"{reason}\"")), "it is typed once");
    }
    assert!(web.closer().is_empty(), "nothing was shown, and nothing says it was");
    web.fill_audit(true);
    let form = [&ask[..], &[("case", ""), ("reason", REASON)]].concat();
    let page = browser.post("/staff/place", &form).await;
    page.is_page(503);
    assert!(!page.text().contains(land::OWNER) && page.text().contains("查询记录无法写入"));
    web.fill_audit(false);
    let page = browser.post("/staff/place", &form).await;
    page.is_page(200);
    assert!(page.text().contains(land::OWNER), "{}", page.text());
    let form = [&ask[..], &[("case", &*number), ("reason", REASON)]].concat();
    assert!(browser.post("/staff/place", &form).await.text().contains(land::OWNER));
    let looks = web.closer();
    let purposes: Vec<_> = looks.iter().map(|(who, _)| who.purpose.clone().unwrap()).collect();
    assert_eq!(purposes, [format!("[] {REASON}"), format!("[{number}] {REASON}")]);
    for (who, code) in &looks {
        assert_eq!(who.subject.as_deref(), Some("li.na@registration"));
        assert_eq!((who.tier, code.as_str()), (Tier::Staff, land::HERE));
    }
    // Of what may not be shown to anybody a clerk is told no more than of what there is not.
    for code in [land::UNKNOWN, land::CLASSIFIED] {
        let form = [("place", code), ("case", ""), ("reason", REASON)];
        let page = browser.post("/staff/place", &form).await;
        page.is_page(404);
        assert!(page.text().contains("没有可以显示的内容"), "{}", page.text());
    }
    // The session counts at the counter alone: nothing of it is on a page for everybody, or kept of one.
    for path in [format!("/c/{}", land::HERE), format!("/api/v1/parcels/{}", land::HERE)] {
        let (own, other) = (browser.get(&path).await, Browser::at(&web, 9).get(&path).await);
        assert_eq!((own.status, own.body.clone()), (200, other.body), "{path}");
        assert!(!own.text().contains(land::OWNER), "{path}");
    }
    assert_eq!(web.closer().len(), 2);
}

#[tokio::test]
async fn desk_d4_whoever_has_to_sign_in_again_is_where_they_were_with_what_they_typed() {
    let web = Web::open();
    let code = enrolled(&web, "li.na", &[Role::Clerk]).await;
    let mut browser = Browser::at(&web, 1);
    let typed = [("place", land::HERE), ("case", ""), ("reason", REASON)];
    let page = browser.post("/staff/place", &typed).await;
    page.is_page(401);
    assert_eq!(page.hidden("typed.reason").as_deref(), Some(REASON));
    assert_eq!(page.hidden("typed.place").as_deref(), Some(land::HERE));
    let back = page.hidden("back").unwrap();
    let form = [
        ("name", "li.na"),
        ("passphrase", PHRASE),
        ("otp", &code),
        ("back", &back),
        ("typed.reason", REASON),
        ("typed.place", land::HERE),
    ];
    let page = browser.post("/staff/sign-in", &form).await;
    page.is_page(200);
    assert!(page.text().contains(&format!("value=\"{REASON}\"")), "{}", page.text());
    assert!(page.text().contains("演示路 1 号") && !page.text().contains(land::OWNER));
    assert!(web.closer().is_empty(), "they have not pressed the button");
    browser.post("/staff/place", &typed).await.is_page(200);
    // Who asks for a page is led to it.
    let mut other = Browser::at(&web, 2);
    let page = other.get("/staff/sessions").await;
    assert_eq!(page.hidden("back").as_deref(), Some("/staff/sessions"));
}

#[tokio::test]
async fn desk_d1_a_supervisor_lets_somebody_of_their_office_in_again_and_nobody_else() {
    let web = Web::open();
    let code = enrolled(&web, "li.na", &[Role::Clerk]).await;
    let mut browser = Browser::at(&web, 1);
    for _ in 0..5 {
        let form = [("name", "li.na"), ("passphrase", PHRASE), ("otp", "000000")];
        browser.post("/staff/sign-in", &form).await.is_page(422);
    }
    let right = [("name", "li.na"), ("passphrase", PHRASE), ("otp", &*code)];
    browser.post("/staff/sign-in", &right).await.is_page(422);
    let mut supervisor = Browser::at(&web, 2);
    supervisor.signed_in("wang", &[Role::Supervisor]).await;
    let page = supervisor.get("/staff/locks").await;
    assert!(page.text().contains("li.na"), "{}", page.text());
    let page = supervisor.post("/staff/locks", &[("member", "nobody")]).await;
    assert!(page.text().contains("li.na"));
    let page = supervisor.post("/staff/locks", &[("member", "li.na")]).await;
    page.is_page(200);
    assert_eq!(page.hidden("member"), None, "nobody is kept out any more: {}", page.text());
    assert_eq!(browser.post("/staff/sign-in", &right).await.status, 303);
}

#[tokio::test]
async fn desk_d8_who_reads_a_request_at_the_counter_stands_on_its_applicants_page() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let mut clerk = Browser::at(&web, 1);
    clerk.signed_in("li.na", &[Role::Clerk]).await;
    let desk = clerk.get(&format!("/staff?q={number}")).await;
    desk.is_page(200);
    assert!(!desk.text().contains("写了"), "nothing of it is shown before: {}", desk.text());
    let form = |reason: &'static str| [("number", &*number), ("reason", reason)];
    let page = clerk.post("/staff/request", &form("看看")).await;
    page.is_page(422);
    assert!(page.text().contains("理由") && !page.text().contains("写了"));
    web.fill_audit(true);
    let page = clerk.post("/staff/request", &form(REASON)).await;
    page.is_page(503);
    assert!(page.text().contains("查询记录无法写入") && !page.text().contains("写了"));
    web.fill_audit(false);
    let mut applicant = Browser::at(&web, 2);
    let own = format!("/requests/{number}");
    assert_eq!(applicant.post(&own, &[("secret", &secret)]).await.status, 303);
    let seen = applicant.get(&own).await;
    assert!(!seen.text().contains("窗口工作人员查看了申请"), "nobody has read it yet");
    let page = clerk.post("/staff/request", &form(REASON)).await;
    page.is_page(200);
    assert!(page.text().contains("写了"), "{}", page.text());
    let StaffDid::LookedAtRequest { number: at, reason } = &web.did().pop().unwrap().did else {
        panic!("it is in the audit: {:?}", web.did())
    };
    assert_eq!((at.as_str(), &**reason), (&*number, REASON));
    let seen = applicant.get(&own).await;
    for part in ["窗口工作人员查看了申请", "测试部门", REASON] {
        assert!(seen.text().contains(part), "{part}: {}", seen.text());
    }
    assert!(!seen.text().contains("li.na"), "staff are not named");
    // Another office's is as good as none.
    let item = domain::service::services().iter().find(|item| item.department != "registration");
    let (other, _) = web.handed_in(&item.unwrap().id).await;
    for number in [&*other, "JM-20261122-22334455"] {
        let form = [("number", number), ("reason", REASON)];
        let page = clerk.post("/staff/request", &form).await;
        page.is_page(404);
        assert!(page.text().contains("不属于本单位"), "{}", page.text());
    }
    assert_eq!(
        web.did().iter().filter(|it| matches!(it.did, StaffDid::LookedAtRequest { .. })).count(),
        1
    );
}
