//! What members of staff did, and what befell their accounts (desk D1, D8).

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    LandCode,
    case::CaseNumber,
    request::{Consent, ConsentBy, DeliveryId, MaterialSeen, RequestNumber},
    staff::{Role, StaffId},
};

/// Something that a member of staff did, or that was done to their account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRecord {
    /// When, UTC.
    pub at: Timestamp,
    /// Whose account; none where somebody tried a name that nobody has. What they typed is not
    /// written down: it may be a passphrase.
    pub who: Option<StaffId>,
    /// The office that they work for, where there is such an account.
    pub office: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub did: StaffDid,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum StaffDid {
    /// The account was made.
    Added {
        /// Who made it.
        by: String,
        /// What they may be at the counter.
        roles: BTreeSet<Role>,
    },
    /// The account was given the name by which an identity service knows it.
    NamedByService {
        /// Who gave it.
        by: String,
    },
    /// Passphrase and codes were taken away, and a new link given out.
    Reset {
        /// Who did it.
        by: String,
    },
    /// The account was closed.
    Disabled {
        /// Who closed it.
        by: String,
    },
    /// It was said whose account it is, by a staff number, which is not written down here.
    Identified {
        /// Who said so.
        by: String,
    },
    /// Who had mistyped too often was let in again.
    LockLifted {
        /// Who let them.
        by: String,
    },
    /// They chose a passphrase, and showed a code.
    Enrolled,
    /// They signed in.
    SignedIn,
    /// They signed in, otherwise than with a passphrase and a code.
    SignedInBy {
        /// With what.
        way: SignInWay,
    },
    /// Somebody did not get in with this name.
    Refused,
    /// Too many did not: nobody gets in for a while.
    Locked,
    /// They signed out.
    SignedOut,
    /// They ended one of their sessions, of this browser or of another one.
    SessionEnded,
    /// They added a passkey.
    PasskeyAdded {
        /// SHA-256 of its id, hexadecimal.
        passkey: String,
    },
    /// They removed one of their passkeys.
    PasskeyRemoved {
        /// SHA-256 of its id, hexadecimal.
        passkey: String,
    },
    /// A passkey had counted less than before: there may be a copy of it. Nobody got in.
    PasskeyDoubted {
        /// SHA-256 of its id, hexadecimal.
        passkey: String,
    },
    /// They read a request.
    LookedAtRequest {
        /// Which one.
        number: RequestNumber,
        /// What for.
        reason: String,
    },
    /// They printed the notice of what became of a request as an application (desk D10).
    PrintedOutcome {
        /// Which request.
        number: RequestNumber,
        /// The event whose notice it is, by its sequence.
        document: u32,
        /// What for.
        reason: String,
    },
    /// They did something about what a department has not got.
    Mended {
        /// The delivery.
        delivery: DeliveryId,
        /// Its request.
        number: RequestNumber,
        /// What they did.
        mend: Mend,
        /// Why.
        reason: String,
    },
    /// They took a list of looks away.
    LooksExported {
        /// From this day in China on.
        from: Date,
        /// To this day.
        to: Date,
    },
    /// They did something for an applicant (desk D2).
    Case {
        /// Which visit.
        case: CaseNumber,
        /// What they did, or had their applicant do.
        step: CaseStep,
    },
}

/// How somebody signs in without a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInWay {
    /// With a passkey.
    Passkey,
    /// By the office's identity service.
    IdentityService,
}

/// What staff do about a delivery to a department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// It was sent again.
    Retried,
    /// It was sent to this department instead.
    Redirected(String),
    /// They said that the department has it on paper. Somebody else has to confirm that.
    PaperProposed,
    /// They confirmed what somebody else said: the department has it on paper.
    PaperConfirmed,
}

