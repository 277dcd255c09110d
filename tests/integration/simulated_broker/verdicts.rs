//! What clients experience for the answers of hook programs.

use exhook::{Config, Verdict, testing::*};

use super::{broker, connected, hooks, provider, serve, serve_with, settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_let_in_or_refused_as_the_hook_says() {
    let server = serve(|app| {
        app.on_client_authenticate(|request| {
            let client = request.clientinfo();
            client.username == "alice" && client.password == "secret"
        });
    });
    for version in ["4.4", "5.3", "5.8", "5.9", "6.3"] {
        let broker = broker(version, &server).await;
        let alice = ClientSettings::new("c1")
            .with_username("alice")
            .with_password("secret");
        assert!(broker.client(alice).connect().await.accepted, "{version}");
        let mallory = ClientSettings::new("c2").with_username("mallory");
        let refused = broker.client(mallory).connect().await;
        assert!(!refused.accepted, "{version}");
        assert_eq!(
            (refused.reason.as_str(), refused.reason_code),
            ("not_authorized", 0x87)
        );
        assert_eq!(hooks(&refused.calls), ["client.authenticate"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ignoring_an_authentication_refuses_the_client_from_5_0_to_5_8_only() {
    let server = serve(|app| {
        app.on_client_authenticate(|_| Verdict::Ignore);
    });
    for (version, accepted) in [
        ("4.3", true),
        ("4.4", true),
        ("5.0", false),
        ("5.3", false),
        ("5.8", false),
        ("5.9", true),
        ("6.2", true),
    ] {
        let broker = broker(version, &server).await;
        let client = broker.client(ClientSettings::new("c1"));
        assert_eq!(client.connect().await.accepted, accepted, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_message_is_what_subscribers_get() {
    let server = serve(|app| {
        app.on_message_publish(|_| exhook::replace().topic("out").payload("changed"));
    });
    for version in ["4.3", "5.3", "5.8", "5.9"] {
        let broker = broker(version, &server).await;
        let subscriber = connected(&broker, "s").await;
        subscriber
            .subscribe(&[Subscription::new("out").with_qos(1)])
            .await;
        let client = connected(&broker, "p").await;
        let published = client
            .publish(&Publication::new("in", "x").with_qos(1))
            .await;
        let delivered = published.delivered_as.expect("a message");
        assert_eq!(
            (delivered.topic.as_str(), &delivered.payload[..]),
            ("out", &b"changed"[..])
        );
        assert_eq!(published.delivered_to, ["s"]);
        assert_eq!(subscriber.received(), [delivered]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_message_reaches_nobody_but_is_retained_as_it_was() {
    let server = serve(|app| {
        app.on_message_publish(|_| Verdict::Block);
    });
    for version in ["4.4", "5.8", "6.2"] {
        let broker = broker(version, &server).await;
        let client = connected(&broker, "c").await;
        client
            .subscribe(&[Subscription::new("#").with_qos(1)])
            .await;
        let publication = Publication::new("t", "first").with_qos(1).retained();
        let published = client.publish(&publication).await;
        assert!(
            published.blocked && published.delivered_as.is_none(),
            "{version}"
        );
        assert_eq!(published.reason_code, 0x10);
        assert_eq!(client.received(), [], "{version}");
        let late = connected(&broker, "late").await;
        late.subscribe(&[Subscription::new("t")]).await;
        assert_eq!(&late.received()[0].payload[..], b"first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorization_of_a_topic_is_asked_once_and_denied_filters_are_left_out() {
    let server = serve(|app| {
        app.on_client_authorize(|request| request.topic != "secret");
        app.on_client_subscribe(|_| {});
    });
    let broker = broker("5.8", &server).await;
    let client = connected(&broker, "c").await;
    let subscribed = client
        .subscribe(&[
            Subscription::new("open").with_qos(1),
            Subscription::new("secret"),
        ])
        .await;
    let granted: Vec<_> = subscribed
        .filters
        .iter()
        .map(|grant| grant.reason_code)
        .collect();
    assert_eq!(granted, [1, 0x87]);
    let denied = client
        .publish(&Publication::new("secret", "x").with_qos(1))
        .await;
    assert!(!denied.authorized && denied.reason_code == 0x87);
    assert_eq!(hooks(&denied.calls), ["client.authorize"]);
    let again = client.publish(&Publication::new("secret", "x")).await;
    assert!(
        !again.authorized && again.calls.is_empty(),
        "the answer was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_final_no_denies_in_emqx_4_with_its_shipped_rules() {
    for (verdict, authorized) in [
        (Verdict::KeepGoing(false), true),
        (Verdict::Deny, false),
        (Verdict::Ignore, true),
    ] {
        let server = serve(|app| {
            app.on_client_authorize(move |_| verdict.clone());
        });
        let broker = Broker::start(BrokerSettings {
            authorization: Some(Permission::Allow),
            ..settings("4.4", vec![provider(&server)])
        })
        .await
        .expect("valid settings");
        let client = connected(&broker, "c").await;
        let published = client.publish(&Publication::new("t", "x")).await;
        assert_eq!(published.authorized, authorized);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hook_is_not_asked_where_a_source_of_emqx_5_has_decided() {
    let server = serve(|app| {
        app.on_client_authorize(|_| Verdict::Deny);
    });
    let broker = Broker::start(BrokerSettings {
        authorization: Some(Permission::Allow),
        ..settings("5.8", vec![provider(&server)])
    })
    .await
    .expect("valid settings");
    let published = connected(&broker, "c")
        .await
        .publish(&Publication::new("t", "x"))
        .await;
    assert!(published.authorized && published.calls.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_other_topics_do_not_reach_a_filtered_hook() {
    let server = serve(|app| {
        app.on_message_publish(|_| Verdict::Block)
            .topics(["sensors/#"]);
    });
    let broker = broker("6.2", &server).await;
    let client = connected(&broker, "c").await;
    let other = client.publish(&Publication::new("other", "x")).await;
    assert!(!other.blocked && other.calls.is_empty());
    assert!(
        client
            .publish(&Publication::new("sensors/1", "x"))
            .await
            .blocked
    );
    let system = client.publish(&Publication::new("$SYS/x", "x")).await;
    assert!(system.calls.is_empty(), "{system:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_hook_makes_the_chain_deny_unless_it_is_a_companion() {
    let first = serve(|app| {
        app.on_client_authenticate(|_| Verdict::KeepGoing(true));
    });
    let publisher = |companion| {
        let config = Config {
            companion,
            ..Config::default()
        };
        serve_with(config, |app| {
            app.on_message_publish(|_| Verdict::Ignore);
        })
    };
    for (companion, accepted) in [(false, false), (true, true)] {
        let second = publisher(companion);
        let providers = vec![
            ProviderSettings {
                name: "first".to_owned(),
                ..provider(&first)
            },
            ProviderSettings {
                name: "second".to_owned(),
                ..provider(&second)
            },
        ];
        let broker = Broker::start(settings("5.9", providers))
            .await
            .expect("valid settings");
        let client = broker.client(ClientSettings::new("c"));
        assert_eq!(
            client.connect().await.accepted,
            accepted,
            "companion {companion}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ingress_is_asked_by_brokers_since_6_3_only() {
    let server = serve(|app| {
        app.on_message_ingress(|_| Verdict::Deny);
    });
    for (version, authorized) in [("6.2", true), ("6.3", false)] {
        let broker = broker(version, &server).await;
        let published = connected(&broker, "c")
            .await
            .publish(&Publication::new("t", "x"))
            .await;
        assert_eq!(published.authorized, authorized, "{version}");
        let reason_code = if authorized { 0 } else { 0x87 };
        assert_eq!(published.reason_code, reason_code, "{version}");
    }
}
