//! Danger first: what the pages say of the gravest that was found.

use domain::Locale;

use super::{
    fixtures::{CODE, Fake},
    render::Page,
};

fn at(path: &str, danger: bool, locale: Locale) -> Page {
    Page { locale, fake: Fake { danger, ..Fake::default() }, ..Page::at(path) }
}

/// What stands before the list of facts: the head of a profile.
fn head(html: &str) -> &str {
    html.split("class=\"place-facts\"").next().unwrap()
}

#[tokio::test]
async fn the_first_sentence_of_a_profile_says_the_worst_in_plain_words() {
    for (danger, locale, told) in [
        (true, Locale::Zh, "<strong>危险：地质灾害（滑坡危险区），可能危及人身安全。</strong>"),
        (true, Locale::En, "<strong>Danger: Geological hazards (Landslide danger zone)."),
        (false, Locale::Zh, "<strong>在这里建设，须先评估或者取得同意：地质灾害（低易发区）。"),
    ] {
        for path in [format!("/c/{CODE}"), "/l/PLACE".to_owned()] {
            let html = at(&path, danger, locale).html().await;
            let head = head(&html);
            assert!(head.contains(told), "{path}: {told}: {head}");
            let (sentence, code) = (head.find(told).unwrap(), head.find("code-groups").unwrap());
            assert!(head.find("<h1").unwrap() < sentence && sentence < code, "{path}");
        }
    }
}

#[tokio::test]
async fn findings_stand_by_severity_each_with_its_own_mark_and_word() {
    let html = at(&format!("/c/{CODE}"), true, Locale::Zh).html().await;
    let cards: Vec<&str> = html.split("class=\"theme theme-card ").skip(1).collect();
    let classes: Vec<&str> = cards.iter().filter_map(|card| card.split('"').next()).collect();
    assert_eq!(classes, ["asks-danger", "asks-must-conform", "asks-informs"]);
    for (card, word) in cards.iter().zip(["危险", "须符合要求", "供了解"]) {
        assert!(card.contains(&format!("<p class=\"severity\">{word}</p>")), "{word}: {card}");
    }
    let shapes = |class: &str| {
        let mark = html.split(&format!("class=\"mark {class}\"")).nth(1).unwrap();
        mark.split("</svg>").next().unwrap().to_owned()
    };
    let mut drawn: Vec<String> = classes.iter().map(|class| shapes(class)).collect();
    drawn.push(shapes("mark-not-concerned"));
    drawn.push(shapes("mark-no-data"));
    let count = drawn.len();
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn.len(), count, "two marks differ by colour alone");
    // The boundary is good to be inside of: nothing of it is a warning.
    assert!(html.contains(
        "id=\"theme-urban_development_boundary\" class=\"theme theme-card asks-informs\""
    ));
}

#[tokio::test]
async fn every_theme_that_asks_something_is_led_to_by_its_name_and_a_count_says_of_what() {
    let html = at(&format!("/c/{CODE}"), true, Locale::Zh).html().await;
    let head = head(&html);
    for theme in ["geological_hazard", "planning_use", "urban_development_boundary"] {
        assert!(head.contains(&format!("href=\"#theme-{theme}\"")), "{theme}");
    }
    assert!(head.contains("项暂无数据，不代表没有限制"), "{head}");
    assert!(!html.contains("answers-count"));
}

#[tokio::test]
async fn z4_a_requirement_by_lying_outside_stands_by_itself_and_is_never_folded() {
    let card = "id=\"theme-urban_development_boundary\"";
    for elder in [false, true] {
        for (locale, title) in [
            (Locale::Zh, "在范围以外，但有要求"),
            (Locale::En, "Outside, but something is required"),
        ] {
            let fake = Fake { outside: true, ..Fake::default() };
            let page = Page { locale, elder, fake, ..Page::at(&format!("/c/{CODE}")) };
            let html = page.html().await;
            let list = |class: &str| {
                let part = html.split(&format!("class=\"answers {class}\"")).nth(1).unwrap();
                part.split("</section>").next().unwrap()
            };
            let outside = list("answers-outside");
            assert!(outside.contains(title) && outside.contains(card), "{outside}");
            assert!(!outside.contains("<details class=\"fold\""), "{outside}");
            let untouched = list("answers-not-concerned");
            assert!(!untouched.contains(card), "{untouched}");
            let count = untouched.matches("class=\"theme ").count();
            let told = match locale {
                Locale::Zh => format!("{count}项不涉及"),
                Locale::En => format!("{count} do not apply"),
            };
            assert!(head(&html).contains(&told), "{told}: {html}");
        }
    }
    let inside = at(&format!("/c/{CODE}"), false, Locale::Zh).html().await;
    assert!(!inside.contains("answers-outside"), "an empty list says nothing");
}

#[tokio::test]
async fn where_a_place_is_only_named_its_worst_finding_is_named_too() {
    for tail in ["", "?item=data-correction"] {
        let html = at(&format!("/c/{CODE}/requests/new{tail}"), true, Locale::Zh).html().await;
        let about = html.split("class=\"about-place\"").nth(1).unwrap();
        let about = about.split("class=\"about-place-link\"").next().unwrap();
        assert!(about.contains("危险：地质灾害（滑坡危险区），可能危及人身安全。"), "{about}");
    }
}

#[tokio::test]
async fn the_name_of_every_disclosure_has_its_theme() {
    let html = at(&format!("/c/{CODE}"), false, Locale::Zh).html().await;
    let summaries = html.split("<details class=\"basis\"><summary>").skip(1);
    let names: Vec<&str> = summaries.filter_map(|rest| rest.split("</summary>").next()).collect();
    assert!(names.len() > 2);
    assert!(names.iter().all(|name| name.contains("依据和负责单位") && name.contains('：')));
    assert!(names.iter().any(|name| name.contains("地质灾害")), "{names:?}");
}

#[tokio::test]
async fn z4_a_layer_without_data_is_named_beside_what_another_of_its_theme_says() {
    for (locale, told, listed) in [
        (
            Locale::Zh,
            "有的图层在这里暂无数据或者数据不全，不代表没有限制：地质灾害（崩塌调查）。",
            "没有数据或者数据不全的图层：崩塌调查。",
        ),
        (
            Locale::En,
            "which does not mean there are no restrictions: Geological hazards (Rockfall survey).",
            "Layers with no data or incomplete data here: Rockfall survey.",
        ),
    ] {
        for half_known in [true, false] {
            let fake = Fake { half_known, ..Fake::default() };
            let form = format!("/c/{CODE}/requests/new?item=data-correction");
            for path in [format!("/c/{CODE}"), form] {
                let html = Page { locale, fake: fake.clone(), ..Page::at(&path) }.html().await;
                assert_eq!(html.contains(told), half_known, "{path}: {html}");
            }
            let page = Page { locale, fake, ..Page::at(&format!("/c/{CODE}")) }.html().await;
            let no_data = page.split("id=\"no-data\"").nth(1).unwrap();
            assert_eq!(no_data.contains(listed), half_known, "{no_data}");
        }
    }
}
