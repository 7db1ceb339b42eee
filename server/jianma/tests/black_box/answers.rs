//! Status codes, headers, limits and problems.

use reqwest::Method;
use serde_json::Value;
use web::route::Audience;

use crate::harness::{PARCELS, PortalFolder, UNLIMITED, answers, client};

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for path in
        ["/", "/services", "/nowhere", "/api/nowhere", "/healthz", "/pkg/missing.js", "/c/nonsense"]
    {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "no TLS here");
    }
}

#[tokio::test]
async fn hsts_is_sent_behind_tls_and_cookies_are_secure() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[site]\ntls = true\n");
    let portal = place.serve();
    let response = client()
        .post(format!("{}/preferences", portal.address))
        .form(&[("lang", "en"), ("back", "//evil.example/")])
        .send()
        .await
        .unwrap();
    assert!(response.headers().contains_key("strict-transport-security"));
    assert!(response.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    assert_eq!(response.headers()["location"], "/", "an open redirect");
}

#[tokio::test]
async fn a_missing_file_is_a_real_404_and_never_a_page() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let response = client().get(format!("{}/pkg/gone.wasm", portal.address)).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(!response.text().await.unwrap().contains("<html"));
    std::fs::write(place.path("site/pkg/there.js"), "there()").unwrap();
    let there = client().get(format!("{}/pkg/there.js", portal.address)).send().await.unwrap();
    assert_eq!(there.status(), 200);
    assert!(there.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(there.text().await.unwrap(), "there()");
    for path in ["/pkg/../manifest.json", "/pkg/%2e%2e/manifest.json", "/pkg/..%2fmanifest.json"] {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_method_that_an_address_has_not_is_answered_in_words_on_every_route() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let routes = web::portal_routes::known_routes();
    let mut asked = 0;
    for route in &routes {
        let of_path: Vec<_> = routes.iter().filter(|other| other.path == route.path).collect();
        if of_path.iter().any(|other| other.method.is_none()) {
            continue;
        }
        for method in [Method::GET, Method::POST] {
            if of_path.iter().any(|other| other.method.as_ref() == Some(&method)) {
                continue;
            }
            let path = route.path.replace(['{', '}'], "");
            let url = format!("{}{path}", portal.address);
            let response = client().request(method.clone(), url).send().await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            let allow = response.headers()["allow"].to_str().unwrap();
            assert!(!allow.is_empty() && !allow.contains(method.as_str()), "{path}: {allow}");
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            let is_program = route.info.audience == Audience::Program;
            assert_eq!(kind.starts_with("application/problem+json"), is_program, "{path}: {kind}");
            assert!(response.text().await.unwrap().len() > 100, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked} questions were asked");
}

#[tokio::test]
async fn posts_from_other_sites_are_refused() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let form = format!("/c/{}/requests/new", PARCELS[0]);
    for path in ["/preferences", "/requests", form.as_str(), "/api/v1/requests"] {
        for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]
        {
            let response = client()
                .post(format!("{}{path}", portal.address))
                .header(name, value)
                .body("a=b")
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 403, "{path} with {name}");
        }
    }
}

#[tokio::test]
async fn one_client_too_fast_is_told_to_wait() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[limits]\nreads_per_second = 1\nread_burst = 5\n");
    let portal = place.serve();
    let mut last = None;
    for _ in 0..8 {
        last = Some(client().get(format!("{}/services", portal.address)).send().await.unwrap());
    }
    let last = last.unwrap();
    assert_eq!(last.status(), 429);
    assert!(last.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    // Each kind of route has its own limit.
    let api = client().get(format!("{}/api/v1/parcels?q=a", portal.address)).send().await.unwrap();
    assert_eq!(api.status(), 200);
    let health = client().get(format!("{}/healthz", portal.address)).send().await.unwrap();
    assert_eq!(health.status(), 200, "a watchdog is never limited");
}

#[tokio::test]
async fn errors_of_the_api_are_problems_with_the_position_of_the_fault() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for (path, status, kind) in [
        ("/api/v1/parcels/33052100100XGB00001", 400, "malformed-code"),
        ("/api/v1/parcels/330521001001GB09999", 404, "not-found"),
        ("/api/v1/parcels", 400, "bad-request"),
        ("/api/v1/parcels?bbox=1,2,3", 400, "bad-request"),
        ("/api/v1/parcels?q=a&colour=red", 400, "bad-request"),
        ("/api/v1/requests/JM-20261122-22222222", 404, "not-found"),
        ("/api/v2", 404, "not-found"),
        ("/api", 404, "not-found"),
        ("/api/", 404, "not-found"),
        ("/api/v1/parcels/a/b/c", 404, "not-found"),
        ("/healthz/db", 404, "not-found"),
        ("/api/v1/parcels/%ff", 404, "not-found"),
    ] {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["type"], format!("urn:jianma:problem:{kind}"), "{path}");
        // Of a place that is not shown nothing tells one answer from another.
        let of_place = path.contains("parcels/33") || path.contains("requests/");
        assert!(problem["instance"].is_string() || status != 404 || of_place, "{path}");
        if kind == "malformed-code" {
            assert_eq!(problem["position"], 12);
        }
    }
}

#[tokio::test]
async fn a_program_that_asks_for_no_page_is_told_in_json_that_there_is_none() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for (accept, wanted) in [
        (None, "text/html; charset=utf-8"),
        (Some("text/html,application/xhtml+xml,*/*;q=0.8"), "text/html; charset=utf-8"),
        (Some("application/json"), "application/problem+json"),
    ] {
        let call = client().get(format!("{}/nowhere", portal.address));
        let call = accept.into_iter().fold(call, |call, accept| call.header("accept", accept));
        let answer = call.send().await.unwrap();
        assert_eq!(answer.status(), 404, "{accept:?}");
        assert_eq!(answer.headers()["content-type"], wanted, "{accept:?}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{accept:?}");
    }
    // By any method, and where the method is served nowhere.
    for method in [Method::POST, Method::DELETE] {
        let call = client().request(method.clone(), format!("{}/api", portal.address));
        let answer = call.send().await.unwrap();
        assert!(answer.status().is_client_error());
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method}");
    }
}

