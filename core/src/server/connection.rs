//! One connection: hyper's HTTP/2 on our socket, with our limits and our way of ending.

use std::{
    future::{Future, poll_fn},
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    Request,
    body::Incoming,
    rt::{Executor, Read, Write},
    server::conn::http2::{self, Builder},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{sync::watch, task::spawn_local};
use tracing::debug;

use super::{
    Phase,
    brokers::Brokers,
    gather::{Flusher, Gather},
    listen::Accepted,
    service::{Peer, read_head, respond},
};
use crate::{
    call::Failure,
    config::Config,
    dispatch::{Dispatcher, WakeQueue},
    log::Seldom,
    metrics::Metrics,
};

/// The HTTP/2 default. gun 1.3 (EMQX up to 5.8.8) does not apply a larger window to streams that
/// are open when it learns of it, and would then wait for an update that is not due.
const STREAM_WINDOW: u32 = 65_535;
/// All streams of a connection together; announced by WINDOW_UPDATE, which every client applies.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
/// How many streams a peer may break before it is sent away (RUSTSEC-2024-0003).
const MAX_LOCAL_ERROR_RESETS: usize = 1024;
/// How long a peer may take to answer our PING.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// What all connections of a server share.
pub(crate) struct ConnectionContext {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) brokers: Brokers,
    pub(crate) max_message_bytes: usize,
    pub(crate) bad_request: [Seldom; Failure::ALL.len()],
    pub(crate) unknown_method: Seldom,
    pub(crate) not_grpc: Seldom,
    keepalive_interval: Option<Duration>,
    phases: watch::Receiver<Phase>,
}

impl ConnectionContext {
    pub(crate) fn new(
        config: &Config,
        dispatcher: Arc<Dispatcher>,
        phases: watch::Receiver<Phase>,
    ) -> Self {
        let keepalive = Duration::from_millis(config.keepalive_interval_ms);
        Self {
            dispatcher,
            brokers: Brokers::default(),
            max_message_bytes: config.max_message_bytes,
            bad_request: Default::default(),
            unknown_method: Seldom::new(),
            not_grpc: Seldom::new(),
            keepalive_interval: (!keepalive.is_zero()).then_some(keepalive),
            phases,
        }
    }

    pub(crate) fn phases(&self) -> watch::Receiver<Phase> {
        self.phases.clone()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.dispatcher.metrics()
    }
}

/// Runs hyper's tasks on the I/O thread itself.
#[derive(Clone, Copy)]
struct LocalExecutor;

impl<F: Future<Output: 'static> + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        spawn_local(future);
    }
}

/// Counts a connection as open for as long as it lives.
struct Open(Arc<ConnectionContext>);

impl Open {
    fn new(context: &Arc<ConnectionContext>) -> Self {
        let open = &context.metrics().connections;
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(context))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.metrics().connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves a connection to its end.
pub(crate) async fn serve(
    accepted: Accepted,
    context: Arc<ConnectionContext>,
    wakes: Arc<WakeQueue>,
) -> io::Result<()> {
    let _open = Open::new(&context);
    match accepted {
        Accepted::Tcp(stream, address) => {
            let stream = tokio::net::TcpStream::from_std(stream)?;
            serve_stream(TokioIo::new(stream), Some(address), context, wakes).await;
        }
        #[cfg(unix)]
        Accepted::Unix(stream) => {
            let stream = tokio::net::UnixStream::from_std(stream)?;
            serve_stream(TokioIo::new(stream), None, context, wakes).await;
        }
    }
    Ok(())
}

async fn serve_stream<S>(
    stream: S,
    address: Option<IpAddr>,
    context: Arc<ConnectionContext>,
    wakes: Arc<WakeQueue>,
) where
    S: Read + Write + Unpin + 'static,
{
    let (socket, flusher) = Gather::new(stream);
    let builder = builder(&context);
    let mut phases = context.phases();
    let peer = Arc::new(Peer {
        context,
        wakes,
        address,
    });
    let service = service_fn(move |request: Request<Incoming>| {
        let (head, body) = request.into_parts();
        let asked = read_head(&peer, &head);
        respond(Arc::clone(&peer), asked, body)
    });
    let connection = builder.serve_connection(socket, service);
    let mut flushed = std::pin::pin!(Flushed {
        connection,
        flusher,
    });
    let ended = tokio::select! {
        ended = flushed.as_mut() => ended,
        _ = phases.wait_for(|phase| *phase >= Phase::Closing) => {
            flushed.as_mut().get_mut().say_goodbye();
            flushed.as_mut().await
        }
    };
    if let Err(error) = ended {
        debug!(%error, peer = ?address, "a connection ended with an error");
    }
    // What was gathered by the last poll, such as the reason for closing.
    let _ = poll_fn(|context| flushed.flusher.poll_flush(context)).await;
}

fn builder(context: &ConnectionContext) -> Builder<LocalExecutor> {
    let mut builder = Builder::new(LocalExecutor);
    builder
        .timer(TokioTimer::new())
        .auto_date_header(false)
        // Brokers ignore a limit and hang on the streams above it; max_inflight bounds the work.
        .max_concurrent_streams(None)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_local_error_reset_streams(MAX_LOCAL_ERROR_RESETS)
        .keep_alive_interval(context.keepalive_interval)
        .keep_alive_timeout(KEEPALIVE_TIMEOUT);
    builder
}

/// A connection whose gathered frames are written at the end of each poll.
struct Flushed<C, S> {
    connection: C,
    flusher: Flusher<S>,
}

/// The part of hyper's connection that ends it.
trait GracefulShutdown {
    fn graceful_shutdown(self: Pin<&mut Self>);
}

impl<I, S, E> GracefulShutdown for http2::Connection<I, S, E>
where
    S: hyper::service::HttpService<Incoming>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: Read + Write + Unpin,
    S::ResBody: http_body::Body + 'static,
    <S::ResBody as http_body::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: hyper::rt::bounds::Http2ServerConnExec<S::Future, S::ResBody>,
{
    fn graceful_shutdown(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<C: GracefulShutdown + Unpin, S> Flushed<C, S> {
    /// Tells the peer to open no more streams; the connection ends with the last answer.
    fn say_goodbye(&mut self) {
        Pin::new(&mut self.connection).graceful_shutdown();
    }
}

impl<C, S> Future for Flushed<C, S>
where
    C: Future + Unpin,
    S: Write + Unpin,
{
    type Output = C::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<C::Output> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.connection).poll(context);
        // Pending means the socket is full and wakes this task; an error shows at the next read.
        let _ = this.flusher.poll_flush(context);
        polled
    }
}
