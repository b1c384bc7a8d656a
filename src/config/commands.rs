//! What one command does: whether it shows every variable, where a pipe takes that, whether it raises a limit.
//!
//! Knows words and no files. Used by the judgement of config files.

use super::shell::{Command, Output, Word};
use crate::model::Channel;
use crate::text::TextRange;

/// The script of `sh -c script`.
pub(super) fn shell_argument<'w, 't>(words: &'w [Word<'t>]) -> Option<&'w Word<'t>> {
    let program = words.first()?.text.rsplit('/').next()?;
    if !matches!(
        program,
        "sh" | "bash" | "ash" | "dash" | "zsh" | "CMD-SHELL"
    ) {
        return None;
    }
    if program == "CMD-SHELL" {
        return words.get(1);
    }
    let flag = words
        .iter()
        .position(|word| word.text.starts_with('-') && word.text.ends_with('c'))?;
    words.get(flag + 1)
}

/// Where a command prints all variables: `env`, `printenv`, `export -p`, `set`, `declare -p`.
pub(super) fn shown(command: &Command<'_>) -> Option<TextRange> {
    // What a shell says before a command.
    let mut words = command.words.as_slice();
    while let [first, rest @ ..] = words {
        if matches!(
            first.text,
            "then"
                | "else"
                | "do"
                | "!"
                | "time"
                | "command"
                | "builtin"
                | "exec"
                | "sudo"
                | "if"
                | "&&"
        ) {
            words = rest;
        } else {
            break;
        }
    }
    let (first, rest) = words.split_first()?;
    let program = first.text.rsplit('/').next()?;
    let is_all = match program {
        // With anything but an option it runs a program or prints one variable.
        "env" | "printenv" => {
            rest.iter().all(|word| matches!(word.text, "-0" | "--null")) && command.sets.is_empty()
        }
        "set" => rest.is_empty() && command.sets.is_empty() && words.len() == command.words.len(),
        "export" => matches!(rest, [] | [Word { text: "-p", .. }]),
        "declare" | "typeset" => matches!(
            rest,
            [Word {
                text: "-p" | "-x" | "-px" | "-xp",
                ..
            }]
        ),
        "cat" => rest
            .iter()
            .any(|word| word.text.starts_with("/proc/") && word.text.ends_with("/environ")),
        _ => false,
    };
    let end = words.last()?.range().end;
    is_all.then(|| TextRange::new(first.at, end))
}

/// What becomes of what a pipe is given: shown whole, or a part of it taken.
pub(super) fn piped(commands: &[Command<'_>], number: usize) -> Option<Channel> {
    if commands[number].is_last {
        return None;
    }
    for next in &commands[number + 1..] {
        let program = next.words.first()?.text.rsplit('/').next()?;
        let passes = match program {
            "sort" | "cat" | "tac" | "nl" | "less" | "more" | "uniq" | "column" => {
                next.words.len() <= 2
            }
            "tee" | "logger" | "tr" | "indent" => true,
            _ => false,
        };
        if !passes {
            return None;
        }
        if program == "tee" {
            return Some(Channel::File);
        }
        if next.is_last {
            return match next.output {
                Output::Shown => Some(Channel::Log),
                Output::File => Some(Channel::File),
                Output::Taken => None,
            };
        }
    }
    None
}

/// `ulimit -c unlimited`, `sysctl -w kernel.core_pattern=…`, `prlimit --core=unlimited`, `docker run --ulimit core=-1`.
pub(super) fn core_limit(command: &Command<'_>) -> Option<TextRange> {
    let at = command.words.iter().position(|word| {
        matches!(
            word.text.rsplit('/').next(),
            Some("ulimit" | "prlimit" | "docker" | "podman" | "sysctl")
        )
    })?;
    let (program, rest) = command.words[at..].split_first()?;
    let whole = |last: &Word<'_>| TextRange::new(program.at, last.range().end);
    let is_on = |size: &str| {
        size == "unlimited"
            || size.starts_with("-1")
            || size.starts_with(|c: char| matches!(c, '1'..='9'))
    };
    match program.text {
        "ulimit" => {
            let flag = rest.iter().position(|word| {
                word.text.starts_with('-')
                    && !word.text.starts_with("--")
                    && word.text.ends_with('c')
            })?;
            let size = rest.get(flag + 1)?;
            is_on(size.text).then(|| whole(size))
        }
        "sysctl" => {
            let set = rest
                .iter()
                .find(|word| word.text.starts_with("fs.suid_dumpable="))?;
            (!set.text.ends_with("=0")).then(|| whole(set))
        }
        _ => {
            let size = rest.iter().find_map(|word| {
                let size = word
                    .text
                    .strip_prefix("--core=")
                    .or_else(|| word.text.strip_prefix("--ulimit=core="));
                Some((word, size.or_else(|| word.text.strip_prefix("core="))?))
            })?;
            is_on(size.1).then(|| size.0.range())
        }
    }
}
