//! How the door and the routes say no: the same refusal as a problem to programs and as a page to
//! people, with one status.

use axum::{body::Body, http::Method};

use super::{
    harness::{Answer, HOST, Web},
    land::HERE,
};

/// What a person and a program are answered: addresses of each.
const BOTH: [(&str, bool); 2] = [("/services", false), ("/api/v1/services", true)];

#[track_caller]
fn said(answer: &Answer, program: bool, status: u16, problem: &str) {
    if program {
        let told = answer.is_problem(status, problem);
        assert_eq!(
            told["instance"],
            format!("urn:jianma:request:{}", answer.header("x-request-id"))
        );
    } else {
        answer.is_page(status);
    }
}

#[tokio::test]
async fn what_is_nowhere_is_not_found_in_the_form_that_is_read_there() {
    let web = Web::open();
    said(&web.get("/nowhere").await, false, 404, "");
    for path in ["/api", "/api/", "/api/v2", "/healthz/db"] {
        said(&web.get(path).await, true, 404, "not-found");
    }
    let json = [("accept", "application/json")];
    said(&web.get_with("/nowhere", &json).await, true, 404, "not-found");
    for headers in [&[][..], &[("accept", "text/html, application/json")][..]] {
        web.get_with("/nowhere", headers).await.is_page(404);
    }
}

#[tokio::test]
async fn a_method_that_is_served_nowhere_or_not_here_is_refused_with_those_that_are() {
    let web = Web::open();
    for (path, program) in BOTH {
        for (method, allowed) in [(Method::DELETE, "GET, HEAD, POST"), (Method::POST, "GET,HEAD")] {
            let answer = web.ask(method.clone(), path, &[], Body::empty()).await;
            said(&answer, program, 405, "method-not-allowed");
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_request_that_reads_in_two_ways_is_refused() {
    let web = Web::open();
    for (path, program) in BOTH {
        let answer = web.get_with(path, &[("host", "a.example"), ("host", "b.example")]).await;
        said(&answer, program, 400, "bad-request");
    }
}

#[tokio::test]
async fn a_proof_that_is_none_is_refused() {
    let web = Web::open();
    for (path, program) in BOTH {
        let answer = web.get_with(path, &[("jianma-assertion", "e30.e30.e30")]).await;
        said(&answer, program, 401, "unauthorized");
    }
}

#[tokio::test]
async fn other_sites_hand_nothing_in_and_show_nothing_of_ours() {
    let web = Web::open();
    let origin = [("origin", "https://evil.example")];
    let form = format!("/c/{HERE}/requests/new");
    for (path, program) in [("/requests", false), (&form, false), ("/api/v1/requests", true)] {
        let posted = web.post(path, &origin, &[("what_is_wrong", "我们写的")]).await;
        said(&posted, program, 403, "cross-site");
        assert!(!posted.text().contains("我们写的"), "{path}");
    }
    // Of a form of ours, which a browser hides the origin of, what was typed comes back.
    let ours = [("origin", "null"), ("cookie", "jm_form=1")];
    let refused = web.post(&form, &ours, &[("what_is_wrong", "我们写的")]).await;
    refused.is_page(403);
    assert!(refused.text().contains("我们写的"));
    let part = [("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "image")];
    for (path, program) in BOTH {
        said(&web.get_with(path, &part).await, program, 403, "cross-site");
    }
}

#[tokio::test]
async fn p6_who_asks_too_often_is_told_to_wait() {
    let web = Web::set(|settings| {
        settings.limits.reads_per_second = 1;
        settings.limits.read_burst = 3;
    });
    for (path, program) in BOTH {
        let mut last = web.get(path).await;
        for _ in 0..5 {
            last = web.get(path).await;
        }
        said(&last, program, 429, "too-many-requests");
        assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_an_id() {
    let web = Web::open();
    for path in ["/", "/nowhere", "/api/nowhere", "/healthz", "/pkg/none.js", "/c/nonsense"] {
        let answer = web.get(path).await;
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert!(answer.header("strict-transport-security").is_empty(), "no TLS here");
    }
    let behind_tls = Web::set(|settings| {
        settings.site.tls = true;
        settings.site.host = Some(HOST.to_owned());
    });
    assert!(!behind_tls.get("/").await.header("strict-transport-security").is_empty());
}
