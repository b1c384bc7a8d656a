//! New versions with values that the manager has already.

use std::time::SystemTime;

use crate::cli::fail::{Stop, stop};
use crate::cli::manager::open;
use crate::manager::{Found, Manager, Need, NotWritten, Values};
use crate::manifest::Manifest;
use crate::push::{Moment, Wanted, Written};
use crate::text::show;

/// A secret as it is.
struct Current {
    manager: Box<dyn Manager>,
    version: String,
    values: Values,
}

/// Writes the same value again.
pub(super) fn drill(manifest: &Manifest, secret: &Wanted) -> Result<Written, Stop> {
    let current = current(manifest, secret)?;
    written(&current, secret)
}

/// Writes an earlier value again; of which version it is comes back as well.
pub(super) fn rollback(
    manifest: &Manifest,
    secret: &Wanted,
    to: Option<&str>,
) -> Result<(Written, String), Stop> {
    let mut current = current(manifest, secret)?;
    let from = earlier(&mut current, secret, to)?;
    Ok((written(&current, secret)?, from))
}

fn current(manifest: &Manifest, secret: &Wanted) -> Result<Current, Stop> {
    let manager = open(&manifest.backend, &manifest.mount)?;
    manager
        .fits(&secret.path, &secret.key)
        .map_err(Stop::from)?;
    let missing = manager
        .missing_rights(&[&secret.path], Need::Rotate)
        .map_err(Stop::from)?;
    if let Some(missing) = missing.first() {
        return Err(stop(
            &format!(
                "the manager does not allow {} at {}",
                missing.rights.join(" and "),
                show(&secret.path)
            ),
            "use a token that may make new versions there",
        ));
    }
    let Found::There { version, held } = manager.find(&secret.path).map_err(Stop::from)? else {
        return Err(stop(
            &format!("there is no secret at {}", show(&secret.path)),
            "`envacuate push` writes it",
        ));
    };
    if held.get(&secret.key).is_none() {
        return Err(stop(
            &format!(
                "the secret at {} has no {}",
                show(&secret.path),
                show(&secret.name)
            ),
            "`envacuate push --merge` adds it",
        ));
    }
    let values = held.values().ok_or_else(|| {
        stop(
            &format!(
                "{} holds what is no text, which a new version would change",
                show(&secret.path)
            ),
            "rotate it with the program of the manager",
        )
    })?;
    Ok(Current {
        manager,
        version,
        values,
    })
}

/// Puts an earlier value in the place of the current one, and says which version it is of.
fn earlier(current: &mut Current, secret: &Wanted, to: Option<&str>) -> Result<String, Stop> {
    let manager = &current.manager;
    let mut at = current.version.clone();
    loop {
        let before = match to {
            Some(to) => Some(to.to_owned()),
            None => manager
                .version_before(&secret.path, &at)
                .map_err(Stop::from)?,
        };
        let Some(before) = before else {
            return Err(stop(
                "no earlier version that is still kept has another value",
                "the manager lists the versions it keeps",
            ));
        };
        let held = manager
            .read_version(&secret.path, &before)
            .map_err(Stop::from)?;
        let old = held.and_then(|held| held.values());
        if old.is_some_and(|old| current.values.take(&secret.key, &old)) {
            return Ok(before);
        }
        if to.is_some() {
            return Err(stop(
                "that version is not kept, lacks the secret, or has the value that is current",
                "leave --to out for the last one with another value",
            ));
        }
        at = before;
    }
}

/// A new version, read back.
fn written(current: &Current, secret: &Wanted) -> Result<Written, Stop> {
    let Current {
        manager,
        version,
        values,
    } = current;
    let new = manager
        .replace(&secret.path, version, values)
        .map_err(|why| match why {
            NotWritten::Taken => stop(
                "somebody else wrote to it meanwhile, and nothing was written",
                "run again",
            ),
            NotWritten::Refused(why) => why.into(),
            NotWritten::Unknown(why) => stop(
                &format!(
                    "{}, and whether the new version was written is not known",
                    why.what
                ),
                "look at the newest version with `envacuate verify`",
            ),
        })?;
    let at = now();
    let back = manager
        .read_version(&secret.path, &new)
        .map_err(Stop::from)?;
    if back.is_some_and(|back| back.is(values)) {
        return Ok(Written {
            version: new,
            before: version.clone(),
            at,
        });
    }
    Err(stop(
        "what was read back is not what was written",
        "look at the newest version in the manager before anything else",
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "when something was written is what is asked for, and nothing else depends on it"
)]
fn now() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Moment::from_millis(i64::try_from(millis).unwrap_or(0))
}
