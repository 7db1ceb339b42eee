//! `--database`: where a portal's database is, when it is not in the data folder.

use std::process::Output;

use super::harness::{DATASET, PARCEL_FILE, PortalFolder, Running, parcels};

fn text(output: &Output) -> String {
    let [said, complained] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{said}{complained}")
}

/// A portal whose keys and records are in `data`, and whose database is in `db`.
fn apart() -> PortalFolder {
    let place = PortalFolder::empty();
    std::fs::write(place.path("mapping.toml"), format!("{DATASET}{PARCEL_FILE}")).unwrap();
    std::fs::write(place.path("parcels.geojson"), parcels()).unwrap();
    place.configure("http://127.0.0.1:9", "");
    let (mapping, parcels) = (place.text("mapping.toml"), place.text("parcels.geojson"));
    let imported = place.jianma(&on(&place, &["import", "--mapping", &mapping, &parcels]));
    assert!(imported.status.success(), "{}", text(&imported));
    place
}

/// `arguments` on that portal.
fn on<'a>(place: &PortalFolder, arguments: &[&'a str]) -> Vec<&'a str> {
    let data: &str = place.text("data").leak();
    let address: &str = format!("sqlite:{}", place.text("db")).leak();
    [arguments, &["--data", data, "--database", address]].concat()
}

#[tokio::test]
async fn every_command_works_on_the_database_that_its_address_names() {
    let place = apart();
    assert!(place.path("db/jianma.sqlite3").exists());
    assert!(place.path("data/classified.key").exists(), "keys stay in the data folder");
    let (site, config) = (place.text("site"), place.text("jianma.toml"));
    let serve = ["serve", "--site", &site, "--config", &config, "--listen", "127.0.0.1:0"];
    let portal = Running::start(&on(&place, &serve));
    let asked = reqwest::get(format!("{}/readyz", portal.address)).await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(portal.terminate(), Some(0));
    let copy = place.text("copy");
    for (arguments, says) in [
        (&["versions"][..], "small"),
        (&["requests", "check"], "every request is as it was kept"),
        (&["deliveries", "list"], ""),
        (&["verify-audit"], "the audit is as it was written"),
        (&["label", "list"], ""),
        (&["backup", "-o", &copy], "data small/1"),
    ] {
        let said = place.jianma(&on(&place, arguments));
        assert!(
            said.status.success() && text(&said).contains(says),
            "{arguments:?} {}",
            text(&said)
        );
    }
    assert!(!place.path("data/jianma.sqlite3").exists(), "none is made where it is not looked for");
    // Without the address there is nothing, and the keys tell that there was something.
    let data = place.text("data");
    let without = place.jianma(&["versions", "--data", &data]);
    assert!(text(&without).contains("holds no data"), "{}", text(&without));
    let restored = place.text("restored");
    let back = place.jianma(&["restore", "--from", &copy, "--data", &restored]);
    assert!(back.status.success(), "{}", text(&back));
    let listed = place.jianma(&["versions", "--data", &restored]);
    assert!(text(&listed).contains("small"), "{}", text(&listed));
}

#[test]
fn an_address_of_another_engine_is_refused_in_words() {
    let place = PortalFolder::empty();
    let data = place.text("data");
    for command in ["serve", "versions", "demo", "verify-audit"] {
        let address = "postgres://jianma@db/jianma";
        let said = place.jianma(&[command, "--data", &data, "--database", address]);
        assert!(!said.status.success(), "{command}");
        assert!(text(&said).contains("sqlite:FOLDER"), "{}", text(&said));
        assert!(!place.path("data").exists(), "{command}");
    }
}
