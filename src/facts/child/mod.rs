//! Child processes: whether a call hands the environment to one, and whether one inherits it because nothing is said.

mod builder;
mod held;
mod options;

use memchr::memmem;

use super::catalog::{Catalog, Child, Told};
use super::flow::{Flow, RawDump, State};
use super::pattern::Step;
use super::values::Values;
use super::{EnvChild, fix};
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;
pub(super) use held::ClassValues;
use options::Says;

/// The key and argument by which an environment is given.
pub(super) const KEY: &str = "env";

/// What is looked for in what a call says.
#[derive(Clone, Copy, Debug)]
struct Asked {
    /// A key or the name of an argument.
    key: &'static str,
    /// The value that says no more than nothing would.
    usual: &'static str,
}

/// The environment.
const ENV: Asked = Asked {
    key: KEY,
    usual: "",
};

impl Asked {
    fn is_usual(self, values: &Values<'_>, value: NodeId) -> bool {
        options::is_nothing(values, value) || values.text(values.bare(value)) == self.usual
    }
}

/// Whether a value at a place of a call becomes the environment of what the call starts.
pub(super) fn is_given(
    values: &Values<'_>,
    state: &State,
    call: NodeId,
    told: Told,
    place: usize,
    keyword: Option<&str>,
) -> bool {
    if !state.is_environment_like() {
        return false;
    }
    if state.path().first() == Some(&Step::Key(KEY.to_owned())) {
        return true;
    }
    if !state.path().is_empty() {
        return false;
    }
    match told {
        Told::Unless(..) => keyword == Some(KEY),
        Told::Keyword(name) => keyword == Some(name),
        Told::Options(_) | Told::Never | Told::Methods => false,
        Told::Argument(at) => keyword.map_or(place == at, |keyword| keyword == KEY),
        Told::Last => {
            let arguments = values.shapes.calls[&call].arguments;
            values.arguments(arguments).count() == place + 1
        }
    }
}

/// Keys and arguments by which a command line is given.
const COMMANDS: [&str; 5] = ["args", "arguments", "cmd", "command", "popenargs"];

/// Methods that add to the command line of a command that is put together.
const ADDING: [&str; 4] = ["arg", "arg0", "args", "raw_arg"];

/// Whether a value at a place of a call becomes part of the command line of what the call starts.
pub(super) fn is_argument(
    catalog: &Catalog,
    state: &State,
    path: &str,
    keyword: Option<&str>,
) -> bool {
    let is_text = |step: &&Step| matches!(step, Step::Item(_) | Step::Rest);
    let around = state.path().iter().find(|step| !is_text(step));
    let is_command = |name: &str| COMMANDS.contains(&name);
    let Some(child) = catalog.child(path) else {
        let path = path.trim_start_matches('%');
        let added = catalog.children.iter().any(|child| {
            child.told == Told::Methods
                && path
                    .strip_prefix(child.path)
                    .and_then(|rest| rest.strip_prefix("()."))
                    .and_then(|rest| rest.rsplit('.').next())
                    .is_some_and(|method| ADDING.contains(&method))
        });
        return added && around.is_none();
    };
    match (around, keyword) {
        (Some(Step::Key(key)), None) => is_command(key),
        (None, Some(keyword)) => is_command(keyword),
        // A client of tools may be given an address instead.
        (None, None) => child.inherits || child.path.starts_with("os."),
        _ => false,
    }
}

/// The processes of a file that inherit everything, and those that the flow found to be given it.
pub(super) fn find(flow: &Flow<'_, '_>) -> Vec<EnvChild> {
    let values = flow.values;
    let range = |node| values.tree.range(node);
    let given = flow.dumps.iter().filter(|dump| is_child(dump.channel));
    let given: Vec<&RawDump> = given.collect();
    let calls: Vec<NodeId> = given.iter().map(|dump| dump.sink).collect();
    let started = |call: NodeId| {
        let mut children = flow.children.iter();
        children
            .find(|(at, _)| *at == call)
            .map(|&(_, child)| child)
    };
    let mut found: Vec<EnvChild> = given
        .iter()
        .map(|dump| EnvChild {
            source: range(dump.source),
            start: range(super::find::named_part(values, dump.sink)),
            is_given: true,
            steps: dump.steps.iter().map(|&step| range(step)).collect(),
            fix: fix::given(values, dump, &calls, started(dump.sink)),
        })
        .collect();
    for &(call, child) in flow.children.iter().filter(|(_, child)| child.inherits) {
        if inherits(values, call, child, &calls) {
            let start = range(super::find::named_part(values, call));
            found.push(EnvChild {
                source: start,
                start,
                is_given: false,
                steps: Vec::new(),
                fix: fix::inherited(values, call, child),
            });
        }
    }
    found.sort_by_key(|child| (child.source, child.start));
    found.dedup_by_key(|child| (child.source, child.start));
    found
}

