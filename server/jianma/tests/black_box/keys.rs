//! Keys and databases that were lost, and keys that are kept elsewhere.

use std::process::Output;

use serde_json::{Value, json};

use crate::{
    harness::{PARCEL_FILE, PARCELS, PortalFolder, Running, answers, client, parcels},
    seen_as::{IDENTITY, trust},
};

/// Every key that a portal makes of itself.
const KEYS: [&str; 6] =
    ["receipt.key", "audit.key", "label.keys", "classified.key", "records.keys", "signing.keys"];

fn text(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
    format!("{out}{error}")
}

/// `serve`, which must not start.
fn refused(place: &PortalFolder, more: &[&str]) -> String {
    let [data, site, config] = ["data", "site", "jianma.toml"].map(|name| place.text(name));
    let arguments =
        ["serve", "--data", &data, "--site", &site, "--config", &config, "--listen", "127.0.0.1:0"];
    let output = place.jianma(&[&arguments, more].concat());
    assert!(!output.status.success(), "it must not start");
    text(&output)
}

async fn hand_in(portal: &Running) -> (String, String) {
    let body = json!({
        "item": "data-correction", "code": PARCELS[0],
        "answers": answers("data-correction", "a request"),
    });
    let sent = client()
        .post(format!("{}/api/v1/requests", portal.address))
        .header("idempotency-key", "a-request-of-the-test-of-keys")
        .json(&body)
        .send();
    let receipt: Value = sent.await.unwrap().json().await.unwrap();
    ["number", "secret"].map(|name| receipt[name].as_str().unwrap().to_owned()).into()
}

async fn opens(portal: &Running, (number, secret): &(String, String)) -> bool {
    let address = format!("{}/api/v1/requests/{number}", portal.address);
    client().get(address).bearer_auth(secret).send().await.unwrap().status() == 200
}

/// A portal that has served and given a receipt.
async fn served() -> (PortalFolder, (String, String)) {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", IDENTITY);
    let portal = place.serve();
    let receipt = hand_in(&portal).await;
    assert!(opens(&portal, &receipt).await);
    let [data, labels] = ["data", "label.svg"].map(|name| place.text(name));
    let labelled =
        place.jianma(&["label", PARCELS[0], "-o", &labels, "--data", &data, "--host", "a.example"]);
    assert!(labelled.status.success(), "{}", text(&labelled));
    assert_eq!(portal.terminate(), Some(0));
    (place, receipt)
}

#[tokio::test]
async fn x5_a_key_that_was_lost_is_named_and_none_is_made_in_its_place() {
    let (place, receipt) = served().await;
    for (file, means) in [
        ("receipt.key", "no receipt that was given opens"),
        ("audit.key", "audit can be neither checked nor added to"),
        ("label.keys", "no label that hangs is genuine"),
        ("classified.key", "no classified code is known"),
        ("records.keys", "requests in the data folder are sealed with the key"),
        ("signing.keys", "no verdict that was given out"),
        ("department.secret", "departments refuse"),
    ] {
        std::fs::rename(place.path("data").join(file), place.path("away")).unwrap();
        let said = refused(&place, &[]);
        assert!(said.contains(file) && said.contains(means), "{said}");
        assert!(said.contains("backup"), "{said}");
        // Of several keys for requests the one that is missing is named, and no command.
        assert!(said.contains("keys import") || file == "records.keys", "{said}");
        assert!(!place.path("data").join(file).exists(), "{file} was made anew");
        // Folders of before the list of keys: what is in the database tells.
        if !["department.secret", "signing.keys"].contains(&file) {
            std::fs::rename(place.path("data/keys.toml"), place.path("list")).unwrap();
            let said = refused(&place, &[]);
            assert!(said.contains(file) && said.contains(means), "{said}");
            std::fs::rename(place.path("list"), place.path("data/keys.toml")).unwrap();
        }
        std::fs::rename(place.path("away"), place.path("data").join(file)).unwrap();
    }
    let portal = place.serve();
    assert!(opens(&portal, &receipt).await);
}

