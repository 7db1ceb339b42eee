//! What is said of a sketch.

use domain::{
    Locale,
    outline::{MOST_KM, OutlineFault},
};

use super::{
    DrawSiteWords,
    sketch::{Corner, Judged, MOST_CORNERS},
};
use crate::format;

impl DrawSiteWords {
    /// How a sketch of `n` corners stands.
    pub fn of_sketch(&self, locale: Locale, judged: &Judged, (n, closed): (usize, bool)) -> String {
        let count = n.to_string();
        match judged {
            Judged::Begun if n == 0 => self.none.clone(),
            Judged::Begun => self.few.replace("{n}", &count),
            Judged::Sound { area_m2 } => {
                let sentence = if closed { &self.done } else { &self.open_ring };
                sentence.replace("{n}", &count).replace("{area}", &area(locale, *area_m2))
            }
            Judged::Wrong(fault) => self.of_fault(locale, fault),
        }
    }

    /// How an outline stands that is shown and not drawn.
    pub fn of_shape(&self, locale: Locale, judged: &Judged) -> String {
        match judged {
            Judged::Sound { area_m2 } => self.shape.replace("{area}", &area(locale, *area_m2)),
            Judged::Wrong(fault) => self.of_fault(locale, fault),
            Judged::Begun => self.unread.clone(),
        }
    }

    fn of_fault(&self, locale: Locale, fault: &OutlineFault) -> String {
        let metres = |m2: f64| format::square_metres(locale, m2.round());
        match fault {
            OutlineFault::TooFew => self.few.replace("{n}", "2"),
            OutlineFault::CrossesItself => self.crosses.clone(),
            OutlineFault::TooSmall { least_m2, .. } => {
                self.too_small.replace("{least}", &metres(*least_m2))
            }
            OutlineFault::TooLarge { area_m2, most_m2 } => self
                .too_large
                .replace("{area}", &metres(*area_m2))
                .replace("{most}", &metres(*most_m2)),
            OutlineFault::TooFar { .. } => self.too_far.replace("{most}", &MOST_KM.to_string()),
            _ => self.unread.clone(),
        }
    }

    /// That there are as many corners as can be drawn.
    pub fn of_many(&self) -> String {
        self.too_many.replace("{most}", &MOST_CORNERS.to_string())
    }
}

/// A sentence about corner `at`, counted from 0, and where it is.
pub fn about(sentence: &str, at: usize, corner: Corner) -> String {
    let [east, north] = corner;
    sentence
        .replace("{n}", &(at + 1).to_string())
        .replace("{at}", &format!("{east:.5}, {north:.5}"))
}

/// An area as people here reckon, square metres and mu.
fn area(locale: Locale, m2: f64) -> String {
    let (metres, mu) = (format::square_metres(locale, m2.round()), format::mu(locale, m2));
    match locale {
        Locale::Zh => format!("{metres}（{mu}）"),
        Locale::En => format!("{metres} ({mu})"),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{pages::draw_site_words, words::Words};

    #[test]
    fn no_gap_is_left_in_what_is_said_of_a_sketch() {
        let faults = [
            OutlineFault::TooFew,
            OutlineFault::CrossesItself,
            OutlineFault::TooSmall { area_m2: 10.0, least_m2: 20_000.0 },
            OutlineFault::TooLarge { area_m2: 6e6, most_m2: 5e6 },
            OutlineFault::TooFar { most_km: 10 },
            OutlineFault::Packed,
        ];
        for locale in Locale::ALL {
            let words = draw_site_words(Words(locale));
            let judged = faults.clone().map(Judged::Wrong).into_iter();
            for judged in judged.chain([Judged::Begun, Judged::Sound { area_m2: 12_345.6 }]) {
                for (n, closed) in [(0, false), (2, false), (4, false), (4, true)] {
                    let said = [
                        words.of_sketch(locale, &judged, (n, closed)),
                        words.of_shape(locale, &judged),
                        words.of_many(),
                        about(&words.added, n, [120.0, 30.0]),
                        about(&words.moved, n, [120.0, 30.0]),
                        about(&words.cross, n, [120.0, 30.0]),
                        about(&words.cross_at, n, [120.0, 30.0]),
                    ];
                    for sentence in said {
                        assert!(
                            !sentence.is_empty() && !sentence.contains(['{', '}']),
                            "{sentence}"
                        );
                    }
                }
            }
        }
    }
}
