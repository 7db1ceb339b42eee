//! What is declared anywhere in a set, so that whatever is named can be looked up.

use std::collections::{BTreeMap, BTreeSet};

use super::lost;
use crate::{
    dictionary::Coded,
    examination::{CatalogueError, Examination, Fault},
    suitability::{
        amount::Dimension,
        file::{CodedText, File, KindText, LayerText, OneUseText, UsesText},
        model::{Classes, Domain, Scope},
    },
};

/// Every id of a set, by what it is the id of.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) offices: BTreeSet<String>,
    pub(super) uses: Vec<(String, Coded, Vec<String>)>,
    /// Whether each says in which zone a site is.
    pub(super) layers: BTreeMap<String, bool>,
    /// What the features of each can be.
    pub(super) classes: BTreeMap<String, Classes>,
    pub(super) values: BTreeMap<String, Domain>,
    pub(super) questions: BTreeMap<String, Domain>,
    pub(super) tables: BTreeSet<String>,
}

/// Notes each id that is of other characters, or that stood somewhere before.
fn distinct<'a>(
    what: &str,
    list: &str,
    ids: impl Iterator<Item = &'a str>,
    seen: &mut BTreeSet<String>,
    exam: &mut Examination<'_>,
) {
    for (at, id) in ids.enumerate() {
        let place = format!("{list}/{at}/id");
        let fits =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte);
        if id.is_empty() || !id.bytes().all(fits) {
            let rule = "one has a-z, 0-9, -, _ and . only, as in permanent-farmland";
            exam.fault(&place, Fault::Id { id: id.to_owned(), rule });
        }
        if !seen.insert(id.to_owned()) {
            let message = format!("another {what} of the set has that id; give it one of its own");
            exam.fault(&place, Fault::Words { entry: format!("the {what} {id}"), message });
        }
    }
}

/// The classes of a layer as they are written.
pub(super) fn classes(text: &LayerText) -> Classes {
    Classes {
        kinds: text.kinds.iter().cloned().collect(),
        words: text.words.iter().cloned().collect(),
    }
}

