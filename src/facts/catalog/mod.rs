//! What the functions and objects of the world mean: environments, readers, sinks, and what a call makes of a value.
//!
//! One table for each family, in terms of paths as [`super::values`] resolves them. A pattern is an exact path, `x.*`
//! for any member of `x`, `x.**` for members of members as well, `*.x` for a member `x` of anything, or `x..y` for a
//! member `y` however far behind `x`.

mod ecma;
mod python;
mod rust;

use crate::language::Family;
use crate::model::{Channel, Form};

/// What a call or member makes of the value it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Makes {
    /// The same value, or a text or copy of it.
    Copy,
    /// Its keys and values, pair by pair.
    Entries,
    /// Its values.
    Values,
    /// Its keys.
    Keys,
    /// What is visited when it is looped over.
    Items,
    /// A text of it.
    Text,
}

/// What leaves when a sink is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    /// Every argument.
    All,
    /// The arguments from this place on, and named ones.
    From(usize),
    /// The receiver: `x.write_to(f)`.
    Receiver,
}

/// A function through which a value leaves the process.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) path: &'static str,
    pub(super) channel: Channel,
    pub(super) leaves: Leaves,
}

const fn sink(path: &'static str, channel: Channel) -> Sink {
    Sink {
        path,
        channel,
        leaves: Leaves::All,
    }
}

const fn sink_from(path: &'static str, channel: Channel, from: usize) -> Sink {
    Sink {
        path,
        channel,
        leaves: Leaves::From(from),
    }
}

/// How a function that starts a process is told the environment of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// By an object of options with a key `env`, which stands at this place or behind it.
    Options(usize),
    /// The same, but what is given is added to what is inherited, unless this key has another value than this.
    Unless(usize, &'static str, &'static str),
    /// By an argument of the name `env`, or the one at this place.
    Argument(usize),
    /// By an argument of this name.
    Keyword(&'static str),
    /// By the last argument.
    Last,
    /// By methods of what the function gives.
    Methods,
    /// Not at all.
    Never,
}

/// A function that starts a process.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) path: &'static str,
    pub(super) told: Told,
    /// Whether the process gets the whole environment where nothing is said.
    pub(super) inherits: bool,
}

const fn child(path: &'static str, told: Told) -> Child {
    Child {
        path,
        told,
        inherits: true,
    }
}

/// A process that gets no more than it is told.
const fn child_told(path: &'static str, told: Told) -> Child {
    Child {
        path,
        told,
        inherits: false,
    }
}

/// A function that reads one variable.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) path: &'static str,
    /// Which argument is the name.
    pub(super) argument: usize,
    pub(super) form: Form,
}

/// The tables of a family.
#[derive(Debug)]
pub(super) struct Catalog {
    /// Expressions that are the whole environment.
    pub(super) environments: &'static [&'static str],
    /// Calls that give the whole environment as pairs.
    pub(super) environment_pairs: &'static [&'static str],
    /// Calls that read one variable.
    pub(super) readers: &'static [Reader],
    /// Calls by which values leave.
    pub(super) sinks: &'static [Sink],
    /// Calls that start processes.
    pub(super) children: &'static [Child],
    /// Functions by what they make of their first argument.
    pub(super) functions: &'static [(&'static str, Makes)],
    /// Methods by what they make of their receiver.
    pub(super) methods: &'static [(&'static str, Makes)],
    /// Methods of an environment that read one variable, the name being the first argument.
    pub(super) environment_methods: &'static [&'static str],
    /// Methods that call a function for each element.
    pub(super) each: &'static [&'static str],
    /// Methods that call a function for each element and give what it returns.
    pub(super) mapped: &'static [&'static str],
    /// Functions that call one of their arguments with those after it: its place, and whether with each element.
    pub(super) callers: &'static [(&'static str, usize, bool)],
    /// Methods of loggers.
    pub(super) log_methods: &'static [&'static str],
    /// Types that are the whole environment.
    pub(super) environment_types: &'static [&'static str],
    /// Marks and callees that make a function a handler, by where its result goes.
    pub(super) handlers: &'static [(&'static str, Channel)],
    /// Keys of an object whose value is shown to the caller of a tool.
    pub(super) answer_key: &'static str,
}

/// The tables of a family.
pub(super) fn catalog(family: Family) -> &'static Catalog {
    match family {
        Family::Ecma => &ecma::CATALOG,
        Family::Python => &python::CATALOG,
        Family::Rust => &rust::CATALOG,
    }
}

/// Whether a pattern of a table fits a path.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let path = path.trim_start_matches('%');
    let pattern = pattern.trim_start_matches('%');
    if let Some(member) = pattern.strip_prefix("*.") {
        return path
            .strip_suffix(member)
            .is_some_and(|before| before.ends_with('.'));
    }
    if let Some(object) = pattern.strip_suffix(".*") {
        return path
            .strip_prefix(object)
            .is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'));
    }
    if let Some(object) = pattern.strip_suffix(".**") {
        return path
            .strip_prefix(object)
            .is_some_and(|rest| rest.starts_with('.') && !rest.contains('('));
    }
    if let Some((object, member)) = pattern.split_once("..") {
        return path
            .strip_prefix(object)
            .and_then(|rest| rest.strip_suffix(member))
            .is_some_and(|between| between.ends_with('.'));
    }
    pattern == path
}

