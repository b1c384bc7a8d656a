//! Words for a shell, in commands that people paste: whatever came from code is quoted.
//!
//! Used by the secret managers.

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    // What a terminal obeys has no place in something to paste.
    let word: String = word.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The variable that holds a value: one that a shell can name; else whoever pastes it puts the value into this one.
pub(super) fn variable(name: &str) -> &str {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if starts && name.chars().all(is_plain) {
        name
    } else {
        "VALUE"
    }
}

/// What of a name a manager takes; other signs become `-`.
pub(super) fn plain(name: &str, takes: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || takes.contains(c);
    name.chars()
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect()
}
