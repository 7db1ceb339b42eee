//! A scanner for malware: `clamd` of ClamAV, on this machine. Where one is named, nothing is kept that it has
//! not let pass: when it does not answer, no file is taken.

use std::{io, path::PathBuf, time::Duration};

use domain::attachment::FileFault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// How long it may take over a file.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes that it is sent at once.
const CHUNK: usize = 64 * 1024;
/// Longest answer that is read, bytes.
const LONGEST_ANSWER: u64 = 4096;

/// The scanner behind a socket.
#[derive(Clone, Debug)]
pub struct Scanner {
    /// The socket of `clamd` (`LocalSocket` of its configuration).
    pub socket: PathBuf,
}

impl Scanner {
    /// Whether it lets a file pass.
    ///
    /// # Errors
    /// [`FileFault::Infected`]; [`FileFault::Unavailable`] for everything but its plain word that nothing
    /// is wrong.
    pub async fn pass(&self, bytes: &[u8]) -> Result<(), FileFault> {
        let answer = match tokio::time::timeout(PATIENCE, self.ask(bytes)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(self.silent(&error)),
            Err(elapsed) => return Err(self.silent(&elapsed)),
        };
        let said = answer.trim_end_matches(['\0', '\n']).strip_prefix("stream: ");
        match said {
            Some("OK") => Ok(()),
            Some(found) if found.ends_with(" FOUND") => {
                tracing::warn!(found, "the scanner refused a file that somebody brought");
                Err(FileFault::Infected)
            }
            _ => Err(self.silent(&answer)),
        }
    }

    fn silent(&self, why: &dyn std::fmt::Display) -> FileFault {
        let socket = self.socket.display();
        tracing::error!(%socket, %why, "the scanner did not answer: no file is taken without it");
        FileFault::Unavailable
    }

    /// `INSTREAM` of clamd(8): each piece with its length before it, and a last one of none.
    async fn ask(&self, bytes: &[u8]) -> io::Result<String> {
        let mut line = UnixStream::connect(&self.socket).await?;
        line.write_all(b"zINSTREAM\0").await?;
        for piece in bytes.chunks(CHUNK) {
            let length = u32::try_from(piece.len()).map_err(io::Error::other)?;
            line.write_all(&length.to_be_bytes()).await?;
            line.write_all(piece).await?;
        }
        line.write_all(&0_u32.to_be_bytes()).await?;
        let mut answer = Vec::new();
        line.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
