//! The checklist for servers, item by item: what brokers are known to need.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use exhook::{
    Config, Fallback, Hook, Package, allow, block, ignore, keep_going, proto,
    proto::{v1, v2},
    replace,
    testing::Understood,
};
use prost::Message as _;

use crate::{
    captured_logs,
    provider::{
        Notes, Provider, authenticate, clientinfo, connect, connected, eventually, hooks, load,
        publish, understand,
    },
};

const AUTHENTICATE: Hook = Hook::ClientAuthenticate;

#[tokio::test]
async fn item_1_one_port_serves_all_packages_with_their_own_names() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authorize(|req| req.topic == "allowed");
        app.on_session_takenover(|_| ());
        app.on_message_ingress(|_| allow());
    })
    .await;
    let loaded = async |package, version| {
        let outcome = provider
            .call(package, Hook::ProviderLoaded, &load(version))
            .await;
        let names: Vec<String> = hooks(&outcome).into_iter().map(|(name, _)| name).collect();
        names.join(" ")
    };
    // The uptime of v1 is text.
    let old_broker = v1::ProviderLoadedRequest {
        broker: Some(v1::BrokerInfo {
            version: "4.4.19".to_owned(),
            uptime: "9 seconds".to_owned(),
            ..v1::BrokerInfo::default()
        }),
        meta: None,
    };
    let old = provider
        .call(Package::V1, Hook::ProviderLoaded, &old_broker)
        .await;
    let old: Vec<String> = hooks(&old).into_iter().map(|(name, _)| name).collect();
    assert_eq!(old, ["client.check_acl", "session.takeovered"]);
    assert_eq!(
        loaded(Package::V2, "5.8.9").await,
        "client.authorize session.takenover"
    );
    assert_eq!(
        loaded(Package::V3, "6.2.2").await,
        "client.authorize session.takenover"
    );
    assert_eq!(
        loaded(Package::V3, "6.3.0").await,
        "client.authorize session.takenover message.ingress"
    );
    assert_eq!(
        loaded(Package::V3, "").await,
        "client.authorize session.takenover"
    );

    for package in Package::ALL {
        for (topic, expected) in [
            ("allowed", Understood::Allowed),
            ("other", Understood::Denied),
        ] {
            let request = proto::ClientAuthorizeRequest {
                clientinfo: Some(clientinfo("c")),
                topic: topic.to_owned(),
                ..proto::ClientAuthorizeRequest::default()
            };
            let hook = Hook::ClientAuthorize;
            assert_eq!(
                provider.ask(package, hook, &request).await,
                expected,
                "{package}"
            );
        }
    }
}

#[tokio::test]
async fn item_1_requests_of_every_package_reach_handlers_in_one_shape() {
    let notes = Arc::new(Notes::default());
    let provider = Provider::start(Config::default(), |app| {
        let seen = Arc::clone(&notes);
        app.on_client_subscribe(move |req| {
            let filter = &req.topic_filters[0];
            let qos = filter.subopts.as_ref().expect("options").qos;
            seen.push(format!(
                "{} {qos} {:?}",
                filter.name,
                req.user_props.first()
            ));
        });
        let seen = Arc::clone(&notes);
        app.on_session_subscribed(move |req| seen.push(req.topic.clone()));
        let seen = Arc::clone(&notes);
        app.on_provider_loaded(move |req| {
            let broker = req.broker.clone().expect("a broker");
            seen.push(format!("{} {}", broker.version, broker.uptime));
        });
    })
    .await;

    #[expect(deprecated, reason = "what brokers before 5.4 send")]
    let subscribe = v2::ClientSubscribeRequest {
        clientinfo: Some(v2::ClientInfo::default()),
        props: vec![v2::Property {
            name: "User-Property".to_owned(),
            value: r#"[{<<"team">>,<<"ops">>}]"#.to_owned(),
        }],
        topic_filters: vec![v2::TopicFilter {
            name: "sensors/#".to_owned(),
            qos: 1,
            subopts: None,
        }],
        meta: None,
    };
    provider
        .ask(Package::V2, Hook::ClientSubscribe, &subscribe)
        .await;
    let property = proto::Property {
        name: "team".to_owned(),
        value: "ops".to_owned(),
    };
    assert_eq!(notes.all(), [format!("sensors/# 1 {:?}", Some(property))]);

    #[expect(deprecated, reason = "what brokers before 5.4 send")]
    let subopts = v2::SubOpts {
        share: "g1".to_owned(),
        ..v2::SubOpts::default()
    };
    let subscribed = v2::SessionSubscribedRequest {
        clientinfo: Some(v2::ClientInfo::default()),
        topic: "jobs/#".to_owned(),
        subopts: Some(subopts),
        meta: None,
    };
    provider
        .ask(Package::V2, Hook::SessionSubscribed, &subscribed)
        .await;
    assert_eq!(notes.all()[1], "$share/g1/jobs/#");

    let loaded = v1::ProviderLoadedRequest {
        broker: Some(v1::BrokerInfo {
            version: "4.3.22".to_owned(),
            uptime: "1 minutes, 9 seconds".to_owned(),
            ..v1::BrokerInfo::default()
        }),
        meta: None,
    };
    provider
        .ask(Package::V1, Hook::ProviderLoaded, &loaded)
        .await;
    assert_eq!(notes.all()[2], "4.3.22 69000");
}

