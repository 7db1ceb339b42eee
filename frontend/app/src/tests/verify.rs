//! The page that checks a verdict: what it says of each kind of file.

use domain::{
    Locale, Localized,
    code::{ParcelCode, Strictness},
    signed_verdict::{Data, Edition, Issuer, Judgement, Signing, SiteJudged, UseNamed},
    signing::KeyName,
    suitability::{Answer, FactKey, Facts, Reading},
};
use jiff::civil::date;
use service_api::{GenuineVerdict, Now, VerdictReading};

use super::{fixtures::CODE, render::Page, sites};
use crate::found::Found;

/// The page that answers a form.
pub fn answered(found: Found) -> Page {
    Page { answered: Some(found), ..Page::at("/verify") }
}

pub fn read(reading: VerdictReading) -> Page {
    let text = "{\"a\": \"<b>\"}".to_owned();
    answered(Found::Verdict { reading: Box::new(reading), text, drawn: None })
}

/// A verdict of no facts that says of itself that the site suits; with its signing.
pub fn judged() -> (Judgement, Signing) {
    let rules = sites::rules();
    let (_, of) = rules.find_use("cafe").unwrap();
    let mut answers = Facts::default();
    let yes = Reading::Codes(["no".to_owned()].into());
    answers.put(FactKey::Answer("builds".to_owned()), yes, Vec::new());
    let judgement = Judgement {
        issuer: Issuer {
            host: "portal.example".to_owned(),
            name: Localized::new("<b>某局</b>", "<b>A bureau</b>"),
        },
        rules: Edition::of(&rules),
        of: UseNamed { id: of.id.clone(), name: of.name.clone() },
        on: date(2026, 11, 29),
        site: SiteJudged::Parcel(ParcelCode::parse(CODE, Strictness::LookUp).unwrap().code),
        facts: Facts::default(),
        answers,
        said: Vec::new(),
        verdict: [("answer".to_owned(), "suits".into())]
            .into_iter()
            .collect::<serde_json::Map<_, _>>()
            .into(),
        data: Data {
            version: "demo/1".to_owned(),
            title: Localized::new("演示数据", "Demonstration data"),
            source_date: date(2026, 6, 30),
            demonstration: true,
        },
        policy: "zhejiang@1".to_owned(),
    };
    let signed = Signing {
        at: "2026-11-29T02:00:00Z".parse().unwrap(),
        key: KeyName::written("key"),
        algorithm: "Ed25519".to_owned(),
    };
    (judgement, signed)
}

fn genuine(reached_again: Option<bool>, now: Now) -> VerdictReading {
    let (judgement, signed) = judged();
    let rules = reached_again.map(|_| sites::rules());
    let genuine = GenuineVerdict { judgement, signed, rules, reached_again, now };
    VerdictReading::Genuine(Box::new(genuine))
}

/// What would be said today, by the same rules and data.
fn said(answer: Answer, same: bool) -> Now {
    Now::Said { answer, same, other_rules: None, other_data: None }
}

pub fn current() -> VerdictReading {
    genuine(Some(true), said(Answer::Suits, true))
}

pub fn otherwise() -> VerdictReading {
    let other_data = Some(("demo/2".to_owned(), date(2027, 3, 31)));
    let other_rules = Some(date(2027, 1, 1));
    genuine(
        Some(false),
        Now::Said { answer: Answer::DoesNot, same: false, other_rules, other_data },
    )
}

