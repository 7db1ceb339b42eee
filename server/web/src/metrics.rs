//! What is counted, for operators: `/metrics` in the text format of Prometheus. No label holds
//! anything that a visitor wrote.

use std::{collections::BTreeMap, sync::OnceLock, time::Duration};

use axum::http::StatusCode;
use forward::CircuitState;
use prometheus::{
    Encoder as _, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};
use store::DeliveryState;

use crate::{
    limits::Kind,
    offices::Standing,
    readiness::{CheckResult, Report},
    security_event::Event,
};

/// Bounds of the histogram of answers, seconds.
const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 20.0];

/// Why a connection was ended by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All were taken, and its address had most.
    Busiest,
    /// Its address had as many as one may have.
    AddressFull,
    /// Its reader took next to nothing.
    NotRead,
    /// It was twice as old as one may become.
    TooOld,
}

impl Ended {
    const fn name(self) -> &'static str {
        match self {
            Self::Busiest => "busiest_address",
            Self::AddressFull => "address_full",
            Self::NotRead => "not_read",
            Self::TooOld => "too_old",
        }
    }
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    of_kinds: [OfKind; Kind::ALL.len()],
    open: IntGauge,
    opened: IntCounter,
    ended: IntCounterVec,
    kept_answers: IntCounter,
    made_answers: IntCounter,
    made_again: IntCounter,
    limits: IntCounterVec,
    by_key: IntCounterVec,
    security: IntCounterVec,
    checks: IntGaugeVec,
    ready: IntGauge,
    deliveries: IntGaugeVec,
    oldest: IntGaugeVec,
    collected: IntGaugeVec,
    failures: IntGaugeVec,
    circuits: IntGaugeVec,
    versions: IntGaugeVec,
    imported: IntGaugeVec,
    notes_waiting: IntGauge,
}

/// What every request counts, looked up once: looking up a label takes longer than counting.
#[derive(Debug, Default)]
struct OfKind {
    /// By class of status.
    requests: [OnceLock<IntCounter>; 5],
    seconds: OnceLock<Histogram>,
}

