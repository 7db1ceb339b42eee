//! Files in S3, at a server that others wrote: `make test-files` brings it (`e2e/files`) and runs what is ignored here.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::attachment::FileFault;
use object_store::{ObjectStoreExt as _, path::Path as Name};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Place, keeps_and_forgets, lying, lying_in, plain};
use crate::{FilesError, S3, S3Credentials, TryOutError};

/// What names the program of the server.
const PROGRAM: &str = "JIANMA_S3RVER";
const BUCKET: &str = "files";
const KEY: &str = "aws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n";

/// A server that keeps in a folder what it is sent.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// `most` is how much it may write into one file, blocks of 512 bytes.
    async fn start(folder: &Path, port: u16, most: &str) -> Self {
        let program = std::env::var(PROGRAM).expect("run it with `make test-files`");
        let line = format!(
            "ulimit -f {most}; exec node \"$0\" --silent -a 127.0.0.1 -p {port} -d \"$1\" --configure-bucket {BUCKET}"
        );
        let child = Command::new("sh")
            .args(["-c", &line, &program])
            .arg(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        for _ in 0..400 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server was never there");
    }

    fn place(&self, key: &str) -> Place {
        at(self.port, key)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_by_itself = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn at(port: u16, key: &str) -> Place {
    let place = S3 {
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        region: Some("us-east-1".to_owned()),
        credentials: Some(S3Credentials::parse(key).unwrap()),
        allow_plain_http: true,
        ..S3::at("s3://files/portal/one").unwrap()
    };
    lying_in(place.open().unwrap(), None, u64::MAX)
}

#[tokio::test]
#[ignore = "needs a server: make test-files"]
async fn x3_a_place_in_s3_keeps_files_as_a_folder_does() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), free_port(), "unlimited").await;
    let place = server.place(KEY);
    keeps_and_forgets(&place).await;
    // What an object store is asked beyond that: a part, a list, a file that is not there.
    let name = Name::from("ab/abc");
    place.objects.put(&name, b"0123456789".to_vec().into()).await.unwrap();
    assert_eq!(&*place.objects.get_range(&name, 3..6).await.unwrap(), b"345");
    assert_eq!(lying(&place).await, [b"0123456789".to_vec()]);
    place.objects.delete(&name).await.unwrap();
    let gone = place.objects.get(&name).await;
    assert!(matches!(gone, Err(object_store::Error::NotFound { .. })));
    assert!(lying(&place).await.is_empty());
}

#[tokio::test]
#[ignore = "needs a server: make test-files"]
async fn x3_nothing_counts_as_kept_that_s3_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let server = Server::start(folder.path(), port, "unlimited").await;
    let place = server.place(KEY);
    let held = place.files.hold("a.pdf", plain()).await.unwrap();
    // A key that nobody has. This server does not hold signatures against the key.
    let other = server.place(&KEY.replace("id = S3RVER", "id = OTHER"));
    let refused = other.files.try_out().await.unwrap_err();
    let says_so = matches!(&refused, TryOutError::Written(why) if why.contains("refuses the key"));
    assert!(says_so, "{refused}");
    assert_eq!(other.files.hold("a.pdf", plain()).await, Err(FileFault::Unavailable));
    // A line that is lost: what is there stays, and comes back with it.
    drop(server);
    assert_eq!(place.files.hold("b.pdf", plain()).await, Err(FileFault::Unavailable));
    assert!(matches!(place.files.fetch(&held.id).await, Err(FilesError::Objects(_))));
    assert!(matches!(place.files.try_out().await, Err(TryOutError::Written(_))));
    let server = Server::start(folder.path(), port, "unlimited").await;
    assert!(place.files.fetch(&held.id).await.unwrap().is_some());
    assert_eq!(lying(&place).await.len(), 1);
    // The row of what was not kept is let go of.
    assert_eq!(place.files.remove_due().await.unwrap(), 1);
    drop(server);
    // A server that breaks down in the midst of a file: nobody is told that it is kept.
    let server = Server::start(folder.path(), port, "64").await;
    let long = [plain(), vec![b' '; 200_000], b"\n%%EOF".to_vec()].concat();
    assert_eq!(place.files.hold("c.pdf", long).await, Err(FileFault::Unavailable));
    drop(server);
    let _server = Server::start(folder.path(), port, "unlimited").await;
    // Whatever the server has of it goes with the rest.
    *place.clock.0.lock().unwrap() += jiff::SignedDuration::from_hours(25);
    assert_eq!(place.files.remove_due().await.unwrap(), 2);
    assert!(lying(&place).await.is_empty());
}

/// What MinIO answers when its disks are full.
const FULL: &str = "<?xml version=\"1.0\"?><Error><Code>XMinioStorageFull</Code><Message>Storage backend has \
                    reached its minimum free drive threshold.</Message></Error>";

#[tokio::test]
async fn x3_a_full_place_takes_no_file_and_says_so_at_the_start() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let answering = tokio::spawn(async move {
        loop {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 16 * 1024];
            let _ = line.read(&mut asked).await;
            let head = format!(
                "HTTP/1.1 507 Insufficient Storage\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{FULL}",
                FULL.len()
            );
            let _ = line.write_all(head.as_bytes()).await;
        }
    });
    let place = at(address.port(), KEY);
    let refused = place.files.try_out().await.unwrap_err().to_string();
    assert!(refused.contains("507") && refused.contains("threshold"), "{refused}");
    assert!(!refused.contains('\n'), "{refused}");
    assert_eq!(place.files.hold("a.pdf", plain()).await, Err(FileFault::Unavailable));
    answering.abort();
}
