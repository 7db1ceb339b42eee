//! Phone numbers, of here and abroad, with an extension. Which numbers there are is known by
//! libphonenumber, from the numbering plans.

use phonenumber::{Mode, PhoneNumber, Type, country::Id, metadata::DATABASE, parse};
use regex::Regex;

use crate::text;

/// Longest extension: inner numbers of a Chinese switchboard have three to six digits.
const EXTENSION: usize = 6;

/// Kinds of numbers under which somebody can be reached.
const KINDS: [Type; 8] = [
    Type::Mobile,
    Type::FixedLine,
    Type::TollFree,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
];

/// The number as it is dialled from here, digits only: `13800138000`, `05728062345`; one of elsewhere
/// with its country (E.164): `+85221234567`. An extension follows `转`.
pub(crate) fn read(typed: &str) -> Option<String> {
    let plain = plain(typed);
    let (number, extension) = split(&plain)?;
    let number = known(number)?;
    let dialled = match number.country().id() {
        Some(Id::CN) => {
            let national = number.format().mode(Mode::National).to_string();
            national.chars().filter(char::is_ascii_digit).collect()
        }
        _ => number.format().mode(Mode::E164).to_string(),
    };
    Some(match extension {
        Some(extension) => format!("{dialled}转{extension}"),
        None => dialled,
    })
}

/// Whether a text that is no number has one in it, beside another or other words.
pub(super) fn is_among_others(typed: &str) -> bool {
    let plain = plain(typed);
    let holds = |marks: &str| {
        let parts = plain.split(|c: char| !c.is_ascii_digit() && !marks.contains(c)).map(str::trim);
        parts
            .filter(|part| known(part).is_some())
            .any(|part| plain.replacen(part, "", 1).contains(char::is_alphanumeric))
    };
    // What is behind an extension is part of the number.
    !plain.contains('转') && (holds("-.+ ") || holds("-.+"))
}

/// A number as it is read out, international and in groups: `+86 138 0013 8000`, `+86 572 806 2345转8001`.
pub(super) fn read_out(typed: &str) -> Option<String> {
    let plain = plain(typed);
    let (number, extension) = split(&plain)?;
    let number = known(number)?.format().mode(Mode::International).to_string();
    Some(match extension {
        Some(extension) => format!("{number} 转{extension}"),
        None => number,
    })
}

/// In ASCII, with one kind of hyphen, and `转` before an extension.
fn plain(typed: &str) -> String {
    let mut plain: String = text::narrow(typed)
        .to_lowercase()
        .chars()
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c })
        .collect();
    for mark in ["轉", "分机号", "分机", "extension", "ext.", "ext", "#"] {
        plain = plain.replace(mark, "转");
    }
    plain
}

/// The number and its extension. One that follows a hyphen is an extension where what is before it is
/// a number without it.
fn split(plain: &str) -> Option<(&str, Option<&str>)> {
    let is_extension = |text: &str| {
        (1..=EXTENSION).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    if let Some((number, extension)) = plain.split_once('转') {
        let extension = extension.trim_matches([' ', ':', '-']);
        return is_extension(extension)
            .then(|| (number.trim_end_matches([' ', ',', '-', '(']), Some(extension)));
    }
    match plain.rsplit_once('-') {
        Some((number, extension))
            if is_extension(extension) && known(plain).is_none() && known(number).is_some() =>
        {
            Some((number, Some(extension)))
        }
        _ => Some((plain, None)),
    }
}

/// The number, if there can be such a one.
fn known(text: &str) -> Option<PhoneNumber> {
    let marks = |mark: char| text.matches(mark).count();
    let written = text.chars().all(|c| c.is_ascii_digit() || " -.()+".contains(c));
    if !written || marks('(') > 1 || marks('(') != marks(')') || marks('+') > 1 {
        return None;
    }
    parse(Some(Id::CN), text).ok().filter(follows_its_plan)
}

/// Whether the whole of a number is one of its country's plan.
fn follows_its_plan(number: &PhoneNumber) -> bool {
    let Some(plan) = number.metadata(&DATABASE) else { return false };
    let national = number.national().to_string();
    KINDS.into_iter().filter_map(|kind| plan.descriptors().get(kind)).any(|numbers| {
        let pattern = format!("(?x)^(?:{})$", numbers.national_number().as_str());
        numbers.is_match(&national)
            && Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(&national))
    })
}
