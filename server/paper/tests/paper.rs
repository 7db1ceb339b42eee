//! A document as others read it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use paper::{Attached, Block, Ink, Item, Paper, attached};

fn document(text: &str) -> Paper {
    Paper {
        title: "这里适合做咖啡馆吗？".to_owned(),
        language: "zh-CN",
        publisher: "某局".to_owned(),
        made: "2026-11-30T02:00:00Z".parse().unwrap(),
        blocks: vec![
            Block::Title("这里适合做咖啡馆吗？".to_owned()),
            Block::Answer {
                sentence: "不适合".to_owned(),
                rest: vec!["参考信息，不是行政决定。".to_owned()],
                ink: Ink::Bad,
            },
            Block::Heading("不允许的规定".to_owned()),
            Block::Subheading("不占永久基本农田".to_owned()),
            Block::Text("把范围移出永久基本农田。".repeat(90)),
            Block::Quiet("找谁：某局".to_owned()),
            Block::List(vec![Item {
                text: "第35条".to_owned(), source: "土地管理法".to_owned()
            }]),
            Block::Terms(vec![["摘要".to_owned(), "0123456789abcdef".repeat(8)]]),
            Block::Seal {
                within: "印章".to_owned(),
                beside: vec!["某局".to_owned(), "2026年11月30日".to_owned()],
                about: "由作出部门盖章。".to_owned(),
            },
            Block::Code {
                text: "https://portal.example/verify".to_owned(),
                alt: "二维码".to_owned(),
                beside: vec!["核验".to_owned()],
            },
        ],
        footer: "参考信息，不是行政决定".to_owned(),
        attached: Attached {
            name: "site.verdict.json".to_owned(),
            about: "签名的结论".to_owned(),
            text: text.to_owned(),
        },
    }
}

#[test]
fn sites_s6_a_document_is_tagged_text_in_its_language_and_holds_what_it_is_drawn_from() {
    let text = format!("{{\"a\":\"{}\"}}", "一".repeat(2_000));
    let file = document(&text).to_pdf().unwrap();
    assert_eq!(attached(&file, text.len()).as_deref(), Some(text.as_bytes()));
    assert_eq!(attached(&file, text.len() - 1), None, "longer than any that is read");
    let read = lopdf::Document::load_mem(&file).unwrap();
    let pages: Vec<u32> = read.get_pages().into_keys().collect();
    assert!(pages.len() > 1, "it goes on");
    // Figures and characters are of two fonts, which this reader parts.
    let said = read.extract_text(&pages).unwrap().replace([' ', '\n'], "");
    for words in [
        "不占永久基本农田",
        "不适合",
        "第35条",
        "印章",
        "由作出部门盖章。",
        "参考信息，不是行政决定。",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let catalog = read.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"AF") && catalog.has(b"Outlines"));
    let whole = String::from_utf8_lossy(&file).into_owned();
    for words in ["pdfaid:part", "pdfuaid:part", "/AFRelationship/Source", "site.verdict.json"] {
        assert!(whole.contains(words), "{words}");
    }
}

#[test]
fn sites_s6_the_same_document_is_the_same_bytes_and_another_is_not() {
    let file = document("{}").to_pdf().unwrap();
    assert_eq!(document("{}").to_pdf().unwrap(), file);
    assert_ne!(document("{ }").to_pdf().unwrap(), file);
    let mut other = document("{}");
    other.blocks.push(Block::Text("又".to_owned()));
    assert_ne!(other.to_pdf().unwrap(), file);
}
