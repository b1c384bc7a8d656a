//! Every capture name that a query may use, with its meaning.
//!
//! The names speak of values and how they move, not of a language: facts are built from them alone.

/// A capture, as a place in [`CAPTURES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capture(u8);

impl Capture {
    /// The capture of a name; [`None`] for an unknown one.
    pub fn find(name: &str) -> Option<Self> {
        CAPTURES
            .iter()
            .position(|&known| known == name)
            .and_then(|at| u8::try_from(at).ok())
            .map(Self)
    }

    /// Its name, without the `@`.
    pub fn name(self) -> &'static str {
        CAPTURES[self.0 as usize]
    }
}

macro_rules! captures {
    ($($constant:ident $name:literal $meaning:literal)*) => {
        /// All capture names.
        pub const CAPTURES: &[&str] = &[$($name),*];
        /// Name and meaning, in the same order.
        pub const MEANINGS: &[(&str, &str)] = &[$(($name, $meaning)),*];
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "numbers for the constants below")]
        #[derive(Clone, Copy)]
        enum Number { $($constant),* }
        impl Capture {
            $(#[doc = $meaning] pub const $constant: Self = Self(Number::$constant as u8);)*
        }
    };
}

captures! {
    NAME "name" "an identifier, as a use of a name"
    STRING "string" "a literal string without interpolation"
    TEXT "text" "text built from parts"
    TEXT_PART "text.part" "a value that becomes part of the text"
    MEMBER "member" "a part of a value, by name"
    MEMBER_OBJECT "member.object" "the value"
    MEMBER_NAME "member.name" "the name"
    INDEX "index" "a part of a value, by key"
    INDEX_OBJECT "index.object" "the value"
    INDEX_KEY "index.key" "the key"
    CALL "call" "a call"
    CALL_FUNCTION "call.function" "what is called"
    CALL_ARGUMENTS "call.arguments" "the list of arguments"
    SAME "same" "an expression with the value of a part of it"
    SAME_VALUE "same.value" "that part"
    EITHER "either" "an expression with the value of one of several parts"
    EITHER_VALUE "either.value" "such a part"
    EITHER_CONDITION "either.condition" "what decides"
    JOIN "join" "parts put together, as text or as a mapping"
    JOIN_VALUE "join.value" "such a part"
    LIST "list" "a container of entries, items and spreads"
    SPREAD "spread" "the contents of a value put into the container around it"
    SPREAD_VALUE "spread.value" "the value"
    ENTRY "entry" "a keyed part of the container, or a named argument"
    ENTRY_KEY "entry.key" "the key"
    ENTRY_VALUE "entry.value" "the value"
    BIND "bind" "a value is given to a name or pattern"
    BIND_TARGET "bind.target" "the name or pattern"
    BIND_VALUE "bind.value" "the value"
    ASSIGN "assign" "a value is given to a name or part that exists already"
    RETURN "return" "a value is returned from the function around it"
    RETURN_VALUE "return.value" "the value"
    FUNCTION "function" "a function of any kind"
    FUNCTION_NAME "function.name" "its name"
    FUNCTION_PARAMETERS "function.parameters" "the list of its parameters"
    FUNCTION_BODY "function.body" "its body"
    FUNCTION_RESULT "function.result" "an expression that is its value without a return"
    FUNCTION_MARK "function.mark" "a decorator or attribute of it"
    PARAMETER "parameter" "a parameter"
    PARAMETER_TARGET "parameter.target" "the name or pattern it is bound to"
    PARAMETER_DEFAULT "parameter.default" "its value when none is given"
    PARAMETER_TYPE "parameter.type" "its type"
    LOOP "loop" "a loop or comprehension clause over a value"
    LOOP_TARGET "loop.target" "what each element is bound to"
    LOOP_OVER "loop.over" "the value"
    LOOP_KEYS "loop.keys" "the value, of which only the keys are visited"
    TEST "test" "a value is only looked at"
    TEST_VALUE "test.value" "the value"
    FILTER "filter" "a condition inside a loop or comprehension"
    RAISE "raise" "an error is thrown"
    RAISE_VALUE "raise.value" "the error"
    SCOPE "scope" "a region with names of its own"
    CLASS "class" "a class or an implementation block"
    CLASS_NAME "class.name" "its name"
    CLASS_BASE "class.base" "what it derives from"
    CLASS_BODY "class.body" "its body"
    CLASS_MARK "class.mark" "a decorator or attribute of it"
    FIELD "field" "a field of a class"
    FIELD_NAME "field.name" "its name"
    FIELD_TYPE "field.type" "its type"
    FIELD_VALUE "field.value" "its default or declaration"
    FIELD_MARK "field.mark" "an attribute of it"
    IMPORT "import" "names taken from another module"
    IMPORT_SOURCE "import.source" "the module"
    IMPORT_NAME "import.name" "the name there"
    IMPORT_ALIAS "import.alias" "the name here"
    IMPORT_MODULE "import.module" "the name here of the whole module"
    EXPORT "export" "names given to other modules"
    EXPORT_SOURCE "export.source" "the module they come from"
    EXPORT_NAME "export.name" "the name here"
    EXPORT_ALIAS "export.alias" "the name for others"
    EXPORT_VALUE "export.value" "the declaration or value"
}
