//! What the form about an outline brings: corners as people type them or a file, a use in their own words,
//! answers to what the rules ask. What is wrong with it is told, and what was typed is kept.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    LandCode,
    code::Strictness,
    dataset::DataVersion,
    digest::{hexadecimal, keyed_digest},
    outline::{Outline, OutlineFault},
    policy::Policies,
    suitability::RuleSet,
    viewer::Tier,
};
use service_api::{OutlineAsked, SearchHit};

use crate::{
    sites::{self, OneUse, Typed},
    urls::{ANSWER, CODE, LIST_PARCELS, POINTS, USE, WHAT},
};

/// A file, as far as it can be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Its text.
    Text(String),
    /// It is an archive.
    Packed,
    /// It is no text.
    NoText,
}

/// What is wrong with a question about an outline.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// With the outline that was typed.
    Points(OutlineFault),
    /// With the file.
    File(OutlineFault),
    /// With the use.
    Use(sites::Fault),
}

/// The ground that an outline may be drawn on: the data whose base maps everybody may see.
#[derive(Clone, Debug, Default)]
pub struct DrawingGround {
    /// The data; none where there is no map to draw on.
    pub shown: Vec<DataVersion>,
    /// No smaller outline is judged by any of them, m².
    pub least_m2: f64,
}

impl DrawingGround {
    /// That of the data of a portal.
    #[must_use]
    pub fn of(versions: Vec<DataVersion>, policies: &Policies) -> Self {
        let governing = |version: &DataVersion| {
            policies.governing(&version.dataset).filter(|it| it.shows_base_map(&version.dataset))
        };
        let least =
            versions.iter().filter_map(governing).map(|it| it.least_ground_m2(Tier::Public));
        let least_m2 = least.reduce(f64::min).unwrap_or_default();
        let shown = versions.into_iter().filter(|version| governing(version).is_some()).collect();
        Self { shown, least_m2 }
    }
}

/// The code of the parcel that the step after a verdict on an outline is about, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepCode {
    /// It reads.
    Read(LandCode),
    /// It is none.
    Wrong(String),
}

/// Why offices cannot be asked about an outline yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskFault {
    /// No parcel was named.
    NoCode,
    /// What was named is no code.
    NotACode,
    /// No parcel of that code lies beneath the outline, by what may be shown of it.
    NotBeneath,
}

/// A question about an outline as it was read.
#[derive(Clone, Debug)]
pub struct OutlineQuestion {
    /// Corners as they were typed; of a file that reads, it as GeoJSON.
    pub points: String,
    /// The use and the answers as they were typed.
    pub typed: Typed,
    /// Questions of the rules whose answers do not read: asked again, with what was typed.
    pub unread: BTreeSet<String>,
    /// The rules that this portal has.
    pub sets: Vec<Arc<RuleSet>>,
    /// What is wrong with it, in the order of the form.
    pub faults: Vec<Fault>,
    /// The uses that may be meant, where there is more than one.
    pub choices: Vec<OneUse>,
    /// What it may be drawn on; nothing until the portal was asked.
    pub ground: DrawingGround,
    /// What is asked, where nothing is wrong.
    pub asks: Option<OutlineAsked>,
    /// The parcel that the step after the verdict is about; `None` where nobody typed one.
    pub step_code: Option<StepCode>,
    /// Why offices cannot be asked about it yet, where somebody wanted to.
    pub ask_fault: Option<AskFault>,
    /// Whether the parcels are asked for that a list may name there.
    pub lists_parcels: bool,
    /// Those; `None` until the portal was asked.
    pub parcels: Option<Vec<SearchHit>>,
}

impl OutlineQuestion {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(sets: Vec<Arc<RuleSet>>) -> Self {
        let typed = Typed::default();
        let points = String::new();
        let (faults, choices) = (Vec::new(), Vec::new());
        let (unread, ground) = (BTreeSet::new(), DrawingGround::default());
        let (asks, step_code, lists_parcels, parcels) = (None, None, false, None);
        let ask_fault = None;
        Self {
            points,
            typed,
            unread,
            sets,
            faults,
            choices,
            ground,
            asks,
            step_code,
            ask_fault,
            lists_parcels,
            parcels,
        }
    }

    /// What was typed, not asked: a switch of language or size brought it.
    #[must_use]
    pub fn unasked(self) -> Self {
        let (faults, choices) = (Vec::new(), Vec::new());
        Self { faults, choices, unread: BTreeSet::new(), asks: None, ..self }
    }

    /// The mark of what is asked, which its answer carries: by it a switch of language or size knows whether
    /// the form on the page still says what was answered. `None` where nothing is asked.
    #[must_use]
    pub fn mark(&self) -> Option<String> {
        self.asks.as_ref()?;
        let answers = self.typed.answers.iter().flat_map(|(question, answer)| [question, answer]);
        let mut parts = Vec::new();
        for part in [&self.points, &self.typed.chosen].into_iter().chain(answers) {
            // Browsers write line breaks as they like.
            let part: Vec<&str> = part.split_whitespace().collect();
            parts.push(part.join(" ") + "\0");
        }
        let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
        Some(hexadecimal(&keyed_digest(&[0; 32], &parts)[..16]))
    }

