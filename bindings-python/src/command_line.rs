//! The command line, as the crate `exhook-cli` has it.

use std::{ffi::OsString, iter, thread, time::Duration};

use pyo3::prelude::*;

/// How often Ctrl-C is looked for.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Runs the command line with these arguments, without the program's name, and returns its exit
/// code.
/// Ctrl-C ends it: with exit code 130, or before it works with `KeyboardInterrupt`.
///
/// `run_flags` are those of the verb `run`, which is Python's own.
#[pyfunction]
pub(crate) fn cli(
    py: Python<'_>,
    arguments: Vec<OsString>,
    run_flags: Vec<String>,
) -> PyResult<i32> {
    let verb = exhook_cli::RunVerb {
        target: "MODULE:APP".to_owned(),
        about: "Serve a Python app; see exhook run --help".to_owned(),
        flags: run_flags,
    };
    // On a thread of its own, because signals are handled by this one, between its slices.
    let running = thread::spawn(move || {
        exhook_cli::run_beside(&verb, iter::once(OsString::from("exhook")).chain(arguments))
    });
    while !running.is_finished() {
        py.check_signals()?;
        py.detach(|| thread::sleep(SIGNAL_INTERVAL));
    }
    running
        .join()
        .map_err(|_| pyo3::exceptions::PyRuntimeError::new_err("the command line panicked"))
}
