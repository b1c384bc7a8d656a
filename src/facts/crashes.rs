//! Diagnostics that are switched on in code and write the environment or the memory of the process to disk.

use super::catalog::fits;
use super::shapes::Use;
use super::values::Values;
use super::{CrashReport, EnvDump, Facts};
use crate::config::{self, CrashDump, Diagnostic, Does};
use crate::language::Family;
use crate::syntax::NodeId;

/// Properties of `process.report` that switch reports on.
const SWITCHES: [&str; 3] = [
    "process.report.reportOnFatalError",
    "process.report.reportOnSignal",
    "process.report.reportOnUncaughtException",
];

/// Calls that switch something on or write it, whatever they are given.
const CALLS: &[(Family, &str, CrashDump)] = &[
    (
        Family::Ecma,
        "process.report.writeReport",
        CrashDump::NodeReport,
    ),
    (
        Family::Ecma,
        "v8.writeHeapSnapshot",
        CrashDump::HeapSnapshot,
    ),
    (Family::Ecma, "v8.getHeapSnapshot", CrashDump::HeapSnapshot),
    (
        Family::Ecma,
        "v8.setHeapSnapshotNearHeapLimit",
        CrashDump::HeapSnapshot,
    ),
    (Family::Python, "cgitb.enable", CrashDump::Locals),
    (Family::Python, "cgitb.Hook", CrashDump::Locals),
];

/// Calls that set a limit, with a kind and one or two sizes behind it.
const LIMITS: &[&str] = &["setrlimit", "prlimit", "set", "set_rlimit", "setrlimit64"];

/// The limit of core dumps.
const CORE: [&str; 3] = ["RLIMIT_CORE", "Resource::CORE", "Resource::Core"];

/// How far a value is followed.
const MAX_STEPS: usize = 32;

/// Names that a list of arguments is followed through.
const MAX_HOPS: usize = 2;

/// The diagnostics of a file, by place.
pub(super) fn find(values: &Values<'_>) -> Vec<CrashReport> {
    let mut found: Vec<(NodeId, CrashDump)> = Vec::new();
    match values.family() {
        Family::Ecma => node(values, &mut found),
        Family::Python | Family::Rust => limits(values, &mut found),
    }
    for &call in &values.shapes.call_list {
        let function = values.shapes.calls[&call].function;
        let known = CALLS
            .iter()
            .filter(|(family, ..)| *family == values.family());
        let last = values.text(function).rsplit('.').next().unwrap_or_default();
        for &(_, path, dump) in known {
            if path.ends_with(last)
                && values
                    .path(function)
                    .is_some_and(|found| fits(path, &found))
            {
                found.push((function, dump));
            }
        }
    }
    let is_quiet = values.family() == Family::Ecma && excludes(values);
    found.retain(|&(_, dump)| !(is_quiet && dump == CrashDump::NodeReport));
    let mut reports: Vec<CrashReport> = found
        .into_iter()
        .map(|(node, dump)| CrashReport {
            range: values.tree.range(node),
            dump,
        })
        .collect();
    flags(values, is_quiet, &mut reports);
    reports.sort_by_key(|report| (report.range, report.dump));
    reports.dedup();
    reports
}

/// The facts of a config file, so that the rules of code judge it as well.
pub fn of_config(found: &[Diagnostic]) -> Facts {
    let mut facts = Facts::default();
    for one in found {
        let range = one.range;
        match one.does {
            Does::Crash(dump) => facts.crashes.push(CrashReport { range, dump }),
            Does::Shows(channel) => facts.dumps.push(EnvDump {
                source: range,
                sink: range,
                channel,
                steps: Vec::new(),
                fix: Vec::new(),
            }),
        }
    }
    facts
}

/// Whether the file keeps the environment out of reports.
fn excludes(values: &Values<'_>) -> bool {
    let set = values.shapes.binds.iter().filter(|bind| bind.assigned);
    let set = set.filter(|bind| {
        bind.value
            .is_some_and(|value| values.text(value) != "false")
    });
    set.filter_map(|bind| values.path(bind.target))
        .any(|path| path == "process.report.excludeEnv")
}

