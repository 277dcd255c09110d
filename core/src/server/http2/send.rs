//! Answers, and what else the server has to say.

use bytes::Bytes;
use http::HeaderMap;

use super::{
    AnswerHeads, Code, ConnectionError, Goodbye, Http2, WAITING_BYTES,
    outlet::Step,
    stream::{End, Receiving, Stream},
};
use crate::{
    frame::{HEAD_BYTES, MASK, continue_headers, flag, kind, signed, write, write_head},
    server::{encode::EncodedAnswer, reply::Reply},
};

/// Larger messages are not copied.
const COPY_LIMIT: usize = 16 * 1024;
/// Pieces of a large message that are smaller are copied all the same.
const SMALL_PIECE: usize = 4 * 1024;
/// More than this is not gathered before it is written.
const GATHER_LIMIT: usize = 256 * 1024;
/// How many streams that have ended may wait for their turn, beside as many as are open.
const MOST_GONE: usize = 64;
/// Windows have 31 bits.
const LARGEST_WINDOW: i64 = MASK as i64;

/// Says goodbye; when it is acknowledged, so is everything that the peer sent before it knew.
const GOODBYE_PING: [u8; 8] = *b"goodbye?";
/// Asks whether the peer is still there.
const PROBE_PING: [u8; 8] = *b"there?\0\0";

impl Http2 {
    /// Answers a request that was just handed out, or is held; nothing happens where the peer wants no
    /// answer any more.
    pub(crate) fn answer(&mut self, number: u32, reply: Reply) {
        let window = if self.fresh == number {
            i64::from(self.peer.window)
        } else {
            let Some(stream) = self.streams.get(&number) else {
                return;
            };
            stream.window
        };
        match reply {
            Reply::Answer(answer, numbers) => {
                let message = EncodedAnswer::new(&answer, numbers);
                let length = message.len();
                self.write_headers(number, 0, AnswerHeads::write_ok);
                let room = window
                    .min(self.window)
                    .min(i64::from(self.peer.frame_bytes));
                if length <= COPY_LIMIT && signed(length) <= room {
                    self.window -= signed(length);
                    let out = self.output.tail();
                    write_head(out, length, kind::DATA, 0, number);
                    message.write(out);
                    self.finish(number, End::Ok);
                } else {
                    self.wait(number, pieces(&message), End::Ok);
                }
            }
            Reply::Status(trailers) => {
                self.write_headers(number, 0, AnswerHeads::write_ok);
                self.finish(number, End::Trailers(trailers));
            }
            Reply::Http(status) => {
                let none = HeaderMap::new();
                self.write_headers(number, 0, |heads, out| heads.write(status, &none, out));
                // Some clients refuse a header block without fields.
                write(
                    self.output.tail(),
                    kind::DATA,
                    flag::END_STREAM,
                    number,
                    &[],
                );
                self.finish(number, End::Data);
            }
        }
        self.fresh = 0;
    }

    /// Keeps a request that was just handed out until it is answered.
    pub(crate) fn hold(&mut self, number: u32) {
        if self.fresh == number {
            self.fresh = 0;
            let stream = Stream::new(None, Receiving::Done, self.now, self.peer.window);
            self.streams.insert(number, stream);
        }
    }

    /// Does what services have written.
    pub(crate) fn take_steps(&mut self) {
        loop {
            let Some((number, step)) = self.steps.borrow_mut().pop_front() else {
                return;
            };
            if !self.streams.contains_key(&number) {
                continue;
            }
            match step {
                Step::Head(status, fields, is_all) => {
                    let flags = if is_all { flag::END_STREAM } else { 0 };
                    self.write_headers(number, flags, |heads, out| {
                        heads.write(status, &fields, out);
                    });
                    if is_all {
                        self.close(number);
                    }
                }
                Step::Data(data) => self.queue(number, [data], None),
                Step::Trailers(fields) => self.queue(number, [], Some(End::Trailers(fields))),
                Step::End => self.queue(number, [], Some(End::Data)),
            }
        }
    }

    /// A message whose window has no room for it, or which is too large to be copied.
    fn wait(&mut self, number: u32, pieces: [Bytes; 3], end: End) {
        if self.fresh == number {
            self.hold(number);
        }
        self.queue(number, pieces, Some(end));
    }

