//! Rate and size limits.

use serde::Deserialize;
pub use service::probing::{Allowance, ProbingConfig};

use super::SettingsError;

/// Rate and size limits. Reads and submissions count per client: behind one address several clients
/// are told apart, and together have [`crate::limits::NEIGHBOURS`] times as much.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Pages a second, on average; the same again through the API.
    pub reads_per_second: u32,
    /// Pages at once; the same again through the API.
    pub read_burst: u32,
    /// Submissions a minute that are kept, on average; what has faults counts apart
    /// ([`crate::limits::ATTEMPTS`]).
    pub submissions_per_minute: u32,
    /// Submissions at once.
    pub submission_burst: u32,
    /// Built files a second, on average, per address.
    pub files_per_second: u32,
    /// Built files at once, per address.
    pub file_burst: u32,
    /// Files for requests that are kept an hour, on average, per address.
    pub uploads_per_hour: u32,
    /// Files for requests at once, per address.
    pub upload_burst: u32,
    /// MiB of files for requests an hour, on average, per address.
    pub upload_mib_per_hour: u32,
    /// MiB of files for requests at once, per address.
    pub upload_mib_burst: u32,
    /// Questions for health and metrics a second, on average, per address.
    pub operations_per_second: u32,
    /// Questions for health and metrics at once, per address.
    pub operation_burst: u32,
    /// Signed callbacks a second, on average, per department.
    pub callbacks_per_second: u32,
    /// Signed callbacks at once, per department.
    pub callback_burst: u32,
    /// Largest body, bytes.
    pub body_bytes: usize,
    /// Longest time for an answer, seconds.
    pub answer_seconds: u64,
    /// Longest time for a form with files to arrive, seconds.
    pub upload_seconds: u64,
    /// Connections at once; each may need three open files, which the system is asked for.
    pub connections: usize,
    /// Connections of one address at once; a trusted proxy may have all. When all are taken, room is
    /// made at the address that has most.
    pub connections_per_address: usize,
    /// Longest time until a request's head is there, seconds; the same between two requests.
    pub header_seconds: u64,
    /// Longest time in which a reader may take next to nothing of an answer, seconds.
    pub write_seconds: u64,
    /// Age after which a connection's next answer is its last, seconds; at twice that age it ends.
    pub connection_seconds: u64,
    /// Most memory for answers that are kept until the data change, bytes; 0 keeps none.
    pub cache_bytes: u64,
    /// How many different places one client may look at.
    pub probing: ProbingConfig,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            reads_per_second: 20,
            read_burst: 120,
            submissions_per_minute: 20,
            submission_burst: 20,
            files_per_second: 50,
            file_burst: 1_000,
            uploads_per_hour: 60,
            upload_burst: 300,
            upload_mib_per_hour: 24,
            upload_mib_burst: 400,
            operations_per_second: 50,
            operation_burst: 500,
            callbacks_per_second: 50,
            callback_burst: 500,
            body_bytes: 256 * 1024,
            answer_seconds: 20,
            upload_seconds: 600,
            connections: 800,
            connections_per_address: 400,
            header_seconds: 20,
            write_seconds: 30,
            connection_seconds: 600,
            cache_bytes: 96 * 1024 * 1024,
            probing: ProbingConfig::default(),
        }
    }
}

impl LimitsConfig {
    /// That nobody is locked out.
    ///
    /// # Errors
    /// [`SettingsError::ZeroLimit`] names the key.
    pub fn check(&self) -> Result<(), SettingsError> {
        let small = [
            ("reads_per_second", self.reads_per_second),
            ("read_burst", self.read_burst),
            ("submissions_per_minute", self.submissions_per_minute),
            ("submission_burst", self.submission_burst),
            ("files_per_second", self.files_per_second),
            ("file_burst", self.file_burst),
            ("uploads_per_hour", self.uploads_per_hour),
            ("upload_burst", self.upload_burst),
            ("upload_mib_per_hour", self.upload_mib_per_hour),
            ("upload_mib_burst", self.upload_mib_burst),
            ("operations_per_second", self.operations_per_second),
            ("operation_burst", self.operation_burst),
            ("callbacks_per_second", self.callbacks_per_second),
            ("callback_burst", self.callback_burst),
        ];
        let sizes = [
            ("connections", self.connections as u64),
            ("connections_per_address", self.connections_per_address as u64),
            ("body_bytes", self.body_bytes as u64),
            ("answer_seconds", self.answer_seconds),
            ("upload_seconds", self.upload_seconds),
            ("header_seconds", self.header_seconds),
            ("write_seconds", self.write_seconds),
            ("connection_seconds", self.connection_seconds),
        ];
        let small = small.map(|(key, value)| (key, u64::from(value)));
        for (key, value) in small.into_iter().chain(sizes) {
            if value == 0 {
                return Err(SettingsError::ZeroLimit { key });
            }
        }
        Ok(())
    }
}
