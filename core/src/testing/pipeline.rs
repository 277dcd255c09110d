//! [`Pipeline`]: one connection for load: many calls side by side, and no task for any of them.

use std::{
    collections::VecDeque,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, Stream};
use h2::client::{Connection, SendRequest};
use http::Request;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::{Sleep, sleep_until},
};

use super::{
    CallOutcome, Endpoint,
    connection::{builder, framed, head, method},
    exchange::Exchange,
};
use crate::{
    hook::Hook,
    package::Package,
    server::{Flusher, Gather},
};

/// A socket of any kind.
trait Socket: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket for S {}

type BoxedSocket = Box<dyn Socket>;

/// A connection that calls one hook, as [`Connection`](super::Connection) does, at the least cost a
/// call: whoever owns it polls it, answers come in bursts, and the requests that they make room for
/// leave in one system call.
///
/// As with the broker, a call that was not answered in time leaves its stream open.
pub struct Pipeline {
    /// `None` once it has ended.
    connection: Option<Connection<Gather<BoxedSocket>, Bytes>>,
    /// Whether the server takes no further calls here.
    leaving: bool,
    requests: SendRequest<Bytes>,
    writer: Flusher<BoxedSocket>,
    head: Request<()>,
    timeout: Duration,
    /// Pushed, and not sent so far.
    waiting: VecDeque<(u64, Bytes)>,
    exchanges: FuturesUnordered<Exchange>,
    /// The calls from the one with the number `first` on.
    calls: VecDeque<Pushed>,
    first: u64,
    unanswered: usize,
    timer: Option<Pin<Box<Sleep>>>,
    answered: VecDeque<Answered>,
}

struct Pushed {
    token: usize,
    due: Instant,
    /// When it was pushed.
    since: Instant,
    answered: bool,
}

/// A call that has come to its end.
#[derive(Debug)]
pub struct Answered {
    /// What its caller knows it by.
    pub token: usize,
    /// What became of it; [`CallOutcome::elapsed`] counts from when the call was due.
    pub outcome: CallOutcome,
    /// When the call was due.
    pub due: Instant,
}

impl Pipeline {
    /// Connects to `endpoint`, to call `hook` as a broker of `package` does. Runs on the tokio
    /// runtime of the caller.
    ///
    /// # Errors
    ///
    /// When nobody listens there, or the socket fails.
    pub async fn open(
        endpoint: &Endpoint,
        package: Package,
        hook: Hook,
        timeout: Duration,
    ) -> io::Result<Self> {
        let (socket, writer) = Gather::new(connect(endpoint).await?);
        let mut handshake = Box::pin(builder().handshake(socket));
        let shaken = std::future::poll_fn(|context| {
            let polled = handshake.as_mut().poll(context);
            // An error shows at the next read.
            let _ = writer.poll_flush(context);
            polled
        });
        let (requests, connection) = shaken.await.map_err(io::Error::other)?;
        let (path, message_type) = method(package, hook);
        Ok(Self {
            connection: Some(connection),
            leaving: false,
            requests,
            writer,
            head: head(endpoint.authority(), &path, &message_type, timeout),
            timeout,
            waiting: VecDeque::new(),
            exchanges: FuturesUnordered::new(),
            calls: VecDeque::new(),
            first: 0,
            unanswered: 0,
            timer: None,
            answered: VecDeque::new(),
        })
    }

    /// A protobuf message as [`Pipeline::push`] takes it; to be made once for many calls.
    ///
    /// # Panics
    ///
    /// When it has 4 GiB or more.
    pub fn framed(request: &[u8]) -> Bytes {
        framed(request)
    }

    /// Makes a call with a request that [`Pipeline::framed`] made. It leaves at the next poll, or
    /// as soon as the server allows one more.
    ///
    /// `now` is the time, which the timeout counts from; it must not go back from call to call.
    pub fn push(&mut self, token: usize, request: Bytes, due: Instant, now: Instant) {
        let number = self.first + self.calls.len() as u64;
        self.calls.push_back(Pushed {
            token,
            due,
            since: now,
            answered: false,
        });
        self.unanswered += 1;
        self.waiting.push_back((number, request));
    }

    /// How many calls have been pushed and have not come to their end.
    pub fn unanswered(&self) -> usize {
        self.unanswered + self.answered.len()
    }

    /// Whether calls can be made: not once the connection is lost, or the server says good-bye.
    pub fn is_open(&self) -> bool {
        !self.leaving && !self.has_ended()
    }

    fn has_ended(&self) -> bool {
        self.connection.is_none()
    }

