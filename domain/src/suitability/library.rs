//! Rule sets by name and date: `zhejiang/2026-11-28/rules.toml`. A set of a later date takes the place
//! of an earlier one from that day on, and the earlier one stays, so that old verdicts can be reached
//! again.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    model::RuleSet,
    read::{RuleErrors, RuleFile, lost},
};
use crate::{examination::Fault, law::Register};

/// All versions of all rule sets.
#[derive(Clone, Debug, Default)]
pub struct Library {
    sets: BTreeMap<(String, Date), RuleSet>,
}

impl Library {
    /// Reads files whose names are `SET/DATE/FILE`; `root` is what errors write before them.
    ///
    /// # Errors
    /// Every fault of every set.
    pub fn read(root: &str, files: &[RuleFile], laws: &Register) -> Result<Self, RuleErrors> {
        let mut directories: BTreeMap<(&str, &str), Vec<RuleFile>> = BTreeMap::new();
        let mut faults = Vec::new();
        for file in files {
            let mut steps = file.name.splitn(3, '/');
            let (Some(set), Some(date), Some(name)) = (steps.next(), steps.next(), steps.next())
            else {
                let message = "a file of rules lies in SET/DATE, as in zhejiang/2026-11-28";
                faults.push(lost(&format!("{root}{}", file.name), None, said(&file.name, message)));
                continue;
            };
            let one = RuleFile { name: name.to_owned(), text: file.text.clone() };
            directories.entry((set, date)).or_default().push(one);
        }
        let mut library = Self::default();
        for ((id, date), files) in directories {
            let place = format!("{root}{id}/{date}/");
            match RuleSet::read(&place, &files, laws) {
                Err(RuleErrors(more)) => faults.extend(more),
                Ok(set) if set.id != id || set.date.to_string() != date => {
                    let message =
                        "a set lies in a directory of its `id`, and there in one of its `date`";
                    faults.push(lost(&place, None, said(&set.id, message)));
                }
                Ok(set) => {
                    library.sets.insert((set.id.clone(), set.date), set);
                }
            }
        }
        if faults.is_empty() { Ok(library) } else { Err(RuleErrors(faults)) }
    }

    /// These and those; of two of one name and date, those of `other`: an operator's stand above the
    /// program's.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.sets.extend(other.sets);
        self
    }

    /// The version of a set that counts on `date`.
    #[must_use]
    pub fn in_force(&self, id: &str, date: Date) -> Option<&RuleSet> {
        self.sets.values().rfind(|set| set.id == id && set.date <= date)
    }

    /// The set of that hash, of whatever date.
    #[must_use]
    pub fn by_hash(&self, hash: &str) -> Option<&RuleSet> {
        self.sets.values().find(|set| set.hash == hash)
    }

    /// Every set, by name and date.
    pub fn iter(&self) -> impl Iterator<Item = &RuleSet> {
        self.sets.values()
    }
}

fn said(entry: &str, message: &str) -> Fault {
    Fault::Words { entry: entry.to_owned(), message: message.to_owned() }
}
