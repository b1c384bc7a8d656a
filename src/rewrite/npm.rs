//! What the accessor needs from npm: packages added to `package.json`, in the style of the file.
//!
//! Used by the planning.

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::{CollectOptions, ParseOptions, common::Ranged, parse_to_ast};

use super::head::line_ending;
use crate::edit::Edit;
use crate::text::TextRange;

/// Where packages stand that are there when the program runs.
const INSTALLED: [&str; 2] = ["dependencies", "optionalDependencies"];

/// The names of packages that are there when the program runs.
pub(super) fn names(text: &[u8]) -> Vec<String> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let value: serde_json::Value = serde_json::from_slice(text).unwrap_or_default();
    let tables = INSTALLED
        .iter()
        .filter_map(|table| value.get(table)?.as_object());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// The lowest major version of Node that a package says it runs on.
pub(super) fn node(text: &[u8]) -> Option<u32> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let value: serde_json::Value = serde_json::from_slice(text).ok()?;
    let range = value["engines"]["node"].as_str()?;
    let majors = range.split("||").map(|part| {
        let digits = part
            .trim()
            .trim_start_matches(['>', '=', '^', '~', 'v', ' ']);
        let end = digits.find(|c: char| !c.is_ascii_digit());
        digits[..end.unwrap_or(digits.len())].parse().ok()
    });
    let majors: Option<Vec<u32>> = majors.collect();
    majors?.into_iter().min()
}

/// The edits that add what is missing, each a name and a range of versions; nothing for a file that is no manifest.
pub(super) fn add(text: &[u8], wanted: &[(&str, &str)]) -> Option<Vec<Edit>> {
    let known = names(text);
    let missing = wanted
        .iter()
        .filter(|(name, _)| !known.iter().any(|known| known == name));
    let mut missing: Vec<(&str, &str)> = missing.copied().collect();
    missing.sort_unstable();
    let bom = if text.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let source = std::str::from_utf8(&text[bom..]).ok()?;
    let parsed = parse_to_ast(source, &CollectOptions::default(), &ParseOptions::default());
    let Value::Object(root) = parsed.ok()?.value? else {
        return None;
    };
    if missing.is_empty() {
        return Some(Vec::new());
    }
    let style = Style::of(source, &root);
    let entries = missing
        .iter()
        .map(|(name, range)| (*name, format!("\"{name}\": \"{range}\"")));
    let entries: Vec<(&str, String)> = entries.collect();
    let edits = if let Some(table) = root.get_object("dependencies") {
        let end = table.range().end;
        insert(&table.properties, end, &entries, &style.inner)
    } else {
        let all: Vec<String> = entries.into_iter().map(|(_, entry)| entry).collect();
        let (inner, outer) = (&style.inner, &style.outer);
        let all = all.join(&format!(",{inner}"));
        let table = format!("\"dependencies\": {{{inner}{all}{outer}}}");
        let is_next = |property: &&ObjectProp<'_>| property.name.as_str() == "devDependencies";
        match root.properties.iter().find(is_next) {
            Some(next) => vec![(next.range().start, format!("{table},{outer}"))],
            None => at_end(&root.properties, root.range().end, &table, outer),
        }
    };
    let edit = |(at, text): (usize, String)| Edit {
        range: TextRange::new(at + bom, at + bom),
        text,
    };
    Some(edits.into_iter().map(edit).collect())
}

/// How a file breaks its lines.
struct Style {
    /// Between the entries of the file's object.
    outer: String,
    /// Between the entries of an object in it.
    inner: String,
}

impl Style {
    fn of(source: &str, root: &Object<'_>) -> Self {
        let ending = line_ending(source.as_bytes());
        let first = root
            .properties
            .first()
            .map(|property| property.range().start);
        let before = first.map_or("", |first| &source[..first]);
        let indent = match before.rfind('\n') {
            Some(at) => &before[at + 1..],
            None => "  ",
        };
        let indent = if indent.trim().is_empty() {
            indent
        } else {
            "  "
        };
        Self {
            outer: format!("{ending}{indent}"),
            inner: format!("{ending}{indent}{indent}"),
        }
    }
}

