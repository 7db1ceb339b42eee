//! The form of a service at a place.

use domain::{
    LandCode,
    profile::PublicProfile,
    request::{rating_grade, rating_note, reopening_reason},
    service::{
        AnswerFault, Answers, Choice, Group, InputKind, Question, ServiceItem, notice_address,
    },
    suitability::AskWritten,
};
use leptos::prelude::*;

use super::{
    attachments::{FilesField, file_faults},
    error_summary::Fault,
    fact_list::field_label,
    form_field::{FormField, answer_fault_words, when_words},
    form_steps::{carried_along, draft_buttons, form_name},
    page_form::REQUEST_FORM,
    value::{in_letters, in_short},
};
use crate::{
    asks,
    context::{EarlierRequest, FormRefusal, FormReturn},
    current,
    islands::{DueQuestions, KeepTyped, due_id},
    steps::{LESS, MORE, REVIEW, STEP},
    urls,
    words::Words,
};

/// The faults of a form that came back, for the summary.
pub fn faults(words: Words, item: &ServiceItem, back: &FormReturn) -> Vec<Fault> {
    let refusal = back.refusal.as_ref().map(|refusal| refused(words, refusal));
    let fields = back.faults.iter().filter_map(|fault| {
        let question = item.question(&fault.field)?;
        let text = answer_fault_words(words, question, fault.fault);
        Some(Fault::new(Some(format!("#{}", fault.field)), text))
    });
    refusal.into_iter().chain(fields).chain(file_faults(words, &back.files)).collect()
}

/// The faults of the form that names an address for notices, for the summary.
pub fn notice_faults(words: Words, back: &FormReturn) -> Vec<Fault> {
    faults_of(words, &[notice_address()], back)
}

/// The faults of the form that rates a request, for the summary.
pub fn rating_faults(words: Words, back: &FormReturn) -> Vec<Fault> {
    faults_of(words, &[rating_grade(), rating_note()], back)
}

/// The faults of the form that asks for a request to be taken up again, for the summary.
pub fn reopening_faults(words: Words, back: &FormReturn) -> Vec<Fault> {
    faults_of(words, &[reopening_reason()], back)
}

fn faults_of(words: Words, asked: &[&Question], back: &FormReturn) -> Vec<Fault> {
    let refusal = back.refusal.as_ref().map(|refusal| refused(words, refusal));
    let fields = back.faults.iter().filter_map(|fault| {
        let question = asked.iter().find(|question| question.name == fault.field)?;
        let text = answer_fault_words(words, question, fault.fault);
        Some(Fault::new(Some(format!("#{}", fault.field)), text))
    });
    refusal.into_iter().chain(fields).collect()
}

/// Why a form was not taken although its fields are right, and where that leads.
pub fn refused(words: Words, refusal: &FormRefusal) -> Fault {
    let plain = |key: &str| Fault::new(None, words.t(key).to_owned());
    let earlier = |key: &str, earlier: &EarlierRequest| {
        let number = earlier.number.to_string();
        let secret = earlier.secret.as_ref();
        Fault {
            leads_to: Some(urls::request(&earlier.number)),
            text: words.fill(key, &[("number", &number)]),
            secret: secret.map(|secret| words.fill("refusal_secret", &[("secret", secret)])),
        }
    };
    match refusal {
        FormRefusal::Changed(first) => earlier("refusal_changed", first),
        FormRefusal::Sent(first) => earlier("refusal_sent", first),
        FormRefusal::Ended => plain("refusal_ended"),
        FormRefusal::TooMany { retry_after } => {
            let seconds = retry_after.to_string();
            Fault::new(None, words.fill("refusal_too_many", &[("n", &seconds)]))
        }
        FormRefusal::Unavailable => plain("refusal_unavailable"),
        FormRefusal::TooOften => plain("refusal_too_often"),
        FormRefusal::Asks => plain("refusal_asks"),
        FormRefusal::Addresses => plain("refusal_addresses"),
    }
}

