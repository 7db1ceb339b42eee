//! What is wrong with a request, before anybody asks what it wants.

use axum::http::{
    HeaderMap, Method, StatusCode, Uri, Version, header, request::Parts, uri::Authority,
};

use crate::attaching::UPLOADS;

/// The status that it is refused with; none for a request that can be read in one way only.
pub(crate) fn fault(head: &Parts) -> Option<StatusCode> {
    let served = match head.method {
        Method::GET | Method::HEAD | Method::POST => true,
        // Files come in parts (tus 1.0), and nothing else is changed or deleted by its address.
        Method::PATCH | Method::DELETE => head.uri.path().starts_with(UPLOADS),
        _ => false,
    };
    if !served {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    let right =
        head.uri.path().starts_with('/') && names_one_host(&head.uri, &head.headers, head.version);
    (!right).then_some(StatusCode::BAD_REQUEST)
}

/// Whether a request says exactly once for whom it is (RFC 9112 §3.2).
fn names_one_host(uri: &Uri, headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = host.to_str().ok().and_then(|text| text.parse::<Authority>().ok());
            host.is_some_and(|host| {
                let plain = !host.as_str().contains('@') && !host.host().is_empty();
                plain && uri.authority().is_none_or(|asked| *asked == host)
            })
        }
        // Before HTTP/1.1 nobody had to.
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn asked(method: &str, target: &str, hosts: &[&str]) -> Option<StatusCode> {
        let mut request = Request::builder().method(method).uri(target);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        fault(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_request_says_exactly_once_for_whom_it_is() {
        for (target, hosts) in
            [("/", &["a.cn"][..]), ("/", &["127.0.0.1:3000"]), ("/", &["[::1]:80"])]
        {
            assert_eq!(asked("GET", target, hosts), None, "{hosts:?}");
        }
        assert_eq!(asked("GET", "http://a.cn/", &["a.cn"]), None);
        for (target, hosts) in [
            ("/", &[][..]),
            ("/", &["a.cn", "a.cn"]),
            ("/", &[""]),
            ("/", &["a.cn/x"]),
            ("/", &["user@a.cn"]),
            ("http://b.cn/", &["a.cn"]),
            ("*", &["a.cn"]),
            ("a.cn:443", &["a.cn:443"]),
        ] {
            assert_eq!(asked("GET", target, hosts), Some(StatusCode::BAD_REQUEST), "{hosts:?}");
        }
    }

    #[test]
    fn no_method_is_served_that_no_route_has() {
        for method in ["CONNECT", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW"] {
            let target = if method == "CONNECT" { "a.cn:443" } else { "/" };
            assert_eq!(
                asked(method, target, &["a.cn"]),
                Some(StatusCode::METHOD_NOT_ALLOWED),
                "{method}"
            );
        }
    }
}
