//! What would help, from what the frames say of themselves.

use super::state::Advice;

/// What a frame says of itself, as the worker measures it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// Mean luma, 0–255.
    pub light: f64,
    /// 95th minus 5th percentile of luma, 0–255.
    pub contrast: f64,
    /// Share of blown-out patches in the middle, 0–1.
    pub glare: f64,
    /// Mean absolute Laplacian over contrast in the middle, 0–1.
    pub sharpness: f64,
    /// How many finder patterns were seen.
    pub finders: f64,
    /// Pixels per module; 0 if unknown.
    pub module: f64,
}

const ALL: [Advice; 4] = [Advice::Light, Advice::Tilt, Advice::Closer, Advice::Still];

/// Darker than this on average nothing is read: the noise is as strong as the print.
const DARK: f64 = 40.0;
/// A dim frame is dark too if it has no bright part, unlike a lit label on a dark ground.
const DIM: f64 = 70.0;
/// The contrast that a dim frame must have.
const DIM_CONTRAST: f64 = 50.0;
/// From this share of blown-out patches on, a finder pattern is likely to be among them.
const SHINES: f64 = 0.06;
/// Below this many pixels per module nothing is read reliably (measured: 2 for the better decoder,
/// 4 for the other).
const SMALL: f64 = 3.0;
/// Below this a frame with contrast has no edges: moved, or out of focus. Low, for the noise of a
/// sensor has edges too (0.2 in the frames of `e2e/frames`, sharp or not).
const BLURRED: f64 = 0.02;
/// A blank wall has no edges either, and needs no hand that holds still.
const BLURRED_CONTRAST: f64 = 60.0;

impl View {
    /// What would help most, if anything would.
    pub fn advice(&self) -> Option<Advice> {
        let dark = self.light < DARK || (self.light < DIM && self.contrast < DIM_CONTRAST);
        let small = self.module > 0.0 && self.module < SMALL;
        let far = self.module == 0.0 && self.finders >= 3.0;
        // Large enough, seen, and still not read: it moves, or is out of focus.
        let unread = self.module >= SMALL && self.finders >= 3.0;
        let blurred = self.sharpness < BLURRED && self.contrast > BLURRED_CONTRAST;
        match () {
            () if dark => Some(Advice::Light),
            () if self.glare > SHINES => Some(Advice::Tilt),
            () if small || far => Some(Advice::Closer),
            () if unread || blurred => Some(Advice::Still),
            () => None,
        }
    }
}

/// Advice as a patient person gives it: one at a time, not at the first frame, and not another
/// before the last could be read.
#[derive(Debug, Default)]
pub struct Advisor {
    /// How long each was due lately, in milliseconds.
    due: [f64; ALL.len()],
    heard: f64,
    given: Option<Advice>,
    given_at: f64,
}

/// So long something must be due before it is said, in milliseconds.
const CERTAIN: f64 = 1000.0;
/// More is not counted, so that what was due for long is forgotten in time.
const MOST: f64 = 2000.0;
/// A frame counts for no longer than this: the page may have slept.
const STEP: f64 = 400.0;
/// So long one is left to be read before another takes its place, in milliseconds.
const READ: f64 = 3000.0;

impl Advisor {
    /// Hears what would help a frame at `now` (milliseconds on any clock), and says what to say.
    pub fn hear(&mut self, advice: Option<Advice>, now: f64) -> Option<Advice> {
        let step = (now - self.heard).clamp(0.0, STEP);
        self.heard = now;
        for (due, kind) in self.due.iter_mut().zip(ALL) {
            let grown = if advice == Some(kind) { *due + step } else { *due - step / 2.0 };
            *due = grown.clamp(0.0, MOST);
        }
        if self.given.is_some() && now - self.given_at < READ {
            return self.given;
        }
        let strongest = self.due.iter().zip(ALL).max_by(|(a, _), (b, _)| a.total_cmp(b));
        let next = match (strongest, self.given) {
            (Some((due, kind)), _) if *due >= CERTAIN => Some(kind),
            (Some((due, _)), given) if *due > 0.0 => given,
            _ => None,
        };
        if next != self.given {
            (self.given, self.given_at) = (next, now);
        }
        self.given
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: View = View {
        light: 120.0,
        contrast: 150.0,
        glare: 0.0,
        sharpness: 0.1,
        finders: 0.0,
        module: 0.0,
    };

    #[test]
    fn a_frame_gets_the_advice_it_needs_most() {
        assert_eq!(GOOD.advice(), None);
        assert_eq!(View { light: 20.0, sharpness: 0.01, ..GOOD }.advice(), Some(Advice::Light));
        assert_eq!(View { light: 60.0, contrast: 30.0, ..GOOD }.advice(), Some(Advice::Light));
        assert_eq!(View { light: 60.0, ..GOOD }.advice(), None);
        assert_eq!(View { glare: 0.2, module: 2.0, ..GOOD }.advice(), Some(Advice::Tilt));
        assert_eq!(View { module: 2.0, ..GOOD }.advice(), Some(Advice::Closer));
        assert_eq!(View { finders: 3.0, ..GOOD }.advice(), Some(Advice::Closer));
        assert_eq!(View { finders: 3.0, module: 5.0, ..GOOD }.advice(), Some(Advice::Still));
        assert_eq!(View { module: 5.0, ..GOOD }.advice(), None);
        assert_eq!(View { sharpness: 0.01, ..GOOD }.advice(), Some(Advice::Still));
        assert_eq!(View { sharpness: 0.01, contrast: 20.0, ..GOOD }.advice(), None);
    }

    /// What is said at each frame, ten frames a second.
    fn said(frames: impl IntoIterator<Item = Option<Advice>>) -> Vec<Option<Advice>> {
        let mut advisor = Advisor::default();
        let mut now = 5000.0;
        frames
            .into_iter()
            .map(|advice| {
                now += 100.0;
                advisor.hear(advice, now)
            })
            .collect()
    }

    #[test]
    fn one_bad_frame_is_nobodys_business() {
        let frames = (0..60).map(|at| (at % 5 == 0).then_some(Advice::Still));
        assert!(said(frames).iter().all(Option::is_none));
    }

    #[test]
    fn what_lasts_is_said_and_stays_to_be_read() {
        let said = said((0..60).map(|at| (at < 12).then_some(Advice::Light)));
        assert_eq!(said[3], None);
        assert_eq!(said[12], Some(Advice::Light));
        assert_eq!(said[35], Some(Advice::Light), "long enough to be read");
        assert_eq!(said[59], None, "the light came back");
    }

    #[test]
    fn two_pieces_of_advice_are_not_read_out_in_turn() {
        let frames =
            (0..100).map(|at| Some(if at % 2 == 0 { Advice::Tilt } else { Advice::Closer }));
        let mut said = said(frames);
        said.dedup();
        assert!(said.len() <= 3, "{said:?}");
    }

    #[test]
    fn a_worker_that_measures_nothing_gets_no_advice() {
        assert!(said((0..50).map(|_| None)).iter().all(Option::is_none));
    }
}
