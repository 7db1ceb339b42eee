//! Notices of what became of a request (desk D10): page and document of each kind, and what the page of the request says
//! first.

use domain::{
    Locale,
    clock::china_date,
    request::{Deadline, Outcome, OutcomeKind},
};
use paper::{Block, Paper};
use service_api::Portal;

use super::{
    fixtures::{Fake, number},
    render::Page,
};
use crate::{
    context::{Arrival, ReceiptSecret},
    outcome_paper,
};

const SECRET: &str = "ABCD2345WXYZ";
/// In the fixture three events come before.
const FIRST: u32 = 4;

fn deadline(working_days: u32) -> Deadline {
    Deadline { working_days: Some(working_days), until: None }
}

fn asked() -> Outcome {
    let materials = vec!["界址图".to_owned(), "<script>alert(1)</script>".to_owned()];
    Outcome::SupplementAsked { materials, deadline: deadline(5) }
}

/// What was said before, and what is said then, for each kind.
fn all() -> [Vec<Outcome>; 6] {
    let gaps =
        Outcome::AcceptedWithGaps { materials: vec!["界址图".into()], deadline: deadline(5) };
    let reasons = || "不属于本部门职权范围".to_owned();
    [
        vec![Outcome::Accepted {}],
        vec![gaps.clone()],
        vec![asked()],
        vec![Outcome::NotAccepted { reasons: reasons() }],
        vec![gaps, Outcome::AcceptanceRevoked { reasons: reasons() }],
        vec![asked(), Outcome::DeemedWithdrawn {}],
    ]
}

fn page(outcomes: Vec<Outcome>, tail: &str, locale: Locale) -> Page {
    let receipt = Some(ReceiptSecret {
        number: number(),
        secret: SECRET.into(),
        arrival: Arrival::Opened,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    });
    let fake = Fake { outcomes, ..Fake::default() };
    let path = format!("/requests/{}{tail}", number());
    Page { receipt, fake, locale, ..Page::at(&path) }
}

async fn drawn(outcomes: Vec<Outcome>, event: u32, locale: Locale) -> Paper {
    let fake = Fake { outcomes, ..Fake::default() };
    let opened = fake.open(&number(), SECRET).unwrap();
    let request = fake.request(&opened).await.unwrap().unwrap();
    outcome_paper(locale, &fake, &request, event).unwrap()
}

fn texts(paper: &Paper) -> String {
    paper.blocks.iter().map(|block| format!("{block:?}\n")).collect()
}

#[tokio::test]
async fn desk_d10_every_notice_says_all_that_the_law_asks_on_its_page_and_in_its_document() {
    for (outcomes, kind) in all().into_iter().zip(OutcomeKind::ALL) {
        let event = FIRST + u32::try_from(outcomes.len()).unwrap() - 1;
        assert_eq!(outcomes.last().unwrap().kind(), kind);
        for locale in Locale::ALL {
            let zh = locale == Locale::Zh;
            let html = page(outcomes.clone(), &format!("/outcomes/{event}"), locale).html().await;
            let paper = drawn(outcomes.clone(), event, locale).await;
            let words = texts(&paper);
            let day = if outcomes.len() == 1 { 24 } else { 25 };
            let date =
                if zh { format!("2026年11月{day}日") } else { format!("{day} November 2026") };
            let mut said = vec![
                format!("{}-{event:02}", number()),
                date,
                if zh { "印章".to_owned() } else { "Seal".to_owned() },
            ];
            if kind == OutcomeKind::SupplementAsked || kind == OutcomeKind::AcceptedWithGaps {
                // Five working days from Tuesday, 24 November.
                let last = if zh { "最迟2026年12月1日" } else { "until 1 December 2026" };
                said.extend(["界址图".to_owned(), last.to_owned()]);
            }
            if outcomes.last().unwrap().reasons().is_some() {
                said.push("不属于本部门职权范围".to_owned());
            }
            if kind == OutcomeKind::DeemedWithdrawn {
                let asked = format!("{}-04", number());
                let last = if zh { "2026年12月1日" } else { "1 December 2026" };
                said.extend([asked, last.to_owned()]);
            }
            let remedies = ["60日内", "第四十六条", "第二十四条"];
            let remedies = if zh { &remedies[..] } else { &["60 days"][..] };
            for text in &said {
                assert!(html.contains(text.as_str()), "{kind:?} {locale:?} {text}: {html}");
                assert!(words.contains(text.as_str()), "{kind:?} {locale:?} {text}: {words}");
            }
            for text in remedies {
                assert_eq!(html.contains(text), kind.ends(), "{kind:?} {locale:?} {text}");
                assert_eq!(words.contains(text), kind.ends(), "{kind:?} {locale:?} {text}");
            }
            // Nothing of who asks, and of what they wrote, is in it: it may lie on a counter.
            for personal in ["李四", "面积有误", SECRET, "ABCD 2345", "正在与测绘成果核对"]
            {
                assert!(!words.contains(personal), "{personal}: {words}");
                assert!(!html.contains(personal), "{personal}: {html}");
            }
            assert!(!html.contains("<script>alert"), "{html}");
            assert_eq!(words.contains("Chinese text"), !zh, "{words}");
            // The same however often it is drawn; the last is the place for a seal.
            let [first, second] = [paper.to_pdf().unwrap(), paper.to_pdf().unwrap()];
            assert!(first == second && first.starts_with(b"%PDF"));
            assert!(paper.blocks.iter().any(|block| matches!(block, Block::Seal { .. })));
            let held = ::paper::attached(&first, 1 << 20).unwrap();
            let held: serde_json::Value = serde_json::from_slice(&held).unwrap();
            assert_eq!(held["outcome"]["kind"], kind.name());
        }
    }
}

