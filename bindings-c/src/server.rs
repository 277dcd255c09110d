//! [`exhook_server`]: handlers, options, and the way to serve them.

use std::{ffi::c_void, sync::Arc};

use exhook_core::{ConfigValue, Error, ErrorCode};

use crate::{
    callback::{Callback, check_outside, exhook_callback},
    code::exhook_code,
    error::{Outcome, exhook_error, handed_over},
    guard::{Neutral, guard},
    hook::{HookNumber, hook_of},
    logger,
    metrics::exhook_metrics,
    options::exhook_options,
    running::Registration,
    service::Service,
    user::{User, exhook_free},
    view::exhook_str,
};

/// A server that brokers call hooks of: handlers and options first, then it is started.
pub struct exhook_server {
    // Shared with the functions that are under way: one that ends because another stops the server
    // may be followed by its freeing before that other has returned.
    service: Arc<Service>,
}

/// Does something with a server, if it is one.
///
/// # Safety
///
/// `server` is NULL, or a server of the caller's that is not freed.
pub(crate) unsafe fn with(
    server: *const exhook_server,
    act: impl FnOnce(&Service) -> Outcome,
) -> *mut exhook_error {
    // SAFETY: the caller keeps this function's promise.
    let outcome = match unsafe { server.as_ref() } {
        Some(server) => server
            .service
            .check_process()
            .and_then(|()| act(&Arc::clone(&server.service))),
        None => Err(exhook_error::of_argument(
            exhook_code::EXHOOK_ERR_NULL,
            "the server",
        )),
    };
    handed_over(outcome)
}

/// Reads an address.
///
/// # Safety
///
/// The view is kept during the call.
pub(crate) unsafe fn read_address<'view>(address: exhook_str) -> Result<&'view str, exhook_error> {
    // SAFETY: the caller keeps this function's promise.
    let address = unsafe { address.read() };
    address.map_err(|code| exhook_error::of_argument(code, "the address"))
}

/// Sets an option of the core's by its name.
///
/// # Safety
///
/// `server` is NULL, or a server of the caller's that is not freed.
pub(crate) unsafe fn set(
    server: *mut exhook_server,
    name: &str,
    value: ConfigValue,
) -> *mut exhook_error {
    let change = |service: &Service| {
        let mut state = service.idle(&format!("{name} cannot be set"))?;
        let mut config = state.options.config.clone();
        config.set(name, value)?;
        // These have a meaning only together, and are checked at the start.
        if !name.starts_with("tls_") {
            config.validate()?;
        }
        state.options.config = config;
        Ok(())
    };
    // SAFETY: the caller keeps this function's promise.
    unsafe { with(server, change) }
}

/// Sets an option of the core's that is a text by its name.
///
/// # Safety
///
/// `server` is NULL, or a server of the caller's that is not freed; the text is kept during the
/// call.
pub(crate) unsafe fn set_text(
    server: *mut exhook_server,
    name: &str,
    text: exhook_str,
) -> *mut exhook_error {
    // SAFETY: the caller keeps this function's promise.
    match unsafe { text.read() } {
        // SAFETY: as above.
        Ok(text) => unsafe { set(server, name, ConfigValue::Text(text.to_owned())) },
        Err(code) => handed_over(Err(exhook_error::of_argument(code, name))),
    }
}

/// A server without handlers, with the default options.
///
/// The threads of a server block all signals that come from outside, so that the program's own
/// threads receive them.
///
/// Ownership: the server is the caller's, to be freed with `exhook_server_free`.
/// Threads: any.
/// Valid until: `exhook_server_free`.
#[unsafe(no_mangle)]
pub extern "C" fn exhook_server_new() -> *mut exhook_server {
    guard(|| {
        let service = Arc::new(Service::new());
        logger::server_made();
        Box::into_raw(Box::new(exhook_server { service }))
    })
}

/// Stops a server if it runs, and frees it. NULL is fine.
///
/// Inside a callback it does nothing and returns `EXHOOK_ERR_WRONG_STATE`, and so does it with
/// `EXHOOK_ERR_FORKED` in a child that was forked while the server ran. Deferred calls that are
/// still open stay the program's; answering them is harmless.
///
/// Ownership: the server is the library's again; the `free_user` of each handler is called, at the
/// latest when its last callback has returned.
/// Threads: any; no other thread uses the server any more.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_free(server: *mut exhook_server) -> exhook_code {
    guard(|| {
        if server.is_null() {
            return exhook_code::EXHOOK_OK;
        }
        if check_outside("exhook_server_free").is_err() {
            return exhook_code::EXHOOK_ERR_WRONG_STATE;
        }
        // SAFETY: a server of the caller's that is not freed.
        let service = Arc::clone(&unsafe { &*server }.service);
        if let Err(error) = service.check_process().and_then(|()| service.stop()) {
            return error.code();
        }
        service.clear();
        logger::server_freed();
        // SAFETY: a server of `exhook_server_new`, which the caller frees once.
        drop(unsafe { Box::from_raw(server) });
        exhook_code::EXHOOK_OK
    })
}

/// Adds a handler behind those that the hook has already: `callback` is called for each call of the
/// hook by a broker, with `user`.
///
/// Several handlers of a hook run in the order of their registration; the first final answer ends
/// the chain, and on `message.publish` each sees what the one before made of the message.
///
/// Fails while the server runs, and where an argument has no meaning.
///
/// Ownership: `user` is the library's until `free_user` is called with it, once, also on failure;
/// `free_user` may be NULL. A returned error is the caller's, to be freed.
/// Threads: any; `callback` runs on the library's lane threads, several calls at a time, but one
/// after another for the events of one client.
/// Valid until: what `user` points to is used until `free_user` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_on(
    server: *mut exhook_server,
    hook: HookNumber,
    callback: exhook_callback,
    user: *mut c_void,
    free_user: exhook_free,
) -> *mut exhook_error {
    let options = exhook_options::default();
    // SAFETY: the promises of this function are those of the other.
    guard(|| unsafe {
        exhook_server_on_with(server, hook, &raw const options, callback, user, free_user)
    })
}

