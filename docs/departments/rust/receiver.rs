//! A department that takes requests from Jianma: axum and the crate `standardwebhooks`.
//!
//! ```sh
//! DEPARTMENT=registration SECRET=whsec_… PORTAL=http://127.0.0.1:3000 FOLDER=received \
//!   cargo run -p forward --example receiver -- 127.0.0.1:3101
//! ```
//!
//! It keeps each request once, answers with a reference of its own, answers when it is asked about one,
//! and then tells the portal, signed, that it is at work. `receiver --vectors FILE` checks signatures.
//!
//! In a project of its own it needs the crates axum, reqwest (feature `json`), serde (`derive`),
//! serde_json, standardwebhooks, and tokio (`full`).
#![allow(clippy::print_stdout, reason = "it says where it listens")]
#![allow(clippy::disallowed_methods, reason = "the portal's clock is the wall clock too")]

use std::{
    error::Error,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::json;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};

type Failed = Box<dyn Error + Send + Sync>;

struct Department {
    id: String,
    webhook: Webhook,
    portal: String,
    folder: PathBuf,
    client: Client,
    parts: AtomicU64,
}

/// What a delivery and a look-up are answered: the id says whose it is.
#[derive(Serialize)]
struct Confirmation {
    id: String,
    reference: String,
}

/// What of a request this department reads.
#[derive(Deserialize)]
struct Request {
    kind: String,
    request: String,
}

impl Department {
    fn of_environment() -> Result<Self, Failed> {
        let folder = PathBuf::from(std::env::var("FOLDER")?);
        fs::create_dir_all(&folder)?;
        let portal = std::env::var("PORTAL")?;
        let mut client = Client::builder().timeout(Duration::from_secs(10));
        if portal.starts_with("http://") {
            // Nobody has to be trusted, so a machine that trusts nobody will do.
            client = client.tls_certs_only([]);
        }
        let client = client.build()?;
        Ok(Self {
            id: std::env::var("DEPARTMENT")?,
            webhook: Webhook::new(&std::env::var("SECRET")?)?,
            portal,
            folder,
            client,
            parts: AtomicU64::new(0),
        })
    }

    fn path(&self, id: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{id}.{kind}"))
    }

    /// The id of a message that the portal signed.
    fn signed(&self, headers: &HeaderMap, body: &[u8]) -> Result<String, StatusCode> {
        let signed = self.webhook.verify(body, headers);
        signed.map_err(|_unsigned| StatusCode::UNAUTHORIZED)?;
        let id = headers.get(HEADER_WEBHOOK_ID).and_then(|id| id.to_str().ok());
        // It becomes the name of a file.
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        let id = id.filter(|id| (1..=150).contains(&id.len()) && id.bytes().all(plain));
        id.map(str::to_owned).ok_or(StatusCode::UNAUTHORIZED)
    }

    /// Keeps a request once, whole or not at all, and on the disk before anybody is told so: whether it
    /// is new.
    fn keep(&self, id: &str, body: &[u8]) -> std::io::Result<bool> {
        let number = self.parts.fetch_add(1, Ordering::Relaxed);
        let part = self.folder.join(format!("{}-{number}.part", std::process::id()));
        let mut file = File::create(&part)?;
        file.write_all(body)?;
        file.sync_all()?;
        // Fails where it is there already.
        let linked = fs::hard_link(&part, self.path(id, "json"));
        fs::remove_file(&part)?;
        match linked {
            Ok(()) => File::open(&self.folder)?.sync_all().map(|()| true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn confirmation(&self, id: String) -> Confirmation {
        let reference = format!("RS-{}", id.trim_start_matches("msg_"));
        Confirmation { id, reference }
    }

    /// Tells the portal of a request, under one message id until it takes it.
    async fn say(&self, id: &str) -> Result<(), Failed> {
        let request: Request = serde_json::from_slice(&fs::read(self.path(id, "json"))?)?;
        let said = self.path(id, "said");
        if request.kind != "request.submitted" || said.exists() {
            return Ok(());
        }
        let word = json!({
            "request": request.request,
            "state": "in_progress",
            "reference": self.confirmation(id.to_owned()).reference,
            "note": "已收到，正在办理。",
        });
        let body = word.to_string();
        while !self.post(&format!("word_{id}"), &body).await? {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        fs::write(said, "")?;
        Ok(())
    }

    /// Whether the portal took a word, or refused it for good.
    async fn post(&self, id: &str, body: &str) -> Result<bool, Failed> {
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
        let url = format!("{}/api/v1/departments/{}/callbacks", self.portal, self.id);
        let asked = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .header(HEADER_WEBHOOK_ID, id)
            .header(HEADER_WEBHOOK_TIMESTAMP, now)
            .header(HEADER_WEBHOOK_SIGNATURE, self.webhook.sign(id, now, body.as_bytes())?)
            .body(body.to_owned());
        Ok(match asked.send().await {
            Ok(answer) => {
                answer.status().is_success() || [400, 404, 409].contains(&answer.status().as_u16())
            }
            Err(error) => {
                eprintln!("{id}: {error}");
                false
            }
        })
    }

    fn say_beside(self: Arc<Self>, id: String) {
        tokio::spawn(async move {
            if let Err(error) = self.say(&id).await {
                eprintln!("{id}: {error}");
            }
        });
    }
}

async fn take(
    State(department): State<Arc<Department>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Confirmation>, StatusCode> {
    let id = department.signed(&headers, &body)?;
    // A disk is waited for where waiting is allowed.
    let (there, file) = (department.clone(), id.clone());
    let kept = tokio::task::spawn_blocking(move || there.keep(&file, &body)).await;
    let is_new = kept
        .map_err(|_broke_off| StatusCode::INTERNAL_SERVER_ERROR)?
        .map_err(|_not_kept| StatusCode::INTERNAL_SERVER_ERROR)?;
    if is_new {
        department.clone().say_beside(id.clone());
    }
    Ok(Json(department.confirmation(id)))
}

async fn look_up(
    State(department): State<Arc<Department>>,
    Path(asked): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Confirmation>, StatusCode> {
    let id = department.signed(&headers, &body)?;
    if id != asked || !department.path(&id, "json").exists() {
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(Json(department.confirmation(id)))
}

#[derive(Deserialize)]
struct Vector {
    secret: String,
    id: String,
    timestamp: i64,
    payload: String,
    signature: String,
}

fn check(file: &str) -> Result<(), Failed> {
    let vectors: Vec<Vector> = serde_json::from_slice(&fs::read(file)?)?;
    for vector in &vectors {
        let webhook = Webhook::new(&vector.secret)?;
        let own = webhook.sign(&vector.id, vector.timestamp, vector.payload.as_bytes())?;
        if own != vector.signature {
            return Err(format!("{}: {own}", vector.id).into());
        }
    }
    println!("{} vectors hold", vectors.len());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next().ok_or("say where to listen")?;
    if first == "--vectors" {
        return check(&arguments.next().ok_or("say which file")?);
    }
    let department = Arc::new(Department::of_environment()?);
    // What was kept before the last end, and not yet spoken of.
    for entry in fs::read_dir(&department.folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(id) = name.strip_suffix(".json") {
            department.clone().say_beside(id.to_owned());
        }
    }
    let app = Router::new()
        .route("/deliveries", post(take))
        .route("/deliveries/{id}", get(look_up))
        .with_state(department);
    let listener = tokio::net::TcpListener::bind(&first).await?;
    println!("ready on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
