//! Passkeys: signing in with one, and those of one's own. A browser without scripts, or without passkeys, shows the
//! sentence that says so and the other way in.

use leptos::prelude::*;

use super::{Line, fault_of, notice};
use crate::{
    components::Tone,
    current, format,
    staff::{
        Faults,
        passkeys::{Adding, PasskeyLine},
    },
    urls,
    words::Words,
};

/// The file of the built site that asks the device.
const SCRIPT: &str = "passkey.js";

/// What the device is asked for, the address that says what to ask, and the key of the sentence where it has none.
struct Ask {
    what: &'static str,
    at: &'static str,
    none: &'static str,
}

/// The form by which somebody signs in with a passkey. It is shown by its script alone.
pub(super) fn sign_in(words: Words, back: &str, carried: AnyView) -> AnyView {
    let ask = Ask { what: "get", at: urls::STAFF_PASSKEY_ASK, none: "staff_passkey_none" };
    let fields = view! {
        <input type="hidden" name="back" value=back.to_owned() />
        {carried}
    };
    let button = view! { <button class="button">{words.t("staff_passkey_sign_in")}</button> };
    view! {
        {form(words, urls::STAFF_SIGN_IN, &ask, fields.into_any(), button.into_any())}
        {script()}
    }
    .into_any()
}

/// The passkeys of somebody, and the form for another one.
pub(super) fn own(
    words: Words,
    passkeys: Vec<PasskeyLine>,
    (adding, added): (Adding, bool),
    (name, faults): (String, &Faults),
) -> AnyView {
    let none = passkeys.is_empty().then(|| view! { <p>{words.t("staff_passkeys_empty")}</p> });
    let rows = passkeys.into_iter().map(|passkey| {
        let used = passkey.used_at.map_or_else(
            || words.t("staff_passkey_unused").to_owned(),
            |at| format::moment(words.0, at),
        );
        view! {
            <li class="hit">
                <form method="post" action=urls::STAFF_PASSKEYS>
                    <strong>{passkey.name}</strong>
                    <dl class="hit-facts">
                        <div>
                            <dt>{words.t("staff_passkey_since")}</dt>
                            " "
                            <dd>{format::moment(words.0, passkey.added_at)}</dd>
                        </div>
                        <div><dt>{words.t("staff_passkey_used")}</dt> " " <dd>{used}</dd></div>
                    </dl>
                    <input type="hidden" name="remove" value=passkey.mark />
                    <button class="button">{words.t("staff_passkey_remove")}</button>
                </form>
            </li>
        }
    });
    let done =
        added.then(|| notice(words, Tone::Done, "staff_passkey_added", "staff_passkey_added_text"));
    view! {
        <h2 id="passkeys">{words.t("staff_passkeys")}</h2>
        {done}
        <p>{words.t("staff_passkeys_lead")}</p>
        {none}
        <ol class="hits">{rows.collect_view()}</ol>
        {another(words, adding, name, faults)}
    }
    .into_any()
}

/// The form for another passkey, or why there is none.
fn another(words: Words, adding: Adding, name: String, faults: &Faults) -> AnyView {
    let key = match adding {
        Adding::Open => {
            let ask =
                Ask { what: "create", at: urls::STAFF_PASSKEY_NEW, none: "staff_passkey_none" };
            let field = Line {
                name: "passkey",
                kind: "text",
                label: "staff_passkey_name",
                hint: Some(words.t("staff_passkey_name_hint").to_owned()),
                value: name,
                error: fault_of(faults, "passkey"),
                autocomplete: "off",
                focus: false,
            };
            let button =
                view! { <button class="button">{words.t("staff_passkey_add")}</button> }.into_any();
            let form = form(words, urls::STAFF_PASSKEYS, &ask, field.view(words), button);
            return view! { {form} {script()} }.into_any();
        }
        Adding::NotFresh => {
            let again = format!("{}?after=fresh", urls::STAFF_SIGN_IN);
            return view! {
                <p>{words.t("staff_passkey_not_fresh")}</p>
                <p><a href=again>{words.t("staff_passkey_again")}</a></p>
            }
            .into_any();
        }
        Adding::Full => "staff_passkey_full",
        Adding::NoHost => "staff_passkey_no_host",
        Adding::NotSecure => "staff_passkey_not_secure",
        Adding::NoName => "staff_passkey_no_name",
    };
    view! { <p>{words.t(key)}</p> }.into_any()
}

/// A form that its script sends with the device's answer. Until the script has seen that the browser has passkeys
/// it is hidden, and the sentence stands there that says why.
fn form(
    words: Words,
    action: &'static str,
    ask: &Ask,
    fields: AnyView,
    button: AnyView,
) -> AnyView {
    let said = |key: &str| words.t(key).to_owned();
    view! {
        <div class="passkey">
            <p class="quiet passkey-none">{words.t(ask.none)}</p>
            <form
                class="form"
                method="post"
                action=action
                hidden=true
                data-passkey=ask.what
                data-ask=ask.at
                data-cancelled=said("staff_passkey_cancelled")
                data-known=said("staff_passkey_known")
                data-failed=said("staff_passkey_failed")
                data-again=said("staff_passkey_kept_again")
            >
                {fields}
                <input type="hidden" name="challenge" value="" autocomplete="off" />
                <input type="hidden" name="credential" value="" autocomplete="off" />
                <p class="field-error" role="alert" hidden=true></p>
                {button}
            </form>
        </div>
    }
    .into_any()
}

/// Nothing where the site was built without it.
fn script() -> Option<AnyView> {
    let url = current::page().assets.url(SCRIPT).to_owned();
    (!url.is_empty()).then(|| view! { <script type="module" src=url></script> }.into_any())
}
