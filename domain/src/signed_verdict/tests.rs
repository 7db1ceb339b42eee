//! A small verdict, signed by a key of the test, altered everywhere, and reached again.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{
    Timestamp,
    civil::{Date, date},
};

use super::{
    Checked, Data, Edition, Issuer, Judgement, OfficeWord, OutlineJudged, Replay, SiteJudged,
    UseNamed, check, said, sign,
};
use crate::{
    code::{ParcelCode, Strictness},
    law::register,
    localized::Localized,
    signing::{
        PublishedKeys, Signer, Verifier,
        trial::{Module, SIGNER},
    },
    suitability::{
        Answer, Cause, Fact, FactKey, Facts, Known, Library, Overlap, Overlaps, Reading, RuleFile,
        Seen, Standing, amount::Range,
    },
};

const DAY: Date = date(2026, 12, 1);
const CODE: &str = "330521001002GB00011";

/// Rules of three editions: the first forbids more than half a hectare of farmland, the second any that
/// counts, the third nothing of a site that is so small.
const EDITIONS: [(&str, &str); 3] = [
    ("2026-11-01", r#"fails = { overlaps = "farmland", more_than = "0.5 ha" }"#),
    ("2027-01-01", r#"fails = { overlaps = "farmland", more_than = "tolerance" }"#),
    (
        "2027-06-01",
        r#"fails = { overlaps = "farmland", more_than = "tolerance" }
unless = { measure = "area", at_most = "1000000 m2" }"#,
    ),
];

fn rules(editions: &[(&str, &str)]) -> Library {
    let text = |date: &str, test: &str| {
        format!(
            r#"
[set]
id = "small"
date = "{date}"
title = {{ zh = "小", en = "Small" }}
next_step = {{ zh = "问", en = "Ask" }}

[[office]]
id = "bureau"
name = {{ zh = "局", en = "Bureau" }}

[[use]]
id = "barn"
name = {{ zh = "仓", en = "Barn" }}
code = {{ system = "land-use-planning", version = "2023-11", code = "0901" }}

[[layer]]
id = "farmland"
title = {{ zh = "田", en = "Fields" }}
data = "fields"
tolerance = {{ area = "1 m2", share = "1 %" }}
office = "bureau"

[[question]]
id = "length"
text = {{ zh = "多长？", en = "How long?" }}
kind = {{ figure = "m" }}
office = "bureau"

[[rule]]
id = "fields"
kind = "hard"
title = {{ zh = "不占田", en = "Off the fields" }}
uses = "all"
{test}
basis = [{{ law = "land-law", articles = ["35"], text = {{ zh = "不占", en = "Stay off" }} }}]
office = "bureau"
action = {{ zh = "移", en = "Move" }}

[[rule]]
id = "length"
kind = "condition"
title = {{ zh = "长", en = "Long" }}
uses = "all"
when = {{ answer = "length", more_than = "12.3456789 m" }}
basis = [{{ law = "land-law", articles = ["35"], text = {{ zh = "长", en = "Long" }} }}]
office = "bureau"
action = {{ zh = "报", en = "File" }}
"#
        )
    };
    let file = |(date, test): &(&str, &str)| RuleFile {
        name: format!("small/{date}/rules.toml"),
        text: text(date, test),
    };
    let files: Vec<RuleFile> = editions.iter().map(file).collect();
    Library::read("", &files, register()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Figures that no binary fraction is: a third of a hectare of fields on a third of a square kilometre.
fn facts() -> Facts {
    let mut facts = Facts::default();
    let one = Overlap {
        kind: String::new(),
        label: Localized::new("田“一”\u{2028}\u{1F33E}", "Field <1> \\ \"a\""),
        area: Range::measured(10_000.0 / 3.0).unwrap(),
        share: Range::between(0.0095, 0.0105).unwrap(),
        of_feature: None,
    };
    let seen = Seen {
        source: "fields".to_owned(),
        title: Localized::new("田", "Fields"),
        date: Some(date(2026, 6, 30)),
    };
    let reading = Reading::Overlaps(Overlaps { apart: false, features: vec![one] });
    facts.put(FactKey::Overlaps("farmland".to_owned()), reading, vec![seen]);
    facts.put(
        FactKey::Area,
        Reading::Figure(Range::measured(1_000_000.0 / 3.0).unwrap()),
        Vec::new(),
    );
    let length = Reading::Figure(Range::measured(12.345_678_9).unwrap());
    facts.put(FactKey::Answer("length".to_owned()), length, Vec::new());
    facts.lack(FactKey::Frontage, Cause::Withheld);
    facts
}

fn judgement(library: &Library) -> Judgement {
    let rules = library.in_force("small", DAY).unwrap();
    let all = facts();
    let verdict = rules.assess(0, &all, DAY).unwrap();
    let (facts, answers) = Judgement::apart(&all);
    Judgement {
        issuer: Issuer { host: "portal.example".to_owned(), name: Localized::new("局", "Bureau") },
        rules: Edition::of(rules),
        of: UseNamed { id: "barn".to_owned(), name: rules.uses[0].name.clone() },
        on: DAY,
        site: SiteJudged::Parcel(ParcelCode::parse(CODE, Strictness::LookUp).unwrap().code),
        facts,
        answers,
        said: Vec::new(),
        verdict: serde_json::to_value(verdict).unwrap(),
        data: Data {
            version: "small/1".to_owned(),
            title: Localized::new("小", "Small"),
            source_date: date(2026, 1, 1),
            demonstration: true,
        },
        policy: "open@1".to_owned(),
    }
}

fn file() -> String {
    let at = "2026-12-01T01:02:03.5Z".parse().unwrap();
    sign(judgement(&rules(&EDITIONS)), at, &SIGNER).unwrap().text
}

fn keys() -> PublishedKeys {
    SIGNER.published().unwrap()
}

fn is_genuine(file: &[u8]) -> bool {
    matches!(check(file, &keys(), &SIGNER), Checked::Genuine(_))
}

#[test]
fn sites_s6_what_was_signed_is_genuine_and_reads_as_it_was_judged() {
    let library = rules(&EDITIONS);
    let file = file();
    let Checked::Genuine(read) = check(file.as_bytes(), &keys(), &SIGNER) else { panic!("{file}") };
    let (read, signed) = *read;
    assert_eq!(read.all_facts(), facts(), "to the last step of every figure");
    assert_eq!((read.answer(), signed.algorithm), (Some(Answer::Suits), "test-module".to_owned()));
    assert!(read.answers.0.keys().all(|key| matches!(key, FactKey::Answer(_))));
    assert_eq!(read.answers.0.len(), 1);
    assert!(file.contains("参考信息，不是行政决定"), "{file}");
    assert_eq!(read.replay(library.by_hash(&read.rules.hash).unwrap()), Replay::Same);
    // What a field of a form puts around it is nobody's.
    assert!(is_genuine(format!("\r\n {file}\n").as_bytes()));
}

/// A verdict on an outline of a hectare and more, of which the rules are told the size.
fn of_outline(library: &Library) -> Judgement {
    let ground = "119.9 30.5\n119.9010000001 30.5\n119.9010000001 30.501\n119.9 30.501";
    let outline = crate::outline::Outline::read(ground).unwrap();
    let mut judgement = judgement(library);
    let area = Range::measured(outline.area_m2()).unwrap();
    judgement.facts.put(FactKey::Area, Reading::Figure(area), Vec::new());
    let rules = library.by_hash(&judgement.rules.hash).unwrap();
    let verdict = rules.assess(0, &judgement.all_facts(), DAY).unwrap();
    judgement.verdict = serde_json::to_value(verdict).unwrap();
    let precision = crate::profile::Precision::Generalised { cell_m: 25.0 };
    judgement.site = SiteJudged::Outline(OutlineJudged::of(&outline, precision));
    judgement
}

#[test]
fn sites_s6_an_outline_is_signed_with_its_digest_and_reached_again() {
    let library = rules(&EDITIONS);
    let at = "2026-12-01T01:02:03Z".parse().unwrap();
    let signed = |judgement| sign(judgement, at, &SIGNER).unwrap();
    let file = signed(of_outline(&library));
    let Checked::Genuine(read) = check(file.text.as_bytes(), &keys(), &SIGNER) else { panic!() };
    let (read, _) = *read;
    let SiteJudged::Outline(site) = &read.site else { panic!("{read:?}") };
    let ground = &site.ground;
    assert_eq!((ground.crs.as_str(), site.grid_m), ("CGCS2000", Some(25.0)));
    assert_eq!(ground.sha256, crate::digest::hex_digest(ground.geojson.as_bytes()));
    assert!(ground.geojson.contains("119.9010000001"), "every digit: {}", ground.geojson);
    let rules = library.by_hash(&read.rules.hash).unwrap();
    assert_eq!(read.replay(rules), Replay::Same);
    // Signed by whoever has the key, and of another outline than its digest or its size says.
    let moved = |judgement: &mut Judgement, geojson: String, digest: bool| {
        let SiteJudged::Outline(site) = &mut judgement.site else { panic!() };
        site.ground.geojson = geojson;
        if digest {
            site.ground.sha256 = crate::digest::hex_digest(site.ground.geojson.as_bytes());
        }
    };
    let wider = ground.geojson.replace("119.9010000001", "119.9010000201");
    for digest in [false, true] {
        let mut other = of_outline(&library);
        moved(&mut other, wider.clone(), digest);
        assert_eq!(signed(other).judgement.replay(rules), Replay::OtherGround, "{digest}");
    }
    let mut none = of_outline(&library);
    moved(&mut none, "{}".to_owned(), true);
    assert_eq!(none.replay(rules), Replay::OtherGround);
}

#[test]
fn sites_s6_one_bit_changed_anywhere_and_it_is_not_genuine() {
    let mut file = file().into_bytes();
    for at in 0..file.len() {
        for bit in 0..8 {
            file[at] ^= 1 << bit;
            assert!(!is_genuine(&file), "bit {bit} of byte {at}");
            file[at] ^= 1 << bit;
        }
    }
    assert!(is_genuine(&file));
}

#[test]
fn sites_s6_one_byte_more_or_less_anywhere_and_it_is_not_genuine() {
    let file = file().into_bytes();
    let brackets = [0, file.len()];
    for at in 0..=file.len() {
        for more in [b' ', b'\n', b'0', b'"', b'{', b',', b'a', 0, 0xff] {
            // Around the whole, spaces are let pass.
            if brackets.contains(&at) && more.is_ascii_whitespace() {
                continue;
            }
            let changed = [&file[..at], &[more], &file[at..]].concat();
            assert!(!is_genuine(&changed), "{more:?} before byte {at}");
        }
        if at < file.len() {
            let changed = [&file[..at], &file[at + 1..]].concat();
            assert!(!is_genuine(&changed), "without byte {at}");
        }
    }
    // The same content, written in another way.
    let value: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    assert_eq!(check(&pretty, &keys(), &SIGNER), Checked::Altered);
    // A member said twice reads as the last of both.
    let twice = String::from_utf8(file).unwrap().replacen('{', r#"{"format":"x","#, 1);
    assert_eq!(check(twice.as_bytes(), &keys(), &SIGNER), Checked::Altered);
}

#[test]
fn sites_s6_whose_key_nobody_knows_or_trusts_is_said_so() {
    let file = file();
    let other = Module { secret: [8; 32], ..SIGNER };
    let unknown = check(file.as_bytes(), &other.published().unwrap(), &other);
    assert_eq!(unknown, Checked::UnknownKey(SIGNER.key().kid));
    assert_eq!(check(file.as_bytes(), &PublishedKeys::default(), &SIGNER), unknown);
    let revoked = Module { revoked: true, ..SIGNER };
    let Checked::Revoked { key, .. } =
        check(file.as_bytes(), &revoked.published().unwrap(), &SIGNER)
    else {
        panic!("a key that is not trusted")
    };
    assert_eq!(key, SIGNER.key().kid);
    // What only names such a key was never signed with it.
    let changed = file.replacen("barn", "bark", 1);
    let keys_then = revoked.published().unwrap();
    assert_eq!(check(changed.as_bytes(), &keys_then, &SIGNER), Checked::Altered);
    // A module that this program does not have.
    let none = Module { alg: "another", ..SIGNER };
    assert_eq!(check(file.as_bytes(), &keys(), &none), Checked::Newer);
    for text in ["", "{", "[]", "null", r#"{"format":"jianma-verdict"}"#, r#"{"a":1}"#, "\u{0}"] {
        assert_eq!(check(text.as_bytes(), &keys(), &SIGNER), Checked::NoFile, "{text}");
    }
    // A name that no key can have is not repeated to anybody: it might have lines of its own.
    let own = SIGNER.key().kid.as_str().to_owned();
    let lines = format!("{}\\ngenuine: signed", &own[..27]);
    for name in ["", "x", &own[1..], &format!("{own}A"), &format!("{}.", &own[1..]), &lines] {
        let changed = file.replace(&own, name);
        assert_eq!(check(changed.as_bytes(), &keys(), &SIGNER), Checked::NoFile, "{name}");
    }
}

#[test]
fn sites_s6_an_old_verdict_is_reached_again_after_three_editions_and_today_is_said_apart() {
    let file =
        sign(judgement(&rules(&EDITIONS[..1])), Timestamp::UNIX_EPOCH, &SIGNER).unwrap().text;
    let later = rules(&EDITIONS);
    let Checked::Genuine(read) = check(file.as_bytes(), &keys(), &SIGNER) else { panic!("{file}") };
    let (read, _) = *read;
    let own = later.by_hash(&read.rules.hash).unwrap();
    assert_eq!(own.date, date(2026, 11, 1));
    assert_eq!(read.replay(own), Replay::Same, "the edition of before stays");
    let answers = [(DAY, Answer::Suits), (date(2027, 1, 1), Answer::DoesNot)];
    for (day, answer) in answers.into_iter().chain([(date(2028, 1, 1), Answer::Suits)]) {
        let rules = later.in_force("small", day).unwrap();
        assert_eq!(read.by(rules, day).unwrap().answer, answer, "{day}");
    }
    // The last edition says the same of it as the first, by other words and another hash.
    let by = |day| read.by(later.in_force("small", day).unwrap(), day).unwrap();
    assert!(read.says_the_same_as(&by(DAY)) && read.says_the_same_as(&by(date(2028, 1, 1))));
    assert!(!read.says_the_same_as(&by(date(2027, 1, 1))));
    // The same answer under other conditions is not the same.
    let mut other = by(DAY);
    other.findings[0].standing = Standing::ToObtain;
    assert!(other.answer == Answer::Suits && !read.says_the_same_as(&other));
    // By another edition it is another verdict, and it is said where.
    let second = later.in_force("small", date(2027, 1, 1)).unwrap();
    let Replay::Differs(found) = read.replay(second) else { panic!("by another edition") };
    let places: BTreeSet<&str> = found.iter().map(|it| it.at.as_str()).collect();
    for at in ["/answer", "/hash", "/version", "/findings/0/standing"] {
        assert!(places.contains(at), "{at}: {places:?}");
    }
}

#[test]
fn sites_s6_a_verdict_that_does_not_follow_from_its_facts_is_found_although_it_is_signed() {
    let library = rules(&EDITIONS);
    let honest = judgement(&library);
    let own = library.by_hash(&honest.rules.hash).unwrap();
    let mut forged = honest.clone();
    *forged.verdict.get_mut("answer").unwrap() = "does_not".into();
    let Replay::Differs(found) = forged.replay(own) else { panic!("another answer") };
    assert_eq!((found.len(), found[0].at.as_str()), (1, "/answer"));
    let mut forged = honest;
    forged.facts.lack(FactKey::Overlaps("farmland".to_owned()), Cause::Missing);
    assert!(matches!(forged.replay(own), Replay::Differs(_)), "other facts");
    forged.of.id = "palace".to_owned();
    assert_eq!(forged.replay(own), Replay::NoUse);
}

#[test]
fn x5_the_signature_is_over_the_canonical_form_without_itself() {
    // What a stranger does, with nothing of ours: take the member out, keep the rest as it stands.
    let file = file();
    let (start, rest) = file.split_once(r#""signature":""#).unwrap();
    let (signature, end) = rest.split_once("\",").unwrap();
    let message = format!("{start}{end}");
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(SIGNER.holds(&SIGNER.key(), message.as_bytes(), &signature), Some(true));
}

/// The fields are not known, and an office says that there are none.
fn with_an_office() -> Judgement {
    let library = rules(&EDITIONS);
    let rules = library.in_force("small", DAY).unwrap();
    let mut judgement = judgement(&library);
    let fields = FactKey::Overlaps("farmland".to_owned());
    judgement.facts.lack(fields.clone(), Cause::Missing);
    let seen =
        Seen {
            source: "event".to_owned(), title: Localized::new("局", "Bureau"), date: Some(DAY)
        };
    let reading = Reading::Overlaps(Overlaps { apart: true, features: Vec::new() });
    judgement.said = vec![OfficeWord {
        fact: fields,
        says: Fact::Known(Known { reading, seen: vec![seen] }),
        office: Localized::new("局", "Bureau"),
        at: "2026-11-30T08:00:00Z".parse().unwrap(),
        event: "event".to_owned(),
    }];
    let verdict = rules.assess(0, &judgement.all_facts(), DAY).unwrap();
    judgement.verdict = serde_json::to_value(verdict).unwrap();
    judgement
}

#[test]
fn sites_s6_what_offices_said_is_signed_and_the_verdict_is_reached_again_with_it() {
    let library = rules(&EDITIONS);
    let edition = library.in_force("small", DAY).unwrap();
    let with = with_an_office();
    let signed = sign(with.clone(), Timestamp::UNIX_EPOCH, &SIGNER).unwrap();
    let Checked::Genuine(read) = check(signed.text.as_bytes(), &keys(), &SIGNER) else { panic!() };
    assert_eq!((read.0.said.clone(), &read.0), (with.said.clone(), &signed.judgement));
    assert_eq!(read.0.replay(edition), Replay::Same);
    // Without their word another verdict follows, and a word that is not theirs is found.
    let mut without = read.0.clone();
    without.said.clear();
    assert!(matches!(without.replay(edition), Replay::Differs(_)));
    let mut other = read.0.clone();
    other.said[0].says = Fact::Unknown(Cause::NotKnown);
    assert!(matches!(other.replay(edition), Replay::Differs(_)));
    for (from, to) in [("\"event\":\"event\"", "\"event\":\"evenx\""), ("08:00:00Z", "08:00:01Z")] {
        let text = signed.text.replacen(from, to, 1);
        assert_ne!(text, signed.text, "{from}");
        assert_eq!(check(text.as_bytes(), &keys(), &SIGNER), Checked::Altered, "{from}");
    }
    assert_eq!(said(&with.said).0.len(), 1);
    // A file of before has no such member, and reads.
    assert!(!file().contains("\"said\""));
}
