//! Ringing for an event loop from other threads.

use napi::{Result, bindgen_prelude::Function, threadsafe_function::ThreadsafeFunctionCallMode};

/// How many rings can be on their way to the event loop; more would say nothing new.
const RINGS: usize = 2;

/// Rings for the event loop; harmless once the loop is gone. It must be gone itself before the
/// loop's environment ends.
pub(crate) type Bell = Box<dyn Fn() + Send + Sync>;

/// The bell that has `ring` called on the event loop. It does not keep the loop alive.
pub(crate) fn bell(ring: &Function<'_, (), ()>) -> Result<Bell> {
    let ring = ring
        .build_threadsafe_function::<()>()
        .callee_handled::<false>()
        .weak::<true>()
        .max_queue_size::<RINGS>()
        .build()?;
    Ok(Box::new(move || {
        // A full queue rings already, and a closed one belongs to a loop that has ended.
        let _ = ring.call((), ThreadsafeFunctionCallMode::NonBlocking);
    }))
}
