//! A portal in this process: every route behind the door, over a real store. Nothing listens.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use app::context::QrEncoder;
use async_trait::async_trait;
use attachments::{Files, LocalFileSystem};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
};
use domain::{
    LandCode, Localized,
    attachment::Budget,
    audit::{StaffRecord, Withheld},
    label::{KeyId, KeyRing},
    policy::{Field, Policies},
    request::ReceiptKey,
    retention::Retentions,
    signing::{KeyName, PublishedKey, PublishedKeys, Signer, SigningError, Verifier},
    viewer::{Tier, Viewer},
};
use forward::{DepartmentConfig, Departments};
use jiff::Timestamp;
use serde_json::{Value, json};
use service::{
    audit::{AuditHealth, AuditLog, Fault},
    disclosure::PolicyGate,
    labels::LabelKeys,
    places::PortalService,
    probing::Probing,
    suitability::Rules,
};
use service_api::Unavailable;
use staff::{Accounts, StaffLog};
use store::{Cipher, Clear, Keyring, Keys as _, RecordKey, StoreError};
use store_sqlite::SqliteStore;
pub(super) use testkit::Noon;
use testkit::Numbered;

use super::land;
use crate::{
    door::Door,
    identity::Identity,
    readiness::CheckResult,
    router::{self, Parts},
    settings::{IdentityConfig, Settings},
};

/// Where people reach it.
pub(super) const HOST: &str = "jm.example";
/// The secret that it shares with each department.
pub(super) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// Who asks, unless told.
const SOMEBODY: [u8; 4] = [192, 0, 2, 1];
/// The ring of one key that labels are sealed with.
pub(super) fn ring() -> KeyRing {
    let mut ring = KeyRing::default();
    assert_eq!(ring.rotate([5; 32]), Some(KeyId::first()));
    ring
}

/// What a portal of the tests signs with, where it signs: no algorithm that anybody else knows.
pub(super) struct OneKey;

impl OneKey {
    fn key() -> PublishedKey {
        let mut key = PublishedKey::ed25519(&[7; 32], Timestamp::UNIX_EPOCH, None);
        "test-module".clone_into(&mut key.alg);
        key
    }

    fn seal(message: &[u8]) -> Vec<u8> {
        domain::digest::hex_digest(&[&[7; 32][..], message].concat()).into_bytes()
    }
}

impl Verifier for OneKey {
    fn holds(&self, key: &PublishedKey, message: &[u8], signature: &[u8]) -> Option<bool> {
        (*key == Self::key()).then(|| Self::seal(message) == signature)
    }
}

impl Signer for OneKey {
    fn current(&self) -> Result<PublishedKey, SigningError> {
        Ok(Self::key())
    }

    fn sign(&self, _: &KeyName, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        Ok(Self::seal(message))
    }

    fn published(&self) -> Result<PublishedKeys, SigningError> {
        Ok(PublishedKeys { keys: vec![Self::key()] })
    }
}

struct OneRing;

impl LabelKeys for OneRing {
    fn read(&self) -> Result<KeyRing, Unavailable> {
        Ok(ring())
    }
}

/// Stands where the audit stands: remembers why something was withheld, what staff did, and what they were
/// shown.
#[derive(Default)]
pub(super) struct Remembered {
    withheld: Mutex<Vec<(LandCode, Withheld)>>,
    closer: Mutex<Vec<(Viewer, LandCode)>>,
    did: Mutex<Vec<StaffRecord>>,
    full: AtomicBool,
}

impl Remembered {
    fn room(&self) -> Result<(), StoreError> {
        if self.full.load(Ordering::Relaxed) { Err(StoreError::DiskFull) } else { Ok(()) }
    }
}

