//! Child processes: whether a call hands the environment to one, and whether one inherits it because nothing is said.

mod builder;
mod options;

use super::EnvChild;
use super::catalog::{Child, Told};
use super::flow::{Flow, State};
use super::pattern::Step;
use super::values::Values;
use crate::language::Family;
use crate::model::Channel;
use crate::syntax::NodeId;
use options::Says;

/// The key and argument by which an environment is given.
const KEY: &str = "env";

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
        Told::Options(_) | Told::Never | Told::Methods => false,
        Told::Argument(at) => keyword.map_or(place == at, |keyword| keyword == KEY),
        Told::Last => {
            let arguments = values.shapes.calls[&call].arguments;
            values.arguments(arguments).count() == place + 1
        }
    }
}

/// The processes of a file that inherit everything, and those that the flow found to be given it.
pub(super) fn find(flow: &Flow<'_, '_>) -> Vec<EnvChild> {
    let values = flow.values;
    let range = |node| values.tree.range(node);
    let given = flow.dumps.iter().filter(|dump| is_child(dump.channel));
    let mut found: Vec<EnvChild> = given
        .clone()
        .map(|dump| EnvChild {
            source: range(dump.source),
            start: range(super::find::named_part(values, dump.sink)),
            is_given: true,
            steps: dump.steps.iter().map(|&step| range(step)).collect(),
        })
        .collect();
    let given: Vec<NodeId> = given.map(|dump| dump.sink).collect();
    for &(call, child) in flow.children.iter().filter(|(_, child)| child.inherits) {
        if inherits(values, call, child, &given) {
            let start = range(super::find::named_part(values, call));
            found.push(EnvChild {
                source: start,
                start,
                is_given: false,
                steps: Vec::new(),
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
        // The text that stands behind is the command.
        Told::Options(_) if values.shapes.texts.contains_key(&arguments) => true,
        Told::Methods => builder::inherits(values, call, given),
        Told::Last => false,
        Told::Options(at) => values.arguments(arguments).enumerate().all(
            |(place, (argument, _))| match options::says(values, argument) {
                Says::Nothing => true,
                Says::Environment | Says::Many => false,
                // A list of arguments, or something that is taken for it.
                Says::Unknown => place < at && !is_named_options(values.text(argument)),
            },
        ),
        Told::Argument(at) => {
            let mut place = 0;
            values.tree.named_children(arguments).all(|argument| {
                if values.is_comment(argument) {
                    return true;
                }
                if let Some(&(key, value)) = values.shapes.entries.get(&argument) {
                    return values.text(key) != KEY || options::is_nothing(values, value);
                }
                if values.tree.kind_name(argument) == "dictionary_splat" {
                    let inner = values.tree.named_children(argument).next();
                    return inner
                        .is_some_and(|inner| options::says(values, inner) == Says::Nothing);
                }
                place += 1;
                place <= at
            })
        }
    }
}

/// `options`, `opts`, `spawnConfig`: where a list of arguments could stand as well, the name decides.
fn is_named_options(written: &str) -> bool {
    let name = written.to_ascii_lowercase();
    ["opt", "config", "env"]
        .iter()
        .any(|word| name.contains(word))
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
    flow.catalog.child(&values.path(function)?)
}
