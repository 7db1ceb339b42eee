//! Verdicts to take away, and what those come to that are brought back.

use std::sync::Arc;

use domain::{
    LandCode,
    clock::china_date,
    signed_verdict::{
        Checked, Data, Edition, Issuer, Judgement, NotSigned, OfficeWord, OutlineJudged, Replay,
        SignedVerdict, SiteJudged, UseNamed, check, said, sign,
    },
    signing::{PublishedKeys, Signer},
    suitability::{FactKey, Facts, RuleSet, Use},
};
use jiff::{Timestamp, civil::Date};
use service_api::{
    Assessment, GenuineVerdict, Judged, Now, OutlineAsked, OutlineAssessment, Portal, Refusal,
    Site, SitesAsked, Told, ToldOfOutline, Unavailable, VerdictReading, Visit,
};
use tokio::sync::Semaphore;

use super::Rules;

/// The files of an assessment, with what offices said where it was judged with that, and of an outline where not the
/// whole parcel was; none for a site that was not judged.
pub(crate) fn signed(
    told: &Assessment,
    (words, outline): (&[OfficeWord], Option<&OutlineJudged>),
    issuer: &Issuer,
    now: Timestamp,
    signer: &dyn Signer,
) -> Result<Vec<Option<SignedVerdict>>, Unavailable> {
    let by = (&*told.rules, told.of(), told.on);
    let file = |site: &Site| match &site.told {
        Told::Judged(judged) => {
            let site = match outline {
                Some(outline) => SiteJudged::Outline(outline.clone()),
                None => SiteJudged::Parcel(site.parcel),
            };
            judgement(by, site, judged, words, issuer)
                .and_then(|it| sign(it, now, signer))
                .map(Some)
        }
        _ => Ok(None),
    };
    told.sites.iter().map(file).collect::<Result<_, _>>().map_err(|error| not_signed(&error))
}

/// The file of an outline; none where it was not judged.
pub(crate) fn signed_outline(
    told: &OutlineAssessment,
    issuer: &Issuer,
    now: Timestamp,
    signer: &dyn Signer,
) -> Result<Option<SignedVerdict>, Unavailable> {
    let ToldOfOutline::Judged(judged) = &told.told else { return Ok(None) };
    let site = SiteJudged::Outline(OutlineJudged::of(&told.outline, judged.precision));
    let by = (&*told.rules, told.of(), told.on);
    let file = judgement(by, site, &judged.judged, &[], issuer);
    let file = file.and_then(|it| sign(it, now, signer));
    file.map(Some).map_err(|error| not_signed(&error))
}

fn not_signed(error: &NotSigned) -> Unavailable {
    tracing::error!(%error, "a verdict is not signed");
    Unavailable
}

fn judgement(
    (rules, of, on): (&RuleSet, &Use, Date),
    site: SiteJudged,
    judged: &Judged,
    words: &[OfficeWord],
    issuer: &Issuer,
) -> Result<Judgement, NotSigned> {
    let (facts, answers) = Judgement::apart(&judged.facts);
    let dataset = &judged.version.dataset;
    Ok(Judgement {
        issuer: issuer.clone(),
        rules: Edition::of(rules),
        of: UseNamed { id: of.id.clone(), name: of.name.clone() },
        on,
        site,
        facts,
        answers,
        said: words.to_vec(),
        verdict: serde_json::to_value(&judged.verdict).or(Err(NotSigned::Inexact))?,
        data: Data {
            version: judged.version.label(),
            title: dataset.title.clone(),
            source_date: dataset.source_date,
            demonstration: dataset.demonstration,
        },
        policy: judged.policy.clone(),
    })
}

/// What a file is, and of a genuine one what `portal` says of its site today.
pub(crate) async fn read(
    portal: &dyn Portal,
    (rules, judging): (&Rules, &Arc<Semaphore>),
    (keys, signer): (&PublishedKeys, &dyn Signer),
    visit: &Visit,
    file: &[u8],
) -> Result<VerdictReading, Refusal> {
    let (judgement, signed) = match check(file, keys, signer) {
        Checked::Genuine(read) => *read,
        Checked::Altered => return Ok(VerdictReading::Altered),
        Checked::UnknownKey(_) => return Ok(VerdictReading::NotOurs),
        Checked::Revoked { since, .. } => {
            return Ok(VerdictReading::Revoked { since: china_date(since) });
        }
        Checked::Newer => return Ok(VerdictReading::Newer),
        Checked::NoFile => return Ok(VerdictReading::NoVerdict),
    };
    // First what takes a look of the visitor's: nothing is judged for whoever has none left.
    let now = now(portal, visit, judging, &judgement).await?;
    let own = rules.by_hash(&judgement.rules.hash).cloned();
    let (judgement, reached_again) = replayed(judgement, own.clone(), judging).await?;
    let genuine = GenuineVerdict { judgement, signed, rules: own, reached_again, now };
    Ok(VerdictReading::Genuine(Box::new(genuine)))
}