/// Whether a channel is that of a child's environment.
pub(super) fn is_child(channel: Channel) -> bool {
    channel == Channel::ChildProcess
}

/// Whether nothing is said of the environment of what a call starts. What cannot be known counts as said.
fn inherits(values: &Values<'_>, call: NodeId, child: &Child, given: &[NodeId]) -> bool {
    let arguments = values.shapes.calls[&call].arguments;
    match child.told {
        Told::Never => true,
        Told::Methods => builder::inherits(values, call, given),
        Told::Last => false,
        Told::Argument(at) => says_nothing(values, arguments, at, ENV),
        Told::Keyword(key) => {
            let asked = Asked { key, ..ENV };
            says_nothing(values, arguments, usize::MAX, asked)
        }
        // The text that stands behind is the command.
        _ if values.shapes.texts.contains_key(&arguments) => true,
        Told::Options(at) => has_no_options(values, arguments, at, ENV),
        Told::Unless(at, key, usual) => {
            let asked = Asked { key, usual };
            // The same process is not told twice.
            !given.contains(&call)
                && if values.family() == Family::Python {
                    says_nothing(values, arguments, at, asked)
                } else {
                    has_no_options(values, arguments, at, asked)
                }
        }
    }
}

/// Whether no options that a call is given from a place on say what is asked.
fn has_no_options(values: &Values<'_>, arguments: NodeId, at: usize, asked: Asked) -> bool {
    let mut given = values.arguments(arguments).enumerate();
    given.all(
        |(place, (argument, _))| match options::says(values, argument, asked) {
            Says::Nothing => true,
            Says::Environment | Says::Many => false,
            // A list of arguments, or something that is taken for it.
            Says::Unknown => place < at && !is_named_options(values.text(argument)),
        },
    )
}

/// Whether no argument says what is asked, by its name or by its place.
fn says_nothing(values: &Values<'_>, arguments: NodeId, at: usize, asked: Asked) -> bool {
    let mut place = 0;
    values.tree.named_children(arguments).all(|argument| {
        if values.is_comment(argument) {
            return true;
        }
        if let Some(&(key, value)) = values.shapes.entries.get(&argument) {
            return values.text(key) != asked.key || asked.is_usual(values, value);
        }
        if values.tree.kind_name(argument) == "dictionary_splat" {
            let inner = values.tree.named_children(argument).next();
            return inner.is_some_and(|inner| options::says(values, inner, asked) == Says::Nothing);
        }
        place += 1;
        place <= at
    })
}

/// `options`, `opts`, `spawnConfig`: where a list of arguments could stand as well, the name decides.
fn is_named_options(written: &str) -> bool {
    let name = written.to_ascii_lowercase();
    ["opt", "config", "env"]
        .iter()
        .any(|word| name.contains(word))
}

/// What a function starts, whether it is called by its own name or by another.
pub(super) fn started(flow: &Flow<'_, '_>, function: NodeId, path: &str) -> Option<&'static Child> {
    flow.catalog
        .child(path)
        .or_else(|| held::child(flow, function))
        .or_else(|| match path {
            "$" | "$.sync" if is_shell_script(flow.values) => flow.catalog.child("zx.$"),
            _ => None,
        })
}

/// Whether the names of zx are there without being taken from it: in its scripts, and with its module of globals.
fn is_shell_script(values: &Values<'_>) -> bool {
    let first = values.bytes.split(|&b| b == b'\n').next();
    let is_script = first.is_some_and(|line| line.starts_with(b"#!") && line.ends_with(b"zx"));
    is_script || memmem::find(values.bytes, b"zx/globals").is_some()
}

/// The function that another one is given to be called: `asyncio.to_thread(subprocess.run, …)`.
pub(super) fn called_later(
    flow: &Flow<'_, '_>,
    call: NodeId,
    path: &str,
) -> Option<&'static Child> {
    let values = flow.values;
    if values.family() != Family::Python {
        return None;
    }
    let at = flow
        .catalog
        .caller(path)
        .filter(|_| !flow.catalog.visits(path))?;
    let function = values.argument_at(values.shapes.calls[&call].arguments, at, "")?;
    started(flow, function, &values.path(function)?)
}
