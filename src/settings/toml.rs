//! TOML text to nodes.
//!
//! Only the sections that are asked for are converted; the rest of a manifest is not looked at.

use toml_edit::{Document, Item, TableLike, Value as Toml};

use super::node::{Entry, Node, Value};
use super::{Name, SettingsError};
use crate::text::TextRange;

/// The sections at the given paths that are there, in that order.
pub(super) fn sections(text: &str, paths: &[&[&str]]) -> Result<Vec<Node>, SettingsError> {
    let document = Document::parse(text).map_err(|error| {
        SettingsError::new(
            format!("not valid TOML: {}", error.message()),
            // Where it starts and no more: a frame shows what an error points to, and what is no TOML may be a value.
            error
                .span()
                .map(|span| TextRange::new(span.start, span.start)),
        )
    })?;
    let found = paths.iter().filter_map(|path| {
        path.iter()
            .try_fold(document.as_item(), |item, key| {
                item.as_table_like()?.get(key)
            })
            .map(node)
    });
    Ok(found.collect())
}

fn range(span: std::ops::Range<usize>) -> TextRange {
    TextRange::new(span.start, span.end.max(span.start))
}

fn node(item: &Item) -> Node {
    let value = match item {
        Item::None => Value::Other("nothing"),
        Item::Value(value) => return of_value(value),
        Item::Table(table) => of_table(table),
        Item::ArrayOfTables(tables) => Value::List(
            tables
                .iter()
                .map(|table| Node {
                    value: of_table(table),
                    span: table.span().map(range),
                })
                .collect(),
        ),
    };
    Node {
        value,
        span: item.span().map(range),
    }
}

fn of_value(toml: &Toml) -> Node {
    let value = match toml {
        Toml::String(text) => Value::Text(text.value().clone()),
        Toml::Integer(integer) => Value::Integer(*integer.value()),
        Toml::Boolean(flag) => Value::Flag(*flag.value()),
        Toml::Float(_) => Value::Other("a number with a fraction"),
        Toml::Datetime(_) => Value::Other("a date"),
        Toml::Array(array) => Value::List(array.iter().map(of_value).collect()),
        Toml::InlineTable(table) => of_table(table),
    };
    Node {
        value,
        span: toml.span().map(range),
    }
}

fn of_table(table: &dyn TableLike) -> Value {
    let entry = |(key, item): (&str, &Item)| Entry {
        key: Name {
            text: key.to_owned(),
            span: table.key(key).and_then(toml_edit::Key::span).map(range),
        },
        node: node(item),
    };
    Value::Table(table.iter().map(entry).collect())
}
