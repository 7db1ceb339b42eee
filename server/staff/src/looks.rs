//! Who looked at what, as the audit has it (desk D8): read by an auditor, changed by nobody.

use domain::{
    LandCode,
    audit::{AuditEvent, CaseStep, Head, Outcome, Record, StaffDid},
    case::CaseNumber,
    clock::{CHINA, china_date, start_in_china},
    request::RequestNumber,
    staff::{Reason, StaffId, marked},
    working_days::working_days,
};
use jiff::{Timestamp, civil::Date};
use store::StoredEntry;

use crate::{Accounts, StaffError};

/// Entries read at once.
const AT_ONCE: usize = 500;
/// Most entries that are gone through for one answer.
const MOST_READ: usize = 50_000;
/// Most looks of one page; the newest.
pub const MOST_LOOKS: usize = 200;
/// Most looks of one list that is taken away; the newest.
pub const MOST_EXPORTED: usize = 5_000;
/// The hours of a working day, in China.
const HOURS: std::ops::Range<i8> = 8..18;

/// Which looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// From this day in China on.
    pub from: Date,
    /// To this day, itself among them.
    pub to: Date,
    /// Of this member of staff alone.
    pub staff: Option<StaffId>,
    /// At this place alone, its units among it, at this request, or the steps of this visit.
    pub at: Option<LookedAt>,
    /// The steps of visits too; of a visit or a place that is asked for they always are.
    pub visits: bool,
    /// Those that name no request alone, and visits that were read.
    pub without_case: bool,
    /// Those outside working hours alone.
    pub odd_hours: bool,
    /// At most so many, the newest.
    pub most: usize,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedAt {
    /// A place.
    Place(LandCode),
    /// A request.
    Request(RequestNumber),
    /// A visit.
    Visit(CaseNumber),
}

/// One look, or a step of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookLine {
    /// Its number in the audit.
    pub sequence: u64,
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub staff: StaffId,
    /// For which office.
    pub office: String,
    /// At what.
    pub looked_at: LookedAt,
    /// The request that it was for.
    pub case: Option<RequestNumber>,
    /// What for; empty of a step.
    pub reason: String,
    /// What was done in a visit; of a confirmation, who showed it to the applicant did it.
    pub step: Option<CaseStep>,
    /// Whether anything was shown.
    pub shown: bool,
    /// Whether it was outside working hours.
    pub odd: bool,
}

/// Looks, and what is to be said of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookList {
    /// The newest first.
    pub lines: Vec<LookLine>,
    /// Whether there are more than are listed or were gone through.
    pub more: bool,
    /// Entries of these days that do not read.
    pub unreadable: usize,
}

impl LookLine {
    /// Whether nothing says what it was for: a look that names no request, or a visit that was read.
    #[must_use]
    pub fn is_without_reason(&self) -> bool {
        match &self.step {
            Some(step) => *step == CaseStep::Read,
            None => self.case.is_none(),
        }
    }
}

/// Whether a step is about a place.
fn is_at(step: Option<&CaseStep>, wanted: &LandCode) -> bool {
    match step {
        Some(CaseStep::Saved { code, .. } | CaseStep::Dropped { code, .. }) => {
            wanted.parcel() == code.parcel()
        }
        Some(CaseStep::FileAdded(file) | CaseStep::FileRemoved(file)) => {
            wanted.parcel() == file.code.parcel()
        }
        Some(CaseStep::MaterialSeen(seen) | CaseStep::MaterialUnseen(seen)) => {
            wanted.parcel() == seen.code.parcel()
        }
        _ => false,
    }
}

impl Wanted {
    fn wants(&self, line: &LookLine) -> bool {
        let at = match (&self.at, &line.looked_at) {
            (None, LookedAt::Visit(_)) => self.visits,
            (None, _) => true,
            (Some(LookedAt::Place(wanted)), LookedAt::Place(at)) => wanted.parcel() == at.parcel(),
            (Some(LookedAt::Request(wanted)), LookedAt::Request(at)) => wanted == at,
            (Some(LookedAt::Request(wanted)), LookedAt::Place(_)) => {
                line.case.as_ref() == Some(wanted)
            }
            (Some(LookedAt::Place(wanted)), LookedAt::Visit(_)) => {
                is_at(line.step.as_ref(), wanted)
            }
            (Some(LookedAt::Request(wanted)), LookedAt::Visit(_)) => {
                line.case.as_ref() == Some(wanted)
            }
            (Some(LookedAt::Visit(wanted)), LookedAt::Visit(at)) => wanted == at,
            (Some(LookedAt::Place(_)), LookedAt::Request(_)) | (Some(LookedAt::Visit(_)), _) => {
                false
            }
        };
        at && self.staff.as_ref().is_none_or(|staff| *staff == line.staff)
            && (!self.without_case || line.is_without_reason())
            && (!self.odd_hours || line.odd)
    }
}