#[tokio::test]
async fn desk_d10_a_notice_that_is_not_there_is_said_and_one_in_an_unknown_year_says_so() {
    for tail in ["/outcomes/1", "/outcomes/9", "/outcomes/x"] {
        let html = page(vec![asked()], tail, Locale::Zh).html().await;
        assert!(html.contains("没有这份通知"), "{tail}: {html}");
    }
    let far =
        Outcome::SupplementAsked { materials: vec!["界址图".into()], deadline: deadline(60) };
    let paper = texts(&drawn(vec![far.clone()], FIRST, Locale::Zh).await);
    assert!(paper.contains("60个工作日") && paper.contains("还没有公布"), "{paper}");
    let html = page(vec![far], "", Locale::Zh).html().await;
    assert!(html.contains("在2026年11月24日起的60个工作日内"), "{html}");
    // A second notice says that it is one.
    let again = texts(&drawn(vec![asked(), asked()], FIRST + 1, Locale::Zh).await);
    assert!(again.contains("第2次补正告知"), "{again}");
    assert!(!texts(&drawn(vec![asked(), asked()], FIRST, Locale::Zh).await).contains("第1次"));
}

#[tokio::test]
async fn desk_d10_the_page_of_a_request_says_first_what_is_missing_until_when_and_how() {
    let html = page(vec![asked()], "", Locale::Zh).html().await;
    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
    let order = [
        "还没有受理：需要补正2项，请在2026年12月1日前（含当天）补齐",
        "界址图",
        "现在就补",
        "补正告知书",
        "class=\"tag tag-state\"",
        "部门的通知",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{html}");
    assert!(html.contains(&format!("/requests/{}/correct", number())));
    assert!(html.contains(&format!("/requests/{}/outcomes/{FIRST}", number())));
    assert!(!html.contains("期限2026年12月1日已过"));
    let today = Some(china_date("2026-12-02T02:00:00Z".parse().unwrap()));
    let late = Page { today, ..page(vec![asked()], "", Locale::Zh) }.html().await;
    assert!(late.contains("期限2026年12月1日已过"), "{late}");
    let refused = Outcome::NotAccepted { reasons: "越权".into() };
    let refused = page(vec![refused], "", Locale::En).html().await;
    assert!(refused.contains("does not accept your application"), "{refused}");
    assert!(!refused.contains("Add it now"), "{refused}");
    let plain = page(Vec::new(), "", Locale::Zh).html().await;
    assert!(!plain.contains("部门的通知"), "{plain}");
}
