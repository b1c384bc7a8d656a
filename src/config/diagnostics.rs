//! Commands and settings in config files that show the environment or have it written to disk.
//!
//! From a path and a text to places: scripts, Dockerfiles, compose files, `package.json`, pipelines, units of systemd.
//! Used by the scan.

use super::commands::{core_limit, piped, shell_argument, shown};
use super::crash::{self, CrashDump};
use super::format::{Format, read};
use super::holder::Holder;
use super::node::{Entries, Kind, Node};
use super::shell::{self, Command, Output, Word};
use crate::model::Channel;
use crate::text::TextRange;

/// Most places of one file that are told.
const MAX_FOUND: usize = 200;

/// What a place does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// Has the environment or the memory written to disk: rule `crash-report-env`.
    Crash(CrashDump),
    /// Shows every variable: rule `env-dump`.
    Shows(Channel),
}

/// A place of a config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The words that do it.
    pub range: TextRange,
    /// What they do.
    pub does: Does,
}

impl Diagnostic {
    /// The rule that it is a finding of.
    pub fn rule(&self) -> &'static str {
        match self.does {
            Does::Crash(_) => "crash-report-env",
            Does::Shows(_) => "env-dump",
        }
    }
}

/// The places of a file that show the environment or have it written to disk, in order.
pub fn diagnostics(holder: Holder, text: &str) -> Vec<Diagnostic> {
    let mut found = Found { list: Vec::new() };
    match holder {
        Holder::Script => found.script(text, 0, Where::Here),
        Holder::Package => found.package(&read(Format::Json, text)),
        Holder::Docker => found.docker(text),
        Holder::Services => found.services(&read(Format::Yaml, text)),
        Holder::Pipeline => found.pipeline(&read(Format::Yaml, text)),
        Holder::Unit => found.unit(text),
    }
    let mut list = found.list;
    list.sort_by_key(|one| (one.range, one.does));
    list.dedup();
    list
}

/// Whether what a command does lasts only for a build, a test or a person at a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// Where the server runs, or where its log is kept.
    Here,
    /// Somewhere a shell would show nothing to others: only switches count.
    Settings,
}

struct Found {
    list: Vec<Diagnostic>,
}

impl Found {
    fn add(&mut self, range: TextRange, does: Does) {
        if self.list.len() < MAX_FOUND {
            self.list.push(Diagnostic { range, does });
        }
    }

    fn script(&mut self, text: &str, at: usize, place: Where) {
        let commands = shell::commands(text, at);
        for (number, command) in commands.iter().enumerate() {
            let Some(range) = shown(command) else {
                continue;
            };
            let channel = match command.output {
                Output::Shown => Some(Channel::Log),
                Output::File => Some(Channel::File),
                Output::Taken => piped(&commands, number),
            };
            if let Some(channel) = channel.filter(|_| place == Where::Here) {
                self.add(range, Does::Shows(channel));
            }
        }
        let quiet = text.contains(crash::WITHOUT_ENVIRONMENT);
        for command in &commands {
            if let Some(inner) = shell_argument(&command.words) {
                self.script(inner.text, inner.at, place);
                continue;
            }
            if let Some(range) = core_limit(command) {
                self.add(range, Does::Crash(CrashDump::Core));
            }
            let is_spoken = command
                .words
                .first()
                .is_some_and(|word| matches!(word.text, "echo" | "printf"));
            if is_spoken {
                continue;
            }
            for word in command.words.iter().chain(&command.sets) {
                self.flags(word.text, word.at, quiet);
            }
        }
    }

    fn flags(&mut self, text: &str, at: usize, quiet: bool) {
        for (range, dump) in crash::flags(text) {
            if !(quiet && dump == CrashDump::NodeReport) {
                let range = TextRange::new(at + range.start, at + range.end);
                self.add(range, Does::Crash(dump));
            }
        }
    }

    /// The scripts of `package.json`, and what is set for tools that start Node.
    fn package(&mut self, entries: &Entries<'_>) {
        for index in entries.leaves() {
            let parent = entries.nodes[index].parent;
            let is_script = parent.is_some_and(|parent| {
                entries.nodes[parent].name == "scripts" && entries.ancestors(parent).count() == 1
            });
            if is_script {
                self.value(entries, index, Where::Settings);
            }
        }
    }

