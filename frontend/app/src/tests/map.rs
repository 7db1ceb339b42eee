//! The map of a profile: what is drawn, what the map that moves is handed, and what is said beside.

use domain::Locale;

use super::{
    fixtures::{CODE, Fake},
    render::Page,
};

async fn profile(fake: Fake, locale: Locale) -> String {
    Page { locale, fake, ..Page::at(&format!("/c/{CODE}")) }.html().await
}

fn danger() -> Fake {
    Fake { danger: true, ..Fake::default() }
}

/// What stands between `start` and `end`, each time.
fn between<'h>(html: &'h str, start: &str, end: &str) -> Vec<&'h str> {
    html.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

fn only<'h>(html: &'h str, start: &str, end: &str) -> &'h str {
    let found = between(html, start, end);
    assert_eq!(found.len(), 1, "{start}");
    found[0]
}

/// What the map that moves is handed, as the page writes it down.
fn handed(html: &str) -> String {
    let island = only(html, "data-component=\"PlaceMap", "</leptos-island>");
    only(island, "data-props=\"", "\"").replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn m9_every_name_on_the_drawing_stands_in_the_words_beside_it_with_a_direction() {
    for locale in Locale::ALL {
        let html = profile(Fake::default(), locale).await;
        let drawing = only(&html, "class=\"plan\"", "</svg>");
        let names: Vec<&str> = between(drawing, "class=\"plan-label", "</text>")
            .into_iter()
            .filter_map(|label| label.split('>').nth(1))
            .collect();
        // In letters they are longer, and fewer have room.
        assert!(names.len() >= if locale == Locale::En { 2 } else { 3 }, "{names:?}");
        let chinese = |name: &str| name.chars().any(|c| matches!(c, '\u{3400}'..='\u{9FFF}'));
        assert!(names.iter().all(|name| chinese(name) == (locale == Locale::Zh)), "{names:?}");
        assert_eq!(handed(&html).contains("\"letters\":true"), locale == Locale::En);
        let words = only(&html, "class=\"surroundings\"", "</details>");
        for name in names {
            assert!(words.contains(name), "{name}: {words}");
        }
        let (north, river) = match locale {
            Locale::Zh => ("<dt>北</dt>", "（水面）"),
            Locale::En => ("<dt>North</dt>", " (water)"),
        };
        let there = words.split(north).nth(1).unwrap().split("</dd>").next().unwrap();
        assert!(there.contains("余英溪") && there.contains(river), "{there}");
    }
}

#[tokio::test]
async fn drawing_map_and_legend_have_the_same_hatches_and_the_legend_leads_to_each_finding() {
    for locale in Locale::ALL {
        let html = profile(danger(), locale).await;
        let drawing = only(&html, "class=\"plan\"", "</svg>");
        let mut drawn = between(drawing, "data-hatch=\"", "\"");
        // The gravest is drawn last, over the others.
        drawn.reverse();
        assert_eq!(drawn.first(), Some(&"hatch-geological_hazard-danger"), "{drawn:?}");
        assert!(drawn.len() >= 4, "{drawn:?}");
        let live = handed(&html);
        assert_eq!(between(&live, "\"id\":\"", "\""), drawn, "{live}");
        let legend = only(&html, "class=\"legend\"", "</ul>");
        for id in &drawn {
            assert!(drawing.contains(&format!("<pattern id=\"{id}\"")), "{id}");
            assert_eq!(legend.matches(&format!("fill=\"url(#{id})\"")).count(), 1, "{id}");
        }
        for theme in ["geological_hazard", "planning_use", "urban_development_boundary"] {
            assert!(legend.contains(&format!("href=\"#theme-{theme}\"")), "{theme}");
            assert!(html.contains(&format!("id=\"theme-{theme}\"")), "{theme}");
        }
        // What is no restriction by itself has no hatch.
        assert!(!html.contains("hatch-permanent_basic_farmland"), "a sliver is drawn");
        let words = match locale {
            Locale::Zh => ["滑坡危险区", "危险", "须先评估或者取得同意", "公园绿地"],
            Locale::En => ["Landslide danger zone", "Danger", "Assessment or consent", "Park"],
        };
        for word in words {
            assert!(legend.contains(word), "{word}: {legend}");
        }
    }
}

#[tokio::test]
async fn m4_nothing_of_a_restriction_beyond_the_place_is_on_the_page() {
    let html = profile(danger(), Locale::Zh).await;
    let live = handed(&html);
    // Edges of the ground that the store has of them.
    for beyond in ["119.95,", "119.98,", "30.53]", "30.55]"] {
        assert!(!live.contains(beyond), "{beyond} in {live}");
    }
}

#[tokio::test]
async fn p2_where_restrictions_lie_is_on_no_page_of_whom_that_is_denied_and_they_are_told_so() {
    for (locale, told) in [
        (Locale::Zh, "管控要求在这里的位置不公开"),
        (Locale::En, "is not public, so they are not drawn"),
    ] {
        let html = profile(Fake { unhatched: true, ..danger() }, locale).await;
        assert!(html.contains(told));
        assert!(!html.contains("hatch-") && !html.contains("data-hatch"), "{html}");
        assert!(handed(&html).contains("\"hatches\":[]"));
    }
}

#[tokio::test]
async fn m1_the_review_number_has_its_line_also_where_there_is_none() {
    for (locale, told) in [(Locale::Zh, "审图号：无。"), (Locale::En, "Map review number: none.")]
    {
        let html = profile(Fake::default(), locale).await;
        let caption = only(&html, "<figcaption", "</figcaption>");
        assert!(caption.contains(told), "{caption}");
        assert!(!html.contains("。 ·") && !html.contains(". ·"), "two marks together");
    }
}

#[tokio::test]
async fn the_map_comes_back_to_the_place_and_cannot_be_moved_away_from_it() {
    let live = handed(&profile(Fake::default(), Locale::Zh).await);
    assert!(live.contains("\"back\":\"回到原处\""), "{live}");
    let numbers = |key: &str| -> Vec<f64> {
        let list = only(&live, &format!("\"{key}\":["), "]");
        list.split(',').map(|number| number.parse().unwrap()).collect()
    };
    let (shown, limits) = (numbers("bounds"), numbers("limits"));
    for (axis, end) in [(0, 2), (1, 3)] {
        let extent = shown[end] - shown[axis];
        assert!((shown[axis] - limits[axis] - extent).abs() < 1e-9, "{live}");
        assert!((limits[end] - shown[end] - extent).abs() < 1e-9, "{live}");
    }
    assert!(live.contains("方向键移动"), "the name of the map says its keys: {live}");
}
