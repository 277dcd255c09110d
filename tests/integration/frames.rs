//! HTTP/2 frames, written and read by hand.

/// What every client says first.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

const HEAD_BYTES: usize = 9;

/// One frame.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    pub(crate) fn new(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Self {
        Self {
            kind,
            flags,
            stream,
            payload: payload.to_vec(),
        }
    }

    /// Takes the first frame off `bytes`, once it is whole.
    pub(crate) fn take(bytes: &mut Vec<u8>) -> Option<Self> {
        let length = bytes.get(..HEAD_BYTES).map(frame_length)?;
        let whole = bytes.get(..length)?;
        let frame = Self {
            kind: whole[3],
            flags: whole[4],
            stream: u32::from_be_bytes([whole[5] & 0x7f, whole[6], whole[7], whole[8]]),
            payload: whole[HEAD_BYTES..].to_vec(),
        };
        bytes.drain(..length);
        Some(frame)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let length = u32::try_from(self.payload.len()).expect("a short frame");
        let mut bytes = length.to_be_bytes()[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    pub(crate) fn ends_stream(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// The length of the frame that begins with this head, the head included.
pub(crate) fn frame_length(head: &[u8]) -> usize {
    HEAD_BYTES + u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize
}

/// An HPACK block of literal headers that leaves no trace in the dynamic table.
pub(crate) fn literal_headers(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            assert!(text.len() < 127, "longer texts need a longer length");
            block.push(u8::try_from(text.len()).expect("a short text"));
            block.extend(text.as_bytes());
        }
    }
    block
}
