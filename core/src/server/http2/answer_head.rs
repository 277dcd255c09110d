//! [`AnswerHeads`]: the header blocks of answers.

use http::{HeaderMap, StatusCode};

use crate::frame::{write_field, write_text};

const GRPC: &[u8] = b"application/grpc";
const GRPC_STATUS: &[u8] = b"grpc-status";
const CONTENT_TYPE: &[u8] = b"content-type";

/// `:status 200`, of the static table.
const STATUS_OK: u8 = 0x88;
/// `:status`, to which a value is written.
const STATUS: u8 = 8;
/// `content-type`, which is added to the table with the value that follows.
const ADD_CONTENT_TYPE: u8 = 0x5f;
const ADD_FIELD: u8 = 0x40;
/// The field that was added last, and the one before it.
const LAST: u8 = 0xbe;
const BEFORE_LAST: u8 = 0xbf;
const EMPTY_TABLE: u8 = 0x20;

/// What the peer's table holds of our fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Empty,
    ContentType,
    Both,
    /// It is not used, since the peer keeps less than usual, which has been acknowledged or not.
    Unused {
        said: bool,
    },
}

/// Writes header blocks for one peer: what each answer has is added to its table, and from then on one
/// byte.
pub(super) struct AnswerHeads {
    table: Table,
}

impl AnswerHeads {
    pub(super) fn new() -> Self {
        Self {
            table: Table::Empty,
        }
    }

    /// The peer keeps less than usual.
    pub(super) fn forget(&mut self) {
        if !matches!(self.table, Table::Unused { .. }) {
            self.table = Table::Unused { said: false };
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if let Table::Unused { said: said @ false } = &mut self.table {
            out.push(EMPTY_TABLE);
            *said = true;
        }
    }

    /// The head of an answer of gRPC.
    pub(super) fn write_ok(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        out.push(STATUS_OK);
        match self.table {
            Table::Both => out.push(BEFORE_LAST),
            Table::ContentType => out.push(LAST),
            Table::Empty => {
                out.push(ADD_CONTENT_TYPE);
                write_text(out, GRPC);
                self.table = Table::ContentType;
            }
            Table::Unused { .. } => write_field(out, CONTENT_TYPE, GRPC),
        }
    }

    /// The trailers of an answer of gRPC that went well.
    pub(super) fn write_ok_trailers(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        match self.table {
            Table::Both => out.push(LAST),
            Table::ContentType => {
                out.push(ADD_FIELD);
                write_text(out, GRPC_STATUS);
                write_text(out, b"0");
                self.table = Table::Both;
            }
            Table::Empty | Table::Unused { .. } => write_field(out, GRPC_STATUS, b"0"),
        }
    }

    /// Any head.
    pub(super) fn write(&mut self, status: StatusCode, fields: &HeaderMap, out: &mut Vec<u8>) {
        self.begin(out);
        if status == StatusCode::OK {
            out.push(STATUS_OK);
        } else {
            out.push(STATUS);
            write_text(out, status.as_str().as_bytes());
        }
        write_fields(fields, out);
    }

    /// Any trailers.
    pub(super) fn write_trailers(&mut self, fields: &HeaderMap, out: &mut Vec<u8>) {
        self.begin(out);
        write_fields(fields, out);
    }
}

fn write_fields(fields: &HeaderMap, out: &mut Vec<u8>) {
    for (name, value) in fields {
        write_field(out, name.as_str().as_bytes(), value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{super::hpack::Decoder, *};

    /// A peer that reads blocks, in their order.
    struct Peer(Decoder);

    impl Peer {
        fn read(&mut self, block: Vec<u8>) -> Vec<(String, String)> {
            let fields = self.0.decode(&block.into(), 100_000).expect("a block");
            let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
            let list = fields.list.into_iter();
            list.map(|(name, value)| (text(name), text(value)))
                .collect()
        }
    }

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    const OK: [(&str, &str); 2] = [(":status", "200"), ("content-type", "application/grpc")];
    const OK_TRAILERS: [(&str, &str); 1] = [("grpc-status", "0")];

    #[test]
    fn every_answer_says_the_same_in_fewer_and_fewer_bytes() {
        let (mut heads, mut peer) = (AnswerHeads::new(), Peer(Decoder::new()));
        // Two heads before the first trailers, as where a window is closed.
        for _ in 0..2 {
            let head = written(|out| heads.write_ok(out));
            assert_eq!(peer.read(head), pairs(&OK));
        }
        for _ in 0..2 {
            let trailers = written(|out| heads.write_ok_trailers(out));
            assert_eq!(peer.read(trailers), pairs(&OK_TRAILERS));
            let head = written(|out| heads.write_ok(out));
            assert_eq!(head.len(), 2);
            assert_eq!(peer.read(head), pairs(&OK));
        }
        assert_eq!(written(|out| heads.write_ok_trailers(out)).len(), 1);
    }

    #[test]
    fn a_peer_that_keeps_less_is_told_that_nothing_is_expected_to_be_kept() {
        let (mut heads, mut peer) = (AnswerHeads::new(), Peer(Decoder::new()));
        peer.read(written(|out| heads.write_ok(out)));
        heads.forget();
        let trailers = written(|out| heads.write_ok_trailers(out));
        assert_eq!(trailers[0], EMPTY_TABLE);
        assert_eq!(peer.read(trailers), pairs(&OK_TRAILERS));
        let head = written(|out| heads.write_ok(out));
        assert_eq!(peer.read(head), pairs(&OK));
    }

    #[test]
    fn fields_of_any_length_are_read_back() {
        let (mut heads, mut peer) = (AnswerHeads::new(), Peer(Decoder::new()));
        for length in [0, 1, 126, 127, 128, 255, 300, 20_000] {
            let value = "v".repeat(length);
            let mut fields = HeaderMap::new();
            fields.insert("grpc-message", value.parse().expect("a value"));
            let head = written(|out| heads.write(StatusCode::IM_A_TEAPOT, &fields, out));
            let expected = pairs(&[(":status", "418"), ("grpc-message", &value)]);
            assert_eq!(peer.read(head), expected);
        }
    }
}
