//! Outlines through the API and as forms.

use axum::http::Method;
use domain::Clock as _;
use geo::MultiPolygon;
use serde_json::{Value, json};
use service::suitability::Rules;
use store::{Imports, LayerToStore, RestrictionFeature};
use testkit::{dataset, layer, parcel, parcel_code, square, trial_rules};

use super::harness::{Noon, Web};

/// Farmland over the western half of a hundredth of a degree.
pub(super) fn open(policy: &str) -> Web {
    let rules = Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap();
    let web = Web::judging(|_| {}, rules);
    let dataset = domain::dataset::DatasetInfo { policy: policy.into(), ..dataset("small") };
    let mut writer = web.store.begin_import(&dataset).unwrap();
    for theme in ["permanent_basic_farmland", "wetland"] {
        let info = layer(&theme.replace('_', "-"), theme);
        writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    }
    let feature = RestrictionFeature {
        id: "1".into(),
        label: domain::Localized::same("field"),
        outline: MultiPolygon(vec![square(119.895, 30.5, 0.01)]),
    };
    writer.put_restriction("permanent-basic-farmland", &feature).unwrap();
    assert!(
        writer.put_parcel(&parcel(parcel_code(1), square(119.9, 30.5, 0.01)), &[], &[]).unwrap()
    );
    writer.publish(Noon.now()).unwrap();
    web
}

/// A square with its corner so far from that of the land, as GeoJSON.
fn outline(x: f64, y: f64, side: f64) -> Value {
    let ring: Vec<[f64; 2]> =
        square(119.9 + x, 30.5 + y, side).exterior().0.iter().map(|it| [it.x, it.y]).collect();
    json!({ "type": "Polygon", "coordinates": [ring] })
}

async fn ask(web: &Web, body: &Value) -> super::harness::Answer {
    web.post_json("/api/v1/suitability", &[], body).await
}

#[tokio::test]
async fn sites_s13_an_outline_stands_in_the_place_of_a_code() {
    let web = open("zhejiang");
    let body = json!({ "use": "mill", "outline": outline(0.0075, 0.005, 0.001) });
    let answer = ask(&web, &body).await;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store"),
        "{}",
        answer.text()
    );
    let told = answer.json();
    assert_eq!(told["sites"], json!([]));
    let outline = &told["outline"];
    assert_eq!((&outline["told"], &outline["grid_m"]), (&json!("judged"), &json!(25.0)));
    assert_eq!(outline["verdict"]["answer"], "suits");
    assert_eq!(outline["geometry"]["type"], "MultiPolygon");
    assert!((outline["area_m2"].as_f64().unwrap() - 10_640.0).abs() < 100.0, "{outline}");
}

#[tokio::test]
async fn sites_s12_where_layers_are_not_shown_a_share_is_one_of_few_classes() {
    let share = async |policy: &str, x: f64| {
        let body = json!({ "use": "mill", "outline": outline(x, 0.005, 0.003) });
        let told = ask(&open(policy), &body).await.json();
        let findings = told["outline"]["verdict"]["findings"].as_array().unwrap().clone();
        let finding = findings.iter().find(|it| it["rule"] == "no-farmland").unwrap();
        let share = &finding["evidence"][0]["measured"]["covers"]["share"];
        (share["lo"].as_f64().unwrap(), share["hi"].as_f64().unwrap())
    };
    for x in [0.0, 0.001, 0.0025, 0.0033, 0.0039, 0.0042, 0.0049, 0.006, 0.0068] {
        let (lo, hi) = share("zhejiang", x).await;
        assert!([0.0, 0.05, 0.5, 1.0].contains(&lo) && [0.0, 0.5, 1.0].contains(&hi), "{lo} {hi}");
    }
    let (lo, hi) = share("open-cadastre", 0.0039).await;
    assert!(lo == hi && (lo - 0.011 / 0.03).abs() < 1e-3, "{lo} {hi}");
}

#[tokio::test]
async fn sites_s13_what_is_no_outline_is_refused_with_its_reason() {
    let web = open("zhejiang");
    let bow = json!({ "type": "Polygon", "coordinates":
        [[[119.9, 30.5], [119.902, 30.502], [119.902, 30.5], [119.9, 30.502], [119.9, 30.5]]] });
    let swapped = json!({ "type": "Polygon", "coordinates":
        [[[30.5, 119.9], [30.5, 119.902], [30.502, 119.902], [30.5, 119.9]]] });
    for (outline, named) in [
        (bow, "crosses_itself"),
        (swapped, "swapped"),
        (json!({ "type": "Point", "coordinates": [119.9, 30.5] }), "no_polygon"),
        (json!(7), "no_polygon"),
    ] {
        let body = json!({ "use": "mill", "outline": outline });
        let problem = ask(&web, &body).await.is_problem(400, "bad-request");
        assert!(problem["detail"].as_str().unwrap().starts_with(named), "{problem}");
    }
    let both = json!({ "use": "mill", "sites": ["330521001001GB00001"], "outline": outline(0.0, 0.0, 0.001) });
    let problem = ask(&web, &both).await.is_problem(422, "contradiction");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("`sites`") && detail.contains("`outline`"), "{detail}");
    let none = json!({ "use": "mill" });
    ask(&web, &none).await.is_problem(400, "bad-request");
    let told = async |x: f64, side: f64| {
        let body = json!({ "use": "mill", "outline": outline(x, 0.005, side) });
        ask(&web, &body).await.json()["outline"]["told"].as_str().unwrap().to_owned()
    };
    assert_eq!(told(0.5, 0.001).await, "no_data");
    assert_eq!(told(0.0075, 0.0004).await, "too_small");
}

