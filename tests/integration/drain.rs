//! How a server goes: who is let go when, and what goes on until then.

use std::{
    net::TcpStream,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use exhook::{Config, Hook, Package, testing::Stage};
use prost::Message as _;
use tokio::sync::Semaphore;

use crate::provider::{Provider, TIMEOUT, authenticate, authenticate_at, connect, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_goes_when_no_call_is_under_way_on_it() {
    let may_answer = Arc::new(Semaphore::new(0));
    let config = Config {
        drain_timeout_ms: 20_000,
        timeout_ms: 20_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| authenticate_at(app, &may_answer)).await;
    let idle = connect(&provider.server).await;
    let (server, busy) = (Arc::new(provider.server), provider.connection);
    let address = server.address().to_string();

    let calling = async {
        let request = authenticate("c").encode_to_vec();
        let hook = Hook::ClientAuthenticate;
        busy.call(Package::V2, hook, &request, TIMEOUT).await
    };
    let stopping = async {
        eventually("the call is under way", || server.metrics().inflight == 1).await;
        let stopping = thread::spawn({
            let server = Arc::clone(&server);
            move || server.stop()
        });
        eventually("the idle connection is gone", || {
            idle.stage() == Stage::Closed
        })
        .await;
        eventually("nobody listens", || TcpStream::connect(&address).is_err()).await;
        assert_eq!(busy.stage(), Stage::Open);
        may_answer.add_permits(1);
        stopping
    };
    let (outcome, stopping) = tokio::join!(calling, stopping);
    assert_eq!(outcome.grpc_status, Some(0), "{outcome:?}");
    assert!(stopping.join().expect("no panic").is_ok());
    assert_eq!(busy.stage(), Stage::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_delay_is_over_brokers_connect_and_are_answered() {
    const DELAY: Duration = Duration::from_secs(1);
    let config = Config {
        drain_delay_ms: 1_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let server = Arc::new(provider.server);
    let begun = Instant::now();
    let stopping = thread::spawn({
        let server = Arc::clone(&server);
        move || server.stop()
    });
    let endpoint = server.address().to_string().parse().expect("an endpoint");
    while let Ok(connection) = exhook::testing::Connection::open(&endpoint).await {
        let request = authenticate("c").encode_to_vec();
        let outcome = connection
            .call(Package::V2, Hook::ClientAuthenticate, &request, TIMEOUT)
            .await;
        // On a slow machine the delay ends during the call.
        assert!(outcome.grpc_status == Some(0) || begun.elapsed() >= DELAY);
    }
    assert!(begun.elapsed() >= DELAY, "{:?}", begun.elapsed());
    assert!(stopping.join().expect("no panic").is_ok());
    assert_eq!(provider.connection.stage(), Stage::Closed);
}
