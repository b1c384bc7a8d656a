//! envacuate finds the secrets of MCP servers in environment variables and config files.
//!
//! The modules stand here lowest layer first. A module uses only modules that stand above it; a test reads this
//! list and says so. Everything above `workspace` is pure: text in, findings out.

/// Ranges, positions, what may be shown.
pub mod text;

/// Changes of texts that are made together or not at all.
pub mod edit;

/// Findings and reports as plain data.
pub mod model;

/// envacuate's own configuration.
pub mod settings;

/// Comments that silence a finding.
pub mod suppress;

/// Which names are names of secrets, and whose.
pub mod names;

/// Secrets in config files.
pub mod config;

/// What a language is, as data.
pub mod language;

/// What a file consists of at its top.
pub mod outline;

/// Source to tree, tree to matches.
pub mod syntax;

/// What a file does, in words no language owns.
pub mod facts;

/// What files know of each other.
pub mod link;

/// One file per rule, one table.
pub mod rules;

/// Text in, findings out.
pub mod scan;

/// What findings have as fixes, made in memory.
pub mod fix;

/// What is known of secret managers.
pub mod backend;

/// Reads of secrets become reads of a secret manager.
pub mod rewrite;

/// Which secrets to move where, and what is left.
pub mod manifest;

/// What changes did to files, and how to take it back.
pub mod journal;
/// Secrets that were moved, taken out of config files.
pub mod scrub;

/// Values of moved secrets on their way into a manager.
#[cfg(feature = "manager")]
pub mod push;

/// Findings that are known and do not count.
pub mod baseline;

/// Lines that changed since another commit.
pub mod diff_base;

/// Findings in, bytes out: one file per format.
pub mod report;

/// Files: the only place that touches the disk.
pub mod workspace;

/// Secret managers: the only place that touches the network.
#[cfg(feature = "manager")]
pub mod manager;

/// The language server: the only place that knows its protocol.
pub mod lsp;

/// Arguments in, exit code out.
pub mod cli;
