//! An outline of several pieces of ground that lie apart: each judged by itself, as if it were drawn alone.

use domain::outline::Outline;
use geo::MultiPolygon;
use service_api::{
    JudgedOutline, MOST_APART, OutlineAsked, OutlineAssessment, PieceApart, Refusal, ToldOfOutline,
    Visit,
};

use super::PortalService;
use crate::{disclosure::unavailable, suitability};

impl PortalService {
    /// What can be said of an outline, and of each of its pieces. Each is a look of its own, counted as any
    /// (*sites S12*): whoever may not look so often is told of the whole.
    pub(super) async fn outline_and_pieces(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal> {
        let mut told = self.outline(visit, asked).await?;
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
    ) -> Result<Option<domain::suitability::Verdict>, Refusal> {
        let (rules, answers) = (asked.rules().clone(), asked.answers().clone());
        let alone = OutlineAsked::new(rules, asked.use_at(), outline.clone(), answers);
        let Some(alone) = alone else { return Ok(None) };
        match self.outline(visit, &alone).await {
            Ok(OutlineAssessment { told: ToldOfOutline::Judged(judged), .. }) => {
                let JudgedOutline { judged, .. } = *judged;
                Ok(Some(judged.verdict))
            }
            Ok(_) | Err(Refusal::TooMany { .. }) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// What can be said of an outline as a whole.
    async fn outline(
        &self,
        visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal> {
        let look = async {
            let (gate, asked, on) = (self.gate.clone(), asked.clone(), self.gate.today());
            // It is never closed.
            let leave = self.judging_outlines.clone().acquire_owned().await;
            let read = store::read(&*self.gate.store, move |moment| {
                let _leave = leave;
                suitability::drawn::assessed(&gate, moment, &asked, on)
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
