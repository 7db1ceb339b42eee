//! Every policy that a portal knows, and which of them governs a data set.

use jiff::civil::Date;

use super::{Policy, PolicyError};
use crate::dataset::DatasetInfo;

/// A set of policies, each resolved for demonstration data and for others.
#[derive(Clone, Debug, PartialEq)]
pub struct Policies {
    pairs: Vec<Pair>,
}

#[derive(Clone, Debug, PartialEq)]
struct Pair {
    real: Policy,
    demonstration: Policy,
}

impl Pair {
    fn read(text: &str) -> Result<Self, PolicyError> {
        let real = Policy::read(text)?;
        let demonstration = real.resolved_for(true);
        Ok(Self { real, demonstration })
    }
}

impl Policies {
    /// The policies that come with the program: `zhejiang`, whose approvals are for demonstration
    /// data only, and `open-cadastre`.
    ///
    /// # Errors
    /// [`PolicyError`], which a test rules out for the files of this repository.
    pub fn embedded() -> Result<Self, PolicyError> {
        let files = [
            include_str!("../../data/policies/zhejiang.toml"),
            include_str!("../../data/policies/open-cadastre.toml"),
        ];
        Ok(Self { pairs: files.into_iter().map(Pair::read).collect::<Result<_, _>>()? })
    }

    /// These with the policies of an operator's files, which take the place of those with the
    /// same id. `today` is the date in China: no approval may lie after it.
    ///
    /// # Errors
    /// [`PolicyError`] of the first file that is refused.
    pub fn with<'a>(
        mut self,
        files: impl IntoIterator<Item = &'a str>,
        today: Date,
    ) -> Result<Self, PolicyError> {
        for text in files {
            let pair = Pair::read(text)?;
            pair.real.check_dates(today)?;
            self.pairs.retain(|known| known.real.id != pair.real.id);
            self.pairs.push(pair);
        }
        Ok(self)
    }

    /// The policy for a data set, its switches resolved; `None` when it names one that is not
    /// here, and then nothing of it may be shown.
    #[must_use]
    pub fn governing(&self, dataset: &DatasetInfo) -> Option<&Policy> {
        self.get(&dataset.policy, dataset.demonstration)
    }

    /// Whether the public is told of any place of a data set. Where not, every code of it reads *not
    /// found*.
    #[must_use]
    pub fn show_places_of(&self, dataset: &DatasetInfo) -> bool {
        self.governing(dataset).is_some_and(Policy::shows_places)
    }

    /// The policy of that name, resolved for demonstration data or for others.
    #[must_use]
    pub fn get(&self, id: &str, demonstration: bool) -> Option<&Policy> {
        let pair = self.pairs.iter().find(|pair| pair.real.id == id)?;
        Some(if demonstration { &pair.demonstration } else { &pair.real })
    }

    /// Every policy, resolved for data that are not a demonstration.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.pairs.iter().map(|pair| &pair.real)
    }
}
