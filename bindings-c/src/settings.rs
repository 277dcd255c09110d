// generated, do not edit, run `make gen`
//! One function for each option of a server.

use exhook_core::ConfigValue;

use crate::{
    error::exhook_error,
    guard::guard,
    server::{exhook_server, set, set_text},
    view::exhook_str,
};

/// How long user code may take for an answer unless its handler says otherwise. The broker's own
/// `request_timeout`, less a tenth of it, counts where that is shorter. The default is 4000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_timeout_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "timeout_ms", ConfigValue::Number(value)) })
}

/// How many calls may be running at once, brokers waiting for them. More are answered with the
/// fallback at once. The default is 10000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_inflight(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_inflight", ConfigValue::Number(value)) })
}

/// How many notifications may be answered but not yet handled. More are held back, which slows the
/// broker down, and are dropped at the deadline. The default is 10000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_inbox_capacity(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "inbox_capacity", ConfigValue::Number(value)) })
}

/// How many threads read, decode and answer; one serves some 100,000 calls a second. The default is
/// 1.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_io_threads(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "io_threads", ConfigValue::Number(value)) })
}

/// The largest request that is decoded; larger ones are answered with the fallback. The default is
/// 16777216.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_message_bytes(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_message_bytes", ConfigValue::Number(value)) })
}

/// How long stopping waits for running calls and queued notifications. The default is 5000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_drain_timeout_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "drain_timeout_ms", ConfigValue::Number(value)) })
}

/// How often a connection is probed with a PING, so that brokers that vanished are noticed: one
/// that has not answered when the next is due is let go. 0 turns probing off. The default is 30000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_keepalive_interval_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "keepalive_interval_ms", ConfigValue::Number(value)) })
}

/// Also announce the valued hooks that have no handler, and answer them with ignore. For brokers of
/// 5.9 and later with several exhook servers, whose chain otherwise ends at a server that did not
/// announce the hook. The default is false.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_companion(
    server: *mut exhook_server,
    value: bool,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "companion", ConfigValue::Switch(value)) })
}

/// Where `GET /metrics` is answered over HTTP/1.1 in Prometheus' text format: `host:port`, or a
/// port alone for this machine only. Empty turns it off. There is neither TLS nor a password:
/// whoever reaches the address can read it. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_admin(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "admin", value) })
}
