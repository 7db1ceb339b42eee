//! Backing up a portal at work, and going on from the backup.

mod keys;

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::viewer::Tier;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    harness::{PARCELS, PortalFolder, Running, UNLIMITED, answers, client, free_port},
    seen_as::{IDENTITY, assertion, trust},
};

const JIANMA: &str = env!("CARGO_BIN_EXE_jianma");
const NAME: &str = "不应出现的姓名";

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn backup(place: &PortalFolder, name: &str) -> Output {
    place.jianma(&["backup", "--data", &place.text("data"), "-o", &place.text(name)])
}

fn restore(place: &PortalFolder, from: &str, into: &str) -> Output {
    place.jianma(&["restore", "--from", &place.text(from), "--data", &place.text(into)])
}

/// Serves a folder of `place` with its configuration.
fn serve(place: &PortalFolder, data: &str) -> Running {
    let [data, site, config] = [data, "site", "jianma.toml"].map(|name| place.text(name));
    Running::start(&[
        "serve",
        "--data",
        &data,
        "--site",
        &site,
        "--config",
        &config,
        "--listen",
        "127.0.0.1:0",
    ])
}

async fn sees_the_name(address: &str) -> (u16, bool) {
    let proof = assertion(Tier::Holder, "s-holder", PARCELS[0]);
    let asked = client()
        .get(format!("{address}/api/v1/parcels/{}", PARCELS[0]))
        .header("jianma-assertion", proof)
        .send();
    let answer = asked.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap().contains(NAME))
}

/// Hands requests in, one after the other, until told to stop.
async fn hand_in(
    address: String,
    mark: usize,
    stop: Arc<AtomicBool>,
    receipts: Arc<Mutex<Vec<(String, String)>>>,
) {
    let client = client();
    for at in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let body = json!({
            "item": "data-correction",
            "code": PARCELS[at % PARCELS.len()],
            "answers": answers("data-correction", &format!("request {mark}-{at}")),
        });
        let sent = client
            .post(format!("{address}/api/v1/requests"))
            .header("idempotency-key", format!("backup-test-{mark:04}-{at:06}"))
            .json(&body)
            .send();
        let receipt: Value = sent.await.unwrap().json().await.unwrap();
        let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
        receipts.lock().unwrap().push((text("number"), text("secret")));
    }
}

