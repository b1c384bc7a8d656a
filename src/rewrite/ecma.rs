//! The line that imports the accessor in JavaScript and TypeScript, in the style of the file.

use super::head::{leading_comments, line_behind, paragraph_behind, uses_name};
use super::open::{Export, Names, Wants, listed, missing};
use super::package::{Kind, directory};
use super::{Accessor, Reason, Source};
use crate::backend::Flavor;
use crate::edit::Edit;
use crate::syntax::NodeId;

/// What accessors export, with the names where a file has another use for these.
fn exports(wants: Wants) -> [Export; 2] {
    [
        ("secrets", "vaultSecrets", wants.secrets),
        ("envOrSecrets", "envOrVaultSecrets", wants.open),
    ]
}

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

/// The names of the accessor in a file, and the edit that imports what is wanted and not there yet.
pub(super) fn import(
    path: &str,
    source: &Source,
    accessor: &Accessor,
    wants: Wants,
) -> Result<(Names, Vec<(String, Edit)>), Reason> {
    let tree = &source.tree;
    let text = |node: NodeId| source.text(node);
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
    let mut style = Style::of(imports.iter().map(|&node| text(node)));
    let mut statements = top
        .iter()
        .filter(|&&node| tree.kind_name(node).ends_with("declaration"));
    if imports.is_empty() && statements.clone().next().is_some() {
        let is_ended = |&&node: &&NodeId| text(node).ends_with([';', '}']);
        style.end = if statements.any(|node| is_ended(&node)) {
            ";"
        } else {
            ""
        };
    }
    // Modules of Node name files with their endings, whatever the package says.
    let ending = path.rsplit('.').next().unwrap_or_default();
    if ending == "mts" {
        style.extension = Some(".js");
    } else if ending == "cts" && accessor.package.kind == (Kind::Node { esm: true }) {
        return Err(Reason::NoPlace);
    }
    let specifier = specifier(path, accessor, &style);
    let bare = specifier
        .rsplit_once('.')
        .map_or(specifier.as_str(), |(bare, _)| bare);
    let bare = if bare.ends_with('/') || bare.is_empty() {
        specifier.as_str()
    } else {
        bare
    };
    let mut imported = Vec::new();
    for &node in &imports {
        let written = text(node);
        let from = written.rsplit(['"', '\'']).nth(1).unwrap_or_default();
        if from == specifier || from == bare {
            let list = written
                .split_once('{')
                .and_then(|(_, rest)| rest.split_once('}'));
            imported.extend(list.map_or(Vec::new(), |(list, _)| listed(list)));
        }
    }
    let is_used = |name: &str| uses_name(source, name);
    let (names, missing) = missing(exports(wants), &imported, is_used).ok_or(Reason::NoPlace)?;
    if missing.is_empty() {
        return Ok((names, Vec::new()));
    }
    let Style { quote, end, .. } = style;
    let named = missing
        .iter()
        .map(|(export, here)| match (is_common, here == export) {
            (_, true) => here.clone(),
            (false, false) => format!("{export} as {here}"),
            (true, false) => format!("{export}: {here}"),
        });
    let named = named.collect::<Vec<_>>().join(", ");
    let line = if is_common {
        format!("const {{ {named} }} = require({quote}{specifier}{quote}){end}")
    } else {
        format!("import {{ {named} }} from {quote}{specifier}{quote}{end}")
    };
    let behind = place(source, &top, is_import);
    // A module is there from the start, what is required only from there on.
    let first = source
        .asks
        .receivers
        .iter()
        .map(|known| known.read.start)
        .min();
    let is_late = is_common
        && behind.is_some_and(|node| first.is_some_and(|first| first < tree.range(node).end));
    let behind = if is_late {
        place(source, &top, |_| false)
    } else {
        behind
    };
    let edit = if imports.is_empty() || is_late {
        paragraph_behind(source, behind, &line)
    } else {
        line_behind(source, behind, &line)
    };
    Ok((names, vec![(path.to_owned(), edit)]))
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