/// The form. Posts to its own address; the faults come back beside the fields.
#[component]
pub fn RequestForm(
    /// The place.
    code: LandCode,
    /// The service.
    item: &'static ServiceItem,
    /// Data version that is shown, `dataset/number`.
    seen: String,
    /// What everybody may be shown of the place: the browser may keep the page.
    #[prop(optional_no_strip)]
    profile: Option<PublicProfile>,
    /// Whether the page says that the code has ended.
    ended: bool,
    /// What was typed and what is wrong, when it came back.
    back: FormReturn,
) -> AnyView {
    let words = current::words();
    let address = current::form_address(&code, &item.id);
    let fields = fields(words, item, |_| true, &back, profile.as_ref(), Some(&address));
    // Enter in a field is not the press of a button that adds one more.
    let first = (!item.group.is_empty()).then(|| {
        view! {
            <button class="visually-hidden" name=STEP value=REVIEW tabindex="-1" aria-hidden="true">
                {words.t("review_button")}
            </button>
        }
    });
    // At the counter papers are looked at, and nothing of an applicant stays in a browser.
    let at_counter = current::counter_form().is_some();
    let takes = item.attachments.as_ref().filter(|_| !at_counter);
    let encoding = takes.map(|_| "multipart/form-data");
    let files = takes.map(|takes| {
        view! { <FilesField takes files=back.files.clone() /> }
    });
    let asks = asks_of(words, item, &back);
    // Not checked by the browser: its bubbles come one by one and in its own words.
    view! {
        <form
            class="form"
            id=REQUEST_FORM
            method="post"
            action=address
            enctype=encoding
            novalidate
        >
            {first}
            {carried_along(item, &seen, ended, &back)}
            {(!at_counter).then(|| view! { <KeepTyped form=form_name(&code, item) words /> })}
            {asks}
            {fields}
            {files}
            <button class="button button-primary" name=STEP value=REVIEW>{words.t("review_button")}</button>
            <p class="hint">{words.t("review_after")}</p>
            {draft_buttons(words, &back)}
        </form>
    }
    .into_any()
}

/// What a form asks its department for as data; that it cannot, where a link is older than the rules.
pub fn asks_of(words: Words, item: &ServiceItem, back: &FormReturn) -> Option<AnyView> {
    let asks = back.asks.as_ref()?;
    Some(asked(words, item, asks).unwrap_or_else(|| not_asked(words)))
}

/// That a link asks for what nobody asks any more.
fn not_asked(words: Words) -> AnyView {
    view! { <p class="hint">{words.t("refusal_asks")}</p> }.into_any()
}

/// What the department is asked for as data beside the words, and the fields that carry it; nothing where the
/// rules do not ask it of that department.
fn asked(words: Words, item: &ServiceItem, asks: &AskWritten) -> Option<AnyView> {
    let sets = current::portal()?.rule_sets();
    let rules = sets.iter().find(|rules| rules.id == asks.rules)?;
    let asked = rules.ask(asks, &item.department, current::today()).ok()?;
    let facts = asked.facts.iter().map(|fact| view! { <li>{words.pick(&fact.title)}</li> });
    let answers = asked.answers.iter().filter_map(|(id, text)| {
        let question = words.pick(&rules.question(id)?.text);
        let said = match text.as_str() {
            "yes" => words.t("yes"),
            "no" => words.t("no"),
            text => text,
        };
        let line = words.fill("sites_found", &[("what", &question), ("found", said)]);
        Some(view! { <li>{line}</li> })
    });
    let answers: Vec<_> = answers.collect();
    let answered = (!answers.is_empty()).then(|| {
        view! { <p>{words.t("asks_answers")}</p> <ul>{answers}</ul> }
    });
    let fields = asks::fields(asks).into_iter().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value /> }
    });
    let title = words.fill("asks_title", &[("use", &words.pick(&asked.use_name))]);
    Some(
        view! {
            <section class="asks" aria-labelledby="asks-title">
                <h2 id="asks-title">{title}</h2>
                <ul>{facts.collect_view()}</ul>
                {answered}
                <p class="hint">{words.t("asks_text")}</p>
                {fields.collect_view()}
            </section>
        }
        .into_any(),
    )
}

/// The fields of the questions that are `asked`, with what was typed and what is wrong: about the matter,
/// then about the person. Where the place is known, what stands of it now is beside the options that are
/// about it. Of a group one more is added by a button, where the form comes back to an `address` of its own; else one
/// more than there are stands there.
pub fn fields(
    words: Words,
    item: &'static ServiceItem,
    asked: impl Fn(&Question) -> bool,
    back: &FormReturn,
    profile: Option<&PublicProfile>,
    address: Option<&str>,
) -> Vec<AnyView> {
    let questions: Vec<_> = item.question.iter().filter(|question| asked(question)).collect();
    let waits = questions.iter().any(|question| question.when.is_some());
    // A group comes and goes as a whole.
    let alone = questions.iter().copied().filter(|one| is_alone(item, one)).collect::<Vec<_>>();
    let due = waits.then(|| view! { <DueQuestions questions=alone /> }.into_any());
    let plain = |question: &'static Question| {
        let fault = back.faults.iter().find(|fault| fault.field == question.name);
        let fault = fault.map(|fault| fault.fault);
        // Without a script nobody can take back what was chosen.
        let taken_back = question.kind == InputKind::Choice && fault == Some(AnswerFault::NotAsked);
        let value = back.values.get(&question.name).filter(|_| !taken_back);
        let value = value.cloned().unwrap_or_default();
        let options = question.options.iter();
        let now: Vec<_> =
            options.map(|option| profile.and_then(|it| now(words, it, option))).collect();
        view! { <FormField question value fault now /> }.into_any()
    };
    let field = |question: &'static Question| {
        let field = plain(question);
        match when_words(words, &item.question, question) {
            None => field,
            Some(when) => view! {
                <fieldset class="due" role="none" id=due_id(&question.name)>
                    <p class="hint due-when">{when}</p>
                    {field}
                </fieldset>
            }
            .into_any(),
        }
    };
    let (consent, others): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .filter(|question| question.of.is_none())
        .partition(|question| question.kind == InputKind::Consent);
    let (person, matter): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|question| question.personal);
    let parted = !(matter.is_empty() || person.is_empty() && consent.is_empty());
    let groups = |personal: bool| {
        let own = item.group.iter().filter(move |group| group.is_personal() == personal);
        own.map(|group| several(words, (item, group), &back.values, address, &plain))
            .collect::<Vec<_>>()
    };
    let title = |key| parted.then(|| view! { <h2>{words.t(key)}</h2> }.into_any());
    let mut parts: Vec<AnyView> = due.into_iter().collect();
    parts.extend(title("form_matter"));
    parts.extend(matter.into_iter().map(field));
    parts.extend(groups(false));
    parts.extend(title("form_person"));
    parts.extend(person.into_iter().map(field));
    parts.extend(groups(true));
    parts.extend(consent.into_iter().map(field));
    parts
}

