//! Checking a chain, entry by entry.

use super::{AuditEntry, AuditEvent, AuditKey, Head, Pruned, Record, Restored};

/// What is wrong with an audit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    /// An entry is not the one that was written there: it was changed, or moved.
    #[error("entry {sequence} was changed or moved, or the one before it was")]
    Seal {
        /// Which.
        sequence: u64,
    },
    /// The chain does not run through an end that was noted: it was sealed anew.
    #[error(
        "entry {sequence} is not the one that was noted as the end: the audit was sealed anew, or \
         another database stands in its place"
    )]
    Another {
        /// Which.
        sequence: u64,
    },
    /// An entry that must be there is not.
    #[error("entry {expected} is missing; entry {found} stands in its place")]
    Gap {
        /// The number that had to come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// The chain is shorter than it was.
    #[error("the audit ends with entry {found}, but it had {expected}")]
    CutOff {
        /// How long it was.
        expected: u64,
        /// How long it is.
        found: u64,
    },
    /// Its key is there, and no entry: a chain begins together with its key.
    #[error(
        "the audit is empty though it was begun: its entries were removed, or the database is new \
         while its keys are old"
    )]
    Emptied,
    /// Rows stand before the first entry or behind the last.
    #[error("the audit has entries that it never wrote")]
    Strays,
    /// The note of the chain's end was changed, or taken from another time.
    #[error("the note of where the audit ends was changed")]
    Head,
    /// The note of what was pruned was changed, or no entry names it.
    #[error("the note of what was pruned was changed: its beginning was removed by somebody else")]
    Cut,
    /// An entry does not even read.
    #[error("entry {sequence} does not read")]
    Unreadable {
        /// Which.
        sequence: u64,
    },
}

/// A place in the chain where a database was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The entry that says so.
    pub sequence: u64,
    /// What it says.
    pub restored: Restored,
    /// Ends noted elsewhere that are known to have been noted before it.
    pub before: Vec<Head>,
}

impl Gap {
    /// Whether that end was lost there. Its number alone does not say so: the chain went on, and has
    /// entries of the same numbers whose ends may have been noted since.
    fn held(&self, noted: &Head) -> bool {
        let is_of_before =
            self.restored.known.as_ref() == Some(noted) || self.before.contains(noted);
        is_of_before && self.restored.lost_entry(noted.sequence)
    }
}

/// Ends that somebody else noted than whoever writes the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The ends.
    pub ends: Vec<Head>,
    /// Of those, what is known to have been noted before a database was put back, with the end that
    /// the entry of it made.
    pub before: Vec<(Head, Head)>,
}

/// A chain that passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Where it ends; none when it is empty.
    pub head: Option<Head>,
    /// The last entry that was pruned.
    pub cut: Option<Head>,
    /// What was pruned, each time, as far as the entries that say so are there: their numbers, and what
    /// they say.
    pub prunings: Vec<(u64, Pruned)>,
    /// Where databases were put back.
    pub gaps: Vec<Gap>,
    /// Ends noted elsewhere of which nothing can be said: they were pruned, or lost where a
    /// database was put back.
    pub gone: Vec<Head>,
}

/// Checks a chain entry by entry, in the order of the store.
#[derive(Debug)]
pub struct AuditCheck<'k> {
    key: &'k AuditKey,
    last: Option<Head>,
    known: Vec<Head>,
    elsewhere: Vec<Head>,
    before: Vec<(Head, Head)>,
    cut: Option<Head>,
    prunings: Vec<(u64, Pruned)>,
    gaps: Vec<Gap>,
    /// Ends noted elsewhere that the chain does not run through.
    missed: Vec<Head>,
    gone: Vec<Head>,
}

