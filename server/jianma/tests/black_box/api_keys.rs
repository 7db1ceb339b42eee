//! Keys of programs, made on the command line beside a running portal.

use std::process::Output;

use crate::harness::{PortalFolder, Running, client};

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

async fn status(portal: &Running, key: &str) -> u16 {
    let url = format!("{}/api/v1/suitability/uses", portal.address);
    client().get(url).bearer_auth(key).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn p6_a_key_is_shown_once_kept_as_a_digest_and_disabled_beside_a_running_portal() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let data = place.text("data");
    let keys = |words: &[&str]| place.jianma(&[&["api-keys"], words, &["--data", &data]].concat());
    assert!(said(&keys(&["list"])).contains("there is no key"));
    let add = ["add", "tool", "--called", "选址软件公司", "--per-minute", "600", "--sites", "900"];
    let made = keys(&add);
    assert!(made.status.success(), "{}", said(&made));
    let text = said(&made);
    let secret = text.split_whitespace().find(|word| word.starts_with("jmk_")).unwrap();
    assert_eq!(status(&portal, secret).await, 200);
    let twice = keys(&add);
    assert!(!twice.status.success() && !said(&twice).contains("jmk_"), "{}", said(&twice));
    let listed = said(&keys(&["list"]));
    assert!(listed.starts_with("tool\t选址软件公司\t600\t100000\t900\t"), "{listed}");
    assert!(listed.trim().ends_with("open") && !listed.contains("jmk_"), "{listed}");
    for wrong in [&["disable", "other"][..], &["disable", "Tool"], &["add", "a", "--called", " "]] {
        assert!(!keys(wrong).status.success(), "{wrong:?}");
    }
    assert!(keys(&["disable", "tool"]).status.success());
    assert_eq!(status(&portal, secret).await, 401);
    assert_eq!(portal.terminate(), Some(0));
    for file in std::fs::read_dir(place.path("data")).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{path:?}");
    }
}
