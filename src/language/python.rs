//! Python.

use super::{Family, Language, LanguageSpec, QueryFile};

pub(super) static PYTHON: LanguageSpec = LanguageSpec {
    language: Language::Python,
    family: Family::Python,
    title: "Python",
    extensions: &["py", "pyi"],
    grammar: || tree_sitter_python::LANGUAGE.into(),
    queries: &[
        QueryFile {
            name: "flow.scm",
            text: include_str!("../../queries/python/flow.scm"),
        },
        QueryFile {
            name: "scope.scm",
            text: include_str!("../../queries/python/scope.scm"),
        },
        QueryFile {
            name: "module.scm",
            text: include_str!("../../queries/python/module.scm"),
        },
        QueryFile {
            name: "settings.scm",
            text: include_str!("../../queries/python/settings.scm"),
        },
    ],
    anchors: &[
        "environ",
        "environb",
        "getenv",
        "getenvb",
        "BaseSettings",
        "envvar",
        "auto_envvar_prefix",
        "decouple",
        "environs",
        "env_prefix",
        "dotenv_values",
        "env_var",
        "subprocess",
        "create_subprocess_exec",
        "create_subprocess_shell",
        "pexpect",
        "ptyprocess",
        "anyio.run_process",
        "anyio.open_process",
        "trio.run_process",
        "os.system",
        "os.popen",
        "os.execl",
        "os.execlp",
        "os.execv",
        "os.execvp",
        "os.spawnl",
        "os.spawnlp",
        "os.spawnv",
        "os.spawnvp",
    ],
    literals: &["string", "concatenated_string", "integer", "float"],
    comments: &["comment"],
    line_comment: "#",
};
