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

/// How much memory may be taken by requests that are arriving, and by answers that are not taken.
/// Requests that come while it is used up are answered with the fallback, unread. The default is
/// 268435456.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_buffered_bytes(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_buffered_bytes", ConfigValue::Number(value)) })
}

/// How many bytes of headers a request may have; those of a broker have some 400. The default is
/// 16384.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_header_bytes(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_header_bytes", ConfigValue::Number(value)) })
}

/// How many calls of one connection may be running at once; more are answered with the fallback at
/// once. The default is 5000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_inflight_per_connection(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe {
        set(
            server,
            "max_inflight_per_connection",
            ConfigValue::Number(value),
        )
    })
}

/// How many connections are served at once; more wait to be accepted until one ends. A quarter of
/// the files that the process may open is left to the program. The default is 4096.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_connections(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_connections", ConfigValue::Number(value)) })
}

/// How many connections one address may have; more are closed as soon as they are accepted. A
/// broker opens `pool_size` of them, 8 unless told otherwise, but a proxy stands for many brokers.
/// The default is 1024.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_connections_per_peer(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe {
        set(
            server,
            "max_connections_per_peer",
            ConfigValue::Number(value),
        )
    })
}

/// How many connections may be at their beginning, TLS and the HTTP/2 preface, at once; more are
/// closed, oldest first, once they have had a second. The default is 256.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_max_handshakes(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "max_handshakes", ConfigValue::Number(value)) })
}

/// How long a connection may take for its beginning: TLS and the HTTP/2 preface. The default is
/// 10000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_handshake_timeout_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "handshake_timeout_ms", ConfigValue::Number(value)) })
}

/// How long a request may take to arrive whole; less where its broker waits less. The default is
/// 10000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_receive_timeout_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "receive_timeout_ms", ConfigValue::Number(value)) })
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

/// How long a server that is told to stop goes on as before, except that it says it is not ready,
/// so that load balancers can turn away from it first. The default is 0.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_drain_delay_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "drain_delay_ms", ConfigValue::Number(value)) })
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

/// The server's certificate and those that lead to its authority, in PEM: the path of a file, or
/// the text itself. With `tls_key` it turns TLS on. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_cert(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_cert", value) })
}

/// The private key of `tls_cert`, in PEM: the path of a file, or the text itself. The default is
/// "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_key(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_key", value) })
}

/// The authorities whose certificates brokers have to show, in PEM: the path of a file, or the text
/// itself. Without it brokers need no certificate. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_client_ca(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_client_ca", value) })
}

/// Which brokers are served: names (DNS, IP address or URI) of which their certificate has to have
/// one, parted by commas. Empty serves all that `tls_client_ca` vouches for. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_client_names(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_client_names", value) })
}

/// Which brokers are served: SHA-256 fingerprints of which their certificate has to have one, in
/// hexadecimal, parted by commas. Empty serves all that `tls_client_ca` vouches for; where names
/// are given too, both have to hold. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_client_fingerprints(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_client_fingerprints", value) })
}

/// The oldest version of TLS that is spoken: 1.2 or 1.3. The default is "1.2".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_min_version(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "tls_min_version", value) })
}

/// How often the files of `tls_cert`, `tls_key` and `tls_client_ca` are looked at for changes,
/// which new connections get. 0 turns it off. The default is 10000.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_tls_reload_interval_ms(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "tls_reload_interval_ms", ConfigValue::Number(value)) })
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

/// Where operators find this server over HTTP/1.1, with metrics, health and a live page:
/// `host:port`, or a port alone for this machine only. Empty turns it off. There is neither TLS nor
/// a password: whoever reaches the address can read it. The default is "".
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

/// Whether the live page of `admin` shows the payloads of messages. The default is false.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_admin_payloads(
    server: *mut exhook_server,
    value: bool,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "admin_payloads", ConfigValue::Switch(value)) })
}

/// Whether gRPC clients may ask which services and methods there are (reflection). The default is
/// true.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_reflection(
    server: *mut exhook_server,
    value: bool,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "reflection", ConfigValue::Switch(value)) })
}

/// Where log lines go as text or JSON: `text` or `json` for standard error, or one of them with the
/// path of a file, as in `json:/var/log/exhook.log`. Empty leaves them to the language's logger.
/// The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_log(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "log", value) })
}

/// Where each valued decision is logged: the path of a file of JSON lines, or `log` for where other
/// log lines go. Empty turns it off. The default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_decision_log(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "decision_log", value) })
}

/// The size from which on the file of `decision_log` is put aside and a new one begun. The default
/// is 104857600.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_decision_log_max_bytes(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "decision_log_max_bytes", ConfigValue::Number(value)) })
}

/// How many files of `decision_log` are kept beside the newest. The default is 5.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_decision_log_files(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "decision_log_files", ConfigValue::Number(value)) })
}

/// Where traces go by OTLP over HTTP, as in `http://127.0.0.1:4318`. Empty turns them off. The
/// default is "".
///
/// Ownership: the text is copied; a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_otlp_endpoint(
    server: *mut exhook_server,
    value: exhook_str,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's. The text is kept during the call.
    guard(|| unsafe { set_text(server, "otlp_endpoint", value) })
}

/// How many of a hundred calls are traced. The default is 100.
///
/// Ownership: a returned error is the caller's, to be freed.
/// Threads: any; not while the server runs.
/// Valid until: the server is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exhook_server_set_otlp_sample_percent(
    server: *mut exhook_server,
    value: u64,
) -> *mut exhook_error {
    // SAFETY: NULL, or a server of the caller's.
    guard(|| unsafe { set(server, "otlp_sample_percent", ConfigValue::Number(value)) })
}
