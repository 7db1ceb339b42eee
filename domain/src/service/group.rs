//! Groups of questions that are asked again for each of several: co-owners, heirs, vehicles. In the file a group is
//! written once; a form has its questions once for each copy, by names of their own (`together__b__name`: the second of
//! them), so that whatever is done with a question is done with these. Departments get a group as a list
//! ([`grouped`]).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Answers, Question, ServiceItem, When};
use crate::{law::LegalText, localized::Localized};

/// Between group, copy and question in the name of a field: no name has it.
pub(super) const BETWEEN: &str = "__";
/// No group has more copies: their letters end here.
pub(super) const MOST_COPIES: usize = 20;

/// A group of questions as the file has it; its texts are [`Localized`] until their laws have been looked up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "Text: Deserialize<'de> + Default"))]
pub struct Group<Text = LegalText> {
    /// Name in deliveries, `[a-z_]+`.
    pub name: String,
    /// What one of them is: `一起申请的人`.
    pub label: Localized,
    /// A line of help beneath it.
    #[serde(default)]
    pub hint: Text,
    /// How many must be named, at least.
    #[serde(default)]
    pub min: usize,
    /// How many can be, at most.
    pub max: usize,
    /// After which answers it is asked; always where there is none.
    #[serde(default)]
    pub when: Option<When>,
    /// What is asked of each.
    pub question: Vec<Question<Text>>,
}

/// Of which copy of a group a question is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyOf {
    /// The group, by its name.
    pub group: String,
    /// Which copy, from 0.
    pub at: usize,
    /// Whether it must be answered of a copy of which anything is.
    pub wanted: bool,
}

/// The letter of a copy.
fn letter(at: usize) -> char {
    char::from(b'a' + u8::try_from(at.min(MOST_COPIES)).unwrap_or(0))
}

/// The name of a question of a copy.
fn name_of(group: &str, at: usize, question: &str) -> String {
    format!("{group}{BETWEEN}{}{BETWEEN}{question}", letter(at))
}

/// Group, copy and question that a name is of; `None` of a question that is asked once.
fn parts_of(name: &str) -> Option<(&str, usize, &str)> {
    let mut parts = name.split(BETWEEN);
    let (group, copy, question) = (parts.next()?, parts.next()?, parts.next()?);
    let [letter @ b'a'..=b'z'] = copy.as_bytes() else { return None };
    let is_name = parts.next().is_none() && !group.is_empty() && !question.is_empty();
    is_name.then_some((group, usize::from(letter - b'a'), question))
}

impl Group {
    /// The questions of all its copies, in their order.
    pub(super) fn copies(&self) -> impl Iterator<Item = Question> + '_ {
        (0..self.max).flat_map(move |at| {
            self.question.iter().map(move |question| {
                let n = at + 1;
                let label = Localized {
                    zh: format!("{}{n}：{}", self.label.zh, question.label.zh),
                    en: format!("{} {n}: {}", self.label.en, question.label.en),
                };
                let of = CopyOf { group: self.name.clone(), at, wanted: question.required };
                Question {
                    name: name_of(&self.name, at, &question.name),
                    label,
                    required: question.required && at < self.min,
                    when: self.when.clone(),
                    of: Some(of),
                    ..question.clone()
                }
            })
        })
    }

    /// Whether it tells who people are: then all of its questions do.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.question.iter().any(|question| question.personal)
    }

    /// How many copies a form shows that was filled in like this: those that must be, and as far as any field of one
    /// is there, empty or not.
    #[must_use]
    pub fn shown(&self, values: &Answers) -> usize {
        let copies = values.keys().filter_map(|name| parts_of(name));
        let there = copies.filter(|(group, ..)| *group == self.name).map(|(_, at, _)| at + 1).max();
        there.unwrap_or_default().max(self.min).min(self.max)
    }
}

impl ServiceItem {
    /// Adds the field of one more copy of a group to what a form was filled in with; nothing where it has all of
    /// them, or there is no such group.
    pub fn one_more(&self, group: &str, values: &mut Answers) {
        let Some(group) = self.group.iter().find(|one| one.name == group) else { return };
        let at = group.shown(values);
        if let Some(question) = group.question.first().filter(|_| at < group.max) {
            values.entry(name_of(&group.name, at, &question.name)).or_default();
        }
    }

    /// Takes a copy of a group, from 0, out of what a form was filled in with, and closes the gap; nothing where the form
    /// has not so many, or must have all that it has.
    pub fn one_less(&self, group: &str, at: usize, values: &mut Answers) {
        let Some(group) = self.group.iter().find(|one| one.name == group) else { return };
        let there = group.shown(values);
        if at >= there || there <= group.min {
            return;
        }
        let left = |(name, text): (String, String)| match parts_of(&name) {
            Some((of, copy, _)) if of == group.name && copy == at => None,
            Some((of, copy, question)) if of == group.name && copy > at => {
                Some((name_of(of, copy - 1, question), text))
            }
            _ => Some((name, text)),
        };
        *values = std::mem::take(values).into_iter().filter_map(left).collect();
    }

