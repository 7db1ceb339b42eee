//! `jianma`: serves the portal, loads data, plays a department.

mod output;

use std::{
    io::IsTerminal,
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};
use domain::Clock;
use portal::{
    audit::{self, AuditArgs, VerifyAuditArgs},
    backup::{self, BackupArgs, RestoreArgs},
    data::{self, Data},
    database::DatabaseArg,
    import::{self, ImportArgs},
    installation::Installation,
    keys::{self, KeysArgs},
    label::LabelArgs,
    progress::{Meter, Step},
    server::{ServeOptions, serve},
    system::{SystemClock, SystemEntropy},
    versions::{self, RollbackArgs, VersionsArgs},
};

/// 见码: see the code, get things done.
#[derive(Debug, Parser)]
#[command(name = "jianma", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the portal until SIGTERM or Ctrl-C.
    Serve {
        /// Folder of the data; made if missing.
        #[arg(long)]
        data: PathBuf,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:3000")]
        listen: SocketAddr,
        /// Configuration file (TOML); without it, requests are kept and not delivered.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Delivers to the sample department at this address: for demonstrations, never with real
        /// people's requests.
        #[arg(
            long, value_name = "ADDR", num_args = 0..=1,
            default_missing_value = "127.0.0.1:3100"
        )]
        sample_department: Option<SocketAddr>,
        /// Folder of the built pages; `../site` beside the program unless told.
        #[arg(long)]
        site: Option<PathBuf>,
        /// Makes a new database beside the keys and records of one that is lost: what was kept in it
        /// is given up.
        #[arg(long)]
        new: bool,
        /// Where the database is.
        #[command(flatten)]
        database: DatabaseArg,
    },
    /// Imports GeoJSON files as a new data version, or checks them with `--check`.
    Import(ImportArgs),
    /// Makes a fictional district of 德清县 as a data set, the same every time.
    Demo {
        /// Which portal.
        #[command(flatten)]
        place: Installation,
        /// Does nothing when the folder has the demonstration already.
        #[arg(long)]
        if_empty: bool,
    },
    /// Lists data sets and their versions: which is current, which can be made current again.
    Versions(VersionsArgs),
    /// Makes the version before current again, while a portal serves or not.
    Rollback(RollbackArgs),
    /// Copies the data folder as it is now, while a portal serves or not.
    Backup(BackupArgs),
    /// Makes a data folder of a backup.
    Restore(RestoreArgs),
    /// Issues QR labels, prints them again, withdraws them, and keeps their keys.
    Label(LabelArgs),
    /// Shows what departments have not got, and does something about it.
    Deliveries(portal::deliveries::DeliveriesArgs),
    /// Shows, exports, corrects, withdraws and deletes requests for people who ask on paper; purges
    /// what is due; keeps the keys that seal them.
    Requests(portal::rights::command::RequestsArgs),
    /// Runs the sample department, for demonstrations and tests.
    Department {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:3100")]
        listen: SocketAddr,
        /// How often it fails, 0 to 1, in ways that real systems fail.
        #[arg(long, default_value_t = 0.0)]
        fail_rate: f64,
        /// Decides which deliveries fail.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The shared secret, `whsec_…`; without it, the one among the portal's keys.
        #[arg(long, env = "JIANMA_DEPARTMENT_SECRET", hide_env_values = true)]
        secret: Option<String>,
        /// Folder of its inbox; without it the inbox is lost at the end.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Configuration file of the portal, which may name another folder for the keys.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Checks the disclosure audit: finds any entry that was changed, removed or moved.
    VerifyAudit(VerifyAuditArgs),
    /// Accepts that a database was put back, or prunes the disclosure audit.
    Audit(AuditArgs),
    /// Writes the keys into a file to be kept elsewhere, or puts them back.
    Keys(KeysArgs),
    /// Reads the codes in pictures (PNG, JPEG, WebP, GIF, BMP, PNM) as the scanner does: a line for
    /// each with file, payload and milliseconds, separated by tabs. Fails if nothing was read.
    Decode {
        /// The pictures.
        #[arg(required = true)]
        images: Vec<PathBuf>,
    },
    /// Reads configuration and policies, and says what they mean.
    CheckConfig {
        /// Configuration file.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Names every fault of catalogues: themes, services, laws and the like.
    CheckCatalogues {
        /// Folder as `[catalogues]` of the configuration names it; without one, those that come with the program.
        folder: Option<PathBuf>,
    },
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("JIANMA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // At its lowest level the geometry library writes coordinates.
    // At its lowest level the web server writes the addresses of visitors.
    let quiet = ["geo=warn", "axum::serve=debug"].into_iter().filter_map(|text| text.parse().ok());
    let filter = quiet.fold(filter, tracing_subscriber::EnvFilter::add_directive);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Where standard error is closed there is nobody to tell, and telling would end the program.
        .log_internal_errors(false)
        .init();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            output::warning(error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve { data, listen, config, sample_department, site, new, database } => {
            let site = site.map_or_else(beside_the_program, Ok)?;
            let database = database.beside(&data);
            let options =
                ServeOptions { data, database, site, listen, config, new, sample_department };
            let ready = |address| said(&format!("jianma is ready on http://{address}"));
            let runtime = runtime()?;
            runtime.block_on(serve(options, ready))?;
            // What a dead import left may still be being removed; it can be cut off anywhere.
            runtime.shutdown_timeout(Duration::from_secs(5));
            Ok(ExitCode::SUCCESS)
        }
        Command::Import(arguments) => import(&arguments),
        Command::Demo { place, if_empty } => demo(&place, if_empty),
        Command::Versions(arguments) => {
            let listed = runtime()?.block_on(versions::list(arguments))?;
            Ok(told(&listed.lines, listed.well)?)
        }
        Command::Rollback(arguments) => {
            let done = runtime()?.block_on(versions::roll_back(arguments, &SystemClock))?;
            Ok(told(&done, true)?)
        }
        Command::Backup(arguments) => {
            let started = Instant::now();
            let mut meter = Meter::on_stderr();
            let mut progress = |progress: backup::Progress<'_>| show(&mut meter, progress);
            let taken = backup::take(&arguments, &SystemClock, &mut progress);
            meter.clear();
            let taken = taken?;
            let code = told(&taken.lines, taken.audit_fits)?;
            output::line(format_args!("took {}", seconds(started.elapsed())))?;
            Ok(code)
        }
        Command::Restore(arguments) => {
            let started = Instant::now();
            let mut meter = Meter::on_stderr();
            let mut progress = |progress: backup::Progress<'_>| show(&mut meter, progress);
            let restored =
                runtime()?.block_on(backup::restore(&arguments, &SystemClock, &mut progress));
            meter.clear();
            let restored = restored?;
            let code = told(&restored.lines, restored.audit_fits)?;
            output::line(format_args!("took {}", seconds(started.elapsed())))?;
            Ok(code)
        }
        Command::Label(arguments) => labels(arguments),
        Command::Deliveries(arguments) => deliveries(arguments),
        Command::Requests(arguments) => {
            let done = portal::rights::command::run(arguments, &SystemClock);
            let done = runtime()?.block_on(done)?;
            Ok(told(&done.lines, done.well)?)
        }
        Command::Department { listen, fail_rate, seed, secret, data, config } => {
            let database = DatabaseArg::default();
            let place = data.map(|data| Installation { data, config, database });
            department(listen, fail_rate, seed, secret, place)
        }
        Command::VerifyAudit(arguments) => {
            let verified = runtime()?.block_on(audit::verify_audit(arguments))?;
            Ok(told(&verified.lines, verified.passes)?)
        }
        Command::Audit(arguments) => {
            Ok(told(&runtime()?.block_on(audit::run(arguments, &SystemClock))?, true)?)
        }
        Command::Keys(arguments) => Ok(told(&keys::run(&arguments, &SystemClock)?, true)?),
        Command::Decode { images } => Ok(decode(&images)?),
        Command::CheckConfig { config } => {
            let today = domain::clock::china_date(SystemClock.now());
            output::text(portal::check::explain(config.as_deref(), today)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::CheckCatalogues { folder } => {
            let checked = portal::catalogues::check(folder.as_deref())?;
            Ok(told(&checked.lines, checked.well)?)
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn beside_the_program() -> std::io::Result<PathBuf> {
    let program = std::env::current_exe()?;
    Ok(program.parent().and_then(std::path::Path::parent).unwrap_or(&program).join("site"))
}

fn told(lines: &[String], well: bool) -> std::io::Result<ExitCode> {
    for line in lines {
        output::line(line)?;
    }
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says where a server listens; it serves, whoever reads that.
fn said(line: &str) {
    if let Err(error) = output::line(line) {
        tracing::warn!(%error, "{line}, which cannot be written to standard output");
    }
}

fn show(meter: &mut Meter, progress: backup::Progress<'_>) {
    match progress {
        backup::Progress::Line(line) => meter.line(line),
        backup::Progress::Bytes { task, done, of } => {
            meter.at(&Step { task, count: (done >> 20, "MiB"), share: Some((done, of)) });
        }
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn import(arguments: &ImportArgs) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let mut meter = Meter::on_stderr();
    let done = import::run(arguments, &SystemClock, &mut |progress| match progress {
        intake::Progress::Line(line) => meter.line(line),
        intake::Progress::Reading { file, features, bytes, of } => {
            let share = of.map(|of| (bytes, of));
            meter.at(&Step { task: file, count: (features, "features"), share });
        }
        _ => {}
    });
    meter.clear();
    let done = done?;
    output::line(&done.text)?;
    output::line(format_args!("took {}", seconds(started.elapsed())))?;
    Ok(if done.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn demo(place: &Installation, if_empty: bool) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let folder = data::keys_folder(place)?;
    let database = place.database();
    keys::refuse_without_database(&database, &place.data, &folder)?;
    let store = Data::create(&database, &folder)?.store;
    if if_empty {
        let versions = runtime()?.block_on(store.versions())?;
        if versions.iter().any(|version| version.dataset.demonstration) {
            output::line("the demonstration data are there already")?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let policies = domain::policy::Policies::embedded()?;
    let policy = policies.governing(&demo_district::dataset());
    let grid = policy.and_then(|policy| policy.base_map_grid_m);
    let report = demo_district::generate(&*store, grid, SystemClock.now())?;
    let parcels: u32 = report.parcels.values().sum();
    output::line(format_args!(
        "made {}: {parcels} parcels of {} types ({} of them former), {} units, {} layers, {} base map features",
        report.version.label(),
        report.parcels.len(),
        report.former,
        report.units,
        report.layers.len(),
        report.base_features,
    ))?;
    for (code, title) in &report.examples {
        output::line(format_args!("  {:<32} {}", code.grouped(), title.zh))?;
    }
    output::line(format_args!("took {}", seconds(started.elapsed())))?;
    Ok(ExitCode::SUCCESS)
}

fn labels(arguments: LabelArgs) -> Result<ExitCode, Failure> {
    let told = runtime()?.block_on(portal::label::run(arguments, &SystemClock, &SystemEntropy))?;
    told.warnings.iter().for_each(output::warning);
    Ok(self::told(&told.lines, told.well)?)
}

fn deliveries(arguments: portal::deliveries::DeliveriesArgs) -> Result<ExitCode, Failure> {
    let told = runtime()?.block_on(portal::deliveries::run(arguments, &SystemClock))?;
    told.warnings.iter().for_each(output::warning);
    Ok(self::told(&told.lines, told.done)?)
}

fn department(
    listen: SocketAddr,
    fail_rate: f64,
    seed: u64,
    secret: Option<String>,
    place: Option<Installation>,
) -> Result<ExitCode, Failure> {
    let make = || forward::Secret::generate(&SystemEntropy).expose().to_owned();
    let text = match (secret, &place) {
        (Some(text), _) => text,
        (None, Some(place)) => {
            keys::read_or_create(&data::keys_folder(place)?.join("department.secret"), make)?
        }
        (None, None) => {
            return Err(
                "give the shared secret with --secret, or the portal's folder with --data".into()
            );
        }
    };
    let secret = forward::Secret::parse(text.trim())?;
    let settings = sample_department::DepartmentSettings {
        fail_rate,
        seed,
        data: place.map(|place| place.data),
        ..sample_department::DepartmentSettings::new(listen, secret)
    };
    let ready = |address: SocketAddr| {
        said(&format!("the sample department is ready on http://{address}, inbox at /inbox"));
    };
    let stop = async {
        // Without a signal handler the program still ends, only less politely.
        let _heard = tokio::signal::ctrl_c().await;
    };
    runtime()?.block_on(sample_department::serve(
        settings,
        std::sync::Arc::new(SystemClock),
        ready,
        stop,
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn decode(images: &[PathBuf]) -> std::io::Result<ExitCode> {
    let mut read = false;
    for path in images {
        match portal::decode::decode(path) {
            Ok(reading) => {
                let milliseconds = reading.took.as_secs_f64() * 1000.0;
                for payload in &reading.payloads {
                    let path = path.display();
                    output::line(format_args!("{path}\t{payload}\t{milliseconds:.1}"))?;
                    read = true;
                }
            }
            Err(error) => output::warning(error),
        }
    }
    Ok(if read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
