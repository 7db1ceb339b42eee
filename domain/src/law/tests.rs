//! The register against itself, and every citation of this repository against the register.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::{Date, date};

use super::*;
use crate::{
    localized::{Locale, Localized},
    policy::{Policies, ceilings},
};

const TODAY: Date = date(2026, 11, 28);
const FILE: &str = include_str!("../../data/laws.toml");

fn text(zh: &str, en: &str) -> Result<LegalText, CitationError> {
    LegalText::parse(&Localized::new(zh, en), register())
}

fn zh(text: &str, today: Date) -> String {
    LegalText::parse(&Localized::same(text), register()).unwrap().get(Locale::Zh, today)
}

fn en(text: &str, today: Date) -> String {
    LegalText::parse(&Localized::same(text), register()).unwrap().get(Locale::En, today)
}

/// What this crate's own data cite.
fn everything() -> Ledger {
    let mut ledger = ceilings();
    for policy in Policies::embedded().unwrap().iter() {
        ledger.extend(policy.citations());
    }
    ledger.extend(crate::service::citations());
    ledger.extend(crate::theme::citations());
    ledger
}

#[test]
fn z2_the_register_reads_and_every_entry_is_whole() {
    let register = parse(FILE, "laws.toml").unwrap();
    assert!(register.iter().count() >= 40);
    for law in register.iter() {
        if let Some(read) = &law.read {
            assert!(register.source(&read.source).is_some(), "{}: {}", law.id, read.source);
            assert!(read.on <= register.date, "{}: read in the future", law.id);
            assert!(!law.kind.needs_article() || !read.articles.is_empty(), "{}", law.id);
        }
        let named = law.repealed.iter().map(|end| &end.by).chain(&law.beside);
        for other in named {
            assert!(register.get(other).is_some(), "{} names {other}", law.id);
        }
    }
    let titles: BTreeSet<_> = register.iter().map(|law| law.title.zh.as_str()).collect();
    assert_eq!(titles.len(), register.iter().count(), "a title twice");
}

#[test]
fn z2_an_entry_that_lacks_something_is_refused_with_what_to_write() {
    let source =
        "[[source]]\nid = \"s\"\ntitle = { zh = \"源\", en = \"S\" }\ndate = \"2026-11-01\"\n";
    let head = format!("date = \"2026-11-28\"\n{source}");
    let with = |entry: &str| parse(&format!("{head}[[law]]\n{entry}"), "laws.toml");
    let law = "id = \"a\"\ntitle = { zh = \"甲法\", en = \"A\" }\nkind = \"law\"\n";
    let read = "read = { source = \"s\", on = \"2026-11-01\", articles = \"1-3\" }\n";
    let version = "version = { adopted = \"2020-01-01\" }\nin_force = \"2020-01-01\"\n";
    assert!(with(&format!("{law}{version}{read}")).is_ok());
    for (entry, why) in [
        (law.to_owned(), "either `read` or `unread`"),
        (format!("{law}{read}"), "has a `version`"),
        (format!("{law}{version}{read}{}", law.replace("id", "[[law]]\nid")), "either"),
        (format!("{law}{version}{read}[[law]]\n{law}{version}{read}"), "stands in line 7 already"),
        (format!("{law}{version}{read}lapsed = true\n"), "lapsed"),
        (law.replace("\"a\"", "\"A b\"") + version + read, "a-z, 0-9"),
    ] {
        let message = with(&entry).unwrap_err().to_string();
        assert!(message.contains(why), "{why}: {message}");
        assert!(message.starts_with("laws.toml, line "), "{message}");
    }
}

/// The build fails here on a citation of a law that is not in force on the register's date.
#[test]
fn z2_every_citation_of_the_data_is_in_force() {
    let ledger = everything();
    assert!(ledger.entries().len() > 80, "{}", ledger.entries().len());
    let faults: Vec<String> = ledger
        .faults(register().date)
        .map(|(entry, fault)| {
            format!("{}, {}: {}: {fault}", entry.file, entry.place, entry.citation.key())
        })
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(ledger.prose().is_empty(), "in plain words: {:?}", ledger.prose());
    for entry in ledger.entries() {
        let law = &entry.citation.law;
        assert!(law.read.is_none() || law.in_force.is_some(), "{} is in force from when?", law.id);
    }
}

#[test]
fn z2_what_is_to_be_confirmed_is_known_law_by_law() {
    let ledger = everything();
    let open: Vec<&str> = ledger.unread().into_keys().collect();
    // Whoever cites something that nobody has read enters it here, and reads it before long.
    let known = [
        "beijing-online-inquiry",
        "public-map-content",
        "registration-inquiry-measures",
        "shanghai-business-environment",
        "surveying-secrets",
    ];
    assert_eq!(open, known);
}

