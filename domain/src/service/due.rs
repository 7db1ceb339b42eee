//! Questions that are asked only after certain answers. One function says when, on the server and in
//! the browser.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answers, InputKind, Question};

/// The answers after which a question is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// Name of a [`InputKind::Choice`] that stands above it.
    pub question: String,
    /// The values of its options after any of which it is asked.
    pub is: Vec<String>,
}

impl When {
    /// Whether it is asked after this answer. Nothing answered asks for nothing more.
    #[must_use]
    pub fn holds(&self, answer: Option<&str>) -> bool {
        answer.is_some_and(|answer| self.is.iter().any(|value| value == answer))
    }
}

impl<Text> Question<Text> {
    /// Whether it is asked of somebody who has given these answers. An answer to a question that was
    /// not asked itself must not be among them.
    #[must_use]
    pub fn is_due(&self, answers: &Answers) -> bool {
        let answer = |when: &When| answers.get(&when.question).map(String::as_str);
        self.when.as_ref().is_none_or(|when| when.holds(answer(when)))
    }
}

/// The most that anybody is asked at once, whatever they choose.
pub(super) fn most_at_once<Text>(questions: &[Question<Text>]) -> usize {
    let always = questions.iter().filter(|question| question.when.is_none()).count();
    let mut after: BTreeMap<&str, Vec<&When>> = BTreeMap::new();
    for when in questions.iter().filter_map(|question| question.when.as_ref()) {
        after.entry(&when.question).or_default().push(when);
    }
    let most_after = |(name, whens): (&str, Vec<&When>)| {
        let choice = questions.iter().find(|question| question.name == name);
        let options = choice.into_iter().flat_map(|question| &question.options);
        options
            .map(|option| whens.iter().filter(|when| when.holds(Some(&option.value))).count())
            .max()
            .unwrap_or_default()
    };
    always + after.into_iter().map(most_after).sum::<usize>()
}

/// The choice above a question that its `when` names.
pub(super) fn governing<'q, Text>(
    above: &'q [Question<Text>],
    when: &When,
) -> Option<&'q Question<Text>> {
    let named = above.iter().find(|question| question.name == when.question);
    named.filter(|question| question.kind == InputKind::Choice)
}
