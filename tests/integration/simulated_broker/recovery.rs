//! What happens when the hook program is slow, gone or back again.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use exhook::{
    Server, Verdict,
    testing::{
        Broker, BrokerSettings, CallResult, ClientSettings, FailedAction, ProviderSettings,
        ProviderStatus, Publication,
    },
};

use super::{connected, provider, serve, settings};

const PATIENCE: Duration = Duration::from_secs(60);

/// The broker's own waits are a hundred times shorter than EMQX's.
fn fast(version: &str, provider: ProviderSettings) -> BrokerSettings {
    BrokerSettings {
        pace: 100.0,
        ..settings(version, vec![provider])
    }
}

fn accepting(address: &str) -> Server {
    let mut app = exhook::App::new();
    app.on_client_authenticate(|_| Verdict::Allow);
    app.start(address).expect("a free port")
}

/// An address where nobody listens.
fn vacant() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_are_let_in_while_the_first_load_has_not_succeeded() {
    let address = vacant();
    let provider = ProviderSettings {
        // Brokers that connect late wait for as long as they wait for an answer.
        request_timeout_ms: 100,
        ..ProviderSettings::new(address.parse().expect("an address"))
    };
    for version in ["4.4", "5.3", "5.8", "5.9"] {
        let broker = Broker::start(settings(version, vec![provider.clone()]))
            .await
            .expect("valid settings");
        assert_eq!(broker.status()[0].status, ProviderStatus::Connecting);
        let client = broker.client(ClientSettings::new("c"));
        assert!(client.connect().await.accepted, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_comes_later_is_loaded_after_auto_reconnect() {
    let address = vacant();
    let provider = ProviderSettings::new(address.parse().expect("an address"));
    let broker = Broker::start(fast("5.8", provider))
        .await
        .expect("valid settings");
    let server = serve_at(&address, Verdict::Deny);
    assert!(broker.wait_until_loaded(PATIENCE).await);
    let client = broker.client(ClientSettings::new("c"));
    assert!(!client.connect().await.accepted);
    drop(server);
}

fn serve_at(address: &str, verdict: Verdict) -> Server {
    let mut app = exhook::App::new();
    app.on_client_authenticate(move |_| verdict.clone());
    app.start(address).expect("the address is free")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_answer_fails_after_the_timeout_and_failed_action_decides() {
    for (failed_action, accepted) in [(FailedAction::Deny, false), (FailedAction::Ignore, true)] {
        // Accepts connections, and never says a word on them.
        let server = accepting("127.0.0.1:0");
        let provider = ProviderSettings {
            failed_action,
            ..provider(&server)
        };
        let broker = Broker::start(settings("5.9", vec![provider]))
            .await
            .expect("valid");
        broker.delay_calls(Duration::from_millis(50));
        broker.set_request_timeout(Duration::from_millis(50));
        let client = broker.client(ClientSettings::new("c"));
        let connected = client.connect().await;
        assert_eq!(connected.accepted, accepted);
        let call = connected.calls.last().expect("the authentication");
        assert!(matches!(call.result, CallResult::Failed { .. }), "{call:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_whose_call_fails_goes_through_whatever_failed_action_says() {
    let server = serve(|app| {
        app.on_message_publish(|_| Verdict::Block);
    });
    let broker = super::broker("5.8", &server).await;
    let client = connected(&broker, "c").await;
    broker.delay_calls(Duration::from_millis(20));
    broker.set_request_timeout(Duration::from_millis(20));
    let published = client.publish(&Publication::new("t", "x")).await;
    assert_eq!(
        &published.delivered_as.expect("it went through").payload[..],
        b"x"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_generation_comes_back_in_its_own_way() {
    for (version, loads) in [("4.4", 1), ("5.3", 1), ("5.8", 1), ("5.9", 2), ("6.2", 2)] {
        let server = accepting("127.0.0.1:0");
        let broker = Broker::start(fast(version, provider(&server)))
            .await
            .expect("valid");
        connected(&broker, "before").await;
        broker.cut_connections().await;
        if loads > 1 {
            // The health check finds it lost, and auto_reconnect loads it anew.
            let reloaded = async {
                while broker.status()[0].loads < loads {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            tokio::time::timeout(PATIENCE, reloaded)
                .await
                .expect(version);
        }
        connected(&broker, "after").await;
        assert_eq!(broker.status()[0].loads, loads, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_every_program_is_lost_clients_are_refused_whatever_failed_action_says_until_6_3() {
    for (version, accepted) in [("5.9", false), ("6.2", false), ("6.3", true)] {
        let server = accepting("127.0.0.1:0");
        let provider = ProviderSettings {
            failed_action: FailedAction::Ignore,
            auto_reconnect_ms: 1_000_000_000,
            ..provider(&server)
        };
        let broker = Broker::start(fast(version, provider)).await.expect("valid");
        broker.cut_connections().await;
        let lost = async {
            while broker.status()[0].status == ProviderStatus::Connected {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, lost).await.expect(version);
        let client = broker.client(ClientSettings::new("c"));
        assert_eq!(client.connect().await.accepted, accepted, "{version}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_5_3_wait_for_the_connection_to_come_back_and_are_sent_then() {
    let server = accepting("127.0.0.1:0");
    let broker = Broker::start(fast("5.3", provider(&server)))
        .await
        .expect("valid");
    connected(&broker, "c").await;
    let cut = Instant::now();
    broker.cut_connections().await;
    let again = broker.client(ClientSettings::new("c")).connect().await;
    assert!(again.accepted);
    let waited = cut.elapsed();
    assert!(
        waited >= Duration::from_millis(50),
        "the pause is 50 ms here: {waited:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_of_6_0_0_makes_events_come_twice() {
    let server = serve(|app| {
        app.on_client_connected(|_| {});
    });
    let broker = super::broker("6.0.0", &server).await;
    let once = connected_calls(&broker).await;
    broker.enable("default").await.expect("its name");
    let twice = connected_calls(&broker).await;
    assert_eq!((once, twice), (1, 2));
}

async fn connected_calls(broker: &Broker) -> usize {
    let client = broker.client(ClientSettings::new("c"));
    client.connect().await.calls.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_provider_is_unloaded_and_not_asked_any_more() {
    let server = serve(|app| {
        app.on_client_authenticate(|_| Verdict::Deny);
    });
    let broker = super::broker("5.8", &server).await;
    broker.disable("default").await.expect("its name");
    assert_eq!(broker.status()[0].status, ProviderStatus::Disabled);
    connected(&broker, "c").await;
    broker.enable("default").await.expect("its name");
    assert!(
        !broker
            .client(ClientSettings::new("c"))
            .connect()
            .await
            .accepted
    );
    let error = broker
        .disable("defautl")
        .await
        .expect_err("no such provider");
    assert!(
        error.to_string().contains("did you mean default?"),
        "{error}"
    );
}
