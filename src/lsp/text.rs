//! Places in a text as the protocol counts them: lines from 0, columns in units that client and server agreed on.
//!
//! Knows nothing of documents or files. Used by everything that turns a place of ours into one of theirs, or back.

use gen_lsp_types::{Position, PositionEncodingKind, Range};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Halves of a surrogate pair count each; what every client can.
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers.
    pub(super) fn of(offered: Option<&[PositionEncodingKind]>) -> Self {
        let offers = |kind: PositionEncodingKind| offered.is_some_and(|all| all.contains(&kind));
        if offers(PositionEncodingKind::UTF8) {
            Self::Utf8
        } else if offers(PositionEncodingKind::UTF32) && !offers(PositionEncodingKind::UTF16) {
            Self::Utf32
        } else {
            Self::Utf16
        }
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The mark of UTF-8 that some programs put in front of a file.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A text, and where its lines start.
#[derive(Clone, Debug)]
pub(super) struct Text {
    bytes: Vec<u8>,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Text {
    /// Finds the lines of a text; `\n`, `\r\n` and `\r` end one.
    pub(super) fn new(bytes: Vec<u8>, encoding: Encoding) -> Self {
        let starts = starts(&bytes);
        Self {
            bytes,
            starts,
            encoding,
        }
    }

    /// The text of a file, of which editors show everything but the mark of its encoding.
    pub(super) fn of_file(bytes: Vec<u8>, encoding: Encoding) -> Self {
        let mut text = Self::new(bytes, encoding);
        if text.bytes.starts_with(MARK) {
            text.starts[0] = MARK.len();
        }
        text
    }

    /// Whether there is a mark in front that editors do not show.
    pub(super) fn has_mark(&self) -> bool {
        self.starts[0] > 0
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place of a byte, which is clamped to the text.
    pub(super) fn position(&self, byte: usize) -> Position {
        let byte = byte.clamp(self.starts[0], self.bytes.len());
        let line = self.starts.partition_point(|&start| start <= byte) - 1;
        let before = &self.bytes[self.starts[line]..byte];
        let units = |chunk: std::str::Utf8Chunk<'_>| {
            let valid: usize = chunk.valid().chars().map(|c| self.encoding.units(c)).sum();
            valid + chunk.invalid().len()
        };
        // Lines can be as long as files.
        let column = if self.encoding == Encoding::Utf8 || before.is_ascii() {
            before.len()
        } else {
            before.utf8_chunks().map(units).sum()
        };
        Position {
            line: number(line),
            character: number(column),
        }
    }

    /// The range between two bytes.
    pub(super) fn range(&self, start: usize, end: usize) -> Range {
        Range {
            start: self.position(start),
            end: self.position(end.max(start)),
        }
    }

    /// The byte of a place. What lies behind the end of a line is its end, and inside of a character its start.
    pub(super) fn byte(&self, position: Position) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else {
            return self.bytes.len();
        };
        let line = &self.bytes[start..self.line_end(position.line as usize)];
        let (mut byte, mut left) = (start, position.character as usize);
        for chunk in line.utf8_chunks() {
            for c in chunk.valid().chars() {
                let units = self.encoding.units(c);
                if left < units {
                    return byte;
                }
                left -= units;
                byte += c.len_utf8();
            }
            for _ in chunk.invalid() {
                if left == 0 {
                    return byte;
                }
                left -= 1;
                byte += 1;
            }
        }
        byte
    }

    /// Where the line of a byte starts and ends, without what ends it.
    pub(super) fn line_of(&self, byte: usize) -> (usize, usize) {
        let byte = byte.max(self.starts[0]);
        let line = self.starts.partition_point(|&start| start <= byte) - 1;
        (self.starts[line], self.line_end(line))
    }

    fn line_end(&self, line: usize) -> usize {
        let next = self.starts.get(line + 1).copied();
        let end = next.unwrap_or(self.bytes.len());
        let text = &self.bytes[self.starts[line]..end];
        let bare = match (next, text) {
            (Some(_), [bare @ .., b'\r', b'\n'] | [bare @ .., b'\r' | b'\n']) => bare,
            _ => text,
        };
        self.starts[line] + bare.len()
    }

    /// Puts `new` in the place of a range, or of everything.
    pub(super) fn replace(&mut self, range: Option<Range>, new: &str) {
        let Some(range) = range else {
            *self = Self::new(new.as_bytes().to_vec(), self.encoding);
            return;
        };
        let start = self.byte(range.start);
        let end = self.byte(range.end).max(start);
        self.bytes.splice(start..end, new.bytes());
        self.starts = starts(&self.bytes);
    }
}

fn starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at + 1);
        }
    }
    starts
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "a\r\nna\u{ef}ve \u{1f600}x\rb\n";
        let byte = text.find('x').unwrap();
        for (encoding, column) in [
            (Encoding::Utf8, 11),
            (Encoding::Utf16, 8),
            (Encoding::Utf32, 7),
        ] {
            let text = Text::new(text.into(), encoding);
            assert_eq!(text.position(byte), at(1, column));
            assert_eq!(text.byte(at(1, column)), byte);
            assert_eq!(text.byte(at(1, 99)), byte + 1);
            assert_eq!(text.position(byte + 2), at(2, 0));
            assert_eq!(text.byte(at(9, 0)), text.bytes().len());
        }
    }

    #[test]
    fn the_inside_of_a_character_is_its_start() {
        let text = Text::new("\u{1f600}".into(), Encoding::Utf16);
        assert_eq!(text.byte(at(0, 1)), 0);
        assert_eq!(text.byte(at(0, 2)), 4);
    }

    #[test]
    fn the_best_offer_is_taken() {
        use PositionEncodingKind as Kind;
        assert_eq!(Encoding::of(None), Encoding::Utf16);
        assert_eq!(
            Encoding::of(Some(&[Kind::UTF16, Kind::UTF8])),
            Encoding::Utf8
        );
        assert_eq!(Encoding::of(Some(&[Kind::UTF32])), Encoding::Utf32);
        assert_eq!(
            Encoding::of(Some(&[Kind::UTF32, Kind::UTF16])),
            Encoding::Utf16
        );
    }

    proptest! {
        #[test]
        fn a_place_and_back(text in "[a\u{e4}\u{1f600}\r\n]{0,12}", byte in 0usize..40) {
            let byte = (byte % (text.len() + 1)..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap();
            // Between the two halves of a line's end is the end of the line.
            prop_assume!(!(text[..byte].ends_with('\r') && text[byte..].starts_with('\n')));
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let text = Text::new(text.clone().into(), encoding);
                prop_assert_eq!(text.byte(text.position(byte)), byte);
            }
        }

        #[test]
        fn changes_are_made_as_in_a_string(text in "[a\u{e4}\u{1f600}\n]{0,12}", start in 0usize..20, len in 0usize..9, new in "[b\r\n\u{1f600}]{0,3}") {
            let bound = |at: usize| (at.min(text.len())..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap();
            let (start, end) = (bound(start), bound(start + len));
            let mut expected = text.clone();
            expected.replace_range(start..end, &new);
            let mut changed = Text::new(text.clone().into(), Encoding::Utf16);
            let range = changed.range(start, end);
            changed.replace(Some(range), &new);
            prop_assert_eq!(changed.bytes(), expected.as_bytes());
            prop_assert_eq!(changed.starts, starts(expected.as_bytes()));
        }
    }
}
