//! Which codes an import may name.

use std::collections::HashSet;

use domain::{
    ParcelCode,
    classified::{ClassifiedKey, CodeDigest},
    record::ParcelRecord,
};
use rusqlite::Connection;

use super::history::Unnamed;
use crate::error::SqliteError;

/// The classified codes that an import knows of.
pub(super) struct Classified {
    key: ClassifiedKey,
    /// Of other current data sets.
    elsewhere: HashSet<CodeDigest>,
    /// Said to come.
    announced: HashSet<CodeDigest>,
    /// Staged by this import.
    staged: HashSet<CodeDigest>,
    unnamed: Vec<Unnamed>,
}

/// The history of a parcel, as far as it may be named.
pub(super) struct Named {
    pub(super) predecessors: Vec<ParcelCode>,
    pub(super) successors: Vec<ParcelCode>,
}

impl Classified {
    /// What is known before anything of `version` is staged.
    pub(super) fn before(
        connection: &Connection,
        version: i64,
        key: &ClassifiedKey,
    ) -> Result<Self, SqliteError> {
        let elsewhere = connection
            .prepare(
                "select c.digest from classified_code c join data_version v on v.id = c.version_id
                 where v.state = 'current'
                     and v.dataset <> (select dataset from data_version where id = ?1)",
            )?
            .query_map([version], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Self {
            key: key.clone(),
            elsewhere,
            announced: HashSet::new(),
            staged: HashSet::new(),
            unnamed: Vec::new(),
        })
    }

    pub(super) fn announce(&mut self, code: &ParcelCode) {
        self.announced.insert(self.key.digest(code));
    }

    pub(super) fn is_staged(&self, code: &ParcelCode) -> bool {
        !self.staged.is_empty() && self.staged.contains(&self.key.digest(code))
    }

    pub(super) fn unnamed(&self) -> &[Unnamed] {
        &self.unnamed
    }

    fn hides(&self, code: &ParcelCode) -> bool {
        let known = [&self.elsewhere, &self.announced, &self.staged];
        if known.iter().all(|codes| codes.is_empty()) {
            return false;
        }
        let digest = self.key.digest(code);
        known.iter().any(|codes| codes.contains(&digest))
    }

    /// What may be named of the history of a parcel; `None` when it may not be named itself.
    pub(super) fn named(&mut self, parcel: &ParcelRecord) -> Option<Named> {
        if parcel.classified || self.hides(&parcel.code) {
            return None;
        }
        let named = |codes: &[ParcelCode]| -> Vec<ParcelCode> {
            codes.iter().filter(|code| !self.hides(code)).copied().collect()
        };
        let (predecessors, successors) = (named(&parcel.predecessors), named(&parcel.successors));
        if successors.is_empty() && !parcel.successors.is_empty() {
            // Without the names it would read as a parcel in force.
            let ended = parcel.valid_to?;
            let code = self.key.digest(&parcel.code);
            self.unnamed.push(Unnamed { code, ended: Some(ended), led_on: true });
        }
        Some(Named { predecessors, successors })
    }

    /// The digest to stage of a parcel that may not be named.
    pub(super) fn stage(&mut self, parcel: &ParcelRecord) -> CodeDigest {
        let digest = self.key.digest(&parcel.code);
        self.staged.insert(digest);
        if parcel.valid_to.is_some() || !parcel.successors.is_empty() {
            self.unnamed.push(Unnamed { code: digest, ended: parcel.valid_to, led_on: false });
        }
        for before in parcel.predecessors.iter().filter(|before| **before != parcel.code) {
            let code = self.key.digest(before);
            self.unnamed.push(Unnamed { code, ended: parcel.valid_from, led_on: true });
        }
        digest
    }
}