impl<'k> AuditCheck<'k> {
    /// Begins. `known` are ends that were noted by whoever writes the chain: it must run through
    /// them.
    #[must_use]
    pub const fn new(key: &'k AuditKey, known: Vec<Head>) -> Self {
        Self {
            key,
            last: None,
            known,
            elsewhere: Vec::new(),
            before: Vec::new(),
            cut: None,
            prunings: Vec::new(),
            gaps: Vec::new(),
            missed: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// Ends that somebody else noted, e.g. printed by an earlier check: the chain must run through
    /// them unless they were lost where a database was put back, or pruned.
    #[must_use]
    pub fn expecting(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = elsewhere.ends;
        self.before = elsewhere.before;
        self
    }

    /// Begins behind what was pruned: its last entry, with the proof that is kept beside the chain.
    ///
    /// # Errors
    /// [`AuditFault::Cut`] when the proof is not the key's.
    pub fn behind(mut self, cut: Option<(Head, String)>) -> Result<Self, AuditFault> {
        let Some((head, proof)) = cut else { return Ok(self) };
        if self.key.cut_proof(&head) != proof {
            return Err(AuditFault::Cut);
        }
        for list in [&mut self.known, &mut self.elsewhere] {
            if list.iter().any(|noted| noted.sequence == head.sequence && *noted != head) {
                return Err(AuditFault::Another { sequence: head.sequence });
            }
            let gone = list.extract_if(.., |noted| noted.sequence < head.sequence);
            self.gone.extend(gone);
            list.retain(|noted| *noted != head);
        }
        self.last = Some(head.clone());
        self.cut = Some(head);
        Ok(self)
    }

    /// Takes a part of a chain that was written to a file when it was pruned: it begins behind
    /// `before`, whatever that was.
    #[must_use]
    pub fn part_behind(mut self, before: Option<Head>) -> Self {
        self.last = before;
        self
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The first [`AuditFault`].
    pub fn take(&mut self, entry: &AuditEntry) -> Result<(), AuditFault> {
        let sequence = entry.sequence;
        let expected = self.last.as_ref().map_or(1, |head| head.sequence + 1);
        if sequence != expected {
            return Err(AuditFault::Gap { expected, found: sequence });
        }
        let rightful = self.key.entry(self.last.as_ref(), entry.record.clone());
        if rightful.seal != entry.seal {
            return Err(AuditFault::Seal { sequence });
        }
        let head = Head::from(entry);
        match &entry.record {
            Record::Event(AuditEvent::Restored(restored)) => {
                let before = self.before.iter().filter(|(_, restored)| *restored == head);
                let before = before.map(|(end, _)| end.clone()).collect();
                self.gaps.push(Gap { sequence, restored: restored.clone(), before });
            }
            Record::Event(AuditEvent::Pruned(pruned)) => {
                self.prunings.push((sequence, pruned.clone()));
            }
            Record::Event(_) | Record::Look(_) => {}
        }
        if self.known.iter().any(|noted| noted.sequence == sequence && *noted != head) {
            return Err(AuditFault::Another { sequence });
        }
        // Whether they were lost where a database was put back, a later entry may say.
        let missed =
            self.elsewhere.extract_if(.., |noted| noted.sequence == sequence && *noted != head);
        self.missed.extend(missed);
        self.last = Some(head);
        Ok(())
    }

    /// Ends noted elsewhere that do not fit are gone if they were lost, or a fault.
    fn excuse(&mut self, found: u64) -> Result<(), AuditFault> {
        let beyond = self.elsewhere.extract_if(.., |noted| noted.sequence > found);
        self.missed.extend(beyond);
        let lost = |noted: &Head| self.gaps.iter().any(|gap| gap.held(noted));
        match self.missed.iter().find(|noted| !lost(noted)) {
            Some(noted) if noted.sequence > found => {
                Err(AuditFault::CutOff { expected: noted.sequence, found })
            }
            Some(noted) => Err(AuditFault::Another { sequence: noted.sequence }),
            None => {
                self.gone.append(&mut self.missed);
                Ok(())
            }
        }
    }

    /// Ends: `noted` is the head that the store keeps beside the chain, with its proof.
    ///
    /// # Errors
    /// [`AuditFault::CutOff`], [`AuditFault::Head`] or [`AuditFault::Cut`].
    pub fn end(mut self, noted: Option<(Head, String)>) -> Result<Checked, AuditFault> {
        let found = self.last.as_ref().map_or(0, |head| head.sequence);
        if let Some(expect) = self.known.iter().find(|expect| expect.sequence > found) {
            return Err(AuditFault::CutOff { expected: expect.sequence, found });
        }
        self.excuse(found)?;
        let is_named = |cut: &Head| self.prunings.iter().any(|(_, pruned)| pruned.until == *cut);
        if !self.cut.as_ref().is_none_or(is_named) {
            return Err(AuditFault::Cut);
        }
        match noted {
            None if self.last.is_none() => {}
            None => return Err(AuditFault::Head),
            Some((head, proof)) => {
                if self.key.head_proof(&head) != proof {
                    return Err(AuditFault::Head);
                }
                if head.sequence > found {
                    return Err(AuditFault::CutOff { expected: head.sequence, found });
                }
                if self.last.as_ref() != Some(&head) {
                    return Err(AuditFault::Head);
                }
            }
        }
        let Self { last, cut, prunings, gaps, gone, .. } = self;
        Ok(Checked { head: last, cut, prunings, gaps, gone })
    }
}
