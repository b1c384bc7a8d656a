//! What a language is, as data: file names, grammar, queries, the words that make a file worth parsing.
//!
//! Knows nothing of facts or rules. A new language is a spec file here, queries, and fixtures.

mod ecma;
mod python;
mod rust;

/// A grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// JavaScript with JSX, ES modules and `CommonJS`.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Python.
    Python,
    /// Rust.
    Rust,
}

/// Grammars that share their queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// JavaScript, TypeScript, TSX.
    Ecma,
    /// Python.
    Python,
    /// Rust.
    Rust,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 3] = [Self::Ecma, Self::Python, Self::Rust];

    /// The name of its folders under `queries/` and `fixtures/`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ecma => "ecma",
            Self::Python => "python",
            Self::Rust => "rust",
        }
    }
}

/// A query file: its name without the family's folder, and its text.
#[derive(Clone, Copy, Debug)]
pub struct QueryFile {
    /// For example `flow.scm`.
    pub name: &'static str,
    /// The patterns.
    pub text: &'static str,
}

/// Everything that sets one language apart.
#[derive(Debug)]
pub struct LanguageSpec {
    /// Which one.
    pub language: Language,
    /// Its family.
    pub family: Family,
    /// As people write it.
    pub title: &'static str,
    /// File name extensions, lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// The grammar.
    pub grammar: fn() -> tree_sitter::Language,
    /// The family's query files.
    pub queries: &'static [QueryFile],
    /// Words without one of which a file cannot touch the environment. Whole words: no letter, digit or `_` beside them.
    pub anchors: &'static [&'static str],
    /// Node kinds whose text may be a value: shown only masked.
    pub literals: &'static [&'static str],
    /// Node kinds of comments.
    pub comments: &'static [&'static str],
    /// What starts a comment to the end of the line.
    pub line_comment: &'static str,
}

impl Language {
    /// All languages, in the order of the enum.
    pub const ALL: [Self; 5] = [
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::Python,
        Self::Rust,
    ];

    /// Its spec.
    pub fn spec(self) -> &'static LanguageSpec {
        match self {
            Self::JavaScript => &ecma::JAVASCRIPT,
            Self::TypeScript => &ecma::TYPESCRIPT,
            Self::Tsx => &ecma::TSX,
            Self::Python => &python::PYTHON,
            Self::Rust => &rust::RUST,
        }
    }

    /// Its family.
    pub fn family(self) -> Family {
        self.spec().family
    }

    /// The language of a path, by its extension.
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next()?;
        let (stem, extension) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        Self::ALL.into_iter().find(|language| {
            let mut known = language.spec().extensions.iter();
            known.any(|known| known.eq_ignore_ascii_case(extension))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_language_of_its_extension() {
        assert_eq!(Language::of_path("src/a.mts"), Some(Language::TypeScript));
        assert_eq!(Language::of_path("a/b.JSX"), Some(Language::JavaScript));
        assert_eq!(Language::of_path("x.py"), Some(Language::Python));
        assert_eq!(Language::of_path(".rs"), None);
        assert_eq!(Language::of_path("Makefile"), None);
    }

    #[test]
    fn specs_stand_in_the_order_of_the_enum_and_share_no_extension() {
        let mut seen = Vec::new();
        for language in Language::ALL {
            assert_eq!(language.spec().language, language);
            for extension in language.spec().extensions {
                assert!(!seen.contains(extension), "{extension}");
                seen.push(extension);
            }
        }
    }
}
