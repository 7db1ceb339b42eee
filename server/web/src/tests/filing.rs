//! The counter: what staff write for an applicant, what the applicant confirms, and who learns what of it.

use axum::http::{Method, header};
use domain::{
    audit::{CaseStep, StaffDid},
    request::{Channel, ConsentBy, RequestNumber},
    staff::Role,
};
use store::Requests as _;

use super::{
    harness::{Answer, Web, answers},
    land::HERE,
    staff::{Browser, PHRASE, enrolled},
};

const ITEM: &str = "data-correction";
const PLANNING: &str = "planning-conformity";

/// A clerk at work on a visit, and everything that they were shown.
pub(super) struct Desk<'w> {
    pub(super) clerk: Browser<'w>,
    pub(super) case: String,
    seen: String,
}

impl<'w> Desk<'w> {
    /// Signs in and begins a visit at [`HERE`].
    pub(super) async fn open(web: &'w Web, last: u8, name: &str) -> Self {
        let mut clerk = Browser::at(web, last);
        clerk.signed_in(name, &[Role::Clerk]).await;
        let begun = clerk.post("/staff/cases", &[("place", HERE)]).await;
        let (case, place) = begun.header("location").split_once('?').unwrap();
        assert_eq!((begun.status, place), (303, &*format!("place={HERE}")));
        let case = case.to_owned();
        Self { clerk, case, seen: String::new() }
    }

    fn form(&self, item: &str) -> String {
        format!("{}/forms/{HERE}?item={item}", self.case)
    }

    async fn get(&mut self, path: &str) -> Answer {
        let answer = self.clerk.get(path).await;
        self.seen.push_str(answer.text());
        answer
    }

    pub(super) async fn act(&mut self, what: &str) -> Answer {
        let case = self.case.clone();
        let answer = self.clerk.post(&case, &[("do", what)]).await;
        self.seen.push_str(answer.text());
        self.seen.push_str(&format!("{:?}", answer.headers));
        answer
    }

