//! A place in a config file: `mcpServers.github.env`, or as a JSON pointer `/mcpServers/github/env`.

/// The keys that lead to a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

impl Pointer {
    /// From its text. A key that holds a point needs the form of a JSON pointer.
    pub fn new(text: &str) -> Self {
        let keys = match text.strip_prefix('/') {
            Some(text) => {
                let plain = |key: &str| key.replace("~1", "/").replace("~0", "~");
                text.split('/').map(plain).collect()
            }
            None => text.split('.').map(str::to_owned).collect(),
        };
        Self(keys)
    }

    /// Whether the keys around a value, the innermost first, start with it. Lists have no key.
    pub(super) fn leads_to<'k>(&self, around: impl DoubleEndedIterator<Item = &'k str>) -> bool {
        let mut keys = around.rev().filter(|key| !key.is_empty());
        self.0.iter().all(|key| keys.next() == Some(key))
    }
}

/// The file and the place of `FILE#PLACE`, or of `FILE` alone.
pub fn split(text: &str) -> (&str, Option<Pointer>) {
    match text.rsplit_once('#') {
        Some((file, place)) if !place.is_empty() => (file, Some(Pointer::new(place))),
        Some((file, _)) => (file, None),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_two_ways() {
        for (text, around, leads) in [
            ("a.b.env", &["env", "b", "a", ""][..], true),
            ("/a/b/env", &["env", "b", "a"], true),
            ("a", &["env", "b", "a"], true),
            ("a.b", &["b"], false),
            ("/a~1x/y~0z", &["y~z", "a/x"], true),
            ("a.c", &["env", "b", "a"], false),
            ("a.b.env", &["env", "", "b", "a"], true),
        ] {
            let found = Pointer::new(text).leads_to(around.iter().copied());
            assert_eq!(found, leads, "{text}");
        }
        assert_eq!(split("a.json"), ("a.json", None));
        assert_eq!(split("a.json#"), ("a.json", None));
        assert_eq!(split("a#b.json#c").0, "a#b.json");
    }
}
