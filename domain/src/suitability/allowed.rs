//! What a fact of a rule set can be at all: a figure, or codes of its list.

use std::collections::BTreeSet;

use super::{
    model::{Domain, RuleSet},
    tree::Subject,
};

/// What the status of a layer's law can be.
pub(super) const LAW_STATUS: [&str; 3] =
    ["in_force", "change_with_pre_effect", "change_without_pre_effect"];

impl RuleSet {
    /// What a value or an answer can be; none for other subjects.
    pub(super) fn domain(&self, subject: &Subject) -> Option<&Domain> {
        match subject {
            Subject::Value { id } => self.values.get(id).map(|value| &value.domain),
            Subject::Answer { id } => self.question(id).map(|question| &question.domain),
            _ => None,
        }
    }

    /// Whether a subject is a figure.
    pub(super) fn is_figure(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Distance { .. } | Subject::Area | Subject::Frontage => true,
            _ => matches!(self.domain(subject), Some(Domain::Figure(_))),
        }
    }

    /// Whether these codes are something that a subject can be.
    pub(super) fn can_be(&self, subject: &Subject, codes: &BTreeSet<String>) -> bool {
        let several = match subject {
            Subject::Value { id } => self.values.get(id).is_some_and(|value| value.several),
            _ => false,
        };
        let fits = |code: &String| match subject {
            Subject::LawStatus { .. } => LAW_STATUS.contains(&code.as_str()),
            // A register may have codes that its dictionary has not (rule C10): of what class they are
            // nobody knows.
            _ => self.domain(subject).is_some_and(|domain| !code.is_empty() && domain.has(code)),
        };
        !codes.is_empty() && (several || codes.len() == 1) && codes.iter().all(fits)
    }
}
