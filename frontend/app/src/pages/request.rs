//! A request: its receipt, and how it gets on.

use domain::{
    request::{Actor, Elapsed, RequestEvent, TimeLimit},
    service::{Answers, InputKind, Question, ServiceItem, service},
    staff::is_by_office,
};
use leptos::prelude::*;

use super::{
    notices::NoticesOf,
    opened::opened,
    outcome::{next_step, notices_given},
    rating::RatingOf,
    reopening::ReopeningOf,
    rights::{RightsOf, answered, understood},
    sites::redecided,
};
use crate::{
    components::{
        Banner, CodeLine, Complaints, ContactRows, Departments, PageTitle, Spoken, Timeline, Tone,
        as_written, department_words, form_name, sent_files,
    },
    context::{Arrival, ReceiptSecret},
    current, format,
    islands::{
        RECEIPT_NUMBER, RECEIPT_SECRET, REQUEST_PARTS, ReceiptTools, ReceiptWords, RequestWatch,
        UNSPOKEN,
    },
    urls,
    words::Words,
};
use service_api::{DossierView, Redecision, RequestView};

/// The request at this address, or the form that asks for its secret.
#[component]
pub fn RequestPage() -> AnyView {
    opened(|portal, opened, held| async move {
        let dossier = portal.dossier(&opened).await?;
        let Some(dossier) = dossier else { return Ok(None) };
        let again = match dossier.asks {
            // Without it the receipt is a receipt all the same, and says so.
            Some(_) => portal.redecided(&opened).await.unwrap_or(None),
            None => None,
        };
        Ok(Some(view! { <Receipt dossier held again /> }.into_any()))
    })
}

#[component]
fn Receipt(
    /// The request with what is in it.
    dossier: DossierView,
    /// Its secret.
    held: ReceiptSecret,
    /// Its site judged again, where it asks for facts of it.
    #[prop(optional_no_strip)]
    again: Option<Redecision>,
) -> AnyView {
    let words = current::words();
    let DossierView { request, answers, asks, notices, .. } = dossier;
    // Each of its pages would ask for the secret, and the one that shows it would be gone.
    let once = held.until.is_none();
    let rights = (!once).then(|| view! { <RightsOf request=request.clone() /> });
    let notices = notices
        .filter(|_| !once)
        .map(|notices| view! { <NoticesOf notices request=request.clone() /> });
    let rating =
        (!once && request.state.is_ended()).then(|| view! { <RatingOf request=request.clone() /> });
    let reopening = (!once && request.state.is_ended())
        .then(|| view! { <ReopeningOf request=request.clone() /> });
    let watch = (!once && !request.state.is_ended()).then(|| {
        view! { <RequestWatch changed=words.t("receipt_changed").to_owned() /> }.into_any()
    });
    let item = service(&request.item);
    let title = item.map_or_else(|| request.item.clone(), |item| words.pick(&item.title));
    let tab = format!("{title} · {}", request.number);
    // What is asked for is said once: in the heading, or beneath the news that it has arrived.
    let submitted = match held.arrival {
        Arrival::Opened => false,
        Arrival::Submitted | Arrival::Repeated => true,
    };
    // What was typed into its form is kept on the device no longer.
    let form = item.filter(|_| submitted).map(|item| form_name(&request.code, item));
    let form = form.unwrap_or_default();
    let (heading, asked) = if submitted {
        (words.t("receipt_fresh_title").to_owned(), Some(title))
    } else {
        (title, None)
    };
    view! {
        <PageTitle text=tab />
        <article class="measure receipt">
            <h1>{heading}</h1>
            {watch}
            // Whoever has just handed it in wants what opens it, everybody else what became of it.
            {if submitted {
                view! { <Keys held form /> {standing(words, &request)} }.into_any()
            } else {
                view! { {standing(words, &request)} <Keys held form /> }.into_any()
            }}
            {match again {
                Some(again) => redecided::section(words, (request.code, &request.number), &again),
                None if asks.is_some() => {
                    view! { <p class="hint">{words.t("redecided_unavailable")}</p> }.into_any()
                }
                None => ().into_any(),
            }}
            <h2>{words.t("receipt_asked")}</h2>
            {what_was_asked(words, item, &request, &answers, asked)}
            {sent_files(words, &request.attachments)}
            {item.map(|item| whom_to_ask(words, item))}
            <div id=REQUEST_PARTS[1]>
                {notices_given(words, &request)}
                <h2>{words.t("receipt_departments")}</h2>
                <Departments departments=request.departments.clone() />
                <h2>{words.t("receipt_timeline")}</h2>
                <Timeline events=request.events.clone() />
            </div>
            <p class="quiet">{words.t("receipt_times")}</p>
            {reopening}
            {rating}
            {notices}
            <Complaints />
            {rights}
        </article>
    }
    .into_any()
}

