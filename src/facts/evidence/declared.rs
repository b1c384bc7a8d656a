//! What the declaration of a setting says of its value: the type of a field, the type of an option, the calls of a
//! schema. Not here: how a value is used.

use super::super::ValueKind;
use super::super::values::Values;
use super::told::of_text;
use crate::language::Family;
use crate::syntax::NodeId;

/// What stands around the name of a setting, an option or an entry of a schema says of its value.
pub(super) fn kind(values: &Values<'_>, node: NodeId) -> ValueKind {
    let shapes = &values.shapes;
    if let Some(said) = options(values, node) {
        return said;
    }
    for around in values.tree.ancestors(node).take(12) {
        if let Some(&(key, value)) = shapes.entries.get(&around)
            && key == node
        {
            return schema(values, value);
        }
        let kind = if let Some(field) = shapes.fields.get(&around) {
            field.kind
        } else if let Some(parameter) = shapes.parameters.get(&around) {
            parameter.kind
        } else if values.tree.kind_name(around) == "attribute_item" {
            field_after(values, around)
        } else {
            continue;
        };
        return kind.map_or(ValueKind::Any, |kind| of_type(values.text(kind)));
    }
    ValueKind::Any
}

/// The type of the field that an attribute stands before.
fn field_after(values: &Values<'_>, attribute: NodeId) -> Option<NodeId> {
    let around = values.tree.parent(attribute)?;
    let mut after = values
        .tree
        .named_children(around)
        .skip_while(|&node| node <= attribute);
    let field = after.find_map(|node| values.shapes.fields.get(&node))?;
    field.kind
}

/// `click.option(envvar="X", type=int)`, `is_flag=True`.
fn options(values: &Values<'_>, node: NodeId) -> Option<ValueKind> {
    let mut around = values.tree.ancestors(node).take(4);
    let call =
        around.find_map(|list| values.shapes.calls.get(values.shapes.arguments.get(&list)?))?;
    let given = values
        .arguments(call.arguments)
        .find_map(|(value, keyword)| {
            let text = values.text(value);
            match keyword? {
                "is_flag" if text == "True" => Some(ValueKind::Flag),
                "type" if text.contains(".Path(") || text.contains(".File(") => {
                    Some(ValueKind::Path)
                }
                "type" => Some(of_type(text)),
                _ => None,
            }
        });
    given.filter(|&kind| kind != ValueKind::Any)
}

/// The calls that an entry of a schema is made by: `z.coerce.boolean()`, `z.string().default("true")`.
fn schema(values: &Values<'_>, value: NodeId) -> ValueKind {
    if values.family() != Family::Ecma {
        return ValueKind::Any;
    }
    let mut at = values.bare(value);
    for _ in 0..12 {
        let Some(call) = values.shapes.calls.get(&at) else {
            break;
        };
        let function = values.bare(call.function);
        let Some(&(object, name)) = values.shapes.members.get(&function) else {
            let is_flag = matches!(values.text(function), "bool" | "num" | "port");
            return if is_flag {
                ValueKind::Flag
            } else {
                ValueKind::Any
            };
        };
        match values.text(name) {
            "boolean" | "number" | "stringbool" | "int" | "bigint" => return ValueKind::Flag,
            "default" => {
                let given = values.arguments(call.arguments).next();
                let text = given.and_then(|(node, _)| values.string(node));
                if let Some(kind) = text.and_then(|text| of_text(&text)) {
                    return kind;
                }
            }
            _ => {}
        }
        at = values.bare(object);
    }
    ValueKind::Any
}

/// What a type says, without what only wraps it: `Option<bool>`, `Optional[Path]`, `int | None`.
pub(super) fn of_type(written: &str) -> ValueKind {
    const WRAPS: &[&str] = &[
        "Annotated",
        "None",
        "Option",
        "Optional",
        "Union",
        "datetime",
        "pathlib",
        "path",
        "std",
        "typing",
    ];
    const FLAGS: &[&str] = &[
        "Duration",
        "NonNegativeInt",
        "PositiveFloat",
        "PositiveInt",
        "StrictBool",
        "StrictInt",
        "bool",
        "f32",
        "f64",
        "float",
        "i16",
        "i32",
        "i64",
        "i8",
        "int",
        "isize",
        "timedelta",
        "u128",
        "u16",
        "u32",
        "u64",
        "u8",
        "usize",
    ];
    const PATHS: &[&str] = &["DirectoryPath", "FilePath", "Path", "PathBuf"];
    // Of `Annotated[bool, …]` only the first part is the type.
    let written = match written.split_once("Annotated[") {
        Some((_, inner)) => inner.split(',').next().unwrap_or_default(),
        None => written,
    };
    let mut kind = ValueKind::Any;
    for word in written.split(|c: char| !c.is_alphanumeric() && c != '_') {
        let says = if word.is_empty() || WRAPS.contains(&word) {
            continue;
        } else if FLAGS.contains(&word) {
            ValueKind::Flag
        } else if PATHS.contains(&word) {
            ValueKind::Path
        } else {
            return ValueKind::Any;
        };
        kind = says;
    }
    // Bytes are a value of any kind.
    if written.contains("u8") {
        ValueKind::Any
    } else {
        kind
    }
}
