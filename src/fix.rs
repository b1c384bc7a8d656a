//! What findings have as fixes, made in memory: which can be made together, whether they hold, and until when.
//!
//! Pure: whoever calls gives the texts and judges changed ones. A fix is kept only if the file parses as well as before,
//! its finding is gone and nothing new is found anywhere. Used by the command line and the language server.

use std::collections::BTreeMap;

use crate::edit::{Edit, Group, apply, select};
use crate::language::Language;
use crate::model::{Applicability, Finding, Fix, Report, Severity};
use crate::syntax::is_worse;
use crate::text::TextRange;

/// How often the findings that are left are looked at for more.
const MAX_ROUNDS: usize = 10;
/// Fixes that are tried one by one after they did not hold together.
const MAX_ALONE: usize = 100;

/// Texts by path.
pub type Texts = BTreeMap<String, Vec<u8>>;

/// What was changed, in memory.
#[derive(Debug, Default)]
pub struct Fixed {
    /// Files that change: the text before, and after.
    pub files: BTreeMap<String, (Vec<u8>, Vec<u8>)>,
    /// How many fixes were made in each of them.
    pub made: BTreeMap<String, usize>,
    /// What is found afterwards.
    pub report: Report,
}

/// What is needed to fix.
pub struct Request<'r> {
    /// Gives the text of a file that was scanned; none where it cannot be changed.
    pub read: &'r dyn Fn(&str) -> Option<Vec<u8>>,
    /// Judges all files, these with other texts than were scanned.
    pub judge: &'r dyn Fn(&Texts) -> Result<Report, String>,
    /// Make the fixes that could change what a program does as well.
    pub allow_unsafe: bool,
    /// The lowest severity of what is fixed.
    pub from: Severity,
    /// Which findings are fixed, of those that the rest lets through.
    pub which: &'r dyn Fn(&Finding) -> bool,
}

/// Makes all fixes of a report that hold. Fails with a sentence only where a judgement does.
pub fn fix(report: Report, request: &Request<'_>) -> Result<Fixed, String> {
    let mut state = State {
        texts: Texts::new(),
        report,
    };
    let mut before = Texts::new();
    for finding in state
        .report
        .findings
        .iter()
        .filter(|finding| is_wanted(finding, request))
    {
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            let path = &edit.location.path;
            if !before.contains_key(path)
                && let Some(text) = (request.read)(path)
            {
                before.insert(path.clone(), text);
            }
        }
    }
    if before.is_empty() {
        return Ok(Fixed {
            report: state.report,
            ..Fixed::default()
        });
    }
    // The places hold for the texts that are changed, also if those are not the ones that were scanned first.
    state.report = (request.judge)(&before)?;
    state.texts.clone_from(&before);
    let mut made = BTreeMap::new();
    for _ in 0..MAX_ROUNDS {
        let groups: Vec<Group> = groups(&state, request);
        let (together, refused) = select(&groups);
        if together.is_empty() {
            break;
        }
        let chosen = groups.len() - refused.len();
        if let Some(next) = attempt(&state, &together, chosen, request)? {
            state = next;
            let kept = (0..groups.len()).filter(|at| !refused.contains(at));
            for path in kept.filter_map(|at| groups[at].keys().next()) {
                *made.entry(path.clone()).or_default() += 1;
            }
        } else if !by_file(&mut state, &mut made, request)? {
            break;
        }
    }
    let files = before
        .into_iter()
        .filter_map(|(path, old)| {
            let new = state.texts.remove(&path).filter(|new| *new != old)?;
            Some((path, (old, new)))
        })
        .collect();
    state.report.summary.fixed = made.values().sum();
    Ok(Fixed {
        files,
        made,
        report: state.report,
    })
}

/// Texts, and what is found in them.
struct State {
    texts: Texts,
    report: Report,
}

