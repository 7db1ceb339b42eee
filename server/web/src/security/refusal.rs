//! Saying no before a handler is reached: a problem to programs, a page to people. What is said to
//! many, and often, is written ahead: nothing is rendered for it and no policy is asked.

use app::urls;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use domain::service::{InputKind, services};

use super::caller::Stopped;
pub use crate::refusal::Refusal;
use crate::{
    client::ClientAddress,
    form_body::{self, Form},
    plain_page::Words,
    refusal::{Page, WAIT},
    route::{Audience, RouteInfo},
    state::AppState,
};

/// Answers a request that was stopped at the door.
pub(crate) async fn stopped(state: &AppState, request: Request, why: Stopped) -> Response {
    let refusal = match why {
        Stopped::TooOften(retry_after) => return too_often(state, request, retry_after).await,
        Stopped::Malformed(StatusCode::METHOD_NOT_ALLOWED) => Refusal::ServedNowhere,
        Stopped::Malformed(_) => Refusal::Ambiguous,
        Stopped::ForeignPart => Refusal::ForeignPart,
        Stopped::CrossSite => Refusal::CrossSite,
        Stopped::Broken => Refusal::Unavailable,
        Stopped::Unproved => Refusal::Unproved,
        Stopped::WrongKey => Refusal::WrongKey,
    };
    refuse(state, request, refusal).await
}

/// Answers a request that goes no further.
pub async fn refuse(state: &AppState, request: Request, refusal: Refusal) -> Response {
    if is_program(&request) {
        return refusal.problem().respond(request.extensions());
    }
    if let Page::Plain(words) = refusal.page() {
        return refusal.said(&words, "");
    }
    let (head, form, _) = form_body::typed_in(state, request).await;
    form_body::refused(state, head, refusal, &form).await
}

/// Answers a request with a method that its address has not; which ones it has, the router says in
/// `Allow`.
pub async fn other_method(State(state): State<AppState>, request: Request) -> Response {
    refuse(&state, request, Refusal::NotServedHere).await
}

/// Answers a request that is one too many, with what was typed into it; seconds to wait.
pub async fn too_often(state: &AppState, request: Request, retry_after: u64) -> Response {
    let is_hall = request.extensions().get::<RouteInfo>().is_some_and(|info| info.area == "hall");
    if is_hall && request.method().is_safe() && !is_program(&request) {
        return comes_back(retry_after);
    }
    let client = request.extensions().get::<ClientAddress>().copied();
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    if !client.is_some_and(|client| state.limits.gives_back(client, length)) {
        return refuse(state, request, Refusal::too_many(retry_after)).await;
    }
    let (head, form, files) = form_body::typed_in(state, request).await;
    if files > 0 && urls::is_request_form(head.uri().path()) && !is_program(&head) {
        return too_many_with_files(&head, retry_after, form);
    }
    too_many_of_form(&head, retry_after, &form)
}

/// *Too often*, for a page that nobody stands at: it says so, and comes back by itself.
fn comes_back(retry_after: u64) -> Response {
    let seconds = retry_after.clamp(5, 60);
    let words = Words {
        title: WAIT,
        zh: format!("这个网络在短时间内访问次数太多，{seconds}秒后自动恢复，不用操作。").into(),
        en: format!(
            "There were too many requests from this network in a short time. This page comes back by itself in \
             {seconds} seconds."
        )
        .into(),
    };
    let mut response = Refusal::too_many(retry_after).said(&words, "");
    response.headers_mut().insert(header::REFRESH, HeaderValue::from(seconds));
    response
}