    /// Fills the form of a service in and reads it through, with these fields instead of its own.
    pub(super) async fn fill(&mut self, item: &str, more: &[(&str, &str)]) -> Answer {
        let page = self.get(&self.form(item)).await;
        page.is_page(200);
        let was = page.hidden("was").unwrap();
        let mut form: Vec<(String, String)> = answers(item).into_iter().collect();
        form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let own = [("item", item), ("seen", "small/1"), ("was", &*was), ("step", "review")];
        let all = own.iter().chain(more);
        form.extend(all.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        let form: Vec<_> = form.iter().map(|(name, text)| (&**name, &**text)).collect();
        let answer = self.clerk.post(&self.form(item), &form).await;
        self.seen.push_str(answer.text());
        answer
    }

    /// Shows the visit to its applicant: the pick-up code on the page.
    pub(super) async fn show(&mut self) -> String {
        assert_eq!(self.act("show").await.status, 303);
        let page = self.get(&self.case.clone()).await;
        let (_, code) = page.text().split_once("/counter?code=").expect("a code");
        code.split('"').next().unwrap().to_owned()
    }
}

/// Opens a code.
pub(super) async fn opened(applicant: &mut Browser<'_>, code: &str) {
    let page = applicant.get(&format!("/counter?code={code}")).await;
    page.is_page(200);
    let opened = applicant.post("/counter", &[("do", "open"), ("code", code)]).await;
    assert_eq!((opened.status, opened.header("location")), (303, "/counter"), "{}", opened.text());
    let cookie = opened.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    for part in ["jm_mirror=", "; Path=/counter;", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

/// Confirms what stands on the page now.
pub(super) async fn confirms(applicant: &mut Browser<'_>) -> Answer {
    let page = applicant.get("/counter").await;
    page.is_page(200);
    let shown = page.hidden("shown").expect("a button that confirms");
    applicant.post("/counter", &[("do", "confirm"), ("shown", &shown)]).await
}

/// The steps of visits in the audit.
pub(super) fn steps(web: &Web) -> Vec<CaseStep> {
    let did = web.did().into_iter().filter_map(|record| match record.did {
        StaffDid::Case { step, .. } => Some((record.who, step)),
        _ => None,
    });
    did.map(|(who, step)| {
        assert!(who.is_some(), "{step:?} is somebody's");
        step
    })
    .collect()
}

/// The number of the request in a text.
pub(super) fn number_in(text: &str) -> Option<RequestNumber> {
    let (at, _) = text.match_indices("JM-2").next()?;
    RequestNumber::parse(text.get(at..at + 20)?)
}

#[tokio::test]
async fn desk_d2_what_an_applicant_confirmed_is_handed_in_and_its_secret_is_theirs_alone() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    let chosen = desk.get(&format!("{}?place={HERE}", desk.case)).await;
    assert!(chosen.text().contains(&desk.form(PLANNING)), "any department's: {}", chosen.text());
    let review = desk.fill(ITEM, &[]).await;
    review.is_page(200);
    assert!(review.text().contains("这就是申请人将看到的内容"), "{}", review.text());
    assert!(!review.text().contains("value=\"submit\""), "from no such page it is handed in");
    // What nobody has confirmed is not handed in.
    let refused = desk.act("hand_in").await;
    refused.is_page(409);
    assert!(refused.text().contains("申请人还没有确认"), "{}", refused.text());

    let code = desk.show().await;
    let (mut phone, mut other) = (Browser::at(&web, 2), Browser::at(&web, 3));
    opened(&mut phone, &code).await;
    other.post("/counter", &[("do", "open"), ("code", &code)]).await.is_page(422);
    let shown = phone.get("/counter").await;
    for part in ["请核对后确认", "+86 138 0013 8000", "写了 &lt;b&gt;很多&lt;/b&gt;", "演示路 1 号"]
    {
        assert!(shown.text().contains(part), "{part}: {}", shown.text());
    }
    assert!(!shown.text().contains("name=\"step\""), "read only: {}", shown.text());
    assert!(!shown.text().contains("li.na") && shown.header("x-robots-tag").contains("noindex"));
    // The clerk changes something between what is read and the press.
    let before = shown.hidden("shown").unwrap();
    desk.fill(ITEM, &[("what_is_wrong", "改过一次")]).await.is_page(200);
    let late = phone.post("/counter", &[("do", "confirm"), ("shown", &before)]).await;
    late.is_page(409);
    assert!(late.text().contains("改过一次") && late.text().contains("刚才有改动"));
    // What cannot be written down does not happen.
    let now = late.hidden("shown").unwrap();
    web.fill_audit(true);
    phone.post("/counter", &[("do", "confirm"), ("shown", &now)]).await.is_page(503);
    web.fill_audit(false);
    desk.act("hand_in").await.is_page(409);
    assert_eq!(confirms(&mut phone).await.status, 303);
    let case = desk.get(&desk.case.clone()).await;
    assert!(case.text().contains("申请人已确认（窗口以外的浏览器"), "{}", case.text());
    // Changed after the confirmation, it is void.
    desk.fill(ITEM, &[("what_is_wrong", "又改了")]).await.is_page(200);
    desk.act("hand_in").await.is_page(409);
    assert_eq!(confirms(&mut phone).await.status, 303);
    assert!(phone.get("/counter").await.text().contains("您已确认"));
    web.fill_audit(true);
    assert_eq!(desk.act("hand_in").await.status, 503);
    web.fill_audit(false);
    assert_eq!(desk.act("hand_in").await.status, 303);
    let case = desk.get(&desk.case.clone()).await;
    assert!(case.text().contains("还没有看到回执"), "{}", case.text());
    let number = number_in(case.text()).expect("the clerk has the number");

    let receipt = phone.get("/counter").await;
    assert_eq!(receipt.header("refresh"), "", "on a device of their own it stays");
    let secret = receipt.hidden("secret").expect("the applicant has the secret");
    assert!(receipt.text().contains(number.as_str()), "{}", receipt.text());
    let path = format!("/requests/{number}");
    let opens = phone.post(&path, &[("number", number.as_str()), ("secret", &secret)]).await;
    assert_eq!((opens.status, opens.header("location")), (303, &*path));
    let case = desk.get(&desk.case.clone()).await;
    assert!(case.text().contains("申请人已拿到回执"), "{}", case.text());
    // No further press makes another request, and no page of staff ever had the secret.
    assert_eq!(desk.act("hand_in").await.status, 303);
    let grouped: Vec<&str> = [0, 4, 8].iter().map(|at| &secret[*at..at + 4]).collect();
    for secret in [&*secret, &grouped.join(" ")] {
        assert!(!desk.seen.contains(secret));
    }

    let kept = web.store.request(&number).await.unwrap().unwrap().submission;
    assert_eq!((kept.channel, &*kept.answers["what_is_wrong"]), (Channel::Counter, "又改了"));
    let assisted = kept.assisted.clone().unwrap();
    assert_eq!(
        (&*assisted.office, assisted.consent.how),
        ("registration", ConsentBy::AnotherBrowser)
    );
    let digest = service::cases::digest_of(&kept).unwrap();
    assert_eq!(assisted.consent.content_sha256, digest, "what was confirmed is what was handed in");
    let told = serde_json::to_string(&kept).unwrap();
    assert!(told.contains("\"counter\"") && !told.contains("li.na"), "{told}");
    let steps = steps(&web);
    let confirmed = |step: &&CaseStep| matches!(step, CaseStep::Confirmed { .. });
    assert_eq!(steps.iter().filter(confirmed).count(), 2, "{steps:?}");
    assert!(steps.iter().any(|step| matches!(step, CaseStep::HandedIn { content_sha256, .. } if *content_sha256 == digest)));
    // A later code shows nobody the secret again.
    let code = desk.show().await;
    let mut clerks_own = Browser::at(&web, 9);
    opened(&mut clerks_own, &code).await;
    let nothing = clerks_own.get("/counter").await;
    assert!(nothing.hidden("secret").is_none() && !nothing.text().contains(&*secret));
    let ended = desk.act("close").await;
    assert_eq!(ended.header("location"), "/staff/cases");
    desk.get(&desk.case.clone()).await.is_page(404);
    assert!(phone.get("/counter").await.hidden("secret").is_none(), "the page ends with the visit");
}

#[tokio::test]
async fn desk_d6_in_one_visit_the_applicant_is_entered_once_and_confirms_all_of_it() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[("applicant_name", "张三丰")]).await.is_page(200);
    let second = desk.get(&desk.form(PLANNING)).await;
    for own in ["张三丰", "13800138000"] {
        assert!(second.text().contains(&format!("value=\"{own}\"")), "{own}: {}", second.text());
    }
    assert!(!second.text().contains(" checked"), "they agree anew to each: {}", second.text());
    desk.fill(PLANNING, &[]).await.is_page(200);
    let code = desk.show().await;
    // On a screen of the counter, which brings the mark of its browser.
    let mut screen = Browser::at(&web, 1);
    screen.cookies.clone_from(&desk.clerk.cookies);
    opened(&mut screen, &code).await;
    let waits = screen.get("/counter").await;
    assert_eq!(waits.header("refresh"), "900; url=/counter?cleared=1", "also where one leaves");
    assert!(waits.text().contains("15 分钟后自动清除"), "{}", waits.text());
    assert_eq!(confirms(&mut screen).await.status, 303);
    assert_eq!(desk.act("hand_in").await.status, 303);
    let page = screen.get("/counter").await;
    assert_eq!(page.text().matches("name=\"secret\"").count(), 2, "{}", page.text());
    let how = steps(&web).into_iter().filter_map(|step| match step {
        CaseStep::Confirmed { consent, .. } => Some(consent.how),
        _ => None,
    });
    assert_eq!(how.collect::<Vec<_>>(), [ConsentBy::CounterScreen; 2]);
    // A screen of the counter clears itself when nobody presses anything, and says so before.
    assert!(page.text().contains("3 分钟后自动清除"), "{}", page.text());
    let refresh = page.header("refresh");
    assert_eq!(refresh, "180; url=/counter?cleared=1");
    let cookies = screen.cookies.clone();
    let cleared = screen.get(refresh.split_once("url=").unwrap().1).await;
    assert_eq!((cleared.status, cleared.header("location")), (303, "/counter"));
    assert!(screen.get("/counter").await.hidden("secret").is_none(), "nothing stands there");
    screen.cookies = cookies;
    let forgot = screen.post("/counter", &[("do", "forget")]).await;
    assert_eq!(forgot.header("clear-site-data"), "\"cache\"");
}

