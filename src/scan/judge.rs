//! From the facts of a file to its findings: rules, settings, lines, excerpts, fingerprints, suppressions.

use std::collections::{BTreeSet, HashMap};

use globset::Glob;
use sha2::{Digest, Sha256};

use super::excerpt::Masker;
use super::ignores::Ignores;
use crate::facts::{Facts, ValueKind};
use crate::model::{Finding, Fix, FixEdit, Label, Location, Suppression, SuppressionKind};
use crate::names::Names;
use crate::rules::{self, Context, Draft, Mend, Rule};
use crate::settings::Settings;
use crate::syntax::Tree;
use crate::text::{LineHashes, LineIndex, TextRange, mask_random, show};

/// Findings of one file; a file with more is a data file.
pub(super) const MAX_FINDINGS: usize = 1000;

/// A file that is judged.
pub(super) struct Text<'t> {
    pub(super) path: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) lines: &'t LineIndex,
}

/// All findings of a source file, by place, and whether there would be more.
pub(super) fn judge(
    path: &str,
    tree: &Tree,
    text: &[u8],
    facts: &Facts,
    settings: &Settings,
) -> (Vec<Finding>, bool) {
    let lines = LineIndex::new(text);
    let ignores = Ignores::find(tree, text, &lines);
    let masker = || {
        let names = facts.reads.iter().map(|read| read.name.as_str());
        let words: Vec<&str> = names.chain(["text", "type"]).collect();
        Masker::new(tree, text, &lines, &words)
    };
    let file = Text {
        path,
        bytes: text,
        lines: &lines,
    };
    judge_text(&file, facts, settings, ignores, masker)
}

/// All findings of a file whose comments are known, by place, and whether there would be more.
pub(super) fn judge_text<'t>(
    file: &Text<'t>,
    facts: &Facts,
    settings: &Settings,
    mut ignores: Ignores,
    masker: impl FnOnce() -> Masker<'t>,
) -> (Vec<Finding>, bool) {
    let (path, lines) = (file.path, file.lines);
    let names = Names::new(&settings.allow, &settings.deny);
    let off = switched_off(path, settings);
    let runs = |rule: &str| {
        let selected = settings.select.is_empty() || settings.select.iter().any(|id| id == rule);
        selected && !settings.ignore.iter().any(|id| id == rule) && !off.iter().any(|id| id == rule)
    };
    let mut drafts: Vec<(&'static Rule, Draft)> = Vec::new();
    let context = Context {
        facts,
        names: &names,
        ignores: &[],
    };
    for rule in rules::ALL.iter().filter(|rule| runs(rule.id)) {
        drafts.extend(
            (rule.check)(&context)
                .into_iter()
                .map(|draft| (*rule, draft)),
        );
    }
    let is_test =
        |draft: &Draft| super::is_test(path) || facts.tests.iter().any(|t| t.contains(draft.range));
    if settings.include_tests {
        // What a test shows or starts is its own affair.
        for (_, draft) in drafts.iter_mut().filter(|(_, draft)| is_test(draft)) {
            draft.fix = None;
        }
    } else {
        drafts.retain(|(_, draft)| !is_test(draft));
    }
    drafts.sort_by(|(a, x), (b, y)| {
        (x.range, a.id, &x.secret, x.channel).cmp(&(y.range, b.id, &y.secret, y.channel))
    });
    drafts.dedup_by(|(a, x), (b, y)| {
        a.id == b.id && x.range == y.range && x.secret == y.secret && x.channel == y.channel
    });
    let more = drafts.len() > MAX_FINDINGS;
    drafts.truncate(MAX_FINDINGS);
    let mut silenced: Vec<Option<String>> = Vec::new();
    for (rule, draft) in &drafts {
        let (start, end) = (
            lines.line(draft.range.start),
            lines.line(draft.range.end.max(1) - 1),
        );
        silenced.push(ignores.suppressions.find(rule.id, start, end.max(start)));
    }
    ignores.unused(runs);
    let context = Context {
        ignores: &ignores.wrong,
        ..context
    };
    if let Some(rule) = Rule::find("unused-ignore").filter(|rule| runs(rule.id)) {
        for draft in (rule.check)(&context) {
            drafts.push((rule, draft));
            silenced.push(None);
        }
    }
    if drafts.is_empty() {
        return (Vec::new(), false);
    }
    let masker = masker();
    let mut writer = Writer {
        path,
        text: file.bytes,
        lines,
        masker: &masker,
        settings,
        seen: HashMap::new(),
        hashes: LineHashes::default(),
    };
    let mut findings: Vec<Finding> = drafts
        .into_iter()
        .zip(silenced)
        .map(|((rule, draft), reason)| writer.finding(rule, &draft, reason))
        .collect();
    findings.sort_by(|a, b| (&a.location, a.rule).cmp(&(&b.location, b.rule)));
    (findings, more)
}

/// The secrets that a file reads, as they may be shown; what its tests read is not in the environment of a server.
pub(super) fn secrets(facts: &Facts, settings: &Settings) -> BTreeSet<String> {
    let names = Names::new(&settings.allow, &settings.deny);
    let is_test = |range| facts.tests.iter().any(|test| test.contains(range));
    let reads = facts.reads.iter().filter(|read| {
        read.kind == ValueKind::Any
            && names.classify(&read.name).is_some()
            && (settings.include_tests || !is_test(read.range))
    });
    reads.map(|read| mask_random(&show(&read.name))).collect()
}

/// Rules that the settings switch off in this file.
fn switched_off(path: &str, settings: &Settings) -> Vec<String> {
    settings
        .per_file_ignores
        .iter()
        .filter(|(glob, _)| Glob::new(glob).is_ok_and(|glob| glob.compile_matcher().is_match(path)))
        .flat_map(|(_, rules)| rules.iter().cloned())
        .collect()
}

struct Writer<'w> {
    path: &'w str,
    text: &'w [u8],
    lines: &'w LineIndex,
    masker: &'w Masker<'w>,
    settings: &'w Settings,
    seen: HashMap<String, usize>,
    hashes: LineHashes,
}