    fn queue<const N: usize>(&mut self, number: u32, pieces: [Bytes; N], end: Option<End>) {
        let Some(stream) = self.streams.get_mut(&number) else {
            return;
        };
        let outgoing = stream.outgoing.get_or_insert_default();
        self.waiting_bytes += pieces.iter().map(Bytes::len).sum::<usize>();
        // An empty piece would wait for a window that it does not need.
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
        outgoing.pieces.extend(pieces);
        if end.is_some() {
            self.waiting_bytes += WAITING_BYTES;
            outgoing.end = end;
        }
        self.make_ready(number);
        self.write_ready();
    }

    fn make_ready(&mut self, number: u32) {
        if let Some(stream) = self.streams.get_mut(&number)
            && let Some(outgoing) = &mut stream.outgoing
            && !outgoing.is_ready
            && (stream.window > 0 || outgoing.pieces.is_empty())
        {
            outgoing.is_ready = true;
            self.ready.push_back(number);
        }
    }

    /// Writes what windows allow, as long as not too much is gathered.
    pub(super) fn write_ready(&mut self) {
        while self.output.len() < GATHER_LIMIT
            && let Some(number) = self.ready.front().copied()
        {
            let Some(stream) = self.streams.get_mut(&number) else {
                self.ready.pop_front();
                continue;
            };
            let Some(outgoing) = &mut stream.outgoing else {
                self.ready.pop_front();
                continue;
            };
            let left = outgoing.bytes();
            let room = stream.window.min(self.window);
            if left > 0 && room <= 0 {
                if stream.window > 0 {
                    // The connection's window is closed, for all of them.
                    return;
                }
                outgoing.is_ready = false;
                self.ready.pop_front();
                continue;
            }
            let count = usize::try_from(room.max(0)).unwrap_or(usize::MAX);
            let count = left.min(count).min(self.peer.frame_bytes as usize);
            let is_last = count == left;
            let ends_by_data = is_last && matches!(outgoing.end, Some(End::Data));
            if count > 0 || ends_by_data {
                let flags = if ends_by_data { flag::END_STREAM } else { 0 };
                write_head(self.output.tail(), count, kind::DATA, flags, number);
                let mut rest = count;
                while rest > 0
                    && let Some(piece) = outgoing.pieces.front_mut()
                {
                    let part = piece.split_to(rest.min(piece.len()));
                    rest -= part.len();
                    if piece.is_empty() {
                        outgoing.pieces.pop_front();
                    }
                    if part.len() < SMALL_PIECE {
                        self.output.tail().extend_from_slice(&part);
                    } else {
                        self.output.push(part);
                    }
                }
                stream.window -= signed(count);
                self.window -= signed(count);
                self.waiting_bytes -= count;
                if let Some(link) = &outgoing.link {
                    link.written(count);
                }
            }
            if !is_last {
                continue;
            }
            outgoing.is_ready = false;
            self.ready.pop_front();
            if let Some(end) = outgoing.end.take() {
                self.waiting_bytes -= WAITING_BYTES;
                self.finish(number, end);
            }
        }
    }

    /// Ends a stream whose data is all written.
    fn finish(&mut self, number: u32, end: End) {
        match end {
            End::Ok => {
                self.write_headers(number, flag::END_STREAM, AnswerHeads::write_ok_trailers);
            }
            End::Trailers(fields) => {
                self.write_headers(number, flag::END_STREAM, |heads, out| {
                    heads.write_trailers(&fields, out);
                });
            }
            End::Data => {}
        }
        if self.fresh != number {
            self.close(number);
        }
    }

    /// Lets go of a stream whose answer is all written.
    fn close(&mut self, number: u32) {
        let is_receiving = self.streams.get(&number).is_some_and(Stream::is_receiving);
        if is_receiving {
            // All is said, so the rest of the request is of no use.
            self.reset(number, Code::NoError);
        } else {
            self.remove(number);
        }
    }

    /// Lets go of a stream and of what waits to be written to it.
    pub(super) fn remove(&mut self, number: u32) {
        if let Some(stream) = self.streams.remove(&number)
            && let Some(outgoing) = &stream.outgoing
        {
            self.waiting_bytes -= outgoing.bytes();
            if outgoing.end.is_some() {
                self.waiting_bytes -= WAITING_BYTES;
            }
            // Their turn may be far off, while the connection's window is closed.
            if self.ready.len() > 2 * self.streams.len() + MOST_GONE {
                self.ready.retain(|ready| self.streams.contains_key(ready));
            }
        }
    }

