//! Every kind of page, and what each must be.

mod asking;
mod labels;
mod policy;
mod requests;

use std::collections::BTreeSet;

use domain::{
    Locale, Localized,
    request::{Actor, Channel, DraftNumber, RequestState, Submission},
    service::{Answers, service},
};

use super::{
    fixtures::{CODE, Fake, UNIT, number},
    render::Page,
    verify,
};
use crate::{
    context::{
        Arrival, DraftFile, DraftShown, ErrorPage, FormReturn, HeldDraft, OpenFault, ReceiptSecret,
    },
    found::Found,
};
use service_api::{DeliveryProgress, Keeping, NoticeView, Portal, Reach, VerdictReading};

fn form_back() -> FormReturn {
    let item = service("data-correction").unwrap();
    let values = Answers::from([
        ("what_is_wrong".to_owned(), "</textarea><script>alert(1)</script> & 面积".to_owned()),
        ("applicant_name".to_owned(), "\"><script>alert(2)</script>".to_owned()),
        ("applicant_phone".to_owned(), "123".to_owned()),
    ]);
    let faults = item.check(&values, "2026-11-22".parse().unwrap()).unwrap_err();
    FormReturn { faults, ..FormReturn::of(values) }
}

/// What somebody saved.
fn saved() -> DraftShown {
    let text = "\"><script>alert(1)</script>".to_owned();
    DraftShown::Kept {
        held: HeldDraft {
            number: DraftNumber::parse("CG-7K3MQ2VX").unwrap(),
            secret: "ABCD2345WXYZ".into(),
        },
        until: "2026-12-30T00:00:00Z".parse().unwrap(),
        files: [Some("2026-12-30T00:00:00Z"), Some("2026-12-01T00:00:00Z"), None]
            .map(|until| DraftFile {
                name: "<img src=x onerror=alert(1)>.pdf".to_owned(),
                until: until.map(|until| until.parse().unwrap()),
            })
            .to_vec(),
        address: format!("/c/{CODE}/requests/new?item=data-correction"),
        fields: Answers::from([("applicant_name".to_owned(), text)]),
    }
}

/// A form that is about to be handed in.
fn read_through() -> FormReturn {
    let values = Answers::from([
        ("field_in_question".to_owned(), "area".to_owned()),
        ("what_is_wrong".to_owned(), "</dd><script>alert(1)</script> & 面积".to_owned()),
        ("applicant_name".to_owned(), "\"><script>alert(2)</script>".to_owned()),
        ("applicant_phone".to_owned(), "138 0013 8000".to_owned()),
        ("consent".to_owned(), "yes".to_owned()),
    ]);
    let personal = |name: &str| name.starts_with("applicant_") || name == "consent";
    let (applicant, answers) = values.clone().into_iter().partition(|(name, _)| personal(name));
    let submission = Submission {
        item: "data-correction".into(),
        code: domain::LandCode::parse(CODE, domain::code::Strictness::LookUp).unwrap().code,
        data_version: "deqing-demo/2".into(),
        applicant,
        answers,
        channel: Channel::Applicant,
        asks: None,
        attachments: Vec::new(),
        assisted: None,
    };
    let (key, since) = (Some("token-of-before-0".into()), Some("deqing-demo/2".into()));
    let review = Some(submission.for_department());
    FormReturn { key, since, review, ..FormReturn::of(values) }
}

fn progress(progress: DeliveryProgress) -> Fake {
    Fake { progress: Some(progress), ..Fake::default() }
}

/// A delivery that is late.
fn waiting() -> Fake {
    progress(DeliveryProgress::Waiting { attempts: 3, next: "2026-11-22T09:30:00Z".parse().ok() })
}

/// A request that was taken back and may be deleted.
fn taken_back() -> Fake {
    Fake {
        progress: Some(DeliveryProgress::TakenBack),
        more: vec![(RequestState::Withdrawn, Actor::Applicant, "来信")],
        keeping: Some(Keeping::Until("2027-11-24".parse().ok())),
        ..Fake::default()
    }
}

