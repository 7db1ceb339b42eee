//! *Where could I?* Every site that may be listed, judged for a use.

#![expect(unused_qualifications, reason = "the OpenAPI macro writes them")]

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    code::ParcelCode,
    record::Value,
    suitability::{Answer, FactKey, RuleSet},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use service_api::{
    SiteSearch, SitesFound, SitesWanted,
    site_search::{Band, FoundSite, MOST_ON_PAGE, SIZE_STEPS_M2, Sizes},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    how_many::HowMany,
    paths,
    site_changes::{self, Changes},
    suitability::{Edition, NOTICE},
};
use crate::{not_ready, problem::Problem, security::visitor::Visitor, state::AppState};

/// Sites on a page, unless told.
const ON_A_PAGE: usize = 20;

/// What is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SitesQuery {
    /// The rule set, by its id; may be left out where the portal has one.
    rules: Option<String>,
    /// The use, by its id in the set.
    #[serde(rename = "use")]
    #[param(rename = "use")]
    of: String,
    /// An answer of the applicant, `builds:no`: a question of the rules and `yes`, `no`, an option, a figure
    /// in the unit of the question, or `unknown`. May stand more than once.
    #[serde(default)]
    answer: Vec<String>,
    /// Only sites from this size on, m²: 100, 500, 2000, 10000, 50000 or 200000.
    min: Option<u32>,
    /// Only sites below this size, m²; of the same steps.
    max: Option<u32>,
    /// Which sites are listed: `yes` (unless told), `maybe` or `no`.
    band: Option<String>,
    /// At most this many on a page, 1 to 50; 20 unless told.
    limit: Option<usize>,
    /// Which page, from 1; one beyond the last is the last.
    page: Option<usize>,
    /// Asks besides what has changed: since the data version before the current one (`before`), or since those
    /// that were searched then, `dataset/number`, each in a `since` of its own.
    #[serde(default)]
    since: Vec<String>,
}

/// What comes of a search.
#[derive(Debug, Serialize, ToSchema)]
pub struct Searched {
    /// 参考信息，不是行政决定.
    notice: &'static str,
    /// What is said.
    told: Saying,
    /// What was found; only where `told` is `found`.
    #[serde(flatten)]
    found: Option<Found>,
}

/// What is said of a search.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// Sites were searched.
    Found,
    /// A register without a published list is not searched: ask for a place by its code.
    NoList,
    /// This portal searches no sites.
    NotOffered,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// The rules it is said by.
    rules: Edition,
    /// The use, by its id in the set.
    #[serde(rename = "use")]
    of: String,
    /// The day it is said, in China.
    #[schema(value_type = String)]
    on: Date,
    /// The data that were searched, `dataset/number`.
    data_versions: Vec<String>,
    /// Whether of some of them only parcels with a published supply result were searched.
    listed_only: bool,
    /// How many suit.
    suits: HowMany,
    /// How many suit if something is obtained.
    suits_if: HowMany,
    /// How many of each band: `yes` (both of these), `maybe` (it cannot be said), `no`.
    #[schema(value_type = Object)]
    bands: BTreeMap<&'static str, HowMany>,
    /// How many are of other sizes; they are in no band.
    other_sizes: HowMany,
    /// What is not known of the sites of the band `maybe`, the most first: a site may stand under several.
    missing: Vec<Missing>,
    /// For each rule how many more would be in the band `yes` without it.
    without: Vec<Without>,
    /// Where nothing is found, the one rule without which most would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    relax: Option<String>,
    /// Whether every way in which the unknown may come out was looked at; else *maybe* is said too often,
    /// and never too rarely.
    exact: bool,
    /// Which band is listed.
    band: &'static str,
    /// Its sites, by code.
    sites: Vec<ListedSite>,
    /// Which page, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
    /// What has changed, where `since` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Changes>,
}

