//! What the code around a read says of its value: a flag or a number, or the place of a file.
//!
//! The name of a variable alone does not tell `STRICT_SECRET === "true"` from a secret; how the value is used, what it
//! is when it is not set, and the type of the field it fills do. A value is followed only as long as nothing else can
//! happen to it: one use that is not clear leaves it what its name says. Used where the facts are put together.

mod declared;
mod told;

use super::ValueKind;
use super::names::{Binding, Giver, Origin, unquote};
use super::shapes::{Call, Use};
use super::values::Values;
use crate::language::Family;
use crate::model::Form;
use crate::syntax::NodeId;
use told::{CLEANING, FLAGS, LOOKING, NUMBERS, OPENERS, is_in, names_flag, names_path, of_text};

/// Names that a value is followed through.
const MAX_NAMES: usize = 4;
/// Expressions around a value.
const MAX_AROUND: usize = 24;
/// Uses of a name; one with more is no flag.
const MAX_USES: usize = 24;

/// What one use says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Kind(ValueKind),
    /// Only whether it is there.
    Presence,
    /// The value went somewhere.
    Unclear,
}

/// What the code says of the value that a read gives.
pub(super) fn kind(values: &Values<'_>, node: NodeId, form: Form) -> ValueKind {
    let evidence = Evidence { values };
    let said = match form {
        Form::Schema | Form::Settings | Form::CliOption => return declared::kind(values, node),
        Form::Destructure => {
            let mut bindings = values.names.bindings.iter();
            values.tree.spend(values.names.bindings.len());
            bindings
                .find(|binding| binding.at == node)
                .map_or(Said::Unclear, |binding| {
                    evidence.binding(binding, MAX_NAMES)
                })
        }
        Form::Helper => {
            let call = values
                .tree
                .parent(node)
                .and_then(|list| values.shapes.arguments.get(&list));
            match call {
                Some(&call) => evidence.called(call, form),
                None => Said::Unclear,
            }
        }
        _ if values.shapes.calls.contains_key(&node) => evidence.called(node, form),
        _ => evidence.used(node, MAX_NAMES),
    };
    match said {
        Said::Kind(kind) => kind,
        Said::Presence | Said::Unclear => ValueKind::Any,
    }
}

/// `environment.pop("X", None)` as a statement: the variable is dropped, and nobody gets its value.
pub(super) fn is_removal(values: &Values<'_>, node: NodeId) -> bool {
    let is_statement = || {
        let around = values.tree.parent(node);
        around.is_some_and(|around| values.tree.kind_name(around) == "expression_statement")
    };
    values.family() == Family::Python
        && is_statement()
        && values
            .shapes
            .calls
            .get(&node)
            .and_then(|call| values.shapes.members.get(&call.function))
            .is_some_and(|&(_, name)| values.text(name) == "pop")
}

/// What the name of the place that gets a value says.
fn named(name: &str) -> Said {
    if names_path(name) {
        Said::Kind(ValueKind::Path)
    } else {
        Said::Unclear
    }
}

/// Whether a method gives the same value, cleaned.
pub(super) fn is_cleaned(method: &str) -> bool {
    is_in(CLEANING, method)
}

struct Evidence<'v, 't> {
    values: &'v Values<'t>,
}

impl Evidence<'_, '_> {
    /// A call that reads: its name and its default, else what becomes of it.
    fn called(&self, call: NodeId, form: Form) -> Said {
        let values = self.values;
        let shape = values.shapes.calls[&call];
        let name = self.last_name(shape.function);
        let is_typed = matches!(name, "bool" | "int" | "float")
            && values.shapes.members.contains_key(&shape.function);
        if names_flag(name) || is_typed {
            return Said::Kind(ValueKind::Flag);
        }
        for (at, (argument, keyword)) in values.arguments(shape.arguments).enumerate() {
            match keyword {
                Some("cast") if matches!(values.text(argument), "bool" | "int" | "float") => {
                    return Said::Kind(ValueKind::Flag);
                }
                Some("default") => {}
                None if at > 0 => {}
                _ => continue,
            }
            match self.default(argument) {
                Some(ValueKind::Flag) => return Said::Kind(ValueKind::Flag),
                // Beside a helper's name a path may be where the value is looked for.
                Some(kind) if form != Form::Helper => return Said::Kind(kind),
                _ => {}
            }
        }
        self.used(call, MAX_NAMES)
    }