#[async_trait]
impl AuditLog for Remembered {
    async fn disclosed(
        &self,
        viewer: &Viewer,
        code: &LandCode,
        _: Vec<Field>,
        _: &str,
        _: Option<u64>,
    ) -> Result<bool, StoreError> {
        assert_eq!(viewer.tier, Tier::Staff, "{code} was shown as more than public");
        self.room()?;
        self.closer.lock().unwrap().push((viewer.clone(), *code));
        Ok(true)
    }

    async fn withheld(&self, _: &Viewer, code: &LandCode, why: Withheld, _: Option<String>) {
        self.withheld.lock().unwrap().push((*code, why));
    }
}

#[async_trait]
impl StaffLog for Remembered {
    async fn staff_did(&self, record: StaffRecord) -> Result<(), StoreError> {
        self.room()?;
        self.did.lock().unwrap().push(record);
        Ok(())
    }
}

#[async_trait]
impl AuditHealth for Remembered {
    async fn fault(&self) -> Option<Fault> {
        None
    }

    fn notes_waiting(&self) -> usize {
        0
    }

    fn is_behind(&self) -> bool {
        false
    }

    async fn look_through(&self) {}
}

/// A portal, and what is behind it.
pub(super) struct Web {
    door: Door,
    pub(super) store: Arc<SqliteStore>,
    audit: Arc<Remembered>,
    folder: tempfile::TempDir,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Web {
    /// Over the land of [`land::publish`], by the defaults.
    pub(super) fn open() -> Self {
        Self::set(|_| {})
    }

    /// A portal with settings of its own.
    pub(super) fn set(change: impl FnOnce(&mut Settings)) -> Self {
        let web = Self::empty(change);
        land::publish(&web.store);
        web
    }

    /// Over no land at all.
    pub(super) fn empty(change: impl FnOnce(&mut Settings)) -> Self {
        Self::judging(change, Rules::default())
    }

    /// Over the land of [`land::publish`], with a key to sign with.
    pub(super) fn signing() -> Self {
        let web = Self::put_together(|_| {}, Rules::default(), true);
        land::publish(&web.store);
        web
    }

    /// The same, judging sites by these rules.
    pub(super) fn judging(change: impl FnOnce(&mut Settings), rules: Rules) -> Self {
        Self::put_together(change, rules, false)
    }

    fn put_together(change: impl FnOnce(&mut Settings), rules: Rules, signs: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        let assets = router::OF_EVERY_PAGE.map(|name| (name, format!("/pkg/{name}")));
        std::fs::write(site.join("manifest.json"), json!(BTreeMap::from(assets)).to_string())
            .unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::write(
            data.join("identity.jwks"),
            json!({ "keys": [{
                "kty": "oct", "alg": "HS256", "kid": "one",
                "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
            }]})
            .to_string(),
        )
        .unwrap();
        let identity: IdentityConfig = serde_json::from_value(json!({
            "keys": "identity.jwks", "issuer": "identity.example", "audience": HOST, "tiers": ["registered"],
            "peers": ["10.0.0.2"],
        }))
        .unwrap();
        let identity = Identity::read(&identity, &data).unwrap();
        let store = SqliteStore::open(&data, &testkit::CLASSIFIED_KEY).unwrap();
        let key = RecordKey { cipher: Cipher::Aes256Gcm, secret: [1; 32] };
        store.unlock(Arc::new(Keyring::new(vec![key], Arc::new(Numbered))), Clear::Sealed).unwrap();
        let store = Arc::new(store);
        let audit = Arc::new(Remembered::default());
        let mut settings = Settings::default();
        change(&mut settings);
        let probing = Arc::new(Probing::new(settings.limits.probing));
        let receipts = ReceiptKey::new([7; 32]);
        let retentions = Arc::new(Retentions::default());
        let departments = departments();
        let names = departments.iter().map(|one| (one.id.clone(), one.name.clone())).collect();
        let portal = PortalService::new(
            PolicyGate::new(store.clone(), Policies::embedded().unwrap(), Arc::new(Noon)),
            receipts.clone(),
            names,
            audit.clone(),
            probing.clone(),
            0,
        )
        .with_label_keys(Arc::new(OneRing))
        .collected_by(departments.collecting())
        .keeping(retentions.clone())
        .judging_by(rules);
        let portal = if signs { portal.signing_with(Arc::new(OneKey)) } else { portal };
        let files = Files::new(attachments::Parts {
            objects: Arc::new(LocalFileSystem::new_with_prefix(&data).unwrap()),
            store: store.clone(),
            clock: Arc::new(Noon),
            entropy: Arc::new(Numbered),
            cipher: Cipher::Aes256Gcm,
            budget: Budget::default(),
            most_held: u64::MAX,
            scanner: None,
            reader: None,
        });
        let state = router::state(Parts {
            settings,
            store: store.clone(),
            disk: data,
            portal: Arc::new(portal),
            probing,
            audit: audit.clone(),
            staff_log: audit.clone(),
            staff_service: None,
            keys: Box::new(|| CheckResult::Right),
            retentions,
            files: Arc::new(files),
            receipts,
            departments: Arc::new(departments),
            identity: Some(Arc::new(identity)),
            site,
            clock: Arc::new(Noon),
            entropy: Arc::new(Numbered),
            qr: QrEncoder(|_| None),
        })
        .unwrap();
        Self { door: router::behind_door(state), store, audit, folder }
    }

    /// Puts a file where built files are.
    pub(super) fn put_file(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join("site").join(name), text).unwrap();
    }

