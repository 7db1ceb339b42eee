//! Visits to the counter: what staff write for an applicant, what the applicant opens of it, and what they confirm
//! (desk D2, D5). A visit belongs to an office; nothing of it is handed in but what its applicant has confirmed.

mod materials;

use std::future::Future;

use domain::{
    Clock, Entropy, LandCode,
    attachment::Attached,
    case::{
        Case, CaseContent, CaseNumber, Filing, Holder, LEASE, MOST_FILINGS, Mirror, MirrorOpened,
        Noted, SHOWN_FOR, draw_pick_up_code,
    },
    request::{
        Assisted, Channel, Consent, ConsentBy, ReceiptKey, RequestNumber, Submission,
        content_digest, letters_and_digits,
    },
    service::{Answers, InputKind, ServiceItem},
    staff::{Member, StaffId},
    suitability::AskWritten,
};
use jiff::{SignedDuration, Timestamp};
use store::{Cases, DRAFT_KEPT_FOR, StoreError};

pub use materials::MaterialsSaved;

use crate::submission::{Given, token};

/// How often a change is tried again that came to pass beside another one.
const TRIES: usize = 8;
/// Most cases of an office that are listed.
const MOST_LISTED: usize = 100;
/// What a keyed mark of a pick-up code is called.
const PICK_UP: &str = "pick-up code";
/// What a keyed mark of the browser is called that has opened a mirror.
const MIRROR: &str = "mirror";
/// What a keyed mark of a form as it is kept is called.
const KEPT: &str = "filing";

/// What works on visits.
#[derive(Clone, Copy)]
pub struct Casework<'c> {
    /// Where they are kept.
    pub store: &'c dyn Cases,
    /// The key of marks.
    pub receipts: &'c ReceiptKey,
    /// The present.
    pub clock: &'c dyn Clock,
    /// Randomness.
    pub entropy: &'c dyn Entropy,
}

impl std::fmt::Debug for Casework<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Casework").finish_non_exhaustive()
    }
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// There is no such case, or it is another office's.
    #[error("there is no such case")]
    Gone,
    /// Somebody else goes on with it.
    #[error("somebody else goes on with the case")]
    Held,
    /// Another one changed it since it was read.
    #[error("the case was changed since it was read")]
    Stale,
    /// It was handed in already.
    #[error("it was handed in already")]
    HandedIn,
    /// It has as many services as it can have.
    #[error("the case has as many services as it can have")]
    Full,
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The form of a service as it is saved.
#[derive(Clone, Copy, Debug)]
pub struct FormSaved<'f> {
    /// The place.
    pub code: LandCode,
    /// The service.
    pub item: &'f ServiceItem,
    /// What was typed and carried.
    pub fields: &'f Answers,
    /// The mark of what was kept when it was opened ([`Casework::kept`]).
    pub was: &'f str,
    /// When it was written into the audit that it is saved, UTC; none where what stands there already says so.
    pub noted_at: Option<Timestamp>,
    /// Whether somebody pressed a button. What stands there while they type may be half a name, and goes on to no
    /// other form.
    pub pressed: bool,
}

