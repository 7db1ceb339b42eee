//! A signed verdict as a document: what its page says, of nothing but what was signed, and by the words of the
//! rules that it names.

use domain::{
    LandCode, Locale,
    digest::hex_digest,
    signed_verdict::{OfficeWord, SignedVerdict, SiteJudged},
    suitability::{Answer, Evidence, Fact, FactKey, Finding, Ground, RuleSet, Standing, Verdict},
};
use jiff::civil::Date;
use paper::{Attached, Block, Ink, Item, Paper};

use super::{answer, finding, outline_away, said};
use crate::{components::legal_text, format, urls, words::Words};

/// The document of a file, in a language; `None` where these are not the rules that it names, or this program does
/// not understand its verdict. The same file gives the same document.
#[must_use]
pub fn verdict_paper(locale: Locale, file: &SignedVerdict, rules: &RuleSet) -> Option<Paper> {
    let words = Words(locale);
    let judgement = &file.judgement;
    if rules.hash != judgement.rules.hash {
        return None;
    }
    let verdict: Verdict = serde_json::from_value(judgement.verdict.clone()).ok()?;
    let code = match &judgement.site {
        SiteJudged::Parcel(parcel) => LandCode::Parcel(*parcel).grouped(),
        SiteJudged::Outline(outline) => outline_away::called(words, &outline.ground),
    };
    let name = words.pick(&judgement.of.name);
    let title = words.fill("sites_title_of", &[("use", &name)]);
    let on = format::date(locale, judgement.on);
    let mut blocks = vec![Block::Title(title.clone()), about(words, file, &code, &name)];
    blocks.push(sentence(words, file, &verdict, &name));
    for (standing, heading, _) in finding::PARTS {
        blocks.extend(part(words, rules, &verdict, (standing, heading), judgement.on));
    }
    blocks.extend(ground(words, &judgement.site));
    blocks.extend(answered(words, file, rules));
    blocks.extend(by_offices(words, rules, &judgement.said));
    blocks.extend(next(words, file, &verdict));
    blocks.extend(cleared(words, rules, &verdict, judgement.on));
    blocks.extend(versions(words, file));
    blocks.extend(checking(words, file));
    Some(Paper {
        title: format!("{title} {code}"),
        language: match locale {
            Locale::Zh => "zh-CN",
            Locale::En => "en",
        },
        publisher: words.pick(&judgement.issuer.name),
        made: file.signed.at,
        blocks,
        footer: words.fill("paper_footer", &[("code", &code), ("date", &on)]),
        attached: Attached {
            name: format!("{}-{}.verdict.json", judgement.site.file_name(), judgement.on),
            about: words.t("paper_attached").to_owned(),
            text: file.text.clone(),
        },
    })
}

fn about(words: Words, file: &SignedVerdict, code: &str, name: &str) -> Block {
    let judgement = &file.judgement;
    let row = |key: &str, value: String| [words.t(key).to_owned(), value];
    let site = match judgement.site {
        SiteJudged::Parcel(_) => "paper_site",
        SiteJudged::Outline(_) => "paper_outline",
    };
    Block::Terms(vec![
        row(site, code.to_owned()),
        row("verify_use", name.to_owned()),
        row("verify_on", format::date(words.0, judgement.on)),
        row("verify_data", data(words, file)),
    ])
}

fn data(words: Words, file: &SignedVerdict) -> String {
    let data = &file.judgement.data;
    let (title, date) = (words.pick(&data.title), format::date(words.0, data.source_date));
    let told = words.fill("verify_data_of", &[("title", &title), ("date", &date)]);
    match data.demonstration {
        true => words.fill("paper_demonstration", &[("data", &told)]),
        false => told,
    }
}

/// What can be said, what it may turn out to be, and that it decides nothing.
fn sentence(words: Words, file: &SignedVerdict, verdict: &Verdict, name: &str) -> Block {
    let review = file.judgement.rules.review.as_ref().map(|review| words.pick(review));
    let notice = words.t("sites_no_decision").to_owned();
    let rest = answer::possible_text(words, verdict).into_iter().chain([notice]).chain(review);
    let ink = match verdict.answer {
        Answer::Suits => Ink::Good,
        Answer::SuitsIf => Ink::Caution,
        Answer::DoesNot => Ink::Bad,
        Answer::CannotBeSaid => Ink::Open,
    };
    let sentence = answer::sentence(words, name, verdict);
    Block::Answer { sentence, rest: rest.collect(), ink }
}

