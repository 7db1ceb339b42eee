//! From a source's properties to the register's fields, with their units.

use domain::{
    Localized,
    dictionary::{Coded, dictionary},
    record::Value,
};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    date::{DateReading, civil_day},
    feature::{Properties, plain},
    filter::Scalar,
    template::{Filled, Template},
};

/// How one field is made.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRule {
    from: Source,
    kind: Kind,
    absent: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Source {
    Property(String),
    Template(Template),
    Constant(Localized),
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Text,
    Area { m2: f64 },
    Number { factor: f64 },
    Year,
    Money { currency: String },
    Date(DateReading),
    Coded { system: String, version: String },
    Flag,
}

/// A field rule as written: `{ property = "LandArea", kind = "area", unit = "ft2" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldRuleFile {
    property: Option<String>,
    template: Option<String>,
    constant: Option<Localized>,
    #[serde(default)]
    kind: KindName,
    unit: Option<String>,
    currency: Option<String>,
    system: Option<String>,
    version: Option<String>,
    #[serde(default)]
    absent: Vec<Scalar>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindName {
    #[default]
    Text,
    Area,
    Number,
    Year,
    Money,
    Date,
    Coded,
    Flag,
}

/// Square metres in a unit of area. The foot is the international one; the US survey foot differs
/// by 4 parts in a million. 15 mu are a hectare.
const AREAS: [(&str, f64); 5] = [
    ("m2", 1.0),
    ("ft2", 0.092_903_04),
    ("ha", 10_000.0),
    ("acre", 4_046.856_422_4),
    ("mu", 10_000.0 / 15.0),
];

/// What a figure is multiplied with: metres in a unit of length, a share in per cent.
const NUMBERS: [(&str, f64); 3] = [("m", 1.0), ("ft", 0.3048), ("percent", 0.01)];

