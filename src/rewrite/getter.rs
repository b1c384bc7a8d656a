//! Properties and fields that keep a secret become getters, so that each look at them reads anew.
//!
//! What copies the object, or sets the property, sees the difference: only on request. Used by the planning.

use super::head::node_at;
use super::rotation::{self, Rotation};
use super::source::Source;
use crate::edit::Edit;
use crate::facts::Receiver;
use crate::language::Family;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// The parts of `name: value` in an object of a module, or of `name = value` in a class.
struct Kept {
    whole: TextRange,
    name: NodeId,
    value: NodeId,
    head: String,
    kind: String,
    rotation: Rotation,
}

/// What is known of a read that becomes a getter; nothing if it cannot.
pub(super) fn rotation(source: &Source, receiver: &Receiver) -> Option<Rotation> {
    kept(source, receiver).map(|kept| kept.rotation)
}

/// The edit that makes a getter of the property or field which keeps a read.
pub(super) fn edit(source: &Source, receiver: &Receiver, asked: &str) -> Option<Edit> {
    let kept = kept(source, receiver)?;
    let value = source.tree.range(kept.value);
    let text =
        |from: usize, to: usize| String::from_utf8_lossy(&source.text[from..to]).into_owned();
    let said = text(value.start, receiver.at.start) + asked + &text(receiver.at.end, value.end);
    let name = source.text(kept.name);
    let (head, kind) = (kept.head, kept.kind);
    Some(Edit {
        range: kept.whole,
        text: format!("{head}get {name}(){kind} {{ return {said}; }}"),
    })
}

fn kept(source: &Source, receiver: &Receiver) -> Option<Kept> {
    if source.language.family() != Family::Ecma || receiver.is_test {
        return None;
    }
    let tree = &source.tree;
    let node = node_at(tree, receiver.read)?;
    let mut inner = node;
    for parent in tree.ancestors(node).take(12) {
        let is_value = tree.child(parent, "value") == Some(inner);
        match tree.kind_name(parent) {
            "as_expression"
            | "binary_expression"
            | "call_expression"
            | "member_expression"
            | "non_null_expression"
            | "parenthesized_expression"
            | "satisfies_expression"
            | "template_string"
            | "template_substitution"
            | "ternary_expression" => inner = parent,
            "pair" if is_value => return property(source, parent, inner),
            "field_definition" | "public_field_definition" if is_value => {
                return field(source, parent, inner);
            }
            _ => return None,
        }
    }
    None
}

/// `const config = { token: process.env.TOKEN };`
fn property(source: &Source, pair: NodeId, value: NodeId) -> Option<Kept> {
    let tree = &source.tree;
    let name = tree.child(pair, "key")?;
    if tree.kind_name(name) == "computed_property_name" {
        return None;
    }
    let mut path = vec![source.text(name).trim_matches(['"', '\'']).to_owned()];
    let mut object = tree.parent(pair)?;
    let declarator = loop {
        let around = tree.parent(object)?;
        match tree.kind_name(around) {
            "pair" => {
                path.push(source.text(tree.child(around, "key")?).to_owned());
                object = tree.parent(around)?;
            }
            "as_expression" | "satisfies_expression" => object = around,
            "variable_declarator" => break around,
            _ => return None,
        }
    };
    let root = source.text(tree.child(declarator, "name")?).to_owned();
    let statement = tree.parent(declarator)?;
    let around = tree.parent(statement)?;
    let is_exported = tree.kind_name(around) == "export_statement";
    if !(is_exported || around == tree.root()) {
        return None;
    }
    path.push(root);
    path.reverse();
    let path = path.join(".");
    // Who takes it from another file may keep it.
    let rotation = if is_exported {
        Rotation::OnRestart
    } else {
        uses(source, &path)?
    };
    uses(source, &path)?;
    Some(Kept {
        whole: tree.range(pair),
        name,
        value,
        head: String::new(),
        kind: String::new(),
        rotation,
    })
}

/// `private token = process.env.TOKEN;`
fn field(source: &Source, field: NodeId, value: NodeId) -> Option<Kept> {
    let tree = &source.tree;
    let name = tree
        .child(field, "name")
        .or_else(|| tree.child(field, "property"))?;
    let start = tree.range(field).start;
    let head = String::from_utf8_lossy(&source.text[start..tree.range(name).start]).into_owned();
    if head.contains("declare") || head.contains('@') {
        return None;
    }
    let kind = tree
        .child(field, "type")
        .map_or("", |kind| source.text(kind))
        .to_owned();
    let end = tree.range(value).end;
    let end = if source.text.get(end).copied() == Some(b';') {
        end + 1
    } else {
        end
    };
    let own = format!("this.{}", source.text(name));
    let rotation = uses(source, &own)?;
    let is_private = head.contains("private") || source.text(name).starts_with('#');
    Some(Kept {
        whole: TextRange::new(start, end),
        name,
        value,
        head: head.replace("readonly ", ""),
        kind,
        rotation: if is_private {
            rotation
        } else {
            Rotation::OnRestart
        },
    })
}

/// What becomes of a value at the places where a path is written; nothing where it is set.
fn uses(source: &Source, path: &str) -> Option<Rotation> {
    let tree = &source.tree;
    let mut found = Rotation::Live;
    let members = tree
        .nodes()
        .filter(|&node| tree.kind_name(node) == "member_expression" && source.text(node) == path);
    for node in members {
        let parent = tree.parent(node)?;
        let is_set = tree.kind_name(parent).contains("assignment")
            && tree.child(parent, "left") == Some(node);
        if is_set || source.text(parent).starts_with("delete ") {
            return None;
        }
        if !rotation::is_test(source, node) {
            found = found.max(rotation::of(source, tree.range(node)));
        }
    }
    Some(found)
}
