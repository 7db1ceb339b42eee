//! Texts made from a feature's properties: `{ZDDM}`, `999002{section:letters3}GB{numero:05}`.

use serde_json::Value as Json;

use crate::feature::{Properties, plain};

/// A text with places that a feature's properties fill.
///
/// | in the text | becomes |
/// |---|---|
/// | `{prop}` | the property as text; whole numbers without a decimal point |
/// | `{prop:05}` | the property as a number of five digits, zeros in front |
/// | `{prop:letters3}` | letters as a number of three digits, A = 1, Z = 26, AA = 27 (French section letters) |
/// | `{a\|b\|'text'}` | the first of them that is there; words in `'…'` are taken as they are |
/// | `{@id}` | the feature's GeoJSON `id` |
/// | `{@number}` | its place in the file, from 1 |
/// | `{{`, `}}` | a brace |
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(String),
    Place { choices: Vec<Choice>, form: Form },
}

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Property(String),
    Id,
    Number,
    Words(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Plain,
    Padded(usize),
    Letters(usize),
}

/// Why a template does not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("`{{` is not closed in the template `{0}`; write `{{{{` for a brace")]
    Open(String),
    /// `}` without `{`.
    #[error("`}}` without `{{` in the template `{0}`; write `}}}}` for a brace")]
    Close(String),
    /// `{}`.
    #[error("a place without a property name in the template `{0}`; write `{{PROPERTY}}`")]
    Empty(String),
    /// A form after the colon that does not exist.
    #[error("`{form}` in the template `{template}` is unknown; use `05` (digits) or `letters3`")]
    Form {
        /// The whole template.
        template: String,
        /// What stands after the colon.
        form: String,
    },
}

/// What a template gave for one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The text.
    Text(String),
    /// A property it needs is absent, null or blank.
    Absent(String),
    /// A property is there but does not fit its form.
    Misfit(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`TemplateError`], which quotes the template.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(TemplateError::Close(source.to_owned()));
            } else {
                let (inside, after) =
                    rest.split_once('}').ok_or_else(|| TemplateError::Open(source.to_owned()))?;
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(place(source, inside)?);
                rest = after;
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        Ok(Self { source: source.to_owned(), parts })
    }

    /// The text of the template as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Fills the template from a feature.
    #[must_use]
    pub fn fill(&self, feature: &Properties<'_>) -> Filled {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(words) => text.push_str(words),
                Part::Place { choices, form } => {
                    let Some(found) = choices.iter().find_map(|choice| look(choice, feature))
                    else {
                        let names: Vec<String> = choices.iter().map(Choice::name).collect();
                        return Filled::Absent(names.join(", "));
                    };
                    match shape(&found, *form) {
                        Ok(shaped) => text.push_str(&shaped),
                        Err(why) => {
                            let names: Vec<String> = choices.iter().map(Choice::name).collect();
                            return Filled::Misfit(format!("{} {why}", names.join(", ")));
                        }
                    }
                }
            }
        }
        // `{name} {suffix|''}` must not end in a blank.
        Filled::Text(text.trim().to_owned())
    }
}

impl Choice {
    fn name(&self) -> String {
        match self {
            Self::Property(name) => format!("property `{name}`"),
            Self::Id => "the GeoJSON id".to_owned(),
            Self::Number => "the feature's number".to_owned(),
            Self::Words(words) => format!("'{words}'"),
        }
    }
}

fn place(source: &str, inside: &str) -> Result<Part, TemplateError> {
    let (names, form) = match inside.rsplit_once(':') {
        // A colon inside quoted words is part of the words.
        Some((names, form)) if names.matches('\'').count() % 2 == 0 => (names, Some(form)),
        _ => (inside, None),
    };
    let unknown =
        |form: &str| TemplateError::Form { template: source.to_owned(), form: form.to_owned() };
    let form = match form {
        None => Form::Plain,
        Some(text) => {
            if let Some(width) = text.strip_prefix("letters") {
                Form::Letters(width.parse().map_err(|_error| unknown(text))?)
            } else if let Some(width) = text.strip_prefix('0') {
                Form::Padded(width.parse().map_err(|_error| unknown(text))?)
            } else {
                return Err(unknown(text));
            }
        }
    };
    let choices = names
        .split('|')
        .map(str::trim)
        .map(|name| match name {
            "" => Err(TemplateError::Empty(source.to_owned())),
            "@id" => Ok(Choice::Id),
            "@number" => Ok(Choice::Number),
            quoted if quoted.len() >= 2 && quoted.starts_with('\'') && quoted.ends_with('\'') => {
                Ok(Choice::Words(quoted[1..quoted.len() - 1].to_owned()))
            }
            property => Ok(Choice::Property(property.to_owned())),
        })
        .collect::<Result<_, _>>()?;
    Ok(Part::Place { choices, form })
}

