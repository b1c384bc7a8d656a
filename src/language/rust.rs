//! Rust.

use super::{Family, Language, LanguageSpec, QueryFile};

pub(super) static RUST: LanguageSpec = LanguageSpec {
    language: Language::Rust,
    family: Family::Rust,
    title: "Rust",
    extensions: &["rs"],
    grammar: || tree_sitter_rust::LANGUAGE.into(),
    queries: &[
        QueryFile {
            name: "flow.scm",
            text: include_str!("../../queries/rust/flow.scm"),
        },
        QueryFile {
            name: "scope.scm",
            text: include_str!("../../queries/rust/scope.scm"),
        },
        QueryFile {
            name: "module.scm",
            text: include_str!("../../queries/rust/module.scm"),
        },
        QueryFile {
            name: "settings.scm",
            text: include_str!("../../queries/rust/settings.scm"),
        },
    ],
    anchors: &[
        "env",
        "option_env",
        "envy",
        "dotenvy",
        "dotenv",
        "Env",
        "Environment",
        "Command",
        "CommandBuilder",
        "duct",
        "xshell",
        "Exec::cmd",
        "Exec::shell",
        "rexpect",
        "expectrl",
        "sentry",
        "add_event_processor",
        "before_send",
        "PR_SET_DUMPABLE",
        "RLIMIT_CORE",
        "Resource::CORE",
        "set_dumpable",
        "abort-on-uncaught-exception",
        "heapsnapshot-near-heap-limit",
        "heapsnapshot-signal",
        "on-fatalerror",
        "on-signal",
        "report-exclude-env",
        "report-uncaught-exception",
    ],
    literals: &[
        "string_literal",
        "raw_string_literal",
        "char_literal",
        "integer_literal",
        "float_literal",
    ],
    comments: &["line_comment", "block_comment", "shebang"],
    line_comment: "//",
};
