//! The laws in words: how many are cited where, what is to be confirmed, what is wrong, what comes.

use std::fmt::Write as _;

use domain::{
    Locale,
    dictionary::dictionaries,
    division::table_sources,
    law::{Coming, Entry, Ledger, register},
};
use jiff::civil::Date;

/// What is to be said on `today` of the laws cited, with what the tables say in a language. Writing to a
/// string does not fail.
pub(super) fn explain(ledger: &Ledger, today: Date, locale: Locale) -> String {
    let mut out = String::new();
    counts(&mut out, ledger);
    wrong(&mut out, ledger, today);
    coming(&mut out, ledger, today);
    open(&mut out, ledger, locale);
    tables(&mut out, locale);
    out
}

fn counts(out: &mut String, ledger: &Ledger) {
    let counts = ledger.counts();
    let (all, open) = counts.values().fold((0, 0), |(all, open), (a, o)| (all + a, open + o));
    let laws = register().iter().count();
    let read = register().iter().filter(|law| law.read.is_some()).count();
    let _written = writeln!(
        out,
        "\nlaws: {laws} in the register of {}, {read} read; {all} citations, {} read, {open} to be confirmed",
        register().date,
        all - open,
    );
    for (file, (all, open)) in counts {
        let _written = writeln!(out, "  {file}: {all} citations, {open} to be confirmed");
    }
}

fn wrong(out: &mut String, ledger: &Ledger, today: Date) {
    for (entry, fault) in ledger.faults(today) {
        let law = entry.citation.law.name(Locale::Zh);
        let _written =
            writeln!(out, "WARNING: {}, {} cites {law}: {fault}", entry.file, entry.place);
    }
    for (file, place, named) in ledger.prose() {
        let Some(law) = register().by_title(named) else { continue };
        let now = match &law.repealed {
            Some(end) if end.on <= today => {
                format!("it was repealed on {}, see {}", end.on, end.by)
            }
            _ => format!("write {{law:{}:…}}, so that its changes are followed", law.id),
        };
        let _written =
            writeln!(out, "WARNING: {file}, {place} cites {named} in plain words; {now}");
    }
}

fn coming(out: &mut String, ledger: &Ledger, today: Date) {
    for (change, entries) in ledger.coming(today, register()) {
        let Some(first) = entries.first() else { continue };
        let law = first.citation.law.name(Locale::Zh);
        let name =
            |id: &str| register().get(id).map_or_else(|| id.to_owned(), |law| law.name(Locale::Zh));
        let (on, what) = match change {
            Coming::Repealed { on, by } => {
                (on, format!("{law} is repealed by {}; cite that one", name(&by)))
            }
            Coming::Renumbered { on, article, to } => {
                (on, format!("art. {article} of {law} becomes art. {to}"))
            }
            Coming::Beside { on, law: other } => (
                on,
                format!("{} comes beside {law}; see whether it is to be cited too", name(&other)),
            ),
            Coming::Begins { on } => (on, format!("{law} is cited from that day")),
            Coming::Ends { on } => (on, format!("{law} is cited until that day")),
        };
        let _written = writeln!(out, "  coming on {on}: {what} ({})", places(&entries));
    }
}

fn open(out: &mut String, ledger: &Ledger, locale: Locale) {
    for (id, entries) in ledger.unread() {
        let Some(first) = entries.first() else { continue };
        let law = &first.citation.law;
        let why = law.unread.as_ref();
        let why = why.map_or("the article cited was not read", |why| why.get(locale));
        let _written = writeln!(
            out,
            "  {} ({id}): {} to be confirmed; {why}: {}",
            law.name(Locale::Zh),
            entries.len(),
            places(&entries),
        );
    }
    for (file, place, named) in ledger.prose() {
        let _written = writeln!(
            out,
            "  {named}: cited in plain words, not in the register, to be confirmed: {file}, {place}"
        );
    }
}

fn tables(out: &mut String, locale: Locale) {
    let tables = table_sources().iter().zip(["divisions", "towns"]);
    let tables = tables.map(|(table, name)| (name.to_owned(), &table.to_be_confirmed));
    let dictionaries = dictionaries()
        .iter()
        .map(|one| (format!("dictionary {}@{}", one.system, one.version), &one.to_be_confirmed));
    for (name, open) in tables.chain(dictionaries) {
        if let Some(what) = open {
            let _written = writeln!(out, "  {name}: to be confirmed: {}", what.get(locale));
        }
    }
}

/// Where entries stand: every file once, with its places.
fn places(entries: &[&Entry]) -> String {
    let mut files: Vec<(&str, Vec<&str>)> = Vec::new();
    for entry in entries {
        match files.iter_mut().find(|(file, _)| *file == entry.file) {
            Some((_, places)) if places.contains(&entry.place.as_str()) => {}
            Some((_, places)) => places.push(&entry.place),
            None => files.push((&entry.file, vec![&entry.place])),
        }
    }
    let files: Vec<String> =
        files.iter().map(|(file, places)| format!("{file} {}", places.join(", "))).collect();
    files.join("; ")
}
