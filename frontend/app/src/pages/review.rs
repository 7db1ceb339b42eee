//! What is about to be handed in, read through by whoever wrote it (rule S10).

use domain::{
    LandCode,
    request::Submission,
    service::{InputKind, Question, ServiceItem},
};
use leptos::prelude::*;

use super::{
    asking::{about, changed_since, goes},
    error::hidden,
    history,
    rights::{answer_said, version_said},
};
use crate::{
    components::{
        FoldedContact, JointNote, PageTitle, REQUEST_FORM, as_written, asks_of, carried_along,
        carried_files, department_words, draft_buttons, form_name, listed_files, promised,
    },
    context::FormReturn,
    current,
    islands::KeepTyped,
    steps::{CHANGE, HAND_IN, REVIEW, SAVE, STEP},
    words::Words,
};
use service_api::{Place, Reach};

/// Everything as its department will get it, a way back to each field, and the button that hands it in.
/// Nothing of it is kept: it goes along unseen.
#[component]
pub fn ReviewPage(
    /// The place.
    code: LandCode,
    /// The service.
    item: &'static ServiceItem,
    /// What may be shown of the place.
    place: Place,
    /// Where requests go.
    reach: Reach,
    /// As typed.
    back: FormReturn,
    /// As it was read.
    review: Submission,
) -> AnyView {
    let words = current::words();
    let title = words.t("review_title");
    let service = words.pick(&item.title);
    let seen = place.profile.version.label();
    let ended = place.lineage.ended;
    let address = current::form_address(&code, &item.id);
    let asks = asks_of(words, item, &back);
    let at_counter = current::counter_form().is_some();
    let Content { about, answers, reached } =
        content(words, item, (code, &place), (&review, 0, Some(&address)));
    let files = (!at_counter).then(|| listed_files(words, &address, &back.files));
    let button = if at_counter {
        view! { <button class="button button-primary" name=STEP value=SAVE>{words.t("case_ready")}</button> }
            .into_any()
    } else {
        view! {
            <button class="button button-primary" name=STEP value=HAND_IN>{words.t("submit_request")}</button>
            <p class="hint">{words.t("submit_after")}</p>
            {draft_buttons(words, &back)}
        }
        .into_any()
    };
    view! {
        <PageTitle text=format!("{title} · {service}") about=words.t("review_lead") />
        <div class="measure review">
            <h1>{title}</h1>
            <p class="lead">{words.t(if at_counter { "case_review_lead" } else { "review_lead" })}</p>
            {changed_since(&back, &seen)}
            {history::former(words, &place.lineage, false, false)}
            {goes(reach)}
            {about}
            <form class="form" id=REQUEST_FORM method="post" action=address>
                <input type="hidden" name=STEP value=REVIEW />
                {carried_along(item, &seen, ended, &back)}
                {(!at_counter)
                    .then(|| view! { <KeepTyped form=form_name(&code, item) words last_page=true /> })}
                {hidden(&back.values)}
                {carried_files(&back.files)}
                {asks}
                {answers}
                {files}
                <p>{reached}</p>
                {button}
            </form>
            <FoldedContact department=item.department.clone() />
        </div>
    }
    .into_any()
}

/// What is about to be handed in, as its department will get it: for whoever typed it, and for whom it was typed.
pub(super) struct Content {
    /// The place, and the terms of the service.
    pub(super) about: AnyView,
    /// The answers.
    pub(super) answers: AnyView,
    /// How the department reaches its applicant.
    pub(super) reached: String,
}

