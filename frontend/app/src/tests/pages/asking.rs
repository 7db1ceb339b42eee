//! What somebody reads before they ask for something: guide, form, and a search that finds nothing.

use domain::{
    LandCode, Locale,
    code::Strictness,
    service::{Ground, InputKind, services},
};

use super::{CODE, Fake, Page};

async fn html(path: &str, locale: Locale) -> String {
    Page { locale, ..Page::at(path) }.html().await
}

#[tokio::test]
async fn s1_a_guide_says_what_is_done_where_and_what_the_form_asks() {
    for locale in Locale::ALL {
        for item in services() {
            let html = html(&format!("/services/{}", item.id), locale).await;
            let once = |one: &&domain::service::Question| {
                one.kind != InputKind::Consent && one.of.is_none()
            };
            let asked = item.question.iter().filter(once);
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
            [(Locale::Zh, "不能按坐标查找"), (Locale::En, "Coordinates cannot be searched")]
        {
            let html = html(&format!("/?q={text}"), locale).await;
            assert!(html.contains(&format!("<h1>{told}</h1>")), "{text}: {html}");
            for way in ["href=\"/help\"", "href=\"/sites/outline\"", "value=\""] {
                assert!(html.contains(way), "{way}: {html}");
            }
        }
    }
}

fn query(text: &str) -> String {
    format!("/?q={}", url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>())
}

#[tokio::test]
async fn row_24_the_number_of_a_certificate_finds_nothing_and_people_are_told_what_does() {
    for (locale, told) in [
        (Locale::Zh, "证号不公开。请输入证书上的不动产单元号（28位）。"),
        (Locale::En, "Enter the unit code printed on the certificate (28 characters)."),
    ] {
        let html = html(&query("浙（2021）德清县不动产权第0000001号"), locale).await;
        assert!(html.contains(told), "{html}");
    }
}

#[tokio::test]
async fn a_mistyped_request_number_is_told_its_form_and_where_to_enter_it() {
    for typed in ["JM-20261122-7K3MQ2V0", "JM-20261122", "申请编号：JM-2026112-7K3MQ2VX"] {
        for (locale, told) in [
            (Locale::Zh, "申请编号的写法不对：JM开头"),
            (Locale::En, "The request number is not written correctly: JM,"),
        ] {
            let html = html(&query(typed), locale).await;
            assert!(html.contains(told) && html.contains("action=\"/requests\""), "{html}");
            assert!(html.contains(&format!("value=\"{typed}\"")), "{typed}: {html}");
        }
    }
}

#[tokio::test]
async fn row_2_hits_for_a_home_are_said_to_be_of_the_house_alone() {
    for (locale, told) in [
        (Locale::Zh, "没有写得这样细的地址，以下是所在的地块。"),
        (Locale::En, "No address is listed in that detail."),
    ] {
        let home = html(&query("永乐8号1室"), locale).await;
        assert!(home.contains(told) && home.contains("class=\"hits\""), "{home}");
        let house = html(&query("永乐8号"), locale).await;
        assert!(!house.contains(told), "{house}");
    }
    let none = html(&query("奶茶"), Locale::Zh).await;
    let (_, after) = none.split_once("想知道哪里可以做这件事？").unwrap();
    assert!(after.split("</li>").next().unwrap().contains("href=\"/sites\""), "{after}");
}

#[tokio::test]
async fn a_code_with_its_name_in_front_is_mistyped_by_the_code_alone() {
    let html = html(&query("宗地代码：33O521OO1OO2GB00011"), Locale::Zh).await;
    assert!(
        html.contains("id=\"near-title\"") && html.contains(&format!("href=\"/c/{CODE}\"")),
        "{html}"
    );
}

#[tokio::test]
async fn no_text_is_cut_without_a_word() {
    // In letters an address is twice as long.
    let [long, letters] = ["永".repeat(70), "a".repeat(130)];
    for (typed, most) in [(&long, "64"), (&letters, "128")] {
        let query: String = url::form_urlencoded::byte_serialize(typed.as_bytes()).collect();
        let html = html(&format!("/?q={query}"), Locale::Zh).await;
        let told = format!("只按前{most}个字查找");
        assert!(html.contains(&told) && html.contains(typed.as_str()), "{html}");
    }
    let html = html(&format!("/?q={}", "a".repeat(128)), Locale::Zh).await;
    assert!(!html.contains("只按前"), "{html}");
    assert!(!html.contains("maxlength"), "the browser cuts what is pasted");
    let short = self::html("/?q=abc", Locale::Zh).await;
    assert!(!short.contains("只按前"), "{short}");
    let open = self::html("/requests", Locale::Zh).await;
    assert!(!open.contains("maxlength") && open.contains("href=\"/help\""), "{open}");
}

/// The ids of the services that a page leads to, by what stands before each in its links.
fn led_to(html: &str, before: &str) -> Vec<String> {
    let links = html.split(before).skip(1);
    links.map(|rest| rest.split(['"', '&']).next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn s1_a_page_shows_few_services_first_and_leads_to_all_that_fit() {
    let form = format!("href=\"/c/{CODE}/requests/new?item=");
    let page = html(&format!("/c/{CODE}"), Locale::Zh).await;
    let services_of_page = page.split("id=\"services\"").nth(1).unwrap();
    let first = led_to(services_of_page, &form);
    let often = ["data-correction", "planning-conformity", "registration-query", "hazard-zone"];
    assert_eq!(first, often);
    let place = LandCode::parse(CODE, Strictness::LookUp).unwrap().code;
    let fitting = services().iter().filter(|item| item.fits_on(&Ground::of(&place))).count();
    assert!(page.contains(&format!("这里能办的全部业务（{fitting}项）")), "{page}");
    let all = html(&format!("/c/{CODE}/requests/new"), Locale::Zh).await;
    let all = led_to(&all, &form);
    assert_eq!(all.len(), fitting);
    // Nobody asks for a homestead on land for construction.
    assert!(
        !all.contains(&"homestead-application".to_owned())
            && all.contains(&"first-registration".to_owned())
    );
    assert!(first.iter().all(|item| all.contains(item)));
}

#[tokio::test]
async fn s1_services_are_listed_by_what_people_come_for() {
    for (locale, titles) in [
        (Locale::Zh, ["查询与了解", "不动产登记", "建设与用地许可", "农村建房", "纠错与举报"]),
        (
            Locale::En,
            [
                "Find out",
                "Register rights",
                "Build and use land",
                "Build in a village",
                "Report something",
            ],
        ),
    ] {
        let html = html("/services", locale).await;
        let order: Vec<_> = titles.iter().map(|text| html.find(&format!(">{text}</h2>"))).collect();
        assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?} {html}");
        let mut all = led_to(&html, "href=\"/services/");
        all.sort();
        let mut ids: Vec<_> = services().iter().map(|item| item.id.clone()).collect();
        ids.sort();
        assert_eq!(all, ids);
    }
}

#[tokio::test]
async fn s1_what_is_not_offered_cannot_be_asked_for_and_says_so() {
    let page = |path: &str| Page {
        fake: Fake { not_offered: vec!["registration-query"], ..Fake::default() },
        ..Page::at(path)
    };
    let list = page("/services").html().await;
    assert!(!list.contains("/services/registration-query"), "{list}");
    let guide = page("/services/registration-query").html().await;
    assert!(guide.contains("本平台目前不受理这项业务") && !guide.contains("先查找地块或海域"));
    let form = page(&format!("/c/{CODE}/requests/new?item=registration-query")).html().await;
    assert!(!form.contains("id=\"request-form\""), "{form}");
    let place = page(&format!("/c/{CODE}")).html().await;
    assert!(!place.contains("registration-query"), "{place}");
}

#[tokio::test]
async fn s1_without_a_script_every_question_is_there_and_says_when_it_is_asked() {
    let html =
        html(&format!("/c/{CODE}/requests/new?item=transfer-registration"), Locale::Zh).await;
    for name in ["cause", "mortgaged", "mortgage_way", "heirs", "visit_date"] {
        assert!(html.contains(&format!("name=\"{name}\"")), "{name}: {html}");
    }
    assert!(html.contains("“因为什么过户？”选了“买卖”或“赠与”时才填写。"), "{html}");
    assert!(html.contains("共同申请的，各方都要到场") && html.contains("承诺期限"), "{html}");
    let guide = self::html("/services/transfer-registration", Locale::En).await;
    for told in [
        "May follow later",
        "The department usually gets these itself",
        "Only if you chose “Yes” for",
    ] {
        assert!(guide.contains(told), "{told}: {guide}");
    }
}
