//! What an island is handed: texts, one a line, in the attribute `data-props` of its element.
//!
//! Server and browser are built from the same lines and know the order; names would add nothing, and a
//! reader of JSON would be a tenth of what every page loads.

#[cfg(feature = "ssr")]
use leptos::{prelude::*, tachys::html::islands::Island};

/// An island with what it is handed, as the server sends it; `name` is the function of the browser's
/// module that wakes it.
#[cfg(feature = "ssr")]
pub fn island<V: IntoView + 'static>(
    name: &'static str,
    props: &[String],
    view: V,
) -> impl IntoView + use<V> {
    Island::new(name, view).with_props(lines(props))
}

/// One line each: a line break in a text becomes a blank.
#[cfg(feature = "ssr")]
fn lines(props: &[String]) -> String {
    let mut lines = String::with_capacity(props.iter().map(|text| text.len() + 1).sum());
    for (at, text) in props.iter().enumerate() {
        lines.push_str(if at == 0 { "" } else { "\n" });
        for (at, piece) in text.split(['\n', '\r']).enumerate() {
            lines.push_str(if at == 0 { "" } else { " " });
            lines.push_str(piece);
        }
    }
    lines
}

/// What an island was handed, in the order in which it left.
#[cfg(any(feature = "hydrate", test))]
#[derive(Debug)]
pub struct Props {
    lines: std::vec::IntoIter<String>,
}

#[cfg(any(feature = "hydrate", test))]
impl Props {
    fn of(text: &str) -> Self {
        Self { lines: text.split('\n').map(str::to_owned).collect::<Vec<_>>().into_iter() }
    }

    /// The next text; nothing where there are no more.
    pub fn take(&mut self) -> String {
        self.lines.next().unwrap_or_default()
    }
}

/// What this island was handed.
#[cfg(feature = "hydrate")]
impl From<&web_sys::HtmlElement> for Props {
    fn from(island: &web_sys::HtmlElement) -> Self {
        Self::of(&island.get_attribute("data-props").unwrap_or_default())
    }
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;

    island_words! {
        /// Two words.
        pub struct Two {
            /// The first.
            pub first: String,
            /// The second.
            pub second: String,
        }
    }

    #[test]
    fn words_arrive_under_the_names_they_left_with() {
        let words = Two { first: String::from("甲"), second: String::from("乙") };
        let props = [vec![String::from("own")], words.clone().into()].concat();
        let mut props = Props::of(&lines(&props));
        assert_eq!(props.take(), "own");
        assert_eq!(Two::take(&mut props), words);
        assert_eq!(props.take(), "");
    }

    #[test]
    fn a_line_break_in_a_text_moves_nothing() {
        let mut props = Props::of(&lines(&["a\r\nb".to_owned(), String::new(), "c".to_owned()]));
        assert_eq!([props.take(), props.take(), props.take()], ["a  b", "", "c"]);
    }
}