/// The first question of a group stands for it.
fn first_of(item: &'static ServiceItem, group: &str) -> Option<&'static Question> {
    item.question.iter().find(|one| one.of.as_ref().is_some_and(|of| of.group == group))
}

/// Whether a question is asked once, or stands for its group.
fn is_alone(item: &'static ServiceItem, question: &Question) -> bool {
    question
        .of
        .as_ref()
        .is_none_or(|of| first_of(item, &of.group).is_some_and(|first| first.name == question.name))
}

/// What is asked of each of several, for those that are there.
fn several(
    words: Words,
    (item, group): (&'static ServiceItem, &'static Group),
    values: &Answers,
    address: Option<&str>,
    field: &impl Fn(&'static Question) -> AnyView,
) -> AnyView {
    let there = group.shown(values);
    let shown = if address.is_some() { there } else { (there + 1).min(group.max) };
    let of_copy = |question: &&'static Question, at: usize| {
        question.of.as_ref().is_some_and(|of| of.group == group.name && of.at == at)
    };
    let first = first_of(item, &group.name);
    let id = first.map(|first| due_id(&first.name));
    let can_be_less = there > group.min;
    let label = words.pick(&group.label);
    let copies = (0..shown).map(|at| {
        let fields = item.question.iter().filter(|question| of_copy(question, at)).map(field);
        let fields: Vec<AnyView> = fields.collect();
        let less = address.zip(id.as_ref()).filter(|_| can_be_less).map(|(address, id)| {
            let n = (at + 1).to_string();
            let text = words.fill("group_less", &[("what", &label), ("n", &n)]);
            view! {
                <button
                    class="button"
                    name=STEP
                    value=format!("{LESS}{}.{n}", group.name)
                    formaction=format!("{address}#{id}")
                >
                    {text}
                </button>
            }
        });
        view! {
            {fields}
            {less}
        }
        .into_any()
    });
    let copies: Vec<AnyView> = copies.collect();
    let when = first.and_then(|first| when_words(words, &item.question, first));
    let when = when.map(|when| view! { <p class="hint due-when">{when}</p> });
    let hint = group.hint.get(words.0, current::today());
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> });
    let next = item.question.iter().find(|question| of_copy(question, shown));
    let more = address.zip(next).map(|(address, next)| {
        let text = words.fill("group_more", &[("what", &label)]);
        view! {
            <button
                class="button"
                name=STEP
                value=format!("{MORE}{}", group.name)
                formaction=format!("{address}#{}", next.name)
            >
                {text}
            </button>
        }
    });
    let max = group.max.to_string();
    view! {
        <fieldset class="due several" id=id>
            <legend>{label}</legend>
            {when}
            {hint}
            {copies}
            <p class="hint">{words.fill("group_most", &[("max", &max)])}</p>
            {more}
        </fieldset>
    }
    .into_any()
}

/// What the page of a place says now of what an option is about; `None` where that is nothing.
fn now(words: Words, profile: &PublicProfile, option: &Choice) -> Option<String> {
    let of_unit = profile.unit.iter().flat_map(|unit| &unit.facts);
    let facts = of_unit.chain(&profile.facts).filter(|fact| option.fields.contains(&fact.field));
    let realm = profile.code.realm();
    let told = facts.map(|fact| {
        let label = field_label(words, fact.field, realm);
        let value = in_letters(words, &in_short(words, &fact.value, realm));
        words.fill("option_fact", &[("label", label), ("value", &value)])
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(words.t("list_semicolon")))
}
