//! Python.

use memchr::memmem;

use super::Role;
use super::words::{Place, before_word, is_word};

pub(super) fn role<'t>(place: &Place<'t>) -> Role<'t> {
    let before = place.before();
    let behind = place.behind();
    match place.word() {
        b"environ" | b"environb" | b"getenv" | b"getenvb" => {
            let line = place.line_before();
            if line.starts_with(b"from os import") {
                // Under their own names they are found where they are used.
                let rest = behind.split(|&b| b == b'\n').next().unwrap_or_default();
                let renamed = [line, rest]
                    .iter()
                    .any(|part| memmem::find(part, b" as ").is_some());
                let plain = !rest.trim_ascii_end().ends_with(b"\\") && !line.contains(&b'(');
                return if renamed || !plain {
                    Role::Unknown
                } else {
                    Role::Harmless
                };
            }
            let direct = before_word(before, "os.");
            let bare = before.last().is_none_or(|&b| !is_word(b) && b != b'.');
            match direct {
                Some(before) => of_environment(place, before),
                None if bare => of_environment(place, before),
                None => Role::Unknown,
            }
        }
        b"envvar" | b"env_var" | b"env_prefix" => {
            let rest = behind.trim_ascii_start();
            let quoted = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'"));
            let given = match quoted {
                Some(rest) => rest.trim_ascii_start().strip_prefix(b":"),
                None => rest
                    .strip_prefix(b"=")
                    .filter(|rest| !rest.starts_with(b"=")),
            };
            match given {
                Some(_) if place.word() == b"env_prefix" || quoted.is_some() => Role::Unknown,
                Some(value) => match place.read(value) {
                    read @ Role::Read(_) => read,
                    _ => Role::Unknown,
                },
                None => Role::Harmless,
            }
        }
        b"auto_envvar_prefix" => Role::Everything,
        b"subprocess" | b"pexpect" | b"ptyprocess" => process_module(place),
        b"run_process" | b"open_process" => {
            let known = ["anyio", "trio"].iter();
            let mut known =
                known.filter(|word| memmem::find(place.text, word.as_bytes()).is_some());
            known.next().map_or(Role::Harmless, |_| Role::Process)
        }
        b"subprocess_exec" | b"subprocess_shell" => Role::Process,
        b"fabric" if !is_imported(place) => Role::Harmless,
        b"fabric" | b"plumbum" | b"import sh" | b"from sh" | b"from invoke" => Role::Processes,
        b"from os import" => {
            let line = behind.split(|&b| b == b'\n').next().unwrap_or_default();
            let starts = ["system", "popen", "exec", "spawn", "("].iter();
            let mut starts = starts.filter(|word| memmem::find(line, word.as_bytes()).is_some());
            starts.next().map_or(Role::Harmless, |_| Role::Processes)
        }
        word if word.starts_with(b"create_subprocess") => {
            // Under its own name it is found where it is used.
            if place.line_before().trim_ascii_start().starts_with(b"from ") && !is_renamed(behind) {
                Role::Harmless
            } else {
                Role::Process
            }
        }
        word if word.contains(&b'.') => Role::Process,
        _ => Role::Unknown,
    }
}

/// Whether another name is given on the line.
fn is_renamed(behind: &[u8]) -> bool {
    let rest = behind.split(|&b| b == b'\n').next().unwrap_or_default();
    memmem::find(rest, b" as ").is_some()
}

/// Whether an import names the word as its module.
fn is_imported(place: &Place<'_>) -> bool {
    matches!(place.line_before().trim_ascii(), b"import" | b"from")
}

/// What becomes of a module that processes are started with.
fn process_module<'t>(place: &Place<'t>) -> Role<'t> {
    const FUNCTIONS: [&str; 8] = [
        "run",
        "Popen",
        "call",
        "check_",
        "get",
        "spawn",
        "PtyProcess",
        "popen_spawn",
    ];
    let behind = place.behind();
    let line = place.line_before().trim_ascii_start();
    if line.starts_with(b"from ") && !line.ends_with(b".") || is_renamed(behind) {
        return Role::Process;
    }
    let starts = behind.strip_prefix(b".").is_some_and(|rest| {
        FUNCTIONS
            .iter()
            .any(|name| rest.starts_with(name.as_bytes()))
    });
    let is_import = line.starts_with(b"import ");
    // `run = subprocess.run`, and the module itself, given to something.
    if starts && !is_import {
        Role::Process
    } else {
        Role::Harmless
    }
}

