//! What a browser says of the site that made a request.

use axum::http::{HeaderMap, header};

/// Whether a browser says that another site made this request. Browsers send `Origin` with every
/// POST; a caller without it is no browser and carries no cookies worth stealing.
#[must_use]
pub fn is_cross_site(headers: &HeaderMap, host: Option<&str>) -> bool {
    // A value that does not read is some value, and not one of ours.
    let text = |name: header::HeaderName| {
        headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
    };
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    // A proxy that sends a `Host` of its own would make every form look foreign. No page can forge
    // this word of the browser, and where our host is configured it is compared all the same.
    if site == Some("same-origin") && host.is_none() {
        return false;
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let host = host.or_else(|| text(header::HOST)).unwrap_or_default();
    let origin_host = origin.split_once("://").map_or("", |(_, rest)| rest);
    host.is_empty() || !origin_host.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn other_sites_and_sandboxes_are_told_from_our_own_pages() {
        for (pairs, cross) in [
            (vec![("origin", "https://jm.example"), ("host", "jm.example")], false),
            (vec![("origin", "https://evil.example"), ("host", "jm.example")], true),
            (vec![("origin", "null"), ("host", "jm.example")], true),
            (vec![("sec-fetch-site", "cross-site"), ("host", "jm.example")], true),
            (vec![("sec-fetch-site", "same-site"), ("host", "jm.example")], true),
            (
                vec![
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://jm.example"),
                    ("host", "jm.example"),
                ],
                false,
            ),
            (vec![("host", "jm.example")], false),
            (vec![("origin", "null")], true),
            (vec![("origin", "http://")], true),
        ] {
            assert_eq!(is_cross_site(&headers(&pairs), None), cross, "{pairs:?}");
        }
        let mut unreadable = headers(&[("host", "jm.example")]);
        unreadable.insert("origin", HeaderValue::from_bytes(b"https://jm.example\xff").unwrap());
        assert!(is_cross_site(&unreadable, None));
        // nginx as it comes: `Host` is that of the upstream.
        let ours = [
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://jm.example"),
            ("host", "127.0.0.1:3000"),
        ];
        assert!(!is_cross_site(&headers(&ours), None));
        assert!(is_cross_site(&headers(&ours), Some("other.example")));
        let behind_proxy = headers(&[("origin", "https://jm.example"), ("host", "10.0.0.5:3000")]);
        assert!(!is_cross_site(&behind_proxy, Some("jm.example")));
    }
}