    /// What staff were shown that is not public, and as whom.
    pub(super) fn closer(&self) -> Vec<(Viewer, LandCode)> {
        self.audit.closer.lock().unwrap().clone()
    }

    /// What staff did.
    pub(super) fn did(&self) -> Vec<StaffRecord> {
        self.audit.did.lock().unwrap().clone()
    }

    /// From now on nothing can be written down, or it can again.
    pub(super) fn fill_audit(&self, full: bool) {
        self.audit.full.store(full, Ordering::Relaxed);
    }

    /// The accounts of its staff.
    pub(super) fn staff(&self) -> Accounts {
        Accounts::new(self.store.clone(), self.audit.clone(), Arc::new(Noon), Arc::new(Numbered))
    }

    /// What was written down of a place that was not shown.
    pub(super) fn withheld(&self, code: &str) -> Vec<Withheld> {
        let all = self.audit.withheld.lock().unwrap();
        all.iter().filter(|(one, _)| one.as_str() == code).map(|(_, why)| *why).collect()
    }

    /// Sends a request; its host is ours unless it names another.
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from(SOMEBODY, request).await
    }

    /// Sends a request from an address.
    pub(super) async fn send_from(&self, client: [u8; 4], mut request: Request<Body>) -> Answer {
        let host = HeaderValue::from_static(HOST);
        request.headers_mut().entry(header::HOST).or_insert(host);
        let peer = SocketAddr::from((client, 4_000));
        let response = self.door.answer(peer, request).await;
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    /// Opens a line on which events come one after the other.
    pub(super) async fn open_line(&self, path: &str) -> OpenLine {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.headers_mut().insert(header::HOST, HOST.parse().unwrap());
        let peer = SocketAddr::from((SOMEBODY, 4_000));
        let (head, body) = self.door.answer(peer, request).await.into_parts();
        let kind = head.headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        OpenLine { status: head.status.as_u16(), kind, body: body.into_data_stream() }
    }

    /// Sends a form in parts.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        }
        self.send(request).await
    }

    /// Reads what is at a path.
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Asks with these headers.
    pub(super) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, path, headers, Body::empty()).await
    }

    /// Sends a form of texts.
    pub(super) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.ask(Method::POST, path, &[&[kind], headers].concat(), body).await
    }

    /// Sends a document.
    pub(super) async fn post_json(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        document: &Value,
    ) -> Answer {
        let kind = ("content-type", "application/json");
        self.ask(Method::POST, path, &[&[kind], headers].concat(), document.to_string()).await
    }

    /// Hands in a request through the API: its number and secret.
    pub(super) async fn handed_in(&self, item: &str) -> (String, String) {
        let body = json!({ "item": item, "code": land::HERE, "answers": answers(item) });
        let key = format!("0123456789abcdef-{item}");
        let key = [("idempotency-key", key.as_str())];
        let receipt = self.post_json("/api/v1/requests", &key, &body).await;
        assert_eq!(receipt.status, 201, "{}", receipt.text());
        let text = |name: &str| receipt.json()[name].as_str().unwrap().to_owned();
        (text("number"), text("secret"))
    }
}

