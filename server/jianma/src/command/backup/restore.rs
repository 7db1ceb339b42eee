//! Making a data folder of a backup.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use ::audit::{END_FILE, VerifyError, note_backup, verify};
use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use domain::{Clock, audit};
use keys::{
    AUDIT, CLASSIFIED,
    manifest::{self, KeyList},
    private_file,
};
use store_sqlite::DATABASE_FILE;

use super::{
    BackupError, failed, keys_beside,
    manifest::{self as described, FORMAT, Keys, MANIFEST, Manifest, RESTORED_CONFIG},
    partial::{Partial, copy_private, write_private},
    progress::Progress,
    take::said,
};
use crate::{data::Data, database::Database, output::Output, staff};

/// How `jianma restore` is called.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Folder of the backup.
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
    /// File of its keys; FOLDER.keys unless told.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Folder to make; must not be there, or be empty.
    #[arg(long)]
    pub data: PathBuf,
    /// Folder for the keys, if they were in one of their own elsewhere; without it, they go into the
    /// data folder, to where they were if they lay inside it. Keys that are there must be the same.
    #[arg(long, value_name = "FOLDER")]
    pub key_folder: Option<PathBuf>,
}

/// Restores a backup: checks every digest first, fills the folder, checks the audit up to the end
/// that the backup names, and only then gives the folder its name. `progress` is told how far it
/// is. It is not well when the audit in the backup is not as it was written.
///
/// # Errors
/// [`BackupError`]; then there is no folder of that name.
pub async fn restore(
    arguments: &RestoreArgs,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Output, BackupError> {
    let keys = arguments.keys.clone().unwrap_or_else(|| keys_beside(&arguments.from));
    let (manifest, keys) = read(&arguments.from, &keys)?;
    refuse_without(&manifest, &keys)?;
    for lacked in &keys.lacks {
        let next = if lacked == manifest::FILE {
            "the portal makes it anew of the keys that it finds"
        } else {
            "put it back from an older file of keys before the portal serves"
        };
        let line = format!("THE BACKUP LACKS {lacked}, which was lost when it was taken: {next}");
        progress(Progress::Line(&line));
    }
    for file in &manifest.files {
        check(&arguments.from, file, progress)?;
    }
    let partial = Partial::begin(&arguments.data)?;
    let filled = async {
        fill(&arguments.from, partial.path(), &manifest, &keys, progress)?;
        progress(Progress::Line("checking the audit"));
        let audit = audit_of(partial.path(), &keys, &manifest, clock).await?;
        if let Some(folder) = &arguments.key_folder {
            move_keys(partial.path(), folder, &keys)?;
        }
        Ok(audit)
    };
    match filled.await {
        Ok(audit) => {
            partial.finish()?;
            let well = audit.is_ok();
            let lines = summary(arguments, &manifest, &keys, audit);
            Ok(Output { lines, well, ..Output::default() })
        }
        Err(error) => {
            partial.abandon();
            Err(error)
        }
    }
}

fn unsound(reason: String) -> BackupError {
    BackupError::Unsound { reason }
}

/// Says before anything is copied that a backup cannot be restored: without the key of classified codes
/// no database opens, and without that of the audit one that was begun can be neither checked nor go on.
fn refuse_without(manifest: &Manifest, held: &Keys) -> Result<(), BackupError> {
    let needed = [(CLASSIFIED, true), (AUDIT, manifest.audit_end.is_some())];
    let lacked = |(file, needed): &(&str, bool)| *needed && held.lacks.iter().any(|it| it == file);
    match needed.iter().find(|it| lacked(it)) {
        None => Ok(()),
        Some((file, _)) => Err(unsound(format!(
            "{file} was lost already when it was taken, and nothing opens without it. Nothing was done. \
             Put the key back where the backup was taken, from an older file of keys, and take another; or \
             restore a backup of before it was lost"
        ))),
    }
}

/// The manifest and the keys, which must be of the same backup.
fn read(from: &Path, keys: &Path) -> Result<(Manifest, Keys), BackupError> {
    let path = from.join(MANIFEST);
    let text = fs::read(&path).map_err(failed(&path))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| unsound(format!("{} does not read: {error}", path.display())))?;
    if manifest.format > FORMAT {
        let reason = format!("it was taken by a newer program, {}; use that one", manifest.program);
        return Err(unsound(reason));
    }
    let held = match fs::read(keys) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(unsound(format!(
                "its keys are not in {}; name their file with --keys. Without them no receipt \
                 opens, no label is genuine and the audit cannot go on",
                keys.display()
            )));
        }
        other => other.map_err(failed(keys))?,
    };
    let held: Keys = serde_json::from_slice(&held)
        .map_err(|error| unsound(format!("{} does not read: {error}", keys.display())))?;
    if held.manifest_sha256 != described::digest(&text) {
        return Err(unsound(if held.taken_at == manifest.taken_at {
            format!("{} was changed since it was written", path.display())
        } else {
            format!(
                "the keys are of the backup of {}, this one is of {}",
                held.taken_at, manifest.taken_at
            )
        }));
    }
    for file in held.files.iter().chain(&held.key_folder).chain(&held.configuration) {
        let content = STANDARD.decode(&file.content).unwrap_or_default();
        if described::digest(&content) != file.sha256 {
            return Err(unsound(format!("{} in the file of keys was changed since", file.path)));
        }
    }
    let paths = manifest.files.iter().map(|file| &file.path).chain(&held.key_folder_within);
    let held_files = held.files.iter().chain(&held.key_folder).chain(&held.configuration);
    for path in paths.chain(held_files.map(|file| &file.path)) {
        // A path that leads out of the folder would write anywhere.
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(unsound(format!("it names the file {path}")));
        }
    }
    if !manifest.files.iter().any(|file| file.path == DATABASE_FILE) {
        return Err(unsound("it has no database".to_owned()));
    }
    Ok((manifest, held))
}

