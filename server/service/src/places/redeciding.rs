//! The site of a request judged again, for whoever holds its secret.

use domain::{LandCode, request::Request, signed_verdict::OfficeWord, suitability::FactsAsked};
use service_api::{Drawn, NotShown, Opened, Portal as _, Redecision, Seen, Unavailable};

use super::PortalService;
use crate::{
    follow::not_shown,
    suitability::{
        Closed, Looked,
        redecided::{self, AskedAgain},
    },
};

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
            let again = Redecision { asks, said, unread, told, disputed, others };
            return Ok(Some((again, Vec::new())));
        }
        let on = self.gate.today();
        let sets = self.rules.in_force(on);
        let rules = sets.iter().find(|rules| rules.id == asks.rules.id);
        let asked = rules.and_then(|rules| redecided::asked(rules, on, (&request, &asks), &said));
        let Some(AskedAgain { asked, words, unread }) = asked else {
            let (told, disputed, unread) = (None, Vec::new(), said.len());
            let again = Redecision { asks, said, unread, told, disputed, others };
            return Ok(Some((again, Vec::new())));
        };
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
        Ok(Some((Redecision { asks, said, unread, told, disputed, others }, words)))
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
                    (&other.rules, &other.of, &other.answers)
                        == (&asks.rules, &asks.of, &asks.answers)
                });
            if same {
                beside.push(other);
            }
        }
        Ok(beside)
    }
}
