//! Who works at the counter (综合窗口), and what each role may do there (desk D7): one table, read by whoever
//! answers at the counter and by the test that asks every route.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    request::{Actor, RequestEvent, RequestNumber},
    text::{fault_of_line, trimmed},
};

/// Longest id of a member of staff or of an office, characters.
const LONGEST_ID: usize = 40;

/// The name that somebody signs in with: small Latin letters, digits, `.`, `-` and `_`, a letter first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffId(String);

impl StaffId {
    /// The id that somebody typed, capitals and blanks around it aside; `None` where it is none.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let id = typed.trim().to_ascii_lowercase();
        is_id(&id).then_some(Self(id))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StaffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for StaffId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_id(&text) { Ok(Self(text)) } else { Err("no id of a member of staff") }
    }
}

impl From<StaffId> for String {
    fn from(id: StaffId) -> Self {
        id.0
    }
}

/// Whether a text can be the id of a member of staff or of an office.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() <= LONGEST_ID
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')
        })
}

/// What somebody is at the counter. Nobody has a right that is not of one of their roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Serves people at the counter.
    Clerk,
    /// Answers for the clerks of an office.
    Supervisor,
    /// Reads who looked at what, and changes nothing.
    Auditor,
    /// Runs the machines: reads no case.
    System,
    /// Watches who signs in.
    Security,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Clerk, Self::Supervisor, Self::Auditor, Self::System, Self::Security];

    /// Its name on the command line, in storage and in the audit.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Supervisor => "supervisor",
            Self::Auditor => "auditor",
            Self::System => "system",
            Self::Security => "security",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What can be done at the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Find a place, and see of it what everybody sees.
    FindPlaces,
    /// See more of a place, for a reason that is written down first.
    LookCloser,
    /// Read a request of the own office, for a reason that is written down first.
    ReadRequests,
    /// Write for an applicant, and hand in what they confirmed (desk D2).
    FileForOthers,
    /// Read who looked at what.
    ReadLooks,
    /// Let a member of the own office in again who mistyped too often.
    LiftLocks,
    /// See what departments have not got of what is for the own office, and what of it is late.
    SeeDeliveries,
    /// Have one of them sent again or elsewhere, or propose that it counts as delivered on paper.
    MendDeliveries,
    /// Confirm what somebody else proposed.
    ConfirmDeliveries,
    /// Call people who wait in a hall of the own office.
    CallTickets,
}

/// Who may do what: the roles of each act. What does not stand here nobody may.
pub const MAY: [(Act, &[Role]); 10] = [
    (Act::FindPlaces, &[Role::Clerk, Role::Supervisor]),
    (Act::LookCloser, &[Role::Clerk, Role::Supervisor]),
    (Act::ReadRequests, &[Role::Clerk, Role::Supervisor]),
    (Act::FileForOthers, &[Role::Clerk, Role::Supervisor]),
    (Act::ReadLooks, &[Role::Auditor]),
    (Act::LiftLocks, &[Role::Supervisor]),
    (Act::SeeDeliveries, &[Role::Clerk, Role::Supervisor]),
    (Act::MendDeliveries, &[Role::Supervisor]),
    (Act::ConfirmDeliveries, &[Role::Clerk, Role::Supervisor]),
    (Act::CallTickets, &[Role::Clerk, Role::Supervisor]),
];

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they sign in with.
    pub id: StaffId,
    /// What they are called. Whoever is looked up does not read it: they read the office.
    pub name: String,
    /// The office that they work for: the id of a department, or of a hall.
    pub office: String,
    /// What they are there.
    pub roles: BTreeSet<Role>,
    /// Made for the demonstration: of no use where anything real is published.
    pub demonstration: bool,
}

impl Member {
    /// Whether one of their roles may do this.
    #[must_use]
    pub fn may(&self, act: Act) -> bool {
        MAY.iter().any(|(may, roles)| *may == act && roles.iter().any(|it| self.roles.contains(it)))
    }

    /// How the audit names them: who, and for which office.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("{}@{}", self.id, self.office)
    }
}

/// The member of staff and the office of [`Member::mark`]; `None` of anybody else.
#[must_use]
pub fn marked(who: &str) -> Option<(StaffId, &str)> {
    let (id, office) = who.split_once('@')?;
    let id = StaffId::parse(id).filter(|read| read.as_str() == id)?;
    is_id(office).then_some((id, office))
}

/// Whether an event of a request is that somebody at the counter read it; its note is what for.
#[must_use]
pub fn is_look(event: &RequestEvent) -> bool {
    matches!(&event.actor, Actor::Staff(who) if marked(who).is_some())
}

/// Whether an office says an event: a department, or staff who did more than read the request.
#[must_use]
pub fn is_by_office(event: &RequestEvent) -> bool {
    matches!(event.actor, Actor::Department(_) | Actor::Staff(_)) && !is_look(event)
}

