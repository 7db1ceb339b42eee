//! What commands say of rows that do not read, and to whoever does not read on.

use std::{
    fs::File,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::harness::{PARCEL_FILE, PARCELS, PortalFolder, answers, client, parcels};

fn text(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
    format!("{out}{error}")
}

/// Two data versions, two requests, two labels; the numbers of the requests.
async fn in_use() -> (PortalFolder, [String; 2]) {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    assert!(place.import(PARCEL_FILE, &parcels()).status.success());
    let portal = place.serve();
    let mut numbers = Vec::new();
    for key in ["the-first-request", "the-second-request"] {
        let body = json!({
            "item": "data-correction", "code": PARCELS[0],
            "answers": answers("data-correction", key),
        });
        let sent = client().post(format!("{}/api/v1/requests", portal.address));
        let sent = sent.header("idempotency-key", key).json(&body).send().await.unwrap();
        let receipt: Value = sent.json().await.unwrap();
        numbers.push(receipt["number"].as_str().unwrap().to_owned());
    }
    assert_eq!(portal.terminate(), Some(0));
    let [data, labels] = ["data", "labels.pdf"].map(|name| place.text(name));
    let label = ["label", PARCELS[0], PARCELS[1], "-o", &labels, "--host", "a.example"];
    let issued = place.jianma(&[&label[..], &["--data", &data]].concat());
    assert!(issued.status.success(), "{}", text(&issued));
    (place, numbers.try_into().unwrap())
}

/// Changes the database as no program of ours does.
fn by_hand(place: &PortalFolder, statements: &str) {
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let triggers = "select 'drop trigger ' || name from sqlite_schema where type = 'trigger'";
    let mut found = database.prepare(triggers).unwrap();
    let drops: Vec<String> =
        found.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    drop(found);
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database.execute_batch(&format!("{};{statements}", drops.join(";"))).unwrap();
}

#[tokio::test]
async fn s5_a_row_that_does_not_read_hides_no_other_of_a_list_and_is_named() {
    for (command, statements, bad, good) in [
        (
            &["requests", "list"][..],
            "update request set submitted_at = 'x' where id = 1",
            "request/FIRST",
            "SECOND\tdata-correction",
        ),
        (
            &["requests", "list"],
            "delete from request_event where request_id = 1",
            "request/FIRST",
            "SECOND\tdata-correction",
        ),
        (
            &["requests", "list"],
            "update request_event set state = 'x' where request_id = 1",
            "request/FIRST",
            "SECOND\tdata-correction",
        ),
        (
            &["requests", "list"],
            "update request set number = cast(x'ff0a' as text) where id = 1",
            "request/\u{fffd}\u{fffd}",
            "SECOND\tdata-correction",
        ),
        (
            &["requests", "check"],
            "update request set anchor = x'01' where id = 1;
             update request_event set content = x'02' where request_id = 2",
            "request/FIRST",
            "request_event/SECOND/1",
        ),
        (
            &["requests", "purge", "--dry-run", "--no-config"],
            "update delivery set state = 'delivered', due_at = null;
             update request_event set state = 'withdrawn', at = '2001-01-01T00:00:00.000000000Z';
             update request_event set at = 'x' where request_id = 1",
            "request/FIRST",
            "SECOND\tdata-correction\tis due",
        ),
        (
            &["deliveries", "list"],
            "update delivery set attempts = -1 where request_id = 1",
            "delivery/msg_FIRST",
            "msg_SECOND",
        ),
        (
            &["deliveries", "list"],
            "delete from message where request_id = 1",
            "delivery/msg_FIRST",
            "msg_SECOND",
        ),
        (
            &["deliveries", "list"],
            "update delivery set reference = x'0102030405' where request_id = 1",
            "delivery/msg_FIRST",
            "msg_SECOND",
        ),
        (
            &["label", "list"],
            "update label set issued_at = 'x' where serial = 1",
            "label/1\t",
            PARCELS[1],
        ),
        (
            &["versions"],
            "update data_version set info = '{' where number = 1",
            "data_version/small/1\t",
            "2  current",
        ),
    ] {
        let (place, [first, second]) = in_use().await;
        let named = |words: &str| words.replace("FIRST", &first).replace("SECOND", &second);
        let data = place.text("data");
        let run = || place.jianma(&[command, &["--data", &data]].concat());
        let before = run();
        assert!(before.status.success(), "{command:?}: {}", text(&before));
        by_hand(&place, statements);
        let listed = run();
        let [rows, warned] =
            [&listed.stdout, &listed.stderr].map(|part| String::from_utf8_lossy(part).into_owned());
        let said = format!("{command:?}, {statements}: {rows}\n{warned}");
        let (bad, good) = (named(bad), named(good));
        // Of `check` what is wrong is the answer; a list is read by programs, row by row.
        let is_answer = command == ["requests", "check"];
        assert_eq!([rows.contains(&bad), warned.contains(&bad)], [is_answer, !is_answer], "{said}");
        // Codes are listed in groups.
        assert!(rows.replace(' ', "").contains(&good.replace(' ', "")), "{good} in {said}");
        assert_eq!(listed.status.code(), Some(1), "{said}");
    }
}

#[tokio::test]
async fn s5_of_deliveries_one_that_does_not_read_is_named_and_the_others_are_done() {
    let (place, [first, second]) = in_use().await;
    by_hand(&place, "update delivery set attempts = -1 where request_id = 1");
    let data = place.text("data");
    let deliveries = |arguments: &[&str]| {
        place.jianma(&[&["deliveries"], arguments, &["--data", &data]].concat())
    };
    for arguments in [&["show", &first][..], &["settle", &first, "--by", "a", "--reason", "b"]] {
        let output = deliveries(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(text(&output).contains(&format!("delivery/msg_{first}")), "{}", text(&output));
    }
    let retried = deliveries(&["retry", "--department", "registration", "--by", "a"]);
    assert_eq!(retried.status.code(), Some(1));
    let said = text(&retried);
    assert!(said.contains(&format!("msg_{second}")) && said.contains("is due now"), "{said}");
    assert!(said.contains(&format!("delivery/msg_{first}")), "{said}");
    // Where they are sent to read more, there is more.
    let checked = place.jianma(&["requests", "check", "--data", &data]);
    assert_eq!(checked.status.code(), Some(1));
    let said = text(&checked);
    assert!(said.contains(&format!("delivery/msg_{first}")) && !said.contains(&second), "{said}");
}

#[tokio::test]
async fn s5_a_delivery_whose_request_is_gone_is_known_by_the_id_that_is_listed() {
    let (place, [first, _]) = in_use().await;
    by_hand(&place, "delete from request where id = 1");
    let data = place.text("data");
    let run = |arguments: &[&str]| {
        let output = place.jianma(&[arguments, &["--data", &data]].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output));
        text(&output)
    };
    let listed = run(&["deliveries", "list"]);
    let id = listed.split("delivery/").nth(1).unwrap().split('\t').next().unwrap();
    assert!(id.contains(&first), "{listed}");
    let place_of_it = format!("delivery/{id}");
    for arguments in [
        &["deliveries", "show", id][..],
        &["deliveries", "settle", id, "--by", "a", "--reason", "b"],
        &["deliveries", "retry", id, "--by", "a"],
        &["requests", "check"],
    ] {
        let said = run(arguments);
        assert!(
            said.contains(&place_of_it) && !said.contains("there is no"),
            "{arguments:?}: {said}"
        );
    }
}

/// Runs a command whose output nobody reads.
fn unread(arguments: &[&str], both: bool) -> Output {
    let (reader, out) = std::io::pipe().unwrap();
    drop(reader);
    let error = if both { out.try_clone().unwrap().into() } else { Stdio::piped() };
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianma"));
    command.args(arguments).env("JIANMA_LOG", "debug").stdout(out).stderr(error);
    command.spawn().unwrap().wait_with_output().unwrap()
}

#[tokio::test]
async fn whoever_stops_reading_ends_no_command_in_a_panic() {
    let (place, [number, _]) = in_use().await;
    let [data, away, keys] = ["data", "away", "keys.json"].map(|name| place.text(name));
    let in_data = |command: &[&'static str]| [command, &["--data"]].concat();
    for command in [
        &["versions"][..],
        &["requests", "list"],
        &["requests", "check"],
        &["requests", "register"],
        &["requests", "keys"],
        &["deliveries", "list"],
        &["label", "list"],
        &["verify-audit"],
    ] {
        let arguments = [&in_data(command)[..], &[&data]].concat();
        for both in [false, true] {
            let output = unread(&arguments, both);
            assert_eq!(output.status.code(), Some(0), "{command:?}: {}", text(&output));
        }
    }
    for (arguments, code) in [
        (&["check-config"][..], 0),
        (&["check-catalogues"], 0),
        (&["check-rules"], 0),
        (&["--help"], 0),
        (&["requests", "show", &number, "--data", &data], 0),
        (&["backup", "--data", &data, "-o", &away], 0),
        (&["keys", "export", "--data", &data, "-o", &keys], 0),
        (&["decode", &data], 1),
        (&["versions", "--data", &away], 1),
    ] {
        for both in [true, false] {
            let written = ["backup", "keys"].contains(&arguments[0]);
            // What is there already is refused.
            let wanted = if written && !both { 1 } else { code };
            let output = unread(arguments, both);
            assert_eq!(output.status.code(), Some(wanted), "{arguments:?}: {}", text(&output));
            assert!(!text(&output).contains("panicked"), "{}", text(&output));
        }
    }
    assert!(place.path("away/manifest.json").exists() && place.path("keys.json").exists());
}

#[tokio::test]
async fn a_full_disk_behind_the_output_is_a_fault() {
    let (place, _) = in_use().await;
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianma"));
    command.args(["versions", "--data", &place.text("data")]).stdout(full).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("No space left"), "{}", text(&output));
}

#[tokio::test]
async fn a_portal_whose_first_line_nobody_reads_serves() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let (reader, out) = std::io::pipe().unwrap();
    drop(reader);
    let mut portal = place.serving().stdout(out).stderr(Stdio::null()).spawn().unwrap();
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    let health = format!("{}/healthz", place.address());
    while client().get(&health).send().await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "it never serves");
        assert!(portal.try_wait().unwrap().is_none(), "it ended");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    portal.kill().unwrap();
    portal.wait().unwrap();
}
