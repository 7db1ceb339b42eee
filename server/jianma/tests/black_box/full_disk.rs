//! Imports that die: for want of room, by a signal. What they staged never outlives them.
//!
//! A disk that is really full is a small tmpfs in a namespace of the test's own; where the system
//! does not let it make one, the test says so and passes. A limit on the size of files stops an
//! import in the middle of a write everywhere.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::json;
use testkit::geojson;

use crate::harness::{PARCELS, PortalFolder, answers, client};

const JIANMA: &str = env!("CARGO_BIN_EXE_jianma");

const PARCEL_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{ZDDM}"

[file.fields]
location = { property = "ZL", kind = "text" }
holder_person = { property = "QLR", kind = "text" }
"#;

/// So many parcels, each with about 4 kB that no search looks at.
fn heavy(parcels: usize) -> String {
    let name = "名".repeat(1_300);
    geojson::collection((0..parcels).map(|at| {
        let west = 119.9 + (at % 100) as f64 * 0.0005;
        let south = 30.5 + (at / 100) as f64 * 0.0005;
        let code = format!("330521002001GB{:05}", at + 1);
        let properties = json!({ "ZDDM": code, "ZL": "演示路", "QLR": name });
        geojson::feature(properties, geojson::square(west, south, 0.0004))
    }))
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The shell that runs `script` with `$JIANMA`, `$DATA`, `$SITE`, `$CONFIG` and the heavy file.
fn shell(place: &PortalFolder, program: &[&str], script: &str) -> Command {
    let mut command = Command::new(program[0]);
    command
        .args(&program[1..])
        .args(["sh", "-c", script])
        .current_dir(place.path("."))
        .env("JIANMA", JIANMA)
        .env("JIANMA_LOG", "warn")
        .stdin(Stdio::null());
    command
}

/// Writes the files that scripts import.
fn with_heavy_file() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let mapping = std::fs::read_to_string(place.path("mapping.toml")).unwrap();
    let (dataset, _) = mapping.split_once("[[file]]").unwrap();
    std::fs::write(place.path("heavy.toml"), format!("{dataset}{PARCEL_FILE}")).unwrap();
    std::fs::create_dir(place.path("heavy")).unwrap();
    std::fs::write(place.path("heavy/parcels.geojson"), heavy(4_000)).unwrap();
    place
}

fn staged(place: &PortalFolder) -> i64 {
    let connection = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let sql = "select count(*) from parcel p join data_version v on v.id = p.version_id
               where v.state = 'staged'";
    // While another process takes up what a killed one left, SQLite waits for nobody.
    let locked = |error: &rusqlite::Error| {
        error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy)
    };
    loop {
        match connection.query_one(sql, [], |row| row.get(0)) {
            Err(error) if locked(&error) => std::thread::sleep(Duration::from_millis(20)),
            counted => return counted.unwrap(),
        }
    }
}

