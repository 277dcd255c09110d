//! [`Gather`]: a socket that writes once for all that a poll of its connection produced.
//!
//! HTTP/2 answers are small, and h2 hands each frame to the socket as it becomes ready: one
//! system call an answer. Here frames are gathered and written when the poll of the connection
//! ends, so that a burst of answers costs one system call.

use std::{
    cell::RefCell,
    io::{self, IoSlice},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::limits::ControlFrames;

/// What is larger is not copied: it goes out at once, together with what was gathered before it.
const COPY_LIMIT: usize = 16 * 1024;
/// More than this is not gathered before it is written.
const GATHER_LIMIT: usize = 64 * 1024;
/// What a connection keeps for the next burst.
const KEEP_CAPACITY: usize = 16 * 1024;
/// How much is read before other connections have their turn.
const TURN_BYTES: usize = 64 * 1024;
/// How many buffers of a large write go into one system call.
const MOST_SLICES: usize = 16;

/// The connection's side of the socket.
pub(crate) struct Gather<S> {
    shared: Rc<RefCell<Shared<S>>>,
}

/// The other side, for whoever polls the connection.
pub(crate) struct Flusher<S> {
    shared: Rc<RefCell<Shared<S>>>,
}

struct Shared<S> {
    socket: S,
    gathered: Vec<u8>,
    written: usize,
    /// What may still be read in this turn.
    turn: usize,
    /// Whether the socket took less than it was given when it was last written to.
    is_full: bool,
    control_frames: ControlFrames,
    is_flooded: bool,
}

impl<S> Gather<S> {
    pub(crate) fn new(socket: S) -> (Self, Flusher<S>) {
        let shared = Rc::new(RefCell::new(Shared {
            socket,
            gathered: Vec::new(),
            written: 0,
            turn: TURN_BYTES,
            is_full: false,
            control_frames: ControlFrames::new(),
            is_flooded: false,
        }));
        let flusher = Flusher {
            shared: Rc::clone(&shared),
        };
        (Self { shared }, flusher)
    }
}

impl<S: AsyncWrite + Unpin> Flusher<S> {
    /// Begins the connection's turn.
    pub(crate) fn begin_turn(&self) {
        self.shared.borrow_mut().turn = TURN_BYTES;
    }

    /// Whether the socket took all that it was given when it was last written to.
    pub(crate) fn took_all(&self) -> bool {
        !self.shared.borrow().is_full
    }

    /// Whether the peer has sent more control frames than is bearable.
    pub(crate) fn is_flooded(&self) -> bool {
        self.shared.borrow().is_flooded
    }

    /// Writes what was gathered; pending while the socket takes no more.
    pub(crate) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shared.borrow_mut().poll_write_gathered(context)
    }
}

