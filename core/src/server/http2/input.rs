//! [`Input`]: what a socket has read, frame by frame.

use std::ops::Range;

use bytes::{Bytes, BytesMut};

use super::{Code, ConnectionError, settings::MAX_FRAME_BYTES};
use crate::frame::{FrameHead, HEAD_BYTES};

/// What every client says first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Cuts what is read into frames; only a frame that comes in several parts is copied together.
#[derive(Default)]
pub(super) struct Input {
    bytes: Bytes,
    at: usize,
    /// The beginning of a frame whose end has not been read.
    partial: BytesMut,
    /// What was read behind that end.
    behind: Bytes,
    has_begun: bool,
}

/// A frame: its payload is [a part](Input::payload) of the input until the next one is taken.
pub(super) struct Frame {
    pub(super) head: FrameHead,
    pub(super) payload: Range<usize>,
}

impl Input {
    /// Takes what was read; all that was fed before has been asked for.
    pub(super) fn feed(&mut self, read: Bytes) {
        debug_assert!(self.at == self.bytes.len() && self.behind.is_empty());
        if self.partial.is_empty() {
            self.bytes = read;
            self.at = 0;
        } else {
            self.behind = read;
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// The next frame; `None` where it has not been read to its end.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, ConnectionError> {
        if !self.has_begun {
            let Some(preface) = self.take(PREFACE.len(), |_| Ok(PREFACE.len()))? else {
                return Ok(None);
            };
            if self.bytes[preface] != *PREFACE {
                return Err(ConnectionError {
                    code: Code::ProtocolError,
                    reason: "this is not the beginning of HTTP/2",
                });
            }
            self.has_begun = true;
        }
        let whole = self.take(HEAD_BYTES, |bytes| {
            let length = FrameHead::read(bytes).map_or(0, |head| head.length);
            if length > MAX_FRAME_BYTES as usize {
                return Err(ConnectionError {
                    code: Code::FrameSizeError,
                    reason: "a frame is larger than was announced",
                });
            }
            Ok(HEAD_BYTES + length)
        })?;
        Ok(whole.and_then(|whole| {
            Some(Frame {
                head: FrameHead::read(&self.bytes[whole.clone()])?,
                payload: whole.start + HEAD_BYTES..whole.end,
            })
        }))
    }

    /// The payload of the next frame, if that is one of `stream`'s of this kind, with these flags,
    /// whole, and not too large.
    pub(super) fn next_if(&mut self, kind: u8, flags: u8, stream: u32) -> Option<Range<usize>> {
        let rest = &self.bytes[self.at..];
        let head = FrameHead::read(rest)?;
        let is_it = head.kind == kind && head.flags == flags && head.stream == stream;
        let most = (rest.len() - HEAD_BYTES).min(MAX_FRAME_BYTES as usize);
        if !is_it || head.length > most {
            return None;
        }
        let start = self.at + HEAD_BYTES;
        self.at = start + head.length;
        Some(start..self.at)
    }

    /// The bytes of a frame's payload.
    pub(super) fn payload(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// The bytes of a frame's payload, to be kept.
    pub(super) fn share(&self, range: Range<usize>) -> Bytes {
        self.bytes.slice(range)
    }

    /// Takes what `measure` says the length of, given its first `least` bytes.
    fn take(
        &mut self,
        least: usize,
        measure: impl Fn(&[u8]) -> Result<usize, ConnectionError>,
    ) -> Result<Option<Range<usize>>, ConnectionError> {
        if !self.partial.is_empty() {
            if !self.grow_partial(least) {
                return Ok(None);
            }
            let length = measure(&self.partial)?;
            if !self.grow_partial(length) {
                return Ok(None);
            }
            self.bytes = std::mem::take(&mut self.partial).freeze();
            self.at = length;
            return Ok(Some(0..length));
        }
        if self.at == self.bytes.len() {
            self.bytes = std::mem::take(&mut self.behind);
            self.at = 0;
        }
        let rest = &self.bytes[self.at..];
        if rest.len() >= least {
            let length = measure(rest)?;
            if length <= rest.len() {
                let start = self.at;
                self.at += length;
                return Ok(Some(start..self.at));
            }
        }
        // What was read at once may be much larger, and is let go.
        self.partial.extend_from_slice(rest);
        self.bytes = Bytes::new();
        self.at = 0;
        Ok(None)
    }

    /// Makes what was begun before `length` bytes long; false where there are not so many.
    fn grow_partial(&mut self, length: usize) -> bool {
        let missing = length.saturating_sub(self.partial.len());
        let more = self.behind.split_to(missing.min(self.behind.len()));
        self.partial.extend_from_slice(&more);
        self.partial.len() >= length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u8, stream: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, length, 0, 0, 0, 0, 0, stream];
        frame.resize(HEAD_BYTES + usize::from(length), stream);
        frame
    }

    #[test]
    fn frames_are_the_same_however_they_are_cut() {
        let mut all = PREFACE.to_vec();
        for number in 0..50 {
            all.extend(frame(number * 5, number));
        }
        for size in [1, 2, 8, 9, 10, 24, 25, 100, 1_000, 100_000] {
            let mut input = Input::default();
            let mut streams = Vec::new();
            for piece in all.chunks(size) {
                input.feed(Bytes::copy_from_slice(piece));
                while let Some(Frame { head, payload }) = input.next().expect("frames") {
                    let stream = u8::try_from(head.stream).expect("below 50");
                    assert_eq!(input.payload(payload), vec![stream; head.length]);
                    streams.push(stream);
                }
            }
            assert!(streams.into_iter().eq(0..50), "{size}");
        }
    }

    #[test]
    fn a_frame_that_is_asked_for_is_taken_only_if_it_is_the_one() {
        let mut input = Input::default();
        let bytes = [PREFACE, &frame(1, 1), &frame(3, 5), &frame(2, 7)[..10]].concat();
        input.feed(bytes.into());
        assert!(input.next().expect("frames").is_some());
        assert!(input.next_if(0, 0, 3).is_none());
        assert!(input.next_if(0, 1, 5).is_none());
        let payload = input.next_if(0, 0, 5).expect("it is next");
        assert_eq!(input.payload(payload), [5; 3]);
        assert!(input.next_if(0, 0, 7).is_none(), "it is not whole");
        assert!(input.next().expect("no error").is_none());
    }

    #[test]
    fn a_frame_that_is_too_large_is_refused_also_where_it_is_asked_for() {
        for (over, is_taken) in [(0, true), (1, false)] {
            let mut input = Input::default();
            let length = MAX_FRAME_BYTES + over;
            let head = [&length.to_be_bytes()[1..], &[0, 0, 0, 0, 0, 1]].concat();
            let payload = vec![7; length as usize];
            input.feed([PREFACE, &frame(1, 3), &head, &payload].concat().into());
            assert!(input.next().expect("frames").is_some());
            assert_eq!(input.next_if(0, 0, 1).is_some(), is_taken);
            assert_eq!(input.next().is_ok(), is_taken);
        }
    }

    #[test]
    fn what_is_no_http2_is_refused() {
        let mut input = Input::default();
        input.feed(Bytes::from_static(b"GET / HTTP/1.1\r\nHost: localhost\r\n"));
        assert!(input.next().is_err());
        let mut input = Input::default();
        input.feed([PREFACE, &[1, 0, 0, 0, 0, 0, 0, 0, 1]].concat().into());
        assert!(input.next().is_err(), "65,536 bytes");
    }
}
