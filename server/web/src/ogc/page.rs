//! The same documents as plain pages: what a program reads, in words and links, for whoever opens one in a browser.

use std::collections::BTreeSet;

use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
use serde_json::Value;

use super::told::root;

/// A document as a page.
pub(super) fn of(document: &Value) -> String {
    let title = ["title", "id", "type"].iter().find_map(|name| document[*name].as_str());
    let title = text(title.unwrap_or("OGC API – Features")).into_owned();
    let mut body = format!("<h1>{title}</h1>");
    if let Some(words) = document["description"].as_str() {
        body.push_str(&format!("<p>{}</p>", text(words)));
    }
    body.push_str(&facts(document));
    body.push_str(&list(&document["links"]));
    for collection in entries(&document["collections"]) {
        let name = collection["title"].as_str().unwrap_or_default();
        body.push_str(&format!("<section><h2>{}</h2>{}", text(name), facts(collection)));
        body.push_str(&format!("{}</section>", list(&collection["links"])));
    }
    let classes = entries(&document["conformsTo"]).filter_map(Value::as_str);
    let classes: String = classes.map(|class| format!("<li>{}</li>", text(class))).collect();
    if !classes.is_empty() {
        body.push_str(&format!("<ul>{classes}</ul>"));
    }
    if document["type"] == "FeatureCollection" {
        body.push_str(&table(&document["features"]));
    }
    if document["type"] == "Feature" {
        body.push_str(&facts(&document["properties"]));
    }
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title></head>\
         <body><nav><a href=\"/\">首页 Home</a> <a href=\"{}\">开放图层 Layers</a></nav><main>{body}</main></body>\
         </html>\n",
        root()
    )
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A value in a word: what has parts is told elsewhere.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(words) => Some(words.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "是 yes" } else { "否 no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn facts(document: &Value) -> String {
    let told = document.as_object().into_iter().flatten();
    let told = told.filter(|(name, _)| !matches!(&***name, "title" | "description" | "type"));
    let rows: String = told
        .filter_map(|(name, value)| {
            let word = word(value)?;
            Some(format!("<dt>{}</dt><dd>{}</dd>", text(name), text(&word)))
        })
        .collect();
    if rows.is_empty() { rows } else { format!("<dl>{rows}</dl>") }
}

fn list(links: &Value) -> String {
    let links: String = entries(links)
        .filter_map(|link| {
            let (href, title) = (link["href"].as_str()?, link["title"].as_str()?);
            let rel = link["rel"].as_str()?;
            let (href, words) = (attribute(href), text(title));
            Some(format!("<li>{}: <a href=\"{href}\">{words}</a></li>", text(rel)))
        })
        .collect();
    if links.is_empty() { links } else { format!("<ul>{links}</ul>") }
}

/// A row for each feature, a column for each of its properties.
fn table(features: &Value) -> String {
    if entries(features).next().is_none() {
        return "<p>没有 None</p>".to_owned();
    }
    // One may have what another lacks.
    let names: BTreeSet<&String> = entries(features)
        .filter_map(|feature| feature["properties"].as_object())
        .flat_map(|properties| properties.keys())
        .collect();
    let heads: String =
        names.iter().map(|name| format!("<th scope=\"col\">{}</th>", text(name))).collect();
    let rows: String = entries(features)
        .map(|feature| {
            let cells = names.iter().map(|name| {
                let word = word(&feature["properties"][name.as_str()]).unwrap_or_default();
                format!("<td>{}</td>", text(&word))
            });
            let id = feature["id"].as_str().unwrap_or_default();
            format!("<tr><th scope=\"row\">{}</th>{}</tr>", text(id), cells.collect::<String>())
        })
        .collect();
    format!(
        "<table><thead><tr><th scope=\"col\">id</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )
}
