//! Faults that an operator makes, each with its line.

mod rules;

use super::*;

fn faults_of(name: &str, text: String) -> Vec<String> {
    let mut texts = Texts::embedded();
    texts.replace(name, name, text).unwrap();
    match Catalogues::read(texts) {
        Ok(_) => Vec::new(),
        Err(CatalogueErrors(faults)) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The embedded file, and the number of the line on which `mark` first stands.
fn embedded(name: &str, mark: &str) -> (String, usize) {
    let texts = Texts::embedded();
    let text = texts.get(name).0.to_owned();
    let line = text.lines().position(|line| line.contains(mark)).unwrap() + 1;
    (text, line)
}

/// With `mark` replaced, where it first stands, one fault is told: on that line or `below` it, in
/// these words.
fn one_fault(name: &str, mark: &str, instead: &str, below: isize, words: &str) {
    let (text, line) = embedded(name, mark);
    let line = line.saturating_add_signed(below);
    let mut faults = faults_of(name, text.replacen(mark, instead, 1));
    // Where the laws do not read, what cites them says so.
    faults.retain(|fault| fault.starts_with(name));
    let [fault] = &faults[..] else { panic!("{mark}: {faults:#?}") };
    assert!(fault.starts_with(&format!("{name}, line {line}: ")), "{mark}: {fault}");
    assert!(fault.contains(words), "{fault}");
}

#[test]
fn the_embedded_catalogues_read_and_have_nothing_to_note() {
    let read = Catalogues::read(Texts::embedded()).unwrap();
    assert_eq!(read.notes(), Vec::<String>::new());
    assert_eq!(read.replaced().count(), 0);
    assert!(!read.themes.is_empty() && !read.stages.is_empty());
    assert!(!service::services().is_empty());
    assert!(!dictionary::dictionaries().is_empty());
}

#[test]
fn what_is_no_toml_or_has_an_unknown_or_missing_key_is_told_with_its_line() {
    for (name, mark) in [
        ("laws.toml", "kind = \"law\""),
        ("services.toml", "department = \"registration\""),
        ("themes.toml", "id = \"planning_use\""),
        ("stages.toml", "day = \"planning_permits\""),
        ("divisions.toml", "code = \"330521\""),
        ("towns.toml", "from = \"2023-06-30\""),
        ("holidays.toml", "year = 2025"),
        ("dictionaries/cflx.toml", "version = \"tdt1066\""),
    ] {
        one_fault(name, mark, &format!("{mark}\ncolour = 1"), 1, "unknown field `colour`");
        one_fault(name, mark, &format!("= {mark}"), 0, "write it as the embedded file does");
        let (text, _) = embedded(name, mark);
        let faults = faults_of(name, text.replacen(mark, "", 1));
        assert!(faults[0].contains("missing field"), "{faults:?}");
        assert!(faults[0].starts_with(&format!("{name}, line ")), "{faults:?}");
    }
}

#[test]
fn z2_a_law_that_is_not_in_laws_toml_is_told_where_it_is_cited() {
    let words = "is not in the register of laws; take an id from laws.toml";
    one_fault("themes.toml", "law = \"planning-law\"", "law = \"planing-law\"", 0, words);
    let (text, line) = embedded("services.toml", "{law:civil-code:220}");
    let faults = faults_of("services.toml", text.replacen("{law:civil-code", "{law:code", 1));
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with(&format!("services.toml, line {line}: ")), "{faults:?}");
    one_fault(
        "laws.toml",
        "read = { source = \"npc\"",
        "read = { source = \"np\"",
        0,
        "no [[source]]",
    );
}

#[test]
fn z2_an_operators_laws_keep_those_that_the_program_cites_and_may_have_more() {
    let (text, _) = embedded("laws.toml", "id = \"planning-law\"");
    let own = "\n[[law]]\nid = \"own-rule\"\ntitle = { zh = \"某市规定\", en = \"City rule\" }\n\
               kind = \"local-regulation\"\nunread = { zh = \"未读\", en = \"not read\" }\n";
    assert_eq!(faults_of("laws.toml", format!("{text}{own}")), Vec::<String>::new());
    let start = text.find("[[law]]\nid = \"planning-law\"").unwrap();
    let end = start + 7 + text[start + 7..].find("[[law]]").unwrap();
    let faults = faults_of("laws.toml", format!("{}{}", &text[..start], &text[end..]));
    assert!(faults.iter().any(|fault| fault.contains("\"planning-law\" is missing")), "{faults:?}");
    one_fault("laws.toml", "kind = \"precedent\"", "kind = \"law\"", -3, "keep its `kind`");
    // Others may cite one that only the operator's file has.
    let mut texts = Texts::embedded();
    let (themes, _) = embedded("themes.toml", "planning-law");
    texts.replace("laws.toml", "laws.toml", format!("{text}{own}")).unwrap();
    let cites =
        themes.replacen("law = \"planning-law\", articles", "law = \"own-rule\", articles", 1);
    texts.replace("themes.toml", "themes.toml", cites).unwrap();
    let read = Catalogues::read(texts).unwrap();
    assert_eq!(read.themes[0].basis[0].title.zh, "某市规定");
    assert_eq!(
        read.replaced().map(|(name, _)| name).collect::<Vec<_>>(),
        ["laws.toml", "themes.toml"]
    );
}

#[test]
fn a_theme_without_a_severity_and_a_kind_graver_than_its_theme_are_told() {
    let (text, line) = embedded("themes.toml", "severity = \"must_conform\"");
    let faults = faults_of("themes.toml", text.replacen("severity = \"must_conform\"\n", "", 1));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("missing field `severity`"), "{faults:?}");
    assert!(line > 1 && faults[0].starts_with("themes.toml, line "), "{faults:?}");
    one_fault("themes.toml", "\"must_conform\"", "\"grave\"", 0, "unknown variant `grave`");
    let kind = "{ words = [\"一般湿地\"], severity = \"needs_consent\" }";
    let graver = kind.replace("needs_consent", "danger");
    one_fault("themes.toml", kind, &graver, 0, "no kind may be graver than the theme's `severity`");
    let wordless = kind.replace("\"一般湿地\"", "");
    one_fault("themes.toml", kind, &wordless, 0, "a kind needs `words`");
    let loud = kind.replace("一般湿地", "Pond");
    one_fault("themes.toml", kind, &loud, 0, "are in lower case");
}

