//! What visitors may do about their own request: see and take along all of it, correct it, take it
//! back, have it deleted. Each has a page that says what it means before anything is done.

use domain::{
    request::{Assisted, MaterialAtCounter, RequestState},
    service::{Answers, InputKind, Question, ServiceItem, service},
};
use leptos::prelude::*;

use super::{error::typed, opened};
use crate::{
    components::{
        Banner, CodeLine, Departments, ErrorSummary, PageTitle, REQUEST_FORM, Timeline, Tone,
        as_written, notice_words, request_faults, request_fields,
    },
    context::FormReturn,
    current, format,
    staff::{filing::consent_key, materials::way_key},
    urls::{self, Right},
    words::Words,
};
use service_api::{DossierView, Keeping, RequestView};

/// What can be done about a request, on its own page.
#[component]
pub fn RightsOf(
    /// The request.
    request: RequestView,
) -> AnyView {
    let words = current::words();
    let state = request.state;
    let number = &request.number;
    let link = |right: Right, key: &'static str| {
        view! { <li><a href=urls::right(number, right)>{words.t(key)}</a></li> }.into_any()
    };
    let deletable = matches!(request.keeping, Keeping::Until(_));
    view! {
        <section class="rights">
            <h2>{words.t("rights_title")}</h2>
            <ul>
                {link(Right::Data, "rights_data")}
                {(!state.is_ended()).then(|| link(Right::Correct, "rights_correct"))}
                {state
                    .may_become(RequestState::Withdrawn)
                    .then(|| link(Right::Withdraw, "rights_withdraw"))}
                {deletable.then(|| link(Right::Delete, "rights_delete"))}
            </ul>
            {keeping(words, &request.keeping).map(|text| view! { <p class="quiet">{text}</p> })}
        </section>
    }
    .into_any()
}

/// How long a request is kept, in words.
fn keeping(words: Words, keeping: &Keeping) -> Option<String> {
    let day = |date| format::date(words.0, date);
    Some(match keeping {
        Keeping::Open => words.t("rights_open").to_owned(),
        Keeping::OnItsWay => words.t("rights_on_its_way").to_owned(),
        Keeping::AskedAgain => words.t("rights_asked_again").to_owned(),
        Keeping::ByLaw { law, until } => {
            words.fill("rights_by_law", &[("law", &words.pick(law)), ("date", &day(*until))])
        }
        Keeping::Until(Some(until)) => words.fill("rights_until", &[("date", &day(*until))]),
        Keeping::Until(None) => return None,
    })
}

/// The request of this address with what is in it, for whoever holds its secret.
pub(super) fn opened(show: impl FnOnce(DossierView) -> AnyView + Send + 'static) -> AnyView {
    opened::opened(|portal, opened, _| async move { Ok(portal.dossier(&opened).await?.map(show)) })
}

/// A page about a request: its title, and the way back.
pub(super) fn framed(request: &RequestView, title: &'static str, content: AnyView) -> AnyView {
    let words = current::words();
    let title = words.t(title);
    let number = request.number.to_string();
    view! {
        <PageTitle text=format!("{title} · {number}") />
        <article class="measure receipt">
            <h1>{title}</h1>
            <p class="quiet">
                {words.t("rights_number")} <span class="number" translate="no">{number}</span>
            </p>
            {content}
            <p class="no-print"><a href=urls::request(&request.number)>{words.t("rights_back")}</a></p>
        </article>
    }
    .into_any()
}

