//! What a set declares beside its rules: itself, offices, uses, layers, values, questions, tables.

use std::collections::BTreeMap;

use super::{
    lost,
    names::{Names, classes, domain, unknown, words},
};
use crate::{
    dictionary::dictionary,
    examination::{CatalogueError, Examination, Fault},
    suitability::{
        amount::{Amount, Dimension, Limit},
        file::{File, KindText, LayerText, SetText, ZoneText},
        model::{Layer, LayerSource, Question, RuleSet, Table, Tolerance, Use, Value, Zones},
        table::UseTable,
        tree::{Features, Subject},
    },
    theme::theme,
};

/// The one `[set]`.
pub(super) fn set(
    place: &str,
    read: &mut [(File, Examination<'_>)],
    faults: &mut Vec<CatalogueError>,
) -> Option<SetText> {
    let mut found: Option<SetText> = None;
    for (file, exam) in read.iter_mut() {
        let Some(set) = &file.set else { continue };
        exam.worded("set/title", &set.title);
        exam.worded("set/next_step", &set.next_step);
        if let Some(review) = &set.review {
            exam.worded("set/review", review);
        }
        for (at, division) in set.divisions.iter().enumerate() {
            if !(1..=12).contains(&division.len()) || !division.bytes().all(|b| b.is_ascii_digit())
            {
                let message = "a division is the beginning of a parcel's code, of digits: \"33\"";
                words(&format!("set/divisions/{at}"), "the set", message, exam);
            }
        }
        if found.is_some() {
            words("set", "the set", "there is a [set] in another file; keep one", exam);
        }
        found = Some(set.clone());
    }
    if found.is_none() {
        let message = "there is no [set]; write one with id, date, title and next_step".to_owned();
        faults.push(lost(place, None, Fault::Words { entry: "the set".to_owned(), message }));
    }
    found
}

/// A limit of one of the dimensions.
pub(super) fn limit(
    place: &str,
    entry: &str,
    written: &str,
    dimensions: &[Dimension],
    exam: &mut Examination<'_>,
) -> Option<Limit> {
    let limit = Limit::read(written).filter(|limit| dimensions.contains(&limit.dimension));
    if limit.is_none() {
        let units: Vec<&str> = dimensions
            .iter()
            .map(|dimension| match dimension {
                Dimension::Length => "m, km or ft",
                Dimension::Area => "m2, mu, ha, km2, ft2 or acre",
                Dimension::Share => "%",
                Dimension::Days => "days",
                Dimension::Own(unit) => unit,
            })
            .collect();
        let message = format!(
            "{written:?} is no limit here; write a number, a blank and a unit: {}",
            units.join(", ")
        );
        words(place, entry, &message, exam);
    }
    let limit = limit?;
    if let Some(fault) = no_limit(&limit) {
        words(place, entry, &format!("{written:?} is no limit here; {fault}"), exam);
        return None;
    }
    Some(limit)
}

/// Why nothing could ever be held against a limit, if so.
fn no_limit(limit: &Limit) -> Option<&'static str> {
    let own = matches!(limit.dimension, Dimension::Own(_));
    let whole = Amount::of(1.0).unwrap_or(Amount::ZERO);
    if !own && limit.amount < Amount::ZERO {
        Some("lengths, areas, days and shares are 0 or more")
    } else if limit.dimension == Dimension::Share && limit.amount > whole {
        Some("a share is 100 % at most")
    } else {
        None
    }
}

/// What rules name.
pub(super) fn read(file: &File, exam: &mut Examination<'_>, names: &Names, set: &mut RuleSet) {
    for (at, office) in file.office.iter().enumerate() {
        exam.worded(&format!("office/{at}/name"), &office.name);
        set.offices.insert(office.id.clone(), office.clone());
    }
    for (at, one) in file.uses.iter().enumerate() {
        exam.worded(&format!("use/{at}/name"), &one.name);
        let code = &one.code;
        let known = dictionary(&code.system, &code.version);
        if known.is_some_and(|known| !known.entries.contains_key(&code.code)) {
            let message = "the dictionary of that system and version has no such code";
            words(&format!("use/{at}/code"), &format!("the use {}", one.id), message, exam);
        }
        let (id, name) = (one.id.clone(), one.name.clone());
        let (words, groups) = (one.words.clone(), one.groups.clone());
        set.uses.push(Use { id, code: code.clone().into(), name, words, groups });
    }
    for (at, text) in file.layer.iter().enumerate() {
        if let Some(layer) = layer(&format!("layer/{at}"), text, exam, names) {
            set.layers.insert(layer.id.clone(), layer);
        }
    }
    for (at, text) in file.value.iter().enumerate() {
        let (place, entry) = (format!("value/{at}"), format!("the value {}", text.id));
        exam.worded(&format!("{place}/title"), &text.title);
        names.office(&format!("{place}/office"), &entry, &text.office, exam);
        kind(&format!("{place}/kind"), &entry, &text.kind, exam);
        let value = Value {
            id: text.id.clone(),
            title: text.title.clone(),
            domain: domain(&text.kind),
            several: text.several,
            field: text.field,
            office: text.office.clone(),
        };
        set.values.insert(value.id.clone(), value);
    }
    for (at, text) in file.question.iter().enumerate() {
        let (place, entry) = (format!("question/{at}"), format!("the question {}", text.id));
        exam.worded(&format!("{place}/text"), &text.text);
        names.office(&format!("{place}/office"), &entry, &text.office, exam);
        kind(&format!("{place}/kind"), &entry, &text.kind, exam);
        let (id, words) = (text.id.clone(), text.text.clone());
        let office = text.office.clone();
        set.questions.push(Question { id, text: words, domain: domain(&text.kind), office });
    }
}

fn kind(place: &str, entry: &str, kind: &KindText, exam: &mut Examination<'_>) {
    match kind {
        KindText::Dictionary { system, version } if dictionary(system, version).is_none() => {
            let message = "no dictionary has that system and version; name one, or write `open` for codes of no dictionary";
            words(place, entry, message, exam);
        }
        KindText::Options(options) => {
            for (at, option) in options.iter().enumerate() {
                exam.worded(&format!("{place}/options/{at}/label"), &option.label);
            }
            if options.len() < 2 {
                words(place, entry, "`options` offers no choice; write two or more", exam);
            }
        }
        _ => {}
    }
}

fn layer(
    place: &str,
    text: &LayerText,
    exam: &mut Examination<'_>,
    names: &Names,
) -> Option<Layer> {
    let entry = format!("the layer {}", text.id);
    let at = |key: &str| format!("{place}/{key}");
    exam.worded(&at("title"), &text.title);
    names.office(&at("office"), &entry, &text.office, exam);
    let source = match (&text.theme, &text.data) {
        (Some(id), None) => {
            if theme(id).is_none() {
                words(&at("theme"), &entry, "themes.toml has no such theme", exam);
            }
            Some(LayerSource::Theme(id.clone()))
        }
        (None, Some(data)) => Some(LayerSource::Data(data.clone())),
        _ => {
            words(place, &entry, "write either `theme` or `data`: where its facts come from", exam);
            None
        }
    };
    let area = limit(&at("tolerance/area"), &entry, &text.tolerance.area, &[Dimension::Area], exam);
    let share =
        limit(&at("tolerance/share"), &entry, &text.tolerance.share, &[Dimension::Share], exam);
    let zones = text.zones.as_ref().and_then(|zones| {
        let share = &[Dimension::Share];
        let of_site = limit(&at("zones/of_site"), &entry, &zones.of_site, share, exam)?;
        let of_zone = match &zones.of_zone {
            Some(written) => Some(limit(&at("zones/of_zone"), &entry, written, share, exam)?),
            None => None,
        };
        Some(Zones { of_site, of_zone, take: zones.take })
    });
    for (at, word) in text.words.iter().enumerate() {
        if word.trim().is_empty() || *word != word.to_lowercase() {
            let message =
                "the words of a layer are in lower case: they are sought in names of any case";
            words(&format!("{place}/words/{at}"), &entry, message, exam);
        }
    }
    if text.kinds.iter().any(|kind| kind.trim().is_empty()) {
        words(&at("kinds"), &entry, "a code of a kind is not empty", exam);
    }
    Some(Layer {
        classes: classes(text),
        id: text.id.clone(),
        title: text.title.clone(),
        source: source?,
        tolerance: Tolerance { area: area?, share: share? },
        office: text.office.clone(),
        zones,
    })
}

/// The use tables, each from its file.
pub(super) fn tables(
    read: &mut [(File, Examination<'_>)],
    texts: &BTreeMap<&str, &str>,
    directory: &str,
    names: &Names,
    set: &mut RuleSet,
    faults: &mut Vec<CatalogueError>,
) {
    for (file, exam) in read.iter_mut() {
        for (at, text) in file.table.iter().enumerate() {
            let (place, entry) = (format!("table/{at}"), format!("the table {}", text.id));
            names.office(&format!("{place}/office"), &entry, &text.office, exam);
            let zone = zone(&format!("{place}/zone"), &entry, &text.zone, exam, names);
            let Some(csv) = texts.get(text.file.as_str()) else {
                let message = format!("there is no file {:?} beside this one", text.file);
                words(&format!("{place}/file"), &entry, &message, exam);
                continue;
            };
            let csv_file = format!("{directory}{}", text.file);
            let entries = match UseTable::read(csv, &text.words) {
                Ok(entries) => entries,
                Err(fault) => {
                    let words = Fault::Words { entry: entry.clone(), message: fault.reason };
                    faults.push(lost(&csv_file, Some(fault.line), words));
                    continue;
                }
            };
            let is_use =
                |name: &str| set.uses.iter().any(|one| one.id == name || one.code.code == name);
            for name in entries.uses().filter(|name| !is_use(name)) {
                let message = format!("no [[use]] of the set has the id or the code {name:?}");
                let fault = Fault::Words { entry: entry.clone(), message };
                faults.push(lost(&csv_file, line_of(csv, name), fault));
            }
            // A class is for the uses of it that have none of their own.
            let own = |one: &&Use| entries.uses().any(|name| name == one.id);
            for class in entries.uses() {
                let mut of_class =
                    set.uses.iter().filter(|one| one.code.code == class && one.id != class);
                if of_class.clone().next().is_some() && of_class.all(|one| own(&one)) {
                    let message = format!(
                        "the class {class:?} says nothing: every use of it stands in the table by its own id"
                    );
                    let fault = Fault::Words { entry: entry.clone(), message };
                    faults.push(lost(&csv_file, line_of(csv, class), fault));
                }
            }
            let (id, office) = (text.id.clone(), text.office.clone());
            set.tables.insert(id.clone(), Table { id, entries, zone, office });
        }
    }
}

/// The line of a table that names a use: the first where uses are columns.
fn line_of(csv: &str, name: &str) -> Option<usize> {
    if csv.trim_start().starts_with("zone") {
        return Some(1);
    }
    let first =
        |line: &str| line.split(',').next().map(|cell| cell.trim().trim_matches('"') == name);
    csv.lines().position(|line| first(line) == Some(true)).map(|at| at + 1)
}

fn zone(
    place: &str,
    entry: &str,
    text: &ZoneText,
    exam: &mut Examination<'_>,
    names: &Names,
) -> Subject {
    match text {
        ZoneText::Layer(layer) => {
            match names.layers.get(layer) {
                None => unknown(place, entry, "layer", layer, exam),
                Some(true) => {}
                Some(false) => {
                    let message =
                        "that layer has no `zones`: which of the zones that a site lies in count";
                    words(place, entry, message, exam);
                }
            }
            Subject::Overlap { layer: layer.clone(), features: Features::Every }
        }
        ZoneText::Value(id) => {
            if !names.values.contains_key(id) {
                unknown(place, entry, "value", id, exam);
            }
            Subject::Value { id: id.clone() }
        }
    }
}
