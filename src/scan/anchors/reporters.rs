//! Error reporters and crash reports, in all languages: which of their words set something up.

use memchr::memmem;

use super::Role;
use super::words::{Place, is_word};
use crate::language::Family;

/// How far behind a word a list of names can go on.
const MAX_NAMES: usize = 400;

/// What a word of an error reporter or a crash report is part of; nothing for other words.
pub(super) fn role<'t>(family: Family, place: &Place<'t>) -> Option<Role<'t>> {
    Some(match place.word() {
        b"Sentry" | b"Bugsnag" | b"Honeybadger" | b"Rollbar" => object(place),
        b"sentry" | b"bugsnag" | b"honeybadger" | b"rollbar" | b"sentry_sdk" => match family {
            Family::Ecma => package(place),
            Family::Python | Family::Rust => module(place),
        },
        b"cgitb" => module(place),
        // Some may be a name of something else; then nothing is lost but time.
        b"PR_SET_DUMPABLE"
        | b"RLIMIT_CORE"
        | b"Resource::CORE"
        | b"set_dumpable"
        | b"excludeEnv"
        | b"reportOnFatalError"
        | b"reportOnSignal"
        | b"reportOnUncaughtException"
        | b"writeReport"
        | b"writeHeapSnapshot"
        | b"getHeapSnapshot"
        | b"setHeapSnapshotNearHeapLimit" => Role::Made,
        // What becomes of the report decides.
        b"getReport" => Role::Unknown,
        // An option of Node may stand in a list that is used elsewhere.
        b"abort-on-uncaught-exception"
        | b"heapsnapshot-near-heap-limit"
        | b"heapsnapshot-signal"
        | b"on-fatalerror"
        | b"on-signal"
        | b"report-uncaught-exception" => Role::Import,
        // Scrubbers, and what keeps the environment out.
        b"addEventProcessor"
        | b"addGlobalEventProcessor"
        | b"addOnError"
        | b"beforeNotify"
        | b"beforeSend"
        | b"add_event_processor"
        | b"add_global_event_processor"
        | b"add_payload_handler"
        | b"before_notify"
        | b"before_send"
        | b"report-exclude-env" => Role::Here,
        _ => return None,
    })
}

/// `Sentry.init(…)`, `new Rollbar(…)`.
fn object<'t>(place: &Place<'t>) -> Role<'t> {
    let behind = place.behind();
    let made = place.before().trim_ascii_end().ends_with(b"new");
    let member = behind
        .strip_prefix(b"?.")
        .or_else(|| behind.strip_prefix(b"."));
    match member.map(name) {
        Some(name) if sets_up(name) => Role::Made,
        Some(b"default") => Role::Made,
        None if made => Role::Made,
        _ => Role::Harmless,
    }
}

/// Whether a function of this name sets a reporter up.
fn sets_up(name: &[u8]) -> bool {
    matches!(
        name,
        b"init"
            | b"configure"
            | b"start"
            | b"createClient"
            | b"factory"
            | b"withSentry"
            | b"instrumentAgentWithSentry"
            | b"instrumentDurableObjectWithSentry"
            | b"sentryPagesPlugin"
            | b"enable"
            | b"Hook"
    )
}

/// `"@sentry/node"`, `"rollbar"`, and an object of the program with such a name.
fn package<'t>(place: &Place<'t>) -> Role<'t> {
    let before = place.before();
    let quoted = before.ends_with(b"\"") || before.ends_with(b"'") || before.ends_with(b"@");
    if !quoted {
        return object(place);
    }
    let line = place.line_before().trim_ascii_start();
    let has = |word: &str| memmem::find(line, word.as_bytes()).is_some();
    let plain = [
        "* as Sentry from",
        "import Sentry from",
        "const Sentry =",
        "import Rollbar from",
        "const Rollbar =",
        "import Honeybadger from",
        "const Honeybadger =",
        "import Bugsnag from",
        "const Bugsnag =",
    ];
    if plain.iter().any(|plain| has(plain)) {
        // It is found where it is used, under its own name.
        return Role::Harmless;
    }
    let named = has("import") && has("{");
    let takes = [
        "init",
        "withSentry",
        "instrument",
        "sentryPages",
        "start",
        "configure",
        "Sentry",
        "default",
        "* as",
    ];
    if named && !takes.iter().any(|word| has(word)) {
        return Role::Harmless;
    }
    Role::Import
}

