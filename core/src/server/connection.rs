//! One connection: HTTP/2 on our socket, with our limits and our way of ending.

use std::{
    cell::Cell,
    future::poll_fn,
    io,
    net::IpAddr,
    pin::pin,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
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
    http2::{Code, ConnectionError, Event, Http2, ReceiveLimits},
    keepalive::Keepalive,
    limits::{Beginning, Unsent, UnsentWatch},
    listen::Accepted,
    read_buffer::poll_read,
    service::Peer,
    streams::Streams,
    tls::Begun,
};
use crate::{deadline::DeadlineTimer, dispatch::WakeQueue, metrics::Refusal};

/// How much is read before other connections have their turn.
const TURN_BYTES: usize = 64 * 1024;

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

/// How a connection has ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The peer has closed it, or has gone when it was told to.
    InOrder,
    /// The peer broke the rules of HTTP/2.
    Broken(ConnectionError),
    /// The peer asked for too much, or took too little.
    Refused(Refusal),
    Lost(io::Error),
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
    let mut served = Served::new(socket, address, Arc::clone(&context), wakes);
    match serve_http2(&mut served, beginning, &context).await {
        Ended::InOrder => {}
        Ended::Refused(refusal) => context.limits.refused(address, refusal),
        Ended::Broken(error) if error.code == Code::EnhanceYourCalm => {
            context.limits.refused(address, Refusal::Flood);
        }
        Ended::Broken(error) => {
            debug!(?error, peer = ?address, "a connection ended with an error");
        }
        Ended::Lost(error) => debug!(%error, peer = ?address, "a connection was lost"),
    }
    // What is left to say, such as the reason for closing.
    let flush = poll_fn(|context| served.poll_write(context));
    let _ = timeout(GOODBYE_TIMEOUT, flush).await;
}

async fn serve_http2<S>(
    served: &mut Served<S>,
    mut beginning: Beginning,
    context: &ConnectionContext,
) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut phases, last_phases) = (context.phases(), context.phases());
    let mut draining = pin!(phases.wait_for(|phase| *phase >= Phase::Draining));
    let begun = poll_fn(|context| served.poll_begun(context));
    let begun = tokio::select! {
        begun = beginning.within(begun) => begun,
        _ = draining.as_mut() => return Ended::InOrder,
    };
    drop(beginning);
    match begun {
        Ok(None) => {}
        Ok(Some(ended)) => return ended,
        Err(refusal) => return Ended::Refused(refusal),
    }
    let ended = tokio::select! {
        ended = poll_fn(|context| served.poll(context)) => Some(ended),
        _ = draining => None,
    };
    if let Some(ended) = ended {
        return ended;
    }
    depart(served, last_phases).await
}

