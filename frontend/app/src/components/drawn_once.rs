//! Parts of a page that are the same on every page that has them, until the data or the day change: what a
//! layer rests on, that it does not touch a place, the ways to other pages. They are half of the elements of a
//! place's page. They are drawn once and put in as they are.

use std::{
    any::Any,
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use domain::{Locale, severity::Severity};
use jiff::civil::Date;
use leptos::{prelude::*, tachys::html::InertElement};

use crate::{current, words::Words};

/// Parts that are kept: those of some hundred layers in both languages. With one more all are drawn anew,
/// as those of yesterday and of versions that are gone.
const MOST: usize = 2_000;

/// Which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// What a layer rests on.
    Basis,
    /// That layers of a theme do not touch a place, and what that asks.
    Untouched(Option<Severity>),
    /// The bottom of every page.
    Footer,
    /// The ways at the top of every page, of which this one is gone; and whether one leads to sites.
    Ways(Option<&'static str>, bool),
    /// The parts of a place's page.
    Sections {
        /// In elder mode their order is another.
        elder: bool,
        /// Whether the place's code is in use.
        current: bool,
    },
}

/// What a part is drawn of.
pub type Source = Arc<dyn Any + Send + Sync>;

/// All that the part depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    part: Part,
    locale: Locale,
    /// Laws are written as they read on it.
    day: Date,
    sources: Vec<Same>,
}

/// A source, the same only if it is this very one: while it is here, nothing else is at its address.
#[derive(Clone, Debug)]
struct Same(Source);

impl Same {
    fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }
}

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Same {}

impl Hash for Same {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

static DRAWN: LazyLock<RwLock<HashMap<Key, String>>> = LazyLock::new(RwLock::default);

/// A part, which `draw` draws if nobody has: of nothing but these sources, the language and the day, and without
/// anything that wakes in the browser.
pub fn drawn_once(
    words: Words,
    part: Part,
    sources: impl IntoIterator<Item = Source>,
    draw: impl FnOnce() -> AnyView,
) -> AnyView {
    let sources = sources.into_iter().map(Same).collect();
    let key = Key { part, locale: words.0, day: current::today(), sources };
    let known = DRAWN.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let html = known.unwrap_or_else(|| {
        let html = draw().to_html();
        let mut drawn = DRAWN.write().unwrap_or_else(PoisonError::into_inner);
        if drawn.len() >= MOST {
            drawn.clear();
        }
        drawn.insert(key, html.clone());
        html
    });
    InertElement::new(html).into_any()
}
