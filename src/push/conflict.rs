//! Why what is in a manager keeps a value from being written: told by codes, with the names.

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// It was deleted, and can be brought back.
    Deleted,
    /// Somebody else made it and gave it no value.
    Bare,
    /// There is one already, and the manifest says that there must not be.
    Present(Vec<String>),
    /// There is another value.
    Different(Vec<String>),
    /// There is another value, which the manifest lets be replaced.
    Replaceable(Vec<String>),
    /// There is a secret that lacks some keys.
    Lacking(Vec<String>),
    /// What is there would be changed by being written again: it is no text, or one value without a key.
    NoTexts,
    /// Somebody else wrote it after it was looked at.
    Changed,
}

impl Conflict {
    /// The word in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Bare => "bare",
            Self::Present(_) => "present",
            Self::Different(_) => "different",
            Self::Replaceable(_) => "replaceable",
            Self::Lacking(_) => "lacking",
            Self::NoTexts => "no-texts",
            Self::Changed => "changed",
        }
    }

    /// The names that it is about; none where it is about the path.
    pub fn names(&self) -> &[String] {
        match self {
            Self::Present(names)
            | Self::Different(names)
            | Self::Replaceable(names)
            | Self::Lacking(names) => names,
            Self::Deleted | Self::Bare | Self::NoTexts | Self::Changed => &[],
        }
    }

    /// What it is and what to do, without a full stop.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Deleted => {
                "it was deleted there and can be brought back: bring it back, or remove it for good"
            }
            Self::Bare => {
                "somebody else made the secret and gave it no value; give it this one with the program of the manager, or delete it"
            }
            Self::Present(_) => {
                "it is there already, and its strategy in the manifest is fail-if-present"
            }
            Self::Different(_) => {
                "another value is there; find out which one is right, and change the source or, with \"strategy\": \"overwrite\" in the manifest and --overwrite, what is there"
            }
            Self::Replaceable(_) => {
                "another value is there; --overwrite makes the one of the source a new version"
            }
            Self::Lacking(_) => {
                "there is a secret at its path that lacks it; --merge adds it and changes nothing else"
            }
            Self::NoTexts => {
                "the secret at its path holds what is no text, or one value without a key, and another version would change that; change it by hand"
            }
            Self::Changed => {
                "somebody else wrote to its path meanwhile; run again to see what is there"
            }
        }
    }
}
