//! [`Table`]: the fields that a header block names by their number.

use std::collections::VecDeque;

use bytes::Bytes;

use super::Field;

/// The protocol's default, which we leave as it is.
const MOST_BYTES: usize = 4_096;
/// What each entry counts beside its texts (RFC 7541, section 4.1).
const ENTRY_BYTES: usize = 32;

#[rustfmt::skip]
const STATIC: [(&str, &str); 61] = [
    (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"),
    (":path", "/index.html"), (":scheme", "http"), (":scheme", "https"), (":status", "200"),
    (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"),
    (":status", "404"), (":status", "500"), ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""),
    ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""),
    ("authorization", ""), ("cache-control", ""), ("content-disposition", ""),
    ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
    ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""),
    ("date", ""), ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""),
    ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""),
    ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""),
    ("max-forwards", ""), ("proxy-authenticate", ""), ("proxy-authorization", ""), ("range", ""),
    ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
    ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""),
    ("via", ""), ("www-authenticate", ""),
];

/// The static table, and behind it the fields that the peer has sent to be named again.
pub(super) struct Table {
    recent: VecDeque<Field>,
    bytes: usize,
    most: usize,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            recent: VecDeque::new(),
            bytes: 0,
            most: MOST_BYTES,
        }
    }

    /// The field of this number, counted from 1.
    pub(super) fn get(&self, number: usize) -> Option<Field> {
        let index = number.checked_sub(1)?;
        if let Some((name, value)) = STATIC.get(index) {
            let text = |text: &'static str| Bytes::from_static(text.as_bytes());
            return Some((text(name), text(value)));
        }
        self.recent.get(index - STATIC.len()).cloned()
    }

    /// Adds a field in front of the others; the oldest make room for it.
    pub(super) fn add(&mut self, (name, value): Field) {
        let bytes = size(&name, &value);
        self.shrink_to(self.most.saturating_sub(bytes));
        if bytes <= self.most {
            self.bytes += bytes;
            // Copies of their own: what was cut out of a larger buffer would keep that alive.
            let own = |text: Bytes| Bytes::copy_from_slice(&text);
            self.recent.push_front((own(name), own(value)));
        }
    }

    /// The peer keeps no more than so many bytes from now on; false where that is more than we do.
    pub(super) fn resize(&mut self, most: usize) -> bool {
        if most > MOST_BYTES {
            return false;
        }
        self.most = most;
        self.shrink_to(most);
        true
    }

    fn shrink_to(&mut self, bytes: usize) {
        while self.bytes > bytes
            && let Some((name, value)) = self.recent.pop_back()
        {
            self.bytes -= size(&name, &value);
        }
    }
}

/// What a field counts.
pub(super) fn size(name: &[u8], value: &[u8]) -> usize {
    name.len() + value.len() + ENTRY_BYTES
}
