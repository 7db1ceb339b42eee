//! Whether sites suit a use, and by which rules.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    LandCode, Localized,
    code::{ParcelCode, Strictness},
    dictionary::Coded,
    outline::Outline,
    suitability::{
        Changes, Choice, Domain, Facts, MOST_SITES, Office, OtherUses, Question, RuleSet, Scored,
        Verdict, Words,
    },
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use service_api::{Assessment, Judged, OutlineAsked, OutlineAssessment, Site, SitesAsked, Told};
use utoipa::ToSchema;

use super::{outline::AssessedOutline, paths};
use crate::{
    issuer::issuer, limits::Kind, problem::Problem, security::visitor::Visitor, state::AppState,
};

/// Said with every verdict (rule Z3).
pub(super) const NOTICE: &str = "参考信息，不是行政决定。 This is information and decides nothing.";

/// Sites, and what is to be done there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitesBody {
    /// The rule set, by its id; may be left out where the portal has one.
    #[serde(default)]
    rules: Option<String>,
    /// The use, by its id in the set.
    #[serde(rename = "use")]
    of: String,
    /// One to twenty codes of 19 or 28 characters, in any spacing or case. A home is judged by the parcel
    /// it stands on. None beside an `outline`.
    #[serde(default)]
    #[schema(max_items = 20)]
    sites: Vec<String>,
    /// Instead of codes the outline of one site: a GeoJSON Polygon, MultiPolygon or Feature of one, in degrees
    /// (CGCS2000 or WGS 84, longitude first) or in metres of a 3° zone of CGCS2000 with the zone before the
    /// easting.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    outline: Option<serde_json::Value>,
    /// Answers to questions of the rules, by their ids: `yes`, `no`, an option, a figure in the unit of
    /// the question, or `unknown`.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Whether each site that is judged, or the outline, brings its verdict as a file, signed.
    #[serde(default)]
    signed: bool,
}

/// What can be said of the sites.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assessed {
    /// 参考信息，不是行政决定.
    notice: &'static str,
    /// The rules it is said by.
    rules: Edition,
    /// The use, by its id in the set.
    #[serde(rename = "use")]
    of: String,
    /// The day it is said, in China.
    #[schema(value_type = String)]
    on: Date,
    /// The offices of the rules, by the ids that verdicts name.
    #[schema(value_type = Object)]
    offices: BTreeMap<String, Office>,
    /// Each site, in the order in which they were named; one that was named twice stands once.
    sites: Vec<AssessedSite>,
    /// The outline, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    outline: Option<AssessedOutline>,
}

/// The edition of a rule set.
#[derive(Debug, Serialize, ToSchema)]
pub struct Edition {
    /// Its id.
    id: String,
    /// From when it counts.
    #[schema(value_type = String)]
    version: Date,
    /// SHA-256 over its files, in hexadecimal.
    hash: String,
    /// Its title.
    #[schema(value_type = Object)]
    title: Localized,
    /// What of it nobody has checked yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    review: Option<Localized>,
    /// Beginnings of the codes it is for; none for all.
    divisions: Vec<String>,
    /// The formal step that comes after.
    #[schema(value_type = Object)]
    next_step: Localized,
}

/// What is said of a site.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saying {
    /// It was judged: see `verdict`.
    Judged,
    /// The rules are not for land there.
    OtherRules,
    /// The code has ended: see `in_force`.
    Ended,
    /// Nothing is there that may be shown.
    Nothing,
}

