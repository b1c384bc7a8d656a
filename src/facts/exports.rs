//! What a file gives to others, under the names by which they take it.

use super::Exports;
use super::flow::Flow;
use super::known::{Helper, Known};
use super::names::{Origin, module, unquote};
use super::values::Values;
use crate::language::Family;
use crate::syntax::NodeId;

/// A value of this file and the name that other files know it by.
type Published = (NodeId, String);

/// What a file gives.
pub(super) fn find(flow: &Flow<'_, '_>, helpers: Vec<(NodeId, Helper)>, known: &Known) -> Exports {
    let values = flow.values;
    let mut exports = Exports::default();
    exports.environments.clone_from(&flow.aliases);
    exports.holders.clone_from(&flow.holders);
    exports.givers = flow
        .givers
        .iter()
        .filter_map(|&function| values.function_name(function))
        .map(str::to_owned)
        .collect();
    passed_on(values, &mut exports);
    for binding in &values.names.bindings {
        match &binding.origin {
            Origin::Value(value, path)
                if path.is_empty()
                    && (values.names.regions(binding.at).count() <= 2
                        || super::rust_paths::is_constant(values, binding)) =>
            {
                constants(values, binding.name, *value, &mut exports);
            }
            Origin::Class(class) => class_constants(values, binding.name, *class, &mut exports),
            Origin::Import(source, Some(name))
                if values.family() == Family::Python && binding.region == values.tree.root() =>
            {
                let passed = (binding.name.to_owned(), source.clone(), name.clone());
                exports.passed_on.push(passed);
            }
            _ => {}
        }
    }
    if values.family() == Family::Python {
        let all = |source: &String| ("*".to_owned(), source.clone(), "*".to_owned());
        exports
            .passed_on
            .extend(values.names.wildcards.iter().map(all));
        exports.settings = super::settings_python::exported(values, known);
    }
    for (value, name) in published(values) {
        let functions = values.callees(value);
        for (function, helper) in &helpers {
            if functions.contains(function) {
                exports.helpers.push(Helper {
                    name: name.clone(),
                    ..helper.clone()
                });
            }
        }
        if flow.givers.iter().any(|giver| functions.contains(giver)) {
            exports.givers.push(name.clone());
        }
        if flow.is_environment(value) {
            exports.environments.push(name.clone());
        }
        constants(values, &name, value, &mut exports);
    }
    let named = helpers.into_iter().map(|(_, helper)| helper);
    exports
        .helpers
        .extend(named.filter(|helper| !helper.name.is_empty()));
    for list in [
        &mut exports.environments,
        &mut exports.holders,
        &mut exports.givers,
    ] {
        list.sort();
        list.dedup();
    }
    exports.helpers.sort();
    exports.helpers.dedup();
    exports
}

/// The functions that others know by a name.
pub(super) fn functions(values: &Values<'_>, name: &str) -> Vec<NodeId> {
    published(values)
        .into_iter()
        .filter(|(_, as_name)| as_name == name)
        .flat_map(|(value, _)| values.callees(value))
        .collect()
}

fn passed_on(values: &Values<'_>, exports: &mut Exports) {
    for shape in &values.shapes.exports {
        let Some(source) = shape.source else { continue };
        let there = shape.name.map_or("*", |name| values.text(name));
        let here = shape
            .alias
            .or(shape.name)
            .map_or("*", |name| values.text(name));
        exports.passed_on.push((
            here.to_owned(),
            module(values.text(source)),
            there.to_owned(),
        ));
    }
}

/// `export { a as b }`, `export default a`, `module.exports = { b: a }`, `exports.b = a`: names that differ from the
/// ones inside, and values that have none.
pub(super) fn published(values: &Values<'_>) -> Vec<Published> {
    let mut found = Vec::new();
    if values.family() != Family::Ecma {
        return found;
    }
    for shape in &values.shapes.exports {
        if shape.source.is_some() {
            continue;
        }
        if let (Some(name), Some(alias)) = (shape.name, shape.alias) {
            found.push((name, values.text(alias).to_owned()));
        }
        if let Some(value) = shape.value
            && is_default(values, value)
        {
            let declared = values.shapes.functions.get(&value);
            let value = declared.and_then(|function| function.name).unwrap_or(value);
            entries(values, value, &mut found);
        }
    }
    for bind in &values.shapes.binds {
        let Some(value) = bind.value else { continue };
        match values.text(bind.target) {
            "module.exports" | "exports" => entries(values, value, &mut found),
            target => {
                let name = target
                    .strip_prefix("module.")
                    .unwrap_or(target)
                    .strip_prefix("exports.");
                if let Some(name) = name.filter(|name| !name.contains('.')) {
                    found.push((value, name.to_owned()));
                }
            }
        }
    }
    found
}

fn is_default(values: &Values<'_>, value: NodeId) -> bool {
    values.tree.parent(value).is_some_and(|statement| {
        values
            .text(statement)
            .split_whitespace()
            .nth(1)
            .is_some_and(|word| word.starts_with("default"))
    })
}

/// The value as the module's own, and its entries as names of the module.
fn entries(values: &Values<'_>, value: NodeId, found: &mut Vec<Published>) {
    found.push((value, "default".to_owned()));
    let list = values.bare(value);
    if !values.shapes.lists.contains(&list) {
        return;
    }
    for entry in values.tree.named_children(list) {
        if let Some(&(key, value)) = values.shapes.entries.get(&entry) {
            found.push((value, unquote(values.text(key)).to_owned()));
        } else if let Some(name) = values
            .shapes
            .functions
            .get(&entry)
            .and_then(|function| function.name)
        {
            found.push((entry, values.text(name).to_owned()));
        }
    }
}

/// The strings that a binding at the top of a file holds, and those in an object it holds.
fn constants(values: &Values<'_>, name: &str, value: NodeId, exports: &mut Exports) {
    if let Some(text) = values.string(value) {
        exports.constants.insert(name.to_owned(), text);
        return;
    }
    let list = values.literal(value);
    if values.shapes.lists.contains(&list) {
        for entry in values.tree.named_children(list) {
            if let Some(&(key, value)) = values.shapes.entries.get(&entry)
                && let Some(text) = values.string(value)
            {
                exports
                    .constants
                    .insert(format!("{name}.{}", unquote(values.text(key))), text);
            }
        }
    }
}

/// The strings that the fields of a class are.
fn class_constants(values: &Values<'_>, name: &str, class: NodeId, exports: &mut Exports) {
    for field in values.fields_of(class) {
        let shape = values.shapes.fields[&field];
        if let (Some(at), Some(value)) = (shape.name, shape.value)
            && let Some(text) = values.string(value)
        {
            exports
                .constants
                .insert(format!("{name}.{}", values.text(at)), text);
        }
    }
}
