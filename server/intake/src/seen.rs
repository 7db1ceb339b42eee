//! What of an entry of a mapping met anything in its file. A name, a condition or a value that
//! matches nothing is mostly a slip of the pen, and says so in the report.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    feature::{Feature, Properties, plain},
    filter::Filter,
    mapping::{FileMapping, KindRule, Role},
    report::FileReport,
};

/// Names and values that are remembered; a file with more is no table, and memory has an end.
const REMEMBERED: usize = 500;
/// Names and values that a sentence lists.
const NAMED: usize = 12;

/// What was seen of an entry's file, by all workers.
pub(crate) struct Seen<'a> {
    asked: Vec<Asked<'a>>,
    conditions: Vec<Condition<'a>>,
    /// Every property of the file.
    names: RwLock<BTreeSet<String>>,
    taken: Count,
}

#[derive(Default)]
struct Count(AtomicU64);

impl Count {
    fn add(&self, yes: bool) {
        self.0.fetch_add(u64::from(yes), Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A property that the mapping names, or the GeoJSON id.
struct Asked<'a> {
    /// `None` for the GeoJSON id.
    property: Option<&'a str>,
    keys: Vec<String>,
    there: Count,
    /// Not null, blank or a word for "nothing".
    says: Count,
    /// Numbers as spreadsheets shorten them.
    shortened: Count,
}

/// A condition, or a table of values.
struct Condition<'a> {
    key: &'static str,
    property: &'a str,
    filter: Option<&'a Filter>,
    /// The texts that it lists, and how often each was seen.
    listed: Vec<(&'a str, Count)>,
    met: Count,
    asked: Count,
    /// Some of the texts that the property has.
    found: Mutex<BTreeSet<String>>,
}

impl<'a> Seen<'a> {
    /// Nothing seen yet of the entry's file.
    pub(crate) fn of(entry: &'a FileMapping) -> Self {
        let mut asked: Vec<Asked<'_>> = Vec::new();
        for (key, property) in entry.asks_for() {
            match asked.iter_mut().find(|asked| asked.property == property) {
                Some(asked) => asked.keys.push(key),
                None => asked.push(Asked {
                    property,
                    keys: vec![key],
                    there: Count::default(),
                    says: Count::default(),
                    shortened: Count::default(),
                }),
            }
        }
        let mut conditions = Vec::new();
        conditions.extend(entry.filter.as_ref().map(|filter| Condition::of("where", filter)));
        match &entry.role {
            Role::Parcels(parcels) => {
                conditions
                    .extend(parcels.classified.as_ref().map(|c| Condition::of("classified", c)));
            }
            Role::Base(base) => {
                if let KindRule::ByProperty { property, values, .. } = &base.kind {
                    let texts = values.iter().map(|(text, _)| text.as_str());
                    conditions.push(Condition::new("kind.values", property, None, texts));
                }
            }
            Role::Units(_) | Role::Rows(_) | Role::Restriction(_) | Role::Boundary => {}
        }
        Self { asked, conditions, names: RwLock::default(), taken: Count::default() }
    }

    /// Takes note of a feature; `taken` tells whether the mapping's `where` takes it.
    pub(crate) fn look(&self, feature: &Feature, properties: &Properties<'_>, taken: bool) {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let new =
            names.len() < REMEMBERED && feature.properties.keys().any(|name| !names.contains(name));
        drop(names);
        if new {
            let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
            names.extend(feature.properties.keys().take(REMEMBERED).cloned());
        }
        for condition in &self.conditions {
            if taken || condition.key == "where" {
                condition.look(properties);
            }
        }
        if !taken {
            return;
        }
        self.taken.add(true);
        for asked in &self.asked {
            match asked.property {
                Some(name) => {
                    asked.there.add(feature.properties.contains_key(name));
                    let value = properties.get(name);
                    asked.says.add(value.is_some());
                    let text = value.and_then(serde_json::Value::as_str);
                    asked.shortened.add(text.is_some_and(is_shortened));
                }
                None => {
                    asked.there.add(properties.id().is_some());
                    asked.says.add(properties.id().is_some());
                }
            }
        }
    }

    /// Why a condition says nothing at all: its property is in no feature. `key` is `where` or
    /// `classified`.
    pub(crate) fn on_nothing(&self, key: &str) -> Option<String> {
        let condition = self.conditions.iter().find(|condition| condition.key == key)?;
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let asked = condition.asked.get();
        (asked > 0 && !names.contains(condition.property)).then(|| {
            format!(
                "the property `{}`, which `{key}` asks for, is in none of {}",
                condition.property,
                features(asked)
            )
        })
    }

    /// What met nothing, a sentence each.
    pub(crate) fn warnings(&self, report: &FileReport) -> Vec<String> {
        let name = &report.name;
        if report.read == 0 {
            return vec![format!(
                "{name} has no features; if it should have some, export it again"
            )];
        }
        let mut warnings = Vec::new();
        for condition in &self.conditions {
            warnings.extend(condition.warnings(self, report));
        }
        let taken = self.taken.get();
        if taken == 0 {
            return warnings;
        }
        for asked in &self.asked {
            let keys =
                asked.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let features = features(taken);
            match asked.property {
                None if asked.says.get() == 0 => warnings.push(format!(
                    "{name}: {keys} asks for `@id`, and none of {features} has a GeoJSON id; \
                     name a property instead"
                )),
                Some(property) if asked.there.get() == 0 => warnings.push(format!(
                    "{name}: the property `{property}`, which {keys} names, is in none of \
                     {features}; {}",
                    self.instead_of(property)
                )),
                Some(property) if asked.says.get() == 0 => warnings.push(format!(
                    "{name}: the property `{property}`, which {keys} names, is empty in all of \
                     {features}; if another property has the values, name that one"
                )),
                _ => {}
            }
            if let (Some(property), many @ 1..) = (asked.property, asked.shortened.get()) {
                warnings.push(format!(
                    "{name}: `{property}`, which {keys} names, is a number that a spreadsheet has \
                     rounded (like 3.30521E+18) in {many} of {features}; take the values from the \
                     file before that"
                ));
            }
        }
        warnings
    }

    /// What the file has, the nearest name first.
    fn instead_of(&self, wanted: &str) -> String {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let near = |name: &String| {
            strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &wanted.to_lowercase())
        };
        let mut names: Vec<&String> = names.iter().collect();
        names.sort_by(|a, b| near(b).total_cmp(&near(a)));
        if names.is_empty() {
            return "its features have no properties at all".to_owned();
        }
        format!("the file has {}", listed(names.iter().map(|name| name.as_str())))
    }
}

impl<'a> Condition<'a> {
    fn of(key: &'static str, filter: &'a Filter) -> Self {
        let texts = filter.values().iter().map(String::as_str);
        Self::new(key, filter.property(), Some(filter), texts)
    }