/// A line that was opened.
pub(super) struct OpenLine {
    pub(super) status: u16,
    pub(super) kind: String,
    body: axum::body::BodyDataStream,
}

impl OpenLine {
    /// What comes next.
    pub(super) async fn next(&mut self) -> String {
        use futures_util::StreamExt as _;
        let piece = self.body.next().await.expect("the line is open").unwrap();
        String::from_utf8(piece.to_vec()).unwrap()
    }
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The value of a header; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn kind(&self) -> &str {
        self.header("content-type")
    }

    /// The cookies that it sets, as a browser brings them.
    pub(super) fn cookies(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap());
        let kept = set.filter(|cookie| !cookie.contains("Max-Age=0"));
        kept.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
    }

    /// The value of a hidden field of a page.
    pub(super) fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text().split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split('"').next()?.to_owned())
    }

    /// That it is a problem of that name, told to a program (RFC 9457).
    #[track_caller]
    pub(super) fn is_problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(
            (self.status, self.kind()),
            (status, "application/problem+json"),
            "{}",
            self.text()
        );
        assert_eq!(self.header("cache-control"), "no-store");
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:jianma:problem:{name}"));
        assert_eq!(problem["status"], status);
        for part in ["title", "detail"] {
            assert!(!problem[part].as_str().unwrap().is_empty(), "{problem}");
        }
        problem
    }

    /// That it is a page which nothing may keep.
    #[track_caller]
    pub(super) fn is_page(&self, status: u16) {
        assert_eq!((self.status, self.kind()), (status, "text/html; charset=utf-8"));
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.text().contains("<h1"), "{}", self.text());
    }
}

/// Answers that a service accepts.
pub(super) fn answers(item: &str) -> BTreeMap<String, String> {
    use domain::service::{InputKind, service};
    let mut answered = BTreeMap::new();
    for question in &service(item).unwrap().question {
        // Of a group nothing must be answered.
        if question.of.is_some() || !question.is_due(&answered) {
            continue;
        }
        let text = match question.kind {
            InputKind::Choice => question.options[0].value.clone(),
            InputKind::Phone => "13800138000".to_owned(),
            InputKind::Email => "applicant@example.com".to_owned(),
            InputKind::Date => "2026-11-22".to_owned(),
            InputKind::Consent => "yes".to_owned(),
            InputKind::Line | InputKind::Paragraph => "写了 <b>很多</b>".to_owned(),
        };
        answered.insert(question.name.clone(), text);
    }
    answered
}

fn departments() -> Departments {
    let department = |(id, way): (&str, (&str, Value))| {
        let mut config = json!({
            "name": Localized::new("测试部门", "Test department"), "secret": SECRET,
        });
        config[way.0] = way.1;
        (id.to_owned(), serde_json::from_value::<DepartmentConfig>(config).unwrap())
    };
    let posted = || ("endpoint", json!("http://127.0.0.1:9/deliveries"));
    let collecting = ("pull", json!(true));
    let table = [
        ("registration", posted()),
        ("planning", posted()),
        ("geology", collecting),
        ("township", posted()),
    ];
    let table = table.map(department);
    Departments::from_config(&BTreeMap::from(table)).unwrap()
}
