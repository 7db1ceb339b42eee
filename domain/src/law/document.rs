//! The legal documents behind a layer of restrictions: laws of the register, and plans and
//! announcements of whoever keeps the layer.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Articles, Citation, CitationError, Law, Register, register};
use crate::localized::{Locale, Localized};

/// A law, plan or map from which a restriction follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct LegalDocument {
    /// The law's id in the register of laws ([`crate::law`]), if it is one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Its title; that of the register for one of its laws.
    pub title: Localized,
    /// Its official number, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The articles that matter here: `35`, `36(7)`; as printed where it is not in the register.
    pub articles: Vec<String>,
    /// From when it is a ground of the restriction; from the start if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day on which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A document as it is written in a mapping or a catalogue: by the id of a law, or by a title.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    pub(crate) law: Option<String>,
    #[serde(default)]
    pub(crate) title: Localized,
    pub(crate) number: Option<String>,
    #[serde(default)]
    pub(crate) articles: Vec<String>,
    pub(crate) from: Option<Date>,
    pub(crate) until: Option<Date>,
}

impl TryFrom<Written> for LegalDocument {
    type Error = CitationError;

    fn try_from(written: Written) -> Result<Self, CitationError> {
        Self::read(written, register())
    }
}

impl LegalDocument {
    /// It with the title that its law has in `laws`.
    pub(crate) fn read(written: Written, laws: &Register) -> Result<Self, CitationError> {
        let Written { law, title, number, articles, from, until } = written;
        let document = Self { law, title, number, articles, from, until };
        let Some(id) = document.law.clone() else { return Ok(document) };
        match laws.get(&id) {
            Some(law) => {
                document.cite(law)?;
                Ok(Self { title: law.title.clone(), ..document })
            }
            // A register of later years may have dropped a law that stored data still name.
            None if !document.title.zh.is_empty() => Ok(document),
            None => Err(CitationError::UnknownLaw { id }),
        }
    }

    /// Whether it is a ground on `date`.
    #[must_use]
    pub fn stands(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }

    /// It as a citation of the register: by id, or by the title of a law that is in it. `None` for
    /// whatever else, and for articles that are not written as the register writes them.
    #[must_use]
    pub fn citation(&self) -> Option<Citation> {
        let known = register();
        let by_id = self.law.as_ref().and_then(|id| known.get(id));
        self.cite(by_id.or_else(|| known.by_title(&self.title.zh))?).ok()
    }

    /// Whether it is cited without being in the register: a title with articles. A plan or an
    /// announcement without articles is no citation of a law.
    #[must_use]
    pub fn is_unregistered(&self) -> bool {
        self.citation().is_none() && (self.law.is_some() || !self.articles.is_empty())
    }

    /// Title, version and articles as a reader sees them on `today`; `None` where the register
    /// does not know it.
    #[must_use]
    pub fn written(&self, locale: Locale, today: Date) -> Option<String> {
        self.citation().map(|citation| citation.written(locale, today))
    }

    fn cite(&self, law: &Arc<Law>) -> Result<Citation, CitationError> {
        let titled = self.law.is_none();
        let articles = match Articles::parse(&self.articles.join(","))? {
            // A title without articles is as much as somebody wrote; the number is to be confirmed.
            Articles::Whole if titled && law.kind.needs_article() => Articles::Unknown,
            articles => articles,
        };
        Citation::new(Arc::clone(law), articles, self.from, self.until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 28);

    fn read(text: &str) -> Result<LegalDocument, String> {
        #[derive(Deserialize)]
        struct File {
            document: LegalDocument,
        }
        let file = toml::from_str::<File>(&format!("document = {text}"));
        file.map(|file| file.document).map_err(|error| error.to_string())
    }

    #[test]
    fn z2_a_document_names_a_law_by_id_and_is_shown_with_its_version() {
        let document = read(r#"{ law = "land-law", articles = ["34", "35"] }"#).unwrap();
        assert_eq!(
            document.written(Locale::Zh, TODAY).unwrap(),
            "《土地管理法》（2019年修正）第三十四条、第三十五条"
        );
        assert_eq!(
            document.written(Locale::En, TODAY).unwrap(),
            "Land Administration Law (2019), arts. 34, 35"
        );
        let json = serde_json::to_string(&document).unwrap();
        assert!(json.contains("土地管理法"), "{json}");
        assert_eq!(serde_json::from_str::<LegalDocument>(&json).unwrap(), document);
    }

    #[test]
    fn z2_an_unknown_law_a_missing_article_and_a_wrong_one_are_refused() {
        let unknown = read(r#"{ law = "land-laws", articles = ["34"] }"#).unwrap_err();
        assert!(unknown.contains("land-laws") && unknown.contains("register"), "{unknown}");
        let without = read(r#"{ law = "land-law" }"#).unwrap_err();
        assert!(without.contains("without an article"), "{without}");
        let wrong = read(r#"{ law = "land-law", articles = ["第34条"] }"#).unwrap_err();
        assert!(wrong.contains("is no article"), "{wrong}");
    }

    #[test]
    fn z2_a_law_known_by_its_title_only_is_known_all_the_same() {
        // As data imported before there was a register, or an operator's mapping, write it.
        let text = r#"{ title = { zh = "浙江省城乡规划条例", en = "x" }, articles = ["34"] }"#;
        let shown = read(text).unwrap().written(Locale::Zh, TODAY).unwrap();
        assert_eq!(shown, "《浙江省城乡规划条例》第三十四条（待核实）（已于2025年1月1日废止）");
        let text = r#"{ title = { zh = "中华人民共和国文物保护法", en = "x" } }"#;
        let shown = read(text).unwrap().written(Locale::Zh, TODAY).unwrap();
        assert_eq!(shown, "《文物保护法》（2024年修订）（条号待核实）");
    }

    #[test]
    fn z2_what_is_not_in_the_register_is_told_from_a_plan() {
        let law =
            read(r#"{ title = { zh = "某市条例", en = "x" }, articles = ["4.50"] }"#).unwrap();
        assert!(law.is_unregistered() && law.written(Locale::Zh, TODAY).is_none());
        let plan = read(r#"{ title = { zh = "详细规划", en = "x" }, number = "1号" }"#).unwrap();
        assert!(!plan.is_unregistered());
    }
}
