//! Everything that is tested from outside, in one binary.

mod names;
mod baseline;
mod settings;
mod report;
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read the repository, and a failed step is a failed test"
)]

mod fixtures;
mod layers;
mod properties;
mod readme;
mod support;
mod tidy;
