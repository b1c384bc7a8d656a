//! Why something is not rewritten: a code each, and what to do by hand.

use crate::model::Form;

/// Why something is not rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The file could not be parsed, or not as a whole.
    NotParsed,
    /// The read stands in code that was not understood.
    ParseError,
    /// Changed code would not parse.
    WouldBreak,
    /// The name is only known when the program runs, or a helper adds to it.
    DynamicName,
    /// Taken out of the environment by a pattern or a copy.
    Destructured,
    /// A library reads it.
    Framework,
    /// The compiler reads it.
    CompileTime,
    /// The program sets the variable.
    WrittenElsewhere,
    /// A comment says that it may stay.
    Ignored,
    /// No file of the package can import the accessor in a known way.
    NoPlace,
    /// The secret manager has no free name for it.
    NoAddress,
    /// Another change wants the same place.
    Overlap,
    /// After the change the environment would still be read for it.
    LeftOver,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 13] = [
        Self::NotParsed,
        Self::ParseError,
        Self::WouldBreak,
        Self::DynamicName,
        Self::Destructured,
        Self::Framework,
        Self::CompileTime,
        Self::WrittenElsewhere,
        Self::Ignored,
        Self::NoPlace,
        Self::NoAddress,
        Self::Overlap,
        Self::LeftOver,
    ];

    /// The reason of a shape that no swap can rewrite.
    pub(super) fn of_form(form: Option<Form>) -> Self {
        match form {
            Some(Form::Destructure | Form::Alias) => Self::Destructured,
            Some(Form::Schema | Form::Settings | Form::CliOption) => Self::Framework,
            Some(Form::CompileTime) => Self::CompileTime,
            _ => Self::DynamicName,
        }
    }

    /// The code that outputs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotParsed => "not-parsed",
            Self::ParseError => "parse-error",
            Self::WouldBreak => "would-break",
            Self::DynamicName => "dynamic-name",
            Self::Destructured => "destructured",
            Self::Framework => "framework-source",
            Self::CompileTime => "compile-time",
            Self::WrittenElsewhere => "written-elsewhere",
            Self::Ignored => "ignored",
            Self::NoPlace => "no-place",
            Self::NoAddress => "no-address",
            Self::Overlap => "overlap",
            Self::LeftOver => "left-over",
        }
    }

    /// One sentence: why, and what to do.
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotParsed => {
                "the file cannot be parsed; read the secret through the accessor by hand"
            }
            Self::ParseError => {
                "the code around was not understood; read the secret through the accessor by hand"
            }
            Self::WouldBreak => {
                "the changed file would not parse; read the secret through the accessor by hand"
            }
            Self::DynamicName => {
                "the name is put together when the program runs; ask the accessor first where it is read"
            }
            Self::Destructured => {
                "it is taken out of a copy of the environment; take it out of the accessor instead"
            }
            Self::Framework => {
                "a library reads it from the environment; give the library the value of the accessor"
            }
            Self::CompileTime => {
                "it is compiled into the program; read it from the accessor at run time instead"
            }
            Self::WrittenElsewhere => {
                "the program sets the variable itself; decide which of the two values is meant"
            }
            Self::Ignored => {
                "a comment says that it may be read so; take the comment out to move it"
            }
            Self::NoPlace => {
                "there is no place from which the file can import the accessor; import it by hand"
            }
            Self::NoAddress => {
                "its name in the secret manager would be too long, or that of another secret; choose another one with `--team` or `--server`"
            }
            Self::Overlap => "another change wants the same place; run again after that one",
            Self::LeftOver => "another read of it would stay behind; rewrite that one first",
        }
    }
}