    fn last_name(&self, function: NodeId) -> &str {
        let function = self.values.bare(function);
        let last = self.values.text(function).rsplit(['.', ':']).next();
        last.unwrap_or_default()
    }

    fn default(&self, node: NodeId) -> Option<ValueKind> {
        let node = self.values.bare(node);
        match self.values.string(node) {
            Some(text) => of_text(&text),
            // `false` often says no more than that there is none.
            None if self.is_number(node) => Some(ValueKind::Flag),
            None => None,
        }
    }

    fn is_number(&self, node: NodeId) -> bool {
        matches!(
            self.values.tree.kind_name(node),
            "number" | "integer" | "float" | "integer_literal" | "float_literal"
        )
    }

    /// What becomes of the value of an expression.
    fn used(&self, node: NodeId, hops: usize) -> Said {
        let mut at = node;
        for _ in 0..MAX_AROUND {
            self.values.tree.spend(1);
            match self.step(at, hops) {
                Ok(next) => at = next,
                Err(said) => return said,
            }
        }
        Said::Unclear
    }

    /// The expression around that has the same value, or what is said.
    fn step(&self, at: NodeId, hops: usize) -> Result<NodeId, Said> {
        let values = self.values;
        for &(_, how) in values.shapes.uses(at) {
            match how {
                Use::Same(outer) => return Ok(outer),
                Use::Either(outer) => {
                    let others = values.shapes.eithers.get(&outer);
                    let mut others = others.into_iter().flatten().filter(|&&other| other != at);
                    let said = others.find_map(|&other| self.default(other));
                    return said.map_or(Ok(outer), |kind| Err(Said::Kind(kind)));
                }
                Use::Member(member) => return self.method(member, hops),
                Use::Bound(number) => return Err(self.bound(at, number, hops)),
                Use::Entry(entry) => {
                    let key = unquote(values.text(values.shapes.entries[&entry].0));
                    return Err(named(key));
                }
                Use::Default(parameter) => {
                    let target = values.shapes.parameters[&parameter].target;
                    return Err(target.map_or(Said::Unclear, |target| named(values.text(target))));
                }
                Use::Result(function) => return self.out_of(function),
                Use::Returned => {
                    return values
                        .function_around(at)
                        .map_or(Err(Said::Unclear), |f| self.out_of(f));
                }
                _ => {}
            }
        }
        let Some(parent) = values.tree.parent(at) else {
            return Err(Said::Unclear);
        };
        if let Some(&call) = values.shapes.arguments.get(&parent) {
            return self.argument(call, at, hops);
        }
        Err(self.tested(parent, at))
    }

    /// A closure gives its value to the call it is handed to; a function's name may say what it gives.
    fn out_of(&self, function: NodeId) -> Result<NodeId, Said> {
        let values = self.values;
        let list = values.tree.parent(function);
        if let Some(&call) = list.and_then(|list| values.shapes.arguments.get(&list)) {
            return Ok(call);
        }
        let name = values.function_name(function).unwrap_or_default();
        Err(named(name))
    }

    /// The value gets a name, and what is done under that name is done with it.
    fn bound(&self, value: NodeId, number: usize, hops: usize) -> Said {
        let values = self.values;
        let bind = values.shapes.binds[number];
        let target = match values.shapes.members.get(&bind.target) {
            Some(&(_, name)) => name,
            None => bind.target,
        };
        if let Said::Kind(kind) = named(values.text(target)) {
            return Said::Kind(kind);
        }
        let kind = values
            .tree
            .parent(bind.target)
            .and_then(|around| values.tree.child(around, "type"));
        if let Some(kind) = kind
            && values.family() == Family::Rust
            && let kind = declared::of_type(values.text(kind))
            && kind != ValueKind::Any
        {
            return Said::Kind(kind);
        }
        let Some(hops) = hops.checked_sub(1) else {
            return Said::Unclear;
        };
        let bindings: Vec<_> = values.names.given(Giver::Value(value)).collect();
        match bindings.as_slice() {
            [binding] => self.binding(binding, hops),
            _ => Said::Unclear,
        }
    }

