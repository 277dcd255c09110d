//! HPACK (RFC 7541): the fields of a header block.

mod huffman;
mod table;
#[cfg(all(test, not(exhook_loom)))]
mod tests_beside_loona;

use bytes::Bytes;
use table::{Table, size};

const INDEXED: u8 = 0x80;
const ADDED: u8 = 0x40;
const RESIZED: u8 = 0x20;
const HUFFMAN: u8 = 0x80;
/// More than any number here may be.
const MOST_NUMBER: usize = 1 << 24;

/// A field: its name and its value.
pub(super) type Field = (Bytes, Bytes);

/// A block that does not follow the rules: from then on the table is not what the peer takes it for,
/// and the connection cannot go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// What a block holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// In their order; only those that fit, where there are too many.
    pub(super) list: Vec<Field>,
    /// Whether they are more than may be.
    pub(super) is_too_large: bool,
    /// Whether the same bytes mean the same again.
    pub(super) is_lasting: bool,
}

/// Reads the header blocks of one connection, one after the other.
pub(super) struct Decoder {
    table: Table,
}

impl Decoder {
    pub(super) fn new() -> Self {
        Self {
            table: Table::new(),
        }
    }

    /// The fields of a whole block, of which `most` bytes are kept.
    pub(super) fn decode(&mut self, block: &Bytes, most: usize) -> Result<Fields, Malformed> {
        let mut fields = Fields {
            is_lasting: true,
            ..Fields::default()
        };
        let mut bytes = 0;
        let mut rest = Rest { block, at: 0 };
        while let Some(first) = rest.peek() {
            let field = if first & INDEXED != 0 {
                let number = rest.number(7)?;
                self.table.get(number).ok_or(Malformed)?
            } else if first & ADDED != 0 {
                fields.is_lasting = false;
                let field = self.literal(&mut rest, 6)?;
                self.table.add(field.clone());
                field
            } else if first & RESIZED != 0 {
                fields.is_lasting = false;
                let is_first = fields.list.is_empty() && !fields.is_too_large;
                if !is_first || !self.table.resize(rest.number(5)?) {
                    return Err(Malformed);
                }
                continue;
            } else {
                self.literal(&mut rest, 4)?
            };
            bytes += size(&field.0, &field.1);
            if bytes > most {
                fields.is_too_large = true;
            } else {
                fields.list.push(field);
            }
        }
        Ok(fields)
    }

    fn literal(&self, rest: &mut Rest<'_>, prefix: u8) -> Result<Field, Malformed> {
        let name = match rest.number(prefix)? {
            0 => rest.text()?,
            number => self.table.get(number).ok_or(Malformed)?.0,
        };
        Ok((name, rest.text()?))
    }
}

/// What is left of a block.
struct Rest<'block> {
    block: &'block Bytes,
    at: usize,
}

impl Rest<'_> {
    fn peek(&self) -> Option<u8> {
        self.block.get(self.at).copied()
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = self.peek().ok_or(Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number whose first part has `prefix` bits of the next byte.
    fn number(&mut self, prefix: u8) -> Result<usize, Malformed> {
        let mask = u8::MAX >> (8 - prefix);
        let mut number = usize::from(self.byte()? & mask);
        if number < usize::from(mask) {
            return Ok(number);
        }
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            number += usize::from(byte & 0x7f) << shift;
            if number > MOST_NUMBER {
                return Err(Malformed);
            }
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
            // No number that is allowed goes on for so long.
            if shift > 28 {
                return Err(Malformed);
            }
        }
    }

    fn text(&mut self) -> Result<Bytes, Malformed> {
        let is_huffman = self.peek().ok_or(Malformed)? & HUFFMAN != 0;
        let length = self.number(7)?;
        let end = self.at + length;
        let text = self.block.get(self.at..end).ok_or(Malformed)?;
        let text = if is_huffman {
            let mut decoded = Vec::with_capacity(length * 2);
            huffman::decode(text, &mut decoded).ok_or(Malformed)?;
            decoded.into()
        } else {
            self.block.slice(self.at..end)
        };
        self.at = end;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 16 * 1024;

    fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<(String, String)>, Malformed> {
        let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
        let fields = decoder.decode(&Bytes::copy_from_slice(block), MOST)?;
        let list = fields.list.into_iter();
        Ok(list
            .map(|(name, value)| (text(name), text(value)))
            .collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    /// RFC 7541, appendix C.4.
    #[test]
    fn fields_that_were_sent_before_are_named_by_number() {
        let mut decoder = Decoder::new();
        let first = [
            0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab,
            0x90, 0xf4, 0xff,
        ];
        let head = [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "www.example.com"),
        ];
        assert_eq!(decode(&mut decoder, &first), Ok(pairs(&head)));
        let second = [
            0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf,
        ];
        let head = [&head[..], &[("cache-control", "no-cache")]].concat();
        assert_eq!(decode(&mut decoder, &second), Ok(pairs(&head)));
    }

    #[test]
    fn only_blocks_that_change_nothing_mean_the_same_again() {
        let mut decoder = Decoder::new();
        let mut lasting = |block: &'static [u8]| {
            let fields = decoder.decode(&Bytes::from_static(block), MOST);
            fields.expect("a block").is_lasting
        };
        assert!(!lasting(b"\x40\x01a\x01b"));
        assert!(lasting(b"\xbe\x00\x01c\x01d\x10\x01e\x01f"));
        assert!(!lasting(b"\x20\x82"));
    }

    #[test]
    fn broken_blocks_are_refused() {
        for block in [
            &b"\x80"[..],
            b"\xbe",
            b"\x40\x05a",
            b"\x40",
            b"\x82\x20",
            b"\x3f\xe2\x1f",
            b"\xff\xff\xff\xff\xff\xff\xff\x7f",
            b"\x00\x81\x00\x01b",
        ] {
            let mut decoder = Decoder::new();
            assert_eq!(decode(&mut decoder, block), Err(Malformed), "{block:?}");
        }
    }

    #[test]
    fn of_too_many_fields_those_that_fit_are_kept_and_the_table_goes_on() {
        let mut decoder = Decoder::new();
        let block = Bytes::from_static(b"\x40\x01a\x01b\x40\x01c\x01d");
        let fields = decoder.decode(&block, 40).expect("a block");
        assert!(fields.is_too_large);
        assert_eq!(fields.list.len(), 1);
        assert_eq!(
            decode(&mut decoder, b"\xbe\xbf"),
            Ok(pairs(&[("c", "d"), ("a", "b")]))
        );
    }

    #[test]
    fn the_oldest_fields_make_room() {
        let mut decoder = Decoder::new();
        for number in 0..200_u8 {
            let block = [0x40, 2, b'n', number, 1, b'v'];
            decode(&mut decoder, &block).expect("a block");
        }
        // 4,096 bytes hold 117 entries of 35.
        assert!(decode(&mut decoder, &[0xff, 61 + 117 - 127]).is_ok());
        assert!(decode(&mut decoder, &[0xff, 61 + 118 - 127]).is_err());
        assert!(decode(&mut decoder, &[0x20, 0x82]).is_ok());
        assert!(decode(&mut decoder, &[0xbe]).is_err());
    }
}