/// A fact that is not known.
#[derive(Debug, Serialize, ToSchema)]
pub struct Missing {
    /// The fact, as verdicts name it.
    #[schema(value_type = Object)]
    fact: FactKey,
    /// The office that knows, by its id in the rules; none where it is the applicant.
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// Of so many sites.
    sites: HowMany,
}

/// What a rule costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Without {
    /// The rule, by its id in the set.
    rule: String,
    /// So many more sites without it.
    more: HowMany,
}

/// A site in a list: no outline, no exact position.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSite {
    /// The parcel.
    #[schema(value_type = String)]
    code: ParcelCode,
    /// `suits`, `suits_if`, `does_not`, `cannot_be_said`: what it is told alone.
    #[schema(value_type = String)]
    answer: Answer,
    /// Its address, where lists tell that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    location: Option<Value>,
    /// Longitude and latitude, degrees, to three decimals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<f64>>)]
    centroid: Option<(f64, f64)>,
    /// The data it was judged by, `dataset/number`.
    data_version: String,
}

impl From<FoundSite> for ListedSite {
    fn from(site: FoundSite) -> Self {
        let FoundSite { code, answer, location, point: centroid, data_version, .. } = site;
        Self { code, answer, location, centroid, data_version }
    }
}

impl From<SitesFound> for Found {
    fn from(found: SitesFound) -> Self {
        let rules = found.rules.clone();
        let missing = found.missing.iter().map(|(fact, sites)| Missing {
            office: rules.office_of(fact).map(str::to_owned),
            fact: fact.clone(),
            sites: (*sites).into(),
        });
        let without = found.without.iter();
        let without =
            without.map(|(rule, more)| Without { rule: rule.clone(), more: (*more).into() });
        let bands = Band::ALL.map(|band| (band.name(), found.count(band).into()));
        Self {
            of: found.of().id.clone(),
            on: found.on,
            data_versions: found.versions.iter().map(|version| version.label()).collect(),
            listed_only: found.listed_only,
            suits: found.suits.0.into(),
            suits_if: found.suits.1.into(),
            bands: BTreeMap::from(bands),
            other_sizes: found.other_sizes.into(),
            missing: missing.collect(),
            without: without.collect(),
            relax: found.relax().map(str::to_owned),
            exact: found.exact,
            band: found.band.name(),
            page: found.page,
            pages: found.pages,
            since: found.since.map(Changes::from),
            rules: Edition::from(&*rules),
            sites: found.sites.into_iter().map(ListedSite::from).collect(),
        }
    }
}

/// What may stand in an address only once, unless it says the same again.
const ONCE: [&str; 7] = ["rules", "use", "band", "min", "max", "limit", "page"];

/// Nothing says two things of one.
fn said_once(name: &str, before: Option<&str>, now: &str) -> Result<(), Problem> {
    let short = |text: &str| {
        let joint = if name.ends_with(':') { "" } else { "=" };
        let text: String = text.chars().take(40).collect();
        format!("{name}{joint}{text}")
    };
    match before.filter(|before| *before != now) {
        Some(before) => Err(Problem::contradiction(&short(before), &short(now))),
        None => Ok(()),
    }
}

