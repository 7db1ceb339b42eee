//! The help of the command line in Chinese, and what is wrong with a call. In English it is what stands
//! beside each parameter in the source; `locales/zh.toml` has it in Chinese, by command and parameter.

use std::{collections::BTreeMap, error::Error, sync::LazyLock};

use clap::{
    Arg, Command,
    error::{ContextKind, ErrorKind},
};
use domain::Locale;
use serde::Deserialize;

use crate::translation::in_chinese;

/// What `locales/zh.toml` holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Catalogue {
    /// What a command does, by the words that call it.
    about: BTreeMap<String, String>,
    /// What a parameter is, by its id, whatever the command.
    argument: BTreeMap<String, String>,
    /// What it is for one command.
    argument_of: BTreeMap<String, String>,
    /// Headings, and what is wrong with a call.
    words: BTreeMap<String, String>,
}

/// A test reads it.
static CHINESE: LazyLock<Catalogue> =
    LazyLock::new(|| toml::from_str(include_str!("../locales/zh.toml")).unwrap_or_default());

fn text(key: &str) -> &'static str {
    CHINESE.words.get(key).map_or("", String::as_str)
}

/// A text with `{name}` filled in.
fn words(key: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text(key).to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// A command line with its help in a language.
#[must_use]
pub fn in_language(mut command: Command, locale: Locale) -> Command {
    if locale == Locale::En {
        return command;
    }
    // Its own parameters and the command `help` are made by this.
    command.build();
    let path = command.get_name().to_owned();
    translated(command, &path)
}

/// What is wrong with a call, in Chinese; `None` in English, where the library says it, and for help
/// and version, which are no faults.
#[must_use]
pub fn of_usage(error: &clap::Error, locale: Locale) -> Option<String> {
    if locale == Locale::En || !error.use_stderr() {
        return None;
    }
    let given = |kind| error.get(kind).map(ToString::to_string);
    let shown = |kind| given(kind).unwrap_or_default().replace('\n', " ");
    let argument = shown(ContextKind::InvalidArg);
    let mut said = match error.kind() {
        // The help that is shown instead says what there is.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::MissingRequiredArgument => words("usage_missing", &[("argument", &argument)]),
        ErrorKind::UnknownArgument => words("usage_unknown", &[("argument", &argument)]),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = shown(ContextKind::InvalidValue);
            words("usage_value", &[("argument", &argument), ("value", &value)])
        }
        ErrorKind::InvalidSubcommand => {
            words("usage_command", &[("command", &shown(ContextKind::InvalidSubcommand))])
        }
        ErrorKind::ArgumentConflict => {
            let other = shown(ContextKind::PriorArg);
            words("usage_conflict", &[("argument", &argument), ("other", &other)])
        }
        _ => text("usage_other").to_owned(),
    };
    if let Some(why) = error.source() {
        let why = in_chinese(&why.to_string());
        said.push_str(&words("usage_why", &[("why", why.trim_end_matches('。'))]));
    }
    if let Some(choices) = given(ContextKind::ValidValue) {
        said.push_str(&words("usage_choices", &[("choices", &choices)]));
    }
    let like = given(ContextKind::SuggestedArg)
        .or_else(|| given(ContextKind::SuggestedSubcommand))
        .or_else(|| given(ContextKind::SuggestedValue));
    if let Some(like) = like {
        said.push_str(&words("usage_like", &[("like", &like)]));
    }
    said.push_str(text("usage_next"));
    Some(said)
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

fn translated(command: Command, path: &str) -> Command {
    let said = text;
    let about = CHINESE.about.get(&explained(path)).cloned().unwrap_or_default();
    let template = format!("{{about}}\n\n{}{{usage}}\n\n{{all-args}}", said("usage"));
    command
        .about(about)
        .long_about(None)
        .help_template(template)
        .subcommand_help_heading(said("commands"))
        .subcommand_value_name(said("command"))
        .mut_args(|argument| parameter(argument, path))
        .mut_subcommands(|child| {
            let path = format!("{path} {}", child.get_name());
            translated(child, &path)
        })
}

/// What a parameter is, by the nearest command that says it.
fn text_of(id: &str, path: &str) -> Option<&'static str> {
    let own = CHINESE.argument_of.get(&format!("{} {id}", explained(path)));
    own.or_else(|| CHINESE.argument.get(id)).map(String::as_str)
}

fn parameter(argument: Arg, path: &str) -> Arg {
    let heading = if argument.is_positional() { "arguments" } else { "options" };
    let mut told = text_of(argument.get_id().as_str(), path).unwrap_or_default().to_owned();
    let mut add = |key: &str, values: &[String]| {
        if !values.is_empty() {
            told.push_str(&words(key, &[("value", &values.join("、"))]));
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
        .help_heading(text(heading))
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
        let texts: Catalogue = toml::from_str(include_str!("../locales/zh.toml")).unwrap();
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
                if text_of(id, &path).is_none() {
                    missing.push(own.clone());
                }
                used.insert(if texts.argument_of.contains_key(&own) { own } else { id.to_owned() });
            }
        });
        assert_eq!(missing, Vec::<String>::new(), "without Chinese");
        let all = [&texts.about, &texts.argument, &texts.argument_of];
        let idle: Vec<&String> =
            all.into_iter().flat_map(BTreeMap::keys).filter(|key| !used.contains(*key)).collect();
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
        }
    }

    #[test]
    fn what_is_wrong_with_a_call_is_said_in_chinese_to_the_end() {
        for (call, says) in [
            (&["label", "withdraw", "3"][..], "缺少必须给出的参数：--reason"),
            (&["label", "list", "--dta", "x"], "是不是 --data？"),
            (&["label", "reprint", "x", "--data", "d"], "不是数字"),
            (&["import", "--allow", "emtpy"], "请用 empty、smaller"),
            (&["serve", "--data", "d", "--listen", "x"], "地址:端口"),
            (&["labels"], "没有命令“labels”"),
            (&["requests", "purge", "--data", "d", "--config", "c", "--no-config"], "不能与"),
            (&["label", "x", "--data", "d", "-o", "a.pdf", "--level", "x"], "可选：m, q, h"),
        ] {
            let call = ["jianma"].iter().chain(call).copied();
            let command = || in_language(CommandLine::command(), Locale::Zh);
            let wrong = command().try_get_matches_from(call).unwrap_err();
            let said = of_usage(&wrong, Locale::Zh).unwrap();
            assert!(said.contains(says) && said.contains("--help"), "{said}");
            assert_eq!(of_usage(&wrong, Locale::En), None);
        }
    }
}
