//! Files in, a data version out.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use domain::{
    Localized, ParcelCode, UnitCode,
    code::Strictness,
    overlay::subdivide,
    policy::Field,
    record::{Fields, ParcelRecord, UnitRecord},
    restriction::Finding,
};
use geo::{
    BooleanOps, BoundingRect, Coord, Geometry, LineString, MultiLineString, MultiPoint,
    MultiPolygon, Point, Rect,
};
use geojson::GeometryValue;
use jiff::{Timestamp, civil::Date};
use store::{
    BaseFeature, Bounds, Imports, LandWriter, LayerToStore, PiecesNear, RestrictionFeature,
};

use crate::{
    error::IntakeError,
    feature::{Feature, Properties, RawFeature, plain},
    fields::{FieldRule, date},
    mapping::{
        BaseMapping, Coverage, FileMapping, KindRule, Mapping, ParcelsMapping, RestrictionMapping,
        Role, UnitsMapping,
    },
    overlay::{Layer, covered_by, findings},
    project::{Crs, OutsideCrs},
    read::{Stop, each_feature},
    report::{FileReport, LISTED, LayerReport, Notes, Report},
    template::{Filled, Template},
    validity::{self, NoOutline, Repair, Sound, placed},
};

/// Features that are worked on at a time. Large enough that two threads do not wait for each
/// other, small enough that memory does not show it.
const BATCH: usize = 512;

/// JSON held at a time, bytes: a batch of huge features is cut short.
const BATCH_BYTES: usize = 16 << 20;

/// Corners of a piece of a restriction: a parcel of 10 corners meets it in microseconds.
const PIECE_CORNERS: usize = 64;

/// Imports `files` by `mapping` as the next version of the data set.
///
/// Files are matched to the mapping by name. Restriction layers come first, then the base map,
/// parcels and units; parcels stream, so memory grows with the layers and not with the register.
/// `now` is when the version is said to be made; `progress` gets a line now and then.
///
/// # Errors
/// [`IntakeError`]; nothing is published then, and the version before stays current.
pub fn import(
    imports: &dyn Imports,
    mapping: &Mapping,
    files: &[PathBuf],
    now: Timestamp,
    progress: &mut dyn FnMut(&str),
) -> Result<Report, IntakeError> {
    let paths = match_files(mapping, files)?;
    let mut report = Report { dataset: mapping.dataset.id.clone(), ..Report::default() };
    let mut entries: Vec<(&FileMapping, &Path)> = Vec::new();
    for entry in &mapping.files {
        match (paths.get(entry.name.as_str()), &entry.role) {
            (Some(path), _) => entries.push((entry, path)),
            (None, Role::Parcels(_) | Role::Units(_)) => {
                return Err(IntakeError::MissingFile {
                    name: entry.name.clone(),
                    role: entry.role.name().to_owned(),
                });
            }
            (None, Role::Restriction(layer)) => report.warnings.push(format!(
                "{} is missing, so the layer {} is not in this version; unless another layer of \
                 the theme {} is, profiles answer it with \"no data\"",
                entry.name, layer.info.id, layer.info.theme.0
            )),
            (None, Role::Base(_) | Role::Boundary) => {
                report.warnings.push(format!("{} is missing", entry.name));
            }
        }
    }
    let mut run = Run {
        mapping,
        writer: imports.begin_import(&mapping.dataset)?,
        report,
        layers: Vec::new(),
        progress,
        threads: thread::available_parallelism().map_or(1, usize::from),
    };
    let mut boundaries: BTreeMap<String, Arc<MultiPolygon<f64>>> = BTreeMap::new();
    for (entry, path) in &entries {
        if let Role::Restriction(layer) = &entry.role {
            let coverage = run.coverage(layer, entry, path, &entries, &paths, &mut boundaries)?;
            run.restriction(entry, path, layer, coverage)?;
        }
    }
    for (entry, path) in &entries {
        if let Role::Base(base) = &entry.role {
            run.base(entry, path, base)?;
        }
    }
    let mut parcel_files: Vec<(&FileMapping, &Path, &ParcelsMapping)> = Vec::new();
    for (entry, path) in &entries {
        if let Role::Parcels(parcels) = &entry.role {
            parcel_files.push((entry, path, parcels));
            run.parcels(entry, path, parcels, &parcel_files)?;
        }
    }
    for (entry, path) in &entries {
        if let Role::Units(units) = &entry.role {
            run.units(entry, path, units)?;
        }
    }
    let Run { writer, mut report, .. } = run;
    if report.refused() > mapping.max_refused {
        // Dropping the writer takes back what was staged.
        return Err(IntakeError::TooManyRefused {
            report: Box::new(report),
            allowed: mapping.max_refused,
        });
    }
    report.published = Some(writer.publish(now)?);
    Ok(report)
}

