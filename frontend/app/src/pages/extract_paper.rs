//! An extract as a document, drawn from the signed object and from nothing else.

use domain::{
    LandCode, Locale,
    code::Realm,
    digest::hex_digest,
    profile::{Fact, Precision},
    restriction::{Figures, LawStatus},
    severity::Severity,
    signed_extract::{
        Drawn, Extract, LayerTold, Picture as Plan, SignedExtract, ThemeTold, ThreeLists,
    },
};
use paper::{Attached, Block, Ink, Item, Paper, Picture, Shape};

use super::history::kind_words;
use crate::{
    components::{field_label, severity_key, size, sliver_text, stage_name, value_text},
    format, urls,
    words::Words,
};

/// The document of a file, in a language. The same file gives the same document.
#[must_use]
pub fn extract_paper(locale: Locale, file: &SignedExtract) -> Paper {
    let words = Words(locale);
    let extract = &file.extract;
    let code = extract.code.grouped();
    let title = words.t("extract_title");
    let made = format::date(locale, domain::clock::china_date(file.signed.at));
    let mut blocks = vec![Block::Title(title.to_owned()), about(words, file, &code)];
    blocks.push(sums(words, &extract.restrictions));
    blocks.extend(map(words, extract));
    blocks.extend(facts(words, extract));
    blocks.extend(restrictions(words, &extract.restrictions));
    blocks.extend(life(words, extract));
    blocks.extend(glossary(words, extract));
    blocks.extend(versions(words, file));
    blocks.extend(checking(words, file));
    Paper {
        title: format!("{title} {code}"),
        language: match locale {
            Locale::Zh => "zh-CN",
            Locale::En => "en",
        },
        publisher: words.pick(&extract.issuer.name),
        made: file.signed.at,
        blocks,
        footer: words.fill("extract_footer", &[("code", &code), ("date", &made)]),
        attached: Attached {
            name: format!("{}.extract.json", extract.code.as_str()),
            about: words.t("extract_attached").to_owned(),
            text: file.text.clone(),
        },
    }
}

fn row(words: Words, key: &str, value: String) -> [String; 2] {
    [words.t(key).to_owned(), value]
}

fn heading(words: Words, key: &str) -> Block {
    Block::Heading(words.t(key).to_owned())
}

fn about(words: Words, file: &SignedExtract, code: &str) -> Block {
    let data = &file.extract.data;
    let (title, date) = (words.pick(&data.title), format::date(words.0, data.source_date));
    let told = words.fill("verify_data_of", &[("title", &title), ("date", &date)]);
    let told = match data.demonstration {
        true => words.fill("paper_demonstration", &[("data", &told)]),
        false => told,
    };
    Block::Terms(vec![
        row(words, "extract_code", code.to_owned()),
        row(words, "verify_data", told),
        row(words, "extract_made", format::moment(words.0, file.signed.at)),
        row(words, "verify_issuer", words.pick(&file.extract.issuer.name)),
    ])
}

/// How many themes apply, do not, and have no data; what asks something by the place's lying outside is counted
/// apart (rule Z4).
pub(super) fn extract_sums(words: Words, lists: &ThreeLists) -> String {
    let (outside, untouched) = (lists.outside().count(), lists.untouched().count());
    let [a, b, c] = [lists.concerned.len(), untouched, lists.unknown.len()].map(|n| n.to_string());
    let mut sums = words.fill("extract_sums", &[("a", &a), ("b", &b), ("c", &c)]);
    if outside > 0 {
        sums.push_str(&words.fill("extract_outside", &[("n", &outside.to_string())]));
    }
    sums
}

