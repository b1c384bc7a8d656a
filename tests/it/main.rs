//! Everything that is tested from outside, in one binary.

mod baseline;
mod report;
mod settings;
