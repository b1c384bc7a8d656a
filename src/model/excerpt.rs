//! The lines around a finding, already masked.
//!
//! Reports never see the text of a scanned file, only this. Built by `scan`, which knows where literals are.

/// A marked part of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// First byte in [`Excerpt::text`].
    pub start: usize,
    /// One past the last byte in [`Excerpt::text`].
    pub end: usize,
    /// What to write beside it.
    pub message: String,
}

/// Some whole lines of a file in which every literal, comment and random-looking word is masked.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Number of the first line, from 1.
    pub first_line: usize,
    /// The lines, joined with `\n`. Safe to print.
    pub text: String,
    /// What to point at; the first one is the finding itself. Empty only in an empty excerpt.
    pub highlights: Vec<Highlight>,
}
