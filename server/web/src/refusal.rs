//! Why something is refused. One word gives the status, what a program is told
//! ([`Refusal::problem`], RFC 9457) and what a person reads.

use app::context::{ErrorPage, FormRefusal};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use service_api::NotShown;

use crate::plain_page::Words;

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is there that may be shown: alike for what does not exist and what may not be shown (rule
    /// P5).
    NotFound,
    /// What was to be a code is none.
    MalformedCode,
    /// A parameter or body that does not read.
    BadRequest,
    /// No request that can be read in one way only.
    Ambiguous,
    /// A signature that does not fit.
    Unsigned,
    /// A proof of who somebody is that is not valid, or not any more.
    Unproved,
    /// A key for programs that is nobody's, or is disabled.
    WrongKey,
    /// Another site has a visitor's browser hand something in.
    CrossSite,
    /// A page of another site asks for it, and nobody would see the answer.
    ForeignPart,
    /// A method that no address has.
    ServedNowhere,
    /// A method that this address has not; the router says in `Allow` which it has (RFC 9110 §15.5.6).
    NotServedHere,
    /// It does not follow from how things stand.
    Conflict,
    /// A service was asked for at a code that has ended.
    Ended,
    /// It was deleted.
    Gone,
    /// More than a form or call ever needs.
    TooLarge,
    /// A form in another encoding than the page it came from.
    Unreadable,
    /// Two things that cannot both be meant.
    Contradiction,
    /// Answers with faults.
    Faults,
    /// A file that is not taken.
    File,
    /// A version of a protocol that is not spoken here.
    OtherVersion,
    /// An idempotency key that came with something else before.
    KeyReused,
    /// One too many.
    TooMany {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// What is kept of a request is not as it was written.
    Altered,
    /// It did not arrive whole in time.
    TooSlow,
    /// Storage or something else does not answer.
    Unavailable,
}

impl Refusal {
    /// One too many; seconds to wait.
    #[must_use]
    pub fn too_many(retry_after: u64) -> Self {
        Self::TooMany { retry_after: u32::try_from(retry_after).unwrap_or(u32::MAX) }
    }

    /// Its status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MalformedCode | Self::BadRequest | Self::Ambiguous => StatusCode::BAD_REQUEST,
            Self::Unsigned | Self::Unproved | Self::WrongKey => StatusCode::UNAUTHORIZED,
            Self::CrossSite | Self::ForeignPart => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ServedNowhere | Self::NotServedHere => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict | Self::Ended => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OtherVersion => StatusCode::PRECONDITION_FAILED,
            Self::Contradiction | Self::Faults | Self::File | Self::KeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Altered => StatusCode::INTERNAL_SERVER_ERROR,
            // Browsers send again by themselves what is answered with 408.
            Self::TooSlow | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The header that goes with it, to programs and people alike.
    #[must_use]
    pub fn header(self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::TooMany { retry_after } => {
                Some((header::RETRY_AFTER, HeaderValue::from(retry_after)))
            }
            // RFC 6750 §3.
            Self::WrongKey => Some((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"jianma\", error=\"invalid_token\""),
            )),
            Self::ServedNowhere => {
                Some((header::ALLOW, HeaderValue::from_static("GET, HEAD, POST")))
            }
            _ => None,
        }
    }

    /// What a person reads.
    #[must_use]
    pub fn page(self) -> Page {
        match self {
            Self::NotFound => Page::Rendered(ErrorPage::NotFound),
            Self::CrossSite => Page::Rendered(ErrorPage::CrossSite),
            Self::Unproved => Page::Rendered(ErrorPage::Proof),
            Self::Unreadable => Page::Rendered(ErrorPage::Unreadable),
            Self::TooLarge => Page::Rendered(ErrorPage::TooLarge),
            Self::TooSlow => Page::Rendered(ErrorPage::TooSlow),
            Self::Unavailable => Page::Rendered(ErrorPage::Unavailable),
            Self::TooMany { retry_after } => Page::Plain(too_many(retry_after)),
            Self::Ambiguous => Page::Plain(AMBIGUOUS),
            Self::ServedNowhere => Page::Plain(SERVED_NOWHERE),
            Self::NotServedHere => Page::Plain(NOT_SERVED_HERE),
            Self::ForeignPart => Page::Plain(FOREIGN_PART),
            Self::MalformedCode
            | Self::BadRequest
            | Self::Unsigned
            | Self::WrongKey
            | Self::Conflict
            | Self::Ended
            | Self::Gone
            | Self::Contradiction
            | Self::Faults
            | Self::File
            | Self::OtherVersion
            | Self::KeyReused
            | Self::Altered => Page::OfWhatWasAsked,
        }
    }

    /// A page of these words, instead of its own, with `more`, in HTML, below them.
    #[must_use]
    pub fn said(self, words: &Words, more: &str) -> Response {
        let mut response = words.page(self.status(), more);
        response.headers_mut().extend(self.header());
        response
    }
}

