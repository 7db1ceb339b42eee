//! Visits to the counter: the list of the office, and one of them.

use domain::{
    LandCode,
    case::{CaseNumber, MOST_NOTE},
    request::ConsentBy,
};
use leptos::prelude::*;

use super::{Line, notice};
use crate::{
    components::{
        Banner, CodeLine, LEAVE_FORM, PageTitle, ServicesByAim, ServicesOfEnded, Tone,
        service_title, symbol,
    },
    current, format,
    staff::{
        Say,
        filing::{CaseLine, CasePage, FilingLine, FilingStands, MirrorShown, consent_key},
    },
    urls,
    words::Words,
};

/// The way into a visit: at a place, or without one yet.
pub(super) fn begin(words: Words, place: Option<LandCode>) -> AnyView {
    let field = place.map(|code| {
        view! { <input type="hidden" name="place" value=code.to_string() /> }
    });
    let text = if field.is_some() { "case_begin_here" } else { "case_begin" };
    view! {
        <form class="measure" method="post" action=urls::STAFF_CASES>
            {field}
            <button class="button">{words.t(text)}</button>
        </form>
    }
    .into_any()
}

/// The visits of the office.
pub(super) fn list(words: Words, cases: Vec<CaseLine>) -> AnyView {
    let title = words.t("cases_title");
    let none = cases.is_empty().then(|| notice(words, Tone::Note, "cases_none", "cases_none_text"));
    let line = |case: CaseLine| {
        let counts = [("n", case.services.to_string()), ("done", case.handed_in.to_string())];
        let counts = counts.each_ref().map(|(name, text)| (*name, text.as_str()));
        let holder = case.holder.map(|who| words.fill("case_with", &[("who", &who)]));
        let note = (!case.note.is_empty()).then_some(case.note);
        view! {
            <li class="hit">
                <div class="hit-name">
                    <a class="hit-title" href=urls::staff_case(&case.number)>
                        <span class="number" translate="no">{case.number.to_string()}</span>
                    </a>
                    <span>{format::moment(words.0, case.opened_at)}</span>
                    <span>{words.fill("case_counts", &counts)}</span>
                    {holder.map(|text| view! { <span class="tag">{text}</span> })}
                </div>
                {note.map(|note| view! { <p>{note}</p> })}
            </li>
        }
    };
    view! {
        <PageTitle text=title />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("cases_lead")}</p>
        </div>
        {begin(words, None)}
        <div class="results">
            {none}
            <ol class="hits">{cases.into_iter().map(line).collect_view()}</ol>
        </div>
    }
    .into_any()
}

/// A visit: its services, the way to further ones, what its applicant opens, and what is done with it.
pub(super) fn case(words: Words, page: CasePage) -> AnyView {
    let CasePage { number, note, typed, holder, not_done, filings, mirror, place, choosing } = page;
    let title = words.fill("case_title", &[("number", number.as_str())]);
    let mine = holder.is_none();
    let long = not_done.filter(|say| *say == Say::NoteLong);
    // Nobody types it twice: where there is no field for it any more it stands here.
    let unsaved = (!mine && !typed.is_empty()).then(|| {
        let text = typed.clone();
        view! { <Banner tone=Tone::Caution title=words.t("case_note_unsaved")>{text}</Banner> }
    });
    let failed = not_done.map(|say| notice(words, Tone::Caution, "case_not_done", say.key()));
    let held = holder.map(|who| {
        let text = words.fill("case_held_by", &[("who", &who)]);
        view! { <Banner tone=Tone::Note title=words.t("case_held_title")>{text}</Banner> }
    });
    let note = (!note.is_empty()).then(|| {
        view! { <Banner tone=Tone::Note title=words.t("case_note")>{note}</Banner> }
    });
    let choose = choosing.map(|(code, ended)| choose(words, code, ended));
    let any = |is: &dyn Fn(&FilingStands) -> bool| filings.iter().any(|one| is(&one.stands));
    let waits = any(&|it| matches!(it, FilingStands::Unconfirmed | FilingStands::Confirmed(_)));
    let ready = any(&|it| matches!(it, FilingStands::Confirmed(_)));
    let untaken = any(&|it| matches!(it, FilingStands::HandedIn { taken: false, .. }));
    let on_paper =
        untaken || any(&|it| matches!(it, FilingStands::HandedIn { how: ConsentBy::OnPaper, .. }));
    let has_any = !filings.is_empty();
    let act =
        |name: &'static str, key: &str, primary: bool| act(&number, (name, words.t(key), primary));
    let lines = filings.iter().map(|one| filing(words, &number, one)).collect_view();
    let applicant = (mine && (waits || mirror.is_some())).then(|| {
        let paper = (waits || on_paper).then(|| {
            let href = urls::staff_paper(&number);
            view! { <p><a href=href>{words.t("case_on_paper")}</a></p> }
        });
        view! {
            <section aria-labelledby="applicant-title">
                <h2 id="applicant-title">{words.t("case_applicant")}</h2>
                <p>{words.t("case_applicant_text")}</p>
                {mirror.map(|mirror| shown(words, mirror))}
                {act("show", "case_show", !ready)}
                {paper}
            </section>
        }
    });
    let paper_receipts = (mine && on_paper && !waits).then(|| {
        view! { <p><a href=urls::staff_paper(&number)>{words.t("paper_print")}</a></p> }
    });
    view! {
        <PageTitle text=title.clone() />
        <div class="measure">
            <p class="kicker"><a href=urls::STAFF_CASES>{words.t("cases_title")}</a></p>
            <h1>{title}</h1>
            {failed}
            {held}
            {unsaved}
            {note}
            {has_any.then(|| view! {
                <h2>{words.t("case_services")}</h2>
                <ol class="hits">{lines}</ol>
                <p><a href=urls::staff_case(&number)>{words.t("case_refresh")}</a></p>
            })}
            {mine.then(|| ready.then(|| act("hand_in", "case_submit", true)))}
            {paper_receipts}
            {applicant}
        </div>
        {mine.then(|| further(words, &number, place, choose))}
        {mine.then(|| view! {
            <section class="measure" aria-labelledby="end-title">
                <h2 id="end-title">{words.t("case_end")}</h2>
                {leaving(words, &number, (typed, long))}
                <p>{words.t("case_close_text")}</p>
                {if untaken {
                    act("close_untaken", "case_close_untaken", false)
                } else {
                    act("close", "case_close", false)
                }}
            </section>
        })}
    }
    .into_any()
}