    fn write_headers(
        &mut self,
        number: u32,
        flags: u8,
        write_block: impl FnOnce(&mut AnswerHeads, &mut Vec<u8>),
    ) {
        let out = self.output.tail();
        let start = out.len();
        let flags = flags | flag::END_HEADERS;
        write_head(out, 0, kind::HEADERS, flags, number);
        write_block(&mut self.heads, out);
        let length = out.len() - start - HEAD_BYTES;
        // The largest block has a path of the peer's in its message.
        if length > self.peer.frame_bytes as usize {
            continue_headers(out, start, self.peer.frame_bytes as usize);
            return;
        }
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
        out[start..start + 3].copy_from_slice(&length[1..]);
    }

    /// The peer takes more, or less, on every stream.
    pub(super) fn widen_all(&mut self, difference: i64) -> Result<(), Code> {
        let mut waiting = Vec::new();
        for (number, stream) in &mut self.streams {
            stream.window += difference;
            if stream.window > LARGEST_WINDOW {
                return Err(Code::FlowControlError);
            }
            if stream.outgoing.is_some() {
                waiting.push(*number);
            }
        }
        for number in waiting {
            self.make_ready(number);
        }
        self.write_ready();
        Ok(())
    }

    /// The peer takes more on all streams together.
    pub(super) fn widen_connection(&mut self, increment: u32) -> Result<(), Code> {
        self.window += i64::from(increment);
        if self.window > LARGEST_WINDOW {
            return Err(Code::FlowControlError);
        }
        self.write_ready();
        Ok(())
    }

    /// The peer takes more on one stream.
    pub(super) fn widen(&mut self, number: u32, increment: u32) -> Result<(), Code> {
        if let Some(stream) = self.streams.get_mut(&number) {
            stream.window += i64::from(increment);
            if stream.window > LARGEST_WINDOW {
                return Err(Code::FlowControlError);
            }
            self.make_ready(number);
            self.write_ready();
        }
        Ok(())
    }

    /// Asks whether the peer is still there.
    pub(crate) fn ping(&mut self) {
        write(self.output.tail(), kind::PING, 0, 0, &PROBE_PING);
    }

    /// How many PING the peer has answered.
    pub(crate) fn answered_pings(&self) -> u64 {
        self.answered_pings
    }

    /// The peer answers a PING.
    pub(super) fn pong(&mut self, payload: [u8; 8]) {
        self.answered_pings += 1;
        if self.goodbye == Goodbye::Announced && payload == GOODBYE_PING {
            self.goodbye = Goodbye::Said;
            self.write_goodbye(self.last_stream, Code::NoError, "");
        }
    }

    /// Tells the peer to go: what it sends until it has read that is still answered.
    pub(crate) fn say_goodbye(&mut self) {
        if self.goodbye == Goodbye::Unsaid {
            self.goodbye = Goodbye::Announced;
            self.write_goodbye(MASK, Code::NoError, "");
            write(self.output.tail(), kind::PING, 0, 0, &GOODBYE_PING);
        }
    }

    /// Ends the connection; the peer is told why.
    pub(crate) fn fail(&mut self, code: Code, reason: &'static str) -> ConnectionError {
        self.write_goodbye(self.last_stream, code, reason);
        ConnectionError { code, reason }
    }

    fn write_goodbye(&mut self, last_stream: u32, code: Code, reason: &str) {
        let out = self.output.tail();
        write_head(out, 8 + reason.len(), kind::GOAWAY, 0, 0);
        out.extend_from_slice(&last_stream.to_be_bytes());
        out.extend_from_slice(&(code as u32).to_be_bytes());
        out.extend_from_slice(reason.as_bytes());
    }
}

/// A message whose payload is not copied.
fn pieces(message: &EncodedAnswer<'_>) -> [Bytes; 3] {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    message.write_before_payload(&mut before);
    message.write_after_payload(&mut after);
    let payload = message.payload().cloned().unwrap_or_default();
    [before.into(), payload, after.into()]
}