impl Casework<'_> {
    /// Begins a visit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(&self, by: &Member) -> Result<Case, StoreError> {
        let now = self.clock.now();
        let content = CaseContent {
            opened_at: now,
            holder: Some(held(&by.id, now)),
            note: String::new(),
            person: Answers::new(),
            filings: Vec::new(),
            mirror: None,
        };
        let office = by.office.clone();
        loop {
            let number = CaseNumber::draw(self.entropy);
            let content = content.clone();
            let case =
                Case { number, office: office.clone(), version: 1, until: until(now), content };
            if self.store.save_case(&case, None).await? {
                return Ok(case);
            }
        }
    }

    /// The visits of an office, the one that was changed last first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_office(&self, office: &str) -> Result<Vec<Case>, StoreError> {
        self.store.cases(office, self.clock.now(), MOST_LISTED).await
    }

    /// A visit, for somebody of its office; none alike where it is another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn case(
        &self,
        number: &CaseNumber,
        who: &Member,
    ) -> Result<Option<Case>, StoreError> {
        let case = self.store.case(number, self.clock.now()).await?;
        Ok(case.filter(|case| case.office == who.office))
    }

    /// Changes a visit for a member of staff, whose it is from then on.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn change<T>(
        &self,
        number: &CaseNumber,
        who: &Member,
        change: impl Fn(&mut Case) -> Result<T, NotChanged> + Send + Sync,
    ) -> Result<T, NotChanged> {
        let now = self.clock.now();
        let load = || async { self.case(number, who).await.map_err(NotChanged::from) };
        self.changed(load, |case| {
            if !case.is_open_to(&who.id, now) {
                return Err(NotChanged::Held);
            }
            case.content.holder = Some(held(&who.id, now));
            change(case)
        })
        .await
    }

    /// Loads, changes and keeps, again where another change came between.
    async fn changed<T, L: Future<Output = Result<Option<Case>, NotChanged>> + Send>(
        &self,
        load: impl Fn() -> L + Send + Sync,
        change: impl Fn(&mut Case) -> Result<T, NotChanged> + Send + Sync,
    ) -> Result<T, NotChanged> {
        for _ in 0..TRIES {
            let mut case = load().await?.ok_or(NotChanged::Gone)?;
            let done = change(&mut case)?;
            case.version += 1;
            case.until = until(self.clock.now());
            let pick_up = case.content.mirror.as_ref().map(|mirror| self.pick_up(&mirror.code));
            if self.store.save_case(&case, pick_up.as_deref()).await? {
                return Ok(done);
            }
        }
        Err(NotChanged::Stale)
    }

    /// The mark of a form as it is kept: who saves it over another one is told.
    #[must_use]
    pub fn kept(&self, filing: Option<&Filing>) -> String {
        self.kept_fields(filing.map(|filing| &filing.fields))
    }

    /// The same of its fields.
    #[must_use]
    pub fn kept_fields(&self, fields: Option<&Answers>) -> String {
        let text = fields.and_then(|fields| serde_json::to_string(fields).ok());
        self.receipts.mark(KEPT, &text.unwrap_or_default())
    }

    /// Whether somebody else changed what is kept since this form was opened. The same text again is no change.
    #[must_use]
    pub fn is_stale(&self, kept: Option<&Filing>, form: FormSaved<'_>) -> bool {
        let is_same = kept.is_some_and(|filing| filing.fields == *form.fields);
        !is_same && self.kept(kept) != form.was
    }

    /// Saves the form of a service. What its applicant had confirmed of it is void as soon as a letter of it is
    /// another; their own particulars go on to the other forms of the visit.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn save(
        &self,
        number: &CaseNumber,
        who: &Member,
        form: FormSaved<'_>,
    ) -> Result<(), NotChanged> {
        let key = token(self.entropy, 18);
        self.change(number, who, |case| {
            let FormSaved { code, item, fields, .. } = form;
            let before = case.filing(&code, &item.id);
            if before.is_some_and(|filing| filing.number.is_some()) {
                return Err(NotChanged::HandedIn);
            }
            if self.is_stale(before, form) {
                return Err(NotChanged::Stale);
            }
            let is_same = before.is_some_and(|filing| filing.fields == *fields);
            if form.pressed {
                case.content.person.extend(particulars(item, fields));
            }
            let filings = &mut case.content.filings;
            let is_full = filings.len() >= MOST_FILINGS;
            match filings.iter_mut().find(|one| one.code == code && one.item == item.id) {
                Some(_) if is_same => {}
                Some(filing) => {
                    filing.fields = fields.clone();
                    filing.consent = None;
                    filing.confirmed_in = None;
                }
                None if is_full => return Err(NotChanged::Full),
                None => filings.push(Filing {
                    key: key.clone(),
                    code,
                    item: item.id.clone(),
                    fields: fields.clone(),
                    consent: None,
                    confirmed_in: None,
                    number: None,
                    taken: false,
                    materials: Vec::new(),
                    noted: None,
                }),
            }
            let saved = filings.iter_mut().find(|one| one.code == code && one.item == item.id);
            if let Some((filing, at)) = saved.zip(form.noted_at) {
                filing.noted = Some(Noted { staff: who.id.clone(), at });
            }
            Ok(())
        })
        .await
    }

    /// Has a filing to itself for as long as it takes to hand it in: it is theirs, and as it was read.
    ///
    /// # Errors
    /// [`NotChanged`]; then it may not be handed in.
    pub async fn hold(
        &self,
        number: &CaseNumber,
        who: &Member,
        read: &Filing,
    ) -> Result<(), NotChanged> {
        self.change(number, who, |case| {
            let is_it = |one: &Filing| one.key == read.key && one.fields == read.fields;
            let held = case.content.filings.iter().find(|one| is_it(one));
            let same = held.is_some_and(|one| {
                one.consent == read.consent
                    && one.materials == read.materials
                    && one.number.is_none()
            });
            if same { Ok(()) } else { Err(NotChanged::Stale) }
        })
        .await
    }

    /// Keeps with a filing what it became, whosever the visit is by now: what was handed in is. What was typed is with
    /// the request from then on, and nowhere else.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn handed_in(
        &self,
        number: &CaseNumber,
        who: &Member,
        (key, became): (&str, &RequestNumber),
    ) -> Result<(), NotChanged> {
        let load = || async { self.case(number, who).await.map_err(NotChanged::from) };
        self.changed(load, |case| {
            let filing = case.content.filings.iter_mut().find(|filing| filing.key == key);
            let filing = filing.ok_or(NotChanged::Gone)?;
            filing.number = Some(became.clone());
            filing.fields.clear();
            filing.materials.clear();
            Ok(())
        })
        .await
    }

    /// Shows a visit to its applicant: by a new code, which one browser opens, once.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn show(&self, number: &CaseNumber, who: &Member) -> Result<(), NotChanged> {
        let code = draw_pick_up_code(self.entropy);
        let until = self.clock.now().checked_add(SHOWN_FOR).unwrap_or(Timestamp::MAX);
        self.change(number, who, |case| {
            let (code, shown_by) = (code.clone(), who.id.clone());
            case.content.mirror = Some(Mirror { code, until, shown_by, opened: None });
            Ok(())
        })
        .await
    }

    /// The visit of a pick-up code that nobody has opened yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_open(&self, code: &str) -> Result<Option<Case>, StoreError> {
        let found = self.shown(code).await?;
        Ok(found.filter(|case| {
            case.content.mirror.as_ref().is_some_and(|mirror| mirror.opened.is_none())
        }))
    }

    /// Opens it in a browser, which brings `token` from then on. `false` where another one was faster.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn open_mirror(
        &self,
        code: &str,
        token: &str,
        how: ConsentBy,
    ) -> Result<(), NotChanged> {
        let mark = self.receipts.mark(MIRROR, token);
        let load = || async { self.to_open(code).await.map_err(NotChanged::from) };
        self.changed(load, |case| {
            let mirror = case.content.mirror.as_mut().ok_or(NotChanged::Gone)?;
            mirror.opened = Some(MirrorOpened { mark: mark.clone(), how });
            Ok(())
        })
        .await
    }

    /// The visit that a browser has opened, on what, and by which mark it is known again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mirrored(
        &self,
        code: &str,
        token: &str,
    ) -> Result<Option<(Case, MirrorOpened)>, StoreError> {
        let Some(case) = self.shown(code).await? else { return Ok(None) };
        let opened = case.content.mirror.as_ref().and_then(|mirror| mirror.opened.clone());
        let opened = opened.filter(|it| self.receipts.has_marked(MIRROR, token, &it.mark));
        Ok(opened.map(|opened| (case, opened)))
    }

    async fn shown(&self, code: &str) -> Result<Option<Case>, StoreError> {
        let now = self.clock.now();
        let code = letters_and_digits(code);
        if !ReceiptKey::has_form(&code) {
            return Ok(None);
        }
        let case = self.store.case_of(&self.pick_up(&code), now).await?;
        Ok(case.filter(|case| case.content.mirror.as_ref().is_some_and(|it| it.until > now)))
    }

    fn pick_up(&self, code: &str) -> String {
        self.receipts.mark(PICK_UP, code)
    }

    /// Changes what an applicant has opened.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn change_mirrored(
        &self,
        (code, token): (&str, &str),
        change: impl Fn(&mut Case) + Send + Sync,
    ) -> Result<(), NotChanged> {
        let load = || async {
            let found = self.mirrored(code, token).await.map_err(NotChanged::from)?;
            Ok::<_, NotChanged>(found.map(|(case, _)| case))
        };
        self.changed(load, |case| {
            change(case);
            Ok(())
        })
        .await
    }

    /// Deletes a visit with everything in it that was not handed in.
    ///
    /// # Errors
    /// [`NotChanged`].
    pub async fn close(&self, case: &Case, who: &Member) -> Result<(), NotChanged> {
        if !case.is_open_to(&who.id, self.clock.now()) {
            return Err(NotChanged::Held);
        }
        // What anybody did since it was read stays.
        let deleted = self.store.delete_case(&case.number, case.version).await?;
        if deleted { Ok(()) } else { Err(NotChanged::Stale) }
    }
}