fn check(
    from: &Path,
    file: &described::Entry,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), BackupError> {
    let found = described::entry(file.path.clone(), &from.join(&file.path), progress)?;
    if found == *file {
        return Ok(());
    }
    Err(unsound(format!(
        "{} is not the file that was backed up ({} bytes, now {}); take another copy of the backup",
        file.path, file.bytes, found.bytes
    )))
}

fn fill(
    from: &Path,
    into: &Path,
    manifest: &Manifest,
    keys: &Keys,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), BackupError> {
    for file in &manifest.files {
        let path = file.path.strip_prefix("files/").unwrap_or(&file.path);
        copy_private(&from.join(&file.path), &into.join(path), progress)?;
    }
    let (own, config) = (keys.folder_in(into), into.join(RESTORED_CONFIG));
    for (folder, files) in
        [(into, &keys.files), (&*own, &keys.key_folder), (&*config, &keys.configuration)]
    {
        for file in files {
            let content = STANDARD.decode(&file.content).unwrap_or_default();
            write_private(&folder.join(&file.path), &content)?;
        }
    }
    // Of the same moment as the database: a later end would read as a shortened audit.
    match &manifest.audit_end {
        Some(end) => write_private(&into.join(END_FILE), end.to_string().as_bytes()),
        None => Ok(()),
    }
}

