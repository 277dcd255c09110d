//! One connection: HTTP/2 of h2 on our socket, with our limits and our way of ending.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    io,
    net::IpAddr,
    pin::pin,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use h2::{
    Reason,
    server::{Builder, Connection},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tracing::debug;

use super::{
    Phase,
    context::ConnectionContext,
    departure::{GOODBYE_TIMEOUT, depart},
    gather::{Flusher, Gather},
    keepalive::Keepalive,
    limits::{Beginning, Limits, Message, Unsent, UnsentWatch},
    listen::Accepted,
    service::Peer,
    streams::Streams,
    tls::Begun,
};
use crate::{deadline::DeadlineTimer, dispatch::WakeQueue, metrics::Refusal};

/// The HTTP/2 default. gun 1.3 (EMQX up to 5.8.8) does not apply a larger window to streams that
/// are open when it learns of it, and would then wait for an update that is not due.
const STREAM_WINDOW: u32 = 65_535;
/// All streams of a connection together; announced by `WINDOW_UPDATE`, which every client applies.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
/// A whole stream window in one DATA frame, which is then decoded without being copied together.
const MAX_FRAME_BYTES: u32 = STREAM_WINDOW;
/// How many streams a peer may break before it is sent away (RUSTSEC-2024-0003).
const MAX_LOCAL_ERROR_RESETS: usize = 1024;

/// Counts a connection as open for as long as it lives.
struct Open {
    context: Arc<ConnectionContext>,
    address: Option<IpAddr>,
}

impl Open {
    fn new(context: &Arc<ConnectionContext>, address: Option<IpAddr>) -> Self {
        let open = &context.metrics().connections;
        open.fetch_add(1, Ordering::Relaxed);
        context.brokers.connected(address);
        Self {
            context: Arc::clone(context),
            address,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let open = &self.context.metrics().connections;
        open.fetch_sub(1, Ordering::Relaxed);
        self.context.brokers.disconnected(self.address);
    }
}

/// Serves a connection to its end.
pub(crate) async fn serve(
    accepted: Accepted,
    context: Arc<ConnectionContext>,
    wakes: Arc<WakeQueue>,
) -> io::Result<()> {
    let address = match &accepted {
        Accepted::Tcp(_, address) => Some(*address),
        #[cfg(unix)]
        Accepted::Unix(_) => None,
    };
    let _open = Open::new(&context, address);
    let mut beginning = context.limits.handshakes.begin();
    match accepted {
        Accepted::Tcp(stream, peer) => {
            let stream = tokio::net::TcpStream::from_std(stream)?;
            let begun = begin(stream, peer, &mut beginning, &context).await;
            match begun {
                Some(Begun::Plaintext(stream)) => {
                    serve_stream(stream, address, beginning, context, wakes).await;
                }
                Some(Begun::Tls(stream)) => {
                    serve_stream(stream, address, beginning, context, wakes).await;
                }
                None => {}
            }
        }
        #[cfg(unix)]
        Accepted::Unix(stream) => {
            let stream = tokio::net::UnixStream::from_std(stream)?;
            serve_stream(stream, address, beginning, context, wakes).await;
        }
    }
    Ok(())
}

/// The beginning of HTTP/2, in plaintext or by TLS; `None` where there is none.
async fn begin(
    stream: tokio::net::TcpStream,
    address: IpAddr,
    beginning: &mut Beginning,
    context: &ConnectionContext,
) -> Option<Begun> {
    let mut phases = context.phases();
    let begun = context.tls.begin(stream, address, context.metrics());
    let begun = tokio::select! {
        begun = beginning.within(begun) => begun,
        _ = phases.wait_for(|phase| *phase >= Phase::Draining) => None?,
    };
    begun.unwrap_or_else(|refusal| {
        context.limits.refused(Some(address), refusal);
        None
    })
}

async fn serve_stream<S>(
    socket: S,
    address: Option<IpAddr>,
    beginning: Beginning,
    context: Arc<ConnectionContext>,
    wakes: Arc<WakeQueue>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (socket, flusher) = Gather::new(socket);
    let ended = serve_http2(
        socket,
        &flusher,
        address,
        beginning,
        Arc::clone(&context),
        wakes,
    )
    .await;
    if let Err(error) = ended {
        if error.is_library() && error.reason() == Some(Reason::ENHANCE_YOUR_CALM) {
            context.limits.refused(address, Refusal::Flood);
        }
        debug!(%error, peer = ?address, "a connection ended with an error");
    }
    // What the last poll gathered, such as the reason for closing.
    let flush = poll_fn(|context| flusher.poll_flush(context));
    let _ = timeout(GOODBYE_TIMEOUT, flush).await;
}

async fn serve_http2<S>(
    socket: Gather<S>,
    flusher: &Flusher<S>,
    address: Option<IpAddr>,
    mut beginning: Beginning,
    context: Arc<ConnectionContext>,
    wakes: Arc<WakeQueue>,
) -> Result<(), h2::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let keepalive_interval = context.keepalive_interval;
    let (mut phases, last_phases) = (context.phases(), context.phases());
    let mut draining = pin!(phases.wait_for(|phase| *phase >= Phase::Draining));
    let handshake = builder(&context.limits).handshake::<_, Message>(socket);
    let shaken = tokio::select! {
        shaken = beginning.within(flushing(flusher, handshake)) => shaken,
        _ = draining.as_mut() => return Ok(()),
    };
    drop(beginning);
    let mut connection = match shaken {
        Ok(connection) => connection?,
        Err(refusal) => {
            context.limits.refused(address, refusal);
            return Ok(());
        }
    };
    let keepalive = Keepalive::new(keepalive_interval, connection.ping_pong());
    let timer = DeadlineTimer::default();
    let unsent = Rc::<Unsent>::default();
    let limits = &context.limits;
    let patience = limits.receive_timeout;
    let watch = UnsentWatch::new(Rc::clone(&unsent), &limits.memory, patience);
    let peer = Rc::new(Peer {
        context,
        wakes,
        deadlines: timer.deadlines().clone(),
        address,
        is_known: Cell::new(false),
        unsent,
        running: Cell::new(0),
    });
    let mut served = Served {
        connection,
        flusher,
        streams: Streams::new(Rc::clone(&peer), timer),
        peer,
        keepalive,
        watch,
    };
    let ended = tokio::select! {
        ended = flushing(flusher, poll_fn(|context| served.poll(context))) => Some(ended),
        _ = draining => None,
    };
    if let Some(ended) = ended {
        return ended;
    }
    depart(&mut served, flusher, last_phases).await
}

fn builder(limits: &Limits) -> Builder {
    let mut builder = Builder::new();
    // No limit of concurrent streams: brokers ignore it, and hang on the streams above it.
    builder
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(MAX_FRAME_BYTES)
        .max_header_list_size(limits.max_header_bytes)
        .max_local_error_reset_streams(Some(MAX_LOCAL_ERROR_RESETS));
    builder
}

/// `future`, with what each of its polls gathered written at the end of the poll.
pub(super) async fn flushing<S, F>(flusher: &Flusher<S>, future: F) -> F::Output
where
    S: AsyncWrite + Unpin,
    F: Future,
{
    let mut future = pin!(future);
    poll_fn(|context| {
        flusher.begin_turn();
        let polled = future.as_mut().poll(context);
        // Pending means the socket is full and wakes this task; an error shows at the next read.
        let _ = flusher.poll_flush(context);
        polled
    })
    .await
}

/// A connection that has begun HTTP/2.
pub(super) struct Served<'flusher, S> {
    connection: Connection<Gather<S>, Message>,
    flusher: &'flusher Flusher<S>,
    streams: Streams,
    peer: Rc<Peer>,
    keepalive: Keepalive,
    watch: UnsentWatch,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Served<'_, S> {
    /// Accepts, reads and answers until nothing more can be done now; ready when the connection
    /// has ended.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), h2::Error>> {
        if self.keepalive.poll_lost(context).is_ready() {
            debug!("a peer does not answer PING; its connection is closed");
            return Poll::Ready(Ok(()));
        }
        if self.flusher.took_all() {
            self.peer.unsent.socket_took_all();
        }
        loop {
            // Accepting drives the connection: it reads frames, and writes those that are ready.
            while let Poll::Ready(accepted) = self.connection.poll_accept(context) {
                match accepted {
                    Some(Ok((request, response))) => self.streams.push(request, response),
                    Some(Err(error)) => return Poll::Ready(Err(error)),
                    None => return Poll::Ready(Ok(())),
                }
            }
            if !self.streams.poll_progress(context) {
                break;
            }
        }
        let refusal = if self.watch.poll_given_up(context).is_ready() {
            Refusal::Unread
        } else if self.flusher.is_flooded() || self.streams.too_many() {
            Refusal::Flood
        } else {
            return Poll::Pending;
        };
        self.peer.context.limits.refused(self.peer.address, refusal);
        self.connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        // Only to hand the reason to the socket, if there is room for it.
        let _ = self.connection.poll_accept(context);
        Poll::Ready(Ok(()))
    }

    /// Does what [`poll`](Self::poll) does, up to a moment when no call is under way; ready with how
    /// the connection has ended if it has before.
    pub(super) fn poll_until_idle(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<(), h2::Error>>> {
        match self.poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.is_idle() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Does what [`poll`](Self::poll) does, up to the next call; ready with how the connection has
    /// ended if it has before.
    pub(super) fn poll_until_busy(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<(), h2::Error>>> {
        let taken = self.streams.taken();
        match self.poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.streams.taken() != taken => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Tells the peer to go: what it has sent by now is still answered.
    pub(super) fn say_goodbye(&mut self) {
        self.connection.graceful_shutdown();
    }

    /// Whether every request is answered, and every answer handed to the socket.
    pub(super) fn is_idle(&self) -> bool {
        self.streams.is_empty() && !self.connection.has_streams()
    }
}
