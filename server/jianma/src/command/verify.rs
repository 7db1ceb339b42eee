//! `jianma verify`: whether a verdict or a request that was handed in is genuine; of a verdict, whether it follows
//! from its facts, and whether it would be another one by the rules of today. Nobody is asked: all it takes is the
//! file, the public keys and the rules.

mod answers;
mod extracts;
mod handed_in;
mod offices;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{
    Clock, Locale,
    clock::china_date,
    law::register,
    signed_extract,
    signed_verdict::{
        Checked, Difference, Issuer, LONGEST, Replay, SignedVerdict, Signing, SiteJudged, check,
    },
    signing::{PublishedKey, PublishedKeys},
    suitability::{Answer, Library, RuleSet, read_embedded},
};
use jiff::civil::Date;
use keys::signing_keys::Ed25519;

use crate::{
    catalogues, language,
    output::Output,
    rules::{self, RulesError},
};

/// Its verdict is not what was signed, or not to be relied on.
const NOT_GENUINE: u8 = 1;
/// Nobody here has the key, so nothing can be told. 2 is a command line that does not read.
const NO_KEY: u8 = 3;
/// It is genuine, and was not reached again.
const NOT_REACHED: u8 = 4;

/// How `jianma verify` is called.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The file as it was taken from the portal: a verdict or an extract of a place (JSON, or PDF with it inside), all that is kept on a
    /// request (JSON), or what a department received of it (JSON).
    file: PathBuf,
    /// The public keys of the portal, from its /.well-known/jianma-keys.json or `jianma keys public`; or one
    /// of them. Get them from the portal itself, not from whoever brings the verdict.
    #[arg(long, alias = "key", value_name = "JSON")]
    keys: Option<PathBuf>,
    /// Folder of rule sets, SET/DATE/FILE, where the verdict is by none that comes with the program.
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// Folder of your catalogues, where the rules cite laws, themes or dictionaries of your own.
    #[arg(long)]
    catalogues: Option<PathBuf>,
}

/// Why nothing was checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file of keys is none.
    #[error("{path} has no public keys (JWK, or a JWK Set with `keys`): {source}")]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The rules or catalogues that were named.
    #[error(transparent)]
    Rules(#[from] RulesError),
}

/// Says what a file is. The program ends with 0 where it is genuine and was reached again, with 1 where it is
/// not genuine, with 3 where the key is not known, with 4 where it was not reached again.
///
/// # Errors
/// [`VerifyError`] when a file cannot be read.
pub fn run(arguments: &VerifyArgs, clock: &dyn Clock) -> Result<Output, VerifyError> {
    catalogues::put_to_use(arguments.catalogues.as_deref()).map_err(RulesError::from)?;
    let brought = read(&arguments.file)?;
    let name = arguments.file.display();
    let no = |code: u8, line: String| Ok(Output { code: Some(code), ..Output::line(line) });
    // Of a document what is attached to it is looked at.
    let (file, document) = match paper::is_pdf(&brought) {
        false => (brought, None),
        true => match paper::attached(&brought, LONGEST) {
            Some(file) => (file, Some(brought)),
            None => {
                return no(
                    NOT_GENUINE,
                    format!(
                        "{name}: a PDF with no verdict and no extract in it, or its end is missing"
                    ),
                );
            }
        },
    };
    let keys = match &arguments.keys {
        Some(path) => public_keys(path)?,
        None => PublishedKeys::default(),
    };
    let checked = match check(&file, &keys, &Ed25519) {
        Checked::NoFile => match signed_extract::check(&file, &keys, &Ed25519) {
            signed_extract::Checked::Genuine(file) => {
                return Ok(extracts::genuine(&file, document.as_deref()));
            }
            signed_extract::Checked::NoFile if signed_extract::is_cut_short(&file) => {
                return no(
                    NOT_GENUINE,
                    format!("{name}: CUT SHORT: the end of the file is missing"),
                );
            }
            none => none.read(|_| None),
        },
        checked => checked,
    };
    match checked {
        Checked::Genuine(read) => {
            let (judgement, signed) = *read;
            let text = String::from_utf8_lossy(file.trim_ascii()).into_owned();
            let file = SignedVerdict { text, judgement, signed };
            let editions = Editions::read(arguments.rules.as_deref())?;
            Ok(genuine(&file, document.as_deref(), &editions, china_date(clock.now())))
        }
        Checked::Altered => {
            no(NOT_GENUINE, format!("{name}: NOT GENUINE: it is not what this key signed"))
        }
        Checked::UnknownKey(key) if arguments.keys.is_none() => no(
            NO_KEY,
            format!(
                "{name}: nothing can be told without the public keys of the portal; it names the key \
                 {key}. Give them with --keys"
            ),
        ),
        Checked::UnknownKey(key) => no(
            NO_KEY,
            format!(
                "{name}: nothing can be told: it names the key {key}, which is not among the keys"
            ),
        ),
        Checked::Revoked { key, since } => no(
            NOT_GENUINE,
            format!(
                "{name}: NOT TO BE RELIED ON: the key {key} was given up on {}",
                china_date(since)
            ),
        ),
        Checked::Newer => no(
            NOT_GENUINE,
            format!(
                "{name}: it is signed in a way that this program does not know; use a newer one"
            ),
        ),
        Checked::NoFile => match handed_in::checked(&file, &keys) {
            Some(output) => Ok(output),
            None => no(NOT_GENUINE, format!("{name}: no verdict and no request, or a damaged one")),
        },
    }
}

