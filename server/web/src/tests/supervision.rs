//! What waits for an office, and what a supervisor does about it.

use domain::{
    audit::{Mend, StaffDid},
    person_number::PersonNumber,
    request::{DeliveryId, RequestNumber},
    staff::{Role, StaffId},
};
use store::{Deliveries as _, DeliveryFilter, DeliveryState, Requests as _, Staff as _};

use super::{
    harness::{Answer, Web},
    staff::Browser,
};

const WHY: &str = "对方系统已修复";
const PAPER: &str = "纸质件已当面交给登记中心";

async fn state_of(web: &Web, id: &str) -> DeliveryState {
    let filter = DeliveryFilter { id: Some(DeliveryId(id.into())), ..DeliveryFilter::default() };
    web.store.deliveries(&filter).await.unwrap().rows[0].state
}

fn mends(web: &Web) -> Vec<(String, Mend, String)> {
    let did = web.did().into_iter().filter_map(|record| match record.did {
        StaffDid::Mended { mend, reason, .. } => Some((record.who?.to_string(), mend, reason)),
        _ => None,
    });
    did.collect()
}

fn main_of(page: &Answer) -> &str {
    page.text().split_once("<main").unwrap().1
}

#[tokio::test]
async fn desk_d7_d8_a_supervisor_has_a_delivery_sent_again_or_elsewhere_once_it_is_written_down() {
    let web = Web::open();
    let (number, _) = web.handed_in("data-correction").await;
    let id = format!("msg_{number}_registration");
    let path = format!("/staff/deliveries/{id}");
    let mut li = Browser::at(&web, 1);
    li.signed_in("li", &[Role::Supervisor]).await;
    let list = li.get("/staff/deliveries").await;
    list.is_page(200);
    assert!(main_of(&list).contains(&path), "{}", list.text());
    assert!(main_of(&list).contains("未办结 1 件"), "{}", list.text());
    // Without a reason, and without a place to send it to, nothing is done.
    for (act, reason, to, fault) in [
        ("retry", "", "", "理由"),
        ("retry", "好", "", "理由"),
        ("redirect", WHY, "", "请选择另一个部门"),
        ("redirect", WHY, "registration", "请选择另一个部门"),
        ("redirect", WHY, "no-department", "请选择另一个部门"),
    ] {
        let form = [("act", act), ("reason", reason), ("to", to)];
        let page = li.post(&path, &form).await;
        page.is_page(422);
        assert!(page.text().contains(fault), "{act} {reason}: {}", page.text());
        assert!(page.text().contains(&format!("value=\"{reason}\"")), "it is typed once");
    }
    assert!(mends(&web).is_empty());
    // What cannot be written down is not done.
    web.fill_audit(true);
    for act in ["retry", "redirect", "paper"] {
        let form = [("act", act), ("reason", WHY), ("to", "planning")];
        let page = li.post(&path, &form).await;
        page.is_page(503);
        assert!(page.text().contains("没有执行"), "{act}");
    }
    web.fill_audit(false);
    let before = web.store.deliveries(&DeliveryFilter::default()).await.unwrap().rows;
    assert!(before.len() == 1 && before[0].events.is_empty(), "{before:?}");
    let page = li.post(&path, &[("act", "retry"), ("reason", WHY)]).await;
    assert_eq!((page.status, page.header("location")), (303, &*format!("{path}?done=1")));
    let page = li.get(&format!("{path}?done=1")).await;
    for part in ["已执行", "重新发送", WHY, "li"] {
        assert!(main_of(&page).contains(part), "{part}: {}", page.text());
    }
    let form = [("act", "redirect"), ("reason", "不归我中心管"), ("to", "planning")];
    assert_eq!(li.post(&path, &form).await.status, 303);
    assert_eq!(state_of(&web, &id).await, DeliveryState::Redirected);
    let there = format!("msg_{number}_planning");
    assert_eq!(state_of(&web, &there).await, DeliveryState::Pending);
    let elsewhere = li.post(&path, &form).await;
    elsewhere.is_page(409);
    // What is another office's by now is as good as none.
    for other in [&*there, "msg_none", "msg_JM-20261122-22334455_registration"] {
        let other = format!("/staff/deliveries/{other}");
        li.get(&other).await.is_page(404);
        li.post(&other, &form).await.is_page(404);
        li.post(&format!("{other}/confirm"), &[]).await.is_page(404);
    }
    let who = || "li".to_owned();
    let expected = [
        (who(), Mend::Retried, WHY.to_owned()),
        (who(), Mend::Redirected("planning".into()), "不归我中心管".to_owned()),
        (who(), Mend::Redirected("planning".into()), "不归我中心管".to_owned()),
    ];
    assert_eq!(mends(&web), expected, "also what came to nothing was tried");
    // The applicant reads why, and that an office said it: not who looked.
    let kept = web.store.request(&RequestNumber::parse(&number).unwrap()).await.unwrap().unwrap();
    let last = kept.events.last().unwrap();
    assert_eq!(last.note.as_deref(), Some("不归我中心管"));
    assert!(domain::staff::is_by_office(last), "{last:?}");
}

