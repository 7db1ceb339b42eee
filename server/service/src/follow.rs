//! How a request stands, as its applicant reads it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Clock, Localized,
    attachment::Attached,
    clock::china_date,
    request::{
        MessageKind, ReceiptKey, Request, Submission, TimeLimit, files::addressed, reopening_asked,
    },
    retention::Retentions,
    service::{Answers, service},
    working_days::working_days,
};
use jiff::{SignedDuration, Unit};
use service_api::{
    DeletedBecause, DeletedView, DeliveryProgress, DepartmentProgress, DossierView, Export,
    Keeping, NotShown, Opened, RequestView, Unavailable,
};
use store::{DeletionCause, DeliveryAct, DeliveryState, DeliveryStatus, Store, StoreError};

use crate::{disclosure::unavailable, notices, rights};

/// How long an applicant's page leads to the files that went with the request.
const OWN_ADDRESS: SignedDuration = SignedDuration::from_hours(2);

/// Why a request is not shown; the log is told, so that the operator knows.
#[must_use]
pub fn not_shown(error: StoreError) -> NotShown {
    if error.is_of_altered_rows() {
        tracing::error!(
            %error,
            remedy = "check-requests",
            "a request is not shown: what is kept of it is not as it was written"
        );
        return NotShown::Altered;
    }
    unavailable(error).into()
}

/// What an applicant's view of a request is made from.
pub(crate) struct Follow<'s> {
    pub(crate) store: &'s dyn Store,
    pub(crate) clock: &'s dyn Clock,
    pub(crate) departments: &'s BTreeMap<String, Localized>,
    pub(crate) collecting: &'s BTreeSet<String>,
    pub(crate) retentions: &'s Retentions,
    pub(crate) sends_notices: bool,
    pub(crate) receipts: &'s ReceiptKey,
}