/// That a file is as it was signed, when, by whom and with which key.
fn signed_line(Issuer { host, .. }: &Issuer, Signing { at, key, .. }: &Signing) -> String {
    match host.is_empty() {
        true => format!(
            "genuine: signed {at} with the key {key}; the file does not tell the portal's address"
        ),
        false => format!("genuine: signed {at} by {host} with the key {key}"),
    }
}

fn genuine(
    file: &SignedVerdict,
    document: Option<&[u8]>,
    editions: &Editions,
    today: Date,
) -> Output {
    let SignedVerdict { judgement, signed, .. } = file;
    let locale = language::of_environment();
    let mut output = Output::lines(vec![
        signed_line(&judgement.issuer, signed),
        format!(
            "the site {}, the use {}, {}: {}",
            judgement.site.file_name(),
            judgement.of.name.get(locale),
            judgement.on,
            judgement.answer().map_or("", in_words)
        ),
        format!("by data {} of {}", judgement.data.version, judgement.data.source_date),
    ]);
    if let SiteJudged::Outline(outline) = &judgement.site {
        output.lines.push(match outline.ground.ground() {
            Some(ground) => format!(
                "the outline has {} m², and its digest is of it: SHA-256 {}",
                ground.area_m2().round(),
                outline.ground.sha256
            ),
            None => "THE OUTLINE IS NOT the one that its digest is of".to_owned(),
        });
    }
    if judgement.data.demonstration {
        output.lines.push("the data are invented, for demonstration".to_owned());
    }
    let edition = &judgement.rules;
    let rules = editions.by_hash(&edition.hash);
    output.lines.extend(answers::lines(judgement, rules, locale));
    output.lines.extend(offices::lines(judgement, rules, locale));
    if let Some(review) = &edition.review {
        let review = review.get(locale);
        output.lines.push(format!(
            "NOTE: {} {} is for review (待审): {review}",
            edition.id, edition.version
        ));
    }
    let decides = "this is information and decides nothing; no authority has decided by it";
    output.lines.push(decides.to_owned());
    if let Some(document) = document {
        let (line, same) = pages(document, file, rules);
        output.lines.push(line);
        output.code = (!same).then_some(NOT_REACHED);
    }
    let Some(rules) = rules else {
        output.code = Some(NOT_REACHED);
        output.lines.push(format!(
            "not reached again: the rules {} {}, hash {}, are not here; name their folder with --rules",
            edition.id, edition.version, edition.hash
        ));
        return output;
    };
    match judgement.replay(rules) {
        Replay::Same => output.lines.push(format!(
            "reached again from its facts by the rules {} {}: the same, to the byte",
            edition.id, edition.version
        )),
        Replay::Differs(found) => {
            output.code = Some(NOT_REACHED);
            output.lines.push(format!(
                "REACHED AGAIN, AND NOT THE SAME by the rules {} {}:",
                edition.id, edition.version
            ));
            output.lines.extend(found.iter().map(difference));
        }
        Replay::NoUse | Replay::OtherRules => {
            output.code = Some(NOT_REACHED);
            output.lines.push(format!(
                "not reached again: the rules {} {} are not for this use and site",
                edition.id, edition.version
            ));
        }
        Replay::OtherGround => {
            output.code = Some(NOT_REACHED);
            let other =
                "NOT REACHED AGAIN: the outline in the file is not the one that its facts are of";
            output.lines.push(other.to_owned());
        }
    }
    output.lines.extend(editions.in_force(&edition.id, today).and_then(|newest| {
        let verdict = judgement.by(newest, today)?;
        let is_same = judgement.says_the_same_as(&verdict);
        let is_other = newest.hash != edition.hash || !is_same;
        is_other.then(|| {
            let how = match Some(verdict.answer) == judgement.answer() {
                true if is_same => "the same answer",
                true => "THE SAME ANSWER UNDER OTHER CONDITIONS",
                false => "ANOTHER ANSWER",
            };
            format!(
                "by the rules of today, {} {}, and the same facts: {how}: {}",
                newest.id,
                newest.date,
                in_words(verdict.answer)
            )
        })
    }));
    output
}

