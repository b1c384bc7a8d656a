//! Puts the facts of one file together: where the environment appears, what the flow finds, which helpers there are.

use std::collections::BTreeMap;

use super::catalog::{Catalog, fits};
use super::flow::{Flow, Kind, RawRead};
use super::known::{Foreign, Helper, Known, imported};
use super::names::{Binding, Origin};
use super::pattern::Step;
use super::values::{Part, Template, Values};
use super::{EnvDump, EnvRead, Facts, evidence, exports, schema, settings_python, settings_rust};
use crate::language::Family;
use crate::model::Form;
use crate::settings::Settings;
use crate::syntax::{NodeId, Tree};

/// Names that one read can have.
const MAX_NAMES: usize = 256;

/// The mark of the module that `migrate` puts into a program.
const ACCESSOR: &[u8] = b"envacuate:begin";

/// The facts of a parsed file.
pub fn find(tree: &Tree, text: &[u8], settings: &Settings, known: &Known) -> Facts {
    let values = Values::new(tree, text);
    let mut flow = Flow::new(&values, settings, known);
    let helpers = run(&mut flow, text, settings, known);
    let mut facts = facts(&flow, helpers, known);
    facts.plaintext = super::strings::find(&values, settings, &flow.reads, &facts.reads);
    super::exposed::find(&mut flow, settings, known, &mut facts);
    facts
}

/// Follows the environment through a file; what is read from it stands in the flow afterwards.
pub(super) fn run(
    flow: &mut Flow<'_, '_>,
    text: &[u8],
    settings: &Settings,
    known: &Known,
) -> Vec<(NodeId, Helper)> {
    start(flow, known);
    flow.run();
    match flow.values.family() {
        Family::Python => settings_python::find(flow, known),
        Family::Rust => settings_rust::find(flow),
        Family::Ecma => schema::specifications(flow),
    }
    flow.settle();
    // The accessor asks the environment only for what it does not have.
    if memchr::memmem::find(text, ACCESSOR).is_some() {
        Vec::new()
    } else {
        super::helpers::helpers(flow, settings, known)
    }
}

fn start(flow: &mut Flow<'_, '_>, known: &Known) {
    let values = flow.values;
    let catalog = flow.catalog;
    let last = |path: &'static str| path.rsplit('.').next().unwrap_or(path);
    let names: Vec<&str> = catalog.environments.iter().map(|path| last(path)).collect();
    for &node in &values.shapes.member_list {
        let name = values.text(values.shapes.members[&node].1);
        if known.environments.iter().any(|(_, there)| there == name)
            && imported(values, node).is_some_and(|foreign| known.environments.contains(&foreign))
        {
            flow.start(node, Kind::Whole);
        }
        // A name with an escape is read in full.
        if (names.contains(&name) || name.contains('\\'))
            && !is_type(values, node)
            // A field is reached from where it is set.
            && values.own_value(node).is_none()
            && values
                .path(node)
                .is_some_and(|path| catalog.environments.contains(&path.as_str()))
        {
            flow.start(node, Kind::Whole);
        }
    }
    if !known.environments.is_empty() || !known.holders.is_empty() {
        for &node in &values.shapes.member_list {
            let Some(foreign) = imported(values, node) else {
                continue;
            };
            if known.environments.contains(&foreign) {
                flow.start(node, Kind::Whole);
            } else if known.holders.contains(&foreign) {
                flow.start_with_part(node, super::child::KEY);
            }
        }
    }
    for (&node, _) in values.shapes.indexes.iter().collect::<BTreeMap<_, _>>() {
        if values
            .path(node)
            .is_some_and(|path| catalog.environments.contains(&path.as_str()))
        {
            flow.start(node, Kind::Whole);
        }
    }
    for &call in &values.shapes.call_list {
        let shape = values.shapes.calls[&call];
        let Some(function) = values.path(shape.function) else {
            continue;
        };
        let child = super::child::started(flow, shape.function, &function);
        if let Some(child) = child.or_else(|| super::child::called_later(flow, call, &function)) {
            flow.children.push((call, child));
        }
        let path = format!("{function}()");
        if catalog.environments.contains(&path.as_str()) {
            flow.start(call, Kind::Whole);
        } else if catalog.environment_pairs.contains(&path.as_str()) {
            flow.start(call, Kind::Entries);
        } else if matches!(function.as_str(), "map" | "filter") {
            mapped(flow, call);
        } else if let Some((argument, form)) = reader(values, catalog, shape.function, &function)
            && let Some(key) = values.name_argument(shape.arguments, argument)
        {
            let from = flow.reads.len();
            flow.read(call, key, form);
            if function.starts_with("environs.") {
                let prefix = settings_python::prefixes(values, call);
                for read in &mut flow.reads[from..] {
                    read.template.parts.insert(0, Part::Text(prefix.clone()));
                }
            }
        }
        if imported(values, shape.function).is_some_and(|foreign| known.givers.contains(&foreign)) {
            flow.start(call, Kind::Whole);
        }
    }
    for binding in &values.names.bindings {
        if is_environment(flow, binding, known) {
            flow.start_at_uses(binding, Kind::Whole);
        } else if is_holder(binding, known) {
            flow.start_inside(binding, super::child::KEY);
        } else if let Some(rest) = inside_environment(flow, binding) {
            flow.start_at_part(binding, &rest);
        }
    }
    start_at_free_names(flow);
    start_at_parameters(flow);
}

