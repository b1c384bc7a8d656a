//! The one table of all keys.
//!
//! What a key is called, what it takes, what it does, and whether a tree that is not trusted may set it. Nothing else
//! in the program lists keys.

use super::node::{Node, check_glob};
use super::{Name, Partial, PartialSink, SettingsError};

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A list of rule ids that is not empty, or `["all"]`.
    Select,
    /// A list of rule ids.
    Rules,
    /// A list of globs.
    Globs,
    /// True or false.
    Flag,
    /// Bytes, or a string with a unit.
    Size,
    /// A path.
    Path,
    /// A severity.
    Level,
    /// A table from rule ids to a severity or `off`.
    Levels,
    /// A table from globs to lists of rule ids.
    GlobRules,
    /// A list of names of variables, in which `*` matches any run.
    Names,
    /// A list of function names.
    Functions,
    /// A list of tables, each a callee and a channel.
    Sinks,
}

/// What becomes of a key when the settings come from a tree that is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untrusted {
    /// It stays: it can only add findings.
    Kept,
    /// Only the values stay that can do nothing but add findings.
    Narrowed,
    /// It is dropped.
    Dropped,
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// The name, with the table it stands in: `secrets.allow`.
    pub id: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// The value when nothing is set, as TOML; empty for a table that has nothing in it.
    pub default: &'static str,
    /// An example of a value, as JSON, which for everything but tables is TOML as well.
    pub example: &'static str,
    /// What it does, one sentence.
    pub doc: &'static str,
    /// Whether a tree that is not trusted may set it.
    pub untrusted: Untrusted,
    read: fn(&mut Partial, &Node) -> Result<(), SettingsError>,
}

impl Key {
    /// The table that the key stands in, if it is not the outermost one.
    pub fn section(&self) -> Option<&'static str> {
        self.id.split_once('.').map(|(section, _)| section)
    }

    /// The name without the table.
    pub fn name(&self) -> &'static str {
        self.id.split_once('.').map_or(self.id, |(_, name)| name)
    }

    /// Reads the value of the key.
    pub(super) fn read(&self, partial: &mut Partial, node: &Node) -> Result<(), SettingsError> {
        (self.read)(partial, node).map_err(|error| {
            let error = error.of_key(self.id);
            match error.help {
                Some(_) => error,
                None => error.with_help(format!("for example `{}`", self.example)),
            }
        })
    }
}

/// All keys, in the order in which help lists them.
pub fn keys() -> &'static [Key] {
    KEYS
}

/// What the keys of a member of `sinks` are.
pub(super) const SINK_KEYS: [(&str, &str); 2] = [
    (
        "callee",
        "The function as it is written or as it resolves; a leading `*.` matches any receiver.",
    ),
    ("channel", "The way by which its arguments leave."),
];

