//! JavaScript and TypeScript.

use memchr::memmem;

use super::Role;
use super::words::{Place, before_word, is_word, last_word};

/// Words by which the environment is got at in other ways than as a member of `process` and the like.
const OTHER: [&str; 10] = [
    "$env",
    "std-env",
    "ProcessEnv",
    "commander",
    "convict",
    "env-var",
    "envalid",
    "dotenv",
    "\\u",
    "createEnv",
];

/// What the whole file says of where an environment could come from; found when first asked for.
#[derive(Debug)]
pub(super) struct Sources<'t> {
    text: &'t [u8],
    other: Option<bool>,
    parsed: Option<bool>,
}

impl<'t> Sources<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            other: None,
            parsed: None,
        }
    }

    /// Whether what a file of variables holds may be used beside the environment.
    fn has_parsed(&mut self) -> bool {
        let text = self.text;
        *self
            .parsed
            .get_or_insert_with(|| memmem::find(text, b"parsed").is_some())
    }

    /// Whether the environment may have another name than `process.env` and the like.
    fn has_other(&mut self) -> bool {
        let text = self.text;
        *self.other.get_or_insert_with(|| {
            OTHER
                .iter()
                .any(|word| memmem::find(text, word.as_bytes()).is_some())
                || ["process", "Bun", "Deno", "meta"]
                    .iter()
                    .any(|word| has_bare(text, word))
        })
    }
}

/// Whether a word stands somewhere without a member behind it: it may have another name from there on.
fn has_bare(text: &[u8], word: &str) -> bool {
    memmem::find_iter(text, word.as_bytes()).any(|at| {
        let behind = &text[at + word.len()..];
        let rest = behind.strip_prefix(b"?").unwrap_or(behind);
        let is_member = rest.starts_with(b".")
            || at > 0 && is_word(text[at - 1])
            || behind.first().is_some_and(|&b| is_word(b));
        !is_member
    })
}

pub(super) fn role<'t>(place: &Place<'t>, sources: &mut Sources<'t>) -> Role<'t> {
    let before = place.before();
    match place.word() {
        b"env" if is_module(place) => return Role::Import,
        b"env" => {}
        b"dotenv" if !sources.has_parsed() => return Role::Harmless,
        b"dotenv" => return Role::Import,
        b"Bun.spawn" | b"Bun.spawnSync" | b"Bun.$" | b"Deno.Command" | b"cluster.fork" => {
            return Role::Process;
        }
        // What it brings has its names without being taken, and is used anywhere.
        b"zx" if place.behind().starts_with(b"/globals") => return Role::Everything,
        b"env zx" if is_first_line(place) => return Role::Everything,
        b"env zx" => return Role::Harmless,
        b"child_process"
        | b"bun"
        | b"execa"
        | b"zx"
        | b"cross-spawn"
        | b"nano-spawn"
        | b"tinyexec"
        | b"node-pty"
        | b"node-pty-prebuilt-multiarch"
        | b"utilityProcess" => {
            return if is_quoted(place) || place.word() == b"utilityProcess" {
                Role::Processes
            } else {
                Role::Harmless
            };
        }
        _ => return Role::Unknown,
    }
    let direct = ["process.", "process?.", "import.meta."]
        .iter()
        .find_map(|start| before_word(before, start).or_else(|| global(before, start)));
    if let Some(before) = direct {
        return of_environment(place, before);
    }
    let owner = before
        .strip_suffix(b".")
        .map(|rest| rest.strip_suffix(b"?").unwrap_or(rest));
    let is_known = owner
        .is_some_and(|rest| matches!(last_word(rest), b"process" | b"Bun" | b"Deno" | b"meta"));
    let is_key = before
        .last()
        .is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'))
        && before[..before.len() - 1].trim_ascii_end().ends_with(b"[");
    if is_known || is_key || sources.has_other() {
        Role::Unknown
    } else {
        Role::Harmless
    }
}

/// Whether the word is all of a string, or its end behind a prefix: `"node:child_process"`.
fn is_quoted(place: &Place<'_>) -> bool {
    let quotes: &[u8] = b"\"'`";
    let begins = place.before().last();
    place.behind().first().is_some_and(|b| quotes.contains(b))
        && begins.is_some_and(|b| quotes.contains(b) || matches!(b, b':' | b'/'))
}

/// Whether the word stands in the line that says what runs the file.
fn is_first_line(place: &Place<'_>) -> bool {
    place.before().starts_with(b"#!") && !place.before().contains(&b'\n')
}

/// Whether the word is part of the name of a module: `"env-var"`, `"std-env"`, `"$env/dynamic/private"`.
fn is_module(place: &Place<'_>) -> bool {
    let (before, behind) = (place.before(), place.behind());
    behind.starts_with(b"-var")
        || before.ends_with(b"std-")
        || before.ends_with(b"$") && behind.starts_with(b"/")
}

