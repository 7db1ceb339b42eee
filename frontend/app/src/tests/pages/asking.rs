//! What somebody reads before they ask for something: guide, form, and a search that finds nothing.

use domain::{
    Locale,
    service::{InputKind, services},
};

use super::{CODE, Page};

async fn html(path: &str, locale: Locale) -> String {
    Page { locale, ..Page::at(path) }.html().await
}

#[tokio::test]
async fn s1_a_guide_says_what_is_done_where_and_what_the_form_asks() {
    for locale in Locale::ALL {
        for item in services() {
            let html = html(&format!("/services/{}", item.id), locale).await;
            let asked = item.question.iter().filter(|one| one.kind != InputKind::Consent);
            let labels = asked.map(|question| question.label.get(locale));
            for text in labels.chain([item.online.get(locale), item.counter.get(locale)]) {
                assert!(html.contains(text), "{}: {text}", item.id);
            }
        }
    }
}

#[tokio::test]
async fn a_form_asks_about_the_matter_then_about_the_person_beside_what_stands_there_now() {
    let path = format!("/c/{CODE}/requests/new?item=data-correction");
    for (locale, told) in [
        (Locale::Zh, ["<h2>要办的事</h2>", "现在显示：宗地面积 ", "<h2>您的信息</h2>"]),
        (Locale::En, ["<h2>What it is about</h2>", "Now shown: Area ", "<h2>About you</h2>"]),
    ] {
        let html = html(&path, locale).await;
        let order: Vec<_> = told.iter().map(|text| html.find(text)).collect();
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} {html}");
        assert!(html.contains("aria-describedby=\"field_in_question-1-now\""), "{html}");
        // Of the map there is nothing to be shown beside the option.
        assert!(!html.contains("id=\"field_in_question-4-now\""), "{html}");
    }
}

#[tokio::test]
async fn coordinates_find_nothing_and_people_are_told_what_does() {
    for text in
        ["30.54,119.97", "119.97E%2030.54N", "%E5%8C%97%E7%BA%AC30.54%E4%B8%9C%E7%BB%8F119.97"]
    {
        for (locale, told) in
            [(Locale::Zh, "不能按坐标查找"), (Locale::En, "Coordinates cannot be searched for")]
        {
            let html = html(&format!("/?q={text}"), locale).await;
            assert!(html.contains(&format!("<h1>{told}</h1>")), "{text}: {html}");
            assert!(html.contains("href=\"/help\"") && html.contains("value=\""), "{html}");
        }
    }
}

#[tokio::test]
async fn no_text_is_cut_without_a_word() {
    let html = html(&format!("/?q={}", "a".repeat(70)), Locale::Zh).await;
    assert!(html.contains("只按前64个字查找") && html.contains(&"a".repeat(70)), "{html}");
    assert!(!html.contains("maxlength"), "the browser cuts what is pasted");
    let short = self::html("/?q=abc", Locale::Zh).await;
    assert!(!short.contains("只按前"), "{short}");
    let open = self::html("/requests", Locale::Zh).await;
    assert!(!open.contains("maxlength") && open.contains("href=\"/help\""), "{open}");
}
