//! What to do about what went wrong. The rooms below say what is so; which command or flag mends it only
//! the command line knows, and adds it here, where errors and the log are written.

mod log;

use std::error::Error;

use audit::PruneError;
use domain::catalogue::CatalogueErrors;
use intake::{Allowance, IntakeError};
use keys::{KeyError, bundle::BundleError};
use service::rights::ClockDoubt;
use store::StoreError;
use web::router;

pub use self::log::Remedies;

/// Where a key that is not found may be.
const ELSEWHERE: &str =
    "if the keys lie elsewhere, name the configuration that says where: --config FILE";

/// An error about which something can be done with this program.
pub trait Remedy: Error {
    /// What, as a sentence without its full stop; `None` where nothing can.
    fn remedy(&self) -> Option<String>;
}

impl<E: Remedy> Remedy for Box<E> {
    fn remedy(&self) -> Option<String> {
        (**self).remedy()
    }
}

impl Remedy for KeyError {
    fn remedy(&self) -> Option<String> {
        let text = match self {
            Self::Missing { .. } => {
                return Some(format!(
                    "put it back from the backup, or with `jianma keys import`; {ELSEWHERE}"
                ));
            }
            Self::None { .. } => ELSEWHERE,
            Self::Another { .. } | Self::Foreign { .. } => {
                "put the right one back from the backup, or with `jianma keys import`"
            }
            Self::NoDatabase { .. } => {
                "restore the backup with `jianma restore`; if a new database beside the old keys is \
                 meant, start with `jianma serve --new`"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl Remedy for BundleError {
    fn remedy(&self) -> Option<String> {
        matches!(self, Self::NoKeys { .. }).then(|| ELSEWHERE.to_owned())
    }
}

impl Remedy for StoreError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::Incomplete { .. } => {
                Some("restore the backup, or see what happened with `jianma requests check`".into())
            }
            Self::Misaddressed { .. } => {
                Some("`jianma deliveries redirect` sends it where it belongs".into())
            }
            Self::NoRollback { kept: Some(number), .. } => {
                Some(format!("make it current again with --to {number}"))
            }
            _ => None,
        }
    }
}

impl Remedy for PruneError {
    fn remedy(&self) -> Option<String> {
        match self {
            Self::TooYoung { .. } => Some("name it, or an earlier one, by --before".to_owned()),
            Self::Clock(leaps) => {
                let last = leaps.last().map_or(0, |leap| leap.after);
                Some(format!("say so with --clock-is-right {last}"))
            }
            Self::NoLeap => Some("leave --clock-is-right out".to_owned()),
            _ => None,
        }
    }
}

impl Remedy for IntakeError {
    fn remedy(&self) -> Option<String> {
        let Self::Guarded { objections, .. } = self else { return None };
        let mut allow: Vec<Allowance> = objections.iter().map(|it| it.allowance).collect();
        allow.sort_unstable();
        allow.dedup();
        let options: Vec<String> =
            allow.into_iter().map(|allowance| format!("--allow {}", allowance.name())).collect();
        Some(format!("If this is meant, import with {}.", options.join(" ")))
    }
}

impl Remedy for CatalogueErrors {
    fn remedy(&self) -> Option<String> {
        (self.untold() > 0).then(|| "`jianma check-catalogues` lists them".to_owned())
    }
}

impl Remedy for ClockDoubt {
    fn remedy(&self) -> Option<String> {
        Some(
            "set the clock right, or if it is, run `jianma requests purge --clock-is-right` once"
                .to_owned(),
        )
    }
}

impl Remedy for router::StartError {
    fn remedy(&self) -> Option<String> {
        matches!(self, Self::Site { .. })
            .then(|| "run `make build`, or name their folder with --site".to_owned())
    }
}

/// What is had of an error, or of one that it came of, if it is of that kind.
type Had = fn(&(dyn Error + 'static)) -> Option<String>;

fn had<E: Remedy + 'static>(error: &(dyn Error + 'static)) -> Option<String> {
    error.downcast_ref::<E>().and_then(Remedy::remedy)
}

/// Every kind of error that has a remedy.
const KINDS: [Had; 9] = [
    had::<KeyError>,
    had::<BundleError>,
    had::<StoreError>,
    had::<PruneError>,
    had::<IntakeError>,
    had::<Box<IntakeError>>,
    had::<CatalogueErrors>,
    had::<ClockDoubt>,
    had::<router::StartError>,
];

/// What can be done about an error, or about what it came of.
#[must_use]
pub fn of(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(remedy) = KINDS.iter().find_map(|had| had(error)) {
            return Some(remedy);
        }
        next = error.source();
    }
    None
}

/// What went wrong, and on a line of its own what can be done about it.
#[must_use]
pub fn told(error: &(dyn Error + 'static)) -> String {
    with(error, "\n")
}

/// The same on one line, for the log.
#[must_use]
pub fn in_line(error: &(dyn Error + 'static)) -> String {
    with(error, "; ")
}

fn with(error: &(dyn Error + 'static), between: &str) -> String {
    let remedy = of(error).map(|remedy| format!("{between}{remedy}"));
    format!("{error}{}", remedy.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{command::keys::KeysError, data::DataError};

    #[test]
    fn what_can_be_done_is_said_behind_what_is_so_however_deep_it_lies() {
        let missing = || KeyError::Missing { path: PathBuf::from("audit.key"), means: "much" };
        for error in [
            Box::new(missing()) as Box<dyn Error>,
            Box::new(DataError::Key(missing())),
            Box::new(KeysError::Bundle(BundleError::Key(missing()))),
        ] {
            let said = told(&*error);
            let (fact, remedy) = said.split_once('\n').unwrap();
            assert!(fact.ends_with("No other is made in its place"), "{said}");
            assert!(remedy.contains("`jianma keys import`"), "{said}");
            assert!(remedy.ends_with("--config FILE"), "{said}");
        }
    }

    #[test]
    fn a_version_that_was_rolled_back_is_named_as_it_is_made_current_again() {
        let refused = |kept| StoreError::NoRollback { reason: "it was rolled back".into(), kept };
        assert_eq!(
            in_line(&refused(Some(2))),
            "it was rolled back; make it current again with --to 2"
        );
        assert_eq!(in_line(&refused(None)), "it was rolled back");
    }

    #[test]
    fn of_an_error_that_nobody_mends_here_nothing_is_added() {
        assert_eq!(told(&StoreError::Damaged), StoreError::Damaged.to_string());
    }
}
