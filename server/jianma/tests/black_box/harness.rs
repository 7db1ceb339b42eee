//! Starting and killing real processes.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, LazyLock},
};

use serde_json::Value;
use store::Store;
use testkit::geojson;

const JIANMA: &str = env!("CARGO_BIN_EXE_jianma");

/// Parcels of the small data set below, as their codes.
pub const PARCELS: [&str; 3] =
    ["330521001001GB00001", "330521001001GB00002", "330521001001JC00001"];

/// What every mapping of the small data set begins with.
pub const DATASET: &str = r#"
crs = "EPSG:4326"

[dataset]
id = "small"
title = { zh = "小样本", en = "Small sample" }
source = { zh = "测试数据", en = "test data" }
source_date = "2026-01-01"
demonstration = true
policy = "zhejiang"
"#;

/// The mapping of their file.
pub const PARCEL_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{ZDDM}"

[file.fields]
location = { property = "ZL", kind = "text" }
parcel_area = { property = "ZDMJ", kind = "area" }
holder_person = { property = "QLR", kind = "text" }
"#;

/// Limits that no test reaches.
pub const UNLIMITED: &str = "[limits]
read_burst = 1000000
reads_per_second = 1000000
submissions_per_minute = 1000000
submission_burst = 1000000
[limits.probing]
places = { burst = 1000000, per_minute = 1000000 }
misses = { burst = 1000000, per_minute = 1000000 }
searches = { burst = 1000000, per_minute = 1000000 }
block = { burst = 1000000, per_minute = 1000000 }
units = { burst = 1000000, per_minute = 1000000 }
block_misses = { burst = 1000000, per_minute = 1000000 }
";

/// The program, speaking English whatever the machine speaks.
fn jianma() -> Command {
    let mut command = Command::new(JIANMA);
    command.env("LC_ALL", "C");
    command
}

/// A running process that dies with the test.
pub struct Running {
    child: Child,
    /// `http://…`
    pub address: String,
}

