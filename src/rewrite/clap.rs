//! Options of clap that are bound to a variable: the option stays, and what was read from the environment is asked where
//! the arguments have been parsed.
//!
//! Only options that nothing else depends on, in programs that parse in the ordinary way. Used by the planning.

use std::rc::Rc;

use super::Package;
use super::head::{line_ending, node_at};
use super::planner::Planner;
use super::source::Source;
use crate::edit::{Edit, Group};
use crate::language::Language;
use crate::syntax::NodeId;
use crate::text::TextRange;

/// Words in an attribute by which the presence of an option decides something, or its value is more than a text.
const RELATED: &[&str] = &[
    "action",
    "conflicts",
    "default",
    "delimiter",
    "exclusive",
    "group",
    "last",
    "num_args",
    "overrides",
    "raw",
    "required",
    "requires",
    "value_parser",
];

/// A bound option, and where the arguments are parsed.
pub(super) struct Bound {
    field: String,
    is_required: bool,
    of: String,
    attribute: Edit,
    sites: Vec<Site>,
}

/// `let cli = Cli::parse();`
struct Site {
    path: String,
    source: Rc<Source>,
    statement: NodeId,
    name: NodeId,
}

impl Bound {
    /// The option whose variable is named at a place; nothing where it cannot be asked for afterwards.
    pub(super) fn find(
        planner: &Planner<'_>,
        path: &str,
        package: &Package,
        place: TextRange,
    ) -> Option<Self> {
        let source = planner.source(path)?;
        let tree = &source.tree;
        let named = node_at(tree, place)?;
        let attribute = std::iter::once(named)
            .chain(tree.ancestors(named))
            .find(|&node| tree.kind_name(node) == "attribute_item")?;
        let field = tree.behind(attribute).find(|&node| {
            tree.is_named(node)
                && !tree.is_comment(node)
                && tree.kind_name(node) != "attribute_item"
        })?;
        let item = tree
            .ancestors(field)
            .find(|&node| tree.kind_name(node) == "struct_item")?;
        let name = source.text(tree.child(field, "name")?);
        let written = source.text(tree.child(field, "type")?);
        let of = source.text(tree.child(item, "name")?);
        let is_required = match written {
            "String" => true,
            "Option<String>" => false,
            _ => return None,
        };
        let parts = parts(source.text(attribute))?;
        let is_related = |part: &str| RELATED.iter().any(|word| part.starts_with(word));
        if parts.iter().any(|part| is_related(part)) || depends(&source, item, attribute, name) {
            return None;
        }
        let sites = sites(planner, package, path, of)?;
        let is_seen =
            source.text(field).starts_with("pub ") || sites.iter().all(|site| site.path == path);
        is_seen.then(|| Self {
            field: name.to_owned(),
            is_required,
            of: of.to_owned(),
            attribute: unbound(
                source.text(attribute),
                tree.range(attribute),
                &parts,
                is_required,
            ),
            sites,
        })
    }

    /// The files that ask.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(|site| site.path.as_str())
    }

    /// The edits: of the option in its file, and behind each place where arguments are parsed.
    pub(super) fn edits(&self, path: &str, secret: &str, asked: &str, group: &mut Group) {
        group
            .entry(path.to_owned())
            .or_default()
            .push(self.attribute.clone());
        for site in &self.sites {
            let tree = &site.source.tree;
            let name = site.source.text(site.name);
            let edits = group.entry(site.path.clone()).or_default();
            if !site.source.text(site.statement).starts_with("let mut ") {
                let at = tree.range(site.name).start;
                edits.push(Edit {
                    range: TextRange::new(at, at),
                    text: "mut ".to_owned(),
                });
            }
            let (start, end) = (
                tree.range(site.statement).start,
                tree.range(site.statement).end,
            );
            let line = site.source.text[..start].iter().rposition(|&b| b == b'\n');
            let indent = &site.source.text[line.map_or(0, |at| at + 1)..start];
            let indent = String::from_utf8_lossy(indent).into_owned();
            let ending = line_ending(&site.source.text);
            let mut text = String::new();
            for line in self.lines(name, secret, asked) {
                text.extend([ending, &indent, &line]);
            }
            edits.push(Edit {
                range: TextRange::new(end, end),
                text,
            });
        }
    }

    fn lines(&self, name: &str, secret: &str, asked: &str) -> Vec<String> {
        let Self { field, of, .. } = self;
        let ask = format!("{asked}::var(\"{secret}\")");
        if !self.is_required {
            return vec![format!(
                "{name}.{field} = {name}.{field}.or_else(|| {ask}.ok());"
            )];
        }
        vec![
            format!("if {name}.{field}.is_empty() {{"),
            format!("    {name}.{field} = {ask}.unwrap_or_else(|_| {{"),
            "        let kind = clap::error::ErrorKind::MissingRequiredArgument;".to_owned(),
            format!("        let mut command = <{of} as clap::CommandFactory>::command();"),
            format!("        command.error(kind, \"{secret} is not set\").exit()"),
            "    });".to_owned(),
            "}".to_owned(),
        ]
    }
}

