//! Which properties an entry names, and with which key: what a file is held against.

use domain::policy::Field;

use super::{FileMapping, Role};
use crate::{fields::FieldRule, template::Template};

/// Keys with the properties that they name; `None` is the GeoJSON id.
type Asked<'a> = Vec<(String, Option<&'a str>)>;

impl FileMapping {
    /// What the entry asks of its features. The properties of conditions and of `kind` are not
    /// among it.
    pub(crate) fn asks_for(&self) -> Asked<'_> {
        let mut asked = Vec::new();
        template(&mut asked, "feature_id", self.feature_id.as_ref());
        match &self.role {
            Role::Parcels(parcels) => {
                template(&mut asked, "code", Some(&parcels.code));
                template(&mut asked, "local_id", parcels.local_id.as_ref());
                for (key, property) in [
                    ("valid_from", &parcels.valid_from),
                    ("valid_to", &parcels.valid_to),
                    ("predecessors", &parcels.predecessors),
                    ("successors", &parcels.successors),
                ] {
                    asked.extend(property.as_deref().map(|name| (key.to_owned(), Some(name))));
                }
                fields(&mut asked, &parcels.fields);
            }
            Role::Units(units) => {
                template(&mut asked, "code", Some(&units.code));
                fields(&mut asked, &units.fields);
            }
            Role::Rows(rows) => {
                template(&mut asked, "code", Some(&rows.code));
                fields(&mut asked, &rows.fields);
            }
            Role::Restriction(layer) => {
                template(&mut asked, "label.zh", Some(&layer.label.zh));
                template(&mut asked, "label.en", Some(&layer.label.en));
            }
            Role::Base(base) => template(&mut asked, "label", base.label.as_ref()),
            Role::Boundary => {}
        }
        asked
    }
}

fn template<'a>(asked: &mut Asked<'a>, key: &str, template: Option<&'a Template>) {
    let Some(template) = template else { return };
    asked.extend(template.properties().map(|name| (key.to_owned(), Some(name))));
    asked.extend(template.asks_for_id().then(|| (key.to_owned(), None)));
}

fn fields<'a>(asked: &mut Asked<'a>, rules: &'a [(Field, FieldRule)]) {
    for (field, rule) in rules {
        let key = format!("fields.{}", field.name());
        asked.extend(rule.properties().into_iter().map(|name| (key.clone(), Some(name))));
        asked.extend(rule.asks_for_id().then_some((key, None)));
    }
}
