//! What the log tells. Alone in its process: other tests would decide, before it listens, what is
//! worth telling.

mod common;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use common::{APPLICANT, DEPARTMENT, Portal, TIMEOUT, brisk, department, secret};
use store::DeliveryState;
use testkit::Office;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().map_or(Ok(0), |mut log| log.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_tells_the_story_without_people_or_secrets() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let (portal, office) = (Portal::new(), Office::failing(0.9, 1, TIMEOUT * 2).await);
    let running = portal.forward(vec![department(DEPARTMENT, office.address, secret())], brisk());
    for _ in 0..5 {
        let number = portal.submit(DEPARTMENT).await;
        portal.until(&number, DeliveryState::Delivered).await;
    }
    running.stop().await;

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for told in
        ["confirmed a delivery", "delivery.id=msg_", "delivery.reason=", "Forwarder stopped"]
    {
        assert!(log.contains(told), "{told} in {log}");
    }
    for kept in [APPLICANT, secret().expose(), "data-correction"] {
        assert!(!log.contains(kept), "{kept}");
    }
}