/// *Too often*, for a form whose files were dropped unread: it leads back to its fields, where they are chosen again.
fn too_many_with_files(head: &Request, retry_after: u64, mut form: Form) -> Response {
    let own = Words {
        title: WAIT,
        zh: format!(
            "您所在的网络在短时间内访问次数太多，表单还没有提交，您选择的文件也没有保存。您填写的内容都在下面：请等{retry_after}秒，再按“回到表单”，重新选择文件后提交。"
        )
        .into(),
        en: format!(
            "There were too many requests from your network in a short time. Your form was not submitted, and the files you chose were not kept. Everything you typed is below: wait {retry_after} seconds, press “Back to the form”, choose the files again and submit."
        )
        .into(),
    };
    form.insert("carried".to_owned(), "yes".to_owned());
    let button = "回到表单 <span lang=\"en\">Back to the form</span>";
    Refusal::too_many(retry_after).said(&own, &again_by(head, &form, button))
}

/// *Too often*, with a form given back that was read already.
pub(crate) fn too_many_of_form(head: &Request, retry_after: u64, form: &Form) -> Response {
    let refusal = Refusal::too_many(retry_after);
    if is_program(head) {
        return refusal.problem().respond(head.extensions());
    }
    let own = Words {
        title: WAIT,
        zh: format!(
            "您所在的网络在短时间内访问次数太多，表单还没有提交。您填写的内容都在下面：请等{retry_after}秒，再按“再次提交”。"
        )
        .into(),
        en: format!(
            "There were too many requests from your network in a short time. Your form was not submitted. Everything you typed is below: wait {retry_after} seconds, then press “Submit again”."
        )
        .into(),
    };
    match refusal.page() {
        Page::Plain(words) if !form_body::is_typed_into(form) => refusal.said(&words, ""),
        _ => refusal.said(&own, &again(head, form)),
    }
}

/// Answers a form of which nobody knows whether it was kept: the clock ran out. Sent again as it is, it
/// makes no second request.
pub(crate) fn unanswered(head: &Request, form: &Form) -> Response {
    const UNANSWERED: Words = Words::fixed(
        ("系统没有及时回应", "No answer in time"),
        "系统太忙，没有及时回应；表单可能已经收到，也可能没有。请稍候，再按“再次提交”：同一份表单不会重复提交。",
        "The system was too busy to answer in time. Your form may or may not have arrived. Wait a little, then press “Submit again”: the same form is never submitted twice.",
    );
    Refusal::Unavailable.said(&UNANSWERED, &again(head, form))
}

/// A form with everything that was typed, to be sent again as it is; and what can be read of it.
fn again(head: &Request, form: &Form) -> String {
    again_by(head, form, "再次提交 <span lang=\"en\">Submit again</span>")
}

/// The same with a button of its own.
fn again_by(head: &Request, form: &Form, button: &str) -> String {
    use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
    let path = head.uri().path_and_query().map_or("/", |path| path.as_str());
    let fields = form.iter().map(|(name, typed)| {
        let (name, typed) = (attribute(name), attribute(typed));
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{typed}\">")
    });
    let others = form_body::OF_OTHER_FORMS.iter().filter_map(|(name, label)| {
        let typed = form.get(*name).filter(|typed| !typed.is_empty())?;
        Some(format!("<dt>{label}</dt><dd><pre>{}</pre></dd>", text(typed)))
    });
    let read = form_body::typed(form).into_iter().filter_map(|(name, typed)| {
        let question = services().iter().find_map(|item| item.question(&name));
        let question = question.or_else(|| app::asking::question_of(&name))?;
        let label = (question.kind != InputKind::Consent).then_some(&question.label)?;
        let option = question.options.iter().find(|option| option.value == typed);
        let typed = option.map_or(&*typed, |option| option.label.zh.as_str());
        let (label, typed) = (text(&label.zh), text(typed).into_owned());
        Some(format!("<dt>{label}</dt><dd><pre>{typed}</pre></dd>"))
    });
    let (fields, read) = (fields.collect::<String>(), others.chain(read).collect::<String>());
    format!(
        "<form method=\"post\" action=\"{}\">{fields}\
         <button>{button}</button></form><dl>{read}</dl>",
        attribute(path)
    )
}

fn is_program(request: &Request) -> bool {
    let route = request.extensions().get::<RouteInfo>();
    route.is_some_and(|route| route.audience == Audience::Program)
}
