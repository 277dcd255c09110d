//! Answers in words.

use std::{collections::BTreeSet, fmt::Write as _};

use exhook::testing::Understood;

/// How many bytes of a payload are told.
const PAYLOAD_BYTES: usize = 40;

pub(super) fn words_of_hook(name: &str, topics: &BTreeSet<String>) -> String {
    if topics.is_empty() {
        return name.to_owned();
    }
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    format!("{name} of topics {}", topics.join(" "))
}

pub(super) fn words(understood: &Understood) -> String {
    match understood {
        Understood::Replaced {
            topic,
            qos,
            payload,
        } => format!(
            "replace {} qos {qos} {}",
            words_of_topic(topic),
            words_of_payload(payload)
        ),
        Understood::Illegal(reason) => format!("failure ({reason})"),
        Understood::Loaded(hooks) => format!("{} hooks", hooks.len()),
        other => other.name().to_owned(),
    }
}

pub(super) fn words_of_topic(topic: &str) -> String {
    format!("topic {topic:?}")
}

pub(super) fn words_of_payload(payload: &[u8]) -> String {
    let shown = &payload[..payload.len().min(PAYLOAD_BYTES)];
    // A character may be cut in two at the end.
    let text = match std::str::from_utf8(shown) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&shown[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let (shown, dots) = match text {
        Some(text) => (
            format!("{text:?}"),
            if text.len() < payload.len() {
                "…"
            } else {
                ""
            },
        ),
        None => {
            let mut digits = String::new();
            for byte in shown {
                let _ = write!(digits, "{byte:02x}");
            }
            (
                digits,
                if shown.len() < payload.len() {
                    "…"
                } else {
                    ""
                },
            )
        }
    };
    format!("payload of {} bytes {shown}{dots}", payload.len())
}