/// One press.
fn act(case: &CaseNumber, (name, text, primary): (&'static str, &'static str, bool)) -> AnyView {
    let class = if primary { "button button-primary" } else { "button" };
    view! {
        <form method="post" action=urls::staff_case(case)>
            <button class=class name="do" value=name>{text}</button>
        </form>
    }
    .into_any()
}

/// A service of the visit, and how it stands.
fn filing(words: Words, case: &CaseNumber, filing: &FilingLine) -> AnyView {
    let FilingLine { code, item, stands } = filing;
    let title = service_title(words, item);
    let handed_in = matches!(stands, FilingStands::HandedIn { .. });
    let href = urls::staff_form(case, code, item);
    let how = |how: ConsentBy| words.t(consent_key(how));
    let materials = (!handed_in).then(|| {
        let label = words.fill("materials_of", &[("service", &title)]);
        let href = urls::staff_materials(case, code, item);
        view! { <p><a href=href aria-label=label>{words.t("materials_title")}</a></p> }
    });
    let said = match stands {
        FilingStands::Unfinished => words.t("filing_unfinished").to_owned(),
        FilingStands::Unknown => words.t("filing_unknown").to_owned(),
        FilingStands::Unconfirmed => words.t("filing_unconfirmed").to_owned(),
        FilingStands::Confirmed(consent) => {
            let at = format::moment(words.0, consent.at);
            words.fill("filing_confirmed", &[("how", how(consent.how)), ("at", &at)])
        }
        FilingStands::HandedIn { number, taken, .. } => {
            let key = if *taken { "filing_taken" } else { "filing_submitted" };
            words.fill(key, &[("number", number.as_str())])
        }
    };
    view! {
        <li class="hit">
            <div class="hit-name">
                {if handed_in {
                    view! { <strong>{title}</strong> }.into_any()
                } else {
                    view! { <a class="hit-title" href=href>{title}</a> }.into_any()
                }}
                <CodeLine code=*code />
            </div>
            <p>{said}</p>
            {materials}
        </li>
    }
    .into_any()
}

/// What the applicant opens: the symbol, and the same in letters.
fn shown(words: Words, mirror: MirrorShown) -> AnyView {
    let MirrorShown { code, until, opened } = mirror;
    if let Some(how) = opened {
        let how = words.t(consent_key(how));
        return view! { <p>{words.fill("mirror_opened", &[("how", how)])}</p> }.into_any();
    }
    let (page, path) = (current::page(), urls::mirror(&code));
    let address = urls::absolute(page.tls, &page.host, &path);
    let drawn =
        current::qr(&address).map(|drawn| view! { <p class="staff-symbol">{symbol(drawn)}</p> });
    let at = urls::absolute(page.tls, &page.host, urls::MIRROR);
    let until = format::moment(words.0, until);
    view! {
        {drawn}
        <p>
            {words.fill("mirror_code", &[("at", &at)])} " "
            <strong class="number" translate="no">{format::in_fours(&code)}</strong>
        </p>
        <p class="hint">{words.fill("mirror_until", &[("at", &until)])}</p>
        <p><a href=path target="_blank">{words.t("mirror_on_screen")}</a></p>
    }
    .into_any()
}

/// A place for a further service, and the services there.
fn further(words: Words, case: &CaseNumber, place: String, choose: Option<AnyView>) -> AnyView {
    let line = Line {
        name: "place",
        kind: "search",
        label: "case_place",
        hint: Some(words.t("case_place_hint").to_owned()),
        value: place,
        error: None,
        autocomplete: "off",
        focus: false,
    };
    view! {
        <section class="measure" aria-labelledby="further-title">
            <h2 id="further-title">{words.t("case_further")}</h2>
            <form class="form" method="get" action=urls::staff_case(case)>
                {line.view(words)}
                <button class="button">{words.t("case_choose")}</button>
            </form>
            {choose}
        </section>
    }
    .into_any()
}

fn choose(words: Words, code: LandCode, ended: bool) -> AnyView {
    let services = if ended {
        view! { <ServicesOfEnded code /> }.into_any()
    } else {
        view! { <ServicesByAim code=Some(code) /> }.into_any()
    };
    view! {
        <p>{words.t("case_choose_text")} " " <CodeLine code /></p>
        {services}
    }
    .into_any()
}

/// Leaving a visit to a colleague, with what they should know.
fn leaving(words: Words, case: &CaseNumber, (typed, error): (String, Option<Say>)) -> AnyView {
    let line = Line {
        name: "note",
        kind: "text",
        label: "case_leave_note",
        hint: Some(words.fill("case_leave_hint", &[("most", &MOST_NOTE.to_string())])),
        value: typed,
        error,
        autocomplete: "off",
        focus: false,
    };
    view! {
        <form class="form" id=LEAVE_FORM method="post" action=urls::staff_case(case)>
            <input type="hidden" name="do" value="leave" />
            {line.view(words)}
            <button class="button">{words.t("case_leave")}</button>
        </form>
    }
    .into_any()
}
