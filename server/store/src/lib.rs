//! Where land and requests are kept.
//!
//! The traits here are what the rest of the server sees; each engine behind them is a crate of its
//! own and passes the cases of `store-suite`. No policy, no HTTP, no SQL: what comes out of [`Land`]
//! is a record that only the disclosure policy may turn into something public.
//!
//! A trait for each of who asks: [`Land`] is read by the portal at each look, [`Versions`] and [`Imports`] are
//! written by an import, [`Requests`], [`Attachments`], [`Uploads`], [`Rights`], [`Notices`] and [`Drafts`] belong to applicants,
//! [`Outbox`] to the forwarder and [`Deliveries`] to whoever looks after it, [`Staff`] and [`Cases`] to the counter and [`Queue`] to its
//! halls, [`ApiKeys`] to programs that ask often, [`Audit`],
//! [`Labels`] and [`Keys`] to those of that name. [`Store`] is all of them. To write another engine: implement them,
//! call `store_suite::conformance!` in its tests, and add its scheme where `jianma` opens `--database`.
//!
//! Three promises hold whatever the engine. What a method that writes has returned is on disk. A look is one
//! snapshot: no publication tears it. And [`StoreError`] names no engine: what is wrong with one row is told
//! apart from what is wrong with all of them, so that a list goes on past the row.

mod api_keys;
mod attachments;
mod audit;
mod cases;
mod deliveries;
mod delivery;
mod drafts;
mod error;
mod keys;
mod labels;
mod land;
mod listed;
mod notices;
mod outbox;
mod passkeys;
mod persons;
mod queue;
mod requests;
mod rights;
mod seal;
mod staff;
mod uploads;
mod versions;

pub use api_keys::{ApiKey, ApiKeys};
pub use attachments::{
    Attachment, AttachmentState, Attachments, HELD_FOR, Leftover, NewAttachment,
};
pub use audit::{Audit, DailyCap, Noted, StoredEntry};
pub use cases::Cases;
pub use deliveries::{
    Deliveries, DeliveryEvent, DeliveryFilter, DeliveryRecord, Intervened, Intervener,
    Intervention, OpenRequest,
};
pub use delivery::{DeliveryAct, DeliveryState};
pub use domain::{
    base_map::{BaseFeature, BaseKind, Bounds},
    request::{DeliveryId, DepartmentWord},
};
pub use drafts::{DRAFT_KEPT_FOR, Draft, DraftContent, Drafts};
pub use error::StoreError;
pub use keys::{Keys, Traces};
pub use labels::{IssuedLabel, LabelPage, Labels, NewLabel, Withdrawal, Withdrawn};
pub use land::{
    Around, BaseMap, CurrentVersion, Ending, Imports, Land, LandWriter, LayerToStore, Look,
    MOST_COUNTED, MostRead, OnShelf, ParcelHit, Question, Reading, RestrictionFeature, SearchQuery,
    SearchResult, Searched, SharedCodes, Shelf, ShelfPage, Shelved, Shelves, Snapshot, Thing, Tied,
    read, read_former,
};
pub use listed::{Listed, RecordFault};
pub use notices::{
    DueNotice, FAILING_FROM, MOST_ADDRESSES, MOST_UNASKED, NewNotice, Notice, NoticeAddress,
    NoticeAsked, NoticeKind, NoticeLease, NoticeOutcome, NoticeState, Notices, UNCONFIRMED_FOR,
};
pub use outbox::{
    Acknowledged, Acknowledgement, Backlog, Delivery, DeliveryOutcome, DeliveryStatus,
    LONGEST_HELD, Outbox, Round, Whose,
};
pub use passkeys::{Challenge, MOST_ASKED, MOST_ASKED_HERE, MOST_PASSKEYS, Passkey, Passkeys};
pub use persons::Persons;
pub use queue::{CounterPress, Press, Pressed, Queue, Seen, TICKETS_KEPT_FOR};
pub use requests::{Heard, NewRequest, Requests, Submitted};
pub use rights::{
    Corrected, Correction, Deleted, DeletedRequest, Deletion, DeletionCause, Dossier,
    DossierMessage, EndedRequest, ListedRequest, NewRating, NewReopening, Rated, Reopened, Rights,
    Withdrawal as RequestWithdrawal, Withdrawn as RequestWithdrawn,
};
pub use seal::{Cipher, Clear, Keyring, RecordKey, RecordKeyId, SealError, Sealer};
pub use staff::{Enrolment, Failures, Invitation, Session, Staff, StoredMember};
pub use uploads::{NewUpload, Upload, Uploads};
pub use versions::{Change, Cleared, ListedVersion, RolledBack, VersionState, Versions};

/// Everything the server needs of its storage.
pub trait Store:
    Land
    + Imports
    + Versions
    + Requests
    + Attachments
    + Uploads
    + Rights
    + Notices
    + Drafts
    + Cases
    + Outbox
    + Deliveries
    + Audit
    + Labels
    + Keys
    + Staff
    + Passkeys
    + Queue
    + ApiKeys
{
}

impl<S> Store for S where
    S: Land
        + Imports
        + Versions
        + Requests
        + Attachments
        + Uploads
        + Rights
        + Notices
        + Drafts
        + Cases
        + Outbox
        + Deliveries
        + Audit
        + Labels
        + Keys
        + Staff
        + Passkeys
        + Queue
        + ApiKeys
{
}
