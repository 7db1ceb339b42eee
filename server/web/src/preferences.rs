//! The switches of language and size. On a page with a form they send it along, and it comes back with
//! everything as typed.

use app::urls;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::scanned_text::stays_here;

use crate::{
    cookies,
    form_body::{Form, read_form},
    pages::form_value,
    state::AppState,
};

/// `POST /preferences`: language and elder mode, then back to where the visitor was. What stood in the
/// search field goes along, and is not searched for.
pub async fn choose(State(state): State<AppState>, request: Request) -> Response {
    let (head, form) = match read_form(&state, request).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let in_query = form_value(head.uri().query().unwrap_or_default().as_bytes(), "back");
    let back = form.get("back").cloned().or(in_query).filter(|path| stays_here(path));
    let back = back.unwrap_or_else(|| urls::HOME.to_owned());
    let back = match form.get("q").filter(|typed| !typed.is_empty()) {
        Some(typed) => with_draft(&back, typed),
        None if form.contains_key(urls::WHAT) => with_site_draft(&back, &form),
        None => back,
    };
    let mut response = Redirect::to(&back).into_response();
    keep(&mut response, chosen(&state, &form));
    response
}

/// An address whose page shows a text in its search field.
fn with_draft(back: &str, typed: &str) -> String {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != urls::DRAFT);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(others).append_pair(urls::DRAFT, typed);
    format!("{path}?{}", query.finish())
}

/// The address of the question about sites, or about all of them, with everything that was typed into it,
/// not asked.
fn with_site_draft(back: &str, form: &Form) -> String {
    let is_search = back.split('?').next() == Some(urls::SITE_SEARCH);
    let path = if is_search { urls::SITE_SEARCH } else { urls::SITES };
    let of_question = |name: &&String| {
        [urls::CODE, urls::WHAT, urls::USE, urls::LEAST, urls::MOST].contains(&name.as_str())
            || name.starts_with(urls::ANSWER)
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(urls::DRAFT, "1");
    query.extend_pairs(form.iter().filter(|(name, _)| of_question(name)));
    format!("{path}?{}", query.finish())
}

/// The preferences that a form has, as cookies.
pub(crate) fn chosen(state: &AppState, form: &Form) -> Vec<HeaderValue> {
    let tls = state.settings.site.tls;
    let language = form.get("lang").and_then(|name| domain::Locale::from_name(name));
    let elder = form.get("elder").filter(|value| matches!(value.as_str(), "0" | "1"));
    let chosen = [
        language.and_then(|locale| cookies::preference(cookies::LANGUAGE, locale.name(), tls)),
        elder.and_then(|value| cookies::preference(cookies::ELDER, value, tls)),
    ];
    chosen.into_iter().flatten().collect()
}

/// A form, with what its switches chose: that counts for its answer already.
///
/// # Errors
/// The answer to a form that does not read.
pub(crate) async fn read_with_switches(
    state: &AppState,
    request: Request,
) -> Result<(Request, Form, Vec<HeaderValue>), Response> {
    let (mut head, form) = read_form(state, request).await?;
    let switched = chosen(state, &form);
    cookies::bring(head.headers_mut(), &switched);
    Ok((head, form, switched))
}

/// Has the browser keep what was chosen.
pub(crate) fn keep(response: &mut Response, cookies: Vec<HeaderValue>) {
    response.headers_mut().extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_in_the_search_field_goes_along_and_is_not_searched_for() {
        assert_eq!(with_draft("/", "演示 & 1"), "/?draft=%E6%BC%94%E7%A4%BA+%26+1");
        assert_eq!(with_draft("/?q=a&draft=old", "b"), "/?q=a&draft=b");
    }

    #[test]
    fn a_question_about_sites_that_was_not_asked_goes_along_and_is_not_answered() {
        let typed = [("code", "3305\n"), ("what", "cafe"), ("a.builds", "yes"), ("lang", "en")];
        let form = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let address = with_site_draft("/sites?code=1", &form);
        assert_eq!(address, "/sites?draft=1&a.builds=yes&code=3305%0A&what=cafe");
        let read = app::sites::Typed::read(address.split_once('?').unwrap().1);
        assert!(!read.asked && read.what == "cafe", "{read:?}");
        let typed = [("what", "cafe"), ("min", "500")];
        let form = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        let address = with_site_draft("/sites/search?what=x", &form);
        assert_eq!(address, "/sites/search?draft=1&min=500&what=cafe");
    }
}
