//! The extract of a place beside its page: they say the same.

use domain::{
    Locale, Localized,
    signed_extract::{Drawn, Extract, FindingTold, SignedExtract, ThemeTold, ThreeLists},
    signed_verdict::{Issuer, Signing},
    signing::KeyName,
    viewer::Viewer,
};
use paper::{Block, Paper};
use service_api::{ClientAddress, Drawn as WithMap, Place, Portal as _, Visit};

use super::{
    fixtures::{CODE, Fake, UNIT, code},
    render::Page,
};
use crate::{components::sliver_text, extract_paper, extracts::extract, words::Words};

async fn place(fake: &Fake, written: &str) -> Place {
    let client = ClientAddress(std::net::IpAddr::from([192, 0, 2, 1]));
    let visit = Visit { viewer: Viewer::public(), client, key: None, epoch: None };
    let code = code(written);
    fake.see(&visit, (&code, WithMap::WithMap)).await.unwrap().place
}

fn of_place(place: &Place, written: &str) -> Option<Extract> {
    let issuer =
        Issuer { host: "portal.example".to_owned(), name: Localized::new("某局", "A bureau") };
    extract(place, &code(written), &issuer, "2026-11-28".parse().unwrap())
}

async fn of(fake: &Fake, written: &str) -> Option<Extract> {
    of_place(&place(fake, written).await, written)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What stands on a page between two of its parts.
fn part<'a>(html: &'a str, id: &str) -> &'a str {
    let from = html.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("{id}"));
    html[from..].split("</section>").next().unwrap()
}

/// What was found of any theme, also what is too small to count.
fn findings(lists: &ThreeLists) -> impl Iterator<Item = &FindingTold> {
    let themes = lists.concerned.iter().chain(&lists.not_concerned);
    themes.flat_map(|theme| &theme.layers).flat_map(|layer| &layer.findings)
}

/// What is said of what is too small to count.
fn slivers(words: Words, lists: &ThreeLists) -> Vec<String> {
    let themes = lists.concerned.iter().chain(&lists.not_concerned);
    let layers = themes.flat_map(|theme| &theme.layers);
    let told = layers.flat_map(move |layer| {
        let small = layer.findings.iter().filter(|found| !found.counts);
        small.map(move |found| {
            let what = (&found.label, found.area_m2);
            sliver_text(words, lists.figures, what, &layer.tolerance)
        })
    });
    told.collect()
}

/// What stands in the list under a heading of the document.
fn under(paper: &Paper, heading: &str) -> String {
    let is_it = |block: &Block| matches!(block, Block::Subheading(text) if text == heading);
    let at = paper.blocks.iter().position(is_it).unwrap_or_else(|| panic!("{heading}"));
    match &paper.blocks[at + 1] {
        Block::List(items) => items.iter().map(|item| item.text.as_str()).collect(),
        _ => String::new(),
    }
}

#[tokio::test]
async fn p1_page_and_extract_say_the_same_of_every_theme_fact_event_and_line_of_the_map() {
    let told = of(&Fake::default(), CODE).await.unwrap();
    let all = |themes: &[ThemeTold]| themes.len();
    let lists = &told.restrictions;
    for locale in [Locale::Zh, Locale::En] {
        let html = Page { locale, ..Page::at(&format!("/c/{CODE}")) }.html().await;
        let themes = html.matches("id=\"theme-").count();
        // What has no data has nothing that a link leads to, and is looked up by its title below.
        let own = all(&lists.concerned) + all(&lists.not_concerned);
        assert!(own > 3 && themes == own, "{themes} on the page, {own} in the extract");
        let outside: (Vec<_>, Vec<_>) =
            lists.not_concerned.iter().partition(|theme| theme.severity.is_some());
        for (id, themes) in [
            ("concerned", lists.concerned.iter().collect()),
            ("outside", outside.0),
            ("not-concerned", outside.1),
            ("no-data", lists.unknown.iter().collect::<Vec<_>>()),
        ] {
            for theme in themes {
                let part = part(&html, id);
                let anchor = format!("id=\"theme-{}\"", theme.id.0);
                assert!(id == "no-data" || part.contains(&anchor), "{id}: {theme:?}");
                assert!(part.contains(&escaped(theme.title.get(locale))), "{id}: {theme:?}");
            }
        }
        for found in findings(lists) {
            assert!(html.contains(&escaped(found.label.get(locale))), "{found:?}");
        }
        for sliver in slivers(Words(locale), lists) {
            assert!(html.contains(&escaped(&sliver)), "{sliver}");
        }
        for theme in &lists.concerned {
            for layer in &theme.layers {
                assert!(html.contains(&escaped(layer.office.get(locale))), "{layer:?}");
            }
        }
        for event in &told.events {
            assert!(html.contains(&format!("datetime=\"{}\"", event.date)), "{event:?}");
            assert!(event.document.iter().all(|number| html.contains(&escaped(number))));
        }
        // Beside them stand the changes of the code, which are the page's alone.
        let there = |class: &str| html.matches(&format!("class=\"{class}\"")).count();
        assert_eq!(there("event") - there("change"), told.events.len());
        assert!(html.contains(&format!("title=\"{}\"", told.data.version)));
        assert!(html.contains(&format!("title=\"{}\"", told.policy)));
        let map = told.map.as_ref().unwrap();
        for shape in &map.shapes {
            assert!(html.contains(&format!("d=\"{}\"", shape.d)), "not on the page: {shape:?}");
        }
        assert!(map.shapes.iter().any(|shape| shape.of == Drawn::Place));
        for ending in ["pdf", "json"] {
            assert!(html.contains(&format!("href=\"/c/{CODE}/extract.{ending}\"")));
        }
    }
    let facts = told.place.facts.len();
    let html = Page::at(&format!("/c/{CODE}")).html().await;
    assert_eq!(part(&html, "facts").matches("class=\"fact\"").count(), facts);
}