    /// What all uses of a name say together.
    fn binding(&self, binding: &Binding<'_>, hops: usize) -> Said {
        if let Said::Kind(kind) = named(binding.name) {
            return Said::Kind(kind);
        }
        let uses = self.values.names.references(binding);
        if uses.len() > MAX_USES {
            return Said::Unclear;
        }
        let mut said = Said::Presence;
        for node in uses {
            match (said, self.used(node, hops)) {
                (_, Said::Presence) => {}
                (Said::Presence, Said::Kind(kind)) => said = Said::Kind(kind),
                (Said::Kind(a), Said::Kind(b)) if a == b => {}
                _ => return Said::Unclear,
            }
        }
        said
    }

    /// A method of the value is called, or a part of it taken.
    fn method(&self, member: NodeId, hops: usize) -> Result<NodeId, Said> {
        let values = self.values;
        let name = values.text(values.shapes.members[&member].1);
        let mut callee = member;
        let call = loop {
            match values
                .shapes
                .uses(callee)
                .iter()
                .find_map(|&(_, how)| match how {
                    Use::Callee(call) => Some((call, true)),
                    Use::Same(outer) => Some((outer, false)),
                    _ => None,
                }) {
                Some((call, true)) => break call,
                Some((outer, false)) => callee = outer,
                None => return Err(Said::Unclear),
            }
        };
        let arguments = || values.arguments(values.shapes.calls[&call].arguments);
        let first = arguments().next().map(|(node, _)| node);
        match name {
            "parse" => {
                let of = values
                    .text(callee)
                    .rsplit_once("::<")
                    .map(|(_, of)| of.trim_end_matches('>'));
                match of.map(declared::of_type) {
                    Some(ValueKind::Any) => Err(Said::Unclear),
                    Some(kind) => Err(Said::Kind(kind)),
                    None => Ok(call),
                }
            }
            "eq_ignore_ascii_case" | "eq" => {
                Err(first.map_or(Said::Unclear, |other| self.against(other)))
            }
            "is_ok" | "is_some" | "is_err" | "is_none" | "is_empty" => Err(Said::Presence),
            _ if is_in(LOOKING, name) => {
                let Some((last, _)) = arguments().last() else {
                    return Err(Said::Unclear);
                };
                if self.opens(last) {
                    return Err(Said::Kind(ValueKind::Path));
                }
                let parameters = values.names.given(Giver::Function(last));
                let parameters: Vec<_> = parameters
                    .filter(|binding| matches!(&binding.origin, Origin::Parameter(_, 0, _)))
                    .collect();
                match (parameters.as_slice(), hops.checked_sub(1)) {
                    ([binding], Some(hops)) => Err(self.binding(binding, hops)),
                    _ => Ok(call),
                }
            }
            _ if is_in(CLEANING, name) => {
                let default = first
                    .filter(|_| name == "unwrap_or")
                    .and_then(|node| self.default(node));
                default.map_or(Ok(call), |kind| Err(Said::Kind(kind)))
            }
            _ => Err(Said::Unclear),
        }
    }

    fn opens(&self, function: NodeId) -> bool {
        let values = self.values;
        let path = values.path(function).unwrap_or_default();
        let path = path.trim_start_matches('%');
        let is_node = values.family() == Family::Ecma
            && matches!(path, "path.resolve" | "path.join" | "path.isAbsolute");
        let is_python = values.family() == Family::Python && matches!(path, "open" | "Path");
        is_node
            || is_python
            || path.starts_with("os.path.")
            || OPENERS.split_ascii_whitespace().any(|end| {
                path.strip_suffix(end)
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            })
    }