impl<S: AsyncWrite + Unpin> Shared<S> {
    fn poll_write_gathered(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.gathered.len() {
            let rest = &self.gathered[self.written..];
            let written = Pin::new(&mut self.socket).poll_write(context, rest);
            self.is_full = written.is_pending();
            let count = ready!(written)?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        self.clear();
        // TLS keeps what the socket did not take.
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn clear(&mut self) {
        self.gathered.clear();
        self.gathered.shrink_to(KEEP_CAPACITY);
        self.written = 0;
    }

    /// Writes large buffers at once, behind what was gathered, without copying them.
    fn poll_write_large(
        &mut self,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            let gathered = self.gathered.len() - self.written;
            let mut slices = [IoSlice::new(&[]); MOST_SLICES];
            slices[0] = IoSlice::new(&self.gathered[self.written..]);
            let used = buffers.len().min(MOST_SLICES - 1);
            slices[1..=used].copy_from_slice(&buffers[..used]);
            let socket = Pin::new(&mut self.socket);
            let written = socket.poll_write_vectored(context, &slices[..=used]);
            self.is_full = written.is_pending();
            let count = ready!(written)?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            if count > gathered {
                self.clear();
                return Poll::Ready(Ok(count - gathered));
            }
            self.written += count;
        }
    }

    fn poll_gather(
        &mut self,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let size: usize = buffers.iter().map(|buffer| buffer.len()).sum();
        if size == 0 {
            return Poll::Ready(Ok(0));
        }
        if size > COPY_LIMIT {
            return self.poll_write_large(context, buffers);
        }
        if self.gathered.len() - self.written >= GATHER_LIMIT {
            ready!(self.poll_write_gathered(context))?;
        }
        for buffer in buffers {
            self.gathered.extend_from_slice(buffer);
        }
        Poll::Ready(Ok(size))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gather<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let shared = &mut *self.shared.borrow_mut();
        if shared.is_flooded {
            // Whoever polls the connection ends it; what is unread costs nothing any more.
            return Poll::Pending;
        }
        if shared.turn == 0 {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut shared.socket).poll_read(context, buffer))?;
        let read = &buffer.filled()[before..];
        shared.turn = shared.turn.saturating_sub(read.len());
        shared.is_flooded |= !shared.control_frames.read(read);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gather<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.shared
            .borrow_mut()
            .poll_gather(context, &[IoSlice::new(buffer)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.shared.borrow_mut().poll_gather(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    // The flusher writes when the poll that gathered ends.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.shared.borrow_mut();
        ready!(shared.poll_write_gathered(context))?;
        Pin::new(&mut shared.socket).poll_shutdown(context)
    }
}

#[cfg(all(test, not(exhook_loom)))]
mod tests {
    use std::future::poll_fn;

    use proptest::prelude::*;
    use tokio::{
        io::{AsyncReadExt, DuplexStream, duplex},
        runtime::Builder,
        task::{LocalSet, spawn_local},
    };

    use super::*;

    /// Writes `chunks` as h2 does, flushing at the end of each as a connection does.
    async fn write_all(socket: DuplexStream, chunks: Vec<(Vec<u8>, bool)>) {
        let (mut gather, flusher) = Gather::new(socket);
        for (chunk, vectored) in chunks {
            let mut rest = &chunk[..];
            while !rest.is_empty() {
                let written = poll_fn(|context| {
                    let socket = Pin::new(&mut gather);
                    let written = if vectored {
                        let (head, tail) = rest.split_at(rest.len() / 3);
                        let slices = [IoSlice::new(head), IoSlice::new(tail)];
                        socket.poll_write_vectored(context, &slices)
                    } else {
                        socket.poll_write(context, rest)
                    };
                    let _ = flusher.poll_flush(context);
                    written
                });
                rest = &rest[written.await.expect("the reader reads")..];
            }
        }
        poll_fn(|context| Pin::new(&mut gather).poll_shutdown(context))
            .await
            .expect("the reader reads");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bytes_arrive_whole_and_in_order_whatever_the_socket_takes(
            sizes in prop::collection::vec((0_usize..40_000, any::<bool>()), 0..12),
            room in 1_usize..30_000,
        ) {
            let mut next = 0_u8;
            let chunks: Vec<(Vec<u8>, bool)> = sizes
                .into_iter()
                .map(|(size, vectored)| {
                    let chunk = (0..size).map(|_| {
                        next = next.wrapping_add(31);
                        next
                    });
                    (chunk.collect(), vectored)
                })
                .collect();
            let expected: Vec<u8> = chunks.iter().flat_map(|(chunk, _)| chunk).copied().collect();
            let (writing, mut reading) = duplex(room);
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            let read = LocalSet::new().block_on(&runtime, async move {
                spawn_local(write_all(writing, chunks));
                let mut read = Vec::new();
                reading.read_to_end(&mut read).await.map(|_| read)
            });
            prop_assert!(read.expect("the writer writes") == expected);
        }
    }

    #[tokio::test]
    async fn a_socket_that_takes_nothing_holds_the_writer_back() {
        let (writing, _reading) = duplex(1);
        let (mut gather, flusher) = Gather::new(writing);
        let chunk = [7; 8 * 1024];
        let mut taken = 0;
        poll_fn(|context| {
            while Pin::new(&mut gather).poll_write(context, &chunk).is_ready() {
                taken += chunk.len();
                let _ = flusher.poll_flush(context);
                assert!(taken <= GATHER_LIMIT + COPY_LIMIT, "bounded");
            }
            Poll::Ready(())
        })
        .await;
        assert!(taken >= GATHER_LIMIT);
    }
}
