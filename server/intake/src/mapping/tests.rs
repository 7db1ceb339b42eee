//! What mapping files say, and what is said of mistakes in them.

use std::path::Path;

use super::*;

const HEAD: &str = r#"
    [dataset]
    id = "trial"
    title = { zh = "试", en = "Trial" }
    source = { zh = "试", en = "Trial" }
    source_date = "2024-01-01"
    demonstration = true
    policy = "open-cadastre"
"#;

fn parse(rest: &str) -> Result<Mapping, MappingError> {
    Mapping::parse("trial.toml", &format!("{}\n{HEAD}\n{rest}", ""))
}

fn error(rest: &str) -> String {
    parse(rest).unwrap_err().to_string()
}

const PARCELS: &str = "[[file]]\nname = \"p.geojson\"\nrole = \"parcels\"\ncode = \"{ZDDM}\"\n";

#[test]
fn the_shortest_mapping_reads() {
    let mapping = parse(PARCELS).unwrap();
    assert_eq!(mapping.files[0].crs.name(), "EPSG:4326");
    assert!(mapping.files.iter().all(|file| file.max_refused == 0));
}

#[test]
fn the_mappings_of_the_project_read() {
    for name in ["cambridge", "etalab"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings").join(format!("{name}.toml"));
        let mapping = Mapping::load(&path).unwrap();
        assert_eq!(mapping.dataset.id, name);
    }
}

