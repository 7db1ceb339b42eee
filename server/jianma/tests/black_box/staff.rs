//! Accounts of the counter, made on the command line beside a running portal.

use std::process::Output;

use crate::harness::{DATASET, PARCEL_FILE, PortalFolder, Running, client, parcels};

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// The path of the link that was printed.
fn link(output: &Output) -> String {
    let text = said(output);
    let at = text.find("/staff/enrol/").unwrap_or_else(|| panic!("no link: {text}"));
    text[at..].split_whitespace().next().unwrap().to_owned()
}

async fn status(portal: &Running, path: &str) -> u16 {
    client().get(format!("{}{path}", portal.address)).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn desk_d1_accounts_are_looked_after_beside_a_running_portal() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let data = place.text("data");
    let staff = |words: &[&str]| place.jianma(&[&["staff"], words, &["--data", &data]].concat());
    let add = ["add", "li.na", "--office", "registration", "--role", "clerk", "--called", "李娜"];
    let made = staff(&add);
    assert!(made.status.success(), "{}", said(&made));
    let first = link(&made);
    assert_eq!(status(&portal, &first).await, 200);
    let twice = staff(&add);
    assert!(!twice.status.success() && said(&twice).contains("jianma staff reset li.na"));
    let listed = said(&staff(&["list"]));
    assert_eq!(listed.trim(), "li.na\t李娜\tregistration\tclerk\tinvited\tunnumbered\t0");
    assert!(staff(&["person", "li.na", "00817"]).status.success());
    assert!(said(&staff(&["list"])).trim().ends_with("\tnumbered\t0"));
    // By another account of theirs nobody goes through their own looks (rule X1).
    let own = ["add", "li.2", "--office", "audit", "--role", "auditor", "--person", " 00817"];
    let own = staff(&own);
    assert!(!own.status.success() && said(&own).contains("different people"), "{}", said(&own));
    let second = link(&staff(&["reset", "li.na"]));
    assert_eq!((status(&portal, &first).await, status(&portal, &second).await), (404, 200));
    assert!(said(&staff(&["unlock", "li.na"])).contains("nothing keeps li.na out"));
    assert!(staff(&["disable", "li.na"]).status.success());
    assert_eq!(status(&portal, &second).await, 404);
    assert!(said(&staff(&["list"])).contains("\tclosed\t"));
    let both = ["add", "shen", "--office", "audit", "--role", "auditor", "--role", "clerk"];
    let both = &both[..];
    for wrong in [
        &["reset", "nobody"][..],
        &["disable", "Li Na"],
        &["unlock", "nobody"],
        both,
        &["person", "nobody", "1"],
    ] {
        assert!(!staff(wrong).status.success(), "{wrong:?}");
    }
    // The portal goes on in the chain that the commands wrote in.
    assert_eq!(status(&portal, "/readyz").await, 200);
    assert_eq!(portal.terminate(), Some(0));
    let checked = place.jianma(&["verify-audit", "--data", &data]);
    assert!(checked.status.success(), "{}", said(&checked));
}

#[tokio::test]
async fn desk_d1_staff_of_the_demonstration_serve_nothing_real() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let data = place.text("data");
    let made = place.jianma(&["demo", "--data", &data, "--if-empty", "--counter"]);
    assert!(made.status.success() && said(&made).contains("demo.clerk"), "{}", said(&made));
    let portal = place.serve();
    assert_eq!(status(&portal, &link(&made)).await, 200);
    assert_eq!(portal.terminate(), Some(0));
    let real = DATASET.replace("demonstration = true", "demonstration = false");
    let imported = place.import_into(&real, PARCEL_FILE, &parcels());
    assert!(imported.status.success(), "{}", said(&imported));
    let refused = place.serving().output().unwrap();
    assert!(!refused.status.success());
    assert!(said(&refused).contains("jianma staff disable demo.clerk"), "{}", said(&refused));
    assert!(place.jianma(&["staff", "disable", "demo.clerk", "--data", &data]).status.success());
    assert_eq!(status(&place.serve(), "/healthz").await, 200);
}