#[tokio::test]
async fn item_2_brokers_of_4_3_0_to_4_3_2_get_the_swapped_numbers() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| keep_going(true));
        app.on_client_authorize(|_| ignore());
    })
    .await;
    for (version, continue_number, ignore_number) in [
        ("4.3.2", 1, 0),
        ("4.3.3", 0, 1),
        ("4.3.0", 1, 0),
        ("4.4.19", 0, 1),
    ] {
        let loaded = v1::ProviderLoadedRequest {
            broker: Some(v1::BrokerInfo {
                version: version.to_owned(),
                ..v1::BrokerInfo::default()
            }),
            meta: None,
        };
        provider
            .ask(Package::V1, Hook::ProviderLoaded, &loaded)
            .await;
        // The provider is loaded on one connection, the hooks come on others.
        let other = connect(&provider.server).await;
        for (hook, number) in [
            (AUTHENTICATE, continue_number),
            (Hook::ClientAuthorize, ignore_number),
        ] {
            let body = authenticate("c").encode_to_vec();
            let body = if hook == AUTHENTICATE {
                body
            } else {
                Vec::new()
            };
            let outcome = other
                .call(Package::V1, hook, &body, Duration::from_secs(5))
                .await;
            let message = outcome.message.clone().expect("a message");
            let response = v1::ValuedResponse::decode(message).expect("a ValuedResponse");
            assert_eq!(response.r#type, number, "{version} {hook}");
            let understood = understand(Package::V1, Some(version), hook, &outcome);
            assert!(understood.is_legal(), "{version} {hook} {understood:?}");
        }
    }
    // A broker of another package at the same address is not affected.
    provider
        .ask(
            Package::V1,
            Hook::ProviderLoaded,
            &v1::ProviderLoadedRequest::default(),
        )
        .await;
    let understood = provider
        .ask(Package::V3, AUTHENTICATE, &authenticate("c"))
        .await;
    assert_eq!(understood, Understood::Continue(true));
}

#[tokio::test]
async fn item_3_whatever_a_handler_does_the_broker_sees_grpc_ok() {
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
async fn item_6_the_broker_is_answered_before_its_own_timeout() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate_async(async |_| std::future::pending::<bool>().await);
    })
    .await;
    let request = authenticate("c").encode_to_vec();
    for timeout_ms in [300, 1_500] {
        let timeout = Duration::from_millis(timeout_ms);
        let outcome = provider
            .connection
            .call(Package::V3, AUTHENTICATE, &request, timeout)
            .await;
        assert!(!outcome.timed_out, "{outcome:?}");
        let understood = understand(Package::V3, None, AUTHENTICATE, &outcome);
        assert_eq!(understood, Understood::Denied);
    }
    assert_eq!(provider.failures(Package::V3, AUTHENTICATE, "deadline"), 2);
}

#[tokio::test]
async fn item_7_notifications_are_answered_first_and_keep_each_clients_order() {
    let notes = Arc::new(Notes::default());
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let provider = Provider::start(Config::default(), |app| {
        let (seen, gate) = (Arc::clone(&notes), Arc::clone(&gate));
        app.on_message_delivered_async(move |req| {
            let (seen, gate) = (Arc::clone(&seen), Arc::clone(&gate));
            async move {
                gate.acquire().await.expect("never closed").forget();
                let payload = String::from_utf8_lossy(&req.message().payload).into_owned();
                seen.push(format!("{} {payload}", req.clientinfo().clientid));
            }
        });
    })
    .await;
    for number in 0..50 {
        for client in ["one", "two"] {
            let request = proto::MessageDeliveredRequest {
                clientinfo: Some(clientinfo(client)),
                message: publish("t", number.to_string()).message,
                meta: None,
            };
            let understood = provider
                .ask(Package::V3, Hook::MessageDelivered, &request)
                .await;
            assert_eq!(
                understood,
                Understood::Acknowledged,
                "while handlers still wait"
            );
        }
    }
    assert_eq!(notes.len(), 0);
    assert_eq!(provider.metrics().inbox_depth, 100);
    gate.add_permits(100);
    eventually("all handlers have run", || notes.len() == 100).await;
    let notes = notes.all();
    for client in ["one", "two"] {
        let of_client: Vec<_> = notes
            .iter()
            .filter(|note| note.starts_with(client))
            .collect();
        let expected: Vec<_> = (0..50).map(|number| format!("{client} {number}")).collect();
        assert!(of_client.into_iter().eq(&expected));
    }
}

