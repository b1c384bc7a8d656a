//! What is known of other modules while one file is looked at: the seam between a file and the program around it.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Origin;
use super::values::{Part, Values};
use crate::model::Channel;
use crate::syntax::NodeId;

/// A name of a module: the module as the importing file writes it, and the name there.
pub type Foreign = (String, String);

/// A function that reads the variable it is given the name of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Helper {
    /// The function's name.
    pub name: String,
    /// Which parameter is the name, the object it is called on left out.
    pub place: usize,
    /// The parameter's own name, by which a call can give it.
    pub keyword: String,
    /// Whether every argument from there on is a name.
    pub rest: bool,
    /// How the variable's name is made.
    pub parts: Vec<Part>,
}

/// What other modules are known to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Names that are the whole environment.
    pub environments: Vec<Foreign>,
    /// Names whose entry `env` is the whole environment.
    pub holders: Vec<Foreign>,
    /// Functions that return the whole environment.
    pub givers: Vec<Foreign>,
    /// Constant strings.
    pub constants: BTreeMap<Foreign, String>,
    /// Helpers.
    pub helpers: BTreeMap<Foreign, Vec<Helper>>,
    /// Classes whose fields are read from the environment, with the prefix of their names.
    pub settings: BTreeMap<Foreign, String>,
    /// Functions by whose parameters values leave: place and channel.
    pub leaks: BTreeMap<Foreign, Vec<(usize, Channel)>>,
    /// Names that hold secrets.
    pub secrets: BTreeMap<Foreign, BTreeSet<Held>>,
    /// Secrets that others give to functions of the file.
    pub gifts: BTreeSet<Gift>,
}

/// A secret and where it is found in what a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The keys that lead to it, outermost first; none where the name is the secret.
    pub path: Vec<String>,
    /// In what the name gives when it is called.
    pub called: bool,
    /// The variable.
    pub secret: String,
}

/// A secret that a function is given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gift {
    /// The function or class.
    pub to: String,
    /// At which place, the object it is called on left out.
    pub place: usize,
    /// By which name, where the call says one.
    pub keyword: Option<String>,
    /// The keys that lead to it in what is given, outermost first; none where that is the secret.
    pub path: Vec<String>,
    /// The variable.
    pub secret: String,
}

/// What a file gives to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// Names that are the whole environment.
    pub environments: Vec<String>,
    /// Names whose entry `env` is the whole environment.
    pub holders: Vec<String>,
    /// Functions that return the whole environment.
    pub givers: Vec<String>,
    /// Constant strings, dotted for members of an object or class.
    pub constants: BTreeMap<String, String>,
    /// Helpers.
    pub helpers: Vec<Helper>,
    /// Classes whose fields are read from the environment, with the prefix of their names.
    pub settings: BTreeMap<String, String>,
    /// Names that hold secrets.
    pub secrets: BTreeMap<String, BTreeSet<Held>>,
    /// Names passed on from other modules: name here, module, name there; `*` for all.
    pub passed_on: Vec<(String, String, String)>,
}

impl Exports {
    /// Whether a file that imports this one must be looked at again.
    pub fn matter(&self) -> bool {
        !self.environments.is_empty()
            || !self.holders.is_empty()
            || !self.givers.is_empty()
            || !self.helpers.is_empty()
            || !self.settings.is_empty()
            || !self.secrets.is_empty()
    }
}

/// The module and name that an expression takes from elsewhere: a name, a member of a module, a method of an object.
pub(super) fn imported(values: &Values<'_>, node: NodeId) -> Option<Foreign> {
    let node = values.bare(node);
    if values.family() == crate::language::Family::Rust {
        let path = values.path(node)?;
        let (source, name) = path.trim_start_matches('%').rsplit_once('.')?;
        return Some((source.to_owned(), name.to_owned()));
    }
    if let Some(&(_, name)) = values.shapes.members.get(&node) {
        let name = values.text(name).to_owned();
        if let Some(module) = dotted_module(values, node) {
            return Some((module, name));
        }
        return source_of(values, node, 8).map(|source| (source, name));
    }
    if !values.is_name(node) {
        return None;
    }
    let mut bindings = values.names.resolve(node).peekable();
    if bindings.peek().is_none() {
        let module = values.names.wildcards.last()?;
        return Some((module.clone(), values.text(node).to_owned()));
    }
    bindings.find_map(|binding| match &binding.origin {
        Origin::Import(source, Some(name)) => Some((source.clone(), name.clone())),
        Origin::Import(source, None) => Some((source.clone(), "default".to_owned())),
        _ => None,
    })
}

/// For a member of `a.b.c` where `import a.b.c` stands: that module.
fn dotted_module(values: &Values<'_>, member: NodeId) -> Option<String> {
    if values.family() != crate::language::Family::Python {
        return None;
    }
    let object = values.text(values.shapes.members.get(&member)?.0);
    let mut imports = values.shapes.imports.iter();
    (object.contains('.') && imports.any(|import| values.text(import.source) == object))
        .then(|| object.to_owned())
}

/// The module that the root of an expression comes from.
fn source_of(values: &Values<'_>, node: NodeId, hops: usize) -> Option<String> {
    let hops = hops.checked_sub(1)?;
    let mut at = values.bare(node);
    for _ in 0..32 {
        if let Some(&(object, _)) = values.shapes.members.get(&at) {
            if let Some(binding) = values
                .names
                .own_field(&values.shapes, at)
                .and_then(|_| values.names.resolve(at).next())
                && let Origin::Value(value, _) = &binding.origin
            {
                return source_of(values, *value, hops);
            }
            at = values.bare(object);
        } else if let Some(call) = values.shapes.calls.get(&at) {
            if let Some(module) = values.required_module(call.function, call.arguments) {
                return Some(module);
            }
            at = values.bare(call.function);
        } else {
            break;
        }
    }
    if !values.is_name(at) {
        return None;
    }
    values
        .names
        .resolve(at)
        .find_map(|binding| match &binding.origin {
            Origin::Import(source, _) => Some(source.clone()),
            Origin::Value(value, _) if *value != at => source_of(values, *value, hops),
            _ => None,
        })
}
