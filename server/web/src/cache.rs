//! Answers about places that are the same for everybody until the data change, kept as they are sent.
//!
//! What goes in is public and holds nothing of who asked: [`Key::of_page`] and [`Key::of_api`] say for
//! which requests. It is given again only at the moment that it is of, which is looked up at each
//! answer, for another process may have published meanwhile. Who asks is counted and slowed as
//! without it (rule P6), so nothing may stand before the portal that answers in its place.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{LandCode, Locale, clock::china_date, code::Parsed, dataset::Epoch, viewer::Tier};
use jiff::civil::Date;
use quick_cache::{Weighter, sync};
use service_api::{Place, Refusal, Visit};

use crate::{
    cookies,
    identity::HEADER,
    metrics::Metrics,
    render::own_host,
    representation::{Representation, Terms},
    security::visitor::Visitor,
    state::AppState,
};

/// What is asked of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Its page.
    Profile {
        /// In this language.
        locale: Locale,
        /// For the elderly.
        elder: bool,
    },
    /// It as a GeoJSON feature.
    Feature,
    /// What restricts it.
    Restrictions,
}

/// Of which data, on which day in China an answer is: rights end and layers begin at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    epoch: Epoch,
    day: Date,
}

impl Moment {
    /// This moment; `None` where it is not known which data are current.
    #[must_use]
    pub fn now(state: &AppState) -> Option<Self> {
        Some(Self { epoch: state.portal.epoch()?, day: china_date(state.clock.now()) })
    }
}

/// All that an answer depends on. Whatever a page of a place comes to depend on belongs here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: LandCode,
    view: View,
    /// What the request called us, where the configuration does not say it.
    host: String,
    at: Moment,
}

impl Key {
    /// The page of a place, where the request asks for what everybody would get.
    pub(crate) fn of_page(
        state: &AppState,
        visitor: &Visitor,
        request: &Request,
        read: &Parsed<LandCode>,
    ) -> Option<Self> {
        // Of a code that is odd the page says what is odd about how it was written.
        let plain = read.warnings.is_empty() && request.uri().query().is_none();
        let headers = request.headers();
        if !plain || !request.method().is_safe() || !is_everybodys(visitor, headers) {
            return None;
        }
        let (locale, elder) = (cookies::locale(headers), cookies::elder(headers));
        let host = state.settings.site.host.is_none().then(|| own_host(state, headers));
        let (view, at) = (View::Profile { locale, elder }, Moment::now(state)?);
        Some(Self { code: read.code, view, host: host.unwrap_or_default(), at })
    }

    /// What a program reads of a place.
    pub(crate) fn of_api(
        state: &AppState,
        visitor: &Visitor,
        headers: &HeaderMap,
        (view, code): (View, LandCode),
    ) -> Option<Self> {
        let at = is_everybodys(visitor, headers).then(|| Moment::now(state))??;
        Some(Self { code, view, host: String::new(), at })
    }

    fn is_now(&self, state: &AppState) -> bool {
        Moment::now(state) == Some(self.at)
    }
}