fn node(values: &Values<'_>, found: &mut Vec<(NodeId, CrashDump)>) {
    for bind in values.shapes.binds.iter().filter(|bind| bind.assigned) {
        let on = bind
            .value
            .is_some_and(|value| !matches!(values.text(values.bare(value)), "false" | "undefined"));
        let last = values
            .text(bind.target)
            .rsplit('.')
            .next()
            .unwrap_or_default();
        if on
            && last.starts_with("reportOn")
            && values
                .path(bind.target)
                .is_some_and(|path| SWITCHES.contains(&path.as_str()))
        {
            found.push((bind.target, CrashDump::NodeReport));
        }
    }
    for &call in &values.shapes.call_list {
        let function = values.shapes.calls[&call].function;
        if values.text(function).ends_with("getReport")
            && values.path(function).as_deref() == Some("process.report.getReport")
            && is_given_on(values, call)
        {
            found.push((function, CrashDump::NodeReport));
        }
    }
}

/// Whether all of a value goes somewhere else, so that it is not only looked into.
fn is_given_on(values: &Values<'_>, start: NodeId) -> bool {
    let shapes = &values.shapes;
    let mut open = vec![start];
    let mut seen = Vec::new();
    while let Some(at) = open.pop() {
        if seen.contains(&at) {
            continue;
        }
        seen.push(at);
        if seen.len() > MAX_STEPS {
            return true;
        }
        if let Some(call) = values
            .tree
            .parent(at)
            .and_then(|list| shapes.arguments.get(&list))
        {
            match values.text(shapes.calls[call].function) {
                "JSON.parse" => open.push(*call),
                "Boolean" | "Object.keys" => {}
                _ => return true,
            }
        }
        for &(_, how) in shapes.uses(at) {
            match how {
                Use::Same(outer) | Use::Either(outer) => open.push(outer),
                Use::Returned | Use::Result(_) | Use::Entry(_) | Use::Spread(_) | Use::Join(_) => {
                    return true;
                }
                Use::Bound(number) => {
                    let target = shapes.binds[number].target;
                    let bindings = values.names.bindings.iter();
                    for binding in bindings.filter(|binding| {
                        binding.at == target
                            || values.is_name(target) && binding.name == values.text(target)
                    }) {
                        open.extend(values.names.references(binding));
                    }
                }
                _ => {}
            }
        }
    }
    false
}

/// `resource.setrlimit(resource.RLIMIT_CORE, (n, n))`, `prctl(PR_SET_DUMPABLE, 1)`, `prctl::set_dumpable(true)`.
fn limits(values: &Values<'_>, found: &mut Vec<(NodeId, CrashDump)>) {
    for &call in &values.shapes.call_list {
        let shape = values.shapes.calls[&call];
        let name = values
            .text(shape.function)
            .rsplit(['.', ':'])
            .next()
            .unwrap_or_default();
        let given: Vec<NodeId> = values
            .arguments(shape.arguments)
            .map(|(node, _)| node)
            .collect();
        let is_on = match name {
            "set_dumpable" => given
                .first()
                .is_some_and(|&node| values.text(node) == "true"),
            "prctl" => {
                let dumpable = given
                    .first()
                    .is_some_and(|&node| ends(values, node, &["PR_SET_DUMPABLE"]));
                dumpable && given.get(1).is_some_and(|&node| !is_zero(values, node))
            }
            name if LIMITS.contains(&name) => {
                let kind = given.iter().position(|&node| ends(values, node, &CORE));
                // `Resource::CORE.set(soft, hard)`
                let object = values.shapes.members.get(&values.bare(shape.function));
                let is_object = object.is_some_and(|&(object, _)| ends(values, object, &CORE));
                let sizes = match kind {
                    Some(at) => &given[at + 1..],
                    None if is_object => &given[..],
                    None => &[],
                };
                !sizes.is_empty() && !sizes.iter().all(|&size| is_zero(values, size))
            }
            _ => false,
        };
        if is_on {
            found.push((shape.function, CrashDump::Core));
        }
    }
}

fn ends(values: &Values<'_>, node: NodeId, words: &[&str]) -> bool {
    let text = values.text(values.bare(node));
    words.iter().any(|word| text.ends_with(word))
}

