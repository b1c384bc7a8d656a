//! The query files: their examples hold, every pattern is hit by some fixture, and the matcher means what tree-sitter's
//! own query engine means.

use std::collections::{BTreeMap, BTreeSet};

use envacuate::language::{Language, LanguageSpec};
use envacuate::syntax::{Parsed, Query, Tree, as_parsed, parse};
use tree_sitter::StreamingIterator;

use crate::support::{files, none, root};

/// A pattern as it stands in its file.
struct Written {
    place: (&'static str, usize),
    text: String,
    must: Vec<String>,
    must_not: Vec<String>,
}

/// All patterns of a language's files, also those that this grammar cannot have.
fn written(spec: &LanguageSpec, query: &Query) -> Vec<Written> {
    let mut places: Vec<(&'static str, usize)> = (0..query.len())
        .map(|at| query.place(at))
        .chain(query.unusable().iter().copied())
        .collect();
    places.sort_unstable();
    let mut found = Vec::new();
    for file in spec.queries {
        let lines: Vec<&str> = file.text.lines().collect();
        let starts: Vec<(&'static str, usize)> = places
            .iter()
            .copied()
            .filter(|(name, _)| *name == file.name)
            .collect();
        for (at, &place) in starts.iter().enumerate() {
            let end = starts.get(at + 1).map_or(lines.len(), |next| next.1 - 1);
            let above = lines[..place.1 - 1]
                .iter()
                .rev()
                .take_while(|line| line.starts_with(';'));
            let examples = |mark: &str| {
                above
                    .clone()
                    .filter_map(|line| line.strip_prefix(mark))
                    .map(|text| text.trim().to_owned())
                    .collect::<Vec<_>>()
            };
            found.push(Written {
                place,
                text: lines[place.1 - 1..end].join("\n"),
                must: examples(";>"),
                must_not: examples(";!"),
            });
        }
    }
    found
}

fn tree(language: Language, text: &str) -> Tree {
    match parse(language, text.as_bytes()) {
        Parsed::Tree(tree) => tree,
        Parsed::Refused(reason) => panic!("{reason:?}"),
    }
}

/// What each pattern captures: place of the pattern, and captures with their bytes.
type Matches = BTreeMap<((&'static str, usize), Vec<(String, usize, usize)>), usize>;

fn ours(query: &Query, language: Language, text: &str) -> Matches {
    let tree = tree(language, text);
    let mut matches = Matches::new();
    query.run(&tree, text.as_bytes(), |found| {
        let mut captures: Vec<_> = found
            .captures
            .iter()
            .map(|&(capture, node)| {
                (
                    capture.name().to_owned(),
                    tree.range(node).start,
                    tree.range(node).end,
                )
            })
            .collect();
        captures.sort();
        *matches
            .entry((query.place(found.pattern), captures))
            .or_default() += 1;
    });
    matches
}

fn theirs(
    pattern: &Written,
    language: Language,
    parsed: &tree_sitter::Tree,
    text: &[u8],
) -> Matches {
    let grammar = (language.spec().grammar)();
    let query = match tree_sitter::Query::new(&grammar, &pattern.text) {
        Ok(query) => query,
        // Nothing of this grammar can match; ours must find nothing then.
        Err(error) if error.kind == tree_sitter::QueryErrorKind::Structure => {
            return Matches::new();
        }
        Err(error) => panic!("{:?}: {error}", pattern.place),
    };
    let mut cursor = tree_sitter::QueryCursor::new();
    let mut found = cursor.matches(&query, parsed.root_node(), text);
    let mut matches = Matches::new();
    while let Some(found) = found.next() {
        let mut captures: Vec<_> = found
            .captures()
            .iter()
            .map(|capture| {
                (
                    query.capture_names()[capture.index as usize].to_owned(),
                    capture.node.start_byte(),
                    capture.node.end_byte(),
                )
            })
            .filter(|(name, _, _)| !name.starts_with('_'))
            .collect();
        captures.sort();
        *matches.entry((pattern.place, captures)).or_default() += 1;
    }
    matches
}

fn fixtures() -> Vec<(Language, String, String)> {
    files(&root().join("fixtures"))
        .into_iter()
        .filter_map(|path| {
            let name = path.to_string_lossy().into_owned();
            let language = Language::of_path(&name)?;
            let text = std::fs::read_to_string(&path).ok()?;
            Some((language, name, text))
        })
        .collect()
}

#[test]
fn examples_hold() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let query = Query::new(language).unwrap();
        for pattern in written(language.spec(), &query) {
            if query.unusable().contains(&pattern.place) {
                continue;
            }
            let hits = |text: &str| {
                ours(&query, language, text)
                    .keys()
                    .any(|(place, _)| *place == pattern.place)
            };
            let (file, line) = pattern.place;
            wrong.extend(
                pattern
                    .must
                    .iter()
                    .filter(|text| !hits(text))
                    .map(|text| format!("{language:?} {file}:{line}: must match: {text}")),
            );
            wrong.extend(
                pattern
                    .must_not
                    .iter()
                    .filter(|text| hits(text))
                    .map(|text| format!("{language:?} {file}:{line}: must not match: {text}")),
            );
        }
    }
    none("examples that do not hold", &wrong);
}

#[test]
fn the_matcher_agrees_with_tree_sitter() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let query = Query::new(language).unwrap();
        let patterns = written(language.spec(), &query);
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&(language.spec().grammar)()).unwrap();
        for (_, name, text) in fixtures().iter().filter(|(of, _, _)| *of == language) {
            // A broken file of JavaScript is read as TypeScript; there is nothing to compare it with.
            if tree(language, text).language() != language {
                continue;
            }
            let ours = ours(&query, language, text);
            let parsed = parser
                .parse(as_parsed(language, text.as_bytes()), None)
                .unwrap();
            let mut theirs_all = Matches::new();
            for pattern in patterns
                .iter()
                .filter(|pattern| !query.unusable().contains(&pattern.place))
            {
                theirs_all.extend(theirs(pattern, language, &parsed, text.as_bytes()));
            }
            let (a, b): (BTreeSet<_>, BTreeSet<_>) =
                (ours.keys().collect(), theirs_all.keys().collect());
            wrong.extend(
                a.difference(&b)
                    .take(3)
                    .map(|found| format!("{name}: only ours: {found:?}")),
            );
            wrong.extend(
                b.difference(&a)
                    .take(3)
                    .map(|found| format!("{name}: only tree-sitter's: {found:?}")),
            );
        }
    }
    none("matches that differ", &wrong);
}

#[test]
fn every_pattern_is_hit_by_a_fixture() {
    let mut missing = Vec::new();
    let fixtures = fixtures();
    let mut hit: BTreeSet<(&str, &str, usize)> = BTreeSet::new();
    let mut all: BTreeSet<(&str, &str, usize)> = BTreeSet::new();
    for language in Language::ALL {
        let query = Query::new(language).unwrap();
        let family = language.family().as_str();
        all.extend(
            written(language.spec(), &query)
                .iter()
                .map(|pattern| (family, pattern.place.0, pattern.place.1)),
        );
        for (_, _, text) in fixtures.iter().filter(|(of, _, _)| *of == language) {
            hit.extend(
                ours(&query, language, text)
                    .keys()
                    .map(|((file, line), _)| (family, *file, *line)),
            );
        }
    }
    missing.extend(
        all.difference(&hit).map(|(family, file, line)| {
            format!("queries/{family}/{file}:{line}: no fixture has it")
        }),
    );
    none("patterns without a fixture", &missing);
}
