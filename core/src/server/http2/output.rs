//! [`Output`]: what a connection has to say, until its socket has taken it.
//!
//! Answers are small, and many come from one poll of a connection: they are gathered and written when
//! the poll ends, so that a burst of answers costs one system call. Large payloads are not copied, but
//! written together with what was gathered before and after.

use std::{
    cell::Cell,
    collections::VecDeque,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::io::AsyncWrite;

/// What a thread keeps for the next burst of any of its connections.
const KEEP_CAPACITY: usize = 64 * 1024;
/// How many pieces go into one system call.
const MOST_SLICES: usize = 32;

thread_local! {
    /// What nothing is gathered in now: connections that say nothing need no memory for it.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Bytes on their way to the socket, in their order.
#[derive(Default)]
pub(super) struct Output {
    /// What comes before the tail.
    pieces: VecDeque<Bytes>,
    /// What is gathered now.
    tail: Vec<u8>,
    /// Of the first piece, or of the tail where there is none.
    written: usize,
    bytes: usize,
    /// What the socket has taken since the beginning.
    taken: u64,
}

impl Output {
    /// Where frames are written to.
    pub(super) fn tail(&mut self) -> &mut Vec<u8> {
        if self.tail.capacity() == 0 {
            self.tail = SPARE.take();
        }
        &mut self.tail
    }

    /// Adds a large piece without copying it.
    pub(super) fn push(&mut self, piece: Bytes) {
        if !self.tail.is_empty() {
            let mut before = Bytes::from(std::mem::take(&mut self.tail));
            if self.pieces.is_empty() {
                bytes::Buf::advance(&mut before, self.written);
                self.written = 0;
            }
            self.bytes += before.len();
            self.pieces.push_back(before);
        }
        self.bytes += piece.len();
        self.pieces.push_back(piece);
    }

    /// How many bytes are not written.
    pub(super) fn len(&self) -> usize {
        self.bytes + self.tail.len() - self.written
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the socket has taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Writes to the socket; ready when it has taken everything.
    pub(super) fn poll_write<S>(
        &mut self,
        socket: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        if self.is_empty() {
            return Poll::Ready(Ok(()));
        }
        while !self.is_empty() {
            let socket = Pin::new(&mut *socket);
            let polled = if self.pieces.is_empty() {
                socket.poll_write(context, &self.tail[self.written..])
            } else {
                let mut slices = [IoSlice::new(&[]); MOST_SLICES];
                let used = self.slices(&mut slices);
                socket.poll_write_vectored(context, &slices[..used])
            };
            let count = ready!(polled)?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(count);
        }
        self.written = 0;
        let mut spare = std::mem::take(&mut self.tail);
        spare.clear();
        spare.shrink_to(KEEP_CAPACITY);
        SPARE.set(spare);
        // TLS keeps what the socket did not take.
        Pin::new(socket).poll_flush(context)
    }

    fn slices<'output>(&'output self, slices: &mut [IoSlice<'output>; MOST_SLICES]) -> usize {
        let tail = (!self.tail.is_empty()).then_some(&self.tail[..]);
        let pieces = self.pieces.iter().map(|piece| &piece[..]).chain(tail);
        let mut used = 0;
        for (slice, piece) in slices.iter_mut().zip(pieces) {
            let written = if used == 0 { self.written } else { 0 };
            *slice = IoSlice::new(&piece[written..]);
            used += 1;
        }
        used
    }

    fn advance(&mut self, count: usize) {
        self.taken += count as u64;
        self.written += count;
        while let Some(first) = self.pieces.front()
            && self.written >= first.len()
        {
            self.written -= first.len();
            self.bytes -= first.len();
            self.pieces.pop_front();
        }
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::future::poll_fn;

    use proptest::prelude::*;
    use tokio::{
        io::{AsyncReadExt, duplex},
        runtime::Builder,
    };

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bytes_arrive_whole_and_in_order_whatever_the_socket_takes(
            chunks in prop::collection::vec((0_usize..40_000, any::<bool>(), any::<bool>()), 0..12),
            room in 1_usize..30_000,
        ) {
            let mut next = 0_u8;
            let chunks: Vec<(Vec<u8>, bool, bool)> = chunks
                .into_iter()
                .map(|(size, large, flush)| {
                    let chunk = (0..size).map(|_| {
                        next = next.wrapping_add(31);
                        next
                    });
                    (chunk.collect(), large, flush)
                })
                .collect();
            let expected: Vec<u8> =
                chunks.iter().flat_map(|(chunk, ..)| chunk).copied().collect();
            let (mut writing, mut reading) = duplex(room);
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            let read = runtime.block_on(async move {
                let write = async move {
                    let mut output = Output::default();
                    for (chunk, large, flush) in chunks {
                        if large {
                            output.push(chunk.into());
                        } else {
                            output.tail().extend(chunk);
                        }
                        if flush {
                            // What the socket does not take now, it takes later.
                            poll_fn(|context| {
                                let _ = output.poll_write(&mut writing, context);
                                Poll::Ready(())
                            })
                            .await;
                        }
                    }
                    poll_fn(|context| output.poll_write(&mut writing, context))
                        .await
                        .expect("the reader reads");
                    assert_eq!(output.len(), 0);
                    output.taken()
                };
                let mut read = Vec::new();
                let (taken, _) = tokio::join!(write, reading.read_to_end(&mut read));
                (taken, read)
            });
            prop_assert_eq!(read.0, expected.len() as u64);
            prop_assert!(read.1 == expected);
        }
    }
}
