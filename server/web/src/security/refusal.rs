//! Saying no before a handler is reached: a problem to programs, a page to people. What is said to
//! many, and often, is written ahead: nothing is rendered for it and no policy is asked.

use app::context::ErrorPage;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use domain::service::{InputKind, services};

use super::caller::Stopped;
use crate::{
    client::ClientAddress,
    form_body::{self, Form},
    problem::Problem,
    request_id::RequestId,
    route::{Audience, RouteInfo},
    state::AppState,
};

/// Answers a request that was stopped at the door.
pub(crate) async fn stopped(state: &AppState, request: Request, why: Stopped) -> Response {
    let (problem, page) = match why {
        Stopped::Malformed(status) => return malformed(&Addressee::of(&request), status),
        Stopped::TooOften(retry_after) => return too_often(state, request, retry_after).await,
        Stopped::ForeignPart => return foreign_part(&Addressee::of(&request)),
        Stopped::CrossSite => (Problem::cross_site(), ErrorPage::CrossSite),
        Stopped::Broken => (Problem::unavailable(), ErrorPage::Unavailable),
        Stopped::Unproved => {
            let told = "The proof of who you are is not valid any more. Sign in again.";
            (Problem::unauthorized(told), ErrorPage::Proof)
        }
    };
    refuse(state, request, problem, page).await
}

/// Answers a request that goes no further.
pub async fn refuse(
    state: &AppState,
    request: Request,
    problem: Problem,
    page: ErrorPage,
) -> Response {
    if is_program(&request) {
        return problem.respond(request.extensions());
    }
    let (head, form) = form_body::typed_in(state, request).await;
    form_body::refused(state, head, page, &form).await
}

/// Answers a request that is one too many, with what was typed into it; seconds to wait.
pub async fn too_often(state: &AppState, request: Request, retry_after: u64) -> Response {
    let client = request.extensions().get::<ClientAddress>().copied();
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
    if !client.is_some_and(|client| state.limits.gives_back(client, length)) {
        return too_many(&Addressee::of(&request), retry_after);
    }
    let (head, form) = form_body::typed_in(state, request).await;
    too_many_of_form(&head, retry_after, &form)
}

/// *Too often*, with a form given back that was read already.
pub(crate) fn too_many_of_form(head: &Request, retry_after: u64, form: &Form) -> Response {
    let to = Addressee::of(head);
    if to.program || !form_body::is_typed_into(form) {
        return too_many(&to, retry_after);
    }
    let path = head.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut response = page_with(
        StatusCode::TOO_MANY_REQUESTS,
        &Words {
            title: ("访问太频繁，请稍候", "Too many requests, please wait"),
            zh: &format!(
                "您所在的网络在短时间内访问次数太多，表单还没有提交。您填写的内容都在下面：请等{retry_after}秒，再按“再次提交”。"
            ),
            en: &format!(
                "There were too many requests from your network in a short time. Your form was not submitted. Everything you typed is below: wait {retry_after} seconds, then press “Submit again”."
            ),
        },
        &again(path, form),
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

/// Answers a form of which nobody knows whether it was kept: the clock ran out. Sent again as it is, it
/// makes no second request.
pub(crate) fn unanswered(head: &Request, form: &Form) -> Response {
    let path = head.uri().path_and_query().map_or("/", |path| path.as_str());
    page_with(
        StatusCode::SERVICE_UNAVAILABLE,
        &Words {
            title: ("系统没有及时回应", "No answer in time"),
            zh: "系统太忙，没有及时回应；表单可能已经收到，也可能没有。请稍候，再按“再次提交”：同一份表单不会重复提交。",
            en: "The system was too busy to answer in time. Your form may or may not have arrived. Wait a little, then press “Submit again”: the same form is never submitted twice.",
        },
        &again(path, form),
    )
}

/// A form with everything that was typed, to be sent again as it is; and what can be read of it.
fn again(path: &str, form: &Form) -> String {
    use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
    let fields = form.iter().map(|(name, typed)| {
        let (name, typed) = (attribute(name), attribute(typed));
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{typed}\">")
    });
    let others = form_body::OF_OTHER_FORMS.iter().filter_map(|(name, label)| {
        let typed = form.get(*name).filter(|typed| !typed.is_empty())?;
        Some(format!("<dt>{label}</dt><dd><pre>{}</pre></dd>", text(typed)))
    });
    let read = form_body::typed(form).into_iter().filter_map(|(name, typed)| {
        let question = services().iter().find_map(|item| item.question(&name))?;
        let label = (question.kind != InputKind::Consent).then_some(&question.label)?;
        let option = question.options.iter().find(|option| option.value == typed);
        let typed = option.map_or(&*typed, |option| option.label.zh.as_str());
        let (label, typed) = (text(&label.zh), text(typed).into_owned());
        Some(format!("<dt>{label}</dt><dd><pre>{typed}</pre></dd>"))
    });
    let (fields, read) = (fields.collect::<String>(), others.chain(read).collect::<String>());
    format!(
        "<form method=\"post\" action=\"{}\">{fields}\
         <button>再次提交 <span lang=\"en\">Submit again</span></button></form><dl>{read}</dl>",
        attribute(path)
    )
}

fn is_program(request: &Request) -> bool {
    let route = request.extensions().get::<RouteInfo>();
    route.is_some_and(|route| route.audience == Audience::Program)
}

/// Whom a refusal is for.
#[derive(Clone, Debug)]
pub struct Addressee {
    program: bool,
    id: Option<RequestId>,
}

impl Addressee {
    /// Whoever sent a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self { program: is_program(request), id: request.extensions().get().cloned() }
    }

    /// The id of their request, for the log.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.id.as_ref().map(|id| &*id.0)
    }
}

