//! What the pages say of a request to whoever follows it, and of requests to everybody else.

use super::*;
use crate::context::{EarlierRequest, FormRefusal};

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
            "可以在办理进度页评价",
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
        let open_fault =
            Some(OpenFault { number: typed.into(), secret_has_form, secret_missing: false });
        let html = Page { open_fault: open_fault.clone(), ..Page::at("/requests") }.html().await;
        assert!(told.iter().all(|text| html.contains(text)), "{typed}: {html}");
        assert!(!html.contains(untold), "{typed}: {html}");
        let path = format!("/requests/{own}");
        let locked = Page { open_fault, ..Page::at(&path) }.html().await;
        assert_eq!(locked.contains("查询码的写法不对"), !secret_has_form, "{typed}");
    }
}

#[tokio::test]
async fn an_empty_field_of_the_form_that_opens_a_request_is_told_by_its_name() {
    for (locale, number, secret) in [
        (Locale::Zh, "请填写申请编号", "请填写查询码"),
        (Locale::En, "Enter the request number", "Enter the tracking code"),
    ] {
        let empty = OpenFault { number: " ".into(), secret_has_form: false, secret_missing: true };
        let page = Page { locale, open_fault: Some(empty), ..Page::at("/requests") };
        let html = page.html().await;
        for (text, field) in [(number, "#number"), (secret, "#secret")] {
            assert!(html.contains(&format!("href=\"{field}\">{text}<")), "{text}: {html}");
        }
        assert!(!html.contains("写法不对") && !html.contains("not written correctly"), "{html}");
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

#[tokio::test]
async fn s5_a_receipt_that_cannot_be_opened_again_has_no_control_that_asks_for_it() {
    for (until, kept) in [("2026-11-22T10:00:00Z".parse().ok(), true), (None, false)] {
        let secret = "ABCD2345WXYZ".into();
        let arrival = Arrival::Submitted;
        let receipt = Some(ReceiptSecret { number: number(), secret, arrival, until });
        let path = format!("/requests/{}", number());
        let html = Page { receipt, fake: waiting(), ..Page::at(&path) }.html().await;
        // Links to it and to its pages, the switches of language and size, what fetches it.
        for control in [&format!("href=\"{path}"), "class=\"switches\"", "RequestWatch"] {
            assert_eq!(html.contains(control), kept, "{control}: {html}");
        }
    }
}

#[tokio::test]
async fn a_receipt_is_printed_sent_and_read_aloud_without_its_secret() {
    for (locale, told) in [
        (Locale::Zh, ["打印", "发给自己", "用浏览器的菜单打印本页"]),
        (Locale::En, ["Print", "Send to myself", "print this page from your browser’s menu"]),
    ] {
        let html = request_page(waiting(), locale).await;
        for text in told {
            assert!(html.contains(text), "{text}: {html}");
        }
        // Where both are used stands on paper too.
        let place = format!("127.0.0.1:3000/requests/{}", number());
        let printed = html.split("<p class=\"print-only\">").nth(1).unwrap();
        assert!(printed.split("</p>").next().unwrap().contains(&place), "{printed}");
        // A voice passes over the secret, as it is written and as it is spelled.
        let spelled = html.split("class=\"visually-hidden unspoken\"").nth(1).unwrap();
        assert!(spelled.split("</p>").next().unwrap().contains("A B C D"), "{spelled}");
        assert_eq!(html.matches("ABCD 2345 WXYZ").count(), 1);
        assert_eq!(html.matches("A B C D").count(), 1);
    }
}

#[tokio::test]
async fn the_secret_of_an_earlier_request_is_shown_with_the_form_and_not_read_aloud() {
    let first = EarlierRequest { number: number(), secret: Some("ABCD2345WXYZ".into()) };
    let refusal = Some(FormRefusal::Changed(first));
    let form = Some(FormReturn { refusal, ..FormReturn::of(Answers::default()) });
    let path = format!("/c/{CODE}/requests/new?item=data-correction");
    let html = Page { form, ..Page::at(&path) }.html().await;
    let secret = html.split("class=\"unspoken\"").nth(1).unwrap();
    assert!(secret.split("</span>").next().unwrap().contains("ABCD2345WXYZ"), "{html}");
    assert_eq!(html.matches("ABCD2345WXYZ").count(), 1);
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
        (
            Locale::Zh,
            ["有内容缺失，或者被改动过", "主办单位已经收到报告", "凭申请编号询问主办单位"],
        ),
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
            for other in ["系统暂时无法使用", "cannot answer just now", "class=\"tag tag-state\""]
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
        (DeliveryProgress::ToCollect, "由受理部门自行取件"),
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
    for told in [
        "办理中（补充说明）",
        "已办结（更正）",
        "已办结（补充说明）",
        "本平台工作人员",
        "已电话告知",
    ] {
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
    let asked_again = request_page(decided(Keeping::AskedAgain), Locale::Zh).await;
    assert_eq!(offered(&asked_again), ["data"]);
    assert!(asked_again.contains("部门还没有答复"), "{asked_again}");
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

#[tokio::test]
async fn p10_a_receipt_says_where_its_notices_go_and_offers_what_can_be_done() {
    let form = "name=\"notice_address\"";
    let stop = "name=\"stop\"";
    let masked = || "z**@example.cn".to_owned();
    for (notices, said, offered) in [
        (Some(NoticeView::Unasked), "发送确认邮件", [true, false]),
        (Some(NoticeView::Waiting(masked())), "确认邮件会发到z**@example.cn", [true, true]),
        (Some(NoticeView::Told(masked())), "会发邮件到z**@example.cn", [true, true]),
        (Some(NoticeView::Stopped), "已经不再发邮件", [true, false]),
        (Some(NoticeView::Refused), "邮件送不到", [true, false]),
        (Some(NoticeView::Lapsed), "七天内没有确认", [true, false]),
        (None, "办理进度", [false, false]),
    ] {
        let html = request_page(Fake { notices: notices.clone(), ..Fake::default() }, Locale::Zh);
        let html = html.await;
        assert!(html.contains(said), "{notices:?}: {html}");
        assert_eq!([form, stop].map(|part| html.contains(part)), offered, "{notices:?}: {html}");
    }
    // Of one that has ended nothing more is told, but whoever is told can stop it.
    let office = Actor::Department("registration".into());
    let more = vec![(RequestState::Decided, office, "准予更正")];
    for (notices, offered) in
        [(NoticeView::Told(masked()), [false, true]), (NoticeView::Unasked, [false, false])]
    {
        let notices = Some(notices);
        let html =
            request_page(Fake { more: more.clone(), notices, ..Fake::default() }, Locale::Zh);
        let html = html.await;
        assert_eq!([form, stop].map(|part| html.contains(part)), offered, "{html}");
    }
}

#[tokio::test]
async fn p10_the_link_of_a_message_shows_a_button_and_says_what_it_does() {
    let waiting = || NoticeView::Waiting("z**@example.cn".into());
    let told = || NoticeView::Told("z**@example.cn".into());
    for (notices, tail, said, has_button) in [
        (waiting(), "confirm/drawn", "会发邮件到z**@example.cn", true),
        (told(), "confirm/drawn", "已经确认", false),
        (NoticeView::Stopped, "confirm/drawn", "链接已经失效", false),
        (waiting(), "stop/drawn", "就不再发到z**@example.cn", true),
        (NoticeView::Stopped, "stop/drawn", "已经不再发邮件", false),
        (told(), "stop/forged", "链接已经失效", false),
        (told(), "other/drawn", "没有这个页面", false),
    ] {
        let path = format!("/requests/{}/notices/{tail}", number());
        let fake = Fake { notices: Some(notices), ..Fake::default() };
        let html = Page { fake, ..Page::at(&path) }.html().await;
        assert!(html.contains(said), "{tail}: {html}");
        assert_eq!(html.contains("name=\"confirm\""), has_button, "{tail}: {html}");
    }
}