fn match_files<'a>(
    mapping: &Mapping,
    files: &'a [PathBuf],
) -> Result<BTreeMap<&'a str, &'a Path>, IntakeError> {
    let mut paths = BTreeMap::new();
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !mapping.files.iter().any(|entry| entry.name == name) {
            let mut known: Vec<String> = mapping.files.iter().map(|e| e.name.clone()).collect();
            known.dedup();
            return Err(IntakeError::UnknownFile { name: path.display().to_string(), known });
        }
        if paths.insert(name, path.as_path()).is_some() {
            return Err(IntakeError::GivenTwice { name: name.to_owned() });
        }
    }
    Ok(paths)
}

struct Run<'a> {
    mapping: &'a Mapping,
    writer: Box<dyn LandWriter>,
    report: Report,
    layers: Vec<Layer>,
    progress: &'a mut dyn FnMut(&str),
    threads: usize,
}

/// What a worker made of a feature.
enum Made<T> {
    /// The mapping's `where` leaves it out.
    Filtered,
    /// It is refused.
    Refused(String),
    /// Its file is refused: the declared CRS is not the one it is in.
    Outside(OutsideCrs),
    Done(T),
}

struct Worked<T> {
    number: u64,
    id: String,
    made: Made<T>,
    repair: Option<Repair>,
    repeated_points: u64,
    had_heights: bool,
    left_out: Vec<String>,
}

/// What a worker notes down on its way to a [`Made`].
#[derive(Default)]
struct Notebook {
    repair: Option<Repair>,
    repeated_points: u64,
    had_heights: bool,
    left_out: Vec<String>,
}

impl Notebook {
    fn sound(&mut self, sound: Sound) -> (MultiPolygon<f64>, f64) {
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

fn no_outline<T>(no: NoOutline<OutsideCrs>) -> Made<T> {
    match no {
        NoOutline::Missing => Made::Refused("has no geometry".to_owned()),
        NoOutline::Bad(reason) => Made::Refused(reason),
        NoOutline::Coordinate(outside) => Made::Outside(outside),
    }
}

impl Run<'_> {
    fn say(&mut self, line: &str) {
        (self.progress)(line);
    }

    /// Streams a file: features are read here, worked on by all cores, and accepted here again in
    /// the order of the file, batch by batch.
    fn stream<T: Send>(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        work: &(dyn Fn(&Feature, &Properties<'_>, &mut Notebook) -> Made<T> + Sync),
        accept: &mut Accept<'_, Self, T>,
    ) -> Result<FileReport, IntakeError> {
        self.say(&format!("{} ({})", entry.name, entry.role.name()));
        let mut report = FileReport {
            name: entry.name.clone(),
            role: entry.role.name().to_owned(),
            ..FileReport::default()
        };
        let mut batch: Vec<RawFeature> = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        let threads = self.threads;
        let mut flush = |batch: &mut Vec<RawFeature>| -> Result<(), IntakeError> {
            let worked = in_parallel(batch, threads, &|raw| work_on(raw, entry, work));
            batch.clear();
            let done = sort_out(worked, path, &mut report)?;
            let count = done.len() as u64;
            let refused_before = report.refused.total;
            accept(self, done, &mut report)?;
            report.stored += count - (report.refused.total - refused_before);
            if report.read % 100_000 < BATCH as u64 && report.read >= 100_000 {
                self.say(&format!("{}: {} features", report.name, report.read));
            }
            Ok(())
        };
        let read = read_file(path, &entry.crs, &mut |raw| {
            bytes += raw.json.get().len();
            batch.push(raw);
            if batch.len() == BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                flush(&mut batch)?;
            }
            Ok(())
        });
        read?;
        flush(&mut batch)?;
        Ok(report)
    }

    fn restriction(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        layer: &RestrictionMapping,
        coverage: Option<Arc<MultiPolygon<f64>>>,
    ) -> Result<(), IntakeError> {
        let id = layer.info.id.clone();
        self.writer.put_layer(&LayerToStore {
            info: layer.info.clone(),
            coverage: coverage.as_deref().cloned(),
        })?;
        self.layers.push(Layer { id: id.clone(), tolerance: layer.info.tolerance, coverage });
        // Ids alone; the overlay tells features of a layer apart by them.
        let mut ids: HashSet<String> = HashSet::new();
        let extent = self.mapping.extent;
        let crs = &entry.crs;
        let report = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                let place = |c| crs.to_degrees(c);
                let sound = attempt!(
                    validity::outline(feature.geometry.as_ref(), &place).map_err(no_outline)
                );
                let (outline, _area) = notes.sound(sound);
                attempt!(inside(&outline, extent));
                let label = Localized {
                    zh: attempt!(fill(&layer.label.zh, properties)),
                    en: attempt!(fill(&layer.label.en, properties)),
                };
                let pieces = subdivide(&outline, PIECE_CORNERS);
                Made::Done((label, outline, pieces))
            },
            &mut |run, done, report| {
                for (number, feature, (label, outline, pieces)) in done {
                    if !ids.insert(feature.clone()) {
                        report.refused.add(
                            number,
                            &feature,
                            "has the id of another feature of the layer; set `feature_id`",
                        );
                        continue;
                    }
                    let feature = RestrictionFeature { id: feature, label, outline, pieces };
                    run.writer.put_restriction(&id, &feature)?;
                }
                Ok(())
            },
        )?;
        self.report.layers.push(LayerReport {
            id: layer.info.id.clone(),
            features: report.stored,
            ..LayerReport::default()
        });
        self.report.files.push(report);
        Ok(())
    }

