//! The words of the feed of a search: what the newest imports brought, for who follows it. How it is written is
//! for whoever answers with it.

use domain::{LandCode, Locale};
use jiff::Timestamp;
use service_api::{
    SitesFound,
    site_changes::{ChangedSite, SitesChanged, SitesSince},
};

use crate::{
    format,
    pages::{
        changed::{counts, from_to, nothing, reasons},
        text_of,
    },
    site_search::SearchQuestion,
    urls,
    words::Words,
};

/// What a feed says.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldFeed {
    /// What is followed.
    pub title: String,
    /// That it is information and decides nothing, and what is left out.
    pub subtitle: String,
    /// Who gives it.
    pub author: String,
    /// When the newest of the data became current.
    pub updated: Timestamp,
    /// The page of what is followed, on this portal.
    pub page: String,
    /// Of a search what the import brought as a whole, then each site.
    pub entries: Vec<FeedEntry>,
}

/// One thing that a feed tells.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    /// What makes it another entry than all others of the same search: versions of the data, and of a site its
    /// code and its band.
    pub what: Vec<String>,
    /// In a line.
    pub title: String,
    /// With the reasons.
    pub text: String,
    /// When the data became current that it is told by.
    pub updated: Timestamp,
    /// Where more is said, on this portal.
    pub page: String,
}

impl ToldFeed {
    /// In a language; `None` where the question is none, or data were never searched.
    #[must_use]
    pub fn of(locale: Locale, asked: &SearchQuestion, found: &SitesFound) -> Option<Self> {
        let words = Words(locale);
        let page = asked.follow_from()?;
        let updated = found.versions.iter().map(|version| version.imported_at).max()?;
        let title = words.fill("site_feed_title", &[("use", &words.pick(&found.of().name))]);
        let labels: Vec<String> = found.versions.iter().map(|version| version.label()).collect();
        let whole = |text: String| FeedEntry {
            what: labels.clone(),
            title: words.fill("site_feed_data", &[("data", &labels.join(words.t("list_comma")))]),
            text,
            updated,
            page: page.clone(),
        };
        let since = found.since.as_ref()?;
        let entries = match since {
            SitesSince::Told(changed) => {
                let sites = changed.sites.iter().map(|site| entry(words, asked, found, site));
                let text = summary(words, changed);
                [whole(text)].into_iter().chain(sites).collect()
            }
            SitesSince::Same => Vec::new(),
            SitesSince::NotKept => vec![whole(words.t("site_feed_not_kept").to_owned())],
            other => nothing(words, other).map(|text| whole(text.to_owned())).into_iter().collect(),
        };
        let subtitle = [words.t("sites_no_decision"), words.t("site_changes_silent")].join(" ");
        let author = words.t("site_name").to_owned();
        Some(Self { title, subtitle, author, updated, page, entries })
    }
}

fn summary(words: Words, changed: &SitesChanged) -> String {
    let counts = counts(words, changed);
    if changed.more { format!("{counts} {}", words.t("site_changes_more")) } else { counts }
}

fn entry(
    words: Words,
    asked: &SearchQuestion,
    found: &SitesFound,
    site: &ChangedSite,
) -> FeedEntry {
    let code = LandCode::Parcel(site.code);
    let of = (found.rules.id.as_str(), found.of().id.as_str());
    let place = site.location.as_ref().and_then(|value| text_of(words, value));
    let name = place.map_or_else(
        || site.code.to_string(),
        |place| words.fill("site_feed_place", &[("place", &place), ("code", site.code.as_str())]),
    );
    let moved = from_to(words, site);
    let band = site.now.map_or("none", service_api::site_search::Band::name);
    let version = &site.version;
    let by = words.fill(
        "site_feed_by",
        &[
            ("date", &format::date(words.0, version.dataset.source_date)),
            ("data", &version.label()),
        ],
    );
    FeedEntry {
        what: vec![version.label(), site.code.to_string(), band.to_owned()],
        title: format!("{name}{}{moved}", words.t("list_semicolon")),
        text: reasons(words, found, site).into_iter().chain([by]).collect::<Vec<_>>().join(" "),
        updated: version.imported_at,
        page: match site.now {
            Some(_) => urls::sites(of, &[code], &asked.question.typed.answers),
            None => urls::place(&code),
        },
    }
}
