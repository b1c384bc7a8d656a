//! Why a value stays where it is: a code each, and what to do.

/// Why a value stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The manager has nothing at the place that the manifest names.
    Absent,
    /// The manager has another value there.
    Different,
    /// The manager did not let it be read.
    NotReadable,
    /// The manager was not reached.
    NotReached,
    /// A server still reads it from the environment.
    StillRead,
    /// Somebody wrote into the manifest that it stays.
    Waived,
    /// It is a part of something longer.
    Part,
    /// It stands on several lines.
    SeveralLines,
    /// The same file asks for it by its name.
    UsedInFile,
    /// It stands in an object of Kubernetes that pods point at.
    PointedAt,
    /// It is given to a program that has another name than the server.
    AnotherProgram,
    /// A file beside it asks for it by its name.
    UsedBeside,
    /// Parts of the file stand for others.
    Anchors,
    /// The file is made by a template engine.
    Template,
    /// Files of this kind are not changed.
    Format,
    /// The rest of the file could not be shown to stay as it is.
    NotUnderstood,
    /// Enough was taken out of the file for one run.
    TooMany,
    /// The file could not be written.
    NotWritten,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 18] = [
        Self::Absent,
        Self::Different,
        Self::NotReadable,
        Self::NotReached,
        Self::StillRead,
        Self::Waived,
        Self::Part,
        Self::SeveralLines,
        Self::UsedInFile,
        Self::PointedAt,
        Self::AnotherProgram,
        Self::UsedBeside,
        Self::Anchors,
        Self::Template,
        Self::Format,
        Self::NotUnderstood,
        Self::TooMany,
        Self::NotWritten,
    ];

    /// The code that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Different => "different",
            Self::NotReadable => "not-readable",
            Self::NotReached => "not-reached",
            Self::StillRead => "still-read",
            Self::Waived => "waived",
            Self::Part => "part",
            Self::SeveralLines => "several-lines",
            Self::UsedInFile => "used-in-file",
            Self::PointedAt => "pointed-at",
            Self::AnotherProgram => "another-program",
            Self::UsedBeside => "used-beside",
            Self::Anchors => "anchors",
            Self::Template => "template",
            Self::Format => "format",
            Self::NotUnderstood => "not-understood",
            Self::TooMany => "too-many",
            Self::NotWritten => "not-written",
        }
    }

    /// One sentence: why, and what to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Absent => "the manager does not have it; store it first",
            Self::Different => "the manager has another value; find out which one is in use",
            Self::NotReadable => {
                "the manager does not let it be read; check the token and its policies"
            }
            Self::NotReached => {
                "the manager could not be asked, so nobody knows whether it is there"
            }
            Self::StillRead => "a server still reads it from the environment; migrate that first",
            Self::Waived => "the manifest says that it stays",
            Self::Part => "it is a part of something longer; take it out by hand",
            Self::SeveralLines => "it stands on several lines; take it out by hand",
            Self::UsedInFile => "the same file asks for it by its name; change that first",
            Self::PointedAt => {
                "pods that point at it would not start without; take both out by hand"
            }
            Self::AnotherProgram => {
                "it is given to a program that may still need it; take it out by hand if that one was migrated too"
            }
            Self::UsedBeside => "a file beside it asks for it by its name; change that first",
            Self::Anchors => {
                "the file uses anchors, so that it may count in other places; take it out by hand"
            }
            Self::Template => "the file is made by a template engine; take it out by hand",
            Self::Format => "files of this kind are not changed; take it out by hand",
            Self::NotUnderstood => {
                "nobody can tell what the file would mean without it; take it out by hand"
            }
            Self::NotWritten => "the file could not be changed; see to it, and run again",
            Self::TooMany => "much was taken out of this file already; run again",
        }
    }

    /// Whether it was the manager that said so.
    pub fn is_of_manager(self) -> bool {
        matches!(
            self,
            Self::Absent | Self::Different | Self::NotReadable | Self::NotReached
        )
    }
}