impl FieldRule {
    /// Checks a rule as written; `dates` is how the dates of its file read.
    pub(crate) fn read(raw: FieldRuleFile, dates: DateReading) -> Result<Self, String> {
        let from = match (raw.property, raw.template, raw.constant) {
            (Some(property), None, None) => Source::Property(property),
            (None, Some(text), None) => {
                Source::Template(Template::parse(&text).map_err(|error| error.to_string())?)
            }
            (None, None, Some(words)) if raw.kind == KindName::Text => Source::Constant(words),
            (None, None, Some(_)) => return Err("a `constant` is text and has no `kind`".into()),
            _ => return Err("write exactly one of `property`, `template` and `constant`".into()),
        };
        let only = |key: &str, there: bool, kind: KindName| {
            if there && raw.kind != kind {
                return Err(format!("`{key}` does not go with this `kind`"));
            }
            Ok(())
        };
        only("currency", raw.currency.is_some(), KindName::Money)?;
        only("system", raw.system.is_some(), KindName::Coded)?;
        only("version", raw.version.is_some(), KindName::Coded)?;
        if raw.unit.is_some() && !matches!(raw.kind, KindName::Area | KindName::Number) {
            return Err("`unit` does not go with this `kind`".into());
        }
        let unit = |table: &[(&str, f64)], default: f64| match &raw.unit {
            None => Ok(default),
            Some(name) => {
                table.iter().find(|(unit, _)| unit == name).map(|(_, f)| *f).ok_or_else(|| {
                    let known: Vec<&str> = table.iter().map(|(unit, _)| *unit).collect();
                    format!("the unit `{name}` is unknown; use {}", known.join(", "))
                })
            }
        };
        let kind = match raw.kind {
            KindName::Text => Kind::Text,
            KindName::Area => Kind::Area { m2: unit(&AREAS, 1.0)? },
            KindName::Number => Kind::Number { factor: unit(&NUMBERS, 1.0)? },
            KindName::Year => Kind::Year,
            KindName::Date => Kind::Date(dates),
            KindName::Flag => Kind::Flag,
            KindName::Money => match raw.currency {
                Some(currency)
                    if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) =>
                {
                    Kind::Money { currency }
                }
                _ => return Err("`kind = \"money\"` needs `currency`, e.g. \"CNY\"".into()),
            },
            KindName::Coded => {
                let (Some(system), Some(version)) = (raw.system, raw.version) else {
                    return Err("`kind = \"coded\"` needs `system` and `version`".into());
                };
                if dictionary(&system, &version).is_none() {
                    return Err(format!(
                        "there is no dictionary `{system}` of version `{version}`"
                    ));
                }
                Kind::Coded { system, version }
            }
        };
        Ok(Self { from, kind, absent: raw.absent.iter().map(Scalar::text).collect() })
    }

    /// The properties it names.
    pub fn properties(&self) -> Vec<&str> {
        match &self.from {
            Source::Property(name) => vec![name],
            Source::Template(template) => template.properties().collect(),
            Source::Constant(_) => Vec::new(),
        }
    }

    /// Whether it asks for the feature's GeoJSON `id`.
    #[must_use]
    pub fn asks_for_id(&self) -> bool {
        matches!(&self.from, Source::Template(template) if template.asks_for_id())
    }

    /// The field's value; `None` when the source says nothing.
    ///
    /// # Errors
    /// The reason, when the source says something that does not fit.
    pub fn value(&self, feature: &Properties<'_>) -> Result<Option<Value>, String> {
        let found = match &self.from {
            Source::Constant(words) => return Ok(Some(Value::Localized(words.clone()))),
            Source::Property(name) => match feature.get(name) {
                None => return Ok(None),
                Some(json) => (json, format!("property `{name}`")),
            },
            Source::Template(template) => {
                return match template.fill(feature) {
                    Filled::Absent(_) => Ok(None),
                    Filled::Misfit(reason) => Err(reason),
                    Filled::Text(text) if self.absent.contains(&text) => Ok(None),
                    Filled::Text(text) => {
                        let what = format!("`{}`", template.source());
                        self.convert(&Json::String(text), &what).map(Some)
                    }
                };
            }
        };
        let (json, what) = found;
        if plain(json).is_some_and(|text| self.absent.contains(&text)) {
            return Ok(None);
        }
        self.convert(json, &what).map(Some)
    }

    fn convert(&self, json: &Json, what: &str) -> Result<Value, String> {
        let text = plain(json).ok_or_else(|| format!("{what} is a list or an object"))?;
        let number = || {
            match json {
                Json::Number(number) => number.as_f64(),
                _ => text.parse::<f64>().ok(),
            }
            .filter(|number| number.is_finite())
            .ok_or_else(|| format!("{what} is `{text}`, not a number"))
        };
        Ok(match &self.kind {
            Kind::Text => {
                if let Some(fault) = domain::text::fault_of_paragraph(&text) {
                    return Err(format!(
                        "{what} has the character U+{:04X} at place {}, which no text has",
                        fault.code_point, fault.position
                    ));
                }
                Value::Text(text.clone())
            }
            Kind::Area { m2 } => {
                let area = number()? * m2;
                if area < 0.0 {
                    return Err(format!("{what} is `{text}`: an area cannot be negative"));
                }
                Value::AreaM2(area)
            }
            Kind::Number { factor } => Value::Number(number()? * factor),
            Kind::Year => {
                let figures = text.strip_suffix('年').unwrap_or(&text).trim_end();
                let year: f64 =
                    figures.parse().map_err(|_error| format!("{what} is `{text}`, not a year"))?;
                if year.fract() != 0.0 || !(1.0..=9999.0).contains(&year) {
                    return Err(format!("{what} is `{text}`, not a year"));
                }
                Value::Number(year)
            }
            Kind::Money { currency } => {
                Value::Money { amount: number()?, currency: currency.clone() }
            }
            Kind::Date(reading) => Value::Date(
                civil_day(&text, *reading).map_err(|why| format!("{what} is `{text}`, {why}"))?,
            ),
            Kind::Coded { system, version } => {
                Value::Coded(Coded::new(system.clone(), version.clone(), text.clone()))
            }
            Kind::Flag => match text.to_lowercase().as_str() {
                "true" | "t" | "yes" | "y" | "1" | "是" => Value::Flag(true),
                "false" | "f" | "no" | "n" | "0" | "否" => Value::Flag(false),
                _ => return Err(format!("{what} is `{text}`, not yes or no")),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(rule: &str, property: impl Into<Json>) -> Result<Option<Value>, String> {
        let rule: FieldRuleFile = toml::from_str(rule).unwrap();
        let rule = FieldRule::read(rule, DateReading::Plain)?;
        let map = json!({ "p": property.into() });
        rule.value(&Properties::new(map.as_object().unwrap(), None, 1, &[]))
    }

    #[test]
    fn units_become_metric() {
        let Ok(Some(Value::AreaM2(area))) =
            value("property = \"p\"\nkind = \"area\"\nunit = \"ft2\"", json!(1000))
        else {
            panic!("an area");
        };
        assert!((area - 92.903_04).abs() < 1e-9);
        let Ok(Some(Value::AreaM2(area))) =
            value("property = \"p\"\nkind = \"area\"\nunit = \"mu\"", json!("15"))
        else {
            panic!("an area");
        };
        assert!((area - 10_000.0).abs() < 1e-9);
        assert_eq!(
            value("property = \"p\"\nkind = \"number\"\nunit = \"ft\"", json!(10)),
            Ok(Some(Value::Number(3.048)))
        );
    }

    #[test]
    fn nothing_is_left_out_and_nonsense_is_reported() {
        let year = "property = \"p\"\nkind = \"year\"\nabsent = [0]";
        assert_eq!(value(year, json!(0.0)), Ok(None));
        assert_eq!(value(year, json!(null)), Ok(None));
        assert_eq!(value(year, json!(1873.0)), Ok(Some(Value::Number(1873.0))));
        assert!(value(year, json!("old")).unwrap_err().contains("old"));
        assert!(value("property = \"p\"\nkind = \"area\"", json!(-1)).is_err());
        assert!(value("property = \"p\"", json!([1])).is_err());
    }

    #[test]
    fn every_kind_reads() {
        assert_eq!(
            value("property = \"p\"\nkind = \"money\"\ncurrency = \"USD\"", json!(5.5)),
            Ok(Some(Value::Money { amount: 5.5, currency: "USD".to_owned() }))
        );
        for text in ["2015-05-12", "20150512", "2015-05-12T10:00:00Z"] {
            assert_eq!(
                value("property = \"p\"\nkind = \"date\"", json!(text)),
                Ok(Some(Value::Date(jiff::civil::date(2015, 5, 12))))
            );
        }
        assert_eq!(
            value("template = \"{p} St\"", json!("Main")),
            Ok(Some(Value::Text("Main St".to_owned())))
        );
        assert_eq!(
            value("property = \"p\"\nkind = \"flag\"", json!("Y")),
            Ok(Some(Value::Flag(true)))
        );
        assert!(matches!(
            value("constant = { zh = \"国有\", en = \"State\" }", json!(null)),
            Ok(Some(Value::Localized(_)))
        ));
    }

    #[test]
    fn rules_that_make_no_sense_are_refused() {
        for (rule, word) in [
            ("kind = \"area\"", "exactly one"),
            ("property = \"p\"\nunit = \"ft2\"", "unit"),
            ("property = \"p\"\nkind = \"area\"\nunit = \"ft\"", "ft2"),
            ("property = \"p\"\nkind = \"money\"", "currency"),
            ("property = \"p\"\nkind = \"coded\"\nsystem = \"x\"\nversion = \"1\"", "dictionary"),
        ] {
            let why = value(rule, json!(1)).unwrap_err();
            assert!(why.contains(word), "{why}");
        }
    }
}
