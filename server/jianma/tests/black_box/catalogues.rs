//! Catalogues that an operator puts in the place of the embedded ones, without building.

use std::{fs::File, io::Read as _, path::Path, process::Output};

use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{DATASET, PARCEL_FILE, PARCELS, PortalFolder, answers, client};

/// A parcel in a county that the embedded table has not.
const NEW_COUNTY: &str = "330599001001GB00001";

const THEMES: &str = r#"
[[theme]]
id = "railway_noise"
field = "other_restrictions"
title = { zh = "铁路噪声影响", en = "Railway noise" }
meaning = { zh = "这里靠近铁路。", en = "A railway is near." }
severity = "needs_consent"
basis = [{ law = "county-rule", articles = ["7"] }]
office = { zh = "某局", en = "Some office" }

[[theme]]
id = "unlisted_matter"
title = { zh = "没有列行的主题", en = "A theme without a row" }
meaning = { zh = "这里有别的要求。", en = "Something else is asked here." }
severity = "informs"
basis = [{ law = "county-rule", articles = ["8"] }]
office = { zh = "某局", en = "Some office" }
"#;

const LAW: &str = r#"
[[law]]
id = "county-rule"
title = { zh = "某县铁路沿线规定", en = "County Rule on Land along Railways" }
kind = "local-regulation"
version = { adopted = "2025-01-01" }
in_force = "2025-01-01"
read = { source = "npc", on = "2026-11-01", articles = "7-8" }
"#;

const SERVICE: &str = r#"
[[item]]
id = "railway-noise"
title = { zh = "铁路噪声查询", en = "Ask about railway noise" }
summary = { zh = "询问铁路噪声。", en = "Ask about the noise." }
who = { zh = "任何人", en = "Anybody" }
materials = []
online = { zh = "提交、查进度", en = "Submit and track" }
counter = { zh = "当面询问", en = "Ask in person" }
steps = [{ zh = "提交后由部门答复。", en = "The office answers." }]
basis = { zh = "依据{law:county-rule:7}", en = "By {law:county-rule:7}" }
statutory_time = { zh = "没有法定期限", en = "None is set" }
fee = { zh = "不收费", en = "Free of charge" }
department = "planning"
retention = { months = 6 }

[[item.question]]
name = "which_line"
kind = "line"
label = { zh = "哪条铁路？", en = "Which railway?" }
required = true

[[item.question]]
name = "consent"
kind = "consent"
label = { zh = "同意", en = "I consent" }
required = true
personal = true
"#;

const COUNTY: &str = r#"
[[county]]
code = "330599"
name = { zh = "某示范新区", en = "Model New District" }
from = "2026-01-01"
"#;

/// The entry of a layer of this theme.
fn layer(theme: &str, label: &str) -> String {
    let id = theme.replace('_', "-");
    format!(
        r#"
[[file]]
name = "{id}.geojson"
role = "restriction"
label = {{ zh = "{label}", en = "{label}" }}
coverage = "dataset"
[file.layer]
id = "{id}"
theme = "{theme}"
title = {{ zh = "图层{id}", en = "Layer {id}" }}
status = "in_force"
office = {{ zh = "某局", en = "Some office" }}
source_date = "2026-01-01"
documents = [{{ law = "county-rule", articles = ["7"] }}]
tolerance = {{ min_area_m2 = 1.0, min_share = 0.001 }}
"#
    )
}

/// A file of features on one square, by the codes or ids that they have.
fn on_one_square(codes: &[&str]) -> String {
    geojson::collection(codes.iter().map(|code| {
        let properties = json!({
            "ZDDM": code, "ZL": "演示路 1 号", "ZDMJ": 10_000.5, "QLR": "不应出现的姓名",
        });
        geojson::feature(properties, geojson::square(119.97, 30.54, 0.001))
    }))
}

fn embedded(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../domain/data");
    std::fs::read_to_string(data.join(name)).unwrap()
}