/// The whole audit, through the end that the backup names. The database is brought to the state of
/// this program on the way.
async fn audit_of(
    folder: &Path,
    held: &Keys,
    manifest: &Manifest,
    clock: &dyn Clock,
) -> Result<Result<(), audit::AuditFault>, BackupError> {
    let key_folder = held.folder_in(folder);
    let store = Data::existing(&Database::in_folder(folder), &key_folder)?.store;
    let Some(end) = &manifest.audit_end else { return Ok(Ok(())) };
    let key = keys::existing_audit_key(&key_folder)
        .map_err(|error| unsound(format!("its audit cannot be checked: {error}")))?;
    match verify(&*store, &key, vec![end.clone()], audit::Elsewhere::default()).await {
        Ok(summary) => {
            let restored = audit::Restored {
                at: clock.now(),
                by: staff::name(None)?,
                why: format!("restored of the backup of {:.0}", manifest.taken_at),
                known: None,
                found: summary.checked.head,
            };
            note_backup(&*store, &key, folder, &key_folder, restored).await?;
            Ok(Ok(()))
        }
        Err(VerifyError::Fault(fault)) => Ok(Err(fault)),
        Err(VerifyError::Store(error)) => Err(BackupError::Audit(error)),
    }
}

/// Puts the keys where they belong, away from the data folder.
fn move_keys(data: &Path, to: &Path, keys: &Keys) -> Result<(), BackupError> {
    let from = keys.folder_in(data);
    let list = Path::new(manifest::FILE);
    // Where they lay in the data folder, the list beside them says which they are.
    let listed = if keys.key_folder.is_empty() { KeyList::of(&from)?.key } else { Vec::new() };
    let apart = keys.key_folder.iter().map(|file| file.path.as_str());
    let beside = listed.iter().map(|key| key.file.as_str());
    for name in apart.chain(beside).map(Path::new).chain([list]) {
        let (held, path) = (from.join(name), to.join(name));
        let content = match fs::read(&held) {
            // The list, named twice.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            other => other.map_err(failed(&held))?,
        };
        match fs::read(&path) {
            Ok(there) if there == content || name == list => {}
            Ok(_) => {
                let reason = format!("{} is another key; nothing is overwritten", path.display());
                return Err(unsound(reason));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                private_file::create_new(&path, &content).map_err(failed(&path))?;
            }
            Err(source) => return Err(BackupError::File { path, source }),
        }
        fs::remove_file(&held).map_err(failed(&held))?;
    }
    Ok(())
}

fn summary(
    arguments: &RestoreArgs,
    manifest: &Manifest,
    keys: &Keys,
    audit: Result<(), audit::AuditFault>,
) -> Vec<String> {
    let Manifest { taken_at, .. } = manifest;
    let last = match manifest.last_request_at {
        Some(at) => format!(", the last of {at:.0}"),
        None => String::new(),
    };
    let mut lines = vec![
        format!(
            "restored {} as of {taken_at:.0}: {} requests{last}, {} labels, data {}",
            arguments.data.display(),
            manifest.requests,
            manifest.labels,
            said(&manifest.versions)
        ),
        format!(
            "what came after {taken_at:.0} is not in it: requests, whose receipts do not open here \
             though departments may have them; answers of departments; labels; disclosures; imports"
        ),
        "what departments had not confirmed by then is delivered again, under the same webhook-id"
            .to_owned(),
    ];
    match (audit, &manifest.audit_end) {
        (Err(fault), _) => lines.push(format!(
            "THE AUDIT IN THE BACKUP IS NOT AS IT WAS WRITTEN: {fault}. Nothing that is not public \
             is shown until the audit officer has looked"
        )),
        (Ok(()), Some(end)) => lines.push(format!(
            "the audit is as it was written, up to {end}; that it was restored stands behind it. \
             Where a witness knows a later end, have the gap written down with `jianma audit \
             accept-restore`"
        )),
        (Ok(()), None) => lines.push("the audit is empty".to_owned()),
    }
    if let Some(place) = &manifest.files_elsewhere {
        lines.push(format!(
            "the files of requests lie in {place}, as they are now: bring back there what was deleted since the \
             backup, or departments and applicants do not get it"
        ));
    }
    if !keys.configuration.is_empty() {
        let config = arguments.data.join(RESTORED_CONFIG);
        lines.push(format!("the configuration of then is in {}", config.display()));
    }
    lines
}

#[cfg(test)]
mod tests;
