//! Blanking secrets in recorded messages.

use std::ops::Range;

use clap::ValueEnum;
use exhook::{Hook, Request};

const BLANK: u8 = b'*';

/// What can be kept out of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Secret {
    /// The passwords of MQTT clients
    Passwords,
    /// The payloads of MQTT messages, in calls and in answers
    Payloads,
}

impl Secret {
    /// As it stands on the command line, and in recordings.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Secret::Passwords => "passwords",
            Secret::Payloads => "payloads",
        }
    }
}

// Where they are has never changed.
const CLIENTINFO_PASSWORD: u64 = 4;
const MESSAGE_PAYLOAD: u64 = 6;
const ANSWER_MESSAGE: u64 = 4;

/// Blanks the secrets of a request, which can be decoded as `decoded`.
///
/// Bytes are overwritten where they stand: lengths stay, and so does everything else, also what
/// only older or newer packages know.
pub(super) fn redact_request(secrets: &[Secret], decoded: &Request, request: &mut [u8]) {
    let has_clientinfo = decoded.clientinfo().is_some();
    if secrets.contains(&Secret::Passwords) && has_clientinfo {
        blank(request, &[1, CLIENTINFO_PASSWORD]);
    }
    if secrets.contains(&Secret::Payloads) && decoded.message().is_some() {
        let message = match decoded.hook() {
            Hook::MessagePublish | Hook::MessageDropped => 1,
            _ => 2,
        };
        blank(request, &[message, MESSAGE_PAYLOAD]);
    }
}

/// Blanks the secrets of an answer.
pub(super) fn redact_answer(secrets: &[Secret], hook: Hook, answer: &mut [u8]) {
    if secrets.contains(&Secret::Payloads) && hook.is_valued() {
        blank(answer, &[ANSWER_MESSAGE, MESSAGE_PAYLOAD]);
    }
}

/// Overwrites every value that stands at the path of field numbers.
fn blank(message: &mut [u8], path: &[u64]) {
    let Some((number, rest)) = path.split_first() else {
        message.fill(BLANK);
        return;
    };
    for range in contents(message, *number) {
        blank(&mut message[range], rest);
    }
}

/// Where the values of a field are that have a length. What is no message has none.
fn contents(message: &[u8], wanted: u64) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < message.len() {
        let Some((number, range, next)) = field(message, at) else {
            break;
        };
        if number == wanted
            && let Some(range) = range
        {
            found.push(range);
        }
        at = next;
    }
    found
}

/// The number of the field at a place, where its content is if it has a length, and its end.
fn field(message: &[u8], at: usize) -> Option<(u64, Option<Range<usize>>, usize)> {
    let (tag, at) = varint(message, at)?;
    let (content, next) = match tag & 7 {
        0 => (None, varint(message, at)?.1),
        1 => (None, at + 8),
        2 => {
            let (length, at) = varint(message, at)?;
            let end = at.checked_add(usize::try_from(length).ok()?)?;
            (Some(at..end), end)
        }
        // What is in a group is looked at as if it stood beside it: better too much than a leak.
        3 | 4 => (None, at),
        5 => (None, at + 4),
        _ => return None,
    };
    (next <= message.len()).then_some((tag >> 3, content, next))
}

fn varint(message: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut bytes = message.get(at..)?;
    let before = bytes.len();
    let value = prost::encoding::decode_varint(&mut bytes).ok()?;
    Some((value, at + before - bytes.len()))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use exhook::proto;
    use prost::Message as _;

    use super::*;

    const BOTH: [Secret; 2] = [Secret::Passwords, Secret::Payloads];

    fn clientinfo() -> proto::ClientInfo {
        proto::ClientInfo {
            node: "n@1".into(),
            clientid: "c1".into(),
            password: "sécret".into(),
            cn: "cn".into(),
            ..proto::ClientInfo::default()
        }
    }

    fn message() -> proto::Message {
        proto::Message {
            topic: "t/1".into(),
            payload: Bytes::from_static(&[0, 255, 1]),
            timestamp: 7,
            ..proto::Message::default()
        }
    }

    fn redacted(secrets: &[Secret], hook: Hook, bytes: &[u8]) -> Request {
        let decoded = Request::decode(hook, Bytes::copy_from_slice(bytes)).expect("a request");
        let mut bytes = bytes.to_vec();
        redact_request(secrets, &decoded, &mut bytes);
        Request::decode(hook, bytes.into()).expect("still a request")
    }

    #[test]
    fn every_request_with_a_client_or_a_message_is_blanked_and_nothing_else_changes() {
        // Every request that has both, has them as these fields.
        let both = proto::MessageDeliveredRequest {
            clientinfo: Some(clientinfo()),
            message: Some(message()),
            ..proto::MessageDeliveredRequest::default()
        }
        .encode_to_vec();
        let first_message = proto::MessagePublishRequest {
            message: Some(message()),
            ..proto::MessagePublishRequest::default()
        }
        .encode_to_vec();
        let client = proto::SessionCreatedRequest {
            clientinfo: Some(clientinfo()),
            ..proto::SessionCreatedRequest::default()
        }
        .encode_to_vec();
        let mut seen = 0;
        for hook in Hook::ALL {
            for bytes in [&both, &first_message, &client] {
                let Ok(request) = Request::decode(*hook, Bytes::copy_from_slice(bytes)) else {
                    continue;
                };
                let (was, is) = (&request, redacted(&BOTH, *hook, bytes));
                if let Some(client) = is.clientinfo().filter(|client| client.clientid == "c1") {
                    let expected = proto::ClientInfo {
                        password: "*".repeat("sécret".len()),
                        ..was.clientinfo().expect("as before").clone()
                    };
                    assert_eq!(*client, expected, "{hook}");
                    seen += 1;
                }
                if let Some(message) = is.message().filter(|message| message.topic == "t/1") {
                    assert_eq!(&message.payload[..], b"***", "{hook}");
                    assert_eq!(message.timestamp, 7, "{hook}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn only_what_was_asked_for_is_blanked() {
        let bytes = proto::MessageDeliveredRequest {
            clientinfo: Some(clientinfo()),
            message: Some(message()),
            ..proto::MessageDeliveredRequest::default()
        }
        .encode_to_vec();
        let request = redacted(&[Secret::Payloads], Hook::MessageDelivered, &bytes);
        assert_eq!(request.clientinfo(), Some(&clientinfo()));
        let request = redacted(&[Secret::Passwords], Hook::MessageDelivered, &bytes);
        assert_eq!(request.message(), Some(&message()));
    }

    #[test]
    fn payloads_of_answers_are_blanked() {
        let mut answer = proto::ValuedResponse {
            r#type: 2,
            value: Some(proto::valued_response::Value::Message(message())),
        }
        .encode_to_vec();
        redact_answer(&BOTH, Hook::MessagePublish, &mut answer);
        let answer = proto::ValuedResponse::decode(&answer[..]).expect("still an answer");
        let Some(proto::valued_response::Value::Message(message)) = answer.value else {
            panic!("a message");
        };
        assert_eq!(
            (&message.payload[..], message.topic.as_str()),
            (&b"***"[..], "t/1")
        );
    }

    #[test]
    fn what_is_no_message_stays() {
        for bytes in [&[0xff_u8; 12][..], &[0x0a, 9, 1], &[0x0f], &[0x09, 0]] {
            let mut blanked = bytes.to_vec();
            blank(&mut blanked, &[1, 4]);
            assert_eq!(blanked, bytes);
        }
    }
}
