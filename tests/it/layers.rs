//! `src/lib.rs` declares the modules lowest first, and a module uses only modules above it.
//!
//! Crates forbid cycles and modules do not, so this test does. What counts is any path of the product's code that
//! starts at the crate: `crate::x`, `envacuate::x`, or `super::` as often as it takes.

use std::path::Path;

use crate::support::{entries, files, name, none, relative, root, source, text};

/// The modules that `lib` declares, in order.
pub(crate) fn declared(lib: &str) -> Vec<String> {
    source::product(lib)
        .lines()
        .filter_map(|line| {
            let line = line.trim().strip_suffix(';')?;
            let line = line.strip_prefix("pub ").unwrap_or(line);
            Some(line.strip_prefix("mod ")?.trim().to_owned())
        })
        .collect()
}

/// The modules of the repository, lowest first.
pub(crate) fn modules() -> Vec<String> {
    declared(&text(&root().join("src/lib.rs")))
}

/// The files of one module, from `src/`, with their code.
pub(crate) fn sources(module: &str) -> Vec<(String, String)> {
    let src = root().join("src");
    let file = src.join(format!("{module}.rs"));
    let mut paths = files(&src.join(module));
    // What is placed in the programs of others obeys their rules.
    let is_template = |path: &Path| {
        path.strip_prefix(src.join("backend"))
            .is_ok_and(|path| path.components().count() > 1)
    };
    paths.retain(|path| path.extension().is_some_and(|e| e == "rs") && !is_template(path));
    paths.extend(file.exists().then_some(file));
    paths
        .iter()
        .map(|path| (relative(path, &src), text(path)))
        .collect()
}

/// How many `super::` lead from a file's own module to the crate: 1 for `x.rs` and `x/mod.rs`, 2 for `x/y.rs`.
fn depth(path: &str) -> usize {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    path.split('/').filter(|part| *part != "mod").count()
}

/// The first names of all paths that start at the crate, with their lines.
fn uses(path: &str, text: &str) -> Vec<(usize, String)> {
    let code = source::product(text);
    let up = "super::".repeat(depth(path));
    let mut found = Vec::new();
    for start in ["crate::", "envacuate::", up.as_str()] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let names = first_names(&code[at + start.len()..]);
            found.extend(names.into_iter().map(|name| (line, name)));
        }
    }
    found
}

/// `a` of `a::b`; `a` and `c` of `{a::{b}, c::d}`.
fn first_names(path: &str) -> Vec<String> {
    let word = |text: &str| {
        let text = text.trim_start();
        let end = text
            .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '*')
            .unwrap_or(text.len());
        text[..end].to_owned()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let (mut depth, mut start, mut names) = (0_usize, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// One sentence for each use of a module that is not above.
fn violations(order: &[String], module: &str, path: &str, text: &str) -> Vec<String> {
    let layer = |name: &str| order.iter().position(|known| known == name);
    let own = layer(module);
    uses(path, text)
        .into_iter()
        .filter_map(|(line, name)| match layer(&name) {
            Some(at) if Some(at) <= own => None,
            Some(_) => Some(format!(
                "{path}:{line}: {module} uses {name}, which stands below it"
            )),
            None => Some(format!("{path}:{line}: `{name}` is no module of lib.rs")),
        })
        .collect()
}

#[test]
fn a_module_uses_only_modules_above_it() {
    let order = modules();
    let mut wrong = Vec::new();
    for module in &order {
        let sources = sources(module);
        assert!(!sources.is_empty(), "`{module}` has no file");
        for (path, text) in sources {
            wrong.extend(violations(&order, module, &path, &text));
        }
    }
    none("paths against the layers", &wrong);
}

#[test]
fn every_file_belongs_to_a_declared_module() {
    let order = modules();
    let stray: Vec<_> = entries(&root().join("src"))
        .iter()
        .map(|path: &std::path::PathBuf| name(Path::new(path)))
        .filter(|name| !["lib.rs", "main.rs"].contains(&name.as_str()))
        .filter(|name| !order.iter().any(|m| m == name.trim_end_matches(".rs")))
        .collect();
    none("files that no layer owns", &stray);
}

#[test]
fn violations_are_caught() {
    let order =
        declared("//! mod no;\npub mod text;\n\nmod model;\npub mod rules; // mod neither;\n");
    assert_eq!(order, ["text", "model", "rules"]);
    let of = |path, code| violations(&order, "model", path, code).len();
    for fine in [
        "use crate::text::Position;",
        "use crate::{text::{Position, LineIndex}, model::Finding};",
        "/// [`crate::rules`]\nfn f() { \"crate::rules\"; }",
        "#[cfg(test)]\nmod tests { use crate::rules; }",
        "use super::finding;",
        "use other_crate::rules; use my_envacuate::rules;",
    ] {
        assert_eq!(of("model/a.rs", fine), 0, "{fine}");
    }
    for wrong in [
        "use crate::rules;",
        "fn f() { crate::rules::ALL; }",
        "use envacuate::rules::ALL;",
        "use crate::{\n    text,\n    rules::{self, ALL},\n};",
        "use super::super::rules;",
        "pub(crate) use crate::Rule;",
        "use crate::*;",
    ] {
        assert_eq!(of("model/a.rs", wrong), 1, "{wrong}");
    }
    assert_eq!(of("model/mod.rs", "use super::rules;"), 1);
    assert_eq!(of("model.rs", "use super::rules;"), 1);
    let line = &violations(&order, "model", "model.rs", "\nuse crate::rules;")[0];
    assert_eq!(line, "model.rs:2: model uses rules, which stands below it");
}