    /// Takes out of `answers` every copy of each group of which something is `given`: said anew, a group takes the place
    /// of all that was said of it, also where it is given as an empty list.
    pub fn make_room(&self, given: &Answers, answers: &mut Answers) {
        let is_given = |group: &str| {
            given.keys().any(|name| {
                name == group || parts_of(name).is_some_and(|(given, ..)| given == group)
            })
        };
        let own = |group: &str| self.group.iter().any(|one| one.name == group);
        answers.retain(|name, _| {
            parts_of(name).is_none_or(|(group, ..)| !(own(group) && is_given(group)))
        });
    }

    /// What is written of a copy or a part that there is none of: never left out in silence.
    #[cfg(feature = "answers")]
    pub(super) fn beyond_groups(&self, given: &Answers) -> Vec<super::FieldFault> {
        let is_beyond = |name: &str, text: &str| {
            parts_of(name).is_some() && self.question(name).is_none() && !text.trim().is_empty()
        };
        let beyond = given.iter().filter(|(name, text)| is_beyond(name, text));
        let fault = super::AnswerFault::NotAnOption;
        beyond.map(|(name, _)| super::FieldFault { field: name.clone(), fault }).collect()
    }

    /// Whether anything is written in the copy that a question is of.
    #[cfg(feature = "answers")]
    pub(super) fn is_begun(&self, copy: &CopyOf, given: &Answers) -> bool {
        let is_written = |question: &&Question| {
            let beside = question.of.as_ref();
            beside.is_some_and(|of| (&of.group, of.at) == (&copy.group, copy.at))
                && given.get(&question.name).is_some_and(|text| !text.trim().is_empty())
        };
        self.question.iter().any(|question| is_written(&question))
    }
}

/// Leaves no gap between the copies of groups: whoever left the second of three empty has two.
#[cfg(feature = "answers")]
pub(super) fn close_up(answers: &mut Answers) {
    let mut copies: BTreeMap<String, std::collections::BTreeSet<usize>> = BTreeMap::new();
    for (group, at, _) in answers.keys().filter_map(|name| parts_of(name)) {
        copies.entry(group.to_owned()).or_default().insert(at);
    }
    let moved = |name: &str| {
        let (group, at, question) = parts_of(name)?;
        let place = copies.get(group)?.iter().position(|one| *one == at)?;
        Some(name_of(group, place, question))
    };
    *answers = std::mem::take(answers)
        .into_iter()
        .map(|(name, text)| (moved(&name).unwrap_or(name), text))
        .collect();
}

/// Answers as they are written down for departments, applicants and programs: a text by the name of its question, and
/// for a group the list of its copies, each with its texts by the names of the group's questions.
pub mod grouped {
    use serde::{Deserializer, Serialize, Serializer};

    use super::{Answers, BTreeMap, Deserialize, MOST_COPIES, name_of, parts_of};

    #[derive(serde::Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        List(Vec<BTreeMap<String, String>>),
    }

    /// Writes them.
    ///
    /// # Errors
    /// Those of the format.
    pub fn serialize<S: Serializer>(answers: &Answers, to: S) -> Result<S::Ok, S::Error> {
        let mut copies: BTreeMap<&str, BTreeMap<usize, BTreeMap<String, String>>> = BTreeMap::new();
        let mut written: BTreeMap<&str, Written> = BTreeMap::new();
        for (name, text) in answers {
            match parts_of(name) {
                Some((group, at, question)) => {
                    let copy = copies.entry(group).or_default().entry(at).or_default();
                    copy.insert(question.to_owned(), text.clone());
                }
                None => drop(written.insert(name, Written::Text(text.clone()))),
            }
        }
        let lists = copies.into_iter();
        written.extend(
            lists.map(|(group, copies)| (group, Written::List(copies.into_values().collect()))),
        );
        written.serialize(to)
    }

    /// Reads them.
    ///
    /// # Errors
    /// Those of the format; also a list of more copies than any group has.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Answers, D::Error> {
        let written = BTreeMap::<String, Written>::deserialize(from)?;
        let mut answers = Answers::new();
        for (name, said) in written {
            match said {
                Written::Text(text) => drop(answers.insert(name, text)),
                Written::List(copies) if copies.len() > MOST_COPIES => {
                    return Err(serde::de::Error::custom("a list of answers has 20 at most"));
                }
                // That there is none is said too.
                Written::List(copies) if copies.is_empty() => {
                    drop(answers.insert(name, String::new()));
                }
                Written::List(copies) => {
                    for (at, copy) in copies.into_iter().enumerate() {
                        let own = copy.into_iter();
                        answers.extend(own.map(|(part, text)| (name_of(&name, at, &part), text)));
                    }
                }
            }
        }
        Ok(answers)
    }
}

