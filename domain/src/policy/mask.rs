//! The masking conventions of §2.5, each written once. A mask is put on before a value reaches
//! anything that leaves the server; masked data still are personal data (个人信息保护法 art. 73).
//! The one for unit codes, `F0001****`, is [`crate::code::UnitCode::masked`].

use super::Field;
use crate::record::Value;

/// Stars that stand for the rest of a name, however long it is.
const NAME_STARS: &str = "**";
/// Fewest characters that a mask hides; a shorter number is hidden whole.
const LEAST_HIDDEN: usize = 4;

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
    let sound = !domain.is_empty() && !domain.contains('@') && !text.trim().contains(' ');
    sound.then(|| format!("{first}{NAME_STARS}@{domain}"))
}

/// `永乐路 8 号 3 幢 502 室` → `永乐路 8 号 3 幢`.
///
/// `None` when no building is named, or a home before it: then nothing tells where the household
/// begins.
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let first = |marks: &[&str]| {
        marks.iter().filter_map(|mark| text.find(mark).map(|at| at + mark.len())).min()
    };
    let end = first(&["幢", "栋", "楼"])?;
    let home = first(&["室", "户", "单元"]);
    if home.is_some_and(|home| home < end) {
        return None;
    }
    text.get(..end).map(str::to_owned)
}

/// A phone number, an e-mail address or a postal address, whichever it is.
fn contact(text: &str) -> Option<String> {
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '(' | ')');
    if text.contains('@') {
        email(text)
    } else if text.chars().all(dialled) {
        Some(phone(text)).filter(|masked| !masked.is_empty())
    } else {
        address(text)
    }
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
