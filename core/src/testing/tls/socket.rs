//! Sockets that notice what is spoken on them.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

use super::TlsProblem;
use crate::testing::{Heard, Socket};

/// Such as `[21, 3, 3]`: an alert of TLS, which a server sends that was spoken to without it.
const ALERT: u8 = 21;
const VERSION_OF_TLS: u8 = 3;

/// A socket without TLS.
pub(in crate::testing) struct PlainSocket {
    stream: TcpStream,
    /// Whether nothing was read so far.
    is_new: bool,
}

impl PlainSocket {
    pub(in crate::testing) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            is_new: true,
        }
    }
}

impl AsyncRead for PlainSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.is_new {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.is_new = false;
        // The first frame of HTTP/2 would be one of 1.3 MB.
        match &buffer.filled()[before..] {
            [ALERT, VERSION_OF_TLS, ..] => Poll::Ready(Err(TlsProblem::speaks_tls().into())),
            _ => Poll::Ready(Ok(())),
        }
    }
}

impl Socket for PlainSocket {
    fn reset_when_closed(&self) {
        self.stream.reset_when_closed();
    }
}

/// A socket with TLS.
pub(in crate::testing) struct TlsSocket {
    stream: TlsStream<TcpStream>,
    heard: Arc<AtomicBool>,
}

impl TlsSocket {
    pub(super) fn new(stream: TlsStream<TcpStream>) -> Self {
        Self {
            stream,
            heard: Arc::default(),
        }
    }
}

impl AsyncRead for TlsSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))
            .map_err(TlsProblem::explain)?;
        self.heard.store(true, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

impl Socket for TlsSocket {
    fn reset_when_closed(&self) {
        self.stream.get_ref().0.reset_when_closed();
    }

    fn chose_http2(&self) -> bool {
        self.stream.get_ref().1.alpn_protocol() == Some(b"h2")
    }

    fn heard(&self) -> Option<Heard> {
        Some(Heard(Arc::clone(&self.heard)))
    }
}

/// Writing is the stream's own.
macro_rules! writes {
    ($socket:ident) => {
        impl AsyncWrite for $socket {
            fn poll_write(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.stream).poll_write(context, bytes)
            }

            fn poll_write_vectored(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[io::IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
            }

            fn is_write_vectored(&self) -> bool {
                self.stream.is_write_vectored()
            }

            fn poll_flush(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                Pin::new(&mut self.stream).poll_flush(context)
            }

            fn poll_shutdown(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                Pin::new(&mut self.stream).poll_shutdown(context)
            }
        }
    };
}

writes!(PlainSocket);
writes!(TlsSocket);
