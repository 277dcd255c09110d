//! Brokers that vanish, and that send at once what has waited for long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use exhook::{Config, Hook, Package, testing::Understood};
use prost::Message as _;
use tokio::sync::Semaphore;

use super::{REQUEST_TIMEOUT, assert_answered};
use crate::{
    captured_logs,
    provider::{Provider, authenticate, connect, eventually, understand},
};

const AUTHENTICATE: Hook = Hook::ClientAuthenticate;

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_broker_that_has_vanished_does_no_harm() {
    captured_logs::capture();
    let gate = Arc::new(Semaphore::new(0));
    let config = Config {
        timeout_ms: 20_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        let gate = Arc::clone(&gate);
        app.on_client_authenticate_async(move |req| {
            let gate = Arc::clone(&gate);
            async move {
                if req.clientinfo().clientid == "vanishes" {
                    gate.acquire().await.expect("never closed").forget();
                }
                true
            }
        });
    })
    .await;
    let vanishing = connect(&provider.server).await;
    let request = authenticate("vanishes").encode_to_vec();
    let calling = vanishing.call(Package::V3, AUTHENTICATE, &request, REQUEST_TIMEOUT);
    tokio::select! {
        outcome = calling => panic!("answered: {outcome:?}"),
        () = eventually("the call is under way", || provider.metrics().inflight == 1) => {}
    }
    drop(vanishing);
    eventually("nothing is under way, nobody else is gone", || {
        let metrics = provider.metrics();
        metrics.inflight == 0 && metrics.connections == 1
    })
    .await;
    gate.add_permits(1);
    eventually("the answer is counted as late", || {
        provider.metrics().hooks[0].late == 1
    })
    .await;
    let understood = provider
        .ask(Package::V3, AUTHENTICATE, &authenticate("stays"))
        .await;
    assert_eq!(understood, Understood::Allowed);
    assert_eq!(captured_logs::count(&["vanishes"]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_requests_that_nobody_waits_for_holds_up_no_others() {
    const EXPIRED: usize = 1_000;
    const GIVEN_UP: usize = 1_000;
    let allowed = Arc::new(AtomicU64::new(0));
    let provider = Provider::start(Config::default(), |app| {
        let allowed = Arc::clone(&allowed);
        app.on_client_authenticate_async(move |_| {
            let allowed = Arc::clone(&allowed);
            async move {
                allowed.fetch_add(1, Ordering::Relaxed);
                true
            }
        });
    })
    .await;
    let provider = Arc::new(provider);
    let request = authenticate("backlog").encode_to_vec();
    // EMQX 5.3 sends the timeout that the request had when it began to wait.
    let mut waiting = Vec::new();
    for number in 0..EXPIRED + GIVEN_UP {
        let (provider, request) = (Arc::clone(&provider), request.clone());
        let timeout = if number < EXPIRED {
            Duration::from_millis(1)
        } else {
            REQUEST_TIMEOUT
        };
        waiting.push(tokio::spawn(async move {
            let connection = &provider.connection;
            connection
                .call(Package::V3, AUTHENTICATE, &request, timeout)
                .await
        }));
    }
    for call in &waiting[EXPIRED..] {
        call.abort();
    }
    let outcome = provider
        .connection
        .call(Package::V3, AUTHENTICATE, &request, REQUEST_TIMEOUT)
        .await;
    assert_answered(&outcome);
    let understood = understand(Package::V3, None, AUTHENTICATE, &outcome);
    assert_eq!(understood, Understood::Allowed);
    for call in waiting {
        if let Ok(outcome) = call.await {
            assert!(
                outcome.timed_out || outcome.grpc_status == Some(0),
                "{outcome:?}"
            );
        }
    }
    eventually("nothing is under way", || provider.metrics().inflight == 0).await;
    let hook = &provider.metrics().hooks[0];
    let answered: u64 = hook.verdicts.iter().map(|(_, count)| count).sum();
    assert!(hook.calls > EXPIRED as u64, "{hook:?}");
    assert_eq!(answered, hook.calls, "each has one answer: {hook:?}");
    assert!(allowed.load(Ordering::Relaxed) <= hook.calls);
}
