//! The ways to a department: private authorities, HTTP/2 alone, a proxy.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

mod common;

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use common::{DEPARTMENT, Portal, brisk, secret};
use domain::Localized;
use forward::{Department, DepartmentConfig, Departments};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use store::DeliveryState;
use testkit::Office;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, rustls};

/// A private authority, and a department behind it that speaks nothing but HTTP/2.
struct Strict {
    address: SocketAddr,
    authority: String,
}

impl Strict {
    async fn open() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let own = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "oa.example".to_owned()];
        let certificate = CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
        let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::aws_lc_rs::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            rustls::pki_types::PrivateKeyDer::Pkcs8(own.serialize_der().into()),
        )
        .unwrap();
        tls.alpn_protocols = vec![b"h2".to_vec()];
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service =
                        hyper::service::service_fn(|request: hyper::Request<_>| async move {
                            let _: &hyper::body::Incoming = request.body();
                            let id = request.headers()["webhook-id"].to_str().unwrap();
                            let answer = format!(r#"{{"id":"{id}","reference":"H2-1"}}"#);
                            Ok::<_, Infallible>(hyper::Response::new(answer))
                        });
                    let _gone = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { address, authority }
    }

    fn department(&self, host: &str, authorities: &str, proxy: Option<String>) -> Department {
        let config = DepartmentConfig {
            name: Localized::same("OA"),
            endpoint: Some(format!("https://{host}:{}/deliveries", self.address.port())),
            pull: false,
            secret: (&secret()).into(),
            timeout_seconds: 2,
            allow_plain_http: false,
            confirmation: forward::Confirmation::default(),
            retry_refusals: [].into(),
            authorities: authorities.to_owned(),
            proxy,
            open311: None,
        };
        let table = [(DEPARTMENT.to_owned(), config)].into();
        Departments::from_config(&table).unwrap().get(DEPARTMENT).unwrap().clone()
    }
}

#[tokio::test]
async fn s5_a_department_behind_a_private_authority_that_speaks_only_http_2_gets_its_deliveries() {
    let (portal, office) = (Portal::new(), Strict::open().await);
    // Without the authority nothing leaves.
    let running = portal.forward(vec![office.department("localhost", "", None)], brisk());
    let number = portal.submit(DEPARTMENT).await;
    assert_eq!(portal.until_attempts(&number, 2).await.state, DeliveryState::Pending);
    running.stop().await;

    let known = office.department("localhost", &office.authority, None);
    let running = portal.forward(vec![known], brisk());
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert_eq!(portal.reference(&number).await, "H2-1");
}

/// A proxy that takes whatever it is asked to connect to for `target`, and counts.
async fn proxy(target: SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                assert!(head.starts_with(b"CONNECT oa.example:"), "not in clear");
                count.fetch_add(1, Ordering::Relaxed);
                client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                let mut server = TcpStream::connect(target).await.unwrap();
                let _gone = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (address, asked)
}

#[tokio::test]
async fn s5_a_delivery_goes_by_the_proxy_of_the_configuration() {
    let (portal, office) = (Portal::new(), Strict::open().await);
    let (address, asked) = proxy(office.address).await;
    // The name is known to the proxy alone.
    let to = office.department("oa.example", &office.authority, Some(address));
    let running = portal.forward(vec![to], brisk());
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    assert!(asked.load(Ordering::Relaxed) >= 1);
}

#[tokio::test]
async fn s5_a_dead_proxy_leaves_a_delivery_waiting() {
    let (portal, office) = (Portal::new(), Strict::open().await);
    let gone = Office::open().await;
    let address = gone.url("");
    gone.close().await;
    let to = office.department("oa.example", &office.authority, Some(address));
    let running = portal.forward(vec![to], brisk());
    let number = portal.submit(DEPARTMENT).await;
    let waiting = portal.until_attempts(&number, 2).await;
    running.stop().await;
    assert_eq!(waiting.state, DeliveryState::Pending, "nothing was sent");
}
