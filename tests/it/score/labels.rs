//! Places that people labelled in real programs: one JSON object a line, after a first line that names the tree.

use serde_json::Value;

/// How far a finding may stand from its label, in lines.
const NEAR: usize = 2;

/// Folders and files that hold no product code.
const ASIDE: [&str; 14] = [
    "test",
    "tests",
    "__tests__",
    "spec",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "script",
    "scripts",
    "benches",
    "eval",
    "evals",
];

/// A labelled place.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) file: String,
    pub(crate) line: usize,
    /// Where the value was read, for one that is used elsewhere.
    read_line: Option<usize>,
    pub(crate) name: Option<String>,
    /// The rule that should find it; most classes have none.
    pub(crate) rule: Option<&'static str>,
    /// Whether missing it is a mistake.
    pub(crate) counts: bool,
    /// Whether a finding beside it is no mistake either.
    forgives: bool,
}

/// A finding, as far as labels know one.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) file: String,
    pub(crate) rule: String,
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) name: Option<String>,
    pub(crate) is_used: bool,
}

impl Label {
    /// The label of a line of a labels file.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).ok()?;
        let number = |key| usize::try_from(value.get(key)?.as_u64()?).ok();
        let is = |key: &str| value.get(key).is_some_and(|flag| flag == true);
        let class = value.get("class")?.as_str()?;
        let rule = match class {
            "secret-read" => Some("env-secret-read"),
            "child-inherit" => Some("env-to-child"),
            "secret-exposed" => Some("secret-exposed"),
            "plaintext-secret" => Some("plaintext-secret"),
            "env-dump" if value["how"] == "child-process" => Some("env-to-child"),
            "env-dump" => Some("env-dump"),
            _ => None,
        };
        let doubtful = is("ambiguous") || is("example") || is("weak");
        // What is read under a name nobody knows, or handed over whole, has no rule of its own.
        let ruleless = matches!(class, "env-bulk" | "dynamic-read");
        Some(Self {
            file: value.get("file")?.as_str()?.to_owned(),
            line: number("line")?,
            read_line: number("read_line"),
            name: value["name"].as_str().map(str::to_owned),
            rule,
            counts: rule.is_some() && !doubtful && !is("test") && !is("vendored"),
            forgives: doubtful || ruleless,
        })
    }

    /// The finding that meets it: one that meets no other label, then the nearest.
    pub(crate) fn met_by(&self, found: &[Found]) -> Option<usize> {
        let fitting = found.iter().enumerate().filter(|(_, one)| self.fits(one));
        let best = fitting.min_by_key(|(_, one)| (one.is_used, one.first.abs_diff(self.line)));
        best.map(|(at, _)| at)
    }

    fn fits(&self, found: &Found) -> bool {
        let near = |line: usize| found.first.abs_diff(line) <= NEAR;
        let within = found.first <= self.line + 1 && self.line <= found.last + 1;
        let same_name = match (&self.name, &found.name) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            _ => true,
        };
        self.file == found.file
            && self.rule == Some(found.rule.as_str())
            && same_name
            && (within || near(self.line) || self.read_line.is_some_and(near))
    }
}

impl Found {
    /// Whether it is nobody's mistake that no label says it: it stands in code beside the product, or by a doubtful place.
    pub(crate) fn is_forgiven(&self, labels: &[Label]) -> bool {
        is_aside(&self.file)
            || labels.iter().any(|label| {
                label.forgives && label.file == self.file && label.line.abs_diff(self.first) <= NEAR
            })
    }
}

fn is_aside(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let marked = [".test.", ".spec.", "_test.", "_spec."];
    path.split('/')
        .any(|part| ASIDE.contains(&part) || part.starts_with("test_"))
        || marked.iter().any(|mark| path.contains(mark))
        || path.contains("conftest.py")
}

#[test]
fn labels_are_met_by_their_place_and_name() {
    let label = |text: &str| Label::parse(text).unwrap();
    let place =
        label(r#"{"file":"a.py","line":10,"class":"secret-read","name":"A_TOKEN","how":"getenv"}"#);
    let found = |first, last, name: &str| Found {
        file: "a.py".to_owned(),
        rule: "env-secret-read".to_owned(),
        first,
        last,
        name: Some(name.to_owned()),
        is_used: false,
    };
    for (one, fits) in [
        (found(12, 12, "a_token"), true),
        (found(13, 13, "A_TOKEN"), false),
        (found(4, 9, "A_TOKEN"), true),
        (found(4, 8, "A_TOKEN"), false),
        (found(10, 10, "B_TOKEN"), false),
    ] {
        assert_eq!(
            place.met_by(std::slice::from_ref(&one)).is_some(),
            fits,
            "{one:?}"
        );
    }
    let near = [found(11, 11, "A_TOKEN"), found(10, 10, "A_TOKEN")];
    assert_eq!(place.met_by(&near), Some(1));
    assert!(place.counts && !near[0].is_forgiven(&[place]));
    let bulk = label(r#"{"file":"a.py","line":9,"class":"env-bulk","name":null}"#);
    assert!(bulk.rule.is_none() && near[0].is_forgiven(&[bulk]));
    assert!(Label::parse(r#"{"repo":"a/b","commit":"0"}"#).is_none());
}

#[test]
fn tests_and_examples_stand_aside() {
    for (path, expected) in [
        ("src/a.ts", false),
        ("src/testing/a.ts", false),
        ("Tests/a.py", true),
        ("src/a.test.ts", true),
        ("src/latest.ts", false),
        ("scripts/a.sh", true),
        ("a/test_b.py", true),
    ] {
        assert_eq!(is_aside(path), expected, "{path}");
    }
}
