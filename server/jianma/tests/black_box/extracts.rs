//! Extracts of places: taken from a portal as a file and as a document, checked without it, brought back to it, and
//! looked up by the code of a printed one.

use std::{fs, time::Instant};

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::verdicts::{ENGLISH, brought, example, judged_by_own_rules, verified};
use crate::harness::{PortalFolder, Running, client};

const SAME: &str = "the pages of the PDF are what this program draws";

async fn taken(portal: &Running, ending: &str, language: &str) -> Vec<u8> {
    let address = format!("{}/c/{}/extract.{ending}", portal.address, example(0));
    let cookie = format!("jm_lang={language}");
    let response = client().get(address).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(kind, format!("application/{ending}"));
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains(&format!("{}.extract.{ending}", example(0))), "{name}");
    response.bytes().await.unwrap().to_vec()
}

async fn keys(place: &PortalFolder, portal: &Running) {
    let address = format!("{}/.well-known/jianma-keys.json", portal.address);
    let text = client().get(address).send().await.unwrap().text().await.unwrap();
    fs::write(place.path("keys.json"), text).unwrap();
}

async fn page(portal: &Running, path: &str) -> (u16, String) {
    let request = client().get(format!("{}{path}", portal.address));
    let response = request.header("cookie", "jm_lang=en").send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn chosen(bytes: &[u8]) -> Form {
    let file = Part::bytes(bytes.to_vec()).file_name("one.extract");
    Form::new().part("file", file).text("verdict", "")
}

#[tokio::test]
async fn p9_an_extract_is_one_object_in_two_files_and_is_checked_with_and_without_the_portal() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let text = taken(&portal, "json", "en").await;
    keys(&place, &portal).await;
    let object: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(
        (&object["format"], &object["format_version"]),
        (&"jianma-extract".into(), &1.into())
    );

    // The API says the same three lists of the same code.
    let api = format!("{}/api/v1/parcels/{}/restrictions", portal.address, example(0));
    let api: Value = client().get(api).send().await.unwrap().json().await.unwrap();
    let lists = &object["extract"]["restrictions"];
    for (own, other) in
        [("concerned", "concerned"), ("not_concerned", "not_concerned"), ("unknown", "no_data")]
    {
        let own: Vec<&Value> = lists[own].as_array().unwrap().iter().map(|it| &it["id"]).collect();
        let other = api[other].as_array().unwrap().iter();
        assert_eq!(own, other.map(|it| &it["theme"]["id"]).collect::<Vec<_>>());
    }
    assert_eq!(object["extract"]["data"]["version"], api["data_version"]);

    fs::write(place.path("one.extract.json"), &text).unwrap();
    let file = ["one.extract.json", "--keys", "keys.json"];
    let (code, said) = verified(&place, ENGLISH, &file);
    assert_eq!((code, said.contains("genuine: signed")), (Some(0), true), "{said}");
    let (code, said) = verified(&place, "zh_CN.UTF-8", &file);
    assert_eq!((code, said.contains("的摘录")), (Some(0), true), "{said}");
    fs::write(place.path("one.extract.json"), &text[..text.len() / 2]).unwrap();
    let (code, said) = verified(&place, ENGLISH, &file);
    assert_eq!((code, said.contains("CUT SHORT")), (Some(1), true), "{said}");

    for language in ["zh", "en"] {
        let begun = Instant::now();
        let pdf = taken(&portal, "pdf", language).await;
        println!("{language}: {} bytes, {:?}; json {}", pdf.len(), begun.elapsed(), text.len());
        // A form of 256 KiB holds it, unless a portal is configured otherwise, or it could not be brought back.
        assert!(pdf.len() < 252 * 1024, "{} bytes", pdf.len());
        if let Some(folder) = std::env::var_os("JIANMA_EXTRACTS") {
            fs::write(std::path::Path::new(&folder).join(format!("{language}.pdf")), &pdf).unwrap();
            fs::write(std::path::Path::new(&folder).join("one.json"), &text).unwrap();
        }
        let inside: Value =
            serde_json::from_slice(&::paper::attached(&pdf, 1 << 20).unwrap()).unwrap();
        assert_eq!(inside["extract"], object["extract"], "PDF and JSON say the same");
        fs::write(place.path("one.extract.pdf"), &pdf).unwrap();
        let (code, said) = verified(&place, ENGLISH, &["one.extract.pdf", "--keys", "keys.json"]);
        assert_eq!((code, said.contains(SAME)), (Some(0), true), "{said}");
        let (status, answer) = brought(&portal, chosen(&pdf)).await;
        assert_eq!((status, answer.contains("Genuine, and current.")), (200, true), "{answer}");
        // What is attached may be whole where the pages behind it are not.
        for (left, said) in
            [(pdf.len() - 2_000, "are not what this portal draws"), (900, "its end is missing")]
        {
            let (_, answer) = brought(&portal, chosen(&pdf[..left])).await;
            assert!(answer.contains(said), "{answer}");
        }
    }

    let altered =
        String::from_utf8(text.clone()).unwrap().replacen("\"share\":0", "\"share\":1", 1);
    for (file, words) in [
        (&text[..], "Genuine, and current."),
        (altered.as_bytes(), "Not genuine: it does not match its signature"),
        (&text[..text.len() - 1], "its end is missing"),
    ] {
        let (status, answer) = brought(&portal, chosen(file)).await;
        assert_eq!((status, answer.contains(words)), (200, true), "{words}: {answer}");
    }

    // The code of a printed one.
    let stub = object["stub"].as_str().unwrap();
    let (status, answer) = page(&portal, &format!("/verify/{stub}")).await;
    assert_eq!((status, answer.contains("Genuine, and current.")), (200, true), "{answer}");
    let other = stub.replacen(&example(0), &example(2), 1);
    let (_, answer) = page(&portal, &format!("/verify/{other}")).await;
    assert!(answer.contains("Not genuine"), "{answer}");
    let half = format!("/verify/{}", &stub[..stub.len() / 2]);
    for none in ["/verify/words", half.as_str()] {
        let (status, answer) = page(&portal, none).await;
        let told = answer.contains("This is no code of an extract, or not all of it was read.");
        assert_eq!((status, told), (200, true), "{none}: {answer}");
    }
    // What is no text leads to a page, as elsewhere.
    let (status, answer) = page(&portal, "/verify/%FF").await;
    assert_eq!((status, answer.contains("<h1")), (404, true), "{answer}");

    // The same data are published again: another version took the place of the extract's.
    drop(portal);
    let output = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(output.status.success(), "{output:?}");
    let portal = place.serve();
    let (_, answer) = page(&portal, &format!("/verify/{stub}")).await;
    assert!(answer.contains("Genuine, and superseded since"), "{answer}");
    let (_, answer) = brought(&portal, chosen(&text)).await;
    assert!(answer.contains("Genuine, and superseded since"), "{answer}");
}

#[tokio::test]
async fn p5_of_what_is_not_told_there_is_no_extract_and_all_say_it_alike() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let (nothing, none) = page(&portal, "/c/330521001009GB00077/extract.json").await;
    assert_eq!(nothing, 404, "{none}");
    // A unit that units are not told of: the parcel's, alike for every number.
    let code = example(0);
    let unit = async |number: u32| {
        let path = format!("/c/{code}F{number:08}/extract.json");
        let (status, text) = page(&portal, &path).await;
        assert_eq!(status, 200, "{text}");
        let read: Value = serde_json::from_str(&text).unwrap();
        read["extract"].clone()
    };
    assert_eq!(unit(19_999).await, unit(19_998).await);
    let (status, profile) = page(&portal, &format!("/c/{code}")).await;
    let links = ["pdf", "json"].map(|ending| format!("/c/{code}/extract.{ending}"));
    assert!(status == 200 && links.iter().all(|link| profile.contains(link)), "plain links");
}