/// A connection that is being served.
pub(super) struct Served<S> {
    socket: S,
    http2: Http2,
    streams: Streams,
    keepalive: Keepalive,
    watch: UnsentWatch,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Served<S> {
    fn new(
        socket: S,
        address: Option<IpAddr>,
        context: Arc<ConnectionContext>,
        wakes: Arc<WakeQueue>,
    ) -> Self {
        let limits = &context.limits;
        let receive = ReceiveLimits {
            header_bytes: limits.max_header_bytes,
            message_bytes: context.max_message_bytes,
            memory: limits.memory.clone(),
            timeout: limits.receive_timeout,
        };
        let watch = UnsentWatch::new(&limits.memory, limits.receive_timeout);
        let keepalive = Keepalive::new(context.keepalive_interval);
        let timer = DeadlineTimer::default();
        let services = Arc::clone(&context);
        let peer = Rc::new(Peer {
            context,
            wakes,
            deadlines: timer.deadlines().clone(),
            address,
            is_known: Cell::new(false),
            running: Cell::new(0),
        });
        Self {
            socket,
            http2: Http2::new(receive, move |path| services.services.has(path)),
            streams: Streams::new(peer, timer),
            keepalive,
            watch,
        }
    }

    /// Ready when the peer has begun to speak HTTP/2, or when the connection has ended before.
    fn poll_begun(&mut self, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        match self.poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.http2.has_begun() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads and answers until nothing more can be done now; ready when the connection has ended.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        let mut turn = TURN_BYTES;
        loop {
            let was_held_back = !self.http2.wants_input();
            let read = match self.poll_read(&mut turn, context) {
                Ok(read) => read,
                Err(ended) => return Poll::Ready(ended),
            };
            // Once all is read: the answer may have waited in the socket for a server that stood still.
            if !read && turn > 0 && self.poll_lost(context).is_ready() {
                debug!("a peer does not answer PING; its connection is closed");
                return Poll::Ready(Ended::InOrder);
            }
            let answered = self.streams.poll_progress(&mut self.http2, context);
            // An error shows at the next read.
            let _ = self.http2.poll_write(&mut self.socket, context);
            let goes_on = was_held_back && self.http2.wants_input();
            if !read && !answered && !goes_on {
                break;
            }
        }
        if self.http2.is_gone() {
            return Poll::Ready(Ended::InOrder);
        }
        let unsent = Unsent {
            bytes: self.http2.unsent_bytes(),
            taken: self.http2.taken_bytes(),
        };
        let refusal = if self.watch.poll_given_up(unsent, context).is_ready() {
            Refusal::Unread
        } else if self.streams.too_many(&self.http2) {
            Refusal::Flood
        } else {
            self.http2.rest();
            return Poll::Pending;
        };
        self.http2.fail(Code::EnhanceYourCalm, refusal.name());
        Poll::Ready(Ended::Refused(refusal))
    }

    /// Ready when the peer has vanished.
    fn poll_lost(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.keepalive.poll_lost(&mut self.http2, context)
    }

    /// Reads once, and begins to answer what was asked; whether there was anything.
    fn poll_read(&mut self, turn: &mut usize, context: &mut Context<'_>) -> Result<bool, Ended> {
        if !self.http2.wants_input() {
            return Ok(false);
        }
        if *turn == 0 {
            context.waker().wake_by_ref();
            return Ok(false);
        }
        let read = match poll_read(&mut self.socket, context) {
            Poll::Ready(Ok(read)) if read.is_empty() => return Err(Ended::InOrder),
            Poll::Ready(Ok(read)) => read,
            Poll::Ready(Err(error)) => return Err(Ended::Lost(error)),
            Poll::Pending => return Ok(false),
        };
        *turn = turn.saturating_sub(read.len());
        let now = std::time::Instant::now();
        self.http2.feed(read, now);
        while let Some(event) = self.http2.next().map_err(Ended::Broken)? {
            match event {
                Event::Request {
                    stream,
                    head,
                    message,
                } => {
                    let http2 = &mut self.http2;
                    self.streams.begin(http2, stream, &head, message, now);
                }
                Event::Service { head, body, outlet } => {
                    self.streams.begin_service(&head, body, outlet);
                }
            }
        }
        Ok(true)
    }

    /// Ready when everything is written.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.http2.poll_write(&mut self.socket, context)
    }

    /// Does what [`poll`](Self::poll) does, up to a moment when no call is under way; ready with how
    /// the connection has ended if it has before.
    pub(super) fn poll_until_idle(&mut self, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        match self.poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.is_idle() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Does what [`poll`](Self::poll) does, up to the next call; ready with how the connection has
    /// ended if it has before.
    pub(super) fn poll_until_busy(&mut self, context: &mut Context<'_>) -> Poll<Option<Ended>> {
        let last = self.http2.last_stream();
        match self.poll(context) {
            Poll::Ready(ended) => Poll::Ready(Some(ended)),
            Poll::Pending if self.http2.last_stream() != last => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Tells the peer to go: what it has sent by now is still answered.
    pub(super) fn say_goodbye(&mut self) {
        self.http2.say_goodbye();
    }

    /// Whether every request is answered, and every answer handed to the socket.
    pub(super) fn is_idle(&self) -> bool {
        self.streams.is_empty() && self.http2.is_idle()
    }
}
