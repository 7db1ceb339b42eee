//! What a mapping may say and hardly means.

use std::collections::BTreeSet;

use super::{Mapping, Role};

impl Mapping {
    /// What a person should look at before relying on the mapping, a sentence each.
    #[must_use]
    pub fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        // A layer in several files is described once.
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for entry in &self.files {
            let Role::Restriction(layer) = &entry.role else { continue };
            let info = &layer.info;
            if !told.insert(&info.id) {
                continue;
            }
            if info.documents.is_empty() {
                doubts.push(format!(
                    "{}: the layer {} names no legal document, so what it finds rests on nothing \
                     that a reader could look up (Z2); name the law or plan with its articles \
                     under `layer.documents`",
                    entry.name, info.id
                ));
            }
            for document in info.documents.iter().filter(|document| document.articles.is_empty()) {
                doubts.push(format!(
                    "{}: the document {} of the layer {} names no article (Z2); write `articles`",
                    entry.name, document.title.en, info.id
                ));
            }
        }
        doubts
    }
}
