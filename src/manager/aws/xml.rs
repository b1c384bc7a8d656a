//! Answers of AWS that are XML, read as far as AWS writes it: elements and text. Attributes are passed over; a text with a
//! document type, or one that is broken or too deep, is not read at all.

use std::borrow::Cow;

/// Levels of elements. AWS has about ten.
const DEEPEST: usize = 32;

/// Elements in one answer. A page of AWS has some thousands.
const MOST: usize = 300_000;

/// An element with what is in it.
#[derive(Debug, Default)]
pub(super) struct Element<'x> {
    name: &'x str,
    text: Cow<'x, str>,
    children: Vec<Self>,
}

impl<'x> Element<'x> {
    /// The outermost element of a text.
    pub(super) fn read(text: &'x str) -> Option<Self> {
        let mut open: Vec<Self> = vec![Self::default()];
        let (mut rest, mut count) = (text, 0);
        while let Some((before, tag)) = rest.split_once('<') {
            open.last_mut()?.add(before)?;
            if let Some(comment) = tag.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
                continue;
            }
            let (tag, behind) = tag.split_once('>')?;
            rest = behind;
            if tag.starts_with('?') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                let closed = open.pop()?;
                if closed.name != name.trim_end() {
                    return None;
                }
                open.last_mut()?.children.push(closed);
                continue;
            }
            count += 1;
            let (tag, is_empty) = match tag.strip_suffix('/') {
                Some(tag) => (tag, true),
                None => (tag, false),
            };
            let name = tag.split(char::is_whitespace).next().unwrap_or_default();
            let is_name = |c: char| c.is_alphanumeric() || "_-.:".contains(c);
            if name.is_empty() || !name.chars().all(is_name) || count > MOST {
                return None;
            }
            let element = Self {
                name,
                ..Self::default()
            };
            if is_empty {
                open.last_mut()?.children.push(element);
            } else if open.len() > DEEPEST {
                return None;
            } else {
                open.push(element);
            }
        }
        match (open.pop(), open.pop()) {
            (Some(mut outside), None) if outside.children.len() == 1 => outside.children.pop(),
            _ => None,
        }
    }

    fn add(&mut self, text: &'x str) -> Option<()> {
        // Blanks between elements.
        if text.trim().is_empty() {
            return Some(());
        }
        let text = decoded(text)?;
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.to_mut().push_str(&text);
        }
        Some(())
    }

    /// The first element of a name in this one.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of a name in this one; empty where there is none.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// What a list in this one has.
    pub(super) fn members(&self, list: &str) -> impl Iterator<Item = &Self> {
        let list = self.child(list).into_iter();
        let all = list.flat_map(|list| &list.children);
        all.filter(|child| child.name == "member")
    }

    /// The text in this one.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }
}

/// A text without escapes; nothing where one is none.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('&') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, behind) = after.split_once(';')?;
        out.push_str(before);
        let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            name => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
                (Some(digits), _) => number(digits, 16)?,
                (None, Some(digits)) => number(digits, 10)?,
                (None, None) => return None,
            },
        });
        rest = behind;
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read() {
        let text = "<?xml version=\"1.0\"?>\n<R xmlns=\"x\">\n <!-- a > b --><L><member><N>a&amp;b&#x41;&#66;</N></member>\n<member/></L><E/></R>\n";
        let read = Element::read(text).unwrap();
        let names: Vec<&str> = read.members("L").map(|one| one.text_of("N")).collect();
        assert_eq!(names, ["a&bAB", ""]);
        assert_eq!(read.text_of("E"), "");
        assert!(read.child("M").is_none() && read.members("M").next().is_none());
    }

    #[test]
    fn what_is_no_answer_of_aws_is_not_read() {
        let deep = "<a>".repeat(100_000);
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST + 1));
        for broken in [
            "",
            "x",
            "<a>",
            "<a></b>",
            "</a>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
            "<a>&b;</a>",
            "<a>&#xD800;</a>",
            "<a>&amp</a>",
            "<a><![CDATA[x]]></a>",
            "<a",
            &deep,
            &many,
        ] {
            assert!(Element::read(broken).is_none(), "{broken:.40}");
        }
    }
}
