//! What is known of secret managers: the code that a program reads them with.
//!
//! Texts and how to fill them in; knows no program and no fact. Used by the rewriting.

mod vault;

pub use vault::CLIENTS;

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

/// Code that is placed in a program.
#[derive(Debug)]
pub struct Client {
    /// For which files.
    pub flavor: Flavor,
    /// Names of its file; the second where the first is taken.
    pub names: [&'static str; 2],
    /// A whole program file, with a table between two marks.
    pub template: &'static str,
    /// A line of the table, without the indentation.
    pub entry: fn(&Held<'_>) -> String,
    /// Libraries that it uses, with versions, in order.
    pub uses: &'static [(&'static str, &'static str)],
}

/// The lines around the table hold these.
const BEGIN: &str = "envacuate:begin";
const END: &str = "envacuate:end";

/// The line that says the mount, and the mount that templates have there.
const MOUNT: (&str, &str) = ("MOUNT", "= \"secret\"");

impl Client {
    /// Whether a file was made from the template, whatever was changed outside of the table.
    pub fn is_ours(&self, text: &[u8]) -> bool {
        memchr::memmem::find(text, BEGIN.as_bytes()).is_some()
    }

    /// The file with secrets in its table. What stands in the table of a file that is there is kept, and so is all
    /// that is outside of it.
    pub fn render(&self, there: Option<&[u8]>, held: &[Held<'_>], mount: &str) -> Vec<u8> {
        let there = there.and_then(|text| std::str::from_utf8(text).ok());
        let text = there.unwrap_or(self.template);
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
            if there.is_none() && line.contains(MOUNT.0) && line.contains(MOUNT.1) {
                out.push_str(&line.replacen(MOUNT.1, &format!("= {mount:?}"), 1));
            } else {
                out.push_str(line);
            }
        }
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_filled_once_and_added_to() {
        for client in CLIENTS {
            let one = Held {
                name: "A_TOKEN",
                path: "team/server",
                key: "A_TOKEN",
            };
            let two = Held {
                name: "B_TOKEN",
                ..one
            };
            let first = client.render(None, &[one], "kv");
            let text = String::from_utf8(first.clone()).unwrap();
            assert!(client.is_ours(&first));
            assert!(
                text.contains(&(client.entry)(&one)) && text.contains("\"kv\""),
                "{text}"
            );
            let example = Held {
                name: "GITHUB_TOKEN",
                key: "GITHUB_TOKEN",
                ..one
            };
            assert!(!text.contains(&(client.entry)(&example)), "{text}");
            assert_eq!(client.render(Some(&first), &[one], "kv"), first);
            let both = client.render(Some(&first), &[one, two], "other");
            let text = String::from_utf8(both).unwrap();
            assert_eq!(text.matches(&(client.entry)(&one)).count(), 1);
            assert!(text.contains(&(client.entry)(&two)) && !text.contains("= \"other\""));
        }
    }
}
