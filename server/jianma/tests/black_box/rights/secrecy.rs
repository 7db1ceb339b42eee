//! What is personal is nowhere in clear, and opens by its keys alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn x3_no_personal_word_is_in_the_folder_a_backup_or_a_log() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), "[records]\ncipher = \"sm4-gcm\"\n");
    let department = place.department(&desk, "0");
    let log = place.path("portal.log");
    let portal = place.serve_logging("debug", File::create(&log).unwrap());
    let address = portal.address.clone();
    let receipt = hand_in(&address, "sealed", "canary-applicant").await;
    let body = json!({ "answers": { "applicant_name": "canary-renamed" } });
    receipt.post(&address, "/corrections", Some(body)).await;
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    let wrong = format!("{}/api/v1/requests/{}", address, receipt.number);
    client().get(wrong).bearer_auth("canary-secret").send().await.unwrap();
    let draft = saved(&address).await;
    let [data, backup, keys] = ["data", "backup", "backup.keys"].map(|name| place.text(name));
    let taken = place.jianma(&["backup", "--data", &data, "-o", &backup, "--keys", &keys]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    drop((portal, department));
    let phone = answers(ITEM, "x")["applicant_phone"].as_str().unwrap().to_owned();
    let words = ["canary-applicant", "canary-renamed", "canary-secret", "canary-draft", &phone];
    let words = [&words[..], &[&receipt.secret, &draft]].concat();
    let mut looked = 0;
    let mut folders = vec![place.path("data"), place.path("backup")];
    let mut files = vec![log];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for word in &words {
            let found = bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!found, "{word} is in {}", file.display());
        }
        looked += 1;
    }
    assert!(looked >= 6, "{looked} files");
    // The keys went with the backup, apart from it.
    assert!(
        std::fs::read_to_string(place.path("data/records.keys")).unwrap().starts_with("sm4-gcm")
    );
    let sealed = std::fs::read(&keys).unwrap();
    assert!(sealed.windows(12).any(|part| part == b"records.keys"), "the keys are in the backup's");
}

/// Saves a form as a draft: its secret.
async fn saved(address: &str) -> String {
    let mut form = answers(ITEM, "canary-draft");
    for (name, text) in [("item", ITEM), ("token", "token-of-the-canary"), ("step", "save")] {
        form[name] = json!(text);
    }
    let path = format!("{address}/c/{}/requests/new?item={ITEM}", PARCELS[0]);
    let page = client().post(path).form(&form).send().await.unwrap().text().await.unwrap();
    let (_, secret) = page.split_once("name=\"draft_secret\" value=\"").expect(&page);
    secret.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn x3_a_portal_without_the_keys_of_its_requests_does_not_start_and_says_what_to_do() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "key", "x").await;
    // A key that is added beside a running portal opens there too.
    let (done, told) = requests(&place, &["rotate-key", "--cipher", "sm4-gcm"]);
    assert!(done && told.contains("sm4-gcm"), "{told}");
    let (done, told) = requests(&place, &["reseal"]);
    assert!(done, "{told}");
    assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
    let (_, keys) = requests(&place, &["keys"]);
    assert!(keys.contains("aes-256-gcm\t0 values") && keys.contains("newest"), "{keys}");
    drop(portal);
    let path = place.path("data/records.keys");
    let right = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let [data, site, config] = ["data", "site", "jianma.toml"].map(|name| place.text(name));
    let serve = ["serve", "--data", &data, "--site", &site, "--config", &config];
    let output = place.jianma(&serve);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("Put back the `records.keys`"), "{said}");
    assert!(!path.exists());
    std::fs::write(&path, right).unwrap();
    let portal = place.serve();
    assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
}
