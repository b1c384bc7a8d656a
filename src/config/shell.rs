//! Commands as a shell reads them: from a text with continuations, comments, quotes and joined commands to the words of
//! each command with their places.
//!
//! No more of a shell than it takes to say which program is run with which words and where its output goes. Used by the
//! judgement of commands.

use crate::text::TextRange;

/// Most commands of one text; a longer one is no script that anybody wrote.
const MAX_COMMANDS: usize = 10_000;

/// Deepest nesting of commands inside of commands.
const MAX_DEPTH: u32 = 4;

/// A word with its place, without the quotes around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl Word<'_> {
    pub(super) fn range(&self) -> TextRange {
        TextRange::new(self.at, self.at + self.text.len())
    }
}

/// Where the output of a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Wherever the output of the script goes.
    Shown,
    /// Into a file.
    File,
    /// Nowhere, into a variable, or into another program.
    Taken,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command<'t> {
    /// Program and arguments; variables that are set for it alone are left out.
    pub(super) words: Vec<Word<'t>>,
    /// Variables that are set: `NAME=value` before the program.
    pub(super) sets: Vec<Word<'t>>,
    pub(super) output: Output,
    /// Whether it is the last part of a pipe, or no part of one.
    pub(super) is_last: bool,
}

/// The commands of a text that starts at a place of its file.
pub(super) fn commands(text: &str, at: usize) -> Vec<Command<'_>> {
    let mut reader = Reader {
        text,
        base: at,
        at: 0,
        out: Vec::new(),
        depth: 0,
        closing: None,
        here: Vec::new(),
    };
    reader.script(None, Output::Shown);
    reader
        .out
        .retain(|command| !command.words.is_empty() || !command.sets.is_empty());
    reader.out.sort_by_key(|command| {
        command
            .words
            .first()
            .or(command.sets.first())
            .map_or(0, |word| word.at)
    });
    reader.out
}

struct Reader<'t> {
    text: &'t str,
    base: usize,
    at: usize,
    out: Vec<Command<'t>>,
    depth: u32,
    /// What ends the commands that are read.
    closing: Option<u8>,
    /// Ends of texts that stand behind the line.
    here: Vec<&'t str>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Reads up to a closing mark, or to the end.
    fn script(&mut self, end: Option<u8>, output: Output) {
        let mut command = fresh(output);
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            if self.out.len() >= MAX_COMMANDS {
                self.at = self.text.len();
                break;
            }
            if Some(byte) == end {
                break;
            }
            match byte {
                b'\n' => {
                    self.at += 1;
                    self.finish(&mut command, output);
                    self.skip_here();
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.rest()[1..].trim_start_matches('\r').starts_with('\n') => {
                    self.at += 1 + self.rest()[1..].find('\n').map_or(0, |at| at + 1);
                }
                b'#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                b'(' if self.rest().starts_with("()") => {
                    // A function of this name.
                    command = fresh(output);
                    self.at += 2;
                }
                b'(' => {
                    open += 1;
                    self.at += 1;
                    self.finish(&mut command, output);
                }
                b')' if open == 0 => {
                    // What came before is the pattern of a case.
                    command = fresh(output);
                    self.at += 1;
                }
                b')' => {
                    open -= 1;
                    self.at += 1;
                    self.finish(&mut command, output);
                }
                b';' | b'{' | b'}' if is_alone(byte, self.rest()) => {
                    self.at += 1;
                    self.finish(&mut command, output);
                }
                b'&' if self.rest().starts_with("&>") => self.redirect(&mut command),
                b'&' => {
                    self.at += 1;
                    self.finish(&mut command, output);
                }
                b'|' => {
                    let is_or = self.rest().starts_with("||");
                    self.at += if is_or { 2 } else { 1 };
                    if !is_or {
                        command.is_last = false;
                        if command.output == Output::Shown {
                            command.output = Output::Taken;
                        }
                    }
                    self.finish(&mut command, output);
                }
                b'<' | b'>' => self.redirect(&mut command),
                b'0'..=b'9' if matches!(self.rest().as_bytes().get(1), Some(b'<' | b'>')) => {
                    self.at += 1;
                    let is_error = byte == b'2';
                    let before = command.output;
                    self.redirect(&mut command);
                    if is_error {
                        command.output = before;
                    }
                }
                _ => self.word(&mut command),
            }
        }
        self.finish(&mut command, output);
    }

    fn finish(&mut self, command: &mut Command<'t>, output: Output) {
        let done = std::mem::replace(command, fresh(output));
        self.out.push(done);
    }

    /// `> file`, `>/dev/stderr`, `<<END`.
    fn redirect(&mut self, command: &mut Command<'t>) {
        let rest = self.rest();
        let marks = rest.len() - rest.trim_start_matches(['<', '>', '&', '|']).len();
        let mark = &rest[..marks];
        self.at += marks;
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let mut target = fresh(Output::Taken);
        if self
            .peek()
            .is_some_and(|b| !matches!(b, b'\n' | b';' | b'|' | b'&'))
        {
            if mark.starts_with("<<") && !mark.starts_with("<<<") {
                self.at += usize::from(self.peek() == Some(b'-'));
            }
            self.word(&mut target);
        }
        let target = target
            .words
            .first()
            .or(target.sets.first())
            .map_or("", |word| word.text);
        if mark == "<<" {
            self.here.push(target);
        } else if mark.contains('>') {
            command.output = match target {
                "/dev/null" => Output::Taken,
                "1" | "2" | "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "/proc/1/fd/1"
                | "/proc/1/fd/2" => command.output,
                _ => Output::File,
            };
        }
    }

    /// Passes over the texts that a command was given behind its line.
    fn skip_here(&mut self) {
        for end in std::mem::take(&mut self.here) {
            while self.at < self.text.len() {
                let rest = self.rest();
                let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
                self.at += length;
                if rest[..length].trim() == end {
                    break;
                }
            }
        }
    }

    /// Reads one word, and the commands inside of it.
    fn word(&mut self, command: &mut Command<'t>) {
        let start = self.at;
        let mut quote: Option<u8> = None;
        while let Some(byte) = self.peek() {
            match (byte, quote) {
                (b'`', None) if self.closing == Some(b'`') => break,
                (b'\\', None | Some(b'"')) => {
                    let next = self.rest().chars().nth(1).map_or(0, char::len_utf8);
                    if quote.is_none()
                        && self.rest()[1..].trim_start_matches('\r').starts_with('\n')
                    {
                        break;
                    }
                    self.at += 1 + next;
                }
                (b'$', None | Some(b'"'))
                    if self.rest().starts_with("$(") && !self.rest().starts_with("$((") =>
                {
                    self.at += 2;
                    self.inside(b')');
                }
                (b'`', None | Some(b'"')) => {
                    self.at += 1;
                    self.inside(b'`');
                }
                (byte, Some(open)) => {
                    if byte == open {
                        quote = None;
                    }
                    self.step();
                }
                (b'"' | b'\'', None) => {
                    quote = Some(byte);
                    self.at += 1;
                }
                (
                    b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')',
                    None,
                ) => break,
                _ => self.step(),
            }
        }
        if self.at == start {
            self.step();
            return;
        }
        let written = &self.text[start..self.at];
        let inner = ['"', '\'']
            .iter()
            .find_map(|&mark| written.strip_prefix(mark)?.strip_suffix(mark))
            .filter(|inner| !inner.contains(['"', '\'']));
        let word = match inner {
            Some(inner) => Word {
                text: inner,
                at: self.base + start + 1,
            },
            None => Word {
                text: written,
                at: self.base + start,
            },
        };
        if command.words.is_empty() && is_assignment(written) {
            command.sets.push(word);
        } else {
            command.words.push(word);
        }
    }

    /// The commands of `$(…)`, whose output becomes part of a word.
    fn inside(&mut self, end: u8) {
        if self.depth >= MAX_DEPTH {
            self.at = self.text.len();
            return;
        }
        self.depth += 1;
        let outer = self.closing.replace(end);
        self.script(Some(end), Output::Taken);
        self.closing = outer;
        self.depth -= 1;
        self.at = (self.at + 1).min(self.text.len());
    }

    fn step(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }
}