impl Writer<'_> {
    fn location(&self, range: TextRange) -> Location {
        Location {
            path: self.path.to_owned(),
            start: self.lines.position(self.text, range.start),
            end: self.lines.position(self.text, range.end),
        }
    }

    fn finding(&mut self, rule: &'static Rule, draft: &Draft, reason: Option<String>) -> Finding {
        let safe = |text: &str| mask_random(&show(text));
        let message = safe(&draft.message);
        let labels: Vec<(TextRange, String)> = draft
            .labels
            .iter()
            .map(|(range, text)| (*range, safe(text)))
            .collect();
        let excerpt = self.masker.excerpt(draft.range, rule.note, &labels);
        let secret = draft.secret.as_deref().map(safe);
        // Of the finding's own lines: what else is shown depends on how much was parsed.
        let own = self.masker.excerpt(draft.range, "", &[]);
        let fix = draft.fix.as_ref().and_then(|mend| self.fix(mend));
        let fingerprint = self.fingerprint(rule, draft, &own.text);
        let line_hash = self.line_hash(draft.range);
        Finding {
            rule: rule.id,
            severity: self
                .settings
                .severity
                .get(rule.id)
                .copied()
                .unwrap_or_else(|| rule.severity_of(draft.form)),
            confidence: draft.confidence,
            location: self.location(draft.range),
            message,
            why: draft.why,
            help: safe(&draft.help),
            secret,
            provider: draft.provider,
            channel: draft.channel,
            form: draft.form,
            labels: labels
                .into_iter()
                .map(|(range, message)| Label {
                    location: self.location(range),
                    message,
                })
                .collect(),
            fix,
            excerpt,
            fingerprint,
            line_hash,
            suppression: reason.map(|reason| Suppression {
                kind: SuppressionKind::InSource,
                reason,
            }),
        }
    }

    /// A fix with its places; none whose text could hold more than code.
    fn fix(&self, mend: &Mend) -> Option<Fix> {
        let is_code = |text: &str| {
            let lines = text.split(['\r', '\n', '\t']);
            mask_random(text) == text && lines.into_iter().all(|line| show(line) == line)
        };
        if !mend.edits.iter().all(|edit| is_code(&edit.text)) {
            return None;
        }
        let edits = mend.edits.iter().map(|edit| FixEdit {
            location: self.location(edit.range),
            text: edit.text.clone(),
        });
        Some(Fix {
            applicability: mend.applicability,
            title: mend.title,
            edits: edits.collect(),
        })
    }

    fn line_hash(&mut self, range: TextRange) -> Option<String> {
        super::classify(self.path)?;
        let line = self.lines.line(range.start);
        let start = self.lines.start(line);
        self.hashes
            .tell(self.text, line, start, range, self.masker.hidden())
    }

    /// Of the rule, the file, what is found and the masked code, without places; equal ones are counted.
    fn fingerprint(&mut self, rule: &Rule, draft: &Draft, code: &str) -> String {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let channel = draft.channel.map_or("", crate::model::Channel::as_str);
        let form = draft.form.map_or("", crate::model::Form::as_str);
        let key = [
            rule.id,
            self.path,
            draft.secret.as_deref().unwrap_or_default(),
            channel,
            form,
            &code,
        ]
        .join("\0");
        let count = self.seen.entry(key.clone()).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{key}\0{count}").as_bytes());
        let half = digest
            .iter()
            .take(16)
            .fold(0_u128, |so_far, &byte| so_far << 8 | u128::from(byte));
        format!("{half:032x}")
    }
}
