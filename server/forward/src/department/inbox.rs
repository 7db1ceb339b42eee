//! The inbox as a page and as JSON.

use domain::clock::CHINA;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::ledger::Received;

/// Names of what a delivery is made of, as people read them.
const NAMES: [(&str, &str); 8] = [
    ("request", "申请编号"),
    ("item", "事项"),
    ("code", "地块或不动产单元代码"),
    ("data_version", "申请人所见数据版本"),
    ("applicant", "申请人"),
    ("answers", "填写内容"),
    ("channel", "提交方式"),
    ("submitted_at", "提交时间（UTC）"),
];

/// The inbox as a page: received requests, newest first.
pub(super) fn page(received: &[Received]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>样例部门收件箱</title>\n<link rel=\"stylesheet\" href=\"/inbox.css\">\n\
         </head>\n<body>\n<main>\n<h1>样例部门收件箱</h1>\n",
    );
    let count = received.len();
    out += &format!(
        "<p>共收到 {count} 件，最新的在前。本页供演示，仅显示虚构数据。\
         <a href=\"/inbox\">刷新</a></p>\n"
    );
    for each in received {
        article(&mut out, each);
    }
    out += "</main>\n</body>\n</html>\n";
    out
}

fn article(out: &mut String, received: &Received) {
    *out += &format!("<article>\n<h2>{}</h2>\n<dl>\n", escaped(&received.reference));
    row(out, "首次收到", &local(received.first_at));
    if received.times > 1 {
        row(
            out,
            "重复收到",
            &format!("共 {} 次，最近 {}", received.times, local(received.last_at)),
        );
    }
    row(out, "投递编号", &received.id);
    match serde_json::from_slice(&received.body) {
        Ok(Value::Object(fields)) => {
            for (name, value) in &fields {
                rows(out, named(name), value);
            }
        }
        _ => row(out, "内容", &String::from_utf8_lossy(&received.body)),
    }
    *out += "</dl>\n</article>\n";
}

fn named(name: &str) -> &str {
    NAMES.iter().find(|(key, _)| *key == name).map_or(name, |(_, label)| label)
}

/// A value as one row, or as one row for each of its parts.
fn rows(out: &mut String, label: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => row(out, label, text),
        Value::Object(fields) => {
            for (name, value) in fields {
                rows(out, &format!("{label} · {name}"), value);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                rows(out, &format!("{label} · {}", index + 1), value);
            }
        }
        Value::Bool(_) | Value::Number(_) => row(out, label, &value.to_string()),
    }
}

fn row(out: &mut String, label: &str, text: &str) {
    *out += &format!("<dt>{}</dt><dd>{}</dd>\n", escaped(label), escaped(text));
}

fn local(instant: Timestamp) -> String {
    CHINA.to_datetime(instant).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// The inbox as JSON.
pub(super) fn list(received: &[Received]) -> Value {
    let each = |received: &Received| {
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        json!({
            "id": received.id,
            "reference": received.reference,
            "times_received": received.times,
            "first_received_at": received.first_at,
            "last_received_at": received.last_at,
            "body": body,
        })
    };
    received.iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_sent_stays_text() {
        let hostile = "</dd><script>alert('1')</script>\"&";
        let page = page(&[Received {
            id: hostile.into(),
            reference: hostile.into(),
            body: serde_json::to_vec(&json!({ hostile: { hostile: [hostile, 1, true, null] } }))
                .unwrap(),
            times: 2,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::UNIX_EPOCH,
        }]);
        assert!(!page.contains("<script") && !page.contains("'1'"));
        assert_eq!(page.matches("</dd>").count(), page.matches("<dd>").count());
        assert!(page.contains("共 2 次，最近 1970-01-01 08:00:00"));
    }
}
