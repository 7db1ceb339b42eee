//! Trying out where bytes lie, before anybody relies on it.

use domain::digest::hexadecimal;
use object_store::{Error, ObjectStoreExt as _, path::Path};

use super::Files;

/// What stands before the names of files that are tried out. No file of a request begins like it.
const TRIED: &str = "tried-out";

/// Why files cannot be kept there. The text is for whoever starts the portal.
#[derive(Debug, thiserror::Error)]
pub enum TryOutError {
    /// Nothing can be written.
    #[error("no file can be written there: {0}")]
    Written(String),
    /// What was written does not come back.
    #[error("a file that was written there cannot be read: {0}")]
    Read(String),
    /// What was written stays.
    #[error("a file that was written there cannot be deleted: {0}")]
    Deleted(String),
}

impl Files {
    /// Writes a file of no meaning, reads it and deletes it.
    ///
    /// # Errors
    /// [`TryOutError`] says what cannot be done.
    pub async fn try_out(&self) -> Result<(), TryOutError> {
        let mut drawn = [0; 16];
        self.parts.entropy.fill(&mut drawn);
        // Of its own name: several portals may start at once.
        let path = Path::from_iter([TRIED, &hexadecimal(&drawn)]);
        let objects = &self.parts.objects;
        let put = objects.put(&path, drawn.to_vec().into()).await;
        put.map_err(|error| TryOutError::Written(said(&error)))?;
        let read = async { objects.get(&path).await?.bytes().await };
        let read = read.await.map_err(|error| TryOutError::Read(said(&error)))?;
        if *read != drawn {
            return Err(TryOutError::Read("it is not what was written".to_owned()));
        }
        objects.delete(&path).await.map_err(|error| TryOutError::Deleted(said(&error)))
    }
}

/// What went wrong, on a line; a server's own answer is in it in full.
fn said(error: &Error) -> String {
    match error {
        Error::Unauthenticated { .. } | Error::PermissionDenied { .. } => {
            "the server refuses the key".to_owned()
        }
        Error::NotFound { .. } => "there is no such bucket".to_owned(),
        other => other.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}
