//! Functions that read the variable they are given the name of, and the calls that give the name.
//!
//! A read whose name has a parameter in it says nothing by itself; each call of its function completes it, and a helper
//! may call another.

use super::catalog::fits;
use super::flow::{Flow, RawRead};
use super::known::{Helper, Known, imported};
use super::values::{Part, Template, Values};
use crate::model::Form;
use crate::settings::Settings;
use crate::syntax::NodeId;

/// How often helpers of helpers are looked for.
const MAX_ROUNDS: usize = 6;

/// Functions that read the variable they are given the name of; their calls become reads.
pub(super) fn helpers(
    flow: &mut Flow<'_, '_>,
    settings: &Settings,
    known: &Known,
) -> Vec<(NodeId, Helper)> {
    let values = flow.values;
    let mut helpers = Vec::new();
    let mut seen: Vec<(NodeId, Vec<Part>)> = Vec::new();
    let mut from = 0;
    for round in 0..MAX_ROUNDS {
        let new: Vec<RawRead> = flow.reads[from..].to_vec();
        from = flow.reads.len();
        for read in new {
            let Some(function) = read.template.function else {
                continue;
            };
            let Some(place) = read.template.parts.iter().find_map(Part::parameter) else {
                continue;
            };
            values.tree.spend(seen.len());
            let made = (function, read.template.parts.clone());
            if seen.contains(&made) {
                continue;
            }
            seen.push(made);
            let shift = usize::from(flow.takes_self(function));
            let keyword = values.parameter_name(function, place).unwrap_or_default();
            by_default(flow, function, place, &read);
            if let Some(given) = values
                .visited(function)
                .and_then(|over| values.names_in(over))
            {
                substitute(
                    flow,
                    read.node,
                    place,
                    &read.template.parts,
                    &given,
                    (read.form, read.root),
                );
            }
            let rest = values
                .parameter_at(function, place)
                .is_some_and(|parameter| values.takes_others(parameter, "list_splat_pattern"));
            let name = values.function_name(function).unwrap_or_default();
            let helper = Helper {
                name: name.to_owned(),
                place: place.saturating_sub(shift),
                keyword: keyword.to_owned(),
                rest,
                parts: read.template.parts.clone(),
            };
            helpers.push((function, helper));
            for call in flow.callers(function).to_vec() {
                let at = place.saturating_sub(if flow.is_method_call(call) { shift } else { 0 });
                let parts = &read.template.parts;
                call_helper(flow, call, (at, keyword, rest), place, parts, read.root);
            }
            for list in values.lists_given_to(function) {
                let parts = &read.template.parts;
                if let Some(given) = values.names_in(list).filter(|_| place == shift) {
                    substitute(flow, list, place, parts, &given, (Form::Helper, read.root));
                }
            }
        }
        if round == 0 {
            call_known_helpers(flow, settings, known);
        }
        if flow.reads.len() == from {
            break;
        }
    }
    helpers
}

fn call_known_helpers(flow: &mut Flow<'_, '_>, settings: &Settings, known: &Known) {
    let values = flow.values;
    if known.helpers.is_empty() && settings.helpers.is_empty() {
        return;
    }
    for &call in &values.shapes.call_list {
        let function = values.shapes.calls[&call].function;
        if let Some(foreign) = imported(values, function) {
            for helper in known.helpers.get(&foreign).into_iter().flatten() {
                call_helper(
                    flow,
                    call,
                    (helper.place, &helper.keyword, helper.rest),
                    helper.mentioned(),
                    &helper.parts,
                    None,
                );
            }
        }
        let path = values.path(function).unwrap_or_default();
        if settings.helpers.iter().any(|helper| fits(helper, &path)) {
            call_helper(flow, call, (0, "", false), 0, &[Part::Parameter(0)], None);
        }
    }
}

impl Helper {
    /// The parameter that its parts mention.
    fn mentioned(&self) -> usize {
        self.parts
            .iter()
            .find_map(Part::parameter)
            .unwrap_or(self.place)
    }
}

/// A function reads the variable that its parameter names when nothing else is given.
fn by_default(flow: &mut Flow<'_, '_>, function: NodeId, place: usize, read: &RawRead) {
    let values = flow.values;
    let default = values
        .parameter_at(function, place)
        .and_then(|parameter| values.shapes.parameters[&parameter].default);
    let Some(given) = default.and_then(|default| values.template(default)) else {
        return;
    };
    substitute(
        flow,
        read.node,
        place,
        &read.template.parts,
        &given,
        (read.form, read.root),
    );
}

/// A call gives a name to a helper, or several: the variables are read here.
fn call_helper(
    flow: &mut Flow<'_, '_>,
    call: NodeId,
    (at, keyword, rest): (usize, &str, bool),
    place: usize,
    parts: &[Part],
    root: Option<NodeId>,
) {
    let values = flow.values;
    let arguments = values.shapes.calls[&call].arguments;
    let given: Vec<NodeId> = if rest {
        let all = values.arguments(arguments);
        let positional = all.filter(|(_, keyword)| keyword.is_none());
        positional.skip(at).map(|(node, _)| node).collect()
    } else {
        let one = values.argument_at(arguments, at, keyword);
        one.into_iter().collect()
    };
    let parts = with_others(values, arguments, parts, at, place);
    for argument in given {
        let entry = parts.iter().find_map(|part| match part {
            Part::Entry(of, key) if *of == place => Some(key),
            _ => None,
        });
        let names = match entry {
            Some(key) => values
                .entry(values.literal(argument), key)
                .and_then(|value| values.template(value)),
            None => values
                .template(argument)
                .or_else(|| values.names_in(argument)),
        };
        if let Some(names) = names {
            substitute(flow, argument, place, &parts, &names, (Form::Helper, root));
        }
    }
}

/// The parts with what a call gives for parameters beside the one at a place.
fn with_others(
    values: &Values<'_>,
    arguments: NodeId,
    parts: &[Part],
    at: usize,
    place: usize,
) -> Vec<Part> {
    let given = |part: &Part| {
        let mentioned = part.parameter().filter(|&of| of != place)?;
        let node = values.argument_at(arguments, (mentioned + at).checked_sub(place)?, "")?;
        let given = values.template(node)?;
        given
            .function
            .is_none()
            .then(|| part.given(mentioned, &given.parts))
    };
    parts
        .iter()
        .flat_map(|part| given(part).unwrap_or_else(|| vec![part.clone()]))
        .collect()
}

/// Notes a read whose name has what is given in the place of a parameter.
fn substitute(
    flow: &mut Flow<'_, '_>,
    node: NodeId,
    place: usize,
    parts: &[Part],
    given: &Template,
    (form, root): (Form, Option<NodeId>),
) {
    let template = Template {
        parts: parts
            .iter()
            .flat_map(|part| part.given(place, &given.parts))
            .collect(),
        function: given.function,
    };
    flow.values.tree.spend(flow.reads.len());
    let known = |read: &RawRead| read.node == node && read.template == template;
    if !flow.reads.iter().any(known) {
        flow.reads.push(RawRead {
            node,
            template,
            form,
            root,
        });
    }
}
