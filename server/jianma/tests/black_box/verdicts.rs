//! Verdicts as files: taken from a portal, checked without it, and brought back to it.

use std::{fs, path::Path, process::Command};

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::harness::{PortalFolder, Running, UNLIMITED, client};

/// A shop on the main street of the demonstration.
pub fn example(at: usize) -> String {
    demo_district::examples()[at].0.parcel().as_str().to_owned()
}

/// A portal with the demonstration and rules of an operator, of one edition.
pub fn judged_by_own_rules() -> PortalFolder {
    let place = PortalFolder::empty();
    let output = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(output.status.success(), "{output:?}");
    let more = format!("[suitability]\nrules = \"rules\"\n{UNLIMITED}");
    place.configure("http://127.0.0.1:9", &more);
    edition(&place, "2026-11-29", |_, text| text);
    place
}

/// An edition of the rules of Zhejiang in the operator's folder, with other texts.
fn edition(place: &PortalFolder, date: &str, change: impl Fn(&str, String) -> String) {
    let own = "../../domain/data/rules/zhejiang/2026-11-29";
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(own);
    let folder = place.path("rules/zhejiang").join(date);
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = file.file_name().into_string().unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let text = text.replace("date = \"2026-11-29\"", &format!("date = \"{date}\""));
        fs::write(folder.join(&name), change(&name, text)).unwrap();
    }
}

async fn text_of(address: String) -> (u16, String, String) {
    let response = client().get(address).send().await.unwrap();
    let status = response.status().as_u16();
    let header = response.headers().get("content-disposition");
    let name = header.map_or("", |value| value.to_str().unwrap()).to_owned();
    (status, name, response.text().await.unwrap())
}

/// What is asked of it.
pub fn question() -> String {
    format!("use=zhejiang.cafe&code={}&a.builds=no", example(0))
}

/// Takes a verdict away, and the portal's public keys, into files of the folder.
pub async fn taken(place: &PortalFolder, portal: &Running) -> String {
    let query = question();
    let file = format!("{}/sites/verdict.json?{query}", portal.address);
    let (status, name, text) = text_of(file).await;
    assert_eq!(status, 200, "{text}");
    assert!(name.starts_with("attachment; filename=") && name.contains(&example(0)), "{name}");
    fs::write(place.path("one.verdict.json"), &text).unwrap();
    let (status, _, keys) =
        text_of(format!("{}/.well-known/jianma-keys.json", portal.address)).await;
    assert_eq!(status, 200, "{keys}");
    fs::write(place.path("keys.json"), keys).unwrap();
    text
}

/// The code that `jianma verify` ends with, and what it says, in a language.
pub fn verified(place: &PortalFolder, language: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jianma"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", language);
    command.arg("verify").args(arguments).current_dir(place.path(""));
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), text.concat())
}

pub const ENGLISH: &str = "en_GB.UTF-8";
const FILE: [&str; 3] = ["one.verdict.json", "--keys", "keys.json"];

