//! Offsets to lines and columns and back.
//!
//! Built once for a file that has findings; never for a file that has none.

use memchr::memchr_iter;

/// A place in a text, as people and reports count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Line, from 1. A line ends at `\n`; a `\r` before it belongs to the line.
    pub line: usize,
    /// Column in Unicode scalar values, from 1. Bytes that are no UTF-8 count one each.
    pub column: usize,
    /// Offset in bytes, from 0.
    pub byte: usize,
    /// Offset of the first byte of the line.
    pub line_start: usize,
}

/// Where the lines of a text start.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the line starts of `text` in one pass.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr_iter(b'\n', text).map(|at| at + 1));
        Self { starts }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// The bytes of a line (from 1) without its line ending; empty when there is no such line.
    pub fn line_text<'t>(&self, text: &'t [u8], line: usize) -> &'t [u8] {
        let Some(&start) = line.checked_sub(1).and_then(|at| self.starts.get(at)) else {
            return &[];
        };
        let end = self.starts.get(line).map_or(text.len(), |&next| next - 1);
        let bytes = text.get(start..end).unwrap_or_default();
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// Number of lines; a text without a line ending has one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The byte at which a line (from 1) starts; the last line's start when there is no such line.
    pub fn start(&self, line: usize) -> usize {
        let last = self.starts.len() - 1;
        self.starts[line.saturating_sub(1).min(last)]
    }

    /// The position of a byte offset, which is clamped to the text.
    pub fn position(&self, text: &[u8], byte: usize) -> Position {
        let byte = byte.min(text.len());
        let line = self.line(byte);
        let start = self.starts[line - 1];
        let column = 1 + scalars(&text[start..byte]);
        Position {
            line,
            column,
            byte,
            line_start: start,
        }
    }
}

/// Unicode scalar values in `bytes`; each stray byte counts as one.
fn scalars(bytes: &[u8]) -> usize {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_from_one_and_columns_in_scalars() {
        let text = "a\nhé🦀x\r\n".as_bytes();
        let index = LineIndex::new(text);
        let crab = text.iter().position(|&b| b == b'x').unwrap();
        assert_eq!(
            index.position(text, crab),
            Position {
                line: 2,
                column: 4,
                byte: crab,
                line_start: 2,
            }
        );
        assert_eq!(index.line_text(text, 2), "hé🦀x".as_bytes());
        assert_eq!(index.position(text, 99).line, 3);
        assert_eq!(index.line_text(text, 0), b"");
        assert_eq!(index.line_text(text, 9), b"");
    }

    #[test]
    fn stray_bytes_count_one_each() {
        let text = b"\xff\xfeab";
        assert_eq!(LineIndex::new(text).position(text, 3).column, 4);
    }
}
