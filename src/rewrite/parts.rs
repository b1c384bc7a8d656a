//! Parts of a package whose files can import the same module: what its compiler is told to compile, a package of Python,
//! a folder of scripts.
//!
//! Used by the placing of accessors.

use super::Package;
use super::package::{directory, within};
use super::planner::Planner;
use crate::language::{Family, Language};

/// The folder of the part that a file belongs to.
pub(super) fn of(path: &str, package: &Package, planner: &Planner<'_>) -> String {
    let family = Language::of_path(path).map(Language::family);
    match family {
        Some(Family::Ecma) => ecma(path, package, planner),
        Some(Family::Python) => python(path, package, planner),
        _ => package.root.clone(),
    }
}

/// A file outside of what the compiler is told to compile cannot share a module with the files in it.
fn ecma(path: &str, package: &Package, planner: &Planner<'_>) -> String {
    let config = within(&package.root, "tsconfig.json");
    let compiled = planner
        .program
        .files
        .read(&config)
        .and_then(|text| compiled(&text));
    let compiled = compiled.map(|folder| within(&package.root, &folder));
    match compiled {
        Some(folder) if path.starts_with(&format!("{folder}/")) => folder,
        Some(_) => directory(path).to_owned(),
        None => package.root.clone(),
    }
}

/// Whether a package of `CommonJS` is compiled with the imports that it says, of which the accessor's are none.
pub(super) fn is_verbatim(package: &Package, planner: &Planner<'_>) -> bool {
    let config = within(&package.root, "tsconfig.json");
    let text = planner.program.files.read(&config).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let options = jsonc_parser::ParseOptions::default();
    let Ok(Some(jsonc_parser::JsonValue::Object(config))) =
        jsonc_parser::parse_to_value(&text, &options)
    else {
        return false;
    };
    let options = config.get_object("compilerOptions");
    let is_on = options.and_then(|options| options.get_boolean("verbatimModuleSyntax"));
    let module = options.and_then(|options| options.get_string("module"));
    let is_common = module.is_none_or(|module| {
        let module = module.to_ascii_lowercase();
        module == "commonjs" || module.starts_with("node")
    });
    is_on == Some(true) && is_common
}

/// The folder that a `tsconfig.json` names as the only one.
fn compiled(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let value = jsonc_parser::parse_to_value(text, &jsonc_parser::ParseOptions::default());
    let value = value.ok()??;
    let jsonc_parser::JsonValue::Object(config) = value else {
        return None;
    };
    let plain = |folder: &str| {
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        let folder = folder.split("/*").next().unwrap_or_default();
        let is_one = !folder.is_empty() && !folder.contains(['*', '.']);
        is_one.then(|| folder.to_owned())
    };
    let options = config.get_object("compilerOptions");
    if let Some(root) = options.and_then(|options| options.get_string("rootDir")) {
        return plain(root);
    }
    let included = config.get_array("include")?;
    let mut folders = included.iter().map(|one| match one {
        jsonc_parser::JsonValue::String(one) => plain(one),
        _ => None,
    });
    let first = folders.next()??;
    folders
        .all(|other| other.as_ref() == Some(&first))
        .then_some(first)
}

/// Whether a folder is a package of Python.
pub(super) fn is_package(folder: &str, planner: &Planner<'_>) -> bool {
    let init = within(folder, "__init__.py");
    planner.program.files.read(&init).is_some()
}

/// The outermost folder of the package of Python that a file is in, or its own folder; the root of it all where a program
/// that stands there imports from that folder.
fn python(path: &str, package: &Package, planner: &Planner<'_>) -> String {
    let is_package = |folder: &str| is_package(folder, planner);
    let mut folder = directory(path);
    while is_package(folder) && folder.len() > package.root.len() && is_package(directory(folder)) {
        folder = directory(folder);
    }
    // The highest folder from which a program imports what the file is in.
    let mut found = folder;
    let mut below = folder;
    while !is_package(folder) && below.len() > package.root.len() {
        let above = directory(below);
        let name = below.rsplit('/').next().unwrap_or_default();
        if super::python::imports_from(above, name, planner) {
            found = above;
        }
        below = above;
    }
    found.to_owned()
}
