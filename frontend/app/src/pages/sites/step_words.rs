//! A verdict in words, as it goes into the form of the step that follows it: the use, the verdict with what it was
//! reached by, and what is known. No more than the page says to whoever reads it.

use domain::{
    LandCode,
    outline::Outline,
    suitability::{Fact, FactKey, Reading, RuleSet, Standing},
};
use service_api::{Assessment, Judged};

use super::{gaps, said};
use crate::{format, words::Words};

/// Characters of a hash that tell it from every other.
const SHORT_HASH: usize = 12;

/// What the verdict is on.
pub(super) enum Site<'s> {
    /// A parcel; the link leads to its verdict.
    Code {
        /// The code.
        code: &'s LandCode,
        /// The address of the page, whole.
        link: &'s str,
    },
    /// Ground that was drawn, which stands in no address.
    Outline(&'s Outline),
}

/// The verdict in at most `most` characters: first what names it, then as much of what is known as fits.
pub(super) fn told(
    words: Words,
    told: &Assessment,
    judged: &Judged,
    site: &Site<'_>,
    most: usize,
) -> String {
    let rules: &RuleSet = &told.rules;
    let mut lines = named(words, told, judged, site);
    let rest = known(words, rules, judged, site);
    let last = match site {
        Site::Code { link, .. } => Some(words.fill("step_link", &[("link", link)])),
        Site::Outline(_) => None,
    };
    let cut = words.t("step_cut");
    // A browser sends a line break as two characters.
    let length = |text: &str| text.chars().count() + 2;
    let mut left = most.saturating_sub(length(cut));
    left = left.saturating_sub(lines.iter().chain(&last).map(|line| length(line)).sum());
    let mut is_cut = false;
    for line in rest {
        if length(&line) <= left {
            left -= length(&line);
            lines.push(line);
        } else {
            is_cut = true;
        }
    }
    lines.extend(is_cut.then(|| cut.to_owned()));
    lines.extend(last);
    lines.join("\n").chars().take(most).collect()
}

/// Whether a fact is the applicant's own word.
const fn is_answer(key: &FactKey) -> bool {
    matches!(key, FactKey::Answer(_))
}

/// What names the verdict.
fn named(words: Words, told: &Assessment, judged: &Judged, site: &Site<'_>) -> Vec<String> {
    let (rules, of) = (&told.rules, told.of());
    let day = format::date(words.0, told.on);
    let name = words.pick(&of.name);
    let place = match site {
        Site::Code { code, .. } => code.as_str().to_owned(),
        Site::Outline(outline) => words.fill(
            "step_outline",
            &[("area", &format::square_metres(words.0, outline.area_m2().round()))],
        ),
    };
    let hash: String = rules.hash.chars().take(SHORT_HASH).collect();
    let answer = said::answer_word(words, judged.verdict.answer);
    let edition = rules.date.to_string();
    let data = judged.version.label();
    let by = [
        ("set", rules.id.as_str()),
        ("edition", &edition),
        ("hash", &hash),
        ("data", &data),
        ("policy", &judged.policy),
    ];
    vec![
        words.fill("step_use", &[("use", &name), ("code", &of.code.code)]),
        words.fill("step_place", &[("place", &place)]),
        words.fill("step_verdict", &[("date", &day), ("answer", answer)]),
        words.fill("step_reference", &by),
    ]
}

/// What is known, what weighs most first.
fn known(words: Words, rules: &RuleSet, judged: &Judged, site: &Site<'_>) -> Vec<String> {
    let verdict = &judged.verdict;
    let mut lines = Vec::new();
    for (standing, key) in
        [(Standing::InTheWay, "step_in_the_way"), (Standing::ToObtain, "step_to_obtain")]
    {
        let own = verdict.findings.iter().filter(|finding| finding.standing == standing);
        let titles: Vec<String> = own.map(|finding| words.pick(&finding.title)).collect();
        if !titles.is_empty() {
            lines.push(words.fill(key, &[("which", &titles.join(words.t("list_comma")))]));
        }
    }
    let found =
        |what: &str, found: &str| words.fill("sites_found", &[("what", what), ("found", found)]);
    let known = judged.facts.0.iter().filter(|(key, _)| !is_answer(key));
    let known = known.filter_map(|(key, fact)| match fact {
        Fact::Known(known) => Some((key, &known.reading)),
        Fact::Unknown(_) => None,
    });
    let is_nothing =
        |reading: &Reading| matches!(reading, Reading::Overlaps(all) if all.features.is_empty());
    let (nothing, mut there): (Vec<_>, Vec<_>) =
        known.partition(|(_, reading)| is_nothing(reading));
    // The size and what stands in registers come before layers.
    there.sort_by_key(|(key, _)| matches!(key, FactKey::Overlaps(_)));
    for (key, reading) in there {
        let reading = said::reading(words, rules, key, reading);
        lines.push(found(&said::fact(words, rules, key), &reading));
    }
    if !nothing.is_empty() {
        let names: Vec<String> =
            nothing.iter().map(|(key, _)| said::fact(words, rules, key)).collect();
        let names = names.join(words.t("list_comma"));
        lines.push(found(words.t("sites_covers_nothing"), &names));
    }
    for (key, fact) in &judged.facts.0 {
        if let FactKey::Answer(id) = key {
            let (what, answer) = said::answered(words, Some(rules), id, fact);
            lines.push(words.fill("step_answer", &[("what", &what), ("answer", &answer)]));
        }
    }
    let open: Vec<String> = gaps::of(verdict)
        .keys()
        .filter(|key| !is_answer(key))
        .map(|key| said::fact(words, rules, key))
        .collect();
    if !open.is_empty() {
        lines.push(words.fill("step_open", &[("which", &open.join(words.t("list_comma")))]));
    }
    if let Site::Outline(outline) = site {
        lines.push(corners(words, outline));
    }
    lines
}

/// The applicant's own corners, degrees (CGCS2000).
fn corners(words: Words, outline: &Outline) -> String {
    let rings = outline
        .shape()
        .iter()
        .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
    let ring = |ring: &geo::LineString<f64>| {
        let open = ring.0.split_last().map_or(&[][..], |(_, open)| open);
        let each: Vec<String> =
            open.iter().map(|corner| format!("{:.6},{:.6}", corner.x, corner.y)).collect();
        each.join(" ")
    };
    let rings: Vec<String> = rings.map(ring).collect();
    words.fill("step_corners", &[("corners", &rings.join("; "))])
}