/// Everything that is kept on a request.
#[component]
pub fn DataPage() -> AnyView {
    opened(|dossier| {
        let words = current::words();
        let DossierView { request, data_version, answers, first, assisted, notices, .. } = dossier;
        let item = service(&request.item);
        let title = item.map_or_else(|| request.item.clone(), |item| words.pick(&item.title));
        let content = view! {
            <p class="lead no-print">{words.t("data_lead")}</p>
            <p class="no-print">
                <a class="button" href=urls::right(&request.number, Right::File) download="">
                    {words.t("data_download")}
                </a>
            </p>
            <dl class="terms">
                <div><dt>{words.t("receipt_item")}</dt><dd>{title}</dd></div>
                <div><dt>{words.t("receipt_place")}</dt><dd><CodeLine code=request.code /></dd></div>
                <div>
                    <dt>{words.t("receipt_submitted")}</dt>
                    <dd>{format::moment(words.0, request.submitted_at)}</dd>
                </div>
                {(!data_version.is_empty()).then(|| view! {
                    <div><dt>{words.t("data_seen")}</dt><dd>{version_said(words, &data_version)}</dd></div>
                })}
                {assisted.map(|assisted| view! {
                    <div><dt>{words.t("data_assisted")}</dt><dd>{helped(words, &assisted)}</dd></div>
                    {checked(words, item, &assisted)}
                })}
            </dl>
            <h2>{words.t("data_now")}</h2>
            {answered(words, item, &answers)}
            {first.map(|first| view! {
                <h2>{words.t("data_first")}</h2>
                {answered(words, item, &first)}
            })}
            <h2>{words.t("data_sent")}</h2>
            <Departments departments=request.departments.clone() />
            <h2>{words.t("receipt_timeline")}</h2>
            <Timeline events=request.events.clone() />
            {notices.as_ref().and_then(|notices| notice_words(words, notices)).map(|text| view! {
                <h2>{words.t("notices_title")}</h2>
                <p>{text}</p>
            })}
            <p class="quiet">{words.t("receipt_times")} " " {words.t("data_more")}</p>
        };
        framed(&request, "data_title", content.into_any())
    })
}

/// The number of an edition of the data, in words.
pub(super) fn version_number(words: Words, label: &str) -> String {
    let number = label.rsplit_once('/').map_or(label, |(_, number)| number);
    words.fill("version_number", &[("n", number)])
}

/// By which office it was handed in for its applicant, and how they had confirmed it. No page says who typed.
fn helped(words: Words, assisted: &Assisted) -> String {
    let Assisted { office, consent, .. } = assisted;
    let known = current::portal().and_then(|portal| portal.office(office).map(|it| words.pick(it)));
    let office = known.unwrap_or_else(|| office.clone());
    let how = words.t(consent_key(consent.how));
    let at = format::moment(words.0, consent.at);
    words.fill("data_assisted_by", &[("office", &office), ("how", how), ("at", &at)])
}

/// What was said of its materials at the counter (desk D11); nothing where there was no list.
fn checked(
    words: Words,
    item: Option<&'static ServiceItem>,
    assisted: &Assisted,
) -> Option<AnyView> {
    let text = |one: &MaterialAtCounter| {
        let listed = item.and_then(|item| item.materials.iter().find(|it| it.zh == one.material));
        listed.map_or_else(|| one.material.clone(), |material| words.pick(&material.text()))
    };
    let one = |one: &MaterialAtCounter| {
        let how = one.seen.as_ref().map_or("data_material_not_seen", |seen| way_key(seen.how));
        view! { <li>{text(one)} " · " {words.t(how)}</li> }
    };
    let listed: Vec<_> = assisted.materials.iter().map(one).collect();
    (!listed.is_empty()).then(|| {
        view! { <div><dt>{words.t("data_materials")}</dt><dd><ul>{listed}</ul></dd></div> }
            .into_any()
    })
}

/// Which edition of the data was seen: its number in words, and its label (`deqing-demo/3`) for whoever
/// has to quote it.
pub(super) fn version_said(words: Words, label: &str) -> AnyView {
    view! {
        {version_number(words, label)}
        <small class="beneath"><code translate="no">{label.to_owned()}</code></small>
    }
    .into_any()
}

/// Answers with their questions, in the order of the form; then those that it does not ask any more,
/// by their names.
pub(super) fn answered(words: Words, item: Option<&ServiceItem>, answers: &Answers) -> AnyView {
    let questions = item.map(|item| item.question.as_slice()).unwrap_or_default();
    let asked = questions.iter().filter_map(|question| {
        let text = answer_said(words, question, answers.get(&question.name)?);
        Some((words.pick(&question.label), text))
    });
    let known = |name: &str| questions.iter().any(|question| question.name == name);
    let others = answers.iter().filter(|(name, _)| !known(name));
    let others = others.map(|(name, text)| (name.clone(), text.clone()));
    let rows = asked
        .chain(others)
        .map(|(label, text)| {
            view! { <div><dt>{label}</dt><dd>{as_written(words, text)}</dd></div> }
        })
        .collect_view();
    view! { <dl class="terms">{rows}</dl> }.into_any()
}

/// An answer in the words of its question.
pub(super) fn answer_said(words: Words, question: &Question, text: &str) -> String {
    let option = question.options.iter().find(|option| option.value == text);
    match (question.kind, option) {
        (InputKind::Consent, _) => words.t("data_consent").to_owned(),
        (_, Some(option)) => words.pick(&option.label),
        (_, None) => understood(words, question, text),
    }
}

