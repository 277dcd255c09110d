//! Requests made field by field from the descriptors, right and wrong, are decoded as by prost.

use std::collections::BTreeMap;

use proptest::prelude::*;
use prost::encoding::{encode_varint, encoded_len_varint};
use prost_types::{
    DescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    field_descriptor_proto::Type,
};

use super::*;
use crate::proto::{self, v3};

type Descriptors = BTreeMap<String, DescriptorProto>;

fn files() -> Vec<FileDescriptorProto> {
    FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET)
        .expect("descriptors")
        .file
}

/// Package, name and request of every rpc.
fn rpcs() -> Vec<(String, String, String)> {
    let names = |file: &FileDescriptorProto, rpc: &MethodDescriptorProto| {
        let names = [file.package(), rpc.name(), rpc.input_type()];
        names.map(str::to_owned).into()
    };
    files()
        .iter()
        .flat_map(|file| file.service.iter().map(move |service| (file, service)))
        .flat_map(|(file, service)| service.method.iter().map(move |rpc| names(file, rpc)))
        .collect()
}

/// All messages, by the name that fields call them.
fn descriptors() -> Descriptors {
    let mut all = Descriptors::new();
    for file in files() {
        for message in &file.message_type {
            let name = format!(".{}.{}", file.package(), message.name());
            for nested in &message.nested_type {
                all.insert(format!("{name}.{}", nested.name()), nested.clone());
            }
            all.insert(name, message.clone());
        }
    }
    all
}

/// Writes messages of a type as random bytes decide.
struct Writer<'test> {
    descriptors: &'test Descriptors,
    decisions: std::slice::Iter<'test, u8>,
    /// Whether there may be what no broker sends.
    odd: bool,
}

impl Writer<'_> {
    /// A number below `bound`; 0 once all decisions are made.
    fn choose(&mut self, bound: u8) -> u8 {
        self.decisions.next().map_or(0, |decision| decision % bound)
    }

    /// Once in a while, if there may be anything odd.
    fn seldom(&mut self) -> bool {
        self.odd && self.choose(16) == 15
    }

    fn message(&mut self, name: &str) -> Vec<u8> {
        let message = &self.descriptors[name];
        let mut bytes = Vec::new();
        while self.choose(8) != 0 {
            if message.field.is_empty() || self.seldom() {
                self.unknown_field(&mut bytes);
                continue;
            }
            let field = &message.field[usize::from(self.choose(32)) % message.field.len()];
            let content = match field.r#type() {
                Type::Message => Some(self.message(field.type_name())),
                Type::String => Some(self.text()),
                Type::Bytes => Some(vec![0xfe; usize::from(self.choose(200))]),
                _ => None,
            };
            let mut wire_type = if content.is_some() { 2 } else { 0 };
            if self.seldom() {
                wire_type = u64::from(self.choose(8));
            }
            let number = u64::try_from(field.number()).expect("a field number");
            self.varint(number << 3 | wire_type, &mut bytes);
            match content {
                Some(content) => self.delimited(&content, &mut bytes),
                None => self.number(&mut bytes),
            }
        }
        bytes
    }

    fn text(&mut self) -> Vec<u8> {
        let length = usize::from(self.choose(160));
        let mut text = ["x".repeat(length), "é𝄞".repeat(length % 20)][usize::from(self.choose(2))]
            .clone()
            .into_bytes();
        if self.seldom() {
            text.push(0xc3);
        }
        text
    }

    fn number(&mut self, bytes: &mut Vec<u8>) {
        let shift = u32::from(self.choose(64));
        let number = (u64::MAX >> shift).wrapping_add(u64::from(self.choose(3)));
        self.varint(number, bytes);
    }

    fn delimited(&mut self, content: &[u8], bytes: &mut Vec<u8>) {
        let mut length = content.len() as u64;
        if self.seldom() {
            length = [length + 1, length.saturating_sub(1), u64::MAX][usize::from(self.choose(3))];
        }
        self.varint(length, bytes);
        bytes.extend_from_slice(content);
    }

    /// A number, sometimes longer than it need be, or than it may be.
    fn varint(&mut self, value: u64, bytes: &mut Vec<u8>) {
        encode_varint(value, bytes);
        if self.seldom() {
            let more = usize::from(self.choose(11)).saturating_sub(encoded_len_varint(value));
            *bytes.last_mut().expect("a varint") |= 0x80;
            bytes.resize(bytes.len() + more, 0x80);
            bytes.push(self.choose(3));
        }
    }

    fn unknown_field(&mut self, bytes: &mut Vec<u8>) {
        let number = [0, 2, 14, 20, 3_000, (1 << 29) - 1, 1 << 29][usize::from(self.choose(7))];
        let wire_type = self.choose(8);
        self.varint(number << 3 | u64::from(wire_type), bytes);
        match wire_type {
            0 => self.number(bytes),
            1 => bytes.extend_from_slice(&[0xff; 8]),
            2 => self.delimited(b"unknown", bytes),
            3 => {
                for _ in 0..self.choose(3) {
                    self.unknown_field(bytes);
                }
                let end = if self.seldom() { number + 1 } else { number };
                encode_varint(end << 3 | 4, bytes);
            }
            5 => bytes.extend_from_slice(&[0xff; 4]),
            _ => {}
        }
    }
}

