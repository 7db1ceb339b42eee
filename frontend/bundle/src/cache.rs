//! Results of slow steps, kept by the content of their inputs.

use crate::error::BundleError;
use crate::project::Project;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// A folder of results. The name of each is the digest of all that it was made from, this program
/// included, so that nothing in it can be stale.
pub struct Cache {
    folder: PathBuf,
    program: [u8; 32],
    used: BTreeSet<String>,
}

/// Names one result: what was done, and to what.
pub struct Key<'a> {
    /// The step and the extension of its result, say `"twin.br"`.
    pub step: &'a str,
    /// Everything that the result depends on.
    pub inputs: &'a [&'a [u8]],
}

impl Cache {
    /// Opens the cache of this name in `target/`.
    pub fn open(project: &Project, name: &str) -> Result<Self, BundleError> {
        let folder = project.target.join(name);
        fs::create_dir_all(&folder).map_err(BundleError::io("make", &folder))?;
        let program = std::env::current_exe()
            .map_err(|source| BundleError::Start { program: String::from("bundle"), source })?;
        let bytes = fs::read(&program).map_err(BundleError::io("read", &program))?;
        Ok(Self { folder, program: Sha256::digest(bytes).into(), used: BTreeSet::new() })
    }

    /// The result, from the cache or else made now.
    pub fn get(
        &mut self,
        key: &Key<'_>,
        make: impl FnOnce() -> Result<Vec<u8>, BundleError>,
    ) -> Result<Vec<u8>, BundleError> {
        let mut digest = Sha256::new_with_prefix(self.program);
        digest.update(key.step);
        for input in key.inputs {
            // The length first, or bytes could wander from one input to the next unnoticed.
            digest.update((input.len() as u64).to_le_bytes());
            digest.update(input);
        }
        let name = format!("{}.{}", hex(&digest.finalize()), key.step);
        let path = self.folder.join(&name);
        self.used.insert(name);
        if let Ok(known) = fs::read(&path) {
            return Ok(known);
        }
        let made = make()?;
        // Written beside and renamed: an interrupted run leaves no half result under the name.
        let draft = self.folder.join("draft");
        fs::write(&draft, &made).map_err(BundleError::io("write", &draft))?;
        fs::rename(&draft, &path).map_err(BundleError::io("write", &path))?;
        Ok(made)
    }

    /// Where a step may put a file for another program to read.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes what this run has not used.
    pub fn prune(&self) -> Result<(), BundleError> {
        let entries = fs::read_dir(&self.folder).map_err(BundleError::io("read", &self.folder))?;
        for entry in entries.flatten() {
            if !self.used.contains(&*entry.file_name().to_string_lossy()) {
                let path = entry.path();
                fs::remove_file(&path).map_err(BundleError::io("remove", &path))?;
            }
        }
        Ok(())
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