    /// The value is given to a function.
    fn argument(&self, call: NodeId, node: NodeId, hops: usize) -> Result<NodeId, Said> {
        let values = self.values;
        let Call {
            function,
            arguments,
        } = values.shapes.calls[&call];
        let name = self.last_name(function);
        if self.opens(function) {
            return Err(Said::Kind(ValueKind::Path));
        }
        if is_in(NUMBERS, name) || names_flag(name) {
            return Err(Said::Kind(ValueKind::Flag));
        }
        match name {
            "bool" | "Boolean" => return Err(Said::Presence),
            "str" | "String" | "Some" | "Ok" => return Ok(call),
            "includes" | "contains" | "has" => {
                let object = values.shapes.members.get(&values.bare(function));
                return Err(object.map_or(Said::Unclear, |&(object, _)| self.against(object)));
            }
            _ => {}
        }
        let place = values
            .arguments(arguments)
            .position(|(given, _)| given == node);
        if let (Some(place), [called], Some(hops)) = (
            place,
            values.callees(function).as_slice(),
            hops.checked_sub(1),
        ) && values.is_name(function)
        {
            let parameters = values.names.given(Giver::Function(*called));
            let parameters: Vec<_> = parameters
                .filter(|binding| matches!(&binding.origin, Origin::Parameter(_, at, path) if *at == place && path.is_empty()))
                .collect();
            if let [binding] = parameters.as_slice() {
                return Err(self.binding(binding, hops));
            }
        }
        Err(Said::Unclear)
    }

    /// The value is looked at where it stands.
    fn tested(&self, parent: NodeId, at: NodeId) -> Said {
        let values = self.values;
        let operator = || {
            let operator = values.tree.child(parent, "operator");
            operator.map_or("", |operator| values.text(operator))
        };
        match values.tree.kind_name(parent) {
            "comparison_operator" => self.compared(parent, at),
            "binary_expression" if matches!(operator(), "==" | "===" | "!=" | "!==") => {
                self.compared(parent, at)
            }
            "binary_expression" | "boolean_operator" if matches!(operator(), "&&" | "and") => {
                Said::Presence
            }
            "unary_expression" if values.text(parent).starts_with('!') => Said::Presence,
            "if_statement"
            | "elif_clause"
            | "while_statement"
            | "not_operator"
            | "conditional_expression"
            | "ternary_expression" => Said::Presence,
            // It is only written to.
            "assignment" | "assignment_expression"
                if values.tree.child(parent, "left") == Some(at) =>
            {
                Said::Presence
            }
            _ => Said::Unclear,
        }
    }

    fn compared(&self, comparison: NodeId, at: NodeId) -> Said {
        let mut others = self
            .values
            .tree
            .named_children(comparison)
            .filter(|&child| child != at);
        match (others.next(), others.next()) {
            (Some(other), None) => self.against(other),
            _ => Said::Unclear,
        }
    }

    /// What a comparison with an expression says: flags, or nothing at all.
    fn against(&self, other: NodeId) -> Said {
        let values = self.values;
        let other = values.literal(other);
        if matches!(
            values.text(other),
            "null" | "undefined" | "None" | "\"\"" | "''"
        ) {
            return Said::Presence;
        }
        if let Some(text) = values.string(other) {
            return if is_in(FLAGS, &text.to_ascii_lowercase()) {
                Said::Kind(ValueKind::Flag)
            } else {
                Said::Unclear
            };
        }
        let mut found = false;
        for node in values.tree.descendants(other).take(MAX_USES * 4) {
            if !values.shapes.strings.contains(&node) {
                continue;
            }
            let text = values.string(node).unwrap_or_else(|| "?".to_owned());
            found |= !text.is_empty();
            if !text.is_empty() && !is_in(FLAGS, &text.to_ascii_lowercase()) {
                return Said::Unclear;
            }
        }
        if found {
            Said::Kind(ValueKind::Flag)
        } else {
            Said::Unclear
        }
    }
}