fn written(descriptors: &Descriptors, name: &str, decisions: &[u8], odd: bool) -> Vec<u8> {
    Writer {
        descriptors,
        decisions: decisions.iter(),
        odd,
    }
    .message(name)
}

fn decisions() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..400)
}

proptest! {
    #[test]
    fn whatever_a_request_holds_is_decoded_as_by_prost(
        first in decisions(),
        second in decisions(),
        odd: bool,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let descriptors = descriptors();
        for (package, rpc, request) in rpcs() {
            let compare = |bytes: &[u8]| {
                let body = Bytes::copy_from_slice(bytes);
                assert!(compare_with_prost(&package, &rpc, &body));
            };
            let mut bytes = written(&descriptors, &request, &first, odd);
            // Fields that come twice are merged, or replaced.
            bytes.extend(written(&descriptors, &request, &second, odd));
            compare(&bytes);
            if bytes.is_empty() {
                continue;
            }
            for (place, byte) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            compare(&bytes);
        }
    }

    #[test]
    fn what_brokers_send_is_not_left_to_prost(decisions in decisions()) {
        let name = ".emqx.exhook.v3.MessagePublishRequest";
        let bytes = Bytes::from(written(&descriptors(), name, &decisions, false));
        let mut request = v3::MessagePublishRequest::default();
        prop_assert!(Reader::new(&bytes).fields(&mut request).is_ok());
    }
}

#[test]
fn a_payload_is_a_view_into_the_request() {
    let message = v3::Message {
        payload: vec![7; 100].into(),
        ..v3::Message::default()
    };
    let request = v3::MessagePublishRequest {
        message: Some(message),
        ..v3::MessagePublishRequest::default()
    };
    let body = Bytes::from(request.encode_to_vec());
    let decoded: v3::MessagePublishRequest = decode(body.clone()).expect("a request");
    let payload = decoded.message.expect("a message").payload;
    assert!(body.as_ptr_range().contains(&payload.as_ptr()));
}

#[test]
fn numbers_of_any_length_are_decoded_as_by_prost() {
    for (length, fill, last) in (0..12)
        .flat_map(|length| [0x80, 0xff].map(|fill| (length, fill)))
        .flat_map(|(length, fill)| [0, 1, 2, 0x7f, 0x80].map(|last| (length, fill, last)))
    {
        let number = [vec![fill; length], vec![last]].concat();
        let timestamp = [&[7 << 3], &number[..]].concat();
        let key = [&number[..], b"\x01x"].concat();
        let text = [&[1 << 3 | 2], &number[..], b"x"].concat();
        for message in [timestamp, key, text] {
            let inner = u8::try_from(message.len()).expect("a short message");
            let request = [&[1 << 3 | 2, inner], &message[..]].concat();
            assert!(compare_with_prost(
                "emqx.exhook.v3",
                "OnMessagePublish",
                &request.into()
            ));
        }
    }
}
