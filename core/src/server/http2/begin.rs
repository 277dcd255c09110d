//! Header blocks: how requests begin.

use std::{ops::Range, rc::Rc};

use bytes::{Bytes, BytesMut};

use super::{
    Asked,
    Code::{self, CompressionError, FrameSizeError, ProtocolError, StreamClosed},
    Event, Goodbye, Http2, Outlet, RequestHead, hpack,
    outlet::pieces,
    receive::{
        Problem::{self, Connection},
        Received, check_length,
    },
    request_head,
    stream::{Outgoing, Receiving, Stream},
};
use crate::{
    call::Failure,
    deadline::usable,
    frame::{FrameHead, MASK, flag, kind, number},
    server::request::{MessageReader, whole_message},
};

/// What a header block may have beside its fields' bytes, and in how many frames it may come.
const BLOCK_OVERHEAD: usize = 64 * 1024;
const MOST_CONTINUATIONS: usize = 64;

/// A header block whose end has not come.
pub(super) struct Gathering {
    head: FrameHead,
    block: BytesMut,
    depends_on: Option<u32>,
    frames: usize,
}

impl Http2 {
    pub(super) fn receive_headers(&mut self, head: FrameHead, payload: Range<usize>) -> Received {
        if head.stream.is_multiple_of(2) {
            return Err(Connection(
                ProtocolError,
                "clients' streams have odd numbers",
            ));
        }
        let mut block = self.without_padding(head, payload)?;
        let mut depends_on = None;
        if head.has(flag::PRIORITY) {
            const PRIORITY_BYTES: usize = 5;
            if block.len() < PRIORITY_BYTES {
                return Err(Connection(FrameSizeError, "HEADERS are too short"));
            }
            depends_on = number(self.input.payload(block.clone())).map(|number| number & MASK);
            block.start += PRIORITY_BYTES;
        }
        if !head.has(flag::END_HEADERS) {
            self.gathering = Some(Gathering {
                head,
                block: BytesMut::from(self.input.payload(block)),
                depends_on,
                frames: 0,
            });
            return Ok(None);
        }
        if self.begins_nothing(head) {
            let block = self.input.share(block);
            return self.receive_other_block(head, &block);
        }
        let read = self.blocks.head(self.input.payload(block));
        self.receive_head(head, depends_on, read)
    }

    pub(super) fn receive_continuation(
        &mut self,
        head: FrameHead,
        payload: Range<usize>,
    ) -> Received {
        let gathering = self.gathering.as_mut();
        let Some(gathering) = gathering.filter(|begun| begun.head.stream == head.stream) else {
            return Err(Connection(ProtocolError, "CONTINUATION of nothing"));
        };
        gathering.frames += 1;
        gathering
            .block
            .extend_from_slice(self.input.payload(payload));
        let most = self.limits.header_bytes as usize + BLOCK_OVERHEAD;
        if gathering.frames > MOST_CONTINUATIONS || gathering.block.len() > most {
            return Err(Connection(Code::EnhanceYourCalm, "headers without end"));
        }
        if !head.has(flag::END_HEADERS) {
            return Ok(None);
        }
        let Some(gathered) = self.gathering.take() else {
            return Ok(None);
        };
        let block = gathered.block.freeze();
        let head = gathered.head;
        if self.begins_nothing(head) {
            return self.receive_other_block(head, &block);
        }
        let read = self.blocks.head(&block);
        self.receive_head(head, gathered.depends_on, read)
    }

    /// Whether the block of this frame is not that of a request that is to be answered.
    fn begins_nothing(&self, head: FrameHead) -> bool {
        head.stream <= self.last_stream || self.goodbye == Goodbye::Said
    }

