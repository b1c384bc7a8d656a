//! Whatever the bytes, scanning ends, and what it reports lies inside the text.
//!
//! Few cases by default, so that nobody waits; `PROPTEST_CASES=5000` looks harder.

use std::sync::LazyLock;

use envacuate::model::{Excerpt, Finding, Highlight, Location};
use envacuate::settings::Settings;
use envacuate::text::LineIndex;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::case;

const EXTENSIONS: &[&str] = &[
    "js", "mjs", "cjs", "ts", "tsx", "jsx", "mts", "py", "pyi", "rs",
];

/// Pieces that lead a scan past its prefilter and into odd places.
const PIECES: &[&str] = &[
    "process.env",
    "process.env.GITHUB_TOKEN",
    "const { API_KEY, ...rest } = process.env;\n",
    "import os\n",
    "os.environ[\"API_KEY\"]",
    "os.getenv('SLACK_TOKEN', ",
    "std::env::var(\"DB_PASSWORD\")",
    "env!(\"API_KEY\")",
    "console.log(",
    "logger.info(f\"{",
    "println!(\"{:?}\", ",
    "#~ ",
    "// envacuate: ignore[env-dump] why\n",
    "# envacuate: ignore[",
    "${",
    "`",
    "\"",
    "'",
    "\"\"\"",
    "r#\"",
    "/*",
    "*/",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=>",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\u{2028}",
    "é🦀",
    "\0",
    "    ",
    "\t",
    "def f():\n",
    "class A {",
    "async ",
];

/// A text that shows itself readably when a case fails.
#[derive(Clone, Default)]
struct Text(Vec<u8>);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match str::from_utf8(&self.0) {
            Ok(text) => text.fmt(f),
            Err(_) => write!(f, "b\"{}\"", self.0.escape_ascii()),
        }
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The texts of all fixtures.
static TEXTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let (cases, _) = case::all();
    let texts = cases.into_iter().flat_map(|case| case.files);
    let mut texts: Vec<_> = texts.map(|(_, text)| text.into_bytes()).collect();
    texts.push(PIECES.concat().into_bytes());
    texts
});

fn configuration() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: cases.and_then(|n| n.parse().ok()).unwrap_or(64),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Some lines of some fixture, or a piece, or plain bytes.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let lines = (any::<Index>(), any::<Index>(), 1..6_usize).prop_map(|(file, line, many)| {
        let text = file.get(&TEXTS);
        let lines: Vec<_> = text.split_inclusive(|&b| b == b'\n').collect();
        let start = line.index(lines.len());
        lines[start..lines.len().min(start + many)].concat()
    });
    let piece = select(PIECES).prop_map(|piece| piece.as_bytes().to_vec());
    prop_oneof![4 => lines, 4 => piece, 1 => proptest::collection::vec(any::<u8>(), 0..8)]
}

/// A fixture in which some ranges were replaced.
fn edited() -> impl Strategy<Value = Text> {
    let edit = (any::<Index>(), 0..12_usize, fragment());
    (any::<Index>(), proptest::collection::vec(edit, 0..6)).prop_map(|(file, edits)| {
        let mut text = file.get(&TEXTS).clone();
        for (at, many, new) in edits {
            let start = at.index(text.len() + 1);
            let end = text.len().min(start + many);
            text.splice(start..end, new);
        }
        Text(text)
    })
}

/// An extension and some fragments in a row.
fn file() -> impl Strategy<Value = (&'static str, Text)> {
    let fragments = proptest::collection::vec(fragment(), 0..24);
    let text = fragments.prop_map(|parts| Text(parts.concat()));
    (select(EXTENSIONS), text)
}

type Checked = Result<(), TestCaseError>;

fn is_sound(files: &[(String, Text)]) -> Checked {
    let settings = Settings {
        include_tests: true,
        ..Settings::default()
    };
    let report = case::check(files, &settings);
    prop_assert_eq!(report.summary.files, files.len());
    for finding in &report.findings {
        is_inside(files, &finding.location)?;
        for label in &finding.labels {
            is_inside(files, &label.location)?;
        }
        is_marked(&finding.excerpt)?;
    }
    let order = |f: &Finding| (f.location.path.clone(), f.location.start, f.rule);
    prop_assert!(report.findings.is_sorted_by_key(order));
    Ok(())
}

fn is_inside(files: &[(String, Text)], location: &Location) -> Checked {
    let file = files.iter().find(|(path, _)| *path == location.path);
    prop_assert!(file.is_some(), "no such file: {location:?}");
    let text = file.map(|(_, text)| text.as_ref()).unwrap_or_default();
    let index = LineIndex::new(text);
    let (start, end) = (location.start.byte, location.end.byte);
    prop_assert!(start <= end && end <= text.len(), "{location:?}");
    prop_assert_eq!(location.start, index.position(text, start));
    prop_assert_eq!(location.end, index.position(text, end));
    if let Ok(text) = str::from_utf8(text) {
        prop_assert!(text.is_char_boundary(start), "{location:?}");
        prop_assert!(text.is_char_boundary(end), "{location:?}");
    }
    Ok(())
}

fn is_marked(excerpt: &Excerpt) -> Checked {
    for Highlight { start, end, .. } in &excerpt.highlights {
        let marked = excerpt.text.get(*start..*end);
        prop_assert!(marked.is_some(), "{start}..{end} in {:?}", excerpt.text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn random_bytes(
        extension in select(EXTENSIONS),
        text in proptest::collection::vec(any::<u8>(), 0..300).prop_map(Text),
    ) {
        is_sound(&[(format!("src/a.{extension}"), text)])?;
    }

    #[test]
    fn edited_fixtures(extension in select(EXTENSIONS), text in edited()) {
        is_sound(&[(format!("src/a.{extension}"), text)])?;
    }

    #[test]
    fn fragments_in_a_row(files in proptest::collection::vec(file(), 1..4)) {
        let name = |(at, (extension, text)): (usize, (&str, Text))| (format!("src/f{at}.{extension}"), text);
        let files: Vec<_> = files.into_iter().enumerate().map(name).collect();
        is_sound(&files)?;
    }
}