impl Names {
    pub(super) fn gather(
        place: &str,
        read: &mut [(File, Examination<'_>)],
        texts: &BTreeMap<&str, &str>,
        faults: &mut Vec<CatalogueError>,
    ) -> Self {
        let mut names = Self::default();
        let mut seen: [BTreeSet<String>; 9] = Default::default();
        for (file, exam) in read.iter_mut() {
            let lists: [(&str, &str, Vec<&str>); 9] = [
                ("office", "office", file.office.iter().map(|one| one.id.as_str()).collect()),
                ("use", "use", file.uses.iter().map(|one| one.id.as_str()).collect()),
                ("layer", "layer", file.layer.iter().map(|one| one.id.as_str()).collect()),
                ("value", "value", file.value.iter().map(|one| one.id.as_str()).collect()),
                ("question", "question", file.question.iter().map(|one| one.id.as_str()).collect()),
                ("table", "table", file.table.iter().map(|one| one.id.as_str()).collect()),
                ("rule", "rule", file.rule.iter().map(|one| one.id.as_str()).collect()),
                ("score", "score", file.score.iter().map(|one| one.id.as_str()).collect()),
                ("step", "next", file.next.iter().map(|one| one.id.as_str()).collect()),
            ];
            for ((what, list, ids), seen) in lists.into_iter().zip(&mut seen) {
                distinct(what, list, ids.into_iter(), seen, exam);
            }
            names.take(file);
        }
        for (what, empty) in [
            ("use", names.uses.is_empty()),
            ("office", names.offices.is_empty()),
            ("rule", seen[6].is_empty()),
        ] {
            if empty {
                let message = format!("it has none; write a [[{what}]]");
                let fault = Fault::Words { entry: format!("the {what}s of the set"), message };
                faults.push(lost(place, None, fault));
            }
        }
        let wanted: BTreeSet<&str> = read
            .iter()
            .flat_map(|(file, _)| &file.table)
            .map(|table| table.file.as_str())
            .collect();
        for name in texts.keys().filter(|name| !name.ends_with(".toml") && !wanted.contains(**name))
        {
            let message = "no [[table]] names it; name it, or take it away".to_owned();
            let fault = Fault::Words { entry: (*name).to_owned(), message };
            faults.push(lost(&format!("{place}{name}"), None, fault));
        }
        names
    }

    fn take(&mut self, file: &File) {
        self.offices.extend(file.office.iter().map(|one| one.id.clone()));
        let uses = file.uses.iter();
        self.uses
            .extend(uses.map(|one| (one.id.clone(), one.code.clone().into(), one.groups.clone())));
        let layers = file.layer.iter();
        self.layers.extend(layers.map(|one| (one.id.clone(), one.zones.is_some())));
        let layers = file.layer.iter();
        self.classes.extend(layers.map(|one| (one.id.clone(), classes(one))));
        self.values.extend(file.value.iter().map(|one| (one.id.clone(), domain(&one.kind))));
        self.questions.extend(file.question.iter().map(|one| (one.id.clone(), domain(&one.kind))));
        self.tables.extend(file.table.iter().map(|one| one.id.clone()));
    }

    /// Notes that an entry names an office that is not there.
    pub(super) fn office(&self, place: &str, entry: &str, id: &str, exam: &mut Examination<'_>) {
        if !self.offices.contains(id) {
            unknown(place, entry, "office", id, exam);
        }
    }

    /// The uses that an entry speaks of.
    pub(super) fn scope(
        &self,
        place: &str,
        entry: &str,
        uses: &UsesText,
        exam: &mut Examination<'_>,
    ) -> Scope {
        let list = match uses {
            UsesText::All(all) if all == "all" => return Scope::All,
            UsesText::All(_) => {
                words(place, entry, "`uses` is \"all\" or a list", exam);
                return Scope::All;
            }
            UsesText::List(list) => list,
        };
        let mut found = BTreeSet::new();
        for (at, one) in list.iter().enumerate() {
            let before = found.len();
            let meant = self.uses.iter().enumerate().filter(|(_, (id, code, groups))| match one {
                OneUseText::Id(name) => name == id || groups.contains(name),
                OneUseText::Class(class) => is_of(code, class),
            });
            let meant: Vec<usize> = meant.map(|(at, _)| at).collect();
            found.extend(&meant);
            if meant.is_empty() && found.len() == before {
                let message = "no [[use]] of the set is that, nor any `groups` of one";
                words(&format!("{place}/{at}"), entry, message, exam);
            }
        }
        if list.is_empty() {
            words(place, entry, "`uses` is empty; write \"all\" or the uses it speaks of", exam);
        }
        Scope::Uses(found.into_iter().collect())
    }
}

/// Whether a code is of a class or of one below it.
fn is_of(code: &Coded, class: &CodedText) -> bool {
    code.system == class.system
        && code.version == class.version
        && code.code.starts_with(class.code.as_str())
}

pub(super) fn domain(kind: &KindText) -> Domain {
    match kind {
        KindText::YesNo => Domain::YesNo,
        KindText::Open => Domain::Open,
        KindText::Options(options) => Domain::Options(options.clone()),
        KindText::Dictionary { system, version } => {
            Domain::Dictionary { system: system.clone(), version: version.clone() }
        }
        KindText::Figure(unit) => Domain::Figure(Dimension::of(unit)),
    }
}

pub(super) fn unknown(place: &str, entry: &str, what: &str, id: &str, exam: &mut Examination<'_>) {
    let message = format!("no [[{what}]] of the set has the id {id:?}; write one, or name another");
    exam.fault(place, Fault::Words { entry: entry.to_owned(), message });
}

pub(super) fn words(place: &str, entry: &str, message: &str, exam: &mut Examination<'_>) {
    exam.fault(place, Fault::Words { entry: entry.to_owned(), message: message.to_owned() });
}
