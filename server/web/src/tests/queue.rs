//! The queue of a hall: a visitor's ticket, a counter, and the board.

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::{Localized, staff::Role};

use super::{harness::Web, staff::Browser};
use crate::settings::HallConfig;

fn with_halls() -> Web {
    Web::set(|settings| {
        let hall = |name: &str, office: &str| HallConfig {
            name: Localized::same(name),
            office: office.to_owned(),
            counters: vec!["1".into(), "2".into()],
            groups: Vec::new(),
            machines: vec!["198.51.100.1".parse().unwrap()],
            addresses: Vec::new(),
            open: false,
        };
        settings.halls.insert("main".into(), hall("一楼大厅", "registration"));
        settings.halls.insert("east".into(), hall("东厅", "planning"));
    })
}

#[tokio::test]
async fn desk_d9_a_visitor_takes_a_ticket_and_a_counter_calls_it_by_its_number() {
    let web = with_halls();
    let mut visitor = Browser::at(&web, 1);
    let take = "/hall/main/ticket";
    visitor.get("/hall/main").await.is_page(200);
    visitor.get(take).await.is_page(200);
    for none in ["/hall/none", "/hall/none/ticket"] {
        visitor.get(none).await.is_page(404);
    }
    for form in [&[][..], &[("aim", "nothing")], &[("priority", "1")]] {
        let page = visitor.post(take, form).await;
        page.is_page(422);
        assert!(page.text().contains("请选择要办的事"), "{}", page.text());
        let tick = page.text().split("id=\"priority\"").nth(1).unwrap().split('>').next();
        let asked = form.contains(&("priority", "1"));
        assert_eq!(tick.unwrap().contains("checked"), asked, "what was ticked is ticked still");
    }
    // Somebody far away fills no queue.
    let mut stranger = Browser::at(&web, 9);
    assert!(stranger.get(take).await.text().contains("请在大厅取号"));
    stranger.post(take, &[("aim", "register")]).await.is_page(403);
    stranger.get("/hall/main").await.is_page(200);
    let first = visitor.post(take, &[("aim", "register")]).await;
    assert_eq!(
        (first.status, first.header("location")),
        (303, "/hall/main/ticket?number=B001&day=2026-11-22")
    );
    visitor.post(take, &[("aim", "register")]).await;
    let urgent = visitor.post(take, &[("aim", "register"), ("priority", "1")]).await;
    assert_eq!(urgent.header("location"), "/hall/main/ticket?number=B003&day=2026-11-22");
    let page = visitor.get("/hall/main/ticket?number=b002").await;
    page.is_page(200);
    assert!(page.text().contains("B002") && page.text().contains("前面最多还有 2 人"));
    assert!(page.text().contains("http-equiv=\"refresh\""), "without JavaScript too");
    let foreign = Request::post(take)
        .header(header::ORIGIN, "https://evil.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let foreign = foreign.body(Body::from("aim=know")).unwrap();
    assert_eq!(web.send(foreign).await.status, 403, "another site has it sent");

    let mut clerk = Browser::at(&web, 2);
    clerk.signed_in("li.na", &[Role::Clerk]).await;
    let page = clerk.get("/staff/queue").await;
    assert!(page.text().contains("一楼大厅") && !page.text().contains("东厅"), "of the office");
    let seat = [("hall", "main"), ("counter", "1"), ("serves", "")];
    let press = |act, ticket| {
        let seen = [("act", act), ("ticket", ticket), ("calls", "1"), ("day", "2026-11-22")];
        [&seat[..], &seen].concat()
    };
    let here = "/staff/queue?hall=main&counter=1";
    let next = clerk.post("/staff/queue", &press("next", "")).await;
    assert_eq!((next.status, next.header("location")), (303, here));
    let board = visitor.get("/hall/main").await;
    let call = "请 B003 到 1 号窗口";
    assert!(board.text().matches(call).count() > 1, "also in its title: {}", board.text());
    assert!(board.text().contains("等候 2 人") && !board.text().contains("李娜"));
    assert!(board.text().contains("aria-live=\"assertive\""));
    assert!(visitor.get("/hall/main/ticket?number=B003").await.text().contains(call));
    // Pressed twice counts once; what is at another office's hall is not theirs.
    let twice = clerk.post("/staff/queue", &press("next", "")).await;
    assert_eq!(twice.header("location"), format!("{here}&said=stale"));
    let page = clerk.get(&format!("{here}&said=stale")).await;
    assert!(page.text().contains("只算一次") && page.text().contains("B003"));
    // A page that was left open since yesterday names other tickets.
    let mut old = press("done", "3");
    old.retain(|(name, _)| *name != "day");
    let yesterday = [&old[..], &[("day", "2026-11-21")]].concat();
    for form in [old, yesterday] {
        let pressed = clerk.post("/staff/queue", &form).await;
        assert_eq!(pressed.header("location"), format!("{here}&said=stale"));
    }
    let gone = visitor.get("/hall/main/ticket?number=B003&day=2026-11-21").await;
    assert!(gone.text().contains("不是今天的号"), "{}", gone.text());
    let other = [("hall", "east"), ("counter", "1"), ("act", "next")];
    clerk.post("/staff/queue", &other).await.is_page(200);
    for (act, ticket) in [("hold", "3"), ("next", ""), ("skip", "1"), ("next", "")] {
        let pressed = clerk.post("/staff/queue", &press(act, ticket)).await;
        assert_eq!(pressed.header("location"), here, "{act} {ticket}");
    }
    let says = [("B001", "没有人来"), ("B002", call), ("B003", "不用重新排队")];
    for (number, part) in says {
        let page = visitor.get(&format!("/hall/main/ticket?number={number}")).await;
        let part = part.replace("B003", number);
        assert!(page.text().contains(&part), "{number}: {}", page.text());
    }
    let page = clerk.get(here).await;
    assert!(page.text().contains("暂缓和过号"), "{}", page.text());
    clerk.post("/staff/queue", &press("done", "2")).await;
    let empty = clerk.post("/staff/queue", &press("next", "")).await;
    assert_eq!(empty.header("location"), format!("{here}&said=nobody"));
    let over = visitor.get("/hall/main/ticket?number=B002").await;
    assert!(over.text().contains("已经办完"), "{}", over.text());
}
