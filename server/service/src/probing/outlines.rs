//! Outlines that are drawn: each is a look, and what lies beside those of before is dearer (*sites S12*).

use std::{
    collections::VecDeque,
    sync::PoisonError,
    time::{Duration, Instant},
};

use domain::{digest::keyed_digest, outline::Outline};
use geo::{BoundingRect, CoordsIter};

use super::{Asker, Counter, DEAR, MOST_CLIENTS, Probing, REMEMBERED};

/// Side of the smallest squares of ground, degrees: about 500 m.
const SIDE: f64 = 0.005;
/// As many squares an outline is counted in; of a larger one they are larger.
const MOST_SQUARES: i32 = 16;
/// How often somebody may be told the same again for nothing: working it out costs time.
const AGAIN: u32 = 20;

/// A square of ground: how often its side was doubled, and where it is, counted from 0° east and north.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Square(u8, i32, i32);

/// An outline that somebody was answered about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    digest: [u8; 32],
    /// How often it was told again.
    again: u32,
}

/// An outline as it is counted: what it is, and where.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    digest: [u8; 32],
    squares: Vec<Square>,
    /// Whom it is counted against besides whoever asks.
    also: Option<Asker>,
}

impl Drawing {
    /// Of an outline, whatever is asked of it.
    pub(crate) fn of(outline: &Outline) -> Self {
        let mut bytes = Vec::new();
        for corner in outline.shape().coords_iter() {
            bytes.extend_from_slice(&corner.x.to_le_bytes());
            bytes.extend_from_slice(&corner.y.to_le_bytes());
        }
        let squares = outline.shape().bounding_rect().map_or_else(Vec::new, |bounds| {
            #[expect(clippy::cast_possible_truncation, reason = "degrees over a square fit by far")]
            let at = |degrees: f64| (degrees / SIDE).floor() as i32;
            let (mut west, mut east) = (at(bounds.min().x), at(bounds.max().x));
            let (mut south, mut north) = (at(bounds.min().y), at(bounds.max().y));
            let mut doubled = 0;
            // A shift is the square of twice the side that holds this one, west and south of 0° too.
            while (east - west + 1).saturating_mul(north - south + 1) > MOST_SQUARES {
                (west, east, south, north) = (west >> 1, east >> 1, south >> 1, north >> 1);
                doubled += 1;
            }
            let column = |east: i32| (south..=north).map(move |north| Square(doubled, east, north));
            (west..=east).flat_map(column).collect()
        });
        Self { digest: keyed_digest(&[0; 32], &[&bytes]), squares, also: None }
    }

    /// Counted against somebody else besides whoever asks.
    pub(crate) fn also_by(self, asker: Asker) -> Self {
        Self { also: Some(asker), ..self }
    }
}

impl Probing {
    /// Counts an outline before anybody looks at its ground; how long to wait first. The same one again costs
    /// nothing, twenty times: it was answered.
    ///
    /// # Errors
    /// The seconds to wait, when it is one too many.
    pub(crate) fn draw(
        &self,
        asker: &Asker,
        drawing: &Drawing,
        now: Instant,
    ) -> Result<Duration, u64> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = memory.drawn.get_mut(asker);
        let before =
            drawn.and_then(|drawn| drawn.iter_mut().find(|one| one.digest == drawing.digest));
        if let Some(before) = before.filter(|before| before.again < AGAIN) {
            before.again += 1;
            return Ok(Duration::ZERO);
        }
        let allowances = &self.allowances;
        let crowded = |square: &Square| {
            memory.would(allowances, &Counter::OutlinesByAll(*square), 1.0, now).is_err()
        };
        let cost = if drawing.squares.iter().any(crowded) { DEAR } else { 1.0 };
        let askers = || [Some(asker), drawing.also.as_ref()].into_iter().flatten();
        let on = |asker: &Asker, at: &Square| Counter::OutlinesOn(asker.clone(), *at);
        let mut counters: Vec<Counter> = askers().cloned().map(Counter::Outlines).collect();
        for asker in askers() {
            counters.extend(drawing.squares.iter().map(|at| on(asker, at)));
        }
        let mut pause = Duration::ZERO;
        let mut refused = None;
        for counter in &counters {
            match memory.would(allowances, counter, cost, now) {
                Ok(one) => pause = pause.max(one),
                Err(seconds) => refused = refused.max(Some(seconds)),
            }
        }
        if let Some(seconds) = refused {
            return Err(seconds);
        }
        for counter in counters {
            memory.add(allowances, counter, cost, now);
        }
        for square in &drawing.squares {
            // Nobody alone makes a place dear for all.
            let own = Counter::OutlinesToAll(asker.clone(), *square);
            if memory.would(allowances, &own, 1.0, now).is_ok() {
                memory.add(allowances, own, 1.0, now);
                memory.add(allowances, Counter::OutlinesByAll(*square), 1.0, now);
            }
        }
        Ok(pause)
    }

    /// Notes that somebody was answered about an outline.
    pub(crate) fn drawn(&self, asker: &Asker, drawing: &Drawing) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.drawn.len() >= MOST_CLIENTS && !memory.drawn.contains_key(asker) {
            let some: Vec<Asker> = memory.drawn.keys().take(MOST_CLIENTS / 10).cloned().collect();
            for asker in some {
                memory.drawn.remove(&asker);
            }
        }
        let drawn: &mut VecDeque<Answered> = memory.drawn.entry(asker.clone()).or_default();
        if drawn.iter().any(|one| one.digest == drawing.digest) {
            return;
        }
        if drawn.len() >= REMEMBERED {
            drawn.pop_front();
        }
        drawn.push_back(Answered { digest: drawing.digest, again: 0 });
    }
}