/// Looks, as the public and as a holder whose looks are written down.
async fn look(address: String, stop: Arc<AtomicBool>, looks: Arc<AtomicUsize>) {
    while !stop.load(Ordering::Relaxed) {
        assert_eq!(sees_the_name(&address).await, (200, true));
        let page = client().get(format!("{address}/api/v1/parcels?q={}", PARCELS[1]));
        assert!(page.send().await.unwrap().status().is_success());
        looks.fetch_add(2, Ordering::Relaxed);
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds().await {
        assert!(Instant::now() < deadline, "it never came about that {what}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_x2_a_portal_goes_on_from_a_backup_that_was_taken_under_load() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), &format!("{UNLIMITED}{IDENTITY}"));
    // The department lies elsewhere; it sees both portals as one.
    let department = place.department(&desk, "0.2");
    let portal = place.serve();
    let stop = Arc::new(AtomicBool::new(false));
    let looks = Arc::new(AtomicUsize::new(0));
    let receipts = Arc::new(Mutex::new(Vec::new()));
    let mut load = Vec::new();
    for mark in 0..3 {
        let (address, stop) = (portal.address.clone(), stop.clone());
        load.push(tokio::spawn(look(address.clone(), stop.clone(), looks.clone())));
        load.push(tokio::spawn(hand_in(address, mark, stop, receipts.clone())));
    }
    until("requests and looks are under way", async || {
        receipts.lock().unwrap().len() >= 20 && looks.load(Ordering::Relaxed) >= 20
    })
    .await;

    // Again and again, until somebody was given a receipt while a backup was taken.
    let (mut name, mut before, mut taken) = (String::new(), Vec::new(), String::new());
    let mut round = 0;
    until("a request is kept beside a backup", async || {
        round += 1;
        name = format!("copy-{round}");
        before = receipts.lock().unwrap().clone();
        let (seen, began) = (looks.load(Ordering::Relaxed), Instant::now());
        let output = tokio::task::block_in_place(|| backup(&place, &name));
        let took = began.elapsed();
        taken = text(&output);
        assert!(output.status.success(), "{taken}");
        let during = receipts.lock().unwrap().len() - before.len();
        let looked = looks.load(Ordering::Relaxed) - seen;
        println!("backup in {took:.1?} beside {during} submissions and {looked} looks");
        during > 0
    })
    .await;
    assert!(taken.contains("its audit ends at ") && taken.contains("audit.key, "), "{taken}");
    // Some more, which the disaster takes.
    let lost = receipts.lock().unwrap().len() + 5;
    until("more requests come", async || receipts.lock().unwrap().len() >= lost).await;
    stop.store(true, Ordering::Relaxed);
    for each in load {
        each.await.unwrap();
    }
    portal.kill_dash_nine();

    let restored = restore(&place, &name, "restored");
    let said = text(&restored);
    assert!(restored.status.success(), "{said}");
    assert!(said.contains("the audit is as it was written, up to "), "{said}");
    assert!(said.contains("what came after ") && said.contains("webhook-id"), "{said}");
    // The receipts that came after the copy are not missed at every start.
    assert_eq!(std::fs::read(place.path("restored/receipts.log")).unwrap(), b"");
    let portal = serve(&place, "restored");
    assert_eq!(sees_the_name(&portal.address).await, (200, true), "signed-in tiers work");
    // Every receipt that was given before opens, and its request arrives.
    for (number, secret) in &before {
        let address = format!("{}/api/v1/requests/{number}", portal.address);
        until("a request from before is acknowledged", async || {
            let asked = client().get(&address).bearer_auth(secret).send().await.unwrap();
            assert_eq!(asked.status().as_u16(), 200, "{number}");
            asked.json::<Value>().await.unwrap()["state"] == "acknowledged"
        })
        .await;
    }
    // What was delivered before is not delivered again as something new.
    let inbox = client().get(format!("{}/inbox.json", department.address)).send().await.unwrap();
    let inbox: Vec<Value> = inbox.json().await.unwrap();
    let got: Vec<&str> = inbox.iter().map(|it| it["body"]["request"].as_str().unwrap()).collect();
    let once: BTreeSet<&str> = got.iter().copied().collect();
    assert_eq!(got.len(), once.len(), "the department has a request twice");
    assert!(before.iter().all(|(number, _)| once.contains(number.as_str())));
    assert_eq!(portal.terminate(), Some(0));
    let verified = place.jianma(&["verify-audit", "--data", &place.text("restored")]);
    assert!(verified.status.success(), "{}", text(&verified));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_leaves_nothing_under_its_name() {
    let place = PortalFolder::empty();
    let data = place.text("data");
    assert!(place.jianma(&["demo", "--data", &data]).status.success());
    let mut killed = 0;
    for milliseconds in (0..400).step_by(25) {
        let [copy, keys] = ["copy", "copy.keys"].map(|name| place.path(name));
        let mut child = Command::new(JIANMA)
            .args(["backup", "--data", &data, "-o", &place.text("copy")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(milliseconds)).await;
        child.kill().unwrap();
        let whole = child.wait().unwrap().success();
        if copy.exists() {
            let restored = restore(&place, "copy", "restored");
            assert!(restored.status.success(), "{}", text(&restored));
            std::fs::remove_dir_all(place.path("restored")).unwrap();
            std::fs::remove_dir_all(&copy).unwrap();
            std::fs::remove_file(&keys).unwrap();
        } else {
            assert!(!whole);
            killed += 1;
        }
    }
    assert!(killed > 0, "no backup was killed before its end");
    // What they left is in nobody's way.
    let taken = backup(&place, "copy");
    assert!(taken.status.success(), "{}", text(&taken));
    assert!(!place.path("copy.partial").exists() && !place.path("copy.keys.partial").exists());
    assert!(restore(&place, "copy", "restored").status.success());
}

/// A portal's folder with a look in its audit, and a backup of it.
async fn backed_up() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", IDENTITY);
    let portal = place.serve();
    assert_eq!(sees_the_name(&portal.address).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    let taken = backup(&place, "copy");
    assert!(taken.status.success(), "{}", text(&taken));
    place
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_backup_that_was_changed_is_not_restored_and_nothing_is_overwritten() {
    let place = backed_up().await;
    let refused = |name: &str, words: &str| {
        let restored = restore(&place, "copy", name);
        assert!(
            !restored.status.success() && text(&restored).contains(words),
            "{}",
            text(&restored)
        );
    };
    refused("data", "nothing is overwritten");
    let again = backup(&place, "copy");
    assert!(text(&again).contains("nothing is overwritten"), "{}", text(&again));
    let no_data = place.jianma(&["backup", "--data", &place.text("site"), "-o", &place.text("x")]);
    assert!(text(&no_data).contains("holds no data"), "{}", text(&no_data));
    assert!(!place.path("x").exists() && !place.path("x.partial").exists());

    for (name, words) in [
        ("copy/jianma.sqlite3", "is not the file that was backed up"),
        ("copy/manifest.json", "was changed since it was written"),
    ] {
        let whole = std::fs::read(place.path(name)).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        // A digit of a number or of a digest, or a byte of a page.
        let at = (middle..changed.len()).find(|at| changed[*at].is_ascii_digit()).unwrap_or(middle);
        changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
        std::fs::write(place.path(name), &changed).unwrap();
        refused("restored", words);
        std::fs::write(place.path(name), &whole).unwrap();
    }
    // Keys of another backup, and none.
    assert!(backup(&place, "second").status.success());
    std::fs::rename(place.path("copy.keys"), place.path("safe")).unwrap();
    refused("restored", "name their file with --keys");
    std::fs::copy(place.path("second.keys"), place.path("copy.keys")).unwrap();
    refused("restored", "the keys are of the backup of");
    assert!(!place.path("restored").exists() && !place.path("restored.partial").exists());
    let [from, keys, data] = ["copy", "safe", "restored"].map(|name| place.text(name));
    let arguments = ["restore", "--from", &from, "--keys", &keys, "--data", &data];
    assert!(place.jianma(&arguments).status.success());
}

#[tokio::test]
async fn x2_a_database_put_back_by_hand_is_told_from_a_restored_one() {
    let place = backed_up().await;
    let portal = place.serve();
    assert_eq!(sees_the_name(&portal.address).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    // The database alone, as it was; the end of the audit has gone on.
    std::fs::copy(place.path("copy/jianma.sqlite3"), place.path("data/jianma.sqlite3")).unwrap();
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("error", log);
    assert_eq!(sees_the_name(&portal.address).await.0, 503);
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("accept-restore"), "{log}");
    let verified = place.jianma(&["verify-audit", "--data", &place.text("data")]);
    assert!(!verified.status.success() && text(&verified).contains("accept-restore"));
    // A backup of such a folder says so, and so does what is restored of it.
    let taken = backup(&place, "tampered");
    assert!(!taken.status.success() && text(&taken).contains("DOES NOT RUN THROUGH"));
    let restored = restore(&place, "tampered", "other");
    assert!(!restored.status.success() && text(&restored).contains("NOT AS IT WAS WRITTEN"));
    assert!(restore(&place, "copy", "restored").status.success());
    let portal = serve(&place, "restored");
    assert_eq!(sees_the_name(&portal.address).await, (200, true));
}

#[tokio::test]
async fn the_configuration_and_its_policies_come_along() {
    let place = backed_up().await;
    let policy = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../domain/data/policies/zhejiang.toml"),
    )
    .unwrap();
    std::fs::create_dir(place.path("policies")).unwrap();
    std::fs::write(place.path("policies/own.toml"), policy).unwrap();
    std::fs::write(place.path("authority.pem"), "a certificate").unwrap();
    place.configure("http://127.0.0.1:9", "[policies]\nfiles = [\"policies/own.toml\"]\n");
    let config = std::fs::read_to_string(place.path("jianma.toml")).unwrap();
    let password = "only-for-the-proxy";
    let proxy = format!(
        "proxy = \"http://portal:{password}@proxy.example:3128\"\nca_file = \"authority.pem\"\n"
    );
    std::fs::write(place.path("jianma.toml"), format!("{config}{proxy}")).unwrap();
    let [data, config, to] = ["data", "jianma.toml", "with"].map(|name| place.text(name));
    let arguments = ["backup", "--data", &data, "--config", &config, "-o", &to];
    let taken = place.jianma(&arguments);
    assert!(taken.status.success(), "{}", text(&taken));
    // A proxy's password may be in it: nothing of it is in the clear beside the database.
    assert!(!place.path("with/config").exists());
    for entry in std::fs::read_dir(place.path("with")).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read(&path).unwrap();
        let found = content.windows(password.len()).any(|part| part == password.as_bytes());
        assert!(!found, "{}", path.display());
    }
    let restored = restore(&place, "with", "restored");
    assert!(restored.status.success(), "{}", text(&restored));
    assert!(text(&restored).contains("the configuration of then is in"), "{}", text(&restored));
    let folder = place.path("restored/restored-config");
    for name in ["jianma.toml", "policies/own.toml", "authority.pem"] {
        let (then, now) = (std::fs::read(place.path(name)), std::fs::read(folder.join(name)));
        assert_eq!(then.unwrap(), now.unwrap(), "{name}");
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    // It finds its files where they stand now, and is no key of the next backup.
    let [data, to] = ["restored", "again"].map(|name| place.text(name));
    let config = folder.join("jianma.toml").to_string_lossy().into_owned();
    let again = place.jianma(&["backup", "--data", &data, "--config", &config, "-o", &to]);
    assert!(again.status.success(), "{}", text(&again));
    for words in ["left out: restored-config, ", "(jianma.toml, policies/own.toml, authority.pem)"]
    {
        assert!(text(&again).contains(words), "{}", text(&again));
    }
}