/// Whether a document is what is drawn of the file in it, and what is said of that.
fn pages(document: &[u8], file: &SignedVerdict, rules: Option<&RuleSet>) -> (String, bool) {
    let draw = |locale| app::verdict_paper(locale, file, rules?)?.to_pdf().ok();
    pages_line(document, &[Locale::Zh, Locale::En].map(draw))
}

/// What is said of a document beside what is drawn of its file in either language.
fn pages_line(document: &[u8], drawn: &[Option<Vec<u8>>; 2]) -> (String, bool) {
    let line = match drawn {
        _ if drawn.iter().flatten().any(|drawn| drawn == document) => {
            let same =
                "the pages of the PDF are what this program draws of the file in it, to the byte";
            return (same.to_owned(), true);
        }
        [Some(_), Some(_)] => {
            "THE PAGES OF THE PDF ARE NOT what this program draws of the file in it: they were changed, or \
             another version drew them. Only what is said here is signed"
        }
        _ => "the pages of the PDF were not compared: only what is said here is signed",
    };
    (line.to_owned(), false)
}

fn difference(found: &Difference) -> String {
    let text = |value: &Option<serde_json::Value>| match value {
        Some(value) => value.to_string(),
        None => "-".to_owned(),
    };
    format!("  {}: signed {}, reached {}", found.at, text(&found.signed), text(&found.reached))
}

const fn in_words(answer: Answer) -> &'static str {
    match answer {
        Answer::Suits => "suitable",
        Answer::SuitsIf => "suitable with conditions",
        Answer::DoesNot => "not suitable",
        Answer::CannotBeSaid => "cannot be decided yet",
    }
}

/// Every edition of rules that there is: those of a folder, and those that come with the program.
struct Editions {
    own: Library,
    embedded: Library,
}

impl Editions {
    fn read(folder: Option<&Path>) -> Result<Self, VerifyError> {
        let own = match folder {
            Some(folder) => rules::read_own(folder)?.map_err(RulesError::Refused)?,
            None => Library::default(),
        };
        // An operator's register of laws need not have what the sets of the program cite.
        let embedded = match read_embedded(register()) {
            Ok(embedded) => embedded,
            Err(_) if folder.is_some() => Library::default(),
            Err(errors) => return Err(RulesError::Refused(errors).into()),
        };
        Ok(Self { own, embedded })
    }

    fn by_hash(&self, hash: &str) -> Option<&RuleSet> {
        self.own.by_hash(hash).or_else(|| self.embedded.by_hash(hash))
    }

    fn in_force(&self, id: &str, on: Date) -> Option<&RuleSet> {
        self.own.in_force(id, on).or_else(|| self.embedded.in_force(id, on))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, VerifyError> {
    fs::read(path).map_err(|source| VerifyError::File { path: path.to_owned(), source })
}

fn public_keys(path: &Path) -> Result<PublishedKeys, VerifyError> {
    let text = read(path)?;
    let one = || serde_json::from_slice::<PublishedKey>(&text).map(|key| vec![key]);
    let all = serde_json::from_slice::<PublishedKeys>(&text);
    let read = all.or_else(|error| one().map(|keys| PublishedKeys { keys }).or(Err(error)));
    read.map_err(|source| VerifyError::Keys { path: path.to_owned(), source })
}
