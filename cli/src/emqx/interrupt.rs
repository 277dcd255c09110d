//! Work that ends at Ctrl-C.

use std::future::Future;

use tokio::runtime::Builder;

/// How work came to its end.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    /// By itself.
    Done(T),
    /// By Ctrl-C.
    Interrupted,
}

/// Runs `work` on a runtime of its own, until it ends or Ctrl-C is pressed.
///
/// Blocking work that is under way at Ctrl-C is left to its own timeout, on a thread of its own.
pub(crate) fn until_interrupted<T>(work: impl Future<Output = T>) -> Result<Ended<T>, String> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start a runtime: {error}"))?;
    let ended = runtime.block_on(async {
        tokio::select! {
            result = work => Ended::Done(result),
            // Where Ctrl-C cannot be received, the program's own way of ending stays.
            Ok(()) = tokio::signal::ctrl_c() => Ended::Interrupted,
        }
    });
    runtime.shutdown_background();
    Ok(ended)
}
