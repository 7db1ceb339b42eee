//! Taking a backup of a folder that a portal may be serving.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Component, Path, PathBuf},
};

use audit::Ends;
use base64::{Engine, engine::general_purpose::STANDARD};
use clap::Args;
use domain::Clock;
use keys::{
    KeyError,
    manifest::{FILE as LIST, KeyList},
    private_file,
};
use store_sqlite::{DATABASE_FILE, audit_runs_through, copy_database};

use super::{
    BackupError,
    contents::{Contents, is_gone},
    failed, keys_beside,
    manifest::{self, FORMAT, KeyFile, Keys, MANIFEST, Manifest},
    partial::{self, Partial, copy_private, write_private},
    progress::Progress,
};
use crate::{
    catalogues,
    config::{Config, ConfigError},
    database::{Database, DatabaseArg},
    output::Output,
};

/// How `jianma backup` is called.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Folder of the data; a portal may be serving it.
    #[arg(long)]
    pub data: PathBuf,
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseArg,
    /// Folder of the backup; must not be there.
    #[arg(short, long, value_name = "FOLDER")]
    pub output: PathBuf,
    /// File for the keys, to be kept apart from the backup; FOLDER.keys unless told.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Configuration file, kept among the keys with the policies, catalogues and certificates that it
    /// names. It also says where the keys are, if they are not in the data folder.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

/// Takes a backup. `progress` is told how far it is. It is not well when the audit does not run
/// through the ends that were noted outside it, or a key is lost.
///
/// # Errors
/// [`BackupError`]; then nothing is left under the name of the backup.
pub fn take(
    arguments: &BackupArgs,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Output, BackupError> {
    let keys = arguments.keys.clone().unwrap_or_else(|| keys_beside(&arguments.output));
    let dead = is_of_a_dead_backup(&keys, &arguments.output);
    if keys.exists() && !dead {
        return Err(BackupError::Exists { path: keys });
    }
    let partial = Partial::begin(&arguments.output)?;
    let filled = fill(arguments, &keys, partial.path(), clock, progress);
    // The keys first: a backup under its name has keys.
    let kept = filled.and_then(|(taken, held)| {
        keep(&keys, &held, dead)?;
        Ok(taken)
    });
    match kept {
        Ok(taken) => {
            partial.finish()?;
            Ok(taken)
        }
        Err(error) => {
            partial.abandon();
            Err(error)
        }
    }
}

/// Writes the file of keys; only that of a dead backup is overwritten.
fn keep(keys: &Path, held: &[u8], dead: bool) -> Result<(), BackupError> {
    if dead {
        return private_file::replace(keys, held).map_err(failed(keys));
    }
    private_file::create_new(keys, held).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { path: keys.to_owned() },
        _ => failed(keys)(source),
    })
}

/// Whether the keys were put there by a command that was killed just before its backup got its
/// name: nothing else can be opened with them.
fn is_of_a_dead_backup(keys: &Path, output: &Path) -> bool {
    let manifest = fs::read(partial::beside(output).join(MANIFEST));
    let held = fs::read(keys).ok().and_then(|held| serde_json::from_slice::<Keys>(&held).ok());
    match (manifest, held) {
        (Ok(manifest), Some(held)) => held.manifest_sha256 == manifest::digest(&manifest),
        _ => false,
    }
}

