use prost::Message as _;
use proto::{HookSpec, LoadedResponse, Message, ValuedResponse};

use super::*;

const V3: BrokerKind = BrokerKind {
    package: Package::V3,
    version: None,
};

fn broker(package: Package, version: &str) -> BrokerKind {
    BrokerKind {
        package,
        version: BrokerVersion::parse(version),
    }
}

fn answered(message: impl Into<Bytes>) -> CallOutcome {
    CallOutcome {
        http_status: Some(200),
        grpc_status: Some(0),
        message: Some(message.into()),
        ..CallOutcome::default()
    }
}

fn valued(number: i32, value: Option<Value>) -> CallOutcome {
    let response = ValuedResponse {
        r#type: number,
        value,
    };
    answered(response.encode_to_vec())
}

fn message(topic: &str, qos: u32) -> Message {
    Message {
        topic: topic.to_owned(),
        qos,
        payload: Bytes::from_static(b"hello"),
        ..Message::default()
    }
}

fn loaded(name: &str) -> CallOutcome {
    let hooks = vec![HookSpec {
        name: name.to_owned(),
        topics: Vec::new(),
    }];
    answered(LoadedResponse { hooks }.encode_to_vec())
}

#[track_caller]
fn assert_illegal(understood: Understood, reason: &str) {
    let Understood::Illegal(text) = understood else {
        panic!("{understood:?} is not illegal for {reason:?}");
    };
    assert!(text.contains(reason), "{text}");
}

#[test]
fn bools_are_allow_deny_continue_and_ignore() {
    let understand = |number, value| {
        V3.understand(
            Hook::ClientAuthorize,
            &valued(number, Some(Value::BoolResult(value))),
        )
    };
    assert_eq!(understand(2, true), Understood::Allowed);
    assert_eq!(understand(2, false), Understood::Denied);
    assert_eq!(understand(0, true), Understood::Continue(true));
    assert_eq!(understand(0, false), Understood::Continue(false));
    assert_eq!(understand(1, true), Understood::Ignored);
    assert_eq!(
        V3.understand(Hook::ClientAuthorize, &valued(1, None)),
        Understood::Ignored
    );
}

#[test]
fn only_4_3_0_to_4_3_2_read_continue_and_ignore_the_other_way_round() {
    let hook = Hook::ClientAuthenticate;
    let zero = valued(0, Some(Value::BoolResult(true)));
    let one = valued(1, Some(Value::BoolResult(true)));
    let old = broker(Package::V1, "4.3.2");
    assert_eq!(old.understand(hook, &zero), Understood::Ignored);
    assert_eq!(old.understand(hook, &one), Understood::Continue(true));
    let later = broker(Package::V1, "4.3.3");
    assert_eq!(later.understand(hook, &zero), Understood::Continue(true));
    assert_eq!(later.understand(hook, &one), Understood::Ignored);
}

#[test]
fn a_message_replaces_or_blocks() {
    let hook = Hook::MessagePublish;
    let replaced = Understood::Replaced {
        topic: "a/b".into(),
        qos: 1,
        payload: Bytes::from_static(b"hello"),
    };
    for number in [0, 2] {
        let answer = valued(number, Some(Value::Message(message("a/b", 1))));
        assert_eq!(V3.understand(hook, &answer), replaced);
    }
    let mut blocked = message("a/b", 1);
    blocked.headers.insert(ALLOW_PUBLISH.into(), "false".into());
    let answer = valued(2, Some(Value::Message(blocked)));
    assert_eq!(V3.understand(hook, &answer), Understood::Blocked);
    assert_eq!(
        broker(Package::V1, "4.4.19").understand(hook, &answer),
        Understood::Blocked
    );
    assert_eq!(
        broker(Package::V1, "4.3.22").understand(hook, &answer),
        replaced
    );
}

#[test]
fn a_message_that_cannot_be_published_is_illegal() {
    for (topic, qos, reason) in [
        ("", 0, "empty"),
        ("a/+", 0, "'+'"),
        ("a/#", 0, "'#'"),
        ("a/b", 3, "qos is 3"),
    ] {
        let answer = valued(2, Some(Value::Message(message(topic, qos))));
        assert_illegal(V3.understand(Hook::MessagePublish, &answer), reason);
    }
}

