//! What an applicant at the counter reads of what staff have written for them, on a screen or on paper, and the button
//! that confirms it. The content is that of the review which everybody reads before they hand in.

use domain::request::letters_and_digits;
use leptos::prelude::*;

use super::{Line, notice};
use crate::{
    components::{PageTitle, Tone, named_files, service_title},
    current, format,
    pages::{
        asking::goes,
        history,
        review::{Content, content},
    },
    staff::{
        Say,
        filing::{MirrorPage, PaperPage, ReceiptShown, ShownFiling, consent_key},
    },
    urls,
    words::Words,
};
use service_api::Reach;

/// The page of an applicant.
pub(super) fn mirror(words: Words, page: MirrorPage) -> AnyView {
    match page {
        MirrorPage::PickUp { code, wrong } => pick_up(words, code, wrong),
        MirrorPage::Shown { filings, shown, changed, receipts, clears } => {
            let unconfirmed = filings.iter().any(|filing| filing.confirmed.is_none());
            let said = match (changed, unconfirmed, filings.is_empty(), receipts.is_empty()) {
                (true, true, ..) => {
                    notice(words, Tone::Caution, "mirror_changed", "mirror_changed_text")
                }
                (_, true, ..) => ().into_any(),
                (_, false, false, _) => {
                    notice(words, Tone::Done, "mirror_confirmed", "mirror_confirmed_text")
                }
                (_, false, true, true) => {
                    notice(words, Tone::Note, "mirror_waits", "mirror_waits_text")
                }
                (_, false, true, false) => ().into_any(),
            };
            let title =
                if unconfirmed || receipts.is_empty() { "mirror_title" } else { "mirror_done" };
            let lead = unconfirmed.then(|| view! { <p class="lead">{words.t("mirror_lead")}</p> });
            let confirm = unconfirmed.then(|| {
                view! {
                    <form method="post" action=urls::MIRROR>
                        <input type="hidden" name="shown" value=shown />
                        <button class="button button-primary" name="do" value="confirm">
                            {words.t("mirror_confirm")}
                        </button>
                        <p class="hint">{words.t("mirror_confirm_text")}</p>
                    </form>
                }
            });
            let has_receipts = !receipts.is_empty();
            let clearing = clears.map(|minutes| {
                let minutes = minutes.to_string();
                let key = if has_receipts { "mirror_clears" } else { "mirror_left" };
                let text = words.fill(key, &[("minutes", &minutes)]);
                view! { <p class="quiet">{text}</p> }
            });
            view! {
                <PageTitle text=words.t(title) />
                <div class="measure review">
                    <h1>{words.t(title)}</h1>
                    {said}
                    {clearing}
                    {(!unconfirmed || clears.is_some()).then(|| view! {
                        <p><a class="button" href=urls::MIRROR>{words.t("mirror_again")}</a></p>
                    })}
                    {receipts_on_screen(words, receipts)}
                    {lead}
                    {contents(words, filings)}
                    {confirm}
                    {has_receipts.then(|| view! {
                        <form method="post" action=urls::MIRROR>
                            <p>{words.t("mirror_forget_text")}</p>
                            <button class="button" name="do" value="forget">{words.t("mirror_forget")}</button>
                        </form>
                    })}
                </div>
            }
            .into_any()
        }
    }
}

