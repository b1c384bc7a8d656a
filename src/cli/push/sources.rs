//! Where values come from: variables and files that the user names, and nothing else.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::Arguments;
use crate::cli::fail::{Stop, stop};
use crate::push::{Offer, Pointer, Variable, Wanted, from_environment, from_text, split};
use crate::text::show;
use crate::workspace::{read_whole, shown};

/// In bytes; more is no config file.
const LARGEST: usize = 16 * 1024 * 1024;

/// What all sources have for what is wanted.
pub(super) fn read(
    arguments: &Arguments,
    here: &Path,
    wanted: &[Wanted],
) -> Result<Vec<Offer>, Stop> {
    let mut offers = Vec::new();
    if arguments.from_env {
        offers.extend(from_environment(wanted, &variable));
    }
    for path in &arguments.from_file {
        offers.extend(file(path, true, None, here, wanted)?);
    }
    for text in &arguments.from_config {
        let (path, pointer) = split(text);
        offers.extend(file(
            Path::new(path),
            false,
            pointer.as_ref(),
            here,
            wanted,
        )?);
    }
    Ok(offers)
}

/// A variable of this process.
#[expect(
    clippy::disallowed_methods,
    reason = "the user asked for the values of the environment, by names of the manifest"
)]
fn variable(name: &str) -> Variable {
    match std::env::var(name) {
        Ok(value) => Variable::Text(Zeroizing::new(value)),
        Err(std::env::VarError::NotPresent) => Variable::Unset,
        Err(std::env::VarError::NotUnicode(_)) => Variable::NoText,
    }
}

fn file(
    path: &Path,
    is_dotenv: bool,
    pointer: Option<&Pointer>,
    here: &Path,
    wanted: &[Wanted],
) -> Result<Vec<Offer>, Stop> {
    let absolute = here.join(path);
    let (name, bytes) = if is_dotenv && path == Path::new("-") {
        ("standard input".to_owned(), piped()?)
    } else {
        let name = shown(&absolute, here);
        let bytes = read_whole(&absolute, LARGEST as u64).map_err(|failure| {
            let what = if failure.missing {
                format!("there is no file `{name}`")
            } else {
                format!("`{name}` cannot be read: {}", failure.message)
            };
            stop(
                &what,
                "check the path, which starts at the working directory; `--from-file -` reads standard input",
            )
        })?;
        (name, Zeroizing::new(bytes))
    };
    let text = str::from_utf8(&bytes).map_err(|_| {
        stop(
            &format!("`{name}` is not UTF-8 text"),
            "save it as UTF-8, or take the values from elsewhere",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    from_text(&name, is_dotenv, pointer, text, wanted).ok_or_else(|| {
        stop(
            &format!("`{name}` is not understood as a config file, so nothing is taken from it"),
            "check its syntax and its name; a dotenv file of any name goes with --from-file",
        )
    })
}

/// All of standard input, in memory that is cleared. Nobody is asked to type a value.
fn piped() -> Result<Zeroizing<Vec<u8>>, Stop> {
    let help = "pipe a dotenv file of less than 16 MiB into it, once, such as `sops decrypt secrets.env | envacuate push --from-file -`";
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(stop("standard input is a terminal", help));
    }
    // Made large enough at once: what a buffer leaves behind when it grows is not cleared.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
    let read = stdin
        .lock()
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes);
    match read {
        Ok(0) => Err(stop("standard input is empty", help)),
        Ok(..=LARGEST) => Ok(bytes),
        Ok(_) => Err(stop("standard input is too large", help)),
        Err(error) => Err(stop(
            &format!(
                "standard input cannot be read: {}",
                show(&error.to_string())
            ),
            help,
        )),
    }
}