#[tokio::test]
async fn x5_another_key_in_the_place_of_the_right_one_is_refused() {
    let (place, _) = served().await;
    let (other, _) = served().await;
    for (file, says) in [
        ("receipt.key", "another one"),
        ("audit.key", "another one"),
        ("classified.key", "another one"),
        ("records.keys", "Put back"),
    ] {
        let right = std::fs::read(place.path("data").join(file)).unwrap();
        std::fs::copy(other.path("data").join(file), place.path("data").join(file)).unwrap();
        let said = refused(&place, &[]);
        assert!(said.contains(file) && said.contains(says), "{said}");
        std::fs::write(place.path("data").join(file), right).unwrap();
    }
}

#[tokio::test]
async fn s5_a_lost_database_is_not_made_anew_beside_its_keys() {
    let (place, receipt) = served().await;
    for name in ["jianma.sqlite3", "jianma.sqlite3-wal", "jianma.sqlite3-shm"] {
        // The log is gone where the database was closed.
        let _gone = std::fs::remove_file(place.path("data").join(name));
    }
    let said = refused(&place, &[]);
    assert!(said.contains("no database") && said.contains("--new"), "{said}");
    let demo = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(!demo.status.success() && text(&demo).contains("jianma restore"), "{}", text(&demo));
    assert!(!place.path("data/jianma.sqlite3").exists());
    // Whoever means it says so; the audit stays closed until somebody answers for it.
    let [data, site, config] = ["data", "site", "jianma.toml"].map(|name| place.text(name));
    let arguments = [
        "serve",
        "--data",
        &data,
        "--site",
        &site,
        "--config",
        &config,
        "--listen",
        "127.0.0.1:0",
        "--new",
    ];
    let portal = Running::start_logging(&arguments, "off", std::process::Stdio::null());
    assert!(!opens(&portal, &receipt).await);
    let ready = client().get(format!("{}/readyz", portal.address)).send().await.unwrap();
    assert_eq!(ready.status(), 503);
}

