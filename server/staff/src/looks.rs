//! Who looked at what, as the audit has it (desk D8): read by an auditor, changed by nobody.

use domain::{
    LandCode,
    audit::{AuditEvent, Outcome, Record, StaffDid},
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
/// Most looks of one answer; the newest.
pub const MOST_LOOKS: usize = 200;
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
    /// At this place alone, its units among it, or at this request.
    pub at: Option<LookedAt>,
    /// Those that name no request alone.
    pub without_case: bool,
    /// Those outside working hours alone.
    pub odd_hours: bool,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookedAt {
    /// A place.
    Place(LandCode),
    /// A request.
    Request(RequestNumber),
}

/// One look.
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
    /// What for.
    pub reason: String,
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

impl Wanted {
    fn wants(&self, line: &LookLine) -> bool {
        let at = match (&self.at, &line.looked_at) {
            (None, _) => true,
            (Some(LookedAt::Place(wanted)), LookedAt::Place(at)) => wanted.parcel() == at.parcel(),
            (Some(LookedAt::Request(wanted)), LookedAt::Request(at)) => wanted == at,
            (Some(LookedAt::Request(wanted)), LookedAt::Place(_)) => {
                line.case.as_ref() == Some(wanted)
            }
            (Some(LookedAt::Place(_)), LookedAt::Request(_)) => false,
        };
        at && self.staff.as_ref().is_none_or(|staff| *staff == line.staff)
            && (!self.without_case || line.case.is_none())
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
        list.more |= list.lines.len() > MOST_LOOKS;
        list.lines.truncate(MOST_LOOKS);
        Ok(list)
    }

    /// The number of an entry before which nothing is as new as that, by halves: entries follow each other in
    /// time. One that does not read counts as old, so that nothing after it is left out.
    async fn before(&self, from: Timestamp) -> Result<u64, StaffError> {
        let Some((end, _)) = self.store.audit_head().await? else { return Ok(0) };
        let (mut old, mut new) = (0, end.sequence);
        while old < new {
            let middle = old + (new - old) / 2;
            let found = self.store.audit_after(middle, 1).await?;
            match found.first() {
                Some(StoredEntry::Entry(entry)) if entry.record.at() >= from => new = middle,
                Some(entry) => old = sequence_of(entry).max(middle + 1),
                None => new = middle,
            }
        }
        Ok(old)
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
                shown: look.outcome == Outcome::Disclosed,
                odd,
            })
        }
        Record::Event(AuditEvent::Staff(did)) => {
            // Who prints a notice has it before them.
            let (StaffDid::LookedAtRequest { number, reason }
            | StaffDid::PrintedOutcome { number, reason, .. }) = &did.did
            else {
                return None;
            };
            Some(LookLine {
                sequence,
                at: did.at,
                staff: did.who.clone()?,
                office: did.office.clone()?,
                looked_at: LookedAt::Request(number.clone()),
                case: Some(number.clone()),
                reason: reason.clone(),
                shown: true,
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
