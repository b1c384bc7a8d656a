//! Types of the environment: a program of TypeScript can declare that a variable is always there.
//!
//! Asks the files that usually say so. Used by the planning.

use super::package::within;
use super::planner::Planner;
use super::{Source, Unit, head, rotation};
use crate::edit::Edit;
use crate::facts::Receiver;
use crate::language::Language;
use crate::text::TextRange;

/// Where declarations stand in a package.
const FOLDERS: &[&str] = &["", "src", "types", "src/types", "@types"];

/// Names of files of declarations that are not read otherwise.
const NAMES: &[&str] = &[
    "env.d.ts",
    "environment.d.ts",
    "global.d.ts",
    "globals.d.ts",
    "index.d.ts",
    "node-env.d.ts",
    "process-env.d.ts",
    "process.d.ts",
    "types.d.ts",
];

impl Planner<'_> {
    /// `!` behind a read where the program declares that the environment always has the variable.
    pub(super) fn present(
        &self,
        unit: &Unit,
        source: &Source,
        receiver: &Receiver,
    ) -> Option<Edit> {
        let is_typed = matches!(source.language, Language::TypeScript | Language::Tsx);
        let path = unit.reads.first().map(|read| read.location.path.as_str())?;
        let node = head::node_at(&source.tree, receiver.read)?;
        let is_certain = source.text[receiver.read.end..].starts_with(b"!");
        let at = receiver.read.end;
        let is_wanted = is_typed
            && !receiver.is_test
            && !is_certain
            && !rotation::may_be_missing(source, node)
            && (is_cast(source, receiver) || self.is_declared(path, &unit.secret));
        is_wanted.then(|| Edit {
            range: TextRange::new(at, at),
            text: "!".to_owned(),
        })
    }

    /// Whether a package of TypeScript declares a variable as a part of the environment's type.
    pub(super) fn is_declared(&self, path: &str, secret: &str) -> bool {
        let Some(package) = self.package(path) else {
            return false;
        };
        let declares = |path: &str| {
            self.program.files.read(path).is_some_and(|text| {
                let has = |part: &str| memchr::memmem::find(&text, part.as_bytes()).is_some();
                has("interface ProcessEnv") && has(secret)
            })
        };
        let is_typed = |path: &str| {
            matches!(
                Language::of_path(path),
                Some(Language::TypeScript | Language::Tsx)
            )
        };
        let asking = self
            .program
            .asking
            .iter()
            .filter(|of| self.package(of).as_ref() == Some(&package));
        let root = &package.root;
        let mut named = FOLDERS.iter().flat_map(|folder| {
            let all = NAMES.iter();
            all.map(move |name| within(root, &within(folder, name)))
        });
        is_typed(path)
            && (asking.into_iter().any(|path| declares(path)) || named.any(|path| declares(&path)))
    }
}

/// Whether what is asked was given another type: `(process.env as Env).TOKEN`, `const env: Env = process.env`.
pub(super) fn is_cast(source: &Source, receiver: &Receiver) -> bool {
    let tree = &source.tree;
    let Some(node) = head::node_at(tree, receiver.at) else {
        return false;
    };
    let is_typed = |value| {
        matches!(
            tree.kind_name(value),
            "as_expression" | "satisfies_expression"
        )
    };
    if tree.kind_name(node) != "identifier" {
        let mut inside = tree.descendants(node);
        return inside.any(is_typed);
    }
    let name = source.text(node);
    let mut declarators = tree
        .nodes()
        .filter(|&node| tree.kind_name(node) == "variable_declarator");
    declarators.any(|declarator| {
        let is_it = tree
            .child(declarator, "name")
            .is_some_and(|of| source.text(of) == name);
        let value = tree.child(declarator, "value");
        is_it && (tree.child(declarator, "type").is_some() || value.is_some_and(is_typed))
    })
}
