use super::*;
use crate::proto::valued_response::ResponsedType as Number;

fn release(version: &str) -> Release {
    version.parse().expect("a version")
}

fn answer() -> CallOutcome {
    CallOutcome {
        http_status: Some(200),
        grpc_status: Some(0),
        message: Some(Bytes::new()),
        ..CallOutcome::default()
    }
}

fn received(version: &str, outcome: &CallOutcome) -> &'static str {
    match Received::of(release(version), outcome) {
        Received::Message(_) => "message",
        Received::Fails(_) => "fails",
        Received::Hangs(_) => "hangs",
        Received::Crashes(_) => "crashes",
    }
}

#[test]
fn a_message_counts_whatever_status_follows_it_or_none() {
    for grpc_status in [None, Some(0), Some(13)] {
        let outcome = CallOutcome {
            grpc_status,
            ..answer()
        };
        for version in ["4.3", "5.3", "5.8", "6.2"] {
            assert_eq!(received(version, &outcome), "message", "{grpc_status:?}");
        }
    }
}

#[test]
fn an_error_in_headers_that_end_the_stream_hangs_before_5_1_and_fails_since() {
    let outcome = CallOutcome {
        grpc_status: Some(12),
        message: None,
        trailers_only: true,
        ..answer()
    };
    for (version, expected) in [
        ("4.4", "hangs"),
        ("5.0", "hangs"),
        ("5.1.0", "fails"),
        ("5.8", "fails"),
    ] {
        assert_eq!(received(version, &outcome), expected, "{version}");
    }
    let with_headers = CallOutcome {
        trailers_only: false,
        ..outcome
    };
    assert_eq!(received("4.4", &with_headers), "fails");
}

#[test]
fn resets_and_lost_connections_hang_and_what_is_no_grpc_crashes_the_worker() {
    let reset = CallOutcome {
        reset: Some("the server reset the stream".to_owned()),
        ..CallOutcome::default()
    };
    assert_eq!(received("5.8", &reset), "hangs");
    let late = CallOutcome {
        timed_out: true,
        ..CallOutcome::default()
    };
    assert_eq!(received("5.8", &late), "hangs");
    let compressed = CallOutcome {
        compressed: true,
        ..answer()
    };
    assert_eq!(received("5.8", &compressed), "crashes");
    let page = CallOutcome {
        http_status: Some(502),
        grpc_status: None,
        ..answer()
    };
    assert_eq!(received("5.8", &page), "crashes");
}

fn valued(version: &str, hook: Hook, number: i32, value: Option<Value>) -> (CallResult, Effect) {
    let response = proto::ValuedResponse {
        r#type: number,
        value,
    };
    read(release(version), hook, response.encode_to_vec().into())
}

#[test]
fn an_answer_without_a_value_of_the_right_kind_is_as_good_as_none() {
    let stop = Number::StopAndReturn as i32;
    for value in [None, Some(Value::Message(proto::Message::default()))] {
        let (result, effect) = valued("5.8", Hook::ClientAuthenticate, stop, value);
        assert!(matches!(result, CallResult::Unusable { .. }), "{result:?}");
        assert_eq!(effect, Effect::None);
    }
    let (result, effect) = valued(
        "5.8",
        Hook::MessagePublish,
        stop,
        Some(Value::BoolResult(true)),
    );
    assert!(matches!(result, CallResult::Unusable { .. }));
    assert_eq!(effect, Effect::None);
    let (_, effect) = valued("6.3", Hook::MessageIngress, stop, None);
    assert_eq!(effect, Effect::Failed, "ingress is stricter");
}

#[test]
fn the_numbers_of_continue_and_ignore_are_swapped_in_4_3_0_to_4_3_2() {
    let value = Some(Value::BoolResult(true));
    for (version, number, effect) in [
        ("4.3.2", 0, Effect::None),
        ("4.3.2", 1, Effect::Continue(Value::BoolResult(true))),
        ("4.3.3", 0, Effect::Continue(Value::BoolResult(true))),
        ("4.3.3", 1, Effect::None),
        ("4.3.2", 2, Effect::Stop(Value::BoolResult(true))),
        ("5.8", 7, Effect::None),
    ] {
        let hook = Hook::ClientAuthenticate;
        assert_eq!(
            valued(version, hook, number, value.clone()).1,
            effect,
            "{version} {number}"
        );
    }
}

#[test]
fn broken_protobuf_is_a_failure() {
    let broken = Bytes::from_static(&[0xff, 0xff]);
    for hook in [Hook::ClientAuthenticate, Hook::ClientConnected] {
        let (result, effect) = read(release("5.8"), hook, broken.clone());
        assert!(matches!(result, CallResult::Failed { .. }));
        assert_eq!(effect, Effect::Failed);
    }
}