#[test]
fn z2_title_version_and_article_are_written_in_the_readers_language() {
    assert_eq!(
        zh("依{law:planning-law:8,40; zj-spatial-planning:47}。", TODAY),
        "依《城乡规划法》（2019年修正）第八条、第四十条，《浙江省国土空间规划条例》（2024年）第四十七条。"
    );
    assert_eq!(
        en("{law:planning-law:9; civil-code:218-220}", TODAY),
        "Urban and Rural Planning Law (2019), art. 9; Civil Code (2020), arts. 218 to 220"
    );
    assert_eq!(
        zh("{law:disclosure-regulation:36(7)}", TODAY),
        "《政府信息公开条例》（2019年修订）第三十六条第七项"
    );
    assert_eq!(
        zh("{law:unit-code-standard}", TODAY),
        "《不动产单元设定与代码编制规则》（GB/T 37346-2019）"
    );
}

#[test]
fn z2_what_was_not_read_is_marked_article_by_article() {
    assert_eq!(
        zh("{law:registration-inquiry-measures:2,4}", TODAY),
        "《不动产登记资料查询暂行办法》第二条、第四条（待核实）"
    );
    assert_eq!(
        zh("{law:registration-inquiry-measures:?}", TODAY),
        "《不动产登记资料查询暂行办法》（条号待核实）"
    );
    assert_eq!(
        zh("{law:civil-code:219,500}", TODAY),
        "《民法典》（2020年）第二百一十九条、第五百条（待核实）"
    );
    assert_eq!(
        en("{law:civil-code:219,500}", TODAY),
        "Civil Code (2020), arts. 219, 500 (to be confirmed)"
    );
    assert_eq!(
        en("{law:beijing-online-inquiry}", TODAY),
        "Beijing’s online inquiry of 2019 (to be confirmed)"
    );
}

#[test]
fn z2_a_citation_appears_from_its_day_and_a_repealed_law_is_said_to_be() {
    let farmland = "{law:land-law:34; farmland-law:20 from 2027-01-01}";
    assert_eq!(zh(farmland, date(2026, 12, 31)), "《土地管理法》（2019年修正）第三十四条");
    assert_eq!(
        zh(farmland, date(2027, 1, 1)),
        "《土地管理法》（2019年修正）第三十四条、《耕地保护和质量提升法》（2026年）第二十条"
    );
    let old = "{law:water-pollution-law:65}";
    assert_eq!(zh(old, date(2026, 8, 14)), "《水污染防治法》第六十五条（待核实）");
    assert_eq!(
        zh(old, date(2026, 8, 15)),
        "《水污染防治法》第六十五条（待核实）（已于2026年8月15日废止）"
    );
    assert!(en(old, TODAY).ends_with("(repealed on 15 August 2026)"));
    assert!(zh("{law:farmland-law:20}", TODAY).ends_with("（2027年1月1日起施行）"));
}

#[test]
fn z2_the_faults_of_a_citation_are_found_on_the_day_they_begin() {
    let fault = |text: &str, on: Date| Citation::parse(text, register()).unwrap().fault(on);
    let repealed = Fault::Repealed { on: date(2025, 1, 1), by: "zj-spatial-planning".into() };
    assert_eq!(fault("zj-planning-2010:34", date(2024, 12, 31)), None);
    assert_eq!(fault("zj-planning-2010:34", date(2025, 1, 1)), Some(repealed));
    assert_eq!(fault("zj-planning-2010:34 until 2024-12-31", TODAY), None);
    let early = Some(Fault::NotYet { on: date(2027, 1, 1) });
    assert_eq!(fault("farmland-law:20", TODAY), early);
    assert_eq!(fault("farmland-law:20 from 2026-12-31", TODAY), early);
    assert_eq!(fault("farmland-law:20 from 2027-01-01", TODAY), None);
    for (old, new) in [("21", "23"), ("24", "26")] {
        let renumbered = fault(&format!("cybersecurity-law:{old}"), TODAY);
        let wanted =
            Fault::Renumbered { article: old.into(), to: new.into(), on: date(2026, 1, 1) };
        assert_eq!(renumbered, Some(wanted));
        assert_eq!(fault(&format!("cybersecurity-law:{new}"), TODAY), None);
    }
}

#[test]
fn z2_what_will_change_is_known_before() {
    let coming =
        |text: &str, on: Date| Citation::parse(text, register()).unwrap().coming(on, register());
    let beside = Coming::Beside { on: date(2027, 1, 1), law: "farmland-law".into() };
    assert_eq!(coming("land-law:34", TODAY), [beside]);
    assert_eq!(coming("land-law:34", date(2027, 1, 1)), []);
    let repealed = Coming::Repealed { on: date(2026, 8, 15), by: "ecological-code".into() };
    assert_eq!(coming("water-pollution-law:65", date(2026, 8, 14)), [repealed]);
    let begins = Coming::Begins { on: date(2027, 1, 1) };
    assert_eq!(coming("farmland-law:20 from 2027-01-01", TODAY), [begins]);
}

