//! What the texts of one picture come to.

use super::advice::View;
use super::found::{Found, Outline};
use super::state::{Notice, Target};
use crate::brought::{self, Brought, Refused};

/// A text in a picture, whoever read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sighting {
    /// What it says.
    pub text: String,
    /// x and y of its corners in pixels of the picture, if known.
    pub corners: Option<[f64; 8]>,
}

/// What was seen in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// What was read.
    pub sightings: Vec<Sighting>,
    /// The picture's width in pixels.
    pub width: f64,
    /// The picture's height in pixels.
    pub height: f64,
    /// What the picture says of itself; not every reader measures that.
    pub view: Option<View>,
}

impl Look {
    /// Judges what was read; what was `said` before is said on, if it is still there.
    pub fn reading(&self, own_host: &str, said: Option<&Notice>) -> Reading {
        understand(self.sightings.iter().map(|sighting| sighting.text.as_str()), own_host, said)
    }

    /// Where it was; what opens one of `targets` carries its number there.
    pub fn found(&self, targets: &[Target], own_host: &str) -> Found {
        let number = |text: &str| {
            let Judged::Target(target) = judge(text, own_host) else { return 0 };
            targets.iter().position(|known| known.path == target.path).map_or(0, |at| at + 1)
        };
        let outlines = self
            .sightings
            .iter()
            .filter_map(|sighting| {
                let number = number(&sighting.text);
                sighting.corners.map(|corners| Outline { corners, number })
            })
            .collect();
        Found { width: self.width, height: self.height, outlines }
    }
}

/// What the texts of one picture come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// There was none.
    Nothing,
    /// One page to open.
    One(Target),
    /// Several pages: a person chooses.
    Several(Vec<Target>),
    /// Nothing to open, but something to say.
    Other(Notice),
}

enum Judged {
    Target(Target),
    Other(Notice),
}

fn judge(text: &str, own_host: &str) -> Judged {
    match brought::judge(text, own_host) {
        Brought::Page { label, path } => Judged::Target(Target { label, path }),
        Brought::Refused(Refused { text, host, position }) => Judged::Other(match position {
            Some(position) => Notice::Faulty { text, position },
            None => Notice::Foreign { text, host },
        }),
    }
}

/// Judges the texts of one picture. A code of ours wins over anything beside it; among others the
/// one that was `said` before, for readers tell two codes in no order.
pub fn understand<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    own_host: &str,
    said: Option<&Notice>,
) -> Reading {
    let mut targets: Vec<Target> = Vec::new();
    let mut other = None;
    for text in texts.into_iter().filter(|text| !text.trim().is_empty()) {
        match judge(text, own_host) {
            Judged::Target(target) => add(&mut targets, target),
            Judged::Other(notice) if other.is_none() || said == Some(&notice) => {
                other = Some(notice);
            }
            Judged::Other(_) => {}
        }
    }
    match (targets.pop(), other) {
        (Some(target), _) if targets.is_empty() => Reading::One(target),
        (Some(target), _) => {
            targets.push(target);
            Reading::Several(targets)
        }
        (None, Some(notice)) => Reading::Other(notice),
        (None, None) => Reading::Nothing,
    }
}

/// Adds a target that is not there yet: one place may be read from two labels.
pub fn add(targets: &mut Vec<Target>, target: Target) {
    if targets.iter().all(|known| known.path != target.path) {
        targets.push(target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "330521001002GB00011";

    fn read(texts: &[&str]) -> Reading {
        understand(texts.iter().copied(), "jianma.example", None)
    }

    #[test]
    fn the_same_place_in_two_forms_is_one_page() {
        let reading = read(&[CODE, "HTTPS://JIANMA.EXAMPLE/C/330521001002GB00011"]);
        let Reading::One(target) = reading else { panic!("{reading:?}") };
        assert!(target.path.starts_with("/c/330521001002GB00011"), "{}", target.path);
    }

    #[test]
    fn two_places_are_a_choice() {
        let reading = read(&[CODE, "330521001002GB00012"]);
        let Reading::Several(targets) = reading else { panic!("{reading:?}") };
        assert_eq!(targets.len(), 2);
    }

    #[test]
    fn a_code_wins_over_a_foreign_text_beside_it() {
        assert!(matches!(read(&["https://evil.example/", CODE]), Reading::One(_)));
    }

    #[test]
    fn a_foreign_text_is_named_with_its_host() {
        let host = Some(String::from("evil.example"));
        let text = String::from("https://evil.example/");
        assert_eq!(read(&[&text]), Reading::Other(Notice::Foreign { text, host }));
    }

    #[test]
    fn of_two_foreign_texts_the_one_that_was_said_stays() {
        let [one, two] = ["https://one.example/", "https://two.example/"];
        let Reading::Other(said) = read(&[one, two]) else { panic!("nothing to say") };
        let next = understand([two, one], "jianma.example", Some(&said));
        assert_eq!(next, Reading::Other(said.clone()));
        let gone = understand([two], "jianma.example", Some(&said));
        assert!(matches!(gone, Reading::Other(next) if next != said));
    }

    #[test]
    fn a_faulty_code_says_where() {
        let reading = read(&["330521001002GB0001"]);
        assert!(matches!(reading, Reading::Other(Notice::Faulty { position: 19, .. })));
    }

    #[test]
    fn blank_texts_are_nothing() {
        assert_eq!(read(&["", " "]), Reading::Nothing);
    }

    #[test]
    fn several_codes_carry_the_numbers_of_their_choices() {
        let sighting = |text: &str, at: f64| Sighting {
            text: text.to_owned(),
            corners: Some([at, at, at + 9.0, at, at + 9.0, at + 9.0, at, at + 9.0]),
        };
        let look = Look {
            sightings: vec![
                sighting("330521001002GB00012", 10.0),
                sighting("https://evil.example/", 30.0),
                sighting(CODE, 50.0),
            ],
            width: 640.0,
            height: 480.0,
            view: None,
        };
        let numbers = |targets: &[Target]| -> Vec<usize> {
            let found = look.found(targets, "jianma.example");
            found.outlines.iter().map(|outline| outline.number).collect()
        };
        let Reading::Several(targets) = look.reading("jianma.example", None) else {
            panic!("{look:?}")
        };
        assert_eq!(numbers(&targets), [1, 0, 2]);
    }
}