impl Accounts {
    /// The looks of these days, the newest first.
    ///
    /// # Errors
    /// [`StaffError::Store`] when the audit does not read.
    pub async fn looks(&self, wanted: &Wanted) -> Result<LookList, StaffError> {
        let (from, to) = (start_in_china(wanted.from), wanted.to.tomorrow());
        let to = to.map_or(Timestamp::MAX, start_in_china);
        // The newest are gone through, however much was tried before them.
        let start = self.before(from).await?;
        let most = u64::try_from(MOST_READ).unwrap_or(u64::MAX);
        let mut after = start.max(self.before(to).await?.saturating_sub(most));
        let (mut list, mut read) = (LookList { more: after > start, ..LookList::default() }, 0);
        'entries: loop {
            let entries = self.store.audit_after(after, AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            after = sequence_of(last);
            for entry in entries {
                read += 1;
                let StoredEntry::Entry(entry) = entry else {
                    list.unreadable += 1;
                    continue;
                };
                if entry.record.at() >= to {
                    break 'entries;
                }
                let line = line_of(entry.sequence, &entry.record);
                list.lines.extend(line.filter(|line| line.at >= from && wanted.wants(line)));
            }
            if read >= MOST_READ {
                list.more = true;
                break;
            }
        }
        list.lines.reverse();
        list.more |= list.lines.len() > wanted.most;
        list.lines.truncate(wanted.most);
        Ok(list)
    }

    /// Where the audit ends now: with it `jianma verify-audit` proves what was listed.
    ///
    /// # Errors
    /// [`StaffError::Store`] when the audit does not read.
    pub async fn audit_end(&self) -> Result<Option<Head>, StaffError> {
        Ok(self.store.audit_head().await?.map(|(head, _proof)| head))
    }

    /// The number of an entry before which nothing is as new as that, by halves: entries follow each other in
    /// time. One that does not read counts as new: more is gone through, and nothing before it is left out.
    async fn before(&self, from: Timestamp) -> Result<u64, StaffError> {
        let Some((end, _)) = self.store.audit_head().await? else { return Ok(0) };
        let (mut old, mut new) = (0, end.sequence);
        while old < new {
            let middle = old + (new - old) / 2;
            let found = self.store.audit_after(middle, 1).await?;
            match found.first().and_then(|entry| passed(entry, from)) {
                Some(sequence) => old = sequence.max(middle + 1),
                None => new = middle,
            }
        }
        Ok(old)
    }
}

/// The number of an entry that is older than that for certain.
fn passed(entry: &StoredEntry, from: Timestamp) -> Option<u64> {
    match entry {
        StoredEntry::Entry(entry) => (entry.record.at() < from).then_some(entry.sequence),
        StoredEntry::Unreadable { .. } => None,
    }
}

fn sequence_of(entry: &StoredEntry) -> u64 {
    match entry {
        StoredEntry::Entry(entry) => entry.sequence,
        StoredEntry::Unreadable { sequence } => *sequence,
    }
}

/// The look of an entry, where it is one of a member of staff.
fn line_of(sequence: u64, record: &Record) -> Option<LookLine> {
    let odd = is_odd(record.at());
    match record {
        Record::Look(look) => {
            let (staff, office) = marked(&look.who)?;
            let reason = Reason::read(look.purpose.as_deref()?)?;
            Some(LookLine {
                sequence,
                at: look.at,
                staff,
                office: office.to_owned(),
                looked_at: LookedAt::Place(look.code),
                case: reason.case,
                reason: reason.words,
                step: None,
                shown: look.outcome == Outcome::Disclosed,
                odd,
            })
        }
        Record::Event(AuditEvent::Staff(did)) => {
            let (looked_at, case, reason, step) = match &did.did {
                // Who prints a notice has it before them.
                StaffDid::LookedAtRequest { number, reason }
                | StaffDid::PrintedOutcome { number, reason, .. } => {
                    let at = LookedAt::Request(number.clone());
                    (at, Some(number.clone()), reason.clone(), None)
                }
                StaffDid::Case { case, step } => {
                    let number = match step {
                        CaseStep::ReceiptPrinted { number } => Some(number.clone()),
                        _ => None,
                    };
                    (LookedAt::Visit(case.clone()), number, String::new(), Some(step.clone()))
                }
                _ => return None,
            };
            let (staff, office) = (did.who.clone()?, did.office.clone()?);
            let (at, shown) = (did.at, true);
            Some(LookLine {
                sequence,
                at,
                staff,
                office,
                looked_at,
                case,
                reason,
                step,
                shown,
                odd,
            })
        }
        Record::Event(_) => None,
    }
}

/// Whether a moment is outside working hours. Of a year whose holidays are not announced yet, weekends are.
fn is_odd(at: Timestamp) -> bool {
    let local = CHINA.to_datetime(at);
    let day = china_date(at);
    let is_weekend =
        matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
    let worked = working_days().is_worked(day).unwrap_or(!is_weekend);
    !worked || !HOURS.contains(&local.hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_does_not_read_hides_none_before_it() {
        let changed = StoredEntry::Unreadable { sequence: 501 };
        assert_eq!(passed(&changed, Timestamp::MAX), None, "its time is not known");
    }
}
