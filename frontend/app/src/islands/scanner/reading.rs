//! What the texts of one picture come to.

use super::advice::View;
use super::found::{Found, Outline};
use super::state::{Notice, Target};
use crate::scan_target::{self, Rejected, ScanTarget};

/// A text in a picture, whoever read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Detection {
    /// What it says.
    pub text: String,
    /// If it is cut from a whole that is split over several codes: which part it is, of how many.
    pub part: Option<(u8, u8)>,
    /// x and y of its corners in pixels of the picture, if known.
    pub corners: Option<[f64; 8]>,
}

/// What was seen in a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameResult {
    /// What was read.
    pub detections: Vec<Detection>,
    /// The picture's width in pixels.
    pub width: f64,
    /// The picture's height in pixels.
    pub height: f64,
    /// What the picture says of itself; not every reader measures that.
    pub view: Option<View>,
}

impl FrameResult {
    /// Judges what was read; what was `said` before is said on, if it is still there.
    pub fn reading(&self, own_host: &str, said: Option<&Notice>) -> Reading {
        let wholes = self.detections.iter().filter(|detection| detection.part.is_none());
        let reading = understand(wholes.map(|detection| detection.text.as_str()), own_host, said);
        let part = self.detections.iter().filter_map(|detection| detection.part).min();
        match (reading, part) {
            (Reading::Nothing | Reading::Other(_), Some((number, total))) => {
                Reading::Other(Notice::Part { number, total })
            }
            (reading, _) => reading,
        }
    }

    /// What the texts of parts would open if they were codes: a reader that does not tell parts
    /// takes them for such.
    pub fn mistakable(&self, own_host: &str) -> Vec<Target> {
        let parts = self.detections.iter().filter(|detection| detection.part.is_some());
        parts
            .filter_map(|part| match judge(&part.text, own_host) {
                Judged::Target(target) => Some(target),
                Judged::Other(_) => None,
            })
            .collect()
    }

    /// Where it was; what opens one of `targets` carries its number there.
    pub fn found(&self, targets: &[Target], own_host: &str) -> Found {
        let number = |text: &str| {
            let Judged::Target(target) = judge(text, own_host) else { return 0 };
            targets.iter().position(|known| known.path == target.path).map_or(0, |at| at + 1)
        };
        let outlines = self
            .detections
            .iter()
            .filter_map(|detection| {
                let number = if detection.part.is_none() { number(&detection.text) } else { 0 };
                detection.corners.map(|corners| Outline { corners, number })
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
    match scan_target::judge(text, own_host) {
        ScanTarget::Internal { label, path } => Judged::Target(Target { label, path }),
        ScanTarget::Rejected(Rejected { text, host, position }) => Judged::Other(match position {
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
    fn a_part_of_a_whole_is_named_and_never_opened() {
        let part = |number| Detection {
            text: CODE.to_owned(),
            part: Some((number, 2)),
            corners: Some([0.0; 8]),
        };
        let look = |detections| FrameResult { detections, width: 9.0, height: 9.0, view: None };
        let alone = look(vec![part(2), part(1)]);
        let named = Reading::Other(Notice::Part { number: 1, total: 2 });
        assert_eq!(alone.reading("jianma.example", None), named);
        let foreign =
            Detection { text: "https://evil.example/".to_owned(), ..Detection::default() };
        assert_eq!(look(vec![foreign, part(1)]).reading("jianma.example", None), named);
        // The same text from a reader that does not tell parts.
        let Reading::One(target) = read(&[CODE]) else { panic!("no target") };
        assert_eq!(alone.mistakable("jianma.example"), [target.clone(), target.clone()]);
        assert_eq!(alone.found(&[target], "jianma.example").outlines[0].number, 0);
        let whole = Detection { text: "330521001002GB00012".to_owned(), ..Detection::default() };
        let both = look(vec![part(1), whole]).reading("jianma.example", None);
        assert!(matches!(both, Reading::One(target) if target.path.contains("GB00012")));
    }

    #[test]
    fn several_codes_carry_the_numbers_of_their_choices() {
        let detection = |text: &str, at: f64| Detection {
            text: text.to_owned(),
            corners: Some([at, at, at + 9.0, at, at + 9.0, at + 9.0, at, at + 9.0]),
            part: None,
        };
        let look = FrameResult {
            detections: vec![
                detection("330521001002GB00012", 10.0),
                detection("https://evil.example/", 30.0),
                detection(CODE, 50.0),
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
