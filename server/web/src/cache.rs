//! Answers about places that are the same for everybody until the data change, kept as they are sent.
//!
//! What goes in is public and holds nothing of who asked: [`Key::of`] says for which requests. It
//! answers only while the data and the day are those it was made of, which is looked up at each
//! answer, for another process may have published meanwhile. Who asks is counted and slowed as
//! without it (rule P6), so nothing may stand before the portal that answers in its place.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use domain::{LandCode, Locale, clock::china_date, code::Parsed, dataset::Epoch, viewer::Tier};
use jiff::civil::Date;
use quick_cache::{Weighter, sync};
use service_api::{Refusal, Visit};

use crate::{
    cookies,
    identity::HEADER,
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

/// What an answer is kept under: all that it depends on but the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: LandCode,
    view: View,
    /// What the request called us, where the configuration does not say it.
    host: String,
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
        let asks = *request.method() == Method::GET && plain;
        let headers = request.headers();
        (asks && is_everybodys(visitor, headers)).then(|| {
            let (locale, elder) = (cookies::locale(headers), cookies::elder(headers));
            let host = state.settings.site.host.is_none().then(|| own_host(state, headers));
            let view = View::Profile { locale, elder };
            Self { code: read.code, view, host: host.unwrap_or_default() }
        })
    }

    /// What a program reads of a place.
    pub(crate) fn of_api(
        view: View,
        visitor: &Visitor,
        headers: &HeaderMap,
        code: LandCode,
    ) -> Option<Self> {
        is_everybodys(visitor, headers).then(|| Self { code, view, host: String::new() })
    }
}

/// Whoever shows a proof of who they are gets an answer of their own, whatever it proves.
fn is_everybodys(visitor: &Visitor, headers: &HeaderMap) -> bool {
    visitor.visit.viewer.tier == Tier::Public && !headers.contains_key(HEADER)
}

/// Of which data, on which day in China an answer is: rights end and layers begin at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

#[derive(Debug)]
struct Kept {
    /// None where that was not known: it is never answered again.
    of: Option<Moment>,
    answer: Representation,
}

#[derive(Clone, Debug)]
struct ByBytes;

impl Weighter<Key, Arc<Kept>> for ByBytes {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        key.host.len() as u64 + kept.answer.most_bytes()
    }
}

/// Kept answers, the least asked of which go first.
#[derive(Debug)]
pub struct Cache(sync::Cache<Key, Arc<Kept>, ByBytes>);

/// An answer that is to be kept, if its moment is not over when it is made.
pub struct Making<'s> {
    state: &'s AppState,
    key: Key,
    /// When the making began.
    began: Option<Moment>,
}

/// An answer that is at hand or was just made.
pub struct Made(Arc<Kept>);

impl Made {
    /// It.
    #[must_use]
    pub fn answer(&self) -> &Representation {
        &self.0.answer
    }
}

impl Cache {
    /// Keeps at most so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        /// What a page of a place weighs, about, bytes.
        const PAGE: u64 = 100_000;
        let pages = usize::try_from(bytes / PAGE).unwrap_or(usize::MAX);
        Self(sync::Cache::with_weighter(pages, bytes, ByBytes))
    }

    /// What is kept of a place, for a visit that may look again; none where there is nothing of this
    /// moment.
    ///
    /// # Errors
    /// [`Refusal`], as for a look that finds the place.
    pub(crate) async fn again(
        &self,
        state: &AppState,
        visit: &Visit,
        key: &Key,
    ) -> Result<Option<Made>, Refusal> {
        let at_hand = self.0.contains_key(key);
        let mut made = None;
        if at_hand {
            state.portal.look_again(visit, &key.code).await?;
            // Not sooner: whoever is slowed may wait while somebody publishes.
            made = self.get(key, Moment::now(state));
        }
        state.metrics.kept_answer(made.is_some());
        Ok(made)
    }

    /// What is kept and of this moment. What is not goes.
    fn get(&self, key: &Key, now: Option<Moment>) -> Option<Made> {
        let kept = self.0.get(key)?;
        if now.is_some() && kept.of == now {
            return Some(Made(kept));
        }
        self.0.remove_if(key, |other| Arc::ptr_eq(other, &kept));
        None
    }

    /// What is kept since `began`, or what `make` makes; of many at once one makes it, and it is kept if
    /// its moment is not over by then.
    async fn kept_or<E>(
        &self,
        key: &Key,
        began: Option<Moment>,
        now: impl Fn() -> Option<Moment>,
        make: impl Future<Output = Result<Representation, E>>,
    ) -> Result<Made, E> {
        let mut guard = None;
        if began.is_some() {
            match self.0.get_value_or_guard_async(key).await {
                Ok(kept) if kept.of == began => return Ok(Made(kept)),
                // Somebody made it of other data meanwhile.
                Ok(_) => {}
                Err(only) => guard = Some(only),
            }
        }
        let made = Arc::new(Kept { of: began, answer: make.await? });
        if let Some(guard) = guard.filter(|_| now() == began) {
            // It fails where the room was taken away meanwhile: then it is not kept.
            let _ = guard.insert(Arc::clone(&made));
        }
        Ok(Made(made))
    }
}

