//! [`Stream`]: one request whose answer is not all written.

use std::{
    collections::{HashMap, VecDeque},
    hash::{BuildHasherDefault, Hasher},
    rc::Rc,
    time::Instant,
};

use bytes::Bytes;
use http::HeaderMap;

use super::{
    outlet::{OutletLink, PieceSender},
    request_head::RequestHead,
};
use crate::{frame::DEFAULT_WINDOW, server::request::MessageReader};

/// A request that has begun.
pub(super) struct Stream {
    /// What it asked for, until it has ended.
    pub(super) head: Option<Rc<RequestHead>>,
    pub(super) receiving: Receiving,
    /// When it has to be complete.
    pub(super) receive_by: Instant,
    /// How long its body is so far.
    pub(super) received: u64,
    /// What the peer may still send.
    pub(super) receive_window: i64,
    /// What the peer takes.
    pub(super) window: i64,
    pub(super) outgoing: Option<Box<Outgoing>>,
}

/// What becomes of a body.
pub(super) enum Receiving {
    /// The one message of a call.
    Message(MessageReader),
    /// Pieces, for a service that reads them as they come.
    Pieces(PieceSender),
    /// It has ended.
    Done,
}

/// The part of an answer that is not written.
#[derive(Default)]
pub(super) struct Outgoing {
    pub(super) pieces: VecDeque<Bytes>,
    /// How the stream ends behind the pieces, where that is known.
    pub(super) end: Option<End>,
    /// Whether it waits for its turn, not for its window.
    pub(super) is_ready: bool,
    /// Who writes it.
    pub(super) link: Option<Rc<OutletLink>>,
}

impl Outgoing {
    /// How many bytes the pieces have.
    pub(super) fn bytes(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

/// How a stream ends.
pub(super) enum End {
    /// With the trailers of a call that went well.
    Ok,
    /// With these trailers.
    Trailers(HeaderMap),
    /// With its last DATA frame.
    Data,
}

impl Stream {
    pub(super) fn new(
        head: Option<Rc<RequestHead>>,
        receiving: Receiving,
        receive_by: Instant,
        window: u32,
    ) -> Self {
        Self {
            head,
            receiving,
            receive_by,
            received: 0,
            receive_window: i64::from(DEFAULT_WINDOW),
            window: i64::from(window),
            outgoing: None,
        }
    }

    /// How long its head says that its body is.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.head.as_ref().and_then(|head| head.content_length)
    }

    /// Whether the request has not ended.
    pub(super) fn is_receiving(&self) -> bool {
        !matches!(self.receiving, Receiving::Done)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(link) = self.outgoing.as_ref().and_then(|out| out.link.as_ref()) {
            link.end();
        }
    }
}

/// The streams of a connection by their numbers.
pub(super) type Streams = HashMap<u32, Stream, BuildHasherDefault<NumberHasher>>;

/// Hashes numbers that the peer can only count up.
#[derive(Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        // Fibonacci hashing: the table looks at the highest bits, and at the lowest.
        let mixed = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