#[tokio::test]
async fn desk_d7_delivered_on_paper_takes_a_second_person_and_never_the_same_account() {
    let web = Web::open();
    let (number, _) = web.handed_in("data-correction").await;
    let id = format!("msg_{number}_registration");
    let path = format!("/staff/deliveries/{id}");
    let confirm = format!("{path}/confirm");
    let mut li = Browser::at(&web, 1);
    li.signed_in("li", &[Role::Supervisor]).await;
    let mut clerk = Browser::at(&web, 2);
    clerk.signed_in("zhao", &[Role::Clerk]).await;
    // The second account of the one who proposes, and one of which nobody said whose it is.
    let mut second = Browser::at(&web, 3);
    second.signed_in("li.2", &[Role::Supervisor]).await;
    let mut unnumbered = Browser::at(&web, 4);
    unnumbered.signed_in("wu", &[Role::Supervisor]).await;
    for (name, number) in [("li", "00817"), ("li.2", "00817"), ("zhao", "00818")] {
        let number = PersonNumber::parse(number).unwrap();
        assert!(web.store.identify(&StaffId::parse(name).unwrap(), &number).await.unwrap());
    }
    let nobody = unnumbered.post(&path, &[("act", "paper"), ("reason", PAPER)]).await;
    nobody.is_page(409);
    assert!(nobody.text().contains("没有登记人员编号"), "{}", nobody.text());
    let read = [("of", "1")];
    assert_eq!(clerk.post(&confirm, &read).await.status, 409, "nobody has proposed it");
    assert_eq!(clerk.post(&path, &[("act", "paper"), ("reason", PAPER)]).await.status, 403);
    assert_eq!(li.post(&path, &[("act", "paper"), ("reason", PAPER)]).await.status, 303);
    assert_eq!(state_of(&web, &id).await, DeliveryState::Pending, "nothing follows yet");
    let own = li.get(&path).await;
    assert!(own.text().contains("等待另一人确认") && !own.text().contains("/confirm"));
    let page = li.post(&confirm, &read).await;
    page.is_page(409);
    assert!(page.text().contains("这是您自己提出的"), "{}", page.text());
    assert_eq!(state_of(&web, &id).await, DeliveryState::Pending);
    for (browser, why) in [(&mut second, "这是您自己提出的"), (&mut unnumbered, "没有登记人员编号")]
    {
        assert!(!browser.get(&path).await.text().contains("/confirm"), "{why}");
        let page = browser.post(&confirm, &read).await;
        page.is_page(409);
        assert!(page.text().contains(why), "{}", page.text());
    }
    assert_eq!(state_of(&web, &id).await, DeliveryState::Pending);
    let page = clerk.get(&path).await;
    assert!(page.text().contains(&confirm) && page.text().contains(PAPER), "{}", page.text());
    assert!(!main_of(&page).contains("name=\"act\""), "a clerk confirms and mends nothing");
    assert_eq!(page.hidden("of").as_deref(), Some("1"));
    web.fill_audit(true);
    clerk.post(&confirm, &read).await.is_page(503);
    web.fill_audit(false);
    assert_eq!(clerk.post(&confirm, &[("of", "2")]).await.status, 409, "another than was read");
    assert_eq!(state_of(&web, &id).await, DeliveryState::Pending);
    assert_eq!(clerk.post(&confirm, &read).await.status, 303);
    assert_eq!(state_of(&web, &id).await, DeliveryState::Settled);
    assert_eq!(clerk.post(&confirm, &read).await.status, 409, "once");
    let expected =
        [("wu", Mend::PaperProposed), ("li", Mend::PaperProposed), ("zhao", Mend::PaperConfirmed)]
            .map(|(who, mend)| (who.to_owned(), mend, PAPER.to_owned()));
    assert_eq!(mends(&web), expected);
    let list = clerk.get("/staff/deliveries").await;
    assert!(list.text().contains("没有未送达的申请"), "{}", list.text());
}
