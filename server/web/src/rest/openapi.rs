//! The OpenAPI document, made from the handlers themselves.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, RefOr,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{problem, state::AppState};

/// The document without its routes.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Jianma 见码",
        description = "What the public may see of a parcel, and requests to the departments that act. Everything here has passed the disclosure policy. 以登记簿为准。",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(problem::Problem)),
    modifiers(&Security)
)]
struct Head;

/// The document of routes that describe themselves.
#[must_use]
pub fn described(description: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let mut document = Head::openapi();
    document.merge(description);
    errors_as_problems(&mut document);
    document
}

/// How a caller proves who they are.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let header =
            |name: &str, words: &str| ApiKey::Header(ApiKeyValue::with_description(name, words));
        let secret = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The secret of the receipt."))
            .build();
        components.add_security_scheme("receipt", SecurityScheme::Http(secret));
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A key that the operator gave out to a program that asks often. It raises how much may be asked, and \
                 nothing else: every answer is the same without it. Answers say in `RateLimit` and `RateLimit-Policy` how \
                 much is left. A key that is not known or was disabled is refused with 401.",
            ))
            .build();
        components.add_security_scheme("api_key", SecurityScheme::Http(key));
        let signature = header(
            "webhook-signature",
            "Standard Webhooks: `v1,…` over `webhook-id`, `webhook-timestamp` and the body, with the secret shared with the department.",
        );
        components.add_security_scheme("department", SecurityScheme::ApiKey(signature));
        let assertion = header(
            "jianma-assertion",
            "Set by the gateway of the unified identity service, where one is configured: who looks, why and at which place.",
        );
        components.add_security_scheme("identity", SecurityScheme::ApiKey(assertion));
    }
}

/// Errors are problems (RFC 9457), and say so in their content type.
fn errors_as_problems(document: &mut utoipa::openapi::OpenApi) {
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            as_problems(operation);
        }
    }
}

fn as_problems(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        if response.content.get("application/json").is_some_and(is_problem)
            && let Some(body) = response.content.shift_remove("application/json")
        {
            response.content.insert("application/problem+json".to_owned(), body);
        }
    }
}

fn is_problem(content: &RefOr<Content>) -> bool {
    matches!(content, RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. })
        if to.ref_location.ends_with("/Problem"))
}

/// `/api/openapi.json`.
pub async fn document(State(state): State<AppState>) -> Response {
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, state.openapi.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    fn document() -> Value {
        let routes = crate::rest::routes().merge(crate::rest::receipt_routes());
        serde_json::to_value(described(routes.description())).unwrap()
    }

    /// Every operation with its method and path.
    fn operations(document: &Value) -> Vec<(String, &Value)> {
        let paths = document["paths"].as_object().unwrap();
        let of_path = |(path, methods): (&String, &'_ Value)| {
            let path = path.clone();
            let methods = methods.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            methods.into_iter().map(move |method| (path.clone(), method))
        };
        let named: Vec<_> = paths.iter().flat_map(of_path).collect();
        named
            .into_iter()
            .map(|(path, method)| {
                let operation = &document["paths"][&path][&method];
                (format!("{} {path}", method.to_uppercase()), operation)
            })
            .collect()
    }

    fn references<'d>(value: &'d Value, found: &mut Vec<&'d str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_document_is_exactly_this() {
        insta::assert_json_snapshot!(document());
    }

    #[test]
    fn the_contract_is_exactly_this() {
        let document = document();
        let mut lines = String::new();
        for (name, operation) in operations(&document) {
            lines.push_str(&format!("{name}\n"));
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let required = if parameter["required"] == true { "" } else { "?" };
                let (place, name) = (&parameter["in"], &parameter["name"]);
                lines.push_str(&format!(
                    "  {} {}{required}\n",
                    place.as_str().unwrap(),
                    name.as_str().unwrap()
                ));
            }
            let schemes = operation["security"].as_array().into_iter().flatten().map(|scheme| {
                scheme.as_object().unwrap().keys().next().map_or("none", String::as_str)
            });
            let schemes: Vec<_> = schemes.collect();
            if !schemes.is_empty() {
                lines.push_str(&format!("  by {}\n", schemes.join(" or ")));
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let kinds: Vec<_> = response["content"]
                    .as_object()
                    .map(|content| content.keys().map(String::as_str).collect())
                    .unwrap_or_default();
                lines.push_str(&format!("  {status} {}\n", kinds.join(" ")));
            }
        }
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn what_is_in_a_path_is_declared_there_and_nothing_else_is() {
        let document = document();
        for (name, operation) in operations(&document) {
            let path = name.split_once(' ').unwrap().1;
            let in_path: BTreeSet<&str> = path.split(['{', '}']).skip(1).step_by(2).collect();
            let declared: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| {
                    assert_eq!(parameter["required"], true, "{name}");
                    parameter["name"].as_str().unwrap()
                })
                .collect();
            assert_eq!(declared, in_path, "{name}");
        }
    }

    #[test]
    fn every_name_that_is_used_is_defined_and_every_operation_has_its_own() {
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let mut names = BTreeSet::new();
        for (name, operation) in operations(&document) {
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{name}");
            for scheme in operation["security"].as_array().into_iter().flatten() {
                for used in scheme.as_object().unwrap().keys() {
                    let known = &document["components"]["securitySchemes"][used];
                    assert!(known["type"].is_string(), "{name}: {used}");
                }
            }
        }
    }
}
