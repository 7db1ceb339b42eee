//! Open311 GeoReport v2 asked as its clients do.

use domain::digest::hex_digest;
use serde_json::json;

use super::{
    harness::{Answer, Web},
    land::{CLASSIFIED, FORMER, HERE},
};
use crate::settings::{Open311Client, Open311Config};

const KEY: &str = "key-of-the-app";
const REQUESTS: &str = "/open311/v2/requests.json";

fn web() -> Web {
    Web::set(|settings| {
        let client = |key: &str| Open311Client { key_sha256: hex_digest(key.as_bytes()) };
        settings.open311 = Some(Open311Config {
            jurisdiction_id: "deqing.example".into(),
            clients: [("app".into(), client(KEY)), ("other".into(), client("other-key"))].into(),
        });
    })
}

/// A report that is taken, at a point in [`HERE`].
const REPORT: [(&str, &str); 7] = [
    ("api_key", KEY),
    ("service_code", "violation-report"),
    ("lat", "30.5405"),
    ("long", "119.9705"),
    ("description", "有人在田里盖房子"),
    ("attribute[kind_of_violation]", "farmland"),
    ("attribute[consent]", "yes"),
];

/// The report with other fields; an empty one goes.
fn report<'f>(other: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let kept = REPORT.into_iter().filter(|(name, _)| !other.iter().any(|(one, _)| one == name));
    kept.chain(other.iter().copied()).filter(|(_, text)| !text.is_empty()).collect()
}

fn is_error(answer: &Answer, status: u16, says: &str) {
    assert_eq!((answer.status, answer.kind()), (status, "application/json; charset=utf-8"));
    let errors = answer.json();
    let all = errors.as_array().unwrap();
    assert!(all.iter().all(|error| error["code"] == status), "{errors}");
    assert!(answer.text().contains(says), "{says}: {errors}");
}

#[tokio::test]
async fn s13_offers_the_services_by_which_something_is_reported_with_their_questions() {
    let web = web();
    let list = web.get("/open311/v2/services.json?jurisdiction_id=deqing.example").await;
    assert_eq!(list.status, 200);
    let codes: Vec<_> =
        list.json().as_array().unwrap().iter().map(|one| one["service_code"].clone()).collect();
    assert_eq!(codes, ["data-correction", "violation-report"]);
    let xml = web.get("/open311/v2/services.xml").await;
    assert_eq!((xml.status, xml.kind()), (200, "text/xml; charset=utf-8"));
    assert!(
        xml.text().starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><services><service>")
    );
    let questions = web.get("/open311/v2/services/violation-report.json").await.json();
    let attributes = questions["attributes"].as_array().unwrap();
    let kind = &attributes[0];
    assert_eq!(
        (&kind["code"], &kind["datatype"], &kind["required"]),
        (&json!("kind_of_violation"), &json!("singlevaluelist"), &json!(true))
    );
    assert_eq!(kind["values"][0]["key"], "farmland");
    for path in ["services/transfer-registration.json", "services/no-such.json"] {
        is_error(&web.get(&format!("/open311/v2/{path}")).await, 404, "service_code");
    }
    let elsewhere = web.get("/open311/v2/services.json?jurisdiction_id=elsewhere").await;
    is_error(&elsewhere, 404, "jurisdiction_id");
    let silent = Web::open();
    for path in ["services.json", "services/violation-report.json", "requests.json"] {
        is_error(&silent.get(&format!("/open311/v2/{path}")).await, 404, "Open311");
    }
    is_error(&silent.post(REQUESTS, &[], &REPORT).await, 404, "Open311");
}

