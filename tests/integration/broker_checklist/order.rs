//! When brokers are answered, and in which order handlers run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use exhook::{Config, Hook, Package, proto, replace, testing::Understood};
use prost::Message as _;

use super::AUTHENTICATE;
use crate::provider::{Notes, Provider, authenticate, clientinfo, eventually, publish, understand};

#[tokio::test]
async fn item_6_the_broker_is_answered_before_its_own_timeout() {
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate_async(async |_| std::future::pending::<bool>().await);
    })
    .await;
    let request = authenticate("c").encode_to_vec();
    for timeout_ms in [1_500, 2_900] {
        let timeout = Duration::from_millis(timeout_ms);
        let ask = || {
            let connection = &provider.connection;
            connection.call(Package::V3, AUTHENTICATE, &request, timeout)
        };
        let mut outcome = ask().await;
        // Where the machine stood still, the time that is left for the answer is over as well.
        for _ in 0..5 {
            if outcome.timed_out {
                outcome = ask().await;
            }
        }
        assert!(!outcome.timed_out, "{outcome:?}");
        let understood = understand(Package::V3, None, AUTHENTICATE, &outcome);
        assert_eq!(understood, Understood::Denied);
    }
    assert!(provider.failures(Package::V3, AUTHENTICATE, "deadline") >= 2);
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
