//! Work that takes longer than a key press: one thread, one job after the other.
//!
//! A job gets a copy of what it works on and gives back what it found; it never waits for anybody, and nobody for it.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::RequestId;

use super::migrate::{Migration, Moved};
use crate::model::Report;
use crate::scan::Told;
use crate::workspace::{Loader, Request, Scanned, guarded, scan};

/// What is to be done.
pub(super) enum Job {
    /// Look at all files of a folder.
    Scan {
        folder: u64,
        root: PathBuf,
        loader: Arc<Loader>,
    },
    /// Join the files of a folder and judge them.
    Join {
        folder: u64,
        generation: u64,
        scanned: Scanned,
    },
    /// Plan the move of a secret, for a request that waits.
    Migrate {
        id: RequestId,
        migration: Box<Migration>,
    },
}

/// What was done.
pub(super) enum Done {
    /// All files of a folder, each analysed alone.
    Scanned { folder: u64, scanned: Scanned },
    /// What was found in texts of that generation, and the files with these texts analysed.
    Joined {
        folder: u64,
        generation: u64,
        scanned: Scanned,
        found: Result<(Report, Told), String>,
    },
    /// How a secret is moved, or why not.
    Migrated {
        id: RequestId,
        folder: u64,
        generation: u64,
        moved: Result<Moved, String>,
    },
    /// A defect ended the work on a folder.
    Failed { folder: u64, defect: String },
}

/// The thread.
#[derive(Debug)]
pub(super) struct Background {
    jobs: Sender<Job>,
    /// What has been done.
    pub(super) done: Receiver<Done>,
}

impl Background {
    /// Starts it. Fails when the system has no thread to give.
    pub(super) fn start() -> std::io::Result<Self> {
        let (jobs, to_do) = unbounded::<Job>();
        let (sender, done) = unbounded();
        std::thread::Builder::new()
            .name("analysis".to_owned())
            .spawn(move || {
                for job in to_do {
                    if sender.send(run(job)).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self { jobs, done })
    }

    /// Has something done when what came before is.
    pub(super) fn ask(&self, job: Job) {
        // The thread ends only with the server.
        let _ = self.jobs.send(job);
    }
}

fn run(job: Job) -> Done {
    match job {
        Job::Scan {
            folder,
            root,
            loader,
        } => {
            let work = || {
                scan(&Request {
                    paths: std::slice::from_ref(&root),
                    working_directory: &root,
                    jobs: 0,
                    git_ignore: true,
                    ignore_files: true,
                    force_exclude: false,
                    settings: &|directory| loader.of(directory),
                })
            };
            match guarded(work) {
                Ok(scanned) => Done::Scanned { folder, scanned },
                Err(defect) => Done::Failed { folder, defect },
            }
        }
        Job::Join {
            folder,
            generation,
            mut scanned,
        } => {
            scanned.refresh();
            let found = scanned.clone().finish_and_tell();
            Done::Joined {
                folder,
                generation,
                scanned,
                found,
            }
        }
        Job::Migrate { id, migration } => {
            let (folder, generation) = (migration.folder, migration.generation);
            let moved = guarded(|| migration.run()).and_then(|moved| moved);
            Done::Migrated {
                id,
                folder,
                generation,
                moved,
            }
        }
    }
}
