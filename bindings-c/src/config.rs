//! The options that are not the server's own, and where values of options come from.

use std::io::{self, Write as _};

use exhook_core::Error;

use crate::{
    error::exhook_error,
    guard::guard,
    layers::check_threads,
    server::{exhook_server, read_address, with},
    service::Service,
    view::exhook_str,
};

/// How many lane threads there are at most, at least 1. One thread does all the work while callbacks
/// are quick; more are started as they block.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_threads(
    server: *mut exhook_server,
    threads: u64,
) -> *mut exhook_error {
    guard(|| {
        let change = |service: &Service| {
            check_threads(threads)?;
            service.idle("threads cannot be set")?.options.threads = threads;
            Ok(())
        };
        // SAFETY: NULL, or a server of the caller's.
        unsafe { with(server, change) }
    })
}

/// Names a file of options in TOML, which is read when the server is started: `timeout_ms = 500`.
/// Its options win over those that the program sets, and variables of the environment over it;
/// `EXHOOK_CONFIG` names another file. An empty path is none.
///
/// Ownership: the path is copied. A returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_config_file(
    server: *mut exhook_server,
    path: exhook_str,
) -> *mut exhook_error {
    let change = |service: &Service| {
        // SAFETY: the path is kept during the call.
        let path = unsafe { path.read() };
        let path = path.map_err(|code| exhook_error::of_argument(code, "the path"))?;
        let mut state = service.idle("the file of options cannot be set")?;
        path.clone_into(&mut state.options.file);
        Ok(())
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, change) })
}

/// Whether variables of the environment win over what the program and its file of options say, when
/// the server is started: `EXHOOK_BIND` over the address, one for each option such as
/// `EXHOOK_TIMEOUT_MS`, `EXHOOK_THREADS`, and `EXHOOK_CONFIG` for the path of the file. They do
/// unless told otherwise.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_environment(
    server: *mut exhook_server,
    value: bool,
) -> *mut exhook_error {
    let change = |service: &Service| {
        let mut state = service.idle("the use of the environment cannot be set")?;
        state.options.environment = value;
        Ok(())
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, change) })
}

/// Writes to standard output with which options the server would serve on `address`: a file of
/// options, with where each value is from as comments, and without secrets.
///
/// Fails where `exhook_server_start` would because of an option or the file.
///
/// Ownership: the address stays the caller's. A returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_print_config(
    server: *mut exhook_server,
    address: exhook_str,
) -> *mut exhook_error {
    let print = |service: &Service| {
        // SAFETY: the address is kept during the call.
        let address = unsafe { read_address(address) }?;
        let options = service
            .idle("the options cannot be printed")?
            .options
            .clone();
        let text = options.settle(address)?.to_string();
        io::stdout()
            .write_all(text.as_bytes())
            .map_err(|error| Error::io("cannot write to standard output", error))?;
        Ok(())
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, print) })
}