#[cfg(test)]
#[cfg(feature = "answers")]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::service::{AnswerFault, FieldFault, service};

    fn item() -> &'static ServiceItem {
        service("transfer-registration").unwrap()
    }

    fn given(more: &[(&str, &str)]) -> Answers {
        let own = [
            ("cause", "decision"),
            ("applicant_name", "张三"),
            ("applicant_phone", "13800138000"),
            ("consent", "yes"),
        ];
        let all = own.iter().chain(more);
        all.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    fn check(more: &[(&str, &str)]) -> Result<Answers, Vec<FieldFault>> {
        item().check(&given(more), date(2026, 11, 30))
    }

    #[test]
    fn s1_of_a_group_nothing_must_be_answered_and_of_one_that_was_begun_all_that_must() {
        assert!(check(&[]).is_ok());
        assert!(check(&[("together__a__name", " "), ("together__b__role", "")]).is_ok());
        let half = check(&[("together__b__role", "seller")]).unwrap_err();
        let missing = FieldFault { field: "together__b__name".into(), fault: AnswerFault::Missing };
        assert_eq!(half, [missing]);
        let unknown = check(&[("together__a__name", "李四"), ("together__a__role", "x")]);
        assert_eq!(unknown.unwrap_err()[0].fault, AnswerFault::NotAnOption);
        // What there is none of is told, not left out.
        let beyond = name_of("together", item().group[0].max, "name");
        for name in [beyond.as_str(), "together__a__rolle", "applicant_name__a__name"] {
            let told = check(&[(name, "王五")]).unwrap_err();
            assert_eq!(told[0].field, name);
        }
    }

    #[test]
    fn s1_a_group_is_a_list_to_departments_and_has_no_gaps() {
        let kept = check(&[
            ("together__a__name", "李四"),
            ("together__a__role", "seller"),
            ("together__d__name", "王五"),
            ("together__d__role", "owner"),
        ]);
        let kept = kept.unwrap();
        assert_eq!(kept["together__b__name"], "王五", "{kept:?}");
        let mut bytes = Vec::new();
        grouped::serialize(&kept, &mut serde_json::Serializer::new(&mut bytes)).unwrap();
        let written: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let list =
            json!([{ "name": "李四", "role": "seller" }, { "name": "王五", "role": "owner" }]);
        assert_eq!(written["together"], list);
        assert_eq!(written["applicant_name"], "张三");
        assert_eq!(grouped::deserialize(written).unwrap(), kept);
        let many = json!({ "together": vec![json!({ "name": "x" }); MOST_COPIES + 1] });
        assert!(grouped::deserialize(many).is_err());
        assert!(grouped::deserialize(json!({ "together": [["x"]] })).is_err());
    }

    #[test]
    fn s1_one_more_is_shown_until_there_are_all() {
        let group = &item().group[0];
        let mut values = given(&[]);
        assert_eq!(group.shown(&values), 0);
        for n in 1..=group.max + 1 {
            item().one_more("together", &mut values);
            assert_eq!(group.shown(&values), n.min(group.max));
        }
        let before = values.clone();
        item().one_more("nobody", &mut values);
        assert_eq!(values, before);
        let typed = given(&[("together__c__name", "李四")]);
        assert_eq!(group.shown(&typed), 3);
    }

    #[test]
    fn s1_a_copy_is_taken_out_and_leaves_no_gap() {
        let three = given(&[
            ("applicant_name", "张三"),
            ("together__a__name", "一"),
            ("together__b__name", "二"),
            ("together__b__role", "seller"),
            ("together__c__name", "三"),
        ]);
        let without = |at: usize| {
            let mut values = three.clone();
            item().one_less("together", at, &mut values);
            values.retain(|name, _| name.starts_with("together"));
            values.into_iter().map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>()
        };
        assert_eq!(
            without(0),
            ["together__a__name=二", "together__a__role=seller", "together__b__name=三"]
        );
        assert_eq!(without(1), ["together__a__name=一", "together__b__name=三"]);
        assert_eq!(without(2).len(), 3);
        assert_eq!(without(3).len(), 4, "there is none");
        let mut values = three.clone();
        item().one_less("nobody", 0, &mut values);
        assert_eq!(values, three);
        let mut values = given(&[("together__a__name", "一")]);
        item().one_less("together", 0, &mut values);
        assert_eq!(item().group[0].shown(&values), 0);
    }

    proptest! {
        /// Whatever is answered, what is written of it reads as it was.
        #[test]
        fn s1_answers_read_as_they_were_written(
            texts in prop::collection::btree_map("[a-z_]{1,8}", ".{0,8}", 0..6),
            copies in prop::collection::vec(("[a-c]", "[a-z]{1,4}", ".{0,8}"), 0..8),
        ) {
            let mut answers: Answers =
                texts.into_iter().filter(|(name, _)| !name.contains(BETWEEN)).collect();
            answers.remove("group");
            for (copy, part, text) in copies {
                answers.insert(format!("group__{copy}__{part}"), text);
            }
            close_up(&mut answers);
            let mut bytes = Vec::new();
            grouped::serialize(&answers, &mut serde_json::Serializer::new(&mut bytes)).unwrap();
            let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(grouped::deserialize(read).unwrap(), answers);
        }
    }
}
