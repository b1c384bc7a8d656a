//! Everything that is tested from outside, in one binary.

mod baseline;
mod cli;
mod report;
mod settings;
