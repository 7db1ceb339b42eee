//! What the program says, in Chinese. The source says it in English, a sentence where it is needed;
//! `locales/messages.zh.toml` has each with its Chinese, as translators keep them: a translation
//! memory. What is said is looked up in it with whatever was filled in, at the one place that says
//! things ([`crate::output`]). What is not in it is said as it is.

use std::{collections::BTreeMap, sync::LazyLock};

/// A sentence with places to fill in.
struct Sentence {
    /// What stands before, between and after the places.
    between: Vec<&'static str>,
    chinese: &'static str,
}

static MEMORY: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    // A test reads it.
    toml::from_str(include_str!("../locales/messages.zh.toml")).unwrap_or_default()
});

/// The sentences with places, those that leave least open first.
static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let with_places = MEMORY.iter().filter(|(english, _)| english.contains(PLACE));
    let mut sentences: Vec<Sentence> = with_places
        .map(|(english, chinese)| Sentence { between: english.split(PLACE).collect(), chinese })
        .collect();
    sentences
        .sort_by_key(|it| std::cmp::Reverse(it.between.iter().map(|it| it.len()).sum::<usize>()));
    sentences
});

/// A place to fill in.
const PLACE: &str = "{}";
/// Cells in a row from which on it is one of a table, whose headings are translated too.
const CELLS: usize = 4;

