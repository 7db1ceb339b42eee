//! The texts of a parcel that a search is held against: what its address, its use and its kind are
//! called, in both languages.
//!
//! Each ends in two blanks: an index of three characters in a row then has its last two as well.

use super::folded;
use crate::{
    Locale, ParcelCode,
    dictionary::{CODE_STANDARD, Coded, dictionary},
    record::Value,
    romanised::{initials, romanised},
};

const END: &str = "  ";

/// An address as it is written, in letters, and by the first letters of its syllables.
#[must_use]
pub fn address_text(address: &str) -> String {
    let mut text = folded(address) + END;
    if let Some(letters) = romanised(address) {
        text += &(folded(&letters) + END + &initials(address) + END);
    }
    text
}

/// What a use is called, with the classes above it: 一类工业用地 is 工业用地 and 工矿用地 too. Empty for
/// what is no use.
#[must_use]
pub fn use_text(value: &Value) -> String {
    match value {
        Value::Text(words) => folded(words) + END,
        Value::Localized(words) => folded(&words.zh) + END + &folded(&words.en) + END,
        Value::Coded(coded) => classes(coded),
        _ => String::new(),
    }
}

/// A class and those above it; their codes begin like its own.
fn classes(coded: &Coded) -> String {
    let Some(known) = dictionary(&coded.system, &coded.version) else { return String::new() };
    let above = (1..=coded.code.len()).rev().filter_map(|end| coded.code.get(..end));
    above
        .filter_map(|code| known.entries.get(code))
        .flat_map(|label| [folded(&label.zh), folded(&label.en)])
        .fold(String::new(), |text, label| text + &label + END)
}

/// What a parcel is by the letters of its code: 宅基地使用权宗地.
#[must_use]
pub fn kind_text(code: &ParcelCode) -> String {
    let kind = Coded::new("parcel-feature", CODE_STANDARD, code.feature());
    let known = dictionary(&kind.system, &kind.version);
    if known.is_none_or(|known| !known.entries.contains_key(&kind.code)) {
        return String::new();
    }
    let label = |locale| folded(&kind.label(locale));
    label(Locale::Zh) + END + &label(Locale::En) + END
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Strictness;

    #[test]
    fn a_use_is_called_by_its_class_and_those_above_in_both_languages() {
        let factory = Value::Coded(Coded::new("land-use-planning", "2023-11", "100101"));
        let text = use_text(&factory);
        for name in ["一类工业用地", "工业用地", "工矿用地", "industrial"] {
            assert!(text.contains(name), "{name}: {text}");
        }
        assert_eq!(use_text(&Value::Coded(Coded::new("nothing", "1", "05"))), "");
        assert_eq!(use_text(&Value::Text("厂房 Ａ".into())), "厂房a  ");
    }

    #[test]
    fn a_kind_is_told_by_the_letters_of_the_code() {
        let text = |code| kind_text(&ParcelCode::parse(code, Strictness::LookUp).unwrap().code);
        assert!(text("330521001002JC00011").contains("宅基地"));
        assert!(text("330521001002JC00011").contains("house plot"));
        assert_eq!(text("330521001002ZB00011"), "");
    }

    #[test]
    fn an_address_is_found_as_it_is_written_and_as_it_is_said() {
        let text = address_text("演示镇演示智造路 40 号");
        for way in ["演示智造路40号", "yanshi town", "yszyszzl40h"] {
            assert!(text.contains(way), "{way}: {text}");
        }
        assert_eq!(address_text("12 Main St"), "12 main st  ");
    }
}
