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
            priority_in_a_row: 3,
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

#[tokio::test]
async fn desk_d9_a_line_says_that_something_changed_and_nothing_else() {
    let web = with_halls();
    web.get("/hall/none/events").await.is_page(404);
    let mut line = web.open_line("/hall/main/events").await;
    assert_eq!((line.status, &*line.kind), (200, "text/event-stream"));
    let next = line.next().await;
    assert!(next.contains("retry: 3000") && !next.contains("changed"), "{next}");
    let mut visitor = Browser::at(&web, 1);
    assert_eq!(visitor.post("/hall/main/ticket", &[("aim", "register")]).await.status, 303);
    let changed = line.next().await;
    assert_eq!(changed.lines().next(), Some("event: changed"), "{changed}");
    assert!(!changed.contains("B001"), "{changed}");
    // The board has the parts that are read anew, the script that does it, and what says that the line is lost.
    let board = visitor.get("/hall/main").await;
    for part in [
        "data-hall=\"/hall/main/events\"",
        "src=\"/hall.js\"",
        "id=\"hall-lost\"",
        "<noscript><meta http-equiv=\"refresh\"",
    ] {
        assert!(board.text().contains(part), "{part}: {}", board.text());
    }
    let script = web.get("/hall.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    // By this its page keeps nobody signed in (desk D4).
    assert!(script.text().contains("'x-jianma-follows'"));
    let alone = visitor.get("/hall/main/ticket?number=B001").await;
    assert!(alone.text().contains("前面没有人了"), "{}", alone.text());
}

#[tokio::test]
async fn desk_d9_a_board_that_asked_too_often_says_so_and_comes_back() {
    let web = Web::set(|settings| {
        settings.limits.reads_per_second = 1;
        settings.limits.read_burst = 1;
    });
    let mut last = web.get("/hall/main").await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        last = web.get("/hall/main").await;
    }
    last.is_page(429);
    assert!(last.text().contains("自动恢复"), "{}", last.text());
    assert!(last.header("refresh").parse::<u32>().is_ok_and(|seconds| seconds >= 5));
}

#[tokio::test]
async fn desk_d9_a_colleagues_counter_is_taken_over_after_asking() {
    let web = with_halls();
    let mut visitor = Browser::at(&web, 1);
    for _ in 0..3 {
        visitor.post("/hall/main/ticket", &[("aim", "register")]).await;
    }
    let (mut li, mut zhao) = (Browser::at(&web, 2), Browser::at(&web, 3));
    li.signed_in("li.na", &[Role::Clerk]).await;
    zhao.signed_in("zhao", &[Role::Clerk]).await;
    let seat = [("hall", "main"), ("counter", "1"), ("serves", ""), ("day", "2026-11-22")];
    let press = |more: &[(&'static str, &'static str)]| [&seat[..], more].concat();
    let first = [("act", "next"), ("ticket", ""), ("calls", "")];
    assert_eq!(li.post("/staff/queue", &press(&first)).await.status, 303);
    // The colleague is asked, and nothing happens before.
    let here = "/staff/queue?hall=main&counter=1";
    let asked = zhao.get(here).await;
    asked.is_page(409);
    assert!(asked.text().contains("这个窗口有同事") && asked.text().contains("li.na"));
    assert_eq!(asked.hidden("over").as_deref(), Some("li.na"));
    let next = [("act", "next"), ("ticket", "1"), ("calls", "1")];
    zhao.post("/staff/queue", &press(&next)).await.is_page(409);
    assert!(
        visitor.get("/hall/main/ticket?number=B001").await.text().contains("请 B001 到 1 号窗口")
    );
    zhao.get(&here.replace("=1", "=2")).await.is_page(200);
    let over = zhao.get(&format!("{here}&over=li.na")).await;
    over.is_page(200);
    assert!(over.text().contains("B001") && over.hidden("over").as_deref() == Some("li.na"));
    let taken =
        zhao.post("/staff/queue", &press(&[&next[..], &[("over", "li.na")]].concat())).await;
    assert_eq!((taken.status, taken.header("location")), (303, here));
    zhao.get(here).await.is_page(200);
    // Whoever sat there before hears of it at their next press.
    let late =
        li.post("/staff/queue", &press(&[("act", "done"), ("ticket", "2"), ("calls", "1")])).await;
    late.is_page(409);
    assert!(late.text().contains("zhao"), "{}", late.text());
    // A switch of language keeps what was chosen for a ticket.
    let form = visitor.get("/hall/main/ticket").await;
    assert!(form.text().contains("form=\"ticket-form\""), "{}", form.text());
    let chosen = [("aim", "build"), ("priority", "1"), ("lang", "en")];
    let switched = visitor.post("/hall/main/ticket", &chosen).await;
    switched.is_page(200);
    let checked = switched.text().matches(" checked").count();
    assert!(checked == 2 && switched.text().contains("lang=\"en"), "{}", switched.text());
}