#[tokio::test]
async fn item_8_streams_are_not_limited_and_large_messages_pass() {
    let running = Arc::new(AtomicUsize::new(0));
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let provider = Provider::start(Config::default(), |app| {
        let (running, gate) = (Arc::clone(&running), Arc::clone(&gate));
        app.on_client_authenticate_async(move |_| {
            let (running, gate) = (Arc::clone(&running), Arc::clone(&gate));
            async move {
                running.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.expect("never closed").forget();
                true
            }
        });
        app.on_message_publish(|req| replace().payload(req.message().payload.clone()));
    })
    .await;
    let provider = Arc::new(provider);
    let calls: Vec<_> = (0..1_000)
        .map(|number| {
            let provider = Arc::clone(&provider);
            tokio::spawn(async move {
                let request = authenticate(&number.to_string());
                provider.ask(Package::V2, AUTHENTICATE, &request).await
            })
        })
        .collect();
    eventually("1,000 calls run on one connection", || {
        running.load(Ordering::SeqCst) == 1_000
    })
    .await;
    gate.add_permits(1_000);
    for call in calls {
        assert_eq!(call.await.expect("no panic"), Understood::Allowed);
    }

    let large = publish("t", vec![7; 15 * 1024 * 1024]);
    let outcome = provider
        .call(Package::V2, Hook::MessagePublish, &large)
        .await;
    assert!(!outcome.compressed);
    let understood = understand(Package::V2, None, Hook::MessagePublish, &outcome);
    assert!(
        matches!(&understood, Understood::Replaced { payload, .. } if payload.len() == 15 * 1024 * 1024),
        "the payload came back whole"
    );
}

#[tokio::test]
async fn item_9_events_before_any_load_and_repeated_loads_are_fine() {
    let notes = Arc::new(Notes::default());
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| true);
        let seen = Arc::clone(&notes);
        app.on_provider_loaded(move |req| {
            seen.push(format!(
                "loaded {}",
                req.meta.clone().unwrap_or_default().node
            ));
        });
        let seen = Arc::clone(&notes);
        app.on_provider_unloaded(move |req| {
            seen.push(format!(
                "unloaded {}",
                req.meta.clone().unwrap_or_default().node
            ));
        });
    })
    .await;
    let allowed = async || {
        provider
            .ask(Package::V3, AUTHENTICATE, &authenticate("c"))
            .await
    };
    assert_eq!(allowed().await, Understood::Allowed, "before any load");
    let meta = |node: &str| {
        Some(proto::RequestMeta {
            node: node.to_owned(),
            ..proto::RequestMeta::default()
        })
    };
    for node in ["emqx@1", "emqx@2", "emqx@1"] {
        let request = proto::ProviderLoadedRequest {
            meta: meta(node),
            ..load("5.9.2")
        };
        let outcome = provider
            .call(Package::V3, Hook::ProviderLoaded, &request)
            .await;
        assert_eq!(
            hooks(&outcome),
            [("client.authenticate".to_owned(), vec![])]
        );
    }
    let unload = proto::ProviderUnloadedRequest {
        meta: meta("emqx@2"),
    };
    let understood = provider
        .ask(Package::V3, Hook::ProviderUnloaded, &unload)
        .await;
    assert_eq!(understood, Understood::Acknowledged);
    assert_eq!(allowed().await, Understood::Allowed, "after an unload");
    let expected = [
        "loaded emqx@1",
        "loaded emqx@2",
        "loaded emqx@1",
        "unloaded emqx@2",
    ];
    assert_eq!(notes.all(), expected);
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

#[tokio::test]
async fn item_13_only_hooks_with_handlers_are_announced_unless_it_is_a_companion() {
    let register = |app: &mut exhook::App| {
        app.on_message_publish(|_| ()).topics(["a/#", "b/+"]);
        app.on_message_publish(|_| ()).topics(["b/+", "c"]);
        app.on_message_acked(|_| ()).topics(["a"]);
        app.on_message_acked(|_| ());
    };
    let announced = async |config| {
        let provider = Provider::start(config, register).await;
        let outcome = provider
            .call(Package::V3, Hook::ProviderLoaded, &load("5.9.2"))
            .await;
        let understood = provider
            .ask(Package::V3, AUTHENTICATE, &authenticate("c"))
            .await;
        assert_eq!(understood, Understood::Ignored, "no handler, no opinion");
        hooks(&outcome)
    };
    let publish = (
        "message.publish".to_owned(),
        ["a/#", "b/+", "c"].map(String::from).to_vec(),
    );
    let acked = ("message.acked".to_owned(), vec![]);
    let alone = announced(Config::default()).await;
    assert_eq!(alone, [publish.clone(), acked.clone()]);
    let companion = Config {
        companion: true,
        ..Config::default()
    };
    let authenticate = ("client.authenticate".to_owned(), vec![]);
    let authorize = ("client.authorize".to_owned(), vec![]);
    assert_eq!(
        announced(companion).await,
        [authenticate, authorize, publish, acked]
    );
}
