//! [`BurstSocket`]: a socket that writes when it is told to, not with every frame.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// More than this is not gathered before it is written.
const GATHER_LIMIT: usize = 256 * 1024;

/// A socket of any kind.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket for S {}

struct Shared {
    socket: Box<dyn Socket>,
    gathered: Vec<u8>,
    written: usize,
}

/// Gathers the frames of many requests, so that a burst of them costs one system call.
pub(super) struct BurstSocket(Rc<RefCell<Shared>>);

/// Writes what its socket gathered.
pub(super) struct BurstWriter(Rc<RefCell<Shared>>);

impl BurstSocket {
    pub(super) fn new(socket: Box<dyn Socket>) -> (Self, BurstWriter) {
        let shared = Rc::new(RefCell::new(Shared {
            socket,
            gathered: Vec::new(),
            written: 0,
        }));
        (Self(Rc::clone(&shared)), BurstWriter(shared))
    }
}

impl BurstWriter {
    /// Writes what was gathered; pending while the socket takes no more.
    pub(super) fn poll_write_all(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.borrow_mut().poll_write_gathered(context)
    }
}

impl Shared {
    fn poll_write_gathered(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.gathered.len() {
            let rest = &self.gathered[self.written..];
            let count = ready!(Pin::new(&mut self.socket).poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        self.gathered.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }

    fn poll_gather(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.gathered.len() >= GATHER_LIMIT {
            ready!(self.poll_write_gathered(context))?;
        }
        self.gathered.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }
}

impl AsyncRead for BurstSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0.borrow_mut().socket).poll_read(context, buffer)
    }
}

impl AsyncWrite for BurstSocket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().poll_gather(context, buffer)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.0.borrow_mut();
        let mut total = 0;
        for buffer in buffers {
            match shared.poll_gather(context, buffer) {
                Poll::Ready(count) => total += count?,
                Poll::Pending if total == 0 => return Poll::Pending,
                Poll::Pending => break,
            }
        }
        Poll::Ready(Ok(total))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    // The writer writes, once for the whole burst.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut shared = self.0.borrow_mut();
        ready!(shared.poll_write_gathered(context))?;
        Pin::new(&mut shared.socket).poll_shutdown(context)
    }
}
