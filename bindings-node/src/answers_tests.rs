//! Answers as JavaScript writes them, and bytes that are none.

use proptest::prelude::*;

use super::*;

/// An answer of JavaScript's, with what it has to be read as.
fn answer() -> impl Strategy<Value = (Vec<u32>, Vec<u8>, Outcome)> {
    let plain = prop_oneof![
        Just((IGNORE, Ok(Verdict::Ignore))),
        Just((ALLOW, Ok(Verdict::Allow))),
        Just((DENY, Ok(Verdict::Deny))),
        Just((KEEP_GOING_TRUE, Ok(Verdict::KeepGoing(true)))),
        Just((KEEP_GOING_FALSE, Ok(Verdict::KeepGoing(false)))),
        Just((BLOCK, Ok(Verdict::Block))),
        Just((THREW, Err(Failure::Exception))),
        Just((BAD_ANSWER, Err(Failure::BadAnswer))),
    ];
    let plain = plain.prop_map(|(code, outcome)| (vec![code], Vec::new(), outcome));
    let message = (
        prop::option::of(".{0,20}"),
        prop::option::of(any::<u32>()),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..50)),
        any::<bool>(),
    );
    let message = message.prop_map(|(topic, qos, payload, block)| {
        let flag = |is_set, flag| if is_set { flag } else { 0 };
        let flags = flag(topic.is_some(), TOPIC)
            | flag(qos.is_some(), QOS)
            | flag(payload.is_some(), PAYLOAD)
            | flag(block, BLOCKED);
        let length = |length: Option<usize>| u32::try_from(length.unwrap_or(0)).expect("short");
        let words = vec![
            REPLACE,
            flags,
            qos.unwrap_or(0),
            length(topic.as_ref().map(String::len)),
            length(payload.as_ref().map(Vec::len)),
        ];
        let mut bytes = topic.clone().unwrap_or_default().into_bytes();
        bytes.extend(payload.iter().flatten());
        bytes.resize(bytes.len().next_multiple_of(WORD), 0);
        let patch = MessagePatch {
            topic,
            qos,
            payload: payload.map(Bytes::from),
            block,
        };
        (words, bytes, Ok(Verdict::Replace(patch)))
    });
    prop_oneof![plain, message]
}

proptest! {
    #[test]
    fn answers_are_read_as_they_were_written(answers in prop::collection::vec(answer(), 0..20)) {
        let mut memory = Vec::new();
        let mut expected = Vec::new();
        for (id, (words, bytes, outcome)) in (7..).zip(answers) {
            for word in [id].iter().chain(&words) {
                memory.extend(word.to_ne_bytes());
            }
            memory.extend(bytes);
            expected.push((id, outcome));
        }
        let read: Vec<_> = Answers::new(&memory).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn bytes_that_are_no_answers_end_the_reading(
        bytes in prop::collection::vec(any::<u8>(), 0..200)
    ) {
        prop_assert!(Answers::new(&bytes).count() <= bytes.len() / (2 * WORD));
    }
}
