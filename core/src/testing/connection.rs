//! [`Connection`]: one HTTP/2 connection, used as the broker's gRPC client uses it.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    task::Poll,
    time::{Duration, Instant},
};

use bytes::{BufMut, Bytes, BytesMut};
use h2::{
    Ping, PingPong,
    client::{Builder, Connection as Driver, SendRequest},
};
use http::{HeaderName, HeaderValue, Method, Request, Uri, header, uri::Scheme};
use tokio::{sync::watch, task::AbortHandle};

use super::{CallOutcome, Endpoint, Heard, Socket, TlsProblem};
use crate::{hook::Hook, package::Package};

/// What gun 1.3 announces; gun 2.1 announces more, which a server cannot rely on.
pub(super) const STREAM_WINDOW: u32 = 65_535;
pub(super) const MAX_FRAME_BYTES: u32 = 16_384;

/// How long a server with TLS may stay silent behind the handshake.
const FIRST_WORD_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection of the broker to its hook server; dropping it closes the socket.
///
/// It sends what EMQX sends: the same headers in the same order, one HEADERS and one DATA frame
/// per call, and no `RST_STREAM` ever. Other than EMQX it honours the server's
/// `MAX_CONCURRENT_STREAMS`: calls above it wait. Calls of one connection may run side by side.
#[derive(Debug)]
pub struct Connection {
    requests: SendRequest<Bytes>,
    authority: String,
    scheme: Scheme,
    stage: watch::Receiver<Stage>,
    driver: AbortHandle,
}

/// What is different in the connections of different brokers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionHabits {
    /// How many bytes of an answer may be under way.
    pub stream_window: u32,
    /// The same for all answers of the connection, where the broker announces it.
    pub connection_window: Option<u32>,
    /// How often it sends a PING, for as long as the connection lives.
    pub ping_interval: Option<Duration>,
    /// Whether it closes the connection when the server says good-bye, calls under way or not.
    pub closes_at_goaway: bool,
    /// Whether it speaks HTTP/1.1 to a server with TLS that does not choose HTTP/2 by ALPN.
    pub requires_alpn: bool,
}

impl Default for ConnectionHabits {
    /// What gun 1.3 announces, without its PINGs.
    fn default() -> Self {
        Self {
            stream_window: STREAM_WINDOW,
            connection_window: None,
            ping_interval: None,
            closes_at_goaway: false,
            requires_alpn: false,
        }
    }
}

/// How far a connection is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It takes calls.
    Open,
    /// The server has said good-bye: calls under way may end, new ones fail.
    Leaving,
    /// It is lost.
    Closed,
}

impl Connection {
    /// Connects to `endpoint`. Runs on the tokio runtime of the caller.
    ///
    /// # Errors
    ///
    /// When nobody listens there, when the socket fails, or when TLS does not come about; see
    /// [`Endpoint::cannot_connect`].
    pub async fn open(endpoint: &Endpoint) -> io::Result<Self> {
        Self::open_with(endpoint, &ConnectionHabits::default()).await
    }

    /// Connects to `endpoint` as a broker with these habits.
    ///
    /// # Errors
    ///
    /// As [`Connection::open`].
    pub async fn open_with(endpoint: &Endpoint, habits: &ConnectionHabits) -> io::Result<Self> {
        let stream = endpoint.connect().await?;
        if habits.requires_alpn && !stream.chose_http2() {
            return Err(TlsProblem::no_alpn().into());
        }
        let heard = stream.heard();
        let mut builder = builder();
        builder.initial_window_size(habits.stream_window);
        if let Some(window) = habits.connection_window {
            builder.initial_connection_window_size(window);
        }
        let (requests, mut connection) =
            builder.handshake(stream).await.map_err(io::Error::other)?;
        if let Some(heard) = heard {
            accepted(&mut connection, &heard).await?;
        }
        let pings = connection.ping_pong();
        let (stage, watched) = watch::channel(Stage::Open);
        let driving = drive(
            connection,
            requests.clone(),
            stage,
            habits.closes_at_goaway,
            pings.zip(habits.ping_interval),
        );
        Ok(Self {
            requests,
            authority: endpoint.authority().to_owned(),
            scheme: endpoint.scheme(),
            stage: watched,
            driver: tokio::spawn(driving).abort_handle(),
        })
    }

