//! The judgement: which entries of a config file are secrets in plain text.
//!
//! Joins the effective name of a value with its look. Gives back places and names, never a value. Used by the scan.

use super::node::{Entries, Kind};
use super::pieces::{self, Piece, Role};
use super::place::{self, Ground, Place};
use super::value;
use super::verdict::{Named, Verdict, Why, judge_value};
use super::{base64, format, known};
use crate::model::Confidence;
use crate::names::{Names, SecretName, Words};
use crate::text::TextRange;

/// Most secrets of one file that are told.
const MAX_FOUND: usize = 1_000;

/// A secret in plain text. The value itself is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plaintext {
    /// Exactly the secret: inside of quotes, behind `Bearer`, between `:` and `@`.
    pub range: TextRange,
    /// The keys that lead to it, with dots between.
    pub key_path: String,
    /// Name of the secret: of a variable, a key, a flag or a header.
    pub name: String,
    /// Id of the service that it opens, where name or look say it.
    pub provider: Option<&'static str>,
    /// How sure this is.
    pub confidence: Confidence,
    /// What gives it away.
    pub why: Why,
}

/// The secrets in plain text among the entries of the file at a path.
pub fn judge(entries: &Entries<'_>, path: &str, names: &Names) -> Vec<Plaintext> {
    let judge = Judge {
        entries,
        names,
        is_template: format::is_template(path),
        is_nested: false,
    };
    let mut found = judge.all();
    found.sort_by_key(|plaintext| plaintext.range);
    found
}

struct Judge<'e, 't> {
    entries: &'e Entries<'t>,
    names: &'e Names,
    is_template: bool,
    is_nested: bool,
}

impl Judge<'_, '_> {
    fn all(&self) -> Vec<Plaintext> {
        let mut found: Vec<Plaintext> = Vec::new();
        for index in self.entries.leaves() {
            if found.len() >= MAX_FOUND {
                break;
            }
            let from = found.len();
            self.entry(index, &mut found);
            // A part of what is reported already says nothing new.
            let mut at = from;
            while at < found.len() {
                let range = found[at].range;
                let is_known = found[from..at]
                    .iter()
                    .any(|other| other.range.start < range.end && range.start < other.range.end);
                if is_known {
                    found.remove(at);
                } else {
                    at += 1;
                }
            }
        }
        found
    }

    fn entry(&self, index: usize, found: &mut Vec<Plaintext>) {
        let node = &self.entries.nodes[index];
        let place = place::of(self.entries, index);
        match place.ground {
            Ground::Pointing => {}
            Ground::Shown => self.shape(index, &place, &node.text, found),
            Ground::Config => self.text(index, &place, &node.text, false, found),
            Ground::Secret { encoded } => {
                let decoded = if encoded {
                    base64::text(node.text.trim())
                } else {
                    None
                };
                let is_decoded = decoded.is_some();
                let text = decoded.as_deref().unwrap_or(&node.text);
                self.text(index, &place, text, is_decoded, found);
            }
        }
    }

    /// Judges one text as a whole and in its parts. A decoded text has no places inside of it.
    fn text(
        &self,
        index: usize,
        place: &Place<'_>,
        text: &str,
        is_decoded: bool,
        found: &mut Vec<Plaintext>,
    ) {
        if text.trim().is_empty()
            || known::is_public(text)
            || self.nested(index, place, text, found)
        {
            return;
        }
        let exact = !is_decoded && self.entries.is_verbatim(index);
        let named = self.named(place);
        if let Some(named) = named {
            let start = pieces::behind_scheme(text);
            if let Some(verdict) = judge_value(&text[start..], Some(&named)) {
                let end = text.trim_end().len().max(start);
                self.add(
                    index,
                    named.name,
                    &verdict,
                    exact.then_some((start, end)),
                    found,
                );
                return;
            }
        } else if value::is_private_key(text) {
            let verdict = Verdict {
                why: Why::PrivateKey,
                confidence: Confidence::High,
                provider: None,
            };
            self.add(index, place.name, &verdict, None, found);
            return;
        }
        for piece in pieces::of(text) {
            let part = &text[piece.start..piece.end];
            if let Some((name, verdict, inside)) = self.piece(&piece, part, place, named.as_ref()) {
                let range = (piece.start + inside, piece.start + part.trim_end().len());
                self.add(index, name, &verdict, exact.then_some(range), found);
            }
        }
        self.shape(index, place, text, found);
    }

