//! An audit that was emptied, sealed anew or put back, and the way on from there.

mod pruning;
mod witness;

use std::process::Output;

use domain::{
    audit::{AuditKey, Head, Record},
    viewer::Tier,
};
use rusqlite::Connection;
use serde_json::Value;

use crate::{
    harness::{PARCELS, PortalFolder, Running, client},
    seen_as::{IDENTITY, assertion, trust},
};

const NAME: &str = "不应出现的姓名";

fn text(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
    format!("{out}{error}")
}

/// What a holder is answered, and whether they see the name.
async fn looked(portal: &Running) -> (u16, bool) {
    let proof = assertion(Tier::Holder, "s-holder", PARCELS[0]);
    let asked = client()
        .get(format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0]))
        .header("jianma-assertion", proof)
        .send();
    let answer = asked.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap().contains(NAME))
}

async fn is_public_still_served(portal: &Running) -> bool {
    let asked = client().get(format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0])).send();
    asked.await.unwrap().status() == 200
}

async fn audit_check(portal: &Running) -> String {
    let asked = client().get(format!("{}/readyz", portal.address)).send().await.unwrap();
    let report: Value = asked.json().await.unwrap();
    report["checks"]["audit"].as_str().unwrap().to_owned()
}

/// A place whose keys and witness lie apart from its data.
fn apart() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    trust(&place);
    std::fs::create_dir(place.path("vault")).unwrap();
    for key in ["identity.jwks", "classified.key", "keys.toml"] {
        let [from, to] = ["data", "vault"].map(|folder| place.path(folder).join(key));
        std::fs::rename(from, to).unwrap();
    }
    let elsewhere = "[keys]\nfolder = \"vault\"\n[audit]\nwitness = \"witness.log\"\n";
    place.configure("http://127.0.0.1:9", &format!("{IDENTITY}{elsewhere}"));
    place
}

fn plain() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", IDENTITY);
    place
}

async fn serve_and_look(place: &PortalFolder, looks: usize) {
    let portal = place.serve();
    for _ in 0..looks {
        assert_eq!(looked(&portal).await, (200, true));
    }
    assert_eq!(portal.terminate(), Some(0));
}

fn with_config(place: &PortalFolder, arguments: &[&str]) -> Output {
    let [data, config] = ["data", "jianma.toml"].map(|name| place.text(name));
    place.jianma(&[arguments, &["--data", &data, "--config", &config]].concat())
}

fn verify(place: &PortalFolder, more: &[&str]) -> (bool, String) {
    let output = with_config(place, &[&["verify-audit"], more].concat());
    (output.status.success(), text(&output))
}

fn end_of(said: &str) -> String {
    said.lines().find_map(|line| line.strip_prefix("it ends at ")).unwrap().to_owned()
}

fn accept(place: &PortalFolder) -> Output {
    with_config(place, &["audit", "accept-restore", "--by", "王建国", "--reason", "disk replaced"])
}

fn accept_known(place: &PortalFolder, known: &str) -> Output {
    let answer =
        ["audit", "accept-restore", "--by", "王建国", "--reason", "disk", "--known", known];
    with_config(place, &answer)
}

/// The database, with the end that is noted beside it, to or from a name.
fn copy_aside(place: &PortalFolder, name: &str) {
    std::fs::copy(place.path("data/jianma.sqlite3"), place.path(name)).unwrap();
    let end = place.path(&format!("{name}.end"));
    std::fs::copy(place.path("data/audit.end"), end).unwrap();
}

fn put_back(place: &PortalFolder, name: &str) {
    std::fs::copy(place.path(name), place.path("data/jianma.sqlite3")).unwrap();
    let end = place.path(&format!("{name}.end"));
    std::fs::copy(end, place.path("data/audit.end")).unwrap();
}

