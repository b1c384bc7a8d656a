//! The journal of what was written: lines of JSON that are only added to. No value, no hash and no length is in it.

use serde::{Deserialize, Serialize};

/// How far the write of one path got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is about to be written.
    Writing,
    /// The manager answered that it was not.
    NotWritten,
    /// The manager answered that it was.
    Written,
    /// It was read back and is the same.
    Verified,
    /// It was taken back.
    Removed,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// The secret, where there was none.
    Created,
    /// Another version of it.
    Replaced,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which manager, and which part of it.
    pub place: String,
    /// The path there.
    pub path: String,
    /// Its keys.
    pub keys: Vec<String>,
    /// The version, once it is known.
    pub version: Option<String>,
    /// When it was made, where its number alone does not tell it from a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<String>,
    /// How far it got.
    pub state: State,
    /// What it did.
    pub made: Made,
}

impl Line {
    /// The line as it is added, with its ending.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// What earlier runs wrote down.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Journal {
    lines: Vec<Line>,
}

impl Journal {
    /// From its text. What was cut off at its end, or in the middle by a full disk, tells nothing and is passed over.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let mut lines = Vec::new();
        for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let line = line.trim_ascii();
            match serde_json::from_slice::<Line>(line) {
                Ok(line) => lines.push(line),
                Err(error) if error.is_eof() || line.is_empty() => {}
                Err(_) => return Err(format!("line {} is none of a journal of push", at + 1)),
            }
        }
        Ok(Self { lines })
    }

    /// The last that was written down about a path.
    pub fn last(&self, place: &str, path: &str) -> Option<&Line> {
        let mut lines = self.lines.iter().rev();
        lines.find(|line| line.place == place && line.path == path)
    }

    /// The version that the last write of a path made, as far as it was told.
    pub fn made(&self, place: &str, path: &str) -> Option<&str> {
        let last = self.last(place, path)?;
        let is_there = matches!(last.state, State::Written | State::Verified);
        last.version.as_deref().filter(|_| is_there)
    }

    /// What was created at a place and not taken back, as its first line; the last first.
    pub fn created(&self, place: &str) -> Vec<&Line> {
        let mut found: Vec<&Line> = Vec::new();
        for line in self.lines.iter().filter(|line| line.place == place) {
            match (line.state, line.made) {
                (State::Removed, _) => found.retain(|known| known.path != line.path),
                (State::Written | State::Verified, Made::Created) => {
                    found.retain(|known| known.path != line.path);
                    found.push(line);
                }
                _ => {}
            }
        }
        found.reverse();
        found
    }

    /// What was about to be created at a place, and of which nothing else is told.
    pub fn open(&self, place: &str) -> Vec<&Line> {
        let mut found: Vec<&Line> = Vec::new();
        for line in self.lines.iter().filter(|line| line.place == place) {
            found.retain(|known| known.path != line.path);
            if line.state == State::Writing && line.made == Made::Created {
                found.push(line);
            }
        }
        found
    }

    /// Whether it tells of writes at other places.
    pub fn is_of_others(&self, place: &str) -> bool {
        self.lines.iter().any(|line| line.place != place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, version: Option<&str>, state: State, made: Made) -> Line {
        Line {
            place: "https://vault secret".to_owned(),
            path: path.to_owned(),
            keys: vec!["A".to_owned()],
            version: version.map(str::to_owned),
            made_at: None,
            state,
            made,
        }
    }

    #[test]
    fn only_what_was_made_and_not_taken_back_is_taken_back() {
        let all = [
            line("a", None, State::Writing, Made::Created),
            line("a", Some("1"), State::Written, Made::Created),
            line("a", Some("1"), State::Verified, Made::Created),
            line("b", None, State::Writing, Made::Created),
            line("c", Some("1"), State::Written, Made::Created),
            line("d", Some("4"), State::Verified, Made::Replaced),
            line("e", Some("1"), State::Written, Made::Created),
            line("e", Some("1"), State::Removed, Made::Created),
        ];
        let text: String = all.iter().map(Line::text).collect();
        let journal = Journal::read(text.as_bytes()).unwrap();
        let created = journal.created("https://vault secret");
        let paths: Vec<&str> = created.iter().map(|line| line.path.as_str()).collect();
        assert_eq!(paths, ["c", "a"]);
        let open = journal.open("https://vault secret");
        let paths: Vec<&str> = open.iter().map(|line| line.path.as_str()).collect();
        assert_eq!(paths, ["b"]);
        assert!(journal.created("https://other secret").is_empty());
        assert!(journal.is_of_others("https://other secret"));
        let made = |path: &str| journal.made("https://vault secret", path);
        assert_eq!((made("a"), made("b"), made("e")), (Some("1"), None, None));
    }

    #[test]
    fn a_line_that_was_cut_off_is_passed_over() {
        let whole = line("a", Some("1"), State::Written, Made::Created).text();
        let cut = &whole[..whole.len() / 2];
        for text in [
            format!("{whole}{cut}"),
            format!("{cut}\n{whole}"),
            format!("\n{whole}"),
        ] {
            let journal = Journal::read(text.as_bytes()).unwrap();
            assert_eq!(journal.lines.len(), 1, "{text}");
        }
        // In the middle of a sign.
        let mut text = line("team/\u{e9}", None, State::Writing, Made::Created).text();
        text.truncate(text.find('\u{e9}').unwrap_or_default());
        let text = [text.as_bytes(), b"\xc3\n", whole.as_bytes()].concat();
        assert_eq!(Journal::read(&text).unwrap().lines.len(), 1);
        for (wrong, why) in [
            (&b"[]\n"[..], "line 1"),
            (b"\n{\"token\": \"hunter2\"}", "line 2"),
            (b"\xff", "line 1"),
        ] {
            let error = Journal::read(wrong).unwrap_err();
            assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
        }
    }
}
