//! [`AnswerHeaders`]: what matters of the headers and trailers of answers.

use std::borrow::Cow;

use loona_hpack::Decoder;

/// As much as is announced.
const TABLE_BYTES: usize = 4_096;
/// How many blocks are remembered: those of one kind of answers, and some more.
const MOST_KNOWN: usize = 8;

/// What matters of a block of headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) http_status: Option<u16>,
    pub(super) grpc_status: Option<u32>,
    pub(super) grpc_message: Option<String>,
}

/// Reads the blocks of one connection, in their order.
pub(super) struct AnswerHeaders {
    decoder: Decoder<'static>,
    /// Blocks that are made of references only, and mean the same until something is added to the
    /// table that they refer to.
    known: Vec<(Vec<u8>, Fields)>,
    last: Fields,
}

impl AnswerHeaders {
    pub(super) fn new() -> Self {
        let mut decoder = Decoder::new();
        decoder.set_max_allowed_table_size(TABLE_BYTES);
        Self {
            decoder,
            known: Vec::new(),
            last: Fields::default(),
        }
    }

    /// The error says why no further block of the connection can be read.
    pub(super) fn read(&mut self, block: &[u8]) -> Result<&Fields, String> {
        if let Some(at) = self.known.iter().position(|(known, _)| known == block) {
            return Ok(&self.known[at].1);
        }
        let mut fields = Fields::default();
        self.decoder
            .decode_with_cb(block, |name: Cow<[u8]>, value: Cow<[u8]>| {
                fields.take(&name, &value);
            })
            .map_err(|error| format!("its headers cannot be read: {error:?}"))?;
        // A reference of one byte.
        if block.iter().all(|byte| (0x81..0xff).contains(byte)) {
            if self.known.len() < MOST_KNOWN {
                self.known.push((block.to_vec(), fields.clone()));
            }
        } else {
            self.known.clear();
        }
        self.last = fields;
        Ok(&self.last)
    }
}

impl Fields {
    fn take(&mut self, name: &[u8], value: &[u8]) {
        let text = || String::from_utf8_lossy(value);
        match name {
            b":status" => self.http_status = text().parse().ok(),
            b"grpc-status" if self.grpc_status.is_none() => {
                self.grpc_status = text().parse().ok();
            }
            b"grpc-message" if self.grpc_message.is_none() => {
                self.grpc_message = Some(text().into_owned());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `grpc-status: 0` or another digit, to be kept.
    fn kept(digit: u8) -> Vec<u8> {
        [&[0x40, 11][..], b"grpc-status", &[1, digit]].concat()
    }

    #[test]
    fn references_mean_what_the_table_says_at_their_time() {
        let mut headers = AnswerHeaders::new();
        let mut status = |block: &[u8]| headers.read(block).expect("headers").grpc_status;
        assert_eq!(status(&kept(b'0')), Some(0));
        assert_eq!(status(&[0xbe]), Some(0));
        assert_eq!(status(&[0xbe]), Some(0));
        assert_eq!(status(&kept(b'7')), Some(7));
        assert_eq!(status(&[0xbe]), Some(7));
        assert_eq!(status(&[0xbf]), Some(0));
        assert_eq!(status(&[0x88]), None);
        assert_eq!(
            headers.read(&[0x88]).expect("headers").http_status,
            Some(200)
        );
    }

    #[test]
    fn what_is_no_header_is_an_error() {
        let mut headers = AnswerHeaders::new();
        for block in [
            &[0xbe][..],
            &[0x40, 9, b'a'],
            &[0x3f, 0xff, 0xff, 0x7f, 0x88],
        ] {
            headers.read(block).expect_err("no headers");
        }
    }
}
