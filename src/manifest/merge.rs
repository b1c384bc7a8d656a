//! A manifest over an earlier one: what people filled in stays, and so does what is not planned anew.

use std::collections::BTreeSet;

use super::copies::copies;
use super::{Copy, CopyKind, Manifest, Origin, Reader, Secret, Status, build, read, store};

/// The manifest of a plan with what stands in an earlier one, as JSON; nothing where the earlier text is no manifest.
///
/// Facts are those of this run. A secret that was moved before is not planned anew and keeps all but its copies. What was
/// left to do by hand and is read nowhere by now counts as done, if all its places were looked at.
pub fn merged(before: Option<&[u8]>, origin: &Origin<'_>) -> Option<String> {
    let mut manifest = build::build(origin);
    let Some(before) = before else {
        return Some(manifest.json());
    };
    let earlier = read(before).ok()?;
    join(&mut manifest, earlier, origin);
    Some(manifest.json())
}

fn join(manifest: &mut Manifest, earlier: Manifest, origin: &Origin<'_>) {
    let known: BTreeSet<String> = earlier
        .secrets
        .iter()
        .map(|secret| secret.path.clone())
        .collect();
    for secret in &mut manifest.secrets {
        secret.store.clear();
    }
    for old in earlier.secrets {
        let same = manifest.secrets.iter_mut();
        match same.into_iter().find(|secret| secret.id == old.id) {
            Some(secret) => keep(secret, old, origin),
            None => manifest.secrets.push(refreshed(old, origin)),
        }
    }
    manifest.secrets.sort_by(|a, b| a.id.cmp(&b.id));
    for old in earlier.packages {
        if !manifest.packages.iter().any(|new| new.file == old.file) {
            manifest.packages.push(old);
        }
    }
    manifest.packages.sort_by(|a, b| a.file.cmp(&b.file));
    manifest.steps = build::steps_of(manifest);
    store::complete(manifest, &known);
}

/// What people filled in, and that a copy once stood in plain text.
fn keep(secret: &mut Secret, old: Secret, origin: &Origin<'_>) {
    keep_copies(secret, &old.copies, origin);
    secret.owner = old.owner;
    secret.notes = old.notes;
    secret.waived = old.waived;
    secret.strategy = old.strategy;
    secret.rotate_after |= old.rotate_after;
    secret.store = old.store;
    // What an earlier run rewrote is no read of this one any more.
    if secret.status == Status::Rewritten && old.status == Status::Rewritten {
        let known = std::mem::replace(&mut secret.readers, old.readers);
        let new: Vec<Reader> = known
            .into_iter()
            .filter(|reader| !secret.readers.contains(reader))
            .collect();
        secret.readers.extend(new);
    }
}

/// Copies in files that this run did not look at are as they were.
fn keep_copies(secret: &mut Secret, old: &[Copy], origin: &Origin<'_>) {
    let name = secret.name.clone();
    let unseen = old
        .iter()
        .filter(|copy| !(origin.looked_at)(&name, &copy.path));
    secret.copies.extend(unseen.cloned());
    secret.copies.sort();
    secret.copies.dedup();
}

/// One of which no read was found.
fn refreshed(mut old: Secret, origin: &Origin<'_>) -> Secret {
    let before = std::mem::take(&mut old.copies);
    old.copies = copies(&old.name, origin);
    keep_copies(&mut old, &before, origin);
    // What stands in for a variable is none for the checks any more, and is there all the same.
    let fallbacks = before
        .into_iter()
        .filter(|copy| copy.kind == CopyKind::Source);
    old.copies.extend(fallbacks);
    old.copies.sort();
    old.copies.dedup();
    old.rotate_after |= !old.copies.is_empty();
    let is_seen = |reader: &Reader| (origin.looked_at)(&old.name, &reader.path);
    if old.status == Status::Manual && old.readers.iter().all(is_seen) {
        old.status = Status::Rewritten;
        old.manual.clear();
        old.readers.clear();
    }
    old
}