fn pick_up(words: Words, code: String, wrong: bool) -> AnyView {
    let title = words.t("mirror_open_title");
    let line = Line {
        name: urls::PICK_UP,
        kind: "text",
        label: "mirror_code_label",
        hint: Some(words.t("mirror_code_hint").to_owned()),
        value: format::in_fours(&letters_and_digits(&code)),
        error: wrong.then_some(Say::PickUp),
        autocomplete: "off",
        focus: false,
    };
    view! {
        <PageTitle text=title />
        <div class="measure">
            <h1>{title}</h1>
            <p class="lead">{words.t("mirror_open_lead")}</p>
            <form class="form" method="post" action=urls::MIRROR>
                {line.view(words)}
                <button class="button button-primary" name="do" value="open">{words.t("mirror_open")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// What is about to be handed in, one service after the other.
fn contents(words: Words, filings: Vec<ShownFiling>) -> AnyView {
    let reach = current::portal().map_or(Reach::Nobody, |portal| portal.reach());
    let reaches = (!filings.is_empty()).then(|| goes(reach));
    let each = filings.into_iter().enumerate().map(|(nth, filing)| {
        let ShownFiling { item, code, place, submission, confirmed } = filing;
        let Content { about, answers, reached } =
            content(words, item, (code, &place), (&submission, nth, None));
        let files = named_files(words, &submission.attachments);
        let confirmed = confirmed.map(|consent| {
            let at = format::moment(words.0, consent.at);
            let how = words.t(consent_key(consent.how));
            view! { <p><strong>{words.fill("filing_confirmed", &[("how", how), ("at", &at)])}</strong></p> }
        });
        view! {
            <article>
                <h2>{words.pick(&item.title)}</h2>
                {confirmed}
                {history::former(words, &place.lineage, false, false)}
                {about}
                {answers}
                {files}
                <p>{reached}</p>
            </article>
        }
    });
    view! { {reaches} {each.collect_view()} }.into_any()
}

/// Number and secret, and the way to the page of each request.
fn receipts_on_screen(words: Words, receipts: Vec<ReceiptShown>) -> Option<AnyView> {
    if receipts.is_empty() {
        return None;
    }
    let each = receipts.into_iter().map(|receipt| {
        let ReceiptShown { item, number, secret, .. } = receipt;
        view! {
            <section class="receipt">
                <h2>{service_title(words, &item)}</h2>
                {keys(words, &number.to_string(), &secret)}
                <form method="post" action=urls::request(&number)>
                    <input type="hidden" name="number" value=number.to_string() />
                    <input type="hidden" name="secret" value=secret />
                    <button class="button button-primary">{words.t("mirror_receipt")}</button>
                </form>
            </section>
        }
    });
    Some(
        view! { <p class="lead">{words.t("mirror_receipts")}</p> {each.collect_view()} }.into_any(),
    )
}

fn keys(words: Words, number: &str, secret: &str) -> AnyView {
    view! {
        <dl class="terms">
            <div>
                <dt>{words.t("open_number")}</dt>
                <dd><strong class="number" translate="no">{number.to_owned()}</strong></dd>
            </div>
            <div>
                <dt>{words.t("open_secret")}</dt>
                <dd><strong class="number" translate="no">{format::in_fours(secret)}</strong></dd>
            </div>
        </dl>
    }
    .into_any()
}

/// A visit on paper: what is signed, or the receipts, whose secrets stand on paper alone.
pub(super) fn paper(words: Words, page: PaperPage) -> AnyView {
    let PaperPage { case, filings, shown, printable, receipts } = page;
    let title = words.t(if receipts.is_empty() { "paper_title" } else { "paper_receipts" });
    let address = urls::staff_paper(&case);
    let press = |name: &'static str, key: &str| {
        view! { <button class="button button-primary" name="do" value=name>{words.t(key)}</button> }
    };
    let print = printable.then(|| {
        view! {
            <form class="no-print" method="post" action=address.clone()>
                <p>{words.t("paper_print_text")}</p>
                {press("print", "paper_print")}
            </form>
        }
    });
    let waits = receipts.is_empty() && filings.iter().any(|filing| filing.confirmed.is_none());
    let digests: Vec<&str> = shown.split('.').filter_map(|digest| digest.get(..16)).collect();
    let mark = [("number", case.as_str()), ("digests", &digests.join(words.t("list_comma")))];
    let mark = words.fill("paper_mark", &mark);
    let sign = waits.then(|| {
        view! {
            <p class="print-only">{mark}</p>
            <p class="print-only">{words.t("paper_sign_line")}</p>
            <form class="no-print" method="post" action=address.clone()>
                <input type="hidden" name="shown" value=shown.clone() />
                <p>{words.t("paper_witness_text")}</p>
                {press("witness", "paper_witness")}
            </form>
        }
    });
    let printed = receipts.into_iter().map(|receipt| {
        let ReceiptShown { item, number, secret, copy } = receipt;
        let number = number.to_string();
        view! {
            <section class="receipt">
                <h2>{service_title(words, &item)}</h2>
                <p class="no-print">{words.fill("paper_number", &[("number", &number)])}</p>
                <div class="print-only">
                    {copy.then(|| view! { <p>{words.t("paper_copy")}</p> })}
                    {keys(words, &number, &secret)}
                </div>
            </section>
        }
    });
    let printed: Vec<_> = printed.collect();
    let now =
        (!printed.is_empty()).then(|| notice(words, Tone::Note, "paper_now", "paper_now_text"));
    let open = filings.into_iter().filter(|filing| waits && filing.confirmed.is_none()).collect();
    view! {
        <PageTitle text=title />
        <div class="measure review">
            <p class="kicker no-print">
                <a href=urls::staff_case(&case)>{words.fill("case_title", &[("number", case.as_str())])}</a>
            </p>
            <h1>{title}</h1>
            {now.map(|now| view! { <div class="no-print">{now}</div> })}
            {print}
            {waits.then(|| view! { <p class="no-print">{words.t("paper_lead")}</p> })}
            {contents(words, open)}
            {sign}
            {printed}
        </div>
    }
    .into_any()
}