/// How many themes stand in each list, and what asks something by name.
fn sums(words: Words, lists: &ThreeLists) -> Block {
    let ThreeLists { concerned, not_concerned, unknown, .. } = lists;
    let sentence = extract_sums(words, lists);
    let graded = concerned.iter().chain(not_concerned).filter(|theme| theme.severity.is_some());
    let rest = graded.clone().map(|theme| {
        let severity = words.t(severity_key(theme.severity.unwrap_or_default()));
        let title = words.pick(&theme.title);
        words.fill("sites_found", &[("what", &title), ("found", severity)])
    });
    let rest = rest.chain([words.t("register_prevails").to_owned()]).collect();
    let ink = match graded.filter_map(|theme| theme.severity).max() {
        Some(Severity::Danger | Severity::Prohibits) => Ink::Bad,
        Some(Severity::NeedsConsent | Severity::MustConform) => Ink::Caution,
        _ if !unknown.is_empty() => Ink::Open,
        Some(Severity::Informs) => Ink::Plain,
        None => Ink::Good,
    };
    Block::Answer { sentence, rest, ink }
}

fn map(words: Words, extract: &Extract) -> Vec<Block> {
    let title = heading(words, "plan_heading");
    let Some(plan) = &extract.map else {
        return vec![title, Block::Text(words.t("extract_no_map").to_owned())];
    };
    let exact = words.t(match plan.precision {
        Some(Precision::Generalised { .. }) => "plan_generalised",
        Some(Precision::Exact) => "plan_exact",
        None => "plan_point",
    });
    let number = match (&plan.review_number, extract.data.demonstration) {
        (Some(number), _) => words.fill("plan_reviewed", &[("number", number)]),
        (None, true) => words.t("plan_unreviewed_demonstration").to_owned(),
        (None, false) => words.t("plan_unreviewed").to_owned(),
    };
    let source = words.fill("plan_source", &[("source", &words.pick(&plan.source))]);
    let length = match plan.scale_m >= 1000.0 {
        true => words.fill("plan_kilometres", &[("n", &format!("{:.0}", plan.scale_m / 1000.0))]),
        false => words.fill("plan_metres", &[("n", &format!("{:.0}", plan.scale_m))]),
    };
    let key = words.fill("extract_map_key", &[("length", &length)]);
    let alt = words.fill("plan_title", &[("name", &extract.code.grouped())]);
    vec![
        title,
        Block::Picture(drawn(plan, alt)),
        Block::Quiet(key),
        Block::Quiet(format!("{number} {source}")),
        Block::Quiet(exact.to_owned()),
    ]
}

/// The plan in the colours of the page's.
fn drawn(plan: &Plan, alt: String) -> Picture {
    let shape = |shape: &domain::signed_extract::Shape| {
        let (fill, line) = look(shape.of);
        Shape { d: shape.d.clone(), fill, line }
    };
    let mut shapes: Vec<Shape> = plan.shapes.iter().map(shape).collect();
    let (down, across) = (plan.height - 16.0, plan.scale_units);
    let bar = format!(
        "M16 {:.1}L16 {down:.1} {:.1} {down:.1} {:.1} {:.1}",
        down - 6.0,
        16.0 + across,
        16.0 + across,
        down - 6.0
    );
    shapes.push(Shape { d: bar.clone(), fill: None, line: Some(([255, 255, 255], 5.0)) });
    shapes.push(Shape { d: bar, fill: None, line: Some(([22, 36, 43], 2.0)) });
    let east = plan.width - 24.0;
    let north = format!("M{east:.1} 14L{:.1} 32 {east:.1} 27 {:.1} 32z", east + 7.0, east - 7.0);
    shapes.push(Shape { d: north, fill: Some(([22, 36, 43], 1.0)), line: None });
    #[expect(clippy::cast_possible_truncation, reason = "a drawing has some hundreds of units")]
    let [width, height] = [plan.width, plan.height].map(|units| units as f32);
    Picture { width, height, ground: [244, 241, 234], shapes, alt }
}

type Look = (Option<([u8; 3], f32)>, Option<([u8; 3], f32)>);

