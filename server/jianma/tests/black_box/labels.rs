//! Labels from the printer to the phone, on the real binary.

use std::{path::Path, process::Output};

use domain::label::{LabelText, Subject};
use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{PortalFolder, Running, UNLIMITED, client};

const PARCEL: &str = "330521001001GB00001";
const HOME: &str = "330521001001GB00001F00010002";
const FOREST: &str = "330521001001GE00004L00000002";
const CLASSIFIED: &str = "330521001001GB00009";
const UNKNOWN: &str = "330521001001GB00008";

const MAPPING: &str = r#"
crs = "EPSG:4326"
[dataset]
id = "labelled"
title = { zh = "标签样本", en = "Label sample" }
source = { zh = "测试数据", en = "test data" }
source_date = "2026-01-01"
demonstration = true
policy = "zhejiang"
[[file]]
name = "land.geojson"
role = "parcels"
code = "{code}"
classified = { property = "secret", equals = 1 }
[file.fields]
location = { property = "address", kind = "text" }
[[file]]
name = "units.geojson"
role = "units"
code = "{code}"
[file.fields]
unit_location = { property = "door", kind = "text" }
"#;

/// Parcels, one of them classified, with a home and a forest on them.
fn place() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let parcels = [(PARCEL, 0, 119.97), (CLASSIFIED, 1, 119.975), (&FOREST[..19], 0, 119.98)].map(
        |(code, secret, west)| {
            let address = format!("标签路{west}号");
            let properties = json!({ "code": code, "secret": secret, "address": address });
            geojson::feature(properties, geojson::square(west, 30.54, 0.001))
        },
    );
    let units = [HOME, FOREST].map(|code| {
        geojson::feature(json!({ "code": code, "door": "标签路1幢1单元201室" }), "null")
    });
    std::fs::write(place.path("land.geojson"), geojson::collection(parcels)).unwrap();
    std::fs::write(place.path("units.geojson"), geojson::collection(units)).unwrap();
    std::fs::write(place.path("labelled.toml"), MAPPING).unwrap();
    let (data, mapping) = (text(&place.path("data")), text(&place.path("labelled.toml")));
    let files = [text(&place.path("land.geojson")), text(&place.path("units.geojson"))];
    // The small data have one of these parcels too.
    let head = ["import", "--data", &data, "--mapping", &mapping, "--allow", "shared-codes"];
    let done = place.jianma(&[&head[..], &[&files[0], &files[1]]].concat());
    assert!(done.status.success(), "{}", said(&done));
    place
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn said(output: &Output) -> String {
    let of = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", of(&output.stdout), of(&output.stderr))
}

/// Runs `jianma label` on the place's data.
fn run(place: &PortalFolder, arguments: &[&str]) -> Output {
    let data = text(&place.path("data"));
    place.jianma(&[&["label"], arguments, &["--data", &data]].concat())
}

/// The text behind `/L/` of a label, read from its print as a phone reads it.
pub fn issued(place: &PortalFolder, code: &str, host: &str) -> LabelText {
    let file = place.path("label.png");
    let done = run(place, &[code, "-o", &text(&file), "--host", host, "--side", "20"]);
    assert!(done.status.success(), "{}", said(&done));
    let address = scanned(&file);
    let head = format!("HTTPS://{}/L/", host.to_uppercase());
    LabelText::parse(address.strip_prefix(&head).unwrap()).unwrap()
}

fn scanned(file: &Path) -> String {
    let file = std::io::BufReader::new(std::fs::File::open(file).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut luma = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut luma).unwrap();
    let size = (info.width as usize, info.height as usize);
    let frame = scan::Frame::from_luma(size.0, size.1, luma).unwrap();
    scan::decode_still(&frame, None, &mut || true)[0].text.clone()
}

fn own_host(place: &PortalFolder) -> String {
    place.address().trim_start_matches("http://").to_owned()
}

