//! What fuzz targets run: each takes any bytes, and panics only if the crate is wrong.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use crate::{
    call::{Answer, MessagePatch},
    hook::{Hook, Request},
    package::{self, Package, VerdictNumbers},
    proto::{self, valued_response::Value},
    server::{encode_answer, fuzz_http2},
    wire,
};

/// Decodes the bytes behind the first two as a request of the package and hook that those name, to
/// what prost makes of them. What can be decoded, means the same once it is encoded in the types of
/// v3.
///
/// # Panics
///
/// When it does not.
pub fn decode_request(data: &[u8]) {
    let [package, hook, body @ ..] = data else {
        return;
    };
    let package = Package::ALL[usize::from(*package) % Package::ALL.len()];
    let hook = Hook::ALL[usize::from(*hook) % Hook::COUNT];
    let body = Bytes::copy_from_slice(body);
    wire::compare_with_prost(package.name(), hook.rpc_in(package), &body);
    let Ok(request) = package::decode(package, hook, body) else {
        return;
    };
    let encoded = Bytes::from(request.encode_to_vec());
    let again = Request::decode(hook, encoded).expect("our own encoding can be decoded");
    assert_eq!(again, request);
    let shown = format!("{request:?}");
    if let Some(clientinfo) = request.clientinfo()
        && clientinfo.password.len() > 8
    {
        assert!(!shown.contains(&format!("{:?}", clientinfo.password)));
    }
}

/// Answers a publish request, decoded from the bytes, with a patch that is made of the bytes too.
/// A patch that is accepted gives an answer that a broker decodes to the patched message.
///
/// # Panics
///
/// When it does not.
pub fn answer_publish(data: &[u8]) {
    let [flags, topic_bytes, rest @ ..] = data else {
        return;
    };
    let (topic, rest) = rest.split_at(usize::from(*topic_bytes).min(rest.len()));
    let Ok(message) = proto::Message::decode(rest) else {
        return;
    };
    let patch = MessagePatch {
        topic: (flags & 1 != 0).then(|| String::from_utf8_lossy(topic).into_owned()),
        qos: (flags & 2 != 0).then(|| u32::from(flags >> 5)),
        payload: (flags & 4 != 0).then(|| Bytes::copy_from_slice(rest)),
        block: flags & 8 != 0,
    };
    if patch.validate().is_err() {
        return;
    }
    let mut expected = message.clone();
    patch.apply_to(&mut expected);
    assert!(patch.topic.is_none() || !expected.topic.contains(['+', '#']));
    let request = Arc::new(Request::MessagePublish(proto::MessagePublishRequest {
        message: Some(message),
        ..proto::MessagePublishRequest::default()
    }));
    let frame = encode_answer(&Answer::Message { request, patch }, VerdictNumbers::Current);
    let response = proto::ValuedResponse::decode(frame.slice(5..)).expect("a ValuedResponse");
    assert_eq!(response.value, Some(Value::Message(expected)));
}

/// Feeds a connection the bytes behind the first eight as what its peer sends; those choose how they
/// are cut, and when requests are answered with what. What the server writes is read back.
///
/// # Panics
///
/// When that is no HTTP/2, more than was asked for, or when anything is left of streams that ended.
pub fn http2(data: &[u8]) {
    fuzz_http2(data);
}
