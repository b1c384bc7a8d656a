//! Python's settings: pydantic classes, click and typer options, whose names are made by rules of their own.

use super::flow::{Flow, RawRead};
use super::known::{Known, imported};
use super::names::unquote;
use super::values::{Template, Values, literal};
use crate::model::Form;
use crate::syntax::NodeId;

/// How deep settings are nested.
const MAX_DEPTH: usize = 6;

type Found = Vec<(NodeId, String, Form)>;

/// Notes the variables that settings classes and command line options read.
pub(super) fn find(flow: &mut Flow<'_, '_>, known: &Known) {
    let values = flow.values;
    let mut found = Vec::new();
    let classes = Classes::new(values, known);
    for &class in &classes.all {
        if classes.is_settings(class) {
            classes.fields(class, &mut found);
        }
    }
    for &call in &values.shapes.call_list {
        options(values, call, &mut found);
    }
    super::click::find(values, &mut found);
    flow.reads
        .extend(found.into_iter().map(|(node, name, form)| RawRead {
            node,
            template: Template::known(name),
            form,
            root: None,
        }));
}

/// The settings classes of a file, with the prefix of their names.
pub(super) fn exported(
    values: &Values<'_>,
    known: &Known,
) -> std::collections::BTreeMap<String, String> {
    let classes = Classes::new(values, known);
    let settings = classes
        .all
        .iter()
        .filter(|&&class| classes.is_settings(class));
    settings
        .filter_map(|&class| {
            let name = values.text(values.shapes.classes[&class].name?).to_owned();
            Some((name, classes.prefix(class)))
        })
        .collect()
}

/// The classes of a file.
struct Classes<'v, 't> {
    values: &'v Values<'t>,
    known: &'v Known,
    all: Vec<NodeId>,
}

impl<'v, 't> Classes<'v, 't> {
    fn new(values: &'v Values<'t>, known: &'v Known) -> Self {
        let mut all: Vec<_> = values.shapes.classes.keys().copied().collect();
        all.sort_unstable();
        Self { values, known, all }
    }

    /// Whether a class is, or derives from, pydantic's `BaseSettings`.
    fn is_settings(&self, class: NodeId) -> bool {
        let mut open = vec![class];
        let mut seen = Vec::new();
        while let Some(class) = open.pop() {
            self.values.tree.spend(1 + seen.len());
            if seen.contains(&class) {
                continue;
            }
            seen.push(class);
            for &base in &self.values.shapes.classes[&class].bases {
                let name = self
                    .values
                    .text(base)
                    .rsplit('.')
                    .next()
                    .unwrap_or_default();
                if name == "BaseSettings"
                    || self
                        .values
                        .path(base)
                        .is_some_and(|path| path.ends_with(".BaseSettings"))
                    || self.foreign_prefix(base).is_some()
                {
                    return true;
                }
                open.extend(self.named(name));
            }
        }
        false
    }

    /// The prefix of a settings class of another module.
    fn foreign_prefix(&self, base: NodeId) -> Option<&str> {
        let foreign = imported(self.values, base)?;
        self.known.settings.get(&foreign).map(String::as_str)
    }

    fn named(&self, name: &str) -> Option<NodeId> {
        self.values.tree.spend(4 * self.all.len());
        self.all.iter().copied().find(|class| {
            self.values.shapes.classes[class]
                .name
                .is_some_and(|at| self.values.text(at) == name)
        })
    }

    fn prefix(&self, class: NodeId) -> String {
        self.option(class, "env_prefix")
            .or_else(|| {
                let bases = &self.values.shapes.classes[&class].bases;
                bases
                    .iter()
                    .find_map(|&base| self.foreign_prefix(base))
                    .map(str::to_owned)
            })
            .unwrap_or_default()
    }

    fn fields(&self, class: NodeId, found: &mut Found) {
        let prefix = self.prefix(class);
        let delimiter = self.option(class, "env_nested_delimiter");
        self.fields_with(class, &prefix, delimiter.as_deref(), MAX_DEPTH, found);
    }

    fn fields_with(
        &self,
        class: NodeId,
        prefix: &str,
        delimiter: Option<&str>,
        depth: usize,
        found: &mut Found,
    ) {
        let values = self.values;
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for field in values.fields_of(class) {
            let shape = values.shapes.fields[&field];
            let (Some(name), Some(kind)) = (shape.name, shape.kind) else {
                continue;
            };
            let (written, kind_text) = (values.text(name), values.text(kind));
            if written.starts_with('_')
                || written == "model_config"
                || kind_text
                    .trim_start_matches("typing.")
                    .starts_with("ClassVar")
            {
                continue;
            }
            let mut aliases = shape
                .value
                .map(|value| aliases(values, value))
                .unwrap_or_default();
            if aliases.is_empty() {
                // `Annotated[str, Field(alias="X")]`.
                let calls = values.tree.descendants(kind);
                aliases.extend(calls.flat_map(|call| aliases_of_call(values, call)));
            }
            if aliases.is_empty() {
                aliases.push(format!("{prefix}{written}"));
            }
            for alias in aliases {
                let full = alias.to_uppercase();
                match delimiter.and_then(|delimiter| Some((delimiter, self.model(kind)?))) {
                    Some((delimiter, inner)) if inner != class => {
                        let prefix = format!("{full}{delimiter}");
                        self.fields_with(inner, &prefix, Some(delimiter), depth, found);
                    }
                    _ if shape
                        .value
                        .is_some_and(|value| is_moved(values.text(value), &full)) => {}
                    _ => found.push((name, full, Form::Settings)),
                }
            }
        }
    }

