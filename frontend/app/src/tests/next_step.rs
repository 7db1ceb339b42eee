//! The formal step after a verdict (*sites S10*): which form it leads to, and what is filled in there.

use domain::Locale;

use super::{
    fixtures::{CODE, Fake},
    render::Page,
};

const OUTLINE: &str =
    "/sites/outline?use=zhejiang.cafe&a.builds=no&points=120+30.5%0A120.002+30.5%0A120.002+30.502";

/// The part of a page about the formal steps.
async fn steps(page: Page) -> String {
    let html = page.html().await;
    let part = html.split("class=\"sites-steps\"").nth(1).unwrap_or_else(|| panic!("{html}"));
    part.split("</section>").next().unwrap().to_owned()
}

/// The first address in a text that asks for a service, as a browser reads it.
fn link(html: &str, item: &str) -> String {
    let begin = format!("requests/new?item={item}&amp;");
    let at = html.split("href=\"").skip(1).find(|rest| rest.contains(&begin));
    let at = at.unwrap_or_else(|| panic!("{item}: {html}"));
    at.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn sites_s10_the_step_opens_its_form_with_use_verdict_and_facts_filled_in() {
    let path = format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=no");
    for locale in Locale::ALL {
        let steps = steps(Page { locale, ..Page::at(&path) }).await;
        let address = link(&steps, "site-approval");
        let (_, query) = address.split_once('?').unwrap();
        let query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let field =
            |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str());
        // Neither permanent basic farmland nor cropland, by what the page says itself.
        assert_eq!(field("farmland"), Some("no"), "{query:?}");
        assert_eq!(field("supply"), None, "what is not known is not filled in");
        let project = field("project").unwrap();
        let hash = &super::sites::rules().hash[..12];
        let link = format!("http://127.0.0.1:3000/sites?use=zhejiang.cafe&code={CODE}&a.builds=no");
        for part in [hash, &link, CODE, "deqing-demo/3", "23,456.78"] {
            assert!(project.contains(part), "{part}: {project}");
        }
        assert!(project.chars().count() <= 1_000, "{project}");
        // The form has it, to be changed, and says so.
        let html = Page { locale, ..Page::at(&address) }.html().await;
        assert!(html.contains(hash), "{html}");
        let chosen = html.split("name=\"farmland\"").skip(1);
        let chosen: Vec<&str> =
            chosen.filter(|input| input.split('>').next().unwrap().contains(" checked")).collect();
        assert_eq!(chosen.len(), 1, "{html}");
        assert!(chosen[0].contains("value=\"no\""), "{}", chosen[0]);
        let said = if locale == Locale::Zh { "已经填好" } else { "filled in already" };
        assert!(html.contains(said), "{html}");
    }
}

#[tokio::test]
async fn sites_s10_where_no_service_is_offered_the_office_and_the_place_are_named() {
    let path = format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=no");
    let own = steps(Page::at(&path)).await;
    assert!(own.contains("规划条件") && own.contains("政务服务窗口"), "{own}");
    let fake =
        Fake { not_offered: vec!["site-approval", "planning-conformity"], ..Fake::default() };
    let steps = steps(Page { fake, ..Page::at(&path) }).await;
    assert!(!steps.contains("item="), "{steps}");
    assert_eq!(steps.matches("政务服务窗口").count(), 3, "{steps}");
    assert!(steps.contains("12345"), "somebody to call: {steps}");
}

#[tokio::test]
async fn sites_s10_a_link_fills_in_nothing_about_who_asks_and_no_choice_that_there_is_not() {
    let path = format!(
        "/c/{CODE}/requests/new?item=site-approval&farmland=everything&consent=yes&applicant_name=x&project=y"
    );
    let html = Page::at(&path).html().await;
    assert!(!html.contains("\"everything\"") && !html.contains(" checked"), "{html}");
    assert!(!html.contains("value=\"x\"") && html.contains("\ny</textarea>"), "{html}");
}

#[tokio::test]
async fn sites_s10_who_drew_an_outline_is_asked_which_parcel_it_is_about() {
    let first = steps(Page::at(OUTLINE)).await;
    assert!(first.contains("范围涉及哪一宗地") && !first.contains("formaction"), "{first}");
    let wrong = steps(Page::at(&format!("{OUTLINE}&code=nonsense"))).await;
    assert!(wrong.contains("aria-invalid") && wrong.contains("value=\"nonsense\""), "{wrong}");
    let typed = steps(Page::at(&format!("{OUTLINE}&code={CODE}"))).await;
    let form = format!("formaction=\"/c/{CODE}/requests/new?item=site-approval\"");
    assert!(typed.contains(&form) && typed.contains("name=\"carried\""), "{typed}");
    assert!(typed.contains("120.002000,30.502000"), "the applicant's own corners: {typed}");
    assert!(!typed.contains("/sites?"), "an outline stands in no address: {typed}");
    // Those that a list may name, each with a button.
    let listed = steps(Page::at(&format!("{OUTLINE}&parcels=yes"))).await;
    assert!(listed.matches("formaction").count() >= 2, "{listed}");
}