#[tokio::test]
async fn desk_d5_a_case_is_its_offices_and_nobody_overwrites_what_another_typed() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    let page = desk.get(&desk.form(ITEM)).await;
    let was = page.hidden("was").unwrap();
    desk.fill(ITEM, &[("what_is_wrong", "先写的")]).await.is_page(200);
    // From a page that was opened before that.
    let late = [("item", ITEM), ("was", &*was), ("what_is_wrong", "后写的"), ("step", "save")];
    let form = desk.form(ITEM);
    let stale = desk.clerk.post(&form, &late).await;
    stale.is_page(409);
    assert!(stale.text().contains("先写的") && stale.text().contains("后写的"), "{}", stale.text());
    assert!(desk.get(&form).await.text().contains("先写的"), "nothing was overwritten");
    // A switch of language between, or the end of a session, makes no old page a new one.
    let switched = [("lang", "en"), ("item", ITEM), ("was", &*was), ("what_is_wrong", "后写的")];
    let cookies = desk.clerk.cookies.clone();
    let page = desk.clerk.post(&form, &switched).await;
    desk.clerk.cookies = cookies;
    assert!(page.text().contains("先写的"), "what is kept stands beside: {}", page.text());
    let drop = [("item", ITEM), ("was", &*was), ("step", "discard")];
    desk.clerk.post(&form, &drop).await.is_page(409);
    // Another clerk reads it while somebody has it, and changes nothing.
    let mut wang = Browser::at(&web, 2);
    wang.signed_in("wang", &[Role::Clerk]).await;
    assert!(wang.get("/staff/cases").await.text().contains("li.na 正在办"));
    let held = wang.post(&desk.case, &[("do", "show")]).await;
    held.is_page(409);
    assert!(held.text().contains("li.na 正在办"), "{}", held.text());
    let form = [("item", ITEM), ("step", "save"), ("what_is_wrong", "王写的")];
    wang.post(&desk.form(ITEM), &form).await.is_page(409);
    let case = desk.case.clone();
    let left = desk.clerk.post(&case, &[("do", "leave"), ("note", "等复印件")]).await;
    assert_eq!(left.header("location"), "/staff/cases");
    assert!(wang.get("/staff/cases").await.text().contains("等复印件"));
    assert_eq!(wang.post(&case, &[("do", "show")]).await.status, 303);
    desk.act("show").await.is_page(409);
    // Whose session is over goes on with what they typed, once they have signed in again.
    let code = enrolled(&web, "zhao", &[Role::Clerk]).await;
    let mut zhao = Browser::at(&web, 3);
    let typed = [("item", ITEM), ("step", "save"), ("what_is_wrong", "写到一半")];
    let page = zhao.post(&desk.form(ITEM), &typed).await;
    page.is_page(401);
    assert_eq!(page.hidden("typed.what_is_wrong").as_deref(), Some("写到一半"));
    let back = html_escape::decode_html_entities(&page.hidden("back").unwrap()).into_owned();
    let form = [
        ("name", "zhao"),
        ("passphrase", PHRASE),
        ("otp", &code),
        ("back", &back),
        ("typed.what_is_wrong", "写到一半"),
    ];
    let page = zhao.post("/staff/sign-in", &form).await;
    page.is_page(200);
    assert!(page.text().contains("写到一半") && page.text().contains("request-form"));
}