#[tokio::test]
async fn s13_a_report_is_kept_once_and_followed_by_its_id_alone() {
    let web = web();
    let sent = report(&[("device_id", "phone-1")]);
    let taken = web.post(REQUESTS, &[], &sent).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    assert_eq!(taken.header("cache-control"), "no-store");
    let id = taken.json()[0]["service_request_id"].as_str().unwrap().to_owned();
    // An answer was lost, and the same is sent again: also in the other format.
    let again = web.post("/open311/v2/requests.xml", &[], &sent).await;
    assert_eq!(again.status, 200);
    assert!(again.text().contains(&format!("<service_request_id>{id}</service_request_id>")));
    // Of people whom their client does not tell apart, the same words are two reports.
    let another = web.post(REQUESTS, &[], &REPORT).await;
    assert_eq!(another.status, 201);
    assert_ne!(another.json()[0]["service_request_id"], id.as_str());
    // The same words of another client are another report.
    let other = web.post(REQUESTS, &[], &report(&[("api_key", "other-key")])).await;
    assert_eq!(other.status, 201);
    assert_ne!(other.json()[0]["service_request_id"], id.as_str());

    let (number, secret) = id.rsplit_once('-').unwrap();
    let bearer = format!("Bearer {secret}");
    let own = web
        .get_with(&format!("/api/v1/requests/{number}/data"), &[("authorization", &bearer)])
        .await;
    let own = own.json();
    assert_eq!((&own["item"], &own["code"]), (&json!("violation-report"), &json!(HERE)));
    assert_eq!(own["answers"]["what_happened"], "有人在田里盖房子");

    let status = web.get(&format!("/open311/v2/requests/{id}.json")).await;
    assert_eq!(status.status, 200);
    let told = status.json()[0].clone();
    assert_eq!(
        (&told["status"], &told["service_code"]),
        (&json!("open"), &json!("violation-report"))
    );
    assert_eq!(told["requested_datetime"], "2026-11-22T04:00:00Z");
    for hidden in ["有人在田里盖房子", HERE] {
        assert!(!status.text().contains(hidden), "{hidden}");
    }
    let xml = web.get(&format!("/open311/v2/requests/{id}.xml")).await;
    assert!(
        xml.text().contains("<service_requests><request><service_request_id>"),
        "{}",
        xml.text()
    );
    // The number alone opens nothing, nor does another's secret; nothing is listed.
    for wrong in [number.to_owned(), format!("{number}-ABCD2345WXYZ"), "1".to_owned()] {
        is_error(
            &web.get(&format!("/open311/v2/requests/{wrong}.json")).await,
            404,
            "no such report",
        );
    }
    for query in ["", "?service_request_id=1", "?api_key=key-of-the-app"] {
        is_error(&web.get(&format!("{REQUESTS}{query}")).await, 403, "not listed");
    }
}

#[tokio::test]
async fn s13_a_report_is_checked_as_every_request_is_and_errors_name_what_is_wrong() {
    let web = web();
    for (fields, status, says) in [
        (&[("api_key", "")][..], 403, "api_key"),
        (&[("api_key", "guessed")], 403, "api_key"),
        (&[("service_code", "")], 400, "service_code"),
        (&[("service_code", "transfer-registration")], 404, "service_code"),
        (&[("jurisdiction_id", "elsewhere")], 404, "jurisdiction_id"),
        (&[("description", "")], 400, "attribute[what_happened]: missing"),
        (&[("attribute[consent]", "")], 400, "attribute[consent]: missing"),
        (
            &[("attribute[kind_of_violation]", "x")],
            400,
            "attribute[kind_of_violation]: not an option",
        ),
        (&[("attribute[no_such]", "x")], 400, "no such attribute"),
        (&[("phone", "12")], 400, "attribute[applicant_phone]: not a phone"),
        (&[("lat", "")], 400, "come together"),
        (&[("lat", "north")], 400, "decimal degrees"),
        (&[("lat", "95")], 400, "decimal degrees"),
        (&[("lat", ""), ("long", "")], 400, "address_string"),
        // Out of everything, on what is classified, and beside the parcel.
        (&[("lat", "10")], 400, "in no parcel"),
        (&[("lat", "30.5605"), ("long", "119.9905")], 400, "in no parcel"),
        (&[("lat", "30.5450")], 400, "in no parcel"),
        (&[("address_id", "123")], 400, "parcel code"),
        (&[("address_id", CLASSIFIED)], 400, "no such place"),
        (&[("address_id", FORMER)], 400, "has ended"),
        (
            &[("lat", ""), ("long", ""), ("address_string", "月球路 1 号")],
            400,
            "leads to no parcel",
        ),
    ] {
        is_error(&web.post(REQUESTS, &[], &report(fields)).await, status, says);
    }
    for fields in [
        &[("address_id", HERE)][..],
        &[("lat", ""), ("long", ""), ("address_string", HERE)],
        &[("lat", ""), ("long", ""), ("address_string", "演示路 1 号")],
    ] {
        let taken = web.post(REQUESTS, &[], &report(fields)).await;
        assert_eq!(taken.status, 201, "{fields:?}: {}", taken.text());
    }
    let photo = web.post(REQUESTS, &[], &report(&[("media_url", "https://x.example/1.jpg")])).await;
    assert!(photo.text().contains("media_url was not kept"), "{}", photo.text());
}
