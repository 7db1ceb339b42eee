//! Chinese addresses in letters, for readers of English: Hanyu Pinyin with the kinds of places
//! translated. A help for saying a name, never the official one, which stands beside it.

use pinyin::ToPinyin;

/// What ends the name of a place, and what it is called: longest first.
const KINDS: [(&str, &str); 22] = [
    ("街道", "Subdistrict"),
    ("社区", "Community"),
    ("大道", "Avenue"),
    ("小区", "Estate"),
    ("公路", "Highway"),
    ("省", "Province"),
    ("市", "City"),
    ("县", "County"),
    ("区", "District"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("村", "Village"),
    ("路", "Road"),
    ("街", "Street"),
    ("巷", "Lane"),
    ("弄", "Lane"),
    ("溪", "Brook"),
    ("湖", "Lake"),
    ("山", "Hill"),
    ("桥", "Bridge"),
    ("岛", "Island"),
    ("园", "Garden"),
];

/// What follows a number, and what is written before it.
const NUMBERED: [(&str, &str); 6] = [
    ("号", "No."),
    ("幢", "Building"),
    ("单元", "Entrance"),
    ("层", "Floor"),
    ("室", "Room"),
    ("组", "Group"),
];

/// Kinds that also occur within names: 桥头路, 山前村. They end a name only where it ends.
const WITHIN: [&str; 6] = ["溪", "湖", "山", "桥", "岛", "园"];

/// Areas, after whose kind a street's own name stands before the kind of the street.
const AREAS: [&str; 6] = ["市", "县", "区", "镇", "乡", "村"];

/// The kinds of streets.
const STREETS: [&str; 5] = ["路", "街", "巷", "弄", "大道"];

/// The readings that names of places have where the dictionary puts another first.
const READINGS: [(char, &str); 4] = [('长', "chang"), ('乐', "le"), ('重', "chong"), ('厦', "xia")];

/// An address in letters: `Deqing County, Wukang Subdistrict, Yongle Road, No. 8`. `None` where it has
/// no Chinese.
#[must_use]
pub fn romanised(address: &str) -> Option<String> {
    let address = without_remarks(address);
    if !address.chars().any(is_chinese) {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    let mut name = String::new();
    let mut rest = address.as_str();
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        if next.is_ascii_digit() {
            finish(&mut name, None, &mut parts);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let (number, tail) = rest.split_at(end.unwrap_or(rest.len()));
            rest = numbered(number, tail, &mut parts);
        } else if let Some((kind, english)) = kind_at(rest, &name) {
            finish(&mut name, Some(english), &mut parts);
            rest = &rest[kind.len()..];
        } else if rest.starts_with("小区") {
            // A number stands before it, or nothing: no name that it could end.
            parts.push("Estate".to_owned());
            rest = &rest["小区".len()..];
        } else {
            if is_chinese(next) || next.is_ascii_alphabetic() {
                name.push(next);
            } else {
                finish(&mut name, None, &mut parts);
            }
            rest = after;
        }
    }
    finish(&mut name, None, &mut parts);
    Some(parts.join(", "))
}

/// An address without remarks in brackets, （虚构，德清县无海域）: they are no names, and spelled out they say
/// nothing. One with a figure in it, （3号楼）, is part of the address.
fn without_remarks(address: &str) -> String {
    let mut kept = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(open) = rest.find(['（', '(']) {
        let Some(length) = rest[open..].find(['）', ')']) else { break };
        let close = open + length;
        let end = close + rest[close..].chars().next().map_or(0, char::len_utf8);
        let is_part = rest[open..close].contains(|c: char| c.is_ascii_digit());
        kept.push_str(&rest[..if is_part { end } else { open }]);
        rest = &rest[end..];
    }
    kept + rest
}

/// The first letter of every syllable, and figures as they stand: `ylj8h` for 永乐街8号.
#[must_use]
pub fn initials(address: &str) -> String {
    address.chars().filter_map(initial).collect()
}

fn initial(c: char) -> Option<char> {
    if c.is_ascii_alphanumeric() {
        return Some(c.to_ascii_lowercase());
    }
    syllable(c).and_then(|syllable| syllable.chars().next())
}

fn syllable(c: char) -> Option<&'static str> {
    let own = READINGS.iter().find(|(known, _)| *known == c).map(|(_, reading)| *reading);
    own.or_else(|| c.to_pinyin().map(|found| found.plain()))
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}')
}

