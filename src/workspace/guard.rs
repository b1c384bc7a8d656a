//! One file's defect stays one file's.
//!
//! A panic's message can hold text of the file that caused it, so it is never printed; its place in our code is.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

thread_local! {
    static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// Replaces the panic hook by one that prints nothing and notes where the panic was.
pub fn silence_panics() {
    set_hook(Box::new(|info| {
        let place = info.location().map(|at| (file_name(at.file()), at.line()));
        PLACE.set(place);
    }));
}

/// The last part of a source path: the rest tells only where it was built.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or("?").to_owned()
}

/// Runs `work`; a panic becomes a sentence about it.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| match PLACE.take() {
        Some((file, line)) => {
            format!(
                "a defect of envacuate ({file}, line {line}) stopped the analysis; please report it"
            )
        }
        None => "a defect of envacuate stopped the analysis; please report it".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_sentence_without_its_message() {
        let text = guarded::<()>(|| panic!("hunter2")).unwrap_err();
        assert!(text.contains("defect of envacuate"));
        assert!(!text.contains("hunter2"));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