#[tokio::test]
async fn desk_d2_who_has_no_device_signs_on_paper_and_takes_the_secret_on_paper() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[]).await.is_page(200);
    let paper = format!("{}/paper", desk.case);
    let page = desk.get(&paper).await;
    let shown = page.hidden("shown").unwrap();
    assert!(page.text().contains("申请人签字") && page.text().contains("+86 138 0013 8000"));
    let other = [("do", "witness"), ("shown", "0")];
    desk.clerk.post(&paper, &other).await.is_page(409);
    let signed = desk.clerk.post(&paper, &[("do", "witness"), ("shown", &*shown)]).await;
    assert_eq!(signed.header("location"), desk.case);
    assert_eq!(desk.act("hand_in").await.status, 303);
    desk.act("close").await.is_page(409);
    let printed = desk.clerk.post(&paper, &[("do", "print")]).await;
    printed.is_page(200);
    let number = number_in(printed.text()).unwrap();
    assert!(printed.text().contains("<div class=\"print-only\">"), "{}", printed.text());
    assert!(printed.text().contains("查询码"), "{}", printed.text());
    let again = desk.clerk.post(&paper, &[("do", "print")]).await;
    let copies = [&printed, &again].map(|page| page.text().contains("副本"));
    assert_eq!(copies, [false, true], "{}", again.text());
    let print = CaseStep::ReceiptPrinted { number: number.clone() };
    assert_eq!(steps(&web).iter().filter(|step| **step == print).count(), 2);
    let kept = web.store.request(&number).await.unwrap().unwrap().submission;
    assert_eq!(kept.assisted.unwrap().consent.how, ConsentBy::OnPaper);
}