/// One of the sites.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessedSite {
    /// The parcel.
    #[schema(value_type = String)]
    code: ParcelCode,
    /// What is said of it.
    told: Saying,
    /// `answer`: `suits`, `suits_if`, `does_not`, `cannot_be_said`; `possible`: what it may turn out to be;
    /// `exact`: whether every way was looked at. `findings`: each rule with `standing` (`in_the_way`,
    /// `to_obtain`, `open`, `clear`), basis, office, action, evidence (layers with their dates, what was
    /// measured, threshold, tolerance) and the causes why it is open. `settling`: every fact that matters,
    /// and the smallest sets that may settle it; `whole` is false where the search was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verdict: Option<Verdict>,
    /// Of one site that does not suit: the smallest changes after which it is not refused; `whole` is
    /// false where there were too many to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    changes: Option<Changes>,
    /// Of one site: the other uses that it suits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    other_uses: Option<OtherUses>,
    /// Its scores, from `lo` to `hi` where something is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    scores: Option<Scored>,
    /// How it stands among the others; none of one that is refused, which is compared with no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    among: Option<Among>,
    /// The data it was judged by, `dataset/number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_version: Option<String>,
    /// Their date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    source_date: Option<Date>,
    /// The policy that decided what of them could be looked at, `id@version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// The verdict as a file, where it was asked for: keep this text as it is, byte by byte. It is the canonical
    /// form (RFC 8785) of a JSON object whose `signature` is over the same form without that member, by a
    /// key of `/.well-known/jianma-keys.json`; `jianma verify` and the page `/verify` check it.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<String>,
    /// Of an ended code: those in force that it led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    in_force: Option<Vec<ParcelCode>>,
}

/// How a site stands among others.
#[derive(Debug, Serialize, ToSchema)]
pub struct Among {
    /// Its best rank, whatever comes to light and with each weight up to a tenth off.
    best: usize,
    /// Its worst.
    worst: usize,
    /// The sites that are as good in every criterion and better in one.
    #[schema(value_type = Vec<String>)]
    dominated_by: Vec<ParcelCode>,
}

/// A rule set with what can be asked by it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsesOfRules {
    /// The edition.
    rules: Edition,
    /// Its uses.
    uses: Vec<UseOfRules>,
    /// What the applicant is asked.
    questions: Vec<QuestionOfRules>,
}

/// A use.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseOfRules {
    /// Its id in the set.
    id: String,
    /// Its plain name.
    #[schema(value_type = Object)]
    name: Localized,
    /// Other words for it.
    #[schema(value_type = Object)]
    words: Words,
    /// Its class in a dictionary.
    #[schema(value_type = Object)]
    code: Coded,
}

/// A question to the applicant.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionOfRules {
    /// Its id in the set.
    id: String,
    /// The question.
    #[schema(value_type = Object)]
    text: Localized,
    /// What may be answered, beside `unknown`; none for a figure or for free words.
    answers: Vec<String>,
    /// The options by their names, where it has some of its own.
    #[schema(value_type = Vec<Object>)]
    options: Vec<Choice>,
    /// The unit of a figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

impl From<&RuleSet> for Edition {
    fn from(rules: &RuleSet) -> Self {
        Self {
            id: rules.id.clone(),
            version: rules.date,
            hash: rules.hash.clone(),
            title: rules.title.clone(),
            review: rules.review.clone(),
            divisions: rules.divisions.clone(),
            next_step: rules.next_step.clone(),
        }
    }
}

impl From<&Question> for QuestionOfRules {
    fn from(question: &Question) -> Self {
        let answers = question.domain.choices().unwrap_or_default();
        let answers = answers.into_iter().map(str::to_owned).collect();
        let (options, unit) = match &question.domain {
            Domain::Options(all) => (all.clone(), None),
            Domain::Figure(dimension) => (Vec::new(), Some(dimension.base().to_owned())),
            Domain::YesNo | Domain::Dictionary { .. } | Domain::Open => (Vec::new(), None),
        };
        Self { id: question.id.clone(), text: question.text.clone(), answers, options, unit }
    }
}

impl From<Assessment> for Assessed {
    fn from(told: Assessment) -> Self {
        let codes: Vec<ParcelCode> = told.sites.iter().map(|site| site.parcel).collect();
        let (rules, of, on) = (Edition::from(&*told.rules), told.of().id.clone(), told.on);
        let offices = told.rules.offices.clone();
        let sites = told.sites.into_iter().map(|site| AssessedSite::of(site, &codes)).collect();
        Self { notice: NOTICE, rules, of, on, offices, sites, outline: None }
    }
}