#[test]
fn values_that_do_not_suit_the_hook_are_illegal() {
    let truth = Some(Value::BoolResult(true));
    let cases = [
        (Hook::ClientAuthenticate, valued(0, None), "no value"),
        (Hook::ClientAuthenticate, valued(2, None), "no value"),
        (
            Hook::ClientAuthenticate,
            valued(3, truth.clone()),
            "3 is no ResponsedType",
        ),
        (
            Hook::ClientAuthenticate,
            valued(-1, truth.clone()),
            "-1 is no ResponsedType",
        ),
        (
            Hook::MessagePublish,
            valued(2, truth.clone()),
            "takes a message",
        ),
        (
            Hook::ClientAuthorize,
            valued(2, Some(Value::Message(message("a", 0)))),
            "takes a bool",
        ),
        (Hook::MessageIngress, valued(0, truth), "CONTINUE"),
        (
            Hook::MessagePublish,
            answered(&[0xff][..]),
            "no ValuedResponse",
        ),
        (
            Hook::ClientConnect,
            answered(&[0xff][..]),
            "no EmptySuccess",
        ),
        (
            Hook::ProviderLoaded,
            answered(&[0xff][..]),
            "no LoadedResponse",
        ),
    ];
    for (hook, answer, reason) in cases {
        assert_illegal(V3.understand(hook, &answer), reason);
    }
}

#[test]
fn notifications_are_acknowledged_by_an_empty_message() {
    for hook in [
        Hook::ClientConnect,
        Hook::ProviderUnloaded,
        Hook::MessageDropped,
    ] {
        assert_eq!(
            V3.understand(hook, &answered(Bytes::new())),
            Understood::Acknowledged
        );
    }
}

#[test]
fn each_broker_loads_its_own_hook_names_only() {
    let hook = Hook::ProviderLoaded;
    for (package, version, name, known) in [
        (Package::V1, "4.4.19", "client.check_acl", true),
        (Package::V1, "4.4.19", "client.authorize", false),
        (Package::V1, "4.4.19", "session.takeovered", true),
        (Package::V2, "5.8.9", "client.check_acl", false),
        (Package::V2, "5.8.9", "client.authorize", true),
        (Package::V3, "5.9.2", "message.ingress", false),
        (Package::V3, "6.3.0", "message.ingress", true),
        (Package::V3, "5.9.2", "provider.loaded", false),
        (Package::V3, "5.9.2", "", false),
    ] {
        let understood = broker(package, version).understand(hook, &loaded(name));
        if known {
            assert!(matches!(understood, Understood::Loaded(hooks) if hooks[0].name == name));
        } else {
            assert_illegal(understood, "no hook of");
        }
    }
}

#[test]
fn answers_that_did_not_arrive_whole_are_illegal() {
    let good = || answered(Bytes::new());
    let cases = [
        (
            CallOutcome {
                timed_out: true,
                ..good()
            },
            "in time",
        ),
        (
            CallOutcome {
                reset: Some("gone".into()),
                ..good()
            },
            "gone",
        ),
        (
            CallOutcome {
                http_status: Some(404),
                ..good()
            },
            "HTTP status 404",
        ),
        (
            CallOutcome {
                compressed: true,
                ..good()
            },
            "compressed",
        ),
        (
            CallOutcome {
                grpc_status: Some(12),
                ..good()
            },
            "gRPC error 12",
        ),
        (
            CallOutcome {
                grpc_status: Some(12),
                trailers_only: true,
                ..good()
            },
            "wait out their timeout",
        ),
        (
            CallOutcome {
                grpc_status: None,
                ..good()
            },
            "no grpc-status",
        ),
        (
            CallOutcome {
                message: None,
                ..good()
            },
            "no message",
        ),
    ];
    for (outcome, reason) in cases {
        assert_illegal(V3.understand(Hook::ClientConnect, &outcome), reason);
    }
}