    /// The next call that has come to its end, in time or not; `None` once the connection is lost
    /// and all its calls have been told.
    pub fn poll_answered(&mut self, context: &mut Context<'_>) -> Poll<Option<Answered>> {
        loop {
            if let Some(answered) = self.answered.pop_front() {
                return Poll::Ready(Some(answered));
            }
            if self.has_ended() && self.unanswered == 0 {
                return Poll::Ready(None);
            }
            self.drive(context);
            if self.answered.is_empty() && !(self.has_ended() && self.unanswered == 0) {
                return Poll::Pending;
            }
        }
    }

    /// Sends, receives, and looks at the clock.
    fn drive(&mut self, context: &mut Context<'_>) {
        self.send_waiting(context);
        if let Some(connection) = &mut self.connection
            && Pin::new(connection).poll(context).is_ready()
        {
            self.connection = None;
            self.cut_off_waiting("the connection was lost");
        }
        // Pending means the socket is full and wakes this task; an error shows at the next read.
        let _ = self.writer.poll_flush(context);
        self.take_answers(context);
        self.poll_timer(context);
    }

    fn send_waiting(&mut self, context: &mut Context<'_>) {
        while !self.waiting.is_empty() {
            match self.requests.poll_ready(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    self.leaving = true;
                    let reason = format!("the connection takes no more calls ({error})");
                    return self.cut_off_waiting(&reason);
                }
                Poll::Pending => return,
            }
            let Some((number, request)) = self.waiting.pop_front() else {
                return;
            };
            let sent = self
                .requests
                .send_request(self.head.clone(), false)
                .and_then(|(response, mut stream)| {
                    stream.send_data(request, true)?;
                    Ok(response)
                });
            match sent {
                Ok(response) => self.exchanges.push(Exchange::new(number, response)),
                Err(error) => self.end(number, CallOutcome::cut_off(&error), Instant::now()),
            }
        }
    }

    fn take_answers(&mut self, context: &mut Context<'_>) {
        let mut now = None;
        while let Poll::Ready(Some((number, outcome))) =
            Pin::new(&mut self.exchanges).poll_next(context)
        {
            // One look at the clock is enough for a burst, which came in one piece.
            let now = *now.get_or_insert_with(Instant::now);
            self.end(number, outcome, now);
        }
    }

    fn cut_off_waiting(&mut self, reason: &str) {
        let now = Instant::now();
        while let Some((number, _)) = self.waiting.pop_front() {
            let outcome = CallOutcome {
                reset: Some(reason.to_owned()),
                ..CallOutcome::default()
            };
            self.end(number, outcome, now);
        }
    }

    /// Tells the end of a call, unless it was given up before.
    fn end(&mut self, number: u64, mut outcome: CallOutcome, now: Instant) {
        let Some(place) = number.checked_sub(self.first) else {
            return;
        };
        let Some(call) = usize::try_from(place)
            .ok()
            .and_then(|place| self.calls.get_mut(place))
            .filter(|call| !call.answered)
        else {
            return;
        };
        call.answered = true;
        outcome.elapsed = now.saturating_duration_since(call.due);
        self.answered.push_back(Answered {
            token: call.token,
            outcome,
            due: call.due,
        });
        self.unanswered -= 1;
        while self.calls.front().is_some_and(|call| call.answered) {
            self.calls.pop_front();
            self.first += 1;
        }
    }

    /// Gives up the calls that have waited too long. They come in the order of their deadlines, so
    /// one timer does, for the oldest, and it is set anew only when it has gone off.
    fn poll_timer(&mut self, context: &mut Context<'_>) {
        loop {
            let Some(oldest) = self.calls.front() else {
                return;
            };
            let deadline = oldest.since + self.timeout;
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(deadline.into())));
            if timer.as_mut().poll(context).is_pending() {
                return;
            }
            let now = Instant::now();
            if deadline > now {
                timer.as_mut().reset(deadline.into());
                continue;
            }
            let late = CallOutcome {
                timed_out: true,
                ..CallOutcome::default()
            };
            self.end(self.first, late, now);
        }
    }
}

async fn connect(endpoint: &Endpoint) -> io::Result<BoxedSocket> {
    match endpoint {
        Endpoint::Tcp { authority } => {
            let stream = TcpStream::connect(authority.as_str()).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
        #[cfg(unix)]
        Endpoint::Unix(path) => Ok(Box::new(tokio::net::UnixStream::connect(path).await?)),
        #[cfg(not(unix))]
        Endpoint::Unix(_) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "this system has no Unix sockets",
        )),
    }
}
