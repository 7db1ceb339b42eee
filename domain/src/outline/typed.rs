//! Coordinates as people type and paste them: one point in a line.

use geo::Coord;

use super::{
    MOST_POINTS,
    fault::OutlineFault,
    point::{Points, Written, number, zone},
};

/// The points of a text, as they are written. A line may say the zone of metres: `zone 40`, `带号=40`. Digits and signs of
/// Chinese keyboards count as others do; names of points (`J1`) are passed over.
pub(super) fn read(text: &str) -> Result<(Vec<Coord<f64>>, Written), OutlineFault> {
    let plain: String = text.chars().map(plain).collect();
    let lines = || plain.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let mut told = None;
    for (_, line) in lines() {
        if let Some(number) = said_zone(line) {
            told = Some(zone(number)?);
        }
    }
    let (mut points, mut corners) = (Points::default(), Vec::new());
    for (at, line) in lines() {
        if line.is_empty() || said_zone(line).is_some() {
            continue;
        }
        let parts = line.split([',', ';', ' ', '\t']).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.skip_while(|part| is_name(part)).collect();
        let [first, second] = parts[..] else { return Err(OutlineFault::NotAPoint { line: at }) };
        let numbers = (number(first, at)?, number(second, at)?);
        corners.push(points.next(numbers, told, at)?);
        // The first is often written again at the end.
        if corners.len() > MOST_POINTS + 1 {
            return Err(OutlineFault::TooMany { points: corners.len(), most: MOST_POINTS });
        }
    }
    if corners.is_empty() { Err(OutlineFault::Empty) } else { Ok((corners, points.written())) }
}

/// A character of a Chinese keyboard as the one that is meant.
fn plain(written: char) -> char {
    match written {
        '\u{ff10}'..='\u{ff19}' => {
            char::from_digit(u32::from(written) - 0xff10, 10).unwrap_or(written)
        }
        '，' | '、' | '；' | '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】' | '\u{3000}'
        | '\u{feff}' => ' ',
        '．' | '。' => '.',
        '－' | '−' | '–' => '-',
        '：' | '＝' | '=' => ':',
        other => other,
    }
}

/// What a line says of the zone, if it does.
fn said_zone(line: &str) -> Option<&str> {
    let lower =
        ["带号", "zone", "Zone", "ZONE"].into_iter().find_map(|word| line.strip_prefix(word))?;
    Some(lower.trim_start_matches([':', ' ', '\t']))
}

/// `J1`, `P2`: the name of a corner.
fn is_name(part: &str) -> bool {
    let mut rest = part.chars();
    rest.next().is_some_and(|first| first.is_ascii_alphabetic())
        && part.len() > 1
        && rest.all(|other| other.is_ascii_digit())
}