/// Whoever shows a proof of who they are gets an answer of their own, whatever it proves.
fn is_everybodys(visitor: &Visitor, headers: &HeaderMap) -> bool {
    visitor.visit.viewer.tier == Tier::Public && !headers.contains_key(HEADER)
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<Key, Arc<Representation>> for ByBytes {
    fn weight(&self, key: &Key, kept: &Arc<Representation>) -> u64 {
        key.host.len() as u64 + kept.most_bytes()
    }
}

/// What a look came to.
#[derive(Debug)]
pub(crate) enum Looked {
    /// The answer is at hand.
    Kept(Arc<Representation>),
    /// The place, for whoever makes the answer.
    Place(Box<Place>),
}

/// Kept answers, the least asked of which go first.
#[derive(Debug)]
pub struct Cache {
    kept: sync::Cache<Key, Arc<Representation>, ByBytes>,
    /// The moment that was last asked for.
    at: Mutex<Option<Moment>>,
    metrics: Arc<Metrics>,
}

impl Cache {
    /// Keeps at most so many bytes.
    #[must_use]
    pub fn new(bytes: u64, metrics: Arc<Metrics>) -> Self {
        /// What a page of a place weighs, about, bytes.
        const PAGE: u64 = 70_000;
        /// Room for entries is made at once.
        const MOST_PAGES: u64 = 1_000_000;
        let pages = usize::try_from((bytes / PAGE).min(MOST_PAGES)).unwrap_or_default();
        let kept = sync::Cache::with_weighter(pages, bytes, ByBytes);
        Self { kept, at: Mutex::default(), metrics }
    }

    /// A look at a place by whoever asks for this answer.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) async fn look(
        &self,
        state: &AppState,
        visit: &Visit,
        key: &Key,
    ) -> Result<Looked, Refusal> {
        let at_hand = || self.is_at_hand(state, key);
        if let Some(place) = state.portal.look_unless(visit, &key.code, &at_hand).await? {
            return Ok(Looked::Place(Box::new(place)));
        }
        match self.kept.get(key) {
            Some(kept) => {
                self.metrics.kept_answer(true);
                Ok(Looked::Kept(kept))
            }
            // Its room was taken away meanwhile.
            None => state.portal.look(visit, &key.code).await.map(Box::new).map(Looked::Place),
        }
    }

    /// Whether an answer is kept and of this moment. What is of another goes: it may be of what was
    /// classified since.
    fn is_at_hand(&self, state: &AppState, key: &Key) -> bool {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if at.replace(key.at) != Some(key.at) {
            self.kept.clear();
        }
        drop(at);
        self.kept.contains_key(key) && key.is_now(state)
    }

    /// The page of a place that `make` makes, or that somebody else makes of it at this moment; what is
    /// none comes back as it is.
    pub(crate) async fn page(
        &self,
        state: &AppState,
        key: &Key,
        make: impl Future<Output = Response>,
    ) -> Result<Arc<Representation>, Response> {
        let make = async { whole(make.await).await };
        self.kept_or(key, || key.is_now(state), make).await
    }

    /// The same of what a program reads.
    pub(crate) async fn document(
        &self,
        state: &AppState,
        key: &Key,
        make: impl FnOnce() -> Representation,
    ) -> Arc<Representation> {
        let make = async { Ok::<_, Infallible>(make()) };
        let Ok(made) = self.kept_or(key, || key.is_now(state), make).await;
        made
    }

    /// What is kept, or what `make` makes; of many at once one makes it, and it is kept if its moment is
    /// not over by then.
    async fn kept_or<E>(
        &self,
        key: &Key,
        is_now: impl Fn() -> bool,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Arc<Representation>, E> {
        let guard = match self.kept.get_value_or_guard_async(key).await {
            Ok(kept) => return Ok(kept),
            Err(guard) => guard,
        };
        self.metrics.kept_answer(false);
        let made = Arc::new(make.await?);
        if is_now() {
            // It fails where the room was taken away meanwhile: then it is not kept.
            let _ = guard.insert(Arc::clone(&made));
        }
        Ok(made)
    }
}

/// A rendered page as a whole; anything else comes back as it is.
async fn whole(response: Response) -> Result<Representation, Response> {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).cloned();
    let (StatusCode::OK, Some(kind), false) =
        (response.status(), kind, headers.contains_key(header::SET_COOKIE))
    else {
        return Err(response);
    };
    match to_bytes(response.into_body(), usize::MAX).await {
        Ok(body) => Ok(Representation::new(kind, Terms::Page, body)),
        Err(error) => {
            tracing::error!(%error, "a page broke off while it was rendered");
            Err(StatusCode::INTERNAL_SERVER_ERROR.into_response())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::{body::Bytes, http::HeaderValue};
    use domain::code::Strictness;
    use jiff::civil::date;

    use super::*;

    fn cache(bytes: u64) -> Cache {
        Cache::new(bytes, Arc::new(Metrics::new().unwrap()))
    }

    fn key(number: usize, epoch: u64) -> Key {
        let code = format!("330521001001GB{number:05}");
        let code = LandCode::parse(&code, Strictness::Issue).unwrap().code;
        let at = Moment { epoch: Epoch(epoch), day: date(2026, 11, 29) };
        Key { code, view: View::Feature, host: String::new(), at }
    }

    fn answer(bytes: usize) -> Representation {
        let kind = HeaderValue::from_static("application/json");
        Representation::new(kind, Terms::Api, Bytes::from(vec![b' '; bytes]))
    }

    async fn keep(cache: &Cache, key: &Key, is_now: bool) {
        let make = async { Ok::<_, Infallible>(answer(5_000)) };
        let Ok(_made) = cache.kept_or(key, || is_now, make).await;
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_makes_the_answer() {
        let (cache, made) = (Arc::new(cache(1 << 20)), Arc::new(AtomicUsize::new(0)));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (cache, made) = (Arc::clone(&cache), Arc::clone(&made));
            asking.spawn(async move {
                let make = async {
                    made.fetch_add(1, Ordering::Relaxed);
                    for _ in 0..20 {
                        tokio::task::yield_now().await;
                    }
                    Ok::<_, Infallible>(answer(10))
                };
                let Ok(_made) = cache.kept_or(&key(1, 1), || true, make).await;
            });
        }
        asking.join_all().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn p5_what_was_published_away_while_it_was_made_is_not_kept() {
        let cache = cache(1 << 20);
        keep(&cache, &key(1, 1), false).await;
        assert!(cache.kept.get(&key(1, 1)).is_none());
        keep(&cache, &key(1, 1), true).await;
        assert!(cache.kept.get(&key(1, 1)).is_some());
        let tomorrow = Moment { day: date(2026, 11, 30), ..key(1, 1).at };
        for other in [key(1, 2), key(2, 1), Key { at: tomorrow, ..key(1, 1) }] {
            assert!(cache.kept.get(&other).is_none(), "{other:?}");
        }
    }

    #[tokio::test]
    async fn whoever_asks_for_everything_fills_no_more_than_the_bound() {
        let bound = 1 << 20;
        let cache = cache(bound);
        for number in 1..2_000 {
            keep(&cache, &key(number, 1), true).await;
            assert!(cache.kept.weight() <= bound, "{number}: {}", cache.kept.weight());
        }
        assert!(cache.kept.len() > 10, "it keeps some");
        let none = self::cache(0);
        keep(&none, &key(1, 1), true).await;
        assert!(none.kept.get(&key(1, 1)).is_none());
    }
}
