//! `jianma`: serves the portal, loads data, plays a department.

use std::{io::IsTerminal, process::ExitCode};

use jianma::{
    command_line::CommandLine,
    documents, help, language, output,
    remedy::{self, Remedies},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(ended) = documents::read_document() {
        return ended;
    }
    let locale = language::of_environment();
    let called = match CommandLine::read(locale) {
        Ok(called) => called,
        Err(error) => {
            let Some(said) = help::of_usage(&error, locale) else { error.exit() };
            output::warn(said);
            // As the library ends for a wrong call.
            return ExitCode::from(2);
        }
    };
    begin_log();
    let ended = called.run().and_then(|output| Ok(output.print()?));
    match ended {
        Ok(code) => code,
        Err(error) => {
            output::warn(remedy::told(&*error));
            ExitCode::FAILURE
        }
    }
}

fn begin_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("JIANMA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // At its lowest level the geometry library writes coordinates.
    // At its lowest level the web server writes the addresses of visitors.
    let quiet = ["geo=warn", "axum::serve=debug"].into_iter().filter_map(|text| text.parse().ok());
    let filter = quiet.fold(filter, tracing_subscriber::EnvFilter::add_directive);
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .fmt_fields(Remedies::default())
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Where standard error is closed there is nobody to tell, and telling would end the program.
        .log_internal_errors(false)
        .init();
}
