//! What brokers of each package and version are told when they load, and how they are understood.

use std::{sync::Arc, time::Duration};

use exhook::{
    Config, Hook, Package, allow, ignore, keep_going, proto,
    proto::{v1, v2},
    testing::Understood,
};
use prost::Message as _;

use super::AUTHENTICATE;
use crate::provider::{
    Notes, Provider, authenticate, clientinfo, connect, hooks, load, understand,
};

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
