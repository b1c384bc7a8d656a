//! Values from a manager: cleared when they are dropped, and good for nothing but a comparison.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// One value. Has no `Debug`, no `Display` and no way out.
pub struct Value(Option<Zeroizing<Vec<u8>>>);

impl Value {
    /// Whether it is the same, in a time that only depends on the lengths.
    pub fn is(&self, other: &[u8]) -> bool {
        let own = self.0.as_ref();
        own.is_some_and(|own| bool::from(own.as_slice().ct_eq(other)))
    }
}

/// What is kept at one path.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Held(BTreeMap<String, Value>);

impl Held {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text)
    }
}

/// Takes texts, and numbers and booleans as they are written; anything else equals nothing.
struct Text;

fn value(text: String) -> Value {
    Value(Some(Zeroizing::new(text.into_bytes())))
}

impl<'de> Visitor<'de> for Text {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(value(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(value(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(value(flag.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(value(number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(value(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(value(number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value(None))
    }
}

#[cfg(test)]
mod tests {
    use super::Held;

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
