//! Formal steps.

use super::{
    names::{Names, words},
    tree::Reader,
};
use crate::{
    examination::Examination,
    suitability::{
        file::{File, NextText},
        model::{Fill, NextStep, RuleSet},
    },
};

/// Reads the steps of one file into the set.
pub(super) fn read(file: &File, exam: &mut Examination<'_>, names: &Names, set: &mut RuleSet) {
    for (at, text) in file.next.iter().enumerate() {
        let step = step(&format!("next/{at}"), text, exam, names);
        set.steps.push(step);
    }
}

fn step(place: &str, text: &NextText, exam: &mut Examination<'_>, names: &Names) -> NextStep {
    let entry = format!("the step {}", text.id);
    let at = |key: &str| format!("{place}/{key}");
    exam.worded(&at("title"), &text.title);
    exam.worded(&at("at"), &text.at);
    names.office(&at("office"), &entry, &text.office, exam);
    let uses = names.scope(&at("uses"), &entry, &text.uses, exam);
    if text.service.is_none() && (text.tells.is_some() || !text.fill.is_empty()) {
        words(place, &entry, "`tells` and `fill` are questions of a `service`; name it", exam);
    }
    let mut fills = Vec::new();
    for (n, fill) in text.fill.iter().enumerate() {
        let place = format!("{place}/fill/{n}");
        let mut reader = Reader { entry: &entry, names, exam };
        if let Some(when) = reader.tree(&format!("{place}/when"), &fill.when) {
            fills.push(Fill { question: fill.question.clone(), is: fill.is.clone(), when });
        }
        if text.tells.as_deref() == Some(&fill.question) {
            words(&place, &entry, "that question takes the verdict in words already", exam);
        }
    }
    NextStep {
        id: text.id.clone(),
        title: text.title.clone(),
        uses,
        service: text.service.clone(),
        tells: text.tells.clone(),
        office: text.office.clone(),
        at: text.at.clone(),
        fills,
    }
}