/// Fills the folder of the backup; what was taken, and what the file of its keys is to hold.
fn fill(
    arguments: &BackupArgs,
    keys: &Path,
    into: &Path,
    clock: &dyn Clock,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(Output, Vec<u8>), BackupError> {
    let data = &arguments.data;
    let mut lines = Vec::new();
    // First: one that does not read is said before anything is copied.
    let configuration = match &arguments.config {
        Some(config) => configuration(config, data, &mut lines)?,
        None => Vec::new(),
    };
    // Read before the copy begins, so the copy's audit runs through it.
    let read = Config::read(arguments.config.as_deref())?.put_to_use()?;
    let key_folder = read.keys.folder(data)?;
    let database_of_data = arguments.database.beside(data);
    // Before anything is copied: without any key they lie elsewhere, and the backup would be of no use.
    let traces = database_of_data.traces()?;
    if !keys::has_keys(key_folder) {
        keys::refuse_without_keys(key_folder, &traces)?;
    }
    // One that was lost while the portal serves on keeps nothing else from being copied.
    let mut lost = keys::lost_keys(key_folder, &traces)?;
    lost.extend(lost_secrets(&read, key_folder)?);
    let noted = Ends::of(data, read.audit.witness.as_deref()).said().map_err(BackupError::Ends)?;
    let taken_at = clock.now();
    let database = into.join(DATABASE_FILE);
    write_private(&database, b"")?;
    let task = format!("copying {DATABASE_FILE}");
    let Database::Sqlite { folder } = database_of_data;
    let facts = copy_database(&folder, &database, &mut |done, of| {
        progress(Progress::Bytes { task: &task, done, of });
    })?;
    let begun = KeyList::of(key_folder)?.audit_begun;
    let mut fits = facts.audit_end.is_some() || !begun;
    for noted in &noted {
        fits &= audit_runs_through(&database, noted).map_err(BackupError::Audit)?;
    }
    // An end that the chain does not reach stays noted, so that a restore misses it too.
    let farthest = noted.into_iter().max_by_key(|noted| noted.sequence);
    let audit_end = if fits { facts.audit_end } else { farthest };
    let mut files = vec![manifest::entry(DATABASE_FILE.to_owned(), &database, progress)?];
    // Keys after the database: whatever it holds was sealed with one of them.
    let mut contents = Contents::of(data)?;
    let within = below(key_folder, data);
    if let Some(within) = within.as_ref().filter(|within| is_apart(within)) {
        contents.secret.retain(|path| !path.starts_with(within));
    }
    for path in &contents.large {
        let name = format!("files/{}", path.to_string_lossy());
        let (from, to) = (data.join(path), into.join(&name));
        if unless_gone(&from, copy_private(&from, &to, progress))?.is_some() {
            files.push(manifest::entry(name, &to, progress)?);
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at,
        versions: facts.versions,
        requests: facts.requests,
        last_request_at: facts.last_request_at,
        labels: facts.labels,
        audit_end,
        files,
        files_elsewhere: read.attachments.elsewhere(data),
    };
    let text = json(&manifest)?;
    write_private(&into.join(MANIFEST), &text)?;
    let held = Keys {
        format: FORMAT,
        taken_at,
        manifest_sha256: manifest::digest(&text),
        files: secrets(data, &contents)?,
        key_folder: match &within {
            Some(within) if !is_apart(within) => Vec::new(),
            _ => secrets(key_folder, &keys_of(key_folder, data, &read)?)?,
        },
        key_folder_within: within
            .filter(|within| is_apart(within))
            .map(|within| within.to_string_lossy().into_owned()),
        configuration,
        lacks: lost.iter().filter_map(named).collect(),
    };
    lines.extend(summary(arguments, keys, &manifest, &held, &contents, fits));
    let warnings = lost.iter().map(|lost| format!("THE BACKUP LACKS A KEY: {lost}")).collect();
    Ok((
        Output { lines, warnings, well: fits && lost.is_empty(), ..Output::default() },
        json(&held)?,
    ))
}

/// The list of keys and the secrets of departments, where they were there and are not. Of a department
/// that is in the configuration no more, nobody misses the secret.
fn lost_secrets(config: &Config, folder: &Path) -> Result<Vec<KeyError>, BackupError> {
    let in_use = |path: &Path| {
        let files = config.departments.values().map(|department| &department.secret_file);
        path.ends_with(LIST)
            || config.departments.is_empty()
            || files.map(|file| folder.join(file)).any(|file| file == *path)
    };
    let lost = keys::lost_beside(folder)?;
    Ok(lost
        .into_iter()
        .filter(|lost| matches!(lost, KeyError::Missing { path, .. } if in_use(path)))
        .collect())
}

/// The name of a key that was lost.
fn named(lost: &KeyError) -> Option<String> {
    let KeyError::Missing { path, .. } = lost else { return None };
    Some(path.file_name()?.to_string_lossy().into_owned())
}

/// `None` where the file went away since the folder was looked through.
fn unless_gone<T>(file: &Path, done: Result<T, BackupError>) -> Result<Option<T>, BackupError> {
    match done {
        Err(BackupError::File { path, source }) if path == file && is_gone(&source) => Ok(None),
        done => done.map(Some),
    }
}

/// Where a folder lies inside another, whatever names lead to them; empty where they are one.
fn below(folder: &Path, other: &Path) -> Option<PathBuf> {
    let [folder, other] = [folder, other].map(|path| fs::canonicalize(path).ok());
    folder?.strip_prefix(other?).ok().map(Path::to_owned)
}

/// Whether a folder that lies inside another is not that one.
fn is_apart(within: &Path) -> bool {
    !within.as_os_str().is_empty()
}

/// What is in a folder of keys; a witness that was put there is none, nor is what is in a data folder
/// inside it.
fn keys_of(folder: &Path, data: &Path, config: &Config) -> Result<Contents, BackupError> {
    let mut contents = Contents::of(folder)?;
    let witness = config.audit.witness.as_deref();
    let data = below(data, folder);
    contents.secret.retain(|path| {
        witness != Some(&*folder.join(path))
            && !data.as_ref().is_some_and(|data| path.starts_with(data))
    });
    Ok(contents)
}

fn secrets(data: &Path, contents: &Contents) -> Result<Vec<KeyFile>, BackupError> {
    let mut held = Vec::new();
    for path in &contents.secret {
        let file = data.join(path);
        let read = key_file(&file, path.to_string_lossy().into_owned());
        held.extend(unless_gone(&file, read)?);
    }
    Ok(held)
}

fn key_file(file: &Path, path: String) -> Result<KeyFile, BackupError> {
    let content = fs::read(file).map_err(failed(file))?;
    Ok(KeyFile { path, sha256: manifest::digest(&content), content: STANDARD.encode(content) })
}

/// The configuration, its policies, its catalogues and its certificates.
fn configuration(
    config: &Path,
    data: &Path,
    lines: &mut Vec<String>,
) -> Result<Vec<KeyFile>, BackupError> {
    let read = Config::read(Some(config))?.put_to_use()?;
    let folder = config.parent().unwrap_or(Path::new(""));
    let authorities = read.departments.values().filter_map(|each| each.ca_file.as_ref());
    let named = read.policies.files.iter().chain(authorities).chain(&read.forward.ca_file);
    let s3 = &read.attachments.s3;
    let named = named.chain(&s3.ca_file).chain(&s3.credentials_file);
    let catalogues = read.catalogues.folder.as_deref().map(catalogues::files).transpose();
    let catalogues = catalogues.map_err(ConfigError::from)?;
    let catalogues = catalogues.unwrap_or_default();
    let named = named.chain(catalogues.iter().map(|(_, path)| path));
    let mut kept: BTreeMap<String, &Path> = BTreeMap::new();
    let mut files = Vec::new();
    for path in std::iter::once(config).chain(named.map(PathBuf::as_path)) {
        let name = place_of(path, folder);
        match kept.get(&name) {
            None => {
                files.push(key_file(path, name.clone())?);
                kept.insert(name, path);
            }
            Some(other) if *other == path => {}
            Some(_) => {
                lines.push(format!("left out: {}, of whose name there is another", path.display()));
            }
        }
    }
    let key_folder = read.keys.folder(data)?;
    let secrets = read.departments.values().map(|department| &department.secret_file);
    let secrets = secrets.chain(read.staff.oidc.iter().map(|service| &service.secret_file));
    for named in secrets.chain(read.identity.iter().map(|identity| &identity.keys)) {
        let path = key_folder.join(named);
        if !path.starts_with(data) && !path.starts_with(key_folder) && path.exists() {
            lines.push(format!("left out: {}, which is not in the data folder", path.display()));
        }
    }
    Ok(files)
}

/// Where a file stands below the folder of the configuration; its name, if it is elsewhere.
fn place_of(path: &Path, folder: &Path) -> String {
    let below = path.strip_prefix(folder).ok().and_then(|rest| {
        let parts = rest.components().filter(|part| *part != Component::CurDir);
        let parts: Vec<Component<'_>> = parts.collect();
        let is_below = parts.iter().all(|part| matches!(part, Component::Normal(_)));
        is_below.then(|| parts.iter().collect::<PathBuf>())
    });
    let place = below.unwrap_or_else(|| path.file_name().unwrap_or_default().into());
    place.to_string_lossy().into_owned()
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, BackupError> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| BackupError::Unsound { reason: error.to_string() })
}

fn summary(
    arguments: &BackupArgs,
    keys: &Path,
    manifest: &Manifest,
    held: &Keys,
    contents: &Contents,
    fits: bool,
) -> Vec<String> {
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let mut lines: Vec<String> = contents
        .left_out
        .iter()
        .map(|(path, what)| format!("left out: {}, {what}", path.display()))
        .collect();
    lines.push(format!(
        "backed up {} as of {:.0} into {} ({} MiB): {} requests, {} labels, data {}",
        arguments.data.display(),
        manifest.taken_at,
        arguments.output.display(),
        bytes.div_ceil(1 << 20),
        manifest.requests,
        manifest.labels,
        said(&manifest.versions),
    ));
    let files = held.files.iter().chain(&held.key_folder);
    let mut names: Vec<&str> = files.map(|file| file.path.as_str()).collect();
    names.sort_unstable();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    lines.push(format!("its keys are in {} ({names}); keep them elsewhere", keys.display()));
    if let Some(place) = &manifest.files_elsewhere {
        lines.push(format!(
            "the files of requests are not in it: they lie in {place}. Copy them after it, or have nothing that is \
             deleted there vanish for as long as this backup is kept"
        ));
    }
    if !held.configuration.is_empty() {
        let names: Vec<&str> = held.configuration.iter().map(|file| file.path.as_str()).collect();
        lines.push(format!("the configuration is with the keys ({})", names.join(", ")));
    }
    match &manifest.audit_end {
        _ if !fits => lines.push(
            "THE AUDIT DOES NOT RUN THROUGH THE END THAT WAS NOTED OUTSIDE IT: run verify-audit; the \
             backup holds it as it is"
                .to_owned(),
        ),
        None => lines.push("its audit is empty".to_owned()),
        Some(end) => lines.push(format!("its audit ends at {end}")),
    }
    lines
}

/// Data versions in words.
pub(super) fn said(versions: &[String]) -> String {
    if versions.is_empty() { "none".to_owned() } else { versions.join(", ") }
}
