//! [`Reader`]: a peer that reads what a server writes, and panics where that is no HTTP/2.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use loona_hpack::Decoder;
use tokio::io::AsyncWrite;

use super::Http2;
#[cfg(all(test, not(exhook_loom)))]
use crate::frame::DEFAULT_WINDOW;
use crate::{
    call::{Answer, MessagePatch},
    frame::{FrameHead, HEAD_BYTES, flag, kind, number, signed},
    hook::Request,
    package::VerdictNumbers,
    proto::{Message, MessagePublishRequest},
};

/// Names and values, in their order.
pub(super) type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// What has come on one stream.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) head: Option<Fields>,
    pub(super) data: Vec<u8>,
    pub(super) trailers: Option<Fields>,
    pub(super) is_ended: bool,
    pub(super) is_reset: bool,
    /// What was allowed beside the window that every stream has.
    widened: i64,
}

/// The windows that the peer has opened; they are checked only where they are all told.
struct Windows {
    connection: i64,
    initial: i64,
    /// What was said and is not acknowledged.
    said: VecDeque<u32>,
}

/// An answer that has this payload in it.
pub(super) fn answer_of(payload: Bytes) -> (Answer, VerdictNumbers) {
    let request = Arc::new(Request::MessagePublish(MessagePublishRequest {
        message: Some(Message::default()),
        ..MessagePublishRequest::default()
    }));
    let patch = MessagePatch {
        payload: Some(payload),
        ..MessagePatch::default()
    };
    (Answer::Message { request, patch }, VerdictNumbers::Current)
}

/// Reads the answers of one connection.
pub(super) struct Reader {
    decoder: Decoder<'static>,
    /// The beginning of a frame.
    rest: Vec<u8>,
    block: Option<(FrameHead, Vec<u8>)>,
    windows: Option<Windows>,
    /// How large frames may be.
    frame_bytes: usize,
    pub(super) streams: BTreeMap<u32, Answered>,
    /// How many bytes have been read.
    pub(super) bytes: usize,
}