/// The secret of a request that was deleted.
fn gone() -> Option<ReceiptSecret> {
    Some(ReceiptSecret {
        number: number(),
        secret: "GONE2345WXYZ".into(),
        arrival: Arrival::Opened,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    })
}

/// The secret of a request of which parts are missing.
fn torn() -> Option<ReceiptSecret> {
    Some(ReceiptSecret {
        number: number(),
        secret: "TORN2345WXYZ".into(),
        arrival: Arrival::Opened,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    })
}

/// Three corners.
const OUTLINE: &str = "120+30.5%0A120.002+30.5%0A120.002+30.502";

/// Every kind of page, by a name.
fn pages() -> Vec<(&'static str, Page)> {
    let receipt = |arrival| {
        Some(ReceiptSecret {
            number: number(),
            secret: "ABCD2345WXYZ".into(),
            arrival,
            until: "2026-11-22T10:00:00Z".parse().ok(),
        })
    };
    let request = format!("/requests/{}", number());
    let below = |tail: &str| format!("{request}/{tail}");
    let form = format!("/c/{CODE}/requests/new?item=data-correction");
    let down = Fake { down: true, ..Fake::default() };
    let former = Fake { former: true, ..Fake::default() };
    let history = Fake { only_history: true, ..former.clone() };
    let error = |error| Page { error: Some(error), ..Page::at("/x") };
    vec![
        ("home", Page::at("/")),
        ("search", Page::at("/?q=%E6%B0%B8%E4%B9%90")),
        ("search-none", Page::at("/?q=%E5%8D%97%E6%B5%94")),
        ("search-bad", Page::at("/?q=330521001002QB00011")),
        ("place", Page::at(&format!("/c/{CODE}"))),
        ("place-unit", Page::at(&format!("/c/{UNIT}"))),
        ("place-former", Page { fake: former.clone(), ..Page::at(&format!("/c/{CODE}")) }),
        ("place-history", Page { fake: history, ..Page::at(&format!("/c/{CODE}")) }),
        ("place-near", Page::at("/c/330521001002GB00101")),
        ("place-former-unit", Page { fake: former, ..Page::at(&format!("/c/{UNIT}")) }),
        ("place-none", Page::at("/c/330521001002GB00099")),
        ("place-bad", Page::at("/c/330521001002GB0001")),
        ("place-down", Page { fake: down, ..Page::at(&format!("/c/{CODE}")) }),
        ("choose", Page::at(&format!("/c/{CODE}/requests/new"))),
        ("form", Page::at(&form)),
        ("form-back", Page { form: Some(form_back()), ..Page::at(&form) }),
        ("review", Page { form: Some(read_through()), ..Page::at(&form) }),
        ("drafts", Page::at("/drafts?number=CG-7K3MQ2VX")),
        ("draft-kept", Page { draft: Some(saved()), ..Page::at("/drafts") }),
        ("draft-deleted", Page { draft: Some(DraftShown::Deleted), ..Page::at("/drafts") }),
        ("services", Page::at("/services")),
        ("service", Page::at("/services/data-correction")),
        ("sites", Page::at("/sites")),
        ("outline", Page::at("/sites/outline")),
        ("outline-answer", Page::at(&format!("/sites/outline?use=zhejiang.cafe&points={OUTLINE}"))),
        (
            "outline-faults",
            Page::at(
                "/sites/outline?points=120+30.5%0A%3Cscript%3Ealert(1)%3C/script%3E&what=%3Cscript%3Ealert(1)",
            ),
        ),
        (
            "outline-small",
            Page::at(
                "/sites/outline?use=zhejiang.cafe&points=120+30.5%0A120.0001+30.5%0A120.0001+30.5001",
            ),
        ),
        (
            "outline-no-data",
            Page::at(
                "/sites/outline?use=zhejiang.cafe&points=90+30.5%0A90.002+30.5%0A90.002+30.502",
            ),
        ),
        ("sites-prefilled", Page::at(&format!("/sites?code={CODE}"))),
        (
            "sites-faults",
            Page::at("/sites?code=330521001002QB00011&what=%3Cscript%3Ealert(1)%3C/script%3E"),
        ),
        ("sites-choices", Page::at(&format!("/sites?code={CODE}&what=%E5%BA%97"))),
        ("sites-answer", Page::at(&format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=yes"))),
        ("sites-open", Page::at(&format!("/sites?use=zhejiang.factory&code={CODE}"))),
        (
            "sites-compared",
            Page::at(&format!(
                "/sites?use=zhejiang.cafe&code={CODE}&code=330521001002GB00012&code=330521001002GB00099"
            )),
        ),
        ("site-search", Page::at("/sites/search")),
        ("site-search-faults", Page::at("/sites/search?what=%E5%BA%97")),
        ("site-search-found", Page::at("/sites/search?use=zhejiang.cafe&band=maybe&page=2")),
        ("site-search-none", Page::at("/sites/search?use=zhejiang.cafe&min=200000")),
        ("sites-none", Page::at("/sites?use=zhejiang.cafe&code=330521001002GB00099")),
        (
            "sites-former",
            Page {
                fake: Fake { former: true, ..Fake::default() },
                ..Page::at(&format!("/sites?use=zhejiang.cafe&code={CODE}"))
            },
        ),
        ("verify", Page::at("/verify")),
        ("verify-nothing", verify::answered(Found::NoFile)),
        ("verify-current", verify::read(verify::current())),
        ("verify-otherwise", verify::read(verify::otherwise())),
        ("verify-altered", verify::read(VerdictReading::Altered)),
        ("verify-not-ours", verify::read(VerdictReading::NotOurs)),
        ("requests", Page::at("/requests")),
        (
            "requests-fault",
            Page {
                open_fault: Some(OpenFault {
                    number: "JM-1".into(),
                    secret_has_form: true,
                    secret_missing: false,
                }),
                ..Page::at("/requests")
            },
        ),
        ("request-locked", Page::at(&request)),
        ("request", Page { receipt: receipt(Arrival::Opened), ..Page::at(&request) }),
        (
            "request-fresh",
            Page { receipt: receipt(Arrival::Submitted), fake: waiting(), ..Page::at(&request) },
        ),
        ("request-data", Page { receipt: receipt(Arrival::Opened), ..Page::at(&below("data")) }),
        (
            "request-correct",
            Page { receipt: receipt(Arrival::Opened), ..Page::at(&below("correct")) },
        ),
        (
            "request-correct-back",
            Page {
                form: Some(form_back()),
                receipt: receipt(Arrival::Opened),
                ..Page::at(&below("correct"))
            },
        ),
        (
            "request-withdraw",
            Page { receipt: receipt(Arrival::Opened), ..Page::at(&below("withdraw")) },
        ),
        (
            "request-withdrawn",
            Page { receipt: receipt(Arrival::Opened), fake: taken_back(), ..Page::at(&request) },
        ),
        (
            "request-delete",
            Page {
                receipt: receipt(Arrival::Opened),
                fake: taken_back(),
                ..Page::at(&below("delete"))
            },
        ),
        (
            "request-delete-not-yet",
            Page { receipt: receipt(Arrival::Opened), ..Page::at(&below("delete")) },
        ),
        ("request-deleted", Page { receipt: gone(), ..Page::at(&request) }),
        ("request-altered", Page { receipt: torn(), ..Page::at(&request) }),
        ("request-data-altered", Page { receipt: torn(), ..Page::at(&below("data")) }),
        ("request-data-locked", Page::at(&below("data"))),
        (
            "request-rate",
            Page {
                receipt: receipt(Arrival::Opened),
                fake: taken_back(),
                ..Page::at(&below("rate"))
            },
        ),
        ("figures", Page::at("/figures")),
        ("figures-none", Page::at("/figures?days=365")),
        ("policy", Page::at("/policy")),
        ("laws", Page::at("/laws")),
        ("privacy", Page::at("/privacy")),
        ("accessibility", Page::at("/accessibility")),
        ("help", Page::at("/help")),
        ("about", Page::at("/about")),
        ("error-404", Page::at("/nowhere")),
        ("error-401", error(ErrorPage::Proof)),
        ("error-403", error(ErrorPage::CrossSite)),
        ("error-413", error(ErrorPage::TooLarge)),
        ("error-503", error(ErrorPage::Unavailable)),
    ]
}

/// Values of `attribute` in tags that start with `tag`.
fn attributes<'a>(html: &'a str, tag: &str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!("<{tag}"))
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .filter_map(|(head, _)| head.split_once(&format!(" {attribute}=\"")))
        .filter_map(|(_, rest)| rest.split_once('"'))
        .map(|(value, _)| value)
        .collect()
}