/// Judges the facts of a file again by the rules that it names, where there is leave to judge.
async fn replayed(
    judgement: Judgement,
    own: Option<Arc<RuleSet>>,
    judging: &Arc<Semaphore>,
) -> Result<(Judgement, Option<bool>), Refusal> {
    let Some(own) = own else { return Ok((judgement, None)) };
    let replay = move || {
        let reached = judgement.replay(&own) == Replay::Same;
        (judgement, Some(reached))
    };
    with_leave(judging, replay).await
}

/// Asks again what the file was asked, by the rules that count today.
async fn now(
    portal: &dyn Portal,
    visit: &Visit,
    judging: &Arc<Semaphore>,
    judgement: &Judgement,
) -> Result<Now, Refusal> {
    let sets = portal.rule_sets();
    let Some(rules) = sets.iter().find(|rules| rules.id == judgement.rules.id) else {
        return Ok(Now::Nothing);
    };
    let Some((use_at, _)) = rules.find_use(&judgement.of.id) else { return Ok(Now::Nothing) };
    let answers = still_asked(rules, &judgement.answers);
    let looked = look_again(portal, visit, (rules, use_at, answers), &judgement.site).await?;
    let Some((judged, on)) = looked else { return Ok(Now::Nothing) };
    let other_rules = (rules.hash != judgement.rules.hash).then_some(rules.date);
    let label = judged.version.label();
    let source_date = judged.version.dataset.source_date;
    let other_data = (label != judgement.data.version).then_some((label, source_date));
    let words = still_read(rules, judgement);
    let verdict = match words.0.is_empty() {
        true => judged.verdict.clone(),
        // Whoever brings the file brings what offices said with it; nothing else of the request is looked at.
        false => {
            let (rules, facts, on) = (rules.clone(), judged.facts.with_said(&words).0, on);
            let judge = move || rules.assess(use_at, &facts, on);
            let Some(verdict) = with_leave(judging, judge).await? else { return Ok(Now::Nothing) };
            verdict
        }
    };
    let same = judgement.says_the_same_as(&verdict);
    Ok(Now::Said { answer: verdict.answer, same, other_rules, other_data })
}

/// What `portal` says of the site of a file today, and the day; `None` where it judges nothing there. A look like
/// any other.
async fn look_again(
    portal: &dyn Portal,
    visit: &Visit,
    (rules, use_at, answers): (&Arc<RuleSet>, usize, Facts),
    site: &SiteJudged,
) -> Result<Option<(Judged, Date)>, Refusal> {
    match site {
        SiteJudged::Parcel(parcel) => {
            let codes = [LandCode::Parcel(*parcel)];
            let asked = SitesAsked::new(rules.clone(), use_at, &codes, answers);
            let Ok(asked) = asked else { return Ok(None) };
            let mut told = portal.assess(visit, &asked).await?;
            Ok(match told.sites.pop() {
                Some(Site { told: Told::Judged(judged), .. }) => Some((*judged, told.on)),
                _ => None,
            })
        }
        SiteJudged::Outline(outline) => {
            let Some(ground) = outline.ground.ground() else { return Ok(None) };
            let asked = OutlineAsked::new(rules.clone(), use_at, ground, answers);
            let Some(asked) = asked else { return Ok(None) };
            let told = portal.assess_outline(visit, &asked).await?;
            Ok(match told.told {
                ToldOfOutline::Judged(judged) => Some((judged.judged, told.on)),
                _ => None,
            })
        }
    }
}

/// Of what offices said that which these rules can read: what a table is silent of is said of that table.
fn still_read(rules: &RuleSet, judgement: &Judgement) -> Facts {
    let mut words = said(&judgement.said);
    let same_rules = rules.hash == judgement.rules.hash;
    words.0.retain(|key, _| same_rules || !matches!(key, FactKey::TableEntry(_)));
    words
}

/// What takes time, where there is leave to judge.
async fn with_leave<T: Send + 'static>(
    judging: &Arc<Semaphore>,
    judge: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    // It is never closed.
    let leave = judging.clone().acquire_owned().await;
    let judge = move || {
        // Held to the end, though whoever asked has gone.
        let _leave = leave;
        judge()
    };
    tokio::task::spawn_blocking(judge).await.map_err(|error| {
        tracing::error!(%error, "a verdict could not be reached again");
        Refusal::from(Unavailable)
    })
}

/// Of the answers those that the rules ask; whatever is nothing that a question can be answered by is not
/// known to them.
fn still_asked(rules: &RuleSet, answers: &Facts) -> Facts {
    let asked = |key: &FactKey| matches!(key, FactKey::Answer(id) if rules.question(id).is_some());
    Facts(answers.0.clone().into_iter().filter(|(key, _)| asked(key)).collect())
}
