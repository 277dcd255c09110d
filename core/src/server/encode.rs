//! Answers as bytes: what the broker is told, in the numbers it understands.

use bytes::{BufMut, Bytes, BytesMut};
use prost::{
    Message as _,
    encoding::{self, WireType},
};
use std::{borrow::Cow, collections::BTreeMap};

use super::request::MESSAGE_PREFIX_BYTES;
use crate::{
    call::{ALLOW_PUBLISH, Answer, MessagePatch},
    package::VerdictNumbers,
    proto,
};

// The fields of ValuedResponse.
const TYPE: u32 = 1;
const BOOL_RESULT: u32 = 3;
const MESSAGE: u32 = 4;

const STOP_AND_RETURN: u64 = 2;

/// One uncompressed gRPC message: the prefix and the protobuf bytes of `answer`.
pub(crate) fn encode_answer(answer: &Answer, numbers: VerdictNumbers) -> Bytes {
    let (continue_number, ignore_number) = match numbers {
        VerdictNumbers::Current => (0, 1),
        VerdictNumbers::Swapped => (1, 0),
    };
    match answer {
        Answer::Empty => Bytes::from_static(&[0; MESSAGE_PREFIX_BYTES]),
        Answer::Ignore => framed(2, |buffer| put_varint_field(TYPE, ignore_number, buffer)),
        Answer::Bool { stop, value } => {
            let number = if *stop {
                STOP_AND_RETURN
            } else {
                continue_number
            };
            framed(4, |buffer| {
                put_varint_field(TYPE, number, buffer);
                put_varint_field(BOOL_RESULT, u64::from(*value), buffer);
            })
        }
        Answer::Message { request, patch } => {
            let empty = proto::Message::default();
            encode_message(request.message().unwrap_or(&empty), patch)
        }
        Answer::Loaded(response) => framed(response.encoded_len(), |buffer| {
            response
                .encode(buffer)
                .expect("a growing buffer has room for every message");
        }),
    }
}

fn framed(length: usize, write: impl FnOnce(&mut BytesMut)) -> Bytes {
    let mut buffer = BytesMut::with_capacity(MESSAGE_PREFIX_BYTES + length);
    buffer.put_u8(0);
    buffer.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    write(&mut buffer);
    debug_assert_eq!(buffer.len(), MESSAGE_PREFIX_BYTES + length);
    buffer.freeze()
}

fn put_varint_field(tag: u32, value: u64, buffer: &mut BytesMut) {
    encoding::encode_key(tag, WireType::Varint, buffer);
    encoding::encode_varint(value, buffer);
}

/// `STOP_AND_RETURN` with `message` as `patch` changes it, written without copying the message
/// first.
fn encode_message(message: &proto::Message, patch: &MessagePatch) -> Bytes {
    let patched = PatchedMessage::new(message, patch);
    let inner = patched.encoded_len();
    let outer = 2 + encoding::key_len(MESSAGE) + encoding::encoded_len_varint(inner as u64) + inner;
    framed(outer, |buffer| {
        put_varint_field(TYPE, STOP_AND_RETURN, buffer);
        encoding::encode_key(MESSAGE, WireType::LengthDelimited, buffer);
        encoding::encode_varint(inner as u64, buffer);
        patched.encode(buffer);
    })
}

/// The fields of a message, borrowed from it or from its patch.
struct PatchedMessage<'message> {
    node: &'message String,
    id: &'message String,
    qos: u32,
    from: &'message String,
    topic: &'message String,
    payload: &'message Bytes,
    timestamp: u64,
    headers: Cow<'message, BTreeMap<String, String>>,
}

/// Calls a macro for each field of `Message`: its number, its type and its name.
macro_rules! for_each_field {
    ($each:ident, $message:expr, $($argument:expr),*) => {
        $each!(1, string, $message.node, String::is_empty, $($argument),*);
        $each!(2, string, $message.id, String::is_empty, $($argument),*);
        $each!(3, uint32, &$message.qos, is_zero, $($argument),*);
        $each!(4, string, $message.from, String::is_empty, $($argument),*);
        $each!(5, string, $message.topic, String::is_empty, $($argument),*);
        $each!(6, bytes, $message.payload, Bytes::is_empty, $($argument),*);
        $each!(7, uint64, &$message.timestamp, is_zero, $($argument),*);
    };
}

