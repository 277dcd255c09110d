//! [`Http2`]: the server's side of HTTP/2 (RFC 9113), for short requests and short answers.
//!
//! It does no input and no output of its own: it is fed what a socket has read, hands out requests as
//! they become complete, and gathers what there is to write. A call whose message comes with its head
//! and which is answered on the spot leaves no trace: no stream is looked up, and nothing is allocated.

mod answer_head;
mod begin;
mod code;
mod control_frames;
#[cfg(feature = "testing")]
mod fuzz;
mod header_blocks;
mod hpack;
mod input;
mod outlet;
mod output;
#[cfg(feature = "testing")]
mod reader;
mod receive;
mod request_head;
mod send;
mod settings;
mod stream;
#[cfg(all(test, not(exhook_loom)))]
pub(super) mod tests;

use std::{
    collections::VecDeque,
    io,
    rc::Rc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use answer_head::AnswerHeads;
use begin::Gathering;
use bytes::Bytes;
pub(crate) use code::Code;
use control_frames::ControlFrames;
#[cfg(feature = "testing")]
pub(crate) use fuzz::fuzz;
use header_blocks::HeaderBlocks;
use input::Input;
use outlet::Steps;
pub(crate) use outlet::{Gone, Outlet, Pieces};
use output::Output;
pub(crate) use request_head::{Asked, RequestHead};
use settings::PeerSettings;
use stream::Streams;
use tokio::io::AsyncWrite;

use super::limits::{Memory, Reservation};
use crate::{call::Failure, frame};

/// While more than this waits for the socket, nothing is read.
const MOST_OUTPUT: usize = 1024 * 1024;
/// For how many streams memory is kept when none is open.
const KEPT_STREAMS: usize = 64;
/// What a stream that waits to be written takes beside its message.
const WAITING_BYTES: usize = 512;

/// What one connection may ask of its server.
#[derive(Clone)]
pub(crate) struct ReceiveLimits {
    pub(crate) header_bytes: u32,
    pub(crate) message_bytes: usize,
    pub(crate) memory: Memory,
    /// How long a request may take to arrive.
    pub(crate) timeout: Duration,
}

/// The message of a request, with what is reserved for it, or why there is none.
pub(crate) type Message = Result<(Bytes, Option<Reservation>), Failure>;

/// What a peer has asked.
pub(crate) enum Event {
    /// A request that is complete, or given up. It is [answered](Http2::answer), or
    /// [held](Http2::hold) until it is.
    Request {
        stream: u32,
        head: Rc<RequestHead>,
        message: Message,
    },
    /// A request to a service beside the hooks, which reads it and answers it piece by piece.
    Service {
        head: Rc<RequestHead>,
        body: Pieces,
        outlet: Outlet,
    },
}

/// Why a connection cannot go on; the peer is told.
#[derive(Debug)]
pub(crate) struct ConnectionError {
    pub(crate) code: Code,
    pub(crate) reason: &'static str,
}

/// How far the goodbye is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goodbye {
    Unsaid,
    /// The peer was told to open no more streams; those on their way are still served.
    Announced,
    /// What the peer opens from now on is passed over.
    Said,
}

/// One connection.
pub(crate) struct Http2 {
    limits: ReceiveLimits,
    /// Whether a path belongs to a service beside the hooks.
    is_service: Box<dyn Fn(&str) -> bool>,
    input: Input,
    is_introduced: bool,
    blocks: HeaderBlocks,
    gathering: Option<Gathering>,
    control_frames: ControlFrames,
    streams: Streams,
    last_stream: u32,
    /// The request that was just handed out, if nothing is kept of it yet; 0 is none's.
    fresh: u32,
    /// Streams that we have reset, whose frames may still be on their way.
    let_go: VecDeque<u32>,
    /// None of those that are not remembered any more has a higher number.
    forgotten: u32,
    resets: usize,
    /// How many bytes of DATA have come since the connection's window was last opened.
    received: u32,
    /// When what is fed has arrived.
    now: Instant,
    /// When the first of the requests that are not complete has to be.
    receive_by: Option<Instant>,
    heads: AnswerHeads,
    peer: PeerSettings,
    /// What the peer takes on all streams together.
    window: i64,
    ready: VecDeque<u32>,
    /// What waits for windows.
    waiting_bytes: usize,
    steps: Steps,
    output: Output,
    goodbye: Goodbye,
    answered_pings: u64,
}

