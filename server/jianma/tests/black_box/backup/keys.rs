//! The keys of a backup: apart from its database, and missed where they are lost.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{backed_up, backup, mode, restore, sees_the_name, text};
use crate::{
    harness::PortalFolder,
    seen_as::{IDENTITY, trust},
};

#[tokio::test]
async fn x5_keys_are_apart_from_the_database_and_only_the_owner_reads_either() {
    let place = backed_up().await;
    assert_eq!(mode(&place.path("copy")), 0o700);
    for name in ["copy/jianma.sqlite3", "copy/manifest.json", "copy.keys"] {
        assert_eq!(mode(&place.path(name)), 0o600, "{name}");
    }
    let names: BTreeSet<String> = std::fs::read_dir(place.path("copy"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["jianma.sqlite3", "manifest.json"].map(String::from).into());
    let held: Value =
        serde_json::from_slice(&std::fs::read(place.path("copy.keys")).unwrap()).unwrap();
    let held = held["files"].as_array().unwrap().iter();
    let held: BTreeSet<&str> = held.map(|file| file["path"].as_str().unwrap()).collect();
    let keys = [
        "audit.key",
        "classified.key",
        "department.secret",
        "identity.jwks",
        "keys.toml",
        "receipt.key",
        "records.keys",
        "signing.keys",
    ];
    assert_eq!(held, keys.into());
    assert!(place.path("data/reports").exists() && place.path("data/receipts.log").exists());
    // No key in any form that it is written in.
    let database = std::fs::read(place.path("copy/jianma.sqlite3")).unwrap();
    let manifest = std::fs::read(place.path("copy/manifest.json")).unwrap();
    for key in ["audit.key", "classified.key", "receipt.key", "department.secret"] {
        let secret = std::fs::read(place.path("data").join(key)).unwrap();
        for file in [&database, &manifest] {
            assert!(!file.windows(secret.len()).any(|part| part == secret), "{key}");
        }
    }
    assert!(restore(&place, "copy", "restored").status.success());
    for name in keys {
        let [old, new] = ["data", "restored"].map(|folder| place.path(folder).join(name));
        assert_eq!(std::fs::read(old).unwrap(), std::fs::read(&new).unwrap(), "{name}");
        assert_eq!(mode(&new), 0o600, "{name}");
    }
    assert_eq!(mode(&place.path("restored")), 0o700);
}

#[tokio::test]
async fn x5_keys_in_a_folder_inside_the_data_folder_are_backed_up_once_and_go_back_there() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    std::fs::create_dir(place.path("data/keys")).unwrap();
    for key in ["identity.jwks", "classified.key", "keys.toml"] {
        let [from, to] = ["data", "data/keys"].map(|folder| place.path(folder).join(key));
        std::fs::rename(from, to).unwrap();
    }
    // By another name, as a configuration may have it.
    std::os::unix::fs::symlink(place.path("data/keys"), place.path("vault")).unwrap();
    let inside = format!("{IDENTITY}[keys]\nfolder = \"vault\"\n");
    place.configure("http://127.0.0.1:9", &inside);
    let portal = place.serve();
    assert_eq!(sees_the_name(&portal.address).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    let [data, copy, config] = ["data", "copy", "jianma.toml"].map(|name| place.text(name));
    let taken = place.jianma(&["backup", "--data", &data, "-o", &copy, "--config", &config]);
    assert!(taken.status.success(), "{}", text(&taken));
    let held: Value =
        serde_json::from_slice(&std::fs::read(place.path("copy.keys")).unwrap()).unwrap();
    let lists = ["files", "key_folder"].map(|list| held[list].as_array().unwrap());
    let digests: Vec<&str> =
        lists.iter().copied().flatten().map(|file| file["sha256"].as_str().unwrap()).collect();
    let once: BTreeSet<&&str> = digests.iter().collect();
    assert_eq!(once.len(), digests.len(), "each once: {held}");
    assert!(digests.len() >= 6, "{held}");
    assert_eq!(held["key_folder_within"], "keys");

    std::fs::rename(place.path("data"), place.path("before")).unwrap();
    let restored = restore(&place, "copy", "data");
    assert!(restored.status.success(), "{}", text(&restored));
    assert!(!place.path("data/audit.key").exists() && !place.path("data/keys/keys").exists());
    for name in ["audit.key", "classified.key", "keys.toml", "receipt.key", "records.keys"] {
        let [old, new] =
            ["before/keys", "data/keys"].map(|folder| std::fs::read(place.path(folder).join(name)));
        assert_eq!(old.unwrap(), new.unwrap(), "{name}");
    }
    let portal = place.serve();
    assert_eq!(sees_the_name(&portal.address).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    // Or elsewhere, from then on.
    let [other, elsewhere] = ["other", "elsewhere"].map(|name| place.text(name));
    let moved =
        place.jianma(&["restore", "--from", &copy, "--data", &other, "--key-folder", &elsewhere]);
    assert!(moved.status.success(), "{}", text(&moved));
    assert!(place.path("elsewhere/audit.key").exists());
    assert!(!place.path("other/keys/audit.key").exists());
}

#[tokio::test]
async fn s5_a_key_that_is_lost_while_the_portal_serves_keeps_nothing_else_from_being_backed_up() {
    let place = backed_up().await;
    let portal = place.serve();
    std::fs::rename(place.path("data/receipt.key"), place.path("away")).unwrap();
    let taken = backup(&place, "night");
    assert_eq!(taken.status.code(), Some(1), "{}", text(&taken));
    let warned = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert!(warned.contains("LACKS A KEY") && warned.contains("receipt.key"), "{warned}");
    assert!(place.path("night/jianma.sqlite3").exists());
    let held = std::fs::read_to_string(place.path("night.keys")).unwrap();
    let held: Value = serde_json::from_str(&held).unwrap();
    let files = format!("{} {}", held["files"], held["key_folder"]);
    assert!(files.contains("audit.key") && !files.contains("receipt.key"), "{held}");
    assert_eq!(held["lacks"], serde_json::json!(["receipt.key"]), "{held}");
    assert_eq!(portal.terminate(), Some(0));
    // Without any they lie elsewhere.
    for key in ["audit.key", "classified.key", "records.keys", "signing.keys"] {
        std::fs::remove_file(place.path("data").join(key)).unwrap();
    }
    let refused = backup(&place, "nothing");
    assert!(!refused.status.success() && text(&refused).contains("--config"), "{}", text(&refused));
    assert!(!place.path("nothing").exists() && !place.path("nothing.keys").exists());
}

#[tokio::test]
async fn s5_a_backup_that_lacks_a_key_says_so_before_anything_of_it_is_restored() {
    let place = backed_up().await;
    let away = place.path("away");
    let without = |key: &str, name: &str| {
        std::fs::rename(place.path("data").join(key), &away).unwrap();
        let taken = backup(&place, name);
        std::fs::rename(&away, place.path("data").join(key)).unwrap();
        assert_eq!(taken.status.code(), Some(1), "{key}: {}", text(&taken));
        let warned = String::from_utf8_lossy(&taken.stderr).into_owned();
        assert!(warned.contains("LACKS A KEY") && warned.contains(key), "{key}: {warned}");
    };
    for (key, name, back) in [
        ("classified.key", "unclassified", "from-unclassified"),
        ("audit.key", "unaudited", "from-unaudited"),
    ] {
        without(key, name);
        let refused = restore(&place, name, back);
        let said = text(&refused);
        assert!(!refused.status.success() && said.contains(key), "{said}");
        assert!(said.contains("lost already") && said.contains("take another"), "{said}");
        assert!(!place.path(back).exists(), "{said}");
    }
    for (key, name, back) in [
        ("department.secret", "unsigned", "from-unsigned"),
        ("keys.toml", "unlisted", "from-unlisted"),
    ] {
        without(key, name);
        let restored = restore(&place, name, back);
        let said = text(&restored);
        assert!(restored.status.success() && said.contains(&format!("LACKS {key}")), "{said}");
    }
}
