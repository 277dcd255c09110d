//! [`Multiplexer`]: a client's side of HTTP/2 without a socket: bytes in, answers out.

use std::collections::{HashMap, VecDeque};

use bytes::{Buf, Bytes};
use h2::Reason;
use http::Request;

use super::{
    CallOutcome, PREFACE,
    answer_headers::AnswerHeaders,
    exchange::Exchange,
    request_head::RequestHead,
    unsent::{MOST_CONTENT_BYTES, Unsent, WRITE_BYTES, widened},
};
use crate::{
    frame::{DEFAULT_WINDOW, FrameHead, HEAD_BYTES, MASK, flag, kind, number, setting, write},
    testing::connection::{MAX_FRAME_BYTES, STREAM_WINDOW},
};

const MAX_CONCURRENT_STREAMS: u16 = 3;
/// So many bytes are taken before the server is told.
const RELEASE_BYTES: usize = STREAM_WINDOW as usize / 2;
const MOST_HEADER_BYTES: usize = 1 << 20;

/// The streams of a connection. It sends no `RST_STREAM`, as the broker does not.
pub(super) struct Multiplexer {
    /// To be written, from `written` on.
    out: Vec<u8>,
    written: usize,
    head: RequestHead,
    headers: AnswerHeaders,
    block: Option<Block>,
    exchanges: HashMap<u32, Exchange>,
    /// The rest of requests that the server has no room for, in the order of their calls.
    unsent: VecDeque<Unsent>,
    next_stream: u32,
    most_streams: usize,
    /// What may be sent on the connection, and on a new stream.
    window: i64,
    stream_window: i64,
    unreleased: usize,
    leaving: Option<String>,
    ended: VecDeque<(u64, CallOutcome)>,
}

/// A block of headers, until its last frame.
struct Block {
    stream: u32,
    ends: bool,
    content: Vec<u8>,
}

impl Multiplexer {
    /// `head` is that of all its requests.
    pub(super) fn new(head: &Request<()>) -> Self {
        let mut out = PREFACE.to_vec();
        let mut settings = Vec::new();
        for (name, value) in [
            (setting::INITIAL_WINDOW_SIZE, STREAM_WINDOW),
            (setting::MAX_FRAME_SIZE, MAX_FRAME_BYTES),
        ] {
            settings.extend_from_slice(&name.to_be_bytes());
            settings.extend_from_slice(&value.to_be_bytes());
        }
        write(&mut out, kind::SETTINGS, 0, 0, &settings);
        Self {
            out,
            written: 0,
            head: RequestHead::new(head),
            headers: AnswerHeaders::new(),
            block: None,
            exchanges: HashMap::new(),
            unsent: VecDeque::new(),
            next_stream: 1,
            most_streams: usize::MAX,
            window: i64::from(DEFAULT_WINDOW),
            stream_window: i64::from(DEFAULT_WINDOW),
            unreleased: 0,
            leaving: None,
            ended: VecDeque::new(),
        }
    }

    /// Why the connection takes no more calls, if it does not.
    pub(super) fn leaving(&self) -> Option<&str> {
        self.leaving.as_deref()
    }

    /// The next call whose answer has come to its end, and what became of it.
    pub(super) fn pop_ended(&mut self) -> Option<(u64, CallOutcome)> {
        self.ended.pop_front()
    }

    /// What is to be written next, out of what waits to be sent; [`Multiplexer::wrote`] says how
    /// much was.
    pub(super) fn next_write(&mut self, waiting: &mut VecDeque<(u64, Bytes)>) -> &[u8] {
        if self.written == self.out.len() {
            self.out.clear();
            self.written = 0;
        }
        if self.written == 0 {
            self.continue_unsent();
            while self.out.len() < WRITE_BYTES && self.has_room() {
                let Some((call, request)) = waiting.pop_front() else {
                    break;
                };
                self.begin(call, request);
            }
        }
        &self.out[self.written..]
    }

    pub(super) fn wrote(&mut self, count: usize) {
        self.written += count;
    }

    fn has_room(&mut self) -> bool {
        if self.next_stream > MASK && self.leaving.is_none() {
            self.leaving = Some("the connection has no number for one more call".to_owned());
        }
        self.leaving.is_none() && self.exchanges.len() < self.most_streams
    }

