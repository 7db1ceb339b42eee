//! Checking answers, and the one form in which departments get what people write in many.

mod day;
mod email;
mod phone;
#[cfg(test)]
mod tests;

use jiff::{ToSpan, civil::Date};

pub(crate) use phone::read as phone_number;

use super::{
    AnswerFault, Answers, CopyOf, Days, FieldFault, InputKind, Question, ServiceItem,
    group::close_up,
};
use crate::text;

impl ServiceItem {
    /// Checks answers that are handed in on a day in China, and keeps those the form asks for: as
    /// typed, without what surrounds them; unknown names are dropped. What is not asked after the
    /// answers before it is neither wanted nor kept: whoever wrote something there is told.
    ///
    /// # Errors
    /// Every fault at once, in the order of the form.
    pub fn check(&self, given: &Answers, on: Date) -> Result<Answers, Vec<FieldFault>> {
        let mut answers = Answers::new();
        let mut faults = Vec::new();
        for question in &self.question {
            let typed = given.get(&question.name).map_or("", String::as_str);
            if !question.is_due(&answers) {
                if question.is_misplaced(typed, &faults) {
                    let fault = AnswerFault::NotAsked;
                    faults.push(FieldFault { field: question.name.clone(), fault });
                }
                continue;
            }
            let begun = |copy: &CopyOf| copy.wanted && self.is_begun(copy, given);
            let wanted = question.required || question.of.as_ref().is_some_and(begun);
            match question.check_wanted(typed, wanted, on) {
                Ok(kept) if kept.is_empty() => {}
                Ok(kept) => {
                    answers.insert(question.name.clone(), kept);
                }
                Err(fault) => faults.push(FieldFault { field: question.name.clone(), fault }),
            }
        }
        faults.extend(self.beyond_groups(given));
        close_up(&mut answers);
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }

    /// Leaves out what is not asked any more after the answers beside it.
    pub fn drop_unasked(&self, answers: &mut Answers) {
        for question in &self.question {
            if !question.is_due(answers) {
                answers.remove(&question.name);
            }
        }
    }
}

impl Question {
    /// An answer that is handed in by itself on a day in China, in its normal form; empty when there is
    /// none.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, typed: &str, on: Date) -> Result<String, AnswerFault> {
        self.check(typed, on).map(|kept| self.normal_form(&kept))
    }

    /// Whether something is written where nothing is asked. While the answer that decides is itself
    /// not right, nobody knows.
    fn is_misplaced(&self, typed: &str, faults: &[FieldFault]) -> bool {
        let undecided = |fault: &FieldFault| {
            fault.fault != AnswerFault::NotAsked
                && self.when.as_ref().is_some_and(|when| when.question == fault.field)
        };
        !self.kept(typed).is_empty() && !faults.iter().any(undecided)
    }

    /// An answer as a department gets it; as it is where it does not read.
    pub(crate) fn normal_form(&self, kept: &str) -> String {
        let normal = match self.kind {
            InputKind::Phone => phone::read(kept),
            InputKind::Email => email::read(kept).ok(),
            InputKind::Date => day::read(kept).map(|day| day.to_string()),
            _ => None,
        };
        normal.unwrap_or_else(|| kept.to_owned())
    }

    /// A phone number as it is dialled from anywhere, in groups that can be read out: `+86 138 0013
    /// 8000`. Whoever wrote it in another way sees what it was read as. `None` for everything else,
    /// and for what is no phone number.
    #[must_use]
    pub fn read_out(&self, kept: &str) -> Option<String> {
        (self.kind == InputKind::Phone).then(|| phone::read_out(kept)).flatten()
    }

    fn check(&self, typed: &str, on: Date) -> Result<String, AnswerFault> {
        self.check_wanted(typed, self.required, on)
    }

    /// What is kept of an answer; empty when there is none, which is a fault where one is wanted.
    fn check_wanted(&self, typed: &str, wanted: bool, on: Date) -> Result<String, AnswerFault> {
        let kept = self.kept(typed);
        if kept.is_empty() {
            return if wanted { Err(AnswerFault::Missing) } else { Ok(kept) };
        }
        let (length, max_length) = (kept.chars().count(), self.max_length);
        if length > max_length {
            return Err(AnswerFault::TooLong { max_length, length });
        }
        let no_text = match self.kind {
            InputKind::Paragraph => text::fault_of_paragraph(&kept),
            _ => text::fault_of_line(&kept),
        };
        match no_text {
            Some(fault) => Err(AnswerFault::NotText(fault)),
            None => {
                let kept = self.with_year(kept, on);
                self.means(&kept, on).map(|()| kept)
            }
        }
    }

    /// The text itself. Nobody types the marks that a contact app puts around a number.
    fn kept(&self, typed: &str) -> String {
        let typed = match self.kind {
            InputKind::Phone | InputKind::Email | InputKind::Date => text::without_marks(typed),
            InputKind::Paragraph => text::with_line_feeds(typed),
            _ => typed.to_owned(),
        };
        text::trimmed(&typed).to_owned()
    }

    /// A date without its year, 12月29日, with the one that can be meant; anything else as it is. The year is
    /// kept with it: another day it would be another.
    fn with_year(&self, kept: String, on: Date) -> String {
        let days = self.days.filter(|_| self.kind == InputKind::Date);
        let day = days.and_then(|days| day::nearest(&kept, on, days.range(on)));
        day.map_or(kept, |day| day.to_string())
    }

    fn means(&self, kept: &str, on: Date) -> Result<(), AnswerFault> {
        match self.kind {
            InputKind::Line | InputKind::Paragraph => Ok(()),
            InputKind::Choice => {
                let known = self.options.iter().any(|option| option.value == kept);
                known.then_some(()).ok_or(AnswerFault::NotAnOption)
            }
            InputKind::Phone if phone::read(kept).is_some() => Ok(()),
            InputKind::Phone if phone::is_among_others(kept) => Err(AnswerFault::NotOnePhone),
            InputKind::Phone => Err(AnswerFault::NotAPhone),
            InputKind::Email => email::read(kept).map(drop),
            InputKind::Date => {
                let day = day::read(kept).ok_or(AnswerFault::NotADate)?;
                self.days.map_or(Ok(()), |days| days.hold(day, on))
            }
            InputKind::Consent => (kept == "yes").then_some(()).ok_or(AnswerFault::Missing),
        }
    }
}

impl Days {
    /// Whether a day can be meant by whoever hands in `on`.
    fn hold(self, day: Date, on: Date) -> Result<(), AnswerFault> {
        let (from, to) = self.range(on);
        let held = (from..=to).contains(&day);
        held.then_some(()).ok_or(AnswerFault::OutOfDays { from, to })
    }

    /// The first and the last day that can be meant.
    fn range(self, on: Date) -> (Date, Date) {
        (on.saturating_add(self.from.days()), on.saturating_add(self.to.days()))
    }
}