async fn status(address: &str, code: &str) -> u16 {
    let asked = client().get(format!("{address}/api/v1/parcels/{code}")).send().await;
    asked.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_write_that_fails_in_an_import_leaves_a_folder_that_serves_and_imports() {
    let place = with_heavy_file();
    // 4 MiB in units of 512 bytes; the signal is ignored, so that writes fail instead.
    let script = "trap '' XFSZ; ulimit -f 8192
        exec \"$JIANMA\" import --data data --mapping heavy.toml heavy/parcels.geojson";
    let died = shell(&place, &["env"], script).output().unwrap();
    assert!(!died.status.success(), "{}", text(&died));
    let portal = place.serve();
    assert_eq!(status(&portal.address, PARCELS[0]).await, 200, "what was current is served");
    assert_eq!(status(&portal.address, "330521002001GB00001").await, 404);
    for _ in 0..600 {
        if staged(&place) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(staged(&place), 0, "serving removes what was left");
    let [data, mapping, file] =
        ["data", "heavy.toml", "heavy/parcels.geojson"].map(|name| place.text(name));
    let again = place.jianma(&["import", "--data", &data, "--mapping", &mapping, &file]);
    assert!(again.status.success(), "{}", text(&again));
    assert_eq!(status(&portal.address, "330521002001GB00001").await, 200);
}

#[tokio::test]
async fn what_a_killed_import_staged_is_removed_when_the_portal_starts() {
    let place = with_heavy_file();
    let [data, mapping, file] =
        ["data", "heavy.toml", "heavy/parcels.geojson"].map(|name| place.text(name));
    let mut import = Command::new(JIANMA)
        .args(["import", "--data", &data, "--mapping", &mapping, &file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It is halted for each look, so that it cannot end between a look and the kill.
    let id = import.id().to_string();
    let signal = |name: &str| Command::new("kill").args([name, &id]).status().unwrap();
    loop {
        signal("-STOP");
        if staged(&place) >= 500 {
            break;
        }
        signal("-CONT");
        tokio::time::sleep(Duration::from_millis(5)).await;
        assert!(import.try_wait().unwrap().is_none(), "it ended before it could be killed");
    }
    import.kill().unwrap();
    import.wait().unwrap();
    assert!(staged(&place) > 0);
    let portal = place.serve();
    for _ in 0..600 {
        if staged(&place) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(staged(&place), 0);
    assert_eq!(status(&portal.address, PARCELS[0]).await, 200);
}

/// Reads lines up to one that begins like this.
fn lines_up_to(child: &mut Child, beginning: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.as_mut().unwrap()).lines() {
        let line = line.unwrap();
        let last = line.starts_with(beginning);
        lines.push(line);
        if last {
            return lines;
        }
    }
    panic!("`{beginning}` never came: {lines:#?}");
}

/// Prints everything that an operator would see, then serves on the full disk.
const ON_A_SMALL_DISK: &str = r#"
    set -u
    mkdir disk && mount -t tmpfs -o size=24m none disk && cp -r data disk/data || exit 9
    exec 2>&1
    import() { "$JIANMA" import --data disk/data --mapping "$1" "$2"; echo "exit $?"; }
    echo "== too much";  import heavy.toml heavy/parcels.geojson
    echo "== little";    import mapping.toml parcels.geojson
    echo "== versions";  "$JIANMA" versions --data disk/data
    cat /dev/zero > disk/other 2>/dev/null
    echo "== full";      import mapping.toml parcels.geojson
    "$JIANMA" backup --data disk/data -o disk/copy; echo "exit $?"; ls disk
    cat /dev/zero > disk/more 2>/dev/null
    echo "== serve"
    exec "$JIANMA" serve --data disk/data --site site --config jianma.toml --listen 127.0.0.1:0
"#;

#[tokio::test]
async fn on_a_full_disk_imports_stop_in_words_and_the_portal_starts() {
    let namespace = ["unshare", "--user", "--map-root-user", "--mount"];
    let place = with_heavy_file();
    let allowed = shell(&place, &namespace, "mkdir try && mount -t tmpfs none try").output();
    if !allowed.is_ok_and(|tried| tried.status.success()) {
        println!("skipped: this system does not let a test mount a disk of its own");
        return;
    }
    // The keys are there before the disk is full, as on any portal that has served.
    let portal = place.serve();
    assert_eq!(status(&portal.address, PARCELS[0]).await, 200);
    assert_eq!(portal.terminate(), Some(0));
    let mut script =
        shell(&place, &namespace, ON_A_SMALL_DISK).stdout(Stdio::piped()).spawn().unwrap();
    let lines = lines_up_to(&mut script, "jianma is ready on ");
    let part = |name: &str| {
        let from = lines.iter().position(|line| *line == format!("== {name}")).unwrap() + 1;
        let rest = &lines[from..];
        let to = rest.iter().position(|line| line.starts_with("== ")).unwrap_or(rest.len());
        rest[..to].join("\n")
    };
    let too_much = part("too much");
    assert!(too_much.contains("exit 1"), "{too_much}");
    assert!(too_much.contains("MiB are left on the disk of the data folder"), "{too_much}");
    // It took back what it had staged, in the room that it had left.
    assert!(part("little").contains("exit 0"), "{}", part("little"));
    let versions = part("versions");
    assert!(versions.contains("2  current") && !versions.contains("3  "), "{versions}");
    let full = part("full");
    assert!(full.contains("exit 1") && full.contains("on the disk of the data folder"), "{full}");
    assert!(!full.lines().any(|line| line == "copy" || line == "copy.partial"), "{full}");

    let ready = lines.last().unwrap();
    let address = ready.split_whitespace().last().unwrap().to_owned();
    for code in PARCELS {
        assert_eq!(status(&address, code).await, 200, "{code}");
    }
    // Requests are kept as long as there is room, and refused in words after that.
    let mut refused = None;
    for at in 0..4_000 {
        let body = json!({
            "item": "data-correction", "code": PARCELS[0],
            "answers": answers("data-correction", &format!("request {at}")),
        });
        let sent = client()
            .post(format!("{address}/api/v1/requests"))
            .header("idempotency-key", format!("full-disk-key-{at:06}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        if !sent.status().is_success() {
            refused = Some(sent.status().as_u16());
            break;
        }
    }
    assert_eq!(refused, Some(503), "of 4,000 requests");
    assert_eq!(status(&address, PARCELS[0]).await, 200, "and reading goes on");
    script.kill().unwrap();
    script.wait().unwrap();
}
