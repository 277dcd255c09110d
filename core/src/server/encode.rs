//! Answers as bytes: what the broker is told, in the numbers it understands.

mod message;

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message as _;

use super::request::MESSAGE_PREFIX_BYTES;
use crate::{
    call::Answer,
    package::VerdictNumbers,
    proto,
    wire::{delimited_len, put_length},
};
use message::PatchedMessage;

// The keys of ValuedResponse's fields: their numbers, shifted by three, and their wire types.
const TYPE: u8 = 1 << 3;
const BOOL_RESULT: u8 = 3 << 3;
const MESSAGE: u8 = 4 << 3 | 2;

const STOP_AND_RETURN: u8 = 2;

static EMPTY: [u8; MESSAGE_PREFIX_BYTES] = [0; MESSAGE_PREFIX_BYTES];

/// By the number of IGNORE.
static IGNORED: [[u8; 7]; 2] = [ignored(0), ignored(1)];

/// By the number of the verdict, and whether the value is true.
static BOOLS: [[[u8; 9]; 2]; 3] = [
    [bool_result(0, 0), bool_result(0, 1)],
    [bool_result(1, 0), bool_result(1, 1)],
    [
        bool_result(STOP_AND_RETURN, 0),
        bool_result(STOP_AND_RETURN, 1),
    ],
];

/// What is answered when a request has no message.
static NO_MESSAGE: proto::Message = proto::Message {
    node: String::new(),
    id: String::new(),
    qos: 0,
    from: String::new(),
    topic: String::new(),
    payload: Bytes::new(),
    timestamp: 0,
    headers: BTreeMap::new(),
};

const fn ignored(number: u8) -> [u8; 7] {
    [0, 0, 0, 0, 2, TYPE, number]
}

const fn bool_result(number: u8, value: u8) -> [u8; 9] {
    // A no is written out: unset, it would be no value at all.
    [0, 0, 0, 0, 4, TYPE, number, BOOL_RESULT, value]
}

/// One uncompressed gRPC message: the prefix and the protobuf bytes of `answer`.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn encode_answer(answer: &Answer, numbers: VerdictNumbers) -> Bytes {
    let encoded = EncodedAnswer::new(answer, numbers);
    if let EncodedAnswer::Constant(bytes) = encoded {
        return Bytes::from_static(bytes);
    }
    let mut out = Vec::with_capacity(encoded.len());
    encoded.write(&mut out);
    debug_assert_eq!(out.len(), encoded.len());
    out.into()
}

/// An answer as an uncompressed gRPC message, measured, but not written.
pub(crate) enum EncodedAnswer<'answer> {
    /// These bytes, with their prefix.
    Constant(&'static [u8]),
    /// `STOP_AND_RETURN` with a message.
    Message(PatchedMessage<'answer>),
    /// The hooks wanted from the broker, and their length.
    Loaded(&'answer proto::LoadedResponse, usize),
}

impl<'answer> EncodedAnswer<'answer> {
    /// Measures `answer` for a broker that reads these numbers.
    pub(crate) fn new(answer: &'answer Answer, numbers: VerdictNumbers) -> Self {
        let (continue_number, ignore_number) = match numbers {
            VerdictNumbers::Current => (0, 1),
            VerdictNumbers::Swapped => (1, 0),
        };
        match answer {
            Answer::Empty => EncodedAnswer::Constant(&EMPTY),
            Answer::Ignore => EncodedAnswer::Constant(&IGNORED[ignore_number]),
            Answer::Bool { stop, value } => {
                let number = if *stop {
                    usize::from(STOP_AND_RETURN)
                } else {
                    continue_number
                };
                EncodedAnswer::Constant(&BOOLS[number][usize::from(*value)])
            }
            Answer::Message { request, patch } => {
                let message = request.message().unwrap_or(&NO_MESSAGE);
                EncodedAnswer::Message(PatchedMessage::new(message, patch))
            }
            Answer::Loaded(response) => EncodedAnswer::Loaded(response, response.encoded_len()),
        }
    }

    /// The bytes of the gRPC message, its prefix included.
    pub(crate) fn len(&self) -> usize {
        match self {
            EncodedAnswer::Constant(bytes) => bytes.len(),
            EncodedAnswer::Message(message) => MESSAGE_PREFIX_BYTES + valued_response_len(message),
            EncodedAnswer::Loaded(_, length) => MESSAGE_PREFIX_BYTES + length,
        }
    }

    /// Appends all of it.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        self.write_before_payload(out);
        if let Some(payload) = self.payload() {
            out.extend_from_slice(payload);
        }
        self.write_after_payload(out);
    }

    /// The payload of a message, which may be long: whoever can send it as it is, writes only what
    /// stands before and behind it.
    pub(crate) fn payload(&self) -> Option<&'answer Bytes> {
        match self {
            EncodedAnswer::Message(message) => Some(message.payload()),
            EncodedAnswer::Constant(_) | EncodedAnswer::Loaded(..) => None,
        }
    }

    /// Appends what stands before the payload: all of it, if there is none.
    pub(crate) fn write_before_payload(&self, out: &mut Vec<u8>) {
        match self {
            EncodedAnswer::Constant(bytes) => out.extend_from_slice(bytes),
            EncodedAnswer::Message(message) => {
                put_prefix(valued_response_len(message), out);
                out.extend_from_slice(&[TYPE, STOP_AND_RETURN]);
                put_length(MESSAGE, message.len(), out);
                message.write_before_payload(out);
            }
            EncodedAnswer::Loaded(response, length) => {
                put_prefix(*length, out);
                response
                    .encode(out)
                    .expect("a growing buffer has room for every message");
            }
        }
    }

    /// Appends what stands behind the payload.
    pub(crate) fn write_after_payload(&self, out: &mut Vec<u8>) {
        if let EncodedAnswer::Message(message) = self {
            message.write_after_payload(out);
        }
    }
}

fn valued_response_len(message: &PatchedMessage<'_>) -> usize {
    2 + delimited_len(message.len())
}

fn put_prefix(length: usize, out: &mut Vec<u8>) {
    out.push(0);
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
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
    use crate::{call::MessagePatch, hook::Request};

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
            headers in prop::collection::btree_map("[a-z_]{0,8}|allow_publish", ".{0,150}", 0..4),
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
            let frame = encode_answer(&answer, VerdictNumbers::Current);
            let expected = ValuedResponse {
                r#type: ResponsedType::StopAndReturn.into(),
                value: Some(Value::Message(expected)),
            };
            prop_assert_eq!(decode(&frame), expected.clone());
            prop_assert_eq!(&frame[5..], expected.encode_to_vec());
        }
    }
}
