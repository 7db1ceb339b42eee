//! The document of a verdict, beside the page of the same verdict.

use domain::{
    Locale, Localized,
    signed_verdict::{Judgement, OfficeWord, SignedVerdict},
    suitability::{Cause, Fact, FactKey},
};
use paper::{Block, Ink, Paper};

use super::{fixtures::CODE, render::Page, sites, verify};
use crate::verdict_paper;

/// What the fake server says of the parcel, as a file.
fn file() -> SignedVerdict {
    let rules = sites::rules();
    let (mut judgement, signed) = verify::judged();
    let all = sites::facts(CODE, &judgement.answers);
    (judgement.facts, judgement.answers) = Judgement::apart(&all);
    let (use_at, _) = rules.find_use("cafe").unwrap();
    let verdict = rules.assess(use_at, &all, judgement.on).unwrap();
    judgement.verdict = serde_json::to_value(verdict).unwrap();
    SignedVerdict { text: "{}".to_owned(), judgement, signed }
}

fn drawn(locale: Locale, file: &SignedVerdict) -> Paper {
    verdict_paper(locale, file, &sites::rules()).unwrap()
}

/// Every text of a document, in its order.
fn texts(paper: &Paper) -> Vec<String> {
    let texts = |block: &Block| match block {
        Block::Title(text)
        | Block::Heading(text)
        | Block::Subheading(text)
        | Block::Text(text)
        | Block::Quiet(text) => vec![text.clone()],
        Block::Answer { sentence, rest, .. } => [std::slice::from_ref(sentence), rest].concat(),
        Block::List(items) => {
            items.iter().flat_map(|item| [item.text.clone(), item.source.clone()]).collect()
        }
        Block::Terms(rows) => rows.iter().flatten().cloned().collect(),
        Block::Seal { within, beside, about } => {
            [std::slice::from_ref(within), beside, std::slice::from_ref(about)].concat()
        }
        Block::Code { text, beside, .. } => [std::slice::from_ref(text), beside].concat(),
        Block::Picture(picture) => vec![picture.alt.clone()],
    };
    paper.blocks.iter().flat_map(texts).collect()
}

#[tokio::test]
async fn sites_s10_the_document_says_what_the_page_does_and_names_the_next_step() {
    let file = file();
    for locale in Locale::ALL {
        let paper = drawn(locale, &file);
        let path = format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=no");
        let html = Page { locale, ..Page::at(&path) }.html().await;
        let mut compared = 0;
        for block in &paper.blocks {
            let said: Vec<&String> = match block {
                Block::Title(text) | Block::Subheading(text) => vec![text],
                Block::Answer { sentence, rest, ink } => {
                    assert_ne!(*ink, Ink::Plain);
                    std::iter::once(sentence).chain(rest).collect()
                }
                _ => continue,
            };
            for text in said {
                let text = html_escape::encode_text(text);
                assert!(html.contains(&*text), "{text}: {html}");
                compared += 1;
            }
        }
        assert!(compared > 3, "{compared}");
        let all = texts(&paper).join("\n");
        let rules = sites::rules();
        let notice = ["参考信息，不是行政决定", "This is information and decides nothing"];
        let at = usize::from(locale == Locale::En);
        for words in [
            notice[at],
            rules.next_step.get(locale),
            &rules.hash,
            file.signed.key.as_str(),
            "https://portal.example/verify",
        ] {
            assert!(all.contains(words), "{words}: {all}");
        }
        assert!(paper.footer.contains(notice[at]), "{}", paper.footer);
        assert_eq!(paper.attached.text, file.text);
        // It can be drawn, and every rule that was looked at is in it.
        assert!(paper.to_pdf().unwrap().starts_with(b"%PDF-"));
        let verdict = file.judgement.verdict["findings"].as_array().unwrap();
        for finding in verdict {
            let title = finding["title"][locale.name()].as_str().unwrap();
            assert!(all.contains(title), "{title}: {all}");
        }
    }
}

#[test]
fn sites_s6_a_document_is_drawn_by_the_rules_that_the_file_names_and_no_others() {
    let mut other = file();
    other.judgement.rules.hash = "0".repeat(64);
    assert!(verdict_paper(Locale::Zh, &other, &sites::rules()).is_none());
    let mut other = file();
    other.judgement.verdict = serde_json::json!({ "answer": "suits" });
    assert!(verdict_paper(Locale::Zh, &other, &sites::rules()).is_none());
}

#[test]
fn sites_s6_a_document_says_what_offices_said_when_and_in_which_event() {
    let mut file = file();
    file.judgement.said = vec![OfficeWord {
        fact: FactKey::Overlaps("hazard".to_owned()),
        says: Fact::Unknown(Cause::NotKnown),
        office: Localized::new("某局", "A bureau"),
        at: "2026-11-29T02:00:00Z".parse().unwrap(),
        event: "hash-of-the-event".to_owned(),
    }];
    file.judgement.issuer.host.clear();
    let all = texts(&drawn(Locale::En, &file)).join("\n");
    for words in ["A bureau", "29 November 2026, 10:00", "hash-of-the-event", "does not know"] {
        assert!(all.contains(words), "{words}: {all}");
    }
    assert!(!all.contains("https://"), "without a configured host there is no address: {all}");
}