#[test]
fn an_id_twice_names_both_lines() {
    for (name, first, second) in [
        ("themes.toml", "\"planning_use\"", "\"planning_overlay\""),
        ("services.toml", "\"data-correction\"", "\"planning-conformity\""),
        ("stages.toml", "\"planned\"", "\"approved\""),
    ] {
        let (_, line) = embedded(name, first);
        one_fault(name, second, first, 0, &format!("stands in line {line} already"));
    }
    let (_, line) = embedded("services.toml", "name = \"what_is_wrong\"");
    let words = format!("the question \"what_is_wrong\" stands in line {line} already");
    one_fault("services.toml", "name = \"what_is_right\"", "name = \"what_is_wrong\"", 0, &words);
}

#[test]
fn a_text_is_in_both_languages() {
    one_fault("themes.toml", "zh = \"规划用途\"", "zh = \" \"", 0, "`title` is empty in Chinese");
    one_fault("services.toml", "en = \"Anyone. You", "en = \"\" } #", 0, "`who` is empty");
    one_fault("divisions.toml", "en = \"Deqing", "en = \"\" } #", 0, "`name` is empty");
    one_fault("dictionaries/cflx.toml", "zh = \"轮候查封\"", "zh = \"\"", 0, "is empty in Chinese");
}

#[test]
fn s1_a_form_that_nobody_could_use_is_refused() {
    let form = |mark: &str, instead: &str, words: &str| {
        one_fault("services.toml", mark, instead, 0, words);
    };
    form(
        "name = \"what_is_wrong\"",
        "name = \"token\"",
        "is none that forms carry themselves: token",
    );
    form("name = \"what_is_wrong\"", "name = \"What\"", "a-z and _ only");
    form("max_length = 1000", "max_length = 0", "write 1 or more");
    form("value = \"area\"", "value = \"location\"", "the option \"location\" stands in line");
    form("retention = { months = 12 }", "retention = { months = 0 }", "`months` of 1 to 1200");
    form("working_days = 20", "working_days = 0", "a number from 1 to 365");
    form("id = \"hazard-zone\"", "id = \"Hazard zone\"", "for it stands in addresses");
}

#[test]
fn c8_a_division_lies_within_those_above_it_and_a_town_within_a_county() {
    one_fault("divisions.toml", "code = \"330521\"", "code = \"339921\"", 0, "no [[city]]");
    one_fault("towns.toml", "330102001 =", "339902001 =", 0, "no county in divisions.toml");
    one_fault("towns.toml", "330102001 =", "330100001 =", 0, "no county in divisions.toml");
}

#[test]
fn s3_holidays_are_of_their_year_and_years_leave_no_gap() {
    for (mark, instead, words) in [
        ("year = 2025", "year = 2024", "days off are of their year"),
        ("\"2025-01-26\"", "\"2025-01-27\"", "is a Saturday or Sunday of its year"),
        (
            "[\"2025-04-04\", \"2025-04-06\"]",
            "[\"2025-04-06\", \"2025-04-04\"]",
            "the first before",
        ),
        ("year = 2026", "year = 2027", "years follow each other without a gap"),
    ] {
        let (text, _) = embedded("holidays.toml", mark);
        let faults = faults_of("holidays.toml", text.replacen(mark, instead, 1));
        assert!(faults.iter().any(|fault| fault.contains(words)), "{instead}: {faults:?}");
    }
}