fn part(
    words: Words,
    rules: &RuleSet,
    verdict: &Verdict,
    (standing, heading): (Standing, &str),
    on: Date,
) -> Vec<Block> {
    let own: Vec<&Finding> =
        verdict.findings.iter().filter(|finding| finding.standing == standing).collect();
    if own.is_empty() {
        return Vec::new();
    }
    let heading = words.fill(heading, &[("n", &own.len().to_string())]);
    let mut blocks = vec![Block::Heading(heading)];
    for finding in own {
        blocks.push(Block::Subheading(words.pick(&finding.title)));
        blocks.push(Block::Text(words.pick(&finding.action)));
        if let Some(office) = rules.offices.get(&finding.office) {
            let office = words.pick(&office.name);
            blocks.push(Block::Text(words.fill("paper_office", &[("office", &office)])));
        }
        let grounds = finding.basis.iter().map(|ground| grounded(words, ground, on));
        let seen = looked_at(words, rules, &finding.evidence);
        blocks.push(Block::List(grounds.chain(seen).collect()));
    }
    blocks
}

/// What an article says, and which it is.
fn grounded(words: Words, ground: &Ground, on: Date) -> Item {
    Item { text: words.pick(&ground.text), source: legal_text(words, &ground.document, on) }
}

/// What was found, and in what.
fn looked_at(words: Words, rules: &RuleSet, evidence: &[Evidence]) -> Vec<Item> {
    let lines = finding::lines(words, rules, evidence).into_iter();
    lines.map(|(_, text, source)| Item { text, source: source.unwrap_or_default() }).collect()
}

/// Of an outline which it is: how it was looked at, its digest, and its corners.
fn ground(words: Words, site: &SiteJudged) -> Vec<Block> {
    let SiteJudged::Outline(outline) = site else { return Vec::new() };
    let row = |key: &str, value: String| [words.t(key).to_owned(), value];
    let how = match outline.grid_m {
        None => words.t("paper_outline_exact").to_owned(),
        Some(grid) => words.fill("paper_outline_grid", &[("grid", &format::number(grid, 0))]),
    };
    let (corners, cut) = outline_away::corners(words, &outline.ground);
    let mut blocks = vec![
        Block::Heading(words.t("paper_outline").to_owned()),
        Block::Terms(vec![
            row("paper_outline_how", how),
            row("paper_outline_digest", outline.ground.sha256.clone()),
        ]),
        Block::Text(words.t("paper_outline_corners").to_owned()),
        Block::Terms(corners),
    ];
    if cut {
        blocks.push(Block::Quiet(words.t("paper_outline_cut").to_owned()));
    }
    blocks
}

fn answered(words: Words, file: &SignedVerdict, rules: &RuleSet) -> Vec<Block> {
    let answers = file.judgement.answers.0.iter().filter_map(|(key, fact)| {
        let FactKey::Answer(id) = key else { return None };
        let (question, answer) = said::answered(words, Some(rules), id, fact);
        Some([question, answer])
    });
    under(words, "verify_answered", answers.collect(), Block::Terms)
}

/// What offices said to a request of the applicant's; not to which.
fn by_offices(words: Words, rules: &RuleSet, said: &[OfficeWord]) -> Vec<Block> {
    let item = |[text, source]: [String; 2]| Item { text, source };
    let items = said.iter().map(|word| item(office_word(words.0, rules, word)));
    under(words, "redecided_said", items.collect(), Block::List)
}

/// What an office said; who said it, when, and the event of the request that it came with.
#[must_use]
pub fn office_word(locale: Locale, rules: &RuleSet, word: &OfficeWord) -> [String; 2] {
    let words = Words(locale);
    let what = said::fact(words, rules, &word.fact);
    let found = match &word.says {
        Fact::Known(known) => said::reading(words, rules, &word.fact, &known.reading),
        Fact::Unknown(cause) => said::why(words, &word.fact, *cause).to_owned(),
    };
    let (office, time) = (words.pick(&word.office), format::moment(words.0, word.at));
    let values = [("office", office.as_str()), ("time", &time), ("event", &word.event)];
    [
        words.fill("sites_found", &[("what", &what), ("found", &found)]),
        words.fill("paper_office_said", &values),
    ]
}