/// Puts a file into the operator's folder.
fn put(place: &PortalFolder, name: &str, text: impl AsRef<[u8]>) {
    let path = place.path("catalogues").join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// The embedded file with more at its end.
fn put_more(place: &PortalFolder, name: &str, more: &str) {
    put(place, name, format!("{}{more}", embedded(name)));
}

/// A place whose configuration names an empty folder of catalogues.
fn place() -> PortalFolder {
    let place = PortalFolder::empty();
    std::fs::create_dir_all(place.path("catalogues")).unwrap();
    place.configure("http://127.0.0.1:9", "[catalogues]\nfolder = \"catalogues\"\n");
    place
}

fn import(place: &PortalFolder) -> Output {
    let mapping = format!(
        "{DATASET}{PARCEL_FILE}{}{}",
        layer("railway_noise", "seen-by-everybody"),
        layer("unlisted_matter", "canary-of-no-row")
    );
    std::fs::write(place.path("mapping.toml"), mapping).unwrap();
    let write = |name: &str, text: String| {
        std::fs::write(place.path(name), text).unwrap();
        place.text(name)
    };
    let parcels = write("parcels.geojson", on_one_square(&[PARCELS[0], NEW_COUNTY]));
    let noise = write("railway-noise.geojson", on_one_square(&["a"]));
    let unlisted = write("unlisted-matter.geojson", on_one_square(&["b"]));
    let [data, mapping, config] =
        ["data", "mapping.toml", "jianma.toml"].map(|name| place.text(name));
    place.jianma(&[
        "import",
        "--data",
        &data,
        "--config",
        &config,
        "--mapping",
        &mapping,
        &parcels,
        &noise,
        &unlisted,
    ])
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

async fn get(address: &str, path: &str) -> (u16, String) {
    let response = client().get(format!("{address}{path}")).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn an_operators_service_theme_law_division_and_dictionary_are_shown_without_building() {
    let place = place();
    put_more(&place, "laws.toml", LAW);
    put_more(&place, "themes.toml", THEMES);
    put_more(&place, "services.toml", SERVICE);
    put_more(&place, "divisions.toml", COUNTY);
    let letters = embedded("dictionaries/parcel-right.toml").replace("zh = \"", "zh = \"改写的");
    put(&place, "dictionaries/parcel-right.toml", letters);
    let imported = import(&place);
    assert!(imported.status.success(), "{}", said(&imported));

    let log = place.path("log");
    let portal = place.serve_logging("info", File::create(&log).unwrap());
    let mut started = String::new();
    File::open(&log).unwrap().read_to_string(&mut started).unwrap();
    for name in ["laws", "themes", "services", "divisions", "dictionaries/parcel-right"] {
        let line = format!("the catalogue {name}.toml is the operator's");
        assert!(started.contains(&line), "{started}");
    }
    assert!(!started.contains("the catalogue towns.toml"), "{started}");
    assert!(started.contains("\"unlisted_matter\" names no `field`"), "{started}");

    for (path, words) in [
        ("/services", "铁路噪声查询"),
        ("/services/railway-noise", "《某县铁路沿线规定》"),
        (&format!("/c/{NEW_COUNTY}"), "某示范新区"),
        (&format!("/c/{NEW_COUNTY}"), "改写的"),
        (&format!("/c/{}", PARCELS[0]), "铁路噪声影响"),
        (&format!("/c/{}/requests/new?item=railway-noise", PARCELS[0]), "哪条铁路？"),
        (&format!("/api/v1/parcels/{}/restrictions", PARCELS[0]), "seen-by-everybody"),
    ] {
        let (status, body) = get(&portal.address, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains(words), "{path} does not say {words}");
        assert!(!body.contains("canary-of-no-row"), "{path} tells of a theme without a row");
    }

    let ask = |item: &str, answers: Value| {
        let body = json!({ "item": item, "code": PARCELS[0], "answers": answers });
        let url = format!("{}/api/v1/requests", portal.address);
        let key = format!("{item:0>20}");
        client().post(url).header("idempotency-key", key).json(&body).send()
    };
    let own = json!({ "which_line": "沪昆线", "consent": "yes" });
    assert_eq!(ask("railway-noise", own).await.unwrap().status(), 201);
    let old = answers("data-correction", "mark");
    assert_eq!(ask("data-correction", old).await.unwrap().status(), 201);
}

#[tokio::test]
async fn p2_what_a_theme_without_a_row_finds_is_told_to_nobody() {
    let place = place();
    put_more(&place, "laws.toml", LAW);
    put_more(&place, "themes.toml", THEMES);
    put_more(&place, "divisions.toml", COUNTY);
    let imported = import(&place);
    assert!(imported.status.success(), "{}", said(&imported));
    assert!(said(&imported).contains("names no row of the policy"), "{}", said(&imported));
    let portal = place.serve();
    let path = format!("/api/v1/parcels/{}/restrictions", PARCELS[0]);
    let lists: Value = serde_json::from_str(&get(&portal.address, &path).await.1).unwrap();
    assert_eq!(lists["concerned"].as_array().unwrap().len(), 1, "{lists}");
    assert!(lists["concerned"].to_string().contains("railway_noise"), "{lists}");
    assert_eq!(lists["concerned"][0]["severity"], "needs_consent", "{lists}");
    assert_eq!(lists["concerned"][0]["layers"][0]["findings"][0]["severity"], "needs_consent");
    for list in ["concerned", "not_concerned"] {
        assert!(!lists[list].to_string().contains("unlisted_matter"), "{list}: {lists}");
    }
}

/// A file of each kind, what in it is made wrong, and how.
const BROKEN: [(&str, &str, &str); 8] = [
    ("laws.toml", "kind = \"law\"", "kind = \"rumour\""),
    ("services.toml", "{law:civil-code:220}", "{law:no-such-law:220}"),
    ("themes.toml", "zh = \"规划用途\"", "zh = \"\""),
    ("stages.toml", "id = \"approved\"", "id = \"planned\""),
    ("divisions.toml", "code = \"330521\"", "code = \"339921\""),
    ("towns.toml", "330102001 =", "339902001 ="),
    ("dictionaries/gyfs.toml", "system = \"gyfs\"", "sytem = \"gyfs\""),
    ("scenes/hazard.toml", "\"flood\"", "\"flod\""),
];

#[test]
fn a_broken_file_of_each_kind_stops_the_start_with_file_and_line() {
    for (name, right, wrong) in BROKEN {
        let place = place();
        let text = embedded(name);
        let line = text.lines().position(|line| line.contains(right)).unwrap() + 1;
        put(&place, name, text.replacen(right, wrong, 1));
        let file = place.path("catalogues").join(name);
        let told = format!("{}, line {line}: ", file.display());
        let [data, site, config, folder] =
            ["data", "site", "jianma.toml", "catalogues"].map(|name| place.text(name));
        for arguments in [
            &[
                "serve",
                "--data",
                &data,
                "--site",
                &site,
                "--config",
                &config,
                "--listen",
                "127.0.0.1:0",
            ][..],
            &["check-config", "--config", &config],
            &["check-catalogues", &folder],
        ] {
            let output = place.jianma(arguments);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            assert!(said(&output).contains(&told), "{arguments:?}: {told}: {}", said(&output));
        }
        assert!(!place.path("data").exists(), "nothing is made");
    }
}

#[test]
fn no_command_that_reads_the_configuration_passes_over_a_broken_catalogue() {
    let place = place();
    put(&place, "stages.toml", "[[stage]]\n");
    let [data, config, mapping] =
        ["data", "jianma.toml", "mapping.toml"].map(|name| place.text(name));
    std::fs::write(&mapping, format!("{DATASET}{PARCEL_FILE}")).unwrap();
    let label = ["label", "--data", &data, PARCELS[0], "-o", &place.text("label.svg")];
    for command in [
        &["import", "--check", "--mapping", &mapping][..],
        &["demo", "--data", &data],
        &["versions", "--data", &data],
        &["deliveries", "list", "--data", &data],
        &["requests", "list", "--data", &data],
        &["backup", "--data", &data, "-o", &place.text("backup"), "--keys", &place.text("keys")],
        &label,
    ] {
        let output = place.jianma(&[command, &["--config", &config]].concat());
        assert!(!output.status.success(), "{command:?}");
        let told = said(&output);
        assert!(told.contains("stages.toml, line 1: missing field"), "{command:?}: {told}");
    }
}

#[test]
fn a_name_that_no_catalogue_has_and_bytes_that_are_no_text_are_refused() {
    let place = place();
    put(&place, "theme.toml", "");
    put(&place, "policies/zhejiang.toml", "");
    put(&place, "dictionaries/qlx.toml", "");
    put(&place, "..data", "a link of a system that hands in folders");
    put(&place, "stages.toml", b"# stage\n\xff\n");
    let folder = place.text("catalogues");
    let told = said(&place.jianma(&["check-catalogues", &folder]));
    for name in ["theme.toml", "policies", "dictionaries/qlx.toml"] {
        assert!(told.contains(&format!("\"{name}\" is no file of the catalogues")), "{told}");
    }
    assert!(told.contains("stages.toml, line 2: this is not UTF-8"), "{told}");
    assert!(!told.contains("..data"), "{told}");
    let checked = place.jianma(&["check-config", "--config", &place.text("jianma.toml")]);
    assert_eq!(checked.status.code(), Some(1));
    let told = said(&checked);
    assert!(told.contains("theme.toml") && told.contains("themes.toml"), "{told}");
    std::fs::write(place.path("jianma.toml"), "[catalogues]\nfolder = \"nowhere\"\n").unwrap();
    let told = said(&place.jianma(&["check-config", "--config", &place.text("jianma.toml")]));
    assert!(told.contains("nowhere"), "{told}");
}

#[test]
fn check_catalogues_names_every_fault_and_those_of_the_program_are_right() {
    let place = place();
    let right = place.jianma(&["check-catalogues"]);
    assert!(right.status.success(), "{}", said(&right));
    assert!(said(&right).starts_with("catalogues: right\n"), "{}", said(&right));
    for (name, mark, wrong) in BROKEN.iter().filter(|(name, ..)| *name != "laws.toml") {
        put(&place, name, embedded(name).replacen(mark, wrong, 1));
    }
    let folder = place.text("catalogues");
    let wrong = place.jianma(&["check-catalogues", &folder]);
    assert_eq!(wrong.status.code(), Some(1));
    let told = said(&wrong);
    for (name, ..) in BROKEN.iter().filter(|(name, ..)| *name != "laws.toml") {
        // Of towns nothing can be said beside divisions that do not read, nor of scenes beside themes: that is said.
        let needs_others = ["towns.toml", "scenes/hazard.toml"].contains(name);
        let sentence = if needs_others { ": it was not looked at" } else { ", line " };
        assert!(told.contains(&format!("/{name}{sentence}")), "{name}: {told}");
    }
}

#[test]
fn s1_a_service_file_with_a_wrong_condition_is_refused_with_its_line() {
    let place = place();
    let right = "when = { question = \"cause\", is = [\"inheritance\"] }";
    let text = embedded("services.toml");
    let line = text.lines().position(|line| line == right).unwrap() + 1;
    for (wrong, told) in [
        ("when = { question = \"reason\", is = [\"inheritance\"] }", "no `choice` above it"),
        ("when = { question = \"visit_date\", is = [\"x\"] }", "no `choice` above it"),
        ("when = { question = \"cause\", is = [\"legacy\"] }", "that choice's `options`"),
        ("when = { question = \"cause\", more_than = 3 }", "unknown field `more_than`"),
    ] {
        put(&place, "services.toml", text.replacen(right, wrong, 1));
        let output = place.jianma(&["check-catalogues", &place.text("catalogues")]);
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        let said = said(&output);
        assert!(said.contains(&format!("services.toml, line {line}: ")), "{wrong}: {said}");
        assert!(said.contains(told), "{wrong}: {said}");
    }
}

#[test]
fn s5_a_backup_holds_the_operators_catalogues() {
    let place = place();
    put_more(&place, "laws.toml", LAW);
    put_more(&place, "themes.toml", THEMES);
    put_more(&place, "divisions.toml", COUNTY);
    assert!(import(&place).status.success());
    let [data, config, output, keys] =
        ["data", "jianma.toml", "backup", "keys.json"].map(|name| place.text(name));
    let taken = place
        .jianma(&["backup", "--data", &data, "--config", &config, "-o", &output, "--keys", &keys]);
    assert!(taken.status.success(), "{}", said(&taken));
    let held = std::fs::read_to_string(place.path("keys.json")).unwrap();
    assert!(held.contains("\"catalogues/themes.toml\""), "{held}");
}