/// Whose a case is after their word at `now`, UTC.
fn held(staff: &StaffId, now: Timestamp) -> Holder {
    Holder { staff: staff.clone(), until: after(now, LEASE) }
}

fn until(now: Timestamp) -> Timestamp {
    after(now, DRAFT_KEPT_FOR)
}

fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// What of a form is the applicant's own, and the same in every form of a visit. That they agree is said anew in
/// each.
#[must_use]
pub fn particulars(item: &ServiceItem, fields: &Answers) -> Answers {
    let own = item.question.iter().filter(|one| one.personal && one.kind != InputKind::Consent);
    let said = own.filter_map(|one| Some((one.name.clone(), fields.get(&one.name)?.clone())));
    said.filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// What is to be handed in of a filing, with its files as its department fetches them. Its applicant is shown it
/// without who helps them, and confirms that.
#[must_use]
pub fn given<'g>(
    (filing, files): (&'g Filing, &'g [Attached]),
    item: &'g ServiceItem,
    asks: Option<&'g AskWritten>,
    assisted: Option<&'g Assisted>,
) -> Given<'g> {
    let text = |name: &str| filing.fields.get(name).map_or("", String::as_str);
    Given {
        item,
        code: filing.code,
        answers: &filing.fields,
        seen: text("seen"),
        key: &filing.key,
        knows_of_end: text("ended") == "yes",
        channel: Channel::Counter,
        asks,
        attachments: files,
        assisted,
    }
}

/// The digest of what an applicant is shown, and confirms; `None` of what JSON has no words for. The addresses of its
/// files are others with each look, and no part of it.
#[must_use]
pub fn digest_of(shown: &Submission) -> Option<String> {
    let mut content = Submission { assisted: None, ..shown.clone().for_department() };
    for file in &mut content.attachments {
        file.address.clear();
        file.expires = None;
    }
    content_digest(&content).ok()
}

/// What an applicant has confirmed of what they are shown; none where another thing is shown now.
#[must_use]
pub fn confirmed<'f>(filing: &'f Filing, shown: &Submission) -> Option<&'f Consent> {
    let consent = filing.consent.as_ref()?;
    digest_of(shown).filter(|digest| *digest == consent.content_sha256).map(|_| consent)
}

#[cfg(test)]
mod tests;