#[tokio::test]
async fn sites_s6_a_stranger_checks_a_verdict_without_the_portal() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let text = taken(&place, &portal).await;
    assert!(text.contains(r#""issuer":{"host":"","#), "nobody's `Host` is signed: {text}");
    assert_eq!(portal.terminate(), Some(0));
    let rules = [&FILE[..], &["--rules", "rules"]].concat();
    let (code, said) = verified(&place, ENGLISH, &rules);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("genuine: signed") && said.contains("the same, to the byte"), "{said}");
    assert!(!said.contains("rules of today"), "no other rules count: {said}");
    for words in [
        "answered by the applicant, checked by nobody:",
        "Will anything be built, rebuilt or enlarged? no",
        "is for review",
        "decides nothing",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let (code, said) = verified(&place, "zh_CN.UTF-8", &rules);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("真实：签名时间") && said.contains("逐字节相同"), "{said}");
    for words in ["申请人的回答，未经核实：", "构筑物吗？ 否", "参考信息，不是行政决定"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }

    // Three editions later: the one of before is reached again, and what counts today is said apart.
    edition(&place, "2026-11-30", |_, text| text);
    for (date, changed) in [("2026-12-01", "一"), ("2026-12-02", "二")] {
        edition(&place, date, |name, text| {
            if name == "set.toml" { format!("{text}\n# {changed}\n") } else { text }
        });
    }
    let (code, said) = verified(&place, ENGLISH, &rules);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("by the rules zhejiang 2026-11-29: the same, to the byte"), "{said}");
    assert!(said.contains("by the rules of today, zhejiang 2026-1"), "{said}");

    // One character.
    fs::write(place.path("altered.json"), text.replacen("cafe", "cafd", 1)).unwrap();
    let (code, said) = verified(&place, ENGLISH, &["altered.json", "--keys", "keys.json"]);
    assert_eq!((code, said.contains("NOT GENUINE")), (Some(1), true), "{said}");
    // No keys, other keys, no verdict.
    let (code, said) = verified(&place, ENGLISH, &["one.verdict.json"]);
    assert_eq!((code, said.contains("--keys")), (Some(3), true), "{said}");
    fs::write(place.path("none.json"), r#"{"keys":[]}"#).unwrap();
    let (code, said) = verified(&place, ENGLISH, &["one.verdict.json", "--key", "none.json"]);
    assert_eq!((code, said.contains("not among the keys")), (Some(3), true), "{said}");
    let (code, said) = verified(&place, ENGLISH, &["keys.json", "--keys", "keys.json"]);
    assert_eq!((code, said.contains("no verdict")), (Some(1), true), "{said}");
    let (code, said) = verified(&place, ENGLISH, &["nowhere.json", "--keys", "keys.json"]);
    assert_eq!((code, said.contains("nowhere.json")), (Some(1), true), "{said}");
}

#[tokio::test]
async fn sites_s6_a_verdict_whose_rules_are_not_here_is_genuine_and_not_reached_again() {
    let place = judged_by_own_rules();
    edition(&place, "2026-11-29", |name, text| match name {
        "set.toml" => format!("{text}\n# of an operator\n"),
        _ => text,
    });
    let portal = place.serve();
    taken(&place, &portal).await;
    let (code, said) = verified(&place, ENGLISH, &FILE);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("genuine: signed") && said.contains("name their folder"), "{said}");
    let rules = [&FILE[..], &["--rules", "rules"]].concat();
    assert_eq!(verified(&place, ENGLISH, &rules).0, Some(0));
}