fn under<T>(words: Words, key: &str, all: Vec<T>, block: impl Fn(Vec<T>) -> Block) -> Vec<Block> {
    match all.is_empty() {
        true => Vec::new(),
        false => vec![Block::Heading(words.t(key).to_owned()), block(all)],
    }
}

fn next(words: Words, file: &SignedVerdict, verdict: &Verdict) -> Vec<Block> {
    let rules = &file.judgement.rules;
    let (title, date) = (words.pick(&rules.title), format::date(words.0, rules.version));
    vec![
        Block::Heading(words.t("sites_next_title").to_owned()),
        Block::Text(words.pick(&verdict.next_step)),
        Block::Quiet(words.fill("sites_rules_edition", &[("title", &title), ("date", &date)])),
    ]
}

/// Everything that was checked and stands in nobody's way.
fn cleared(words: Words, rules: &RuleSet, verdict: &Verdict, on: Date) -> Vec<Block> {
    let own = verdict.findings.iter().filter(|finding| finding.standing == Standing::Clear);
    let items: Vec<Item> = own
        .map(|finding| {
            let seen = finding::lines(words, rules, &finding.evidence).into_iter();
            let seen: Vec<String> = seen.map(|(_, text, _)| text).collect();
            let laws = finding.basis.iter().map(|ground| legal_text(words, &ground.document, on));
            let laws: Vec<String> = laws.collect();
            let text = [words.pick(&finding.title), seen.join(words.t("list_semicolon"))];
            let (what, found) = (text[0].as_str(), text[1].as_str());
            Item {
                text: words.fill("sites_found", &[("what", what), ("found", found)]),
                source: laws.join(words.t("list_semicolon")),
            }
        })
        .collect();
    match items.is_empty() {
        true => Vec::new(),
        false => {
            let title = words.fill("sites_clear", &[("n", &items.len().to_string())]);
            vec![Block::Heading(title), Block::List(items)]
        }
    }
}

fn versions(words: Words, file: &SignedVerdict) -> Vec<Block> {
    let (judgement, signed) = (&file.judgement, &file.signed);
    let row = |key: &str, value: String| [words.t(key).to_owned(), value];
    let edition = format!("{} {}", judgement.rules.id, judgement.rules.version);
    let mut rows = vec![
        row("verify_issuer", words.pick(&judgement.issuer.name)),
        row("verify_rules", edition),
        row("paper_rules_hash", judgement.rules.hash.clone()),
        row("paper_data_version", judgement.data.version.clone()),
        row("paper_policy", judgement.policy.clone()),
        row("verify_signed", format::moment(words.0, signed.at)),
        row("paper_key", format!("{} ({})", signed.key, signed.algorithm)),
        row("paper_digest", hex_digest(file.text.as_bytes())),
    ];
    if !judgement.issuer.host.is_empty() {
        rows.insert(1, row("paper_host", judgement.issuer.host.clone()));
    }
    vec![Block::Heading(words.t("paper_rests_on").to_owned()), Block::Terms(rows)]
}

fn checking(words: Words, file: &SignedVerdict) -> Vec<Block> {
    let host = &file.judgement.issuer.host;
    let heading = Block::Heading(words.t("paper_check").to_owned());
    let how = words.t("paper_check_how").to_owned();
    let proven = words.t("paper_proven").to_owned();
    if host.is_empty() {
        let at = words.t("paper_check_there").to_owned();
        return vec![heading, Block::Text(at), Block::Text(how), Block::Text(proven)];
    }
    let address = format!("https://{host}{}", urls::VERIFY);
    let at = words.fill("paper_check_at", &[("address", &address)]);
    let alt = words.fill("paper_code", &[("address", &address)]);
    vec![heading, Block::Code { text: address, alt, beside: vec![at, how, proven] }]
}