    /// How far the connection is in its life.
    pub fn stage(&self) -> Stage {
        *self.stage.borrow()
    }

    /// Waits until the connection is lost, or this is dropped.
    pub fn closed(&self) -> impl Future<Output = ()> + use<> {
        let mut stage = self.stage.clone();
        async move {
            // An error says that its driver is gone.
            let _ = stage.wait_for(|stage| *stage == Stage::Closed).await;
        }
    }

    /// How many calls the server allows at once on this connection, as far as it has said so:
    /// brokers do not look at it.
    pub fn max_concurrent_streams(&self) -> usize {
        self.requests.current_max_send_streams()
    }

    /// Calls `hook` as a broker of `package` does; `request` is the protobuf message.
    ///
    /// The call may be given up: its stream stays open all the same, as with the broker.
    pub async fn call(
        &self,
        package: Package,
        hook: Hook,
        request: &[u8],
        timeout: Duration,
    ) -> CallOutcome {
        let (path, message_type) = method(package, hook);
        self.call_path(&path, &message_type, request, timeout).await
    }

    /// Calls any method, such as one that no server has.
    ///
    /// # Panics
    ///
    /// When `path` or `message_type` cannot stand in an HTTP header.
    pub async fn call_path(
        &self,
        path: &str,
        message_type: &str,
        request: &[u8],
        timeout: Duration,
    ) -> CallOutcome {
        let began = Instant::now();
        let head = head((&self.scheme, &self.authority), path, message_type, timeout);
        // A task of its own, because h2 resets a stream whose reader is dropped.
        let exchange = tokio::spawn(exchange(self.requests.clone(), head, framed(request)));
        let outcome = match tokio::time::timeout(timeout, exchange).await {
            Ok(Ok(Ok(outcome))) => outcome,
            Ok(Ok(Err(error))) => CallOutcome::cut_off(&error),
            Ok(Err(_)) => CallOutcome {
                reset: Some("the client's runtime is ending".to_owned()),
                ..CallOutcome::default()
            },
            Err(_) => CallOutcome {
                timed_out: true,
                ..CallOutcome::default()
            },
        };
        CallOutcome {
            elapsed: began.elapsed(),
            ..outcome
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Waits until the server has taken what it was shown in the TLS handshake.
async fn accepted(
    connection: &mut Driver<Box<dyn Socket>, Bytes>,
    heard: &Heard,
) -> io::Result<()> {
    let first_word = poll_fn(|context| match Pin::new(&mut *connection).poll(context) {
        Poll::Ready(ended) => Poll::Ready(Err(lost(ended))),
        Poll::Pending if heard.get() => Poll::Ready(Ok(())),
        Poll::Pending => Poll::Pending,
    });
    match tokio::time::timeout(FIRST_WORD_TIMEOUT, first_word).await {
        Ok(accepted) => accepted,
        // It may be one that speaks only when it has to answer.
        Err(_) => Ok(()),
    }
}

fn lost(ended: Result<(), h2::Error>) -> io::Error {
    match ended {
        Err(error) if error.is_io() => {
            let error = error.into_io().expect("an error of the socket");
            // h2 keeps the kind of an error and its words, and not what is inside.
            match error.kind() {
                io::ErrorKind::InvalidData => TlsProblem::told(error.to_string()).into(),
                _ => error,
            }
        }
        Err(error) => io::Error::other(error),
        Ok(()) => io::Error::new(
            io::ErrorKind::ConnectionAborted,
            "the server closed the connection",
        ),
    }
}

/// Sends and receives until the connection is lost.
async fn drive(
    mut connection: Driver<Box<dyn Socket>, Bytes>,
    mut requests: SendRequest<Bytes>,
    stage: watch::Sender<Stage>,
    closes_at_goaway: bool,
    pings: Option<(PingPong, Duration)>,
) {
    let pinging = async {
        match pings {
            Some((pings, interval)) => ping(pings, interval).await,
            None => std::future::pending().await,
        }
    };
    let driving = poll_fn(|context| {
        // What goes wrong on the connection shows in every call on it.
        if Pin::new(&mut connection).poll(context).is_ready() {
            return Poll::Ready(());
        }
        if *stage.borrow() == Stage::Open
            && matches!(requests.poll_ready(context), Poll::Ready(Err(_)))
        {
            stage.send_replace(Stage::Leaving);
            if closes_at_goaway {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    });
    tokio::select! {
        () = driving => {}
        () = pinging => {}
    }
    drop(connection);
    stage.send_replace(Stage::Closed);
}

/// Sends PINGs; does not mind how late they are answered, as EMQX does not. Never ends.
async fn ping(mut pings: PingPong, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        // Refused while the last one is under way, and when the connection is lost.
        if pings.send_ping(Ping::opaque()).is_ok() {
            let _ = poll_fn(|context| pings.poll_pong(context)).await;
        }
    }
}

/// What a broker announces when it connects.
pub(super) fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .initial_window_size(STREAM_WINDOW)
        .max_frame_size(MAX_FRAME_BYTES)
        .initial_max_send_streams(usize::MAX)
        // A broker does not mind a thousand short answers at once.
        .data_frame_budget(usize::MAX);
    builder
}

/// The headers of a broker's request, in its order.
pub(super) fn head(
    (scheme, authority): (&Scheme, &str),
    path: &str,
    message_type: &str,
    timeout: Duration,
) -> Request<()> {
    let uri = Uri::builder()
        .scheme(scheme.clone())
        .authority(authority)
        .path_and_query(path)
        .build()
        .expect("the path of a method");
    // Not copied when the headers are.
    let fixed = HeaderValue::from_static;
    // Headers leave in the order they are added, behind the pseudo-headers.
    Request::builder()
        .method(Method::POST)
        .uri(uri)
        .header(header::CONTENT_TYPE, fixed("application/grpc+proto"))
        .header(header::USER_AGENT, fixed("grpc-erlang/0.1.0"))
        .header(HeaderName::from_static("grpc-encoding"), fixed("identity"))
        .header(HeaderName::from_static("grpc-message-type"), message_type)
        .header(header::TE, fixed("trailers"))
        .header(
            HeaderName::from_static("grpc-timeout"),
            grpc_timeout(timeout),
        )
        .body(())
        .expect("the name of a message")
}

/// The path of a hook's method, and the name of its request's message.
pub(super) fn method(package: Package, hook: Hook) -> (String, String) {
    let rpc = hook.rpc_in(package);
    let name = rpc.strip_prefix("On").unwrap_or(rpc);
    (
        format!("/{}.HookProvider/{rpc}", package.name()),
        format!("{}.{name}Request", package.name()),
    )
}

async fn exchange(
    requests: SendRequest<Bytes>,
    head: Request<()>,
    body: Bytes,
) -> Result<CallOutcome, h2::Error> {
    let mut requests = requests.ready().await?;
    let (response, mut stream) = requests.send_request(head, false)?;
    stream.send_data(body, true)?;
    CallOutcome::read(response.await?).await
}

/// A request as a gRPC message, not compressed.
pub(super) fn framed(request: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(request.len() + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(request.len()).expect("a message below 4 GiB"));
    frame.put_slice(request);
    frame.freeze()
}

/// Whole seconds above one second, with the rest cut off; milliseconds up to there.
fn grpc_timeout(timeout: Duration) -> HeaderValue {
    let text = if timeout.as_millis() > 1_000 {
        format!("{}S", timeout.as_secs())
    } else {
        format!("{}m", timeout.as_millis())
    };
    HeaderValue::try_from(text).expect("digits and a letter")
}

#[cfg(test)]
mod habit_tests;
#[cfg(test)]
mod tests;