impl Assessed {
    /// What is said of an outline, with its file where that was asked for.
    fn of_outline(told: OutlineAssessment, signed: Option<String>) -> Self {
        let (rules, of, on) = (Edition::from(&*told.rules), told.of().id.clone(), told.on);
        let (offices, sites) = (told.rules.offices.clone(), Vec::new());
        let outline = Some(AssessedOutline::of(told, signed));
        Self { notice: NOTICE, rules, of, on, offices, sites, outline }
    }
}

impl AssessedSite {
    fn of(site: Site, codes: &[ParcelCode]) -> Self {
        let nothing = Self {
            code: site.parcel,
            told: Saying::Nothing,
            verdict: None,
            changes: None,
            other_uses: None,
            scores: None,
            among: None,
            data_version: None,
            source_date: None,
            policy: None,
            signed: None,
            in_force: None,
        };
        match site.told {
            Told::Nothing { .. } => nothing,
            Told::OtherRules => Self { told: Saying::OtherRules, ..nothing },
            Told::Ended(lineage) => {
                Self { told: Saying::Ended, in_force: Some(lineage.in_force), ..nothing }
            }
            Told::Judged(judged) => {
                let Judged { version, policy, verdict, changes, other_uses, scored, among, .. } =
                    *judged;
                let code = |at: &usize| codes.get(*at).copied();
                let among = among.map(|among| Among {
                    best: among.best,
                    worst: among.worst,
                    dominated_by: among.dominated_by.iter().filter_map(code).collect(),
                });
                Self {
                    told: Saying::Judged,
                    verdict: Some(verdict),
                    changes,
                    other_uses,
                    scores: scored,
                    among,
                    data_version: Some(version.label()),
                    source_date: Some(version.dataset.source_date),
                    policy: Some(policy),
                    ..nothing
                }
            }
        }
    }
}

/// The rule set of that id; where none is named, the one that there is.
pub(super) fn named(id: Option<&str>, sets: &[Arc<RuleSet>]) -> Result<Arc<RuleSet>, Problem> {
    let there = || sets.iter().map(|rules| rules.id.as_str()).collect::<Vec<_>>().join(", ");
    let rules = match id {
        Some(id) => sets.iter().find(|rules| rules.id == id),
        None if sets.len() == 1 => sets.first(),
        None => None,
    };
    rules.cloned().ok_or_else(|| {
        Problem::bad_request(format!("Name one of the rule sets in `rules`: {}.", there()))
    })
}

/// The position of the use of that id.
pub(super) fn use_of(rules: &RuleSet, id: &str) -> Result<usize, Problem> {
    rules.find_use(id).map(|(use_at, _)| use_at).ok_or_else(|| {
        Problem::bad_request(format!(
            "The rules {} have no use {id:?}; GET /api/v1/suitability/uses has them.",
            rules.id
        ))
    })
}

/// The rules and the use that a body names, with what the applicant answered.
fn asked_of(
    body: &SitesBody,
    sets: &[Arc<RuleSet>],
) -> Result<(Arc<RuleSet>, usize, Facts), Problem> {
    let rules = named(body.rules.as_deref(), sets)?;
    let use_at = use_of(&rules, &body.of)?;
    let answers =
        rules.answered(&body.answers).map_err(|error| Problem::bad_request(format!("{error}.")))?;
    Ok((rules, use_at, answers))
}

/// Reads a body against the rules.
fn asked(body: &SitesBody, sets: &[Arc<RuleSet>]) -> Result<SitesAsked, Problem> {
    let (rules, use_at, answers) = asked_of(body, sets)?;
    if body.sites.len() > MOST_SITES {
        return Err(Problem::bad_request(format!("Name 1 to {MOST_SITES} sites.")));
    }
    let codes: Result<Vec<LandCode>, Problem> = body
        .sites
        .iter()
        .map(|written| {
            LandCode::parse(written, Strictness::LookUp)
                .map(|read| read.code.canonical())
                .map_err(|error| Problem::malformed_code(&error))
        })
        .collect();
    SitesAsked::new(rules, use_at, &codes?, answers)
        .map_err(|error| Problem::bad_request(format!("{error}.")))
}

