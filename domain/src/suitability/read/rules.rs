//! Hard rules and conditions.

use super::{
    names::{Names, words},
    tree::Reader,
};
use crate::{
    examination::Examination,
    law::{LegalDocument, Register, Written},
    suitability::{
        file::{BasisText, File, Node, RuleText},
        model::{Basis, Kind, Rule, RuleSet},
        tree::Tree,
    },
};

/// Reads the rules of one file into the set.
pub(super) fn read(
    file: &File,
    exam: &mut Examination<'_>,
    laws: &Register,
    names: &Names,
    set: &mut RuleSet,
) {
    for (at, text) in file.rule.iter().enumerate() {
        if let Some(rule) = rule(&format!("rule/{at}"), text, exam, laws, names, set) {
            set.rules.push(rule);
        }
    }
}

fn rule(
    place: &str,
    text: &RuleText,
    exam: &mut Examination<'_>,
    laws: &Register,
    names: &Names,
    set: &RuleSet,
) -> Option<Rule> {
    let entry = format!("the rule {}", text.id);
    let at = |key: &str| format!("{place}/{key}");
    exam.worded(&at("title"), &text.title);
    exam.worded(&at("action"), &text.action);
    names.office(&at("office"), &entry, &text.office, exam);
    let uses = names.scope(&at("uses"), &entry, &text.uses, exam);
    if text.from.zip(text.until).is_some_and(|(from, until)| until < from) {
        words(&at("until"), &entry, "it ends before it begins", exam);
    }
    let tests = text.fails.is_some() || text.needs.is_some();
    if text.kind == Kind::Hard && !tests {
        words(place, &entry, "a hard rule says what `fails` or what it `needs`", exam);
    }
    if !tests && text.when.is_none() {
        words(place, &entry, "it tests nothing; write `when`, `fails` or `needs`", exam);
    }
    if text.basis.is_empty() {
        words(place, &entry, "`basis` is empty; write the law and the article (rule Z2)", exam);
    }
    let basis = text.basis.iter().enumerate();
    let basis: Vec<Basis> = basis
        .filter_map(|(n, one)| {
            self::basis(&format!("{place}/basis/{n}"), &entry, one, exam, laws, set)
        })
        .collect();
    let stands = stands(place, &entry, text, exam, names)?;
    Some(Rule {
        id: text.id.clone(),
        kind: text.kind,
        title: text.title.clone(),
        uses,
        stands,
        basis,
        office: text.office.clone(),
        action: text.action.clone(),
        from: text.from,
        until: text.until,
    })
}

/// A rule stands in the way where it concerns the site, nothing exempts it, and it fails or does not
/// meet what it needs.
fn stands(
    place: &str,
    entry: &str,
    text: &RuleText,
    exam: &mut Examination<'_>,
    names: &Names,
) -> Option<Tree> {
    let mut reader = Reader { entry, names, exam };
    let not = |tree| Tree::Not(Box::new(tree));
    let mut read = |key: &str, node: Option<&Node>, turned: bool| -> Option<Vec<Tree>> {
        let Some(node) = node else { return Some(Vec::new()) };
        let tree = reader.tree(&format!("{place}/{key}"), node)?;
        Some(vec![if turned { not(tree) } else { tree }])
    };
    let [when, unless, fails, needs] = [
        read("when", text.when.as_ref(), false),
        read("unless", text.unless.as_ref(), true),
        read("fails", text.fails.as_ref(), false),
        read("needs", text.needs.as_ref(), true),
    ];
    let mut concerns = [when?, unless?].concat();
    let mut breaks = [fails?, needs?].concat();
    if breaks.len() > 1 {
        breaks = vec![Tree::Any(breaks)];
    }
    concerns.append(&mut breaks);
    Some(Tree::All(concerns))
}

fn basis(
    place: &str,
    entry: &str,
    text: &BasisText,
    exam: &mut Examination<'_>,
    laws: &Register,
    set: &RuleSet,
) -> Option<Basis> {
    exam.worded(&format!("{place}/text"), &text.text);
    match &text.law {
        None => exam.worded(&format!("{place}/title"), &text.title),
        Some(id) => {
            let repealed = laws.get(id).and_then(|law| law.repealed.as_ref());
            let gone = repealed.is_some_and(|end| end.on <= set.date && text.until.is_none());
            if gone {
                let message = "that law was repealed before the date of the set; cite the one in force, or write `until`";
                words(&format!("{place}/law"), entry, message, exam);
            }
        }
    }
    let written = Written {
        law: text.law.clone(),
        title: text.title.clone(),
        number: text.number.clone(),
        articles: text.articles.clone(),
        from: text.from,
        until: text.until,
    };
    let document =
        LegalDocument::read(written, laws).map_err(|error| exam.fault(place, error)).ok()?;
    Some(Basis { document, version: text.version.clone(), text: text.text.clone() })
}
