//! Python's settings: pydantic classes, click and typer options, whose names are made by rules of their own.

use super::flow::{Flow, RawRead};
use super::values::{Template, Values, literal};
use crate::model::Form;
use crate::syntax::NodeId;

/// Notes the variables that settings classes and command line options read.
pub(super) fn find(flow: &mut Flow<'_, '_>) {
    let values = flow.values;
    let mut found = Vec::new();
    let mut classes: Vec<_> = values.shapes.classes.keys().copied().collect();
    classes.sort_unstable();
    for &class in &classes {
        if is_settings(values, class, &classes) {
            fields(values, class, &classes, &mut found);
        }
    }
    for &call in &values.shapes.call_list {
        options(values, call, &mut found);
    }
    flow.reads
        .extend(found.into_iter().map(|(node, name, form)| RawRead {
            node,
            template: Template::known(name),
            form,
        }));
}

/// Whether a class is, or derives from, pydantic's `BaseSettings`.
fn is_settings(values: &Values<'_>, class: NodeId, classes: &[NodeId]) -> bool {
    let mut open = vec![class];
    let mut seen = Vec::new();
    while let Some(class) = open.pop() {
        if seen.contains(&class) {
            continue;
        }
        seen.push(class);
        for &base in &values.shapes.classes[&class].bases {
            let name = values.text(base).rsplit('.').next().unwrap_or_default();
            if name == "BaseSettings"
                || values
                    .path(base)
                    .is_some_and(|path| path.ends_with(".BaseSettings"))
            {
                return true;
            }
            open.extend(named(values, classes, name));
        }
    }
    false
}

fn named(values: &Values<'_>, classes: &[NodeId], name: &str) -> Option<NodeId> {
    classes.iter().copied().find(|class| {
        values.shapes.classes[class]
            .name
            .is_some_and(|at| values.text(at) == name)
    })
}

/// The fields that stand directly in a class.
fn own_fields(values: &Values<'_>, class: NodeId) -> Vec<NodeId> {
    let mut fields: Vec<NodeId> = values
        .shapes
        .field_list
        .iter()
        .copied()
        .filter(|&field| {
            values
                .names
                .regions(field)
                .find(|region| values.shapes.classes.contains_key(region))
                == Some(class)
        })
        .collect();
    fields.dedup();
    fields
}

fn fields(
    values: &Values<'_>,
    class: NodeId,
    classes: &[NodeId],
    found: &mut Vec<(NodeId, String, Form)>,
) {
    let fields = own_fields(values, class);
    let prefix = option(values, class, "env_prefix").unwrap_or_default();
    let delimiter = option(values, class, "env_nested_delimiter");
    for field in fields {
        let shape = values.shapes.fields[&field];
        let (Some(name), Some(kind)) = (shape.name, shape.kind) else {
            continue;
        };
        let written = values.text(name);
        if written.starts_with('_')
            || written == "model_config"
            || values.text(kind).starts_with("ClassVar")
        {
            continue;
        }
        let aliases = shape
            .value
            .map(|value| aliases(values, value))
            .unwrap_or_default();
        if aliases.is_empty() {
            let full = format!("{prefix}{written}").to_uppercase();
            if let Some(delimiter) = &delimiter
                && let Some(inner) = named(
                    values,
                    classes,
                    values.text(kind).trim_end_matches(" | None"),
                )
            {
                for field in own_fields(values, inner) {
                    if let Some(at) = values.shapes.fields[&field].name {
                        found.push((
                            at,
                            format!("{full}{delimiter}{}", values.text(at)).to_uppercase(),
                            Form::Settings,
                        ));
                    }
                }
                continue;
            }
            found.push((name, full, Form::Settings));
        }
        for alias in aliases {
            found.push((name, alias.to_uppercase(), Form::Settings));
        }
    }
}

/// The names in `Field(alias=…)`, `Field(validation_alias=AliasChoices(…))`, `Field(env=…)`.
fn aliases(values: &Values<'_>, value: NodeId) -> Vec<String> {
    let value = values.bare(value);
    let Some(call) = values.shapes.calls.get(&value) else {
        return Vec::new();
    };
    let mut alias = None;
    let mut validation = None;
    for (argument, keyword) in values.arguments(call.arguments) {
        match keyword {
            Some("validation_alias" | "env") => validation = Some(argument),
            Some("alias") => alias = Some(argument),
            _ => {}
        }
    }
    let Some(node) = validation.or(alias) else {
        return Vec::new();
    };
    strings(values, node)
}

/// All strings that an expression holds.
fn strings(values: &Values<'_>, node: NodeId) -> Vec<String> {
    if let Some(text) = values.string(node) {
        return vec![text];
    }
    values
        .tree
        .descendants(node)
        .filter(|at| values.shapes.strings.contains(at))
        .filter_map(|at| literal(values.text(at)))
        .collect()
}

/// An option of a settings class, from `model_config = SettingsConfigDict(…)`, a dict, `class Config`, or the class's own
/// keyword arguments; looked for in base classes too.
fn option(values: &Values<'_>, class: NodeId, name: &str) -> Option<String> {
    let of_class = values.tree.subtree(class);
    for (&entry, &(key, value)) in &values.shapes.entries {
        if of_class.contains(&entry.index())
            && super::names::unquote(values.text(key)) == name
            && near_class(values, entry, class)
        {
            return values.string(value);
        }
    }
    for bind in &values.shapes.binds {
        if of_class.contains(&bind.target.index()) && values.text(bind.target) == name {
            return values.string(bind.value?);
        }
    }
    values.shapes.classes[&class]
        .bases
        .iter()
        .find_map(|&base| {
            let classes: Vec<_> = values.shapes.classes.keys().copied().collect();
            let base = named(values, &classes, values.text(base))
                .filter(|&base| base != class && base < class)?;
            option(values, base, name)
        })
}

fn near_class(values: &Values<'_>, node: NodeId, class: NodeId) -> bool {
    values.names.regions(node).find(|region| {
        values.shapes.classes.contains_key(region) || values.shapes.functions.contains_key(region)
    }) == Some(class)
}

/// `@click.option("--token", envvar="X")`, `typer.Option(envvar=["X", "Y"])`.
fn options(values: &Values<'_>, call: NodeId, found: &mut Vec<(NodeId, String, Form)>) {
    for (argument, keyword) in values.arguments(values.shapes.calls[&call].arguments) {
        if matches!(keyword, Some("envvar" | "env_var")) {
            for name in strings(values, argument) {
                found.push((argument, name, Form::CliOption));
            }
        }
    }
}
