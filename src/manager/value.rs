//! Values from a manager and for one: cleared when they are dropped, and good for a comparison and for being written.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// One value of a manager. Has no `Debug`, no `Display` and no way out.
pub struct Value {
    /// Nothing for what equals nothing: a map, a list, null.
    bytes: Option<Zeroizing<Vec<u8>>>,
    /// Whether it was a text, and not a number or a boolean.
    is_text: bool,
}

impl Value {
    /// Whether it is the same, in a time that only depends on the lengths.
    pub fn is(&self, other: &[u8]) -> bool {
        let own = self.bytes.as_ref();
        own.is_some_and(|own| bool::from(own.as_slice().ct_eq(other)))
    }
}

/// What is kept at one path. A secret that is one value has it under the key `""`.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct Held(BTreeMap<String, Value>);

impl Held {
    /// What holds one value and no keys.
    pub(super) fn single(bytes: Zeroizing<Vec<u8>>) -> Self {
        let value = Value {
            bytes: Some(bytes),
            is_text: true,
        };
        Self(BTreeMap::from([(String::new(), value)]))
    }

    /// The same as what was kept as something else than text, and would not be that any more if it was written again.
    pub(super) fn of_bytes(mut self) -> Self {
        for value in self.0.values_mut() {
            value.is_text = false;
        }
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether these are all its keys and their values.
    pub fn is(&self, values: &Values) -> bool {
        let same = |(key, value): (&String, &Zeroizing<String>)| {
            let own = self.0.get(key);
            own.is_some_and(|own| own.is(value.as_bytes()))
        };
        // Each is compared, so that the time does not tell which one is another.
        let differ = values.0.iter().filter(|one| !same(*one)).count();
        self.0.len() == values.0.len() && differ == 0
    }

    /// All of it, to be written again; nothing if some of it is no text and would be changed by that.
    pub fn values(&self) -> Option<Values> {
        let text = |(key, value): (&String, &Value)| {
            let bytes = value.bytes.as_ref().filter(|_| value.is_text)?;
            let text = str::from_utf8(bytes).ok()?;
            Some((key.clone(), Zeroizing::new(text.to_owned())))
        };
        self.0.iter().map(text).collect::<Option<_>>().map(Values)
    }
}

/// Values for one path of a manager, by key. Has no `Debug` and no `Display`.
#[derive(Default)]
pub struct Values(BTreeMap<String, Zeroizing<String>>);

impl Values {
    /// Puts a value under a key, in the place of what was there.
    pub fn insert(&mut self, key: &str, value: Zeroizing<String>) {
        self.0.insert(key.to_owned(), value);
    }

    /// Puts the value that another one has under a key in the place of its own; whether there is one, and it differs.
    pub fn take(&mut self, key: &str, other: &Self) -> bool {
        let Some(value) = other.0.get(key) else {
            return false;
        };
        let before = self.0.insert(key.to_owned(), value.clone());
        before.is_none_or(|before| !bool::from(before.as_bytes().ct_eq(value.as_bytes())))
    }

    /// The keys, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// How large all values are together, in bytes.
    pub fn size(&self) -> usize {
        self.0.values().map(|value| value.len()).sum()
    }

    /// The value of a key, to be written.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.as_str())
    }

    /// A JSON text that holds these among other things, in memory that is cleared and was never moved.
    pub(super) fn written(&self, whole: &impl Serialize) -> Zeroizing<Vec<u8>> {
        // An escape is six times as long as the sign, and what is beside the values is short.
        let keys: usize = self.0.keys().map(|key| 6 * key.len() + 8).sum();
        let mut out = Zeroizing::new(Vec::with_capacity(6 * self.size() + keys + 1024));
        // Texts under texts can always be written.
        let _ = serde_json::to_writer(&mut *out, whole);
        out
    }

    /// These as a map, for [`Values::written`].
    pub(super) fn exposed(&self) -> Exposed<'_> {
        Exposed(self)
    }
}

/// Values that are being written.
pub(super) struct Exposed<'v>(&'v Values);

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.0.len()))?;
        for (key, value) in &self.0.0 {
            map.serialize_entry(key, value.as_str())?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

/// Takes texts, and numbers and booleans as they are written; anything else equals nothing.
struct Text;

fn value(text: String, is_text: bool) -> Value {
    Value {
        bytes: Some(Zeroizing::new(text.into_bytes())),
        is_text,
    }
}

const NOTHING: Value = Value {
    bytes: None,
    is_text: false,
};

impl<'de> Visitor<'de> for Text {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(value(text.to_owned(), true))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(value(text, true))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(value(flag.to_string(), false))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(value(number.to_string(), false))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(value(number.to_string(), false))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(value(number.to_string(), false))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(NOTHING)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(NOTHING)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(NOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, Values};
    use zeroize::Zeroizing;

    fn values(all: &[(&str, &str)]) -> Values {
        let mut values = Values::default();
        for (key, value) in all {
            values.insert(key, Zeroizing::new((*value).to_owned()));
        }
        values
    }

    #[test]
    fn what_was_written_is_read_as_the_same() {
        let all = [
            ("A", "one"),
            ("B", "line\n\"q\" \u{0} é漢\u{1F600}"),
            ("C", ""),
        ];
        let before = values(&all);
        let text = before.written(&before.exposed());
        let held: Held = serde_json::from_slice(&text).unwrap();
        assert!(held.is(&before) && held.is(&held.values().unwrap()));
        assert!(!held.is(&values(&all[..2])) && !held.is(&values(&[])));
        let mut other = values(&all);
        other.insert("A", Zeroizing::new("two".to_owned()));
        assert!(!held.is(&other));
        other.insert("D", Zeroizing::new("one".to_owned()));
        assert!(!held.is(&other));
        // Room for all was made at once.
        let many: String = std::iter::repeat_n('\u{1}', 9_000).collect();
        let large = values(&[("A", &many)]);
        let text = large.written(&large.exposed());
        assert!(text.len() > 6 * 9_000 && text.capacity() < 7 * 9_000);
    }

    #[test]
    fn what_is_no_text_is_not_written_again() {
        for text in [r#"{"a":1}"#, r#"{"a":"x","b":null}"#, r#"{"a":{"b":"x"}}"#] {
            let held: Held = serde_json::from_str(text).unwrap();
            assert!(held.values().is_none(), "{text}");
        }
    }

    #[test]
    fn values_can_be_compared_and_nothing_else() {
        let text =
            r#"{"a":"one","b":2,"c":true,"d":null,"e":{"f":1},"g":["x"],"h":"\u00e4\"","i":""}"#;
        let held: Held = serde_json::from_str(text).unwrap();
        for (key, value) in [
            ("a", "one"),
            ("b", "2"),
            ("c", "true"),
            ("h", "ä\""),
            ("i", ""),
        ] {
            let found = held.get(key).unwrap();
            assert!(found.is(value.as_bytes()), "{key}");
            assert!(!found.is(format!("{value} ").as_bytes()), "{key}");
        }
        for key in ["d", "e", "g"] {
            let found = held.get(key).unwrap();
            assert!(!found.is(b"") && !found.is(b"null"), "{key}");
        }
        assert!(held.get("z").is_none());
    }
}
