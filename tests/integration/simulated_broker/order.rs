//! The order of the calls, compared with what real brokers sent.

use exhook::{
    Hook, Package, Request,
    testing::{Broker, ClientSettings, HookCall, Publication, Subscription, transcode},
};

use super::{broker, serve_all_hooks};
use crate::recordings::{BROKERS, calls_of};

/// What a call of a recording or of the simulation is about, as far as both can be compared.
#[derive(Debug, PartialEq)]
struct Told {
    hook: Hook,
    topic: Option<String>,
    reason: Option<String>,
}

fn told(request: &Request) -> Told {
    let reason = match request {
        Request::ClientDisconnected(request) => Some(&request.reason),
        Request::SessionTerminated(request) => Some(&request.reason),
        Request::MessageDropped(request) => Some(&request.reason),
        Request::ClientConnack(request) => Some(&request.result_code),
        _ => None,
    };
    Told {
        hook: request.hook(),
        topic: request.topic().map(str::to_owned),
        reason: reason.cloned(),
    }
}

/// What was recorded of the client whose id begins with `prefix`.
fn recorded(version: &str, prefix: &str) -> Vec<Told> {
    calls_of(version)
        .into_iter()
        .filter_map(|call| {
            let body = transcode(call.package, Package::V3, call.hook, &call.body.into())
                .expect("a recorded request");
            let request = Request::decode(call.hook, body).expect("a request of v3");
            request
                .clientid()
                .starts_with(prefix)
                .then(|| told(&request))
        })
        .collect()
}

fn simulated(broker: &Broker, prefix: &str) -> Vec<Told> {
    let calls: Vec<HookCall> = broker.calls();
    calls
        .iter()
        // EMQX 4 makes calls about user properties that never arrive.
        .filter(|call| call.result.is_answered() && call.clientid.starts_with(prefix))
        .map(|call| told(&call.request))
        .collect()
}

/// What the client did that was recorded as `persist-…`.
async fn lead_persistent_life(broker: &Broker) {
    let device = super::connected(broker, "device").await;
    let with_session = ClientSettings {
        clean_start: false,
        session_expiry_interval: 300,
        user_properties: vec![("fw".to_owned(), "1.2.3".to_owned())],
        ..ClientSettings::new("persist-1").with_username("bob")
    };
    let first = broker.client(with_session.clone());
    first.connect().await;
    first
        .subscribe(&[Subscription::new("cmd/#").with_qos(1)])
        .await;
    first.disconnect().await;
    device
        .publish(&Publication::new("cmd/reboot", "now").with_qos(1))
        .await;
    let second = broker.client(with_session.clone());
    assert!(second.connect().await.session_present);
    broker.client(with_session).connect().await;
    let clean = broker.client(ClientSettings::new("persist-1"));
    assert!(!clean.connect().await.session_present);
    clean.subscribe(&[Subscription::new("x/1")]).await;
    clean
        .unsubscribe(&["x/1".to_owned(), "never/subscribed".to_owned()])
        .await;
    clean.disconnect().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_told_of_in_the_order_of_each_recorded_broker() {
    for version in BROKERS {
        let server = serve_all_hooks();
        let broker = broker(version, &server).await;
        lead_persistent_life(&broker).await;
        assert_eq!(
            simulated(&broker, "persist-"),
            recorded(version, "persist-"),
            "{version}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_will_is_authorized_published_and_dropped_before_the_client_is_gone() {
    for version in BROKERS {
        let server = serve_all_hooks();
        let broker = broker(version, &server).await;
        let client = broker.client(ClientSettings {
            protocol_version: 4,
            will: Some(Publication::new("status/willful", "gone").with_qos(1)),
            ..ClientSettings::new("willful-1").with_username("carol")
        });
        client.connect().await;
        client.lose_connection().await;
        assert_eq!(
            simulated(&broker, "willful-"),
            recorded(version, "willful-"),
            "{version}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_the_shape_of_the_release() {
    for version in BROKERS {
        let server = serve_all_hooks();
        let broker = broker(version, &server).await;
        let client = super::connected(&broker, "persist-1").await;
        client.subscribe(&[Subscription::new("a/#")]).await;
        client.publish(&Publication::new("a/b", "x")).await;
        // The server has understood each of them, in the package of the release.
        for call in broker.calls() {
            assert!(call.result.is_answered(), "{version}: {call:?}");
        }
        let metrics = server.metrics();
        let mut failures = metrics.hooks.iter().flat_map(|hook| &hook.failures);
        assert!(
            failures.all(|(_, count)| *count == 0),
            "{version}: {metrics:?}"
        );
        let package = broker.settings().version.package();
        assert!(metrics.hooks.iter().all(|hook| hook.package == package));
    }
}