const fn look(of: Drawn) -> Look {
    match of {
        Drawn::Boundary => (None, Some(([150, 140, 160], 1.0))),
        Drawn::Water => (Some(([190, 215, 232], 1.0)), Some(([190, 215, 232], 1.5))),
        Drawn::Green => (Some(([214, 228, 203], 1.0)), None),
        Drawn::Building => (Some(([221, 213, 201], 1.0)), None),
        Drawn::RoadMajor => (None, Some(([236, 205, 140], 6.0))),
        Drawn::Road => (None, Some(([255, 255, 255], 4.0))),
        Drawn::Rail => (None, Some(([120, 120, 120], 1.5))),
        Drawn::Place => (Some(([15, 98, 87], 0.12)), Some(([15, 98, 87], 3.0))),
        Drawn::Prohibited => (Some(([163, 40, 27], 0.30)), Some(([163, 40, 27], 1.0))),
        Drawn::Restricted => (Some(([122, 77, 0], 0.22)), Some(([122, 77, 0], 1.0))),
    }
}

fn facts(words: Words, extract: &Extract) -> Vec<Block> {
    let place = &extract.place;
    let realm = place.parcel.realm();
    let mut blocks = vec![heading(words, "facts_title")];
    if !place.unit_facts.is_empty() {
        blocks.push(Block::Subheading(words.t("facts_unit").to_owned()));
        blocks.push(Block::Terms(rows(words, &place.unit_facts, realm)));
        blocks.push(Block::Subheading(words.t("facts_parcel").to_owned()));
    }
    if place.facts.is_empty() {
        blocks.push(Block::Text(words.t("facts_none").to_owned()));
    } else {
        blocks.push(Block::Terms(rows(words, &place.facts, realm)));
    }
    if let Some(id) = &place.local_id {
        blocks.push(Block::Terms(vec![row(words, "field_local_id", id.clone())]));
    }
    blocks
}

fn rows(words: Words, facts: &[Fact], realm: Realm) -> Vec<[String; 2]> {
    let row = |fact: &Fact| {
        let label = field_label(words, fact.field, realm).to_owned();
        [label, value_text(words, fact.field, &fact.value, realm)]
    };
    facts.iter().map(row).collect()
}

fn restrictions(words: Words, lists: &ThreeLists) -> Vec<Block> {
    let mut blocks = vec![heading(words, "restrictions_title")];
    blocks.push(Block::Subheading(words.t("extract_term_concerned").to_owned()));
    if lists.concerned.is_empty() {
        blocks.push(Block::Text(words.t("none_concerned").to_owned()));
    }
    for theme in &lists.concerned {
        blocks.extend(concerned(words, lists.figures, theme));
    }
    let list = |key: &str, empty: &str, items: Vec<Item>| {
        let all = match items.is_empty() {
            true => Block::Text(words.t(empty).to_owned()),
            false => Block::List(items),
        };
        [Block::Subheading(words.t(key).to_owned()), all]
    };
    let one = |theme: &ThemeTold| checked(words, lists.figures, theme);
    let outside: Vec<Item> = lists.outside().map(one).collect();
    if !outside.is_empty() {
        blocks.extend(list("answer_outside", "none_not_concerned", outside));
    }
    let untouched = lists.untouched().map(one).collect();
    blocks.extend(list("extract_term_not_concerned", "none_not_concerned", untouched));
    let unanswered = lists.unknown.iter().map(|theme| unknown(words, theme)).collect();
    blocks.extend(list("extract_term_unknown", "none_no_data", unanswered));
    blocks
}

fn concerned(words: Words, figures: Figures, theme: &ThemeTold) -> Vec<Block> {
    let mut blocks = vec![Block::Subheading(words.pick(&theme.title))];
    let severity = words.t(severity_key(theme.severity.unwrap_or_default()));
    let meaning = theme.meaning.as_ref().map(|text| words.pick(text)).unwrap_or_default();
    let what = words.fill("sites_found", &[("what", severity), ("found", &meaning)]);
    blocks.push(Block::Text(what));
    for layer in &theme.layers {
        blocks.push(Block::List(lines(words, figures, layer)));
    }
    blocks
}

