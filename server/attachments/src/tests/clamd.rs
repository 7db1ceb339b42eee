//! The scanner of Debian itself, with a signature of our own: `make test-files` installs it and runs what is ignored here.
//! No signature of the world is needed, or asked for.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::attachment::FileFault;

use super::{document, holds, lying, place, plain, scanned_by};
use crate::Scanner;

/// Where Debian has it.
const PROGRAM: &str = "/usr/sbin/clamd";
/// What the signature below finds.
const EVIL: &[u8] = b"JIANMA-TEST-SIGNATURE";

/// `clamd` as an operator runs it, in a folder of its own.
struct Clamd {
    child: Child,
    socket: PathBuf,
}

impl Clamd {
    /// `settings` are lines of its configuration beside those that it needs.
    async fn start(folder: &Path, settings: &str) -> Self {
        let (socket, database) = (folder.join("socket"), folder.join("database"));
        std::fs::create_dir_all(&database).unwrap();
        // clamscan(1): name, any kind of file, anywhere in it, the bytes.
        let bytes: String = EVIL.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(database.join("own.ndb"), format!("Jianma.Test:0:*:{bytes}\n")).unwrap();
        let configuration = folder.join("clamd.conf");
        let mut file = std::fs::File::create(&configuration).unwrap();
        writeln!(file, "LocalSocket {}", socket.display()).unwrap();
        writeln!(file, "DatabaseDirectory {}", database.display()).unwrap();
        writeln!(file, "Foreground yes\n{settings}").unwrap();
        let child = Command::new(PROGRAM)
            .arg(format!("--config-file={}", configuration.display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("clamd is installed by `make test-files`");
        let clamd = Self { child, socket };
        for _ in 0..600 {
            if std::os::unix::net::UnixStream::connect(&clamd.socket).is_ok() {
                return clamd;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("clamd was never there");
    }

    fn scanner(&self) -> Scanner {
        Scanner { socket: self.socket.clone() }
    }
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ended_by_itself = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// A document that does nothing, with the bytes of the signature in it.
fn evil() -> Vec<u8> {
    let evil = document(1, |_, catalogue| {
        catalogue.set("Note", lopdf::Object::string_literal(EVIL));
    });
    assert!(holds(&evil, EVIL));
    evil
}

#[tokio::test]
#[ignore = "needs clamd: make test-files"]
async fn s5_clamd_finds_its_signature_and_while_it_is_away_no_file_is_taken() {
    // Without a scanner it is taken: it is the scanner that refuses it below.
    place(u64::MAX).files.hold("a.pdf", evil()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let clamd = Clamd::start(folder.path(), "").await;
    let place = scanned_by(Some(clamd.scanner()), u64::MAX);
    assert_eq!(place.files.hold("a.pdf", evil()).await, Err(FileFault::Infected));
    assert!(lying(&place).await.is_empty());
    place.files.hold("a.pdf", plain()).await.unwrap();
    // What comes in parts is asked about once it is whole.
    let whole = evil();
    let begun = place.files.begin("b.pdf", whole.len() as u64).await.unwrap();
    let mut growing = place.files.grow(&begun.id, 0).await.unwrap();
    growing.push(&whole).await.unwrap();
    let refused = growing.ended().await;
    assert_eq!(refused, Err(crate::NotGrown::File(FileFault::Infected)));
    assert_eq!(place.files.remove_due().await.unwrap(), 1);
    assert_eq!(lying(&place).await.len(), 1);
    drop(clamd);
    assert_eq!(place.files.hold("c.pdf", plain()).await, Err(FileFault::Unavailable));
    let _clamd = Clamd::start(folder.path(), "").await;
    place.files.hold("c.pdf", plain()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs clamd: make test-files"]
async fn s5_what_clamd_has_not_looked_through_is_not_taken() {
    let long = [plain(), vec![b' '; 200_000], b"\n%%EOF".to_vec()].concat();
    place(u64::MAX).files.hold("a.pdf", long.clone()).await.unwrap();
    // It hangs up on what is longer than it takes from a line.
    let folder = tempfile::tempdir().unwrap();
    let clamd = Clamd::start(folder.path(), "StreamMaxLength 100K").await;
    let short = scanned_by(Some(clamd.scanner()), u64::MAX);
    assert_eq!(short.files.hold("a.pdf", long.clone()).await, Err(FileFault::Unavailable));
    short.files.hold("a.pdf", plain()).await.unwrap();
    drop(clamd);
    // What is longer than it looks through it calls well, unless it is told to say so (docs/operations.md).
    let folder = tempfile::tempdir().unwrap();
    let clamd = Clamd::start(folder.path(), "MaxFileSize 100K\nAlertExceedsMax yes").await;
    let told = scanned_by(Some(clamd.scanner()), u64::MAX);
    assert_eq!(told.files.hold("a.pdf", long).await, Err(FileFault::Infected));
    assert!(lying(&told).await.is_empty());
}
