//! What the accessor needs from Cargo: crates added to `Cargo.toml`, and features to crates that are there already.
//!
//! Used by the planning.

use toml_edit::{Document, Item};

use super::head::line_ending;
use crate::backend::Use;
use crate::edit::{Edit, apply};
use crate::text::TextRange;

/// The edits that add what is missing. Nothing for a file that is no manifest, and where a crate is there in a way that
/// the accessor would not compile with.
pub(super) fn add(text: &[u8], uses: &[Use]) -> Option<Vec<Edit>> {
    let text = std::str::from_utf8(text).ok()?;
    let document = Document::parse(text).ok()?;
    document.get("package")?;
    let known = document.get("dependencies");
    let ending = line_ending(text.as_bytes());
    let mut edits = Vec::new();
    let mut missing: Vec<(&str, String)> = Vec::new();
    for one in uses {
        match known.and_then(|table| table.get(one.name)) {
            None => missing.push((one.name, format!("{}{ending}", line(one)))),
            Some(item) if !is_usable(item, one) => return None,
            Some(item) => edits.extend(features(text, item, one)?),
        }
    }
    edits.extend(lines(text, missing, ending));
    // An inline table takes no header, and a file has more ways to say a thing than are known here.
    let mut sorted = edits.clone();
    sorted.sort_by_key(|edit| edit.range);
    let after = apply(text.as_bytes(), &sorted);
    let after = Document::parse(std::str::from_utf8(&after).ok()?).ok()?;
    let table = after.get("dependencies");
    let has = |one: &Use| {
        let item = table.and_then(|table| table.get(one.name));
        item.is_some_and(|item| lacking(item, one).is_empty())
    };
    uses.iter().all(has).then_some(edits)
}

/// A crate as a line of the list.
fn line(one: &Use) -> String {
    let Use { name, version, .. } = one;
    if one.features.is_empty() && one.default_features {
        return format!("{name} = \"{version}\"");
    }
    let own = if one.default_features {
        ""
    } else {
        ", default-features = false"
    };
    let features = match one.features {
        [] => String::new(),
        features => format!(", features = [{}]", quoted(features)),
    };
    format!("{name} = {{ version = \"{version}\"{own}{features} }}")
}

fn quoted(features: &[&str]) -> String {
    let quoted: Vec<_> = features.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

/// Whether a crate that is there is always there, and is the one that is meant.
fn is_usable(item: &Item, one: &Use) -> bool {
    let says = |key: &str| item.get(key).and_then(Item::as_str);
    let is_optional = item.get("optional").and_then(Item::as_bool) == Some(true);
    let is_same = says("package").is_none_or(|package| package == one.name);
    let version = item.as_str().or_else(|| says("version"));
    !is_optional && is_same && version.is_none_or(|version| fits(version, one.version))
}

/// Whether a requirement is for versions that are compatible with a wanted one. What names no version, as that of a
/// workspace does not here, is not asked.
fn fits(requirement: &str, wanted: &str) -> bool {
    let first = requirement.trim_start_matches(['^', '=', '~', '>', ' ']);
    let end = first.find(|c: char| !c.is_ascii_digit() && c != '.');
    let mut parts = first[..end.unwrap_or(first.len())].split('.');
    first.starts_with('*') || wanted.split('.').all(|part| parts.next() == Some(part))
}

/// The features that a crate that is there lacks.
fn lacking<'u>(item: &Item, one: &'u Use) -> Vec<&'u str> {
    let own = ["default-features", "default_features"].map(|key| item.get(key));
    let has_own = !own
        .into_iter()
        .flatten()
        .any(|on| on.as_bool() == Some(false));
    let list = item.get("features").and_then(Item::as_array);
    let listed = || {
        list.into_iter()
            .flatten()
            .filter_map(toml_edit::Value::as_str)
    };
    if listed().any(|name| name == "full") || (!one.default_features && has_own) {
        return Vec::new();
    }
    // `rt-multi-thread` holds `rt`.
    let holds = |listed: &str, name: &str| {
        let more = listed.strip_prefix(name);
        more.is_some_and(|more| more.is_empty() || more.starts_with('-'))
    };
    let is_lacking = |name: &&&str| !listed().any(|listed| holds(listed, name));
    one.features.iter().filter(is_lacking).copied().collect()
}

