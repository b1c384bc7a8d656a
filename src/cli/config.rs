//! `config`: the settings that hold, and what can be set.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::check::working_directory;
use super::fail::{report, say, to_stdout};
use super::{Outcome, code};
use crate::manifest;
use crate::report::plan_schema;
use crate::settings::{Partial, Settings, schema};
use crate::workspace::{Loader, Trust, canonical, shown};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Settings stand in envacuate.toml or .envacuate.toml, in [tool.envacuate] of pyproject.toml, under \"envacuate\" in
package.json, or in [package.metadata.envacuate] of Cargo.toml. The nearest one upwards from a file holds for it.

Examples:
  envacuate config show src
  envacuate config schema > envacuate.schema.json")]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a JSON schema
    Schema {
        /// Of what
        #[arg(value_enum, default_value_t)]
        of: Of,
    },
    /// Print the settings that hold in a directory, and where they come from
    Show {
        /// The directory
        #[arg(default_value = ".")]
        directory: PathBuf,
        /// Use this settings file and no other
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// What has a schema.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Of {
    /// `envacuate.toml`
    #[default]
    Settings,
    /// What `envacuate migrate --format json` prints
    Plan,
    /// `envacuate.manifest.json`
    Manifest,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.what {
        What::Schema { of } => {
            let schema = match of {
                Of::Settings => schema(),
                Of::Plan => plan_schema(),
                Of::Manifest => manifest::schema(),
            };
            to_stdout(|out| writeln!(out, "{schema:#}"))?;
            Ok(code::CLEAN)
        }
        What::Show { directory, config } => show(directory, config.as_deref()),
    }
}

fn show(directory: &Path, config: Option<&Path>) -> Outcome {
    let here = working_directory()?;
    let directory = canonical(&here.join(directory)).ok_or_else(|| {
        report(
            &format!("`{}` does not exist", shown(directory, &here)),
            "name a directory",
        )
    })?;
    let loader = Loader::new(&here, config, Trust::Full, Partial::default())?;
    let effective = loader.of(&directory);
    let problems = loader.problems();
    for problem in &problems {
        say(&format!("{}: {}", problem.path, problem.message));
    }
    let source = match loader.used().as_slice() {
        [] => "# defaults; no settings file was found".to_owned(),
        files => {
            let files: Vec<_> = files.iter().map(|used| used.path.as_str()).collect();
            format!("# from {}", files.join(", "))
        }
    };
    to_stdout(|out| writeln!(out, "{source}\n{}", toml(&effective.settings)))?;
    Ok(if problems.is_empty() {
        code::CLEAN
    } else {
        code::FAILED
    })
}

/// The settings as a file would hold them.
fn toml(settings: &Settings) -> String {
    // Taken apart, so that a new setting cannot be forgotten here.
    let Settings {
        select,
        ignore,
        severity,
        per_file_ignores,
        exclude,
        include_tests,
        max_file_size,
        baseline,
        fail_on,
        allow,
        deny,
        sinks,
        redactors,
        helpers,
        whole_files: _,
    } = settings;
    let every = ["all".to_owned()];
    let select = if select.is_empty() {
        &every[..]
    } else {
        select
    };
    let mut lines = vec![
        format!("select = {}", list(select)),
        format!("ignore = {}", list(ignore)),
        format!("exclude = {}", list(exclude)),
        format!("include-tests = {include_tests}"),
        format!("max-file-size = {max_file_size}"),
        format!("fail-on = {}", text(fail_on.as_str())),
    ];
    lines.extend(
        baseline
            .iter()
            .map(|path| format!("baseline = {}", text(path))),
    );
    lines.push("\n[severity]".to_owned());
    lines.extend(
        severity
            .iter()
            .map(|(rule, level)| format!("{rule} = {}", text(level.as_str()))),
    );
    lines.push("\n[per-file-ignores]".to_owned());
    lines.extend(
        per_file_ignores
            .iter()
            .map(|(glob, rules)| format!("{} = {}", text(glob), list(rules))),
    );
    lines.push(format!(
        "\n[secrets]\nallow = {}\ndeny = {}",
        list(allow),
        list(deny)
    ));
    lines.push(format!(
        "\n[functions]\nredactors = {}\nhelpers = {}",
        list(redactors),
        list(helpers)
    ));
    for sink in sinks {
        lines.push(format!(
            "\n[[sinks]]\ncallee = {}\nchannel = {}",
            text(&sink.callee),
            text(&sink.channel)
        ));
    }
    lines.join("\n")
}

fn text(value: &str) -> String {
    crate::text::show(&toml_edit::Value::from(value).to_string())
}

fn list(values: &[String]) -> String {
    let values: Vec<_> = values.iter().map(|value| text(value)).collect();
    format!("[{}]", values.join(", "))
}