#[tokio::test]
async fn what_cannot_both_be_meant_is_named() {
    let web = open("open-cadastre");
    for (query, both) in [
        ("use=mill&min=2000&max=500", ["`min`", "`max`"]),
        ("use=mill&min=500&max=500", ["`min`", "`max`"]),
        ("use=mill&band=yes&band=no", ["band=yes", "band=no"]),
        ("use=mill&use=cafe", ["use=mill", "use=cafe"]),
        ("use=mill&answer=builds:yes&answer=builds:no", ["answer=builds:yes", "answer=builds:no"]),
    ] {
        let problem = web.get(&format!("/api/v1/sites?{query}")).await;
        let problem = problem.is_problem(422, "contradiction");
        let detail = problem["detail"].as_str().unwrap();
        assert!(both.iter().all(|one| detail.contains(one)), "{query}: {detail}");
    }
    // Said twice it is the same.
    let twice = web.get("/api/v1/sites?use=mill&use=mill&band=yes&band=yes").await;
    assert!([200, 503].contains(&twice.status), "{}", twice.text());
}

/// A form in parts with a file; none where its name is empty.
fn form(fields: &[(&str, &str)], file: (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend(format!("{value}\r\n").bytes());
    }
    let (name, bytes) = file;
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=";
    body.extend(
        format!("{head}\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes(),
    );
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    body
}

async fn send(web: &Web, body: Vec<u8>) -> super::harness::Answer {
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    web.ask(Method::POST, "/sites/outline", &kind, body).await
}

#[tokio::test]
async fn sites_s13_a_form_with_a_file_is_answered_and_a_faulty_one_comes_back_as_it_was() {
    let web = open("zhejiang");
    let page = web.get("/sites/outline").await;
    assert!(page.status == 200 && page.text().contains("multipart/form-data"), "{}", page.text());
    // As surveyors here write it: GB 18030, the northing first, in zone 40.
    let survey = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=40\n[地块坐标]\n4,1.06,1,,面,,,,@\n\
        J1,1,3376100,40491150\nJ2,1,3376200,40491150\nJ3,1,3376200,40491250\nJ4,1,3376100,40491250\n";
    let fields = [("points", ""), ("what", "mill"), ("use", "")];
    let gbk = gb18030(survey);
    for file in [survey.as_bytes(), &gbk] {
        let told = send(&web, form(&fields, ("site.txt", file))).await;
        assert_eq!(told.status, 200, "{}", told.text());
        for part in ["公顷", "带第 40 带", "没有发现"] {
            assert!(told.text().contains(part), "{part}: {}", told.text());
        }
    }
    let bow = "119.9 30.5\n119.902 30.502\n119.902 30.5\n119.9 30.502 ";
    let fields = [("points", bow), ("what", "<b>磨坊</b>"), ("use", "")];
    let back = send(&web, form(&fields, ("", b""))).await;
    assert_eq!(back.status, 422);
    for part in ["自己相交", "119.902 30.502", "&lt;b&gt;磨坊"] {
        assert!(back.text().contains(part), "{part}: {}", back.text());
    }
    for (file, said) in [
        (("site.zip", &b"PK\x03\x04..."[..]), "压缩文件"),
        (("site.dxf", b"  0\nSECTION\n"), "既不是 GeoJSON"),
        (("site.bin", b"\0\x01\x02"), "既不是 GeoJSON"),
    ] {
        let back = send(&web, form(&fields, file)).await;
        assert!(back.status == 422 && back.text().contains(said), "{said}: {}", back.text());
        assert!(back.text().contains("119.902 30.502"), "what was typed stays");
    }
    let long = vec![b' '; 300 * 1024];
    let back = send(&web, form(&fields, ("site.txt", &long))).await;
    assert!(back.status == 413 && back.text().contains("内容太长"), "{}", back.text());
    assert!(back.text().contains("119.902 30.502"), "what was typed stays");
}

#[tokio::test]
async fn a_switch_on_an_answer_leads_to_the_answer_and_on_what_was_changed_since_to_the_form() {
    let web = open("zhejiang");
    let points = "119.9075 30.505\r\n119.9085 30.505\r\n119.9085 30.506\r\n119.9075 30.506";
    let told = send(&web, form(&[("points", points), ("what", "mill")], ("", b""))).await;
    let told = told.text();
    assert!(told.contains("sites-sketch"), "{told}");
    let mark = told.split("name=\"answered\" value=\"").nth(1).unwrap();
    let mark = mark.split('"').next().unwrap();
    // As the form on the page has them: the use by its name.
    let switch = async |points: &str, what: &str, switch: (&str, &str)| {
        let fields = [("points", points), ("what", what), ("use", ""), ("answered", mark), switch];
        send(&web, form(&fields, ("", b""))).await
    };
    let name = "磨坊";
    for (points, what, answered) in [
        (points, name, true),
        (&points.replace("30.506", "30.507"), name, false),
        (points, "x", false),
    ] {
        let english = switch(points, what, ("lang", "en")).await;
        assert_eq!(english.status, 200, "{}", english.text());
        assert!(english.header("set-cookie").contains("en"), "{:?}", english.header("set-cookie"));
        assert!(english.text().contains("lang=\"en\""), "{}", english.text());
        assert_eq!(english.text().contains("sites-sketch"), answered, "{}", english.text());
        assert!(english.text().contains("119.9085 30.505"), "what was typed stays");
    }
    let large = switch(points, name, ("elder", "1")).await;
    assert!(large.text().contains("sites-sketch"), "{}", large.text());
}

/// A text in GB 18030.
fn gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, unmapped) = encoding_rs::GB18030.encode(text);
    assert!(!unmapped);
    bytes.into_owned()
}