/// The edit that adds the features that a crate lacks; nothing where there is no place for them.
fn features(text: &str, item: &Item, one: &Use) -> Option<Vec<Edit>> {
    let lacking = lacking(item, one);
    if lacking.is_empty() {
        return Some(Vec::new());
    }
    let more = quoted(&lacking);
    let insert = |at: usize, text: String| Edit {
        range: TextRange::new(at, at),
        text,
    };
    if item.is_str() {
        let range = item.span()?;
        let version = &text[range.clone()];
        return Some(vec![Edit {
            range: TextRange::new(range.start, range.end),
            text: format!("{{ version = {version}, features = [{more}] }}"),
        }]);
    }
    if let Some(there) = item.get("features") {
        let last = there.as_array()?.iter().last();
        return Some(vec![match last {
            Some(last) => insert(last.span()?.end, format!(", {more}")),
            None => insert(there.span()?.start + 1, more),
        }]);
    }
    let values = item.as_table_like()?.iter();
    let end = values
        .filter_map(|(_, value)| Some(value.span()?.end))
        .max()?;
    Some(vec![if item.is_inline_table() {
        insert(end, format!(", features = [{more}]"))
    } else {
        let is_dotted = item.as_table().is_some_and(toml_edit::Table::is_dotted);
        let name = if is_dotted {
            format!("{}.", one.name)
        } else {
            String::new()
        };
        let end = text[end..]
            .find(['\r', '\n'])
            .map_or(text.len(), |line| end + line);
        let ending = line_ending(text.as_bytes());
        insert(end, format!("{ending}{name}features = [{more}]"))
    }])
}

/// The lines of crates that are missing, in the list or in one that is made at the end.
fn lines(text: &str, missing: Vec<(&str, String)>, ending: &str) -> Vec<Edit> {
    if missing.is_empty() {
        return Vec::new();
    }
    if let Some(edits) = listed(text, &missing, ending) {
        return edits;
    }
    let lines: String = missing.into_iter().map(|(_, line)| line).collect();
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        ending
    };
    vec![Edit {
        range: TextRange::new(text.len(), text.len()),
        text: format!("{gap}{ending}[dependencies]{ending}{lines}"),
    }]
}

