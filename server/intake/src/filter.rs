//! Which features are meant: `where = { property = "sfha_tf", equals = "F" }`.

use serde::Deserialize;

use crate::feature::{Properties, plain};

/// A condition on one property. Texts and numbers compare by how people write them: `1`, `1.0` and
/// `"1"` are the same.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "FilterFile")]
pub struct Filter {
    property: String,
    values: Vec<String>,
    negated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterFile {
    property: String,
    equals: Option<Scalar>,
    #[serde(rename = "in")]
    one_of: Option<Vec<Scalar>>,
    not_in: Option<Vec<Scalar>>,
}

/// A TOML scalar in a mapping.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "expected a text, a number or true/false")]
pub(crate) enum Scalar {
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

impl Scalar {
    /// The text people would write.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.trim().to_owned(),
        }
    }
}

impl TryFrom<FilterFile> for Filter {
    type Error = &'static str;

    fn try_from(raw: FilterFile) -> Result<Self, Self::Error> {
        let (values, negated) = match (raw.equals, raw.one_of, raw.not_in) {
            (Some(one), None, None) => (vec![one], false),
            (None, Some(list), None) => (list, false),
            (None, None, Some(list)) => (list, true),
            _ => return Err("a condition has exactly one of `equals`, `in` and `not_in`"),
        };
        let values = values.iter().map(Scalar::text).collect();
        Ok(Self { property: raw.property, values, negated })
    }
}

impl Filter {
    /// The property it asks for.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.property
    }

    /// The texts it lists.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Whether a feature meets a feature meets the condition. An absent property is in no list.
    #[must_use]
    pub fn meets(&self, feature: &Properties<'_>) -> bool {
        let found = feature
            .get(&self.property)
            .and_then(plain)
            .is_some_and(|text| self.values.contains(&text));
        found != self.negated
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meets(filter: &str, properties: &serde_json::Value) -> bool {
        let filter: Filter = toml::from_str(filter).unwrap();
        let map = properties.as_object().unwrap();
        filter.meets(&Properties::new(map, None, 1, &[]))
    }

    #[test]
    fn numbers_and_texts_compare_as_written() {
        for value in [json!({"a": 1}), json!({"a": 1.0}), json!({"a": " 1"})] {
            assert!(meets("property = \"a\"\nequals = 1", &value));
            assert!(meets("property = \"a\"\nin = [\"1\", 2]", &value));
            assert!(!meets("property = \"a\"\nnot_in = [1.0]", &value));
        }
        assert!(!meets("property = \"a\"\nequals = 1", &json!({"a": null})));
        assert!(meets("property = \"a\"\nnot_in = [1]", &json!({})));
    }

    #[test]
    fn a_condition_says_one_thing() {
        assert!(toml::from_str::<Filter>("property = \"a\"").is_err());
        assert!(toml::from_str::<Filter>("property = \"a\"\nequals = 1\nin = [1]").is_err());
        assert!(toml::from_str::<Filter>("property = \"a\"\nequal = 1").is_err());
    }
}
