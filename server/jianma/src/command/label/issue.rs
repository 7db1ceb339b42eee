//! Issuing labels: everything is checked before the first number is given.

use std::{path::Path, sync::Arc};

use domain::{
    Clock, Entropy, LandCode, Localized,
    clock::china_date,
    code::Strictness,
    label::{KeyId, KeyRing, Seals, Token, is_label_host, needs_token},
};
use keys::label_keys;
use service::disclosure::PolicyGate;
use store::{IssuedLabel, NewLabel};

use super::{IssueArgs, LabelCommandError, print};
use crate::{config::Config, data::Data, output::Output, staff};

/// A number longer than any that is given soon, to try the drawing with.
const TRIAL_SERIAL: u64 = 99_999_999;

pub(super) async fn issue(
    arguments: IssueArgs,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Output, LabelCommandError> {
    let data = arguments.data.as_deref().ok_or(LabelCommandError::Missing("--data"))?;
    let target = print::Target::of(&arguments.print)?;
    let config = Config::read(arguments.config.as_deref())?.put_to_use()?;
    let host = host(arguments.host.or_else(|| config.site.host.clone()))?;
    let issuer = match arguments.issuer.as_deref() {
        None => config.site.operator.clone(),
        Some(told) => issuer(told)?,
    };
    let codes = codes(&arguments.codes, arguments.from.as_deref())?;
    let policies = config.policies(china_date(clock.now()))?;
    let folder = config.keys.folder(data)?;
    let store = Data::existing(&arguments.database.beside(data), folder)?.store;
    keys::refuse_without_keys(folder, &store.traces()?)?;
    let clock_of_gate = Arc::new(crate::system::SystemClock);
    let gate = PolicyGate::new(store.clone(), policies, clock_of_gate);
    refuse_unknown(&gate, &codes).await?;

    let (ring, key) = current_key(folder, entropy)?;
    let labels: Vec<NewLabel> = codes
        .iter()
        .map(|code| NewLabel {
            code: *code,
            token: needs_token(code).then(|| Token::draw(entropy)),
            key: key.clone(),
            host: host.clone(),
            issuer: issuer.clone(),
            issued_at: clock.now(),
        })
        .collect();
    try_drawing(&labels, &ring, &target)?;
    let issued = store.issue_labels(&labels).await?;
    let mut output = target.write(&issued, &ring)?;
    if !host.split(':').next().is_some_and(|name| name.ends_with(".gov.cn")) {
        output.warnings.push(format!(
            "{host} is not under .gov.cn, where labels for the public must point to; \
             good for trials only"
        ));
    }
    Ok(output)
}

fn host(given: Option<String>) -> Result<String, LabelCommandError> {
    let host = given.ok_or(LabelCommandError::NoHost)?.to_ascii_lowercase();
    if is_label_host(&host) { Ok(host) } else { Err(LabelCommandError::Host { host }) }
}

/// Everybody who scans the label reads it.
fn issuer(told: &str) -> Result<Localized, LabelCommandError> {
    let issuer = staff::line(told, "the issuer", staff::LONGEST_NAME)?;
    issuer.map(Localized::same).ok_or(LabelCommandError::Missing("the name of --issuer"))
}

fn codes(given: &[String], from: Option<&Path>) -> Result<Vec<LandCode>, LabelCommandError> {
    let mut texts = given.to_vec();
    if let Some(path) = from {
        let text = std::fs::read_to_string(path)
            .map_err(|source| LabelCommandError::File { path: path.to_owned(), source })?;
        let lines = text.lines().map(str::trim);
        texts.extend(
            lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned),
        );
    }
    if texts.is_empty() {
        return Err(LabelCommandError::NoCode);
    }
    texts
        .into_iter()
        .map(|text| match LandCode::parse(&text, Strictness::Issue) {
            Ok(parsed) => Ok(parsed.code.canonical()),
            Err(error) => Err(LabelCommandError::Code { text, error }),
        })
        .collect()
}

/// A label on a place that the public may not see would lead nowhere. Unknown and classified ones
/// are refused alike (rule P5). Nobody looks here: whether a place is public is no disclosure, and
/// nothing is written down.
async fn refuse_unknown(gate: &PolicyGate, codes: &[LandCode]) -> Result<(), LabelCommandError> {
    let mut unknown = Vec::new();
    for code in codes {
        if !gate.is_registered(code).await? {
            unknown.push(code.to_string());
        }
    }
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(LabelCommandError::Unknown { codes: unknown.join(", ") })
    }
}

/// The key for new labels; the first one is made here.
fn current_key(
    folder: &Path,
    entropy: &dyn Entropy,
) -> Result<(KeyRing, KeyId), LabelCommandError> {
    let mut ring = label_keys::read(folder)?;
    if ring.keys().is_empty() {
        // Another process may be first: then its key is as good.
        label_keys::change(folder, |ring| {
            ring.keys().is_empty().then(|| ring.rotate(entropy.key())).flatten()
        })?;
        ring = label_keys::read(folder)?;
    }
    let key = ring.current().ok_or(LabelCommandError::NoKey)?;
    Ok((ring, key))
}

fn try_drawing(
    labels: &[NewLabel],
    ring: &KeyRing,
    target: &print::Target,
) -> Result<(), LabelCommandError> {
    let trial: Vec<IssuedLabel> = labels
        .iter()
        .map(|label| IssuedLabel { serial: TRIAL_SERIAL, label: label.clone(), withdrawn: None })
        .collect();
    target.draw(&trial, ring).map(drop)
}