/// What becomes of `os.environ` or `os.getenv`, with what stands before all of it.
fn of_environment<'t>(place: &Place<'t>, before: &'t [u8]) -> Role<'t> {
    let behind = place.behind();
    if place.word().starts_with(b"getenv") {
        return match behind.strip_prefix(b"(") {
            Some(name) if !before.ends_with(b"def ") => place.read(name),
            _ => Role::Unknown,
        };
    }
    let opens: [&[u8]; 4] = [b"[", b".get(", b".pop(", b".setdefault("];
    if let Some(name) = opens.iter().find_map(|open| behind.strip_prefix(*open)) {
        return place.read(name);
    }
    let asked = before
        .strip_suffix(b" in ")
        .map(|before| before.strip_suffix(b" not").unwrap_or(before))
        .is_some_and(|before| before.ends_with(b"\"") || before.ends_with(b"'"));
    if asked { Role::Harmless } else { Role::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextRange;

    fn role_in(text: &str, word: &str) -> String {
        let start = text.find(word).unwrap();
        let place = Place::new(text.as_bytes(), TextRange::new(start, start + word.len()));
        format!("{:?}", role(&place))
    }

    #[test]
    fn what_stands_beside_the_word_tells() {
        for (text, expected) in [
            ("os.environ.get('PORT')", "Read(\"PORT\")"),
            ("os.environ.get( 'PORT', 1)", "Read(\"PORT\")"),
            ("os.environ['API_KEY']", "Read(\"API_KEY\")"),
            ("environ['API_KEY']", "Read(\"API_KEY\")"),
            ("os.environ.pop(\"A\", None)", "Read(\"A\")"),
            ("if 'A' not in os.environ:", "Harmless"),
            ("from os import path, environ", "Harmless"),
            ("from os import environ as e", "Unknown"),
            ("from os import (environ,", "Unknown"),
            ("for k in os.environ:", "Unknown"),
            ("os.environ.get(name)", "Dynamic"),
            ("os.environ.get('PO' + x)", "Dynamic"),
            ("dict(os.environ)", "Unknown"),
            ("my.os.environ['A']", "Unknown"),
        ] {
            assert_eq!(role_in(text, "environ"), expected, "{text}");
        }
        assert!(role_in("os.environ.get(NAME)", "environ").starts_with("Named"));
        assert!(role_in("os.getenv(Names.KEY, '')", "getenv").starts_with("Named"));
        assert_eq!(
            role_in("os.getenv(\"PORT\", 1)", "getenv"),
            "Read(\"PORT\")"
        );
        assert_eq!(role_in("get = os.getenv", "getenv"), "Unknown");
        assert_eq!(role_in("@option(envvar='A')", "envvar"), "Read(\"A\")");
        assert_eq!(role_in("@option(envvar=['A'])", "envvar"), "Unknown");
        assert_eq!(role_in("for env_var in x:", "env_var"), "Harmless");
        for (text, expected) in [
            ("import subprocess", "Harmless"),
            ("import subprocess as sp", "Process"),
            ("from subprocess import run", "Process"),
            ("    x = subprocess.run(cmd)", "Process"),
            ("out: subprocess.CompletedProcess", "Harmless"),
            ("from asyncio import subprocess", "Process"),
        ] {
            assert_eq!(role_in(text, "subprocess"), expected, "{text}");
        }
        for (text, word, expected) in [
            ("self.run_process(cmd)", "run_process", "Harmless"),
            (
                "import anyio\nanyio.run_process(cmd)",
                "run_process",
                "Process",
            ),
            ("from os import path", "from os import", "Harmless"),
            ("from os import path, system", "from os import", "Processes"),
            ("from os import (", "from os import", "Processes"),
            ("from fabric import Connection", "fabric", "Processes"),
            ("cloth = \"fabric\"", "fabric", "Harmless"),
        ] {
            assert_eq!(role_in(text, word), expected, "{text}");
        }
    }
}
