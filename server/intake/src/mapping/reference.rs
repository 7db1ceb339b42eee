//! `docs/mapping.md` against the parser: the same keys on both sides, and every example reads.

use std::collections::BTreeSet;

use domain::{
    Localized,
    policy::Field,
    restriction::{LegalDocument, Tolerance},
    theme::themes,
};
use serde::de::DeserializeOwned;

use super::{Mapping, UnusedFile, file::*};
use crate::{
    date::{DateReading, civil_day},
    feature::Properties,
    fields::FieldRuleFile,
    filter::FilterFile,
    template::{Filled, Template},
};

const PAGE: &str = include_str!("../../../../docs/mapping.md");

/// The part under a heading, up to the next one.
fn section(heading: &str) -> &'static str {
    let start = PAGE.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading}"));
    let rest = &PAGE[start + heading.len() + 2..];
    rest.find("\n#").map_or(rest, |end| &rest[..end])
}

/// The cells of the rows of a section's tables.
fn rows(heading: &str) -> Vec<Vec<String>> {
    section(heading)
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let line = line.replace("\\|", "\u{1}");
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('\u{1}', "|")).collect()
        })
        .collect()
}

fn code(cell: &str) -> &str {
    let inside = cell.strip_prefix("``").and_then(|cell| cell.strip_suffix("``"));
    inside.unwrap_or_else(|| cell.trim_matches('`'))
}

/// The keys of a table as the parser itself lists them for one that it does not know.
fn keys_of<T: DeserializeOwned>() -> BTreeSet<String> {
    let table: toml::Table = toml::from_str("no_such_key = 1").unwrap();
    let Err(error) = T::deserialize(table) else { panic!("takes any key") };
    let message = error.message().to_owned();
    let (_, known) = message.split_once("expected").unwrap_or_else(|| panic!("{message}"));
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_reference_and_the_parser_know_the_same_keys() {
    for (heading, keys) in [
        ("## The top", keys_of::<MappingFile>()),
        ("### dataset", keys_of::<DatasetFile>()),
        ("### Both languages", keys_of::<Localized>()),
        ("### unused", keys_of::<UnusedFile>()),
        ("## Every file", keys_of::<Common>()),
        ("### Conditions", keys_of::<FilterFile>()),
        ("## Role parcels", keys_of::<ParcelsFile>()),
        ("## Role units", keys_of::<UnitsFile>()),
        ("## Role rows", keys_of::<RowsFile>()),
        ("## Role restriction", keys_of::<RestrictionFile>()),
        ("### layer", keys_of::<LayerFile>()),
        ("### documents", keys_of::<LegalDocument>()),
        ("### tolerance", keys_of::<Tolerance>()),
        ("### coverage by a border", keys_of::<CoverageBoundary>()),
        ("## Role base", keys_of::<BaseFile>()),
        ("### kind by a property", keys_of::<KindByProperty>()),
        ("## Fields", keys_of::<FieldRuleFile>()),
    ] {
        let documented: BTreeSet<String> =
            rows(heading).iter().map(|row| code(&row[0]).to_owned()).collect();
        assert_eq!(documented, keys, "under {heading}");
    }
    assert_eq!(keys_of::<Common>(), COMMON.iter().map(|key| (*key).to_owned()).collect());
}

#[test]
fn the_reference_lists_every_theme_and_field() {
    let layer = section("### layer");
    for theme in themes() {
        assert!(layer.contains(&format!("`{}`", theme.id.0)), "{}", theme.id.0);
    }
    let fields = section("## Fields");
    for field in Field::ALL.iter().filter(|field| !super::read::is_computed(**field)) {
        assert!(fields.contains(&format!("`{}`", field.name())), "{}", field.name());
    }
}

#[test]
fn every_example_reads() {
    let blocks: Vec<&str> =
        PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 5);
    let whole = blocks[0];
    for block in &blocks {
        let text = if block.contains("[dataset]") {
            (*block).to_owned()
        } else if block.contains("role = \"parcels\"") {
            let (head, _) = whole.split_once("[[file]]").unwrap();
            format!("{head}{block}")
        } else {
            format!("{whole}{block}")
        };
        Mapping::parse("docs/mapping.md", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
}

#[test]
fn every_template_and_date_gives_what_the_reference_says() {
    for row in rows("## Templates") {
        let properties: serde_json::Value = serde_json::from_str(code(&row[1])).unwrap();
        let properties = properties.as_object().unwrap();
        let template = Template::parse(code(&row[0])).unwrap();
        let filled = template.fill(&Properties::new(properties, None, 1, &[]));
        assert_eq!(filled, Filled::Text(code(&row[2]).to_owned()), "{}", row[0]);
    }
    let day = jiff::civil::date(2026, 1, 5);
    for row in rows("## Dates").iter().filter(|row| !row[0].contains("plain")).skip(1) {
        #[derive(serde::Deserialize)]
        struct Line {
            dates: DateReading,
        }
        let Line { dates } = toml::from_str(&format!("dates = {}", code(&row[0]))).unwrap();
        assert_eq!(civil_day(code(&row[1]), dates), Ok(day), "{}", row[0]);
    }
}