#[tokio::test]
async fn sites_s6_the_page_says_genuine_and_current_otherwise_today_altered_or_not_ours() {
    let none = said(Answer::CannotBeSaid, false);
    let since = date(2027, 1, 1);
    for (reading, zh, en) in [
        (
            current(),
            vec!["真实，今天的结论仍然一样", "完全一样"],
            vec!["Today’s answer is the same."],
        ),
        (
            otherwise(),
            vec!["真实。今天的结论是：不适合", "2027年1月1日", "2027年3月31日", "与当时不同"],
            vec!["Genuine. Today’s answer is: Not suitable", "1 January 2027", "31 March 2027"],
        ),
        (
            genuine(Some(true), said(Answer::Suits, false)),
            vec!["今天的结论一样，但条件有变"],
            vec!["the same, but with other conditions"],
        ),
        (
            genuine(None, none),
            vec!["程序或者查询的人不同", "这里没有文件写明的规则"],
            vec!["or who is asking", "not available here"],
        ),
        (genuine(None, Now::Nothing), vec!["没有结论"], vec!["gives no answer about this site"]),
        (
            VerdictReading::Altered,
            vec!["不真实，与签名不符"],
            vec!["Not genuine: it does not match its signature"],
        ),
        (VerdictReading::NotOurs, vec!["不是本平台"], vec!["Not from this portal"]),
        (VerdictReading::Revoked { since }, vec!["2027年1月1日停用"], vec!["1 January 2027"]),
        (VerdictReading::Newer, vec!["不认识"], vec!["does not know yet"]),
        (VerdictReading::NoVerdict, vec!["不是选址结论文件"], vec!["not a verdict file"]),
    ] {
        for (locale, words) in [(Locale::Zh, &zh), (Locale::En, &en)] {
            let html = Page { locale, ..read(reading.clone()) }.html().await;
            for part in words {
                assert!(html.contains(part), "{part}: {html}");
            }
            assert!(
                !html.contains("<b>某局") && !html.contains("<b>A bureau"),
                "what stands in a file is text: {html}"
            );
            let enctype = "enctype=\"multipart/form-data\"";
            assert!(html.contains(enctype), "another can be brought: {html}");
        }
    }
    let html = read(current()).html().await;
    let again = format!("/sites?use=zhejiang.cafe&amp;code={CODE}&amp;a.builds=no");
    assert!(html.contains(&again), "{again}: {html}");
    assert!(html.contains("参考信息，不是行政决定"), "{html}");
}

#[tokio::test]
async fn sites_s6_the_page_says_what_the_applicant_answered_and_what_nobody_has_checked() {
    let rules = sites::rules();
    let question = &rules.question("builds").unwrap().text;
    for (locale, answered, no, tag) in [
        (Locale::Zh, "申请人的回答，未经核实", "否", "演示数据"),
        (Locale::En, "Answered by the applicant, not verified", "No", "Demonstration data"),
    ] {
        let html = Page { locale, ..read(current()) }.html().await;
        let answer = format!("<dd>{no}</dd>");
        let tag = format!("<span class=\"tag\">{tag}</span>");
        for part in [answered, question.get(locale), answer.as_str(), tag.as_str()] {
            assert!(html.contains(part), "{part}: {html}");
        }
        if let Some(review) = &rules.review {
            assert!(html.contains(review.get(locale)), "{html}");
        }
    }
    // Its host is not the one under which the portal is asked.
    let html = read(current()).html().await;
    assert!(html.contains("<dd>portal.example</dd>"), "{html}");
    // Without the rules that it names, as it stands in the file.
    let html = read(genuine(None, Now::Nothing)).html().await;
    assert!(html.contains("builds") && html.contains("<dd>no</dd>"), "{html}");
}

#[tokio::test]
async fn sites_s6_the_answer_for_one_site_can_be_taken_away_without_javascript() {
    let query = format!("use=zhejiang.cafe&code={CODE}&a.builds=no");
    for locale in Locale::ALL {
        let html = Page { locale, ..Page::at(&format!("/sites?{query}")) }.html().await;
        let href = format!("href=\"/sites/verdict.json?{}\"", query.replace('&', "&amp;"));
        assert!(html.contains(&href), "{href}: {html}");
        let saves = format!("{href} download");
        assert!(!html.contains(&saves), "a page that answers instead is shown: {html}");
        assert!(html.contains("href=\"/verify\""), "{html}");
    }
}