async fn page(portal: &Running, path: &str, language: &str) -> (u16, String) {
    let asked = client()
        .get(format!("{}{path}", portal.address))
        .header("cookie", format!("jm_lang={language}"));
    let response = asked.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn answer(portal: &Running, label: &str) -> (u16, Value) {
    let address = format!("{}/api/v1/labels/{label}", portal.address);
    let response = client().get(address).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Asserts that neither page nor API take a text for a label of ours.
async fn foreign(portal: &Running, label: &str) {
    let (status, said) = answer(portal, label).await;
    assert_eq!((status, &said["answer"]), (404, &json!("not_issued")), "{label}");
    assert_eq!(said.as_object().unwrap().len(), 2, "says more than the official host: {said}");
    let (status, html) = page(portal, &format!("/l/{label}"), "zh").await;
    assert_eq!(status, 404, "{label}");
    assert!(html.contains("此标签不是本平台签发的"), "{label}");
}

#[tokio::test]
async fn q2_q3_a_printed_label_is_genuine_in_both_languages() {
    let place = place();
    let label = issued(&place, PARCEL, &own_host(&place));
    let portal = place.serve();
    // As printed: capitals lead to the page.
    let response = client().get(format!("{}/L/{label}", portal.address)).send().await.unwrap();
    assert_eq!(response.status(), 308);
    assert_eq!(response.headers()["location"], format!("/l/{label}"));
    for (language, words) in [
        (
            "zh",
            [
                "标签真实有效",
                "标签编号 0000001",
                "以不动产登记簿的记载为准",
                "2026年1月1日",
                "办事",
                "见码演示（样例单位）",
            ],
        ),
        (
            "en",
            [
                "This label is genuine",
                "label number 0000001",
                "register prevails",
                "1 January 2026",
                "Services",
                "Demonstration of Jianma (sample operator)",
            ],
        ),
    ] {
        for written in [label.to_string(), label.to_string().to_lowercase()] {
            let (status, html) = page(&portal, &format!("/l/{written}"), language).await;
            assert_eq!(status, 200);
            for words in words.iter().chain(&["标签路119.97号", "GB00001"]) {
                assert!(html.contains(words), "{language}: {words}");
            }
        }
    }
    let (status, said) = answer(&portal, &label.to_string()).await;
    assert_eq!((status, &said["answer"]), (200, &json!("genuine")));
    assert_eq!(said["code"], PARCEL);
    assert_eq!(said["serial"], "0000001");
    assert_eq!(said["source_date"], "2026-01-01");
    assert_eq!(said["notice"], "以登记簿为准");
    // A unit that is no home is named as it is.
    let forest = issued(&place, FOREST, &own_host(&place));
    let (status, said) = answer(&portal, &forest.to_string()).await;
    assert_eq!((status, &said["code"]), (200, &json!(FOREST)));
}

#[tokio::test]
async fn q1_p7_a_homes_label_is_a_token_and_its_code_leaves_nowhere() {
    let place = place();
    let host = own_host(&place);
    let labels = [issued(&place, HOME, &host), issued(&place, HOME, &host)];
    let [Subject::Home(first), Subject::Home(second)] = labels.clone().map(|label| label.subject)
    else {
        panic!("a code on a home's label: {labels:?}");
    };
    let (one, other) = (first.to_string(), second.to_string());
    let same = one.bytes().zip(other.bytes()).filter(|(a, b)| a == b).count();
    assert!(same < 8, "{one} and {other} are alike");
    let log = place.path("portal.log");
    let portal = place.serve_logging("debug", std::fs::File::create(&log).unwrap());
    for label in &labels {
        for language in ["zh", "en"] {
            let (status, html) = page(&portal, &format!("/l/{label}"), language).await;
            assert_eq!(status, 200);
            assert!(html.contains("330521 001001 GB00001 F0001****"));
            assert!(html.contains("标签路119.97号"), "the parcel's facts");
            let plain: String = html.chars().filter(|c| !c.is_whitespace()).collect();
            assert!(!plain.contains(&HOME[19..]), "shows the code of a home");
            assert!(!html.contains("201室"), "shows the door of a home");
        }
        let (_, said) = answer(&portal, &label.to_string()).await;
        assert_eq!(said["code"], PARCEL);
        assert_eq!(said["unit_masked"], "330521 001001 GB00001 F0001****");
        assert!(!said.to_string().contains("F00010002"));
    }
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("answered"), "nothing was logged: {log}");
    assert!(!log.contains("F00010002") && !log.contains(&first.to_string()), "{log}");
    // Nor does the list, which is printed and sent around.
    let list = said(&run(&place, &["list"]));
    assert!(list.contains("F0001****") && !list.contains("F00010002"), "{list}");
}

#[tokio::test]
async fn q5_the_label_of_a_parcel_lists_no_household() {
    let place = place();
    let label = issued(&place, PARCEL, &own_host(&place));
    let portal = place.serve();
    let (_, html) = page(&portal, &format!("/l/{label}"), "zh").await;
    let (_, said) = answer(&portal, &label.to_string()).await;
    for said in [html, said.to_string()] {
        assert!(!said.contains("F0001") && !said.contains("201室"), "{said}");
    }
}

#[tokio::test]
async fn q2_a_withdrawn_label_says_when_and_why_and_is_gone() {
    let place = place();
    let host = own_host(&place);
    let (label, home) = (issued(&place, PARCEL, &host), issued(&place, HOME, &host));
    let portal = place.serve();
    let no_text = run(&place, &["withdraw", "1", "--reason", "标牌\u{202E}遗失"]);
    assert!(!no_text.status.success() && said(&no_text).contains("the reason is one line"));
    // While the portal runs.
    for serial in ["1", "2"] {
        let done = run(&place, &["withdraw", serial, "--reason", "标牌遗失 <b>"]);
        assert!(done.status.success(), "{}", said(&done));
    }
    let (status, html) = page(&portal, &format!("/l/{label}"), "zh").await;
    assert_eq!(status, 410);
    assert!(html.contains("此标签已作废，请勿采信") && html.contains("标牌遗失 &lt;b&gt;"));
    let (status, html) = page(&portal, &format!("/l/{label}"), "en").await;
    assert_eq!(status, 410);
    assert!(html.contains("do not rely on it"));
    let (status, said) = answer(&portal, &label.to_string()).await;
    assert_eq!((status, &said["answer"]), (410, &json!("withdrawn")));
    assert_eq!(said["reason"], "标牌遗失 <b>");
    assert!(said["withdrawn_at"].is_string());
    let (status, said) = answer(&portal, &home.to_string()).await;
    assert_eq!(status, 410);
    assert!(said.get("code").is_none() && said.get("unit_masked").is_none(), "{said}");
    // Once is for good, and it is not printed again.
    assert!(run(&place, &["withdraw", "1", "--reason", "other"]).status.success());
    assert_eq!(answer(&portal, &label.to_string()).await.1["reason"], "标牌遗失 <b>");
    let again = text(&place.path("again.svg"));
    assert!(!run(&place, &["reprint", "1", "-o", &again]).status.success());
    assert!(!run(&place, &["withdraw", "9", "--reason", "no such"]).status.success());
}

#[tokio::test]
async fn q2_a_forged_or_altered_label_is_not_ours() {
    let place = place();
    let label = issued(&place, PARCEL, &own_host(&place)).to_string();
    let home = issued(&place, HOME, &own_host(&place)).to_string();
    let portal = place.serve();
    for label in [&label, &home] {
        for at in 0..label.len() {
            let now = label.as_bytes()[at];
            // Every other character is tried where no connection is needed, in `domain::label`.
            let other = if now == b'2' { '3' } else { '2' };
            let mut altered = label.clone();
            altered.replace_range(at..=at, &other.to_string());
            let (status, said) = answer(&portal, &altered).await;
            assert_eq!((status, &said["answer"]), (404, &json!("not_issued")), "{altered}");
        }
    }
    let (head, _) = label.rsplit_once('-').unwrap();
    for forged in [
        format!("{head}-0000000000000000"),
        format!("{head}-K7Q2M9XWPT4C0Z8V"),
        head.to_owned(),
        PARCEL.to_owned(),
        "nonsense".to_owned(),
        "%00".to_owned(),
    ] {
        foreign(&portal, &forged).await;
    }
}

#[tokio::test]
async fn q2_a_sealed_label_that_was_never_issued_is_not_ours() {
    use domain::label::{KeyId, Subject};
    let place = place();
    let host = own_host(&place);
    let genuine = issued(&place, PARCEL, &host);
    let portal = place.serve();
    // Whoever has the key still cannot invent a number, or move one to another place.
    let ring = keys::label_keys::read(&place.path("data")).unwrap();
    let sealed = |code: &str, serial| {
        let parsed = domain::LandCode::parse(code, domain::code::Strictness::Issue).unwrap();
        let subject = Subject::Place { code: parsed.code, serial };
        LabelText::seal(subject, &host, &KeyId::first(), &ring).unwrap().to_string()
    };
    assert_eq!(sealed(PARCEL, 1), genuine.to_string());
    foreign(&portal, &sealed(PARCEL, 2)).await;
    foreign(&portal, &sealed("330521001001GB00002", 1)).await;
}

#[tokio::test]
async fn q2_a_label_replayed_on_another_host_is_not_ours() {
    let place = place();
    let elsewhere = issued(&place, PARCEL, "other.example.gov.cn");
    let here = issued(&place, PARCEL, &own_host(&place)).to_string();
    let portal = place.serve();
    foreign(&portal, &elsewhere.to_string()).await;
    let asked = client()
        .get(format!("{}/api/v1/labels/{here}", portal.address))
        .header("host", "evil.example");
    assert_eq!(asked.send().await.unwrap().status(), 404);
    // And no label leads away.
    for path in ["/L//evil.example", "/L/%2F%2Fevil.example", "/l/..%2F..%2Fevil.example"] {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        match response.headers().get("location") {
            Some(to) => assert!(to.to_str().unwrap().starts_with("/l/"), "{path} → {to:?}"),
            None => assert_eq!(response.status(), 404, "{path}"),
        }
    }
}

#[tokio::test]
async fn q2_a_rotated_key_goes_on_and_a_retired_one_ends_at_once() {
    let place = place();
    let host = own_host(&place);
    let old = issued(&place, PARCEL, &host);
    let portal = place.serve();
    assert!(run(&place, &["rotate-key"]).status.success());
    let new = issued(&place, PARCEL, &host);
    assert_eq!((old.key.as_str(), new.key.as_str()), ("A", "B"));
    for label in [&old, &new] {
        assert_eq!(answer(&portal, &label.to_string()).await.0, 200, "{label}");
    }
    assert!(run(&place, &["retire-key", "A"]).status.success());
    foreign(&portal, &old.to_string()).await;
    assert_eq!(answer(&portal, &new.to_string()).await.0, 200);
    let list = said(&run(&place, &["list"]));
    let standing: Vec<&str> = list.lines().filter_map(|line| line.rsplit('\t').next()).collect();
    assert_eq!(
        standing,
        ["not genuine any more: its key A is retired; issue a new one", "in use"],
        "{list}"
    );
    let again = run(&place, &["reprint", "1", "-o", &text(&place.path("again.svg"))]);
    assert!(!again.status.success() && said(&again).contains("key A, which is retired"));
    assert!(said(&again).contains("jianma label CODE -o FILE"), "the remedy: {}", said(&again));
    assert!(!place.path("again.svg").exists());
    assert!(!run(&place, &["retire-key", "C"]).status.success());
    assert!(run(&place, &["retire-key", "b"]).status.success());
    let file = text(&place.path("none.svg"));
    let done = run(&place, &[PARCEL, "-o", &file, "--host", &host]);
    assert!(said(&done).contains("rotate-key"), "{}", said(&done));
}

#[tokio::test]
async fn what_may_not_be_labelled_is_refused_before_a_number_is_given() {
    let place = place();
    let file = text(&place.path("label.svg"));
    let refused = |arguments: &[&str]| {
        let done = run(&place, arguments);
        assert_eq!(done.status.code(), Some(1), "{arguments:?}: {}", said(&done));
        said(&done)
    };
    let host = ["--host", "portal.example.gov.cn"];
    let issue = |code: &str| refused(&[&[PARCEL, code, "-o", &file], &host[..]].concat());
    // P5: a classified place and one that does not exist are refused in the same words.
    assert_eq!(issue(CLASSIFIED).replace(CLASSIFIED, UNKNOWN), issue(UNKNOWN));
    // C2: strict when issuing, with the place of the fault.
    assert!(issue("330521001001GB00000").contains("character 15"));
    assert!(issue("330521001001XB00001").contains("character 13"));
    assert!(refused(&[PARCEL, "-o", &file]).contains("--host"), "points to nowhere");
    assert!(refused(&[PARCEL, "-o", &file, "--host", "a b"]).contains("a b"));
    let wrong = text(&place.path("label.gif"));
    assert!(refused(&[&[PARCEL, "-o", &wrong], &host[..]].concat()).contains(".pdf"));
    let small = refused(&[&[PARCEL, "-o", &file, "--side", "5"], &host[..]].concat());
    assert!(small.contains("20"), "{small}");
    assert!(!place.path("label.svg").exists());
    let none = "jianma: no label was issued yet\n";
    assert_eq!(said(&run(&place, &["list"])), none, "a number was given");
}

#[tokio::test]
async fn q1_a_label_of_real_land_names_who_answers_for_it() {
    let place = place();
    let mapping = MAPPING.replace("demonstration = true", "demonstration = false");
    std::fs::write(place.path("labelled.toml"), mapping).unwrap();
    let [data, mapping, land, units] =
        ["data", "labelled.toml", "land.geojson", "units.geojson"].map(|it| text(&place.path(it)));
    let head = ["import", "--data", &data, "--mapping", &mapping, "--allow", "shared-codes"];
    let done = place.jianma(&[&head[..], &[&land, &units]].concat());
    assert!(done.status.success(), "{}", said(&done));
    let file = text(&place.path("label.svg"));
    let issue = [PARCEL, "-o", &file, "--host", "portal.example.gov.cn"];
    let refused = said(&run(&place, &issue));
    assert!(refused.contains("--issuer") && refused.contains("operator"), "{refused}");
    let named = said(&run(&place, &[&issue[..], &["--issuer", "某县不动产登记中心"]].concat()));
    assert!(!named.contains("--issuer"), "{named}");
    assert!(!named.contains("待定"), "{named}");
}

#[tokio::test]
async fn sheets_files_and_reprints_come_as_asked() {
    let place = place();
    let list = place.path("codes.txt");
    std::fs::write(&list, format!("# gates\n\n{PARCEL}\n330521 001001 ge00004\n")).unwrap();
    let more = "[site]\nhost = \"Portal.Example.gov.cn\"\noperator = { zh = \"德清局\", en = \"Deqing bureau\" }\n";
    place.configure("http://127.0.0.1:9", more);
    let (list, config) = (text(&list), text(&place.path("jianma.toml")));
    let issue = |name: &str, sheet: &[&str]| {
        let file = text(&place.path(name));
        let rest = ["--from", &list, "-o", &file, "--config", &config];
        let done = run(&place, &[&rest[..], sheet].concat());
        assert!(done.status.success(), "{}", said(&done));
        assert!(!said(&done).contains("trials"), "{}", said(&done));
    };
    issue("sheet.pdf", &["--sheet", "a4"]);
    assert!(std::fs::read(place.path("sheet.pdf")).unwrap().starts_with(b"%PDF-"));
    issue("gate.png", &[]);
    let addresses = [1, 2].map(|at| scanned(&place.path(&format!("gate-{at}.png"))));
    assert!(
        addresses[0].starts_with(&format!("HTTPS://PORTAL.EXAMPLE.GOV.CN/L/{PARCEL}-A-0000003-"))
    );
    assert!(addresses[1].contains("/L/330521001001GE00004-A-0000004-"), "{}", addresses[1]);
    let again = text(&place.path("again.png"));
    assert!(run(&place, &["reprint", "3", "-o", &again]).status.success());
    let bytes = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(bytes("again.png"), bytes("gate-1.png"), "printed again, it is the same");
    assert_eq!(said(&run(&place, &["list"])).lines().count(), 4);
}
