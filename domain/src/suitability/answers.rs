//! What an applicant answers, read against the questions of a set.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    amount::{Dimension, Range},
    fact::{Cause, FactKey, Facts, Reading},
    model::{Domain, Question, RuleSet},
};

/// What is answered by whoever was asked and does not know.
pub const NOT_KNOWN: &str = "unknown";

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
    /// A figure is a number in the base unit of its question.
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
    let code = |fits: bool| fits.then(|| Reading::Codes(BTreeSet::from([text.to_owned()])));
    match &question.domain {
        Domain::YesNo => code(matches!(text, "yes" | "no")),
        Domain::Options(options) => code(options.iter().any(|option| option.id == text)),
        Domain::Dictionary { system, version } => {
            let known = crate::dictionary::dictionary(system, version);
            code(known.is_some_and(|known| known.entries.contains_key(text)))
        }
        Domain::Open => code(text.chars().count() <= 100),
        Domain::Figure(dimension) => {
            let figure: f64 = text.parse().ok()?;
            let own = matches!(dimension, Dimension::Own(_));
            (own || figure >= 0.0).then(|| Range::measured(figure).map(Reading::Figure))?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suitability::embedded;

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