pub async fn brought(portal: &Running, form: Form) -> (u16, String) {
    let response = client()
        .post(format!("{}/verify", portal.address))
        .header("cookie", "jm_lang=en")
        .multipart(form)
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn chosen(text: &str) -> Form {
    let file = Part::bytes(text.as_bytes().to_vec()).file_name("one.verdict.json");
    Form::new().part("file", file).text("verdict", "")
}

#[tokio::test]
async fn sites_s6_the_page_tells_what_a_file_is_that_is_brought_back() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let text = taken(&place, &portal).await;
    for form in [chosen(&text), Form::new().text("file", "").text("verdict", format!("{text}\r\n"))]
    {
        let (status, page) = brought(&portal, form).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("Genuine. Today’s answer is the same."), "{page}");
        assert!(page.contains("the verdict is exactly the same"), "{page}");
    }
    let at = text.rfind("\"key\":\"").unwrap() + 7;
    let other = format!("{}{}{}", &text[..at], "A".repeat(43), &text[at + 43..]);
    for (text, words) in [
        (text.replacen("cafe", "cafd", 1), "Not genuine: it does not match its signature"),
        (other, "Not from this portal"),
        (text.replacen("\"key\":\"", "\"key\":\"A", 1), "not a verdict file"),
        ("{}".to_owned(), "not a verdict file"),
    ] {
        let (status, page) = brought(&portal, chosen(&text)).await;
        assert_eq!((status, page.contains(words)), (200, true), "{words}: {page}");
    }
    let (status, page) = brought(&portal, chosen(" ")).await;
    assert_eq!((status, page.contains("error-summary")), (422, true), "{page}");
    let (status, _) = brought(&portal, chosen(&"x".repeat(300_000))).await;
    assert_eq!(status, 413);
    drop(portal);

    // Rules that count since then: the answer of today is said beside the one of the file.
    edition(&place, "2026-11-30", |name, text| match name {
        "set.toml" => format!("{text}\n# a later edition\n"),
        _ => text,
    });
    let portal = place.serve();
    let (status, page) = brought(&portal, chosen(&text)).await;
    assert_eq!(status, 200);
    assert!(page.contains("Genuine") && page.contains("in use since 30 November 2026"), "{page}");
    // The key is given up: nothing that it signed is to be relied on.
    let keys: Value =
        serde_json::from_str(&fs::read_to_string(place.path("keys.json")).unwrap()).unwrap();
    let name = keys["keys"][0]["kid"].as_str().unwrap();
    let data = place.text("data");
    let output = place.jianma(&["keys", "rotate-signing", "--data", &data]);
    assert!(output.status.success(), "{output:?}");
    let unknown = place.jianma(&["keys", "revoke-signing", "-Cx", "--data", &data]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(!unknown.status.success() && said.contains("there is no key \"-Cx\""), "{said}");
    let output = place.jianma(&["keys", "revoke-signing", name, "--data", &data]);
    assert!(output.status.success(), "{output:?}");
    let (_, page) = brought(&portal, chosen(&text)).await;
    assert!(page.contains("Do not rely on it: the key"), "{page}");
    let (status, _, now) =
        text_of(format!("{}/.well-known/jianma-keys.json", portal.address)).await;
    let now: Value = serde_json::from_str(&now).unwrap();
    assert_eq!((status, now["keys"].as_array().unwrap().len()), (200, 2), "{now}");
    assert!(now["keys"][0]["revoked_at"].is_string() && now["keys"][1]["revoked_at"].is_null());
    let public = place.jianma(&["keys", "public", "--data", &data]);
    assert_eq!(serde_json::from_slice::<Value>(&public.stdout).unwrap(), now);
    let again = taken(&place, &portal).await;
    assert!(
        again.contains(now["keys"][1]["kid"].as_str().unwrap()),
        "the running portal signs anew"
    );
}

#[tokio::test]
async fn sites_s6_the_api_signs_what_is_asked_for_and_a_question_that_is_none_leads_to_the_page() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let sites = [example(0), example(2), "330521001009GB00077".to_owned()];
    let ask = |signed: bool| json!({ "use": "cafe", "sites": sites, "signed": signed });
    let post = async |body: Value| -> Value {
        let request = client().post(format!("{}/api/v1/suitability", portal.address)).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    };
    let plain = post(ask(false)).await;
    assert!(plain["sites"].as_array().unwrap().iter().all(|site| site.get("signed").is_none()));
    let told = post(ask(true)).await;
    taken(&place, &portal).await;
    for site in &told["sites"].as_array().unwrap()[..2] {
        fs::write(place.path("api.json"), site["signed"].as_str().unwrap()).unwrap();
        let arguments = ["api.json", "--keys", "keys.json", "--rules", "rules"];
        let (code, said) = verified(&place, ENGLISH, &arguments);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(site["code"].as_str().unwrap()), "{said}");
    }
    assert!(told["sites"][2].get("signed").is_none(), "nothing is signed of nothing");
    for query in [
        "code=x&what=cafe".to_owned(),
        format!("use=zhejiang.cafe&code={}", sites[2]),
        format!("use=zhejiang.cafe&code={}&code={}", sites[0], sites[1]),
    ] {
        let address = format!("{}/sites/verdict.json?{query}", portal.address);
        let response = client().get(address).send().await.unwrap();
        assert_eq!(response.status(), 303);
        assert_eq!(response.headers()["location"], *format!("/sites?{query}"));
    }
}
