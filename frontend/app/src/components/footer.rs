//! Who answers for the portal (rule A6).

use std::sync::Arc;

use leptos::prelude::*;

use super::drawn_once::{Part, Source, drawn_once};
use crate::{context::Operator, current, urls, words::Words};

/// The bottom of every page.
#[component]
pub fn Footer() -> AnyView {
    let words = current::words();
    let operator = current::page().operator;
    let source = Arc::clone(&operator) as Source;
    drawn_once(words, Part::Footer, [source], || drawn(words, &operator))
}

fn drawn(words: Words, operator: &Operator) -> AnyView {
    let contact = words.pick(&operator.contact);
    view! {
        <footer class="site-footer">
            <div class="site-footer-row">
                <nav aria-label=words.t("nav_about")>
                    <ul class="footer-links">
                        <li><a href=urls::HELP>{words.t("help_title")}</a></li>
                        <li><a href=urls::FIGURES>{words.t("figures_title")}</a></li>
                        <li><a href=urls::POLICY>{words.t("rules_title")}</a></li>
                        <li><a href=urls::LAWS>{words.t("laws_page_title")}</a></li>
                        <li><a href=urls::PRIVACY>{words.t("privacy_title")}</a></li>
                        <li><a href=urls::ACCESSIBILITY>{words.t("accessibility_title")}</a></li>
                        <li><a href=urls::ABOUT>{words.t("about_title")}</a></li>
                    </ul>
                </nav>
                <p>{words.t("register_prevails")}</p>
                <p>
                    {words.fill("operated_by", &[("name", &words.pick(&operator.name))])}
                    {(!contact.is_empty()).then(|| view! { <br />{contact} })}
                </p>
                <p class="footer-numbers">
                    {operator.site_id.clone().map(|id| view! { <span>{words.fill("site_id", &[("id", &id)])}</span> })}
                    {operator.record_number.clone().map(|number| view! { <span>{number}</span> })}
                </p>
            </div>
        </footer>
    }
    .into_any()
}
