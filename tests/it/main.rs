//! Everything that is tested from outside, in one binary.

mod names;
mod baseline;
mod settings;
mod report;