    fn base(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        base: &BaseMapping,
    ) -> Result<(), IntakeError> {
        let crs = &entry.crs;
        let extent = self.mapping.extent;
        let report = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                let place = |c| crs.to_degrees(c);
                let geometry = attempt!(
                    any_geometry(feature.geometry.as_ref(), &place, notes).map_err(no_outline)
                );
                attempt!(inside(&geometry, extent));
                let kind = match &base.kind {
                    KindRule::Constant(kind) => *kind,
                    KindRule::ByProperty { property, values, otherwise } => properties
                        .get(property)
                        .and_then(plain)
                        .and_then(|text| values.iter().find(|(value, _)| *value == text))
                        .map_or(*otherwise, |(_, kind)| *kind),
                };
                // A street without a name is still a street.
                let name = match base.label.as_ref().map(|label| label.fill(properties)) {
                    Some(Filled::Text(name)) => Some(name),
                    Some(Filled::Misfit(reason)) => {
                        notes.left_out.push(reason);
                        None
                    }
                    Some(Filled::Absent(_)) | None => None,
                };
                Made::Done(BaseFeature { kind, name, geometry })
            },
            &mut |run, done, _report| {
                for (_, _, feature) in done {
                    run.writer.put_base(&feature)?;
                }
                Ok(())
            },
        )?;
        self.report.files.push(report);
        Ok(())
    }

    /// `files` are the parcel files up to this one, in which a code may have been before.
    fn parcels(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        parcels: &ParcelsMapping,
        files: &[(&FileMapping, &Path, &ParcelsMapping)],
    ) -> Result<(), IntakeError> {
        let crs = &entry.crs;
        let extent = self.mapping.extent;
        let mut duplicates: Vec<Duplicate> = Vec::new();
        let mut report = self.stream(
            entry,
            path,
            &|feature, properties, notes| parcel(feature, properties, notes, parcels, crs, extent),
            &mut |run, done, report| run.put_parcels(done, report, &mut duplicates),
        )?;
        name_the_first(&mut report, &duplicates, files)?;
        self.report.files.push(report);
        Ok(())
    }

    fn put_parcels(
        &mut self,
        done: Vec<Numbered<ParcelRecord>>,
        report: &mut FileReport,
        duplicates: &mut Vec<Duplicate>,
    ) -> Accepted {
        let mut near: Vec<(ParcelRecord, Vec<PiecesNear>)> = Vec::with_capacity(done.len());
        let mut names = Vec::with_capacity(done.len());
        for (number, id, parcel) in done {
            let pieces = match bounds(&parcel.outline) {
                Some(bounds) if !self.layers.is_empty() => self.writer.pieces_near(bounds)?,
                _ => Vec::new(),
            };
            names.push((number, id));
            near.push((parcel, pieces));
        }
        let layers = &self.layers;
        let answers: Vec<(Vec<Finding>, Vec<String>)> =
            in_parallel(&near, self.threads, &|(parcel, pieces)| {
                let found = findings(&parcel.outline, parcel.geometric_area_m2, pieces, layers);
                (found, covered_by(&parcel.outline, layers))
            });
        for (((parcel, _), (number, id)), (found, covered)) in near.iter().zip(names).zip(answers) {
            if self.writer.put_parcel(parcel, &found, &covered)? {
                if parcel.outline.0.is_empty() {
                    report.without_outline.add(number, &id, "the source has no outline");
                }
                for layer in &mut self.report.layers {
                    let mut concerned = false;
                    for finding in found.iter().filter(|finding| finding.layer == layer.id) {
                        layer.findings += 1;
                        layer.slivers += u64::from(finding.sliver);
                        concerned |= !finding.sliver;
                    }
                    layer.parcels_concerned += u64::from(concerned);
                    layer.parcels_covered += u64::from(covered.contains(&layer.id));
                }
            } else {
                if report.refused.first.len() < LISTED {
                    let note = report.refused.first.len();
                    duplicates.push(Duplicate { note, code: parcel.code });
                }
                report.refused.add(number, &id, format!("has the code {} of another", parcel.code));
            }
        }
        Ok(())
    }

    fn units(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        units: &UnitsMapping,
    ) -> Result<(), IntakeError> {
        let report = self.stream(
            entry,
            path,
            &|_feature, properties, notes| {
                let text = attempt!(fill(&units.code, properties));
                match UnitCode::parse(&text, Strictness::LookUp) {
                    Ok(parsed) => Made::Done(UnitRecord {
                        code: parsed.code,
                        fields: read_fields(&units.fields, properties, notes),
                    }),
                    Err(error) => Made::Refused(format!("has the code `{text}`: {error}")),
                }
            },
            &mut |run, done, report| {
                for (number, id, unit) in done {
                    if !run.writer.put_unit(&unit)? {
                        report.refused.add(
                            number,
                            &id,
                            format!(
                                "the unit {} is there already, or its parcel {} is not",
                                unit.code,
                                unit.code.parcel()
                            ),
                        );
                    }
                }
                Ok(())
            },
        )?;
        self.report.files.push(report);
        Ok(())
    }

    fn coverage(
        &mut self,
        layer: &RestrictionMapping,
        entry: &FileMapping,
        path: &Path,
        entries: &[(&FileMapping, &Path)],
        paths: &BTreeMap<&str, &Path>,
        boundaries: &mut BTreeMap<String, Arc<MultiPolygon<f64>>>,
    ) -> Result<Option<Arc<MultiPolygon<f64>>>, IntakeError> {
        let unknown = |name: &str| IntakeError::NoCoverage {
            name: name.to_owned(),
            layer: layer.info.id.clone(),
        };
        match &layer.coverage {
            Coverage::Dataset => Ok(None),
            Coverage::ExtentOfFile => {
                let mut around: Option<Rect<f64>> = None;
                for_outlines(path, entry, &mut |outline| {
                    if let Some(rect) = outline.bounding_rect() {
                        around = Some(around.map_or(rect, |sum| join(sum, rect)));
                    }
                })?;
                let around = around.ok_or_else(|| unknown(&entry.name))?;
                Ok(Some(Arc::new(MultiPolygon::new(vec![around.to_polygon()]))))
            }
            Coverage::Boundary(name) => {
                if let Some(known) = boundaries.get(name) {
                    return Ok(Some(Arc::clone(known)));
                }
                // Without its border a layer would say "not concerned" of places it never saw.
                let Some(path) = paths.get(name.as_str()) else {
                    return Err(IntakeError::MissingFile {
                        name: name.clone(),
                        role: format!("the boundary of the layer {}", layer.info.id),
                    });
                };
                let entry = entries.iter().find(|(entry, _)| &entry.name == name);
                let (entry, _) = entry.ok_or_else(|| unknown(name))?;
                let mut area = MultiPolygon::new(Vec::new());
                for_outlines(path, entry, &mut |outline| {
                    area = if area.0.is_empty() { outline } else { area.union(&outline) };
                })?;
                if area.0.is_empty() {
                    return Err(unknown(name));
                }
                let area = Arc::new(area);
                boundaries.insert(name.clone(), Arc::clone(&area));
                Ok(Some(area))
            }
        }
    }
}