const HEADERS: u32 = 8;

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl<'message> PatchedMessage<'message> {
    fn new(message: &'message proto::Message, patch: &'message MessagePatch) -> Self {
        let mut headers = Cow::Borrowed(&message.headers);
        if patch.block {
            headers
                .to_mut()
                .insert(ALLOW_PUBLISH.to_owned(), "false".to_owned());
        }
        Self {
            node: &message.node,
            id: &message.id,
            qos: patch.qos.unwrap_or(message.qos),
            from: &message.from,
            topic: patch.topic.as_ref().unwrap_or(&message.topic),
            payload: patch.payload.as_ref().unwrap_or(&message.payload),
            timestamp: message.timestamp,
            headers,
        }
    }

    fn encoded_len(&self) -> usize {
        let mut length = encoding::btree_map::encoded_len(
            encoding::string::encoded_len,
            encoding::string::encoded_len,
            HEADERS,
            &self.headers,
        );
        macro_rules! add {
            ($tag:expr, $kind:ident, $value:expr, $is_default:path, $length:expr) => {
                if !$is_default($value) {
                    $length += encoding::$kind::encoded_len($tag, $value);
                }
            };
        }
        for_each_field!(add, self, length);
        length
    }

    fn encode(&self, buffer: &mut BytesMut) {
        macro_rules! put {
            ($tag:expr, $kind:ident, $value:expr, $is_default:path, $buffer:expr) => {
                if !$is_default($value) {
                    encoding::$kind::encode($tag, $value, $buffer);
                }
            };
        }
        for_each_field!(put, self, buffer);
        encoding::btree_map::encode(
            encoding::string::encode,
            encoding::string::encoded_len,
            encoding::string::encode,
            encoding::string::encoded_len,
            HEADERS,
            &self.headers,
            buffer,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use proto::{
        ValuedResponse,
        valued_response::{ResponsedType, Value},
    };

    use super::*;
    use crate::hook::Request;

    fn decode(frame: &Bytes) -> ValuedResponse {
        assert_eq!(frame[0], 0, "never compressed");
        let length = u32::from_be_bytes(frame[1..5].try_into().expect("four bytes"));
        assert_eq!(length as usize, frame.len() - 5);
        ValuedResponse::decode(frame.slice(5..)).expect("a ValuedResponse")
    }

    #[test]
    fn verdicts_have_the_numbers_of_the_broker_that_asks() {
        let bool_answer = |stop, value| Answer::Bool { stop, value };
        let number = |answer: &Answer, numbers| decode(&encode_answer(answer, numbers)).r#type;
        assert_eq!(number(&Answer::Ignore, VerdictNumbers::Current), 1);
        assert_eq!(
            number(&bool_answer(false, true), VerdictNumbers::Current),
            0
        );
        assert_eq!(number(&Answer::Ignore, VerdictNumbers::Swapped), 0);
        assert_eq!(
            number(&bool_answer(false, true), VerdictNumbers::Swapped),
            1
        );
        for numbers in [VerdictNumbers::Current, VerdictNumbers::Swapped] {
            assert_eq!(number(&bool_answer(true, false), numbers), 2);
        }
    }

    #[test]
    fn a_no_is_written_out_and_not_left_unset() {
        for stop in [true, false] {
            let answer = Answer::Bool { stop, value: false };
            let response = decode(&encode_answer(&answer, VerdictNumbers::Current));
            assert_eq!(response.value, Some(Value::BoolResult(false)));
        }
    }

    proptest! {
        #[test]
        fn a_patched_message_is_what_applying_the_patch_makes(
            texts in prop::collection::vec(".{0,20}", 4),
            qos in 0_u32..4,
            timestamp: u64,
            payload: Vec<u8>,
            headers in prop::collection::btree_map("[a-z_]{0,8}", ".{0,8}", 0..4),
            topic in prop::option::of("[a-z/]{1,20}"),
            new_qos in prop::option::of(0_u32..3),
            new_payload in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
            block: bool,
        ) {
            let message = proto::Message {
                node: texts[0].clone(),
                id: texts[1].clone(),
                qos,
                from: texts[2].clone(),
                topic: texts[3].clone(),
                payload: payload.into(),
                timestamp,
                headers,
            };
            let patch = MessagePatch {
                topic,
                qos: new_qos,
                payload: new_payload.map(Into::into),
                block,
            };
            let mut expected = message.clone();
            patch.apply_to(&mut expected);
            let answer = Answer::Message {
                request: Arc::new(Request::MessagePublish(proto::MessagePublishRequest {
                    message: Some(message),
                    ..proto::MessagePublishRequest::default()
                })),
                patch,
            };
            let response = decode(&encode_answer(&answer, VerdictNumbers::Current));
            prop_assert_eq!(response.r#type(), ResponsedType::StopAndReturn);
            prop_assert_eq!(response.value, Some(Value::Message(expected)));
        }
    }
}
