//! What is known of secret managers: how secrets are named there, the code that a program reads them with, and what has
//! to be allowed to whom.
//!
//! Texts and how to fill them in; knows no program and no fact. Used by the rewriting and the manifest.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

mod aws;
mod azure;
mod ecma;
mod gcp;
mod python;
mod rust;
mod shell;
mod vault;

/// A secret manager.
#[derive(Debug)]
pub struct Backend {
    /// Its word on the command line and in manifests.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// The code that programs read it with, one for each kind of file.
    pub clients: &'static [Client],
    /// What there is more than one of: a mount, a project.
    pub place: Place,
    /// The variable that tells a server where the manager is, and the flag that says its value.
    pub told: [&'static str; 2],
    /// Where the value of a secret is kept: whose it is, the server, and the name of the variable.
    pub address: fn(team: &str, server: &str, name: &str) -> Address,
    /// In bytes; no path may be longer.
    pub longest: usize,
    /// Whether paths that differ only in case are the same.
    pub folds_case: bool,
    /// How its API names a secret of a place.
    pub api: fn(place: &str, address: &Address) -> String,
    /// A command that stores a value which it takes from standard input.
    pub store: fn(&Store<'_>) -> String,
    /// The language of its policies.
    pub policy: &'static str,
    /// What a server needs: to read what is at its paths.
    pub reads: fn(place: &str, paths: &[&str]) -> String,
    /// What is needed to put values there: to make what is not there yet, and to see whether it is.
    pub pushes: fn(place: &str, paths: &[&str]) -> String,
}

/// All of them, the one that is meant when none is named first.
pub static ALL: [&Backend; 4] = [
    &vault::BACKEND,
    &aws::BACKEND,
    &gcp::BACKEND,
    &azure::BACKEND,
];

impl Default for &Backend {
    fn default() -> Self {
        ALL[0]
    }
}

impl PartialEq for Backend {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Backend {}

impl Backend {
    /// By its word.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.into_iter().find(|backend| backend.id == id)
    }

    /// Whether some of its clients ask in this way.
    pub fn offers(&self, through: Through) -> bool {
        self.clients.iter().any(|client| client.through == through)
    }

    /// Its clients for a kind of file, those that ask in a certain way first.
    pub fn clients(
        &self,
        flavor: Flavor,
        through: Through,
    ) -> impl Iterator<Item = &'static Client> {
        let clients = self.clients.iter();
        let mut found: Vec<_> = clients.filter(|client| client.flavor == flavor).collect();
        found.sort_by_key(|client| client.through != through);
        found.into_iter()
    }

    /// The one of its clients that a file is of, whatever was changed in it: of those whose libraries it names, the one with
    /// most of them.
    pub fn client_of(&self, flavor: Flavor, text: &[u8]) -> Option<&'static Client> {
        let names = |one: &Use| {
            let name = one.name.replace('-', "_");
            memchr::memmem::find(text, name.as_bytes()).is_some()
        };
        let clients = self.clients.iter();
        let clients = clients.filter(|client| client.flavor == flavor && client.is_ours(text));
        let of_text = clients.filter(|client| client.uses.iter().all(names));
        of_text.max_by_key(|client| client.uses.len())
    }

    /// What two addresses have in common that are the same one.
    pub fn folded(&self, address: &Address) -> Address {
        let mut address = address.clone();
        if self.folds_case {
            address.path.make_ascii_lowercase();
        }
        address
    }
}

/// What there is more than one of, where secrets are kept.
#[derive(Debug)]
pub struct Place {
    /// What it is for people: `mount`. Also the flag that says it.
    pub word: &'static str,
    /// What the environment says where the program does not; nothing where it has to be said.
    pub variable: Option<&'static str>,
    /// Which one it is when none is named; empty where only the environment of the program says it.
    pub usual: &'static str,
    /// Whether a text can be one, and part of code and commands.
    pub takes: fn(&str) -> bool,
    /// The name of the constant that says it in clients. It has `usual` for a value there.
    pub constant: &'static str,
}

