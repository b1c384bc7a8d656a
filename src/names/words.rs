//! A name as whole words, in lower case: `GITHUB_TOKEN`, `githubToken` and `github-token` are the same two words.
//!
//! Knows no meaning of any word and allocates nothing. Used by the judgement and by the provider table.

/// Longest name that is looked at, in bytes.
const MAX_BYTES: usize = 128;

/// Most words that are looked at.
const MAX_WORDS: usize = 32;

/// The words of one name.
///
/// They stand in the buffer without anything between them, so that neighbours can be read as one: `git` and `hub` of
/// `GitHub` as `github`.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    text: [u8; MAX_BYTES],
    ends: [u8; MAX_WORDS],
    len: usize,
}

impl Words {
    /// The words of a name; nothing for a name without any, or one too long to be a name.
    pub fn split(name: &str) -> Option<Self> {
        let bytes = name.as_bytes();
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let mut words = Self {
            text: [0; MAX_BYTES],
            ends: [0; MAX_WORDS],
            len: 0,
        };
        let mut filled = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let separates = byte.is_ascii() && !byte.is_ascii_alphanumeric();
            if separates || starts_word(bytes, at) {
                words.close(filled)?;
            }
            if !separates {
                words.text[filled] = byte.to_ascii_lowercase();
                filled += 1;
            }
        }
        words.close(filled)?;
        (words.len > 0).then_some(words)
    }

    /// Ends the word that is being filled; nothing when there is no room for one more.
    fn close(&mut self, filled: usize) -> Option<()> {
        if filled > self.start(self.len) {
            *self.ends.get_mut(self.len)? = u8::try_from(filled).ok()?;
            self.len += 1;
        }
        Some(())
    }

    fn start(&self, index: usize) -> usize {
        index
            .checked_sub(1)
            .map_or(0, |before| usize::from(self.ends[before]))
    }

    /// Number of words, at least one.
    pub fn count(&self) -> usize {
        self.len
    }

    /// The word at an index, in lower case.
    pub fn get(&self, index: usize) -> Option<&str> {
        self.joined(index, 1)
    }

    /// `count` neighbouring words from `first` on, written as one.
    pub fn joined(&self, first: usize, count: usize) -> Option<&str> {
        let last = first.checked_add(count)?.checked_sub(1)?;
        if last >= self.len || count == 0 {
            return None;
        }
        std::str::from_utf8(&self.text[self.start(first)..usize::from(self.ends[last])]).ok()
    }

    /// The words from the first to the last.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len).filter_map(|index| self.get(index))
    }
}

/// Whether a new word of a camel case name starts at a byte: `apiKey`, `APIKey`, `oauth2Token`, but not `K8S` or `S3`.
fn starts_word(bytes: &[u8], at: usize) -> bool {
    if at == 0 || !bytes[at].is_ascii_uppercase() {
        return false;
    }
    let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    let before = bytes[at - 1];
    before.is_ascii_lowercase()
        || (next_is_lower && before.is_ascii_alphanumeric() && !is_plural(bytes, at))
}

/// Whether the capital at a byte ends an acronym that only a plural `s` follows, as in `URLs`.
fn is_plural(bytes: &[u8], at: usize) -> bool {
    bytes[at - 1].is_ascii_uppercase()
        && bytes.get(at + 1) == Some(&b's')
        && !bytes.get(at + 2).is_some_and(u8::is_ascii_lowercase)
}