/// Whether anything else of the struct speaks of a field, or groups its options.
fn depends(source: &Source, item: NodeId, own: NodeId, field: &str) -> bool {
    let tree = &source.tree;
    let attributes = tree.nodes().filter(|&node| {
        let around = tree.contains(item, node)
            || tree.range(node).end <= tree.range(item).start
                && tree.behind(node).any(|next| next == item);
        around && node != own && tree.kind_name(node) == "attribute_item"
    });
    attributes.into_iter().any(|node| {
        let text = source.text(node);
        let looks = [
            "arg_required_else_help",
            "args_conflicts_with",
            "negates_reqs",
        ];
        looks.iter().any(|word| text.contains(word))
            || text.contains("group")
            || text.contains("Group")
            || text.contains(&format!("\"{field}\""))
    })
}

/// The places where the arguments of a struct are parsed; nothing where not all of them are the ordinary one.
fn sites(planner: &Planner<'_>, package: &Package, own: &str, of: &str) -> Option<Vec<Site>> {
    let mut sites = Vec::new();
    let inside = planner.program.sources.iter().filter(|path| {
        Language::of_path(path) == Some(Language::Rust)
            && planner.package(path).as_ref() == Some(package)
    });
    for path in inside {
        let text = planner.program.files.read(path).unwrap_or_default();
        if memchr::memmem::find(&text, of.as_bytes()).is_none() {
            continue;
        }
        let source = planner.source(path)?;
        let tree = &source.tree;
        // Each program of a package may have a struct of that name.
        let defines = |node: NodeId| {
            let name = tree
                .child(node, "name")
                .filter(|_| tree.kind_name(node) == "struct_item");
            name.is_some_and(|name| source.text(name) == of)
        };
        if path != own && tree.nodes().any(defines) {
            continue;
        }
        for node in tree
            .nodes()
            .filter(|&node| tree.kind_name(node) == "call_expression")
        {
            let function = tree
                .child(node, "function")
                .map_or("", |function| source.text(function));
            let Some((start, method)) = function.rsplit_once("::") else {
                continue;
            };
            if start.rsplit("::").next() != Some(of) {
                continue;
            }
            if method != "parse" {
                return None;
            }
            let statement = tree.parent(node)?;
            let name = tree.child(statement, "pattern")?;
            let is_plain = tree.kind_name(statement) == "let_declaration"
                && tree.kind_name(name) == "identifier";
            if !is_plain {
                return None;
            }
            sites.push(Site {
                path: path.clone(),
                source: source.clone(),
                statement,
                name,
            });
        }
    }
    (!sites.is_empty()).then_some(sites)
}

/// The parts of `#[arg(a, b = c)]`.
fn parts(attribute: &str) -> Option<Vec<&str>> {
    let inside = attribute.get(attribute.find('(')? + 1..attribute.rfind(')')?)?;
    let (mut depth, mut in_text, mut start) = (0_usize, false, 0);
    let mut parts = Vec::new();
    let mut before = '(';
    for (at, c) in inside.char_indices() {
        match c {
            '"' if before != '\\' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(&inside[start..]);
    let parts = parts.into_iter().map(str::trim);
    Some(parts.filter(|part| !part.is_empty()).collect())
}

/// The attribute without the variable.
fn unbound(written: &str, place: TextRange, parts: &[&str], is_required: bool) -> Edit {
    let is_env = |part: &str| {
        let word = part.split([' ', '=', '(']).next().unwrap_or_default();
        matches!(word, "env" | "hide_env" | "hide_env_values")
    };
    let mut kept: Vec<&str> = parts.iter().copied().filter(|part| !is_env(part)).collect();
    if is_required {
        // Whoever gives none is asked for it where the arguments have been parsed.
        kept.extend(["default_value = \"\"", "hide_default_value = true"]);
    }
    let head = written.split('(').next().unwrap_or_default();
    Edit {
        range: place,
        text: format!("{head}({})]", kept.join(", ")),
    }
}
