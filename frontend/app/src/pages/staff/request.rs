//! A request at the counter: as its applicant handed it in, how it stands, and who has read it.

use domain::service::service;
use leptos::prelude::*;
use service_api::DossierView;

use crate::{
    components::{Banner, CodeLine, Departments, PageTitle, Timeline, Tone},
    format,
    pages::rights::answered,
    urls,
    words::Words,
};

pub(super) fn request(words: Words, dossier: DossierView) -> AnyView {
    let DossierView { request, answers, .. } = dossier;
    let item = service(&request.item);
    let title = item.map_or_else(|| request.item.clone(), |item| words.pick(&item.title));
    let number = request.number.to_string();
    let state = words.t(&format!("state_{}", request.state.name()));
    let place = urls::at_desk(&request.code);
    view! {
        <PageTitle text=format!("{title} · {number}") />
        <article class="measure receipt">
            <p class="kicker">{words.t("staff_desk")}</p>
            <h1>{title}</h1>
            <Banner tone=Tone::Note title=words.t("staff_read_title")>{words.t("staff_read_text")}</Banner>
            <dl class="terms">
                <div><dt>{words.t("open_number")}</dt><dd><span class="number" translate="no">{number}</span></dd></div>
                <div><dt>{words.t("receipt_stands")}</dt><dd>{state}</dd></div>
                <div><dt>{words.t("receipt_place")}</dt><dd><a href=place><CodeLine code=request.code /></a></dd></div>
                <div>
                    <dt>{words.t("receipt_submitted")}</dt>
                    <dd>{format::moment(words.0, request.submitted_at)}</dd>
                </div>
            </dl>
            <h2>{words.t("data_now")}</h2>
            {answered(words, item, &answers)}
            <h2>{words.t("data_sent")}</h2>
            <Departments departments=request.departments.clone() />
            <h2>{words.t("receipt_timeline")}</h2>
            <Timeline events=request.events.clone() />
        </article>
    }
    .into_any()
}
