//! [`Pipeline`]: one connection for load: many calls side by side, and no task for any of them.

mod answer_headers;
mod exchange;
mod multiplexer;
mod request_head;
mod unsent;

use std::{
    collections::VecDeque,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead as _, AsyncWrite as _, ReadBuf},
    time::{Sleep, sleep_until},
};

use super::{
    CallOutcome, Endpoint, Socket,
    connection::{framed, head, method},
};
use crate::{hook::Hook, package::Package};
use multiplexer::{Multiplexer, cut_off};

/// What a client sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Has room for the largest frame, and some more.
const READ_BYTES: usize = 64 * 1024;

/// A connection that calls one hook, as [`Connection`](super::Connection) does, at the least cost a
/// call: whoever owns it polls it, answers come in bursts, and the requests that they make room for
/// leave right after, before anything else is read.
///
/// As with the broker, a call that was not answered in time leaves its stream open. Calls above the
/// server's `MAX_CONCURRENT_STREAMS` wait.
pub struct Pipeline {
    /// `None` once the connection is lost.
    socket: Option<Box<dyn Socket>>,
    multiplexer: Multiplexer,
    /// Begins with `unfinished` bytes of a frame that has not come whole.
    read: Box<[u8]>,
    unfinished: usize,
    timeout: Duration,
    /// Pushed, and not sent so far.
    waiting: VecDeque<(u64, Bytes)>,
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
        let socket = endpoint.connect().await?;
        let (path, message_type) = method(package, hook);
        let head = head(
            (&endpoint.scheme(), endpoint.authority()),
            &path,
            &message_type,
            timeout,
        );
        Ok(Self {
            socket: Some(socket),
            multiplexer: Multiplexer::new(&head),
            read: vec![0; READ_BYTES].into(),
            unfinished: 0,
            timeout,
            waiting: VecDeque::new(),
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
        self.multiplexer.leaving().is_none() && !self.has_ended()
    }

    fn has_ended(&self) -> bool {
        self.socket.is_none()
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
        if let Err(reason) = self.poll_socket(context) {
            self.socket = None;
            let reason = format!("the connection was lost ({reason})");
            self.multiplexer.end_all(&reason);
            self.cut_off_waiting(&reason);
            self.take_ended();
        }
        self.poll_timer(context);
    }

    /// Writes what there is to write, and reads until answers have come, or nothing more. The
    /// error says how the connection was lost.
    fn poll_socket(&mut self, context: &mut Context<'_>) -> Result<(), String> {
        loop {
            let written = self.poll_write(context);
            if let Some(reason) = self.multiplexer.leaving() {
                let reason = reason.to_owned();
                self.cut_off_waiting(&reason);
            }
            let Some(socket) = &mut self.socket else {
                return Ok(());
            };
            let mut buffer = ReadBuf::new(&mut self.read[self.unfinished..]);
            let end = match Pin::new(socket).poll_read(context, &mut buffer) {
                // All that the server sent before it took nothing more has been read.
                Poll::Pending => return written,
                Poll::Ready(Err(error)) => return Err(error.to_string()),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    return Err("the server closed it".to_owned());
                }
                Poll::Ready(Ok(())) => self.unfinished + buffer.filled().len(),
            };
            let whole = self.multiplexer.read(&self.read[..end])?;
            self.read.copy_within(whole..end, 0);
            self.unfinished = end - whole;
            self.take_ended();
            if !self.answered.is_empty() {
                return Ok(());
            }
        }
    }

    fn poll_write(&mut self, context: &mut Context<'_>) -> Result<(), String> {
        let Some(socket) = &mut self.socket else {
            return Ok(());
        };
        loop {
            let bytes = self.multiplexer.next_write(&mut self.waiting);
            if bytes.is_empty() {
                return match Pin::new(&mut *socket).poll_flush(context) {
                    Poll::Ready(Err(error)) => Err(error.to_string()),
                    // The socket wakes this task.
                    Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
                };
            }
            match Pin::new(&mut *socket).poll_write(context, bytes) {
                // The socket wakes this task.
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => return Err("the server takes nothing".to_owned()),
                Poll::Ready(Ok(count)) => self.multiplexer.wrote(count),
                Poll::Ready(Err(error)) => return Err(error.to_string()),
            }
        }
    }

    fn take_ended(&mut self) {
        let mut now = None;
        while let Some((number, outcome)) = self.multiplexer.pop_ended() {
            // One look at the clock is enough for a burst, which came in one piece.
            let now = *now.get_or_insert_with(Instant::now);
            self.end(number, outcome, now);
        }
    }

    fn cut_off_waiting(&mut self, reason: &str) {
        let now = Instant::now();
        while let Some((number, _)) = self.waiting.pop_front() {
            self.end(number, cut_off(reason.to_owned()), now);
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