/// What a person reads of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// A page of the portal, in their language.
    Rendered(ErrorPage),
    /// One for which nothing is rendered.
    Plain(Words),
    /// The page of what they asked for, which knows more about it.
    OfWhatWasAsked,
}

impl From<&service_api::Refusal> for Refusal {
    fn from(refusal: &service_api::Refusal) -> Self {
        match refusal {
            service_api::Refusal::Nothing { .. } => Self::NotFound,
            service_api::Refusal::TooMany { retry_after } => Self::too_many(*retry_after),
            service_api::Refusal::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl From<&NotShown> for Refusal {
    fn from(why: &NotShown) -> Self {
        match why {
            NotShown::Unavailable(_) => Self::Unavailable,
            NotShown::Altered => Self::Altered,
        }
    }
}

impl From<&FormRefusal> for Refusal {
    fn from(refusal: &FormRefusal) -> Self {
        match refusal {
            FormRefusal::Changed(_) => Self::KeyReused,
            FormRefusal::Ended => Self::Ended,
            FormRefusal::Sent(_)
            | FormRefusal::TooOften
            | FormRefusal::Asks
            | FormRefusal::Addresses => Self::Conflict,
            FormRefusal::TooMany { retry_after } => Self::too_many(*retry_after),
            FormRefusal::Unavailable => Self::Unavailable,
        }
    }
}

/// The title of every page that has somebody wait.
pub(crate) const WAIT: (&str, &str) = ("访问太频繁，请稍候", "Too many requests, please wait");

fn too_many(retry_after: u32) -> Words {
    Words {
        title: WAIT,
        zh: format!(
            "您所在的网络在短时间内访问次数太多。请等{retry_after}秒，再刷新本页，或返回上一页继续。如果刚才是在提交，内容没有保存：请返回上一页，查看填写的内容是否还在，稍后再提交一次。"
        )
        .into(),
        en: format!(
            "There were too many requests from your network in a short time. Wait {retry_after} seconds, then reload this page, or go back and carry on. If you were submitting something, it was not kept: go back, check that what you typed is still there, and submit it again a little later."
        )
        .into(),
    }
}

const AMBIGUOUS: Words = Words::fixed(
    ("请求无法识别", "This request cannot be read"),
    "您的浏览器或中间的网络设备发来的请求不完整或有歧义。请直接打开首页再试。",
    "What your browser, or the network in between, sent is incomplete or ambiguous. Open the home page and try again.",
);

const SERVED_NOWHERE: Words = Words::fixed(
    ("不支持这种请求", "This kind of request is not supported"),
    "本平台只接受GET、HEAD和POST请求。请用浏览器打开首页。",
    "This portal takes GET, HEAD and POST. Open the home page with a browser.",
);

const NOT_SERVED_HERE: Words = Words::fixed(
    ("这个地址不接受这种请求", "This address does not accept this kind of request"),
    "什么也没有保存。请返回上一页，用页面上的按钮继续，或打开首页。",
    "Nothing was kept. Go back and carry on with a button on the page, or open the home page.",
);

const FOREIGN_PART: Words = Words::fixed(
    ("不能在别的网站里显示", "Not shown inside another site"),
    "本平台的页面不在别的网站里显示。请直接打开首页。",
    "Pages of this portal are not shown inside another site. Open the home page.",
);