fn tool_words(words: Words) -> ReceiptWords {
    let own = |key: &str| words.t(key).to_owned();
    ReceiptWords {
        copy: own("receipt_copy"),
        save: own("receipt_save"),
        print: own("receipt_print"),
        send: own("receipt_send"),
        copied: own("receipt_copied"),
        not_copied: own("receipt_not_copied"),
        saved: own("receipt_saved"),
        title: own("receipt_picture"),
        number: own("open_number"),
        secret: own("open_secret"),
        place: own("receipt_picture_place"),
    }
}

/// Where it stands, and what was last said of it: what one has come for.
fn standing(words: Words, request: &RequestView) -> AnyView {
    let state = words.t(&format!("state_{}", request.state.name()));
    let mut by_office = request.events.iter().rev().filter(|event| is_by_office(event));
    let said = by_office.find_map(|event| {
        let note = event.note.clone().filter(|note| !note.trim().is_empty())?;
        Some((event, note))
    });
    let answer = said.map(|(event, note)| answer(words, event, note));
    // What is to be done stands before what is.
    let next = next_step(words, request);
    let silent = next.is_none();
    view! {
        <section
            class="standing"
            id=REQUEST_PARTS[0]
            data-ended=request.state.is_ended().then_some("")
            aria-labelledby="standing-title"
        >
            {next}
            <h2 id="standing-title">{words.t("receipt_stands")}</h2>
            <p class="state">
                <span class="tag tag-state">{state}</span>
                " "
                {(!current::shown_once()).then(|| view! {
                    <a class="no-print" href=urls::request(&request.number)>{words.t("receipt_refresh")}</a>
                })}
            </p>
            {match answer {
                Some(answer) => answer,
                None if silent => view! { <p>{words.t("receipt_no_answer")}</p> }.into_any(),
                None => ().into_any(),
            }}
            {request.time_limit.map(|limit| time_limit(words, limit))}
        </section>
    }
    .into_any()
}

/// How long the department may take, and how long it has taken.
fn time_limit(words: Words, limit: TimeLimit) -> AnyView {
    let allowed = limit.working_days.to_string();
    let day = |day| format::date(words.0, day);
    let with = |key, more: &[(&str, &str)]| {
        let all: Vec<_> = more.iter().copied().chain([("allowed", allowed.as_str())]).collect();
        words.fill(key, &all)
    };
    match limit.stands {
        Elapsed::NotBegun => view! { <p>{with("limit_not_begun", &[])}</p> }.into_any(),
        Elapsed::RunsOutUnknown { begun } => {
            view! { <p>{with("limit_unknown", &[("begun", &day(begun))])}</p> }.into_any()
        }
        Elapsed::Running { begun, last, left } => {
            let more = [("begun", &*day(begun)), ("last", &day(last)), ("left", &left.to_string())];
            view! { <p>{with("limit_running", &more)}</p> <p class="hint">{words.t("limit_stops")}</p> }
                .into_any()
        }
        Elapsed::Over { begun, last, by } => {
            let (begun, last) = (day(begun), day(last));
            let by = by.map(|by| by.to_string());
            let more =
                [("begun", &*begun), ("last", &last), ("by", by.as_deref().unwrap_or_default())];
            let key = if by.is_some() { "limit_over" } else { "limit_over_unknown" };
            view! {
                <p><strong>{with(key, &more)}</strong></p>
                <p class="hint">{words.t("limit_stops")}</p>
            }
            .into_any()
        }
        Elapsed::Ended { after: Some(after) } => {
            let stops = (after > limit.working_days)
                .then(|| view! { <p class="hint">{words.t("limit_stops")}</p> });
            view! { <p>{with("limit_ended", &[("after", &after.to_string())])}</p> {stops} }
                .into_any()
        }
        Elapsed::Ended { after: None } => ().into_any(),
    }
}

fn answer(words: Words, event: &RequestEvent, note: String) -> AnyView {
    let who = words.t(match event.actor {
        Actor::Staff(_) => "receipt_staff_said",
        _ => "receipt_department_said",
    });
    view! {
        <h3>{who}</h3>
        <p class="standing-answer">{as_written(words, note)}</p>
        <p class="quiet">
            <time datetime=format::machine_moment(event.at)>{format::moment(words.0, event.at)}</time>
        </p>
    }
    .into_any()
}