/// An answer as it was read: whoever wrote it in another way sees what became of it.
pub(super) fn understood(words: Words, question: &Question, text: &str) -> String {
    let day = || text.parse().ok().map(|day| format::date(words.0, day));
    let read = match question.kind {
        InputKind::Date => day(),
        _ => question.read_out(text),
    };
    read.unwrap_or_else(|| text.to_owned())
}

/// The form that corrects a request.
#[component]
pub fn CorrectPage() -> AnyView {
    let back = use_context::<FormReturn>();
    opened(move |dossier| {
        let words = current::words();
        let DossierView { request, answers, .. } = dossier;
        let Some(item) = service(&request.item).filter(|_| !request.state.is_ended()) else {
            let state = words.t(&format!("state_{}", request.state.name()));
            let text = words.fill("correct_ended", &[("state", state)]);
            return framed(
                &request,
                "correct_title",
                view! {
                    <p class="lead">{text}</p>
                    {typed()}
                }
                .into_any(),
            );
        };
        // Consent was given with the request and is not asked again.
        let back = back.map(|mut back| {
            let asked = |name: &str| {
                item.question(name).is_some_and(|question| question.kind != InputKind::Consent)
            };
            back.faults.retain(|fault| asked(&fault.field));
            back
        });
        let faults =
            back.as_ref().map(|back| request_faults(words, item, back)).unwrap_or_default();
        let refused = back.as_ref().is_some_and(|back| back.refusal.is_some());
        let back = back.unwrap_or_else(|| FormReturn::of(answers));
        let content = view! {
            {(!faults.is_empty()).then(|| view! { <ErrorSummary faults refused /> })}
            <p class="lead">{words.t("correct_lead")}</p>
            <form
                class="form"
                id=REQUEST_FORM
                method="post"
                action=urls::right(&request.number, Right::Correct)
                novalidate
            >
                {request_fields(words, item, |question| question.kind != InputKind::Consent, &back, None, None)}
                <button class="button button-primary">{words.t("correct_button")}</button>
            </form>
        };
        framed(&request, "correct_title", content.into_any())
    })
}

/// What is asked before it is done: a button that does it.
fn confirmed(request: &RequestView, right: Right, button: &'static str) -> AnyView {
    view! {
        <form class="form" method="post" action=urls::right(&request.number, right)>
            <input type="hidden" name="confirm" value="yes" />
            <button class="button button-primary">{current::words().t(button)}</button>
        </form>
    }
    .into_any()
}

/// What taking a request back means, and the button that does it.
#[component]
pub fn WithdrawPage() -> AnyView {
    opened(|dossier| {
        let words = current::words();
        let request = dossier.request;
        let content = if request.state == RequestState::Withdrawn {
            view! { <p class="lead">{words.t("withdraw_done")}</p> }.into_any()
        } else if request.state.is_ended() {
            let state = words.t(&format!("state_{}", request.state.name()));
            let text = words.fill("withdraw_ended", &[("state", state)]);
            view! { <p class="lead">{text}</p> }.into_any()
        } else {
            view! {
                <p class="lead">{words.t("withdraw_lead")}</p>
                <ul>
                    <li>{words.t("withdraw_unsent")}</li>
                    <li>{words.t("withdraw_sent")}</li>
                    <li>{words.t("withdraw_before")}</li>
                    <li>{words.t("withdraw_again")}</li>
                </ul>
                {confirmed(&request, Right::Withdraw, "withdraw_button")}
            }
            .into_any()
        };
        framed(&request, "withdraw_title", content)
    })
}

/// What deleting a request means, and the button that does it; or why it cannot be deleted yet.
#[component]
pub fn DeletePage() -> AnyView {
    opened(|dossier| {
        let words = current::words();
        let request = dossier.request;
        let content = match &request.keeping {
            Keeping::Until(_) => view! {
                <p class="lead">{words.t("delete_lead")}</p>
                <ul>
                    <li>{words.t("delete_left")}</li>
                    <li>
                        <a href=urls::right(&request.number, Right::Data)>{words.t("delete_first")}</a>
                    </li>
                </ul>
                {confirmed(&request, Right::Delete, "delete_button")}
            }
            .into_any(),
            stands => {
                let why = keeping(words, stands);
                view! {
                    <Banner tone=Tone::Caution title=words.t("delete_not_yet")>
                        <p>{why}</p>
                    </Banner>
                }
                .into_any()
            }
        };
        framed(&request, "delete_title", content)
    })
}
