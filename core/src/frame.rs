//! Frames of HTTP/2 (RFC 9113, sections 4 and 6), as the server and the broker of tests write them:
//! their heads, kinds, flags and plain fields.

/// How many bytes the head of a frame has.
pub(crate) const HEAD_BYTES: usize = 9;
/// A stream's number, and a window, have 31 bits.
pub(crate) const MASK: u32 = 0x7fff_ffff;
/// What each window is before anything is said.
pub(crate) const DEFAULT_WINDOW: u32 = 65_535;
/// The longest text whose length fits its first byte.
const SHORT: usize = 126;

pub(crate) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const PRIORITY: u8 = 2;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PUSH_PROMISE: u8 = 5;
    pub(crate) const PING: u8 = 6;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
}

pub(crate) mod flag {
    pub(crate) const END_STREAM: u8 = 0x1;
    pub(crate) const ACK: u8 = 0x1;
    pub(crate) const END_HEADERS: u8 = 0x4;
    pub(crate) const PADDED: u8 = 0x8;
    pub(crate) const PRIORITY: u8 = 0x20;
}

pub(crate) mod setting {
    pub(crate) const HEADER_TABLE_SIZE: u16 = 1;
    pub(crate) const ENABLE_PUSH: u16 = 2;
    pub(crate) const INITIAL_WINDOW_SIZE: u16 = 4;
    pub(crate) const MAX_FRAME_SIZE: u16 = 5;
    pub(crate) const MAX_HEADER_LIST_SIZE: u16 = 6;
}

/// What stands before each frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) length: usize,
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
}

impl FrameHead {
    /// Reads a head; `None` where the bytes are too few.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let [high, middle, low, kind, flags, stream @ ..] = *bytes.first_chunk::<HEAD_BYTES>()?;
        Some(Self {
            length: u32::from_be_bytes([0, high, middle, low]) as usize,
            kind,
            flags,
            stream: u32::from_be_bytes(stream) & MASK,
        })
    }

    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// Writes the head of a frame.
pub(crate) fn write_head(out: &mut Vec<u8>, length: usize, kind: u8, flags: u8, stream: u32) {
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let id = stream.to_be_bytes();
    out.extend_from_slice(&[
        length[1], length[2], length[3], kind, flags, id[0], id[1], id[2], id[3],
    ]);
}

/// Writes a whole frame.
pub(crate) fn write(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    write_head(out, payload.len(), kind, flags, stream);
    out.extend_from_slice(payload);
}

/// Cuts the frame of HEADERS that begins at `start` into itself and CONTINUATION, where its block is
/// larger than `most`.
pub(crate) fn continue_headers(out: &mut Vec<u8>, start: usize, most: usize) {
    let block = out.split_off(start + HEAD_BYTES);
    let Some(head) = FrameHead::read(&out[start..]) else {
        return;
    };
    out.truncate(start);
    let last = block.len().div_ceil(most).saturating_sub(1);
    for (place, piece) in block.chunks(most).enumerate() {
        let (kind, flags) = match place {
            0 => (head.kind, head.flags & !flag::END_HEADERS),
            _ => (kind::CONTINUATION, 0),
        };
        let end = if place == last { flag::END_HEADERS } else { 0 };
        write(out, kind, flags | end, head.stream, piece);
    }
}

/// A length as windows count, which may be below zero.
pub(crate) fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Four bytes as a number.
pub(crate) fn number(payload: &[u8]) -> Option<u32> {
    payload
        .first_chunk()
        .map(|bytes| u32::from_be_bytes(*bytes))
}

/// A field of a header block that is added to no table (RFC 7541, section 6.2.2).
pub(crate) fn write_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.push(0);
    write_text(out, name);
    write_text(out, value);
}

/// A text as it is, behind its length.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &[u8]) {
    match u8::try_from(text.len()) {
        Ok(length) if text.len() <= SHORT => out.push(length),
        _ => {
            out.push(0x7f);
            let mut rest = text.len() - SHORT - 1;
            while rest >= 0x80 {
                out.push(u8::try_from(rest & 0x7f).unwrap_or_default() | 0x80);
                rest >>= 7;
            }
            out.push(u8::try_from(rest).unwrap_or_default());
        }
    }
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_header_block_is_continued() {
        let mut out = vec![9; 4];
        let flags = flag::END_STREAM | flag::END_HEADERS;
        write(&mut out, kind::HEADERS, flags, 3, &[1, 2, 3, 4, 5, 6]);
        continue_headers(&mut out, 4, 3);
        let mut expected = vec![9; 4];
        let first = flag::END_STREAM;
        write(&mut expected, kind::HEADERS, first, 3, &[1, 2, 3]);
        let last = flag::END_HEADERS;
        write(&mut expected, kind::CONTINUATION, last, 3, &[4, 5, 6]);
        assert_eq!(out, expected);
    }
}
