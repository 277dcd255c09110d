use bytes::Bytes;

use super::*;

fn replaced(topic: &str, qos: u32, payload: &str) -> Understood {
    Understood::Replaced {
        topic: topic.into(),
        qos,
        payload: Bytes::copy_from_slice(payload.as_bytes()),
    }
}

fn compared(answered: &Understood, expected: &Understood, payload: bool) -> Option<String> {
    let outcome = CallOutcome::default();
    difference((&outcome, answered), (&outcome, expected), payload)
        .map(|(answered, expected)| format!("{answered}, expected {expected}"))
}

#[test]
fn differences_are_told_in_words_of_verdicts() {
    let one = replaced("a", 1, "x");
    for (answered, expected, words) in [
        (
            Understood::Denied,
            Understood::Allowed,
            Some("deny, expected allow"),
        ),
        (Understood::Denied, Understood::Denied, None),
        (
            Understood::Continue(false),
            Understood::Ignored,
            Some("continue false, expected ignore"),
        ),
        (one.clone(), one.clone(), None),
        (
            replaced("b", 1, "x"),
            one.clone(),
            Some("replace topic \"b\", expected topic \"a\""),
        ),
        (
            replaced("a", 2, "yy"),
            one.clone(),
            Some(
                "replace qos 2 payload of 2 bytes \"yy\", expected qos 1 payload of 1 bytes \"x\"",
            ),
        ),
        (
            Understood::Blocked,
            one,
            Some("block, expected replace topic \"a\" qos 1 payload of 1 bytes \"x\""),
        ),
        (
            Understood::Illegal("no answer in time".into()),
            Understood::Acknowledged,
            Some("failure (no answer in time), expected done"),
        ),
    ] {
        assert_eq!(compared(&answered, &expected, true).as_deref(), words);
    }
}

#[test]
fn payloads_may_be_ignored() {
    let (one, other) = (replaced("a", 1, "x"), replaced("a", 1, "y"));
    assert_eq!(compared(&one, &other, false), None);
    let other = replaced("b", 1, "y");
    let words = "replace topic \"a\", expected topic \"b\"";
    assert_eq!(compared(&one, &other, false).as_deref(), Some(words));
}

#[test]
fn resets_are_the_same_in_whatever_words() {
    let outcome = CallOutcome {
        reset: Some("a".into()),
        ..CallOutcome::default()
    };
    let (one, other) = (
        Understood::Illegal("a".into()),
        Understood::Illegal("b".into()),
    );
    assert_eq!(difference((&outcome, &one), (&outcome, &other), true), None);
    assert!(compared(&one, &other, true).is_some());
}

#[test]
fn hooks_are_compared_in_any_order() {
    let spec = |name: &str, topics: &[&str]| HookSpec {
        name: name.into(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
    };
    let publish = spec("message.publish", &["a", "b/#"]);
    let connect = spec("client.connect", &[]);
    let one = Understood::Loaded(vec![publish, connect.clone()]);
    let other = Understood::Loaded(vec![
        connect.clone(),
        spec("message.publish", &["b/#", "a"]),
    ]);
    assert_eq!(compared(&one, &other, true), None);
    let other = Understood::Loaded(vec![connect, spec("message.publish", &["a"])]);
    assert_eq!(
        compared(&one, &other, true).as_deref(),
        Some("hooks message.publish of topics a b/#, expected hooks message.publish of topics a")
    );
}

#[test]
fn payloads_are_cut_where_characters_begin() {
    assert_eq!(words_of_payload(&[0, 255]), "payload of 2 bytes 00ff");
    let long = "\u{b5}".repeat(30);
    let shown = "\u{b5}".repeat(20);
    assert_eq!(
        words_of_payload(long.as_bytes()),
        format!("payload of 60 bytes \"{shown}\"…")
    );
    let odd = format!("a{long}");
    assert!(words_of_payload(odd.as_bytes()).ends_with("\u{b5}\"…"));
}
