//! What stops an import that would make the register worse than the version it replaces: a file
//! that came back empty, lost a part of its rows, or is older. Each can be allowed by name.

use store::CurrentVersion;

use super::{Run, layers::Source};
use crate::{
    error::IntakeError,
    objection::{Allowance, Objection},
};

impl Run<'_> {
    /// Stops data that are older than the current version, before they are read.
    pub(super) fn guard_dates(&mut self, layers: &[Vec<Source<'_>>]) -> Result<(), IntakeError> {
        let mut objections = Vec::new();
        let source_date = self.mapping.dataset.source_date;
        if source_date > self.today {
            let reason = format!("the source is of {source_date}, a day that is still to come");
            objections.push(Objection { allowance: Allowance::Future, reason });
        }
        let Some(before) = &self.before else { return self.stop_at(objections) };
        let mut older = |what: &str, new, old| {
            if new < old {
                let reason = format!(
                    "{what} is of {new}, older than that of {}, which is of {old}",
                    before.version.label()
                );
                objections.push(Objection { allowance: Allowance::Older, reason });
            }
        };
        older("the source", self.mapping.dataset.source_date, before.version.dataset.source_date);
        for layer in layers.iter().filter_map(|sources| sources.first()) {
            let layer = &layer.mapping.info;
            let known = before.layers.iter().find(|(known, _)| known.id == layer.id);
            if let Some((known, _)) = known {
                let what = format!("the layer {}", layer.id);
                older(&what, layer.source_date, known.source_date);
            }
        }
        self.stop_at(objections)
    }

    /// Stops what came out empty, smaller or with the codes of others, before it is published.
    pub(super) fn guard_contents(&mut self) -> Result<(), IntakeError> {
        let mut objections = std::mem::take(&mut self.objections);
        objections.extend(self.empty());
        if let Some(before) = &self.before {
            objections.extend(self.smaller(before));
        }
        for shared in self.writer.shared_codes()? {
            let reason = match (shared.first, shared.classified) {
                (Some(first), 0) => format!(
                    "{} parcels have codes that the data set {} has too, {first} first; of both, \
                     the one with the newer source date would answer",
                    shared.count, shared.dataset
                ),
                (_, classified) => format!(
                    "{} parcels have codes that the data set {} has too; {classified} of them are \
                     classified in one of the two, and what the other has of these would be removed",
                    shared.count, shared.dataset
                ),
            };
            objections.push(Objection { allowance: Allowance::SharedCodes, reason });
        }
        self.stop_at(objections)
    }

    fn empty(&self) -> Vec<Objection> {
        let files = self.report.files.iter();
        let mut objections: Vec<Objection> = files
            .filter(|file| matches!(file.role.as_str(), "parcels" | "units" | "rows"))
            .filter(|file| file.stored + file.withheld == 0)
            .map(|file| Objection {
                allowance: Allowance::Empty,
                reason: format!(
                    "nothing came in from {} ({}): {} features read, {} left out by `where`, {} \
                     refused",
                    file.name, file.role, file.read, file.filtered, file.refused.total
                ),
            })
            .collect();
        if objections.is_empty() && self.stored.parcels + self.stored.classified == 0 {
            let reason = "no parcel came in".to_owned();
            objections.push(Objection { allowance: Allowance::Empty, reason });
        }
        objections
    }

    fn smaller(&self, before: &CurrentVersion) -> Vec<Objection> {
        let label = before.version.label();
        let mut objections = Vec::new();
        let mut object = |reason| {
            objections.push(Objection { allowance: Allowance::Smaller, reason });
        };
        let mut counts = vec![
            ("parcels".to_owned(), self.stored.parcels, before.parcels),
            ("units".to_owned(), self.stored.units, before.units),
        ];
        let classified = (self.stored.classified, before.classified);
        for (layer, features) in &before.layers {
            match self.report.layer(&layer.id) {
                Some(now) => {
                    let what = format!("features of the layer {}", layer.id);
                    counts.push((what, now.features, *features));
                }
                None => object(format!(
                    "the layer {} (theme {}) of {label} is gone",
                    layer.id, layer.theme.0
                )),
            }
        }
        for (what, now, then) in counts {
            // More than 5 % fewer.
            if now * 20 < then * 19 {
                object(format!("{now} {what} would replace {then} in {label}"));
            }
        }
        let (now, then) = classified;
        if now * 20 < then * 19 {
            let reason = format!(
                "{now} parcels would be classified, and {then} are in {label}; what was withheld \
                 would be shown"
            );
            objections.push(Objection { allowance: Allowance::Unclassified, reason });
        }
        objections
    }

    /// Leaves with what is not allowed; what is allowed is said.
    fn stop_at(&mut self, objections: Vec<Objection>) -> Result<(), IntakeError> {
        let (allowed, objections): (Vec<_>, Vec<_>) =
            objections.into_iter().partition(|it| self.options.allow.contains(&it.allowance));
        for Objection { allowance, reason } in allowed {
            self.report.warnings.push(format!("{reason} (allowed as {})", allowance.name()));
        }
        if objections.is_empty() {
            return Ok(());
        }
        let report = Box::new(self.report.clone());
        Err(IntakeError::Guarded { objections, report })
    }
}