static KEYS: &[Key] = &[
    Key {
        id: "select",
        kind: Kind::Select,
        default: r#"["all"]"#,
        example: r#"["env-dump"]"#,
        doc: "Rules to run, or `all`.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            let names = node.list(Node::name)?;
            if names.is_empty() {
                return Err(SettingsError::new("the list is empty", node.span)
                    .with_help("for every rule write `[\"all\"]`, to run less name the rules"));
            }
            partial.select = Some(names);
            Ok(())
        },
    },
    Key {
        id: "ignore",
        kind: Kind::Rules,
        default: "[]",
        example: r#"["env-secret-read"]"#,
        doc: "Rules not to run; wins over `select` and `severity`.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.ignore = node.list(Node::name)?;
            Ok(())
        },
    },
    Key {
        id: "exclude",
        kind: Kind::Globs,
        default: "[]",
        example: r#"["vendor/**"]"#,
        doc: "Files that are not looked at.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.exclude = node.list(Node::glob)?;
            Ok(())
        },
    },
    Key {
        id: "include-tests",
        kind: Kind::Flag,
        default: "false",
        example: "true",
        doc: "Whether test code is judged as well.",
        untrusted: Untrusted::Narrowed,
        read: |partial, node| {
            partial.include_tests = Some(node.flag()?);
            Ok(())
        },
    },
    Key {
        id: "max-file-size",
        kind: Kind::Size,
        default: r#""1MiB""#,
        example: r#""2MiB""#,
        doc: "Larger files are reported and not read; bytes, or a number with B, kB, MB, GB, KiB, MiB or GiB.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.max_file_size = Some(node.size()?);
            Ok(())
        },
    },
    Key {
        id: "baseline",
        kind: Kind::Path,
        default: "",
        example: r#""envacuate.baseline.json""#,
        doc: "The file of findings that are known and do not count, relative to the settings file.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.baseline = Some(node.text()?);
            Ok(())
        },
    },
    Key {
        id: "fail-on",
        kind: Kind::Level,
        default: r#""warning""#,
        example: r#""error""#,
        doc: "The lowest severity that makes a run fail.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.fail_on = Some(node.level()?);
            Ok(())
        },
    },
    Key {
        id: "severity",
        kind: Kind::Levels,
        default: "",
        example: r#"{"env-secret-read": "error"}"#,
        doc: "Severity of a rule in place of its own, or `off`.",
        untrusted: Untrusted::Narrowed,
        read: |partial, node| {
            for entry in node.table()? {
                let level = entry.node.level_or_off()?;
                partial.severity.push((entry.key.clone(), level));
            }
            Ok(())
        },
    },
    Key {
        id: "per-file-ignores",
        kind: Kind::GlobRules,
        default: "",
        example: r#"{"scripts/**": ["env-secret-read"]}"#,
        doc: "Rules that are off in the files that a glob matches.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            for entry in node.table()? {
                check_glob(&entry.key.text, entry.key.span)?;
                let rules = entry.node.list(Node::name)?;
                partial
                    .per_file_ignores
                    .push((entry.key.text.clone(), rules));
            }
            Ok(())
        },
    },
    Key {
        id: "secrets.allow",
        kind: Kind::Names,
        default: "[]",
        example: r#"["PUBLISHABLE_*"]"#,
        doc: "Names that are never secrets, whatever they look like; `*` matches any run.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.allow = node.list(Node::text)?;
            Ok(())
        },
    },
    Key {
        id: "secrets.deny",
        kind: Kind::Names,
        default: "[]",
        example: r#"["MY_BLOB"]"#,
        doc: "Names that are always secrets; `*` matches any run.",
        untrusted: Untrusted::Kept,
        read: |partial, node| {
            partial.deny = node.list(Node::text)?;
            Ok(())
        },
    },
    Key {
        id: "sinks",
        kind: Kind::Sinks,
        default: "[]",
        example: r#"[{"callee": "audit.write", "channel": "log"}]"#,
        doc: "Further functions through which a value leaves the process.",
        untrusted: Untrusted::Kept,
        read: |partial, node| {
            partial.sinks = node.list(sink)?;
            Ok(())
        },
    },
    Key {
        id: "functions.redactors",
        kind: Kind::Functions,
        default: "[]",
        example: r#"["maskAll"]"#,
        doc: "Functions that mask what they are given.",
        untrusted: Untrusted::Dropped,
        read: |partial, node| {
            partial.redactors = node.list(Node::text)?;
            Ok(())
        },
    },
    Key {
        id: "functions.helpers",
        kind: Kind::Functions,
        default: "[]",
        example: r#"["readSecret"]"#,
        doc: "Functions that read the variable they are given the name of.",
        untrusted: Untrusted::Kept,
        read: |partial, node| {
            partial.helpers = node.list(Node::text)?;
            Ok(())
        },
    },
];

fn sink(node: &Node) -> Result<PartialSink, SettingsError> {
    let mut callee = None;
    let mut channel: Option<Name> = None;
    for entry in node.table()? {
        match entry.key.text.as_str() {
            "callee" => callee = Some(entry.node.text()?),
            "channel" => channel = Some(entry.node.name()?),
            _ => {
                return Err(SettingsError::new("unknown key", entry.key.span)
                    .with_help("a sink has a `callee` and a `channel`"));
            }
        }
    }
    let missing = |key| SettingsError::new(format!("`{key}` is missing"), node.span);
    Ok(PartialSink {
        callee: callee.ok_or_else(|| missing("callee"))?,
        channel: channel.ok_or_else(|| missing("channel"))?,
    })
}