/// The lines put in order into the list of crates, or at its end where it has no order; nothing where there is no such
/// list.
fn listed(text: &str, missing: &[(&str, String)], ending: &str) -> Option<Vec<Edit>> {
    let mut at = 0;
    let mut entries: Vec<(&str, usize)> = Vec::new();
    let mut end = None;
    // Comments above an entry belong to it.
    let mut comment = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed == "[dependencies]" {
            end = Some(at + line.len());
        } else if trimmed.starts_with('[') && end.is_some() {
            break;
        } else if end.is_some() && !trimmed.is_empty() {
            let is_entry = line.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            if is_entry {
                let name = trimmed.split([' ', '=', '.']).next().unwrap_or_default();
                entries.push((name, comment.unwrap_or(at)));
            }
            comment = trimmed.starts_with('#').then(|| comment.unwrap_or(at));
            end = Some(at + line.len());
        } else {
            comment = None;
        }
        at += line.len();
    }
    let end = end?;
    let is_sorted = entries.is_sorted_by_key(|(name, _)| *name);
    let gap = if text[..end].ends_with('\n') {
        ""
    } else {
        ending
    };
    let edit = |(name, line): &(&str, String)| {
        let next = entries.iter().find(|(there, _)| is_sorted && there > name);
        let at = next.map_or(end, |(_, at)| *at);
        let gap = if at == end { gap } else { "" };
        Edit {
            range: TextRange::new(at, at),
            text: format!("{gap}{line}"),
        }
    };
    Some(missing.iter().map(edit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKIO: Use = Use {
        name: "tokio",
        version: "1",
        features: &["rt-multi-thread", "time"],
        default_features: true,
        before_node_22: None,
    };
    const CONFIG: Use = Use {
        name: "aws-config",
        version: "1",
        features: &["rt-tokio"],
        default_features: false,
        before_node_22: None,
    };

    fn added(dependencies: &str, uses: &[Use]) -> Option<String> {
        let text = format!("[package]\nname = \"a\"\n{dependencies}");
        let mut edits = add(text.as_bytes(), uses)?;
        edits.sort_by_key(|edit| edit.range);
        let after = String::from_utf8(apply(text.as_bytes(), &edits)).unwrap();
        Some(after["[package]\nname = \"a\"\n".len()..].to_owned())
    }

    #[test]
    fn crates_are_added_with_what_they_need() {
        let uses = [CONFIG, Use::plain("serde_json", "1"), TOKIO];
        let lines = "aws-config = { version = \"1\", default-features = false, features = [\"rt-tokio\"] }\n\
                     serde_json = \"1\"\n\
                     tokio = { version = \"1\", features = [\"rt-multi-thread\", \"time\"] }\n";
        let made = added("", &uses).unwrap();
        assert_eq!(made, format!("\n[dependencies]\n{lines}"));
        assert_eq!(added(&made, &uses), Some(made));
    }

    #[test]
    fn features_are_added_to_crates_that_are_there() {
        let cases = [
            (
                "[dependencies]\ntokio = \"1.38\" # why\n",
                "[dependencies]\ntokio = { version = \"1.38\", features = [\"rt-multi-thread\", \"time\"] } # why\n",
            ),
            (
                "[dependencies]\ntokio = { version = \"^1\", features = [\"time\"] }\n",
                "[dependencies]\ntokio = { version = \"^1\", features = [\"time\", \"rt-multi-thread\"] }\n",
            ),
            (
                "[dependencies]\ntokio = { version = \"1\", features = [] }",
                "[dependencies]\ntokio = { version = \"1\", features = [\"rt-multi-thread\", \"time\"] }",
            ),
            (
                "[dependencies]\ntokio = { workspace = true }\n",
                "[dependencies]\ntokio = { workspace = true, features = [\"rt-multi-thread\", \"time\"] }\n",
            ),
            (
                "[dependencies]\ntokio.workspace = true # why\n",
                "[dependencies]\ntokio.workspace = true # why\ntokio.features = [\"rt-multi-thread\", \"time\"]\n",
            ),
            (
                "[dependencies.tokio]\nversion = \"1\" # why\n\n[dev-dependencies]\n",
                "[dependencies.tokio]\nversion = \"1\" # why\nfeatures = [\"rt-multi-thread\", \"time\"]\n\n[dev-dependencies]\n",
            ),
            (
                "[dependencies]\ntokio = { version = \"1\", features = [\n  \"time\", # why\n] }\n",
                "[dependencies]\ntokio = { version = \"1\", features = [\n  \"time\", \"rt-multi-thread\", # why\n] }\n",
            ),
        ];
        for (before, after) in cases {
            assert_eq!(added(before, &[TOKIO]).as_deref(), Some(after), "{before}");
            assert_eq!(added(after, &[TOKIO]).as_deref(), Some(after));
        }
    }

    #[test]
    fn what_is_enough_stays() {
        for enough in [
            "tokio = { version = \"1\", features = [\"full\"] }",
            "tokio = { git = \"https://example.com/tokio\", features = [\"time\", \"rt-multi-thread\"] }",
        ] {
            let enough = format!("[dependencies]\n{enough}\n");
            assert_eq!(added(&enough, &[TOKIO]), Some(enough));
        }
        // Its default features hold what is needed.
        let enough = "[dependencies]\naws-config = \"1.5\"\n";
        assert_eq!(added(enough, &[CONFIG]).as_deref(), Some(enough));
        let bare = "[dependencies]\naws-config = { version = \"1\", default-features = false }\n";
        assert!(
            added(bare, &[CONFIG])
                .unwrap()
                .contains("features = [\"rt-tokio\"] }")
        );
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        for other in [
            "tokio = \"0.2\"",
            "tokio = \"11\"",
            "tokio = { version = \"1\", optional = true, features = [\"full\"] }",
            "tokio = { version = \"1\", package = \"tokio-fork\" }",
            "tokio = { version = \"1\", features = \"time\" }",
        ] {
            assert_eq!(
                added(&format!("[dependencies]\n{other}\n"), &[TOKIO]),
                None,
                "{other}"
            );
        }
        let inline = "dependencies = { serde = \"1\" }\n[package]\nname = \"a\"\n";
        assert_eq!(add(inline.as_bytes(), &[TOKIO]), None);
        assert_eq!(add(b"[workspace]\n", &[TOKIO]), None);
        assert_eq!(add(b"\xff", &[TOKIO]), None);
    }
}
