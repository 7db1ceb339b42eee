//! What a worker makes of one feature and notes down on the way, and what features of every role
//! are asked: a name, a text, fields, a place inside the extent.

use domain::{policy::Field, record::Fields};
use geo::{BoundingRect, MultiPolygon, Rect};
use store::Bounds;

use super::unread::{Unread, place_of};
use crate::{
    feature::{Feature, Properties, RawFeature},
    fields::FieldRule,
    mapping::{FileMapping, Role},
    project::OutsideCrs,
    seen::{Seen, is_shortened},
    template::{Filled, Template},
    validity::{NoOutline, Repair, Sound},
};

/// What a worker made of a feature.
pub(super) enum Made<T> {
    /// The mapping's `where` leaves it out.
    Filtered,
    /// It is refused.
    Refused(String),
    /// Its file is refused: the declared CRS is not the one it is in.
    Outside(OutsideCrs),
    Done(T),
}

pub(super) struct Worked<T> {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) made: Made<T>,
    /// Where it lies, if it is a restriction and was refused.
    pub(super) unread: Option<Unread>,
    pub(super) repair: Option<Repair>,
    pub(super) repeated_points: u64,
    pub(super) had_heights: bool,
    pub(super) left_out: Vec<String>,
}

/// What a worker notes down on its way to a [`Made`].
#[derive(Default)]
pub(super) struct Notebook {
    pub(super) repair: Option<Repair>,
    pub(super) repeated_points: u64,
    pub(super) had_heights: bool,
    pub(super) left_out: Vec<String>,
    /// Whether it is of a classified parcel: the report is kept, so it says nothing of that.
    pub(super) classified: bool,
}

/// What a report says of a classified feature that is refused, whatever the reason: whoever has the
/// source finds it by its number.
pub(super) const CLASSIFIED: &str = "is classified and cannot be told apart, or does not read; look it up by its number in the file";
/// What it is called.
const UNNAMED: &str = "classified";

impl Notebook {
    pub(super) fn sound(&mut self, sound: Sound) -> (MultiPolygon<f64>, f64) {
        self.repair = sound.repair;
        self.repeated_points = sound.repeated_points;
        self.had_heights = sound.had_heights;
        (sound.outline, sound.area_m2)
    }
}

/// Leaves a worker's function early with what it made.
macro_rules! attempt {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(made) => return made,
        }
    };
}
pub(super) use attempt;

pub(super) fn no_outline<T>(no: NoOutline<OutsideCrs>) -> Made<T> {
    match no {
        NoOutline::Missing => Made::Refused("has no geometry".to_owned()),
        NoOutline::Bad(reason) => Made::Refused(reason),
        NoOutline::Coordinate(outside) => Made::Outside(outside),
    }
}

