//! Features that become a restriction layer, from one file or several, and where the layer's data
//! reach. What is missing, empty or refused costs reach: *no data* there, never *not concerned*
//! (rule Z4).

use std::{collections::HashSet, path::Path};

use domain::{Localized, overlay::subdivide, restriction::unnamed};
use geo::{BoundingRect, MultiPolygon, Polygon, Rect};
use store::{LayerToStore, RestrictionFeature};

use super::{
    Run,
    stream::Streamed,
    unread::{Unread, join, with_margin},
    work::{Made, Notebook, attempt, inside, name_of, no_outline},
};
use crate::{
    coverage::{Areas, Ground, ReachDraft},
    error::IntakeError,
    feature::Properties,
    mapping::{Coverage, FileMapping, LabelTemplate, RestrictionMapping},
    overlay::Layer,
    report::LayerReport,
    template::{Filled, Template},
    validity,
};

/// Corners of a piece of a restriction: a parcel of 10 corners meets it in microseconds.
const PIECE_CORNERS: usize = 64;

/// One of the files that feed a layer.
pub(super) struct Source<'a> {
    pub(super) entry: &'a FileMapping,
    pub(super) mapping: &'a RestrictionMapping,
    /// `None` when the file was not given.
    pub(super) path: Option<&'a Path>,
}

impl Run<'_> {
    pub(super) fn layer(&mut self, sources: &[Source<'_>]) -> Result<(), IntakeError> {
        let Some(info) = sources.first().map(|source| source.mapping.info.clone()) else {
            return Ok(());
        };
        self.writer.put_layer(&LayerToStore { info: info.clone(), coverage: None })?;
        let mut reach = ReachDraft::default();
        // Ids alone; the overlay tells features of a layer apart by them.
        let mut ids: HashSet<String> = HashSet::new();
        for source in sources {
            self.source(source, sources.len() > 1, &mut ids, &mut reach)?;
        }
        let reach = reach.finish();
        self.writer.set_coverage(&info.id, reach.outline().as_ref())?;
        let features = ids.len() as u64;
        self.report.layers.push(LayerReport {
            id: info.id.clone(),
            features,
            ..LayerReport::default()
        });
        self.layers.push(Layer { id: info.id, tolerance: info.tolerance, reach });
        Ok(())
    }

    fn source(
        &mut self,
        source: &Source<'_>,
        several: bool,
        ids: &mut HashSet<String>,
        reach: &mut ReachDraft,
    ) -> Result<(), IntakeError> {
        let (entry, layer) = (source.entry, &source.mapping.info);
        let Some(path) = source.path else {
            let known = match &source.mapping.coverage {
                Coverage::Boundary(name) => self.paths.contains_key(name.as_str()),
                Coverage::Dataset | Coverage::ExtentOfFile => true,
            };
            let ground = if known { self.ground(source.mapping, entry)? } else { None };
            self.report.warnings.push(format!(
                "{} is missing, so the layer {} and its theme {} have no data {}, but for what it \
                 concerns by other files",
                entry.name,
                layer.id,
                layer.theme.0,
                if ground.is_some() { "where it would reach" } else { "anywhere" },
            ));
            reach.lose(ground.unwrap_or(Ground::Everywhere));
            return Ok(());
        };
        // A coverage that is not known stops the import before the file is read.
        let ground = self.ground(source.mapping, entry)?;
        let Stored { streamed, around, partly } =
            self.restriction(entry, path, source.mapping, several, ids)?;
        let Streamed { report, unread, where_is_known } = streamed;
        if report.stored + report.withheld == 0 && report.refused.total == 0 {
            // A condition on a property that is not there has emptied it, and not the world.
            let may_be_empty = source.mapping.may_be_empty && where_is_known;
            let why = if report.read == 0 {
                format!("{} has no features", entry.name)
            } else {
                format!("`where` leaves out all {} features of {}", report.read, entry.name)
            };
            self.report.warnings.push(if may_be_empty {
                format!(
                    "{why}, as its entry allows: where it reaches, the layer {} says \"not \
                     concerned\"",
                    layer.id
                )
            } else {
                format!(
                    "{why}, so the layer {} and its theme {} have no data there; if it is true \
                     that nothing is restricted, write `may_be_empty = true`",
                    layer.id, layer.theme.0
                )
            });
            match ground {
                Some(ground) if may_be_empty => reach.add(ground),
                None if may_be_empty => {}
                ground => reach.lose(ground.unwrap_or(Ground::Everywhere)),
            }
        } else if let Some(ground) = ground.or_else(|| around.map(within)) {
            reach.add(ground);
        }
        if let Some(first) = unread.first() {
            let lost = unread.iter().find(|unread| unread.place.is_none());
            self.report.warnings.push(format!(
                "{} features of {} were refused, feature {} ({}) first, so the layer {} and its \
                 theme {} have no data {}, but for what it concerns by other features",
                unread.len(),
                entry.name,
                first.number,
                first.id,
                layer.id,
                layer.theme.0,
                lost.map_or("on parcels that they may touch".to_owned(), |lost| format!(
                    "anywhere, for where feature {} ({}) lies cannot be told",
                    lost.number, lost.id
                )),
            ));
        }
        if let Some(first) = partly.first() {
            self.report.warnings.push(format!(
                "{} parts of features of {} have no area or are drawn as holes outside their \
                 outline, the first in feature {} ({}), so the layer {} and its theme {} have no \
                 data on parcels that they may touch, but for what it concerns by other parts",
                partly.len(),
                entry.name,
                first.number,
                first.id,
                layer.id,
                layer.theme.0,
            ));
        }
        for unread in unread.into_iter().chain(partly) {
            reach.leave_unread(unread.place);
        }
        self.report.files.push(report);
        Ok(())
    }

    /// Where the file's data reach; `None` if that is the box around what is stored of it.
    fn ground(
        &mut self,
        layer: &RestrictionMapping,
        entry: &FileMapping,
    ) -> Result<Option<Ground>, IntakeError> {
        match &layer.coverage {
            Coverage::Dataset => Ok(Some(Ground::Everywhere)),
            Coverage::ExtentOfFile => Ok(None),
            Coverage::Boundary(name) => self.boundary(name, &layer.info.id, entry).map(Some),
        }
    }

    /// Stores the features of one file.
    fn restriction(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        layer: &RestrictionMapping,
        several: bool,
        ids: &mut HashSet<String>,
    ) -> Result<Stored, IntakeError> {
        let mut around: Option<Rect<f64>> = None;
        let mut partly: Vec<Unread> = Vec::new();
        let extent = self.mapping.extent;
        let crs = &entry.crs;
        let streamed = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                let place = |c| crs.to_degrees(c);
                let geometry = feature.geometry.as_ref();
                let sound = attempt!(
                    validity::restriction(geometry, layer.slender, &place).map_err(no_outline)
                );
                let reach = sound.reach();
                attempt!(inside(&reach, extent));
                let (traces, lost) = (sound.traces.clone(), sound.lost.clone());
                let (outline, _area) = notes.sound(sound);
                let label = label(&layer.label, entry, properties, notes);
                let mut pieces: Vec<Polygon<f64>> = subdivide(&outline, PIECE_CORNERS);
                pieces.extend(traces);
                Made::Done((label, outline, pieces, reach.bounding_rect(), lost))
            },
            &mut |run, done, report| {
                for (number, name, (label, outline, pieces, reach, lost)) in done {
                    if run.classified.holds(&outline, &pieces) {
                        report.withheld += 1;
                        continue;
                    }
                    partly.extend(lost.into_iter().map(|place| Unread {
                        number,
                        id: name.clone(),
                        place: Some(with_margin(place)),
                    }));
                    if let Some(rect) = reach {
                        around = Some(around.map_or(rect, |sum| join(sum, rect)));
                    }
                    // By itself a number is unique in its file alone.
                    let mut id = if several && entry.feature_id.is_none() {
                        format!("{} {name}", entry.name)
                    } else {
                        name.clone()
                    };
                    if ids.contains(&id) {
                        id = format!("{id} ({} {number})", entry.name);
                        report.values_left_out.add(
                            number,
                            &name,
                            format!(
                                "has the id of another feature of the layer and is stored as \
                                 `{id}`; set `feature_id`"
                            ),
                        );
                    }
                    while !ids.insert(id.clone()) {
                        id.push('*');
                    }
                    let feature = RestrictionFeature { id, label, outline };
                    run.writer.put_restriction(&layer.info.id, &feature)?;
                    run.pieces_read.add(&layer.info.id, &feature, pieces);
                }
                Ok(())
            },
        )?;
        Ok(Stored { streamed, around, partly })
    }
}

