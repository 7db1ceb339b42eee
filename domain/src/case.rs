//! A visit to the counter: what staff write down for an applicant before it is handed in (desk D2, D5).
//!
//! A case belongs to an office and not to whoever types. It holds the applicant's own particulars once, for
//! however many services they came for, and a draft of each. What is handed in is what its applicant was shown
//! and confirmed, to the byte: [`Consent`] holds the digest of it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    attachment::Attached,
    clock::Entropy,
    code::LandCode,
    request::{
        ALPHABET, Consent, ConsentBy, MaterialAtCounter, MaterialSeen, RequestNumber,
        SECRET_LENGTH, letters_and_digits, readable,
    },
    service::{Answers, ServiceItem},
    staff::StaffId,
};

/// What the number of a case begins with (办件): no request's and no draft's does.
const PREFIX: &str = "BJ";
/// Characters after it.
const TAIL: usize = 8;
/// For so long after somebody's last word a case is theirs: then anybody of the office may go on with it.
pub const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// For so long the applicant may open what they are shown, and look at it again.
pub const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(2);
/// Most characters of a note for whoever goes on.
pub const MOST_NOTE: usize = 500;
/// Services of one visit at most.
pub const MOST_FILINGS: usize = 20;

/// The number of a case: `BJ-7K3MQ2VX`. It opens nothing for anybody but staff of its office.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(String);

impl CaseNumber {
    /// A new number.
    #[must_use]
    pub fn draw(entropy: &dyn Entropy) -> Self {
        Self(format!("{PREFIX}-{}", readable(entropy, TAIL)))
    }

    /// Reads a number, in any case, width and spacing.
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let text = letters_and_digits(input);
        let tail = text.strip_prefix(PREFIX).filter(|tail| tail.len() == TAIL)?;
        let fits = tail.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then(|| Self(format!("{PREFIX}-{tail}")))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One service of a visit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// Its key against double submission.
    pub key: String,
    /// The place.
    pub code: LandCode,
    /// The service.
    pub item: String,
    /// The fields of its form as they were typed and carried.
    pub fields: Answers,
    /// What its applicant confirmed; void as soon as anything of it changes.
    pub consent: Option<Consent>,
    /// A keyed mark of the browser in which they did: number and secret are shown there, and in no other.
    pub confirmed_in: Option<String>,
    /// What it became, once it was handed in.
    pub number: Option<RequestNumber>,
    /// Whether number and secret are in its applicant's hands: shown on their screen, or printed.
    pub taken: bool,
    /// What was brought or said of its materials (desk D11); of those alone of which there is something.
    #[serde(default)]
    pub materials: Vec<FilingMaterial>,
    /// The last save of its form that stands in the audit.
    #[serde(default)]
    pub noted: Option<Noted>,
}

/// A save that stands in the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Who saved.
    pub staff: StaffId,
    /// When, UTC.
    pub at: Timestamp,
}

/// What was brought of a material in a visit, and what the clerk said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingMaterial {
    /// The material, in the Chinese words of the catalogue.
    pub material: String,
    /// Its copies. They go with the request, and with the visit where nothing is handed in.
    pub files: Vec<Attached>,
    /// What the clerk said of it.
    pub seen: Option<MaterialSeen>,
}

impl Filing {
    /// What there is of a material.
    #[must_use]
    pub fn material(&self, text: &str) -> Option<&FilingMaterial> {
        self.materials.iter().find(|one| one.material == text)
    }

    /// The files that go with it.
    pub fn files(&self) -> impl Iterator<Item = &Attached> {
        self.materials.iter().flat_map(|one| &one.files)
    }

    /// Every material of its service as its department reads of it, those that nobody has seen too; then what was
    /// brought of others, which the catalogue does not list any more.
    #[must_use]
    pub fn at_counter(&self, item: &ServiceItem) -> Vec<MaterialAtCounter> {
        let listed = item.materials.iter().map(|one| one.zh.as_str());
        let is_listed =
            |one: &&FilingMaterial| item.materials.iter().any(|it| it.zh == one.material);
        let others = self.materials.iter().filter(|one| !is_listed(one));
        let others = others.map(|one| one.material.as_str());
        let told = |text: &str| {
            let own = self.material(text);
            let files = own.map(|own| own.files.iter().map(|file| file.sha256.clone()).collect());
            let seen = own.and_then(|own| own.seen.clone());
            MaterialAtCounter { material: text.to_owned(), files: files.unwrap_or_default(), seen }
        };
        listed.chain(others).map(told).collect()
    }
}

