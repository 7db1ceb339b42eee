//! `jianma check-config`: what a configuration means, in words, before anybody relies on it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use domain::{Clock, Locale, clock::china_date, law::Ledger, policy::Policies};
use jiff::civil::Date;

use crate::{
    catalogues,
    config::{Config, ConfigError},
    departments, language, mail,
    output::Output,
    rules,
    system::SystemEntropy,
};

mod keeping;
mod laws;

/// How `jianma check-config` is called.
#[derive(Debug, Args)]
pub struct CheckConfigArgs {
    /// Configuration file.
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Says what a configuration means.
///
/// # Errors
/// As [`explain`].
pub fn run(arguments: &CheckConfigArgs, clock: &dyn Clock) -> Result<Output, ConfigError> {
    let today = china_date(clock.now());
    let text = explain(arguments.config.as_deref(), today, language::of_environment())?;
    Ok(Output::lines(text.lines().map(str::to_owned).collect()))
}

/// Reads the configuration with its policies and says what they mean: departments, the laws cited
/// and what is to be confirmed about them, and every policy row by row, for demonstration data and
/// for others, their texts in a language. `today` is the date in China.
///
/// # Errors
/// [`ConfigError`] when a file does not read, or a policy contradicts itself or the law.
pub fn explain(path: Option<&Path>, today: Date, locale: Locale) -> Result<String, ConfigError> {
    let config = Config::read(path)?.put_to_use()?;
    let policies = config.policies(today)?;
    let mut text = String::from("configuration: right\n");
    text.push_str(&departments::explain(&config, &SystemEntropy)?);
    text.push_str(&mail::explain(&config)?);
    text.push_str(&keeping::explain(&config));
    text.push_str(&catalogues::explain());
    text.push_str(&rules::explain(&config.rules()?));
    // Writing to a string does not fail.
    for policy in policies.iter() {
        let invented = policies.get(&policy.id, true);
        let mut lines = vec![("real data", policy.summary())];
        lines.extend(invented.map(|invented| ("demonstration data", invented.summary())));
        for (kind, line) in lines {
            let _written = writeln!(text, "policy {}, for {kind}: {line}", policy.id);
        }
    }
    text.push_str(&laws::explain(&cited(&policies), today, locale));
    for policy in policies.iter() {
        let _written = write!(text, "\n{}", policy.explain(locale, today));
    }
    Ok(text)
}

/// Every citation that this program shows: of the policies in use, and its own.
fn cited(policies: &Policies) -> Ledger {
    let mut ledger = Ledger::default();
    for policy in policies.iter() {
        ledger.extend(policy.citations());
    }
    for own in [
        domain::policy::ceilings(),
        domain::service::citations(),
        domain::theme::citations(),
        app::citations(),
        demo_district::citations(),
    ] {
        ledger.extend(own);
    }
    ledger
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);
    const ZHEJIANG: &str = include_str!("../../../../domain/data/policies/zhejiang.toml");

