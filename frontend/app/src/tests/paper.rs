//! What a printed page carries.

use domain::Locale;

use super::{
    fixtures::{CODE, UNIT},
    render::Page,
};

#[tokio::test]
async fn q1_a_printed_profile_says_its_address_to_scan_and_to_type_and_its_day() {
    for (locale, day) in
        [(Locale::Zh, "2026年11月28日查询"), (Locale::En, "As of 28 November 2026")]
    {
        // Of a unit that is not told of, its parcel's.
        for path in [format!("/c/{CODE}"), format!("/c/{UNIT}")] {
            let html = Page { locale, ..Page::at(&path) }.html().await;
            let paper = html.split("class=\"on-paper print-only\"").nth(1).unwrap();
            let paper = paper.split("</div>").next().unwrap();
            for told in [
                format!(">http://127.0.0.1:3000/c/{CODE}<"),
                format!("d=\"HTTP://127.0.0.1:3000/C/{CODE}\""),
                day.to_owned(),
            ] {
                assert!(paper.contains(&told), "{told}: {paper}");
            }
        }
    }
}
