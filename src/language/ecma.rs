//! JavaScript, TypeScript and TSX: three grammars, one set of queries.

use super::{Family, Language, LanguageSpec, QueryFile};

const QUERIES: &[QueryFile] = &[
    QueryFile {
        name: "flow.scm",
        text: include_str!("../../queries/ecma/flow.scm"),
    },
    QueryFile {
        name: "scope.scm",
        text: include_str!("../../queries/ecma/scope.scm"),
    },
    QueryFile {
        name: "module.scm",
        text: include_str!("../../queries/ecma/module.scm"),
    },
];

const ANCHORS: &[&str] = &[
    "ProcessEnv",
    "dotenv",
    "env",
    "envalid",
    "\\u0065nv",
    "\\u{65}nv",
    "getenv",
    "child_process",
    "execa",
    // Short enough to stand in many words.
    "\"bun",
    "'bun",
    "\"zx",
    "'zx",
    "env zx",
    "cross-spawn",
    "nano-spawn",
    "node-pty",
    "node-pty-prebuilt-multiarch",
    "utilityProcess",
    "Bun.spawn",
    "Bun.spawnSync",
    "Bun.$",
    "Deno.Command",
    "SHARE_ENV",
    "cluster.fork",
    "tinyexec",
    // Error reporters, and what is set or added to them.
    "Bugsnag",
    "Honeybadger",
    "Rollbar",
    "Sentry",
    "addEventProcessor",
    "addGlobalEventProcessor",
    "addOnError",
    "beforeNotify",
    "beforeSend",
    "bugsnag",
    "honeybadger",
    "rollbar",
    "sentry",
    // Crash reports.
    "abort-on-uncaught-exception",
    "excludeEnv",
    "getHeapSnapshot",
    "getReport",
    "heapsnapshot-near-heap-limit",
    "heapsnapshot-signal",
    "on-fatalerror",
    "on-signal",
    "report-exclude-env",
    "report-uncaught-exception",
    "reportOnFatalError",
    "reportOnSignal",
    "reportOnUncaughtException",
    "setHeapSnapshotNearHeapLimit",
    "writeHeapSnapshot",
    "writeReport",
];

const LITERALS: &[&str] = &["string", "template_string", "regex", "number", "jsx_text"];

const COMMENTS: &[&str] = &["comment", "html_comment", "hash_bang_line"];

pub(super) static JAVASCRIPT: LanguageSpec = LanguageSpec {
    language: Language::JavaScript,
    family: Family::Ecma,
    title: "JavaScript",
    extensions: &["js", "mjs", "cjs", "jsx"],
    grammar: || tree_sitter_javascript::LANGUAGE.into(),
    queries: QUERIES,
    anchors: ANCHORS,
    literals: LITERALS,
    comments: COMMENTS,
    line_comment: "//",
};

pub(super) static TYPESCRIPT: LanguageSpec = LanguageSpec {
    language: Language::TypeScript,
    family: Family::Ecma,
    title: "TypeScript",
    extensions: &["ts", "mts", "cts"],
    grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    queries: QUERIES,
    anchors: ANCHORS,
    literals: LITERALS,
    comments: COMMENTS,
    line_comment: "//",
};

pub(super) static TSX: LanguageSpec = LanguageSpec {
    language: Language::Tsx,
    family: Family::Ecma,
    title: "TSX",
    extensions: &["tsx"],
    grammar: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    queries: QUERIES,
    anchors: ANCHORS,
    literals: LITERALS,
    comments: COMMENTS,
    line_comment: "//",
};