fn is_wanted(finding: &Finding, request: &Request<'_>) -> bool {
    let applicability = finding.fix.as_ref().map(|fix| fix.applicability);
    finding.suppression.is_none()
        && finding.severity >= request.from
        && (request.which)(finding)
        && match applicability {
            Some(Applicability::Safe) => true,
            Some(Applicability::Unsafe) => request.allow_unsafe,
            Some(Applicability::Manual) | None => false,
        }
}

/// The fixes of what is found, safe ones first, of files that can be changed.
fn groups(state: &State, request: &Request<'_>) -> Vec<Group> {
    let wanted = state
        .report
        .findings
        .iter()
        .filter(|finding| is_wanted(finding, request));
    let mut fixes: Vec<_> = wanted.filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| fix.applicability);
    let group = |fix: &&Fix| {
        let mut group = Group::new();
        for edit in &fix.edits {
            let location = &edit.location;
            let text = state.texts.get(&location.path)?;
            let range = TextRange::new(location.start.byte, location.end.byte);
            (range.end <= text.len()).then_some(())?;
            group.entry(location.path.clone()).or_default().push(Edit {
                range,
                text: edit.text.clone(),
            });
        }
        Some(group)
    };
    fixes.iter().filter_map(group).collect()
}

/// The fixes of one file after the other, and where they do not hold together, one fix after the other.
/// Whether any was made.
fn by_file(
    state: &mut State,
    made: &mut BTreeMap<String, usize>,
    request: &Request<'_>,
) -> Result<bool, String> {
    let (mut any, mut alone) = (false, 0);
    for path in state.texts.keys().cloned().collect::<Vec<_>>() {
        let of_file = |state: &State| {
            let mut groups = groups(state, request);
            groups.retain(|group| group.keys().next() == Some(&path));
            groups
        };
        let all = of_file(state);
        let (together, refused) = select(&all);
        if together.is_empty() {
            continue;
        }
        let chosen = all.len() - refused.len();
        if let Some(next) = attempt(state, &together, chosen, request)? {
            *state = next;
            any = true;
            *made.entry(path.clone()).or_default() += chosen;
            continue;
        }
        let mut at = 0;
        while alone < MAX_ALONE {
            // Places move with every change.
            let groups = of_file(state);
            let Some(group) = groups.get(at) else { break };
            alone += 1;
            match attempt(state, &select([group]).0, 1, request)? {
                Some(next) => {
                    *state = next;
                    any = true;
                    *made.entry(path.clone()).or_default() += 1;
                }
                None => at += 1,
            }
        }
    }
    Ok(any)
}

/// What is there after the changes of so many fixes; nothing where they do not hold.
fn attempt(
    state: &State,
    changes: &Group,
    fixes: usize,
    request: &Request<'_>,
) -> Result<Option<State>, String> {
    let mut texts = state.texts.clone();
    for (path, edits) in changes {
        let Some(text) = texts.get_mut(path) else {
            return Ok(None);
        };
        let after = apply(text, edits);
        if Language::of_path(path).is_none_or(|language| is_worse(language, text, &after)) {
            return Ok(None);
        }
        *text = after;
    }
    let report = (request.judge)(&texts)?;
    let (was, is) = (counts(&state.report), counts(&report));
    let is_new = is
        .iter()
        .any(|(what, number)| was.get(what).is_none_or(|was| number > was));
    let is_less = report.findings.len() + fixes <= state.report.findings.len();
    let holds = is_less && !is_new && report.problems.len() <= state.report.problems.len();
    Ok(holds.then_some(State { texts, report }))
}

/// How many findings of a kind there are, whatever their places.
fn counts(report: &Report) -> BTreeMap<(&str, &str, &str, &str, bool), usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        let key = (
            finding.location.path.as_str(),
            finding.rule,
            finding.secret.as_deref().unwrap_or_default(),
            finding.channel.map_or("", crate::model::Channel::as_str),
            finding.suppression.is_some(),
        );
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}
