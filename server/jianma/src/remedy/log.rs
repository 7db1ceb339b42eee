//! Lines of the log: what is to be done about them stands in their field `remedy`, by a name; the command
//! for it is written behind.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FormatFields,
        format::{DefaultFields, Writer},
    },
};

/// What the rooms below say is to be done, each with the words of its command.
const COMMANDS: [(&str, &[&str]); 8] = [
    ("accept-restore", &["audit", "accept-restore"]),
    ("check-audit", &["verify-audit"]),
    ("check-requests", &["requests", "check"]),
    ("import-keys", &["keys", "import"]),
    ("list-deliveries", &["deliveries", "list"]),
    ("redirect-deliveries", &["deliveries", "redirect"]),
    ("seal-as-genuine", &["requests", "seal"]),
    ("show-delivery", &["deliveries", "show"]),
];

/// The fields of a line, and behind them the command of its remedy.
#[derive(Debug, Default)]
pub struct Remedies(DefaultFields);

impl<'writer> FormatFields<'writer> for Remedies {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        let mut command = Command(None);
        fields.record(&mut command);
        self.0.format_fields(writer.by_ref(), fields)?;
        match command.0 {
            Some(words) => write!(writer, ": `jianma {}`", words.join(" ")),
            None => Ok(()),
        }
    }
}

/// The command of a line's remedy, if it has one.
struct Command(Option<&'static [&'static str]>);

impl Visit for Command {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "remedy" {
            let known = COMMANDS.iter().find(|(remedy, _)| *remedy == value);
            self.0 = known.map(|(_, words)| *words);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn behind_a_line_with_a_remedy_stands_its_command() {
        let paper = Paper::default();
        let sink = paper.clone();
        let log = tracing_subscriber::fmt()
            .with_ansi(false)
            .fmt_fields(Remedies::default())
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(log, || {
            tracing::error!(faults = 3, remedy = "check-requests", "they were changed");
            tracing::info!(faults = 0, "they are whole");
        });
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let command =
            "they were changed faults=3 remedy=\"check-requests\": `jianma requests check`";
        assert!(lines[0].ends_with(command), "{text}");
        assert!(lines[1].ends_with("they are whole faults=0"), "{text}");
    }

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_remedy_that_a_room_names_has_a_command_and_no_room_names_one_itself() {
        let server = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let known: BTreeSet<String> =
            COMMANDS.iter().map(|(remedy, _)| (*remedy).to_owned()).collect();
        let mut named = BTreeSet::new();
        for room in
            ["audit", "forward", "intake", "keys", "service", "store", "store-sqlite", "web"]
        {
            let mut files = Vec::new();
            sources(&server.join(room).join("src"), &mut files);
            for path in files {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let code = code.collect::<Vec<_>>().join("\n");
                assert!(!code.contains("`jianma "), "{} names a command", path.display());
                let behind = code.split("remedy = \"").skip(1);
                named.extend(behind.filter_map(|text| Some(text.split_once('"')?.0.to_owned())));
                let chosen = known.iter().filter(|known| code.contains(&format!("=> \"{known}\"")));
                named.extend(chosen.cloned());
            }
        }
        assert_eq!(named, known);
    }
}