/// A layer with status, what of it lies there, its grounds, its office and its day.
fn lines(words: Words, figures: Figures, layer: &LayerTold) -> Vec<Item> {
    let status = words.t(match layer.status {
        LawStatus::InForce => "law_in_force",
        LawStatus::ChangeWithPreEffect => "law_change_with_effect",
        LawStatus::ChangeWithoutPreEffect => "law_change_without_effect",
    });
    let date = format::date(words.0, layer.source_date);
    let values = [("office", words.pick(&layer.office)), ("date", date)];
    let values: Vec<(&str, &str)> = values.iter().map(|(key, text)| (*key, &**text)).collect();
    let text = format!("{} · {status}", words.pick(&layer.title));
    let mut items = vec![Item { text, source: words.fill("extract_layer", &values) }];
    if let Some((area_m2, share)) = layer.slivers_together {
        let together = size(words, figures, area_m2, share);
        let text = words.fill("slivers_together", &[("size", &together)]);
        items.push(Item { text, source: String::new() });
    }
    if !layer.findings.iter().any(|found| found.counts) {
        let text = words.t("layer_untouched").to_owned();
        items.push(Item { text, source: String::new() });
    }
    for found in layer.findings.iter().filter(|found| found.counts) {
        let text = match found.area_m2 == 0.0 && found.share == 0.0 {
            true => words.t("finding_touches").to_owned(),
            false => size(words, figures, found.area_m2, found.share),
        };
        let label = words.pick(&found.label);
        let text = words.fill("sites_found", &[("what", &label), ("found", &text)]);
        let milder = words.t(severity_key(found.severity)).to_owned();
        items.push(Item { text, source: milder });
    }
    let slivers = slivers(words, figures, layer);
    items.extend(slivers.map(|text| Item { text, source: String::new() }));
    for basis in &layer.basis {
        let text = words.fill("extract_basis", &[("text", &words.pick(&basis.text))]);
        items.push(Item { text, source: basis.link.clone().unwrap_or_default() });
    }
    items
}

/// Overlaps too small to count, named as such: no list leaves them out.
fn slivers(words: Words, figures: Figures, layer: &LayerTold) -> impl Iterator<Item = String> {
    let small = layer.findings.iter().filter(|found| !found.counts);
    small.map(move |found| {
        sliver_text(words, figures, (&found.label, found.area_m2), &layer.tolerance)
    })
}

/// A theme of which every layer was looked at, and nothing counts.
fn checked(words: Words, figures: Figures, theme: &ThemeTold) -> Item {
    let layers = theme.layers.iter().map(|layer| {
        let date = format::date(words.0, layer.source_date);
        words.fill("layer_checked", &[("layer", &words.pick(&layer.title)), ("date", &date)])
    });
    let layers: Vec<String> = layers.collect();
    let mut text = words.pick(&theme.title);
    if let (Some(severity), Some(meaning)) = (theme.severity, &theme.meaning) {
        let asked = words.t(severity_key(severity));
        text = words.fill("sites_found", &[("what", &text), ("found", asked)]);
        text = format!("{text} {}", words.pick(meaning));
    }
    let mut source = layers.join(words.t("list_semicolon"));
    for sliver in theme.layers.iter().flat_map(|layer| slivers(words, figures, layer)) {
        source = format!("{source} {sliver}");
    }
    Item { text, source }
}

fn unknown(words: Words, theme: &ThemeTold) -> Item {
    let missing: Vec<String> = theme.missing.iter().map(|title| words.pick(title)).collect();
    let mut text = words.pick(&theme.title);
    if !missing.is_empty() {
        let missing = missing.join(words.t("list_comma"));
        text = format!("{text} {}", words.fill("layers_missing", &[("layers", &missing)]));
    }
    let office = words.pick(&theme.office);
    Item { text, source: words.fill("who_answers", &[("office", &office)]) }
}

