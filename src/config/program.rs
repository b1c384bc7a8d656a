//! Which program a value is given to, as far as a config file says so: what MCP clients, compose and Kubernetes start.
//!
//! Keeps words of the file to itself and only compares them. Used by the judgement of assigned values.

use super::node::{Entries, Kind};

/// Programs that fetch another one and start it, in lower case.
static LAUNCHERS: &[&str] = &[
    "bunx", "dlx", "dnx", "docker", "npx", "pipx", "pnpx", "podman", "uvx",
];

/// In how many words from the start a launcher is looked for: `cmd /c npx`, `uv tool run`.
const FIRST: usize = 3;

/// The program that gets what stands in its environment.
pub(super) struct Program {
    words: Vec<String>,
    /// Whether it comes from elsewhere, and not from files at hand.
    is_fetched: bool,
}

impl Program {
    /// The program of the nearest map that names one.
    pub(super) fn of(entries: &Entries<'_>, index: usize) -> Option<Self> {
        entries
            .ancestors(index)
            .find_map(|map| in_map(entries, map))
    }

    /// Whether it can be the server of a name.
    pub(super) fn may_be(&self, server: &str) -> bool {
        !self.is_fetched || self.words.iter().any(|word| slug(word) == plain(server))
    }
}

fn in_map(entries: &Entries<'_>, map: usize) -> Option<Program> {
    let image = texts(entries, map, "image");
    if !image.is_empty() {
        return Some(Program {
            words: image,
            is_fetched: entries.child(map, &["build"]).is_none(),
        });
    }
    let command = texts(entries, map, "command");
    if command.is_empty() {
        return None;
    }
    let args = texts(entries, map, "args");
    let words = command
        .iter()
        .chain(&args)
        .flat_map(|text| text.split_whitespace());
    let words: Vec<String> = words.map(str::to_owned).collect();
    let is_launcher = |word: &String| LAUNCHERS.contains(&&*file(word));
    let is_tool = words.iter().take(FIRST).any(|word| word == "tool");
    Some(Program {
        is_fetched: is_tool || words.iter().take(FIRST).any(is_launcher),
        words,
    })
}

/// The texts of a key: its value, or the items of its list.
fn texts(entries: &Entries<'_>, map: usize, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lists = Vec::new();
    for at in map + 1..entries.nodes.len() {
        let node = &entries.nodes[at];
        let is_own = node.parent == Some(map) && node.name.eq_ignore_ascii_case(key);
        let is_item = node.parent.is_some_and(|parent| lists.contains(&parent));
        match node.kind {
            Kind::Text | Kind::Command if is_own || is_item => found.push(node.text.to_string()),
            Kind::List if is_own => lists.push(at),
            _ => {}
        }
    }
    found
}

/// The file name of a program without its ending, in lower case.
fn file(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let bare = [".cmd", ".exe", ".ps1"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    bare.unwrap_or(&name).to_owned()
}

/// What a package or an image is called, without owner, version and tag.
fn slug(word: &str) -> String {
    let name = word.rsplit('/').next().unwrap_or_default();
    let name = name.strip_prefix('@').unwrap_or(name);
    let name = name.split(['@', ':', '=']).next().unwrap_or_default();
    plain(name.strip_suffix(".git").unwrap_or(name))
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::super::format::{Format, read};
    use super::*;

    fn may_be(format: Format, text: &str) -> bool {
        let entries = read(format, text);
        let found = entries
            .leaves()
            .find(|&at| entries.nodes[at].name == "T")
            .unwrap();
        Program::of(&entries, found).is_none_or(|program| program.may_be("notes-mcp"))
    }

    #[test]
    fn what_is_fetched_has_to_have_the_name() {
        for (fine, text) in [
            (true, r#""command": "node", "args": ["dist/index.js"]"#),
            (
                true,
                r#""command": "npx", "args": ["-y", "@acme/notes-mcp@1.2"]"#,
            ),
            (true, r#""command": "uvx", "args": ["notes_mcp==1.0"]"#),
            (
                true,
                r#""command": "docker run ghcr.io/acme/notes-mcp:latest""#,
            ),
            (true, r#""type": "stdio""#),
            (false, r#""command": "npx", "args": ["-y", "other-mcp"]"#),
            (
                false,
                r#""command": "C:\\tools\\NPX.cmd", "args": ["other-mcp"]"#,
            ),
            (
                false,
                r#""command": "cmd", "args": ["/c", "npx", "other-mcp"]"#,
            ),
            (
                false,
                r#""command": "uv", "args": ["tool", "run", "other-mcp"]"#,
            ),
            (
                false,
                r#""command": "docker", "args": ["run", "-e", "T", "mcp/other"]"#,
            ),
        ] {
            let text =
                format!("{{\"mcpServers\": {{\"a\": {{{text}, \"env\": {{\"T\": \"x\"}}}}}}}}");
            assert_eq!(may_be(Format::Json, &text), fine, "{text}");
        }
        for (fine, text) in [
            (true, "build: .\n    image: postgres"),
            (true, "build: {context: .}\n    image: postgres"),
            (true, "image: ghcr.io/acme/notes-mcp:1.2@sha256:00"),
            (true, "restart: always"),
            (false, "image: postgres:17"),
        ] {
            let text = format!("services:\n  a:\n    {text}\n    environment:\n      T: x\n");
            assert_eq!(may_be(Format::Yaml, &text), fine, "{text}");
        }
    }
}
