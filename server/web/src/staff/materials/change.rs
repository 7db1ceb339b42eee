//! What a form says of the materials, held against what is kept: what is kept from then on, and each step of it for the
//! audit.

use domain::{
    attachment::Attached,
    audit::{CaseStep, MaterialFile},
    case::FilingMaterial,
    request::{MaterialBy, MaterialSeen},
    service::Material,
    signing::KeyName,
};

use super::{MATERIAL, Open, new_ids};
use crate::state::AppState;

/// The button that takes a file away again; its value is the file's id.
const REMOVE: &str = "remove";

/// What is kept from then on.
pub(super) struct Changed {
    pub(super) materials: Vec<FilingMaterial>,
    /// What it takes to get there, for the audit.
    pub(super) steps: Vec<CaseStep>,
}

/// Why nothing is said of any material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotSaid {
    /// No way that there is, or none of this material.
    NoSuchWay,
    /// Files came, and the material is not named that they show.
    NoMaterial,
    /// It cannot be signed just now.
    NotSigned,
}

/// The field that says how the material at that place of the list was seen.
pub(super) fn way_field(at: usize) -> String {
    format!("how.{at}")
}

/// Whether a material can be ticked off so: by sharing of data only what the catalogue says is shared.
fn is_way_of(material: &Material, way: MaterialBy) -> bool {
    way != MaterialBy::SharedData || material.shared
}

/// What a form says of a material: as it is kept where it says nothing.
fn way_of(
    open: &Open,
    (at, material): (usize, &Material),
    kept: Option<MaterialBy>,
) -> Result<Option<MaterialBy>, NotSaid> {
    match open.form.get(&way_field(at)).map(String::as_str) {
        None => Ok(kept),
        Some("") => Ok(None),
        Some(name) => {
            let way = MaterialBy::from_name(name).filter(|way| is_way_of(material, *way));
            way.map(Some).ok_or(NotSaid::NoSuchWay)
        }
    }
}

/// What comes of a form.
pub(super) fn changed(state: &AppState, open: &Open) -> Result<Changed, NotSaid> {
    let filing = open.filing();
    let listed = open.item.materials.iter().map(|one| one.zh.as_str());
    let new = new_ids(state, &open.files);
    let chosen = open.form.get(MATERIAL).and_then(|at| at.parse::<usize>().ok());
    let chosen = chosen.filter(|at| *at < open.item.materials.len());
    if !new.is_empty() && chosen.is_none() {
        return Err(NotSaid::NoMaterial);
    }
    let mut came = Changed { materials: Vec::new(), steps: Vec::new() };
    for (at, material) in open.item.materials.iter().enumerate() {
        let before = filing.and_then(|filing| filing.material(&material.zh));
        let kept = before.and_then(|one| one.seen.as_ref()).map(|seen| seen.how);
        let way = way_of(open, (at, material), kept)?;
        let brought = if chosen == Some(at) { open.files.kept.as_slice() } else { &[] };
        let one = One { state, open, text: &material.zh, before };
        one.put(&mut came, way, brought)?;
    }
    // What the catalogue does not list any more stays as it is, but for a file that is taken away.
    let listed: Vec<&str> = listed.collect();
    let others = filing.map(|filing| filing.materials.as_slice()).unwrap_or_default();
    for other in others.iter().filter(|one| !listed.contains(&one.material.as_str())) {
        let kept = other.seen.as_ref().map(|seen| seen.how);
        let one = One { state, open, text: &other.material, before: Some(other) };
        one.put(&mut came, kept, &[])?;
    }
    Ok(came)
}

/// One material.
struct One<'o> {
    state: &'o AppState,
    open: &'o Open,
    text: &'o str,
    before: Option<&'o FilingMaterial>,
}

impl One<'_> {
    /// Writes down what is kept of it, and what it takes.
    fn put(
        &self,
        came: &mut Changed,
        way: Option<MaterialBy>,
        brought: &[Attached],
    ) -> Result<(), NotSaid> {
        let had = self.before.map(|one| one.files.as_slice()).unwrap_or_default();
        let taken_away = self.open.form.get(REMOVE);
        let (gone, stays): (Vec<&Attached>, Vec<&Attached>) =
            had.iter().partition(|file| taken_away == Some(&file.id));
        let is_other = !gone.is_empty() || !brought.is_empty();
        let files: Vec<Attached> = stays.into_iter().chain(brought).cloned().collect();
        let removed = |file| CaseStep::FileRemoved(self.file(file));
        came.steps.extend(gone.into_iter().map(removed));
        came.steps.extend(brought.iter().map(|file| CaseStep::FileAdded(self.file(file))));
        let said = self.before.and_then(|one| one.seen.as_ref());
        let kept = said.map(|seen| seen.how);
        let seen = if way == kept {
            // A word about paper is about the copies that lay there, and about no others.
            said.filter(|seen| !(is_other && seen.how.is_of_paper())).cloned()
        } else {
            way.map(|way| self.word(way, &files)).transpose()?
        };
        match (said, &seen) {
            (Some(said), None) => {
                came.steps.push(CaseStep::MaterialUnseen(Box::new(said.clone())));
            }
            (said, Some(seen)) if said != Some(seen) => {
                came.steps.push(CaseStep::MaterialSeen(Box::new(seen.clone())));
            }
            _ => {}
        }
        if !files.is_empty() || seen.is_some() {
            came.materials.push(FilingMaterial { material: self.text.to_owned(), files, seen });
        }
        Ok(())
    }

    /// The clerk's word, signed.
    fn word(&self, how: MaterialBy, files: &[Attached]) -> Result<MaterialSeen, NotSaid> {
        let Open { who, case, place, item, .. } = self.open;
        let word = MaterialSeen {
            material: self.text.to_owned(),
            how,
            files: files.iter().map(|file| file.sha256.clone()).collect(),
            visit: case.number.to_string(),
            item: item.id.clone(),
            code: *place,
            office: who.office.clone(),
            staff: who.id.to_string(),
            at: self.state.clock.now(),
            key: KeyName::written(""),
            algorithm: String::new(),
            signature: String::new(),
        };
        let signer = self.state.portal.signer().ok_or(NotSaid::NotSigned)?;
        word.signed(signer).map_err(|error| {
            tracing::error!(%error, "a clerk's word about a material is not signed");
            NotSaid::NotSigned
        })
    }

    fn file(&self, file: &Attached) -> Box<MaterialFile> {
        Box::new(MaterialFile {
            item: self.open.item.id.clone(),
            code: self.open.place,
            material: self.text.to_owned(),
            sha256: file.sha256.clone(),
        })
    }
}