/// `map(os.getenv, NAMES)`.
fn mapped(flow: &mut Flow<'_, '_>, call: NodeId) {
    let values = flow.values;
    let mut given = values.arguments(values.shapes.calls[&call].arguments);
    let (Some((function, _)), Some((over, _))) = (given.next(), given.next()) else {
        return;
    };
    let path = values.path(function).unwrap_or_default();
    if let Some((_, form)) = reader(values, flow.catalog, function, &path)
        && let Some(template) = values.names_in(over)
    {
        flow.reads.push(RawRead {
            node: call,
            template,
            form,
            root: None,
        });
    }
}

/// Which argument of a call names a variable that the call reads.
fn reader(
    values: &Values<'_>,
    catalog: &Catalog,
    function: NodeId,
    path: &str,
) -> Option<(usize, Form)> {
    if path.starts_with('%') {
        return None;
    }
    let known = |path: &str| {
        let mut readers = catalog.readers.iter();
        readers
            .find(|reader| reader_fits(reader.path, path))
            .map(|reader| (reader.argument, reader.form))
    };
    if let Some(found) = known(path) {
        return Some(found);
    }
    if !values.is_name(function) {
        return None;
    }
    // `get = os.environ.get`, and `from os import *`.
    if let Some((object, method)) = path.rsplit_once('.')
        && catalog.environments.contains(&object)
        && catalog.environment_methods.contains(&method)
    {
        return Some((0, Form::Getenv));
    }
    let mut modules = values.names.wildcards.iter();
    modules.find_map(|module| known(&format!("{module}.{path}")))
}

/// An exact path, or any method of an object that reads: `env.str("X")` of an `environs.Env()`.
fn reader_fits(reader: &str, function: &str) -> bool {
    fits(reader, function)
        || reader.ends_with("()")
            && function
                .strip_prefix(reader)
                .is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'))
        || reader == "environs.env"
            && function
                .strip_prefix(reader)
                .is_some_and(|rest| rest.starts_with('.'))
}

