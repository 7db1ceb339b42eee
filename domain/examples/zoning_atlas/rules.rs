//! A town as a rule set: its use table as CSV with the words that were published, and rules in TOML.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use domain::suitability::RuleFile;
use serde_json::{Value, json};

use crate::town::{Dimension, District, HOMES, Home, Published, Town};

/// From when the published answers count: the atlas is of that year.
pub const DATE: &str = "2023-01-01";

/// Title of the atlas, by which rules cite it.
const ATLAS: &str = "Vermont Zoning Atlas";

/// What the converter makes of a town.
#[derive(Clone, Debug)]
pub struct Written {
    /// The name of the set, that of its directory.
    pub id: String,
    /// `rules.toml` and `districts.csv`.
    pub files: Vec<RuleFile>,
    /// The districts as a layer, each with its `zone`, as GeoJSON.
    pub layer: Value,
}

impl Published {
    /// The word of the source; none where nothing was entered.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed/Conditional",
            Self::Hearing => "Public Hearing",
            Self::Prohibited => "Prohibited",
            Self::NotMentioned => "Not Mentioned",
            Self::Overlay => "Overlay",
            Self::Empty => "",
        }
    }
}

/// How a dimension is written in a rule.
struct Rule {
    id: &'static str,
    /// What is looked at, in the vocabulary of rules.
    subject: &'static str,
    comparison: &'static str,
    unit: &'static str,
    title: (&'static str, &'static str),
    action: (&'static str, &'static str),
}

impl Dimension {
    const fn rule(self) -> Rule {
        match self {
            Self::Lot => Rule {
                id: "lot",
                subject: "measure = \"area\"",
                comparison: "at_least",
                unit: "acre",
                title: ("最小用地面积", "Least lot"),
                action: ("扩大用地，或者另选地块。", "Make the lot larger, or choose another."),
            },
            Self::Frontage => Rule {
                id: "frontage",
                subject: "measure = \"frontage\"",
                comparison: "at_least",
                unit: "ft",
                title: ("最小临街宽度", "Least frontage"),
                action: ("另选临街更宽的地块。", "Choose a lot with more frontage."),
            },
            Self::Setback => Rule {
                id: "setback",
                subject: "answer = \"setback\"",
                comparison: "at_least",
                unit: "ft",
                title: ("最小临街退距", "Least setback from the road"),
                action: ("把建筑退后。", "Set the building back."),
            },
            Self::Height => Rule {
                id: "height",
                subject: "answer = \"height\"",
                comparison: "at_most",
                unit: "ft",
                title: ("最大建筑高度", "Greatest height"),
                action: ("降低建筑高度。", "Build lower."),
            },
            Self::Coverage => Rule {
                id: "coverage",
                subject: "answer = \"coverage\"",
                comparison: "at_most",
                unit: "%",
                title: ("最大建筑密度", "Greatest coverage"),
                action: ("缩小建筑占地。", "Cover less of the lot."),
            },
        }
    }
}

/// Writes a town as the files of a rule set.
///
/// # Errors
/// [`fmt::Error`], which writing to a string never gives.
pub fn write(town: &Town) -> Result<Written, fmt::Error> {
    let rules = RuleFile { name: "rules.toml".to_owned(), text: rules(town)? };
    let table = RuleFile { name: "districts.csv".to_owned(), text: table(town)? };
    let layer = town.districts.iter().map(|district| {
        let properties = json!({ "zone": district.zone, "name": district.name });
        json!({ "type": "Feature", "properties": properties, "geometry": district.outline })
    });
    let layer = json!({ "type": "FeatureCollection", "features": layer.collect::<Vec<_>>() });
    Ok(Written { id: slug(&town.name), files: vec![rules, table], layer })
}

/// A name in the letters that ids have.
fn slug(name: &str) -> String {
    let letters = name.chars().map(|letter| letter.to_ascii_lowercase());
    let letters = letters.map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' });
    letters.collect::<String>().trim_matches('-').to_owned()
}

/// A string of TOML, which takes every escape of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn worded((zh, en): (&str, &str)) -> String {
    format!("{{ zh = {}, en = {} }}", quoted(zh), quoted(en))
}

/// A row for each zone, a column for each use.
fn table(town: &Town) -> Result<String, fmt::Error> {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = "zone".to_owned();
    for home in HOMES {
        write!(csv, ",{}", home.id)?;
    }
    csv.push('\n');
    let mut written = BTreeSet::new();
    for district in town.districts.iter().filter(|district| written.insert(&district.zone)) {
        csv.push_str(&cell(&district.zone));
        for entry in &district.entries {
            write!(csv, ",{}", entry.published.word())?;
        }
        csv.push('\n');
    }
    Ok(csv)
}