impl Http2 {
    /// Introduces the server; the peer has to do so too before anything else.
    pub(crate) fn new(limits: ReceiveLimits, is_service: impl Fn(&str) -> bool + 'static) -> Self {
        let mut output = Output::default();
        settings::introduce(output.tail(), limits.header_bytes);
        let header_bytes = limits.header_bytes as usize;
        Self {
            limits,
            is_service: Box::new(is_service),
            input: Input::default(),
            is_introduced: false,
            blocks: HeaderBlocks::new(header_bytes),
            gathering: None,
            control_frames: ControlFrames::new(),
            streams: Streams::default(),
            last_stream: 0,
            fresh: 0,
            let_go: VecDeque::new(),
            forgotten: 0,
            resets: 0,
            received: 0,
            now: Instant::now(),
            receive_by: None,
            heads: AnswerHeads::new(),
            peer: PeerSettings::default(),
            window: i64::from(frame::DEFAULT_WINDOW),
            ready: VecDeque::new(),
            waiting_bytes: 0,
            steps: Steps::default(),
            output,
            goodbye: Goodbye::Unsaid,
            answered_pings: 0,
        }
    }

    /// Takes what the socket has read at `now`; [`next`](Self::next) says what it means.
    pub(crate) fn feed(&mut self, read: Bytes, now: Instant) {
        self.now = now;
        self.input.feed(read);
    }

    /// Whether the peer has sent what every client begins with.
    pub(crate) fn has_begun(&self) -> bool {
        self.input.has_begun()
    }

    /// Whether the peer should be read from: not while it does not read itself.
    pub(crate) fn wants_input(&self) -> bool {
        self.output.len() < MOST_OUTPUT
    }

    /// When the first of the requests that are not complete has to be.
    pub(crate) fn receive_by(&self) -> Option<Instant> {
        self.receive_by
    }

    /// How many streams are open.
    pub(crate) fn open_streams(&self) -> usize {
        self.streams.len()
    }

    /// The last stream that the peer has opened.
    pub(crate) fn last_stream(&self) -> u32 {
        self.last_stream
    }

    /// Whether every request is answered, and every answer handed to the socket.
    pub(crate) fn is_idle(&self) -> bool {
        self.streams.is_empty() && self.output.is_empty()
    }

    /// Whether the peer has been told to go, and nothing is left to be done for it.
    pub(crate) fn is_gone(&self) -> bool {
        self.goodbye == Goodbye::Said && self.is_idle()
    }

    /// How many bytes the peer has not taken.
    pub(crate) fn unsent_bytes(&self) -> usize {
        self.output.len() + self.waiting_bytes
    }

    /// How many bytes the peer has taken since the beginning.
    pub(crate) fn taken_bytes(&self) -> u64 {
        self.output.taken()
    }

    /// Writes what there is to write; ready when the socket has taken everything that may be sent.
    pub(crate) fn poll_write<S>(
        &mut self,
        socket: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        loop {
            std::task::ready!(self.output.poll_write(socket, context))?;
            self.write_ready();
            if self.output.is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// Lets go of memory that a connection with few calls does not need.
    pub(crate) fn rest(&mut self) {
        if self.streams.is_empty() && self.streams.capacity() > KEPT_STREAMS {
            self.streams.shrink_to(0);
            self.ready.shrink_to(0);
        }
    }
}
