//! The masking conventions (rule P2), each written once. A mask is put on before a value reaches
//! anything that leaves the server; masked data still are personal data (个人信息保护法 art. 73).
//! The one for unit codes, `F0001****`, is [`crate::code::UnitCode::masked`].

use super::Field;
use crate::record::Value;

/// Stars that stand for the rest of a name, however long it is.
const NAME_STARS: &str = "**";
/// Fewest characters that a mask hides; a shorter number is hidden whole.
const LEAST_HIDDEN: usize = 4;

/// What a building's name ends with.
const BUILDING: [&str; 4] = ["幢", "栋", "座", "号楼"];
/// What the name of a part of a building ends with.
const INSIDE: [&str; 4] = ["室", "户", "单元", "层"];
/// What names of places end with.
const PLACES: [char; 13] =
    ['省', '市', '县', '区', '镇', '乡', '村', '路', '街', '道', '巷', '弄', '号'];
/// Numerals that count storeys.
const STOREYS: &str = "一二三四五六七八九十百";
/// Most digits in a row in an address: a house number has no more.
const MOST_DIGITS: usize = 4;

/// Whether there is a convention for the field. An enterprise's name has none: where it is shown
/// at all, it is shown as it is.
#[must_use]
pub const fn has_convention(field: Field) -> bool {
    matches!(
        field,
        Field::UnitLocation | Field::HolderPerson | Field::HolderIdentity | Field::HolderContact
    )
}

/// Masks a value. What has no convention, or does not look like what the convention is for, is
/// left out.
#[must_use]
pub fn mask(field: Field, value: &Value) -> Option<Value> {
    let Value::Text(text) = value else { return None };
    let masked = match field {
        Field::UnitLocation => address(text)?,
        Field::HolderPerson => name(text)?,
        Field::HolderIdentity => identity(text),
        Field::HolderContact => contact(text)?,
        _ => return None,
    };
    Some(Value::Text(masked))
}

/// `张三丰` → `张**`: always two stars, so that the length of the name is hidden too.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let first = text.trim().chars().next().filter(|first| first.is_alphabetic())?;
    Some(format!("{first}{NAME_STARS}"))
}

/// `33052119900101123X` → `3***************3X`: the first character and the last two.
#[must_use]
pub fn identity(text: &str) -> String {
    keep_ends(text.trim(), 1, 2)
}

/// `13800138000` → `138****8000`: the first three and the last four.
#[must_use]
pub fn phone(text: &str) -> String {
    keep_ends(text.trim(), 3, 4)
}

/// `zhang@example.cn` → `z**@example.cn`. `None` for what is no address.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.trim().split_once('@')?;
    let first = local.chars().next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let sound = !domain.is_empty() && domain.chars().all(plain) && !has_long_number(domain);
    sound.then(|| format!("{first}{NAME_STARS}@{domain}"))
}

/// `永乐路 8 号 3 幢 502 室` → `永乐路 8 号 3 幢`. 楼 names a building only as 号楼: 12 楼 is a storey.
///
/// `None` when no building is named, or a storey or home before it: then nothing tells where the
/// household begins. `None` too with a number as long as a telephone's.
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let ends = BUILDING.iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len()));
    let kept = text.get(..ends.min()?)?;
    let inside = INSIDE.iter().any(|mark| kept.contains(mark))
        || kept.match_indices('楼').any(|(at, _)| ends_in_digit(&kept[..at]));
    (!inside && !has_long_number(kept)).then(|| kept.to_owned())
}

/// Phone numbers, e-mail addresses and postal addresses, one after the other; what is none of
/// them, such as a name, is left out.
fn contact(text: &str) -> Option<String> {
    let parts = text.split(['，', ',', '、', ';', '；', '/', '|', '\n', '\t']);
    let masked: Vec<String> = parts.filter_map(|part| one_contact(part.trim())).collect();
    (!masked.is_empty()).then(|| masked.join("，"))
}

fn one_contact(text: &str) -> Option<String> {
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '(' | ')');
    if text.contains('@') {
        email(text)
    } else if text.chars().all(dialled) {
        Some(phone(text)).filter(|masked| !masked.is_empty())
    } else {
        // Somebody's name may stand before the address or in brackets.
        let place = text.split_whitespace().next()?.contains(PLACES);
        address(text).filter(|_| place && !text.contains(['(', '（']))
    }
}

fn ends_in_digit(text: &str) -> bool {
    text.trim_end().chars().next_back().is_some_and(|c| c.is_numeric() || STOREYS.contains(c))
}

/// Whether digits, with no more than signs and blanks between them, make a number that could be
/// dialled.
fn has_long_number(text: &str) -> bool {
    let mut digits = 0;
    text.chars().any(|c| {
        if c.is_numeric() {
            digits += 1;
        } else if !(c.is_whitespace() || matches!(c, '-' | '+' | '(' | ')')) {
            digits = 0;
        }
        digits > MOST_DIGITS
    })
}

fn keep_ends(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    let whole = count < first + last + LEAST_HIDDEN;
    text.chars()
        .enumerate()
        .map(|(at, c)| if !whole && (at < first || at >= count - last) { c } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests;
