//! Labels: what whoever scans one is told, for pages and REST alike, and how new ones are issued.

mod issue;

use domain::{
    LandCode,
    code::UnitCode,
    label::{KeyRing, LabelText, Seals, Subject},
    record::Value,
};
use service_api::{GenuineLabel, LabelReading, LabelSubject, Place, Unavailable, WithdrawnLabel};
use store::{IssuedLabel, Store, StoreError};

pub use issue::{Issued, NotIssued, Press, Wanted, issue};

/// Where the keys that labels are sealed with are kept.
pub trait LabelKeys: Send + Sync {
    /// The key ring as it is now; empty before the first label.
    ///
    /// # Errors
    /// [`Unavailable`] when the keys cannot be read: said in the log by whoever keeps them.
    fn read(&self) -> Result<KeyRing, Unavailable>;
}

/// The label that a text is, if this portal issued it: the tag holds for this host under a trusted
/// key, and the store has it as it says (rule Q2). Whoever stole a key cannot invent a serial.
///
/// # Errors
/// [`StoreError`] when storage does not answer.
pub async fn find(
    store: &dyn Store,
    seals: &dyn Seals,
    text: &str,
    host: &str,
) -> Result<Option<IssuedLabel>, StoreError> {
    // As it was printed, to the letter: what reads as the same label is not the one we issued.
    let printed = |read: &LabelText| text.to_ascii_uppercase() == read.to_string();
    let read = LabelText::parse(text).filter(printed).filter(|read| read.holds(host, seals));
    let Some(read) = read else { return Ok(None) };
    let found = match &read.subject {
        Subject::Place { serial, .. } => store.label(*serial).await?,
        Subject::Home(token) => store.label_of_token(token).await?,
    };
    Ok(found.filter(|issued| {
        let label = &issued.label;
        let subject = subject_of(issued);
        subject == read.subject && label.key == read.key && label.host.eq_ignore_ascii_case(host)
    }))
}

/// What stands on a label that was issued.
#[must_use]
pub fn subject_of(issued: &IssuedLabel) -> Subject {
    match issued.label.token {
        Some(token) => Subject::Home(token),
        None => Subject::Place { code: issued.label.code.canonical(), serial: issued.serial },
    }
}

/// The home that a label stands on; `None` for any other place.
#[must_use]
pub(crate) fn home_of(issued: &IssuedLabel) -> Option<UnitCode> {
    issued.label.code.unit().filter(|_| issued.label.token.is_some())
}

/// The place that a label's page shows: of a home's, only its parcel (rules P7, Q5). `None` where
/// the label counts no more.
#[must_use]
pub(crate) fn place_of(issued: &IssuedLabel) -> Option<LandCode> {
    let code = home_of(issued).map_or(issued.label.code, |home| LandCode::Parcel(home.parcel()));
    issued.withdrawn.is_none().then_some(code)
}

/// What is said of a label that was issued, with what may be shown of its place and, of a home,
/// of where it stands.
#[must_use]
pub(crate) fn reading(
    issued: IssuedLabel,
    mut place: Option<Place>,
    building: Option<Value>,
) -> LabelReading {
    let home = home_of(&issued);
    let IssuedLabel { serial, label, withdrawn } = issued;
    if let Some(withdrawal) = withdrawn {
        return LabelReading::Withdrawn(WithdrawnLabel {
            serial,
            issuer: label.issuer,
            issued_at: label.issued_at,
            code: label.token.is_none().then_some(label.code),
            since: withdrawal.at,
            reason: withdrawal.reason,
        });
    }
    let subject = match home {
        Some(unit) => LabelSubject::Home { parcel: unit.parcel(), masked: unit.masked(), building },
        None => LabelSubject::Place(label.code),
    };
    if let Some(place) = &mut place {
        // That there was such a unit is what the label says; the page need not withhold it.
        place.profile.unit = place.profile.unit.take().filter(|unit| unit.known);
    }
    LabelReading::Genuine(Box::new(GenuineLabel {
        serial,
        issuer: label.issuer,
        issued_at: label.issued_at,
        subject,
        place,
    }))
}
