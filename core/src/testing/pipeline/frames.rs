//! [`FrameHead`]: what every HTTP/2 frame begins with.

pub(super) const HEAD_BYTES: usize = 9;
/// What a receiver takes that announces nothing else.
pub(super) const MOST_CONTENT_BYTES: usize = 16_384;

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const ACK: u8 = 0x1;
pub(super) const END_STREAM: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHead {
    /// How many bytes follow.
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl FrameHead {
    /// The head at the beginning of `bytes`; `None` when it is not all there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let head: &[u8; HEAD_BYTES] = bytes.first_chunk()?;
        Some(Self {
            length: usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]),
            kind: head[3],
            flags: head[4],
            stream: number(&head[5..]) & 0x7fff_ffff,
        })
    }

    pub(super) fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let length = u32::try_from(self.length).expect("a frame below 16 MiB");
        let [_, length @ ..] = length.to_be_bytes();
        let mut head = [0; HEAD_BYTES];
        head[..3].copy_from_slice(&length);
        head[3] = self.kind;
        head[4] = self.flags;
        head[5..].copy_from_slice(&self.stream.to_be_bytes());
        head
    }

    /// What is left of `content` without its padding and its place among other streams; `None`
    /// when there is more of them than `content` holds.
    pub(super) fn stripped(self, mut content: &[u8]) -> Option<&[u8]> {
        if self.flags & PADDED != 0 {
            let (padding, padded) = content.split_first()?;
            let length = padded.len().checked_sub(usize::from(*padding))?;
            content = &padded[..length];
        }
        if self.kind == HEADERS && self.flags & PRIORITY != 0 {
            content = content.get(5..)?;
        }
        Some(content)
    }
}

/// Writes a frame.
pub(super) fn put_frame(out: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, content: &[u8]) {
    let head = FrameHead {
        length: content.len(),
        kind,
        flags,
        stream,
    };
    out.extend_from_slice(&head.to_bytes());
    out.extend_from_slice(content);
}

/// The big-endian number at the beginning of `bytes`, which has four or more.
pub(super) fn number(bytes: &[u8]) -> u32 {
    bytes
        .first_chunk()
        .map_or(0, |four| u32::from_be_bytes(*four))
}
