//! One form that asks several offices for what a verdict lacks (*sites S5*): a request to each, handed in by one
//! click. Fields of a service are called by it and by the question (`hazard-zone.purpose`); what tells who asks is
//! asked once and goes to all of them, each with a consent of its own.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    LandCode,
    request::RequestNumber,
    service::{Aim, Answers, FieldFault, InputKind, Question, ServiceItem, service, services},
    suitability::{AskWritten, Cause, FactKey, MOST_ASKED, RuleSet, Standing, Verdict},
};
use jiff::civil::Date;
use service_api::{Assessment, Told};

use crate::{
    context::FormRefusal,
    urls::{ANSWER, POINTS, USE},
};

/// What stands before the name of a service in the field of the facts that it is asked for.
pub const FACTS: &str = "facts.";
/// The field that says which services' requests were handed in by this form before, by their ids with commas: they
/// are looked up by its key and never handed in again.
pub const SENT: &str = "sent";

/// What became of one of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is still to be handed in.
    Open,
    /// It is kept.
    Kept {
        /// Its number.
        number: RequestNumber,
        /// Its secret; none where the browser was told to forget it.
        secret: Option<String>,
        /// The form was changed since, and it was not.
        before: bool,
    },
    /// It was not taken.
    Refused(FormRefusal),
}

/// What one office is asked, by which service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The service.
    pub item: &'static ServiceItem,
    /// The facts, by their ids ([`FactKey::id`]).
    pub facts: Vec<String>,
    /// Whether the form says that it was handed in before.
    pub sent: bool,
    /// What became of it.
    pub became: Became,
}

/// The form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskingForm {
    /// The site.
    pub code: LandCode,
    /// The rule set, by its id.
    pub rules: String,
    /// The use, by its id in the set.
    pub of: String,
    /// What the applicant answered to questions of the rules.
    pub answered: BTreeMap<String, String>,
    /// The ground that is asked about, as GeoJSON, where that is not the whole parcel.
    pub outline: Option<String>,
    /// What each office is asked.
    pub parts: Vec<Part>,
    /// As typed, by the names of fields.
    pub values: Answers,
    /// What is wrong, in the order of the form.
    pub faults: Vec<FieldFault>,
    /// The key against double submission; none of a form that nobody has sent.
    pub token: Option<String>,
    /// The data version that was seen.
    pub seen: String,
    /// Its applicant was told that they have sent the same already.
    pub again: bool,
}

/// As the catalogue lists their services.
fn in_order(parts: &mut [Part]) {
    parts.sort_by_key(|part| services().iter().position(|item| item.id == part.item.id));
}

/// What each office that a service here leads to is asked, so that a verdict can be settled.
#[must_use]
pub fn parts_of(
    rules: &RuleSet,
    verdict: &Verdict,
    offers: &dyn Fn(&ServiceItem) -> bool,
) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (office, facts) in by_office(rules, verdict) {
        let office = office.and_then(|id| rules.offices.get(id));
        let department = office.and_then(|office| office.department.as_deref());
        let Some((item, _)) = department.and_then(|id| asking(id, offers)) else { continue };
        let ids = facts.iter().map(|(fact, _)| fact.id());
        match parts.iter_mut().find(|part| part.item.id == item.id) {
            Some(part) => part.facts.extend(ids),
            None => {
                parts.push(Part { item, facts: ids.collect(), sent: false, became: Became::Open });
            }
        }
    }
    for part in &mut parts {
        part.facts.truncate(MOST_ASKED);
    }
    in_order(&mut parts);
    parts
}

/// What is not known of a verdict, by the office that can say it; `None` are the applicant's own to find out. What
/// the applicant was asked and did not answer is not among it.
#[must_use]
pub fn by_office<'r>(
    rules: &'r RuleSet,
    verdict: &Verdict,
) -> BTreeMap<Option<&'r str>, Vec<(FactKey, Cause)>> {
    let matter: Option<&BTreeSet<FactKey>> =
        verdict.settling.as_ref().map(|settling| &settling.surely);
    let mut by_office: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (fact, cause) in gaps(verdict) {
        let is_own = matches!(fact, FactKey::Answer(_)) && cause == Cause::NotAsked;
        if !is_own && matter.is_none_or(|matter| matter.contains(&fact)) {
            by_office.entry(rules.office_of(&fact)).or_default().push((fact, cause));
        }
    }
    by_office
}

/// What would have to be known, with the reason why it is not. The facts that matter where that was
/// worked out; else every one that an open rule lacks.
#[must_use]
pub fn gaps(verdict: &Verdict) -> BTreeMap<FactKey, Cause> {
    let open = verdict.findings.iter().filter(|finding| finding.standing == Standing::Open);
    let mut gaps: BTreeMap<FactKey, Cause> =
        open.flat_map(|finding| &finding.gaps).map(|gap| (gap.fact.clone(), gap.cause)).collect();
    if let Some(settling) = &verdict.settling {
        for fact in &settling.surely {
            gaps.entry(fact.clone()).or_insert(Cause::Silent);
        }
    }
    gaps
}

/// The service by which a department is asked about land, and the field for what is asked: one that is asked
/// whatever else is answered. One for who wants to know comes before others, and then one about land as it is.
#[must_use]
pub fn asking(
    department: &str,
    offers: &dyn Fn(&ServiceItem) -> bool,
) -> Option<(&'static ServiceItem, &'static Question)> {
    // A form to several offices has no groups.
    let plain = |item: &&ServiceItem| item.group.is_empty() && offers(item);
    let own = services().iter().filter(|item| item.department == department).filter(plain);
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|item| (item.aim != Aim::Know, item.for_ended));
    own.into_iter().find_map(|item| {
        let field = item.question.iter().find(|field| {
            field.kind == InputKind::Paragraph && !field.personal && field.when.is_none()
        })?;
        Some((item, field))
    })
}