/// Answers a request that is one too many; seconds to wait.
#[must_use]
pub fn too_many(to: &Addressee, retry_after: u64) -> Response {
    if to.program {
        return Problem::too_many_requests(retry_after).of(to.id.as_ref()).into_response();
    }
    let mut response = page(
        StatusCode::TOO_MANY_REQUESTS,
        &Words {
            title: ("访问太频繁，请稍候", "Too many requests, please wait"),
            zh: &format!(
                "您所在的网络在短时间内访问次数太多。请等{retry_after}秒，再刷新本页，或返回上一页继续。刚才提交的内容没有保存：请返回上一页，查看填写的内容是否还在，稍后再提交一次。"
            ),
            en: &format!(
                "There were too many requests from your network in a short time. Wait {retry_after} seconds, then reload this page, or go back and carry on. If you were submitting something, it was not kept: go back, check that what you typed is still there, and submit it again a little later."
            ),
        },
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    response
}

/// Answers a request that is not one: `status` says what is wrong with it.
#[must_use]
pub fn malformed(to: &Addressee, status: StatusCode) -> Response {
    let is_method = status == StatusCode::METHOD_NOT_ALLOWED;
    let mut response = if to.program {
        let problem = if is_method {
            Problem::method_not_allowed()
        } else {
            Problem::bad_request("This is no request of HTTP/1.1 that can be read in one way only.")
        };
        problem.of(to.id.as_ref()).into_response()
    } else {
        let words = if is_method {
            Words {
                title: ("不支持这种请求", "This kind of request is not supported"),
                zh: "本平台只接受GET、HEAD和POST请求。请用浏览器打开首页。",
                en: "This portal takes GET, HEAD and POST. Open the home page with a browser.",
            }
        } else {
            Words {
                title: ("请求无法识别", "This request cannot be read"),
                zh: "您的浏览器或中间的网络设备发来的请求不完整或有歧义。请直接打开首页再试。",
                en: "What your browser, or the network in between, sent is incomplete or ambiguous. Open the home page and try again.",
            }
        };
        page(status, &words)
    };
    if is_method {
        let value = HeaderValue::from_static("GET, HEAD, POST");
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// Answers what a page of another site has a visitor's browser ask for.
#[must_use]
pub fn foreign_part(to: &Addressee) -> Response {
    if to.program {
        return Problem::cross_site().of(to.id.as_ref()).into_response();
    }
    page(
        StatusCode::FORBIDDEN,
        &Words {
            title: ("不能在别的网站里显示", "Not shown inside another site"),
            zh: "本平台的页面不在别的网站里显示。请直接打开首页。",
            en: "Pages of this portal are not shown inside another site. Open the home page.",
        },
    )
}

/// Answers a request with a method that its address has not; which ones it has, the router says in
/// `Allow`.
pub async fn other_method(request: Request) -> Response {
    let to = Addressee::of(&request);
    if to.program {
        return Problem::other_method().of(to.id.as_ref()).into_response();
    }
    page(
        StatusCode::METHOD_NOT_ALLOWED,
        &Words {
            title: ("这个地址不接受这种请求", "This address does not accept this kind of request"),
            zh: "什么也没有保存。请返回上一页，用页面上的按钮继续，或打开首页。",
            en: "Nothing was kept. Go back and carry on with a button on the page, or open the home page.",
        },
    )
}

/// What a page says, in both languages: which one somebody reads is not asked.
struct Words<'a> {
    title: (&'a str, &'a str),
    zh: &'a str,
    en: &'a str,
}

/// A page as plain as can be.
fn page(status: StatusCode, words: &Words<'_>) -> Response {
    page_with(status, words, "")
}

/// A page as plain as can be, with more, in HTML, below its words.
fn page_with(status: StatusCode, words: &Words<'_>, more: &str) -> Response {
    let Words { title: (title_zh, title_en), zh, en } = words;
    let html = format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title_zh} {title_en}</title></head><body><main>\
         <h1>{title_zh}</h1><p>{zh}</p><p><a href=\"/\">回到首页</a></p>\
         <div lang=\"en\"><h2>{title_en}</h2><p>{en}</p><p><a href=\"/\">Home</a></p></div>{more}\
         </main></body></html>\n"
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}
