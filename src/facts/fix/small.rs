//! The environment that every program needs, as code.

use crate::language::Family;

/// What the SDKs of the Model Context Protocol pass on to servers that they start, with the language and the folder for
/// temporary files.
const NAMES: [&str; 19] = [
    "HOME",
    "LANG",
    "LOGNAME",
    "PATH",
    "SHELL",
    "TERM",
    "TMPDIR",
    "USER",
    "APPDATA",
    "HOMEDRIVE",
    "HOMEPATH",
    "LOCALAPPDATA",
    "PROCESSOR_ARCHITECTURE",
    "PROGRAMFILES",
    "SYSTEMDRIVE",
    "SYSTEMROOT",
    "TEMP",
    "USERNAME",
    "USERPROFILE",
];

/// Whether a variable is part of it.
pub(super) fn holds(name: &str) -> bool {
    NAMES.contains(&name)
}

/// An expression of the same type as `environment`, with only these variables.
///
/// Windows does not tell upper case from lower case, and often has `Path`.
pub(super) fn environment(family: Family, environment: &str) -> String {
    match family {
        Family::Ecma => format!(
            "Object.fromEntries(Object.entries({environment}).filter(([name]) => /^({})$/i.test(name)))",
            NAMES.join("|")
        ),
        Family::Python => format!(
            "{{name: value for name, value in {environment}.items() if name in \"{}\".split()}}",
            NAMES.join(" ")
        ),
        Family::Rust => {
            let names = format!(
                "matches!(name.to_ascii_uppercase().as_str(), \"{}\")",
                NAMES.join("\" | \"")
            );
            if environment.ends_with("vars_os()") {
                format!(
                    "{environment}.filter(|(name, _)| name.to_str().is_some_and(|name| {names}))"
                )
            } else {
                format!("{environment}.filter(|(name, _)| {names})")
            }
        }
    }
}