    fn new(
        key: &'static str,
        property: &'a str,
        filter: Option<&'a Filter>,
        texts: impl Iterator<Item = &'a str>,
    ) -> Self {
        Self {
            key,
            property,
            filter,
            listed: texts.map(|text| (text, Count::default())).collect(),
            met: Count::default(),
            asked: Count::default(),
            found: Mutex::default(),
        }
    }

    fn look(&self, properties: &Properties<'_>) {
        self.asked.add(true);
        self.met.add(self.filter.is_none_or(|filter| filter.meets(properties)));
        let Some(text) = properties.get(self.property).and_then(plain) else { return };
        match self.listed.iter().find(|(listed, _)| *listed == text) {
            Some((_, seen)) => seen.add(true),
            None => {
                let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                if found.len() < REMEMBERED {
                    found.insert(text);
                }
            }
        }
    }

    fn warnings(&self, seen: &Seen<'_>, report: &FileReport) -> Vec<String> {
        let Self { key, property, .. } = self;
        let (asked, met) = (self.asked.get(), self.met.get());
        if asked == 0 {
            return Vec::new();
        }
        let (name, features) = (&report.name, features(asked));
        let effect = match (*key, met) {
            ("where", 0) => "; it left out every feature".to_owned(),
            ("where", met) if met == asked => "; it left out no feature".to_owned(),
            ("classified", 0) => "; no parcel is classified by it".to_owned(),
            ("classified", met) if met == asked => "; every parcel is classified by it".to_owned(),
            _ => String::new(),
        };
        let known = seen.names.read().unwrap_or_else(PoisonError::into_inner).contains(*property);
        if !known {
            return vec![format!(
                "{name}: the property `{property}`, which `{key}` asks for, is in none of \
                 {features}{effect}; {}",
                seen.instead_of(property)
            )];
        }
        let mut warnings = Vec::new();
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let others = if found.is_empty() {
            String::new()
        } else {
            format!("; other values there are {}", listed(found.iter().map(String::as_str)))
        };
        let unseen: Vec<&str> =
            self.listed.iter().filter(|(_, seen)| seen.get() == 0).map(|(text, _)| *text).collect();
        if !unseen.is_empty() {
            warnings.push(format!(
                "{name}: `{key}` lists {}, which `{property}` is in none of {features}{effect}\
                 {others}",
                listed(unseen.into_iter())
            ));
        } else if (*key == "where" && met == 0)
            || (*key == "classified" && (met == 0 || met == asked))
        {
            warnings
                .push(format!("{name}: `{key}` on `{property}` among {features}{effect}{others}"));
        }
        warnings
    }
}

fn features(many: u64) -> String {
    if many == 1 { "1 feature".to_owned() } else { format!("{many} features") }
}

fn listed<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: Vec<&str> = texts.collect();
    let mut list =
        texts.iter().take(NAMED).map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    if texts.len() > NAMED {
        list.push_str(&format!(" and {} more", texts.len() - NAMED));
    }
    list
}

/// `3.30521E+18`: what a spreadsheet makes of a long number.
pub(crate) fn is_shortened(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.trim().split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
}

#[cfg(test)]
mod tests;
