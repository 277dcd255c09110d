//! [`Sample`]: a request in which every field has a value that follows from its path.
//!
//! `support/sample.c` computes the same values, to check what the library reads.

use crate::{
    encode::{Value, Values},
    fields::{Content, Label},
};

/// Texts are their path; bytes are the path, a NUL and the path again; numbers are its FNV-1a
/// hash, which is made odd so that none is 0; bools are true, enums their last value. Lists have
/// three entries, maps two.
pub(crate) struct Sample;

impl Values for Sample {
    fn value(&self, path: &str, content: &Content) -> Option<Value> {
        Some(match content {
            Content::Text => Value::Bytes(path.as_bytes().to_vec()),
            Content::Bytes => Value::Bytes([path.as_bytes(), b"\0", path.as_bytes()].concat()),
            Content::Bool => Value::Number(1),
            Content::Number32 => Value::Number(u64::from(hash_32(path))),
            Content::Number64 => Value::Number(hash_63(path)),
            Content::Enum(last) => Value::Number(*last),
            Content::Message(_) => return None,
        })
    }

    fn entries(&self, _path: &str, label: Label) -> usize {
        match label {
            Label::Single => 1,
            Label::Repeated => 3,
            Label::Map => 2,
        }
    }
}

/// The 32-bit FNV-1a hash of a path, odd.
fn hash_32(path: &str) -> u32 {
    let hash = path.bytes().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash | 1
}

/// The 64-bit FNV-1a hash of a path, odd, and without its highest bit: it suits `int64` too.
fn hash_63(path: &str) -> u64 {
    let hash = path.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash & (u64::MAX >> 1)) | 1
}

#[cfg(test)]
mod tests {
    use exhook::{Hook, Package, proto};

    use super::*;
    use crate::encode;

    #[test]
    fn hashes_are_those_of_fnv_1a() {
        assert_eq!(hash_32("a"), 0xe40c_292d);
        assert_eq!(hash_63("a"), 0x2f63_dc4c_8601_ec8d);
    }

    #[test]
    fn every_hook_has_a_sample() {
        for hook in Hook::ALL {
            let sample = encode::message(Package::V3, hook.request_name(), &Sample);
            let text = String::from_utf8_lossy(&sample).into_owned();
            assert!(text.contains("meta.cluster_name"), "{hook}: {text}");
        }
    }

    #[test]
    fn lists_and_maps_have_their_index_in_the_path() {
        let sample = encode::message(Package::V3, "MessagePublishRequest", &Sample);
        let request: proto::MessagePublishRequest = decoded(&sample);
        assert_eq!(request.props[2].value, "props[2].value");
        let message = request.message.expect("it is there");
        assert_eq!(message.payload, &b"message.payload\0message.payload"[..]);
        assert_eq!(
            message.headers["message.headers[1].name"],
            "message.headers[1].value"
        );
        assert_eq!(message.qos, hash_32("message.qos"));
    }

    fn decoded<M: prost::Message + Default>(bytes: &[u8]) -> M {
        M::decode(bytes).expect("what was written can be read")
    }
}
