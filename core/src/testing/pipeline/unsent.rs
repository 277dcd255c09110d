//! [`Unsent`]: a request, or what is left of it, that the server has no room for.

use bytes::{Buf, Bytes};

use crate::frame::{MASK, flag, kind, signed, write};

/// What a receiver takes that announces nothing else.
pub(super) const MOST_CONTENT_BYTES: usize = 16_384;
/// Requests leave in writes of about this size, so that the server begins with the first ones
/// while the others are on their way.
pub(super) const WRITE_BYTES: usize = 16 * 1024;

pub(super) struct Unsent {
    pub(super) stream: u32,
    /// How much the server takes of it.
    pub(super) window: i64,
    pub(super) rest: Bytes,
}

impl Unsent {
    /// Writes as much as the server has room for, or a write takes; whether that was all.
    pub(super) fn send(&mut self, out: &mut Vec<u8>, window: &mut i64) -> bool {
        loop {
            let room = usize::try_from(self.window.min(*window)).unwrap_or(0);
            let count = self.rest.len().min(room).min(MOST_CONTENT_BYTES);
            let ends = count == self.rest.len();
            if !ends && (count == 0 || out.len() >= WRITE_BYTES) {
                return false;
            }
            let flags = if ends { flag::END_STREAM } else { 0 };
            write(out, kind::DATA, flags, self.stream, &self.rest[..count]);
            self.rest.advance(count);
            let count = signed(count);
            self.window -= count;
            *window -= count;
            if ends {
                return true;
            }
        }
    }
}

/// A window with more room.
pub(super) fn widened(window: i64, more: i64) -> Result<i64, String> {
    let wider = window + more;
    if wider > i64::from(MASK) {
        return Err("it widened a window beyond 2 GiB".to_owned());
    }
    Ok(wider)
}
