//! The policy of Zhejiang, changed.

use domain::policy::Policies;
use jiff::civil::date;

const ZHEJIANG: &str = include_str!("../../../domain/data/policies/zhejiang.toml");

/// The policies, where that row of Zhejiang's is denied to everybody.
#[must_use]
pub fn denying(number: u32) -> Policies {
    let text = ZHEJIANG.split("[[row]]").map(|row| {
        let closed = row.contains(&format!("\nrow = {number}\n"));
        let line = |line: &str| match closed && line.starts_with("P = ") {
            true => "P = \"deny\"\n".to_owned(),
            false => format!("{line}\n"),
        };
        row.lines().map(line).collect::<String>()
    });
    let text = text.collect::<Vec<String>>().join("[[row]]");
    Policies::embedded().unwrap().with([text.as_str()], date(2026, 11, 29)).unwrap()
}