#[tokio::test]
async fn desk_d4_a_note_for_a_colleague_is_neither_lost_nor_cut() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    desk.fill(ITEM, &[]).await.is_page(200);
    let case = desk.case.clone();
    let leave = |note: &str| [("do", "leave".to_owned()), ("note", note.to_owned())];
    let long = "等申请人补身份证复印件".repeat(46);
    assert!(long.chars().count() > 500);
    // A colleague has it in hand, it is too long, or a switch of language sent it along: it stands there again.
    let mut other = Browser::at(&web, 2);
    other.signed_in("zhao", &[Role::Clerk]).await;
    let switched = [&leave("等复印件")[..], &[("lang", "en".to_owned())]].concat();
    let (held, cut) = (leave("等复印件").to_vec(), leave(&long).to_vec());
    let signed_in = desk.clerk.cookies.clone();
    for (is_other, form, status) in [(true, held, 409), (false, cut, 422), (false, switched, 200)] {
        let form: Vec<_> = form.iter().map(|(name, text)| (*name, &**text)).collect();
        let browser = if is_other { &mut other } else { &mut desk.clerk };
        let page = browser.post(&case, &form).await;
        page.is_page(status);
        assert!(page.text().contains(form[1].1), "{status}: {}", page.text());
    }
    // The browser of these tests keeps the cookies of the last answer alone.
    desk.clerk.cookies = signed_in;
    assert!(!steps(&web).contains(&CaseStep::Left), "nothing of it was done");
    // Whoever has to sign in first has it in its field again.
    let code = enrolled(&web, "wu", &[Role::Clerk]).await;
    let mut late = Browser::at(&web, 3);
    let page = late.post(&case, &[("do", "leave"), ("note", "等复印件")]).await;
    page.is_page(401);
    let (typed, back) = (page.hidden("typed.note").unwrap(), page.hidden("back").unwrap());
    let form = [
        ("name", "wu"),
        ("passphrase", PHRASE),
        ("otp", &*code),
        ("back", &*back),
        ("typed.note", &*typed),
    ];
    let page = late.post("/staff/sign-in", &form).await;
    page.is_page(200);
    assert!(page.text().contains("等复印件"), "{}", page.text());
    // As long as a note may be it is kept whole.
    let most: String = long.chars().take(500).collect();
    let left = desk.clerk.post(&case, &[("do", "leave"), ("note", &most)]).await;
    assert_eq!(left.status, 303, "{}", left.text());
    assert!(late.get(&case).await.text().contains(&most));
}

