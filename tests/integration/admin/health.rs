//! What orchestrators are told: `/livez` and `/readyz`.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

use prost::Message as _;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::*;
use crate::provider::{authenticate, authenticate_at, eventually, load};

fn ready(address: SocketAddr, path: &str) -> (bool, Value) {
    let (head, body) = ask(address, &format!("GET {path}"));
    let told: Value = serde_json::from_str(&body).expect("JSON");
    let is_ready = head.starts_with("http/1.1 200 ");
    assert!(is_ready || head.starts_with("http/1.1 503 "), "{head}");
    assert_eq!(told["ready"], is_ready);
    (is_ready, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_ready_at_once_and_loaded_when_a_broker_has_come() {
    let provider = Provider::start(config("0"), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let address = admin_address(&provider.server);
    let (is_ready, told) = ready(address, "/readyz");
    assert!(is_ready);
    assert_eq!(told["phase"], "serving");
    assert_eq!(told["brokers"], 0);
    let (is_ready, told) = ready(address, "/readyz?loaded=true");
    assert!(!is_ready);
    let reason = told["reason"].as_str().expect("a reason");
    assert!(reason.contains("no broker has loaded"), "{reason}");

    provider
        .call(Package::V3, Hook::ProviderLoaded, &load("5.9.2"))
        .await;
    assert!(ready(address, "/readyz?loaded=true").0);
    let unloaded = proto::ProviderUnloadedRequest::default();
    provider
        .call(Package::V3, Hook::ProviderUnloaded, &unloaded)
        .await;
    assert!(!ready(address, "/readyz?loaded").0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_loaded_an_earlier_process_counts_as_loaded_when_it_calls() {
    let provider = Provider::start(config("0"), |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let address = admin_address(&provider.server);
    provider
        .call(Package::V2, Hook::ClientAuthenticate, &authenticate("one"))
        .await;
    let (is_ready, told) = ready(address, "/readyz?loaded=true");
    assert!(is_ready);
    assert_eq!(told["brokers"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_says_so_while_it_serves_on() {
    let may_answer = Arc::new(Semaphore::new(0));
    let options = Config {
        drain_timeout_ms: 20_000,
        timeout_ms: 20_000,
        ..config("0")
    };
    let provider = Provider::start(options, |app| authenticate_at(app, &may_answer)).await;
    let address = admin_address(&provider.server);
    assert!(ready(address, "/readyz").0);
    let (server, connection) = (Arc::new(provider.server), provider.connection);
    let calling = async {
        let request = authenticate("one").encode_to_vec();
        let hook = Hook::ClientAuthenticate;
        connection.call(Package::V2, hook, &request, TIMEOUT).await
    };
    let stopping = async {
        eventually("the call is under way", || server.metrics().inflight == 1).await;
        let stopping = thread::spawn({
            let server = Arc::clone(&server);
            move || server.stop()
        });
        eventually("not ready", || !ready(address, "/readyz").0).await;
        let (_, told) = ready(address, "/readyz");
        assert_eq!(told["reason"], "the server is stopping");
        let (head, _) = ask(address, "GET /livez");
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        may_answer.add_permits(1);
        stopping
    };
    let (_, stopping) = tokio::join!(calling, stopping);
    assert!(stopping.join().expect("no panic").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_blocks_its_io_thread_makes_the_process_worth_restarting() {
    let (release, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let provider = Provider::start(config("0"), move |app| {
        app.on_client_authenticate(move |_| {
            let _ = wait.lock().expect("no panic").recv();
            true
        });
    })
    .await;
    let address = admin_address(&provider.server);
    let (head, body) = ask(address, "GET /livez");
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert_eq!(body, "ok\n");
    let request = authenticate("one");
    let call = provider.call(Package::V2, Hook::ClientAuthenticate, &request);
    let blocked = eventually("an I/O thread that is stuck", || {
        let (head, body) = ask(address, "GET /livez");
        head.starts_with("http/1.1 503 ") && body.contains("I/O thread 0 has not turned for")
    });
    let released = async {
        blocked.await;
        drop(release);
    };
    tokio::join!(call, released);
    eventually("an I/O thread that turns again", || {
        ask(address, "GET /livez").0.starts_with("http/1.1 200 ")
    })
    .await;
}
