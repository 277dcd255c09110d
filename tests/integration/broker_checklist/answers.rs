//! What brokers are answered, whatever handlers do.

use std::{sync::Arc, time::Duration};

use exhook::{Config, Fallback, Hook, Package, block, ignore, proto, replace, testing::Understood};
use prost::Message as _;

use super::AUTHENTICATE;
use crate::{
    captured_logs,
    provider::{Notes, Provider, authenticate, connected, publish, understand},
};

#[tokio::test]
async fn item_3_whatever_a_handler_does_the_broker_sees_grpc_ok() {
    captured_logs::capture();
    let config = Config {
        max_message_bytes: 100_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| -> bool { panic!("on purpose") });
        app.on_client_authorize_async(async |_| -> bool { panic!("on purpose") });
        app.on_client_connected(|_| -> () { panic!("on purpose") });
        app.on_message_publish(|req| match &*req.message().topic {
            "wildcard" => replace().topic("a/#"),
            "empty" => replace().topic(""),
            "long" => replace().topic("t".repeat(65_536)),
            _ => replace().qos(3),
        });
    })
    .await;
    for package in Package::ALL {
        let denied = [
            provider
                .ask(package, AUTHENTICATE, &authenticate("c"))
                .await,
            provider
                .ask(
                    package,
                    Hook::ClientAuthorize,
                    &proto::ClientAuthorizeRequest::default(),
                )
                .await,
        ];
        assert_eq!(denied, [Understood::Denied, Understood::Denied]);
        let noted = provider
            .ask(package, Hook::ClientConnected, &connected("c"))
            .await;
        assert_eq!(noted, Understood::Acknowledged);
        for topic in ["wildcard", "empty", "long", "qos"] {
            let understood = provider
                .ask(package, Hook::MessagePublish, &publish(topic, "x"))
                .await;
            assert_eq!(understood, Understood::Ignored, "{topic}");
        }
        assert_eq!(
            provider.failures(package, Hook::MessagePublish, "bad_answer"),
            4
        );
        assert_eq!(provider.failures(package, AUTHENTICATE, "exception"), 1);
        assert_eq!(
            provider.failures(package, Hook::ClientAuthorize, "exception"),
            1
        );
    }
    // The rest of them is told with the next record, ten seconds later.
    let logged = captured_logs::count(&["WARN", "a handler's answer cannot be used"]);
    assert!(logged >= 1, "with the reason: {logged}");
}

#[tokio::test]
async fn item_3_requests_that_cannot_be_read_are_answered_with_the_fallback() {
    captured_logs::capture();
    let config = Config {
        max_message_bytes: 100_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
        app.on_message_publish(|_| block())
            .fallback(Fallback::Block);
        app.on_client_connected(|_| ());
    })
    .await;
    let rubbish = [0xff_u8; 40];
    for hook in [AUTHENTICATE, Hook::MessagePublish, Hook::ClientConnected] {
        let connection = &provider.connection;
        let timeout = Duration::from_secs(5);
        let outcome = connection.call(Package::V2, hook, &rubbish, timeout).await;
        let understood = understand(Package::V2, None, hook, &outcome);
        assert!(understood.is_legal(), "{hook} {understood:?}");
        assert_eq!(provider.failures(Package::V2, hook, "undecodable"), 1);
    }
    let large = publish("t", vec![0; 200_000]);
    let understood = provider
        .ask(Package::V3, Hook::MessagePublish, &large)
        .await;
    assert!(understood.is_legal(), "{understood:?}");
    assert_eq!(
        provider.failures(Package::V3, Hook::MessagePublish, "too_large"),
        1
    );
    assert_eq!(
        captured_logs::count(&["could not be read", "too_large", "100000"]),
        1
    );
}

#[tokio::test]
async fn item_4_verdicts_are_explicit_and_ignored_authentication_is_warned_about() {
    captured_logs::capture();
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| ignore());
        app.on_message_publish(|_| ());
    })
    .await;
    for package in Package::ALL {
        for _ in 0..2 {
            let outcome = provider
                .call(package, AUTHENTICATE, &authenticate("c"))
                .await;
            let message = outcome.message.clone().expect("a message");
            assert_eq!(message[..], [8, 1], "IGNORE is written out");
            let publish = provider
                .call(package, Hook::MessagePublish, &publish("t", "x"))
                .await;
            assert_eq!(publish.message.as_deref(), Some(&[8, 1][..]));
        }
    }
    let warned = captured_logs::count(&["WARN", "EMQX 5.0 to 5.8 refuse such clients"]);
    assert_eq!(warned, 1, "once, and for package v2 only");
}

