//! The inbox as a page and as JSON.

use domain::clock::CHINA;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ledger::Received;

/// Names of what a delivery is made of, as people read them.
const NAMES: [(&str, &str); 11] = [
    ("kind", "消息"),
    ("request", "申请编号"),
    ("item", "事项"),
    ("code", "地块或不动产单元代码"),
    ("data_version", "申请人所见数据版本"),
    ("applicant", "申请人"),
    ("answers", "填写内容"),
    ("channel", "提交方式"),
    ("submitted_at", "提交时间（UTC）"),
    ("corrected_at", "更正时间（UTC）"),
    ("withdrawn_at", "撤回时间（UTC）"),
];

/// The inbox as a page: received requests, newest first.
pub(crate) fn page(received: &[Received]) -> String {
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
    let superseded = superseded(received);
    for (each, mark) in received.iter().zip(superseded) {
        article(&mut out, each, mark);
    }
    out += "</main>\n</body>\n</html>\n";
    out
}

/// What became of each message, newest first, by those that came after it: a request is not worked
/// on once it is withdrawn, in whatever order the news arrives.
fn superseded(received: &[Received]) -> Vec<Option<&'static str>> {
    let about = |received: &Received| {
        let body: Value = serde_json::from_slice(&received.body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (text("request"), text("kind"))
    };
    let about: Vec<(String, String)> = received.iter().map(about).collect();
    let mark = |(at, (request, kind)): (usize, &(String, String))| {
        let of = |(other, _): &&(String, String)| other == request && !request.is_empty();
        if about.iter().filter(of).any(|(_, kind)| kind == "request.withdrawn") {
            let notice = kind == "request.withdrawn";
            return Some(if notice {
                "申请人撤回，停止办理"
            } else {
                "已撤回，停止办理"
            });
        }
        let later = about[..at].iter().filter(of).any(|(_, kind)| kind == "request.corrected");
        later.then_some("已有更正，以更正后的为准")
    };
    about.iter().enumerate().map(mark).collect()
}

fn article(out: &mut String, received: &Received, mark: Option<&str>) {
    *out += &format!("<article>\n<h2>{}</h2>\n<dl>\n", escaped(&received.reference));
    if let Some(mark) = mark {
        row(out, "办理", mark);
    }
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
pub(crate) fn list(received: &[Received]) -> Value {
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
    fn p10_a_withdrawn_request_is_not_worked_on_and_a_corrected_one_as_corrected() {
        let message = |request: &str, kind: &str| Received {
            id: format!("{request} {kind}"),
            reference: String::new(),
            body: serde_json::to_vec(&json!({ "request": request, "kind": kind })).unwrap(),
            times: 1,
            first_at: Timestamp::UNIX_EPOCH,
            last_at: Timestamp::UNIX_EPOCH,
        };
        let marks = superseded(&[
            message("A", "request.submitted"),
            message("A", "request.withdrawn"),
            message("B", "request.corrected"),
            message("B", "request.submitted"),
            message("C", "request.submitted"),
        ]);
        assert_eq!(
            marks,
            [
                Some("已撤回，停止办理"),
                Some("申请人撤回，停止办理"),
                None,
                Some("已有更正，以更正后的为准"),
                None
            ]
        );
    }

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
