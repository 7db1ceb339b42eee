//! Who sees more than the public, and that it is written down.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use domain::viewer::Tier;
use serde_json::Value;

use crate::{
    harness::{PARCELS, PortalFolder, client},
    seen_as::{IDENTITY, assertion, trust},
};

const JIANMA: &str = env!("CARGO_BIN_EXE_jianma");
const NAME: &str = "不应出现的姓名";

async fn seen(address: &str, code: &str, assertion: Option<&str>) -> (u16, String) {
    let mut request = client().get(format!("{address}/api/v1/parcels/{code}"));
    if let Some(assertion) = assertion {
        request = request.header("jianma-assertion", assertion);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn verify(place: &PortalFolder, more: &[&str]) -> (bool, String) {
    let data = place.text("data");
    let output =
        Command::new(JIANMA).args(["verify-audit", "--data", &data]).args(more).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn entries(place: &PortalFolder) -> Vec<Value> {
    let connection = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let mut statement =
        connection.prepare("select note from audit_entry order by sequence").unwrap();
    let notes = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    notes.map(|note| serde_json::from_str(&note.unwrap()).unwrap()).collect()
}

/// How often the public was refused, by reason.
fn reasons(entries: &[Value]) -> Vec<(String, u64)> {
    let windows = entries.iter().filter(|entry| entry["event"] == "misses");
    let counts = windows.flat_map(|window| window["counts"].as_array().unwrap());
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for count in counts {
        let reason = count["reason"].as_str().unwrap().to_owned();
        *found.entry(reason).or_default() += count["count"].as_u64().unwrap();
    }
    found.into_iter().collect()
}

#[tokio::test]
async fn p9_who_of_the_public_asks_strikingly_often_is_told_by_a_mark_and_no_address() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    for number in 100..130 {
        let code = format!("330521001001GB{number:05}");
        assert_eq!(seen(&portal.address, &code, None).await.0, 404);
    }
    assert_eq!(portal.terminate(), Some(0));
    let entries = entries(&place);
    let striking = entries[1]["standing_out"].as_array().unwrap();
    assert_eq!(striking.len(), 1, "{entries:?}");
    let visitor = striking[0]["who"].as_str().unwrap();
    assert!(visitor.starts_with("visitor-") && !visitor.contains("127"), "{visitor}");
    assert_eq!(striking[0]["count"], 30);
    let (passes, text) = verify(&place, &[]);
    assert!(passes && text.contains("30 to the public, counted"), "{text}");
}

#[tokio::test]
async fn p4_without_an_identity_service_nobody_is_more_than_the_public() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for tier in Tier::ALL {
        let proof = assertion(tier, "s-1", PARCELS[0]);
        let (status, text) = seen(&portal.address, PARCELS[0], Some(&proof)).await;
        assert_eq!(status, 200);
        assert!(!text.contains(NAME), "{tier:?}");
    }
}

#[tokio::test]
async fn p4_p9_a_disclosure_is_written_down_and_holds_for_one_place_only() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", IDENTITY);
    let portal = place.serve();
    let holder = assertion(Tier::Holder, "s-holder", PARCELS[0]);
    let (_, text) = seen(&portal.address, PARCELS[0], Some(&holder)).await;
    assert!(text.contains(NAME), "the holder sees their own name");
    let (_, text) = seen(&portal.address, PARCELS[1], Some(&holder)).await;
    assert!(!text.contains(NAME), "and not the neighbour's");
    let (_, text) = seen(&portal.address, PARCELS[0], None).await;
    assert!(!text.contains(NAME));
    let (status, _) = seen(&portal.address, PARCELS[0], Some("forged")).await;
    assert_eq!(status, 401, "a proof that proves nothing is refused, not ignored");
    seen(&portal.address, "330521001001GB09999", None).await;
    assert_eq!(portal.terminate(), Some(0));

    let entries = entries(&place);
    assert_eq!(entries[0]["event"], "began");
    let disclosed = &entries[1];
    assert_eq!(disclosed["who"], "s-holder");
    assert_eq!(disclosed["tier"], "holder");
    assert_eq!(disclosed["code"], PARCELS[0]);
    assert_eq!(disclosed["outcome"], "disclosed");
    assert_eq!(disclosed["purpose"], "拟购房，核实自然状况");
    let fields = disclosed["fields"].as_array().unwrap();
    assert!(fields.contains(&"holder_person".into()), "{fields:?}");
    assert!(disclosed["policy"].as_str().unwrap().starts_with("zhejiang@"));
    assert_eq!(entries[2]["reason"], "elsewhere");
    assert_eq!(entries[3]["event"], "misses", "{entries:?}");
    assert_eq!(reasons(&entries), [("unknown".to_owned(), 1)]);

    let (passes, text) = verify(&place, &[]);
    assert!(passes && text.contains("1 disclosures, 1 refusals, and 1 to the public"), "{text}");
    let head = text.lines().find_map(|line| line.strip_prefix("it ends at ")).unwrap().to_owned();
    assert!(verify(&place, &["--expect", &head]).0);
    // Somebody who may write the database puts an entry in.
    let connection = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    connection
        .execute_batch(
            "drop trigger audit_entry_kept;
             insert into audit_entry (sequence, note, seal)
             select 99, note, seal from audit_entry where sequence = 1",
        )
        .unwrap();
    let (passes, text) = verify(&place, &[]);
    assert!(!passes && text.contains("never wrote"), "{text}");
    // And takes one out.
    connection.execute_batch("delete from audit_entry where sequence in (2, 99)").unwrap();
    let (passes, text) = verify(&place, &[]);
    assert!(!passes && text.contains("entry 2 is missing"), "{text}");
}