    /// Finds what can be told by its look alone.
    fn shape(&self, index: usize, place: &Place<'_>, text: &str, found: &mut Vec<Plaintext>) {
        if let Some(known) = known::find(text) {
            let verdict = Verdict {
                why: Why::Shape,
                confidence: Confidence::High,
                provider: known.provider,
            };
            let name = if place.name.is_empty() {
                place.above
            } else {
                place.name
            };
            let exact = self.entries.is_verbatim(index) && self.entries.nodes[index].text == text;
            self.add(
                index,
                name,
                &verdict,
                exact.then_some((known.start, known.end)),
                found,
            );
        }
    }

    /// Whether the value is a config file of its own, as in a Kubernetes Secret; reported as one.
    fn nested(
        &self,
        index: usize,
        place: &Place<'_>,
        text: &str,
        found: &mut Vec<Plaintext>,
    ) -> bool {
        let key = &self.entries.nodes[index].name;
        let is_file =
            !self.is_nested && key.contains('.') && (text.contains('\n') || text.starts_with('{'));
        let Some(format) = format::classify(key.trim_start_matches('/')).filter(|_| is_file) else {
            return false;
        };
        if format == format::Format::Pem {
            return false;
        }
        let entries = format::read(format, text);
        let inner = Judge {
            entries: &entries,
            names: self.names,
            is_template: self.is_template,
            is_nested: true,
        };
        let best = inner
            .all()
            .into_iter()
            .max_by_key(|plaintext| plaintext.confidence);
        if let Some(best) = best {
            let name = if best.name.is_empty() {
                place.name.to_owned()
            } else {
                best.name
            };
            let verdict = Verdict {
                why: best.why,
                confidence: best.confidence,
                provider: best.provider,
            };
            self.add(index, &name, &verdict, None, found);
        }
        true
    }