    fn begin(&mut self, call: u64, request: Bytes) {
        let stream = self.next_stream;
        self.next_stream += 2;
        self.exchanges.insert(stream, Exchange::new(call));
        self.head.put(&mut self.out, stream);
        let mut unsent = Unsent {
            stream,
            window: self.stream_window,
            rest: request,
        };
        if !unsent.send(&mut self.out, &mut self.window) {
            self.unsent.push_back(unsent);
        }
    }

    fn continue_unsent(&mut self) {
        let (out, window) = (&mut self.out, &mut self.window);
        self.unsent.retain_mut(|unsent| !unsent.send(out, window));
    }

    /// Takes what the server sent, and returns how many bytes of it were whole frames. After an
    /// error, which says what the server did, the connection is of no more use.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<usize, String> {
        let mut at = 0;
        while let Some(head) = FrameHead::read(&bytes[at..]) {
            if head.length > MOST_CONTENT_BYTES {
                return Err("it sent what is no HTTP/2, or a frame that is too large".to_owned());
            }
            let begin = at + HEAD_BYTES;
            let Some(content) = bytes.get(begin..begin + head.length) else {
                break;
            };
            self.read_frame(head, content)?;
            at = begin + head.length;
        }
        Ok(at)
    }

    /// Ends all calls that are under way.
    pub(super) fn end_all(&mut self, reason: &str) {
        self.end_above(0, reason);
    }

    fn read_frame(&mut self, head: FrameHead, content: &[u8]) -> Result<(), String> {
        if self.block.is_some() && head.kind != kind::CONTINUATION {
            return Err("it interrupted its headers".to_owned());
        }
        match head.kind {
            kind::DATA => self.read_data(head, content),
            kind::HEADERS => self.read_headers(head, content),
            kind::CONTINUATION => self.read_continuation(head, content),
            kind::RST_STREAM => {
                self.reset(head.stream, code(content, 0)?);
                Ok(())
            }
            kind::SETTINGS if !head.has(flag::ACK) => self.read_settings(content),
            kind::PING if !head.has(flag::ACK) => {
                write(&mut self.out, kind::PING, flag::ACK, 0, content);
                Ok(())
            }
            kind::GOAWAY => self.read_goaway(content),
            kind::WINDOW_UPDATE => self.read_window(head.stream, code(content, 0)?),
            // Its headers would have to be read, for those after it to be understood.
            kind::PUSH_PROMISE => Err("it pushed, which it was not asked for".to_owned()),
            _ => Ok(()),
        }
    }

    fn read_data(&mut self, head: FrameHead, content: &[u8]) -> Result<(), String> {
        let data = stripped(head, content).ok_or(PADDED_BEYOND)?;
        release(&mut self.out, 0, &mut self.unreleased, content.len());
        // None of a stream that was reset.
        let Some(exchange) = self.exchanges.get_mut(&head.stream) else {
            return Ok(());
        };
        let ends = head.has(flag::END_STREAM);
        if !ends {
            let unreleased = &mut exchange.unreleased;
            release(&mut self.out, head.stream, unreleased, content.len());
        }
        let taken = exchange.take_data(data);
        self.settle(head.stream, taken, ends);
        Ok(())
    }

    fn read_headers(&mut self, head: FrameHead, content: &[u8]) -> Result<(), String> {
        let content = stripped(head, content).ok_or(PADDED_BEYOND)?;
        let ends = head.has(flag::END_STREAM);
        if head.has(flag::END_HEADERS) {
            return self.take_headers(head.stream, content, ends);
        }
        self.block = Some(Block {
            stream: head.stream,
            ends,
            content: content.to_vec(),
        });
        Ok(())
    }

    fn read_continuation(&mut self, head: FrameHead, content: &[u8]) -> Result<(), String> {
        let block = self.block.take();
        let Some(mut block) = block.filter(|block| block.stream == head.stream) else {
            return Err("it continued headers that it had not begun".to_owned());
        };
        block.content.extend_from_slice(content);
        if block.content.len() > MOST_HEADER_BYTES {
            return Err("it sent headers larger than 1 MiB".to_owned());
        }
        if head.has(flag::END_HEADERS) {
            return self.take_headers(block.stream, &block.content, block.ends);
        }
        self.block = Some(block);
        Ok(())
    }

    fn take_headers(&mut self, stream: u32, block: &[u8], ends: bool) -> Result<(), String> {
        let fields = self.headers.read(block)?;
        if let Some(exchange) = self.exchanges.get_mut(&stream) {
            let taken = exchange.take_headers(fields, ends);
            self.settle(stream, taken, ends);
        }
        Ok(())
    }

    /// Ends the answer of a stream, if this was its end, or cannot be understood.
    fn settle(&mut self, stream: u32, taken: Result<(), &'static str>, ends: bool) {
        if taken.is_ok() && !ends {
            return;
        }
        if let Some(exchange) = self.exchanges.remove(&stream) {
            let call = exchange.number;
            let outcome = match taken {
                Ok(()) => exchange.outcome(),
                Err(problem) => cut_off(format!("the answer cannot be understood: {problem}")),
            };
            self.ended.push_back((call, outcome));
        }
    }

    fn reset(&mut self, stream: u32, code: u32) {
        self.unsent.retain(|unsent| unsent.stream != stream);
        if let Some(exchange) = self.exchanges.remove(&stream) {
            let reason = format!("the server reset the stream ({})", described(code));
            self.ended.push_back((exchange.number, cut_off(reason)));
        }
    }

    fn read_settings(&mut self, mut content: &[u8]) -> Result<(), String> {
        while content.len() >= 6 {
            let name = content.get_u16();
            let value = content.get_u32();
            match name {
                setting::HEADER_TABLE_SIZE => self.head.limit_table(value),
                MAX_CONCURRENT_STREAMS => {
                    self.most_streams = usize::try_from(value).unwrap_or(usize::MAX);
                }
                setting::INITIAL_WINDOW_SIZE => {
                    let window = i64::from(value);
                    let more = window - self.stream_window;
                    self.stream_window = window;
                    for unsent in &mut self.unsent {
                        unsent.window = widened(unsent.window, more)?;
                    }
                }
                _ => {}
            }
        }
        write(&mut self.out, kind::SETTINGS, flag::ACK, 0, &[]);
        Ok(())
    }

    fn read_goaway(&mut self, content: &[u8]) -> Result<(), String> {
        let last = code(content, 0)? & MASK;
        let reason = format!(
            "the connection takes no more calls ({})",
            described(code(content, 4)?)
        );
        // The server has not looked at them, and never will.
        self.end_above(last, &reason);
        self.leaving = Some(reason);
        Ok(())
    }

    fn read_window(&mut self, stream: u32, more: u32) -> Result<(), String> {
        let more = i64::from(more);
        if stream == 0 {
            self.window = widened(self.window, more)?;
        } else if let Some(unsent) = self.unsent.iter_mut().find(|it| it.stream == stream) {
            unsent.window = widened(unsent.window, more)?;
        }
        Ok(())
    }

    fn end_above(&mut self, last: u32, reason: &str) {
        self.unsent.retain(|unsent| unsent.stream <= last);
        let mut streams: Vec<_> = self.exchanges.keys().copied().collect();
        streams.retain(|stream| *stream > last);
        streams.sort_unstable();
        for stream in streams {
            if let Some(exchange) = self.exchanges.remove(&stream) {
                let outcome = cut_off(reason.to_owned());
                self.ended.push_back((exchange.number, outcome));
            }
        }
    }
}

