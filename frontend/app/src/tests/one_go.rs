//! Pages whose parts have all been found are drawn in one go.

use domain::Locale;

use super::{
    fixtures::{CODE, UNIT},
    render::Page,
};

#[tokio::test]
async fn a_page_in_one_go_is_the_same_page() {
    let form = format!("/c/{CODE}/requests/new?item=data-correction");
    let sites = format!("/sites?code={CODE}");
    for path in [format!("/c/{CODE}"), format!("/c/{UNIT}"), form, sites] {
        for locale in [Locale::Zh, Locale::En] {
            for elder in [false, true] {
                let page = Page { locale, elder, ..Page::at(&path) };
                let (one, other) = (page.in_one_go().await, page.html().await);
                assert!(one.contains("</html>") && one.contains("<main"), "{path}");
                assert_eq!(one, other, "{path}");
            }
        }
    }
}

#[tokio::test]
#[should_panic = "nothing comes later"]
async fn what_comes_later_is_not_left_out_of_it() {
    let _never = Page::at("/about").in_one_go().await;
}
