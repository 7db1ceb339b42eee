//! What can be asked for.

use leptos::prelude::*;

use crate::{
    components::{PageTitle, ServicesByAim},
    current, urls,
};

/// The list of services.
#[component]
pub fn ServicesPage() -> AnyView {
    let words = current::words();
    view! {
        <PageTitle text=words.t("services_title") about=words.t("services_lead") />
        <div class="measure">
            <h1>{words.t("services_title")}</h1>
            <p class="lead">{words.t("services_lead")}</p>
        </div>
        <ServicesByAim code=None />
        <div class="measure">
            <p><a href=urls::FIGURES>{words.t("figures_link")}</a></p>
        </div>
    }
    .into_any()
}
