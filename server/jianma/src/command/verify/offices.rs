//! What offices said to a request of the applicant's, in words.

use domain::{Locale, signed_verdict::Judgement, suitability::RuleSet};

/// A line for each word, with who said it, when, and the event that it came with, under one that says whose they
/// are; none where none said anything. Without the rules that ask, what was said is not put in words.
pub(super) fn lines(
    judgement: &Judgement,
    rules: Option<&RuleSet>,
    locale: Locale,
) -> impl Iterator<Item = String> {
    let each: Vec<String> = judgement
        .said
        .iter()
        .map(|word| match rules {
            Some(rules) => {
                let [said, by] = app::office_word(locale, rules, word);
                format!("  {said} ({by})")
            }
            None => {
                let office = word.office.get(locale);
                format!("  {} ({office}, {}, {})", word.fact.id(), word.at, word.event)
            }
        })
        .collect();
    let heading = "said by offices, to a request of the applicant's:".to_owned();
    (!each.is_empty()).then_some(heading).into_iter().chain(each)
}
