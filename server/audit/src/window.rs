//! Refusals to the public, counted in windows of time. However many addresses ask for however many
//! codes, a window stays one small entry.

use std::collections::{BTreeMap, HashMap};

use domain::{
    LandCode,
    audit::{MissCount, Misses, StandingOut, Withheld},
};
use jiff::{SignedDuration, Timestamp};

/// How long a window is open.
pub(super) const OPEN_FOR: SignedDuration = SignedDuration::from_mins(10);
/// Characters of a code that name its sub-district.
const SUB_DISTRICT: usize = 12;
/// Pairs of sub-district and reason in one window; the rest is counted without its place.
const MOST_PLACES: usize = 64;
/// Visitors that are followed in one window.
const MOST_VISITORS: usize = 2_048;
/// Visitors named in one window.
const MOST_NAMED: usize = 10;
/// Refusals that make a visitor stand out: more than somebody who mistypes has.
const STRIKING: u64 = 20;

/// The beginning of a code that names its sub-district.
pub(super) fn sub_district(code: &LandCode) -> &str {
    let text = code.as_str();
    text.get(..SUB_DISTRICT).unwrap_or(text)
}

/// What was refused since a window was opened.
#[derive(Debug, Default)]
pub(super) struct Window {
    from: Option<Timestamp>,
    counts: BTreeMap<(Option<String>, Option<Withheld>), u64>,
    visitors: HashMap<String, Visitor>,
}

#[derive(Debug)]
struct Visitor {
    within: Option<String>,
    count: u64,
}

impl Window {
    /// Counts a refusal.
    pub(super) fn add(&mut self, at: Timestamp, who: &str, code: &LandCode, why: Option<Withheld>) {
        self.from.get_or_insert(at);
        let within = sub_district(code).to_owned();
        let place = (Some(within.clone()), why);
        let has_room = self.counts.len() < MOST_PLACES || self.counts.contains_key(&place);
        *self.counts.entry(if has_room { place } else { (None, why) }).or_default() += 1;
        self.follow(who, within);
    }

    /// Misra and Gries: whoever has more than one in [`MOST_VISITORS`] of all refusals is followed,
    /// however many others ask once.
    fn follow(&mut self, who: &str, within: String) {
        if let Some(visitor) = self.visitors.get_mut(who) {
            visitor.count += 1;
            if visitor.within.as_ref() != Some(&within) {
                visitor.within = None;
            }
        } else if self.visitors.len() < MOST_VISITORS {
            self.visitors.insert(who.to_owned(), Visitor { within: Some(within), count: 1 });
        } else {
            self.visitors.retain(|_, visitor| {
                visitor.count -= 1;
                visitor.count > 0
            });
        }
    }

    /// Whether it has been open long enough.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        // A clock that was put back closes it as well.
        self.from.is_some_and(|from| !(from..from + OPEN_FOR).contains(&now))
    }

    /// Closes it; none when nothing was refused.
    pub(super) fn close(&mut self, at: Timestamp) -> Option<Misses> {
        let Self { from, counts, visitors } = std::mem::take(self);
        let counts =
            counts.into_iter().map(|((within, reason), count)| MissCount { within, reason, count });
        let mut striking: Vec<StandingOut> = visitors
            .into_iter()
            .filter(|(_, visitor)| visitor.count >= STRIKING)
            .map(|(who, Visitor { within, count })| StandingOut { who, within, count })
            .collect();
        striking.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.who.cmp(&b.who)));
        striking.truncate(MOST_NAMED);
        Some(Misses { from: from?, at, counts: counts.collect(), standing_out: striking })
    }
}

#[cfg(test)]
mod tests {
    use domain::code::Strictness;

    use super::*;

    fn code(within: u32, number: u32) -> LandCode {
        let text = format!("330521{within:06}GB{number:05}");
        LandCode::parse(&text, Strictness::LookUp).unwrap().code
    }

    fn closed(window: &mut Window) -> Misses {
        window.close(Timestamp::from_second(600).unwrap()).unwrap()
    }

    #[test]
    fn p9_a_window_stays_small_however_many_ask_and_names_who_stands_out() {
        let mut window = Window::default();
        let at = Timestamp::UNIX_EPOCH;
        for number in 0..50_000_u32 {
            let who = format!("visitor-{number:012}");
            window.add(at, &who, &code(number, 1), Some(Withheld::Unknown));
            if number % 100 == 0 {
                window.add(
                    at,
                    "visitor-busy",
                    &code(7, number % 9_999 + 1),
                    Some(Withheld::Policy),
                );
            }
        }
        let misses = closed(&mut window);
        assert_eq!(misses.counts.iter().map(|each| each.count).sum::<u64>(), 50_500);
        let text = serde_json::to_string(&misses).unwrap();
        assert!(text.len() < 6_000, "{} bytes", text.len());
        let names: Vec<&str> = misses.standing_out.iter().map(|each| each.who.as_str()).collect();
        assert_eq!(names, ["visitor-busy"]);
        assert_eq!(misses.standing_out[0].within, Some("330521000007".into()));
        assert!(window.close(at).is_none(), "the next one begins empty");
    }

    #[test]
    fn a_window_ends_after_its_time_and_when_the_clock_is_put_back() {
        let mut window = Window::default();
        let [early, begin, end] = [500, 1_000, 1_600].map(|s| Timestamp::from_second(s).unwrap());
        assert!(!window.is_over(end), "nothing was refused");
        window.add(begin, "visitor-a", &code(1, 1), None);
        assert!(!window.is_over(begin));
        assert!(window.is_over(end) && window.is_over(early));
    }
}