type Accepted = Result<(), IntakeError>;

/// A feature to be stored: its place in the file, its id, and what was made of it.
type Numbered<T> = (u64, String, T);

/// Stores a batch, and notes in the report what storage refused of it.
type Accept<'a, R, T> = dyn FnMut(&mut R, Vec<Numbered<T>>, &mut FileReport) -> Accepted + 'a;

/// A parcel refused for its code, to be told whose code it is.
struct Duplicate {
    /// Which note of the report speaks of it.
    note: usize,
    code: ParcelCode,
}

/// Reads the parcel files once more to name the first bearer of each code that came twice. Keeping
/// every code in memory would be the alternative, and duplicates are rare.
fn name_the_first(
    report: &mut FileReport,
    duplicates: &[Duplicate],
    files: &[(&FileMapping, &Path, &ParcelsMapping)],
) -> Result<(), IntakeError> {
    let mut wanted: BTreeMap<ParcelCode, Option<String>> =
        duplicates.iter().map(|duplicate| (duplicate.code, None)).collect();
    for (entry, path, parcels) in files {
        if wanted.values().all(Option::is_some) {
            break;
        }
        read_file(path, &entry.crs, &mut |raw| {
            let Ok(feature) = raw.read() else { return Ok(()) };
            let properties = Properties::of(&feature, &entry.absent);
            if entry.filter.as_ref().is_some_and(|filter| !filter.meets(&properties)) {
                return Ok(());
            }
            if let Filled::Text(text) = parcels.code.fill(&properties)
                && let Ok(parsed) = ParcelCode::parse(&text, Strictness::LookUp)
                && let Some(first) = wanted.get_mut(&parsed.code)
                && first.is_none()
            {
                *first = Some(format!(
                    "feature {} ({}) of {}",
                    feature.number,
                    name_of(entry, &properties),
                    entry.name
                ));
            }
            Ok(())
        })?;
    }
    for Duplicate { note, code } in duplicates {
        if let (Some(note), Some(Some(first))) =
            (report.refused.first.get_mut(*note), wanted.get(code))
        {
            note.reason = format!("has the code {code}, which {first} already has");
        }
    }
    Ok(())
}

