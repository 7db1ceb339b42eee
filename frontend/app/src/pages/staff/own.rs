//! Somebody's own sessions, and those of the office whom nobody lets in.

use leptos::prelude::*;

use super::{notice, passkeys, summary};
use crate::{
    components::{Banner, PageTitle, Tone},
    format,
    staff::{LockLine, passkeys::OwnPage},
    urls,
    words::Words,
};

pub(super) fn sessions(words: Words, page: OwnPage) -> AnyView {
    let OwnPage { sessions, passkeys, adding, added, name, faults } = page;
    let title = words.t("staff_sessions");
    let rows = sessions.into_iter().map(|session| {
        let (since, seen) =
            (format::moment(words.0, session.started_at), format::moment(words.0, session.seen_at));
        let place = match (session.here, session.same_station) {
            (true, _) => "staff_session_here",
            (false, true) => "staff_session_station",
            (false, false) => "staff_session_elsewhere",
        };
        let button = if session.here { "staff_sign_out" } else { "staff_session_end" };
        view! {
            <li class="hit">
                <form method="post" action=urls::STAFF_SESSIONS>
                    <strong>{words.t(place)}</strong>
                    <dl class="hit-facts">
                        <div><dt>{words.t("staff_session_since")}</dt> <dd>{since}</dd></div>
                        <div><dt>{words.t("staff_session_seen")}</dt> <dd>{seen}</dd></div>
                    </dl>
                    <input type="hidden" name="session" value=session.mark />
                    <button class="button">{words.t(button)}</button>
                </form>
            </li>
        }
    });
    view! {
        <PageTitle text=title />
        <div class="measure">
            {summary(words, &faults)}
            <h1>{title}</h1>
            <p class="lead">{words.t("staff_sessions_lead")}</p>
            <ol class="hits">{rows.collect_view()}</ol>
            {passkeys::own(words, passkeys, (adding, added), (name, &faults))}
        </div>
    }
    .into_any()
}

pub(super) fn locks(words: Words, locked: Vec<LockLine>, lifted: Option<String>) -> AnyView {
    let title = words.t("staff_locks");
    let none = locked
        .is_empty()
        .then(|| notice(words, Tone::Note, "staff_locks_none", "staff_locks_none_text"));
    let rows = locked.into_iter().map(|line| {
        let until = line.until.map_or_else(
            || words.t("staff_locked_for_good").to_owned(),
            |until| words.fill("staff_locked_until", &[("at", &format::moment(words.0, until))]),
        );
        let id = line.member.id.to_string();
        view! {
            <li class="hit">
                <form method="post" action=urls::STAFF_LOCKS>
                    <strong>{line.member.name}</strong> " " <code>{id.clone()}</code>
                    <p>{until}</p>
                    <input type="hidden" name="member" value=id />
                    <button class="button">{words.t("staff_lift")}</button>
                </form>
            </li>
        }
    });
    let lifted = lifted.map(|name| {
        let text = words.fill("staff_lifted_text", &[("name", &name)]);
        view! { <Banner tone=Tone::Done title=words.t("staff_lifted")>{text}</Banner> }
    });
    view! {
        <PageTitle text=title />
        <div class="measure">
            <h1>{title}</h1>
            {lifted}
            <p class="lead">{words.t("staff_locks_lead")}</p>
            {none}
            <ol class="hits">{rows.collect_view()}</ol>
        </div>
    }
    .into_any()
}