/// Whether a text can be part of a path, and so of code: letters, digits, `-`, `_` and `.`, with `/` between parts.
pub fn is_path(name: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    name.split('/')
        .all(|part| !part.is_empty() && part.chars().all(fine) && part != "..")
}

/// Where the value of a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The secret: `team/server` where it is one for each server, else one for each name.
    pub path: String,
    /// The key in it; empty where a secret is one value.
    pub key: String,
}

/// What a command that stores a value has to know.
#[derive(Clone, Copy, Debug)]
pub struct Store<'s> {
    /// Which mount, project or vault.
    pub place: &'s str,
    /// Where the value belongs.
    pub address: &'s Address,
    /// The server.
    pub server: &'s str,
    /// The name of the variable.
    pub name: &'s str,
    /// Whether there is a secret at the path already, with other keys.
    pub is_there: bool,
}

/// The kind of file that a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flavor {
    /// TypeScript.
    Ts,
    /// JavaScript, ES module.
    Mjs,
    /// JavaScript, `CommonJS`.
    Cjs,
    /// Python.
    Python,
    /// Rust.
    Rust,
}

/// A secret that a client gives out.
#[derive(Clone, Copy, Debug)]
pub struct Held<'h> {
    /// The name by which the program asks for it.
    pub name: &'h str,
    /// Path below the mount.
    pub path: &'h str,
    /// Key in the secret of that path.
    pub key: &'h str,
}

/// What a client asks a secret manager with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Through {
    /// Its own code, over the HTTP client of the platform.
    #[default]
    Builtin,
    /// The library that people use for this manager, or that its maker publishes.
    Library,
}

impl Through {
    /// All of them, the one that is meant when none is named first.
    pub const ALL: [Self; 2] = [Self::Builtin, Self::Library];

    /// Its word on the command line and in manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Library => "library",
        }
    }

    /// Whether it is the one that is meant when none is named.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Code that is placed in a program.
#[derive(Debug)]
pub struct Client {
    /// For which files.
    pub flavor: Flavor,
    /// What it asks with.
    pub through: Through,
    /// Names of its file; the second where the first is taken.
    pub names: [&'static str; 2],
    /// The parts that make a whole program file, with a table between two marks in the first one.
    pub parts: &'static [&'static str],
    /// A line of the table, without the indentation.
    pub entry: fn(&Held<'_>) -> String,
    /// Libraries that it uses, in order.
    pub uses: &'static [Use],
}

/// A library that a client uses.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// Its name in the registry of its language.
    pub name: &'static str,
    /// Which versions.
    pub version: &'static str,
    /// Which ones instead where a package may run on a Node before 22; nothing where they are the same.
    pub before_node_22: Option<&'static str>,
    /// Features that it has to have, in Rust.
    pub features: &'static [&'static str],
    /// Whether it is taken with its default features. Where it is not, they hold the ones above and more.
    pub default_features: bool,
}

impl Use {
    /// A library as it is, without a choice of features.
    pub const fn plain(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            before_node_22: None,
            features: &[],
            default_features: true,
        }
    }

    /// The same, with other versions for a Node before 22.
    const fn before_node_22(self, version: &'static str) -> Self {
        Self {
            before_node_22: Some(version),
            ..self
        }
    }
}

/// The lines around the table hold these.
const BEGIN: &str = "envacuate:begin";
const END: &str = "envacuate:end";

impl Client {
    /// Whether a file was made from the template, or from that of another kind of file for the same manager, whatever was
    /// changed outside of the table.
    pub fn is_ours(&self, text: &[u8]) -> bool {
        let has = |words: &str| memchr::memmem::find(text, words.as_bytes()).is_some();
        let is_of = |backend: &&Backend| has(backend.place.constant);
        let own = |backend: &&Backend| backend.clients.iter().any(|one| std::ptr::eq(one, self));
        has(BEGIN) && ALL.into_iter().find(is_of).as_ref().is_none_or(own)
    }

