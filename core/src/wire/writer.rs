//! Protobuf's wire format, appended to a vector.

/// How many bytes [`put_varint`] appends.
pub(crate) const fn varint_len(value: u64) -> usize {
    let bits = u64::BITS - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// Appends a number.
#[inline]
pub(crate) fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// How many bytes [`put_delimited`] appends for so many of content, in a field whose key is one.
pub(crate) const fn delimited_len(content: usize) -> usize {
    1 + varint_len(content as u64) + content
}

/// Appends a field of one byte's key, the length of its content, and the content.
#[inline]
pub(crate) fn put_delimited(key: u8, content: &[u8], out: &mut Vec<u8>) {
    put_length(key, content.len(), out);
    out.extend_from_slice(content);
}

/// What [`put_delimited`] appends before the content.
#[inline]
pub(crate) fn put_length(key: u8, length: usize, out: &mut Vec<u8>) {
    match u8::try_from(length) {
        Ok(length @ ..0x80) => out.extend_from_slice(&[key, length]),
        _ => {
            out.push(key);
            put_varint(length as u64, out);
        }
    }
}