impl Catalog {
    /// The sink of a callee, whether from the table or a logger by its name and method.
    pub(super) fn sink(&self, path: &str) -> Option<(Channel, Leaves)> {
        if let Some(sink) = self
            .sinks
            .iter()
            .find(|sink| fits(sink.path, path) && self.is_foreign(sink.path, path))
        {
            return Some((sink.channel, sink.leaves));
        }
        let (receiver, method) = path.rsplit_once('.')?;
        if !self.log_methods.contains(&method) {
            return None;
        }
        let name = receiver
            .trim_end_matches("()")
            .rsplit('.')
            .next()
            .unwrap_or(receiver);
        let name = name
            .trim_start_matches('%')
            .trim_start_matches('_')
            .to_ascii_lowercase();
        let is_logger = name.ends_with("log")
            || name.ends_with("logger")
            || name.ends_with("logging")
            || LOGGER_MODULES
                .iter()
                .any(|known| receiver.starts_with(known));
        is_logger.then_some((Channel::Log, Leaves::All))
    }

    /// An exact path of the table must not be a name of the program itself.
    #[expect(clippy::unused_self, reason = "reads as a question to the table")]
    fn is_foreign(&self, pattern: &str, path: &str) -> bool {
        pattern.starts_with("*.") || pattern.starts_with('%') || !path.starts_with('%')
    }

    /// What a call starts, if it starts a process.
    pub(super) fn child(&self, path: &str) -> Option<&'static Child> {
        let mut children = self.children.iter();
        children.find(|child| fits(child.path, path) && self.is_foreign(child.path, path))
    }

    /// What a function makes of its first argument.
    pub(super) fn function(&self, path: &str) -> Option<Makes> {
        self.functions
            .iter()
            .find(|(pattern, _)| fits(pattern, path) && self.is_foreign(pattern, path))
            .map(|&(_, makes)| makes)
    }

    /// Which argument a function calls with those after it.
    pub(super) fn caller(&self, path: &str) -> Option<usize> {
        self.callers
            .iter()
            .find(|(pattern, ..)| fits(pattern, path))
            .map(|&(_, at, _)| at)
    }

    /// Whether it is called with each element of what it is given.
    pub(super) fn visits(&self, path: &str) -> bool {
        self.callers
            .iter()
            .any(|&(pattern, _, each)| each && fits(pattern, path))
    }

    /// What a method makes of its receiver.
    pub(super) fn method(&self, name: &str) -> Option<Makes> {
        self.methods
            .iter()
            .find(|&&(method, _)| method == name)
            .map(|&(_, makes)| makes)
    }

    /// Where the result of a function with such a mark, or given to such a call, goes.
    pub(super) fn handler(&self, path: &str) -> Option<Channel> {
        self.handlers
            .iter()
            .find(|(pattern, _)| fits(pattern, path))
            .map(|&(_, channel)| channel)
    }
}

/// Modules whose objects are loggers whatever they are called.
const LOGGER_MODULES: &[&str] = &[
    "pino",
    "winston",
    "bunyan",
    "log4js",
    "debug",
    "consola",
    "loglevel",
    "signale",
    "tslog",
    "npmlog",
    "electron-log",
    "roarr",
    "logging.getLogger",
    "logging.Logger",
    "loguru",
    "structlog",
    "logbook",
    "twisted.logger",
    "eliot",
    "log.",
    "tracing.",
    "slog.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_paths() {
        assert!(fits("console.*", "console.log"));
        assert!(!fits("console.*", "console.a.b"));
        assert!(fits("*.captureException", "@sentry/node.captureException"));
        assert!(!fits("*.log", "log"));
        assert!(fits("*.info", "%logger.info"));
        assert!(fits("a.B()..env", "a.B().default().env"));
        assert!(fits("a.B()..env", "a.B().env"));
        assert!(!fits("a.B()..env", "a.B().genv"));
        assert!(fits("sh.**", "sh.git.status") && fits("sh.**", "sh.ls"));
        assert!(!fits("sh.**", "sh.ls().split") && !fits("sh.**", "sh"));
        let ecma = catalog(Family::Ecma);
        assert_eq!(
            ecma.sink("%logger.info").map(|found| found.0),
            Some(Channel::Log)
        );
        assert_eq!(
            ecma.sink("pino().child().warn").map(|found| found.0),
            Some(Channel::Log)
        );
        assert_eq!(ecma.sink("%console.log"), None);
        assert_eq!(ecma.sink("Math.log"), None);
    }
}
