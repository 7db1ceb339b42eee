//! An outline of several pieces of ground that lie apart: each judged by itself, as if it were drawn alone.

use domain::{outline::Outline, suitability::Verdict};
use geo::MultiPolygon;
use jiff::civil::Date;
use service_api::{
    MOST_APART, OutlineAsked, OutlineAssessment, PieceApart, Refusal, ToldOfOutline, Visit,
};
use store::{Snapshot, StoreError};

use super::PortalService;
use crate::{
    disclosure::{PolicyGate, unavailable},
    suitability,
};

impl PortalService {
    /// What can be said of an outline, and of each of its pieces. Each is a look of its own, counted as any
    /// (*sites S12*): whoever may not look so often is told of the whole.
    pub(super) async fn outline_and_pieces(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal> {
        let mut told = self.looked_at(visit, asked, suitability::drawn::assessed).await?;
        if let ToldOfOutline::Judged(judged) = &mut told.told {
            for outline in pieces(asked) {
                let verdict = self.piece(visit, asked, &outline).await?;
                judged.apart.push(PieceApart { outline, verdict });
            }
        }
        Ok(told)
    }

    async fn piece(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
        outline: &Outline,
    ) -> Result<Option<Verdict>, Refusal> {
        let (rules, answers) = (asked.rules().clone(), asked.answers().clone());
        let alone = OutlineAsked::new(rules, asked.use_at(), outline.clone(), answers);
        let Some(alone) = alone else { return Ok(None) };
        match self.looked_at(visit, &alone, suitability::drawn::verdict).await {
            Err(Refusal::TooMany { .. }) => Ok(None),
            told => told,
        }
    }

    /// What `judge` makes of an outline as a whole: a look.
    async fn looked_at<T: Send + 'static>(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
        judge: fn(&PolicyGate, &dyn Snapshot, &OutlineAsked, Date) -> Result<T, StoreError>,
    ) -> Result<T, Refusal> {
        let look = async {
            let (gate, asked, on) = (self.gate.clone(), asked.clone(), self.gate.today());
            // It is never closed.
            let leave = self.judging_outlines.clone().acquire_owned().await;
            let read = store::read(&*self.gate.store, move |moment| {
                let _leave = leave;
                judge(&gate, moment, &asked, on)
            });
            read.await.map_err(unavailable)
        };
        self.admission.draw(visit, asked.outline(), look).await
    }
}

/// The pieces of an outline that has a few.
fn pieces(asked: &OutlineAsked) -> Vec<Outline> {
    let outline = asked.outline();
    let all = &outline.shape().0;
    if !(2..=MOST_APART).contains(&all.len()) {
        return Vec::new();
    }
    let one = |piece: &geo::Polygon<f64>| outline.part(MultiPolygon::new(vec![piece.clone()]));
    all.iter().filter_map(one).collect()
}
