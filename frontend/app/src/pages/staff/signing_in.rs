//! Signing in, and choosing a passphrase.

use leptos::prelude::*;

use super::{Line, fault_of, notice, passkeys, service, summary};
use crate::{
    components::{Banner, PageTitle, Tone, symbol},
    format,
    staff::{Enrol, Say, SignIn, Why, passkeys::OtherWays},
    urls,
    words::Words,
};

pub(super) fn sign_in(words: Words, form: SignIn, ways: &OtherWays) -> AnyView {
    let SignIn { why, name, back, carried } = form;
    let title = words.t("staff_sign_in_title");
    let faults: &[_] = if why == Why::Wrong { &[("name", Say::Wrong)] } else { &[] };
    let said = match why {
        Why::Needed | Why::Wrong => None,
        Why::WrongPasskey => {
            Some(notice(words, Tone::Caution, "staff_passkey_wrong", "staff_passkey_wrong_text"))
        }
        Why::NotByService => {
            Some(notice(words, Tone::Caution, "staff_service_wrong", "staff_service_wrong_text"))
        }
        Why::ServiceDown => Some(down(words, ways)),
        Why::Fresh => Some(notice(words, Tone::Note, "staff_fresh_title", "staff_fresh_text")),
        Why::Over => Some(notice(words, Tone::Note, "staff_over_title", "staff_over_text")),
        Why::Enrolled => {
            Some(notice(words, Tone::Done, "staff_enrolled_title", "staff_enrolled_text"))
        }
        Why::Left => Some(notice(words, Tone::Done, "staff_left_title", "staff_left_text")),
    };
    let along = || {
        let fields = carried.iter().cloned().map(|(name, value)| {
            view! { <input type="hidden" name=format!("typed.{name}") value=value /> }
        });
        fields.collect_view().into_any()
    };
    let with_passkey = ways.passkeys.then(|| passkeys::sign_in(words, &back, along()));
    let by_service =
        ways.service.as_ref().map(|label| service::sign_in(words, label, &back, along()));
    let focus_name = name.is_empty() && why != Why::Wrong;
    let name = Line {
        name: "name",
        kind: "text",
        label: "staff_name",
        hint: None,
        value: name,
        error: fault_of(faults, "name"),
        autocomplete: "username",
        focus: focus_name,
    };
    let passphrase = Line {
        name: "passphrase",
        kind: "password",
        label: "staff_passphrase",
        hint: None,
        value: String::new(),
        error: None,
        autocomplete: "current-password",
        focus: false,
    };
    view! {
        <PageTitle text=title />
        <div class="measure">
            {summary(words, faults)}
            <h1>{title}</h1>
            {said}
            <p class="lead">{words.t("staff_sign_in_lead")}</p>
            <form class="form" method="post" action=urls::STAFF_SIGN_IN>
                <input type="hidden" name="back" value=back />
                {along()}
                {name.view(words)}
                {passphrase.view(words)}
                {code(words, None)}
                <button class="button button-primary">{words.t("staff_sign_in")}</button>
            </form>
            {with_passkey}
            {by_service}
            <p class="quiet">{words.t("staff_sign_in_help")}</p>
        </div>
    }
    .into_any()
}

/// That the identity service does not answer, by its name.
fn down(words: Words, ways: &OtherWays) -> AnyView {
    let name = ways.service.as_ref().map(|label| words.pick(label)).unwrap_or_default();
    let title = words.fill("staff_service_down", &[("name", &name)]);
    let text = words.t("staff_service_down_text");
    view! { <Banner tone=Tone::Caution title>{text}</Banner> }.into_any()
}

fn code(words: Words, error: Option<Say>) -> AnyView {
    let hint = Some(words.t("staff_code_hint").to_owned());
    let line = Line {
        name: "otp",
        kind: "text",
        label: "staff_code",
        hint,
        value: String::new(),
        error,
        autocomplete: "one-time-code",
        focus: false,
    };
    line.view(words)
}

pub(super) fn enrol(words: Words, form: Enrol) -> AnyView {
    let Enrol { member, action, secret, address, symbol: drawn, faults } = form;
    let title = words.t("staff_enrol_title");
    let said = [
        ("name", &*member.name),
        ("id", member.id.as_str()),
        ("office", super::office_words(words, &member)),
    ];
    let new = |name, label, hint: Option<&str>| Line {
        name,
        kind: "password",
        label,
        hint: hint.map(|key| words.t(key).to_owned()),
        value: String::new(),
        error: fault_of(&faults, name),
        autocomplete: "new-password",
        focus: false,
    };
    view! {
        <PageTitle text=title />
        <div class="measure">
            {summary(words, &faults)}
            <h1>{title}</h1>
            <p class="lead">{words.fill("staff_enrol_lead", &said)}</p>
            <form class="form" method="post" action=action>
                <h2>{words.t("staff_enrol_app")}</h2>
                <p>{words.t("staff_enrol_app_text")}</p>
                {drawn.map(|drawn| view! { <p class="staff-symbol">{symbol(drawn)}</p> })}
                <p>
                    {words.t("staff_enrol_secret")} " "
                    <code translate="no">{format::in_fours(&secret)}</code>
                </p>
                <p><a href=address>{words.t("staff_enrol_here")}</a></p>
                <h2>{words.t("staff_enrol_passphrase")}</h2>
                <input type="hidden" name="username" value=member.id.to_string() autocomplete="username" />
                {new("passphrase", "staff_passphrase_new", Some("staff_passphrase_hint")).view(words)}
                {new("again", "staff_passphrase_again", None).view(words)}
                {code(words, fault_of(&faults, "otp"))}
                <button class="button button-primary">{words.t("staff_enrol")}</button>
            </form>
        </div>
    }
    .into_any()
}
