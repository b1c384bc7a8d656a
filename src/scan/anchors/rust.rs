//! Rust.

use memchr::memmem;

use super::Role;
use super::words::{Place, is_word, literal};

/// Functions and types of `std::env` that have nothing to do with the value of a variable.
const OTHER: [&str; 14] = [
    "args",
    "args_os",
    "consts",
    "current_dir",
    "current_exe",
    "home_dir",
    "join_paths",
    "remove_var",
    "set_current_dir",
    "set_var",
    "split_paths",
    "temp_dir",
    "Args",
    "VarError",
];

/// How far before a word its attribute can start.
const MAX_ATTRIBUTE: usize = 1000;

/// What the whole file says; found when first asked for.
#[derive(Debug, Default)]
pub(super) struct Options {
    found: Option<bool>,
    fills: Option<bool>,
    processes: Option<bool>,
}

impl Options {
    /// Whether the file may build the options of a command line, which have a method `env` like commands to be run.
    fn has_options(&mut self, text: &[u8]) -> bool {
        *self.found.get_or_insert_with(|| {
            ["clap", "Arg::", "arg!"]
                .iter()
                .any(|word| memmem::find(text, word.as_bytes()).is_some())
        })
    }

    /// What a crate does that fills types from the environment.
    fn filling(&mut self, text: &[u8]) -> Role<'static> {
        let fills = *self
            .fills
            .get_or_insert_with(|| memmem::find(text, b"Deserialize").is_some());
        if fills { Role::Filling } else { Role::Unknown }
    }

    /// Whether the file may start processes: a `Command` describes the command line of a program as well.
    fn has_processes(&mut self, text: &[u8]) -> bool {
        *self.processes.get_or_insert_with(|| {
            ["process", "portable_pty"]
                .iter()
                .any(|word| memmem::find(text, word.as_bytes()).is_some())
        })
    }
}

pub(super) fn role<'t>(place: &Place<'t>, options: &mut Options) -> Role<'t> {
    let behind = place.behind();
    let member = behind.strip_prefix(b"::").map(word);
    match place.word() {
        b"env" | b"option_env" => env(place, options),
        b"dotenv" | b"dotenvy" => match member {
            Some(b"var") => in_call(place, &behind[2 + 3..]),
            Some(b"dotenv" | b"dotenv_override" | b"from_filename" | b"from_path" | b"Error") => {
                Role::Harmless
            }
            None if behind.starts_with(b"(") || behind.starts_with(b";") => Role::Harmless,
            _ => Role::Unknown,
        },
        b"Command" | b"CommandBuilder" => {
            if (member == Some(b"new") || is_renamed(behind)) && options.has_processes(place.text) {
                Role::Process
            } else {
                Role::Harmless
            }
        }
        b"duct" | b"xshell" | b"Exec::cmd" | b"Exec::shell" | b"rexpect" | b"expectrl" => {
            Role::Process
        }
        b"Env" | b"Environment" => match member {
            // A variant of an enum.
            Some([b'A'..=b'Z', ..]) => Role::Harmless,
            Some(_) => options.filling(place.text),
            None if is_renamed(behind) => options.filling(place.text),
            None => Role::Harmless,
        },
        _ => options.filling(place.text),
    }
}

fn env<'t>(place: &Place<'t>, options: &mut Options) -> Role<'t> {
    let (before, behind) = (place.before(), place.behind());
    if let Some(rest) = behind.strip_prefix(b"!") {
        return in_call(place, rest);
    }
    if let Some(rest) = behind.strip_prefix(b"::") {
        let name = word(rest);
        return match name {
            b"var" | b"var_os" => in_call(place, &rest[name.len()..]),
            _ if OTHER.iter().any(|other| other.as_bytes() == name) => Role::Harmless,
            _ => Role::Unknown,
        };
    }
    if is_renamed(behind) {
        return Role::Unknown;
    }
    if before.ends_with(b".") {
        return if options.has_options(place.text) {
            in_call(place, behind)
        } else {
            Role::Harmless
        };
    }
    if in_attribute(before) {
        let given = behind.trim_ascii_start().strip_prefix(b"=");
        return match given.and_then(|value| literal(value.trim_ascii_start())) {
            Some(name) => Role::Read(name),
            None => Role::Unknown,
        };
    }
    // The name of a variable, a module that is imported, a field.
    Role::Harmless
}

/// The read of the variable that a call's first argument names.
fn in_call<'t>(place: &Place<'t>, rest: &'t [u8]) -> Role<'t> {
    match rest.trim_ascii_start().split_first() {
        Some((b'(' | b'[' | b'{', argument)) => place.read(argument),
        _ => Role::Unknown,
    }
}

fn word(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|&b| !is_word(b)).unwrap_or(text.len());
    &text[..end]
}

/// `use std::env as e`
fn is_renamed(behind: &[u8]) -> bool {
    behind.trim_ascii_start().starts_with(b"as ")
}

/// Whether an attribute is open before a place.
fn in_attribute(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(MAX_ATTRIBUTE)..];
    let Some(start) = memmem::rfind(near, b"#[") else {
        return near.len() == MAX_ATTRIBUTE;
    };
    let mut depth = 0_usize;
    for byte in &near[start + 1..] {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextRange;

    fn role_in(text: &str, word: &str) -> String {
        let start = text.find(word).unwrap();
        let place = Place::new(text.as_bytes(), TextRange::new(start, start + word.len()));
        format!("{:?}", role(&place, &mut Options::default()))
    }

    #[test]
    fn what_stands_beside_the_word_tells() {
        for (text, expected) in [
            ("use std::env;", "Harmless"),
            ("use std::{env, fs};", "Harmless"),
            ("use std::env as e;", "Unknown"),
            ("use std::env::{self, var};", "Unknown"),
            ("use std::env::var;", "Unknown"),
            ("env!(\"CARGO_PKG_VERSION\")", "Read(\"CARGO_PKG_VERSION\")"),
            ("std::env::var(\"PORT\")", "Read(\"PORT\")"),
            ("std::env::var_os( \"PORT\" )", "Read(\"PORT\")"),
            ("env::args()", "Harmless"),
            ("env::set_var(\"A\", x)", "Harmless"),
            ("env::vars()", "Unknown"),
            ("env::var(name)", "Dynamic"),
            ("map(env::var)", "Unknown"),
            ("let env = \"PORT\";", "Harmless"),
            ("cmd.env(\"A\", b)", "Harmless"),
            ("use clap::Arg; Arg::new(x).env(\"A\")", "Read(\"A\")"),
            ("#[arg(long, env = \"A\")]\nx: y", "Read(\"A\")"),
            ("#[arg(long, env)]\nx: y", "Unknown"),
            ("#[test]\nfn f(env: E) {}", "Harmless"),
        ] {
            assert_eq!(role_in(text, "env"), expected, "{text}");
        }
        assert!(role_in("env::var(NAME)", "env").starts_with("Named"));
        for (text, expected) in [
            ("use std::process::Command;", "Harmless"),
            ("use std::process::Command as Cmd;", "Process"),
            ("std::process::Command::new(x)", "Process"),
            ("use clap::Command; Command::new(x)", "Harmless"),
            ("fn process(command: Command) {}", "Harmless"),
        ] {
            assert_eq!(role_in(text, "Command"), expected, "{text}");
        }
        assert_eq!(role_in("Env::prefixed(\"A\")", "Env"), "Unknown");
        assert_eq!(
            role_in("Environment::Production", "Environment"),
            "Harmless"
        );
        assert_eq!(role_in("dotenvy::dotenv().ok();", "dotenvy"), "Harmless");
    }
}