/// Whether a size is nothing: `0`, `(0, 0)`, a structure of zeros, or a limit that was only asked for.
fn is_zero(values: &Values<'_>, node: NodeId) -> bool {
    let node = values.literal(values.bare(node));
    let numbers: Vec<&str> = values
        .text(node)
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_digit()) || word.contains("INFINITY"))
        .collect();
    if values.shapes.lists.contains(&node) || !numbers.is_empty() {
        return numbers.iter().all(|number| {
            number.trim_end_matches(char::is_alphanumeric).is_empty()
                && number.starts_with('0')
                && !number.starts_with("0x")
        });
    }
    // A size that is not written here may be anything; most programs lower it.
    true
}

/// Options of Node in the texts of a program: an argument of a child, the value of `NODE_OPTIONS`.
fn flags(values: &Values<'_>, is_quiet: bool, reports: &mut Vec<CrashReport>) {
    let shapes = &values.shapes;
    let strings: Vec<NodeId> = shapes
        .strings
        .iter()
        .chain(shapes.texts.keys())
        .copied()
        .collect();
    let excludes = |node: &NodeId| values.text(*node).contains(config::WITHOUT_ENVIRONMENT);
    let mut is_kept_out = None;
    for node in strings {
        let text = values.text(node);
        for (range, dump) in config::flags(text) {
            let is_command = text.contains("NODE_OPTIONS=")
                || inside(text).starts_with("node ")
                || inside(text).starts_with('-') && is_passed(values, node, MAX_HOPS);
            let quiet = dump == CrashDump::NodeReport
                && (is_quiet
                    || *is_kept_out.get_or_insert_with(|| shapes.strings.iter().any(excludes)));
            if is_command && !quiet {
                let start = values.tree.range(node).start;
                reports.push(CrashReport {
                    range: crate::text::TextRange::new(start + range.start, start + range.end),
                    dump,
                });
            }
        }
    }
}

/// What stands inside the quotes.
fn inside(text: &str) -> &str {
    text.trim_start_matches(|c: char| !(c.is_alphanumeric() || c == '-'))
}

/// Functions that look for a text, speak of it, or define an option of the program itself.
const OTHERS: &[&str] = &[
    "Option",
    "Set",
    "addOption",
    "add_argument",
    "contains",
    "debug",
    "error",
    "frozenset",
    "includes",
    "indexOf",
    "info",
    "log",
    "long",
    "option",
    "print",
    "println",
    "replace",
    "requiredOption",
    "set",
    "startsWith",
    "starts_with",
    "startswith",
    "warn",
];

/// Whether a text is given to a call, in a list or an object or by a name, or becomes the value of `NODE_OPTIONS`.
fn is_passed(values: &Values<'_>, node: NodeId, hops: usize) -> bool {
    let shapes = &values.shapes;
    let mut at = node;
    for _ in 0..8 {
        if let Some(call) = values
            .tree
            .parent(at)
            .and_then(|list| shapes.arguments.get(&list))
        {
            let function = values.text(shapes.calls[call].function);
            let name = function.rsplit(['.', ':']).next().unwrap_or_default();
            // A macro of Rust that makes a list.
            if name == "vec" {
                at = *call;
                continue;
            }
            return !OTHERS.contains(&name);
        }
        let mut next = None;
        for &(_, how) in shapes.uses(at) {
            match how {
                Use::Same(outer) | Use::Either(outer) | Use::Join(outer) => next = Some(outer),
                Use::Entry(entry) => {
                    let key = values.text(shapes.entries[&entry].0);
                    if key.contains("NODE_OPTIONS") || key.contains("execArgv") {
                        return true;
                    }
                    next = values.tree.parent(entry);
                }
                Use::Bound(number) => {
                    let target = shapes.binds[number].target;
                    if values.text(target).contains("NODE_OPTIONS") {
                        return true;
                    }
                    let named = values.names.bindings.iter();
                    return hops > 0
                        && named
                            .filter(|binding| binding.at == target)
                            .flat_map(|binding| values.names.references(binding))
                            .any(|name| is_passed(values, name, hops - 1));
                }
                _ => {}
            }
        }
        let parent = values.tree.parent(at);
        match next.or(parent.filter(|outer| shapes.lists.contains(outer))) {
            Some(outer) => at = outer,
            // What is inside a spread.
            None => match parent.filter(|outer| shapes.spreads.contains(outer)) {
                Some(outer) => at = outer,
                None => return false,
            },
        }
    }
    false
}