#[test]
fn mistakes_name_file_entry_and_key() {
    for (rest, words) in [
        ("", vec!["trial.toml", "parcels"]),
        ("[[file]]\nrole = \"parcels\"", vec!["[[file]] 1", "name", "trial.toml:11,"]),
        ("[[file]]\nname = \"a\"\nrole = \"x\"", vec!["\"a\"", "role", "restriction"]),
        (
            "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z}\"\nlocalid = \"x\"",
            vec!["\"a\"", "localid", "local_id", "trial.toml:15,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z\"",
            vec!["\"a\"", "`code`", "closed", "trial.toml:14,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z}\"\ncrs = \"EPSG:4610\"",
            vec!["\"a\"", "`crs`", "CGCS2000"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"base\"\nkind = \"lake\"",
            vec!["\"a\"", "`kind`", "water", "trial.toml:14,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"boundary\"\ndates = \"epoch-seconds\"",
            vec!["\"a\"", "`dates`", "parcels, units and rows", "trial.toml:14,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"rows\"\nof = \"units\"\ncode = \"{Z}\"\n[file.fields]\n\
             [[file]]\nname = \"p\"\nrole = \"parcels\"\ncode = \"{Z}\"",
            vec!["`of`", "role \"units\"", "trial.toml:14,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"units\"\ncode = \"{Z}\"\nseparator = \"|\"",
            vec!["`separator`", "tab", "trial.toml:15,"],
        ),
        (
            "[[file]]\nname = \"a\"\nrole = \"parcels\"\ncode = \"{Z}\"\nmax_refused = \"1\"",
            vec!["`max_refused`", "trial.toml:15,"],
        ),
    ] {
        let text = error(rest);
        for word in words {
            assert!(text.contains(word), "{word} in: {text}");
        }
    }
    let field = |line: &str| error(&format!("{PARCELS}[file.fields]\n{line}"));
    let misspelt = field("locatoin = { property = \"L\" }");
    assert!(misspelt.contains("location") && misspelt.contains("trial.toml:16,"), "{misspelt}");
    assert!(field("outline = { property = \"L\" }").contains("geometry"));
    assert!(field("location = { proprety = \"L\" }").contains("proprety"));
    assert!(field("location = \"L\"").contains("table"));
    let top = Mapping::parse("t.toml", &format!("extend = 1\n{HEAD}")).unwrap_err().to_string();
    assert!(top.contains("t.toml") && top.contains("extend"), "{top}");
    let extent =
        Mapping::parse("t.toml", &format!("extent = [30.0, 120.0, 31.0, 121.0]\n{HEAD}{PARCELS}"));
    assert!(extent.unwrap_err().to_string().contains("longitude first"));
}

#[test]
fn a_layer_needs_a_known_theme_and_boundary() {
    let layer = |theme: &str, coverage: &str| {
        format!(
            r#"{PARCELS}
            [[file]]
            name = "z.geojson"
            role = "restriction"
            label = {{ zh = "{{A}}", en = "{{A}}" }}
            coverage = {coverage}
            [file.layer]
            id = "zoning"
            theme = "{theme}"
            title = {{ zh = "a", en = "a" }}
            status = "in_force"
            office = {{ zh = "a", en = "a" }}
            source_date = "2024-01-01"
            documents = []
            tolerance = {{ min_area_m2 = 1.0, min_share = 0.01 }}"#
        )
    };
    assert!(parse(&layer("planning_use", "\"dataset\"")).is_ok());
    assert!(error(&layer("zoning", "\"dataset\"")).contains("planning_use"));
    assert!(error(&layer("planning_use", "{ boundary = \"b.geojson\" }")).contains("b.geojson"));
    assert!(error(&layer("planning_use", "\"all\"")).contains("extent-of-file"));
}

#[test]
fn a_file_that_is_not_used_is_named_once_with_a_reason() {
    let unused =
        |list: &str| Mapping::parse("trial.toml", &format!("unused = [{list}]\n{HEAD}\n{PARCELS}"));
    let blocks = r#"{ name = "blocks.geojson", reason = "its blocks have no addresses" }"#;
    let mapping = unused(blocks).unwrap();
    assert_eq!(mapping.unused[0].name, "blocks.geojson");
    assert!(parse(PARCELS).unwrap().unused.is_empty());
    for (list, words) in [
        (r#"{ name = "a.geojson" }"#, vec!["trial.toml", "reason"]),
        (r#"{ name = "a.geojson", reason = " " }"#, vec!["unused 1", "a.geojson", "`reason`"]),
        (r#"{ name = "b/a.geojson", reason = "no" }"#, vec!["unused 1", "`name`", "folders"]),
        (r#"{ name = "p.geojson", reason = "no" }"#, vec!["unused 1", "p.geojson", "[[file]]"]),
        (&format!("{blocks}, {blocks}"), vec!["unused 2", "blocks.geojson", "twice"]),
    ] {
        let text = unused(list).unwrap_err().to_string();
        for word in words {
            assert!(text.contains(word), "{word} in: {text}");
        }
    }
}

const LINES: &str = r#"
    [[file]]
    name = "l.geojson"
    role = "restriction"
    label = { zh = "管", en = "Pipe" }
    coverage = "dataset"
    KEYS
    [file.layer]
    id = "pipes"
    theme = "planning_use"
    title = { zh = "管", en = "Pipes" }
    status = "in_force"
    office = { zh = "局", en = "Office" }
    source_date = "2024-01-01"
    documents = []
    tolerance = { min_area_m2 = 1.0, min_share = 0.01 }
"#;

#[test]
fn lines_have_a_width_or_touch_and_not_both() {
    let slender = |keys: &str| {
        let mapping = parse(&format!("{PARCELS}{}", LINES.replace("KEYS", keys)));
        mapping.map(|mapping| match &mapping.files[1].role {
            Role::Restriction(layer) => layer.slender,
            _ => panic!("a restriction"),
        })
    };
    assert_eq!(slender("").unwrap(), None);
    assert_eq!(slender("width_m = 30").unwrap(), Some(Slender::Width(30.0)));
    assert_eq!(slender("touching = true").unwrap(), Some(Slender::Touching));
    for (keys, words) in [
        ("width_m = 0", ["`width_m`", "metres"]),
        ("width_m = -2.5", ["`width_m`", "metres"]),
        ("width_m = nan", ["`width_m`", "metres"]),
        ("width_m = 5.0\ntouching = true", ["`touching`", "`width_m`"]),
    ] {
        let error = slender(keys).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
}