impl<'s> Making<'s> {
    /// Begins before anything is looked up.
    pub(crate) fn begin(state: &'s AppState, key: Key) -> Self {
        Self { state, key, began: Moment::now(state) }
    }

    /// The answer that `make` makes, or that somebody else makes of the same at this moment; what is no
    /// page of a place comes back as it is.
    pub(crate) async fn page(self, make: impl Future<Output = Response>) -> Result<Made, Response> {
        let Self { state, key, began } = self;
        let make = async { whole(make.await).await };
        state.cache.kept_or(&key, began, || Moment::now(state), make).await
    }

    /// The same of what a program reads.
    pub(crate) async fn document(self, make: impl FnOnce() -> Representation) -> Made {
        let Self { state, key, began } = self;
        let make = async { Ok::<_, Infallible>(make()) };
        let Ok(made) = state.cache.kept_or(&key, began, || Moment::now(state), make).await;
        made
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
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Ok(Representation::new(kind, Terms::Page, body)),
        Err(error) => {
            tracing::error!(%error, "a page broke off while it was rendered");
            Err(Response::from_parts(parts, axum::body::Body::empty()))
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

    fn key(number: usize) -> Key {
        let code = format!("330521001001GB{number:05}");
        let code = LandCode::parse(&code, Strictness::Issue).unwrap().code;
        Key { code, view: View::Feature, host: String::new() }
    }

    const fn moment(epoch: u64) -> Option<Moment> {
        Some(Moment { epoch: Epoch(epoch), day: date(2026, 11, 29) })
    }

    fn answer(bytes: usize) -> Representation {
        let kind = HeaderValue::from_static("application/json");
        Representation::new(kind, Terms::Api, Bytes::from(vec![b' '; bytes]))
    }

    async fn keep(cache: &Cache, key: &Key, began: Option<Moment>, ended: Option<Moment>) {
        let make = async { Ok::<_, Infallible>(answer(10)) };
        let Ok(_made) = cache.kept_or(key, began, || ended, make).await;
    }

    #[tokio::test]
    async fn of_many_who_ask_at_once_one_makes_the_answer() {
        let (cache, made) = (Arc::new(Cache::new(1 << 20)), Arc::new(AtomicUsize::new(0)));
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
                let Ok(_made) = cache.kept_or(&key(1), moment(1), || moment(1), make).await;
            });
        }
        asking.join_all().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn p5_an_answer_is_given_again_only_at_the_moment_that_it_is_of() {
        let (cache, key) = (Cache::new(1 << 20), key(1));
        keep(&cache, &key, moment(1), moment(1)).await;
        assert!(cache.get(&key, moment(1)).is_some());
        let tomorrow = moment(1).map(|now| Moment { day: now.day.tomorrow().unwrap(), ..now });
        for other in [moment(2), tomorrow, None] {
            keep(&cache, &key, moment(1), moment(1)).await;
            assert!(cache.get(&key, other).is_none(), "{other:?}");
            assert!(!cache.0.contains_key(&key), "it is gone: {other:?}");
        }
        // Published while it was made, or nobody knows what is current.
        keep(&cache, &key, moment(2), moment(3)).await;
        keep(&cache, &key, None, None).await;
        assert!(!cache.0.contains_key(&key));
    }

    #[tokio::test]
    async fn whoever_asks_for_everything_fills_no_more_than_the_bound() {
        let bound = 1 << 20;
        let cache = Cache::new(bound);
        for number in 1..2_000 {
            let make = async { Ok::<_, Infallible>(answer(5_000)) };
            let Ok(_made) = cache.kept_or(&key(number), moment(1), || moment(1), make).await;
            assert!(cache.0.weight() <= bound, "{number}: {}", cache.0.weight());
        }
        assert!(cache.0.len() > 10, "it keeps some");
        let none = Cache::new(0);
        keep(&none, &key(1), moment(1), moment(1)).await;
        assert!(none.get(&key(1), moment(1)).is_none());
    }
}
