//! A finding: one place where a rule applies.

use super::Excerpt;
use crate::text::Position;

/// How bad a finding is. Ordered, so that "at least" is a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; hidden from people unless asked for.
    Note,
    /// Should be changed.
    Warning,
    /// A secret leaves the process, or will.
    Error,
}

impl Severity {
    /// All severities, lowest first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word used in every output: `note`, `warning`, `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure we are that a finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// A guess from names.
    Low,
    /// Likely; one step of the reasoning rests on a convention.
    Medium,
    /// Follows from the code.
    High,
}

impl Confidence {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// By which way a value leaves the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A logging library.
    Log,
    /// Standard output or standard error.
    Print,
    /// The answer of an MCP tool, resource, prompt or a protocol notification.
    ToolResponse,
    /// The answer of an HTTP handler.
    HttpResponse,
    /// Sentry, Rollbar, Honeybadger and alike.
    ErrorReport,
    /// A file on disk.
    File,
    /// The text of an exception or error value.
    ErrorMessage,
    /// The environment of a child process.
    ChildProcess,
    /// The command line of a child process.
    CommandLine,
}

impl Channel {
    /// All channels.
    pub const ALL: [Self; 9] = [
        Self::Log,
        Self::Print,
        Self::ToolResponse,
        Self::HttpResponse,
        Self::ErrorReport,
        Self::File,
        Self::ErrorMessage,
        Self::ChildProcess,
        Self::CommandLine,
    ];

    /// The word used in every output, for example `tool-response`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Print => "print",
            Self::ToolResponse => "tool-response",
            Self::HttpResponse => "http-response",
            Self::ErrorReport => "error-report",
            Self::File => "file",
            Self::ErrorMessage => "error-message",
            Self::ChildProcess => "child-process",
            Self::CommandLine => "command-line",
        }
    }

    /// Where the value goes, for the middle of a sentence.
    pub fn destination(self) -> &'static str {
        match self {
            Self::Log => "the log",
            Self::Print => "standard output or error",
            Self::ToolResponse => "the answer of an MCP tool",
            Self::HttpResponse => "an HTTP response",
            Self::ErrorReport => "an error reporting service",
            Self::File => "a file",
            Self::ErrorMessage => "an error message",
            Self::ChildProcess => "a child process",
            Self::CommandLine => "the command line of a child process",
        }
    }
}

/// The shape of an environment read, or how a child process comes by its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// `process.env.X`, `import.meta.env.X`.
    Member,
    /// `process.env["X"]`, `os.environ["X"]`.
    Index,
    /// `const { X } = process.env`.
    Destructure,
    /// A member of something that was bound to the environment before.
    Alias,
    /// A function call that reads: `os.getenv("X")`, `env::var("X")`, `Deno.env.get("X")`.
    Getenv,
    /// A call of a helper of the program that reads the name it is given.
    Helper,
    /// A field of a schema that the environment is parsed with (zod, valibot, envalid, t3-env…).
    Schema,
    /// A field of a settings class (pydantic, figment, envy, config-rs…).
    Settings,
    /// A command line option bound to a variable (clap, click, typer).
    CliOption,
    /// Read by the compiler: `env!`, `option_env!`.
    CompileTime,
    /// A child process is given it.
    Given,
    /// A child process gets it because nothing else is said.
    Inherited,
    /// A password that everybody can guess stands in plain text.
    Guessable,
}

impl Form {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Index => "index",
            Self::Destructure => "destructure",
            Self::Alias => "alias",
            Self::Getenv => "getenv",
            Self::Helper => "helper",
            Self::Schema => "schema",
            Self::Settings => "settings",
            Self::CliOption => "cli-option",
            Self::CompileTime => "compile-time",
            Self::Given => "given",
            Self::Inherited => "inherited",
            Self::Guessable => "guessable",
        }
    }
}

/// What git does with a file, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracking {
    /// Nobody asked.
    #[default]
    Unknown,
    /// It is part of the repository.
    Tracked,
    /// It lies in a repository that does not have it.
    Untracked,
    /// It lies in no repository.
    NoGit,
}

/// A range of a file, counted for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path with `/`, relative to the working directory where the file lies below it.
    pub path: String,
    /// First character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// A related range with a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there, in a few words.
    pub message: String,
}

/// How far a fix can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// The program does what it did, and leaks less.
    Safe,
    /// Something may depend on what is taken away.
    Unsafe,
    /// For people: it cannot be made without knowing more.
    Manual,
}

impl Applicability {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
            Self::Manual => "manual",
        }
    }
}

/// One change of a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixEdit {
    /// What is replaced; an empty range inserts.
    pub location: Location,
    /// What stands there afterwards: code of ours, never a value.
    pub text: String,
}

/// Changes that make a finding go away, together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// What it does, as an order, without a full stop.
    pub title: &'static str,
    /// What it changes.
    pub edits: Vec<FixEdit>,
}

/// What silenced a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SuppressionKind {
    /// A comment in the file.
    InSource,
    /// The baseline file.
    Baseline,
    /// It is on no line that changed since the commit that was asked for.
    Unchanged,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// What silenced it.
    pub kind: SuppressionKind,
    /// The reason that was given, empty if none.
    pub reason: String,
}

/// One place where a rule applies.
///
/// All text in it has passed [`crate::text::show`] and [`crate::text::mask_random`]; it never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, `env-secret-read`.
    pub rule: &'static str,
    /// After the settings were applied.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Where.
    pub location: Location,
    /// What is wrong, one sentence without a trailing full stop.
    pub message: String,
    /// Why it matters, one sentence.
    pub why: &'static str,
    /// What to do, one sentence.
    pub help: String,
    /// The effective environment name, after prefixes and aliases, where there is one.
    pub secret: Option<String>,
    /// Id of the service the name points to (`github`), where known.
    pub provider: Option<&'static str>,
    /// How the value leaves, for rules about leaving.
    pub channel: Option<Channel>,
    /// The shape of the read, for rules about reading.
    pub form: Option<Form>,
    /// Related places, in the order of the story they tell.
    pub labels: Vec<Label>,
    /// What can be changed so that it goes away.
    pub fix: Option<Fix>,
    /// The masked lines around the place.
    pub excerpt: Excerpt,
    /// Identity across commits: 32 hexadecimal digits that do not depend on line numbers.
    pub fingerprint: String,
    /// What code scanning of GitHub knows its line by; only where no value could be in what is hashed.
    pub line_hash: Option<String>,
    /// Set when a comment or the baseline silences it.
    pub suppression: Option<Suppression>,
}