/// The same of an outline.
fn asked_of_outline(
    body: &SitesBody,
    outline: &serde_json::Value,
    sets: &[Arc<RuleSet>],
) -> Result<OutlineAsked, Problem> {
    if !body.sites.is_empty() {
        return Err(Problem::contradiction("sites", "outline"));
    }
    let (rules, use_at, answers) = asked_of(body, sets)?;
    let outline = Outline::of_geojson(outline)
        .map_err(|fault| Problem::bad_request(format!("{}: {fault}.", fault.name())))?;
    let missing = || Problem::bad_request("The rules have no such use.");
    OutlineAsked::new(rules, use_at, outline, answers).ok_or_else(missing)
}

/// Whether one to twenty sites suit a use, or the ground of an outline. Each is a look of its own: it is counted
/// as one, and what the caller may not see of it is not known to the rules. Where the ground of layers is not
/// shown, shares of an outline are told in classes.
#[utoipa::path(
    post, path = paths::SUITABILITY, operation_id = "suitability", tag = "suitability", request_body = SitesBody,
    security((), ("identity" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "What can be said; information, never a decision", body = Assessed),
        (status = 400, description = "The body does not read, or names what there is not", body = Problem),
        (status = 403, description = "From a page of another site", body = Problem),
        (status = 413, description = "The body is too large", body = Problem),
        (status = 422, description = "Two things in it cannot both be meant; it names both", body = Problem),
        (status = 401, description = "The proof of identity is not valid any more, or the key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests, or too many places", body = Problem),
        (status = 503, description = "Cannot answer just now", body = Problem),
    )
)]
pub async fn assess(
    State(state): State<AppState>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Result<Json<SitesBody>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(body) = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::bad_request(error.body_text()),
    })?;
    let sets = state.portal.rule_sets();
    if let Some(outline) = &body.outline {
        let asked = asked_of_outline(&body, outline, &sets)?;
        let told = state.portal.assess_outline(&visitor.visit, &asked).await;
        let told = told.map_err(|refusal| visitor.problem(&state, &refusal))?;
        let file = match body.signed {
            true => state.portal.signed_outline(&told, &issuer(&state)),
            false => Ok(None),
        };
        let file = file.map_err(|unavailable| visitor.problem(&state, &unavailable.into()))?;
        return Ok(not_kept(Assessed::of_outline(told, file.map(|file| file.text))));
    }
    let asked = asked(&body, &sets)?;
    let more = asked.parcels().len().saturating_sub(1);
    visitor.reads(&state, &headers, Kind::Api, more).map_err(Problem::too_many_requests)?;
    let told = state.portal.assess(&visitor.visit, &asked).await;
    let told = told.map_err(|refusal| visitor.problem(&state, &refusal))?;
    let files = match body.signed {
        true => state.portal.signed(&told, &issuer(&state)),
        false => Ok(Vec::new()),
    };
    let files = files.map_err(|unavailable| visitor.problem(&state, &unavailable.into()))?;
    let mut assessed = Assessed::from(told);
    for (site, file) in assessed.sites.iter_mut().zip(files) {
        site.signed = file.map(|file| file.text);
    }
    Ok(not_kept(assessed))
}

fn not_kept(told: Assessed) -> Response {
    let mut response = Json(told).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The rule sets that judge today, with their uses and questions; none where this portal judges no sites.
#[utoipa::path(
    get, path = paths::SUITABILITY_USES, operation_id = "suitability_uses", tag = "suitability",
    security((), ("identity" = []), ("api_key" = [])),
    responses(
        (status = 200, description = "Each rule set with its uses and what it asks the applicant", body = Vec<UsesOfRules>),
        (status = 401, description = "The proof of identity is not valid any more, or the key is none of this portal", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
    )
)]
pub async fn uses(State(state): State<AppState>) -> Json<Vec<UsesOfRules>> {
    let sets = state.portal.rule_sets();
    let sets = sets.iter().map(|rules| UsesOfRules {
        rules: Edition::from(&**rules),
        uses: rules
            .uses
            .iter()
            .map(|one| UseOfRules {
                id: one.id.clone(),
                name: one.name.clone(),
                words: one.words.clone(),
                code: one.code.clone(),
            })
            .collect(),
        questions: rules.questions.iter().map(QuestionOfRules::from).collect(),
    });
    Json(sets.collect())
}