fn life(words: Words, extract: &Extract) -> Vec<Block> {
    let mut blocks = vec![heading(words, "lifecycle_title")];
    let events = extract.events.iter().map(|event| {
        let stage = words.t(&format!("stage_{}", stage_name(event.stage)));
        let date = format::date(words.0, event.date);
        let text = format!("{date} · {stage} · {}", words.pick(&event.title));
        Item { text, source: event.document.clone().unwrap_or_default() }
    });
    let events: Vec<Item> = events.collect();
    blocks.push(match events.is_empty() {
        true => Block::Text(words.t("lifecycle_empty").to_owned()),
        false => Block::List(events),
    });
    let codes = |codes: &[domain::ParcelCode]| {
        let codes: Vec<String> =
            codes.iter().map(|code| LandCode::Parcel(*code).grouped()).collect();
        codes.join(words.t("list_comma"))
    };
    let changes = extract.lineage.changes.iter().map(|change| {
        let date = match change.date {
            Some(date) => format::date(words.0, date),
            None => words.t("extract_no_day").to_owned(),
        };
        let text = format!("{} → {}", codes(&change.from), codes(&change.into));
        Item { text, source: format!("{} {date}", kind_words(words, change.kind)) }
    });
    let changes: Vec<Item> = changes.collect();
    if !changes.is_empty() {
        blocks.extend([heading(words, "changes_title"), Block::List(changes)]);
    }
    blocks
}

fn glossary(words: Words, extract: &Extract) -> Vec<Block> {
    let terms = extract.glossary.iter();
    let terms = terms.map(|term| [words.pick(&term.term), words.pick(&term.meaning)]).collect();
    let mut blocks = vec![heading(words, "extract_glossary"), Block::Terms(terms)];
    blocks.push(heading(words, "extract_disclaimer"));
    blocks.extend(extract.disclaimer.iter().map(|text| Block::Text(words.pick(text))));
    blocks
}

fn versions(words: Words, file: &SignedExtract) -> Vec<Block> {
    let (extract, signed) = (&file.extract, &file.signed);
    let source = words.pick(&extract.data.source);
    let mut rows = vec![
        row(words, "paper_data_version", extract.data.version.clone()),
        row(words, "extract_published", format::moment(words.0, extract.data.published_at)),
        row(words, "source", source),
        row(words, "paper_policy", extract.policy.clone()),
        row(words, "verify_signed", format::moment(words.0, signed.at)),
        row(words, "paper_key", format!("{} ({})", signed.key, signed.algorithm)),
        row(words, "paper_digest", hex_digest(file.text.as_bytes())),
    ];
    if !extract.issuer.host.is_empty() {
        rows.insert(0, row(words, "paper_host", extract.issuer.host.clone()));
    }
    vec![heading(words, "paper_rests_on"), Block::Terms(rows)]
}

fn checking(words: Words, file: &SignedExtract) -> Vec<Block> {
    let host = &file.extract.issuer.host;
    let (how, proven) = (words.t("paper_check_how"), words.t("extract_proven"));
    let [how, proven] = [how, proven].map(str::to_owned);
    let heading = heading(words, "paper_check");
    let path = urls::verify_stub(&file.stub);
    if host.is_empty() {
        let there = words.fill("extract_check_there", &[("path", &path)]);
        return vec![heading, Block::Text(there), Block::Text(how), Block::Text(proven)];
    }
    let at = words.t("extract_check_at").to_owned();
    let alt = words.fill("paper_code", &[("address", &format!("https://{host}{}", urls::VERIFY))]);
    vec![
        heading,
        Block::Code { text: format!("https://{host}{path}"), alt, beside: vec![at, how, proven] },
    ]
}
