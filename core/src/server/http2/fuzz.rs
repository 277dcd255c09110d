//! A connection that is fed any bytes.

use std::{
    pin::pin,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::reader::answer_of;
use super::{Event, Http2, ReceiveLimits, WAITING_BYTES, reader::Reader};
use crate::server::{limits::Memory, reply::Reply};

/// What every client begins with: the preface, and SETTINGS that say nothing.
const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
const HEADER_BYTES: u32 = 16 * 1024;
const MESSAGE_BYTES: usize = 100_000;
const MEMORY_BYTES: usize = 300_000;
/// What an answer takes beside its message: its head, its trailers, and a text.
const ANSWER_BYTES: usize = 200;
const LONG_TEXT: usize = 20_000;

/// Feeds the bytes behind the first eight, which choose how they are cut and what is answered when.
///
/// # Panics
///
/// When anything is wrong with the connection, or with what it writes.
pub(crate) fn fuzz(data: &[u8]) {
    let Some((choices, bytes)) = data.split_first_chunk::<8>() else {
        return;
    };
    let mut connection = Fuzzed::new(Choices(u64::from_le_bytes(*choices)));
    let opening = if choices[0] & 1 == 0 { OPENING } else { &[] };
    let bytes = [opening, bytes].concat();
    let mut rest = &bytes[..];
    while !rest.is_empty() && connection.is_open {
        let most = [16, 200, 5_000, 100_000][connection.choices.below(4)];
        let (piece, behind) = rest.split_at(rest.len().min(1 + connection.choices.below(most)));
        rest = behind;
        connection.feed(piece);
        connection.act();
        connection.check();
    }
    connection.end();
}

/// Numbers that follow from the first (splitmix64).
struct Choices(u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).expect("below a usize")
    }
}

struct Fuzzed {
    choices: Choices,
    http2: Http2,
    memory: Memory,
    held: Vec<u32>,
    reader: Reader,
    is_open: bool,
    fed: usize,
    /// What the answers have, at most, with the heads of their frames.
    answered: usize,
}

impl Fuzzed {
    fn new(mut choices: Choices) -> Self {
        let memory = Memory::new(MEMORY_BYTES);
        let limits = ReceiveLimits {
            header_bytes: HEADER_BYTES,
            message_bytes: MESSAGE_BYTES,
            memory: memory.clone(),
            timeout: Duration::from_secs([0, 1_000][choices.below(2)]),
        };
        Self {
            choices,
            http2: Http2::new(limits, |path| path.starts_with("/service")),
            memory,
            held: Vec::new(),
            reader: Reader::new(),
            is_open: true,
            fed: 0,
            answered: 0,
        }
    }

    fn feed(&mut self, piece: &[u8]) {
        self.fed += piece.len();
        self.http2
            .feed(Bytes::copy_from_slice(piece), Instant::now());
        loop {
            match self.http2.next() {
                Ok(None) => return,
                Ok(Some(event)) => self.take(event),
                Err(_) => {
                    self.is_open = false;
                    return;
                }
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Request {
                stream, message, ..
            } => {
                assert!(message.map_or(0, |(message, _)| message.len()) <= MESSAGE_BYTES);
                if self.choices.below(3) == 0 {
                    self.http2.hold(stream);
                    self.held.push(stream);
                } else {
                    self.answer(stream);
                }
            }
            Event::Service { body, outlet, .. } => {
                outlet.head(StatusCode::OK, HeaderMap::new(), self.choices.below(5) == 0);
                let data = Bytes::from(vec![b'd'; self.choices.below(3) * 1_000]);
                self.answered += ANSWER_BYTES + 10 * data.len();
                let mut context = Context::from_waker(Waker::noop());
                let _ = pin!(outlet.data(data)).poll(&mut context);
                match self.choices.below(3) {
                    0 => outlet.trailers(HeaderMap::new()),
                    1 => outlet.end(),
                    _ => {}
                }
                drop(body);
            }
        }
    }

    fn answer(&mut self, stream: u32) {
        let reply = match self.choices.below(8) {
            0 => Reply::Http(StatusCode::METHOD_NOT_ALLOWED),
            1 => {
                let text = "t".repeat([0, 100, LONG_TEXT][self.choices.below(3)]);
                self.answered += 2 * text.len();
                let mut trailers = HeaderMap::new();
                let text = HeaderValue::try_from(text).expect("letters");
                trailers.insert("grpc-message", text);
                Reply::Status(trailers)
            }
            size => {
                let most = [6, 50, 50, 1_000, 1_000, 20_000, 100_000][size - 2];
                let message = vec![b'm'; self.choices.below(most)];
                // Each byte may have a frame of its own.
                self.answered += 10 * message.len();
                let (answer, numbers) = answer_of(message.into());
                Reply::Answer(answer, numbers)
            }
        };
        self.answered += ANSWER_BYTES;
        self.http2.answer(stream, reply);
    }

    /// What happens between two reads of the socket.
    fn act(&mut self) {
        self.http2.take_steps();
        for (stream, _) in self.http2.give_up_late() {
            self.answer(stream);
        }
        while !self.held.is_empty() && self.choices.below(2) == 0 {
            let place = self.choices.below(self.held.len());
            let stream = self.held.swap_remove(place);
            self.answer(stream);
        }
        match self.choices.below(40) {
            0 => self.http2.say_goodbye(),
            1 => self.http2.ping(),
            2 => self.http2.rest(),
            _ => {}
        }
        self.answered += ANSWER_BYTES;
        let room = [0, 100, 100_000, usize::MAX][self.choices.below(4)];
        self.reader.read_from(&mut self.http2, room);
    }

    fn check(&self) {
        let http2 = &self.http2;
        let outgoing = http2
            .streams
            .values()
            .filter_map(|stream| stream.outgoing.as_ref());
        let waiting = outgoing.map(|outgoing| {
            let end = if outgoing.end.is_some() {
                WAITING_BYTES
            } else {
                0
            };
            end + outgoing.pieces.iter().map(Bytes::len).sum::<usize>()
        });
        assert_eq!(http2.waiting_bytes, waiting.sum::<usize>());
        assert!(http2.ready.len() <= 2 * http2.streams.len() + 100);
        assert!(http2.let_go.len() <= 256);
        let most = 1_000 + 4 * self.fed + self.answered;
        assert!(self.reader.bytes <= most, "{} bytes", self.reader.bytes);
    }

    /// The peer ends all streams.
    fn end(mut self) {
        for stream in std::mem::take(&mut self.held) {
            self.answer(stream);
        }
        self.http2.take_steps();
        let open: Vec<u32> = self.http2.streams.keys().copied().collect();
        for stream in open {
            self.http2.remove(stream);
        }
        assert_eq!(self.http2.waiting_bytes, 0);
        assert!(
            self.memory.reserve().resize(MEMORY_BYTES),
            "all is given back"
        );
        assert!(!self.reader.read_from(&mut self.http2, usize::MAX));
        assert!(self.reader.is_whole() && self.http2.is_idle());
        self.check();
    }
}
