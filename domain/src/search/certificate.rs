//! The numbers of certificates in the search field: they are public for nobody (row 24), so nothing is found
//! by them. They are told from words, so that people are told what is.

use crate::text::narrow;

/// What every number of a certificate of rights has in it, of today and of before 2015.
const MARKS: [&str; 6] = ["不动产权第", "不动产证明第", "国用(", "集用(", "房权证", "房地产权证"];

/// Whether a text is the number of a certificate: `浙（2021）德清县不动产权第0000001号`,
/// `德清国用（2003）第1号`.
#[must_use]
pub fn is_certificate_number(text: &str) -> bool {
    let text: String = narrow(text).chars().filter(|c| !c.is_whitespace()).collect();
    text.chars().any(|c| c.is_ascii_digit()) && MARKS.iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_24_the_number_of_a_certificate_is_told_from_codes_and_addresses() {
        for text in [
            "浙（2021）德清县不动产权第0000001号",
            "浙(2021)德清县 不动产权第 0000001 号",
            "德清国用（2003）第 1 号",
            "湖房权证德字第０１号",
        ] {
            assert!(is_certificate_number(text), "{text}");
        }
        for text in ["不动产单元号：330521001003GB00008", "智造路40号", "不动产权", "房权证", ""]
        {
            assert!(!is_certificate_number(text), "{text}");
        }
    }
}
