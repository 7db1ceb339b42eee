use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::*;

fn table(text: &str) -> Table {
    toml::from_str(text).unwrap()
}

fn both() -> [Table; 2] {
    [table(ZH_TEXT), table(EN_TEXT)]
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// The literal keys in `.t("…")` and `.fill("…"`, however the line is broken.
fn keys_in(source: &str) -> Vec<String> {
    [".t(", ".fill(", ".cited("]
        .iter()
        .flat_map(|call| source.split(call).skip(1))
        .filter_map(|rest| rest.trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(key, _)| key.to_owned())
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_and_nothing_is_empty() {
    let [zh, en] = both();
    assert_eq!(zh.keys().collect::<BTreeSet<_>>(), en.keys().collect::<BTreeSet<_>>());
    for (key, text) in zh.iter().chain(&en) {
        assert!(!text.trim().is_empty(), "{key}");
    }
}

#[test]
fn placeholders_agree() {
    let [zh, en] = both();
    for (key, text) in &zh {
        assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
    }
}

#[test]
fn every_key_in_the_code_exists() {
    let [zh, _] = both();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let used: BTreeSet<String> =
        files.iter().flat_map(|file| keys_in(&fs::read_to_string(file).unwrap())).collect();
    assert!(used.len() > 50);
    let missing: Vec<_> = used.iter().filter(|key| !zh.contains_key(*key)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_name_that_is_put_together_exists() {
    use domain::{lifecycle::Stage, policy::Field, request::RequestState, severity::Severity};
    let [zh, _] = both();
    let fields = Field::ALL.iter().map(|field| format!("field_{}", field.name()));
    let states = RequestState::ALL.iter().map(|state| format!("state_{}", state.name()));
    let stages = Stage::ALL.map(|stage| format!("stage_{}", crate::components::stage_name(stage)));
    let severities = Severity::ALL.map(|severity| format!("severity_{}", severity.name()));
    for key in fields.chain(states).chain(stages).chain(severities) {
        assert!(zh.contains_key(&key), "{key}");
    }
}

#[test]
fn no_key_is_idle() {
    let [zh, _] = both();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    // Keys that are put together from a prefix and a name of the vocabulary.
    let families = [
        "field_",
        "state_",
        "stage_",
        "expected_",
        "department_",
        "disclosure_",
        "letter_",
        "aim_",
        "staff_role_",
        "staff_delivery_state_",
        "staff_delivery_act_",
        "staff_step_",
        "material_",
        "outcome_title_",
        "outcome_says_",
        "outcome_next_",
        "extract_term_",
        "extract_meaning_",
    ];
    let idle: Vec<_> = zh
        .keys()
        .filter(|key| !families.iter().any(|family| key.starts_with(family)))
        .filter(|key| !code.contains(&format!("\"{key}\"")))
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
}

#[test]
fn z2_words_that_rest_on_a_law_are_shown_with_the_law_filled_in() {
    let [zh, en] = both();
    let legal: Vec<_> = zh.iter().filter(|(_, text)| text.contains("{law:")).collect();
    assert_eq!(legal.len(), LEGAL.len(), "one does not read");
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    for (key, _) in legal {
        assert!(en[key].contains("{law:"), "{key}");
        assert!(!code.contains(&format!(".t(\"{key}\")")), "{key} shows its placeholder");
        for locale in Locale::ALL {
            let today = domain::law::register().date;
            assert!(!Words(locale).cited(key, today).contains('{'), "{key}");
        }
    }
}

#[test]
fn values_are_filled_in() {
    assert_eq!(Words(Locale::En).fill("results_count", &[("n", "3")]), "Found: 3.");
}

/// Words that readers stumbled over, and what is said instead: drafting language, several names of one
/// thing, English that was translated word by word.
const STUMBLED_OVER: [(&str, &str); 37] = [
    ("回显", "只显示您自己输入的"),
    ("同此", "也按这一项办理"),
    ("查件", "查进度"),
    ("回执编号", "申请编号"),
    ("办件编号", "申请编号"),
    ("查询页", "办理进度页"),
    ("申请页", "办理进度页"),
    ("运营单位", "主办单位"),
    ("本站", "本平台"),
    ("本网站", "本平台"),
    ("牌证", "标牌或者证书"),
    ("旧编码", "旧代码"),
    ("意向人", "打算购买、承租或抵押的人"),
    ("搞建设", "建设"),
    ("要素", "线路或点位"),
    ("门户", "本平台"),
    ("公开规定", "公开规则"),
    ("示例部门", "样例部门"),
    ("法定办理时间", "法定期限"),
    ("承诺时间", "承诺期限"),
    ("这项申请", "这份申请"),
    ("hand in", "submit"),
    ("handed in", "submitted"),
    ("handing in", "submitting"),
    ("mend", "correct"),
    ("follow up", "track"),
    ("land line", "landline"),
    ("log in", "sign in"),
    ("logged in", "signed in"),
    ("login", "sign in"),
    ("receipt number", "request number"),
    ("registration counter", "registry counter"),
    ("whoever runs this portal", "the operator"),
    ("taken up again", "reopened"),
    ("piece of land", "site"),
    ("pieces of land", "sites"),
    ("pick up code", "check code"),
];

#[test]
fn no_sentence_has_a_word_that_readers_stumbled_over() {
    let data = [
        include_str!("../../../../domain/data/services.toml"),
        include_str!("../../../../domain/data/themes.toml"),
        include_str!("../../../../domain/data/policies/zhejiang.toml"),
        include_str!("../../../../domain/data/policies/open-cadastre.toml"),
        ZH_TEXT,
        EN_TEXT,
    ];
    let said = data.iter().flat_map(|text| text.lines()).filter(|line| !line.starts_with('#'));
    for line in said {
        let letters = |c: char| if c.is_ascii_alphabetic() { c.to_ascii_lowercase() } else { ' ' };
        // A key is no sentence.
        let sentence = line.split_once(" = ").map_or(line, |(_, sentence)| sentence);
        let english = format!(" {} ", sentence.chars().map(letters).collect::<String>());
        for (word, instead) in STUMBLED_OVER {
            let there = if word.is_ascii() {
                english.contains(&format!(" {word} "))
            } else {
                line.contains(word)
            };
            assert!(!there, "{word}: write {instead}, in {line}");
        }
    }
}

#[test]
fn what_is_filled_in_is_not_looked_through() {
    let words = Words(Locale::Zh);
    let written = words.t("counter_faulty");
    assert!(written.contains("{position}") && written.contains("{text}"), "{written}");
    let filled = words.fill("counter_faulty", &[("position", "{text}"), ("text", "{x} }")]);
    let expected = written.replace("{text}", "{x} }").replace("{position}", "{text}");
    assert_eq!(filled, expected);
    // What has no value stays for whoever fills it in.
    let half = words.fill("counter_faulty", &[("position", "3")]);
    assert_eq!(half, written.replace("{position}", "3"));
}
