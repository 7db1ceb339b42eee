//! What OGC API – Features says of itself. By OpenAPI 3.0, as its conformance class asks, where the rest of the API
//! is described by 3.1: so it has a document of its own.

use serde_json::{Map, Value, json};

use super::{
    API, COLLECTION, COLLECTIONS, CONFORMANCE, GEO_JSON, ITEM, ITEMS, JSON, OPEN_API, ROOT,
    asked::{MOST, USUAL},
};

/// Paths below [`ROOT`], what each answers, its media type and what it may be asked with.
const OPERATIONS: [(&str, &str, &str, &str, &[&str]); 7] = [
    (ROOT, "landing", "Where all of it begins", JSON, &["f"]),
    (CONFORMANCE, "conformance", "The classes that it conforms to", JSON, &["f"]),
    (API, "description", "This document", OPEN_API, &["f"]),
    (COLLECTIONS, "collections", "What is given out as a whole", JSON, &["f"]),
    (COLLECTION, "collection", "One collection", JSON, &["collection", "f"]),
    (
        ITEMS,
        "items",
        "Features of a collection, page by page, in an order that stays the same while the data do",
        GEO_JSON,
        &["collection", "limit", "offset", "bbox", "datetime", "f"],
    ),
    (ITEM, "item", "One feature", GEO_JSON, &["collection", "feature", "f"]),
];

/// The document of a portal that is reached at `address`.
pub(super) fn document(address: &str) -> Value {
    let paths: Map<_, _> = OPERATIONS
        .iter()
        .map(|operation| {
            let path = operation.0.strip_prefix(ROOT).filter(|path| !path.is_empty());
            (path.unwrap_or("/").to_owned(), json!({ "get": described(operation) }))
        })
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "见码开放图层 · Layers that Jianma gives out",
            "description": "OGC API - Features, Part 1: Core. 按公开规则可以整体提供的底图和图层。What the disclosure policies give out as a whole.",
            "version": "1.0.1",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": address }],
        "tags": [{ "name": "Capabilities" }, { "name": "Data" }],
        "paths": paths,
        "components": {
            "parameters": parameters(),
            "schemas": schemas(),
            "securitySchemes": {
                "api_key": { "type": "http", "scheme": "bearer", "description": "A key of a program: it raises how much may be asked, and changes no answer." },
            },
        },
        "security": [{}, { "api_key": [] }],
    })
}

fn described((path, id, summary, kind, asked): &(&str, &str, &str, &str, &[&str])) -> Value {
    let parameters: Vec<_> = asked
        .iter()
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .collect();
    let mut responses = json!({
        "200": {
            "description": summary,
            "content": {
                (*kind): { "schema": { "$ref": format!("#/components/schemas/{id}") } },
                "text/html": { "schema": { "type": "string" } },
            },
        },
        "304": { "description": "Not changed since the ETag given in If-None-Match" },
        "400": problem("A parameter is unknown, or does not read"),
        "401": problem("The key is none of this portal"),
        "429": problem("Too many requests"),
        "503": problem("Cannot answer just now"),
    });
    if asked.contains(&"collection") {
        responses["404"] = problem("Nothing that may be shown");
    }
    let tag = if path.starts_with(COLLECTIONS) { "Data" } else { "Capabilities" };
    json!({
        "operationId": format!("ogc_{id}"),
        "tags": [tag],
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
    })
}

fn problem(description: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/problem" });
    json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
}

fn parameters() -> Value {
    let query = |name: &str, description: &str, schema: Value| {
        json!({
            "name": name, "in": "query", "required": false, "description": description,
            "schema": schema, "style": "form", "explode": false,
        })
    };
    let path = |name: &str, description: &str| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "string" },
        })
    };
    let box_of = json!({
        "type": "array", "items": { "type": "number" },
        "oneOf": [{ "minItems": 4, "maxItems": 4 }, { "minItems": 6, "maxItems": 6 }],
    });
    let whole = |least: usize, usual: usize| json!({ "type": "integer", "minimum": least, "default": usual });
    let mut limit = whole(1, USUAL);
    limit["maximum"] = json!(MOST);
    json!({
        "f": query("f", "The form of the answer; unless told, as Accept says", json!({ "type": "string", "enum": ["json", "html"] })),
        "limit": query("limit", "At most so many on a page; more than the most are the most", limit),
        "offset": query("offset", "So many are passed over", whole(0, 0)),
        "bbox": query("bbox", "west,south,east,north in degrees (CRS84), or the same with heights: what has ground in it, and what has none", box_of),
        "datetime": query("datetime", "An instant or an interval (RFC 3339), open by `..`. A collection is of one day and tells of it and what follows", json!({ "type": "string" })),
        "collection": path("collection", "The id of a collection"),
        "feature": path("feature", "The id of a feature, the same while the data are"),
    })
}

fn schemas() -> Value {
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    let several = |of: &str| json!({ "type": "array", "items": { "$ref": format!("#/components/schemas/{of}") } });
    let text = || json!({ "type": "string" });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let links = || several("link");
    json!({
        "link": object(&["href", "rel", "type"], json!({ "href": text(), "rel": text(), "type": text(), "title": text() })),
        "landing": object(&["links"], json!({ "title": text(), "description": text(), "links": links() })),
        "conformance": object(&["conformsTo"], json!({ "conformsTo": texts() })),
        "description": { "type": "object" },
        "collections": object(&["links", "collections"], json!({ "links": links(), "collections": several("collection") })),
        "collection": object(&["id", "links"], json!({
            "id": text(), "title": text(), "description": text(), "itemType": text(), "crs": texts(),
            "attribution": text(), "data_version": text(), "source_date": text(), "notice": text(),
            "map_review_number": { "type": "string", "nullable": true }, "demonstration": { "type": "boolean" },
            "extent": { "type": "object" }, "links": links(),
        })),
        "items": object(&["type", "features"], json!({
            "type": { "type": "string", "enum": ["FeatureCollection"] },
            "features": several("item"), "links": links(),
            "numberMatched": { "type": "integer", "minimum": 0, "description": "Left out where it would tell of what is not given out" },
            "numberReturned": { "type": "integer", "minimum": 0 },
        })),
        "item": object(&["type", "geometry", "properties"], json!({
            "type": { "type": "string", "enum": ["Feature"] }, "id": text(),
            "geometry": { "type": "object", "nullable": true }, "properties": { "type": "object", "nullable": true },
            "links": links(),
        })),
        "problem": object(&["type", "title", "status"], json!({
            "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(), "instance": text(),
        })),
    })
}

/// The operations as a page has them.
pub(super) fn in_words(document: &Value) -> Value {
    let operations = OPERATIONS.iter().map(|(path, _, summary, _, asked)| {
        json!({ "title": format!("GET {path}"), "summary": summary, "parameters": asked.join(", ") })
    });
    json!({
        "title": document["info"]["title"],
        "description": document["info"]["description"],
        "collections": operations.collect::<Vec<_>>(),
    })
}