#[tokio::test]
async fn x5_keys_go_into_one_private_file_and_back_and_overwrite_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let (place, receipt) = served().await;
    let [data, file] = ["data", "keys.json"].map(|name| place.text(name));
    let exported = place.jianma(&["keys", "export", "--data", &data, "-o", &file]);
    assert!(exported.status.success(), "{}", text(&exported));
    let mode = std::fs::metadata(place.path("keys.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = place.jianma(&["keys", "export", "--data", &data, "-o", &file]);
    assert!(!again.status.success(), "nothing is overwritten");
    let names = [&KEYS[..], &["department.secret", "keys.toml"]].concat();
    for name in &names {
        std::fs::remove_file(place.path("data").join(name)).unwrap();
    }
    let imported = place.jianma(&["keys", "import", &file, "--data", &data]);
    assert!(imported.status.success(), "{}", text(&imported));
    for name in &names {
        let path = place.path("data").join(name);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let portal = place.serve();
    assert!(opens(&portal, &receipt).await);
    drop(portal);
    // Into a folder with other keys, and a file that was changed.
    let (other, _) = served().await;
    let before = std::fs::read(other.path("data/receipt.key")).unwrap();
    let imported = place.jianma(&["keys", "import", &file, "--data", &other.text("data")]);
    assert!(!imported.status.success() && text(&imported).contains("other keys already"));
    assert_eq!(std::fs::read(other.path("data/receipt.key")).unwrap(), before);
    let changed = std::fs::read_to_string(place.path("keys.json")).unwrap();
    let changed = changed.replacen("\"content\": \"", "\"content\": \"AAAA", 1);
    std::fs::write(place.path("keys.json"), changed).unwrap();
    let imported = place.jianma(&["keys", "import", &file, "--data", &place.text("fresh")]);
    assert!(!imported.status.success() && text(&imported).contains("was changed"));
}

#[tokio::test]
async fn x5_keys_of_a_portal_whose_secret_lies_elsewhere_are_exported_without_it_and_go_back() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let secret = place.text("credentials.secret");
    std::fs::write(&secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    let config = std::fs::read_to_string(place.path("jianma.toml")).unwrap();
    let config = config.replace("\"department.secret\"", &format!("{secret:?}"));
    std::fs::write(place.path("jianma.toml"), config).unwrap();
    assert_eq!(place.serve().terminate(), Some(0));
    let [data, file] = ["data", "keys.json"].map(|name| place.text(name));
    let exported = place.jianma(&["keys", "export", "--data", &data, "-o", &file]);
    assert!(exported.status.success(), "{}", text(&exported));
    assert!(text(&exported).contains(&format!("left out: {secret}")), "{}", text(&exported));
    assert!(!std::fs::read_to_string(&file).unwrap().contains("credentials.secret\""));
    std::fs::remove_file(place.path("data/receipt.key")).unwrap();
    refused(&place, &[]);
    let imported = place.jianma(&["keys", "import", &file, "--data", &data]);
    assert!(imported.status.success(), "{}", text(&imported));
    place.serve();
}

/// A portal that has served, with its keys in a folder that its configuration names.
async fn with_keys_in(folder: &str) -> PortalFolder {
    let place = PortalFolder::with_small_data();
    std::fs::create_dir_all(place.path(folder)).unwrap();
    for key in ["classified.key", "keys.toml"] {
        std::fs::rename(place.path("data").join(key), place.path(folder).join(key)).unwrap();
    }
    place.configure("http://127.0.0.1:9", &format!("[keys]\nfolder = \"{folder}\"\n"));
    let portal = place.serve();
    hand_in(&portal).await;
    assert_eq!(portal.terminate(), Some(0));
    let [data, config, label] = ["data", "jianma.toml", "label.svg"].map(|name| place.text(name));
    let command = ["label", PARCELS[0], "-o", &label, "--host", "a.example"];
    let issued = place.jianma(&[&command[..], &["--data", &data, "--config", &config]].concat());
    assert!(issued.status.success(), "{}", text(&issued));
    place
}

#[tokio::test]
async fn x5_without_the_configuration_that_names_the_keys_no_command_makes_keys_or_leaves_them_out()
{
    for folder in ["data/keys", "data/a/b", "vault"] {
        let place = with_keys_in(folder).await;
        let [data, site, copy, other, label] =
            ["data", "site", "copy", "other.json", "other.svg"].map(|name| place.text(name));
        let by = ["--by", "王建国", "--reason", "a letter"];
        let prune = ["audit", "prune", "--before", "2020-01-01"];
        let commands: [&[&str]; 18] = [
            &["versions"],
            &["rollback", "small"],
            &["backup", "-o", &copy],
            &["requests", "list"],
            &["requests", "keys"],
            &["requests", "check"],
            &["requests", "rotate-key"],
            &["requests", "seal", "--by", "王建国", "--reason", "a letter"],
            &["deliveries", "list"],
            &["label", "list"],
            &["label", "rotate-key"],
            &["label", "retire-key", "A"],
            &["label", PARCELS[0], "-o", &label, "--host", "a.example"],
            &["verify-audit"],
            &["keys", "export", "-o", &other],
            &["demo"],
            &["department", "--listen", "127.0.0.1:0"],
            &["serve", "--site", &site, "--listen", "127.0.0.1:0"],
        ];
        let mut said: Vec<(String, Output)> = Vec::new();
        for command in commands.into_iter().chain([&[&prune[..], &by[..]].concat()[..]]) {
            let output = place.jianma(&[command, &["--data", &data]].concat());
            said.push((command.join(" "), output));
        }
        said.push(("import".to_owned(), place.import(PARCEL_FILE, &parcels())));
        for (command, output) in said {
            let said = text(&output);
            assert!(!output.status.success(), "{folder}: {command}: {said}");
            assert!(said.contains("--config"), "{folder}: {command}: {said}");
        }
        for name in KEYS.iter().chain(&["department.secret", "keys.toml"]) {
            assert!(!place.path("data").join(name).exists(), "{folder}: {name} was made");
        }
        for name in ["copy", "copy.keys", "other.json", "other.svg"] {
            assert!(!place.path(name).exists(), "{folder}: {name}");
        }
        // With it, what is backed up can be restored.
        let config = place.text("jianma.toml");
        let taken = place.jianma(&["backup", "--data", &data, "-o", &copy, "--config", &config]);
        assert!(taken.status.success(), "{}", text(&taken));
        let [back, keys] = ["back", "back-keys"].map(|name| place.text(name));
        let restored =
            place.jianma(&["restore", "--from", &copy, "--data", &back, "--key-folder", &keys]);
        assert!(restored.status.success(), "{}", text(&restored));
    }
}

#[test]
fn x5_no_label_key_is_made_or_retired_in_a_mistyped_folder() {
    let place = PortalFolder::empty();
    for (name, there) in [("dara", false), ("site", true)] {
        for command in [&["label", "rotate-key"][..], &["label", "retire-key", "A"]] {
            let output = place.jianma(&[command, &["--data", &place.text(name)]].concat());
            assert!(!output.status.success(), "{command:?}");
            assert!(text(&output).contains("jianma.sqlite3"), "{command:?}: {}", text(&output));
        }
        assert_eq!(place.path(name).exists(), there);
        assert!(!place.path(name).join("label.keys").exists());
        assert!(!place.path(name).join("keys.toml").exists());
    }
}

#[tokio::test]
async fn s5_any_key_without_a_database_says_that_it_was_lost() {
    for file in KEYS {
        let place = PortalFolder::empty();
        place.configure("http://127.0.0.1:9", "");
        std::fs::create_dir(place.path("data")).unwrap();
        std::fs::write(place.path("data").join(file), "key").unwrap();
        let said = refused(&place, &[]);
        assert!(said.contains(file) && said.contains("no database"), "{said}");
    }
}

#[tokio::test]
async fn x5_the_keys_of_a_backup_can_be_put_back_alone() {
    let (place, receipt) = served().await;
    let [data, copy] = ["data", "copy"].map(|name| place.text(name));
    assert!(place.jianma(&["backup", "--data", &data, "-o", &copy]).status.success());
    std::fs::remove_file(place.path("data/receipt.key")).unwrap();
    refused(&place, &[]);
    let imported = place.jianma(&["keys", "import", &place.text("copy.keys"), "--data", &data]);
    assert!(imported.status.success(), "{}", text(&imported));
    assert!(text(&imported).contains("receipt.key"), "{}", text(&imported));
    let portal = place.serve();
    assert!(opens(&portal, &receipt).await);
}

#[tokio::test]
async fn a_folder_of_before_the_list_of_keys_goes_on() {
    let (place, receipt) = served().await;
    std::fs::remove_file(place.path("data/keys.toml")).unwrap();
    let portal = place.serve();
    assert!(opens(&portal, &receipt).await);
    assert_eq!(portal.terminate(), Some(0));
    let list = std::fs::read_to_string(place.path("data/keys.toml")).unwrap();
    assert!(list.contains("audit_begun = true"), "{list}");
    for file in KEYS {
        assert!(list.contains(file), "{file} is not listed again: {list}");
    }
}

/// What a portal says of one of its checks, once it says it.
async fn standing(portal: &Running, check: &str, wanted: &str) {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let ready = client().get(format!("{}/readyz", portal.address)).send().await.unwrap();
        let ready: Value = ready.json().await.unwrap();
        if ready["checks"][check] == wanted {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{check} never became {wanted}: {ready}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn x5_keys_that_go_away_while_the_portal_runs_show_in_readyz() {
    let (place, _) = served().await;
    let portal = place.serve();
    standing(&portal, "keys", "ok").await;
    for file in ["records.keys", "receipt.key"] {
        let path = place.path("data").join(file);
        std::fs::rename(&path, place.path("away")).unwrap();
        standing(&portal, "keys", "missing").await;
        std::fs::rename(place.path("away"), &path).unwrap();
        standing(&portal, "keys", "ok").await;
    }
    let right = std::fs::read(place.path("data/receipt.key")).unwrap();
    std::fs::copy(place.path("data/audit.key"), place.path("data/receipt.key")).unwrap();
    standing(&portal, "keys", "replaced").await;
    std::fs::write(place.path("data/receipt.key"), right).unwrap();
    standing(&portal, "keys", "ok").await;
    std::fs::write(place.path("data/records.keys"), "no key").unwrap();
    standing(&portal, "keys", "unreadable").await;
}

#[tokio::test]
async fn x5_the_receipt_key_of_another_folder_is_refused_without_the_list_of_keys_too() {
    let (place, receipt) = served().await;
    let (other, _) = served().await;
    let [key, list] = ["data/receipt.key", "data/keys.toml"].map(|name| place.path(name));
    let [right, right_list] = [&key, &list].map(|path| std::fs::read(path).unwrap());
    std::fs::copy(other.path("data/receipt.key"), &key).unwrap();
    std::fs::remove_file(&list).unwrap();
    for _ in 0..2 {
        let said = refused(&place, &[]);
        assert!(said.contains("another one than this database was made with"), "{said}");
    }
    std::fs::write(&key, right).unwrap();
    std::fs::write(&list, right_list).unwrap();
    assert!(opens(&place.serve(), &receipt).await);
}

#[tokio::test]
async fn x3_a_request_that_somebody_puts_into_the_database_in_clear_is_never_taken_for_ours() {
    let (place, receipt) = served().await;
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    database.execute_batch("insert into resealing values ('by hand')").unwrap();
    let in_clear = include_str!("../../../store-sqlite/tests/sqlite/in_clear.sql");
    database.execute_batch(in_clear).unwrap();
    database.execute_batch("delete from resealing").unwrap();
    drop(database);
    let [data, config] = ["data", "jianma.toml"].map(|name| place.text(name));
    let check = ["requests", "check", "--data", &data, "--config", &config];
    let portal = place.serve();
    standing(&portal, "requests", "tampered").await;
    assert!(!opens(&portal, &receipt).await);
    let checked = place.jianma(&check);
    assert!(!checked.status.success() && text(&checked).contains("is not sealed"));
    assert_eq!(portal.terminate(), Some(0));
    // A backup of before is restored by somebody who answers for it.
    let sealed = ["requests", "seal", "--by", "王建国", "--reason", "restored", "--data", &data];
    let sealed = place.jianma(&[&sealed[..], &["--config", &config]].concat());
    assert!(sealed.status.success(), "{}", text(&sealed));
    let checked = place.jianma(&check);
    assert!(checked.status.success(), "{}", text(&checked));
}

#[tokio::test]
async fn s5_an_applicant_never_reads_a_request_from_which_events_were_cut() {
    let (place, receipt) = served().await;
    let (number, _) = &receipt;
    let [data, config] = ["data", "jianma.toml"].map(|name| place.text(name));
    let requests = |command: &[&str]| {
        let place_of = ["--data", &data, "--config", &config];
        place.jianma(&[&["requests"], command, &place_of].concat())
    };
    let by = ["--by", "王建国", "--reason", "a letter"];
    assert!(requests(&[&["withdraw", number], &by[..]].concat()).status.success());
    assert!(requests(&["check"]).status.success());
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    database
        .execute_batch(
            "drop trigger request_event_kept;
             delete from request_event where state = 'withdrawn';",
        )
        .unwrap();
    drop(database);
    for command in [&["check"][..], &["list"], &["show", number]] {
        let output = requests(command);
        assert!(!output.status.success(), "{command:?}");
        assert!(text(&output).to_lowercase().contains("missing"), "{}", text(&output));
    }
    let portal = place.serve();
    let (number, secret) = &receipt;
    let api = format!("{}/api/v1/requests/{number}", portal.address);
    for (tail, posts) in [
        ("", false),
        ("/data", false),
        ("/corrections", true),
        ("/withdrawal", true),
        ("/deletion", true),
    ] {
        let url = format!("{api}{tail}");
        let call = if posts { client().post(url) } else { client().get(url) };
        let call = call.bearer_auth(secret);
        let corrected = tail == "/corrections";
        let call =
            if corrected { call.json(&json!({ "answers": { "detail": "x" } })) } else { call };
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), 500, "{tail}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["type"], "urn:jianma:problem:request-altered", "{tail}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(!detail.contains("nothing was lost") && detail.contains("number"), "{detail}");
    }
    // The pages, for whoever holds the secret.
    let page = format!("{}/requests/{number}", portal.address);
    let opened = client().post(&page).form(&[("secret", secret)]).send().await.unwrap();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap();
    let cookie = format!("{}; jm_lang=en", cookie.split(';').next().unwrap());
    let ask = |call: reqwest::RequestBuilder| call.header("cookie", cookie.clone()).send();
    let confirm = [("confirm", "yes")];
    for call in [
        client().get(&page),
        client().get(format!("{page}/data")),
        client().get(format!("{page}/data.json")),
        client().post(format!("{page}/correct")).form(&[("detail", "x")]),
        client().post(format!("{page}/withdraw")).form(&confirm),
        client().post(format!("{page}/delete")).form(&confirm),
    ] {
        let mut answer = ask(call).await.unwrap();
        if answer.status().is_redirection() {
            answer = ask(client().get(&page)).await.unwrap();
        }
        assert_eq!(answer.status(), 500, "{}", answer.url());
        let html = answer.text().await.unwrap();
        assert!(html.contains("part of it is missing or was changed"), "{html}");
        assert!(html.contains(number) && !html.contains("a letter"), "{html}");
    }
    standing(&portal, "requests", "tampered").await;
}
