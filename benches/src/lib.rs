//! What the measured Rust servers have in common: their argument, their greeting, and what they do
//! with a payload.

use std::{
    env,
    error::Error,
    fmt::Display,
    io::{self, Write as _},
};

use bytes::Bytes;

const PREPARED_BYTES: usize = 64 * 1024;
// What a payload begins with that is left as it is.
const KEPT: u8 = b'k';
static PREPARED: [u8; PREPARED_BYTES] = [b'r'; PREPARED_BYTES];

/// The hooks that every peer asks for.
pub const HOOKS: [&str; 20] = [
    "client.connect",
    "client.connack",
    "client.connected",
    "client.disconnected",
    "client.authenticate",
    "client.authorize",
    "client.subscribe",
    "client.unsubscribe",
    "session.created",
    "session.subscribed",
    "session.unsubscribed",
    "session.resumed",
    "session.discarded",
    "session.takenover",
    "session.terminated",
    "message.ingress",
    "message.publish",
    "message.delivered",
    "message.dropped",
    "message.acked",
];

/// Whether a payload is left as it is: its first byte says so.
pub fn is_kept(payload: &[u8]) -> bool {
    payload.first() == Some(&KEPT)
}

/// The payload that replaces one of `length` bytes: as long, and made of `r` only. No copy up to
/// 64 KiB.
pub fn replacement(length: usize) -> Bytes {
    match PREPARED.get(..length) {
        Some(payload) => Bytes::from_static(payload),
        None => vec![b'r'; length].into(),
    }
}

/// The first argument: where to listen.
///
/// # Errors
///
/// When there is none.
pub fn bind_argument() -> Result<String, Box<dyn Error>> {
    env::args()
        .nth(1)
        .ok_or_else(|| "give the address to listen on, for example 127.0.0.1:0".into())
}

/// Tells the harness on stdout where the server listens.
///
/// # Errors
///
/// When stdout is closed.
pub fn announce(address: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {address}")?;
    out.flush()
}
