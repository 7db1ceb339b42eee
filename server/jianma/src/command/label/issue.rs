//! Issuing labels: what the command line says of them, and the paper they come to.

use std::{path::Path, sync::Arc};

use domain::{
    Clock, Entropy, LandCode, Localized,
    clock::china_date,
    code::Strictness,
    dataset::first_real,
    label::{KeyId, KeyRing, Seals, is_label_host},
};
use keys::label_keys;
use service::{
    disclosure::PolicyGate,
    labels::{self, Press, Wanted},
};
use store::IssuedLabel;

use super::{IssueArgs, LabelCommandError, print};
use crate::{
    config::{Config, sample_operator},
    data::Data,
    output::Output,
    staff,
};

pub(super) async fn issue(
    arguments: IssueArgs,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Output, LabelCommandError> {
    let data = arguments.data.as_deref().ok_or(LabelCommandError::Missing("--data"))?;
    let target = print::Target::of(&arguments.print)?;
    let config = Config::read(arguments.config.as_deref())?.put_to_use()?;
    let host = host(arguments.host.or_else(|| config.site.host.clone()))?;
    let told = arguments.issuer.as_deref().map(issuer).transpose()?;
    let codes = codes(&arguments.codes, arguments.from.as_deref())?;
    let policies = config.policies(china_date(clock.now()))?;
    let folder = config.keys.folder(data)?;
    let store = Data::existing(&arguments.database.beside(data), folder)?.store;
    keys::refuse_without_keys(folder, &store.traces()?)?;
    let issuer = match told {
        Some(told) => told,
        None if config.names_operator() => config.site.operator.clone(),
        // Nobody is named. What is invented is labelled as what it is; a label of a real place names whoever
        // answers for it.
        None if first_real(&store.versions().await?).is_none() => sample_operator(),
        None => return Err(LabelCommandError::NoIssuer),
    };
    let clock_of_gate = Arc::new(crate::system::SystemClock);
    let gate = PolicyGate::new(store, policies, clock_of_gate);
    let wanted = Wanted { codes: &codes, host: &host, issuer: &issuer, at: clock.now() };
    let paper = Paper { target: &target, folder, entropy };
    let issued = labels::issue(&gate, &wanted, &paper, entropy).await?;
    let mut output = target.write(&issued.labels, &issued.keys)?;
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

/// Paper to print on, and the folder with the keys that seal what is printed.
struct Paper<'p> {
    target: &'p print::Target,
    folder: &'p Path,
    entropy: &'p dyn Entropy,
}

impl Press for Paper<'_> {
    type Error = LabelCommandError;

    fn key(&self) -> Result<(KeyRing, KeyId), LabelCommandError> {
        let mut ring = label_keys::read(self.folder)?;
        if ring.keys().is_empty() {
            // Another process may be first: then its key is as good.
            label_keys::change(self.folder, |ring| {
                ring.keys().is_empty().then(|| ring.rotate(self.entropy.key())).flatten()
            })?;
            ring = label_keys::read(self.folder)?;
        }
        let key = ring.current().ok_or(LabelCommandError::NoKey)?;
        Ok((ring, key))
    }

    fn try_out(&self, labels: &[IssuedLabel], keys: &KeyRing) -> Result<(), LabelCommandError> {
        self.target.draw(labels, keys).map(drop)
    }
}
