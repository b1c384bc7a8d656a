//! A small environment in the place of the whole one that a child process is given.

use memchr::memmem;

use super::{
    argument_of, copy_of, inserted, is_environment, method_call, only, plain, replaced, small,
};
use crate::edit::Edit;
use crate::facts::catalog::{Child, Told};
use crate::facts::flow::RawDump;
use crate::facts::names::Origin;
use crate::facts::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;

/// Methods in a chain that is looked at.
const MAX_CHAIN: usize = 64;

/// Makes an environment small that is only given to children, all of which are known.
pub(in crate::facts) fn given(
    values: &Values<'_>,
    dump: &RawDump,
    children: &[NodeId],
    child: Option<&Child>,
) -> Vec<Edit> {
    let source = dump.source;
    // What is added to all of it makes nothing smaller.
    if !is_environment(values, source) || is_added(values, dump.sink, child) {
        return Vec::new();
    }
    let is_inside = dump.steps.is_empty() && values.tree.contains(dump.sink, source);
    if !is_inside && !only::given(values, source, children) || is_changed(values, source) {
        return Vec::new();
    }
    if values.family() == Family::Rust {
        return in_chain(values, dump).unwrap_or_default();
    }
    if is_inside && let Some(edits) = by_sdk(values, dump) {
        return edits;
    }
    let is_shared = values
        .path(source)
        .is_some_and(|path| path.ends_with("SHARE_ENV"));
    let Some(environment) = (if is_shared {
        Some("process.env")
    } else {
        plain(values, source)
    }) else {
        return Vec::new();
    };
    vec![at(
        values,
        source,
        small::environment(values.family(), environment),
    )]
}

/// Whether what a call is given is added to what is inherited.
fn is_added(values: &Values<'_>, call: NodeId, child: Option<&Child>) -> bool {
    match child.map(|child| child.told) {
        Some(Told::Unless(_, key, _)) => !values.text(call).contains(key),
        Some(Told::Never) => true,
        _ => false,
    }
}

/// Puts an expression in the place of an environment or of a copy that is made of it.
fn at(values: &Values<'_>, source: NodeId, text: String) -> Edit {
    let node = match values.family() {
        Family::Python => copy_of(values, source).unwrap_or(source),
        _ => source,
    };
    let parent = values.tree.parent(node);
    let entry = parent.and_then(|parent| values.shapes.entries.get(&parent));
    let own_entry = values.shapes.entries.get(&node);
    let is_short = [entry, own_entry]
        .into_iter()
        .flatten()
        .any(|(key, value)| key == value);
    if is_short {
        let name = values.text(node);
        return replaced(values, node, format!("{name}: {text}"));
    }
    replaced(values, node, text)
}

/// `Object.assign(process.env, …)` changes the environment itself.
fn is_changed(values: &Values<'_>, source: NodeId) -> bool {
    argument_of(values, source).is_some_and(|(call, place)| {
        place == 0 && values.text(values.shapes.calls[&call].function) == "Object.assign"
    })
}

/// The function of an SDK that gives what it passes on by itself, by language.
fn default_function(family: Family) -> Option<(&'static str, &'static [&'static str])> {
    match family {
        Family::Ecma => Some((
            "getDefaultEnvironment",
            &[
                "@modelcontextprotocol/sdk/client/stdio.js",
                "@modelcontextprotocol/sdk/client/stdio",
            ],
        )),
        Family::Python => Some(("get_default_environment", &["mcp.client.stdio"])),
        Family::Rust => None,
    }
}

/// What the client of an SDK would pass on, taken from the module that the client comes from.
fn by_sdk(values: &Values<'_>, dump: &RawDump) -> Option<Vec<Edit>> {
    let (name, modules) = default_function(values.family())?;
    let function = values.bare(values.shapes.calls.get(&dump.sink)?.function);
    let mut bindings = values.names.resolve(function);
    let client = bindings.find(|binding| match &binding.origin {
        Origin::Import(module, Some(there)) => {
            modules.contains(&module.as_str()) && there == binding.name
        }
        _ => false,
    })?;
    let is_it = |origin: &Origin| matches!(origin, Origin::Import(module, Some(there)) if modules.contains(&module.as_str()) && there == name);
    let mut edits = Vec::new();
    if !values
        .names
        .named(name)
        .any(|binding| is_it(&binding.origin))
    {
        let mut around = values.tree.ancestors(client.at).take(2);
        let is_listed = around.any(|node| {
            matches!(
                values.tree.kind_name(node),
                "import_specifier" | "object_pattern" | "import_from_statement"
            )
        });
        // The name may be taken, where only parts of the file are known.
        if !is_listed || memmem::find(values.bytes, name.as_bytes()).is_some() {
            return None;
        }
        let start = values.tree.range(client.at).start;
        edits.push(inserted(start, format!("{name}, ")));
    }
    edits.push(at(values, dump.source, format!("{name}()")));
    Some(edits)
}

/// `Command::new(…).….envs(std::env::vars())`: cleared first, then given what is left.
fn in_chain(values: &Values<'_>, dump: &RawDump) -> Option<Vec<Edit>> {
    let environment = plain(values, dump.source)?;
    let (call, _) = argument_of(values, dump.source)?;
    if call != dump.sink || !environment.ends_with("()") {
        return None;
    }
    let filtered = replaced(
        values,
        dump.source,
        small::environment(Family::Rust, environment),
    );
    let mut at = call;
    let mut is_cleared = false;
    for _ in 0..MAX_CHAIN {
        values.tree.spend(4);
        let function = values.shapes.calls.get(&at)?.function;
        if super::inherited::COMMANDS.contains(&values.path(function)?.as_str()) {
            let mut edits = vec![filtered];
            if !is_cleared {
                // What is set before would be cleared as well.
                let (_, first) = method_call(values, at)?;
                let can_clear = super::inherited::METHODS.contains(&first);
                let end = values.tree.range(at).end;
                edits.insert(0, inserted(end, ".env_clear()".to_owned()));
                return can_clear.then_some(edits);
            }
            return Some(edits);
        }
        let &(object, name) = values.shapes.members.get(&function)?;
        is_cleared |= values.text(name) == "env_clear";
        at = object;
    }
    None
}