fn add_to_witness(place: &PortalFolder, text: &str) {
    use std::io::Write;
    let mut file = std::fs::File::options().append(true).open(place.path("witness.log")).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

async fn assert_closed(place: &PortalFolder, why: &str) {
    let (passes, said) = verify(place, &[]);
    assert!(!passes && !said.contains("GAP"), "{why}: {said}");
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(looked(&portal).await.0, 503, "{why}");
    assert!(is_public_still_served(&portal).await);
    assert_ne!(audit_check(&portal).await, "ok", "{why}");
    assert_eq!(portal.terminate(), Some(0));
}

fn database(place: &PortalFolder) -> Connection {
    Connection::open(place.path("data/jianma.sqlite3")).unwrap()
}

fn without_triggers(connection: &Connection) {
    let names: Vec<String> = connection
        .prepare("select name from sqlite_master where type = 'trigger' and tbl_name like 'audit%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for name in names {
        connection.execute_batch(&format!("drop trigger {name}")).unwrap();
    }
}

/// Changes every entry and seals the whole chain anew, as somebody can who has the database and the
/// key.
fn seal_anew(place: &PortalFolder, key: &str, change: impl Fn(&str) -> String) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let bytes = STANDARD.decode(std::fs::read_to_string(place.path(key)).unwrap()).unwrap();
    let key = AuditKey::new(bytes.try_into().unwrap());
    let connection = database(place);
    without_triggers(&connection);
    let notes: Vec<String> = connection
        .prepare("select note from audit_entry order by sequence")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let mut last: Option<Head> = None;
    for note in notes {
        let note = change(&note);
        let record: Record = serde_json::from_str(&note).unwrap();
        let entry = key.entry(last.as_ref(), record);
        connection
            .execute(
                "update audit_entry set note = ?1, seal = ?2 where sequence = ?3",
                (note, &entry.seal, entry.sequence as i64),
            )
            .unwrap();
        last = Some(Head::from(&entry));
    }
    let last = last.unwrap();
    connection
        .execute("update audit_head set seal = ?1, proof = ?2", (&last.seal, key.head_proof(&last)))
        .unwrap();
    // What lies beside the database is theirs too.
    std::fs::write(place.path("data/audit.end"), last.to_string()).unwrap();
}

#[tokio::test]
async fn x2_an_audit_that_was_emptied_is_told_from_one_that_was_never_begun() {
    let place = plain();
    serve_and_look(&place, 1).await;
    assert!(verify(&place, &[]).0);
    let connection = database(&place);
    without_triggers(&connection);
    connection.execute_batch("delete from audit_entry; delete from audit_head").unwrap();
    drop(connection);
    std::fs::remove_file(place.path("data/audit.end")).unwrap();
    for round in ["with the list of keys", "without it"] {
        let (passes, said) = verify(&place, &[]);
        assert!(!passes && said.contains("empty though it was begun"), "{round}: {said}");
        let log = std::fs::File::create(place.path("log")).unwrap();
        let portal = place.serve_logging("error", log);
        assert_eq!(looked(&portal).await.0, 503, "{round}");
        assert!(is_public_still_served(&portal).await);
        assert_eq!(audit_check(&portal).await, "tampered");
        assert_eq!(portal.terminate(), Some(0));
        let log = std::fs::read_to_string(place.path("log")).unwrap();
        assert!(log.contains("empty though it was begun"), "{log}");
        if round == "with the list of keys" {
            std::fs::remove_file(place.path("data/keys.toml")).unwrap();
        }
    }
    // Somebody answers for it.
    let accepted = accept(&place);
    assert!(accepted.status.success(), "{}", text(&accepted));
    serve_and_look(&place, 1).await;
    let (passes, said) = verify(&place, &[]);
    assert!(passes && said.contains("GAP") && said.contains("王建国"), "{said}");
}

#[tokio::test]
async fn x2_a_backup_restored_goes_on_with_signed_in_tiers_and_the_gap_stays_named() {
    // One entry lost is as many as the restore itself writes.
    for lost in [1, 3] {
        restored_beside_a_witness(lost).await;
    }
}