fn parcel(
    feature: &Feature,
    properties: &Properties<'_>,
    notes: &mut Notebook,
    mapping: &ParcelsMapping,
    crs: &Crs,
    extent: Option<Bounds>,
) -> Made<ParcelRecord> {
    // The geometry comes first: that a file is in another CRS matters more than what else is wrong.
    let place = |c| crs.to_degrees(c);
    let (outline, geometric_area_m2) = match validity::outline(feature.geometry.as_ref(), &place) {
        Ok(sound) => notes.sound(sound),
        Err(NoOutline::Missing) if mapping.without_outline => (MultiPolygon::new(Vec::new()), 0.0),
        Err(no) => return no_outline(no),
    };
    let text = attempt!(fill(&mapping.code, properties));
    let code = match ParcelCode::parse(&text, Strictness::LookUp) {
        Ok(parsed) => parsed.code,
        Err(error) => return Made::Refused(format!("has the code `{text}`: {error}")),
    };
    attempt!(inside(&outline, extent));
    let local_id = match mapping.local_id.as_ref().map(|template| template.fill(properties)) {
        Some(Filled::Text(text)) => Some(text),
        Some(Filled::Misfit(reason)) => {
            notes.left_out.push(reason);
            None
        }
        Some(Filled::Absent(_)) | None => None,
    };
    let predecessors = attempt!(codes(mapping.predecessors.as_deref(), properties));
    let successors = attempt!(codes(mapping.successors.as_deref(), properties));
    let valid_from = attempt!(day(mapping.valid_from.as_deref(), properties));
    let valid_to = attempt!(day(mapping.valid_to.as_deref(), properties));
    Made::Done(ParcelRecord {
        code,
        local_id,
        fields: read_fields(&mapping.fields, properties, notes),
        outline,
        geometric_area_m2,
        classified: mapping.classified.as_ref().is_some_and(|filter| filter.meets(properties)),
        events: Vec::new(),
        predecessors,
        successors,
        valid_from,
        valid_to,
    })
}