#[tokio::test]
async fn item_5_a_replaced_message_starts_from_the_request() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_message_publish(|req| match &*req.message().topic {
            "topic" => replace().topic("new/topic").into(),
            "qos" => replace().qos(2).into(),
            "payload" => replace().payload("new").into(),
            _ => Answered::Block,
        });
    })
    .await;
    let answer = async |request: proto::MessagePublishRequest| {
        let outcome = provider
            .call(Package::V3, Hook::MessagePublish, &request)
            .await;
        let message = outcome.message.expect("a message");
        let response = proto::ValuedResponse::decode(message).expect("a ValuedResponse");
        assert_eq!(response.r#type, 2, "STOP_AND_RETURN");
        match response.value {
            Some(proto::valued_response::Value::Message(message)) => message,
            other => panic!("no message but {other:?}"),
        }
    };
    let original = |topic| publish(topic, "old").message.expect("a message");
    let expected = proto::Message {
        topic: "new/topic".to_owned(),
        ..original("topic")
    };
    assert_eq!(answer(publish("topic", "old")).await, expected);
    let expected = proto::Message {
        qos: 2,
        ..original("qos")
    };
    assert_eq!(answer(publish("qos", "old")).await, expected);
    let expected = proto::Message {
        payload: "new".into(),
        ..original("payload")
    };
    assert_eq!(answer(publish("payload", "old")).await, expected);
    let mut expected = original("block");
    expected
        .headers
        .insert("allow_publish".to_owned(), "false".to_owned());
    assert_eq!(answer(publish("block", "old")).await, expected);
    // Messages of the HTTP API have no headers.
    let mut bare = publish("block", "old");
    bare.message.as_mut().expect("a message").headers.clear();
    let blocked = answer(bare).await;
    assert_eq!(blocked.headers["allow_publish"], "false");
}

/// A handler may return different verdicts by way of `Option` or a type of its own.
enum Answered {
    Replace(exhook::MessagePatch),
    Block,
}

impl From<exhook::MessagePatch> for Answered {
    fn from(patch: exhook::MessagePatch) -> Self {
        Self::Replace(patch)
    }
}

impl exhook::IntoVerdict for Answered {
    fn into_verdict(self) -> exhook::Verdict {
        match self {
            Self::Replace(patch) => patch.into_verdict(),
            Self::Block => block(),
        }
    }
}

#[tokio::test]
async fn item_12_metrics_tell_hooks_and_packages_apart_and_passwords_never_show() {
    let shown = Arc::new(Notes::default());
    let provider = Provider::start(Config::default(), |app| {
        let shown = Arc::clone(&shown);
        app.on_client_authenticate(move |req| {
            shown.push(format!("{req:?}"));
            req.clientinfo().clientid == "good"
        });
    })
    .await;
    for (package, clientid) in [
        (Package::V1, "good"),
        (Package::V2, "good"),
        (Package::V2, "bad"),
    ] {
        provider
            .ask(package, AUTHENTICATE, &authenticate(clientid))
            .await;
    }
    let metrics = provider.metrics();
    let calls: Vec<_> = metrics
        .hooks
        .iter()
        .map(|hook| (hook.package, hook.hook, hook.calls, hook.latency.count))
        .collect();
    assert_eq!(
        calls,
        [
            (Package::V1, AUTHENTICATE, 1, 1),
            (Package::V2, AUTHENTICATE, 2, 2)
        ]
    );
    assert_eq!(metrics.hooks[1].verdicts[..2], [("allow", 1), ("deny", 1)]);
    assert_eq!(metrics.inflight, 0);
    assert_eq!(metrics.connections, 1);
    for text in shown.all() {
        assert!(
            text.contains("alice") && text.contains("redacted"),
            "{text}"
        );
        assert!(!text.contains("battery"), "{text}");
    }
}
