//! Rules about sites that an operator writes, checked before they judge anything.

use std::{fs, path::Path, process::Output};

use crate::harness::PortalFolder;

/// The sets of the program, in a folder of an operator.
fn place() -> PortalFolder {
    let place = PortalFolder::empty();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../domain/data/rules/zhejiang");
    for date in fs::read_dir(own).unwrap().map(Result::unwrap) {
        let folder = place.path("rules/zhejiang").join(date.file_name());
        fs::create_dir_all(&folder).unwrap();
        for file in fs::read_dir(date.path()).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
    }
    place
}

fn said(output: &Output) -> String {
    let [out, error] = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part));
    format!("{out}{error}")
}

/// What `check-rules` says of the folder, and its exit code.
fn checked(place: &PortalFolder) -> (Option<i32>, String) {
    let output = place.jianma(&["check-rules", &place.text("rules")]);
    (output.status.code(), said(&output))
}

/// Puts `instead` for the first `mark` of a file, and says its line.
fn break_file(place: &PortalFolder, file: &str, mark: &str, instead: &str) -> usize {
    let path = place.path("rules/zhejiang/2026-11-29").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().position(|line| line.contains(mark)).unwrap() + 1;
    fs::write(path, text.replacen(mark, instead, 1)).unwrap();
    line
}

/// The line that says what a set comes to.
fn sum<'a>(told: &'a str, set: &str) -> &'a str {
    told.lines().find(|line| line.starts_with(set)).unwrap_or_else(|| panic!("{told}"))
}

#[test]
fn check_rules_counts_those_of_the_program_and_says_what_is_for_review() {
    let output = PortalFolder::empty().jianma(&["check-rules"]);
    let told = said(&output);
    assert!(output.status.success() && told.starts_with("rules: right\n"), "{told}");
    let zhejiang = sum(&told, "zhejiang 2026-11-29: ");
    for part in [" rules, ", " uses, ", " tables, hash "] {
        assert!(zhejiang.contains(part), "{zhejiang}");
    }
    assert_eq!(zhejiang.rsplit(' ').next().unwrap().len(), 64, "{zhejiang}");
    assert!(told.contains("NOTE: zhejiang 2026-11-29 is for review (待审)"), "{told}");
    sum(&told, "cambridge ");
}

#[test]
fn a_folder_of_the_same_files_has_the_same_hash_and_one_letter_more_another() {
    let place = place();
    let (code, own) = checked(&place);
    assert_eq!(code, Some(0), "{own}");
    let embedded = said(&place.jianma(&["check-rules"]));
    assert_eq!(sum(&own, "zhejiang "), sum(&embedded, "zhejiang "));
    break_file(&place, "set.toml", "规则（待审）", "规则（待审查）");
    let (code, changed) = checked(&place);
    assert_eq!(code, Some(0), "{changed}");
    assert_ne!(sum(&own, "zhejiang "), sum(&changed, "zhejiang "));
}

#[test]
fn check_rules_names_file_line_and_rule_of_every_fault() {
    let place = place();
    for (file, mark, instead, words) in [
        (
            "farmland.toml",
            "overlaps = \"basic-farmland\"",
            "overlaps = \"farmland\"",
            "permanent-farmland",
        ),
        ("planning.toml", "says = [\"prohibited\"]", "says = [\"forbidden\"]", "planned-use"),
        ("scores.toml", "weight = \"40 %\"", "weight = \"41 %\"", "sum to 101 %"),
    ] {
        let line = break_file(&place, file, mark, instead);
        let (code, told) = checked(&place);
        assert_eq!(code, Some(1), "{told}");
        let fault = told.lines().find(|told| told.contains(&format!("{file}, line {line}: ")));
        assert!(fault.is_some_and(|fault| fault.contains(words)), "{file}, line {line}: {told}");
    }
    // What no shape fits is told alone: nothing else of the set can be looked at.
    let line = break_file(&place, "protection.toml", "named = [", "nameds = [");
    let (code, told) = checked(&place);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("protection.toml, line {line}: ")), "{told}");
    assert!(told.contains("rules: 1 faults"), "{told}");
}

#[test]
fn what_is_no_rule_file_and_a_folder_without_any_are_refused() {
    let place = place();
    let folder = place.path("rules/zhejiang/2026-11-29");
    fs::write(folder.join("notes.csv"), "use,A\n").unwrap();
    fs::write(folder.join("set.toml"), b"[set]\n# \xff\n").unwrap();
    let (code, told) = checked(&place);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("set.toml, line 2: this is not UTF-8"), "{told}");
    assert!(told.contains("notes.csv"), "{told}");
    fs::create_dir_all(place.path("none")).unwrap();
    for (folder, words) in [("none", "SET/DATE/FILE"), ("nowhere", "cannot read the rules")] {
        let output = place.jianma(&["check-rules", &place.text(folder)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}
