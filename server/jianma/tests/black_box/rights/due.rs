//! What ended requests become: kept as long as a law has it, deleted when their time is over, by a clock
//! that is believed.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn p10_what_a_law_keeps_is_not_deleted_and_what_is_due_is() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    let law = "[retention.data-correction]\nmonths = 24\n\
               required_by = { zh = \"《某办法》第三条\", en = \"Article 3 of some measure\" }\n";
    place.configure(&format!("http://{desk}"), &format!("{}{law}", crate::harness::UNLIMITED));
    let department = place.department(&desk, "0");
    let portal = place.serve();
    let address = portal.address.clone();
    let privacy = client().get(format!("{address}/privacy")).send().await.unwrap();
    let privacy = privacy.text().await.unwrap();
    assert!(
        privacy.contains("结束后保存24个月") && privacy.contains("《某办法》第三条"),
        "{privacy}"
    );
    let receipt = hand_in(&address, "law", "x").await;
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    receipt.post(&address, "/withdrawal", None).await;
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!(status, 409, "before the department knows: {told}");
    until("never told", async || all_delivered(&address, &receipt).await).await;
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!(status, 409);
    assert!(told["detail"].as_str().unwrap().contains("Article 3 of some measure"), "{told}");
    let cookie = receipt.cookie(&address).await;
    let (_, page) = receipt.page(&address, &cookie, "/delete").await;
    assert!(page.contains("《某办法》第三条") && !page.contains("确认删除"), "{page}");
    let by = ["--by", "王建国", "--reason", "来信"];
    let (done, told) = requests(&place, &[&["delete", &receipt.number], &by[..]].concat());
    assert!(!done && told.contains("Article 3"), "{told}");
    let (_, due) = requests(&place, &["purge", "--dry-run"]);
    assert!(due.contains("nothing is due"), "{due}");
    drop((portal, department));

    // Two years and a day go by for what has happened.
    put_back(&place, 3);
    let (_, due) = requests(&place, &["purge", "--dry-run"]);
    assert!(due.contains(&receipt.number) && due.contains("is due"), "{due}");
    let (_, shown) = requests(&place, &["show", &receipt.number]);
    assert!(shown.contains("withdrawn"), "a trial deletes nothing: {shown}");
    // A portal that starts does it by itself.
    let portal = place.serve();
    until("never purged", async || receipt.get(&portal.address, "").await.0 == 410).await;
    let (_, page) = receipt.page(&portal.address, &cookie, "").await;
    assert!(page.contains("保存期满"), "{page}");
    let (well, register) = requests(&place, &["register"]);
    assert!(well && register.contains("\tretention\t"), "{register}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_a_clock_that_jumped_deletes_nothing_until_somebody_says_it_is_right() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "clock", "x").await;
    let broken = hand_in(&portal.address, "broken", "x").await;
    drop(portal);
    for receipt in [&receipt, &broken] {
        let by = ["--by", "王建国", "--reason", "来信"];
        let (done, told) = requests(&place, &[&["withdraw", &receipt.number], &by[..]].concat());
        assert!(done, "{told}");
    }
    // All that the folder knows happened five years before what the clock says.
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let past = "replace(at, substr(at, 1, 4), substr(at, 1, 4) - 5)";
    put_back(&place, 5);
    database
        .execute_batch(&format!(
            "update delivery set state = 'withdrawn', due_at = null;
             update purge_look set at = {past};"
        ))
        .unwrap();
    let (done, told) = requests(&place, &["purge"]);
    assert!(!done && told.contains("--clock-is-right"), "{told}");
    // What does not read is named all the same.
    let rename = |from: &str, to: &str| {
        let renamed = "update request set number = ?2 where number = ?1";
        assert_eq!(database.execute(renamed, [from, to]).unwrap(), 1);
    };
    rename(&broken.number, "unread");
    let (done, told) = requests(&place, &["purge"]);
    assert!(!done && told.contains("--clock-is-right"), "{told}");
    assert!(told.contains("request/unread"), "{told}");
    rename("unread", &broken.number);
    let (done, told) = requests(&place, &["purge", "--dry-run"]);
    assert!(done && told.contains("is due") && told.contains("nothing would be deleted"), "{told}");
    // Nor does a portal that starts, before the first look was written down and after.
    rename(&broken.number, "unread");
    for _ in 0..2 {
        let log = place.path("portal.log");
        let portal = place.serve_logging("warn", File::create(&log).unwrap());
        let warned = async || {
            let log = std::fs::read_to_string(&log).unwrap();
            log.contains("request/unread") && log.contains("No request was deleted: the clock")
        };
        until("never warned", warned).await;
        assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
        database.execute_batch("delete from purge_look").unwrap();
    }
    rename("unread", &broken.number);
    // Nor by periods that may not be this portal's.
    let folder = place.text("data");
    let blind = place.jianma(&["requests", "purge", "--clock-is-right", "--data", &folder]);
    assert!(!blind.status.success());
    assert!(String::from_utf8_lossy(&blind.stderr).contains("--no-config"), "{blind:?}");
    let (done, told) = requests(&place, &["purge", "--clock-is-right"]);
    assert!(done && told.contains(&receipt.number) && told.contains("is deleted"), "{told}");
    let (done, told) = requests(&place, &["purge"]);
    assert!(done && told.contains("nothing is due"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_one_request_that_was_altered_does_not_keep_the_others_that_are_due() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let altered = hand_in(&portal.address, "altered", "x").await;
    let whole = hand_in(&portal.address, "whole", "x").await;
    drop(portal);
    for receipt in [&altered, &whole] {
        let by = ["--by", "王建国", "--reason", "来信"];
        let (done, told) = requests(&place, &[&["withdraw", &receipt.number], &by[..]].concat());
        assert!(done, "{told}");
    }
    put_back(&place, 5);
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    database
        .execute_batch(&format!(
            "update delivery set state = 'withdrawn', due_at = null;
             drop trigger request_event_kept;
             delete from request_event where sequence = (select min(sequence) from request_event)
                 and request_id = (select id from request where number = '{}');",
            altered.number
        ))
        .unwrap();
    let (done, told) = requests(&place, &["purge", "--clock-is-right"]);
    assert!(!done, "{told}");
    let line = |receipt: &Receipt| {
        told.lines().find(|line| line.starts_with(&receipt.number)).unwrap_or_default()
    };
    assert!(line(&whole).contains("is deleted"), "{told}");
    assert!(line(&altered).contains("not as it was written"), "{told}");
}