/// What the request is about. Who has asked stands on the page with everything.
fn what_was_asked(
    words: Words,
    item: Option<&'static ServiceItem>,
    request: &RequestView,
    answers: &Answers,
    title: Option<String>,
) -> AnyView {
    let matter = |name: &String| {
        item.and_then(|item| item.question(name)).is_some_and(|question| !question.personal)
    };
    let about: Answers = answers
        .iter()
        .filter(|(name, _)| matter(name))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let code = request.code;
    let number = request.number.to_string();
    view! {
        {answered(words, item, &about)}
        {reached(words, item, answers)}
        <dl class="terms">
            {title.map(|title| view! { <div><dt>{words.t("receipt_item")}</dt><dd>{title}</dd></div> })}
            <div>
                <dt>{words.t("receipt_place")}</dt>
                <dd><a href=urls::place(&code)><CodeLine code /></a></dd>
            </div>
            <div><dt>{words.t("open_number")}</dt><dd><code class="number" translate="no">{number}</code></dd></div>
            <div>
                <dt>{words.t("receipt_submitted")}</dt>
                <dd>
                    <time datetime=format::machine_moment(request.submitted_at)>
                        {format::moment(words.0, request.submitted_at)}
                    </time>
                </dd>
            </div>
            {request.reference.clone().map(|text| view! {
                <div><dt>{words.t("receipt_reference")}</dt><dd><code translate="no">{text}</code></dd></div>
            })}
        </dl>
    }
    .into_any()
}

/// Where the department will call or write: as it was read, for one may have been written in another
/// way.
fn reached(words: Words, item: Option<&ServiceItem>, answers: &Answers) -> Option<AnyView> {
    let by = |question: &&Question| matches!(question.kind, InputKind::Phone | InputKind::Email);
    let ways: Vec<String> = item?
        .question
        .iter()
        .filter(by)
        .filter_map(|question| Some(understood(words, question, answers.get(&question.name)?)))
        .collect();
    let read = view! {
        <p>{words.t("receipt_reached")} " " <span translate="no">{ways.join(words.t("list_comma"))}</span></p>
    };
    (!ways.is_empty()).then(|| read.into_any())
}

/// Who deals with it, how long it takes, and where to ask.
fn whom_to_ask(words: Words, item: &'static ServiceItem) -> AnyView {
    let contact = words.pick(&current::page().operator.contact);
    let contact = contact.trim_end_matches(['。', '.', ' ']).to_owned();
    view! {
        <h2>{words.t("receipt_ask")}</h2>
        <dl class="terms">
            <div>
                <dt>{words.t("ask_department")}</dt>
                <dd>{department_words(words, &item.department)}</dd>
            </div>
            <div>
                <dt>{words.t("ask_time")}</dt>
                <dd>{item.statutory_time.get(words.0, current::today())}</dd>
            </div>
            <ContactRows department=item.department.clone() />
            {(!contact.is_empty()).then(|| view! {
                <div><dt>{words.t("receipt_operator")}</dt><dd>{contact.clone()}</dd></div>
            })}
        </dl>
    }
    .into_any()
}

/// Number and secret, to be written down; who else can see them here, and how that ends.
#[component]
fn Keys(
    /// Both.
    held: ReceiptSecret,
    /// The form by which it was just handed in; empty where it was opened again.
    form: String,
) -> AnyView {
    let words = current::words();
    let ReceiptSecret { number, secret, arrival, until } = held;
    let again = (arrival == Arrival::Repeated)
        .then(|| view! { <p><strong>{words.t("receipt_again")}</strong></p> });
    let forget = urls::forget(&number);
    let host = current::page().host;
    let place = format!("{host}{}", urls::request(&number));
    let kept = match until {
        Some(until) => {
            let until = format::moment(words.0, until);
            view! {
                <p class="no-print">{words.fill("receipt_held", &[("time", &until)])}</p>
                <form method="post" action=forget>
                    <button class="button">{words.t("receipt_forget")}</button>
                </form>
            }
            .into_any()
        }
        None => view! { <p><strong>{words.t("receipt_not_held")}</strong></p> }.into_any(),
    };
    view! {
        <Banner tone=Tone::Done title=words.t("receipt_keep")>
            {again}
            <dl class="receipt-keys">
                <div><dt>{words.t("open_number")}</dt><dd class="receipt-number" id=RECEIPT_NUMBER translate="no">{number.to_string()}</dd></div>
                <div><dt>{words.t("open_secret")}</dt><dd class="receipt-number" id=RECEIPT_SECRET translate="no">{format::in_fours(&secret)}</dd></div>
            </dl>
            <p class=format!("visually-hidden {UNSPOKEN}")>
                {words.t("receipt_spelled")} " " <Spoken text=format::in_fours(&secret) />
            </p>
            <p class="print-only">{words.fill("receipt_picture_place", &[("host", &place)])}</p>
            <p class="no-print">{words.t("receipt_keep_text")}</p>
            <ReceiptTools form words=tool_words(words) />
            <noscript><p class="hint">{words.t("receipt_without_script")}</p></noscript>
            {kept}
        </Banner>
    }
    .into_any()
}
