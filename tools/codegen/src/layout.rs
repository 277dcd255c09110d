//! Where the fields of a message are in a burst, the memory in which calls are handed to Node.js.
//!
//! A message has a fixed number of words of 32 bits, its fields one after the other: what is
//! longer than its words lies elsewhere, and the words say where.

use crate::descriptors::{Field, FieldKind, Message, Protocol};

/// How many words a field takes.
pub(crate) fn words_of_field(field: &Field, protocol: &Protocol) -> usize {
    match &field.kind {
        FieldKind::Bool | FieldKind::Integer("u32") | FieldKind::Enum(..) => 1,
        // The lower and the upper half, or where it is and how long or how many.
        FieldKind::Integer(_)
        | FieldKind::Text
        | FieldKind::Bytes
        | FieldKind::TextMap
        | FieldKind::Messages(_) => 2,
        FieldKind::Message(name) => words_of(protocol.part(name), protocol),
        // One more to say whether it is there.
        FieldKind::OptionalMessage(name) => 1 + words_of(protocol.part(name), protocol),
    }
}

/// How many words a message takes.
pub(crate) fn words_of(message: &Message, protocol: &Protocol) -> usize {
    let fields = message.fields.iter();
    fields.map(|field| words_of_field(field, protocol)).sum()
}

/// The fields of a message, each with its first word.
pub(crate) fn placed<'protocol>(
    message: &'protocol Message,
    protocol: &'protocol Protocol,
) -> impl Iterator<Item = (&'protocol Field, usize)> {
    message.fields.iter().scan(0, |next, field| {
        let first = *next;
        *next += words_of_field(field, protocol);
        Some((field, first))
    })
}