/// A step of a visit, as the audit has it: nothing that an applicant said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum CaseStep {
    /// It was begun.
    Opened,
    /// It was read.
    Read,
    /// The form of a service was saved.
    Saved {
        /// The service.
        item: String,
        /// The place.
        code: LandCode,
    },
    /// The form of a service was thrown away, with what was said of its materials and their copies.
    Dropped {
        /// The service.
        item: String,
        /// The place.
        code: LandCode,
    },
    /// A copy of a material was kept.
    FileAdded(Box<MaterialFile>),
    /// A copy of a material was taken away again.
    FileRemoved(Box<MaterialFile>),
    /// Somebody said of a material how it was before them, and signed it (desk D11).
    MaterialSeen(Box<MaterialSeen>),
    /// This word does not count any more: it was taken back, or the copies are others. Where another word stands in its
    /// place, that one alone is written; with a service that is thrown away its words end unsaid.
    MaterialUnseen(Box<MaterialSeen>),
    /// It was shown to the applicant, by a new code.
    Shown,
    /// The applicant opened what they were shown.
    Mirrored {
        /// On what.
        how: ConsentBy,
    },
    /// The applicant confirmed what they were shown, or signed it on paper.
    Confirmed {
        /// The service.
        item: String,
        /// What they confirmed.
        consent: Consent,
    },
    /// It was handed in.
    HandedIn {
        /// The service.
        item: String,
        /// What the applicant had confirmed, SHA-256.
        content_sha256: String,
    },
    /// Number and secret were printed.
    ReceiptPrinted {
        /// Of this request.
        number: RequestNumber,
    },
    /// It was left for others of the office.
    Left,
    /// It was ended, and everything in it that was not handed in deleted.
    Closed,
}

/// A copy of a material in a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialFile {
    /// The service.
    pub item: String,
    /// The place.
    pub code: LandCode,
    /// The material, in the Chinese words of the catalogue.
    pub material: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{audit::Record, code::Strictness};

    #[test]
    fn desk_d8_what_staff_did_comes_back_as_it_was_sealed() {
        let by = || "wang".to_owned();
        let number = RequestNumber::parse("JM-20261122-22334455").unwrap();
        let mended = |mend| StaffDid::Mended {
            delivery: DeliveryId::of(&number, "registration", 1),
            number: number.clone(),
            mend,
            reason: "对方已修复".to_owned(),
        };
        let visit = CaseNumber::parse("BJ-22334455").unwrap();
        let case = |step| StaffDid::Case { case: visit.clone(), step };
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let consent = Consent { content_sha256: "0".repeat(64), how: ConsentBy::OnPaper, at };
        for did in [
            StaffDid::Added { by: by(), roles: [Role::Clerk, Role::Supervisor].into() },
            StaffDid::Disabled { by: by() },
            StaffDid::Identified { by: by() },
            StaffDid::NamedByService { by: by() },
            StaffDid::LooksExported {
                from: jiff::civil::date(2026, 11, 24),
                to: jiff::civil::date(2026, 11, 30),
            },
            StaffDid::Refused,
            StaffDid::SignedIn,
            StaffDid::SignedInBy { way: SignInWay::Passkey },
            StaffDid::PasskeyDoubted { passkey: "0".repeat(64) },
            mended(Mend::PaperProposed),
            mended(Mend::Redirected("planning".to_owned())),
            StaffDid::LookedAtRequest {
                number: number.clone(), reason: "来窗口补正".to_owned()
            },
            case(CaseStep::Opened),
            case(CaseStep::FileAdded(Box::new(MaterialFile {
                item: "data-correction".to_owned(),
                code: LandCode::parse("330521001001GB00001", Strictness::LookUp).unwrap().code,
                material: "身份证明".to_owned(),
                sha256: "0".repeat(64),
            }))),
            case(CaseStep::Mirrored { how: ConsentBy::AnotherBrowser }),
            case(CaseStep::Confirmed { item: "data-correction".to_owned(), consent }),
        ] {
            for who in [StaffId::parse("li.na"), None] {
                let office = who.as_ref().map(|_| "registration".to_owned());
                let at = Timestamp::from_second(1_795_000_000).unwrap();
                let staff = StaffRecord { at, who, office, did: did.clone() };
                let record = Record::from(crate::audit::AuditEvent::Staff(staff));
                let text = serde_json::to_string(&record).unwrap();
                let read: Record = serde_json::from_str(&text).unwrap();
                assert_eq!(read, record, "{text}");
                assert_eq!(serde_json::to_string(&read).unwrap(), text);
                assert_eq!(read.at(), at);
            }
        }
    }
}
