//! Functions that start processes and are kept under another name: in a field, in an entry of an object, as the default
//! of a parameter.

use rustc_hash::FxHashMap;

use crate::facts::catalog::Child;
use crate::facts::flow::Flow;
use crate::facts::names::Origin;
use crate::facts::pattern::Step;
use crate::facts::values::Values;
use crate::syntax::NodeId;

/// How many expressions one function is followed to, all ways together.
const MAX_LOOKS: usize = 32;
/// How many of the values of one name are looked at.
const MAX_ORIGINS: usize = 4;

/// What names are set to in the bodies of classes.
pub(in crate::facts) type ClassValues<'t> = FxHashMap<(NodeId, &'t str), NodeId>;

/// What a function starts that is kept somewhere.
pub(super) fn child(flow: &Flow<'_, '_>, function: NodeId) -> Option<&'static Child> {
    let mut looks = MAX_LOOKS;
    let left = &mut looks;
    let mut kept = meant(flow, function, left).into_iter();
    kept.find_map(|node| within(flow, node, left))
}

fn within(flow: &Flow<'_, '_>, node: NodeId, left: &mut usize) -> Option<&'static Child> {
    let values = flow.values;
    let node = unwrapped(values, node);
    // What a call gives is no function by itself.
    if values.shapes.calls.contains_key(&node) {
        return None;
    }
    let own = values.path(node).and_then(|path| flow.catalog.child(&path));
    own.or_else(|| {
        let others = meant(flow, node, left).into_iter();
        others
            .filter(|&other| other != node)
            .find_map(|other| within(flow, other, left))
    })
}

/// The function inside `promisify(…)` and `staticmethod(…)`.
fn unwrapped(values: &Values<'_>, node: NodeId) -> NodeId {
    let node = values.bare(node);
    let Some(call) = values.shapes.calls.get(&node) else {
        return node;
    };
    let name = values.text(call.function).rsplit('.').next();
    let inner = values.arguments(call.arguments).next();
    match (name, inner) {
        (Some("promisify" | "staticmethod"), Some((inner, _))) => values.bare(inner),
        _ => node,
    }
}

/// What an expression was set to, one step back.
fn meant(flow: &Flow<'_, '_>, node: NodeId, left: &mut usize) -> Vec<NodeId> {
    let values = flow.values;
    let Some(fewer) = left.checked_sub(1) else {
        return Vec::new();
    };
    *left = fewer;
    values.tree.spend(4);
    let node = values.bare(node);
    let mut found = Vec::new();
    let own = values.names.own_field(&values.shapes, node).is_some();
    if own || values.is_name(node) {
        for binding in values.names.resolve(node).take(MAX_ORIGINS) {
            found.extend(origin(values, &binding.origin));
        }
    }
    if let Some(&(object, name)) = values.shapes.members.get(&node) {
        let name = values.text(name);
        let class = if own {
            around(values, node)
        } else {
            named_class(values, object)
        };
        let set = flow.class_values.get_or_init(|| class_values(values));
        found.extend(class.and_then(|class| set.get(&(class, name))).copied());
        if !own {
            found.extend(entry(flow, object, name, left));
        }
    }
    found
}

/// The entry of what an expression was set to, however many steps back.
fn entry(flow: &Flow<'_, '_>, object: NodeId, name: &str, left: &mut usize) -> Option<NodeId> {
    let values = flow.values;
    let here = values.entry(values.literal(object), name);
    here.or_else(|| {
        let others = meant(flow, object, left).into_iter();
        others
            .filter(|&other| other != object)
            .find_map(|other| entry(flow, other, name, left))
    })
}

fn origin(values: &Values<'_>, origin: &Origin) -> Option<NodeId> {
    let (value, path) = match origin {
        Origin::Value(value, path) => (*value, path),
        Origin::Parameter(function, place, path) => {
            let parameter = values.parameter_at(*function, *place)?;
            (values.shapes.parameters.get(&parameter)?.default?, path)
        }
        _ => return None,
    };
    match path.as_slice() {
        [] => Some(value),
        [Step::Key(key)] => values.entry(values.literal(value), key),
        _ => None,
    }
}

fn named_class(values: &Values<'_>, object: NodeId) -> Option<NodeId> {
    let object = values.bare(object);
    let mut bindings = values
        .names
        .resolve(object)
        .filter(|_| values.is_name(object));
    bindings.find_map(|binding| match binding.origin {
        Origin::Class(class) => Some(class),
        _ => None,
    })
}

/// What names are set to in the bodies of classes, the first time.
fn class_values<'t>(values: &Values<'t>) -> ClassValues<'t> {
    let mut found = ClassValues::default();
    for bind in &values.shapes.binds {
        values.tree.spend(1);
        if let (Some(value), Some(class)) = (bind.value, body_around(values, bind.target)) {
            let key = (class, values.text(bind.target));
            found.entry(key).or_insert(value);
        }
    }
    found
}

/// The class in whose body, and in none of its functions, a node stands.
fn body_around(values: &Values<'_>, node: NodeId) -> Option<NodeId> {
    let shapes = &values.shapes;
    let mut ancestors = values.tree.ancestors(node);
    let around = ancestors.find(|ancestor| {
        values.tree.spend(1);
        shapes.classes.contains_key(ancestor) || shapes.functions.contains_key(ancestor)
    });
    around.filter(|around| shapes.classes.contains_key(around))
}

/// The class around a node.
fn around(values: &Values<'_>, node: NodeId) -> Option<NodeId> {
    let mut ancestors = values.tree.ancestors(node);
    ancestors.find(|ancestor| values.shapes.classes.contains_key(ancestor))
}
