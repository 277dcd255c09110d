//! [`PatchedMessage`]: the message of a request as an answer changes it.

use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Unbounded},
};

use bytes::Bytes;

use crate::{
    call::{ALLOW_PUBLISH, MessagePatch},
    proto,
    wire::{delimited_len, put_delimited, put_length, put_varint, varint_len},
};

// The keys of Message's fields: their numbers, shifted by three, and their wire types.
const NODE: u8 = 1 << 3 | 2;
const ID: u8 = 2 << 3 | 2;
const QOS: u8 = 3 << 3;
const FROM: u8 = 4 << 3 | 2;
const TOPIC: u8 = 5 << 3 | 2;
const PAYLOAD: u8 = 6 << 3 | 2;
const TIMESTAMP: u8 = 7 << 3;
const HEADERS: u8 = 8 << 3 | 2;

// The keys of an entry of the headers.
const NAME: u8 = 1 << 3 | 2;
const VALUE: u8 = 2 << 3 | 2;

/// The fields of a message, borrowed from it or from its patch, and their length on the wire.
pub(crate) struct PatchedMessage<'message> {
    node: &'message str,
    id: &'message str,
    qos: u32,
    from: &'message str,
    topic: &'message str,
    payload: &'message Bytes,
    timestamp: u64,
    headers: &'message BTreeMap<String, String>,
    block: bool,
    length: usize,
}

impl<'message> PatchedMessage<'message> {
    pub(super) fn new(message: &'message proto::Message, patch: &'message MessagePatch) -> Self {
        let mut patched = Self {
            node: &message.node,
            id: &message.id,
            qos: patch.qos.unwrap_or(message.qos),
            from: &message.from,
            topic: patch.topic.as_ref().unwrap_or(&message.topic),
            payload: patch.payload.as_ref().unwrap_or(&message.payload),
            timestamp: message.timestamp,
            headers: &message.headers,
            block: patch.block,
            length: 0,
        };
        patched.length = patched.measure();
        patched
    }

    /// Bytes on the wire, without key and length of the message itself.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn payload(&self) -> &'message Bytes {
        self.payload
    }

    fn measure(&self) -> usize {
        let mut length = text_len(self.node)
            + text_len(self.id)
            + number_len(u64::from(self.qos))
            + text_len(self.from)
            + text_len(self.topic)
            + number_len(self.timestamp);
        if !self.payload.is_empty() {
            length += delimited_len(self.payload.len());
        }
        self.for_each_header(|name, value| {
            length += delimited_len(text_len(name) + text_len(value));
        });
        length
    }

    /// Appends what stands before the payload.
    pub(super) fn write_before_payload(&self, out: &mut Vec<u8>) {
        put_text(NODE, self.node, out);
        put_text(ID, self.id, out);
        put_number(QOS, u64::from(self.qos), out);
        put_text(FROM, self.from, out);
        put_text(TOPIC, self.topic, out);
        if !self.payload.is_empty() {
            put_length(PAYLOAD, self.payload.len(), out);
        }
    }

    /// Appends what stands behind the payload.
    pub(super) fn write_after_payload(&self, out: &mut Vec<u8>) {
        put_number(TIMESTAMP, self.timestamp, out);
        self.for_each_header(|name, value| {
            put_length(HEADERS, text_len(name) + text_len(value), out);
            put_text(NAME, name, out);
            put_text(VALUE, value, out);
        });
    }

    /// The headers in their order, with the one that blocks the message if it is blocked.
    fn for_each_header(&self, mut each: impl FnMut(&str, &str)) {
        if !self.block {
            for (name, value) in self.headers {
                each(name, value);
            }
            return;
        }
        let before = (Unbounded, Excluded(ALLOW_PUBLISH));
        for (name, value) in self.headers.range::<str, _>(before) {
            each(name, value);
        }
        each(ALLOW_PUBLISH, "false");
        let after = (Excluded(ALLOW_PUBLISH), Unbounded);
        for (name, value) in self.headers.range::<str, _>(after) {
            each(name, value);
        }
    }
}

// What is empty or 0 is not written.

fn text_len(text: &str) -> usize {
    if text.is_empty() {
        0
    } else {
        delimited_len(text.len())
    }
}

fn put_text(key: u8, text: &str, out: &mut Vec<u8>) {
    if !text.is_empty() {
        put_delimited(key, text.as_bytes(), out);
    }
}

fn number_len(number: u64) -> usize {
    if number == 0 {
        0
    } else {
        1 + varint_len(number)
    }
}

fn put_number(key: u8, number: u64, out: &mut Vec<u8>) {
    if number != 0 {
        out.push(key);
        put_varint(number, out);
    }
}
