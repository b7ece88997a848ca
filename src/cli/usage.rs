//! Help and complaints of the command line, in Vietnamese where clap has English.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, Error};

/// The command with its fixed words, and those of its subcommands, in Vietnamese.
pub(super) fn vietnamese(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let version =
        Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = command
        .help_template(
            "{about-with-newline}\nCách dùng: {usage}\n\n{all-args}{after-help}",
        )
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(argument)
        .mut_subcommands(vietnamese)
        .arg(help.help("In phần trợ giúp này").help_heading(OPTIONS));
    match command.get_version() {
        Some(_) => command.arg(version.help("In phiên bản").help_heading(OPTIONS)),
        None => command,
    }
}

/// What is typed, where `khung help build` asks for what `khung build --help` does.
pub(super) fn helped(mut typed: Vec<OsString>) -> Vec<OsString> {
    if typed.get(1).is_some_and(|word| word == "help") {
        typed.remove(1);
        typed.push("--help".into());
    }
    typed
}

const OPTIONS: &str = "Tùy chọn";

/// An argument whose help tells its values and its default.
fn argument(argument: Arg) -> Arg {
    let mut help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let mut notes = Vec::new();
    let takes_value = argument.get_action().takes_values();
    let values = argument.get_possible_values();
    // A flag has "true" and "false", which nobody can type.
    for value in values.iter().filter(|_| takes_value) {
        notes.push(match value.get_help() {
            Some(help) => format!("{}: {help}", value.get_name()),
            None => value.get_name().to_owned(),
        });
    }
    let default: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy())
        .collect();
    if !default.is_empty() {
        notes.push(format!("mặc định: {}", default.join(",")));
    }
    if !notes.is_empty() {
        help = format!("{help} [{}]", notes.join("; "));
    }
    let heading = if argument.is_positional() { "Đối số" } else { OPTIONS };
    let argument = argument.help(help).help_heading(heading);
    // A flag has nothing to hide, which clap insists on.
    if takes_value {
        argument.hide_possible_values(true).hide_default_value(true)
    } else {
        argument
    }
}

/// What clap has to say: its help, or what is wrong with the arguments and the way out.
pub(super) fn say(error: &Error, command: &Command) -> String {
    if !error.use_stderr()
        || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        return plain(&error.to_string());
    }
    let context = |kind| error.get(kind).map(words).unwrap_or_default();
    let named = |kind| {
        let names = context(kind);
        names.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", ")
    };
    let argument = named(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue).join(", ");
    let message = match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("không có tùy chọn {argument}.")
        }
        ErrorKind::UnknownArgument => format!("thừa \"{argument}\"."),
        ErrorKind::InvalidSubcommand => {
            format!(
                "không có lệnh \"{}\".",
                context(ContextKind::InvalidSubcommand).join(" ")
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("thiếu giá trị của {argument}.")
        }
        ErrorKind::InvalidValue => format!("{argument} không nhận \"{value}\"."),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error);
            let why = why.map(ToString::to_string).unwrap_or_default();
            format!("{argument} không nhận \"{value}\". {why}")
        }
        ErrorKind::MissingRequiredArgument => format!("thiếu {argument}."),
        ErrorKind::ArgumentConflict => match named(ContextKind::PriorArg) {
            prior if prior == argument => format!("{argument} chỉ được nêu một lần."),
            prior => format!("{argument} không dùng cùng {prior}."),
        },
        ErrorKind::TooManyValues => format!("{argument} không nhận giá trị nào."),
        _ => plain(&error.to_string()),
    };
    let near = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let near: Vec<String> = near.into_iter().flat_map(context).collect();
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let (path, meant) = meant(command, &typed);
    let known = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            meant.get_subcommands().map(|known| known.get_name().to_owned()).collect()
        }
        _ => context(ContextKind::ValidValue),
    };
    let hint = if !near.is_empty() {
        format!(" Có phải ý bạn là {}?", near.join(" hoặc "))
    } else if !known.is_empty() {
        format!(" Dùng một trong: {}.", known.join(", "))
    } else {
        String::new()
    };
    format!("khung: {message}{hint}\nXem cách dùng bằng `{path} --help`.\n")
}

/// The command that was meant, as far as there is one, and its path.
fn meant<'c>(command: &'c Command, typed: &[String]) -> (String, &'c Command) {
    let mut path = command.get_name().to_owned();
    let mut meant = command;
    for word in typed {
        let Some(inner) = meant.find_subcommand(word) else { break };
        path = format!("{path} {word}");
        meant = inner;
    }
    (path, meant)
}

/// An argument by its name alone: `--all` for `--all <NHÓM>`, `HỒ_SƠ` for `[HỒ_SƠ]...`.
fn bare(argument: &str) -> &str {
    let name = argument.split_whitespace().next().unwrap_or(argument);
    name.trim_end_matches('.').trim_matches(['<', '>', '[', ']'])
}

fn plain(text: &str) -> String {
    text.replace("[OPTIONS]", "[TÙY CHỌN]")
}

fn words(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::None => Vec::new(),
        ContextValue::Strings(texts) => texts.clone(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect()
        }
        one => vec![one.to_string()],
    }
}
