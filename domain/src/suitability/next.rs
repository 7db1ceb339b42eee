//! The formal step after a verdict (*sites S10*): what is applied for, where, and what of the verdict goes into its
//! form.

use super::{
    fact::Facts,
    judge::Case,
    model::{NextStep, RuleSet},
};

impl RuleSet {
    /// The steps that may follow a verdict for the use at that position.
    pub fn steps_for(&self, at: usize) -> impl Iterator<Item = &NextStep> {
        self.steps.iter().filter(move |step| step.uses.has(at))
    }

    /// What questions of a step's service are answered by, question and answer: of each question the first answer
    /// that is certain by the facts. What is not known fills nothing in.
    #[must_use]
    pub fn filled<'s>(
        &self,
        step: &'s NextStep,
        use_at: usize,
        facts: &Facts,
    ) -> Vec<(&'s str, &'s str)> {
        let Some(of) = self.uses.get(use_at) else { return Vec::new() };
        let case = Case { set: self, of, facts };
        let mut filled: Vec<(&str, &str)> = Vec::new();
        for fill in &step.fills {
            let is_new = filled.iter().all(|(question, _)| *question != fill.question);
            let holds = fill.when.truth(&mut |atom| case.truth(atom)).known() == Some(true);
            if is_new && holds {
                filled.push((&fill.question, &fill.is));
            }
        }
        filled
    }
}