    /// A configuration beside a policy file of the operator.
    fn with(policy: &str) -> Result<String, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(&path, "[policies]\nfiles = [\"own.toml\"]\n").unwrap();
        std::fs::write(folder.path().join("own.toml"), policy).unwrap();
        explain(Some(&path), TODAY, Locale::En)
    }

    #[test]
    fn p11_without_approvals_it_says_that_nothing_is_shown() {
        let text = explain(None, TODAY, Locale::En).unwrap();
        let line = text.lines().find(|line| line.starts_with("policy zhejiang, for real")).unwrap();
        assert!(line.contains("NOTHING is shown to the public"), "{line}");
        assert!(line.contains("demonstration data only"), "{line}");
        assert!(text.contains("policy zhejiang, for demonstration data: the public is shown"));
        assert!(text.contains("policy open-cadastre, for real data: the public is shown places"));
        assert!(text.contains("P off: `show` is approved by Provider of the Jianma demonstration"));
    }

    #[test]
    fn p11_an_operators_file_takes_the_place_of_the_embedded_one() {
        let own = ZHEJIANG.replace("scope = \"demonstration\"", "scope = \"everything\"");
        let text = with(&own).unwrap();
        assert!(text.contains("policy zhejiang, for real data: the public is shown places"));
        assert_eq!(text.matches("\npolicy zhejiang@").count(), 1);
    }

    #[test]
    fn p11_a_refusal_names_the_file_and_what_to_do() {
        let message = with(&ZHEJIANG.replace("2026-11-01", "2026-11-23")).unwrap_err().to_string();
        assert!(message.contains("own.toml") && message.contains("after today"), "{message}");
        let message = with(&ZHEJIANG.replace("grid_m = 25.0", "grid_m = 10.0")).unwrap_err();
        assert!(message.to_string().contains("write 25.0 or more"), "{message}");
    }

    #[test]
    fn p11_what_nobody_has_read_is_listed_with_its_count_and_why() {
        let text = explain(None, TODAY, Locale::En).unwrap();
        let measures = text.lines().find(|line| line.contains("(registration-inquiry-measures):"));
        let measures = measures.unwrap();
        assert!(measures.contains("to be confirmed"), "{measures}");
        assert!(text.contains("no text was read"), "why: {text}");
        assert!(text.contains("policy zhejiang: "), "by file: {text}");
        assert!(text.contains("divisions: "), "tables as well: {text}");
        assert!(!text.contains("WARNING"), "nothing that is shown is repealed: {text}");
    }

    #[test]
    fn p11_a_law_that_will_come_or_end_is_said_before_and_after_its_day() {
        let text = explain(None, TODAY, Locale::En).unwrap();
        let coming = text.lines().find(|line| line.contains("coming on 2027-01-01")).unwrap();
        assert!(coming.contains("《耕地保护和质量提升法》"), "{text}");
        let own = r#"[[law]]
id = "own-rule"
title = { zh = "某市规定", en = "City rule" }
kind = "local-regulation"
version = { adopted = "2020-01-01" }
in_force = "2020-01-01"
repealed = { on = "2026-12-31", by = "planning-law" }
read = { source = "our legal office", on = "2026-11-01", articles = "3" }

"#;
        let at = ZHEJIANG.find("# Where it is").unwrap();
        let file = format!("{}{own}{}", &ZHEJIANG[..at], &ZHEJIANG[at..])
            .replace("{law:registration-regulation:8}：用途", "{law:own-rule:3}：用途")
            .replace("{law:registration-regulation:8}: the use", "{law:own-rule:3}: the use");
        let text = with(&file).unwrap();
        let line = text.lines().find(|line| line.contains("coming on 2026-12-31")).unwrap();
        assert!(line.contains("《某市规定》") && line.contains("repealed"), "{line}");
    }

    #[test]
    fn p11_an_operators_citation_of_a_repealed_law_is_warned_of() {
        let by_id = |law: &str| {
            ZHEJIANG
                .replace("{law:registration-regulation:8}：用途", &format!("{law}：用途"))
                .replace("{law:registration-regulation:8}: the use", &format!("{law}: the use"))
        };
        let text = with(&by_id("{law:zj-planning-2010:34}")).unwrap();
        let line = text.lines().find(|line| line.contains("WARNING")).unwrap();
        assert!(line.contains("row 8") && line.contains("repealed on 2025-01-01"), "{line}");
        let text = with(&by_id("{law:cybersecurity-law:21}")).unwrap();
        let line = text.lines().find(|line| line.contains("WARNING")).unwrap();
        assert!(line.contains("art. 21 is art. 23 since 2026-01-01"), "{line}");
        let text = with(&by_id("《浙江省城乡规划条例》第三十四条")).unwrap();
        let line = text.lines().find(|line| line.contains("WARNING")).unwrap();
        assert!(line.contains("in plain words") && line.contains("repealed"), "{line}");
    }

    #[test]
    fn p11_a_law_that_is_not_in_the_register_is_refused_by_id_and_told_in_plain_words() {
        let message = with(&ZHEJIANG.replace("{law:map-regulation:8,36}", "{law:map-rules:8}"))
            .unwrap_err()
            .to_string();
        assert!(message.contains("row 41") && message.contains("map-rules"), "{message}");
        let text = with(&ZHEJIANG.replace("{law:map-regulation:8,36}", "《某市办法》第三条"));
        let text = text.unwrap();
        let line = text.lines().find(|line| line.contains("《某市办法》: cited in plain")).unwrap();
        assert!(line.contains("row 41") && line.contains("to be confirmed"), "{line}");
    }

    #[test]
    fn x2_where_keys_and_witness_are_and_who_hands_in_assertions_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        let text = explain(None, TODAY, Locale::En).unwrap();
        assert!(text.contains("NO WITNESS") && text.contains("[keys] folder"), "{text}");
        let config = "[keys]\nfolder = \"vault\"\n[audit]\nwitness = \"w.log\"\n[identity]\n\
                      keys = \"k\"\nissuer = \"i\"\naudience = \"a\"\ntiers = []\n";
        std::fs::write(&path, config).unwrap();
        let text = explain(Some(&path), TODAY, Locale::En).unwrap();
        let vault = folder.path().join("vault");
        assert!(text.contains(&format!("keys: in {}", vault.display())), "{text}");
        assert!(text.contains("handed in by 127.0.0.1, ::1, living at most 10 minutes"), "{text}");
    }

    #[test]
    fn a_policy_file_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(&path, "[policies]\nfiles = [\"nowhere.toml\"]\n").unwrap();
        let message = explain(Some(&path), TODAY, Locale::En).unwrap_err().to_string();
        assert!(message.contains("nowhere.toml"), "{message}");
    }
}