#[test]
fn z2_a_placeholder_that_cannot_be_followed_is_refused() {
    for (wrong, why) in [
        ("{law:planning-act:8}", "planning-act"),
        ("{law:planning-law}", "without an article"),
        ("{law:planning-law:}", "without an article"),
        ("{law:planning-law:8a}", "no article"),
        ("{law:planning-law:8", "does not read"),
        ("{law:}", "does not read"),
        ("{law:planning-law:8 since 2027-01-01}", "does not read"),
        ("{law:planning-law:8 from tomorrow}", "does not read"),
        ("{law:farmland-law:20 from 2027-01-01}", "before a later day"),
    ] {
        let message = text(wrong, wrong).unwrap_err().to_string();
        assert!(message.contains(why), "{wrong}: {message}");
    }
    let message = text("{law:planning-law:8}", "{law:planning-law:9}").unwrap_err().to_string();
    assert!(message.contains("planning-law:8") && message.contains("planning-law:9"));
}

#[test]
fn z2_a_law_in_plain_words_is_marked_as_outside_the_register() {
    let plain = text("依《某市办法》第三条", "under City Measures, art. 3").unwrap();
    assert_eq!(plain.prose(), ["《某市办法》"]);
    assert_eq!(plain.get(Locale::Zh, TODAY), "依《某市办法》第三条（待核实）");
    assert!(plain.get(Locale::En, TODAY).ends_with(" (to be confirmed)"));
}

// ------------------------------------------------------------------------------- the repository

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let skipped = ["target", "node_modules", ".git", "snapshots", "test-results"];
            if !path.is_symlink() && !skipped.contains(&name.as_str()) {
                files(&path, found);
            }
        } else if ["rs", "toml", "ts", "mjs", "md", "css", "sql"]
            .iter()
            .any(|end| name.ends_with(&format!(".{end}")))
        {
            found.push(path);
        }
    }
}

/// Every source and data file but the register, and the tests that cite wrongly on purpose.
fn repository() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    files(root, &mut found);
    let on_purpose = |path: &Path| {
        ["data/laws.toml", "law/tests.rs", "law/prose.rs", "law/document.rs", "command/check.rs"]
            .iter()
            .any(|end| path.ends_with(end))
            || path.ends_with("app/src/tests/pages/policy.rs")
    };
    let read = |path: PathBuf| fs::read_to_string(&path).ok().map(|text| (path, text));
    found.into_iter().filter(|path| !on_purpose(path)).filter_map(read).collect()
}

#[test]
fn z2_no_file_names_a_law_that_is_repealed() {
    let files = repository();
    assert!(files.len() > 200, "{}", files.len());
    let repealed: Vec<&str> = register()
        .iter()
        .filter(|law| law.repealed.as_ref().is_some_and(|end| end.on <= register().date))
        .map(|law| law.title.zh.as_str())
        .collect();
    assert!(repealed.len() >= 3);
    for (path, text) in &files {
        for title in &repealed {
            assert!(!text.contains(title), "{} names {title}", path.display());
        }
    }
}

#[test]
fn z2_comments_cite_laws_of_the_register_that_are_in_force_by_their_title() {
    let cited = regex::Regex::new(r"([^\s(,;]+) (?:art|Art|arts|article)\.? (\d+)").unwrap();
    let list = regex::Regex::new(r"(?:art|arts)\.? ((?:\d+(?:, )?)+)").unwrap();
    let mut seen = 0;
    for (path, text) in repository() {
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let comments: String = text
            .lines()
            .map(str::trim_start)
            .filter_map(|line| line.strip_prefix("//"))
            .map(|line| line.trim_start_matches(['/', '!']).trim())
            .collect::<Vec<_>>()
            .join(" ");
        for found in cited.captures_iter(&comments) {
            let (title, place) = (&found[1], path.display());
            let law = register().by_title(title);
            let law = law.unwrap_or_else(|| panic!("{place} cites {title}, by no title we know"));
            assert!(law.is_in_force(register().date), "{place} cites {title}");
            let at = found.get(0).unwrap().start();
            let numbers = list.captures(&comments[at..]).map(|list| list[1].to_owned()).unwrap();
            for number in numbers.split(", ").filter(|number| !number.is_empty()) {
                let citation = format!("{}:{number}", law.id);
                let citation = Citation::parse(&citation, register()).unwrap();
                assert_eq!(citation.fault(register().date), None, "{place} cites {title}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn z2_data_cite_laws_by_id_only() {
    let article =
        regex::Regex::new("第[零一二三四五六七八九十百千]+条|[Aa]rts?\\. \\d|PIPL").unwrap();
    for (path, text) in repository() {
        let data =
            ["domain/data", "app/locales"].iter().any(|part| path.to_string_lossy().contains(part));
        if !data || path.to_string_lossy().contains("dictionaries") {
            continue;
        }
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            assert!(!article.is_match(line), "{}: {line}", path.display());
            for law in register().iter().filter(|law| law.kind.needs_article()) {
                let quoted = format!("《{}》", law.title.zh);
                assert!(!line.contains(&quoted), "{}: {line}", path.display());
            }
        }
    }
}