/// What became of the features of a file.
struct Stored {
    streamed: Streamed,
    /// The box around those that are stored.
    around: Option<Rect<f64>>,
    /// Parts of stored features that gave no ground, with their places.
    partly: Vec<Unread>,
}

fn within(around: Rect<f64>) -> Ground {
    let outline = MultiPolygon::new(vec![around.to_polygon()]);
    Ground::Within(std::sync::Arc::new(Areas::new(outline)))
}

/// What a feature is called. One that has no name restricts all the same, so it is stored under
/// another, and the report says so.
fn label(
    label: &LabelTemplate,
    entry: &FileMapping,
    properties: &Properties<'_>,
    notes: &mut Notebook,
) -> Localized {
    let mut fill = |language: &str, template: &Template| {
        let why = match template.fill(properties) {
            Filled::Text(text) => return Some(text),
            Filled::Absent(what) => format!("lacks {what}, which `{}` needs", template.source()),
            Filled::Misfit(reason) => reason,
        };
        notes.left_out.push(format!("label.{language}: {why}; it is stored under another name"));
        None
    };
    match (fill("zh", &label.zh), fill("en", &label.en)) {
        (Some(zh), Some(en)) => Localized { zh, en },
        (Some(one), None) | (None, Some(one)) => Localized { zh: one.clone(), en: one },
        (None, None) => unnamed(&name_of(entry, properties)),
    }
}