impl Running {
    /// Starts `jianma` with `arguments` and waits for the line that says where it listens.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_logging(arguments, "warn", Stdio::inherit())
    }

    /// The same, with its log at `level` going somewhere.
    pub fn start_logging(arguments: &[&str], level: &str, log: impl Into<Stdio>) -> Self {
        Self::of(jianma().args(arguments).env("JIANMA_LOG", level).stderr(log))
    }

    /// What a command starts that tells its address.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("{command:?} did not start: {line:?}"))
            .trim_end_matches(',')
            .to_owned();
        Self { child, address }
    }

    /// The memory that it holds which is not of files, bytes.
    pub fn own_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// SIGKILL: no destructor, no flush.
    pub fn kill_dash_nine(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and the exit code that follows.
    pub fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone after `kill_dash_nine` and `terminate`.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The store of a data folder, made where there is none.
pub fn opened(folder: &Path) -> Arc<dyn Store> {
    let database = jianma::database::Database::in_folder(folder);
    jianma::data::Data::create(&database, folder).unwrap().store
}

/// A folder with data, built files and configuration.
pub struct PortalFolder {
    folder: tempfile::TempDir,
    port: u16,
}

impl PortalFolder {
    /// Three small parcels, no built pages.
    pub fn with_small_data() -> Self {
        let place = Self::empty();
        let output = place.import(PARCEL_FILE, &parcels());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        place
    }

    /// Imports parcels into the small data set, fewer than before or more; `file` is the mapping of
    /// their file.
    pub fn import(&self, file: &str, parcels: &str) -> Output {
        self.import_into(DATASET, file, parcels)
    }

    /// The same into a data set that a mapping describes so.
    pub fn import_into(&self, dataset: &str, file: &str, parcels: &str) -> Output {
        std::fs::write(self.path("mapping.toml"), format!("{dataset}{file}")).unwrap();
        std::fs::write(self.path("parcels.geojson"), parcels).unwrap();
        let [data, mapping, parcels] =
            ["data", "mapping.toml", "parcels.geojson"].map(|name| self.text(name));
        let head = ["import", "--data", &data, "--mapping", &mapping, "--allow", "smaller"];
        self.jianma(&[&head[..], &[&parcels]].concat())
    }

    /// No data, no built pages.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        let files = web::router::OF_EVERY_PAGE.map(|name| format!("\"{name}\":\"/pkg/{name}\""));
        let files = files.join(",");
        std::fs::write(site.join("manifest.json"), format!("{{{files}}}")).unwrap();
        Self { folder, port: free_port() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A path in it, as text.
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Writes the configuration: quick retries, and departments at `endpoint`.
    pub fn configure(&self, endpoint: &str, more: &str) {
        let mut text = format!(
            "{more}\n[forward]\nfirst_retry_ms = 40\nlongest_retry_seconds = 1\nlease_seconds = 3\n"
        );
        for id in ["registration", "planning", "geology", "township"] {
            text.push_str(&format!(
                "[departments.{id}]\nname = {{ zh = \"测试部门\", en = \"Test department\" }}\n\
                 endpoint = \"{endpoint}/deliveries\"\nsecret_file = \"department.secret\"\ntimeout_seconds = 1\n"
            ));
        }
        std::fs::write(self.path("jianma.toml"), text).unwrap();
    }

    /// Starts the portal, always on the same port, so that a client finds it again.
    pub fn serve(&self) -> Running {
        self.serve_logging("warn", Stdio::inherit())
    }

    /// The same, with its log at `level` going somewhere.
    pub fn serve_logging(&self, level: &str, log: impl Into<Stdio>) -> Running {
        Running::of(self.serving().env("JIANMA_LOG", level).stderr(log))
    }

    /// The command that starts it.
    pub fn serving(&self) -> Command {
        self.serving_at(self.port)
    }

    fn serving_at(&self, port: u16) -> Command {
        let [data, site, config] = ["data", "site", "jianma.toml"].map(|name| self.text(name));
        let listen = format!("127.0.0.1:{port}");
        let mut command = jianma();
        command.args(["serve", "--data", &data, "--site", &site]);
        command.args(["--config", &config, "--listen", &listen]);
        command
    }

    /// Starts another portal over the same data.
    pub fn serve_beside(&self) -> Running {
        Running::of(&mut self.serving_at(free_port()))
    }

    /// Runs `jianma` to its end.
    pub fn jianma(&self, arguments: &[&str]) -> Output {
        jianma().args(arguments).env("JIANMA_LOG", "warn").output().unwrap()
    }

    /// Starts the sample department with the portal's secret.
    pub fn department(&self, listen: &str, fail_rate: &str) -> Running {
        let secret =
            std::fs::read_to_string(self.path("data/department.secret")).unwrap_or_else(|_| {
                let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned();
                std::fs::write(self.path("data/department.secret"), &secret).unwrap();
                secret
            });
        Running::start(&[
            "department",
            "--listen",
            listen,
            "--fail-rate",
            fail_rate,
            "--secret",
            &secret,
            "--data",
            &self.text("department"),
            "--portal",
            self.address().trim_start_matches("http://"),
        ])
    }

    /// Where the portal listens.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn parcels() -> String {
    geojson::collection(PARCELS.iter().enumerate().map(|(at, code)| {
        let properties = serde_json::json!({
            "ZDDM": code, "ZL": format!("演示路 {} 号", at + 1), "ZDMJ": 10_000.5, "QLR": "不应出现的姓名",
        });
        geojson::feature(properties, geojson::square(119.97 + 0.002 * at as f64, 30.54, 0.001))
    }))
}

/// Answers that the service `data-correction` accepts, from its own form.
pub fn answers(item: &str, mark: &str) -> Value {
    use domain::{
        Clock,
        service::{InputKind, service},
    };
    use testkit::SystemClock;
    let item = service(item).unwrap();
    item.question
        .iter()
        .map(|question| {
            let text = match question.kind {
                InputKind::Choice => question.options[0].value.clone(),
                InputKind::Phone => "13800138000".to_owned(),
                InputKind::Email => "applicant@example.com".to_owned(),
                InputKind::Date => domain::clock::china_date(SystemClock.now()).to_string(),
                InputKind::Consent => "yes".to_owned(),
                InputKind::Line | InputKind::Paragraph => mark.to_owned(),
            };
            (question.name.clone(), Value::String(text))
        })
        .collect()
}

/// A client that keeps no connection, so that a killed server is noticed at once.
pub fn client() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(10))
            .build()
            .unwrap()
    });
    CLIENT.clone()
}