impl SitesQuery {
    /// Reads an address; what it does not know it names.
    fn read(query: &str) -> Result<Self, Problem> {
        let mut read = Self::default();
        let mut once = BTreeMap::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            if ONCE.contains(&&*key) {
                let before = once.insert(key.to_string(), value.to_string());
                said_once(&key, before.as_deref(), &value)?;
            }
            let number = || {
                let wrong = |_| Problem::bad_request(format!("`{key}` is a whole number."));
                value.parse::<u32>().map_err(wrong)
            };
            match &*key {
                "rules" => read.rules = Some(value.into_owned()),
                "use" => read.of = value.into_owned(),
                "answer" => read.answer.push(value.into_owned()),
                "band" => read.band = Some(value.into_owned()),
                "since" => read.since.push(value.into_owned()),
                "min" => read.min = Some(number()?),
                "max" => read.max = Some(number()?),
                "limit" => read.limit = Some(number()? as usize),
                "page" => read.page = Some(number()? as usize),
                other => {
                    let other: String = other.chars().take(40).collect();
                    return Err(Problem::bad_request(format!("There is no parameter {other:?}.")));
                }
            }
        }
        Ok(read)
    }

    /// What it asks of the rules that count today.
    fn wanted(&self, sets: &[Arc<RuleSet>]) -> Result<SitesWanted, Problem> {
        let rules = super::suitability::named(self.rules.as_deref(), sets)?;
        let use_at = super::suitability::use_of(&rules, &self.of)?;
        let pair = |answer: &String| {
            let (question, said) = answer.split_once(':')?;
            Some((question.to_owned(), said.to_owned()))
        };
        let pairs: Option<Vec<_>> = self.answer.iter().map(pair).collect();
        let pairs = pairs.ok_or_else(|| {
            Problem::bad_request("Write each `answer` as question:answer, e.g. builds:no.")
        })?;
        let mut answers = BTreeMap::new();
        for (question, said) in pairs {
            let before = answers.insert(question.clone(), said.clone());
            said_once(&format!("answer={question}:"), before.as_deref(), &said)?;
        }
        let answers = rules.answered(&answers);
        let answers = answers.map_err(|error| Problem::bad_request(format!("{error}.")))?;
        let step = |name: &str, size: Option<u32>| {
            let Some(size) = size else { return Ok(None) };
            let steps = || SIZE_STEPS_M2.map(|step| step.to_string()).join(", ");
            Sizes::step(size)
                .map(Some)
                .ok_or_else(|| Problem::bad_request(format!("`{name}` is one of {}.", steps())))
        };
        let sizes = Sizes { least: step("min", self.min)?, most: step("max", self.max)? };
        if sizes.are_none() {
            return Err(Problem::contradiction("min", "max"));
        }
        let band = self.band.as_deref().map_or(Some(Band::Yes), Band::named);
        let band = band.ok_or_else(|| Problem::bad_request("`band` is `yes`, `maybe` or `no`."))?;
        let since = site_changes::since(&self.since)?;
        let limit = self.limit.unwrap_or(ON_A_PAGE).clamp(1, MOST_ON_PAGE);
        let page = self.page.unwrap_or(1).max(1);
        Ok(SitesWanted { rules, use_at, answers, sizes, band, page, limit, since })
    }
}

/// Where a use could be: every site that may be listed, judged by what everybody may see of it, in the way
/// in which `POST /api/v1/suitability` judges one. A register that is shown place by place is no list; of it
/// only parcels with a published supply result are searched. Counted as a search.
#[utoipa::path(
    get, path = paths::SITES, operation_id = "search_sites", tag = "suitability", params(SitesQuery),
    security((), ("identity" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "What was found, or that nothing is searched here; information, never a decision", body = Searched),
        (status = 400, description = "A parameter does not read, or names what there is not", body = Problem),
        (status = 422, description = "Two parameters cannot both be meant, such as `min` and a `max` that is no more; it names both", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more, or the key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests, or too many places", body = Problem),
        (status = 503, description = "The data have just changed and cannot be searched yet: `Retry-After` says when to ask again. Or nothing can be answered just now", body = Problem),
    )
)]
pub async fn search(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = SitesQuery::read(query.as_deref().unwrap_or_default())?;
    let wanted = query.wanted(&state.portal.rule_sets())?;
    let told = state.portal.search_sites(&visitor.visit, &wanted).await;
    let told = told.map_err(|refusal| visitor.problem(&state, &refusal))?;
    let said = |told| Searched { notice: NOTICE, told, found: None };
    let body = match told {
        SiteSearch::Found(found) => {
            Searched { found: Some(Found::from(*found)), ..said(Saying::Found) }
        }
        SiteSearch::NoList => said(Saying::NoList),
        SiteSearch::NotOffered => said(Saying::NotOffered),
        SiteSearch::NotYet { retry_after } => {
            return Ok(not_ready::problem(&visitor.id, retry_after));
        }
    };
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