    /// The whole file, with an example in its table. What a part says of itself is left out.
    pub fn template(&self) -> String {
        let (first, others) = self.parts.split_first().unwrap_or((&"", &[]));
        let mut text = String::from(*first);
        for part in others {
            let lines = part.lines().take_while(|line| line.starts_with("//!"));
            let about: usize = lines.map(|line| line.len() + 1).sum();
            text.push_str(&part[about..]);
        }
        text
    }

    /// The file with secrets in its table. What stands in the table of a file that is there is kept, and so is all
    /// that is outside of it.
    pub fn render(
        &self,
        there: Option<&[u8]>,
        held: &[Held<'_>],
        place: (&Place, &str),
    ) -> Vec<u8> {
        let (
            Place {
                constant, usual, ..
            },
            place,
        ) = place;
        let usual = format!("= {usual:?}");
        let there = there.and_then(|text| std::str::from_utf8(text).ok());
        let text = there.map_or_else(|| Cow::Owned(self.template()), Cow::Borrowed);
        let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut entries: Vec<String> = held.iter().map(self.entry).collect();
        let mut out = String::with_capacity(text.len() + 80 * entries.len());
        let mut inside = false;
        for line in text.split_inclusive('\n') {
            let bare = line.trim();
            if line.contains(END) {
                let indent = &line[..line.len() - line.trim_start().len()];
                for entry in &entries {
                    out.extend([indent, entry, ending]);
                }
                inside = false;
            } else if inside {
                // The template shows an example.
                if there.is_none() {
                    continue;
                }
                entries.retain(|entry| entry != bare);
            }
            if line.contains(BEGIN) {
                inside = true;
            }
            if there.is_none() && line.contains(constant) && line.contains(&usual) {
                out.push_str(&line.replacen(&usual, &format!("= {place:?}"), 1));
            } else {
                out.push_str(line);
            }
        }
        out.into_bytes()
    }

    /// The lines of the table of a file, if nothing else was changed in it since it was made.
    pub fn table(&self, text: &[u8], place: (&Place, &str)) -> Option<Vec<String>> {
        let text = std::str::from_utf8(text).ok()?.replace("\r\n", "\n");
        let (mut table, mut others) = (Vec::new(), String::with_capacity(text.len()));
        let mut inside = false;
        for line in text.split_inclusive('\n') {
            inside &= !line.contains(END);
            if inside {
                table.push(line.to_owned());
            } else {
                others.push_str(line);
            }
            inside |= line.contains(BEGIN);
        }
        (self.render(None, &[], place) == others.into_bytes()).then_some(table)
    }

    /// The whole file with the lines of a table.
    pub fn with_table(&self, table: &[String], place: (&Place, &str)) -> Vec<u8> {
        let made = self.render(None, &[], place);
        let made = String::from_utf8_lossy(&made).into_owned();
        let end = made.lines().position(|line| line.contains(END));
        let (before, after): (Vec<_>, Vec<_>) = made
            .split_inclusive('\n')
            .enumerate()
            .partition(|(number, _)| Some(*number) < end);
        let line = |(_, line): (usize, &str)| line.to_owned();
        let lines = before.into_iter().map(line).chain(table.iter().cloned());
        let text: String = lines.chain(after.into_iter().map(line)).collect();
        text.into_bytes()
    }

    /// The file for a package whose modules are not known to be those of ECMAScript, which only TypeScript cares about.
    pub fn in_common_js(&self, file: Vec<u8>) -> Vec<u8> {
        match (
            self.flavor,
            memchr::memmem::find(&file, ecma::HERE[0].as_bytes()),
        ) {
            (Flavor::Ts, Some(at)) => {
                let after = &file[at + ecma::HERE[0].len()..];
                [&file[..at], ecma::HERE[1].as_bytes(), after].concat()
            }
            _ => file,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held<'h>(name: &'h str, address: &'h Address) -> Held<'h> {
        let Address { path, key } = address;
        Held { name, path, key }
    }

    #[test]
    fn a_table_is_filled_once_and_added_to() {
        for backend in ALL {
            for client in backend.clients {
                let address = |name: &str| (backend.address)("team", "server", name);
                let [a, b, example] = ["A_TOKEN", "B_TOKEN", "GITHUB_TOKEN"].map(address);
                let (one, two) = (held("A_TOKEN", &a), held("B_TOKEN", &b));
                let place = |name| (&backend.place, name);
                let first = client.render(None, &[one], place("kv"));
                let text = String::from_utf8(first.clone()).unwrap();
                assert!(client.is_ours(&first));
                assert!(
                    text.contains(&(client.entry)(&one)) && text.contains("\"kv\""),
                    "{text}"
                );
                let example = held("GITHUB_TOKEN", &example);
                assert!(!text.contains(&(client.entry)(&example)), "{text}");
                assert_eq!(client.render(Some(&first), &[one], place("kv")), first);
                let both = client.render(Some(&first), &[one, two], place("other"));
                let text = String::from_utf8(both).unwrap();
                assert_eq!(text.matches(&(client.entry)(&one)).count(), 1);
                assert!(text.contains(&(client.entry)(&two)) && !text.contains("= \"other\""));
            }
        }
    }

    #[test]
    fn clients_of_all_managers_hold_values_in_the_same_way() {
        for client in ALL.into_iter().flat_map(|backend| backend.clients) {
            let of_vault = vault::BACKEND.clients.iter();
            let mut of_vault = of_vault.filter(|one| one.flavor == client.flavor);
            assert_eq!(client.parts[1], of_vault.next().unwrap().parts[1]);
            let text = client.template();
            let says = |words: &str| text.matches(words).count();
            assert_eq!((says(BEGIN), says(END)), (1, 1));
            let is_module = matches!(client.flavor, Flavor::Ts | Flavor::Mjs);
            let is_here = is_module && !client.uses.is_empty();
            assert_eq!(says(ecma::HERE[0]), usize::from(is_here));
            let common = String::from_utf8(client.in_common_js(text.clone().into_bytes())).unwrap();
            let is_turned = is_here && client.flavor == Flavor::Ts;
            assert_eq!(
                common.matches(ecma::HERE[1]).count(),
                usize::from(is_turned)
            );
            assert_eq!(common.lines().count(), text.lines().count());
        }
    }

    #[test]
    fn every_name_fits_the_rules_of_its_manager() {
        for backend in ALL {
            let is_fine: fn(char) -> bool = match backend.id {
                "vault" => |c| c.is_ascii_alphanumeric() || "-_./".contains(c),
                "aws" => |c| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c),
                "gcp" => |c| c.is_ascii_alphanumeric() || "-_".contains(c),
                _ => |c| c.is_ascii_alphanumeric() || c == '-',
            };
            let address = (backend.address)("team/a.b", "server_x.y", "A__TOKEN2");
            assert!(address.path.chars().all(is_fine), "{address:?}");
            assert_eq!(Backend::find(backend.id), Some(backend));
        }
    }

    #[test]
    fn a_hostile_name_is_no_command() {
        let hostile = "X$(touch gone)\"';\n";
        for backend in ALL {
            let address = (backend.address)("a b", "server", hostile);
            for is_there in [false, true] {
                let store = (backend.store)(&Store {
                    place: "place",
                    address: &address,
                    server: "$(touch gone)",
                    name: hostile,
                    is_there,
                });
                assert!(!store.contains('\n'), "{store}");
                let mut words = shlex(&store);
                words.retain(|word| word.contains("$(touch"));
                assert!(words.iter().all(|word| word.starts_with('\'')), "{store}");
            }
        }
    }

    /// What stands between quotes of one kind, and what stands between them.
    fn shlex(command: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut is_quoted = false;
        for part in command.replace("'\\''", "").split('\'') {
            words.push(format!("{}{part}", if is_quoted { "'" } else { "" }));
            is_quoted = !is_quoted;
        }
        words
    }
}
