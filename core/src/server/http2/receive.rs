//! What frames of the peer mean.

use std::{ops::Range, rc::Rc};

use super::{
    Code, ConnectionError, Event, Goodbye, Http2, RequestHead,
    input::Frame,
    settings::{self, CONNECTION_WINDOW},
    stream::{Receiving, Stream},
};
use crate::{
    frame::{DEFAULT_WINDOW, FrameHead, MASK, flag, kind, number, signed, write},
    server::request::MessageReader,
};

/// How many streams a peer may make us reset before it is sent away (RUSTSEC-2024-0003).
const MOST_RESETS: usize = 1024;
/// How many of them are remembered, because frames for them may be on their way.
const MOST_LET_GO: usize = 256;
/// Windows are opened again when half is used.
const STREAM_CREDIT: i64 = DEFAULT_WINDOW as i64 / 2;
const CONNECTION_CREDIT: u32 = CONNECTION_WINDOW / 2;

/// What is wrong with a frame.
pub(super) enum Problem {
    Connection(Code, &'static str),
    Stream(u32, Code),
}

use Code::{FlowControlError, FrameSizeError, ProtocolError, StreamClosed};
use Problem::Connection;

pub(super) type Received = Result<Option<Event>, Problem>;

const FLOOD: Problem = Connection(Code::EnhanceYourCalm, "frames that ask nothing");

impl Http2 {
    /// What the peer asks next; `None` until more is fed.
    ///
    /// # Errors
    ///
    /// When the connection cannot go on: what is written then is the goodbye.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, ConnectionError> {
        loop {
            let problem = match self.input.next() {
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => match self.receive(frame) {
                    Ok(None) => continue,
                    Ok(event) => return Ok(event),
                    Err(problem) => problem,
                },
                Err(ConnectionError { code, reason }) => Connection(code, reason),
            };
            match problem {
                Problem::Stream(stream, code) if self.resets < MOST_RESETS => {
                    self.resets += 1;
                    self.reset(stream, code);
                }
                Problem::Stream(..) => {
                    return Err(self.fail(Code::EnhanceYourCalm, "too many broken requests"));
                }
                Connection(code, reason) => return Err(self.fail(code, reason)),
            }
        }
    }

    /// The requests that had to be complete by now and are not: they are given up.
    pub(crate) fn give_up_late(&mut self) -> Vec<(u32, Rc<RequestHead>)> {
        let now = tokio::time::Instant::now().into_std();
        let mut late = Vec::new();
        self.receive_by = None;
        for (number, stream) in &mut self.streams {
            let Receiving::Message(reader) = &mut stream.receiving else {
                continue;
            };
            if stream.receive_by <= now {
                // It is not handed out again, and what still comes is passed over.
                late.extend(stream.head.take().map(|head| (*number, head)));
                *reader = MessageReader::new(0);
                continue;
            }
            let earliest = self.receive_by.get_or_insert(stream.receive_by);
            *earliest = stream.receive_by.min(*earliest);
        }
        late
    }

    fn receive(&mut self, Frame { head, payload }: Frame) -> Received {
        if self.gathering.is_some() && head.kind != kind::CONTINUATION {
            return Err(Connection(ProtocolError, "a header block is not continued"));
        }
        if !self.is_introduced {
            if head.kind != kind::SETTINGS || head.has(flag::ACK) {
                return Err(Connection(ProtocolError, "SETTINGS come first"));
            }
            self.is_introduced = true;
        }
        if !self.control_frames.count(head.kind, head.length) {
            return Err(FLOOD);
        }
        match head.kind {
            kind::DATA => self.receive_data(head, payload),
            kind::HEADERS => self.receive_headers(head, payload),
            kind::CONTINUATION => self.receive_continuation(head, payload),
            kind::PRIORITY => self.receive_priority(head, payload),
            kind::RST_STREAM => self.receive_reset(head),
            kind::SETTINGS => self.receive_settings(head, payload),
            kind::PUSH_PROMISE => Err(Connection(ProtocolError, "clients push nothing")),
            kind::PING => self.receive_ping(head, payload),
            kind::GOAWAY if head.stream != 0 => {
                Err(Connection(ProtocolError, "GOAWAY is for the connection"))
            }
            kind::WINDOW_UPDATE => self.receive_window(head, payload),
            _ => Ok(None),
        }
    }

