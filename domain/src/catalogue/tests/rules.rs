//! What must hold of services, themes, dictionaries, divisions and towns: a small file that is right,
//! and for each rule the one change that breaks it.

use super::faults_of;

/// A file that is right.
struct Right {
    name: &'static str,
    text: &'static str,
}

/// A rule as a sentence, what of the file is changed into what, and what the fault says.
type Case = (&'static str, &'static str, &'static str, &'static str);

impl Right {
    fn faults(&self, text: String) -> Vec<String> {
        let mut faults = faults_of(self.name, text);
        // Towns lie in the counties of the file that they come with.
        faults.retain(|fault| fault.starts_with(self.name));
        faults
    }

    /// Every change is told as one fault, on a line.
    fn holds(&self, cases: &[Case]) {
        assert_eq!(self.faults(self.text.to_owned()), Vec::<String>::new(), "{}", self.name);
        for (rule, from, into, words) in cases {
            assert!(self.text.contains(from), "{rule}: there is no {from}");
            let faults = self.faults(self.text.replacen(from, into, 1));
            let [fault] = &faults[..] else { panic!("{rule}: {faults:#?}") };
            assert!(fault.contains(words), "{rule}: {fault}");
            assert!(fault.starts_with(&format!("{}, line ", self.name)), "{rule}: {fault}");
        }
    }
}

const SERVICES: Right = Right {
    name: "services.toml",
    text: r#"
[[contact]]
name = "email"
kind = "email"
label = { zh = "邮箱", en = "E-mail" }
personal = true

[[item]]
id = "noise"
title = { zh = "噪声", en = "Noise" }
summary = { zh = "询问噪声。", en = "Ask about noise." }
aim = "know"
fits = ["building"]
often = ["building"]
who = { zh = "任何人", en = "Anybody" }
materials = [{ zh = "地址", en = "An address" }]
online = { zh = "提交", en = "Submit" }
counter = { zh = "当面询问", en = "Ask in person" }
steps = [{ zh = "答复", en = "An answer" }]
basis = { zh = "依据{law:civil-code:220}", en = "By {law:civil-code:220}" }
statutory_time = { zh = "没有", en = "None" }
fee = { zh = "不收费", en = "Free" }
department = "planning"
retention = { months = 6 }
contact = ["email"]

[[item.question]]
name = "which"
kind = "choice"
label = { zh = "哪条？", en = "Which?" }
hint = { zh = "选一个", en = "Choose one" }
options = [{ value = "rail", label = { zh = "铁路", en = "Railway" } }]

[[item.question]]
name = "where"
kind = "line"
label = { zh = "哪里？", en = "Where?" }

[[item.question]]
name = "phone"
kind = "phone"
label = { zh = "电话", en = "Phone" }
personal = true

[[item.question]]
name = "consent"
kind = "consent"
label = { zh = "同意", en = "I consent" }
required = true
personal = true
"#,
};