    /// What a value says as a script, with places where the value stands as it is written.
    fn value(&mut self, entries: &Entries<'_>, index: usize, place: Where) {
        let node = &entries.nodes[index];
        let from = self.list.len();
        if entries.is_verbatim(index) {
            self.script(&node.text, node.range.start, place);
            return;
        }
        // A block is indented, and a string may hold escapes: the line tells the place.
        self.script(&node.text, 0, place);
        let source = entries.written(index);
        for one in &mut self.list[from..] {
            one.range = same_line(&node.text, one.range, source).map_or(node.range, |range| {
                TextRange::new(node.range.start + range.start, node.range.start + range.end)
            });
        }
    }

    fn docker(&mut self, text: &str) {
        let entries = read(Format::Docker, text);
        let quiet = text.contains(crash::WITHOUT_ENVIRONMENT);
        // The lines of an instruction have one key.
        let mut lines: Vec<(TextRange, TextRange)> = Vec::new();
        for index in entries.leaves() {
            let node = &entries.nodes[index];
            if node.kind != Kind::Command {
                if node.name == "NODE_OPTIONS" {
                    self.flags(&node.text, node.range.start, quiet);
                }
                continue;
            }
            match lines.last_mut() {
                Some((key, range)) if *key == node.key => range.end = node.range.end,
                _ => lines.push((node.key, node.range)),
            }
        }
        for (_, range) in lines {
            let line = &entries.source[range.start..range.end];
            let mut rest = line.trim_start();
            // `--mount=…`, and what a health check is told.
            while rest.starts_with("--") {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                rest = rest[end..].trim_start();
            }
            let rest = rest.strip_prefix("CMD ").map_or(rest, str::trim_start);
            let at = range.end - rest.len();
            if rest.starts_with('[') {
                self.list_form(rest, at, quiet);
            } else {
                self.script(rest, at, Where::Here);
            }
        }
    }

    /// `["sh", "-c", "env && exec node server.js"]`
    fn list_form(&mut self, line: &str, at: usize, quiet: bool) {
        let entries = read(Format::Json, line);
        let items: Vec<usize> = entries.leaves().collect();
        let words: Vec<Word<'_>> = items
            .iter()
            .map(|&index| Word {
                text: &entries.nodes[index].text,
                at: at + entries.nodes[index].range.start,
            })
            .collect();
        self.words(&words, quiet);
    }