fn rules(town: &Town) -> Result<String, fmt::Error> {
    let name = &town.name;
    let mut toml = format!(
        "# {name}, as {ATLAS} published it. Made by domain/examples/zoning_atlas; not written by hand.\n\n[set]\nid = {}\ndate = \"{DATE}\"\n",
        quoted(&slug(name)),
    );
    writeln!(
        toml,
        "title = {}",
        worded((&format!("{name}分区规则"), &format!("Zoning of {name}")))
    )?;
    let step = (
        "参考信息，不是行政决定。下一步向镇分区管理员申请许可。",
        "This is information and decides nothing. The next step is to apply to the zoning administrator for a permit.",
    );
    writeln!(toml, "next_step = {}", worded(step))?;
    let office = worded((&format!("{name}分区管理员"), &format!("Zoning administrator of {name}")));
    writeln!(toml, "\n[[office]]\nid = \"zoning\"\nname = {office}")?;
    for home in HOMES {
        use_of(&mut toml, home)?;
    }
    let zones: BTreeSet<String> = town.districts.iter().map(|it| quoted(&it.zone)).collect();
    writeln!(toml, "{LAYER}kinds = [{}]", zones.into_iter().collect::<Vec<_>>().join(", "))?;
    toml.push_str(FACTS);
    for (id, kind, key, says, title, action) in ANSWERS {
        let (title, action, basis) = (worded(title), worded(action), basis(name));
        writeln!(
            toml,
            "\n[[rule]]\nid = \"{id}\"\nkind = \"{kind}\"\ntitle = {title}\nuses = \"all\"\n{key} = {{ use_table = \"districts\", says = [\"{says}\"] }}\n{basis}\noffice = \"zoning\"\naction = {action}"
        )?;
    }
    for ((home, dimension, value), zones) in dimensions(&town.districts) {
        dimension_rule(&mut toml, name, HOMES[home], dimension, (&value, &zones))?;
    }
    Ok(toml)
}

fn use_of(toml: &mut String, home: Home) -> fmt::Result {
    let code = "{ system = \"land-use-planning\", version = \"2023-11\", code = \"07\" }";
    let (id, name) = (home.id, worded(home.title));
    writeln!(toml, "\n[[use]]\nid = \"{id}\"\nname = {name}\ncode = {code}")
}

/// The layer of every town; the kinds of its features follow.
const LAYER: &str = r#"
[[layer]]
id = "zoning"
title = { zh = "分区", en = "Zoning districts" }
data = "zoning"
tolerance = { area = "1 m2", share = "1 %" }
office = "zoning"
zones = { of_site = "10 %", take = "every" }
"#;

/// Questions and table of every town.
const FACTS: &str = r#"
[[question]]
id = "setback"
text = { zh = "建筑离道路多远？", en = "How far is the building from the road?" }
kind = { figure = "ft" }
office = "zoning"

[[question]]
id = "height"
text = { zh = "建筑多高？", en = "How high is the building?" }
kind = { figure = "ft" }
office = "zoning"

[[question]]
id = "coverage"
text = { zh = "建筑占地占用地的多大比例？", en = "Which share of the lot do buildings cover?" }
kind = { figure = "%" }
office = "zoning"

[[table]]
id = "districts"
file = "districts.csv"
zone = { layer = "zoning" }
office = "zoning"

[table.words]
permitted = ["Allowed/Conditional"]
conditional = ["Public Hearing"]
prohibited = ["Prohibited"]
unknown = ["Not Mentioned", "Overlay"]
"#;

type Answer = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (&'static str, &'static str),
    (&'static str, &'static str),
);

/// The rules of the table: id, kind, key, what it says, title, action.
const ANSWERS: [Answer; 2] = [
    (
        "use",
        "hard",
        "fails",
        "prohibited",
        ("分区允许的用途", "The district allows the use"),
        ("另选分区允许这一用途的地块。", "Choose a lot whose district allows the use."),
    ),
    (
        "hearing",
        "condition",
        "when",
        "conditional",
        ("须经公开听证", "A public hearing"),
        ("申请公开听证。", "Apply for a public hearing."),
    ),
];

fn basis(town: &str) -> String {
    let title = worded((&format!("{town}分区条例"), &format!("Zoning bylaw of {town}")));
    let text = worded((
        &format!("条例没有读到，内容取自{ATLAS}（2023）。"),
        &format!("The bylaw was not read; what it says is taken from the {ATLAS} (2023)."),
    ));
    format!("basis = [{{ title = {title}, version = \"2023\", text = {text} }}]")
}

/// What asks for the same of the same use: position in [`HOMES`], dimension and value, with its zones.
type Dimensions = BTreeMap<(usize, Dimension, String), BTreeSet<String>>;

fn dimensions(districts: &[District]) -> Dimensions {
    let mut found = Dimensions::new();
    for district in districts {
        for (home, entry) in district.entries.iter().enumerate() {
            for (dimension, value) in &entry.dimensions {
                let key = (home, *dimension, value.clone());
                found.entry(key).or_default().insert(district.zone.clone());
            }
        }
    }
    found
}

fn dimension_rule(
    toml: &mut String,
    town: &str,
    home: Home,
    dimension: Dimension,
    (value, zones): (&str, &BTreeSet<String>),
) -> fmt::Result {
    let Rule { id, subject, comparison, unit, title, action } = dimension.rule();
    let zones: Vec<String> = zones.iter().map(|zone| quoted(zone)).collect();
    let (zones, basis) = (zones.join(", "), basis(town));
    let (title, action, home) = (worded(title), worded(action), home.id);
    writeln!(
        toml,
        "\n[[rule]]\nid = \"{id}-{home}-{value}\"\nkind = \"hard\"\ntitle = {title}\nuses = [\"{home}\"]\nwhen = {{ overlaps = \"zoning\", kinds = [{zones}], more_than = \"tolerance\" }}\nneeds = {{ {subject}, {comparison} = \"{value} {unit}\" }}\n{basis}\noffice = \"zoning\"\naction = {action}",
    )
}
