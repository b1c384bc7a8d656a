//! The names that an accessor gives out, and which of them a file wants.
//!
//! Besides the secrets there is the environment with the secrets in it, for names that only the running program knows.
//! Used by the languages.

use super::shared;
use crate::facts::{Asked, Receiver};

/// What a file wants of the accessor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// The secrets.
    pub(super) secrets: bool,
    /// The environment with the secrets in it.
    pub(super) open: bool,
}

impl Wants {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            secrets: self.secrets || other.secrets,
            open: self.open || other.open,
        }
    }
}

/// What the accessor's exports are called in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) secrets: String,
    pub(super) open: String,
}

/// What takes the place of what was asked.
pub(super) fn swapped(receiver: &Receiver, names: &Names) -> String {
    let name = if receiver.is_open {
        &names.open
    } else {
        &names.secrets
    };
    match receiver.asked {
        Asked::Environment => name.clone(),
        Asked::Getenv => format!("{name}.get"),
        Asked::Var => format!("{name}::var"),
        Asked::VarOs => format!("{name}::var_os"),
        Asked::Presence => {
            let secret = receiver.name.as_deref().unwrap_or_default();
            format!("({name}{} !== undefined)", shared::member(secret))
        }
    }
}

/// An export: its name, the name in a file that has another use for that, and whether it is wanted.
pub(super) type Export = (&'static str, &'static str, bool);

/// The exports that are wanted and not there yet, each with its name in the file, by what is `imported` (export, name
/// here); and the names that the file has for both. Nothing where a file uses all names for something else.
pub(super) fn missing(
    exports: [Export; 2],
    imported: &[(String, String)],
    is_used: impl Fn(&str) -> bool,
) -> Option<(Names, Vec<(&'static str, String)>)> {
    let mut names = Vec::new();
    let mut missing = Vec::new();
    for (export, other, is_wanted) in exports {
        if let Some((_, here)) = imported.iter().find(|(of, _)| of == export) {
            names.push(here.clone());
            continue;
        }
        let here = [export, other].into_iter().find(|name| !is_used(name));
        if is_wanted {
            missing.push((export, here?.to_owned()));
        }
        names.push(here.unwrap_or(export).to_owned());
    }
    missing.sort();
    let [secrets, open] = names.try_into().ok()?;
    Some((Names { secrets, open }, missing))
}

/// What stands in a list of imported names: `a, b as c`, `a, b: c`.
pub(super) fn listed(list: &str) -> Vec<(String, String)> {
    let entry = |entry: &str| {
        let entry = entry.trim();
        let (name, here) = entry
            .split_once(" as ")
            .or_else(|| entry.split_once(':'))
            .unwrap_or((entry, entry));
        (name.trim().to_owned(), here.trim().to_owned())
    };
    list.split(',')
        .map(entry)
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_imported_under_a_free_name() {
        let exports = [("secrets", "vaultSecrets", true), ("all", "vaultAll", true)];
        let (names, add) =
            missing(exports, &listed("secrets as held"), |name| name == "all").unwrap();
        assert_eq!(names.secrets, "held");
        assert_eq!(names.open, "vaultAll");
        assert_eq!(add, [("all", "vaultAll".to_owned())]);
        assert!(missing(exports, &[], |_| true).is_none());
        let unwanted = [
            ("secrets", "vaultSecrets", true),
            ("all", "vaultAll", false),
        ];
        assert_eq!(
            missing(unwanted, &[], |name| name.ends_with("ll"))
                .unwrap()
                .1
                .len(),
            1
        );
    }
}