async fn restored_beside_a_witness(lost: usize) {
    let place = apart();
    serve_and_look(&place, 2).await;
    let copy = place.text("copy");
    let taken = with_config(&place, &["backup", "-o", &copy]);
    assert!(taken.status.success(), "{}", text(&taken));
    let [data, blind] = ["data", "blind"].map(|name| place.text(name));
    let blind = place.jianma(&["backup", "--data", &data, "-o", &blind]);
    assert!(!blind.status.success() && text(&blind).contains("--config"), "{}", text(&blind));
    assert!(!place.path("blind").exists() && !place.path("blind.keys").exists());
    serve_and_look(&place, lost).await;
    let (_, said) = verify(&place, &[]);
    let known = end_of(&said);

    // The data folder is lost; the keys and the witness are not.
    std::fs::remove_dir_all(place.path("data")).unwrap();
    let vault = place.text("vault");
    let restored =
        place.jianma(&["restore", "--from", &copy, "--data", &data, "--key-folder", &vault]);
    assert!(restored.status.success(), "{}", text(&restored));
    assert!(!place.path("data/audit.key").exists(), "keys stay apart");
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("error", log);
    assert_eq!(looked(&portal).await.0, 503, "the witness knows of more");
    assert!(is_public_still_served(&portal).await);
    assert_eq!(audit_check(&portal).await, "tampered");
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("jianma audit accept-restore"), "the operator is told: {log}");
    assert!(!verify(&place, &[]).0);

    // Beside the portal that serves.
    let nobody = with_config(&place, &["audit", "accept-restore", "--reason", " "]);
    assert!(
        !nobody.status.success() && text(&nobody).contains("--reason TEXT"),
        "{}",
        text(&nobody)
    );
    let accepted = accept(&place);
    assert!(accepted.status.success(), "{}", text(&accepted));
    assert!(text(&accepted).contains(&format!("went to {known}")), "{}", text(&accepted));
    assert_eq!(looked(&portal).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    let portal = place.serve();
    assert_eq!(audit_check(&portal).await, "ok");
    assert_eq!(portal.terminate(), Some(0));
    let (passes, said) = verify(&place, &["--expect", &known]);
    assert!(passes, "{said}");
    assert!(said.contains("GAP") && said.contains("disk replaced"), "{said}");
    assert!(said.contains(&format!("{lost} entries up to {known} are lost")), "{said}");
    let again = accept(&place);
    assert!(!again.status.success() && text(&again).contains("nothing to accept"));
}

#[tokio::test]
async fn x2_a_restored_backup_says_so_and_an_end_noted_elsewhere_names_what_is_lost() {
    let place = plain();
    serve_and_look(&place, 1).await;
    let [data, copy, config] = ["data", "copy", "jianma.toml"].map(|name| place.text(name));
    assert!(place.jianma(&["backup", "--data", &data, "-o", &copy]).status.success());
    serve_and_look(&place, 2).await;
    let known = end_of(&verify(&place, &[]).1);
    std::fs::remove_dir_all(place.path("data")).unwrap();
    let restored = place.jianma(&["restore", "--from", &copy, "--data", &data]);
    assert!(restored.status.success(), "{}", text(&restored));
    serve_and_look(&place, 1).await;
    let (passes, said) = verify(&place, &[]);
    assert!(passes && said.contains("GAP") && said.contains("restored of the backup of"), "{said}");
    assert!(!verify(&place, &["--expect", &known]).0, "nobody answers for what is lost");
    let accepted = place.jianma(&[
        "audit",
        "accept-restore",
        "--data",
        &data,
        "--config",
        &config,
        "--by",
        "王建国",
        "--reason",
        "disk",
        "--known",
        &known,
    ]);
    assert!(accepted.status.success(), "{}", text(&accepted));
    let (passes, said) = verify(&place, &["--expect", &known]);
    assert!(passes && said.contains(&format!("2 entries up to {known} are lost")), "{said}");
    // What came after is not excused by that.
    let end = end_of(&said);
    let (number, seal) = end.split_once(':').unwrap();
    let beyond = format!("{}:{seal}", number.parse::<u64>().unwrap() + 1);
    assert!(!verify(&place, &["--expect", &beyond]).0);
}

#[tokio::test]
async fn x2_a_made_up_end_opens_no_gap_in_an_audit_that_is_whole() {
    let seal = "A".repeat(43);
    for place in [plain(), apart()] {
        serve_and_look(&place, 2).await;
        let end = end_of(&verify(&place, &[]).1);
        for known in ["18446744073709551614:AAAA", "9:AAAA", &format!("9:{seal}")] {
            let accepted = accept_known(&place, known);
            assert!(!accepted.status.success(), "{known}: {}", text(&accepted));
        }
        let whole = accept_known(&place, &format!("9:{seal}"));
        assert!(text(&whole).contains("nothing to accept"), "{}", text(&whole));
        let (passes, said) = verify(&place, &["--expect", &end]);
        assert!(passes && !said.contains("GAP"), "{said}");
        assert_eq!(end_of(&said), end, "nothing was written");
    }
    // Where no end is noted any more, one may be named; but not one that nobody can have written.
    let place = plain();
    serve_and_look(&place, 1).await;
    std::fs::remove_file(place.path("data/audit.end")).unwrap();
    let far = accept_known(&place, &format!("9000000000000000000:{seal}"));
    assert!(!far.status.success() && text(&far).contains("cannot be the end"), "{}", text(&far));
}

