//! `jianma check-config`: what a configuration means, in words, before anybody relies on it.

use std::{fmt::Write as _, path::Path};

use domain::Locale;
use jiff::civil::Date;

use crate::{
    config::{Config, ConfigError},
    departments,
    system::SystemEntropy,
};

/// Reads the configuration with its policies and says what they mean: departments, and every
/// policy row by row, for demonstration data and for others. `today` is the date in China.
///
/// # Errors
/// [`ConfigError`] when a file does not read, or a policy contradicts itself or the law.
pub fn explain(path: Option<&Path>, today: Date) -> Result<String, ConfigError> {
    let config = Config::read(path)?;
    let policies = config.policies(today)?;
    let mut text = String::from("configuration: right\n");
    text.push_str(&departments::explain(&config, &SystemEntropy)?);
    // Writing to a string does not fail.
    for policy in policies.iter() {
        let invented = policies.get(&policy.id, true);
        let mut lines = vec![("real data", policy.summary())];
        lines.extend(invented.map(|invented| ("demonstration data", invented.summary())));
        for (kind, line) in lines {
            let _written = writeln!(text, "policy {}, for {kind}: {line}", policy.id);
        }
    }
    for policy in policies.iter() {
        let _written = write!(text, "\n{}", policy.explain(Locale::En));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 22);
    const ZHEJIANG: &str = include_str!("../../../domain/data/policies/zhejiang.toml");

    /// A configuration beside a policy file of the operator.
    fn with(policy: &str) -> Result<String, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(&path, "[policies]\nfiles = [\"own.toml\"]\n").unwrap();
        std::fs::write(folder.path().join("own.toml"), policy).unwrap();
        explain(Some(&path), TODAY)
    }

    #[test]
    fn p11_without_approvals_it_says_that_nothing_is_shown() {
        let text = explain(None, TODAY).unwrap();
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
    fn a_policy_file_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianma.toml");
        std::fs::write(&path, "[policies]\nfiles = [\"nowhere.toml\"]\n").unwrap();
        let message = explain(Some(&path), TODAY).unwrap_err().to_string();
        assert!(message.contains("nowhere.toml"), "{message}");
    }
}