/// The content of a review. Of several on one page each has a number, from 0; where there is an `address`, each
/// answer leads back to its field there.
pub(super) fn content(
    words: Words,
    item: &'static ServiceItem,
    (code, place): (LandCode, &Place),
    (review, nth, address): (&Submission, usize, Option<&str>),
) -> Content {
    let rows = rows(words, item, review);
    let (person, matter): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.personal);
    let part = |key: &'static str, rows: Vec<Row>, note: Option<&'static str>| {
        let id = if nth == 0 { key.to_owned() } else { format!("{key}-{nth}") };
        let by = id.clone();
        (!rows.is_empty()).then(|| {
            view! {
                <section aria-labelledby=by>
                    <h2 id=id>{words.t(key)}</h2>
                    {note.map(|note| view! { <p>{note}</p> })}
                    <dl class="terms">
                        {rows.into_iter().map(|row| shown(words, address, row)).collect_view()}
                    </dl>
                </section>
            }
        })
    };
    // Whoever may still change it is shown the data of now, everybody else those that it names.
    let named = Some(&review.data_version).filter(|named| address.is_none() && !named.is_empty());
    let seen = named.cloned().unwrap_or_else(|| place.profile.version.label());
    let about = view! {
        {item.joint.then(|| view! { <JointNote /> })}
        {about(code, place)}
        <dl class="terms">
            <div><dt>{words.t("receipt_item")}</dt><dd>{words.pick(&item.title)}</dd></div>
            <div>
                <dt>{words.t("ask_department")}</dt>
                <dd>{department_words(words, &item.department)}</dd>
            </div>
            <div><dt>{words.t("ask_time")}</dt><dd>{item.statutory_time.get(words.0, current::today())}</dd></div>
            {promised(words, item)}
            <div><dt>{words.t("ask_fee")}</dt><dd>{item.fee.get(words.0, current::today())}</dd></div>
            <div><dt>{words.t("review_version")}</dt><dd>{version_said(words, &seen)}</dd></div>
        </dl>
    }
    .into_any();
    let answers = view! {
        {part("form_matter", matter, None)}
        {part("form_person", person, Some(words.t("review_personal")))}
    }
    .into_any();
    Content { about, answers, reached: reached(words, item, review) }
}

/// A question and what was answered to it.
struct Row {
    name: String,
    label: String,
    /// `None` where nothing was answered to what may be left out.
    said: Option<String>,
    personal: bool,
}

/// The questions that were asked, in the order of the form.
fn rows(words: Words, item: &ServiceItem, review: &Submission) -> Vec<Row> {
    let given = |question: &Question| {
        review.answers.get(&question.name).or_else(|| review.applicant.get(&question.name))
    };
    let asked = item.question.iter().filter(|question| {
        let is_asked = question.of.is_none() && question.is_due(&review.answers);
        is_asked || given(question).is_some()
    });
    let row = |question: &Question| Row {
        name: question.name.clone(),
        label: words.pick(&question.label),
        said: given(question).map(|text| answer_said(words, question, text)),
        personal: question.personal,
    };
    asked.map(row).collect()
}

/// A row; with the way back to its field, where everything stands as typed, if there is one.
fn shown(words: Words, address: Option<&str>, row: Row) -> AnyView {
    let Row { name, label, said, .. } = row;
    let said = match said {
        Some(text) => view! { <span class="typed">{as_written(words, text)}</span> }.into_any(),
        None => view! { <span class="quiet">{words.t("review_nothing")}</span> }.into_any(),
    };
    let change = address.map(|address| {
        view! {
            <button
                class="link-button review-change"
                name=STEP
                value=CHANGE
                formaction=format!("{address}#{name}")
            >
                {words.t("review_change")}
                <span class="visually-hidden">{words.fill("review_change_what", &[("label", &label)])}</span>
            </button>
        }
    });
    view! {
        <div>
            <dt>{label.clone()}</dt>
            <dd>
                {said}
                {change}
            </dd>
        </div>
    }
    .into_any()
}

/// How its department reaches whoever hands it in.
fn reached(words: Words, item: &ServiceItem, review: &Submission) -> String {
    let of = |kind: InputKind| {
        let question = item.question.iter().find(|question| {
            question.kind == kind && review.applicant.contains_key(&question.name)
        })?;
        let text = review.applicant.get(&question.name)?;
        Some(answer_said(words, question, text))
    };
    let ways: Vec<String> =
        [InputKind::Phone, InputKind::Email].into_iter().filter_map(of).collect();
    if ways.is_empty() {
        return words.t("review_unreached").to_owned();
    }
    words.fill("review_reached", &[("ways", &ways.join(words.t("list_or")))])
}