fn look(choice: &Choice, feature: &Properties<'_>) -> Option<String> {
    match choice {
        Choice::Property(name) => feature.get(name).and_then(plain),
        Choice::Id => feature.id().map(str::to_owned),
        Choice::Number => Some(feature.number().to_string()),
        Choice::Words(words) => Some(words.clone()),
    }
}

fn shape(found: &str, form: Form) -> Result<String, String> {
    let (digits, width) = match form {
        Form::Plain => return Ok(found.to_owned()),
        Form::Padded(width) => {
            if !found.chars().all(|c| c.is_ascii_digit()) {
                return Err(format!("is `{found}`, not a whole number"));
            }
            (found.trim_start_matches('0').to_owned(), width)
        }
        Form::Letters(width) => {
            // Etalab writes the section A as `0A`.
            let letters = found.trim_start_matches('0');
            let mut number: u64 = 0;
            for letter in letters.chars() {
                if !letter.is_ascii_uppercase() || number > u64::from(u32::MAX) {
                    return Err(format!("is `{found}`, not capital letters"));
                }
                number = number * 26 + u64::from(u32::from(letter) - u32::from('A') + 1);
            }
            (number.to_string(), width)
        }
    };
    if digits.len() > width {
        return Err(format!("is `{found}`, which does not fit into {width} digits"));
    }
    Ok(format!("{digits:0>width$}"))
}

/// A JSON scalar as the text people would write.
pub(crate) fn scalar_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Number(number) => Some(match number.as_f64() {
            // GIS exports write whole numbers as `105.0`; up to 2^53 the text is exact.
            Some(float) if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        }),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::feature::Properties;

    fn fill(template: &str, properties: Json) -> Filled {
        let Json::Object(map) = properties else { panic!("an object") };
        let absent = ["<Null>".to_owned()];
        Template::parse(template).unwrap().fill(&Properties::new(&map, Some("9"), 3, &absent))
    }

    #[test]
    fn a_french_parcel_becomes_a_code() {
        let parcel = json!({"prefixe": "000", "section": "AB", "numero": "37"});
        assert_eq!(
            fill("999002{prefixe}{section:letters3}GB{numero:05}", parcel),
            Filled::Text("999002000028GB00037".to_owned())
        );
    }

    #[test]
    fn letters_count_from_a_and_skip_leading_zeros() {
        for (letters, digits) in [("A", "001"), ("0Z", "026"), ("AA", "027"), ("ZZ", "702")] {
            assert_eq!(
                fill("{s:letters3}", json!({ "s": letters })),
                Filled::Text(digits.to_owned())
            );
        }
        assert!(matches!(fill("{s:letters3}", json!({"s": "a1"})), Filled::Misfit(_)));
        assert!(matches!(fill("{s:letters3}", json!({"s": "AAAA"})), Filled::Misfit(_)));
    }

    #[test]
    fn numbers_are_written_as_people_write_them() {
        assert_eq!(fill("{n}", json!({"n": 105.0})), Filled::Text("105".to_owned()));
        assert_eq!(fill("{n}", json!({"n": 1.5})), Filled::Text("1.5".to_owned()));
        assert_eq!(fill("{n:05}", json!({"n": 7})), Filled::Text("00007".to_owned()));
        assert!(matches!(fill("{n:02}", json!({"n": 123})), Filled::Misfit(_)));
    }

    #[test]
    fn the_first_choice_that_is_there_wins() {
        assert_eq!(
            fill("{a|b|'none: at all'}", json!({"a": " ", "b": "<Null>"})),
            Filled::Text("none: at all".to_owned())
        );
        assert_eq!(fill("{a|@id}/{@number}", json!({})), Filled::Text("9/3".to_owned()));
        assert!(matches!(fill("x{a}", json!({"a": null})), Filled::Absent(_)));
        assert_eq!(fill("{{x}}", json!({})), Filled::Text("{x}".to_owned()));
    }

    #[test]
    fn mistakes_are_named() {
        for wrong in ["{a", "a}", "{}", "{a:5}", "{a:lettersx}", "{a:0}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
    }
}