impl Reader {
    /// A reader that does not know what the server may send.
    pub(super) fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            rest: Vec::new(),
            block: None,
            windows: None,
            frame_bytes: usize::MAX,
            streams: BTreeMap::new(),
            bytes: 0,
        }
    }

    /// A reader that is told of every window.
    #[cfg(all(test, not(exhook_loom)))]
    pub(super) fn with_windows() -> Self {
        Self {
            windows: Some(Windows {
                connection: i64::from(DEFAULT_WINDOW),
                initial: i64::from(DEFAULT_WINDOW),
                said: VecDeque::new(),
            }),
            frame_bytes: 16_384,
            ..Self::new()
        }
    }

    /// The peer is about to open a window; 0 is the connection's.
    #[cfg(all(test, not(exhook_loom)))]
    pub(super) fn widen(&mut self, stream: u32, increment: u32) {
        if stream != 0 {
            self.streams.entry(stream).or_default().widened += i64::from(increment);
        } else if let Some(windows) = &mut self.windows {
            windows.connection += i64::from(increment);
        }
    }

    /// The peer is about to say what window every stream has.
    #[cfg(all(test, not(exhook_loom)))]
    pub(super) fn say_initial_window(&mut self, window: u32) {
        if let Some(windows) = &mut self.windows {
            windows.said.push_back(window);
        }
    }

    /// The peer is about to say how large frames may be.
    #[cfg(all(test, not(exhook_loom)))]
    pub(super) fn say_frame_bytes(&mut self, bytes: u32) {
        self.frame_bytes = self.frame_bytes.max(bytes as usize);
        if let Some(windows) = &mut self.windows {
            let last = windows.said.back().copied();
            let initial = u32::try_from(windows.initial).expect("31 bits");
            windows.said.push_back(last.unwrap_or(initial));
        }
    }

    /// Takes up to `room` bytes of what `http2` has to write; whether it had more.
    pub(super) fn read_from(&mut self, http2: &mut Http2, room: usize) -> bool {
        let mut sink = Sink {
            taken: Vec::new(),
            room,
        };
        let mut context = Context::from_waker(Waker::noop());
        let polled = http2.poll_write(&mut sink, &mut context);
        self.bytes += sink.taken.len();
        self.rest.extend(sink.taken);
        let mut at = 0;
        while let Some(head) = FrameHead::read(&self.rest[at..])
            && let end = at + HEAD_BYTES + head.length
            && end <= self.rest.len()
        {
            assert!(head.length <= self.frame_bytes, "{head:?} is too large");
            assert!(self.rest[at + 5] < 0x80, "{head:?} has the reserved bit");
            let payload = self.rest[at + HEAD_BYTES..end].to_vec();
            self.frame(head, &payload);
            at = end;
        }
        self.rest.drain(..at);
        polled.is_pending()
    }

    /// Whether everything that was read is whole.
    pub(super) fn is_whole(&self) -> bool {
        self.rest.is_empty() && self.block.is_none()
    }

    fn frame(&mut self, head: FrameHead, payload: &[u8]) {
        let is_continuation = head.kind == kind::CONTINUATION;
        assert_eq!(self.block.is_some(), is_continuation, "{head:?}");
        match head.kind {
            kind::DATA => self.data(head, payload),
            kind::HEADERS => self.block(head, payload.to_vec()),
            kind::CONTINUATION => {
                let (first, mut block) = self.block.take().expect("a block has begun");
                assert_eq!(first.stream, head.stream);
                block.extend(payload);
                let flags = first.flags | (head.flags & flag::END_HEADERS);
                self.block(FrameHead { flags, ..first }, block);
            }
            kind::RST_STREAM => {
                assert!(
                    payload.len() == 4 && !head.stream.is_multiple_of(2),
                    "{head:?}"
                );
                let answer = self.streams.entry(head.stream).or_default();
                assert!(!answer.is_reset, "{head:?} comes twice");
                answer.is_reset = true;
            }
            kind::SETTINGS => {
                assert!(
                    head.stream == 0 && payload.len().is_multiple_of(6),
                    "{head:?}"
                );
                if head.has(flag::ACK) {
                    assert!(payload.is_empty(), "{head:?}");
                    let windows = self.windows.as_mut();
                    if let Some((windows, said)) = windows
                        .and_then(|windows| windows.said.pop_front().map(|said| (windows, said)))
                    {
                        windows.initial = i64::from(said);
                    }
                }
            }
            kind::PING => assert!(head.stream == 0 && payload.len() == 8, "{head:?}"),
            kind::GOAWAY => assert!(head.stream == 0 && payload.len() >= 8, "{head:?}"),
            kind::WINDOW_UPDATE => {
                let increment = number(payload).filter(|_| payload.len() == 4);
                assert!(increment.is_some_and(|more| more > 0 && more < 1 << 31));
            }
            _ => panic!("{head:?} is nothing that a server sends"),
        }
    }

    fn data(&mut self, head: FrameHead, payload: &[u8]) {
        let answer = self.streams.get_mut(&head.stream);
        let answer = answer.expect("DATA comes behind HEADERS");
        let is_open = answer.head.is_some() && !answer.is_ended && !answer.is_reset;
        assert!(is_open, "{head:?}");
        answer.data.extend(payload);
        answer.is_ended = head.has(flag::END_STREAM);
        if let Some(windows) = &mut self.windows
            && !payload.is_empty()
        {
            windows.connection -= signed(payload.len());
            let left = windows.initial + answer.widened - signed(answer.data.len());
            assert!(left >= 0 && windows.connection >= 0, "{head:?}: no window");
        }
    }

    fn block(&mut self, head: FrameHead, block: Vec<u8>) {
        if !head.has(flag::END_HEADERS) {
            self.block = Some((head, block));
            return;
        }
        let fields = self.decoder.decode(&block).expect("a header block");
        let answer = self.streams.entry(head.stream).or_default();
        let is_open = !answer.is_ended && !answer.is_reset;
        assert!(is_open && !head.stream.is_multiple_of(2), "{head:?}");
        let pseudo = fields.iter().filter(|(name, _)| name.starts_with(b":"));
        answer.is_ended = head.has(flag::END_STREAM);
        if answer.head.is_none() {
            assert!(pseudo.count() == 1 && fields[0].0 == b":status");
            answer.head = Some(fields);
        } else {
            assert!(pseudo.count() == 0 && answer.is_ended, "{head:?}");
            answer.trailers = Some(fields);
        }
    }
}

/// A socket that takes so many bytes.
struct Sink {
    taken: Vec<u8>,
    room: usize,
}

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = bytes.len().min(self.room);
        if count == 0 {
            return Poll::Pending;
        }
        self.room -= count;
        self.taken.extend(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