/// The name of a question's field.
#[must_use]
pub fn name_of(item: &ServiceItem, question: &Question) -> String {
    if is_shared(question) {
        question.name.clone()
    } else {
        format!("{}.{}", item.id, question.name)
    }
}

/// Whether a question is asked once for all services. A consent is to one office and no other.
#[must_use]
pub fn is_shared(question: &Question) -> bool {
    question.personal && question.kind != InputKind::Consent
}

/// The question that a field of such a form is about; `None` of every other field.
#[must_use]
pub fn question_of(field: &str) -> Option<&'static Question> {
    let (item, question) = field.split_once('.')?;
    service(item)?.question(question)
}

/// Whether a field says what is asked, and of what, and nobody types into it.
#[must_use]
pub fn is_brought(field: &str) -> bool {
    [USE, SENT, POINTS].contains(&field) || field.starts_with(FACTS) || field.starts_with(ANSWER)
}

impl AskingForm {
    /// What a verdict on one site lacks, to be asked of the offices that a service here leads to. `None` where
    /// there is no such office, or no verdict.
    #[must_use]
    pub fn of(
        told: &Assessment,
        answered: &BTreeMap<String, String>,
        offers: &dyn Fn(&ServiceItem) -> bool,
    ) -> Option<Self> {
        let [site] = &told.sites[..] else { return None };
        let Told::Judged(judged) = &site.told else { return None };
        let parts = parts_of(&told.rules, &judged.verdict, offers);
        (!parts.is_empty()).then(|| Self {
            code: LandCode::Parcel(site.parcel),
            rules: told.rules.id.clone(),
            of: told.of().id.clone(),
            answered: answered.clone(),
            outline: None,
            parts,
            values: Answers::new(),
            faults: Vec::new(),
            token: None,
            seen: judged.version.label(),
            again: false,
        })
    }

    /// As it was sent. `None` of a form that asks nobody anything.
    #[must_use]
    pub fn read(
        code: LandCode,
        fields: &BTreeMap<String, String>,
        offers: &dyn Fn(&ServiceItem) -> bool,
    ) -> Option<Self> {
        let (rules, of) = fields.get(USE)?.split_once('.')?;
        let sent: BTreeSet<&str> =
            fields.get(SENT).into_iter().flat_map(|ids| ids.split(',')).collect();
        let mut parts = Vec::new();
        for (name, facts) in fields {
            let item = name.strip_prefix(FACTS).and_then(service).filter(|item| offers(item));
            let Some(item) = item else { continue };
            let facts = facts.split(',').take(MOST_ASKED + 1).map(str::to_owned).collect();
            let sent = sent.contains(&*item.id);
            parts.push(Part { item, facts, sent, became: Became::Open });
        }
        in_order(&mut parts);
        let answered = fields.iter().filter_map(|(name, text)| {
            let id = name.strip_prefix(ANSWER)?;
            (!text.is_empty()).then(|| (id.to_owned(), text.clone()))
        });
        let text = |name: &str| fields.get(name).cloned();
        let mut form = Self {
            code,
            rules: rules.to_owned(),
            of: of.to_owned(),
            answered: answered.take(40).collect(),
            outline: text(POINTS).filter(|text| !text.is_empty()),
            parts,
            values: Answers::new(),
            faults: Vec::new(),
            token: Some(text("token").unwrap_or_default()),
            seen: text("seen").unwrap_or_default(),
            again: text("again").as_deref() == Some("yes"),
        };
        for part in &form.parts {
            for question in &part.item.question {
                let name = name_of(part.item, question);
                if let Some(text) = fields.get(&name) {
                    form.values.insert(name, text.clone());
                }
            }
        }
        (!form.parts.is_empty()).then_some(form)
    }

    /// What a part asks its office for.
    #[must_use]
    pub fn asks(&self, part: &Part) -> AskWritten {
        let (rules, of) = (self.rules.clone(), self.of.clone());
        let (facts, answers) = (part.facts.clone(), self.answered.clone());
        AskWritten { rules, of, facts, answers, outline: self.outline.clone() }
    }

    /// The answers that go to the office of a part, by the names of its service's questions.
    #[must_use]
    pub fn answers(&self, part: &Part) -> Answers {
        let own = part.item.question.iter().filter_map(|question| {
            let text = self.values.get(&name_of(part.item, question))?;
            Some((question.name.clone(), text.clone()))
        });
        own.collect()
    }

    /// Looks for what is wrong, in all parts at once: nothing is handed in while anything is.
    pub fn check(&mut self, on: Date) {
        let mut faults: Vec<FieldFault> = Vec::new();
        for part in &self.parts {
            for found in part.item.check(&self.answers(part), on).err().unwrap_or_default() {
                let Some(question) = part.item.question(&found.field) else { continue };
                let field = name_of(part.item, question);
                if faults.iter().all(|fault| fault.field != field) {
                    faults.push(FieldFault { field, fault: found.fault });
                }
            }
        }
        // What is asked once stands at the end.
        faults.sort_by_key(|fault| !fault.field.contains('.'));
        self.faults = faults;
    }

    /// Whether every request is kept.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.parts.iter().all(|part| matches!(part.became, Became::Kept { .. }))
    }
}