#[tokio::test]
async fn x2_ends_noted_after_a_gap_are_not_excused_by_it() {
    let place = apart();
    serve_and_look(&place, 1).await;
    copy_aside(&place, "older");
    serve_and_look(&place, 2).await;
    let between = end_of(&verify(&place, &[]).1);
    serve_and_look(&place, 4).await;
    put_back(&place, "older");
    assert!(accept(&place).status.success());
    copy_aside(&place, "accepted");
    serve_and_look(&place, 1).await;
    let (passes, said) = verify(&place, &["--expect", &between]);
    assert!(passes && said.contains("nothing can be said"), "the witness kept it before: {said}");
    let later = end_of(&said);
    // The history since then is replaced by another, and the witness by one that knows it alone.
    let kept = std::fs::read(place.path("witness.log")).unwrap();
    put_back(&place, "accepted");
    std::fs::remove_file(place.path("witness.log")).unwrap();
    serve_and_look(&place, 3).await;
    let (passes, said) = verify(&place, &["--expect", &later]);
    assert!(!passes && said.contains("TAMPERED"), "{said}");
    std::fs::write(place.path("witness.log"), kept).unwrap();
    assert!(!verify(&place, &["--expect", &later]).0);
}

#[tokio::test]
async fn x2_a_history_that_was_replaced_is_not_accepted_as_an_older_one() {
    let place = apart();
    serve_and_look(&place, 1).await;
    copy_aside(&place, "older");
    serve_and_look(&place, 6).await;
    let kept = std::fs::read(place.path("witness.log")).unwrap();
    put_back(&place, "older");
    std::fs::remove_file(place.path("witness.log")).unwrap();
    serve_and_look(&place, 2).await;
    // Shorter than what the witness knows, and another one from its third entry on.
    std::fs::write(place.path("witness.log"), kept).unwrap();
    assert_closed(&place, "another history").await;
    let accepted = accept(&place);
    assert!(!accepted.status.success(), "{}", text(&accepted));
    assert!(text(&accepted).contains("entry 3 is another one"), "{}", text(&accepted));
    put_back(&place, "older");
    assert!(accept(&place).status.success(), "that one is only older");
}

/// Keys as the program of before wrote them, and no entry.
#[tokio::test]
async fn x2_an_upgraded_folder_whose_audit_nobody_wrote_in_goes_on() {
    let place = plain();
    for name in ["audit.key", "receipt.key"] {
        std::fs::write(place.path("data").join(name), format!("{}=", "A".repeat(43))).unwrap();
    }
    database(&place).execute_batch("insert into audit_unbegun values (1)").unwrap();
    let (passes, said) = verify(&place, &[]);
    assert!(passes && said.contains("not begun yet"), "{said}");
    serve_and_look(&place, 1).await;
    assert!(verify(&place, &[]).0);
    // Once begun, it is never begun again.
    let connection = database(&place);
    without_triggers(&connection);
    connection.execute_batch("delete from audit_entry; delete from audit_head").unwrap();
    std::fs::remove_file(place.path("data/audit.end")).unwrap();
    assert!(!verify(&place, &[]).0);
}

#[tokio::test]
async fn x2_an_older_database_put_back_by_hand_is_accepted_by_name() {
    let place = plain();
    serve_and_look(&place, 1).await;
    std::fs::copy(place.path("data/jianma.sqlite3"), place.path("older")).unwrap();
    serve_and_look(&place, 2).await;
    std::fs::copy(place.path("older"), place.path("data/jianma.sqlite3")).unwrap();
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(looked(&portal).await.0, 503);
    assert_eq!(portal.terminate(), Some(0));
    let accepted = accept(&place);
    assert!(accepted.status.success(), "{}", text(&accepted));
    serve_and_look(&place, 1).await;
    let (passes, said) = verify(&place, &[]);
    assert!(passes && said.contains("2 entries up to "), "{said}");
}

#[tokio::test]
async fn the_end_of_the_audit_is_a_line_of_the_log_that_passes_as_expected() {
    let place = plain();
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("info", log);
    assert_eq!(looked(&portal).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    let line = log.lines().find(|line| line.contains("the audit ends here")).unwrap();
    let end = line.split("end=").nth(1).unwrap().trim().to_owned();
    let (passes, said) = verify(&place, &["--expect", &end]);
    assert!(passes, "{said}");
}