#[tokio::test]
async fn desk_d4_what_is_typed_is_kept_as_it_is_typed_and_written_down_once() {
    let web = Web::open();
    let mut desk = Desk::open(&web, 1, "li.na").await;
    let form = desk.form(ITEM);
    let page = desk.get(&form).await;
    for part in ["src=\"/keeping.js\"", "id=\"kept-state\"", "id=\"request-form\""] {
        assert!(page.text().contains(part), "{part}");
    }
    let script = web.get("/keeping.js").await;
    assert_eq!(script.kind(), "text/javascript; charset=utf-8");
    assert!(script.text().contains("x-jianma-keeps") && script.text().contains("kept-state"));
    let was = page.hidden("was").unwrap();
    let cookies = desk.clerk.cookies.clone();
    let typed = async |was: &str, text: &str, cookies: &str| {
        let fields = [
            ("item", ITEM),
            ("seen", "small/1"),
            ("was", was),
            ("what_is_wrong", text),
            ("applicant_name", "欧阳只打了一半"),
        ];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("cookie", cookies),
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://jm.example"),
            ("x-jianma-keeps", "1"),
        ];
        web.ask(Method::POST, &form, &headers, body).await
    };
    let mark = |answer: &Answer| answer.json()["was"].as_str().unwrap().to_owned();
    // Nothing is kept that cannot be written down.
    web.fill_audit(true);
    assert_eq!(typed(&was, "面", &cookies).await.status, 503);
    web.fill_audit(false);
    let first = typed(&was, "面", &cookies).await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-store"));
    let second = typed(&mark(&first), "面积", &cookies).await;
    let last = typed(&mark(&second), "面积有误", &cookies).await;
    assert_eq!(last.status, 200);
    let saved = |step: &&CaseStep| matches!(step, CaseStep::Saved { .. });
    assert_eq!(steps(&web).iter().filter(saved).count(), 1, "that they type stands there once");
    // A mark of before saves nothing over what is kept, and the same text again is no change.
    assert_eq!(typed(&was, "别的", &cookies).await.status, 409);
    assert_eq!(typed(&was, "面积有误", &cookies).await.status, 200);
    // Elsewhere, after the power was cut: the same text.
    let again = desk.get(&form).await;
    assert!(again.text().contains("面积有误"), "{}", again.text());
    assert_eq!(again.hidden("was"), Some(mark(&last)));
    // Half a name goes on to no other form before somebody presses.
    assert!(again.text().contains("欧阳只打了一半"), "{}", again.text());
    let other = desk.get(&desk.form(PLANNING)).await;
    assert!(!other.text().contains("欧阳只打了一半"), "{}", other.text());
    // Nobody else, and nobody who is signed in nowhere, keeps anything.
    assert_eq!(typed(&mark(&last), "x", "jm_lang=zh").await.status, 401);
    let mut wang = Browser::at(&web, 2);
    wang.signed_in("wang", &[Role::Clerk]).await;
    let others = wang.cookies.clone();
    assert_eq!(typed(&mark(&last), "王写的", &others).await.status, 409);
    assert_eq!(desk.act("leave").await.status, 303);
    // A colleague who goes on stands there with their own name, and so does who comes back.
    let theirs = typed(&mark(&last), "王写的", &others).await;
    assert_eq!(theirs.status, 200);
    assert_eq!(steps(&web).iter().filter(saved).count(), 2);
    // Beside what another one saved no script writes over it.
    let late = [("item", ITEM), ("was", &*was), ("what_is_wrong", "后写的"), ("step", "save")];
    let stale = wang.post(&form, &late).await;
    stale.is_page(409);
    assert!(!stale.text().contains("/keeping.js"), "{}", stale.text());
}