/// What is left of a frame's content without its padding and its place among other streams; `None`
/// when there is more of them than `content` holds.
fn stripped(head: FrameHead, mut content: &[u8]) -> Option<&[u8]> {
    if head.has(flag::PADDED) {
        let (padding, padded) = content.split_first()?;
        let length = padded.len().checked_sub(usize::from(*padding))?;
        content = &padded[..length];
    }
    if head.kind == kind::HEADERS && head.has(flag::PRIORITY) {
        content = content.get(5..)?;
    }
    Some(content)
}

const PADDED_BEYOND: &str = "it padded a frame beyond its end";

/// Tells the server that its bytes were taken, once they are many.
fn release(out: &mut Vec<u8>, stream: u32, unreleased: &mut usize, count: usize) {
    *unreleased += count;
    if *unreleased >= RELEASE_BYTES {
        let bytes = u32::try_from(*unreleased).expect("less than a window");
        write(out, kind::WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes());
        *unreleased = 0;
    }
}

/// The number at this place of a frame's content.
fn code(content: &[u8], at: usize) -> Result<u32, String> {
    let number = content.get(at..).and_then(number);
    number.ok_or_else(|| "it sent a frame that is too short".to_owned())
}

fn described(code: u32) -> String {
    Reason::from(code).to_string()
}

pub(super) fn cut_off(reason: String) -> CallOutcome {
    CallOutcome {
        reset: Some(reason),
        ..CallOutcome::default()
    }
}

#[cfg(test)]
mod tests;