#[tokio::test]
async fn p6_p9_who_is_refused_before_anybody_looks_is_counted_by_sub_district() {
    let place = PortalFolder::with_small_data();
    let narrow = "[limits.probing]\nplaces = { burst = 2, per_minute = 1 }\n";
    place.configure("http://127.0.0.1:9", narrow);
    let portal = place.serve();
    let mut statuses = Vec::new();
    for number in [10, 20, 30, 40, 50] {
        let code = format!("330521001001GB{number:05}");
        statuses.push(seen(&portal.address, &code, None).await.0);
    }
    assert_eq!(statuses, [404, 404, 429, 429, 429]);
    assert_eq!(portal.terminate(), Some(0));
    let entries = entries(&place);
    assert_eq!(entries.len(), 2, "its beginning, and one window: {entries:?}");
    let counts = [("too_many".to_owned(), 3), ("unknown".to_owned(), 2)];
    assert_eq!(reasons(&entries), counts);
    assert_eq!(entries[1]["counts"][0]["within"], "330521001001");
}

#[tokio::test]
async fn p4_tier_r_sees_so_many_places_a_day_and_no_more() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    let identity = IDENTITY.replace("daily_places = 5", "daily_places = 2");
    place.configure("http://127.0.0.1:9", &identity);
    let portal = place.serve();
    let mut dispositions = Vec::new();
    for code in PARCELS {
        let proof = assertion(Tier::Registered, "s-curious", code);
        let response = client()
            .get(format!("{}/c/{code}", portal.address))
            .header("jianma-assertion", proof)
            .header("cookie", "jm_lang=en")
            .send()
            .await
            .unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        let page = response.text().await.unwrap();
        dispositions.push(page.contains("This access has been recorded"));
    }
    assert_eq!(dispositions, [true, true, false]);
    assert_eq!(portal.terminate(), Some(0));
    let entries = entries(&place);
    let capped = entries.iter().filter(|entry| entry["reason"] == "daily_cap").count();
    assert_eq!(capped, 1, "{entries:?}");
}

#[tokio::test]
async fn p5_p9_the_audit_knows_what_the_visitor_is_not_told() {
    let place = PortalFolder::empty();
    crate::refused::publish(&place.path("data"));
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    for (code, _) in crate::refused::KINDS {
        let (status, _) = seen(&portal.address, code, None).await;
        assert_eq!(status, 404);
    }
    assert_eq!(portal.terminate(), Some(0));
    let entries = entries(&place);
    let found: BTreeSet<String> = reasons(&entries).into_iter().map(|(reason, _)| reason).collect();
    // That a code is classified stands nowhere, not in the audit either.
    assert_eq!(found, ["policy", "unknown"].map(str::to_owned).into());
    assert_eq!(entries.len(), 2, "whatever the reason, it is the same entry: {entries:?}");
}
