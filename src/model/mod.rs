//! The vocabulary of a result: plain data that every layer shares.
//!
//! No behaviour beyond construction and ordering, and nothing here is serialised as it stands: each output format
//! owns its shape.

mod excerpt;
mod finding;
mod report;

pub use excerpt::{Excerpt, Highlight};
pub use finding::{
    Applicability, Channel, Confidence, Finding, Fix, FixEdit, Form, Label, Location, Severity,
    Suppression, SuppressionKind, Tracking,
};
pub use report::{Problem, ProblemKind, Report, Summary};
