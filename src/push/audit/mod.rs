//! What the audit logs of managers say of one secret: who read it, and who wrote it.
//!
//! Text in, entries out. One file per manager knows how its log is written, and one table names them. Values that a
//! log may hold are not looked at. What comes out of it is weighed by `fetched`.

mod aws;
mod azure;
mod gcp;
mod records;
mod vault;

use serde_json::Value;

use super::Moment;
use records::records;

pub use records::is_document;

/// Most signs of a name; what is longer was not given by a manager.
const LONGEST_NAME: usize = 256;

/// So many records are looked at closely to tell whether a text is a log of this manager at all.
const SAMPLE: usize = 100;

/// Where a secret is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The mount of the manifest; may be empty.
    pub mount: &'a str,
    /// The path below it.
    pub path: &'a str,
    /// The namespace of Vault, empty for the root; nothing where that is not known.
    pub namespace: Option<&'a str>,
}

/// What somebody did with the secret, and was let do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, by the clock of the manager.
    pub at: Moment,
    /// Which of the secrets of that name: the account and region, the project, the vault, the namespace.
    pub realm: String,
    /// Who it was.
    pub who: Who,
    /// What was done.
    pub did: Did,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// The version that was current was read; which one that was, some logs say.
    Read(Option<String>),
    /// A version was read that was asked for by its name, which some logs say.
    ReadNamed(Option<String>),
    /// A new version was written; which one, some logs say.
    Wrote(Option<String>),
}

/// Who did something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// As the log names the identity.
    pub name: String,
    /// Other names of it: a role, a session, an id.
    pub also: Vec<String>,
    /// The address it came from; may be empty.
    pub address: String,
}

impl Who {
    /// By the first of some names that is there; the others are kept as well.
    fn new(names: &[Option<&str>], address: Option<&str>) -> Self {
        let mut names = names.iter().flatten().filter(|name| !name.is_empty());
        Self {
            name: names
                .next()
                .map_or_else(|| "unknown".to_owned(), |name| short(name)),
            also: names.map(|name| short(name)).collect(),
            address: address.map(short).unwrap_or_default(),
        }
    }

    /// Whether it is known by a name.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.also.iter().any(|also| also == name)
    }
}

/// What a record of a log is.
enum Record {
    /// None of this log.
    Foreign,
    /// One of this log that is about something else.
    Other,
    /// One about the secret.
    Ours(Entry),
}

/// How the log of a manager is read.
#[derive(Clone, Copy)]
pub struct Format {
    backend: &'static str,
    /// What it is, for people.
    pub name: &'static str,
    read: fn(&Value, &Place<'_>) -> Record,
    /// Whether the path stands in it as it is written in the manifest.
    is_verbatim: bool,
}

/// All of them, by the id that a manifest has.
const FORMATS: &[Format] = &[
    Format {
        backend: "aws",
        name: "CloudTrail",
        read: aws::record,
        is_verbatim: true,
    },
    Format {
        backend: "azure",
        name: "the AuditEvent log of Key Vault",
        read: azure::record,
        is_verbatim: false,
    },
    Format {
        backend: "gcp",
        name: "Cloud Audit Logs",
        read: gcp::record,
        is_verbatim: true,
    },
    Format {
        backend: "vault",
        name: "the audit log of Vault",
        read: vault::record,
        is_verbatim: true,
    },
];

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// What was done with the secret, in the order of the text.
    pub entries: Vec<Entry>,
    /// Whether any of it is the log of this manager.
    pub is_known: bool,
}

impl Format {
    /// That of the manager of a manifest.
    pub fn of(backend: &str) -> Option<Self> {
        FORMATS.iter().find(|one| one.backend == backend).copied()
    }

    /// What a text says of a secret. Whatever is no record, half a one included, is passed over.
    pub fn read(&self, text: &[u8], place: &Place<'_>) -> Read {
        let mut out = Read::default();
        let mut seen = 0;
        let word = if self.is_verbatim {
            longest_word(place.path)
        } else {
            ""
        };
        let finder = memchr::memmem::Finder::new(word.as_bytes());
        let mut wants = |bytes: &[u8]| {
            seen += 1;
            seen <= SAMPLE || finder.find(bytes).is_some()
        };
        records(text, &mut wants, &mut |record: &str| {
            let Ok(value) = serde_json::from_str::<Value>(record) else {
                return;
            };
            match (self.read)(&value, place) {
                Record::Foreign => {}
                Record::Other => out.is_known = true,
                Record::Ours(entry) => {
                    out.is_known = true;
                    out.entries.push(entry);
                }
            }
        });
        out
    }
}

/// The longest part of a path that no way of writing JSON writes differently.
fn longest_word(path: &str) -> &str {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words.max_by_key(|word| word.len()).unwrap_or_default()
}

/// The text at a place of a record.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer)?.as_str()
}

/// The time at a place of a record.
fn time(value: &Value, pointer: &str) -> Option<Moment> {
    Moment::read(text(value, pointer)?)
}

fn short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries of a text, as lines to compare.
    pub(super) fn lines(backend: &str, mount: &str, path: &str, text: &str) -> Vec<String> {
        let format = Format::of(backend).unwrap();
        let read = format.read(
            text.as_bytes(),
            &Place {
                mount,
                path,
                namespace: None,
            },
        );
        let line = |entry: &Entry| {
            let who = &entry.who;
            format!("{} {:?} {} {}", entry.at, entry.did, who.name, who.address)
        };
        read.entries.iter().map(line).collect()
    }

    /// What no text of any log may do: crash, or be taken for something else.
    #[test]
    fn hostile_texts_say_nothing() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let unclosed = "{\n".repeat(100_000);
        let huge = format!("{{\"type\": \"{}\"}}", "x".repeat(4_000_000));
        let texts = [
            "",
            "\n\n",
            "{",
            "[",
            "null",
            "[null, 1, \"x\", {}]",
            "{\"Records\": {\"a\": 1}}",
            "{\"Records\": [[[{}]]]}",
            "{\"Events\": [{\"CloudTrailEvent\": \"{\"}]}",
            "{\"Events\": [{\"CloudTrailEvent\": 3}]}",
            "\u{0}\u{1b}[2J",
            "\u{feff}{}",
            "{\"request\": 1, \"type\": {}}",
            "{\"protoPayload\": []}",
            "{\"operationName\": null}",
            "{\"time\":\"9\",\"type\":\"response\",\"request\":{\"path\":\"m/data/a/b\"}}",
        ];
        let texts = texts.into_iter().chain([&*deep, &*unclosed, &*huge]);
        for text in texts {
            for format in FORMATS {
                let place = Place {
                    mount: "m",
                    path: "a/b",
                    namespace: None,
                };
                let read = format.read(text.as_bytes(), &place);
                assert_eq!(read.entries, [], "{}: {:.60}", format.backend, text);
            }
        }
        let broken = [b"{\"a\": \"\xff\xfe\"}\n\xff\n".as_slice(), b"\x1f\x8b\x08"];
        for text in broken {
            for format in FORMATS {
                assert_eq!(
                    format
                        .read(
                            text,
                            &Place {
                                mount: "",
                                namespace: None,
                                path: ""
                            }
                        )
                        .entries,
                    []
                );
            }
        }
    }

    #[test]
    fn names_are_cut() {
        let long = "n".repeat(100_000);
        let who = Who::new(&[None, Some(""), Some(&long), Some("role")], None);
        assert_eq!((who.name.len(), &*who.also[0]), (LONGEST_NAME, "role"));
        assert!(who.is("role") && !who.is("rol"));
    }
}
