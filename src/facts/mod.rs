//! What a file does, in words no language owns: the only thing a rule sees.
//!
//! Queries say what stands there; here it is put together: which names mean what, what is the environment, where it
//! goes, which variables are read and how. One file at a time; what other files add comes in as [`Known`].

mod catalog;
mod child;
mod click;
mod constants;
mod crashes;
mod evidence;
mod exports;
mod exposed;
mod find;
mod fix;
mod flow;
mod given;
mod handler;
mod helpers;
mod known;
mod leaks;
mod listed;
mod literals;
mod names;
mod naming;
mod options;
mod outside;
mod pattern;
mod receiver;
mod reporters;
mod rust_paths;
mod rust_use;
mod schema;
mod settings_filled;
mod settings_python;
mod settings_rust;
mod shapes;
mod strings;
mod values;
mod writer;

pub use constants::Constant;
pub use crashes::of_config;
pub use find::find;
pub use known::{Exports, Foreign, Gift, Held, Helper, Known};
pub use leaks::leaks;
pub use names::module;
pub use receiver::{Asked, Asks, Receiver, Root, asks};
pub use values::Part;

use crate::config::{CrashDump, Plaintext};
use crate::edit::Edit;
use crate::model::{Channel, Form, Tracking};
use crate::text::TextRange;

/// What the code says of the value of a variable, whatever its name says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueKind {
    /// Nothing.
    #[default]
    Any,
    /// A flag or a number.
    Flag,
    /// The place of a file.
    Path,
}

/// A read of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvRead {
    /// The expression.
    pub range: TextRange,
    /// The effective name.
    pub name: String,
    /// Its shape.
    pub form: Form,
    /// What it is, as far as the code around tells.
    pub kind: ValueKind,
}

/// The whole environment on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvDump {
    /// Where the environment is taken.
    pub source: TextRange,
    /// Where it leaves.
    pub sink: TextRange,
    /// By which way.
    pub channel: Channel,
    /// Places in between, in order.
    pub steps: Vec<TextRange>,
    /// What makes names of it; empty where that could change more than what leaves.
    pub fix: Vec<Edit>,
}

/// The value of one variable on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The variable.
    pub name: String,
    /// Where it is read, or where it comes into the file.
    pub source: TextRange,
    /// Whether another file reads it.
    pub foreign: bool,
    /// The value where it leaves.
    pub value: TextRange,
    /// What it leaves through.
    pub sink: TextRange,
    /// By which way.
    pub channel: Channel,
    /// Whether the program's own help shows it.
    pub in_help: bool,
    /// Places in between, in order.
    pub steps: Vec<TextRange>,
}

/// A child process that gets the whole environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvChild {
    /// Where the environment is taken; where nothing is said of it, what starts the process.
    pub source: TextRange,
    /// What starts the process.
    pub start: TextRange,
    /// It is given; otherwise it is inherited.
    pub is_given: bool,
    /// Places in between, in order.
    pub steps: Vec<TextRange>,
    /// What makes a small environment of it; empty where that could change more than what the child gets.
    pub fix: Vec<Edit>,
}

/// An error reporter that is set up to send more than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporter {
    /// What sets it up.
    pub range: TextRange,
    /// The service.
    pub service: &'static str,
    /// What its reports carry, in the middle of a sentence.
    pub carries: Vec<&'static str>,
    /// Whether the code asks for it; else it is what the library does by itself.
    pub asked: bool,
    /// What to do, one sentence.
    pub help: &'static str,
}

/// A diagnostic that writes out the environment or memory of the process, switched on in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashReport {
    /// Where.
    pub range: TextRange,
    /// Which.
    pub dump: CrashDump,
}

/// Everything that is known of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Reads of one variable, by place.
    pub reads: Vec<EnvRead>,
    /// Dumps, by place.
    pub dumps: Vec<EnvDump>,
    /// Child processes that get all of it, by place.
    pub children: Vec<EnvChild>,
    /// Exposures of single secrets, by place.
    pub exposures: Vec<Exposure>,
    /// Secrets that it gives to functions of other modules.
    pub gifts: Vec<(String, Gift)>,
    /// Error reporters without a scrubber, by place.
    pub reporters: Vec<Reporter>,
    /// Crash diagnostics, by place.
    pub crashes: Vec<CrashReport>,
    /// What it gives to others.
    pub exports: Exports,
    /// Modules it takes names from, as written.
    pub imports: Vec<String>,
    /// Names of other modules whose values would complete a fact.
    pub wanted: Vec<Foreign>,
    /// The environment was followed only in part.
    pub incomplete: bool,
    /// Test code inside the file.
    pub tests: Vec<TextRange>,
    /// Secrets in plain text, by place.
    pub plaintext: Vec<Plaintext>,
    /// Whether git has the file, where that matters.
    pub tracking: Tracking,
}
