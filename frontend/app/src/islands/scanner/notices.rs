//! How long something is said beside the picture.

use super::state::Notice;

/// So long what was read stays after it was last seen, in milliseconds.
const STAYS: f64 = 4000.0;
/// So long another text must wait for its place, in milliseconds: with two labels in view each is
/// missing in some frames.
const HOLDS: f64 = 1000.0;
/// So long an answer to a press stays, in milliseconds.
const ANSWER_STAYS: f64 = 12_000.0;

/// What is said, and until when.
#[derive(Debug, Default)]
pub struct Notices {
    said: Option<Notice>,
    until: f64,
}

impl Notices {
    /// What to say after a frame at `now` that came to `read`, while `standing` is said; `late` if
    /// a hint at other ways is due.
    pub fn next(
        &mut self,
        standing: Option<Notice>,
        read: Option<Notice>,
        late: bool,
        now: f64,
    ) -> Option<Notice> {
        if standing != self.said {
            (self.said, self.until) = (standing, now + ANSWER_STAYS);
        }
        let weighs = self.said.as_ref().is_some_and(|said| *said != Notice::Hint);
        match read {
            Some(_) if read == self.said => self.until = now + STAYS,
            Some(_) if !weighs || now > self.until - STAYS + HOLDS => {
                (self.said, self.until) = (read, now + STAYS);
            }
            _ if weighs && now > self.until => self.said = None,
            _ => {}
        }
        if late && self.said.is_none() {
            self.said = Some(Notice::Hint);
        }
        self.said.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(text: &str) -> Option<Notice> {
        Some(Notice::Foreign { text: text.to_owned(), host: None })
    }

    #[test]
    fn what_is_not_seen_any_more_makes_room_for_the_hint() {
        let mut notices = Notices::default();
        let mut said = notices.next(None, foreign("a"), false, 0.0);
        assert_eq!(said, foreign("a"));
        said = notices.next(said, None, true, 3000.0);
        assert_eq!(said, foreign("a"), "it may only be missing in a frame");
        said = notices.next(said, foreign("a"), true, 3900.0);
        said = notices.next(said, None, true, 7000.0);
        assert_eq!(said, foreign("a"), "counted from when it was last seen");
        said = notices.next(said, None, true, 8000.0);
        assert_eq!(said, Some(Notice::Hint));
        assert_eq!(notices.next(said, foreign("b"), true, 8100.0), foreign("b"));
    }

    #[test]
    fn two_that_are_seen_in_turn_are_not_said_in_turn() {
        let mut notices = Notices::default();
        let mut said = None;
        for at in 0..40 {
            let read = foreign(if at % 2 == 0 { "a" } else { "b" });
            said = notices.next(said, read, false, f64::from(at) * 100.0);
            assert_eq!(said, foreign("a"));
        }
        for at in 40..60 {
            said = notices.next(said, foreign("b"), false, f64::from(at) * 100.0);
        }
        assert_eq!(said, foreign("b"), "the first is gone");
    }

    #[test]
    fn an_answer_to_a_press_stays_to_be_read() {
        let mut notices = Notices::default();
        let answer = Some(Notice::NothingCopied);
        assert_eq!(notices.next(answer.clone(), None, true, 100.0), answer);
        assert_eq!(notices.next(answer.clone(), None, true, 9000.0), answer);
        assert_eq!(notices.next(answer, None, false, 13_000.0), None);
    }
}
