//! Writing to the terminal, or to whoever reads instead.

use std::io::{self, Write};

/// Writes `text` to standard output. A reader that has gone away, as `head` does, has read enough.
pub(crate) fn print(text: &str) {
    let mut output = io::stdout().lock();
    if let Err(error) = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        complain(&format!("cannot write the report: {error}"));
    }
}

/// Writes an error message to standard error.
pub(crate) fn complain(message: &str) {
    // Without a standard error there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "error: {message}");
}
