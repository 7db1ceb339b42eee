//! What `packaging/` says, held against the program: examples that are not run go out of date.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::harness::{PortalFolder, Running};

fn packaging() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging")
}

/// The files of `packaging/` that end so.
fn files(ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(packaging()).unwrap().map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    assert!(!found.is_empty(), "packaging/ has no {ending}");
    found
}

#[test]
fn every_example_configuration_is_right_and_says_what_a_deployment_must_think_about() {
    let place = PortalFolder::empty();
    for path in files(".toml") {
        let config = path.to_string_lossy().into_owned();
        let output = place.jianma(&["check-config", "--config", &config]);
        let said = String::from_utf8_lossy(&output.stdout);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{config}: {wrong}");
        assert!(said.starts_with("configuration: right\n"), "{config}: {said}");
        for item in domain::service::services() {
            let department = format!("\ndepartment {}: ", item.department);
            assert!(said.contains(&department), "{config} leaves out {}", item.department);
        }
    }
}

/// The sections of a configuration, from the program's own answer to one that there is not.
fn sections() -> Vec<String> {
    let unknown = toml::from_str::<jianma::config::Config>("[no_section]").unwrap_err();
    let (_, known) = unknown.message().split_once("expected one of ").unwrap();
    known.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_section_of_a_configuration_is_in_the_example() {
    let sections = sections();
    assert!(sections.len() > 1, "{sections:?}");
    for path in files(".toml") {
        let text = fs::read_to_string(&path).unwrap();
        // What few deployments need stands there as a comment.
        let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches("# ")).collect();
        for name in &sections {
            let (whole, part) = (format!("[{name}]"), format!("[{name}."));
            let is_there = lines.iter().any(|l| l.starts_with(&whole) || l.starts_with(&part));
            assert!(is_there, "{} leaves out [{name}]", path.display());
        }
    }
}

#[test]
fn a_word_that_the_program_does_not_know_in_an_example_is_refused() {
    let place = PortalFolder::empty();
    for path in files(".toml") {
        let text = fs::read_to_string(&path).unwrap().replace("[site]\n", "[site]\nhots = \"a\"\n");
        fs::write(place.path("portal.toml"), text).unwrap();
        let output = place.jianma(&["check-config", "--config", &place.text("portal.toml")]);
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains("hots"));
    }
}

/// The words after the program, of each line that calls it.
fn calls(text: &str) -> Vec<Vec<String>> {
    let words = |rest: &str| {
        rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | ',' | '[' | ']'))
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    text.lines()
        .filter(|line| line.starts_with("ExecStart") || line.starts_with("CMD "))
        .map(|line| line.split_once("bin/jianma").map_or(&line[4..], |(_, rest)| rest))
        .map(words)
        .collect()
}

#[test]
fn the_unit_and_the_image_call_commands_that_there_are() {
    let place = PortalFolder::empty();
    for path in [files(".service"), files("Dockerfile")].concat() {
        let calls = calls(&fs::read_to_string(&path).unwrap());
        assert!(!calls.is_empty(), "{} calls nothing", path.display());
        for call in calls {
            let help = place.jianma(&[&call[0], "--help"]);
            assert!(help.status.success(), "{}: no command {}", path.display(), call[0]);
            let help = String::from_utf8_lossy(&help.stdout).into_owned();
            for flag in call.iter().filter(|word| word.starts_with("--")) {
                assert!(help.contains(&format!("{flag} ")), "{} {flag}", path.display());
            }
        }
    }
}

#[test]
fn every_secret_of_the_example_is_handed_to_the_unit() {
    let [unit] = &files(".service")[..] else { panic!("one unit") };
    let unit = fs::read_to_string(unit).unwrap();
    for path in files(".toml") {
        let text = fs::read_to_string(&path).unwrap();
        let named: Vec<&str> = text
            .split("\"/run/credentials/jianma.service/")
            .skip(1)
            .map(|rest| rest.split_once('"').unwrap().0)
            .collect();
        assert!(!named.is_empty(), "{} names no secret", path.display());
        for name in named {
            assert!(unit.contains(&format!("\nLoadCredential={name}:")), "the unit lacks {name}");
        }
    }
}

#[test]
fn a_machine_that_trusts_nobody_serves_departments_on_plain_http_and_names_what_others_need() {
    let place = PortalFolder::empty();
    let serving = || {
        let mut command = place.serving();
        command.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", place.path("site/pkg"));
        command
    };
    place.configure("http://127.0.0.1:9", "");
    drop(Running::of(&mut serving()));
    place.configure("https://127.0.0.1:9", "");
    let refused = serving().output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for words in ["department `geology`", "No CA certificates", "ca-certificates", "`authorities`"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
}
