//! The feed of a search (Atom, RFC 4287): what the newest imports brought, for whoever follows it.

use app::{
    site_feed::{FeedEntry, ToldFeed},
    site_search::SearchQuestion,
    urls,
};
use atom_syndication::{Entry, Feed, FixedDateTime, Link, Person, Text};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::Locale;
use jiff::{Timestamp, tz::Offset};
use service_api::{SiteSearch, SitesSince, Unavailable};

use crate::{
    not_ready, pages::form_value, render::own_host, security::visitor::Visitor, state::AppState,
};

/// What it is sent as.
const ATOM: &str = "application/atom+xml; charset=utf-8";

/// `GET /sites/search.atom`: asked as the page is, with the language, for readers of feeds keep no cookie. What
/// asks for anything else is led to the page, which says what is wrong with it, or that nothing is searched.
pub async fn feed(State(state): State<AppState>, visitor: Visitor, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let language = form_value(query.as_bytes(), urls::FEED_LANGUAGE);
    let locale = language.as_deref().and_then(Locale::from_name).unwrap_or_default();
    let question = SearchQuestion::read(query, state.portal.rule_sets());
    let page = question.follow_from().unwrap_or_else(|| format!("{}?{query}", urls::SITE_SEARCH));
    let to_page = || Redirect::to(&page).into_response();
    let (Some(own), Some(wanted)) = (question.feed(locale), question.followed()) else {
        return to_page();
    };
    let here = request.uri().path_and_query().map_or("", |path| path.as_str());
    // One address: entries are known by it.
    if own != here {
        return Redirect::to(&own).into_response();
    }
    let found = match state.portal.search_sites(&visitor.visit, &wanted).await {
        Ok(SiteSearch::Found(found)) => found,
        Ok(SiteSearch::NotYet { retry_after }) => {
            return not_ready::problem(&visitor.id, retry_after);
        }
        Ok(SiteSearch::NoList | SiteSearch::NotOffered) => return to_page(),
        Err(refusal) => return visitor.page(&state, request, &refusal).await,
    };
    if let Some(SitesSince::NotYet { retry_after }) = found.since {
        return not_ready::problem(&visitor.id, retry_after);
    }
    let said = ToldFeed::of(locale, &question, &found);
    let here = Here::of(&state, request.headers());
    match said.and_then(|said| answer(locale, &said, &here, &own)) {
        Some(response) => response,
        None => {
            tracing::error!("the feed of a search could not be written");
            visitor.page(&state, request, &Unavailable.into()).await
        }
    }
}

/// A feed as it is sent; `own` is its address. `None` where it cannot be written.
pub(crate) fn answer(locale: Locale, said: &ToldFeed, here: &Here, own: &str) -> Option<Response> {
    let text = written(locale, said, here, own)?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(ATOM));
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(([kind, kept], text).into_response())
}

/// Where the portal is reached.
pub(crate) struct Here {
    host: String,
    tls: bool,
}

impl Here {
    /// As whoever asks so reaches it.
    pub(crate) fn of(state: &AppState, headers: &HeaderMap) -> Self {
        Self { host: own_host(state, headers), tls: state.settings.site.tls }
    }

    /// A path as a whole address.
    pub(crate) fn address(&self, path: &str) -> String {
        let host = if self.host.is_empty() { "localhost" } else { &self.host };
        urls::absolute(self.tls, host, path)
    }

    /// The name of an entry for all time (RFC 4151): the host, the day its data became current, what it is of
    /// and by which question.
    fn tag(&self, of: &FeedEntry, own: &str) -> String {
        let host = self.host.split(':').next().filter(|host| !host.is_empty());
        let host = host.unwrap_or("localhost");
        let day = Offset::UTC.to_datetime(of.updated).date();
        let query = own.split_once('?').map_or("", |(_, query)| query);
        format!("tag:{host},{day}:{}?{query}", of.what.join("/"))
    }
}

fn written(locale: Locale, said: &ToldFeed, here: &Here, own: &str) -> Option<String> {
    let link = |rel: &str, path: &str, kind: &str| Link {
        href: here.address(path),
        rel: rel.to_owned(),
        mime_type: Some(kind.to_owned()),
        hreflang: Some(locale.tag().to_owned()),
        ..Link::default()
    };
    let page = "text/html";
    let entry = |entry: &FeedEntry| {
        Some(Entry {
            id: here.tag(entry, own),
            title: plain(&entry.title),
            summary: Some(plain(&entry.text)),
            updated: instant(entry.updated)?,
            links: vec![link("alternate", &entry.page, page)],
            ..Entry::default()
        })
    };
    let feed = Feed {
        id: here.address(own),
        title: plain(&said.title),
        subtitle: Some(plain(&said.subtitle)),
        updated: instant(said.updated)?,
        authors: vec![Person { name: said.author.clone(), ..Person::default() }],
        links: vec![link("self", own, "application/atom+xml"), link("alternate", &said.page, page)],
        lang: Some(locale.tag().to_owned()),
        entries: said.entries.iter().map(entry).collect::<Option<_>>()?,
        ..Feed::default()
    };
    Some(feed.to_string())
}

/// A text without the characters that XML has no way to write.
fn plain(text: &str) -> Text {
    Text::plain(text.chars().filter(|letter| !letter.is_control()).collect::<String>())
}

fn instant(at: Timestamp) -> Option<FixedDateTime> {
    FixedDateTime::parse_from_rfc3339(&at.to_string()).ok()
}