    /// Reads the fields of a form against the rules. A file stands above what was typed.
    #[must_use]
    pub fn read(
        fields: &[(String, String)],
        file: Option<&Brought>,
        sets: Vec<Arc<RuleSet>>,
    ) -> Self {
        let mut question = Self::empty(sets);
        for (name, value) in fields {
            match name.as_str() {
                POINTS => question.points.clone_from(value),
                WHAT => question.typed.what = value.trim().chars().take(200).collect(),
                USE => question.typed.chosen.clone_from(value),
                CODE if !value.trim().is_empty() => {
                    let code = LandCode::parse(value, Strictness::LookUp);
                    let wrong = || StepCode::Wrong(value.trim().chars().take(100).collect());
                    let code = code.map(|it| StepCode::Read(it.code.canonical()));
                    question.step_code = Some(code.unwrap_or_else(|_| wrong()));
                }
                LIST_PARCELS => question.lists_parcels = value == "yes",
                name => {
                    if let Some(asked) = name.strip_prefix(ANSWER)
                        && question.typed.answers.len() < 100
                        && !value.is_empty()
                    {
                        question.typed.answers.insert(asked.to_owned(), value.clone());
                    }
                }
            }
        }
        let outline = match file {
            None => Outline::read(&question.points).map_err(Fault::Points),
            Some(Brought::Packed) => Err(Fault::File(OutlineFault::Packed)),
            Some(Brought::NoText) => Err(Fault::File(OutlineFault::UnknownFile)),
            Some(Brought::Text(text)) => Outline::read_file(text).map_err(Fault::File),
        };
        let outline = outline.map_err(|fault| question.faults.push(fault)).ok();
        if let (Some(outline), Some(_)) = (&outline, file) {
            question.points = outline.to_geojson();
        }
        let mut wrong = Vec::new();
        let meant = sites::meant(&question.typed, &question.sets, &mut wrong);
        question.faults.extend(wrong.into_iter().map(Fault::Use));
        if let ([(rules, use_at)], Some(outline)) = (&meant[..], outline) {
            let (rules, use_at) = (rules.clone(), *use_at);
            let (answers, unread) = question.typed.read_answers(&rules);
            question.unread = unread;
            question.typed.what = String::new();
            question.typed.chosen = format!("{}.{}", rules.id, rules.uses[use_at].id);
            question.asks = OutlineAsked::new(rules, use_at, outline, answers);
        }
        if meant.len() > 1 {
            question.choices = meant;
        }
        question
    }
}

#[cfg(test)]
mod tests {
    use domain::suitability::embedded;

    use super::*;

    const POINTS: &str = "120.0 30.5\n120.002 30.5\n120.002 30.502";

    fn question(fields: &[(&str, &str)], file: Option<&Brought>) -> OutlineQuestion {
        let today = jiff::civil::date(2026, 11, 29);
        let set = embedded().in_force("zhejiang", today).unwrap().clone();
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        OutlineQuestion::read(&fields, file, vec![Arc::new(set)])
    }

    #[test]
    fn sites_s13_typed_corners_and_a_file_ask_the_same() {
        let typed = question(&[("points", POINTS), ("use", "zhejiang.cafe")], None);
        let file = Brought::Text(POINTS.into());
        let from_file = question(&[("points", ""), ("what", "奶茶店"), ("use", "")], Some(&file));
        let outline = |it: &OutlineQuestion| it.asks.as_ref().map(|asks| asks.outline().clone());
        assert!(outline(&typed).is_some(), "{:?}", typed.faults);
        assert_eq!(outline(&typed), outline(&from_file));
        // What the file says is in the form, so that a further question brings it along.
        let again = question(&[("points", &from_file.points), ("use", "zhejiang.cafe")], None);
        assert_eq!(outline(&again), outline(&typed));
    }

    #[test]
    fn what_was_answered_has_a_mark_and_another_question_another() {
        let mark = |points: &str, used: &str, builds: &str| {
            question(&[("points", points), ("use", used), ("a.builds", builds)], None).mark()
        };
        let asked = mark(POINTS, "zhejiang.cafe", "no");
        assert!(asked.is_some());
        // As a browser hands it in.
        assert_eq!(mark(&POINTS.replace('\n', "\r\n"), "zhejiang.cafe", "no"), asked);
        assert_ne!(mark(POINTS, "zhejiang.warehouse", "no"), asked);
        assert_ne!(mark(POINTS, "zhejiang.cafe", "yes"), asked);
        assert_ne!(mark(&POINTS.replace("30.502", "30.503"), "zhejiang.cafe", "no"), asked);
        assert_eq!(mark("", "zhejiang.cafe", "no"), None, "nothing is asked");
    }

    #[test]
    fn sites_s13_what_is_wrong_is_told_and_what_was_typed_is_kept() {
        let bow = "120.0 30.5\n120.002 30.502\n120.002 30.5\n120.0 30.502";
        let read = question(&[("points", bow), ("what", "xyz")], None);
        let unknown = Fault::Use(sites::Fault::UnknownUse);
        assert_eq!(read.faults, [Fault::Points(OutlineFault::CrossesItself), unknown]);
        assert_eq!((read.points.as_str(), read.typed.what.as_str()), (bow, "xyz"));
        for (file, fault) in [
            (Brought::Packed, OutlineFault::Packed),
            (Brought::NoText, OutlineFault::UnknownFile),
            (Brought::Text("a letter".into()), OutlineFault::UnknownFile),
        ] {
            let read = question(&[("points", POINTS), ("use", "zhejiang.cafe")], Some(&file));
            assert_eq!(read.faults, [Fault::File(fault)]);
            assert_eq!(read.points, POINTS, "what was typed stays");
        }
    }
}