/// One open connection; counted until it is dropped.
#[derive(Debug)]
pub struct OpenConnection(IntGauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What only storage knows, read when somebody asks.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// Deliveries by state; none where storage did not say.
    pub deliveries: Option<Vec<(DeliveryState, u64)>>,
    /// Each department that is in the configuration.
    pub offices: BTreeMap<String, Standing>,
    /// Each data set with the number of its version and when it was imported, seconds since 1970.
    pub versions: Vec<(String, i64, i64)>,
    /// Notes of the audit that are not written yet.
    pub notes_waiting: usize,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// When two have one name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counters = |name: &str, help: &str, labels: &[&str]| {
            let made = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(made.clone()))?;
            Ok::<_, prometheus::Error>(made)
        };
        let gauges = |name: &str, help: &str, labels: &[&str]| {
            let made = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(made.clone()))?;
            Ok::<_, prometheus::Error>(made)
        };
        let gauge = |name: &str, help: &str| {
            let made = IntGauge::new(name, help)?;
            registry.register(Box::new(made.clone()))?;
            Ok::<_, prometheus::Error>(made)
        };
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "jianma_request_seconds",
                "Time from a request's head to its answer's.",
            )
            .buckets(BOUNDS.to_vec()),
            &["kind"],
        )?;
        registry.register(Box::new(seconds.clone()))?;
        let opened = IntCounter::new("jianma_connections_total", "Connections taken.")?;
        registry.register(Box::new(opened.clone()))?;
        let answers = counters(
            "jianma_kept_answers_total",
            "Answers about places that are the same for everybody: kept or made.",
            &["answer"],
        )?;
        let made_again = IntCounter::new(
            "jianma_made_again_total",
            "Answers that were made again after the data changed, before anybody asked.",
        )?;
        registry.register(Box::new(made_again.clone()))?;
        let metrics = Self {
            of_kinds: Default::default(),
            requests: counters(
                "jianma_requests_total",
                "Requests by kind of route and class of status.",
                &["kind", "status"],
            )?,
            seconds,
            open: gauge("jianma_connections_open", "Connections open now.")?,
            opened,
            ended: counters(
                "jianma_connections_ended_total",
                "Connections that were ended here, and why.",
                &["why"],
            )?,
            kept_answers: answers.with_label_values(&["kept"]),
            made_answers: answers.with_label_values(&["made"]),
            made_again,
            limits: counters(
                "jianma_limits_hit_total",
                "Requests that were one too many, by limit.",
                &["limit"],
            )?,
            by_key: counters(
                "jianma_api_key_requests_total",
                "Questions by programs with a key, by its name: let in, or one too many.",
                &["key", "answer"],
            )?,
            security: counters(
                "jianma_security_events_total",
                "Events of the security log, also those it had no room for.",
                &["event"],
            )?,
            checks: gauges(
                "jianma_check",
                "Checks of /readyz: 2 right, 1 to be looked at, 0 failed.",
                &["check"],
            )?,
            ready: gauge("jianma_ready", "Whether /readyz says that requests can be served.")?,
            deliveries: gauges(
                "jianma_outbox_deliveries",
                "Deliveries to departments by state.",
                &["state"],
            )?,
            oldest: gauges(
                "jianma_department_oldest_waiting_seconds",
                "How long the oldest delivery that waits for a department has waited.",
                &["department"],
            )?,
            failures: gauges(
                "jianma_department_failures_in_a_row",
                "Exchanges with a department that failed, one after another, until now.",
                &["department"],
            )?,
            circuits: gauges(
                "jianma_department_circuit_open",
                "Whether a department fails so that one delivery at a time is tried.",
                &["department"],
            )?,
            collected: gauges(
                "jianma_department_collected_timestamp_seconds",
                "When a department that collects did so last since the start, seconds since 1970.",
                &["department"],
            )?,
            versions: gauges(
                "jianma_data_version",
                "Number of the current version of a data set.",
                &["dataset"],
            )?,
            imported: gauges(
                "jianma_data_imported_timestamp_seconds",
                "When the current version of a data set was imported, seconds since 1970.",
                &["dataset"],
            )?,
            notes_waiting: gauge(
                "jianma_audit_notes_waiting",
                "Refusals that the audit has not written yet.",
            )?,
            registry,
        };
        // A series that is not there cannot be told from one that nobody counts.
        for why in [Ended::Busiest, Ended::AddressFull, Ended::NotRead, Ended::TooOld] {
            metrics.ended.with_label_values(&[why.name()]);
        }
        for event in Event::ALL {
            metrics.security.with_label_values(&[event.name()]);
        }
        for kind in Kind::ALL {
            metrics.limits.with_label_values(&[kind.name()]);
        }
        for other in ["probing", "subject", "callback", "forged_callback", "api_key"] {
            metrics.limits.with_label_values(&[other]);
        }
        Ok(metrics)
    }

    /// Counts an answer.
    pub fn answered(&self, kind: Kind, status: StatusCode, took: Duration) {
        let (at, class) = match status.as_u16() {
            100..=199 => (0, "1xx"),
            200..=299 => (1, "2xx"),
            300..=399 => (2, "3xx"),
            400..=499 => (3, "4xx"),
            _ => (4, "5xx"),
        };
        let OfKind { requests, seconds } = &self.of_kinds[kind as usize];
        let requests =
            requests[at].get_or_init(|| self.requests.with_label_values(&[kind.name(), class]));
        requests.inc();
        let seconds = seconds.get_or_init(|| self.seconds.with_label_values(&[kind.name()]));
        seconds.observe(took.as_secs_f64());
    }

    /// Counts a public answer that was kept.
    pub fn kept_answer(&self) {
        self.kept_answers.inc();
    }

    /// Counts one that was made.
    pub fn made_answer(&self) {
        self.made_answers.inc();
    }

    /// Counts one that was made again for nobody yet.
    pub fn made_again(&self) {
        self.made_again.inc();
    }

    /// Counts a connection, open until the returned value is dropped.
    #[must_use]
    pub fn connection_opened(&self) -> OpenConnection {
        self.opened.inc();
        self.open.inc();
        OpenConnection(self.open.clone())
    }

    /// Counts a connection that was ended here.
    pub fn connection_ended(&self, why: Ended) {
        self.ended.with_label_values(&[why.name()]).inc();
    }

    /// Counts a request that was one too many.
    pub fn limit_hit(&self, limit: &'static str) {
        self.limits.with_label_values(&[limit]).inc();
    }

    /// Counts a question of a program by the name of its key, which an operator gave it.
    pub(crate) fn asked_by_key(&self, key: &str, let_in: bool) {
        let answer = if let_in { "let_in" } else { "too_many" };
        self.by_key.with_label_values(&[key, answer]).inc();
    }

    /// Counts an event of the security log.
    pub fn security_event(&self, event: Event) {
        self.security.with_label_values(&[event.name()]).inc();
    }

    /// Everything as text.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn text(&self, report: &Report, stored: &Stored) -> Result<String, prometheus::Error> {
        self.ready.set(report.is_ready().into());
        for (check, result) in &report.checks {
            self.checks.with_label_values(&[check]).set(match result {
                CheckResult::Right => 2,
                CheckResult::Degraded(_) => 1,
                CheckResult::Failed(_) => 0,
            });
        }
        // What is not known is left out: a figure of nought would say that all is well.
        self.deliveries.reset();
        for (state, count) in stored.deliveries.iter().flat_map(|counts| {
            DeliveryState::ALL.into_iter().map(|state| {
                let of_state = counts.iter().find(|(known, _)| *known == state);
                (state, of_state.map_or(0, |(_, count)| *count))
            })
        }) {
            let gauge = self.deliveries.with_label_values(&[state.name()]);
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.oldest.reset();
        self.collected.reset();
        self.failures.reset();
        self.circuits.reset();
        for (department, standing) in &stored.offices {
            self.oldest.with_label_values(&[department]).set(standing.oldest);
            let CircuitState { failures, is_open } = standing.circuit;
            self.failures.with_label_values(&[department]).set(failures.into());
            self.circuits.with_label_values(&[department]).set(is_open.into());
            if let Some(at) = standing.collected {
                self.collected.with_label_values(&[department]).set(at.as_second());
            }
        }
        // A data set that is gone is not counted on.
        self.versions.reset();
        self.imported.reset();
        for (dataset, number, imported) in &stored.versions {
            self.versions.with_label_values(&[dataset]).set(*number);
            self.imported.with_label_values(&[dataset]).set(*imported);
        }
        self.notes_waiting.set(i64::try_from(stored.notes_waiting).unwrap_or(i64::MAX));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