#[test]
fn s1_a_guide_and_its_form_are_held_to_their_rules() {
    SERVICES.holds(&[
        ("a summary is in both languages", "\"Ask about noise.\"", "\"\"", "`summary` is empty"),
        ("a material is in both languages", "zh = \"地址\"", "zh = \" \"", "`materials` is empty"),
        ("what is done online is said", "en = \"Submit\"", "en = \"\"", "`online` is empty"),
        ("what is done at a counter is said", "\"当面询问\"", "\"\"", "`counter` is empty"),
        ("a step is in both languages", "en = \"An answer\"", "en = \"\"", "`steps` is empty"),
        ("a time is in both languages", "en = \"None\"", "en = \"\"", "`statutory_time` is empty"),
        ("a fee is in both languages", "zh = \"不收费\"", "zh = \"\"", "`fee` is empty"),
        ("a question is in both languages", "en = \"Which?\"", "en = \"\"", "`label` is empty"),
        ("a hint is in both languages", "en = \"Choose one\"", "en = \"\"", "`hint` is empty"),
        ("an option is in both languages", "en = \"Railway\"", "en = \"\"", "`label` is empty"),
        (
            "it is said what happens",
            "steps = [{ zh = \"答复\", en = \"An answer\" }]",
            "steps = []",
            "say what happens",
        ),
        (
            "the basis is a law",
            "依据{law:civil-code:220}\", en = \"By {law:civil-code:220}",
            "依据法律\", en = \"By law",
            "`basis` cites no law",
        ),
        (
            "the basis is one law in both languages",
            "en = \"By {law:civil-code:220}\"",
            "en = \"By {law:land-law:9}\"",
            "cite the same in both",
        ),
        (
            "a department has an id",
            "department = \"planning\"",
            "department = \"Planning office\"",
            "as in [departments.planning]",
        ),
        (
            "nothing is kept for more than a hundred years",
            "months = 6",
            "months = 1201",
            "1 to 1200",
        ),
        ("a question has a name", "name = \"which\"", "name = \"\"", "a-z and _ only"),
        ("an option has a value", "value = \"rail\"", "value = \"\"", "empty `value`"),
        (
            "a choice has options",
            "options = [{ value = \"rail\", label = { zh = \"铁路\", en = \"Railway\" } }]",
            "",
            "a `choice` has `options`",
        ),
        (
            "nothing but a choice has options",
            "kind = \"choice\"",
            "kind = \"line\"",
            "a `choice` has `options`",
        ),
        (
            "a person is asked about after the matter",
            "kind = \"choice\"",
            "kind = \"choice\"\npersonal = true",
            "ask about the matter first",
        ),
        (
            "consent is asked for last",
            "kind = \"consent\"",
            "kind = \"line\"",
            "its last question is no `consent`",
        ),
        (
            "consent is asked of everybody",
            "kind = \"consent\"",
            "kind = \"consent\"\nwhen = { question = \"which\", is = [\"rail\"] }",
            "a `consent` has `when`",
        ),
        (
            "a place is one that codes tell of",
            "fits = [\"building\"]",
            "fits = [\"castle\"]",
            "unknown variant `castle`",
        ),
        (
            "what is shown first fits there",
            "often = [\"building\"]",
            "often = [\"sea\"]",
            "not among those of `fits`",
        ),
        (
            "what comes later is not shared",
            "en = \"An address\"",
            "en = \"An address\", later = true, shared = true",
            "`shared` or comes `later`",
        ),
        (
            "a shared question is there",
            "contact = [\"email\"]",
            "contact = [\"fax\"]",
            "names [[contact]] questions",
        ),
        (
            "nobody is asked the same twice",
            "contact = [\"email\"]",
            "contact = [\"email\", \"email\"]",
            "names [[contact]] questions",
        ),
        (
            "a shared question is about the person",
            "en = \"E-mail\" }\npersonal = true",
            "en = \"E-mail\" }",
            "a [[contact]] is `personal`",
        ),
        (
            "a promise is in both languages",
            "fee = {",
            "promised_time = { zh = \"一天\", en = \"\" }\nfee = {",
            "`promised_time` is empty",
        ),
        ("consent is required", "required = true\n", "", "its last question is no `consent`"),
    ]);
}

#[test]
fn s1_a_question_waits_for_an_answer_that_can_be_given_before_it() {
    let where_ = "label = { zh = \"哪里？\", en = \"Where?\" }";
    let with = |when: &str| {
        SERVICES.faults(SERVICES.text.replacen(where_, &format!("{where_}\nwhen = {when}"), 1))
    };
    assert_eq!(with("{ question = \"which\", is = [\"rail\"] }"), Vec::<String>::new());
    let line = SERVICES.text.lines().position(|line| line == where_).unwrap() + 2;
    for (when, words) in [
        ("{ question = \"what\", is = [\"rail\"] }", "is no `choice` above it"),
        ("{ question = \"where\", is = [\"rail\"] }", "is no `choice` above it"),
        ("{ question = \"phone\", is = [\"rail\"] }", "is no `choice` above it"),
        (
            "{ question = \"which\", is = [\"rail\", \"road\"] }",
            "holds values of that choice's `options`",
        ),
        ("{ question = \"which\", is = [] }", "holds values of that choice's `options`"),
        ("{ question = \"which\", is_not = [\"rail\"] }", "unknown field `is_not`"),
        ("{ question = \"which\" }", "missing field `is`"),
    ] {
        let faults = with(when);
        let [fault] = &faults[..] else { panic!("{when}: {faults:#?}") };
        assert!(fault.starts_with(&format!("services.toml, line {line}: ")), "{when}: {fault}");
        assert!(fault.contains(words), "{when}: {fault}");
    }
}

