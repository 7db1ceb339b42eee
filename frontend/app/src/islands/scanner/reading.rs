//! What the texts of one picture come to.

use super::state::{Notice, Target};
use domain::payload::Payload;

/// More of a foreign text than this helps nobody to recognise it.
const SHOWN_CHARACTERS: usize = 200;

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

/// Judges the texts of one picture. A code of ours wins over anything beside it.
pub fn understand(texts: &[String], own_host: &str) -> Reading {
    let mut targets: Vec<Target> = Vec::new();
    let mut other = None;
    for text in texts.iter().filter(|text| !text.trim().is_empty()) {
        let target = match Payload::judge(text, own_host) {
            Payload::Code(code) => {
                Target { label: code.grouped(), path: format!("/c/{}", code.canonical()) }
            }
            Payload::Here(path) => Target { label: path.clone(), path },
            Payload::Foreign { text, host, error } => {
                let text = text.chars().take(SHOWN_CHARACTERS).collect();
                other.get_or_insert(match error {
                    Some(error) => Notice::Faulty { text, position: error.position() },
                    None => Notice::Foreign { text, host },
                });
                continue;
            }
        };
        if targets.iter().all(|known| known.path != target.path) {
            targets.push(target);
        }
    }
    if targets.len() > 1 {
        return Reading::Several(targets);
    }
    match (targets.pop(), other) {
        (Some(target), _) => Reading::One(target),
        (None, Some(notice)) => Reading::Other(notice),
        (None, None) => Reading::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "330521001002GB00011";

    fn read(texts: &[&str]) -> Reading {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        understand(&texts, "jianma.example")
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
    fn a_faulty_code_says_where() {
        let reading = read(&["330521001002GB0001"]);
        assert!(matches!(reading, Reading::Other(Notice::Faulty { position: 19, .. })));
    }

    #[test]
    fn blank_texts_are_nothing() {
        assert_eq!(read(&["", " "]), Reading::Nothing);
    }
}