/// A page's description is said on the page itself: its first sentence, or its heading.
fn describes_itself(html: &str, name: &str) {
    let about: Vec<_> = attributes(html, "meta name=\"description\"", "content");
    let [about] = about[..] else { panic!("{name} describes itself {} times", about.len()) };
    assert!(!about.trim().is_empty(), "{name} has an empty description");
    let (_, main) = html.split_once("<main").unwrap();
    // In the words of people, without tags between them.
    let said: String =
        main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let (said, title) = (plain(&said), title_of(html));
    for part in about.split(" · ") {
        let here = said.contains(&plain(part)) || title.contains(part);
        assert!(here, "{name} describes itself as {about}, which it does not say");
    }
}

/// The title in the browser's tab.
fn title_of(html: &str) -> &str {
    html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).unwrap().0
}

#[tokio::test]
async fn every_page_is_sound_in_both_languages() {
    for (name, page) in pages() {
        for locale in Locale::ALL {
            let html = Page { locale, ..page.clone() }.html().await;
            let name = format!("{name} {}", locale.name());
            if let Ok(folder) = std::env::var("JIANMA_PAGES") {
                std::fs::write(format!("{folder}/{}.html", name.replace(' ', "-")), &html).unwrap();
            }
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\"", locale.tag())), "{name}");
            assert_eq!(html.matches("<title>").count(), 1, "{name}: {html}");
            assert!(!html.contains(" style="), "{name} has an inline style");
            describes_itself(&html, &name);
            assert!(!html.contains("<script>alert"), "{name} lets a script through");
            assert!(!html.contains("CANARY"), "{name} shows a private field");
            assert!(html.matches("class=\"button button-primary\"").count() <= 1, "{name}");
            let ids = attributes(&html, "", "id");
            let unique: BTreeSet<_> = ids.iter().collect();
            assert_eq!(ids.len(), unique.len(), "{name} has an id twice: {ids:?}");
            for target in attributes(&html, "label", "for") {
                assert!(unique.contains(&target), "{name}: label for {target}");
            }
            for list in attributes(&html, "", "aria-describedby") {
                for target in list.split(' ') {
                    assert!(unique.contains(&target), "{name}: described by {target}");
                }
            }
            for target in
                attributes(&html, "a", "href").iter().filter_map(|href| href.strip_prefix('#'))
            {
                assert!(unique.contains(&target), "{name}: link to #{target}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_that_comes_back_keeps_what_was_typed_and_names_its_faults() {
    let path = format!("/c/{CODE}/requests/new?item=data-correction");
    let html = Page { form: Some(form_back()), ..Page::at(&path) }.html().await;
    assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{html}");
    assert!(html.contains("value=\"123\""));
    assert!(html.contains("href=\"#applicant_phone\""));
    assert!(html.contains("<title>有误："));
    assert!(html.contains("name=\"token\" value=\"token-1\""));
    assert!(html.contains("name=\"seen\" value=\"deqing-demo/3\""));
    assert!(html.contains(" autofocus"));
}

#[tokio::test]
async fn s10_what_is_about_to_be_handed_in_says_everything_and_leads_back_to_each_field() {
    let path = format!("/c/{CODE}/requests/new?item=data-correction");
    let html = Page { form: Some(read_through()), ..Page::at(&path) }.html().await;
    assert!(html.contains("name=\"token\" value=\"token-of-before-0\""), "{html}");
    assert!(html.contains("name=\"since\" value=\"deqing-demo/2\""), "{html}");
    assert!(html.contains("填写期间数据更新过") && html.contains("+86 138 0013 8000"), "{html}");
    // What was left out is said, and can be filled in.
    assert!(html.contains("没有填写") && html.contains("#what_is_right\""), "{html}");
    assert!(html.contains("name=\"applicant_phone\" value=\"138 0013 8000\""), "{html}");
    // The first button of the form, which Enter presses, hands nothing in.
    let first = html.find("form=\"request-form\" name=\"step\" value=\"review\"");
    assert!(first < html.find("value=\"submit\"") && first.is_some(), "{html}");
}

#[tokio::test]
async fn a_title_cannot_break_out_of_its_element() {
    let html = Page::at("/?q=%3C%2Ftitle%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").html().await;
    assert!(!html.contains("<script>alert"), "{html}");
}

#[tokio::test]
async fn a_profile_names_all_three_answers_and_where_the_data_come_from() {
    let html = Page::at(&format!("/c/{CODE}")).html().await;
    for text in [
        "仅边缘接触，没有超过1平方米的误差范围",
        "35.2亩",
        "第三十五条、第四十四条",
        "演示数据",
        "deqing-demo/3",
        "以不动产登记簿的记载为准",
        "精度不高于10米",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let themes = domain::theme::themes().len();
    assert_eq!(html.matches("class=\"theme ").count(), themes);
}

#[tokio::test]
async fn a_list_says_how_much_there_is_what_each_is_and_what_has_ended() {
    let few = Page::at("/?q=%E6%B0%B8%E4%B9%90").html().await;
    for words in
        ["找到3处。", "城镇住宅用地", "812.4平方米", "国有建设用地使用权宗地", "数据：德清演示区"]
    {
        assert!(few.contains(words), "{words}: {few}");
    }
    assert_eq!(few.matches("数据：德清演示区").count(), 1, "not on every row");
    let ended = few.split("class=\"hit\"").find(|row| row.contains("JC00005")).unwrap();
    assert!(ended.contains("已停用") && ended.contains("现用代码"), "{ended}");
    assert!(ended.contains(&format!("href=\"/c/{CODE}\"")), "{ended}");
    assert!(!few.contains("page=2"), "one page");
    // 永乐路 goes on for fifty pages, and further than is counted.
    let road = "/?q=%E6%B0%B8%E4%B9%90%E8%B7%AF";
    let first = Page::at(road).html().await;
    assert!(first.contains("找到1,000处以上。") && first.contains("第1页，共50页"), "{first}");
    assert!(first.contains(&format!("href=\"{road}&amp;page=2\"")) && !first.contains("上一页"));
    let second = Page::at(&format!("{road}&page=2")).html().await;
    assert!(second.contains(&format!("href=\"{road}\"")), "the first has no number");
    assert!(second.contains(&format!("href=\"{road}&amp;page=3\"")));
    let last = Page::at(&format!("{road}&page=50")).html().await;
    assert!(!last.contains("下一页") && last.contains("后面还有"), "{last}");
}

#[tokio::test]
async fn a2_in_elder_mode_reading_aloud_and_a_person_come_first_on_every_page() {
    for path in ["/", &format!("/c/{CODE}"), "/services", "/requests", "/help"] {
        let main = |html: String| html.split("<main").nth(1).unwrap().to_owned();
        let elder = main(Page { elder: true, ..Page::at(path) }.html().await);
        let (before, _) = elder.split_once("<h1").unwrap();
        assert!(before.contains("朗读本页") && before.contains("href=\"tel:12345\""), "{before}");
        let plain = main(Page::at(path).html().await);
        assert!(!plain.split_once("<h1").unwrap().0.contains("朗读本页"), "{path}");
    }
    assert!(Page::at(&format!("/c/{CODE}")).html().await.contains("朗读本页"));
}

#[tokio::test]
async fn a_profile_leads_to_each_of_its_parts() {
    let html = Page::at(&format!("/c/{CODE}")).html().await;
    let nav = html.split("class=\"place-nav\"").nth(1).unwrap().split("</nav>").next().unwrap();
    let parts: Vec<_> =
        nav.split("href=\"#").skip(1).map(|rest| &rest[..rest.find('"').unwrap()]).collect();
    assert_eq!(parts, ["facts", "map-title", "restrictions", "life", "services"]);
    for part in parts {
        assert_eq!(html.matches(&format!("id=\"{part}\"")).count(), 1, "{part}");
    }
}

#[tokio::test]
async fn a2_in_elder_mode_what_can_be_done_comes_first_and_what_is_long_is_folded() {
    let elder = |path: String| Page { elder: true, ..Page::at(&path) };
    let place = elder(format!("/c/{CODE}")).html().await;
    let at = |mark: &str| place.find(mark).unwrap_or_else(|| panic!("{mark}: {place}"));
    let order = [
        "class=\"verdict ",
        "class=\"place-facts\"",
        "class=\"place-map-section\"",
        "class=\"place-services\"",
        "class=\"place-restrictions\"",
        "class=\"place-life\"",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{place}");
    let map = place.split("class=\"place-map-section\"").nth(1).unwrap();
    let folded = "<details class=\"fold\"><summary><h2 id=\"map-title\">";
    assert!(map.split("</section>").next().unwrap().contains(folded), "{map}");
    let form = format!("/c/{CODE}/requests/new?item=data-correction");
    let terms = "<details class=\"fold\"><summary>办理期限和费用</summary><dl class=\"terms ";
    assert!(elder(form.clone()).html().await.contains(terms));
    let plain = Page::at(&form).html().await;
    assert!(plain.contains("<dl class=\"terms terms-ask\"") && !plain.contains(terms));
}

#[tokio::test]
async fn sites_s13_the_page_of_outlines_alone_wakes_by_the_module_that_draws() {
    let places = ["/", "/services", "/sites", "/sites/search", &*format!("/c/{CODE}")];
    for path in places {
        let html = Page::at(path).html().await;
        assert!(!html.contains("start-draw.js") && !html.contains("DrawSite"), "{path}");
    }
    let html = Page::at("/sites/outline?code=330521001003GB00012F00010001").html().await;
    assert!(html.contains("<script type=\"module\" src=\"/pkg/start-draw.js\">"));
    let island = html.split("data-component=\"DrawSite").nth(1).unwrap();
    // Unseen until it is awake, with the map's review number beneath (rule M1).
    let first = island.split("<div").nth(1).and_then(|tag| tag.split('>').next()).unwrap();
    assert!(first.contains("\"draw\"") && first.contains("hidden"), "{first}");
    assert!(island.contains("class=\"plan-review\""), "{island}");
}

#[tokio::test]
async fn home_with_its_scanner_wakes_by_a_module_of_its_own_and_every_other_page_by_the_small_one()
{
    for (path, has_scanner) in [
        ("/", true),
        ("/?counter=1", true),
        ("/?q=+", true),
        ("/?q=%E9%98%9C%E6%BA%AA", false),
        ("/services", false),
        (&*format!("/c/{CODE}"), false),
    ] {
        let html = Page::at(path).html().await;
        assert_eq!(html.contains("data-component=\"Scanner\""), has_scanner, "{path}");
        let start = if has_scanner { "/pkg/start-home.js" } else { "/pkg/start.js" };
        assert!(html.contains(&format!("<script type=\"module\" src=\"{start}\">")), "{path}");
    }
}