    /// What the name of a place tells.
    fn named<'p>(&self, place: &Place<'p>) -> Option<Named<'p>> {
        let name = place.name;
        let named = self.by_name(name);
        if let Some(mut named) = named {
            if named.provider.is_none() && place.above.contains(char::is_alphabetic) {
                let joined = format!("{}_{name}", place.above);
                named.provider = self.names.classify(&joined).and_then(|name| name.provider);
            }
            return Some(named);
        }
        // What is in a Kubernetes Secret is meant to be one, and so is the key of a service; their look decides.
        let is_secret = matches!(place.ground, Ground::Secret { .. });
        let is_key = name.eq_ignore_ascii_case("key") || name.eq_ignore_ascii_case("auth");
        let above = if is_key {
            self.names.classify(&format!("{}_{name}", place.above))
        } else {
            None
        };
        (is_secret || (is_key && place.is_flag) || above.is_some()).then_some(Named {
            name,
            provider: above.and_then(|name| name.provider),
            ambiguous: true,
            is_password: false,
        })
    }

    fn by_name<'p>(&self, name: &'p str) -> Option<Named<'p>> {
        let SecretName {
            provider,
            ambiguous,
        } = if Names::is_secret_zero(name) {
            SecretName {
                provider: Some("vault"),
                ambiguous: false,
            }
        } else {
            match self.names.classify(name) {
                Some(name) => name,
                None if is_password_flag(name) => SecretName {
                    provider: Some("redis"),
                    ambiguous: false,
                },
                None => return None,
            }
        };
        let is_password = Words::split(name).is_some_and(|words| {
            words.iter().any(|word| {
                matches!(
                    word,
                    "pass"
                        | "passcode"
                        | "passphrase"
                        | "passwd"
                        | "password"
                        | "passwords"
                        | "psk"
                        | "pw"
                        | "pwd"
                ) || word.ends_with("password")
            })
        });
        Some(Named {
            name,
            provider,
            ambiguous,
            is_password,
        })
    }

    /// Judges a part: its name, the verdict, and where in it the secret starts.
    fn piece<'p>(
        &self,
        piece: &Piece<'p>,
        part: &str,
        place: &Place<'p>,
        whole: Option<&Named<'p>>,
    ) -> Option<(&'p str, Verdict, usize)> {
        let own = if place.name.is_empty() {
            place.above
        } else {
            place.name
        };
        match piece.role {
            Role::Password => self
                .password(piece.name, part)
                .map(|verdict| (own, verdict, 0)),
            Role::User => {
                let named = Named {
                    name: own,
                    provider: None,
                    ambiguous: true,
                    is_password: false,
                };
                let verdict = judge_value(part, Some(&named))?;
                Some((own, verdict, 0))
            }
            Role::Named => {
                let named = self.by_name(piece.name).or_else(|| {
                    let is_key = piece.name.eq_ignore_ascii_case("key");
                    is_key.then_some(Named {
                        name: piece.name,
                        provider: None,
                        ambiguous: true,
                        is_password: false,
                    })
                })?;
                let start = pieces::behind_scheme(part);
                let verdict = judge_value(&part[start..], Some(&named))?;
                Some((named.name, verdict, start))
            }
            Role::Fallback => {
                let own = self.by_name(piece.name);
                let named = own.as_ref().or(whole)?;
                // A development default that everybody knows is what a fallback is for.
                let verdict = judge_value(part, Some(named))
                    .filter(|verdict| verdict.confidence > Confidence::Low)?;
                Some((named.name, verdict, 0))
            }
        }
    }

    /// Judges the password of an address by the scheme in front.
    fn password(&self, scheme: &str, part: &str) -> Option<Verdict> {
        if matches!(
            part,
            "pass" | "password" | "passwd" | "pw" | "pwd" | "secret" | "token"
        ) {
            return None;
        }
        let named = Named {
            name: "password",
            provider: None,
            ambiguous: false,
            is_password: true,
        };
        let verdict = judge_value(part, Some(&named))?;
        let joined = format!("{}_password", scheme.split('+').next().unwrap_or_default());
        Some(Verdict {
            why: if verdict.why == Why::Name {
                Why::Address
            } else {
                verdict.why
            },
            confidence: match verdict.why {
                Why::Name => Confidence::High,
                _ => verdict.confidence,
            },
            provider: verdict
                .provider
                .or(self.names.classify(&joined).and_then(|name| name.provider)),
        })
    }

    fn add(
        &self,
        index: usize,
        name: &str,
        verdict: &Verdict,
        inside: Option<(usize, usize)>,
        found: &mut Vec<Plaintext>,
    ) {
        // Who copies a template fills in what it has; only what cannot be an example is told.
        if self.is_template && verdict.confidence < Confidence::High {
            return;
        }
        let node = &self.entries.nodes[index];
        let range = match inside {
            Some((start, end)) => TextRange::new(node.range.start + start, node.range.start + end),
            None => node.range,
        };
        let key_path = self.entries.path(index).join(".");
        let name = if name.is_empty() && node.kind != Kind::Command {
            &*node.name
        } else {
            name
        };
        found.push(Plaintext {
            range,
            key_path,
            name: name.to_owned(),
            provider: verdict.provider,
            confidence: verdict.confidence,
            why: verdict.why,
        });
    }
}

/// Settings of Redis that hold a password and whose words do not say so.
fn is_password_flag(name: &str) -> bool {
    matches!(name, "masterauth" | "requirepass")
}