#[test]
fn s1_a_form_asks_at_most_seven_questions() {
    let more = |count: usize| {
        let mut text = String::new();
        for at in 0..count {
            let name = char::from(b'a' + u8::try_from(at).unwrap());
            text.push_str(&format!(
                "[[item.question]]\nname = \"{name}\"\nkind = \"line\"\nlabel = {{ zh = \"问\", en = \"Q\" }}\n\n"
            ));
        }
        SERVICES.text.replacen("[[item.question]]", &format!("{text}[[item.question]]"), 1)
    };
    assert_eq!(SERVICES.faults(more(2)), Vec::<String>::new());
    let faults = SERVICES.faults(more(3));
    let [fault] = &faults[..] else { panic!("{faults:#?}") };
    assert!(fault.contains("more than seven questions"), "{fault}");
    // Of those that wait for different answers nobody is asked all.
    let waiting = |value: &str, name: &str| {
        format!(
            "[[item.question]]\nname = \"{name}\"\nkind = \"line\"\nlabel = {{ zh = \"问\", en = \"Q\" }}\n\
             when = {{ question = \"which\", is = [\"{value}\"] }}\n\n"
        )
    };
    let roads = more(1).replacen(
        "en = \"Railway\" } }]",
        "en = \"Railway\" } }, { value = \"road\", label = { zh = \"公路\", en = \"Road\" } }]",
        1,
    );
    let with = |two: [&str; 2]| {
        let both = waiting(two[0], "first") + &waiting(two[1], "second");
        let below = "[[item.question]]\nname = \"where\"";
        SERVICES.faults(roads.replacen(below, &(both + below), 1))
    };
    assert_eq!(with(["rail", "road"]), Vec::<String>::new());
    let faults = with(["rail", "rail"]);
    assert!(matches!(&faults[..], [fault] if fault.contains("more than seven")), "{faults:?}");
    let start = SERVICES.text.find("[[item.question]]").unwrap();
    let none = format!("{}question = []\n", &SERVICES.text[..start]);
    let faults = SERVICES.faults(none);
    assert!(matches!(&faults[..], [fault] if fault.contains("it has no question")), "{faults:?}");
}

const THEMES: Right = Right {
    name: "themes.toml",
    text: r#"
[[theme]]
id = "noise"
field = "other_restrictions"
severity = "must_conform"
title = { zh = "噪声", en = "Noise" }
meaning = { zh = "这里靠近铁路。", en = "A railway is near." }
basis = [{ law = "land-law", articles = ["33"] }]
office = { zh = "某局", en = "Some office" }
"#,
};

#[test]
fn z2_a_theme_says_what_it_means_and_by_which_law() {
    let basis = "basis = [{ law = \"land-law\", articles = [\"33\"] }]";
    let by_title = "basis = [{ law = \"land-law\", articles = [\"33\"] }, \
                    { title = { zh = \"某图\", en = \"A plan\" } }]";
    THEMES.holds(&[
        (
            "a theme has an id",
            "id = \"noise\"",
            "id = \"Noise-1\"",
            "as in permanent_basic_farmland",
        ),
        (
            "a meaning is in both languages",
            "en = \"A railway is near.\"",
            "en = \"\"",
            "`meaning` is empty",
        ),
        ("an office is in both languages", "zh = \"某局\"", "zh = \"\"", "`office` is empty"),
        ("a theme has a basis", basis, "basis = []", "names no law that stands from the start"),
        (
            "a law stands from the start",
            "articles = [\"33\"]",
            "articles = [\"33\"], from = \"2027-01-01\"",
            "names no law that stands from the start",
        ),
        ("a basis is a law and no plan", basis, by_title, "is a `law` of laws.toml"),
        ("a law is cited by article", ", articles = [\"33\"]", "", "is cited without an article"),
    ]);
}

const DICTIONARY: Right = Right {
    name: "dictionaries/gyfs.toml",
    text: r#"
system = "gyfs"
version = "one"
title = { zh = "共有方式", en = "Co-ownership" }
source = "a register"
date = "2026-11"
to_be_confirmed = { zh = "没有读到", en = "not read" }
[entries]
0 = { zh = "单独所有", en = "sole" }
"#,
};

#[test]
fn c10_a_dictionary_says_its_version_source_and_date() {
    let date = "date = \"2026-11\"";
    DICTIONARY.holds(&[
        (
            "a dictionary has a version",
            "version = \"one\"",
            "version = \" \"",
            "`version` is empty",
        ),
        (
            "a dictionary has a source",
            "source = \"a register\"",
            "source = \"\"",
            "`source` is empty",
        ),
        ("a date has no words", date, "date = \"Nov 2026\"", "`date` is YYYY"),
        ("a date has two digits for the month", date, "date = \"2026-1\"", "`date` is YYYY"),
        ("a date has no time", date, "date = \"2026-11-01-10\"", "`date` is YYYY"),
        ("a title is in both languages", "en = \"Co-ownership\"", "en = \"\"", "`title` is empty"),
        (
            "what is open is said in both languages",
            "en = \"not read\"",
            "en = \"\"",
            "`to_be_confirmed` is empty",
        ),
    ]);
    for right in ["date = \"2026\"", "date = \"2026-11-30\""] {
        let faults = DICTIONARY.faults(DICTIONARY.text.replace(date, right));
        assert_eq!(faults, Vec::<String>::new(), "{right}");
    }
}