#[test]
fn c10_a_dictionary_is_the_one_that_its_file_is_called_after() {
    let words = "the `system` that its file is called after";
    one_fault("dictionaries/gyfs.toml", "system = \"gyfs\"", "system = \"gyf\"", 0, words);
    let (text, _) = embedded("dictionaries/gyfs.toml", "[entries]");
    let faults =
        faults_of("dictionaries/gyfs.toml", format!("{text}\n0 = {{ zh = \"a\", en = \"a\" }}\n"));
    assert!(faults[0].contains("duplicate key"), "{faults:?}");
    let version = "version = \"gbt37346-2019\"";
    one_fault("dictionaries/parcel-right.toml", version, "version = \"2030\"", 0, "write that");
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let mut texts = Texts::embedded();
    for (name, mark, instead) in [
        ("themes.toml", "zh = \"规划用途\"", "zh = \"\""),
        ("stages.toml", "\"planned\"", "\"approved\""),
        ("services.toml", "max_length = 1000", "max_length = 0"),
    ] {
        let (text, _) = embedded(name, mark);
        texts.replace(name, name, text.replace(mark, instead)).unwrap();
    }
    let CatalogueErrors(faults) = Catalogues::read(texts).unwrap_err();
    let mut files: Vec<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
    assert!(files.iter().filter(|file| **file == "services.toml").count() > 1, "{faults:?}");
    files.dedup();
    assert_eq!(files, ["services.toml", "themes.toml", "stages.toml"]);
}

#[test]
fn what_cites_laws_is_said_to_be_not_looked_at_while_they_do_not_read() {
    let (text, _) = embedded("laws.toml", "id = ");
    let faults = faults_of("laws.toml", text.replacen("id = ", "id = = ", 1));
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[1..].iter().all(|fault| fault.contains("mend that first")), "{faults:?}");
}

#[test]
fn p2_a_theme_without_a_row_is_noted_with_its_line() {
    let (text, line) = embedded("themes.toml", "id = \"planning_use\"");
    let mut texts = Texts::embedded();
    let own = text.replacen("field = \"planning_conditions\"\n", "", 1);
    texts.replace("themes.toml", "own/themes.toml", own).unwrap();
    let notes = Catalogues::read(texts).unwrap().notes();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with(&format!("own/themes.toml, line {line}: ")), "{notes:?}");
}

#[test]
fn a_name_that_no_file_has_is_refused_with_those_there_are() {
    let error = Texts::embedded().replace("theme.toml", "theme.toml", String::new()).unwrap_err();
    assert!(error.to_string().contains("themes.toml"), "{error}");
}

#[test]
fn a_file_without_entries_and_an_empty_one_are_refused() {
    for (name, key) in
        [("themes.toml", "theme"), ("services.toml", "item"), ("stages.toml", "stage")]
    {
        let faults = faults_of(name, format!("{key} = []\n"));
        assert!(faults[0].starts_with(&format!("{name}, line 1: it has no ")), "{faults:?}");
        let faults = faults_of(name, String::new());
        assert!(faults[0].starts_with(&format!("{name}, line 1: missing field")), "{faults:?}");
    }
}

#[test]
fn what_was_read_is_not_put_in_the_place_of_by_others() {
    assert!(put_to_use(Texts::embedded()).is_ok());
    assert!(!theme::themes().is_empty());
    assert!(put_to_use(Texts::embedded()).is_ok(), "the same again is nothing");
    let mut texts = Texts::embedded();
    let (text, _) = embedded("stages.toml", "planned");
    texts.replace("stages.toml", "stages.toml", text).unwrap();
    assert_eq!(put_to_use(texts), Err(PutToUseError::InUse));
}

#[test]
fn p1_no_catalogue_puts_a_theme_or_a_stage_under_another_row_of_the_table() {
    let hazard = "field = \"geological_hazards\"";
    one_fault("themes.toml", hazard, "field = \"other_restrictions\"", 0, "keeps its `field`");
    let stage = "day = \"right_term\"";
    one_fault("stages.toml", stage, "day = \"parcel_code\"", 0, "keeps the `day`");
    let faults = faults_of(
        "themes.toml",
        embedded("themes.toml", hazard).0.replace("field = \"", "field = \"parcel_code\" #"),
    );
    let governed = faults.iter().filter(|fault| fault.contains("speaks of restrictions")).count();
    assert_eq!(governed, theme::themes().len(), "{faults:#?}");
}
