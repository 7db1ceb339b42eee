use std::collections::BTreeSet;

use domain::{
    Locale, Localized,
    request::{Actor, RequestState},
    service::{Answers, service},
};

use super::{
    fixtures::{CODE, Fake, UNIT, number},
    render::Page,
};
use crate::context::{Arrival, ErrorPage, FormReturn, OpenFault, ReceiptSecret};
use service_api::{DeliveryProgress, Keeping, Portal, Reach};

fn form_back() -> FormReturn {
    let item = service("data-correction").unwrap();
    let values = Answers::from([
        ("what_is_wrong".to_owned(), "</textarea><script>alert(1)</script> & 面积".to_owned()),
        ("applicant_name".to_owned(), "\"><script>alert(2)</script>".to_owned()),
        ("applicant_phone".to_owned(), "123".to_owned()),
    ]);
    let faults = item.check(&values, "2026-11-22".parse().unwrap()).unwrap_err();
    FormReturn { values, faults, refusal: None }
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
        ("services", Page::at("/services")),
        ("service", Page::at("/services/data-correction")),
        ("requests", Page::at("/requests")),
        (
            "requests-fault",
            Page {
                open_fault: Some(OpenFault { number: "JM-1".into(), secret_has_form: true }),
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
        ("policy", Page::at("/policy")),
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
async fn a_title_cannot_break_out_of_its_element() {
    let html = Page::at("/?q=%3C%2Ftitle%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").html().await;
    assert!(!html.contains("<script>alert"), "{html}");
}

#[tokio::test]
async fn a_profile_names_all_three_answers_and_where_the_data_come_from() {
    let html = Page::at(&format!("/c/{CODE}")).html().await;
    for text in [
        "仅边缘接触，低于1平方米的容差",
        "35.2亩",
        "第三十五条、第四十四条",
        "演示数据",
        "deqing-demo/3",
        "以不动产登记簿的记载为准",
        "精度不优于10米",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let themes = domain::theme::themes().len();
    assert_eq!(html.matches("class=\"theme ").count(), themes);
}

#[tokio::test]
async fn the_answer_stands_on_top_of_the_page_of_a_request() {
    let office = || Actor::Department("registration".into());
    let more = vec![
        (RequestState::Decided, office(), "准予更正"),
        (RequestState::Decided, Actor::Portal, "系统备注"),
    ];
    for (fake, said) in
        [(Fake { more, ..Fake::default() }, "准予更正"), (Fake::default(), "正在与测绘成果核对")]
    {
        let html = request_page(fake, Locale::Zh).await;
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text}: {html}"));
        let order =
            ["class=\"tag tag-state\"", said, "申请内容", "谁在办理", "办理进度", "意见和投诉"];
        assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{said}");
        // What was asked, whom to ask, how long it takes, how to complain.
        for text in [
            "&lt;b&gt;面积有误&lt;/b&gt;",
            "12345",
            "30个工作日内办结",
            "0571-12345",
            "不能在线评价",
        ] {
            assert!(html.contains(text), "{text}");
        }
        assert!(!html.contains("李四"), "who asked stands on the page with everything");
    }
    let waiting = request_page(Fake { silent: true, ..Fake::default() }, Locale::Zh);
    assert!(waiting.await.contains("部门还没有答复"));
}

#[tokio::test]
async fn what_opens_no_request_is_told_the_rule_of_form_and_nothing_of_requests() {
    let own = number().to_string();
    for (typed, secret_has_form, told, untold) in [
        ("JM-1", true, ["申请编号的写法不对", "申请编号的写法不对"], "查询码的写法不对"),
        (own.as_str(), false, ["查询码的写法不对", "查询码的写法不对"], "申请编号的写法不对"),
        ("JM-1", false, ["申请编号的写法不对", "查询码的写法不对"], "不匹配"),
        (own.as_str(), true, ["申请编号和查询码不匹配", "不匹配"], "写法不对"),
    ] {
        let open_fault = Some(OpenFault { number: typed.into(), secret_has_form });
        let html = Page { open_fault: open_fault.clone(), ..Page::at("/requests") }.html().await;
        assert!(told.iter().all(|text| html.contains(text)), "{typed}: {html}");
        assert!(!html.contains(untold), "{typed}: {html}");
        let path = format!("/requests/{own}");
        let locked = Page { open_fault, ..Page::at(&path) }.html().await;
        assert_eq!(locked.contains("查询码的写法不对"), !secret_has_form, "{typed}");
    }
}

#[tokio::test]
async fn a_label_that_is_not_to_be_trusted_is_an_alarm_and_a_genuine_one_is_calm() {
    for (path, alarm) in [
        ("/l/nonsense", true),
        ("/l/WITHDRAWN", true),
        ("/l/WITHDRAWN-HOME", true),
        ("/?q=https%3A%2F%2Fevil.example%2F", true),
        ("/l/PLACE", false),
        ("/l/HOME", false),
    ] {
        for (locale, word) in [(Locale::Zh, "警告"), (Locale::En, "Warning")] {
            let html = Page { locale, ..Page::at(path) }.html().await;
            assert_eq!(html.contains("class=\"alarm\""), alarm, "{path}");
            if alarm {
                let inside = html.split("class=\"alarm\"").nth(1).unwrap();
                let inside = inside.split("</section>").next().unwrap();
                assert!(inside.contains(word) && inside.contains("<svg"), "{path}: {inside}");
                assert!(inside.contains("<h1>"), "{path}");
            } else {
                let before = html.split("<h1").next().unwrap();
                assert_eq!(before.matches("class=\"banner ").count(), 1, "{path}: {before}");
            }
        }
    }
}

#[tokio::test]
async fn a_receipt_says_how_delivery_stands() {
    let receipt = Some(ReceiptSecret {
        number: number(),
        secret: "ABCD2345WXYZ".into(),
        arrival: Arrival::Submitted,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    });
    let fake = waiting();
    let path = format!("/requests/{}", number());
    let html = Page { receipt, fake, ..Page::at(&path) }.html().await;
    assert!(html.contains("尚未送达，将于2026年11月22日 17:30再次发送，您无需重复提交"), "{html}");
    assert!(html.contains("ABCD 2345 WXYZ"));
}

#[tokio::test]
async fn s5_a_receipt_says_its_code_who_can_see_it_and_whether_it_is_kept() {
    let until = "2026-11-22T10:00:00Z".parse().ok();
    for (arrival, until, said, unsaid) in [
        (Arrival::Opened, until, "在2026年11月22日 18:00以前", "只显示这一次"),
        (Arrival::Submitted, None, "只显示这一次", "公用电脑"),
        (Arrival::Repeated, until, "没有重复提交", "只显示这一次"),
    ] {
        let secret = "ABCD2345WXYZ".into();
        let receipt = Some(ReceiptSecret { number: number(), secret, arrival, until });
        let path = format!("/requests/{}", number());
        let html = Page { receipt, fake: waiting(), ..Page::at(&path) }.html().await;
        assert!(html.contains("ABCD 2345 WXYZ") && html.contains(said), "{arrival:?}: {html}");
        assert!(!html.contains(unsaid), "{arrival:?}");
        assert_eq!(html.contains("/forget\""), until.is_some(), "{arrival:?}");
    }
}

async fn request_page(fake: Fake, locale: Locale) -> String {
    let receipt = Some(ReceiptSecret {
        number: number(),
        secret: "ABCD2345WXYZ".into(),
        arrival: Arrival::Opened,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    });
    Page { receipt, fake, locale, ..Page::at(&format!("/requests/{}", number())) }.html().await
}

#[tokio::test]
async fn s5_of_a_request_that_is_not_as_it_was_written_its_applicant_reads_that_and_whom_to_ask() {
    for (locale, told) in [
        (Locale::Zh, ["有内容缺失，或者被改动过", "主办单位已经收到报告", "凭编号询问主办单位"]),
        (
            Locale::En,
            ["part of it is missing or was changed", "has been told", "quoting the number"],
        ),
    ] {
        for tail in ["", "/data", "/correct", "/withdraw", "/delete"] {
            let path = format!("/requests/{}{tail}", number());
            let html = Page { receipt: torn(), locale, ..Page::at(&path) }.html().await;
            for text in told {
                assert!(html.contains(text), "{tail}: {text}: {html}");
            }
            assert!(html.contains(number().as_str()) && html.contains("0571-12345"), "{tail}");
            for other in ["暂时无法回答", "cannot answer just now", "class=\"tag tag-state\""]
            {
                assert!(!html.contains(other), "{tail}: {other}");
            }
        }
    }
}

#[tokio::test]
async fn s5_the_applicant_reads_what_is_true_of_a_delivery() {
    let next = "2026-11-22T09:30:00Z".parse().ok();
    let since = "2026-11-23T01:00:00Z".parse().unwrap();
    for (of, told) in [
        (
            DeliveryProgress::InDoubt { next },
            "部门是否收到尚未确认，将于2026年11月22日 17:30再次查询",
        ),
        (DeliveryProgress::InDoubt { next: None }, "部门是否收到尚未确认，正在查询"),
        (DeliveryProgress::Waiting { attempts: 2, next: None }, "尚未送达，正在再次发送"),
        (DeliveryProgress::NotConnected, "申请已保存，暂不送达"),
        (DeliveryProgress::Stuck, "目前还没有工作人员接手"),
        (DeliveryProgress::WithStaff { since }, "工作人员已于2026年11月23日 09:00接手"),
        (DeliveryProgress::Settled, "工作人员已人工处理"),
        (DeliveryProgress::Redirected, "已改送其他部门"),
        (DeliveryProgress::Delivered, "已送达。"),
    ] {
        let html = request_page(progress(of), Locale::Zh).await;
        assert!(html.contains(told), "{of:?}: {told}");
        // That somebody looks after it is said only when somebody does.
        let by_staff = ["工作人员已于", "转由工作人员", "工作人员已人工", "工作人员已改送"];
        let claimed = by_staff.iter().any(|words| html.contains(words));
        let acted = matches!(
            of,
            DeliveryProgress::WithStaff { .. }
                | DeliveryProgress::Settled
                | DeliveryProgress::Redirected
        );
        assert_eq!(claimed, acted, "{of:?}");
    }
    let stuck = request_page(progress(DeliveryProgress::Stuck), Locale::En).await;
    assert!(stuck.contains("no member of staff has taken it up yet"), "{stuck}");
    assert!(stuck.contains("Phone 0571-12345"), "whom to ask");
}

#[tokio::test]
async fn s5_a_second_note_and_a_correction_are_shown_as_what_they_are() {
    let office = || Actor::Department("registration".into());
    let more = vec![
        (RequestState::InProgress, office(), "<b>请补交材料</b>"),
        (RequestState::Decided, office(), "准予更正"),
        (RequestState::Decided, office(), "更正：面积为 100 平方米"),
        (RequestState::Decided, Actor::Staff("王建国".into()), "已电话告知"),
    ];
    let html = request_page(Fake { more, ..Fake::default() }, Locale::Zh).await;
    for told in
        ["办理中（补充说明）", "已办结（更正）", "已办结（补充说明）", "本站工作人员", "已电话告知"]
    {
        assert!(html.contains(told), "{told}");
    }
    assert_eq!(html.matches("（更正）").count(), 1);
    assert!(html.contains("&lt;b&gt;请补交材料"), "{html}");
    assert!(!html.contains("王建国"), "visitors are not told who it was");
}

#[tokio::test]
async fn s5_where_requests_go_is_said_before_anybody_types() {
    for path in
        [format!("/c/{CODE}/requests/new?item=data-correction"), format!("/c/{CODE}/requests/new")]
    {
        for (reach, told) in [(Reach::Nobody, "申请暂不送达"), (Reach::Sample, "不会有人办理")]
        {
            let fake = Fake { reach: Some(reach), ..Fake::default() };
            let html = Page { fake, ..Page::at(&path) }.html().await;
            assert!(html.contains(told), "{path}: {reach:?}");
        }
        let html = Page::at(&path).html().await;
        assert!(!html.contains("申请暂不送达") && !html.contains("样例部门"), "{path}");
    }
}

#[tokio::test]
async fn p11_the_policy_page_says_of_every_row_who_sees_it_why_and_by_whose_leave() {
    let fake = Fake::default();
    let policy = fake.policies().governing(&super::fixtures::version().dataset).unwrap().clone();
    for locale in Locale::ALL {
        let html = Page { locale, ..Page::at("/policy") }.html().await;
        let body = html.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        assert_eq!(body.matches("<tr>").count(), 47);
        assert_eq!(body.matches("scope=\"row\"").count(), 47);
        assert_eq!(html.matches("scope=\"col\"").count(), 10);
        assert!(html.contains("<caption>"));
        // Only the policy of the loaded data is explained.
        assert_eq!(html.matches("<table").count(), 1);
        for row in policy.rows() {
            let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            let today = "2026-11-28".parse().unwrap();
            for text in [row.title.get(locale).to_owned(), row.source.get(locale, today)] {
                let text = escaped(&text);
                // Once in the sentences, once in the table.
                assert!(html.matches(text.as_str()).count() >= 2, "{text}");
            }
        }
        let approver = policy.approval.as_ref().unwrap().0.get(locale);
        assert!(body.contains(approver), "{approver}");
    }
}

#[tokio::test]
async fn p11_the_policy_page_shows_versions_and_marks_what_is_to_be_confirmed() {
    let html = Page::at("/policy").html().await;
    for text in [
        "《城乡规划法》（2019年修正）第八条",
        "《网络安全法》（2025年修正）第二十三条",
        "《不动产登记资料查询暂行办法》第二十四条（待核实）",
        "北京市2019年起的网上查询（待核实）",
        "引用的法律和版本",
        "2025年1月1日起施行",
        "没有读到文本",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("浙江省城乡规划条例") && !html.contains("{law"));
    let english = Page { locale: Locale::En, ..Page::at("/policy") }.html().await;
    assert!(english.contains("Materials, art. 24 (to be confirmed)"), "{english}");
}

#[tokio::test]
async fn p11_row_34_cites_the_farmland_law_from_the_day_it_is_in_force() {
    for (today, cited) in [("2026-12-31", false), ("2027-01-01", true)] {
        let page = Page { today: Some(today.parse().unwrap()), ..Page::at("/policy") };
        let law = "《耕地保护和质量提升法》（2026年）第二十条";
        assert_eq!(page.html().await.contains(law), cited, "{today}");
    }
}

#[tokio::test]
async fn s1_p10_pages_show_the_law_in_force_and_its_version() {
    for (path, text) in [
        ("/privacy", "依《网络安全法》（2025年修正）第二十三条保存至少六个月"),
        ("/privacy", "《个人信息保护法》（2021年）第十五条、第四十四条至第四十七条"),
        ("/services/planning-conformity", "《城乡规划法》（2019年修正）第九条"),
        ("/services/hazard-zone", "《浙江省地质灾害防治条例》（2009年）第十条、第十七条"),
        ("/services/hazard-zone", "有偿出让的土地由自然资源部门在供地前委托评估"),
        ("/services/data-correction", "有证据证明"),
        ("/services/registration-query", "《不动产登记资料查询暂行办法》（条号待核实）"),
        ("/accessibility", "《无障碍环境建设法》（2023年）第三十二条"),
        ("/about", "《不动产单元设定与代码编制规则》（GB/T 37346-2019）"),
        ("/about", "待核实：变更的日期没有在批复中读到的"),
    ] {
        let html = Page::at(path).html().await;
        assert!(html.contains(text), "{path}: {text}: {html}");
        for gone in ["浙江省城乡规划条例", "第二十一条保存", "水污染防治法", "{law"]
        {
            assert!(!html.contains(gone), "{path}: {gone}");
        }
    }
}

#[tokio::test]
async fn p11_footer_privacy_and_place_lead_to_the_policy_page() {
    for path in ["/", "/privacy"] {
        assert!(Page::at(path).html().await.contains("href=\"/policy\""), "{path}");
    }
    let place = Page::at(&format!("/c/{CODE}")).html().await;
    let main = place.split("<footer class=\"site-footer\"").next().unwrap();
    assert!(main.contains("<a href=\"/policy\">为什么看不到更多？</a>"), "{main}");
    assert!(!Page::at("/privacy").html().await.contains("<table"), "one table is enough");
}

#[tokio::test]
async fn q3_a_genuine_label_shows_code_issuer_data_date_and_that_the_register_prevails() {
    let html = Page::at("/l/PLACE").html().await;
    for words in [
        "标签真实有效",
        "由德清县自然资源和规划局于2026年11月20日签发，标签编号 0000042。",
        "330521",
        "GB00011",
        "2026年11月1日",
        "以不动产登记簿的记载为准",
        "id=\"services\"",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[tokio::test]
async fn q1_p7_a_homes_label_never_shows_its_code_and_lists_no_household() {
    for path in ["/l/HOME", "/l/WITHDRAWN-HOME"] {
        for locale in Locale::ALL {
            let html = Page { locale, ..Page::at(path) }.html().await;
            let plain: String = html.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(!plain.contains("F00010003") && !plain.contains(UNIT), "{path}");
            assert_eq!(html.contains("F0001****"), path == "/l/HOME", "{path}");
        }
    }
}

#[tokio::test]
async fn q2_a_withdrawn_label_says_when_and_why() {
    let html = Page::at("/l/WITHDRAWN").html().await;
    assert!(html.contains("2026年11月21日作废。原因：&lt;b&gt;标牌遗失&lt;/b&gt;"), "{html}");
    assert!(html.contains(&format!("href=\"/c/{CODE}\"")));
    let home = Page::at("/l/WITHDRAWN-HOME").html().await;
    assert!(!home.contains("330521001002GB"), "where the home is stays unsaid");
}

#[tokio::test]
async fn q2_a_label_that_is_not_ours_gets_the_official_address_and_no_echo() {
    let html = Page::at("/l/330521001002GB00011-A-0000001-0000000000000000").html().await;
    assert!(html.contains("此标签不是本平台签发的"));
    assert!(html.contains(">127.0.0.1:3000</a>"), "{html}");
    let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    assert!(!main.contains("GB00011"), "repeats what a forger chose");
}

#[tokio::test]
async fn p10_an_applicant_is_offered_what_can_be_done_and_nothing_else() {
    let number = number();
    let offered = |html: &str| -> Vec<&'static str> {
        let all = ["data", "correct", "withdraw", "delete"];
        let offers = |tail: &&str| html.contains(&format!("/requests/{number}/{tail}\""));
        all.into_iter().filter(offers).collect()
    };
    let open = request_page(Fake::default(), Locale::Zh).await;
    assert_eq!(offered(&open), ["data", "correct", "withdraw"]);
    let back = request_page(taken_back(), Locale::Zh).await;
    assert_eq!(offered(&back), ["data", "delete"]);
    assert!(back.contains("保存到2027年11月24日，之后自动删除"), "{back}");
    let decided = |keeping| Fake {
        more: vec![(RequestState::Decided, Actor::Department("registration".into()), "准予")],
        keeping: Some(keeping),
        ..Fake::default()
    };
    let on_its_way = request_page(decided(Keeping::OnItsWay), Locale::Zh).await;
    assert_eq!(offered(&on_its_way), ["data"]);
    let law = Localized::new("《某法》第三条", "Article 3 of a law");
    let until = "2027-11-24".parse().unwrap();
    let by_law = decided(Keeping::ByLaw { law, until });
    let html = request_page(by_law.clone(), Locale::Zh).await;
    assert_eq!(offered(&html), ["data"]);
    assert!(html.contains("依《某法》第三条，须保存到2027年11月24日"), "{html}");
    let secret = "ABCD2345WXYZ".into();
    let receipt = Some(ReceiptSecret {
        number: number.clone(),
        secret,
        arrival: Arrival::Opened,
        until: "2026-11-22T10:00:00Z".parse().ok(),
    });
    let page = Page {
        receipt,
        fake: by_law,
        locale: Locale::En,
        ..Page::at(&format!("/requests/{number}/delete"))
    };
    let html = page.html().await;
    assert!(html.contains("Article 3 of a law requires") && !html.contains("<form class=\"form\""));
}

#[tokio::test]
async fn p10_nothing_of_a_request_is_said_below_its_page_without_its_secret() {
    for tail in ["data", "correct", "withdraw", "delete"] {
        let html = Page::at(&format!("/requests/{}/{tail}", number())).html().await;
        assert!(html.contains("请输入查询码") && !html.contains("李四"), "{tail}");
    }
}