/// A text in Chinese, line by line and between tabs.
#[must_use]
pub fn in_chinese(text: &str) -> String {
    let lines = text
        .split('\n')
        .map(|line| line.split('\t').map(part_in_chinese).collect::<Vec<_>>().join("\t"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A line, or what stands between tabs on it, with the space around it as it is.
fn part_in_chinese(part: &str) -> String {
    let said = part.trim();
    match sentence(said).or_else(|| row(said)) {
        Some(chinese) => part.replacen(said, &chinese, 1),
        None => part.to_owned(),
    }
}

/// A sentence of the memory, or several of them; `None` where it has none of it.
fn sentence(said: &str) -> Option<String> {
    if said.is_empty() {
        return None;
    }
    if let Some(chinese) = MEMORY.get(said) {
        return Some(chinese.clone());
    }
    // One with a comma of its own is no list.
    let has_words = |text: &&str| {
        text.split_once(", ").is_some_and(|(_, after)| after.contains(char::is_alphabetic))
    };
    let whole = SENTENCES.iter().filter(|it| it.between.iter().any(has_words));
    let mut whole = whole.filter_map(|it| Some((it, filled(&it.between, said)?)));
    if let Some((sentence, values)) =
        whole.find(|(_, values)| values.iter().all(|value| reads(value)))
    {
        return Some(put_together(sentence.chinese, &values));
    }
    if let Some(chinese) = list(said) {
        return Some(chinese);
    }
    let found = || SENTENCES.iter().filter_map(|it| Some((it, filled(&it.between, said)?)));
    // One may fit by chance, with half a sentence in each of its places.
    let fitting = found().find(|(_, values)| values.iter().all(|value| reads(value)));
    match fitting.or_else(|| found().next()) {
        Some((sentence, values)) => Some(put_together(sentence.chinese, &values)),
        None => led_in(said),
    }
}

/// Whether what stands in a place is a word, or something that the memory has.
fn reads(value: &str) -> bool {
    let value = value.trim();
    !value.contains(' ')
        || MEMORY.contains_key(value)
        || SENTENCES.iter().any(|it| filled(&it.between, value).is_some())
}

/// A list of which each part is a sentence.
fn list(said: &str) -> Option<String> {
    if !said.contains(", ") {
        return None;
    }
    let parts = said.split(", ").map(sentence).collect::<Option<Vec<_>>>()?;
    Some(parts.join("、"))
}

/// What stands in the places of a sentence, if a text is that sentence.
fn filled<'t>(between: &[&str], said: &'t str) -> Option<Vec<&'t str>> {
    let (first, rest) = between.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut left = said.strip_prefix(first)?.strip_suffix(last)?;
    let mut values = Vec::new();
    for text in middle {
        let (value, after) = left.split_once(text).filter(|_| !text.is_empty())?;
        values.push(value);
        left = after;
    }
    values.push(left);
    Some(values)
}

/// The Chinese of a sentence with its values, each in Chinese where it is a sentence itself.
fn put_together(chinese: &str, values: &[&str]) -> String {
    let values: Vec<String> = values.iter().map(|value| part_in_chinese(value)).collect();
    let mut out = String::new();
    let mut rest = chinese;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let place = after.split_once('}').and_then(|(name, behind)| {
            let at =
                if name.is_empty() { next } else { name.parse::<usize>().ok()?.checked_sub(1)? };
            Some((name, values.get(at)?, behind))
        });
        let Some((name, value, behind)) = place else {
            // A brace of the sentence's own, perhaps with a place within.
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(value);
        next += usize::from(name.is_empty());
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// What leads in, e.g. a file's name, and a sentence behind it. Only the first mark is tried: what is
/// behind the others is behind it too.
fn led_in(said: &str) -> Option<String> {
    let marks = [(": ", "：", said.find(": ")), ("; ", "；", said.find("; "))];
    let first = marks.iter().filter_map(|(mark, chinese, at)| Some((at.as_ref()?, mark, chinese)));
    let (at, mark, chinese) = first.min()?;
    let behind = sentence(&said[at + mark.len()..])?;
    Some(format!("{}{chinese}{behind}", part_in_chinese(&said[..*at])))
}

/// A row of a table: its cells, with the space between them as it is. Headings stand in the memory with
/// two spaces before them. Of a row with two cells the first is what the second is called: in the memory
/// with two spaces behind it.
fn row(said: &str) -> Option<String> {
    if let Some((label, value)) = said.split_once("  ")
        && let Some(chinese) = MEMORY.get(&format!("{label}  "))
    {
        let value = value.trim_start();
        let room = said.len() - value.len();
        let space = " ".repeat(room.saturating_sub(columns(chinese)).max(1));
        return Some(format!("{chinese}{space}{}", part_in_chinese(value)));
    }
    let cells: Vec<&str> = said.split("  ").filter(|cell| !cell.trim().is_empty()).collect();
    if cells.len() < CELLS {
        return None;
    }
    let mut out = String::new();
    let mut rest = said;
    for cell in cells.into_iter().map(str::trim) {
        let (space, after) = rest.split_once(cell)?;
        let heading = MEMORY.get(&format!("  {cell}")).cloned();
        let chinese = heading.or_else(|| sentence(cell));
        // A heading has its own space before it in the memory: it ends where the figures below end.
        out.push_str(space);
        out.push_str(chinese.as_deref().unwrap_or(cell));
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// How wide a text is on a terminal: characters of Chinese take two columns.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// How many columns a character takes.
#[must_use]
pub fn width(character: char) -> usize {
    if character >= '\u{2e80}' { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_sentence_is_in_its_chinese_and_none_besides() {
        let memory: BTreeMap<String, String> =
            toml::from_str(include_str!("../locales/messages.zh.toml")).unwrap();
        assert!(memory.len() > 800);
        for (english, chinese) in &memory {
            let places = english.matches(PLACE).count();
            let named = |at: usize| chinese.contains(&format!("{{{at}}}"));
            let in_order = chinese.matches(PLACE).count() == places;
            let by_number = (1..=places).any(named) && !named(places + 1);
            assert!(in_order || by_number, "{english}: {chinese}");
            let letters =
                english.replace(PLACE, "").matches(|c: char| c.is_ascii_alphabetic()).count();
            assert!(letters >= 3, "it would be found in anything: {english}");
        }
    }

    #[test]
    fn a_sentence_is_found_with_what_was_filled_in_and_what_is_in_that() {
        for (said, chinese) in [
            ("in use", "在用"),
            ("took 1.5 s", "用时 1.5 秒"),
            ("a\tin use\tb", "a\t在用\tb"),
            ("  wrote x.pdf", "  已写入 x.pdf"),
            (
                "cannot read /a b.toml: No such file or directory (os error 2)",
                "读不了 /a b.toml：没有这个文件或文件夹（系统错误 2）",
            ),
            ("submitted     2026-11-29T08:00:00Z", "提交          2026-11-29T08:00:00Z"),
            ("  x  stuck by the portal: no answer in time", "  x  卡住（门户：没有及时答复）"),
            ("row 3, row 4", "第 3 行、第 4 行"),
            (
                "policy open-cadastre, for real data: the public is shown places",
                "规则表 open-cadastre，用于真实数据：公众能看到地块",
            ),
            (
                "demonstration layers: 3 citations, 1 to be confirmed",
                "演示图层：引用 3 处，待核实 1 处",
            ),
            (
                "laws: 40 in the register of 2026-11-01, 38 read; 500 citations, 480 read, 20 to be confirmed",
                "法规：登记册（2026-11-01）共 40 部，已读 38 部；引用 500 处，已核对 480 处，待核实 20 处",
            ),
            (
                "nothing was done: there is no request of that number",
                "什么也没有做：没有这个编号的申请",
            ),
            ("area.geojson: the file is listed twice", "area.geojson：这个文件列了两次"),
            ("row 3 of the policy `p` denies it\n\nin use", "规则表“p”第 3 行不许公开\n\n在用"),
        ] {
            assert_eq!(in_chinese(said), chinese);
        }
    }

    #[test]
    fn a_brace_of_a_sentence_keeps_what_stands_within_it() {
        let put = |chinese: &str| put_together(chinese, &["甲", "乙"]);
        assert_eq!(put("{} 没有条款；写 {law:{}:9}"), "甲 没有条款；写 {law:乙:9}");
        assert_eq!(put("“{”没有结束：{2}、{1}"), "“{”没有结束：乙、甲");
        assert_eq!(put("{3}、{0}、{}"), "{3}、{0}、甲");
    }

    #[test]
    fn the_words_of_others_stay_as_they_are() {
        let many = "a: b; ".repeat(200);
        assert_eq!(in_chinese(&many), many, "and it takes no longer with every mark");

        for text in ["", " ", "张三", "Ring the bell twice", "{\"a\": 1}", "x: y; z", "a  b  c  d"]
        {
            assert_eq!(in_chinese(text), text);
        }
    }

    #[test]
    fn a_table_keeps_its_columns() {
        let english =
            "file             role     read  stored  classified  left out  repaired  refused";
        let chinese = in_chinese(english);
        assert!(chinese.contains("文件") && chinese.contains("略过"), "{chinese}");
        assert_eq!(columns(&chinese), columns(english));
    }
}
