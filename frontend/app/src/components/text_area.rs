//! The one place where text is put into a `<textarea>`.

use leptos::prelude::*;

/// A field of several lines.
///
/// Leptos does not escape the children of `<textarea>`, so they are encoded here and nowhere else.
#[component]
pub fn TextArea(
    /// Id and name.
    name: String,
    /// What was typed.
    value: String,
    /// Ids of hint and error.
    described_by: Option<String>,
    /// Whether it has an error.
    invalid: bool,
    /// The browser's name for what it holds.
    autocomplete: Option<String>,
) -> AnyView {
    // Parsers drop a line break right after the tag: the first one is ours.
    let text = format!("\n{}", html_escape::encode_text(&value));
    view! {
        <textarea
            class="input input-long"
            id=name.clone()
            name=name
            rows="5"
            aria-describedby=described_by
            aria-invalid=invalid.then_some("true")
            autocomplete=autocomplete
            inner_html=text
        ></textarea>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_leave_the_field() {
        let typed = "\n</textarea><script>alert(1)</script> & \"q\" &lt;";
        let html = Owner::new().with(|| {
            view! {
                <TextArea
                    name="what".to_owned()
                    value=typed.to_owned()
                    described_by=None
                    invalid=false
                    autocomplete=None
                />
            }
            .to_html()
        });
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;"), "{html}");
        assert!(html.contains("&amp; \"q\" &amp;lt;"), "{html}");
        assert!(html.contains(">\n\n"), "the first line break is kept: {html}");
    }
}
