//! What is said of an extract of a place that is as it was signed.

use domain::{Locale, signed_extract::SignedExtract};

use super::{NOT_REACHED, language, pages_line, signed_line};
use crate::output::Output;

/// The lines of a genuine extract, and of the document that it came in.
pub(super) fn genuine(file: &SignedExtract, document: Option<&[u8]>) -> Output {
    let SignedExtract { extract, signed, .. } = file;
    let locale = language::of_environment();
    let lists = &extract.restrictions;
    let mut output = Output::lines(vec![
        signed_line(&extract.issuer, signed),
        format!("an extract of the place {}", extract.code.as_str()),
        format!("by data {} of {}", extract.data.version, extract.data.source_date),
        format!(
            "{} themes concern it, {} do not, {} are not known",
            lists.concerned.len(),
            lists.untouched().count(),
            lists.unknown.len()
        ),
    ]);
    let named: Vec<&str> = lists.concerned.iter().map(|theme| theme.title.get(locale)).collect();
    if !named.is_empty() {
        output.lines.push(format!("it is concerned by: {}", named.join(", ")));
    }
    let outside: Vec<&str> = lists.outside().map(|theme| theme.title.get(locale)).collect();
    if !outside.is_empty() {
        output
            .lines
            .push(format!("something is required by lying outside of: {}", outside.join(", ")));
    }
    if extract.data.demonstration {
        output.lines.push("the data are invented, for demonstration".to_owned());
    }
    let today = "whether the same is told today only the portal can say; its page /verify does";
    output.lines.push(today.to_owned());
    if let Some(document) = document {
        let drawn =
            [Locale::Zh, Locale::En].map(|locale| app::extract_paper(locale, file).to_pdf().ok());
        let (line, same) = pages_line(document, &drawn);
        output.lines.push(line);
        output.code = (!same).then_some(NOT_REACHED);
    }
    output
}
