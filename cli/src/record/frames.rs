//! [`FrameReader`]: the HTTP/2 frames of one direction of a connection, out of a copy of its bytes.

use bytes::{Buf, Bytes, BytesMut};
use loona_hpack::Decoder;

/// What a client sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEAD_BYTES: usize = 9;
const MAX_HEADER_BLOCK_BYTES: usize = 1 << 20;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

pub(super) type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// What a frame means to a call.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    Headers { headers: Headers, ends: bool },
    Data { content: Bytes, ends: bool },
    Reset { code: u32 },
}

/// The header block of a stream, until its last frame.
struct Block {
    stream: u32,
    ends: bool,
    content: BytesMut,
}

/// Reads one direction.
pub(super) struct FrameReader {
    preface: &'static [u8],
    waiting: BytesMut,
    block: Option<Block>,
    decoder: Decoder<'static>,
}

impl FrameReader {
    /// For what a client sends.
    pub(super) fn of_client() -> Self {
        Self {
            preface: PREFACE,
            ..Self::of_server()
        }
    }

    /// For what a server sends.
    pub(super) fn of_server() -> Self {
        Self {
            preface: &[],
            waiting: BytesMut::new(),
            block: None,
            decoder: Decoder::new(),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// The next event with the number of its stream; `None` until more bytes come. After an error
    /// nothing of this direction can be read any more.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Event)>, String> {
        if !self.skip_preface()? {
            return Ok(None);
        }
        while let Some((kind, flags, stream, content)) = self.frame() {
            if let Some(event) = self.read(kind, flags, stream, content)? {
                return Ok(Some((stream, event)));
            }
        }
        Ok(None)
    }

    fn skip_preface(&mut self) -> Result<bool, String> {
        let there = self.preface.len().min(self.waiting.len());
        if self.waiting[..there] != self.preface[..there] {
            return Err("it does not begin as HTTP/2 without TLS does".to_owned());
        }
        self.waiting.advance(there);
        self.preface = &self.preface[there..];
        Ok(self.preface.is_empty())
    }

    fn frame(&mut self) -> Option<(u8, u8, u32, Bytes)> {
        let head = self.waiting.get(..HEAD_BYTES)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff;
        if self.waiting.len() < HEAD_BYTES + length {
            return None;
        }
        self.waiting.advance(HEAD_BYTES);
        Some((kind, flags, stream, self.waiting.split_to(length).freeze()))
    }

    fn read(
        &mut self,
        kind: u8,
        flags: u8,
        stream: u32,
        mut content: Bytes,
    ) -> Result<Option<Event>, String> {
        if matches!(kind, DATA | HEADERS) && flags & PADDED != 0 {
            content = unpadded(content)?;
        }
        let ends = flags & END_STREAM != 0;
        match kind {
            DATA => Ok(Some(Event::Data { content, ends })),
            HEADERS => {
                if flags & PRIORITY != 0 {
                    content = content
                        .get(5..)
                        .map(|rest| content.slice_ref(rest))
                        .ok_or("a HEADERS frame is too short")?;
                }
                self.block = Some(Block {
                    stream,
                    ends,
                    content: BytesMut::from(&content[..]),
                });
                self.end_block(flags)
            }
            CONTINUATION => {
                let block = self.block.as_mut().filter(|block| block.stream == stream);
                let block = block.ok_or("a CONTINUATION frame continues nothing")?;
                block.content.extend_from_slice(&content);
                if block.content.len() > MAX_HEADER_BLOCK_BYTES {
                    return Err("headers are larger than 1 MiB".to_owned());
                }
                self.end_block(flags)
            }
            RST_STREAM if content.len() == 4 => Ok(Some(Event::Reset {
                code: content.get_u32(),
            })),
            // Its headers would have to be read, for those after it to be understood.
            PUSH_PROMISE => Err("the server pushes".to_owned()),
            _ => Ok(None),
        }
    }

    fn end_block(&mut self, flags: u8) -> Result<Option<Event>, String> {
        if flags & END_HEADERS == 0 {
            return Ok(None);
        }
        let Some(block) = self.block.take() else {
            return Ok(None);
        };
        let headers = self
            .decoder
            .decode(&block.content)
            .map_err(|error| format!("its headers cannot be read: {error:?}"))?;
        let ends = block.ends;
        Ok(Some(Event::Headers { headers, ends }))
    }
}

fn unpadded(mut content: Bytes) -> Result<Bytes, String> {
    let padding = content.first().copied().map(usize::from);
    let length = padding.and_then(|padding| (content.len() - 1).checked_sub(padding));
    let length = length.ok_or("a frame is padded beyond its end")?;
    content.advance(1);
    content.truncate(length);
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("short");
        let mut bytes = vec![0, 0, length, kind, flags, 0, 0, 0, stream];
        bytes.extend_from_slice(content);
        bytes
    }

    /// Every event of `bytes`, which come one by one.
    fn events(mut reader: FrameReader, bytes: &[u8]) -> Result<Vec<(u32, Event)>, String> {
        let mut events = Vec::new();
        for byte in bytes {
            reader.push(&[*byte]);
            while let Some(event) = reader.next()? {
                events.push(event);
            }
        }
        Ok(events)
    }

    #[test]
    fn frames_are_read_however_they_are_cut_padded_and_continued() {
        let mut bytes = PREFACE.to_vec();
        bytes.extend(frame(4, 0, 0, &[0, 4, 0, 0, 255, 255]));
        // :method POST, cut in two; then :path /, which is added to no table.
        bytes.extend(frame(HEADERS, PRIORITY, 1, &[0, 0, 0, 0, 16]));
        bytes.extend(frame(CONTINUATION, END_HEADERS, 1, &[0x83, 0x84]));
        bytes.extend(frame(DATA, PADDED | END_STREAM, 1, &[2, b'a', 0, 0]));
        bytes.extend(frame(RST_STREAM, 0, 1, &[0, 0, 0, 8]));
        let [(1, first), (1, second), (1, third)] =
            &events(FrameReader::of_client(), &bytes).expect("HTTP/2")[..]
        else {
            panic!("three events of stream 1");
        };
        let headers = [(":method", "POST"), (":path", "/")];
        let headers = headers.map(|(name, value)| (name.into(), value.into()));
        assert_eq!(
            *first,
            Event::Headers {
                headers: headers.to_vec(),
                ends: false
            }
        );
        let content = Bytes::from_static(b"a");
        assert_eq!(
            *second,
            Event::Data {
                content,
                ends: true
            }
        );
        assert_eq!(*third, Event::Reset { code: 8 });
    }

    #[test]
    fn what_is_no_http2_is_an_error() {
        for (reader, bytes) in [
            (FrameReader::of_client(), b"GET / HTTP/1.1\r\n".to_vec()),
            (FrameReader::of_client(), vec![22, 3, 1]),
            (FrameReader::of_server(), frame(DATA, PADDED, 1, &[9, 0])),
            (FrameReader::of_server(), frame(DATA, PADDED, 1, &[])),
            (
                FrameReader::of_server(),
                frame(HEADERS, PRIORITY | END_HEADERS, 1, &[0]),
            ),
            (FrameReader::of_server(), frame(CONTINUATION, 0, 1, &[])),
            (
                FrameReader::of_server(),
                frame(HEADERS, END_HEADERS, 1, &[0xff]),
            ),
            (FrameReader::of_server(), frame(PUSH_PROMISE, 0, 1, &[])),
        ] {
            events(reader, &bytes).expect_err("no HTTP/2");
        }
    }
}