#[tokio::test]
async fn p5_the_extract_of_a_unit_that_is_not_told_of_is_the_one_of_its_parcel() {
    let fake = Fake::default();
    assert_eq!(of(&fake, UNIT).await, of(&fake, CODE).await);
    let former = Fake { former: true, ..Fake::default() };
    assert_eq!(of(&former, CODE).await, None, "of what has ended its page alone tells");
}

#[tokio::test]
async fn p1_outlines_that_are_too_long_to_be_drawn_take_the_map_away_and_not_the_extract() {
    let mut place = place(&Fake::default(), CODE).await;
    let drawn = of_place(&place, CODE).unwrap();
    assert!(drawn.map.is_some());
    let shown = place.profile.outline.as_mut().unwrap();
    let polygon = shown.outline.0[0].clone();
    shown.outline.0 = vec![polygon; 4_000];
    let told = of_place(&place, CODE).unwrap();
    assert_eq!(told, Extract { map: None, ..drawn });
}

#[tokio::test]
async fn z2_the_document_says_every_theme_with_its_ground_and_where_it_is_checked() {
    let mut extract = of(&Fake { outside: true, ..Fake::default() }, CODE).await.unwrap();
    let lists = &extract.restrictions;
    assert!(lists.outside().count() > 0 && findings(lists).any(|found| !found.counts));
    // A layer of a theme that concerns the place, which itself finds nothing there.
    let mut empty = lists.concerned[0].layers[0].clone();
    empty.findings.clear();
    extract.restrictions.concerned[0].layers.push(empty);
    let file = SignedExtract {
        text: "{}".to_owned(),
        stub: "stub".to_owned(),
        signed: Signing {
            at: "2026-11-28T02:00:00Z".parse().unwrap(),
            key: KeyName::written("key"),
            algorithm: "Ed25519".to_owned(),
        },
        extract,
    };
    for locale in [Locale::Zh, Locale::En] {
        let paper = extract_paper(locale, &file);
        let mut said = String::new();
        let mut codes = Vec::new();
        for block in &paper.blocks {
            match block {
                Block::Subheading(text) | Block::Text(text) | Block::Quiet(text) => {
                    said.push_str(text);
                }
                Block::List(items) => items.iter().for_each(|item| {
                    said.push_str(&item.text);
                    said.push_str(&item.source);
                }),
                Block::Terms(rows) => rows.iter().flatten().for_each(|text| said.push_str(text)),
                Block::Code { text, .. } => codes.push(text.clone()),
                _ => {}
            }
        }
        assert_eq!(codes, ["https://portal.example/verify/stub"]);
        let lists = &file.extract.restrictions;
        for theme in lists.concerned.iter().chain(&lists.not_concerned).chain(&lists.unknown) {
            assert!(said.contains(theme.title.get(locale)), "{theme:?}");
        }
        for found in findings(lists) {
            assert!(said.contains(found.label.get(locale)), "{found:?}");
        }
        for sliver in slivers(Words(locale), lists) {
            assert!(said.contains(&sliver), "{sliver}");
        }
        // Z4: what asks something by lying outside stands in no list of what does not apply.
        let words = Words(locale);
        for theme in lists.outside() {
            let title = theme.title.get(locale);
            assert!(under(&paper, words.t("answer_outside")).contains(title), "{title}");
            let untouched = under(&paper, words.t("extract_term_not_concerned"));
            assert!(!untouched.contains(title), "{title}: {untouched}");
        }
        let untouched = lists.concerned.iter().flat_map(|theme| &theme.layers);
        let untouched = untouched.filter(|layer| layer.findings.iter().all(|found| !found.counts));
        let untouched = untouched.count();
        assert_eq!(said.matches(words.t("layer_untouched")).count(), untouched);
        assert!(untouched > 0);
        for basis in lists.concerned.iter().flat_map(|it| &it.layers).flat_map(|it| &it.basis) {
            assert!(said.contains(basis.text.get(locale)), "{basis:?}");
        }
        for text in &file.extract.disclaimer {
            assert!(said.contains(text.get(locale)), "{text:?}");
        }
        assert!(paper.to_pdf().unwrap().starts_with(b"%PDF"));
    }
}
