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
    steps::{CHANGE, HAND_IN, REVIEW, STEP},
    urls,
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
    let address = urls::new_request(&code, &item.id);
    let asks = asks_of(words, item, &back);
    let answers: Vec<Row> = rows(words, item, &review);
    let (person, matter): (Vec<_>, Vec<_>) = answers.into_iter().partition(|row| row.personal);
    let reached = reached(words, item, &review);
    let part = |key: &'static str, rows: Vec<Row>, note: Option<&'static str>| {
        (!rows.is_empty()).then(|| {
            view! {
                <section aria-labelledby=key>
                    <h2 id=key>{words.t(key)}</h2>
                    {note.map(|note| view! { <p>{note}</p> })}
                    <dl class="terms">
                        {rows.into_iter().map(|row| shown(words, &address, row)).collect_view()}
                    </dl>
                </section>
            }
        })
    };
    view! {
        <PageTitle text=format!("{title} · {service}") about=words.t("review_lead") />
        <div class="measure review">
            <h1>{title}</h1>
            <p class="lead">{words.t("review_lead")}</p>
            {changed_since(&back, &seen)}
            {history::former(words, &place.lineage, false, false)}
            {goes(reach)}
            {item.joint.then(|| view! { <JointNote /> })}
            {about(code, &place)}
            <dl class="terms">
                <div><dt>{words.t("receipt_item")}</dt><dd>{service}</dd></div>
                <div>
                    <dt>{words.t("ask_department")}</dt>
                    <dd>{department_words(words, &item.department)}</dd>
                </div>
                <div><dt>{words.t("ask_time")}</dt><dd>{item.statutory_time.get(words.0, current::today())}</dd></div>
                {promised(words, item)}
                <div><dt>{words.t("ask_fee")}</dt><dd>{item.fee.get(words.0, current::today())}</dd></div>
                <div><dt>{words.t("review_version")}</dt><dd>{version_said(words, &seen)}</dd></div>
            </dl>
            <form class="form" id=REQUEST_FORM method="post" action=address.clone()>
                <input type="hidden" name=STEP value=REVIEW />
                {carried_along(item, &seen, ended, &back)}
                <KeepTyped form=form_name(&code, item) words last_page=true />
                {hidden(&back.values)}
                {carried_files(&back.files)}
                {asks}
                {part("form_matter", matter, None)}
                {part("form_person", person, Some(words.t("review_personal")))}
                {listed_files(words, &address, &back.files)}
                <p>{reached}</p>
                <button class="button button-primary" name=STEP value=HAND_IN>{words.t("submit_request")}</button>
                <p class="hint">{words.t("submit_after")}</p>
                {draft_buttons(words, &back)}
            </form>
            <FoldedContact department=item.department.clone() />
        </div>
    }
    .into_any()
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

/// A row with the way back to its field, where everything stands as typed.
fn shown(words: Words, address: &str, row: Row) -> AnyView {
    let Row { name, label, said, .. } = row;
    let said = match said {
        Some(text) => view! { <span class="typed">{as_written(words, text)}</span> }.into_any(),
        None => view! { <span class="quiet">{words.t("review_nothing")}</span> }.into_any(),
    };
    view! {
        <div>
            <dt>{label.clone()}</dt>
            <dd>
                {said}
                <button
                    class="link-button review-change"
                    name=STEP
                    value=CHANGE
                    formaction=format!("{address}#{name}")
                >
                    {words.t("review_change")}
                    <span class="visually-hidden">{words.fill("review_change_what", &[("label", &label)])}</span>
                </button>
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
