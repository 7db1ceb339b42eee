//! Which parcels are classified, known before anything is staged: layers and the base map come
//! before parcels, and may not draw what is in one; no other record may name one.
//!
//! Outlines and codes are held in memory until the import ends, and nowhere else.

use std::{collections::HashSet, sync::Arc};

use domain::{ParcelCode, code::Strictness};
use geo::{Intersects, MultiPolygon, Polygon, Relate, unary_union};

use super::{
    Run,
    history::History,
    parcel_file::{ParcelFile, is_classified},
    stream::read_file,
    work::Notebook,
};
use crate::{
    error::IntakeError,
    feature::Properties,
    objection::{Allowance, Objection},
    template::Filled,
    validity,
};

/// The classified parcels of an import.
pub(super) struct Classified {
    codes: HashSet<ParcelCode>,
    /// Codes that ended into one of them.
    ended_into: HashSet<ParcelCode>,
    /// All their ground.
    ground: MultiPolygon<f64>,
}

impl Default for Classified {
    fn default() -> Self {
        let ground = MultiPolygon::new(Vec::new());
        Self { codes: HashSet::new(), ended_into: HashSet::new(), ground }
    }
}

impl Classified {
    pub(super) fn has(&self, code: &ParcelCode) -> bool {
        self.codes.contains(code)
    }

    pub(super) fn ended(&self, code: &ParcelCode) -> bool {
        self.ended_into.contains(code)
    }

    /// Whether a restriction lies in classified land and nowhere else: an area, or lines and points
    /// as pieces.
    pub(super) fn holds(&self, outline: &MultiPolygon<f64>, pieces: &[Polygon<f64>]) -> bool {
        if self.ground.0.is_empty() || pieces.is_empty() {
            return false;
        }
        let corners = pieces.iter().flat_map(|piece| piece.exterior().coords());
        let mut inside = corners.map(|corner| self.ground.intersects(corner));
        inside.all(|inside| inside)
            && (outline.0.is_empty() || self.ground.relate(outline).is_covers())
    }
}

impl Run<'_> {
    /// Reads the parcel files for what they classify, where a mapping has a rule for it.
    pub(super) fn find_classified(&mut self, files: &[ParcelFile<'_>]) -> Result<(), IntakeError> {
        let today = self.today;
        let mut found = Classified::default();
        let mut outlines = Vec::new();
        let mut parts = Vec::new();
        let mut unread = 0_u64;
        for ParcelFile { entry, path, mapping } in files {
            if mapping.classified.is_none() {
                continue;
            }
            read_file(path, entry, &mut |raw| {
                let Ok(feature) = raw.read() else {
                    // Part of it may read, and say that it is classified.
                    unread += u64::from(raw.fault.is_some());
                    return Ok(());
                };
                let properties = Properties::of(&feature, &entry.absent);
                let taken = entry.filter.as_ref().is_none_or(|filter| filter.meets(&properties));
                if !taken || !is_classified(mapping, &properties, &mut Notebook::default()) {
                    return Ok(());
                }
                let place = |c| entry.crs.to_degrees(c);
                let outline = match validity::outline(feature.geometry.as_ref(), &place) {
                    Ok(sound) => Some(sound.outline),
                    Err(validity::NoOutline::Missing) if mapping.without_outline => {
                        Some(MultiPolygon::new(Vec::new()))
                    }
                    Err(_) => None,
                };
                let code = match mapping.code.fill(&properties) {
                    Filled::Text(text) => ParcelCode::parse(&text, Strictness::LookUp).ok(),
                    _ => None,
                };
                unread += u64::from(outline.is_none() || code.is_none());
                let outline = outline.unwrap_or_else(|| MultiPolygon::new(Vec::new()));
                if let Some(parsed) = code {
                    found.codes.insert(parsed.code);
                    if let Ok(history) = History::read::<()>(mapping, &properties)
                        && history.in_force(today)
                    {
                        let before = history.predecessors.into_iter();
                        found.ended_into.extend(before.filter(|old| *old != parsed.code));
                    }
                    parts.push((parsed.code, outline.clone()));
                }
                outlines.extend(outline);
                Ok(())
            })?;
        }
        found.ground = unary_union(&outlines);
        for (code, outline) in &parts {
            self.writer.announce_classified(code, outline)?;
        }
        if unread > 0 {
            let reason = format!(
                "{unread} classified features have no code or no outline that reads, so what lies \
                 in them cannot be kept off the map"
            );
            self.objections.push(Objection { allowance: Allowance::Unclassified, reason });
        }
        self.classified = Arc::new(found);
        Ok(())
    }
}