#[tokio::test]
async fn the_same_key_makes_one_request_and_another_body_is_refused() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let send = |mark: &'static str| {
        let body = serde_json::json!({
            "item": "planning-conformity", "code": PARCELS[1], "answers": answers("planning-conformity", mark),
        });
        client()
            .post(format!("{}/api/v1/requests", portal.address))
            .header("idempotency-key", "0123456789abcdef")
            .json(&body)
            .send()
    };
    let first = send("one").await.unwrap();
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    let again = send("one").await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(send("two").await.unwrap().status(), 422);
}

#[tokio::test]
async fn a_form_comes_back_with_everything_typed() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/c/{}/requests/new?item=data-correction", portal.address, PARCELS[0]);
    let typed = "</textarea><script>alert(1)</script> & 改";
    let fields = domain::service::service("data-correction").unwrap();
    let paragraph =
        fields.question.iter().find(|q| q.kind == domain::service::InputKind::Paragraph).unwrap();
    let response = client()
        .post(&url)
        .form(&[("item", "data-correction"), (paragraph.name.as_str(), typed)])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 422);
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script>alert(1)"), "what was typed runs");
    assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; 改"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[limits]\nbody_bytes = 1000\n");
    let portal = place.serve();
    for path in ["/api/v1/requests".to_owned(), format!("/c/{}/requests/new", PARCELS[0])] {
        let response = client()
            .request(Method::POST, format!("{}{path}", portal.address))
            .header(
                "content-type",
                if path.starts_with("/api") {
                    "application/json"
                } else {
                    "application/x-www-form-urlencoded"
                },
            )
            .header("idempotency-key", "0123456789abcdef")
            .body("a".repeat(5_000))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 413, "{path}");
    }
}

#[tokio::test]
async fn the_openapi_document_is_served_and_names_every_route_for_programs() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/api/openapi.json", portal.address);
    let document: Value =
        serde_json::from_str(&client().get(url).send().await.unwrap().text().await.unwrap())
            .unwrap();
    let mut named = 0;
    for route in web::portal_routes::known_routes() {
        let Some(method) = route.method.filter(|_| route.path.starts_with("/api/v1/")) else {
            continue;
        };
        let operation = &document["paths"][&*route.path][method.as_str().to_lowercase()];
        assert!(operation["operationId"].is_string(), "{method} {}", route.path);
        named += 1;
    }
    assert!(named >= 12, "{named}");
}

#[tokio::test]
async fn pages_are_compressed_and_receipts_are_not() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let encoding = async |path: &str| {
        let asked =
            client().get(format!("{}{path}", portal.address)).header("accept-encoding", "br, gzip");
        let response = asked.send().await.unwrap();
        response.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned())
    };
    for path in
        ["/".to_owned(), format!("/c/{}", PARCELS[0]), format!("/api/v1/parcels/{}", PARCELS[0])]
    {
        assert_eq!(encoding(&path).await.as_deref(), Some("br"), "{path}");
    }
    for path in
        ["/requests", "/requests/JM-20261122-22334455", "/api/v1/requests/JM-20261122-22334455"]
    {
        assert_eq!(encoding(path).await, None, "{path}");
    }
}

#[tokio::test]
async fn p6_what_other_sites_would_hide_on_their_pages_costs_a_visitor_nothing() {
    let place = PortalFolder::with_small_data();
    let searches = "[limits.probing]\nsearches = { burst = 25, per_minute = 1 }\n";
    place.configure("http://127.0.0.1:9", searches);
    let portal = place.serve();
    let profile = format!("/c/{}", PARCELS[0]);
    let status = async |path: &str, site: &str, dest: &str| {
        let asked = client().get(format!("{}{path}", portal.address));
        let asked = asked.header("sec-fetch-site", site).header("sec-fetch-dest", dest);
        asked.send().await.unwrap().status().as_u16()
    };
    for dest in ["image", "iframe", "empty"] {
        for path in [&profile, "/?q=330521", "/api/v1/parcels?q=330521", "/services"] {
            assert_eq!(status(path, "cross-site", dest).await, 403, "{path} {dest}");
        }
        assert_ne!(status("/favicon.svg", "cross-site", dest).await, 403, "{dest}");
    }
    // Nothing was counted, and a link from another site is followed.
    assert_eq!(status("/?q=330521", "cross-site", "document").await, 200);
    assert_eq!(status(&profile, "cross-site", "document").await, 200);
    assert_eq!(status("/api/v1/parcels?q=330521", "same-origin", "empty").await, 429);
}

/// What programs rely on: a difference here is a change of the contract.
#[tokio::test]
async fn a_profile_and_its_restrictions_are_exactly_this() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0]);
    for (name, url) in [("profile", url.clone()), ("restrictions", format!("{url}/restrictions"))] {
        let text = client().get(url).send().await.unwrap().text().await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        insta::assert_json_snapshot!(name, answer);
    }
}

/// One policy for every kind of answer.
#[tokio::test]
async fn the_content_security_policy_of_each_kind_of_page_is_exactly_this() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let mut lines = String::new();
    for path in ["/", &format!("/c/{}", PARCELS[0]), "/requests", "/nowhere", "/api/v1/nowhere"] {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        lines.push_str(&format!("{path}: {policy}\n"));
    }
    insta::assert_snapshot!(lines);
}