impl fmt::Debug for Filing {
    /// Nothing that was typed: it stands in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filing").field("item", &self.item).finish_non_exhaustive()
    }
}

/// What the applicant opens to see what staff have written for them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The pick-up code: twelve readable characters, as the secret of a receipt has.
    pub code: String,
    /// Until when, UTC.
    pub until: Timestamp,
    /// By which member of staff.
    pub shown_by: StaffId,
    /// The one browser that has opened it; what another one brings opens nothing any more.
    pub opened: Option<MirrorOpened>,
}

impl fmt::Debug for Mirror {
    /// Not its code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mirror").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Where a mirror was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorOpened {
    /// A keyed mark of what the browser brings.
    pub mark: String,
    /// On a device of theirs, or a screen of the counter.
    pub how: ConsentBy,
}

/// A pick-up code.
#[must_use]
pub fn draw_pick_up_code(entropy: &dyn Entropy) -> String {
    readable(entropy, SECRET_LENGTH)
}

/// Who goes on with a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Who.
    pub staff: StaffId,
    /// Until when it is theirs without another word, UTC.
    pub until: Timestamp,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub number: CaseNumber,
    /// The office that it belongs to.
    pub office: String,
    /// Counts up with each change: what was read before another's change replaces nothing.
    pub version: u32,
    /// When it is no longer given back, UTC.
    pub until: Timestamp,
    /// What is in it.
    pub content: CaseContent,
}

/// What is in a case. Kept sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseContent {
    /// Since when, UTC.
    pub opened_at: Timestamp,
    /// Whose it is just now; nobody's when it was left for others.
    pub holder: Option<Holder>,
    /// What was left for whoever goes on with it.
    pub note: String,
    /// What is the same in every form of the visit: the applicant's own particulars.
    pub person: Answers,
    /// The services.
    pub filings: Vec<Filing>,
    /// What the applicant opens.
    pub mirror: Option<Mirror>,
}

impl fmt::Debug for CaseContent {
    /// Nothing that was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseContent").field("filings", &self.filings.len()).finish_non_exhaustive()
    }
}

impl Case {
    /// Whether this member of staff may change it now: it is theirs, nobody's, or whoever had it has said
    /// nothing for [`LEASE`].
    #[must_use]
    pub fn is_open_to(&self, staff: &StaffId, now: Timestamp) -> bool {
        let other = |holder: &&Holder| holder.staff != *staff && holder.until > now;
        self.content.holder.as_ref().filter(other).is_none()
    }

    /// The service at a place.
    #[must_use]
    pub fn filing(&self, code: &LandCode, item: &str) -> Option<&Filing> {
        self.content.filings.iter().find(|one| one.code == *code && one.item == item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_d5_a_case_is_its_holders_until_they_leave_it_or_say_nothing_for_a_while() {
        let [li, wang] = ["li", "wang"].map(|id| StaffId::parse(id).unwrap());
        let now: Timestamp = "2026-11-22T04:00:00Z".parse().unwrap();
        let content = CaseContent {
            opened_at: now,
            holder: None,
            note: String::new(),
            person: Answers::new(),
            filings: Vec::new(),
            mirror: None,
        };
        let number = CaseNumber::parse("bj 7k3m-q2vx").unwrap();
        assert_eq!(number.as_str(), "BJ-7K3MQ2VX");
        assert_eq!(CaseNumber::parse("CG-7K3MQ2VX"), None);
        let office = "registration".to_owned();
        let mut case = Case { number, office, version: 1, until: now, content };
        assert!(case.is_open_to(&li, now) && case.is_open_to(&wang, now));
        case.content.holder = Some(Holder { staff: li.clone(), until: now + LEASE });
        assert!(case.is_open_to(&li, now) && !case.is_open_to(&wang, now));
        assert!(case.is_open_to(&wang, now + LEASE));
    }
}