    /// The head of a new request.
    fn receive_head(
        &mut self,
        frame: FrameHead,
        depends_on: Option<u32>,
        read: Result<Result<Rc<RequestHead>, request_head::Malformed>, hpack::Malformed>,
    ) -> Received {
        let stream = frame.stream;
        self.last_stream = stream;
        let head = match read {
            Err(_) => return Err(Connection(CompressionError, "a broken header block")),
            Ok(Err(_)) => return Err(Problem::Stream(stream, ProtocolError)),
            Ok(Ok(_)) if depends_on == Some(stream) => {
                return Err(Problem::Stream(stream, ProtocolError));
            }
            Ok(Ok(head)) => head,
        };
        let ends = frame.has(flag::END_STREAM);
        if ends && head.content_length.is_some_and(|length| length > 0) {
            return Err(Problem::Stream(stream, ProtocolError));
        }
        if let Asked::Other(parts) = &head.asked
            && (self.is_service)(parts.uri.path())
        {
            return Ok(Some(self.open_service(stream, head, ends)));
        }
        if ends {
            let message = Err(Failure::Undecodable);
            self.fresh = stream;
            return Ok(Some(Event::Request {
                stream,
                head,
                message,
            }));
        }
        let most = match head.asked {
            Asked::Hook { .. } => self.limits.message_bytes,
            _ => 0,
        };
        // Nearly every call is its head and one frame behind it.
        if let Some(payload) = self.input.next_if(kind::DATA, flag::END_STREAM, stream) {
            self.take_credit(payload.len())?;
            let data = self.input.share(payload);
            check_length(stream, head.content_length, data.len() as u64, true)?;
            let message = whole_message(data, most).map(|message| (message, None));
            self.fresh = stream;
            return Ok(Some(Event::Request {
                stream,
                head,
                message,
            }));
        }
        self.open(stream, head, Receiving::Message(MessageReader::new(most)));
        Ok(None)
    }

    fn open(&mut self, number: u32, head: Rc<RequestHead>, receiving: Receiving) {
        let grpc_timeout = match head.asked {
            Asked::Hook { grpc_timeout, .. } => grpc_timeout,
            _ => None,
        };
        let timeout = grpc_timeout.map_or(self.limits.timeout, usable);
        let receive_by = self.now + timeout.min(self.limits.timeout);
        let earliest = self.receive_by.get_or_insert(receive_by);
        *earliest = receive_by.min(*earliest);
        let stream = Stream::new(Some(head), receiving, receive_by, self.peer.window);
        self.streams.insert(number, stream);
    }

    fn open_service(&mut self, number: u32, head: Rc<RequestHead>, ends: bool) -> Event {
        let (sender, body) = pieces();
        let (outlet, link) = Outlet::new(number, &self.steps);
        let receiving = if ends {
            Receiving::Done
        } else {
            Receiving::Pieces(sender)
        };
        let known = Some(Rc::clone(&head));
        let mut stream = Stream::new(known, receiving, self.now, self.peer.window);
        stream.outgoing = Some(Box::new(Outgoing {
            link: Some(link),
            ..Outgoing::default()
        }));
        self.streams.insert(number, stream);
        Event::Service { head, body, outlet }
    }

    /// A header block that begins nothing: trailers, or the head of a stream that is passed over.
    fn receive_other_block(&mut self, head: FrameHead, block: &Bytes) -> Received {
        let fields = self.blocks.fields(block);
        let fields = fields.map_err(|_| Connection(CompressionError, "a broken header block"))?;
        let Some(stream) = self.streams.get(&head.stream) else {
            return self.for_nobody(head.stream).map(|()| None);
        };
        if !stream.is_receiving() {
            return Err(Problem::Stream(head.stream, StreamClosed));
        }
        let is_malformed = !head.has(flag::END_STREAM)
            || fields.list.iter().any(|(name, _)| name.starts_with(b":"))
            || request_head::check_regular(&fields.list).is_err();
        if is_malformed {
            return Err(Problem::Stream(head.stream, ProtocolError));
        }
        self.end_request(head.stream)
    }
}