/// Fewest characters of a reason: less says nothing.
pub const LEAST_REASON: usize = 4;
/// Different letters of a reason at least.
const LEAST_LETTERS: usize = 3;
/// Most characters of a reason.
pub const MOST_REASON: usize = 200;

/// What somebody at the counter looks for (desk D8). The audit keeps it as its purpose, and whoever is looked
/// up reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The request that it is for; none where there is none yet.
    pub case: Option<RequestNumber>,
    /// In words.
    pub words: String,
}

impl Reason {
    /// A reason as typed; `None` where it says nothing or is no line of text.
    #[must_use]
    pub fn new(case: Option<RequestNumber>, typed: &str) -> Option<Self> {
        let words = trimmed(typed);
        let length = words.chars().count();
        let is_one =
            (LEAST_REASON..=MOST_REASON).contains(&length) && fault_of_line(words).is_none();
        // A row of one key says nothing to whoever reads it later.
        let letters: BTreeSet<char> = words.chars().filter(|c| c.is_alphabetic()).collect();
        let is_one = is_one && letters.len() >= LEAST_LETTERS;
        is_one.then(|| Self { case, words: words.to_owned() })
    }

    /// The reason of a purpose in the audit; `None` of what [`Reason`] has not written.
    #[must_use]
    pub fn read(purpose: &str) -> Option<Self> {
        let (case, words) = purpose.strip_prefix('[')?.split_once("] ")?;
        let case = match case {
            "" => None,
            number => Some(RequestNumber::parse(number)?),
        };
        Some(Self { case, words: words.to_owned() })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let case = self.case.as_ref().map_or("", RequestNumber::as_str);
        write!(f, "[{case}] {}", self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(roles: &[Role]) -> Member {
        Member {
            id: StaffId::parse(" Li.Na ").unwrap(),
            name: "李娜".to_owned(),
            office: "registration".to_owned(),
            roles: roles.iter().copied().collect(),
            demonstration: false,
        }
    }

    #[test]
    fn desk_d7_who_may_do_what_is_one_table_and_nobody_else_may_anything() {
        let acts = [
            Act::FindPlaces,
            Act::LookCloser,
            Act::ReadRequests,
            Act::FileForOthers,
            Act::ReadLooks,
            Act::LiftLocks,
            Act::SeeDeliveries,
            Act::MendDeliveries,
            Act::ConfirmDeliveries,
            Act::CallTickets,
        ];
        for act in acts {
            assert_eq!(MAY.iter().filter(|(may, _)| *may == act).count(), 1, "{act:?}");
            assert!(!member(&[]).may(act), "{act:?} without a role");
            // Who runs the machines reads no case, nor does who watches the door.
            assert!(!member(&[Role::System, Role::Security]).may(act), "{act:?}");
        }
        // An auditor reads who looked, and neither looks nor changes anything.
        let auditor = member(&[Role::Auditor]);
        let may: Vec<Act> = acts.into_iter().filter(|act| auditor.may(*act)).collect();
        assert_eq!(may, [Act::ReadLooks]);
        assert!(member(&[Role::Clerk]).may(Act::LookCloser));
        assert!(!member(&[Role::Clerk]).may(Act::LiftLocks));
        assert!(!member(&[Role::Clerk]).may(Act::MendDeliveries), "a clerk confirms alone");
        assert!(member(&[Role::Clerk, Role::Auditor]).may(Act::ReadLooks));
    }

    #[test]
    fn desk_d8_a_reason_says_something_and_comes_back_from_the_audit() {
        let number = RequestNumber::parse("JM-20261122-22334455");
        for case in [number, None] {
            for words in ["来窗口补正", "[JM-20261122-22334455] of another", "he asked] me"] {
                let reason = Reason::new(case.clone(), &format!(" {words} ")).unwrap();
                assert_eq!(Reason::read(&reason.to_string()), Some(reason));
            }
        }
        for nothing in ["", "办事", "   .  ", "a\nb c d", &"字".repeat(201)] {
            assert_eq!(Reason::new(None, nothing), None, "{nothing:?}");
        }
        for other in ["抵押", "[x] words", "[] "] {
            assert!(Reason::read(other).is_none_or(|it| it.words.is_empty()), "{other}");
        }
    }

    #[test]
    fn what_somebody_signs_in_with_reads_in_capitals_and_nothing_else_does() {
        for typed in ["", "1li", "li na", "李娜", "li@na", &"l".repeat(41)] {
            assert_eq!(StaffId::parse(typed), None, "{typed:?}");
        }
        let member = member(&[Role::Clerk]);
        assert_eq!(member.mark(), "li.na@registration");
        assert_eq!(marked(&member.mark()), Some((member.id.clone(), "registration")));
        for other in ["li.na", "Li.Na@registration", "@registration", "li.na@", "visitor"] {
            assert_eq!(marked(other), None, "{other:?}");
        }
        let text = serde_json::to_string(&member).unwrap();
        assert_eq!(serde_json::from_str::<Member>(&text).unwrap(), member);
        assert!(serde_json::from_str::<StaffId>("\"Li Na\"").is_err());
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
    }
}