fn read_fields(
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

/// Codes in a list or with commas. One that does not read breaks the chain of a parcel's history,
/// so its parcel is refused.
fn codes<T>(
    property: Option<&str>,
    properties: &Properties<'_>,
) -> Result<Vec<ParcelCode>, Made<T>> {
    let Some(found) = property.and_then(|name| properties.get(name)) else {
        return Ok(Vec::new());
    };
    let texts: Vec<String> = match found {
        serde_json::Value::Array(list) => list.iter().filter_map(plain).collect(),
        other => plain(other)
            .unwrap_or_default()
            .split([',', ';', '，', '、'])
            .map(|part| part.trim().to_owned())
            .collect(),
    };
    texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| {
            ParcelCode::parse(text, Strictness::LookUp).map(|parsed| parsed.code).map_err(|error| {
                Made::Refused(format!("names the code `{text}` in its history: {error}"))
            })
        })
        .collect()
}

fn day<T>(property: Option<&str>, properties: &Properties<'_>) -> Result<Option<Date>, Made<T>> {
    let Some(text) = property.and_then(|name| properties.get(name)).and_then(plain) else {
        return Ok(None);
    };
    match date(&text) {
        Some(day) => Ok(Some(day)),
        None => Err(Made::Refused(format!("is valid from or to `{text}`, which is not a date"))),
    }
}

fn fill<T>(template: &Template, properties: &Properties<'_>) -> Result<String, Made<T>> {
    match template.fill(properties) {
        Filled::Text(text) => Ok(text),
        Filled::Absent(what) => {
            Err(Made::Refused(format!("lacks {what}, which `{}` needs", template.source())))
        }
        Filled::Misfit(reason) => Err(Made::Refused(reason)),
    }
}

fn bounds(outline: &MultiPolygon<f64>) -> Option<Bounds> {
    outline.bounding_rect().map(|rect| Bounds {
        west: rect.min().x,
        south: rect.min().y,
        east: rect.max().x,
        north: rect.max().y,
    })
}

/// Refuses what lies outside the mapping's extent, even in part.
fn inside<T, G>(geometry: &G, extent: Option<Bounds>) -> Result<(), Made<T>>
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

fn join(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}

