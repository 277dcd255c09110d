//! What sockets are read into: one buffer for all connections of an I/O thread.

use std::{
    cell::RefCell,
    io,
    pin::pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncRead;
use tokio_util::io::poll_read_buf;

/// How much is allocated at once; what is read stays there for as long as a request of it is in use.
const BUFFER_BYTES: usize = 128 * 1024;
/// With less room, a new buffer is begun.
const LEAST_ROOM: usize = 16 * 1024;

thread_local! {
    static BUFFER: RefCell<BytesMut> = RefCell::default();
}

/// Reads once from a socket; nothing at its end.
pub(super) fn poll_read<S>(socket: &mut S, context: &mut Context<'_>) -> Poll<io::Result<Bytes>>
where
    S: AsyncRead + Unpin,
{
    BUFFER.with_borrow_mut(|buffer| {
        if buffer.capacity() < LEAST_ROOM {
            buffer.reserve(BUFFER_BYTES);
        }
        ready!(poll_read_buf(pin!(socket), context, buffer))?;
        Poll::Ready(Ok(buffer.split().freeze()))
    })
}
