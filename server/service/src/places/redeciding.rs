//! The site of a request judged again, for whoever holds its secret.

use domain::{
    LandCode, ParcelCode,
    request::Request,
    signed_verdict::{self, OfficeWord, OutlineJudged},
    suitability::{Disputed, FactsAsked},
};
use service_api::{
    Assessment, Drawn, JudgedOutline, NotShown, Opened, OutlineAsked, Portal as _, Redecision,
    Seen, Site, Told, Unavailable,
};

use super::PortalService;
use crate::{
    disclosure::unavailable,
    follow::not_shown,
    suitability::{
        Closed, Looked, drawn,
        redecided::{self, AskedAgain},
    },
};

/// What is said of an outline again, where office and data contradict each other, which ground it was, and the words
/// of offices.
type AgainOnGround = (Option<Assessment>, Vec<Disputed>, Option<OutlineJudged>, Vec<OfficeWord>);

impl PortalService {
    /// The site of a request judged again, with the words of offices as the rules read them; `None` of one that
    /// asks for nothing.
    pub(super) async fn redecide(
        &self,
        opened: &Opened,
    ) -> Result<Option<(Redecision, Vec<OfficeWord>)>, NotShown> {
        let request = self.gate.store.request(opened.number()).await.map_err(not_shown)?;
        let Some(request) = request else { return Ok(None) };
        let Some(asks) = request.submission.asks.clone().map(|asks| *asks) else { return Ok(None) };
        let mut said = redecided::said(&request, &asks, &self.departments);
        let mut others = Vec::new();
        for beside in self.beside(&request, &asks).await? {
            let (own, other) = redecided::beside(&beside, &self.departments);
            said.extend(own);
            others.extend(other);
        }
        if said.is_empty() {
            // The verdict of before stands on the site's own page.
            let (told, disputed, unread) = (None, Vec::new(), 0);
            let again = Redecision { asks, said, unread, told, disputed, outline: None, others };
            return Ok(Some((again, Vec::new())));
        }
        let on = self.gate.today();
        let sets = self.rules.in_force(on);
        let rules = sets.iter().find(|rules| rules.id == asks.rules.id);
        let asked = rules.and_then(|rules| redecided::asked(rules, on, (&request, &asks), &said));
        let Some(AskedAgain { asked, ground, words, unread }) = asked else {
            let (told, disputed, unread) = (None, Vec::new(), said.len());
            let again = Redecision { asks, said, unread, told, disputed, outline: None, others };
            return Ok(Some((again, Vec::new())));
        };
        if let Some(ground) = ground {
            let parcel = request.submission.code.parcel();
            let (told, disputed, outline, words) =
                self.redecide_ground(parcel, ground, words).await?;
            let again = Redecision { asks, said, unread, told, disputed, outline, others };
            return Ok(Some((again, words)));
        }
        // The secret of a request proves nothing of who holds it: they see of the site what everybody does.
        let place = LandCode::Parcel(request.submission.code.parcel());
        let looked = match self.for_everybody((&place, Drawn::Not)).await? {
            Some(Seen { place, .. }) => {
                let policy = self.gate.policy_of(&place.profile.version);
                let closed = policy.map(|policy| Closed::to(policy, asked.rules(), place.tier));
                Looked::At(Box::new(place), closed.unwrap_or_default())
            }
            None => Looked::Nothing(Vec::new()),
        };
        // It is never closed.
        let leave = self.judging.clone().acquire_owned().await;
        let judge = move || {
            let _leave = leave;
            (redecided::judged(&asked, on, looked, &words), words)
        };
        let judged = tokio::task::spawn_blocking(judge).await.map_err(|error| {
            tracing::error!(%error, "a site could not be judged again");
            Unavailable
        })?;
        let ((told, disputed), words) = judged;
        let told = Some(told);
        let again = Redecision { asks, said, unread, told, disputed, outline: None, others };
        Ok(Some((again, words)))
    }

    /// The same of the outline that a request is about: by what everybody may know of its ground. It is judged for
    /// whoever opened the request, and only once an office has said something; so it is no further look.
    async fn redecide_ground(
        &self,
        parcel: ParcelCode,
        asked: OutlineAsked,
        words: Vec<OfficeWord>,
    ) -> Result<AgainOnGround, Unavailable> {
        // What was said of one place is laid on no other: parcels are drawn anew since.
        let seen = self.for_everybody((&LandCode::Parcel(parcel), Drawn::Not)).await?;
        if !seen.is_some_and(|seen| seen.place.lies_beneath(asked.outline())) {
            return Ok((None, Vec::new(), None, words));
        }
        let (gate, on) = (self.gate.clone(), self.gate.today());
        // It is never closed.
        let leave = self.judging_outlines.clone().acquire_owned().await;
        let read = store::read(&*self.gate.store, move |moment| {
            let _leave = leave;
            let said = signed_verdict::said(&words);
            let judged = drawn::judged_with(&gate, moment, (&asked, on), &said)?;
            Ok((judged, asked, words))
        });
        let (judged, asked, words) = read.await.map_err(unavailable)?;
        let Some((JudgedOutline { judged, precision, .. }, disputed)) = judged else {
            return Ok((None, Vec::new(), None, words));
        };
        let site = Site { parcel, told: Told::Judged(Box::new(judged)) };
        let (rules, use_at) = (asked.rules().clone(), asked.use_at());
        let told = Assessment { rules, use_at, on, sites: vec![site] };
        let outline = OutlineJudged::of(asked.outline(), precision);
        Ok((Some(told), disputed, Some(outline), words))
    }

    /// The other requests that the same form handed in about the same question to the same site.
    async fn beside(&self, request: &Request, asks: &FactsAsked) -> Result<Vec<Request>, NotShown> {
        let store = &*self.gate.store;
        let mut beside = Vec::new();
        for number in store.beside(&request.number).await.map_err(not_shown)? {
            // One that was deleted since has nothing to say.
            let Some(other) = store.request(&number).await.map_err(not_shown)? else { continue };
            let same = other.submission.code == request.submission.code
                && other.submission.asks.as_ref().is_some_and(|other| {
                    (&other.rules, &other.of, &other.answers, &other.outline)
                        == (&asks.rules, &asks.of, &asks.answers, &asks.outline)
                });
            if same {
                beside.push(other);
            }
        }
        Ok(beside)
    }
}
