//! The records of a log, one after the other, however they are packed.
//!
//! A line each; or documents: a list of records, or an object that holds them as `Records` (a trail of AWS), `records`
//! (a blob of Azure) or `Events` (an answer of `aws cloudtrail lookup-events`, where each is text inside of a record).
//! Knows nothing of what stands in a record. Each byte is read a fixed number of times.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What some shells put before what they write to a file.
const BOM: &[u8] = b"\xef\xbb\xbf";

#[derive(Deserialize)]
struct Packed<'t> {
    #[serde(
        borrow,
        default,
        alias = "records",
        alias = "Events",
        rename = "Records"
    )]
    records: Option<Vec<&'t RawValue>>,
    #[serde(borrow, default, rename = "CloudTrailEvent")]
    event: Option<Cow<'t, str>>,
}

/// Calls `each` for every record that is whole, and that is wanted by its bytes.
pub(super) fn records(
    text: &[u8],
    wants: &mut dyn FnMut(&[u8]) -> bool,
    each: &mut dyn FnMut(&str),
) {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let start = match first_line(text) {
        Some(line) if whole(line).is_none() => {
            documents(text, &mut |record| wanted(record, wants, each))
        }
        _ => 0,
    };
    for line in text[start..].split(|&byte| byte == b'\n') {
        // Looked at before it is understood: most of a long log is about something else.
        if wants(line)
            && let Some(value) = whole(line)
        {
            unpacked(value, &mut |record| wanted(record, wants, each));
        }
    }
}

fn wanted(record: &str, wants: &mut dyn FnMut(&[u8]) -> bool, each: &mut dyn FnMut(&str)) {
    if wants(record.as_bytes()) {
        each(record);
    }
}

/// Whether a text is documents that go over several lines, as a file that only ever grows by lines is not.
pub fn is_document(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    first_line(text)
        .is_some_and(|line| whole(line).is_none() && documents(text, &mut |_| ()) > line.len())
}

/// The first line with anything on it.
fn first_line(text: &[u8]) -> Option<&[u8]> {
    let mut lines = text.split(|&byte| byte == b'\n');
    lines.find(|line| !line.trim_ascii().is_empty())
}

fn whole(line: &[u8]) -> Option<&RawValue> {
    serde_json::from_slice(line).ok()
}

/// Takes the text as documents, as far as it is; where that ends.
fn documents(text: &[u8], each: &mut dyn FnMut(&str)) -> usize {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<&RawValue>();
    let mut end = 0;
    while let Some(Ok(value)) = values.next() {
        end = values.byte_offset();
        unpacked(value, each);
    }
    end
}

/// The records in a value: those it holds, or itself.
fn unpacked(value: &RawValue, each: &mut dyn FnMut(&str)) {
    let text = value.get();
    if text.starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        for one in list {
            record(one, each);
        }
        return;
    }
    match serde_json::from_str::<Packed<'_>>(text) {
        Ok(Packed {
            records: Some(list),
            ..
        }) => {
            for one in list {
                record(one, each);
            }
        }
        _ => record(value, each),
    }
}

fn record(value: &RawValue, each: &mut dyn FnMut(&str)) {
    match serde_json::from_str::<Packed<'_>>(value.get()) {
        Ok(Packed {
            event: Some(event), ..
        }) => each(&event),
        _ => each(value.get()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        records(text.as_bytes(), &mut |_| true, &mut |record| {
            out.push(record.to_owned());
        });
        out
    }

    #[test]
    fn every_packing_holds_the_same() {
        for text in [
            "{\"a\": 1}\n{\"a\": 2}\n",
            "\u{feff}{\"a\": 1}\n{\"a\": 2}\n",
            "\n{\"a\": 1}\r\n{\"a\": 2}",
            "[{\"a\": 1}, {\"a\": 2}]",
            "[\n  {\"a\": 1},\n  {\"a\": 2}\n]\n",
            "{\"Records\": [{\"a\": 1}, {\"a\": 2}]}",
            "{\n\"records\": [{\"a\": 1},\n {\"a\": 2}]}",
            "{\"Records\": [{\"a\": 1}]}{\"Records\": [{\"a\": 2}]}",
            "{\"Events\": [{\"EventId\": \"x\", \"CloudTrailEvent\": \"{\\\"a\\\": 1}\"}, {\"a\": 2}], \"NextToken\": \"t\"}",
            "{\"CloudTrailEvent\": \"{\\\"a\\\": 1}\"}\n{\"a\": 2}",
        ] {
            assert_eq!(all(text), ["{\"a\": 1}", "{\"a\": 2}"], "{text}");
        }
    }

    #[test]
    fn what_is_not_wanted_is_left_out_alone_and_in_a_list() {
        for text in [
            "{\"a\": 1}\n{\"b\": 2}",
            "{\"Records\": [{\"a\": 1}, {\"b\": 2}]}",
        ] {
            let mut out = Vec::new();
            let mut wants = |text: &[u8]| memchr::memmem::find(text, b"\"b\"").is_some();
            records(text.as_bytes(), &mut wants, &mut |record| {
                out.push(record.to_owned());
            });
            assert_eq!(out, ["{\"b\": 2}"]);
        }
    }

    #[test]
    fn half_a_record_costs_no_other() {
        assert_eq!(all("\": 1}\n{\"a\": 2}\n{\"a\": "), ["{\"a\": 2}"]);
        assert_eq!(
            all("{\"a\": 1}\n{\"a\": [\n{\"a\": 2}\n"),
            ["{\"a\": 1}", "{\"a\": 2}"]
        );
        for torn in ["1234}}", "{\"version\": 2}}}}", "null, \"x\": \"", "[]]}"] {
            let rest = all(&format!("{torn}\n{{\"a\": 2}}\n{{\"a\": 3}}"));
            assert_eq!(
                rest[rest.len() - 2..],
                ["{\"a\": 2}", "{\"a\": 3}"],
                "{torn}"
            );
        }
        assert_eq!(all("[\n{\"a\": 1},\n"), Vec::<String>::new());
    }

    #[test]
    fn what_grows_by_lines_is_no_document() {
        for (text, expected) in [
            ("{\"a\": 1}\n{\"a\": 2}", false),
            ("{\"Records\": []}", false),
            ("", false),
            ("\": 1}\n{\"a\": 2}", false),
            ("1234}}\n{\"a\": 2}", false),
            ("[\n{\"a\": 1}\n]", true),
            ("\n{\n  \"records\": []\n}", true),
        ] {
            assert_eq!(is_document(text.as_bytes()), expected, "{text}");
        }
    }
}
