//! Everything that is tested from outside, in one binary.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read the repository, and a failed step is a failed test"
)]

mod apply;
mod baseline;
mod canary;
mod cli;
mod cli_fixes;
mod config;
mod diff_base;
mod fixes;
mod fixtures;
mod hostile;
mod layers;
#[cfg(feature = "manager")]
mod manager;
mod manifest;
mod migrate;
mod names;
mod outline;
mod packaging;
mod properties;
mod queries;
mod readme;
mod report;
mod scan;
mod score;
mod scrub;
mod settings;
mod staged;
mod support;
mod tidy;
mod tidy_documents;
