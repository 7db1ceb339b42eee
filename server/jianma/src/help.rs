//! The help of the command line in Chinese. In English it is what stands beside each parameter in the
//! source; `locales/zh.toml` has it in Chinese, by command and parameter.

use clap::{Arg, Command, error::ErrorKind};
use domain::Locale;

use crate::language::{Catalogue, catalogue, text, words};

/// A command line with its help in a language.
#[must_use]
pub fn in_language(mut command: Command, locale: Locale) -> Command {
    if locale == Locale::En {
        return command;
    }
    // Its own parameters and the command `help` are made by this.
    command.build();
    let path = command.get_name().to_owned();
    translated(command, &path, catalogue(locale))
}

/// What is wrong with a call, in a sentence before the program's own words; `None` where those are
/// help or a version, or enough.
#[must_use]
pub fn of_usage(error: &clap::Error, locale: Locale) -> Option<String> {
    let key = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::MissingRequiredArgument => "usage_missing",
        ErrorKind::UnknownArgument => "usage_unknown",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "usage_value",
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => "usage_command",
        ErrorKind::ArgumentConflict => "usage_conflict",
        _ => "usage_other",
    };
    (locale == Locale::Zh).then(|| format!("{}{}", text(locale, key), text(locale, "usage_next")))
}

/// The words that call a command, without the `help` that explains it.
fn explained(path: &str) -> String {
    let mut words: Vec<&str> = path.split(' ').collect();
    // `jianma help label` explains `jianma label`.
    if let Some(at) = words.iter().position(|word| *word == "help")
        && at + 1 < words.len()
    {
        words.remove(at);
    }
    words.join(" ")
}

fn translated(command: Command, path: &str, texts: &Catalogue) -> Command {
    let said = |key: &str| text(Locale::Zh, key);
    let about = texts.about.get(&explained(path)).cloned().unwrap_or_default();
    let template = format!("{{about}}\n\n{}{{usage}}\n\n{{all-args}}", said("usage"));
    command
        .about(about)
        .long_about(None)
        .help_template(template)
        .subcommand_help_heading(said("commands"))
        .subcommand_value_name(said("command"))
        .mut_args(|argument| parameter(argument, path, texts))
        .mut_subcommands(|child| {
            let path = format!("{path} {}", child.get_name());
            translated(child, &path, texts)
        })
}

/// What a parameter is, by the nearest command that says it.
fn text_of<'t>(id: &str, path: &str, texts: &'t Catalogue) -> Option<&'t str> {
    let own = texts.argument_of.get(&format!("{} {id}", explained(path)));
    own.or_else(|| texts.argument.get(id)).map(String::as_str)
}

fn parameter(argument: Arg, path: &str, texts: &Catalogue) -> Arg {
    let heading = if argument.is_positional() { "arguments" } else { "options" };
    let mut told = text_of(argument.get_id().as_str(), path, texts).unwrap_or_default().to_owned();
    let mut add = |key: &str, values: &[String]| {
        if !values.is_empty() {
            told.push_str(&words(Locale::Zh, key, &[("value", &values.join("、"))]));
        }
    };
    if argument.get_action().takes_values() {
        let choices = argument.get_possible_values();
        add("choices", &choices.iter().map(|it| it.get_name().to_owned()).collect::<Vec<_>>());
        let defaults = argument.get_default_values().iter();
        add("default", &defaults.map(|it| it.to_string_lossy().into_owned()).collect::<Vec<_>>());
    }
    let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
    add("environment", &variable.into_iter().collect::<Vec<_>>());
    argument
        .help(told)
        .long_help(None)
        .help_heading(text(Locale::Zh, heading))
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;
    use crate::command_line::CommandLine;

    /// Every command with the words that call it.
    fn each(command: &Command, path: &str, tell: &mut impl FnMut(&str, &Command)) {
        tell(path, command);
        for child in command.get_subcommands() {
            each(child, &format!("{path} {}", child.get_name()), tell);
        }
    }

    fn built() -> Command {
        let mut command = CommandLine::command();
        command.build();
        command
    }

    #[test]
    fn no_command_and_no_parameter_is_without_chinese_and_no_chinese_without_either() {
        let texts = catalogue(Locale::Zh);
        let mut missing = Vec::new();
        let mut used = BTreeSet::new();
        each(&built(), "jianma", &mut |path, command| {
            let path = explained(path);
            if !texts.about.contains_key(&path) {
                missing.push(path.clone());
            }
            used.insert(path.clone());
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                let own = format!("{path} {id}");
                if text_of(id, &path, texts).is_none() {
                    missing.push(own.clone());
                }
                used.insert(if texts.argument_of.contains_key(&own) { own } else { id.to_owned() });
            }
        });
        assert_eq!(missing, Vec::<String>::new(), "without Chinese");
        let all = [&texts.about, &texts.argument, &texts.argument_of];
        let idle: Vec<&String> = all
            .into_iter()
            .flat_map(std::collections::BTreeMap::keys)
            .filter(|key| !used.contains(*key))
            .collect();
        assert_eq!(idle, Vec::<&String>::new(), "of nothing");
    }

    #[test]
    fn the_whole_help_is_chinese_but_for_names() {
        each(&in_language(CommandLine::command(), Locale::Zh), "jianma", &mut |path, command| {
            let text = command.clone().render_long_help().to_string();
            for english in
                ["Usage", "Options:", "Arguments:", "Commands:", "Print", "default:", "env:"]
            {
                assert!(!text.contains(english), "{path}: {english}: {text}");
            }
            assert!(text.contains("用法："), "{path}: {text}");
        });
    }

    #[test]
    fn a_call_reads_the_same_in_both_languages() {
        let call = ["jianma", "label", "list", "--data", "data"];
        for locale in Locale::ALL {
            let matches = in_language(CommandLine::command(), locale).try_get_matches_from(call);
            let (name, label) = matches.unwrap().remove_subcommand().unwrap();
            assert_eq!((&*name, label.subcommand_name()), ("label", Some("list")));
            let wrong = in_language(CommandLine::command(), locale)
                .try_get_matches_from(["jianma", "label", "withdraw", "3"])
                .unwrap_err();
            let said = of_usage(&wrong, locale);
            assert_eq!(said.is_some(), locale == Locale::Zh, "{said:?}");
            assert!(said.is_none_or(|said| said.contains("缺少") && said.contains("--help")));
        }
    }
}
