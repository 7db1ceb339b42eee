//! What a request asks an office for, as addresses and forms carry it: `asks=SET.USE,FACT,FACT` beside the
//! applicant's answers, written as in the address of a verdict. What arrives is checked where it is handed in.

use domain::{LandCode, suitability::AskWritten};

use crate::urls::{self, ANSWER, POINTS};

/// The field.
pub const ASKS: &str = "asks";

/// Longest that is read, characters.
const LONGEST: usize = 4_000;
/// Most answers that are read: rules ask a dozen.
const MOST_ANSWERS: usize = 40;

/// What fields ask for; `None` where they ask for nothing, or not in that form.
#[must_use]
pub fn read<'f>(fields: impl Iterator<Item = (&'f str, &'f str)>) -> Option<AskWritten> {
    let (mut asks, mut answers) = (None, std::collections::BTreeMap::new());
    let mut outline = None;
    for (name, text) in fields {
        if name == ASKS && text.chars().count() <= LONGEST {
            asks = Some(text);
        } else if name == POINTS && !text.is_empty() {
            outline = Some(text.to_owned());
        } else if let Some(question) = name.strip_prefix(ANSWER)
            && answers.len() < MOST_ANSWERS
            && !text.is_empty()
        {
            answers.insert(question.to_owned(), text.chars().take(LONGEST).collect());
        }
    }
    let mut parts = asks?.split(',');
    let (rules, of) = parts.next()?.split_once('.')?;
    let facts = parts.map(str::to_owned).collect();
    Some(AskWritten { rules: rules.to_owned(), of: of.to_owned(), facts, answers, outline })
}

/// The fields of what is asked for.
#[must_use]
pub fn fields(asks: &AskWritten) -> Vec<(String, String)> {
    let AskWritten { rules, of, facts, answers, outline } = asks;
    let all = std::iter::once(format!("{rules}.{of}")).chain(facts.iter().cloned());
    let answers =
        answers.iter().map(|(question, text)| (format!("{ANSWER}{question}"), text.clone()));
    let asks = (ASKS.to_owned(), all.collect::<Vec<_>>().join(","));
    let outline = outline.iter().map(|text| (POINTS.to_owned(), text.clone()));
    std::iter::once(asks).chain(answers).chain(outline).collect()
}

/// The form for a service at a place with one of its fields filled in, which asks its department for facts too.
#[must_use]
pub fn request(code: &LandCode, item: &str, field: (&str, &str), asks: &AskWritten) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields(asks));
    format!("{}&{}", urls::prefilled_request(code, item, field), query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_s5_what_is_asked_for_comes_back_from_its_fields() {
        let asks = AskWritten {
            rules: "zhejiang".into(),
            of: "cafe".into(),
            facts: vec!["overlaps:planned-use".into(), "table:planned-use".into()],
            answers: [("builds".to_owned(), "no".to_owned())].into(),
            outline: Some("119.9 30.5".into()),
        };
        let fields = fields(&asks);
        assert_eq!(fields[0].1, "zhejiang.cafe,overlaps:planned-use,table:planned-use");
        let fields = fields.iter().map(|(name, text)| (&**name, &**text));
        assert_eq!(read(fields), Some(asks));
        assert_eq!(read([("a.builds", "no")].into_iter()), None);
        assert_eq!(read([(ASKS, "nonsense")].into_iter()), None);
    }
}
