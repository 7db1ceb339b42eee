//! What an applicant answers, read against the questions of a set.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    amount::{Dimension, Limit, Range},
    fact::{Cause, FactKey, Facts, Reading},
    model::{Domain, Question, RuleSet},
};

/// What is answered by whoever was asked and does not know.
pub const NOT_KNOWN: &str = "unknown";

/// Longest code of no dictionary that is taken, characters.
pub(super) const LONGEST: usize = 100;

/// An answer to no question of the set, or one that its question cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// There is no such question.
    #[error("the rules ask no question {id:?}")]
    NoQuestion {
        /// What was named.
        id: String,
    },
    /// It cannot be answered so.
    #[error("{text:?} is no answer to {id}")]
    NoAnswer {
        /// The question.
        id: String,
        /// What was answered.
        text: String,
    },
}

impl RuleSet {
    /// Answers as facts. Empty ones were not given; [`NOT_KNOWN`] is that the applicant does not know.
    /// A figure is a number in the base unit of its question, or in another one that is written after it.
    ///
    /// # Errors
    /// [`AnswerError`] names the first that is wrong.
    pub fn answered(&self, answers: &BTreeMap<String, String>) -> Result<Facts, AnswerError> {
        let mut facts = Facts::default();
        for (id, text) in answers {
            let question =
                self.question(id).ok_or_else(|| AnswerError::NoQuestion { id: id.clone() })?;
            let key = FactKey::Answer(id.clone());
            match text.trim() {
                "" => {}
                NOT_KNOWN => facts.lack(key, Cause::NotKnown),
                text => {
                    let wrong = || AnswerError::NoAnswer { id: id.clone(), text: text.to_owned() };
                    facts.put(key, reading(question, text).ok_or_else(wrong)?, Vec::new());
                }
            }
        }
        Ok(facts)
    }
}

fn reading(question: &Question, text: &str) -> Option<Reading> {
    match &question.domain {
        Domain::Figure(dimension) => figure(dimension, text).map(Reading::Figure),
        Domain::Open if text.chars().count() > LONGEST => None,
        domain => domain.has(text).then(|| Reading::Codes(BTreeSet::from([text.to_owned()]))),
    }
}

/// A figure as people write it: `1,200`, `１２`, `3.5 m`, `50㎡`.
pub(super) fn figure(dimension: &Dimension, text: &str) -> Option<Range> {
    let text = crate::text::narrow(text);
    let is_unit = |c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | '-');
    let (number, unit) = text.split_at(text.find(is_unit).unwrap_or(text.len()));
    let number = without_thousands(number)?;
    let unit = match unit.trim() {
        "" if *dimension == Dimension::Share => return share(&number),
        "" => dimension.base(),
        "米" | "公尺" => "m",
        "公里" | "千米" => "km",
        "㎡" | "平方米" | "平米" | "平方" => "m2",
        "公顷" => "ha",
        "天" | "日" | "day" => "days",
        unit => unit,
    };
    let read = Limit::read(&format!("{number} {unit}"))?;
    let negative = !matches!(dimension, Dimension::Own(_)) && number.starts_with('-');
    (read.dimension == *dimension && !negative).then(|| Range::exactly(read.amount))
}

/// A share without a sign is one of 1: `0.3`.
fn share(number: &str) -> Option<Range> {
    Range::measured(number.parse().ok().filter(|share| (0.0..=1.0).contains(share))?)
}

/// The number without the commas between its thousands; `None` where they stand elsewhere.
fn without_thousands(number: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut rest = groups.peekable();
    let grouped = rest.peek().is_some();
    let first_fits = !grouped || (1..=3).contains(&first.trim_start_matches('-').len());
    let fits = first_fits && rest.all(|group| group.len() == 3) && !fraction.contains(',');
    fits.then(|| number.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suitability::embedded;

    #[test]
    fn figures_are_read_as_people_write_them_and_never_guessed() {
        let amount = |figure: f64| Range::measured(figure);
        let (length, area) = (Dimension::Length, Dimension::Area);
        for (dimension, text, read) in [
            (&length, "3.5", amount(3.5)),
            (&length, "３．５", amount(3.5)),
            (&length, "3.5 m", amount(3.5)),
            (&length, "3.5米", amount(3.5)),
            (&length, "2公里", amount(2_000.0)),
            (&area, "1,200", amount(1_200.0)),
            (&area, "12,345,678.5", amount(12_345_678.5)),
            (&area, "50㎡", amount(50.0)),
            (&area, "0.5 公顷", amount(5_000.0)),
            (&Dimension::Share, "30%", amount(0.3)),
            (&Dimension::Share, "0.3", amount(0.3)),
            (&Dimension::Own("years".to_owned()), "-18", amount(-18.0)),
            (&length, "-3", None),
            (&length, "50㎡", None),
            (&length, "3,5", None),
            (&length, "1,23,456", None),
            (&length, "high", None),
            (&length, "1e3", None),
            (&Dimension::Share, "30", None),
        ] {
            assert_eq!(figure(dimension, text), read, "{text}");
        }
    }

    #[test]
    fn answers_are_read_against_the_questions_of_the_set() {
        let set = embedded().in_force("zhejiang", jiff::civil::date(2026, 11, 29)).unwrap();
        let with = |id: &str, text: &str| {
            set.answered(&BTreeMap::from([(id.to_owned(), text.to_owned())]))
        };
        let builds = FactKey::Answer("builds".to_owned());
        let yes = Reading::Codes(BTreeSet::from(["yes".to_owned()]));
        assert_eq!(with("builds", "yes").unwrap().get(&builds).unwrap().reading, yes);
        assert_eq!(with("builds", NOT_KNOWN).unwrap().get(&builds), Err(Cause::NotKnown));
        assert_eq!(with("builds", " ").unwrap(), Facts::default(), "nothing was said");
        assert!(matches!(with("builds", "ja"), Err(AnswerError::NoAnswer { .. })));
        assert!(matches!(with("bilds", "yes"), Err(AnswerError::NoQuestion { .. })));
    }
}