pub(super) fn work_on<T>(
    raw: &RawFeature,
    entry: &FileMapping,
    seen: &Seen<'_>,
    work: &(dyn Fn(&Feature, &Properties<'_>, &mut Notebook) -> Made<T> + Sync),
) -> Worked<T> {
    let mut notes = Notebook::default();
    let (id, made) = match raw.read() {
        Err(reason) => (format!("number {}", raw.number), Made::Refused(reason)),
        Ok(feature) => {
            let properties = Properties::of(&feature, &entry.absent);
            let id = name_of(entry, &properties);
            if let Some(template) = &entry.feature_id
                && !matches!(template.fill(&properties), Filled::Text(_))
            {
                notes.left_out.push(format!(
                    "feature_id: `{}` has no value here; it is called `{id}`",
                    template.source()
                ));
            }
            let taken = entry.filter.as_ref().is_none_or(|filter| filter.meets(&properties));
            seen.look(&feature, &properties, taken);
            let made = if taken { work(&feature, &properties, &mut notes) } else { Made::Filtered };
            (id, made)
        }
    };
    if notes.classified {
        return unnamed(raw.number, made, notes);
    }
    let Notebook { repair, repeated_points, had_heights, left_out, .. } = notes;
    let restricts = matches!(entry.role, Role::Restriction(_));
    let unread = (restricts && matches!(made, Made::Refused(_))).then(|| Unread {
        number: raw.number,
        id: id.clone(),
        place: place_of(raw, &entry.crs),
    });
    Worked { number: raw.number, id, made, unread, repair, repeated_points, had_heights, left_out }
}

/// A feature of a classified parcel, with nothing that tells of it.
fn unnamed<T>(number: u64, made: Made<T>, notes: Notebook) -> Worked<T> {
    let made = match made {
        Made::Refused(_) | Made::Outside(_) => Made::Refused(CLASSIFIED.to_owned()),
        made => made,
    };
    let doubts = notes.left_out.into_iter().filter(|note| note.starts_with("classified:"));
    Worked {
        number,
        id: UNNAMED.to_owned(),
        made,
        unread: None,
        repair: None,
        repeated_points: 0,
        had_heights: false,
        left_out: doubts.collect(),
    }
}

/// How the mapping names a feature.
pub(super) fn name_of(entry: &FileMapping, properties: &Properties<'_>) -> String {
    if let Some(template) = &entry.feature_id
        && let Filled::Text(text) = template.fill(properties)
    {
        return text;
    }
    match properties.id() {
        Some(id) => id.to_owned(),
        None => format!("number {}", properties.number()),
    }
}

pub(super) fn fill<T>(template: &Template, properties: &Properties<'_>) -> Result<String, Made<T>> {
    match template.fill(properties) {
        Filled::Text(text) => Ok(text),
        Filled::Absent(what) => {
            Err(Made::Refused(format!("lacks {what}, which `{}` needs", template.source())))
        }
        Filled::Misfit(reason) => Err(Made::Refused(reason)),
    }
}

/// Why a code is refused, with what spreadsheets do to codes where it looks like that.
pub(super) fn code_refused(text: &str, error: &domain::code::CodeError) -> String {
    let reason = format!("has the code `{text}`: {error}");
    if is_shortened(text) {
        format!("{reason}; a spreadsheet has rounded it, so take it from the file before that")
    } else if matches!(error, domain::code::CodeError::Length { found, .. } if *found < 28) {
        format!(
            "{reason}; if zeros in front of a part were cut off, write it with its figures, as in \
             {{PART:05}}"
        )
    } else {
        reason
    }
}

pub(super) fn read_fields(
    rules: &[(Field, FieldRule)],
    properties: &Properties<'_>,
    notes: &mut Notebook,
) -> Fields {
    let mut fields = Fields::new();
    for (field, rule) in rules {
        match rule.value(properties) {
            Ok(Some(value)) => {
                fields.insert(*field, value);
            }
            Ok(None) => {}
            Err(reason) => notes.left_out.push(format!("{}: {reason}", field.name())),
        }
    }
    fields
}

/// Refuses what lies outside the mapping's extent, even in part.
pub(super) fn inside<T, G>(geometry: &G, extent: Option<Bounds>) -> Result<(), Made<T>>
where
    G: BoundingRect<f64>,
    G::Output: Into<Option<Rect<f64>>>,
{
    let (Some(extent), Some(rect)) = (extent, geometry.bounding_rect().into()) else {
        return Ok(());
    };
    let (min, max) = (rect.min(), rect.max());
    let beyond = [
        (min.x < extent.west || min.y < extent.south, min),
        (max.x > extent.east || max.y > extent.north, max),
    ];
    match beyond.iter().find(|(out, _)| *out) {
        None => Ok(()),
        Some((_, corner)) => Err(Made::Refused(format!(
            "reaches ({:.6}, {:.6}), outside the mapping's extent [{}, {}, {}, {}]",
            corner.x, corner.y, extent.west, extent.south, extent.east, extent.north
        ))),
    }
}