/// Entries put in order into an object, or at its end where it has no order.
fn insert(
    there: &[ObjectProp<'_>],
    end: usize,
    entries: &[(&str, String)],
    gap: &str,
) -> Vec<(usize, String)> {
    let name = |property: &ObjectProp<'_>| property.name.as_str().to_owned();
    let Some(last) = there.last() else {
        let all: Vec<&str> = entries.iter().map(|(_, entry)| entry.as_str()).collect();
        return at_end(there, end, &all.join(&format!(",{gap}")), gap);
    };
    let is_sorted = there.is_sorted_by_key(name);
    let mut edits: Vec<(usize, String)> = Vec::new();
    for (own, entry) in entries {
        let next = there
            .iter()
            .find(|known| is_sorted && name(known).as_str() > *own);
        let (at, text) = match next {
            Some(next) => (next.range().start, format!("{entry},{gap}")),
            None => (last.range().end, format!(",{gap}{entry}")),
        };
        match edits.iter_mut().find(|(known, _)| *known == at) {
            Some((_, known)) => known.push_str(&text),
            None => edits.push((at, text)),
        }
    }
    edits
}

/// Entries at the end of an object.
fn at_end(there: &[ObjectProp<'_>], end: usize, all: &str, gap: &str) -> Vec<(usize, String)> {
    if let Some(last) = there.last() {
        return vec![(last.range().end, format!(",{gap}{all}"))];
    }
    // The bracket stands on a line of its own, less deep.
    let outer = gap.trim_end_matches([' ', '\t']);
    let deep = gap.strip_prefix(outer).unwrap_or_default();
    let less = &deep[..deep.len() / 2];
    vec![(end.saturating_sub(1), format!("{gap}{all}{outer}{less}"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply;

    const WANTED: &[(&str, &str)] = &[("b-sdk", "^3.1"), ("d-sdk", "^1")];

    fn added(text: &str) -> String {
        let edits = add(text.as_bytes(), WANTED).unwrap();
        String::from_utf8(apply(text.as_bytes(), &edits)).unwrap()
    }

    #[test]
    fn packages_stand_in_order_and_in_style() {
        for (before, after) in [
            (
                "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"c\": \"1\"\n  }\n}\n",
                "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"a\": \"1\",\n    \"b-sdk\": \"^3.1\",\n    \"c\": \"1\",\n    \"d-sdk\": \"^1\"\n  }\n}\n",
            ),
            (
                "{\r\n\t\"dependencies\": {\r\n\t\t\"z\": \"1\",\r\n\t\t\"a\": \"1\"\r\n\t}\r\n}",
                "{\r\n\t\"dependencies\": {\r\n\t\t\"z\": \"1\",\r\n\t\t\"a\": \"1\",\r\n\t\t\"b-sdk\": \"^3.1\",\r\n\t\t\"d-sdk\": \"^1\"\r\n\t}\r\n}",
            ),
            (
                "{\n  \"name\": \"x\",\n  \"devDependencies\": {}\n}\n",
                "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"b-sdk\": \"^3.1\",\n    \"d-sdk\": \"^1\"\n  },\n  \"devDependencies\": {}\n}\n",
            ),
            (
                "{\n  \"name\": \"x\"\n}\n",
                "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"b-sdk\": \"^3.1\",\n    \"d-sdk\": \"^1\"\n  }\n}\n",
            ),
            (
                "{\n  \"dependencies\": {}\n}\n",
                "{\n  \"dependencies\": {\n    \"b-sdk\": \"^3.1\",\n    \"d-sdk\": \"^1\"\n  }\n}\n",
            ),
            (
                "\u{feff}{\"dependencies\":{\"b-sdk\":\"2\"},\"optionalDependencies\":{\"d-sdk\":\"1\"}}",
                "\u{feff}{\"dependencies\":{\"b-sdk\":\"2\"},\"optionalDependencies\":{\"d-sdk\":\"1\"}}",
            ),
        ] {
            assert_eq!(added(before), after);
            assert_eq!(added(after), after);
        }
        assert!(add(b"[]", WANTED).is_none() && add(b"{", WANTED).is_none());
    }

    #[test]
    fn the_lowest_node_is_found() {
        for (range, expected) in [
            (">=18", Some(18)),
            ("^20.19.0 || >=22.12.0", Some(20)),
            ("22.x", Some(22)),
            ("*", None),
        ] {
            let text = format!("{{\"engines\": {{\"node\": \"{range}\"}}}}");
            assert_eq!(node(text.as_bytes()), expected, "{range}");
        }
    }
}
