//! Soft criteria.

use super::{
    entries::limit,
    names::{Names, words},
    tree::{Reader, dimensions},
};
use crate::{
    examination::Examination,
    suitability::{
        amount::{Amount, Dimension, Limit},
        file::{File, ScoreText},
        model::{Domain, RuleSet, Score, Worth},
        tree::Subject,
    },
};

/// Reads the scores of one file into the set.
pub(super) fn read(file: &File, exam: &mut Examination<'_>, names: &Names, set: &mut RuleSet) {
    for (at, text) in file.score.iter().enumerate() {
        if let Some(score) = score(&format!("score/{at}"), text, exam, names) {
            set.scores.push(score);
        }
    }
}

/// The weights of whatever speaks of one use sum to one.
pub(super) fn whole(read: &mut [(File, Examination<'_>)], set: &RuleSet) {
    let one = Limit::read("100 %").map(|limit| limit.amount);
    let Some((_, exam)) = read.iter_mut().find(|(file, _)| !file.score.is_empty()) else { return };
    for (at, one_use) in set.uses.iter().enumerate() {
        let weights: Vec<Amount> = set.scores_for(at).map(|score| score.weight.amount).collect();
        let sum = weights.iter().fold(Amount::ZERO, |sum, weight| sum.plus(*weight));
        if !weights.is_empty() && Some(sum) != one {
            let message =
                format!("the weights for it sum to {} % and not to 100 %", sum.figure() * 100.0);
            words("score/0/weight", &format!("the use {}", one_use.id), &message, exam);
        }
    }
}

fn score(
    place: &str,
    text: &ScoreText,
    exam: &mut Examination<'_>,
    names: &Names,
) -> Option<Score> {
    let entry = format!("the score {}", text.id);
    let at = |key: &str| format!("{place}/{key}");
    exam.worded(&at("title"), &text.title);
    exam.worded(&at("reason"), &text.reason);
    let uses = names.scope(&at("uses"), &entry, &text.uses, exam);
    let weight = limit(&at("weight"), &entry, &text.weight, &[Dimension::Share], exam);
    if weight.as_ref().is_some_and(|weight| weight.amount <= Amount::ZERO) {
        words(&at("weight"), &entry, "a weight is more than nothing", exam);
    }
    let subject = subject(place, text, &mut Reader { entry: &entry, names, exam })?;
    let worth = worth(place, &entry, text, &subject, exam, names)?;
    let (id, title, reason) = (text.id.clone(), text.title.clone(), text.reason.clone());
    Some(Score { id, title, uses, weight: weight?, subject, worth, reason })
}

fn subject(place: &str, text: &ScoreText, reader: &mut Reader<'_, '_>) -> Option<Subject> {
    let features = reader.features_of(place, text.kinds.as_ref(), text.named.as_ref())?;
    match (&text.overlaps, &text.distance) {
        (Some(layer), None) => {
            reader.layer(&format!("{place}/overlaps"), layer)?;
            reader.known(place, layer, &features)?;
            Some(Subject::Overlap { layer: layer.clone(), features })
        }
        (None, Some(layer)) => {
            reader.layer(&format!("{place}/distance"), layer)?;
            reader.known(place, layer, &features)?;
            Some(Subject::Distance { layer: layer.clone(), features })
        }
        _ => reader.figure(place, text.measure, text.value.as_ref(), text.answer.as_ref()),
    }
}

fn worth(
    place: &str,
    entry: &str,
    text: &ScoreText,
    subject: &Subject,
    exam: &mut Examination<'_>,
    names: &Names,
) -> Option<Worth> {
    match (&text.worst, &text.best, &text.points) {
        (Some(worst), Some(best), None) => {
            let figures = dimensions(subject, names);
            let worst = limit(&format!("{place}/worst"), entry, worst, &figures, exam)?;
            let best = limit(&format!("{place}/best"), entry, best, &figures, exam)?;
            if worst.amount == best.amount || worst.dimension != best.dimension {
                words(place, entry, "`worst` and `best` are two figures of one unit", exam);
            }
            Some(Worth::Line { worst, best })
        }
        (None, None, Some(points)) => {
            let domain: Option<&Domain> = match subject {
                Subject::Value { id } => names.values.get(id),
                Subject::Answer { id } => names.questions.get(id),
                _ => None,
            };
            let fits = |code: &str| domain.is_some_and(|domain| domain.has(code));
            if let Some((code, _)) =
                points.iter().find(|(code, points)| !fits(code) || **points > 100)
            {
                let message =
                    format!("{code:?} is nothing that this can be, or more than 100 points");
                words(&format!("{place}/points"), entry, &message, exam);
            }
            Some(Worth::Points(points.clone()))
        }
        _ => {
            words(place, entry, "write `worst` and `best`, or `points` for each code", exam);
            None
        }
    }
}
