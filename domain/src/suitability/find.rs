//! Finding a use by what people call it.

use super::model::{RuleSet, Use};

impl Use {
    /// Every word for it, in both languages, plainly written.
    fn called(&self) -> impl Iterator<Item = String> {
        let names = [&self.name.zh, &self.name.en].into_iter();
        names.chain(&self.words.zh).chain(&self.words.en).map(|word| plain(word))
    }
}

impl RuleSet {
    /// The uses that somebody may mean, by their positions: those that are called just so; else those of
    /// which the longest word stands in what they wrote, as in 我想开个奶茶店; else those in one of whose
    /// words it stands, as *coffee* does in *coffee shop*. None for nothing written.
    #[must_use]
    pub fn uses_called(&self, written: &str) -> Vec<usize> {
        let written = plain(written);
        if written.is_empty() {
            return Vec::new();
        }
        let fitting = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let all = self.uses.iter().enumerate();
            let fit = all.filter(|(_, one)| one.called().any(|word| fits(&word)));
            fit.map(|(at, _)| at).collect()
        };
        let exactly = fitting(&|word| word == written);
        if !exactly.is_empty() {
            return exactly;
        }
        let every = self.uses.iter().flat_map(Use::called);
        let within = every.filter(|word| !word.is_empty() && stands_in(word, &written));
        if let Some(longest) = within.map(|word| word.chars().count()).max() {
            return fitting(&|word| word.chars().count() == longest && stands_in(word, &written));
        }
        fitting(&|word| word.contains(&written))
    }
}

/// Narrow, in lower case and without accents: who types *ＣＡＦＥ* or *cafe* means a café.
fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        c => c,
    };
    crate::text::narrow(text).trim().to_lowercase().chars().map(letter).collect()
}

/// Whether a word stands in a text; one of letters not within another word.
fn stands_in(word: &str, text: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let begins = word.starts_with(|c: char| c.is_ascii_alphanumeric());
        let ends = word.ends_with(|c: char| c.is_ascii_alphanumeric());
        !(begins && joins(before.chars().next_back()) || ends && joins(after.chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use crate::suitability::embedded;

    #[test]
    fn a_use_is_found_by_its_name_its_other_words_and_a_sentence_in_both_languages() {
        let set = embedded().in_force("zhejiang", jiff::civil::date(2026, 11, 29)).unwrap();
        let found = |written: &str| -> Vec<&str> {
            set.uses_called(written).into_iter().map(|at| set.uses[at].id.as_str()).collect()
        };
        for written in [
            "咖啡馆",
            "奶茶店",
            "我想开个奶茶店",
            " Bubble Tea ",
            "CAFÉ",
            "cafe",
            "a tea house here",
        ] {
            assert_eq!(found(written), ["cafe"], "{written}");
        }
        assert_eq!(found("coffee"), ["cafe"]);
        assert!(found("店").len() > 3, "more than one may be meant");
        // Not the inn in "beginning", nor the bus in "business".
        assert_eq!(found("beginning"), Vec::<&str>::new());
        assert_eq!(found(""), Vec::<&str>::new());
        assert_eq!(found("火箭发射场"), Vec::<&str>::new());
    }
}