fn is_environment(flow: &Flow<'_, '_>, binding: &Binding<'_>, known: &Known) -> bool {
    let is_known = |path: &str| flow.catalog.environments.contains(&path);
    match &binding.origin {
        Origin::Import(source, Some(name)) => {
            is_known(&format!("{source}.{name}"))
                || known.environments.contains(&(source.clone(), name.clone()))
        }
        Origin::Import(source, None) => known
            .environments
            .contains(&(source.clone(), "default".to_owned())),
        Origin::Value(value, path) => match path.as_slice() {
            [Step::Key(name)] => flow
                .values
                .path(*value)
                .is_some_and(|of| is_known(&format!("{of}.{name}"))),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a name is taken from a module where its entry `env` is the environment.
fn is_holder(binding: &Binding<'_>, known: &Known) -> bool {
    let holds = |source: &str, name: &str| {
        let mut holders = known.holders.iter();
        holders.any(|(module, there)| module == source && there == name)
    };
    match &binding.origin {
        Origin::Import(source, name) => holds(source, name.as_deref().unwrap_or("default")),
        _ => false,
    }
}

/// `const { env: { TOKEN } } = process`: the steps behind the environment.
fn inside_environment(flow: &Flow<'_, '_>, binding: &Binding<'_>) -> Option<Vec<Step>> {
    let Origin::Value(value, path) = &binding.origin else {
        return None;
    };
    let [Step::Key(name), rest @ ..] = path.as_slice() else {
        return None;
    };
    let of = flow.values.path(*value).filter(|_| !rest.is_empty())?;
    flow.catalog
        .environments
        .contains(&format!("{of}.{name}").as_str())
        .then(|| rest.to_vec())
}

/// `typeof process.env.TOKEN` where a type is meant.
fn is_type(values: &Values<'_>, node: NodeId) -> bool {
    values.family() == Family::Ecma
        && values
            .tree
            .ancestors(node)
            .take_while(|&outer| {
                values.shapes.members.contains_key(&outer)
                    || values.tree.kind_name(outer) == "type_query"
            })
            .any(|outer| values.tree.kind_name(outer) == "type_query")
}

/// `Env`, `Readonly<Env>`, `Env | undefined`, for a type that is the environment.
fn is_environment_type(types: &[&str], written: &str) -> bool {
    written.split(['|', '&']).any(|one| {
        let one = one.trim();
        let inner = ["Readonly<", "Partial<", "Required<"]
            .into_iter()
            .find_map(|outer| one.strip_prefix(outer)?.strip_suffix('>'))
            .unwrap_or(one);
        types.contains(&inner.trim())
    })
}

/// `from os import *`.
fn start_at_free_names(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    for module in &values.names.wildcards {
        for path in flow.catalog.environments {
            if let Some(name) = path.strip_prefix(&format!("{module}.")) {
                for node in values.names.free(name).collect::<Vec<_>>() {
                    flow.start(node, Kind::Whole);
                }
            }
        }
    }
}

/// Parameters whose type says what they are.
fn start_at_parameters(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    for &node in &values.shapes.parameter_list {
        let parameter = values.shapes.parameters[&node];
        let (Some(kind), Some(target)) = (parameter.kind, parameter.target) else {
            continue;
        };
        if !is_environment_type(flow.catalog.environment_types, values.text(kind)) {
            continue;
        }
        // What is given by default says more than the type: it may be a copy that others gave variables.
        let default = parameter.default.map(|default| values.bare(default));
        if default.is_some_and(|default| is_whole(values, default) || is_copy(values, default)) {
            continue;
        }
        for binding in &values.names.bindings {
            if let Origin::Parameter(_, _, path) = &binding.origin
                && values.tree.contains(target, binding.at)
            {
                if path.is_empty() {
                    flow.start_at_uses(binding, Kind::Whole);
                } else {
                    flow.start_at_part(binding, path);
                }
            }
        }
    }
}

/// `{ ...process.env, TOKEN: x }`.
fn is_copy(values: &Values<'_>, node: NodeId) -> bool {
    values.shapes.lists.contains(&node)
        && values.tree.named_children(node).any(|child| {
            let of = values.tree.named_children(child).next();
            values.shapes.spreads.contains(&child) && of.is_some_and(|of| is_whole(values, of))
        })
}

fn is_whole(values: &Values<'_>, node: NodeId) -> bool {
    values.path(node).is_some_and(|path| path == "process.env")
}

/// The names that a template can be; none where a part is not known.
fn names(template: &Template, known: &Known, wanted: &mut Vec<Foreign>) -> Vec<String> {
    let mut names = vec![String::new()];
    for part in &template.parts {
        let one;
        let texts = match part {
            Part::Text(text) => std::slice::from_ref(text),
            Part::OneOf(texts) => texts,
            Part::Imported(source, of) => {
                let foreign = (source.clone(), of.clone());
                let Some(text) = known.constants.get(&foreign) else {
                    wanted.push(foreign);
                    return Vec::new();
                };
                one = text.clone();
                std::slice::from_ref(&one)
            }
            Part::Parameter(_) | Part::Upper(_) | Part::Entry(..) => return Vec::new(),
        };
        names = names
            .iter()
            .flat_map(|name| texts.iter().map(move |text| format!("{name}{text}")))
            .take(MAX_NAMES)
            .collect();
    }
    names
}

fn facts(flow: &Flow<'_, '_>, helpers: Vec<(NodeId, Helper)>, known: &Known) -> Facts {
    let values = flow.values;
    let mut facts = Facts {
        incomplete: flow.gave_up,
        ..Facts::default()
    };
    for read in &flow.reads {
        let names = names(&read.template, known, &mut facts.wanted);
        if names.is_empty() || evidence::is_removal(values, read.node) {
            continue;
        }
        let kind = evidence::kind(values, read.node, read.form);
        for name in names {
            if !name.is_empty() && name.len() <= 128 {
                facts.reads.push(EnvRead {
                    range: values.tree.range(read.node),
                    name,
                    form: read.form,
                    kind,
                });
            }
        }
    }
    facts.children = super::child::find(flow);
    let dumps = flow.dumps.iter();
    for dump in dumps.filter(|dump| !super::child::is_child(dump.channel)) {
        facts.dumps.push(EnvDump {
            source: values.tree.range(dump.source),
            sink: values.tree.range(named_part(values, dump.sink)),
            channel: dump.channel,
            steps: dump
                .steps
                .iter()
                .map(|&node| values.tree.range(node))
                .collect(),
            fix: super::fix::names(values, dump),
        });
    }
    facts.wanted.extend(
        flow.handovers
            .iter()
            .map(|handover| (handover.module.clone(), handover.name.clone())),
    );
    facts.exports = exports::find(flow, helpers, known);
    facts.imports = imports(values);
    if values.family() == Family::Rust {
        // A path needs no import.
        facts
            .imports
            .extend(facts.wanted.iter().map(|(source, _)| source.clone()));
        facts.imports.sort();
        facts.imports.dedup();
    }
    facts.tests = settings_rust::tests(values);
    facts.reporters = super::reporters::find(values);
    facts.crashes = super::crashes::find(values);
    facts
        .reads
        .sort_by(|a, b| (a.range, &a.name).cmp(&(b.range, &b.name)));
    facts
        .reads
        .dedup_by(|a, b| a.range == b.range && a.name == b.name);
    facts.dumps.sort_by_key(|dump| (dump.source, dump.sink));
    facts.wanted.sort();
    facts.wanted.dedup();
    facts
}

/// Of a call what is called, of an entry its key: the part that says where a value goes.
pub(super) fn named_part(values: &Values<'_>, sink: NodeId) -> NodeId {
    let shapes = &values.shapes;
    shapes
        .calls
        .get(&sink)
        .map(|call| call.function)
        .or_else(|| shapes.entries.get(&sink).map(|entry| entry.0))
        .unwrap_or(sink)
}

fn imports(values: &Values<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for binding in &values.names.bindings {
        if let Origin::Import(source, Some(name)) = &binding.origin {
            match values.family() {
                // The name may be a module of the package.
                Family::Python if source.ends_with('.') => found.push(format!("{source}{name}")),
                Family::Python | Family::Rust => found.push(format!("{source}.{name}")),
                Family::Ecma => {}
            }
        }
        if let Origin::Import(source, _) = &binding.origin {
            found.push(source.clone());
        }
    }
    found.extend(values.names.wildcards.iter().cloned());
    if values.family() == Family::Python {
        let sources = values.shapes.imports.iter();
        found.extend(sources.map(|import| super::names::module(values.text(import.source))));
    }
    for &call in &values.shapes.call_list {
        if let Some((source, _)) = imported(values, values.shapes.calls[&call].function) {
            found.push(source);
        }
    }
    found.sort();
    found.dedup();
    found
}
