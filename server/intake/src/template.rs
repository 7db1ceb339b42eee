//! Texts made from a feature's properties: `{ZDDM}`, `999002{section:letters3}GB{numero:05}`.
//!
//! Here: what a template is and how it is filled. [`parse`] reads one, [`form`] is what may stand
//! after the colon.

mod form;
mod parse;

use self::form::Form;
use crate::feature::{Properties, plain};

/// A text with places that a feature's properties fill.
///
/// | in the text | becomes |
/// |---|---|
/// | `{prop}` | the property as text; whole numbers without a decimal point |
/// | `` {`gml:id`} `` | the same, for a name with one of `` : | { } ' ` ``; two backticks are one |
/// | `{a\|b\|'text'}` | the first of them that is there; words in `'…'` are taken as they are |
/// | `{prop:05}` | the property as a number of five digits, zeros in front |
/// | `{prop:letters3}` | letters as a number of three digits, A = 1, Z = 26, AA = 27 (French section letters) |
/// | `{prop:1..6}` | its characters 1 to 6; also `7..` and `..6` |
/// | `{prop:before '-'}`, `{prop:after '-'}` | what stands before or after the first `-` |
/// | `{prop:before last '-'}`, `{prop:after last '-'}` | the same of the last `-` |
/// | `{prop:after '-':05}` | one form after the other |
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
    Place { choices: Vec<Choice>, forms: Vec<Form> },
}

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Property(String),
    Id,
    Number,
    Words(String),
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
    /// `'` or `` ` `` without its second.
    #[error("a quote is not closed in the template `{0}`; two of the kind stand for one inside")]
    Quote(String),
    /// Text beside a quoted name or words.
    #[error("`{beside}` stands beside a quoted text in the template `{template}`; take it out")]
    Beside {
        /// The whole template.
        template: String,
        /// What stands there.
        beside: String,
    },
    /// A form after the colon that does not exist.
    #[error(
        "`{form}` in the template `{template}` is unknown; after a colon use `05` (digits), \
         `letters3`, `1..6` (characters), `before '-'` or `after '-'`; a name that has a colon \
         in it is written in backticks: {{`a:b`}}"
    )]
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
        Ok(Self { source: source.to_owned(), parts: parse::parts(source)? })
    }

    /// The text of the template as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The properties it names, in order.
    pub fn properties(&self) -> impl Iterator<Item = &str> {
        self.choices().filter_map(|choice| match choice {
            Choice::Property(name) => Some(name.as_str()),
            Choice::Id | Choice::Number | Choice::Words(_) => None,
        })
    }

    /// Whether it asks for the feature's GeoJSON `id`.
    #[must_use]
    pub fn asks_for_id(&self) -> bool {
        self.choices().any(|choice| *choice == Choice::Id)
    }

    fn choices(&self) -> impl Iterator<Item = &Choice> {
        self.parts.iter().flat_map(|part| match part {
            Part::Literal(_) => [].iter(),
            Part::Place { choices, .. } => choices.iter(),
        })
    }

    /// Fills the template from a feature.
    #[must_use]
    pub fn fill(&self, feature: &Properties<'_>) -> Filled {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(words) => text.push_str(words),
                Part::Place { choices, forms } => {
                    let names = || -> String {
                        let names: Vec<String> = choices.iter().map(Choice::name).collect();
                        names.join(", ")
                    };
                    let Some(found) = choices.iter().find_map(|choice| choice.look(feature)) else {
                        return Filled::Absent(names());
                    };
                    let shaped = forms.iter().try_fold(found, |text, form| form.shape(&text));
                    match shaped {
                        Ok(shaped) => text.push_str(&shaped),
                        Err(why) => return Filled::Misfit(format!("{} {why}", names())),
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

    fn look(&self, feature: &Properties<'_>) -> Option<String> {
        match self {
            Self::Property(name) => feature.get(name).and_then(plain),
            Self::Id => feature.id().map(str::to_owned),
            Self::Number => Some(feature.number().to_string()),
            Self::Words(words) => Some(words.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

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
        for (wrong, word) in [
            ("{a", "closed"),
            ("a}", "brace"),
            ("{}", "without a property name"),
            ("{a|}", "without a property name"),
            ("{``}", "without a property name"),
            ("{a:5}", "`5`"),
            ("{a:lettersx}", "`lettersx`"),
            ("{a:0}", "`0`"),
            ("{a:}", "after a colon"),
            ("{gml:id}", "{`a:b`}"),
            ("{a:6..1}", "`6..1`"),
            ("{a:0..1}", "`0..1`"),
            ("{a:..}", "`..`"),
            ("{a:before -}", "`before -`"),
            ("{a:after ''}", "after"),
            ("{`a}", "quote"),
            ("{a|'b}", "quote"),
            ("{`a`b}", "beside"),
        ] {
            let why = Template::parse(wrong).unwrap_err().to_string();
            assert!(why.contains(word) && why.contains(wrong), "{wrong}: {why}");
        }
    }

    #[test]
    fn any_name_can_be_written() {
        for (template, name) in [
            ("{`gml:id`}", "gml:id"),
            ("{'gml:id'}", "gml:id"),
            ("{x|`a|b`}", "a|b"),
            ("{`a{b}c`}", "a{b}c"),
            ("{`it's`}", "it's"),
            ("{`tick``tock`}", "tick`tock"),
            ("{'it''s'}", "it's"),
            ("{a.b}", "a.b"),
            ("{Owner's name}", "Owner's name"),
            ("{Land Area}", "Land Area"),
            ("{` edge `}", " edge "),
            ("{`@id`}", "@id"),
            ("{地块:代码`}", ""),
        ] {
            if name.is_empty() {
                assert!(Template::parse(template).is_err(), "{template}");
                continue;
            }
            let filled = fill(template, json!({ name: "found" }));
            assert_eq!(filled, Filled::Text("found".to_owned()), "{template}");
        }
        assert_eq!(
            fill("{`gml:id`:1..2}", json!({"gml:id": "abc"})),
            Filled::Text("ab".to_owned())
        );
        assert_eq!(fill("{a|'it''s }'}", json!({})), Filled::Text("it's }".to_owned()));
        let template = Template::parse("{a|`b:c`|'w'}{d}").unwrap();
        assert_eq!(template.properties().collect::<Vec<_>>(), ["a", "b:c", "d"]);
    }

    #[test]
    fn a_part_of_a_property_can_be_taken() {
        let lot = json!({"p": "330521001001GB00001F00010002", "lot": "甲-12/7-b"});
        for (template, text) in [
            ("{p:1..19}", "330521001001GB00001"),
            ("{p:20..}", "F00010002"),
            ("{p:..6}", "330521"),
            ("{lot:1..1}", "甲"),
            ("{lot:before '-'}", "甲"),
            ("{lot:after '-'}", "12/7-b"),
            ("{lot:before last '-'}", "甲-12/7"),
            ("{lot:after last '-'}", "b"),
            ("{lot:after '-':before '/':05}", "00012"),
            ("{lot:after ' '|p}", ""),
        ] {
            if text.is_empty() {
                assert!(Template::parse(template).is_err(), "{template}");
                continue;
            }
            assert_eq!(fill(template, lot.clone()), Filled::Text(text.to_owned()), "{template}");
        }
        for (template, word) in [
            ("{lot:1..20}", "too short"),
            ("{lot:11..}", "too short"),
            ("{lot:after '#'}", "no `#`"),
            ("{lot:before '甲'}", "nothing before"),
            ("{lot:after 'b'}", "nothing after"),
        ] {
            let Filled::Misfit(why) = fill(template, lot.clone()) else { panic!("{template}") };
            assert!(why.contains(word) && why.contains("甲-12/7-b"), "{why}");
        }
    }
}
