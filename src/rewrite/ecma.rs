//! The line that imports the accessor in JavaScript and TypeScript, in the style of the file.

use super::head::{leading_comments, line_behind, uses_name};
use super::package::{Kind, directory};
use super::{Accessor, Reason, Source};
use crate::backend::Flavor;
use crate::edit::Edit;
use crate::syntax::NodeId;

/// The name that accessors export, and the one where a file has another use for that.
const NAMES: [&str; 2] = ["secrets", "vaultSecrets"];

/// Whether a file says by its syntax that it is an ES module.
pub(super) fn is_module(source: &Source) -> bool {
    let tree = &source.tree;
    tree.children(tree.root()).any(|node| {
        matches!(
            tree.kind_name(node),
            "import_statement" | "export_statement"
        )
    })
}

/// The name of the accessor in a file, and the edit that imports it if it is not there yet.
pub(super) fn import(
    path: &str,
    source: &Source,
    accessor: &Accessor,
) -> Result<(String, Vec<(String, Edit)>), Reason> {
    let tree = &source.tree;
    let text = |node: NodeId| tree.text(&source.text, node);
    let top: Vec<NodeId> = tree.children(tree.root()).collect();
    let is_common = accessor.client.flavor == Flavor::Cjs;
    let requires = |node: &NodeId| {
        matches!(
            tree.kind_name(*node),
            "lexical_declaration" | "variable_declaration"
        ) && text(*node).contains("require(")
    };
    let is_import = |node: &NodeId| {
        if is_common {
            requires(node)
        } else {
            tree.kind_name(*node) == "import_statement"
        }
    };
    let imports: Vec<NodeId> = top.iter().copied().filter(is_import).collect();
    let style = Style::of(imports.iter().map(|&node| text(node)));
    let specifier = specifier(path, accessor, &style);
    let bare = specifier
        .rsplit_once('.')
        .map_or(specifier.as_str(), |(bare, _)| bare);
    let bare = if bare.ends_with('/') || bare.is_empty() {
        specifier.as_str()
    } else {
        bare
    };
    for &node in &imports {
        let written = text(node);
        let from = written.rsplit(['"', '\'']).nth(1).unwrap_or_default();
        if (from == specifier || from == bare) && written.contains(NAMES[0]) {
            let name = if written.contains(NAMES[1]) {
                NAMES[1]
            } else {
                NAMES[0]
            };
            return Ok((name.to_owned(), Vec::new()));
        }
    }
    let mut name = NAMES[0];
    if uses_name(source, name) {
        name = NAMES[1];
        if uses_name(source, name) {
            return Err(Reason::NoPlace);
        }
    }
    let Style { quote, end, .. } = style;
    let named = match (is_common, name == NAMES[0]) {
        (_, true) => NAMES[0].to_owned(),
        (false, false) => format!("{} as {name}", NAMES[0]),
        (true, false) => format!("{}: {name}", NAMES[0]),
    };
    let line = if is_common {
        format!("const {{ {named} }} = require({quote}{specifier}{quote}){end}")
    } else {
        format!("import {{ {named} }} from {quote}{specifier}{quote}{end}")
    };
    let edit = line_behind(source, place(source, &top, is_import), &line);
    Ok((name.to_owned(), vec![(path.to_owned(), edit)]))
}

/// Behind which node the line goes: the last import of the first run of them, directives, comments.
fn place(source: &Source, top: &[NodeId], is_import: impl Fn(&NodeId) -> bool) -> Option<NodeId> {
    let tree = &source.tree;
    let mut last = None;
    for node in top {
        if is_import(node) {
            last = Some(*node);
        } else if last.is_some() && !tree.is_comment(*node) {
            break;
        }
    }
    if last.is_some() {
        return last;
    }
    let is_directive = |node: &&NodeId| {
        let kind = tree.kind_name(**node);
        kind == "expression_statement" && tree.text(&source.text, **node).starts_with(['"', '\''])
    };
    let plain = top
        .iter()
        .skip_while(|node| tree.is_comment(**node) || tree.kind_name(**node) == "hash_bang_line");
    plain
        .take_while(is_directive)
        .last()
        .copied()
        .or_else(|| leading_comments(source))
}

/// How imports look in a file.
struct Style {
    quote: char,
    end: &'static str,
    /// Ending of relative specifiers; nothing if there are none.
    extension: Option<&'static str>,
}

impl Style {
    fn of<'i>(imports: impl Iterator<Item = &'i str>) -> Self {
        let mut style = Self {
            quote: '"',
            end: ";",
            extension: None,
        };
        for (number, import) in imports.enumerate() {
            let import = import.trim_end();
            if number == 0 {
                style.end = if import.ends_with(';') { ";" } else { "" };
                if let Some(quote) = import.trim_end_matches([';', ')']).chars().last() {
                    style.quote = if quote == '\'' { '\'' } else { '"' };
                }
            }
            let from = import.rsplit(['"', '\'']).nth(1).unwrap_or_default();
            if from.starts_with('.') && style.extension.is_none_or(str::is_empty) {
                let known = [".js", ".ts", ".mjs", ".mts"].into_iter();
                style.extension = Some(
                    known
                        .into_iter()
                        .find(|end| from.ends_with(end))
                        .unwrap_or_default(),
                );
            }
        }
        style
    }
}

/// How a file names the accessor.
fn specifier(path: &str, accessor: &Accessor, style: &Style) -> String {
    let name = accessor.path.rsplit('/').next().unwrap_or_default();
    let name = if accessor.client.flavor == Flavor::Ts {
        let is_esm = accessor.package.kind == Kind::Node { esm: true };
        let extension = style.extension.unwrap_or(if is_esm { ".js" } else { "" });
        let extension = if extension.starts_with(".m") {
            ".js"
        } else {
            extension
        };
        format!("{}{extension}", accessor.stem())
    } else {
        name.to_owned()
    };
    let (from, to) = (directory(path), directory(&accessor.path));
    let rest = from
        .strip_prefix(to)
        .unwrap_or_default()
        .trim_start_matches('/');
    let up = rest.split('/').filter(|part| !part.is_empty()).count();
    if up == 0 {
        format!("./{name}")
    } else {
        format!("{}{name}", "../".repeat(up))
    }
}
