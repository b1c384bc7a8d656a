//! Tokens: as much of a language's lexis as brackets, names and statements can be told by.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// A number, or the text of a string up to the next code in it.
    Text,
    /// A word inside a text that may be a name all the same: of a format string, or all of a string.
    Inner,
    /// A punctuation mark.
    Mark(u8),
    /// A comment.
    Comment,
}

/// A token and its place in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    pub(super) fn text<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    pub(super) fn is(&self, mark: u8) -> bool {
        self.kind == Kind::Mark(mark)
    }

    /// Whether it is code: no comment, and nothing inside a text.
    pub(super) fn is_code(&self) -> bool {
        !matches!(self.kind, Kind::Comment | Kind::Inner)
    }
}

/// Gathers tokens; knows the marks, words and numbers that the languages share.
#[derive(Debug)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t [u8],
    pub(super) at: usize,
    pub(super) tokens: Vec<Token>,
    /// The last token that is code.
    pub(super) last: Option<Token>,
}

impl<'t> Lexer<'t> {
    /// [`None`] for a text that is too long to be pointed into.
    pub(super) fn new(text: &'t [u8]) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        Some(Self {
            text,
            at: if text.starts_with(b"\xef\xbb\xbf") {
                3
            } else {
                0
            },
            tokens: Vec::with_capacity(text.len() / 5),
            last: None,
        })
    }

    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Takes everything up to `end` as one token.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`new` saw that the whole text fits"
    )]
    pub(super) fn push(&mut self, kind: Kind, end: usize) {
        let token = Token {
            kind,
            start: self.at as u32,
            end: end as u32,
        };
        if token.is_code() {
            self.last = Some(token);
        }
        self.tokens.push(token);
        self.at = end;
    }

    /// Takes a comment up to the end of the line.
    pub(super) fn line_comment(&mut self) {
        let rest = &self.text[self.at..];
        let end = memchr::memchr(b'\n', rest).map_or(self.text.len(), |n| self.at + n);
        self.push(Kind::Comment, end);
    }

    /// Takes a text up to `end`, and its words where it may hold names.
    pub(super) fn text(&mut self, end: usize, is_format: bool) {
        let start = self.at;
        self.push(Kind::Text, end);
        let written = &self.text[start..end];
        let inner = written
            .iter()
            .position(|&b| matches!(b, b'"' | b'\'' | b'`'))
            .map_or(written, |at| &written[at..]);
        let inner = inner.trim_ascii_start();
        let bare = inner
            .iter()
            .filter(|&&b| !matches!(b, b'"' | b'\'' | b'`' | b'#'));
        let mut length = 0;
        let is_name = bare.take(80).all(|&b| {
            length += 1;
            is_word(b) || b == b'.'
        }) && length < 80;
        if is_name || is_format {
            self.words(start, end);
        }
    }

    /// Notes the words between two places that were taken already.
    fn words(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            if !is_word_start(self.text[at]) {
                at += 1;
                continue;
            }
            let from = at;
            at += length_of_word(&self.text[at..end]);
            self.at = from;
            self.push(Kind::Inner, at);
        }
        self.at = end;
    }

    /// Takes a space, word, number or mark.
    pub(super) fn plain(&mut self) {
        let byte = self.byte(0);
        let rest = &self.text[self.at..];
        if byte.is_ascii_whitespace() {
            self.at += rest
                .iter()
                .position(|b| !b.is_ascii_whitespace())
                .unwrap_or(rest.len());
        } else if is_word_start(byte) {
            self.push(Kind::Word, self.at + length_of_word(rest));
        } else if byte.is_ascii_digit() {
            self.push(Kind::Text, self.at + length_of_word(rest));
        } else {
            self.push(Kind::Mark(byte), self.at + 1);
        }
    }

    /// The word of the last token of code; empty where it is none.
    pub(super) fn last_word(&self) -> &'t [u8] {
        match self.last {
            Some(token) if token.kind == Kind::Word => token.text(self.text),
            _ => b"",
        }
    }

    /// One past the end of a string that ends with a quote on its own line; `start` is behind the opening quote.
    pub(super) fn end_on_line(&self, start: usize, quote: u8) -> Option<usize> {
        let mut at = start;
        loop {
            let next = memchr::memchr3(quote, b'\\', b'\n', self.text.get(at..)?)?;
            at += next;
            match self.text[at] {
                b'\\' => {
                    at += if self.text[at + 1..].starts_with(b"\r\n") {
                        3
                    } else {
                        2
                    }
                }
                b'\n' => return None,
                _ => return Some(at + 1),
            }
        }
    }
}

/// Whether a byte can stand in a name; what is no ASCII is taken for a letter.
pub(super) fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit()
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn length_of_word(text: &[u8]) -> usize {
    text.iter().position(|&b| !is_word(b)).unwrap_or(text.len())
}