    fn receive_data(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        self.take_credit(payload.len())?;
        let length = signed(payload.len());
        let data = self.without_padding(head, payload)?;
        let ends = head.has(flag::END_STREAM);
        let number = head.stream;
        let Some(stream) = self.streams.get_mut(&number) else {
            return self.for_nobody(number).map(|()| None);
        };
        if !stream.is_receiving() {
            return Err(Problem::Stream(number, StreamClosed));
        }
        stream.receive_window -= length;
        if stream.receive_window < 0 {
            return Err(Problem::Stream(number, FlowControlError));
        }
        let used = i64::from(DEFAULT_WINDOW) - stream.receive_window;
        if !ends && used >= STREAM_CREDIT {
            stream.receive_window += used;
            let used = u32::try_from(used).unwrap_or_default().to_be_bytes();
            write(self.output.tail(), kind::WINDOW_UPDATE, 0, number, &used);
        }
        stream.received += data.len() as u64;
        check_length(number, stream.content_length(), stream.received, false)?;
        match &mut stream.receiving {
            Receiving::Message(reader) => {
                reader.push(self.input.payload(data));
                if !ends {
                    reader.keep(&self.limits.memory);
                }
            }
            Receiving::Pieces(pieces) => {
                if !data.is_empty() && !pieces.send(self.input.share(data)) {
                    return Err(Problem::Stream(number, Code::EnhanceYourCalm));
                }
            }
            Receiving::Done => {}
        }
        if ends {
            return self.end_request(number);
        }
        Ok(None)
    }

    pub(super) fn end_request(&mut self, number: u32) -> Received {
        let Some(stream) = self.streams.get_mut(&number) else {
            return Ok(None);
        };
        check_length(number, stream.content_length(), stream.received, true)?;
        let Receiving::Message(reader) = std::mem::replace(&mut stream.receiving, Receiving::Done)
        else {
            return Ok(None);
        };
        Ok(stream.head.take().map(|head| Event::Request {
            stream: number,
            head,
            message: reader.finish(),
        }))
    }

    fn receive_priority(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        if head.stream == 0 {
            return Err(Connection(ProtocolError, "PRIORITY is for a stream"));
        }
        let depends_on = number(self.input.payload(payload.clone())).map(|number| number & MASK);
        let code = match depends_on {
            _ if payload.len() != 5 => FrameSizeError,
            Some(number) if number == head.stream => ProtocolError,
            _ => return Ok(None),
        };
        // What is not open may come in PRIORITY too, but cannot be reset.
        if self.streams.contains_key(&head.stream) {
            return Err(Problem::Stream(head.stream, code));
        }
        Err(Connection(code, "PRIORITY makes no sense"))
    }

    fn receive_reset(&mut self, head: FrameHead) -> Received {
        if head.length != 4 {
            return Err(Connection(FrameSizeError, "RST_STREAM of another size"));
        }
        if self.is_idle_stream(head.stream) {
            return Err(Connection(ProtocolError, "RST_STREAM of no stream"));
        }
        let stream = self.streams.get(&head.stream);
        let is_incomplete = stream.is_some_and(Stream::is_receiving);
        self.remove(head.stream);
        if is_incomplete && !self.control_frames.count_broken_off() {
            return Err(Connection(
                Code::EnhanceYourCalm,
                "requests that are broken off",
            ));
        }
        Ok(None)
    }

    fn receive_settings(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        if head.stream != 0 {
            return Err(Connection(ProtocolError, "SETTINGS are for the connection"));
        }
        if head.has(flag::ACK) {
            return match head.length {
                0 => Ok(None),
                _ => Err(Connection(
                    FrameSizeError,
                    "an acknowledgement says nothing",
                )),
            };
        }
        let window = i64::from(self.peer.window);
        let applied = self.peer.apply(self.input.payload(payload));
        applied.map_err(|code| Connection(code, "SETTINGS without sense"))?;
        if !self.peer.keeps_fields {
            self.heads.forget();
        }
        settings::acknowledge(self.output.tail());
        let difference = i64::from(self.peer.window) - window;
        if difference != 0 {
            self.widen_all(difference)
                .map_err(|code| Connection(code, "a window is too large"))?;
        }
        Ok(None)
    }