    /// A command that is already cut into words.
    fn words(&mut self, words: &[Word<'_>], quiet: bool) {
        if let Some(script) = shell_argument(words) {
            return self.script(script.text, script.at, Where::Here);
        }
        let command = Command {
            words: words.to_vec(),
            sets: Vec::new(),
            output: Output::Shown,
            is_last: true,
        };
        if let Some(range) = shown(&command) {
            self.add(range, Does::Shows(Channel::Log));
        }
        for word in words {
            self.flags(word.text, word.at, quiet);
        }
    }

    /// Compose files and manifests: what is started, `NODE_OPTIONS`, and limits.
    fn services(&mut self, entries: &Entries<'_>) {
        let quiet = entries.source.contains(crash::WITHOUT_ENVIRONMENT);
        let mut last_list = None;
        for index in entries.leaves() {
            let node = &entries.nodes[index];
            let parent = node.parent;
            let outer = parent
                .map(|at| &*entries.nodes[at].name)
                .unwrap_or_default();
            let is_command = |name: &str| {
                matches!(name, "command" | "entrypoint" | "args" | "test")
                    && entries.ancestors(index).any(|at| {
                        matches!(
                            &*entries.nodes[at].name,
                            "services" | "containers" | "initContainers"
                        )
                    })
            };
            let list =
                parent.filter(|&at| entries.nodes[at].kind == Kind::List && is_command(outer));
            if list.is_some() && last_list != list {
                last_list = list;
                self.listed(entries, list.unwrap_or_default(), quiet);
            } else if list.is_none() && is_command(&node.name) && node.name != "test" {
                self.value(entries, index, Where::Here);
            }
            let is_options = node.name == "NODE_OPTIONS"
                || node.name == "value"
                    && parent
                        .and_then(|map| entries.child(map, &["name"]))
                        .is_some_and(|name| name.text == "NODE_OPTIONS");
            let text = &*node.text;
            if is_options || text.starts_with("NODE_OPTIONS=") {
                self.flags(entries.written(index), node.range.start, quiet);
            }
            // `ulimits: { core: -1 }`, long form included.
            let is_core = node.name == "core" && outer == "ulimits"
                || matches!(&*node.name, "soft" | "hard")
                    && outer == "core"
                    && entries
                        .ancestors(index)
                        .nth(1)
                        .is_some_and(|at| entries.nodes[at].name == "ulimits");
            if is_core && !matches!(text.trim(), "0" | "") {
                self.add(node.range, Does::Crash(CrashDump::Core));
            }
        }
    }

    fn listed(&mut self, entries: &Entries<'_>, list: usize, quiet: bool) {
        let inside = |node: &&Node<'_>| node.parent.is_some_and(|parent| parent >= list);
        let words: Vec<Word<'_>> = entries.nodes[list + 1..]
            .iter()
            .take_while(inside)
            .filter(|node| node.parent == Some(list) && matches!(node.kind, Kind::Text))
            .map(|node| Word {
                text: &node.text,
                at: node.range.start,
            })
            .collect();
        if entries.nodes[list].name == "args" {
            // What a shell gets as its script, or words of a program of which nothing is known.
            for word in words {
                let place = if word.text.contains(char::is_whitespace) {
                    Where::Here
                } else {
                    Where::Settings
                };
                self.script(word.text, word.at, place);
            }
            return;
        }
        self.words(&words, quiet);
    }

    /// The commands of a pipeline.
    fn pipeline(&mut self, entries: &Entries<'_>) {
        const STEPS: [&str; 8] = [
            "run",
            "script",
            "before_script",
            "after_script",
            "bash",
            "command",
            "commands",
            "inlineScript",
        ];
        let quiet = entries.source.contains(crash::WITHOUT_ENVIRONMENT);
        for index in entries.leaves() {
            let node = &entries.nodes[index];
            let outer = node.parent.map(|at| &entries.nodes[at]);
            let of_list = outer
                .filter(|outer| outer.kind == Kind::List)
                .map_or("", |outer| &*outer.name);
            let is_step = |name: &str| STEPS.contains(&name);
            if is_step(&node.name) || is_step(of_list) {
                self.value(entries, index, Where::Here);
            } else if node.name == "NODE_OPTIONS" {
                self.flags(entries.written(index), node.range.start, quiet);
            }
        }
    }

    /// `LimitCORE=infinity`, `ExecStart=node --report-on-fatalerror`.
    fn unit(&mut self, text: &str) {
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let Some((key, value)) = line.split_once('=') else {
                continue;
            };
            let value_at = start + key.len() + 1;
            let value = value.trim_end();
            match key.trim() {
                "LimitCORE" if !matches!(value.trim(), "0" | "") => {
                    self.add(
                        TextRange::new(start, value_at + value.len()),
                        Does::Crash(CrashDump::Core),
                    );
                }
                "ExecStart" | "ExecStartPre" | "ExecStartPost" => {
                    let command = value.trim_start_matches(['-', '@', ':', '+', '!', ' ']);
                    self.script(command, value_at + value.len() - command.len(), Where::Here);
                }
                "Environment" => {
                    self.flags(value, value_at, text.contains(crash::WITHOUT_ENVIRONMENT));
                }
                _ => {}
            }
        }
    }
}

/// The place of a part of a text in its source, whose lines may stand further in.
fn same_line(text: &str, part: TextRange, source: &str) -> Option<TextRange> {
    let start = text[..part.start].rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].split('\n').next()?;
    let indent = line.len() - line.trim_start().len();
    let inside = part.start.checked_sub(start + indent)?;
    if part.end > start + line.len() {
        return None;
    }
    let line = line.trim();
    let before = text[..start]
        .lines()
        .filter(|other| other.trim() == line)
        .count();
    let mut at = 0;
    let mut lines = source.split_inclusive('\n').filter_map(|other| {
        let from = at + other.len() - other.trim_start().len();
        at += other.len();
        (other.trim() == line).then_some(from)
    });
    let from = lines.nth(before)? + inside;
    Some(TextRange::new(from, from + part.end - part.start))
}