    /// The class of this file that a type names: `Database`, `Optional[Database]`, `Database | None`.
    ///
    /// A list or a dictionary of them is given as one variable.
    fn model(&self, kind: NodeId) -> Option<NodeId> {
        let written = self.values.text(kind).to_lowercase();
        let many = ["list[", "dict[", "set[", "tuple[", "sequence[", "mapping["];
        if many.iter().any(|start| written.contains(start)) {
            return None;
        }
        self.values
            .tree
            .descendants(kind)
            .filter(|&node| self.values.is_name(node))
            .find_map(|node| self.named(self.values.text(node)))
    }

    /// An option of a settings class, from `model_config = SettingsConfigDict(…)`, a dict, `class Config`, or the
    /// class's own keyword arguments; looked for in base classes too.
    fn option(&self, class: NodeId, name: &str) -> Option<String> {
        self.option_within(class, name, MAX_DEPTH)
    }

    fn option_within(&self, class: NodeId, name: &str, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let values = self.values;
        let shapes = &values.shapes;
        values
            .tree
            .spend(4 * shapes.entries.len() + shapes.binds.len());
        let of_class = values.tree.subtree(class);
        let mut entries: Vec<_> = values.shapes.entries.iter().collect();
        entries.sort_unstable();
        for (&entry, &(key, value)) in entries {
            if of_class.contains(&entry.index())
                && unquote(values.text(key)) == name
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
                let base = self
                    .named(values.text(base))
                    .filter(|&base| base != class && base < class)?;
                self.option_within(base, name, depth)
            })
    }
}

/// The names in `Field(alias=…)`, `Field(validation_alias=AliasChoices(…))`, `Field(env=…)`.
fn aliases(values: &Values<'_>, value: NodeId) -> Vec<String> {
    aliases_of_call(values, values.bare(value))
}

fn aliases_of_call(values: &Values<'_>, call: NodeId) -> Vec<String> {
    let Some(call) = values.shapes.calls.get(&call) else {
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
    validation
        .or(alias)
        .map(|node| strings(values, node))
        .unwrap_or_default()
}

/// All strings that an expression holds.
pub(super) fn strings(values: &Values<'_>, node: NodeId) -> Vec<String> {
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

fn near_class(values: &Values<'_>, node: NodeId, class: NodeId) -> bool {
    values.names.regions(node).find(|region| {
        values.shapes.classes.contains_key(region) || values.shapes.functions.contains_key(region)
    }) == Some(class)
}

/// `@click.option("--token", envvar="X")`, `typer.Option(envvar=["X", "Y"])`.
fn options(values: &Values<'_>, call: NodeId, found: &mut Found) {
    for (argument, keyword) in values.arguments(values.shapes.calls[&call].arguments) {
        if matches!(keyword, Some("envvar" | "env_var")) {
            for name in strings(values, argument) {
                found.push((argument, name, Form::CliOption));
            }
        }
    }
}

/// What `with env.prefixed("P_"):` around a read puts before its name.
pub(super) fn prefixes(values: &Values<'_>, read: NodeId) -> String {
    let mut prefix = String::new();
    let around = values.tree.ancestors(read);
    for with in around.filter(|&node| values.tree.kind_name(node) == "with_statement") {
        let head = values.tree.named_children(with).next();
        let calls = head
            .into_iter()
            .flat_map(|head| values.tree.descendants(head));
        for call in calls.filter_map(|node| values.shapes.calls.get(&node)) {
            let is_prefix = values
                .shapes
                .members
                .get(&call.function)
                .is_some_and(|&(_, name)| values.text(name) == "prefixed");
            if let Some((given, _)) = values
                .arguments(call.arguments)
                .next()
                .filter(|_| is_prefix)
                && let Some(text) = values.string(given)
            {
                prefix.insert_str(0, &text);
            }
        }
    }
    prefix
}

/// Whether the default of a field asks a secret manager for the variable: what the environment holds is then only an
/// override.
fn is_moved(value: &str, name: &str) -> bool {
    let asks = [
        format!("secrets[\"{name}\"]"),
        format!("secrets.get(\"{name}\""),
    ];
    value.contains("default_factory") && asks.iter().any(|asks| value.contains(asks))
}
