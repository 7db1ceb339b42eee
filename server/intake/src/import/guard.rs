//! What stops an import that would make the register worse than the version it replaces: a file
//! that came back empty, lost a part of its rows, or is older. Each can be allowed by name.

use std::{fmt, str::FromStr};

use store::CurrentVersion;

use super::{Run, layers::Source};
use crate::error::IntakeError;

/// Something that stops an import unless it is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allowance {
    /// No parcels, or a file of parcels or units from which nothing came in.
    Empty,
    /// More than 5 % fewer parcels, units or features of a layer than in the current version, or a
    /// layer fewer.
    Smaller,
    /// A source date before that of the current version.
    Older,
    /// A source date that is still to come: every true one would be older.
    Future,
    /// Fewer classified parcels than the mapping or the current version lead to expect.
    Unclassified,
    /// Parcels whose codes another data set has too.
    SharedCodes,
}

impl Allowance {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Empty,
        Self::Smaller,
        Self::Older,
        Self::Future,
        Self::Unclassified,
        Self::SharedCodes,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Smaller => "smaller",
            Self::Older => "older",
            Self::Future => "future",
            Self::Unclassified => "unclassified",
            Self::SharedCodes => "shared-codes",
        }
    }
}

/// A name that is no [`Allowance`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use empty, smaller, older, future, unclassified or shared-codes")]
pub struct UnknownAllowance;

impl FromStr for Allowance {
    type Err = UnknownAllowance;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|allowance| allowance.name() == text).ok_or(UnknownAllowance)
    }
}

/// Why an import should not be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// What would allow it.
    pub allowance: Allowance,
    /// The reason, a sentence without its full stop.
    pub reason: String,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The objections, and what to do if it is meant all the same.
pub(crate) fn sentences(objections: &[Objection]) -> String {
    let mut text = String::from("the import stops:");
    let mut allow: Vec<Allowance> = Vec::new();
    for objection in objections {
        text.push_str(&format!("\n  {objection}"));
        allow.push(objection.allowance);
    }
    allow.sort_unstable();
    allow.dedup();
    let options: Vec<String> =
        allow.into_iter().map(|allowance| format!("--allow {}", allowance.name())).collect();
    text.push_str(&format!("\nIf this is meant, import with {}.", options.join(" ")));
    text
}

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
            .filter(|file| matches!(file.role.as_str(), "parcels" | "units"))
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