    fn receive_ping(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        if head.stream != 0 {
            return Err(Connection(ProtocolError, "PING is for the connection"));
        }
        let Ok(payload) = <[u8; 8]>::try_from(self.input.payload(payload)) else {
            return Err(Connection(FrameSizeError, "PING of another size"));
        };
        if head.has(flag::ACK) {
            self.pong(payload);
        } else {
            write(self.output.tail(), kind::PING, flag::ACK, 0, &payload);
        }
        Ok(None)
    }

    fn receive_window(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        let Some(increment) = settings::increment(self.input.payload(payload)) else {
            return Err(Connection(FrameSizeError, "WINDOW_UPDATE of another size"));
        };
        if head.stream == 0 {
            if increment == 0 {
                return Err(Connection(ProtocolError, "a window is opened by nothing"));
            }
            let widened = self.widen_connection(increment);
            widened.map_err(|code| Connection(code, "a window is too large"))?;
            return Ok(None);
        }
        if !self.streams.contains_key(&head.stream) {
            // An answer that is all written needs none, and its stream may just have ended.
            return if self.is_idle_stream(head.stream) {
                Err(Connection(ProtocolError, "WINDOW_UPDATE of no stream"))
            } else {
                Ok(None)
            };
        }
        if increment == 0 {
            return Err(Problem::Stream(head.stream, ProtocolError));
        }
        let widened = self.widen(head.stream, increment);
        widened.map_err(|code| Problem::Stream(head.stream, code))?;
        Ok(None)
    }

    /// Whether the peer cannot have opened a stream.
    fn is_idle_stream(&self, stream: u32) -> bool {
        let is_ahead = stream > self.last_stream && self.goodbye != Goodbye::Said;
        is_ahead || stream.is_multiple_of(2)
    }

    /// A frame for a stream that is not open.
    pub(super) fn for_nobody(&self, stream: u32) -> Result<(), Problem> {
        if self.is_idle_stream(stream) {
            return Err(Connection(ProtocolError, "a frame of no stream"));
        }
        let is_ahead = stream > self.last_stream;
        // A thousand requests can be late together, with the rest of each on its way.
        if is_ahead || stream <= self.forgotten || self.let_go.contains(&stream) {
            return Ok(());
        }
        Err(Connection(
            StreamClosed,
            "a frame behind the end of its stream",
        ))
    }

    /// Counts DATA against the connection's window, and opens that again when half is used.
    pub(super) fn take_credit(&mut self, length: usize) -> Result<(), Problem> {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.received = self.received.saturating_add(length);
        if self.received > CONNECTION_WINDOW {
            return Err(Connection(
                FlowControlError,
                "more DATA than the window has",
            ));
        }
        if self.received >= CONNECTION_CREDIT {
            let used = std::mem::take(&mut self.received).to_be_bytes();
            write(self.output.tail(), kind::WINDOW_UPDATE, 0, 0, &used);
        }
        Ok(())
    }

    pub(super) fn without_padding(
        &self,
        head: FrameHead,
        payload: Range<usize>,
    ) -> Result<Range<usize>, Problem> {
        if head.stream == 0 {
            return Err(Connection(ProtocolError, "a frame of no stream"));
        }
        if !head.has(flag::PADDED) {
            return Ok(payload);
        }
        let Some(padding) = self.input.payload(payload.clone()).first() else {
            return Err(Connection(FrameSizeError, "padding without its length"));
        };
        let (start, padding) = (payload.start + 1, usize::from(*padding));
        if padding > payload.end - start {
            return Err(Connection(ProtocolError, "more padding than payload"));
        }
        Ok(start..payload.end - padding)
    }

    /// Resets a stream.
    pub(super) fn reset(&mut self, stream: u32, code: Code) {
        let code = (code as u32).to_be_bytes();
        write(self.output.tail(), kind::RST_STREAM, 0, stream, &code);
        self.remove(stream);
        if self.let_go.len() == MOST_LET_GO {
            let oldest = self.let_go.pop_front().unwrap_or_default();
            self.forgotten = self.forgotten.max(oldest);
        }
        self.let_go.push_back(stream);
    }
}

/// Whether a body is as long as its head says.
pub(super) fn check_length(
    stream: u32,
    content_length: Option<u64>,
    received: u64,
    ends: bool,
) -> Result<(), Problem> {
    match content_length {
        Some(length) if received > length || (ends && received < length) => {
            Err(Problem::Stream(stream, ProtocolError))
        }
        _ => Ok(()),
    }
}
