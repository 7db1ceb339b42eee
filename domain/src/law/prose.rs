//! Laws named in plain words, which no register can follow.

/// What titles of norms end in.
const NORMS: [&str; 13] = [
    "法", "法典", "条例", "办法", "规定", "规范", "细则", "决定", "通知", "意见", "规则", "规程",
    "标准",
];

/// Each 《…》 that is a norm, and each 第…条, as written.
pub(super) fn chinese(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('《') {
        let rest = &text[at..];
        let Some((quoted, after)) = rest.split_once('》') else { continue };
        let title = quoted.trim_start_matches('《');
        let norm = NORMS.iter().any(|end| title.ends_with(end)) || article(after).is_some();
        if norm {
            found.push(format!("《{title}》"));
        }
    }
    if found.is_empty() {
        let articles = text.match_indices('第').filter_map(|(at, _)| article(&text[at..]));
        found.extend(articles);
    }
    found
}

/// 第…条 at the start of a text.
fn article(text: &str) -> Option<String> {
    let inside = text.strip_prefix('第')?.split_once('条')?.0;
    let number = |c: char| c.is_ascii_digit() || "零一二三四五六七八九十百千〇".contains(c);
    (!inside.is_empty() && inside.chars().all(number)).then(|| format!("第{inside}条"))
}

/// Each `art. 9` or `Article 9`, as written.
pub(super) fn english(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .filter(|pair| {
            let unit = pair[0].trim_start_matches(['(', '“', '"']).to_ascii_lowercase();
            let named = matches!(unit.as_str(), "art." | "arts." | "art" | "article" | "articles");
            named && pair[1].starts_with(|c: char| c.is_ascii_digit())
        })
        .map(|pair| pair.join(" "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_in_plain_words_are_found_and_other_quotations_are_not() {
        assert_eq!(
            chinese("依《某市管理办法》，见《某市条例》第三条"),
            ["《某市管理办法》", "《某市条例》"]
        );
        assert_eq!(chinese("查询办法第24条：一次一个"), ["第24条"]);
        assert_eq!(chinese("《德清县总体规划》第十二条"), ["《德清县总体规划》"]);
        assert!(chinese("见《德清县总体规划》，三条道路").is_empty());
        assert_eq!(
            english("Civil Code (arts. 218 and 219), Article 5"),
            ["(arts. 218", "Article 5"]
        );
        assert!(english("the art of 5 places").is_empty());
    }
}