fn global<'t>(before: &'t [u8], start: &str) -> Option<&'t [u8]> {
    let rest = before.strip_suffix(start.as_bytes())?;
    ["globalThis.", "global."]
        .iter()
        .find_map(|global| before_word(rest, global))
}

/// What becomes of `process.env`, with what stands before all of it.
fn of_environment<'t>(place: &Place<'t>, before: &'t [u8]) -> Role<'t> {
    let behind = place.behind();
    let optional = behind.strip_prefix(b"?.");
    let rest = optional.unwrap_or(behind);
    if let Some(key) = rest.strip_prefix(b"[") {
        return place.read(key);
    }
    let member = if optional.is_some() {
        Some(rest)
    } else {
        rest.strip_prefix(b".")
    };
    if let Some(rest) = member {
        let end = rest
            .iter()
            .position(|&b| !is_word(b) && b != b'$')
            .unwrap_or(rest.len());
        let is_called = rest[end..].trim_ascii_start().starts_with(b"(");
        return match std::str::from_utf8(&rest[..end]) {
            Ok(name) if !name.is_empty() && !is_called && !name.contains('$') => Role::Read(name),
            _ => Role::Unknown,
        };
    }
    let before = before.trim_ascii_end();
    let asked = before
        .strip_suffix(b"in")
        .map(<[u8]>::trim_ascii_end)
        .is_some_and(|before| before.ends_with(b"\"") || before.ends_with(b"'"));
    if asked {
        return Role::Harmless;
    }
    if is_taken_apart(before)
        && behind
            .iter()
            .find(|b| !matches!(b, b' ' | b'\t' | b'\r'))
            .is_none_or(|b| b";\n".contains(b))
    {
        return Role::Several;
    }
    Role::Unknown
}

/// `const { A, B: b } =` with nothing but names.
fn is_taken_apart(before: &[u8]) -> bool {
    let Some(pattern) = before
        .strip_suffix(b"=")
        .map(<[u8]>::trim_ascii_end)
        .and_then(|before| before.strip_suffix(b"}"))
    else {
        return false;
    };
    let from = pattern.len().saturating_sub(2000);
    let Some(open) = memchr::memrchr(b'{', &pattern[from..]) else {
        return false;
    };
    let (names, before) = (&pattern[from + open + 1..], &pattern[..from + open]);
    let is_plain = names
        .iter()
        .all(|&b| is_word(b) || b.is_ascii_whitespace() || matches!(b, b',' | b':'));
    is_plain
        && matches!(
            last_word(before.trim_ascii_end()),
            b"const" | b"let" | b"var"
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextRange;

    fn role_in(text: &str) -> String {
        let start = text.find("env").unwrap();
        let place = Place::new(text.as_bytes(), TextRange::new(start, start + 3));
        format!("{:?}", role(&place, &mut Sources::new(text.as_bytes())))
    }

    #[test]
    fn what_stands_beside_the_word_tells() {
        for (text, expected) in [
            ("process.env.PORT", "Read(\"PORT\")"),
            ("process?.env?.HOME", "Read(\"HOME\")"),
            ("import.meta.env.MODE", "Read(\"MODE\")"),
            ("process.env['A']", "Read(\"A\")"),
            ("globalThis.process.env.A", "Read(\"A\")"),
            ("if ('A' in process.env) {}", "Harmless"),
            ("const { A, B: b } = process.env;", "Several"),
            ("process.env[name]", "Dynamic"),
            ("process.env.toString()", "Unknown"),
            ("const { A, ...rest } = process.env;", "Unknown"),
            ("({ ...process.env })", "Unknown"),
            ("my.process.env.PORT", "Unknown"),
            ("process['env'].A", "Unknown"),
            ("c.env.PORT", "Harmless"),
            ("spawn(x, { env: {} })", "Harmless"),
            ("import { env } from 'node:process'", "Unknown"),
            ("const p = process; p.env.A", "Unknown"),
            ("import { get } from 'env-var'", "Import"),
            ("import { env } from 'std-env'", "Unknown"),
            ("function f(a: NodeJS.ProcessEnv) {} env", "Unknown"),
        ] {
            assert_eq!(role_in(text), expected, "{text}");
        }
        for (text, expected) in [
            ("import { spawn } from 'node:child_process'", "Processes"),
            ("require(\"child_process\")", "Processes"),
            ("const child_process = 1", "Harmless"),
            ("'a child_process'", "Harmless"),
        ] {
            let start = text.find("child_process").unwrap();
            let place = Place::new(text.as_bytes(), TextRange::new(start, start + 13));
            let role = role(&place, &mut Sources::new(text.as_bytes()));
            assert_eq!(format!("{role:?}"), expected, "{text}");
        }
        assert!(role_in("process.env[NAME]").starts_with("Named"));
    }
}
