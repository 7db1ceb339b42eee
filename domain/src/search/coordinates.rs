//! Coordinates in the search field: nothing is found by them. They are told from words, so that people
//! are told what finds a place instead.

use crate::text::narrow;

/// What names a direction or an axis, in words.
const NAMES: [&str; 14] = [
    "longitude",
    "latitude",
    "北纬",
    "南纬",
    "东经",
    "西经",
    "经度",
    "纬度",
    "坐标",
    "lng",
    "lon",
    "lat",
    "经",
    "纬",
];
/// What marks a figure as one of degrees.
const MARKS: &str = "°º度nsew";
/// What else may stand between figures.
const BETWEEN: &str = " ,，、;；:：=()（）[]'\"′″’”分秒′+-";

/// Whether a text is one or two coordinates and nothing else: `30.54,119.97`, `119.97E 30.54N`,
/// `北纬30°32′24″ 东经119°58′12″`. A figure alone, a house number or a code is none.
#[must_use]
pub fn are_coordinates(text: &str) -> bool {
    let mut rest = narrow(text).to_lowercase();
    let mut marked = false;
    for name in NAMES {
        marked |= rest.contains(name);
        rest = rest.replace(name, " ");
    }
    marked |= rest.contains(|c| MARKS.contains(c));
    let is_figure = |c: char| c.is_ascii_digit() || c == '.';
    let plain = rest.chars().all(|c| is_figure(c) || MARKS.contains(c) || BETWEEN.contains(c));
    let figures: Vec<&str> =
        rest.split(|c| !is_figure(c)).filter(|figure| !figure.is_empty()).collect();
    let decimal = figures.iter().filter(|figure| is_decimal(figure)).count();
    // Degrees alone may be written without decimals where something says that they are degrees.
    let degrees =
        marked && (decimal > 0 || rest.contains(['°', 'º', '度']) || named(text, &figures));
    plain && (degrees || (figures.len() == 2 && (decimal == 2 || lie_in_china(&figures))))
}

/// Whether two figures with a decimal each are degrees within China, in either order: 120.1, 30.5. Other
/// figures of one decimal are areas or numbers of paragraphs.
fn lie_in_china(figures: &[&str]) -> bool {
    let degrees =
        figures.iter().map(|figure| figure.parse::<f64>().ok().filter(|_| figure.contains('.')));
    let within = |x: f64, y: f64| (73.0..=135.0).contains(&x) && (18.0..=54.0).contains(&y);
    match degrees.collect::<Option<Vec<_>>>().as_deref() {
        Some(&[one, other]) => within(one, other) || within(other, one),
        _ => false,
    }
}

fn is_decimal(figure: &&str) -> bool {
    figure.split_once('.').is_some_and(|(whole, part)| {
        !whole.is_empty() && part.len() >= 2 && part.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Whether two figures are named by words: 东经119 北纬30.
fn named(text: &str, figures: &[&str]) -> bool {
    figures.len() >= 2 && text.contains('经') && text.contains('纬')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_told_from_words_however_they_are_written() {
        for text in [
            "30.54,119.97",
            "30.54，119.97",
            "30.5412 119.9712",
            "119.97E 30.54N",
            "119.97E",
            "E119.97,N30.54",
            "119.97°E, 30.54°N",
            "北纬30.54 东经119.97",
            "东经119度58分12秒 北纬30度32分24秒",
            "30°32′24″N 119°58′12″E",
            "30°32'24\"N 119°58'12\"E",
            "lat: 30.54, lng: 119.97",
            "-30.54, -119.97",
            "3380212.55, 40591234.61",
            "（119.97，30.54）",
            "120.1,30.5",
            "30.5 120.1",
        ] {
            assert!(are_coordinates(text), "{text}");
        }
        for text in [
            "",
            "40",
            "40号",
            "智造路40号",
            "330521001002GB00011",
            "330521 001002",
            "330521 001002 GB00011",
            "119.97",
            "2.5, 3",
            "2.5, 3.5",
            "120.1, 30",
            "60.5, 30.5",
            "12E",
            "3 N Main St",
            "3.14/2",
            "n",
            "经一路30号",
            "纬",
            "12-3",
            "2026.11",
            "Zone 30.54, 119.97",
        ] {
            assert!(!are_coordinates(text), "{text}");
        }
    }
}