/// The kind of place that stands here after a `name`, unless the name goes on with it.
fn kind_at(rest: &str, name: &str) -> Option<(&'static str, &'static str)> {
    let (kind, english) = KINDS.into_iter().find(|(kind, _)| rest.starts_with(kind))?;
    let after = &rest[kind.len()..];
    let ends = after.chars().next().is_none_or(|c| !is_chinese(c));
    // 园区路 is a road; 新市镇 a town, for no city has a name of one character.
    let of_a_street = AREAS.contains(&kind)
        && STREETS.iter().any(|street| after.starts_with(street))
        && !after.starts_with("街道");
    let no_city = kind == "市" && name.chars().count() == 1 && after.starts_with('镇');
    let goes_on = !ends && (WITHIN.contains(&kind) || of_a_street || no_city);
    (!name.is_empty() && !goes_on).then_some((kind, english))
}

/// Puts a number with what it counts; what is left of the address.
fn numbered<'a>(number: &str, tail: &'a str, parts: &mut Vec<String>) -> &'a str {
    for (kind, english) in NUMBERED {
        if let Some(rest) = tail.strip_prefix(kind) {
            parts.push(format!("{english} {number}"));
            return rest;
        }
    }
    parts.push(number.to_owned());
    tail
}

fn finish(name: &mut String, kind: Option<&str>, parts: &mut Vec<String>) {
    let written = spelled(&std::mem::take(name));
    match kind {
        Some(kind) => parts.push(format!("{written} {kind}")),
        None if !written.is_empty() => parts.push(written),
        None => {}
    }
}

/// One name in letters: syllables joined, the first letter a capital, an apostrophe where a syllable
/// begins with a vowel (GB/T 16159).
fn spelled(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match syllable(c) {
            Some(syllable) => {
                if !out.is_empty() && syllable.starts_with(['a', 'e', 'o']) {
                    out.push('’');
                }
                out.push_str(syllable);
            }
            None => out.push(c),
        }
    }
    let mut letters = out.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_said_by_who_reads_letters() {
        for (chinese, letters) in [
            ("德清县武康街道永乐路8号", "Deqing County, Wukang Subdistrict, Yongle Road, No. 8"),
            (
                "浙江省湖州市德清县演示镇演示智造路40号",
                "Zhejiang Province, Huzhou City, Deqing County, Yanshi Town, Yanshizhizao Road, No. 40",
            ),
            ("武康街道永安街12号3幢", "Wukang Subdistrict, Yong’an Street, No. 12, Building 3"),
            (
                "德清县武康街道永乐村9组",
                "Deqing County, Wukang Subdistrict, Yongle Village, Group 9",
            ),
            ("桥头路", "Qiaotou Road"),
            // What an area is called within the name of a street or a town.
            ("德清县园区路8号", "Deqing County, Yuanqu Road, No. 8"),
            ("德清县新市镇西街", "Deqing County, Xinshi Town, Xi Street"),
            ("宁波市镇海区", "Ningbo City, Zhenhai District"),
            ("永乐村", "Yongle Village"),
            // A remark is no name; what counts something is part of the address.
            ("演示镇演示海域（虚构，德清县无海域）", "Yanshi Town, Yanshihaiyu"),
            ("演示老街100号（小区）", "Yanshilao Street, No. 100"),
            ("演示老街100号（3幢）", "Yanshilao Street, No. 100, Building 3"),
            ("演示老街100号小区", "Yanshilao Street, No. 100, Estate"),
            ("永乐小区8号", "Yongle Estate, No. 8"),
            ("永乐路（东", "Yongle Road, Dong"),
            ("莫干山", "Mogan Hill"),
            ("长兴县", "Changxing County"),
        ] {
            assert_eq!(romanised(chinese).as_deref(), Some(letters));
        }
        assert_eq!(romanised("8 Yongle Road"), None);
        assert_eq!(romanised("8 Yongle Road（虚构）"), None);
    }

    #[test]
    fn the_first_letters_of_an_address_are_those_of_its_syllables() {
        assert_eq!(initials("演示智造路40号"), "yszzl40h");
        assert_eq!(initials("长乐路 A1"), "clla1");
        assert_eq!(initials("—"), "");
    }

    #[test]
    fn nothing_of_what_is_written_stops_it() {
        for text in ["号", "8号", "县县", "（东）", "路-", "①", "永乐路8-1号（东侧）"]
        {
            assert!(
                romanised(text).is_none_or(|letters| !letters.chars().any(is_chinese)),
                "{text}"
            );
        }
    }
}