/// How the mapping names a feature.
fn name_of(entry: &FileMapping, properties: &Properties<'_>) -> String {
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

fn work_on<T>(
    raw: &RawFeature,
    entry: &FileMapping,
    work: &(dyn Fn(&Feature, &Properties<'_>, &mut Notebook) -> Made<T> + Sync),
) -> Worked<T> {
    let mut notes = Notebook::default();
    let (id, made) = match raw.read() {
        Err(reason) => (format!("number {}", raw.number), Made::Refused(reason)),
        Ok(feature) => {
            let properties = Properties::of(&feature, &entry.absent);
            let id = name_of(entry, &properties);
            let made = if entry.filter.as_ref().is_none_or(|filter| filter.meets(&properties)) {
                work(&feature, &properties, &mut notes)
            } else {
                Made::Filtered
            };
            (id, made)
        }
    };
    let Notebook { repair, repeated_points, had_heights, left_out } = notes;
    Worked { number: raw.number, id, made, repair, repeated_points, had_heights, left_out }
}

/// Writes a batch into the report and keeps what is to be stored.
fn sort_out<T>(
    worked: Vec<Worked<T>>,
    path: &Path,
    report: &mut FileReport,
) -> Result<Vec<Numbered<T>>, IntakeError> {
    let mut done = Vec::with_capacity(worked.len());
    for Worked { number, id, made, repair, repeated_points, had_heights, left_out } in worked {
        report.read += 1;
        match made {
            Made::Filtered => report.filtered += 1,
            Made::Refused(reason) => report.refused.add(number, &id, reason),
            Made::Outside(source) => {
                return Err(IntakeError::OutsideCrs { path: path.to_owned(), number, id, source });
            }
            Made::Done(value) => {
                report.repeated_points += repeated_points;
                report.heights_dropped += u64::from(had_heights);
                if let Some(repair) = repair {
                    note_repair(&mut report.repaired, number, &id, &repair);
                }
                for reason in left_out {
                    report.values_left_out.add(number, &id, reason);
                }
                done.push((number, id, value));
            }
        }
    }
    Ok(done)
}

fn note_repair(notes: &mut Notes, number: u64, id: &str, repair: &Repair) {
    let Repair { reasons, area_before_m2, area_after_m2 } = repair;
    notes.add(
        number,
        id,
        format!("{}; {area_before_m2:.2} m² became {area_after_m2:.2} m²", reasons.join(", ")),
    );
}

fn read_file(
    path: &Path,
    crs: &Crs,
    sink: &mut dyn FnMut(RawFeature) -> Result<(), IntakeError>,
) -> Result<(), IntakeError> {
    let wrong = |source| IntakeError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(|error| wrong(error.into()))?;
    match each_feature(file, crs, sink) {
        Ok(_count) => Ok(()),
        Err(Stop::Read(error)) => Err(wrong(error)),
        Err(Stop::Sink(error)) => Err(error),
    }
}

/// Every valid area of a file that its entry takes. What is wrong with the others is for the pass
/// that stores them to say.
fn for_outlines(
    path: &Path,
    entry: &FileMapping,
    each: &mut dyn FnMut(MultiPolygon<f64>),
) -> Result<(), IntakeError> {
    read_file(path, &entry.crs, &mut |raw| {
        let Ok(feature) = raw.read() else { return Ok(()) };
        let properties = Properties::of(&feature, &entry.absent);
        if entry.filter.as_ref().is_some_and(|filter| !filter.meets(&properties)) {
            return Ok(());
        }
        match validity::outline(feature.geometry.as_ref(), &|c| entry.crs.to_degrees(c)) {
            Ok(sound) => each(sound.outline),
            Err(NoOutline::Coordinate(source)) => {
                return Err(IntakeError::OutsideCrs {
                    path: path.to_owned(),
                    number: raw.number,
                    id: name_of(entry, &properties),
                    source,
                });
            }
            Err(NoOutline::Missing | NoOutline::Bad(_)) => {}
        }
        Ok(())
    })
}

/// A geometry of any kind but a collection; areas are made valid.
fn any_geometry(
    geometry: Option<&GeometryValue>,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, OutsideCrs>,
    notes: &mut Notebook,
) -> Result<Geometry<f64>, NoOutline<OutsideCrs>> {
    let line = |positions: &[geojson::Position]| -> Result<LineString<f64>, NoOutline<OutsideCrs>> {
        if positions.len() < 2 {
            return Err(NoOutline::Bad("has a line of fewer than two points".to_owned()));
        }
        positions.iter().map(|position| placed(position, place)).collect()
    };
    Ok(match geometry {
        None => return Err(NoOutline::Missing),
        Some(GeometryValue::Point { coordinates }) => {
            Geometry::Point(Point::from(placed(coordinates, place)?))
        }
        Some(GeometryValue::MultiPoint { coordinates }) => {
            let points: Result<Vec<Coord<f64>>, _> =
                coordinates.iter().map(|position| placed(position, place)).collect();
            Geometry::MultiPoint(points?.into_iter().map(Point::from).collect::<MultiPoint<f64>>())
        }
        Some(GeometryValue::LineString { coordinates }) => Geometry::LineString(line(coordinates)?),
        Some(GeometryValue::MultiLineString { coordinates }) => {
            let lines: Result<Vec<LineString<f64>>, _> =
                coordinates.iter().map(|positions| line(positions)).collect();
            Geometry::MultiLineString(MultiLineString::new(lines?))
        }
        Some(GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. }) => {
            let (outline, _area) = notes.sound(validity::outline(geometry, place)?);
            Geometry::MultiPolygon(outline)
        }
        Some(GeometryValue::GeometryCollection { .. }) => {
            return Err(NoOutline::Bad(
                "is a GeometryCollection; give each geometry a feature of its own".to_owned(),
            ));
        }
    })
}

/// `work` on every item by `threads` threads; answers in the order of the items.
fn in_parallel<I: Sync, O: Send>(
    items: &[I],
    threads: usize,
    work: &(dyn Fn(&I) -> O + Sync),
) -> Vec<O> {
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut answers: Vec<(usize, O)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(items.len()))
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = Vec::new();
                    // One huge outline must not hold up a whole share of the batch.
                    while let at = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(item) = items.get(at)
                    {
                        answers.push((at, work(item)));
                    }
                    answers
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| match worker.join() {
                Ok(answers) => answers,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    });
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
