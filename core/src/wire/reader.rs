//! [`Reader`]: protobuf's wire format on a slice.

use std::{collections::BTreeMap, mem, str};

use bytes::Bytes;

use super::DecodeFields;

/// The bytes are not what is expected, or what only prost decodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

const VARINT: u32 = 0;
const SIXTY_FOUR_BIT: u32 = 1;
const LENGTH_DELIMITED: u32 = 2;
const THIRTY_TWO_BIT: u32 = 5;

/// How many bytes are looked at to find the texts that follow: most requests are shorter, and a
/// payload should not be read.
const CHECKED_AHEAD: usize = 256;

/// A message, and the place that is read.
pub(crate) struct Reader<'body> {
    body: &'body Bytes,
    /// What is left of the message, or of the one inside it that is being read.
    rest: &'body [u8],
    /// A part of the body that is UTF-8.
    checked: &'body str,
}

impl<'body> Reader<'body> {
    /// Reads the message that `body` is.
    pub(super) fn new(body: &'body Bytes) -> Self {
        Self {
            body,
            rest: body,
            checked: "",
        }
    }

    /// Reads all fields that are left, into `message`.
    #[inline]
    pub(super) fn fields<M: DecodeFields>(&mut self, message: &mut M) -> Result<(), Malformed> {
        while !self.rest.is_empty() {
            let key = self.key()?;
            message.decode_field(key, self)?;
        }
        Ok(())
    }

    /// The number of the next field, shifted by three, and its wire type.
    #[inline]
    fn key(&mut self) -> Result<u32, Malformed> {
        u32::try_from(self.varint()?).map_err(|_| Malformed)
    }

    /// A number of up to 64 bits.
    #[inline]
    pub(super) fn varint(&mut self) -> Result<u64, Malformed> {
        match self.rest {
            [byte @ ..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for (position, &byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (position * 7);
            if byte < 0x80 {
                // Of the tenth byte there is room for one bit.
                if position == 9 && byte > 1 {
                    return Err(Malformed);
                }
                self.rest = &self.rest[position + 1..];
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    /// What is behind a length.
    #[inline]
    fn delimited(&mut self) -> Result<&'body [u8], Malformed> {
        let length = usize::try_from(self.varint()?).map_err(|_| Malformed)?;
        self.take(length)
    }

    #[inline]
    fn take(&mut self, length: usize) -> Result<&'body [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    pub(super) fn string(&mut self, field: &mut String) -> Result<(), Malformed> {
        let bytes = self.delimited()?;
        let text = match self.checked_text(bytes) {
            Some(text) => text,
            None => self.check(bytes)?,
        };
        *field = String::from(text);
        Ok(())
    }

    /// These bytes of the body as text, if they have been checked.
    #[inline]
    fn checked_text(&self, bytes: &[u8]) -> Option<&'body str> {
        let start = offset(self.checked.as_bytes(), bytes);
        self.checked.get(start..start.checked_add(bytes.len())?)
    }

    /// Checks these bytes of the body, and together with them what follows: between the texts stand
    /// keys and short lengths, which are ASCII.
    fn check(&mut self, bytes: &'body [u8]) -> Result<&'body str, Malformed> {
        if bytes.is_empty() {
            return Ok("");
        }
        let unchecked = &self.body[offset(self.body, bytes)..];
        let length = bytes.len().max(CHECKED_AHEAD).min(unchecked.len());
        let mut ahead = &unchecked[..length];
        if let Err(error) = str::from_utf8(ahead) {
            ahead = &ahead[..error.valid_up_to()];
        }
        self.checked = str::from_utf8(ahead).map_err(|_| Malformed)?;
        self.checked.get(..bytes.len()).ok_or(Malformed)
    }

    /// A view into the body.
    pub(super) fn bytes(&mut self, field: &mut Bytes) -> Result<(), Malformed> {
        *field = self.body.slice_ref(self.delimited()?);
        Ok(())
    }

    /// A message, whose fields are added to those of an earlier one.
    #[inline]
    pub(super) fn message<M: DecodeFields>(&mut self, field: &mut M) -> Result<(), Malformed> {
        let inner = self.delimited()?;
        let outer = mem::replace(&mut self.rest, inner);
        self.fields(field)?;
        self.rest = outer;
        Ok(())
    }

    pub(super) fn repeated_message<M: DecodeFields>(
        &mut self,
        field: &mut Vec<M>,
    ) -> Result<(), Malformed> {
        let mut message = M::default();
        self.message(&mut message)?;
        field.push(message);
        Ok(())
    }

    pub(super) fn map_entry(
        &mut self,
        field: &mut BTreeMap<String, String>,
    ) -> Result<(), Malformed> {
        let mut entry = MapEntry::default();
        self.message(&mut entry)?;
        field.insert(entry.name, entry.value);
        Ok(())
    }

    /// Passes over a field that its message does not have. Groups are left to prost.
    #[cold]
    pub(super) fn skip(&mut self, key: u32) -> Result<(), Malformed> {
        match key & 7 {
            // There is no field 0.
            _ if key < 8 => Err(Malformed),
            VARINT => self.varint().map(drop),
            SIXTY_FOUR_BIT => self.take(8).map(drop),
            LENGTH_DELIMITED => self.delimited().map(drop),
            THIRTY_TWO_BIT => self.take(4).map(drop),
            _ => Err(Malformed),
        }
    }
}

/// How far `part` begins behind the start of `whole`; beyond its end if it is no part of it.
#[inline]
fn offset(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr())
}

/// What a map of texts has on the wire for each of them.
#[derive(Default)]
struct MapEntry {
    name: String,
    value: String,
}

impl DecodeFields for MapEntry {
    #[inline]
    fn decode_field(&mut self, key: u32, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        const NAME: u32 = 1 << 3 | LENGTH_DELIMITED;
        const VALUE: u32 = 2 << 3 | LENGTH_DELIMITED;
        match key {
            NAME => reader.string(&mut self.name),
            VALUE => reader.string(&mut self.value),
            _ if matches!(key >> 3, 1 | 2) => Err(Malformed),
            _ => reader.skip(key),
        }
    }
}