const DIVISIONS: Right = Right {
    name: "divisions.toml",
    text: r#"
source = "a list"
date = "2023-06-30"
horizon = "2013-01-01"
to_be_confirmed = { zh = "日期", en = "the days" }

[[province]]
code = "330000"
name = { zh = "浙江省", en = "Zhejiang" }

[[city]]
code = "330500"
name = { zh = "湖州市", en = "Huzhou" }

[[county]]
code = "330521"
name = { zh = "德清县", en = "Deqing" }
from = "2013-01-01"
parted = [{ to = "330522", on = "2020-01-01" }]

[[county]]
code = "330522"
name = { zh = "长兴县", en = "Changxing" }
from = "2013-01-01"

[[county]]
code = "330523"
name = { zh = "旧县", en = "Old" }
from = "2013-01-02"
until = "2021-01-01"
succeeded_by = ["330521"]
"#,
};

#[test]
fn c8_divisions_are_dated_and_lead_to_those_in_force() {
    DIVISIONS.holds(&[
        ("the table has a source", "source = \"a list\"", "source = \" \"", "`source` is empty"),
        (
            "what is open is said in both languages",
            "en = \"the days\"",
            "en = \"\"",
            "`to_be_confirmed` is empty",
        ),
        ("a province is in both languages", "en = \"Zhejiang\"", "en = \"\"", "`name` is empty"),
        ("a city is in both languages", "zh = \"湖州市\"", "zh = \"\"", "`name` is empty"),
        (
            "a county has six digits",
            "code = \"330523\"",
            "code = \"33052\"",
            "a county has six digits",
        ),
        (
            "a county begins at the horizon or later",
            "from = \"2013-01-02\"",
            "from = \"2012-01-01\"",
            "its days are not in order",
        ),
        (
            "a county ends after it began",
            "until = \"2021-01-01\"",
            "until = \"2013-01-02\"",
            "its days are not in order",
        ),
        (
            "what ended says where its land is",
            "succeeded_by = [\"330521\"]\n",
            "",
            "names in `succeeded_by`",
        ),
        (
            "what is in force leads nowhere",
            "until = \"2021-01-01\"\n",
            "",
            "names in `succeeded_by`",
        ),
        (
            "land went to a county in force",
            "succeeded_by = [\"330521\"]",
            "succeeded_by = [\"330523\"]",
            "no [[county]] in force",
        ),
        (
            "a part went to a county in force",
            "to = \"330522\"",
            "to = \"330599\"",
            "no [[county]] in force",
        ),
        (
            "a code stands for one county a day",
            "code = \"330523\"",
            "code = \"330522\"",
            "two counties on one day",
        ),
    ]);
}

#[test]
fn c8_a_division_has_a_code_below_those_above_it() {
    let told = |from: &str, into: &str, words: &str| {
        let faults = DIVISIONS.faults(DIVISIONS.text.replacen(from, into, 1));
        assert!(faults.iter().any(|fault| fault.contains(words)), "{into}: {faults:#?}");
    };
    told("code = \"330000\"", "code = \"330001\"", "six digits that end in 0000");
    told("code = \"330000\"", "code = \"340000\"", "those of no [[province]]; write that");
    told("code = \"330500\"", "code = \"340500\"", "those of no [[province]]");
    told("code = \"330500\"", "code = \"330501\"", "six digits that end in 00");
    told("code = \"330500\"", "code = \"330600\"", "those of no [[city]]");
    let none = |list: &str| {
        let start = DIVISIONS.text.find(&format!("[[{list}]]")).unwrap();
        let rest = &DIVISIONS.text[start + 2..];
        let end = rest.find("[[").map_or(DIVISIONS.text.len(), |at| start + 2 + at);
        format!("{list} = []\n{}{}", &DIVISIONS.text[..start], &DIVISIONS.text[end..])
    };
    for (list, words) in [("province", "it has no province"), ("city", "it has no city")] {
        let faults = DIVISIONS.faults(none(list));
        assert!(faults.iter().any(|fault| fault.contains(words)), "{faults:#?}");
    }
    let start = DIVISIONS.text.find("[[county]]").unwrap();
    let faults = DIVISIONS.faults(format!("county = []\n{}", &DIVISIONS.text[..start]));
    assert!(matches!(&faults[..], [fault] if fault.contains("no [[county]]")), "{faults:#?}");
}

const TOWNS: Right = Right {
    name: "towns.toml",
    text: r#"
source = "a list"
date = "2023-06-30"
from = "2023-06-30"
[towns]
330521001 = { zh = "武康街道", en = "Wukang Subdistrict" }
"#,
};

#[test]
fn c8_a_town_has_nine_digits_and_a_name_in_both_languages() {
    TOWNS.holds(&[
        ("the list has a source", "source = \"a list\"", "source = \"\"", "`source` is empty"),
        ("a town has nine digits", "330521001 =", "33052100 =", "a town has nine digits"),
        ("a town is in both languages", "en = \"Wukang Subdistrict\"", "en = \"\"", "is empty in"),
    ]);
}
