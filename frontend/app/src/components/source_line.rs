//! Where the data of a page come from, and that the register prevails.

use domain::dataset::DataVersion;
use leptos::prelude::*;

use crate::{current, format, urls};

/// The line at the end of a profile.
#[component]
pub fn SourceLine(
    /// The data version.
    version: DataVersion,
    /// The policy that decided what is shown, `id@version`.
    policy: String,
) -> AnyView {
    let words = current::words();
    let dataset = &version.dataset;
    view! {
        <p class="prevails">{words.t("register_prevails")}</p>
        <dl class="terms">
            <div>
                <dt>{words.t("source")}</dt>
                <dd>{words.pick(&dataset.title)} <small class="beneath">{words.pick(&dataset.source)}</small></dd>
            </div>
            <div><dt>{words.t("data_date")}</dt><dd>{format::date(words.0, dataset.source_date)}</dd></div>
            <div>
                <dt>{words.t("data_version")}</dt>
                <dd>
                    <code>{version.label()}</code>
                    <small class="beneath">
                        {words.fill("imported", &[("time", &format::moment(words.0, version.imported_at))])}
                    </small>
                </dd>
            </div>
            <div>
                <dt>{words.t("policy")}</dt>
                <dd><code>{policy}</code> " " <a href=urls::PRIVACY>{words.t("policy_why")}</a></dd>
            </div>
        </dl>
    }
    .into_any()
}
