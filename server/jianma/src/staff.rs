//! What the operator's staff say on the command line: who they are, and why they do something. It
//! is kept; applicants read some of it, and whoever scans a label.

use clap::Args;
use domain::text::{fault_of_line, trimmed};

/// Longest name of somebody, characters.
pub const LONGEST_NAME: usize = 100;
/// Longest reason, characters.
const LONGEST_REASON: usize = 500;

/// Who does something, and why: on the command line of everything that is kept with both.
#[derive(Clone, Debug, Args)]
pub struct WhoAndWhy {
    /// Who does it; the name of the account unless told.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, e.g. the letter that asked for it; kept with what is done. Of a request its applicant
    /// reads it. `--why` is the same.
    #[arg(long, value_name = "TEXT", alias = "why")]
    reason: Option<String>,
}

impl WhoAndWhy {
    /// Who, and why where they say so.
    ///
    /// # Errors
    /// [`StaffFault`] when one of them cannot be kept.
    pub fn read(&self) -> Result<(String, Option<String>), StaffFault> {
        let name = name(self.by.as_deref())?;
        let told = self.reason.as_deref().unwrap_or_default();
        Ok((name, line(told, "the reason", LONGEST_REASON)?))
    }

    /// Who, and why.
    ///
    /// # Errors
    /// As [`WhoAndWhy::read`], and [`StaffFault::NoReason`].
    pub fn explained(&self) -> Result<(String, String), StaffFault> {
        let (name, reason) = self.read()?;
        Ok((name, reason.ok_or(StaffFault::NoReason)?))
    }
}

/// Why it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffFault {
    /// Nobody is named.
    #[error("say who does this with --by NAME")]
    NoName,
    /// Nobody says why.
    #[error("say why with --reason TEXT; it is kept")]
    NoReason,
    /// It is too long, or no text.
    #[error(
        "{what} is one line of at most {most} characters, and none of them controls the screen, \
         turns the direction of reading or stands for what could not be read"
    )]
    Text {
        /// What it is.
        what: &'static str,
        /// Characters.
        most: usize,
    },
}

/// A line as it is kept; `None` when nothing of it can be seen.
///
/// # Errors
/// [`StaffFault::Text`] when it cannot be kept.
pub fn line(text: &str, what: &'static str, most: usize) -> Result<Option<String>, StaffFault> {
    let text = trimmed(text);
    if text.chars().count() > most || fault_of_line(text).is_some() {
        return Err(StaffFault::Text { what, most });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Who does it: as told, or else the account that runs the program.
///
/// # Errors
/// [`StaffFault`] when what was told is no name.
pub fn name(told: Option<&str>) -> Result<String, StaffFault> {
    match told {
        Some(told) => line(told, "the name", LONGEST_NAME)?.ok_or(StaffFault::NoName),
        None => Ok(account(|variable| std::env::var(variable).ok())),
    }
}

/// The account by its name, behind `sudo` that of whoever called it, or else by its number.
fn account(variable: impl Fn(&str) -> Option<String>) -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| {
        let text = variable(name)?;
        line(&text, "the account", LONGEST_NAME).ok().flatten()
    });
    named.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_one_line_of_text() {
        for (given, kept) in [(" 王建国\u{200B}\n", Some("王建国")), ("\u{3164}", None), ("", None)]
        {
            assert_eq!(line(given, "the reason", 3).unwrap().as_deref(), kept, "{given:?}");
        }
        for given in ["王建国二", "a\u{202E}b", "a\u{61C}", "a\u{FFFD}", "a\nb", "a\u{1B}b"] {
            let fault = line(given, "the reason", 3).unwrap_err();
            assert_eq!(fault, StaffFault::Text { what: "the reason", most: 3 }, "{given:?}");
        }
    }

    #[test]
    fn who_and_why_are_read_in_one_way_by_either_spelling() {
        #[derive(clap::Parser)]
        struct Called {
            #[command(flatten)]
            answer: WhoAndWhy,
        }
        let read = |arguments: &[&str]| {
            let called = ["jianma", "--by", "王建国"].iter().chain(arguments);
            <Called as clap::Parser>::try_parse_from(called).unwrap().answer
        };
        let whom = || "王建国".to_owned();
        for option in ["--reason", "--why"] {
            assert_eq!(read(&[option, " 来信 "]).explained(), Ok((whom(), "来信".into())));
            assert_eq!(read(&[option, "\u{200B}"]).explained(), Err(StaffFault::NoReason));
            let longest = "信".repeat(LONGEST_REASON);
            assert_eq!(read(&[option, &longest]).read(), Ok((whom(), Some(longest.clone()))));
            let longer = read(&[option, &format!("{longest}信")]).read();
            assert!(matches!(longer, Err(StaffFault::Text { most: LONGEST_REASON, .. })));
        }
        assert_eq!(read(&[]).read(), Ok((whom(), None)));
        assert_eq!(read(&[]).explained(), Err(StaffFault::NoReason));
    }

    #[test]
    fn who_does_it_is_told_or_is_the_account() {
        assert_eq!(name(Some(" 王建国 ")).unwrap(), "王建国");
        assert_eq!(name(Some("\u{200B}")).unwrap_err(), StaffFault::NoName);
        let account = |variables: &[(&str, &str)]| {
            account(|name| {
                let found = variables.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, text)| (*text).to_owned())
            })
        };
        assert_eq!(account(&[("USER", "root"), ("SUDO_USER", "wang")]), "wang");
        assert_eq!(
            account(&[("SUDO_USER", " "), ("USER", "ops\u{202E}"), ("LOGNAME", "li")]),
            "li"
        );
        assert!(account(&[]).starts_with("uid "));
    }
}
