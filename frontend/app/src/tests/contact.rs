use domain::{
    Locale, Localized,
    contact::{Contact, Telephone},
};

use super::{
    fixtures::{CODE, Fake, number},
    render::Page,
};
use crate::context::{Arrival, ReceiptSecret};
use service_api::Reach;

fn contact() -> Contact {
    Contact {
        office: Some(Localized::new("政务服务中心3号窗口", "Window 3, service centre")),
        address: Some(Localized::new("武康街道永安街1号", "1 Yong'an Street, Wukang")),
        phone: Telephone::read("0572-8062345转801"),
        hours: Some(Localized::new("周一至周五 9:00–17:00", "Monday to Friday 9:00–17:00")),
        complaints: Telephone::read("0572-8060000"),
        page: Some("https://zrzy.example.gov.cn/?a=1&b=2".into()),
    }
}

/// Guide, form and receipt of one service.
async fn pages(contact: Option<Contact>, reach: Option<Reach>, locale: Locale) -> [String; 3] {
    let fake = Fake { contact, reach, ..Fake::default() };
    let receipt = Some(ReceiptSecret {
        number: number(),
        secret: "ABCD2345WXYZ".into(),
        arrival: Arrival::Submitted,
        until: None,
    });
    let at = |path: String| Page { path, locale, fake: fake.clone(), ..Page::default() };
    let form = format!("/c/{CODE}/requests/new?item=data-correction");
    let tracking = Page { receipt, ..at(format!("/requests/{}", number())) };
    [
        at("/services/data-correction".to_owned()).html().await,
        at(form).html().await,
        tracking.html().await,
    ]
}

/// The text between a label and the end of its row.
fn row<'h>(html: &'h str, label: &str) -> &'h str {
    let (_, rest) = html.split_once(&format!("<dt>{label}</dt>")).unwrap_or_default();
    rest.split("</div>").next().unwrap_or_default()
}

#[tokio::test]
async fn s8_guide_form_and_receipt_say_how_to_reach_the_department() {
    for (locale, rows) in [
        (
            Locale::Zh,
            [
                ("办理窗口", "政务服务中心3号窗口"),
                ("地址", "武康街道永安街1号"),
                ("电话", "href=\"tel:+865728062345;ext=801\""),
                ("办公时间", "周一至周五"),
                ("部门网站", "href=\"https://zrzy.example.gov.cn/?a=1&amp;b=2\""),
                ("部门投诉电话", "href=\"tel:+865728060000\""),
                ("政务服务热线", "href=\"tel:12345\""),
            ],
        ),
        (
            Locale::En,
            [
                ("Office", "Window 3, service centre"),
                ("Address", "1 Yong"),
                ("Phone", "0572-8062345转801"),
                ("Opening hours", "Monday to Friday"),
                ("Website", "zrzy.example.gov.cn"),
                ("Complaints about the department", "0572-8060000"),
                ("Government hotline", "tel:12345"),
            ],
        ),
    ] {
        for html in pages(Some(contact()), None, locale).await {
            for (label, told) in rows {
                assert!(row(&html, label).contains(told), "{label}: {told}: {html}");
            }
        }
    }
}

#[tokio::test]
async fn s8_a_contact_that_nobody_gave_is_said_with_whom_to_ask_instead() {
    for (locale, label, told) in [
        (Locale::Zh, "地址、电话和办公时间", "部门没有提供，请拨打12345"),
        (Locale::En, "Address, phone and hours", "call the 12345 hotline"),
    ] {
        for none in [None, Some(Contact::default())] {
            for html in pages(none.clone(), None, locale).await {
                assert!(row(&html, label).contains(told), "{html}");
                assert!(html.contains("href=\"tel:12345\""));
            }
        }
    }
    let part = Contact { phone: None, hours: None, ..contact() };
    for html in pages(Some(part), None, Locale::Zh).await {
        for label in ["电话", "办公时间"] {
            assert!(row(&html, label).contains("部门没有提供，请拨打12345"), "{label}: {html}");
        }
    }
}

#[tokio::test]
async fn s8_what_was_made_up_for_the_demonstration_says_so_and_is_not_dialled() {
    let undialled = Telephone { written: "0572-0000000".into(), uri: None };
    let made_up = Contact { phone: Some(undialled), complaints: None, ..contact() };
    for html in pages(Some(made_up), Some(Reach::Sample), Locale::Zh).await {
        assert!(row(&html, "办理窗口").contains("<span class=\"tag\">演示"), "{html}");
        assert!(row(&html, "电话").contains("0572-0000000"));
        assert!(row(&html, "电话").contains("（虚构）"), "{html}");
        assert!(!row(&html, "电话").contains("tel:"));
    }
}
