//! What the pages say of a code: its layers, its history, and what it may have been meant as.

use domain::Locale;

use super::{
    fixtures::{CODE, Fake, UNIT},
    render::Page,
};

fn former() -> Fake {
    Fake { former: true, days: true, ..Fake::default() }
}

/// A group of a code as it is read out.
fn spoken(group: &str) -> String {
    group.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

async fn at(path: &str, locale: Locale) -> String {
    Page { locale, ..Page::at(path) }.html().await
}

#[tokio::test]
async fn c8_every_layer_of_a_code_is_explained_in_both_languages() {
    let html = at(&format!("/c/{UNIT}"), Locale::Zh).await;
    for text in [
        "浙江省湖州市德清县",
        "位于武康街道（统计用区划代码330521001",
        "<dt>001</dt><dd>地籍区</dd>",
        "<dt>002</dt><dd>地籍子区</dd>",
        "<dt>G</dt><dd>国家所有</dd>",
        "<dt>B</dt><dd>建设用地使用权宗地（地表）</dd>",
        "<dt>00011</dt><dd>顺序号</dd>",
        "<dt>F</dt><dd>房屋等建筑物、构筑物</dd>",
        "<dt>0001</dt><dd>幢号</dd>",
        "<dt>0003</dt><dd>户号</dd>",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let html = at(&format!("/c/{UNIT}"), Locale::En).await;
    for text in [
        "Deqing County, Huzhou, Zhejiang",
        "Wukang Subdistrict (statistical code 330521001",
        "<dt>B</dt><dd>construction land, on the surface</dd>",
        "<dt>0003</dt><dd>Household</dd>",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
}

#[tokio::test]
async fn c7_a_former_code_says_since_when_and_leads_over_generations() {
    let page = Page { fake: former(), ..Page::at(&format!("/c/{CODE}")) };
    let html = page.html().await;
    assert!(html.contains("因分割，自2023年3月1日起不再使用。"), "{html}");
    let link = |code: &str| html.matches(&format!("href=\"/c/{code}\"")).count();
    // In force now: one half as it was made, the other under its second number.
    assert_eq!((link("330521001002GB00022"), link("330521001002GB00031")), (1, 1));
    // The number between and the one before are in the history.
    assert!(link("330521001002GB00021") > 0 && link("330521001002GB00007") > 0);
    for kind in ["分割", "变更编号"] {
        assert!(html.contains(&format!("<span class=\"tag\">{kind}</span>")), "{kind}");
    }
    assert!(!html.contains("单元的代码"), "no unit was asked for");
    let english = Page { locale: Locale::En, ..page }.html().await;
    assert!(
        english.contains("No longer in use since 1 March 2023 because of a split."),
        "{english}"
    );
}

#[tokio::test]
async fn c7_a_former_code_without_a_record_still_leads_on() {
    let fake = Fake { only_history: true, ..former() };
    for (locale, since, why) in [
        (Locale::Zh, "因分割，自2023年3月1日起不再使用。", "没有这个代码的记录"),
        (
            Locale::En,
            "No longer in use since 1 March 2023 because of a split.",
            "no record of this code",
        ),
    ] {
        let page = Page { fake: fake.clone(), locale, ..Page::at(&format!("/c/{CODE}")) };
        let html = page.html().await;
        assert!(html.contains(since) && html.contains(why), "{html}");
        for code in ["330521001002GB00022", "330521001002GB00031"] {
            assert!(html.contains(&format!("href=\"/c/{code}\"")), "{code}");
        }
        // Nothing is claimed of a parcel of which nothing is known.
        for section in ["facts-title", "map-title", "place-restrictions"] {
            assert!(!html.contains(section), "{section}");
        }
    }
}

#[tokio::test]
async fn c7_an_ended_parcel_offers_what_replaced_it_and_of_services_those_about_old_codes() {
    for only_history in [false, true] {
        let fake = Fake { only_history, ..former() };
        let html = Page { fake, ..Page::at(&format!("/c/{CODE}")) }.html().await;
        for gone in ["id=\"services\"", "#services", "place-restrictions", "verdict"] {
            assert!(!html.contains(gone), "{gone}");
        }
        for (item, offered) in [("data-correction", true), ("planning-conformity", false)] {
            let form = format!("href=\"/c/{CODE}/requests/new?item={item}\"");
            assert_eq!(html.contains(&form), offered, "{item}: {html}");
        }
        let first = html.find("打开现在的代码").unwrap();
        assert!(first < html.find("class=\"code code-parcel\"").unwrap());
    }
}

#[tokio::test]
async fn c7_the_form_of_an_ended_parcel_leads_to_that_of_what_replaced_it() {
    let planning = "/c/330521001002GB00031/requests/new?item=planning-conformity";
    for (tail, onwards) in [
        ("?item=planning-conformity", planning),
        ("?item=nonsense", "/c/330521001002GB00031"),
        ("", "/c/330521001002GB00031"),
    ] {
        for locale in Locale::ALL {
            let path = format!("/c/{CODE}/requests/new{tail}");
            let html = Page { fake: former(), locale, ..Page::at(&path) }.html().await;
            assert!(html.contains(&format!("href=\"{onwards}\"")), "{tail}: {html}");
            assert!(!html.contains("class=\"form\"") && !html.contains("name=\"token\""), "{tail}");
            assert!(!html.contains("form=\"request-form\""), "{tail}: no switch sends a form");
            // What is about the record of an old code is offered there still.
            let still = format!("href=\"/c/{CODE}/requests/new?item=data-correction\"");
            assert!(html.contains(&still), "{tail}: {html}");
            let other = format!("/c/{CODE}/requests/new?item=planning-conformity");
            assert!(!html.contains(&format!("href=\"{other}\"")), "{tail}");
        }
    }
}

#[tokio::test]
async fn c7_a_form_about_an_old_code_says_that_it_is_old_before_anybody_types() {
    let path = format!("/c/{CODE}/requests/new?item=data-correction");
    let html = Page { fake: former(), ..Page::at(&path) }.html().await;
    let (said, form) =
        (html.find("这是旧代码").unwrap(), html.find("id=\"request-form\"").unwrap());
    assert!(said < form && html.contains("name=\"ended\" value=\"yes\""), "{html}");
    assert!(html.contains("form=\"request-form\""), "a switch sends it along");
    let current = at(&path, Locale::Zh).await;
    assert!(!current.contains("name=\"ended\"") && current.contains("id=\"request-form\""));
}

#[tokio::test]
async fn a_code_is_read_out_character_by_character_and_copied_as_it_is() {
    let html = at(&format!("/c/{CODE}/requests/new"), Locale::Zh).await;
    assert!(html.contains(">3 3 0 5 2 1, 0 0 1 0 0 2, G B 0 0 0 1 1</span>"), "{html}");
    assert!(html.contains("<span>330521</span>") && html.contains("translate=\"no\""));
    let groups = at(&format!("/c/{CODE}"), Locale::Zh).await;
    for group in ["330521", "001002", "GB00011"] {
        assert!(groups.contains(&format!(">{}</span>", spoken(group))), "{group}");
    }
}

#[tokio::test]
async fn an_english_reader_gets_a_name_to_say_beside_the_name_as_it_is_written() {
    let letters = "Deqing County, Wukang Subdistrict, Yongle Road, No. 8";
    for path in [format!("/c/{CODE}"), "/?q=%E6%B0%B8%E4%B9%90".into(), "/l/PLACE".into()] {
        let html = at(&path, Locale::En).await;
        assert!(html.contains(&format!("lang=\"zh-Latn-pinyin\">{letters}</span>")), "{path}");
        assert!(html.contains("lang=\"zh-CN\""), "{path}");
        assert!(!at(&path, Locale::Zh).await.contains("pinyin"), "{path}");
    }
    let html = at(&format!("/c/{CODE}"), Locale::En).await;
    assert!(html.contains(&format!("<title>{letters} · ")), "{html}");
}

#[tokio::test]
async fn sea_is_called_and_measured_as_sea() {
    let fake = Fake { sea: true, ..Fake::default() };
    for (locale, told) in
        [(Locale::Zh, ["宗海面积", "2.3457公顷"]), (Locale::En, ["Sea area", "2.3457 ha"])]
    {
        let page = Page { fake: fake.clone(), locale, ..Page::at("/c/330521000000GH00001") };
        let html = page.html().await;
        for text in told {
            assert!(html.contains(text), "{text}: {html}");
        }
        for land in ["宗地面积", "亩", " mu<", "这块地"] {
            assert!(!html.contains(land), "{land}");
        }
    }
    // What is not found may be either.
    let none = at("/c/330521000000GH00009", Locale::Zh).await;
    assert!(none.contains("没有查到这个代码的公开信息") && !none.contains("这块地"), "{none}");
}

#[tokio::test]
async fn c7_a_current_parcel_tells_what_it_was_formed_from() {
    let fake = Fake { days: true, ..Fake::default() };
    let html = Page { fake, ..Page::at(&format!("/c/{CODE}")) }.html().await;
    assert!(html.contains("代码沿革") && html.contains("2018年5月4日"));
    assert!(html.contains("href=\"/c/330521001002GB00007\""));
    assert!(!html.contains("不再使用"));
}

#[tokio::test]
async fn p2_where_days_are_not_public_the_history_says_so_and_leads_on_all_the_same() {
    for (fake, ended) in [(Fake { days: false, ..former() }, true), (Fake::default(), false)] {
        for (locale, by, why) in
            [(Locale::Zh, "分割", "日期不公开"), (Locale::En, "split", "date not public")]
        {
            let page = Page { fake: fake.clone(), locale, ..Page::at(&format!("/c/{CODE}")) };
            let html = page.html().await;
            assert!(html.contains(why) && html.contains("href=\"/c/330521001002GB00007\""));
            assert!(!html.contains("class=\"event-date\" datetime=\"20"), "{html}");
            let leads = |code: &str| html.contains(&format!("href=\"/c/{code}\""));
            assert_eq!(leads("330521001002GB00031") && html.contains(by), ended, "{html}");
            for day in ["2018年5月4日", "2023年3月1日", "4 May 2018", "1 March 2023"] {
                assert!(!html.contains(day), "{day}: {html}");
            }
        }
    }
}

#[tokio::test]
async fn p5_every_home_number_is_answered_with_the_same_page() {
    for (locale, told) in [(Locale::Zh, "不向公众说明"), (Locale::En, "does not tell the public")]
    {
        let mut pages = Vec::new();
        for unit in [UNIT, "330521001002GB00011F00010004", "330521001002GB00011F00120034"] {
            let html = at(&format!("/c/{unit}"), locale).await;
            assert!(html.contains(told) && html.contains(unit), "{html}");
            assert!(!html.contains("302室"), "{html}");
            let grouped = domain::LandCode::grouped(&super::fixtures::code(unit));
            let html = html.replace(unit, "CODE").replace(&grouped, "CODE");
            let html = html.replace(&unit[19..], "UNIT").replace(&spoken(&unit[19..]), "SPOKEN");
            pages.push([(&unit[20..24], "BUILDING"), (&unit[24..], "DOOR")].iter().fold(
                html,
                |html, (digits, word)| {
                    html.replace(&format!("<dt>{digits}</dt>"), &format!("<dt>{word}</dt>"))
                },
            ));
        }
        assert!(pages.iter().all(|page| *page == pages[0]));
    }
}

#[tokio::test]
async fn c7_an_old_certificate_leads_on_whether_its_unit_was_there_or_not() {
    let page = |code: &str| Page { fake: former(), ..Page::at(&format!("/c/{code}")) };
    let known = page(UNIT).html().await;
    assert!(known.contains("自2023年3月1日起不再使用") && known.contains("单元的代码"), "{known}");
    assert!(known.contains("href=\"/c/330521001002GB00031\""));
    assert!(!known.contains("302室"), "nothing of the unit");
    let other = "330521001002GB00011F00010004";
    let unknown = page(other).html().await;
    let blank = |html: &str, code: &str| {
        let grouped = domain::LandCode::grouped(&super::fixtures::code(code));
        html.replace(code, "CODE")
            .replace(&grouped, "CODE")
            .replace(&code[19..], "UNIT")
            .replace(&spoken(&code[19..]), "SPOKEN")
            .replace(&format!("<dt>{}</dt>", &code[24..]), "<dt>DOOR</dt>")
    };
    assert_eq!(blank(&known, UNIT), blank(&unknown, other));
}

#[tokio::test]
async fn a_code_that_leads_nowhere_offers_what_may_be_meant() {
    for (path, offered) in [
        ("/c/330521001002GB00101", true),
        ("/c/33O521OO1002GB00011", true),
        ("/?q=33O52100100ZGB00011", true),
        ("/c/330521001002GB00099", false),
        ("/?q=330521001002XX00011", false),
    ] {
        for locale in Locale::ALL {
            let html = at(path, locale).await;
            assert_eq!(html.contains("id=\"near-title\""), offered, "{path}");
            assert_eq!(html.contains(&format!("href=\"/c/{CODE}\"")), offered, "{path}");
        }
    }
    let down = Fake { down: true, ..Fake::default() };
    let html = Page { fake: down, ..Page::at("/c/33O521001002GB00011") }.html().await;
    assert!(html.contains("代码有误") && !html.contains("near-title"), "{html}");
}

#[tokio::test]
async fn c8_a_code_of_an_abolished_district_says_what_became_of_it_even_where_nothing_is_shown() {
    let html = at("/c/330103001002GB00099", Locale::Zh).await;
    assert!(html.contains("拱墅区") && html.contains("2021年3月11日"), "{html}");
    let html = at("/c/330521001002GB00099", Locale::Zh).await;
    assert!(!html.contains("拱墅区"), "{html}");
}