/// `sentry_sdk.init(…)`, `from sentry_sdk import init`, `import sentry_sdk as s`; `sentry::init(…)`, `use sentry::{…}`.
fn module<'t>(place: &Place<'t>) -> Role<'t> {
    let behind = place.behind();
    let line = place.line_before().trim_ascii_start();
    let imports = [&b"import "[..], b"from ", b"use ", b"pub use "]
        .iter()
        .any(|start| line.starts_with(start));
    if imports {
        let names = &behind[..behind.len().min(MAX_NAMES)];
        // Up to where the statement ends: a bracket that is open goes on.
        let ends: &[u8] = if memchr::memchr2(
            b'(',
            b'{',
            names.split(|&b| b == b'\n').next().unwrap_or_default(),
        )
        .is_some()
        {
            b")}"
        } else {
            b"\n;"
        };
        let end = names
            .iter()
            .position(|b| ends.contains(b))
            .unwrap_or(names.len());
        let mut words = names[..end].split(|&b| !is_word(b));
        return if words.any(|word| sets_up(word) || matches!(word, b"as" | b"ClientOptions"))
            || names[..end].contains(&b'*')
        {
            Role::Import
        } else {
            Role::Harmless
        };
    }
    let member = behind
        .strip_prefix(b".")
        .or_else(|| behind.strip_prefix(b"::"));
    match member.map(name) {
        Some(name) if sets_up(name) => Role::Made,
        _ => Role::Harmless,
    }
}

fn name(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|&b| !is_word(b)).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::TextRange;

    fn role_in(family: Family, text: &str, word: &str) -> String {
        let start = text.find(word).unwrap();
        let place = Place::new(text.as_bytes(), TextRange::new(start, start + word.len()));
        format!("{:?}", role(family, &place).unwrap())
    }

    #[test]
    fn what_stands_beside_the_word_tells() {
        for (text, word, expected) in [
            ("Sentry.init({})", "Sentry", "Made"),
            ("Sentry.captureException(e)", "Sentry", "Harmless"),
            ("new Rollbar({})", "Rollbar", "Made"),
            (
                "import * as Sentry from '@sentry/node'",
                "sentry",
                "Harmless",
            ),
            ("import { init } from '@sentry/node'", "sentry", "Import"),
            (
                "import { captureException } from '@sentry/node'",
                "sentry",
                "Harmless",
            ),
            ("} from '@sentry/node'", "sentry", "Import"),
            ("const s = require('@sentry/node')", "sentry", "Import"),
            ("rollbar.error(e)", "rollbar", "Harmless"),
        ] {
            assert_eq!(role_in(Family::Ecma, text, word), expected, "{text}");
        }
        for (text, word, expected) in [
            ("sentry_sdk.init(dsn)", "sentry_sdk", "Made"),
            ("import sentry_sdk\n", "sentry_sdk", "Harmless"),
            ("import sentry_sdk as s\n", "sentry_sdk", "Import"),
            (
                "from sentry_sdk import (\n    init,\n)",
                "sentry_sdk",
                "Import",
            ),
            (
                "from sentry_sdk import capture_message\ninit()",
                "sentry_sdk",
                "Harmless",
            ),
            ("cgitb.enable()", "cgitb", "Made"),
        ] {
            assert_eq!(role_in(Family::Python, text, word), expected, "{text}");
        }
        for (text, expected) in [
            ("use sentry::{init, ClientOptions};", "Import"),
            ("use sentry::capture_error;\n", "Harmless"),
            ("let _g = sentry::init(x);", "Made"),
        ] {
            assert_eq!(role_in(Family::Rust, text, "sentry"), expected, "{text}");
        }
    }
}