fn fresh<'t>(output: Output) -> Command<'t> {
    Command {
        words: Vec::new(),
        sets: Vec::new(),
        output,
        is_last: true,
    }
}

/// Whether a mark ends a command: a brace only where it stands alone.
fn is_alone(mark: u8, rest: &str) -> bool {
    !matches!(mark, b'{' | b'}')
        || rest
            .as_bytes()
            .get(1)
            .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b';' | b'|' | b'&' | b')'))
}

/// `NAME=value`
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands with `/` between, words with spaces.
    fn read(text: &str) -> String {
        let found = commands(text, 0);
        for command in &found {
            for word in command.words.iter().chain(&command.sets) {
                assert_eq!(&text[word.at..word.at + word.text.len()], word.text);
            }
        }
        let shown = |command: &Command<'_>| {
            let words: Vec<_> = command
                .sets
                .iter()
                .chain(&command.words)
                .map(|word| word.text)
                .collect();
            let end = match command.output {
                Output::Shown => "",
                Output::File => " >",
                Output::Taken => " !",
            };
            format!("{}{end}", words.join(" "))
        };
        found.iter().map(shown).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn commands_are_told_apart() {
        for (text, expected) in [
            ("env", "env"),
            ("a b; c && d || e & f", "a b / c / d / e / f"),
            ("env | sort", "env ! / sort"),
            ("env > x", "env >"),
            ("env >> x 2>&1", "env >"),
            ("env >/dev/null", "env !"),
            ("env >&2", "env"),
            ("env 2>/dev/null", "env"),
            ("x=$(env | grep A)", "x=$(env | grep A) / env ! / grep A !"),
            ("A=1 B='c d' run \"e f\"", "A=1 B='c d' run e f"),
            ("a # env\nb", "a / b"),
            ("a \\\n  --b\nc", "a --b / c"),
            ("cat <<EOF\nenv\nEOF\nset", "cat / set"),
            ("if true; then env; fi", "if true / then env / fi"),
            ("x=`env`; y", "x=`env` / env ! / y"),
            ("( env )", "env"),
            ("{ env; }", "env"),
            (
                "case $1 in\n  env) a ;;\n  set|b) c ;;\nesac",
                "case $1 in / a / set ! / c / esac",
            ),
            ("env() { a; }", "a"),
            ("echo ${A:-b}", "echo ${A:-b}"),
            ("echo 'env; set'", "echo env; set"),
            ("é ü", "é ü"),
            ("'open", "'open"),
            ("$(", "$("),
            ("\\", "\\"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_texts_end() {
        commands(&"$(".repeat(10_000), 0);
        commands(&"(".repeat(10_000), 0);
        commands(&"`".repeat(10_001), 0);
        commands(&"<<a ".repeat(1000), 0);
    }
}
