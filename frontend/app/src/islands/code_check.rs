//! A word about a code while it is typed.

#[cfg(any(feature = "hydrate", test))]
use domain::{
    code::{CodeError, Expected, LandCode, PARCEL_LENGTH, Strictness, UNIT_LENGTH, clean},
    scanned_text::{looks_like_a_code, without_name},
};
#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

island_words! {
    /// What the check says.
    pub struct CodeCheckWords {
        /// So far right; `{found}` characters of `{wanted}`, which is 19 or 28.
        pub partial: String,
        /// A whole code; `{code}` is its grouped form.
        pub whole: String,
        /// Position `{position}` holds `{found}`, but needs `{expected}`.
        pub wrong: String,
        /// More than 28 characters.
        pub long: String,
        /// For `{expected}`: a digit.
        pub digit: String,
        /// For `{expected}`: a digit from 1 to 9.
        pub leading_digit: String,
        /// For `{expected}`: G, J or Z.
        pub ownership: String,
        /// For `{expected}`: the letters of a right.
        pub right: String,
        /// For `{expected}`: F, L, Q or W.
        pub fixture: String,
        /// For `{expected}`: eight zeros after W.
        pub zeros: String,
    }
}

#[cfg(any(feature = "hydrate", test))]
impl CodeCheckWords {
    /// What to say of a text; nothing for what is not meant as a code, for the field takes
    /// addresses and names too.
    fn about(&self, text: &str) -> String {
        let text = without_name(text);
        let typed = clean(text).len();
        match LandCode::parse(text, Strictness::LookUp) {
            Ok(parsed) => self.whole.replace("{code}", &parsed.code.grouped()),
            Err(_) if !looks_like_a_code(text) => String::new(),
            Err(CodeError::Character { position, found, expected }) => self
                .wrong
                .replace("{position}", &position.to_string())
                .replace("{found}", &found.to_string())
                .replace("{expected}", self.name(expected)),
            Err(_) if typed > UNIT_LENGTH => self.long.clone(),
            Err(_) => {
                let wanted = if typed > PARCEL_LENGTH { UNIT_LENGTH } else { PARCEL_LENGTH };
                self.partial
                    .replace("{found}", &typed.to_string())
                    .replace("{wanted}", &wanted.to_string())
            }
        }
    }

    fn name(&self, expected: Expected) -> &str {
        match expected {
            Expected::LeadingDigit => &self.leading_digit,
            Expected::OwnershipLetter => &self.ownership,
            Expected::RightLetter => &self.right,
            Expected::FixtureLetter => &self.fixture,
            Expected::ZerosAfterW => &self.zeros,
            _ => &self.digit,
        }
    }
}

/// Says while typing what is wrong with a code and where.
///
/// Interactive because it speaks before the form is sent. Without JavaScript the page that answers
/// the form says the same.
#[cfg(feature = "ssr")]
#[component]
pub fn CodeCheck(
    /// The id of the field.
    input: String,
    /// What it says.
    words: CodeCheckWords,
) -> impl IntoView {
    let props = [vec![input], words.into()].concat();
    island("CodeCheck", &props, view! { <p class="code-check" role="status" translate="no"></p> })
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::CodeCheckWords;
    use crate::islands::{
        element::{document, on, part, say},
        later::later,
        props::Props,
    };
    use std::{cell::RefCell, rc::Rc};
    use wasm_bindgen::{JsCast as _, prelude::wasm_bindgen};
    use web_sys::{HtmlElement, HtmlInputElement};

    #[wasm_bindgen(js_name = CodeCheck)]
    pub fn wake(island: &HtmlElement) {
        let mut props = Props::from(island);
        let field = document().get_element_by_id(&props.take());
        let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let words = CodeCheckWords::take(&mut props);
        let said = part(island, ".code-check");
        let read = field.clone();
        let tell = Rc::new(move || say(&said, &words.about(&read.value())));
        let pause = RefCell::new(None);
        on(&field, "input", move |_| {
            let tell = tell.clone();
            // Half a word is not read out: only what stands after a moment's pause.
            pause.replace(Some(later(400, Box::new(move || tell()))));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(text: &str) -> String {
        let words = CodeCheckWords {
            partial: String::from("{found} of {wanted}"),
            whole: String::from("whole: {code}"),
            wrong: String::from("{position} is {found}, not {expected}"),
            long: String::from("too long"),
            ownership: String::from("G, J or Z"),
            ..CodeCheckWords::default()
        };
        words.about(text)
    }

    #[test]
    fn a_code_is_followed_while_it_grows() {
        assert_eq!(about("330521"), "");
        assert_eq!(about("330521 001002 GB00"), "16 of 19");
        assert!(about("330521 001002 GB00011").starts_with("whole: 330521"));
        assert_eq!(about("330521001002GB00011F000100010"), "too long");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn no_gap_is_left_in_what_is_said() {
        let codes = ["330521001002GB00011F00010003X", "330521001002XB00011", "O30521001002GB00011"];
        for locale in domain::Locale::ALL {
            let words = crate::components::code_check_words(crate::words::Words(locale));
            for code in codes {
                for end in 0..=code.len() {
                    let said = words.about(&code[..end]);
                    assert!(!said.contains(['{', '}']), "{said}");
                }
            }
        }
    }

    #[test]
    fn more_than_a_parcel_is_the_begin_of_a_unit() {
        assert_eq!(about("330521001002GB00011F0001"), "24 of 28");
    }

    #[test]
    fn a_wrong_character_is_named_with_its_place() {
        assert_eq!(about("330521001002XB00011"), "13 is X, not G, J or Z");
    }

    #[test]
    fn names_of_places_are_left_alone() {
        assert_eq!(about("德清县阜溪街道"), "");
    }
}
