//! Lines with their places, for the formats that are read line by line.

/// A line without its ending, and where it starts.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |whole| {
        let start = at;
        at += whole.len();
        let line = whole.strip_suffix('\n').unwrap_or(whole);
        (start, line.strip_suffix('\r').unwrap_or(line))
    })
}

/// A part without the space around it, and where it starts.
pub(super) fn trim(at: usize, text: &str) -> (usize, &str) {
    let rest = text.trim_start();
    (at + text.len() - rest.len(), rest.trim_end())
}

/// A part without the quotes around it, and where it starts.
pub(super) fn unquote(at: usize, text: &str) -> (usize, &str) {
    for quote in ['"', '\'', '`'] {
        let inner = text
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return (at + 1, inner);
        }
    }
    (at, text)
}
