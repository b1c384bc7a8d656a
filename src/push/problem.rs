//! Why a value cannot be taken: found before anything is written, and told without the value.

/// What keeps a run from starting.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// No source has a value.
    NoValue,
    /// A source has it, and it is empty.
    Empty(String),
    /// A source has what keeps the place of a value, or points to one.
    Placeholder(String),
    /// Two sources, or two places of one, have different values.
    Different(String, String),
    /// A source does not say which of several servers is meant.
    SeveralServers(String),
    /// A source has what is no text.
    NoText(String),
    /// A source has it in a way that programs read differently.
    Doubtful(String),
    /// A source has it encoded.
    Encoded(String),
    /// Another name has the same place in the manager, and another value.
    SamePlace(String),
    /// The values of its path are larger together than the manager takes.
    TooLarge,
    /// The manager does not allow what is needed; the rights in its words.
    NotAllowed(String),
}

impl Problem {
    /// The word in every output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoValue => "no-value",
            Self::Empty(_) => "empty",
            Self::Placeholder(_) => "placeholder",
            Self::Different(..) => "different-values",
            Self::SeveralServers(_) => "several-servers",
            Self::NoText(_) => "no-text",
            Self::Doubtful(_) => "doubtful",
            Self::Encoded(_) => "encoded",
            Self::SamePlace(_) => "same-place",
            Self::TooLarge => "too-large",
            Self::NotAllowed(_) => "not-allowed",
        }
    }

    /// What it is and what to do, without a full stop.
    pub fn advice(&self) -> String {
        match self {
            Self::NoValue => {
                "no source has a value; name one that has, or leave it out with --only".to_owned()
            }
            Self::Empty(source) => format!("its value in {source} is empty"),
            Self::Placeholder(source) => format!(
                "its value in {source} looks like a placeholder or a reference; --accept NAME takes it all the same"
            ),
            Self::Different(one, other) if one == other => {
                format!("it has several values in {one}; say which place is meant, as FILE#PLACE")
            }
            Self::Different(one, other) => {
                format!("its values in {one} and {other} differ; name one source")
            }
            Self::SeveralServers(source) => format!(
                "{source} does not say which server its value is for; name one with --server, and run once for each"
            ),
            Self::NoText(source) => {
                format!("its value in {source} is no text that a variable can hold")
            }
            Self::Doubtful(source) => format!(
                "programs read its value in {source} differently; end its quotes with the line and escape nothing but them, or take it from the environment of one of these programs with --from-env"
            ),
            Self::Encoded(source) => format!(
                "its value in {source} stands in base64, as `data` of a Secret of Kubernetes; take it from elsewhere"
            ),
            Self::SamePlace(other) => format!(
                "the manifest gives it the place of {other}, which has another value; give it one of its own"
            ),
            Self::TooLarge => {
                "the values of its path are larger together than the manager takes".to_owned()
            }
            Self::NotAllowed(rights) => format!(
                "the manager does not allow {rights} at its path; use the policy of the manifest, and check that the token has not run out"
            ),
        }
    }
}