impl Follow<'_> {
    /// How a delivery stands, in terms of what is known and what will happen.
    fn progress(&self, delivery: &DeliveryStatus) -> DeliveryProgress {
        let now = self.clock.now();
        // One that is overdue is being sent, as far as anybody knows.
        let next = delivery.next_attempt_at.filter(|next| *next > now);
        match delivery.state {
            DeliveryState::Pending | DeliveryState::Ambiguous
                if !self.departments.contains_key(&delivery.department) =>
            {
                DeliveryProgress::NotConnected
            }
            DeliveryState::Pending | DeliveryState::Ambiguous
                if self.collecting.contains(&delivery.department) =>
            {
                DeliveryProgress::ToCollect
            }
            DeliveryState::Pending => {
                DeliveryProgress::Waiting { attempts: delivery.attempts, next }
            }
            DeliveryState::Ambiguous => DeliveryProgress::InDoubt { next },
            DeliveryState::Delivered => DeliveryProgress::Delivered,
            // Only what is stuck is taken up, so this stands as long as it is the last entry: any
            // other ends the being stuck, or begins it anew.
            DeliveryState::Stuck => match delivery.last_act {
                Some((DeliveryAct::TakenOver | DeliveryAct::Proposed, since)) => {
                    DeliveryProgress::WithStaff { since }
                }
                _ => DeliveryProgress::Stuck,
            },
            DeliveryState::Settled => DeliveryProgress::Settled,
            DeliveryState::Redirected => DeliveryProgress::Redirected,
            DeliveryState::Withdrawn => DeliveryProgress::TakenBack,
        }
    }

    /// How a request stands.
    pub(crate) async fn request(&self, opened: &Opened) -> Result<Option<RequestView>, NotShown> {
        match self.store.request(opened.number()).await.map_err(not_shown)? {
            Some(request) => self.seen_by_applicant(&request).await.map(Some),
            None => Ok(None),
        }
    }

    /// A request with what is in it.
    pub(crate) async fn dossier(&self, opened: &Opened) -> Result<Option<DossierView>, NotShown> {
        let Some(dossier) = self.store.dossier(opened.number()).await.map_err(not_shown)? else {
            return Ok(None);
        };
        let all = |submission: Submission| -> Answers {
            submission.applicant.into_iter().chain(submission.answers).collect()
        };
        let request = self.seen_by_applicant(&dossier.request).await?;
        let data_version = dossier.request.submission.data_version.clone();
        let asks = dossier.request.submission.asks.clone();
        let assisted = dossier.request.submission.assisted.clone();
        let notices = self.sends_notices.then(|| notices::shown(dossier.notice.as_ref()));
        let (answers, first) = (all(dossier.request.submission), all(dossier.first));
        let first = (first != answers).then_some(first);
        Ok(Some(DossierView { request, data_version, answers, first, asks, assisted, notices }))
    }

    /// All that is kept on a request.
    pub(crate) async fn export(&self, opened: &Opened) -> Result<Option<Export>, NotShown> {
        let Self { store, departments, retentions, .. } = self;
        let export = rights::export(*store, retentions, departments, opened.number());
        export.await.map_err(not_shown)
    }

    /// What is left of a request that was deleted.
    pub(crate) async fn deleted(
        &self,
        opened: &Opened,
    ) -> Result<Option<DeletedView>, Unavailable> {
        let entry = rights::deletion_of(self.store, opened).await.map_err(unavailable)?;
        Ok(entry.map(|entry| DeletedView {
            number: entry.number,
            item: entry.item,
            day: entry.day,
            cause: match entry.cause {
                DeletionCause::Retention => DeletedBecause::TimeOver,
                DeletionCause::Applicant => DeletedBecause::Applicant,
                DeletionCause::Operator => DeletedBecause::Operator,
            },
        }))
    }

    /// A request as its applicant sees it.
    async fn seen_by_applicant(&self, request: &Request) -> Result<RequestView, NotShown> {
        let deliveries = self.store.deliveries_of(&request.number).await.map_err(not_shown)?;
        let is_first = |each: &&DeliveryStatus| each.kind == MessageKind::Submitted;
        let reference = request.reference().map(str::to_owned);
        let reference = reference
            .or_else(|| deliveries.iter().filter(is_first).find_map(|each| each.reference.clone()));
        let keeping = self.keeping_of(request, &deliveries);
        let departments = deliveries
            .into_iter()
            .map(|delivery| DepartmentProgress {
                progress: self.progress(&delivery),
                kind: delivery.kind,
                confirmed_at: delivery.delivered_at,
                department: self
                    .departments
                    .get(&delivery.department)
                    .cloned()
                    .unwrap_or_else(|| Localized::same(delivery.department)),
                reference: delivery
                    .reference
                    .filter(|own| Some(own) != reference.as_ref())
                    .filter(|_| delivery.kind == MessageKind::Submitted),
            })
            .collect();
        Ok(RequestView {
            number: request.number.clone(),
            item: request.submission.item.clone(),
            code: request.submission.code,
            submitted_at: request.submitted_at,
            state: request.state(),
            reference,
            events: request.events.clone(),
            departments,
            keeping,
            time_limit: self.time_limit_of(request),
            attachments: self.attachments_of(request),
        })
    }

    /// Its files, under addresses of the applicant's own.
    fn attachments_of(&self, request: &Request) -> Vec<Attached> {
        // The same within the hour: a page that is asked for again is the same page.
        let hour = Unit::Hour;
        let expires =
            self.clock.now().round(hour).unwrap_or_else(|_| self.clock.now()) + OWN_ADDRESS;
        let files = request.submission.attachments.iter().cloned();
        files.map(|file| addressed(file, "", self.receipts, expires)).collect()
    }

    fn time_limit_of(&self, request: &Request) -> Option<TimeLimit> {
        let allowed = service(&request.submission.item)?.working_days?;
        TimeLimit::of(request, allowed, working_days(), china_date(self.clock.now()))
    }

    fn keeping_of(&self, request: &Request, deliveries: &[DeliveryStatus]) -> Keeping {
        let Some(ended) = request.ended_at() else { return Keeping::Open };
        if deliveries.iter().any(|each| DeliveryState::UNDELIVERED.contains(&each.state)) {
            return Keeping::OnItsWay;
        }
        if reopening_asked(&request.events).is_some() {
            return Keeping::AskedAgain;
        }
        let item = &request.submission.item;
        let reached = deliveries.iter().any(|each| each.reached);
        let now = self.clock.now();
        match rights::forbidden(self.retentions, item, ended, now).filter(|_| reached) {
            Some((law, until)) => Keeping::ByLaw { law: law.clone(), until },
            None => Keeping::Until(self.retentions.period(item).map(|period| period.until(ended))),
        }
    }
}