/// Adds a handler with options. Otherwise like `exhook_server_on`. NULL for `options` is none.
///
/// Ownership: `user` is the library's until `free_user` is called with it, once, also on failure;
/// `free_user` may be NULL. The options stay the caller's. A returned error is the caller's, to be
/// freed.
/// Threads: any; `callback` runs on the library's lane threads, or, where it is inline, on those
/// that read from the brokers.
/// Valid until: what `user` points to is used until `free_user` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_on_with(
    server: *mut exhook_server,
    hook: HookNumber,
    options: *const exhook_options,
    callback: exhook_callback,
    user: *mut c_void,
    free_user: exhook_free,
) -> *mut exhook_error {
    guard(|| {
        let user = User::new(user, free_user);
        let register = |service: &Service| {
            let function = callback.ok_or_else(|| {
                exhook_error::of_argument(exhook_code::EXHOOK_ERR_NULL, "the callback")
            })?;
            let hook = hook_of(hook).ok_or_else(|| {
                Error::new(ErrorCode::InvalidOption, format!("there is no hook {hook}"))
            })?;
            let unset = exhook_options::default();
            // SAFETY: NULL, or options that are not changed meanwhile.
            let options = unsafe { options.as_ref() }.unwrap_or(&unset);
            let registration = Registration {
                hook,
                options: options.to_core(hook)?,
                is_inline: options.is_inline,
                callback: Arc::new(Callback { function, user }),
            };
            let what = format!("a handler of {hook} cannot be added");
            service.idle(&what)?.registrations.push(registration);
            Ok(())
        };
        // SAFETY: NULL, or a server of the caller's.
        unsafe { with(server, register) }
    })
}

/// Serves on `address`, `host:port` or `unix:/path`, and returns. Port 0 is a free one, which
/// `exhook_server_address` tells. A server that was stopped can be started again.
///
/// Variables of the environment and the file of options win over the address and the other options
/// that the program sets: see `exhook_server_set_config_file` and `exhook_server_set_environment`.
///
/// Fails where the server runs already, an option has no meaning, the address cannot be read or is
/// in use, or the system refuses sockets or threads.
///
/// Ownership: the address is copied. A returned error is the caller's, to be freed.
/// Threads: any.
/// Valid until: the server is stopped or freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_start(
    server: *mut exhook_server,
    address: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's; the address is kept during the call.
    guard(|| unsafe {
        with(server, |service| {
            service.start(read_address(address)?, None)
        })
    })
}

/// Serves on `address` until SIGINT or SIGTERM comes, or another thread stops the server; then it
/// finishes what runs, and returns. A second signal ends the process at once.
///
/// A signal is left alone where the program handles or ignores it, and all is as before when the
/// function returns. Otherwise like `exhook_server_start`.
///
/// Ownership: the address is copied. A returned error is the caller's, to be freed.
/// Threads: any, except inside a callback.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_listen(
    server: *mut exhook_server,
    address: exhook_str,
) -> *mut exhook_error {
    let listen = |service: &Service| {
        check_outside("exhook_server_listen")?;
        // SAFETY: the address is kept during the call.
        service.listen(unsafe { read_address(address) }?)
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, listen) })
}

/// Waits until another thread has stopped the server. Fails where it was never started, and inside a
/// callback.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any, except inside a callback.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_wait(server: *mut exhook_server) -> *mut exhook_error {
    let wait = |service: &Service| {
        check_outside("exhook_server_wait")?;
        service.wait()
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, wait) })
}

/// Stops the server: accepts no more connections, waits for what runs and for queued events up to
/// `drain_timeout_ms`, and ends the threads. A server that does not run is left as it is.
///
/// Fails inside a callback, for whose end it would wait, and in a child that was forked while the
/// server ran.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any, except inside a callback; a second thread waits until the first is done.
/// Valid until: nothing that is returned refers to anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_stop(server: *mut exhook_server) -> *mut exhook_error {
    let stop = |service: &Service| {
        check_outside("exhook_server_stop")?;
        service.stop()
    };
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { with(server, stop) })
}

/// Where the server listens, such as `127.0.0.1:9000`, with the real port where 0 was asked for.
/// Empty while it does not run.
///
/// Ownership: the text belongs to the server.
/// Threads: any.
/// Valid until: the server is started again or freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_address(server: *const exhook_server) -> exhook_str {
    guard(|| {
        // SAFETY: NULL, or a server of the caller's.
        let Some(server) = (unsafe { server.as_ref() }) else {
            return exhook_str::from("");
        };
        // The address is kept until the next start.
        let address = server.service.look(|running| running.address().into());
        address.unwrap_or_else(exhook_str::neutral)
    })
}

/// What the server has counted since it was started, also when it has been stopped since. NULL where
/// it was never started.
///
/// Ownership: the metrics are the caller's, to be freed with `exhook_metrics_free`.
/// Threads: any.
/// Valid until: `exhook_metrics_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_metrics(
    server: *const exhook_server,
) -> *mut exhook_metrics {
    guard(|| {
        // SAFETY: NULL, or a server of the caller's.
        let server = unsafe { server.as_ref() };
        let last = server.and_then(|server| server.service.last());
        last.map_or(std::ptr::null_mut(), |last| {
            Box::into_raw(Box::new(exhook_metrics(last.metrics())))
        })
    })
}
