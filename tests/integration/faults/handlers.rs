//! Handlers that panic, hang, block and keep what they are given.

use std::{
    sync::{Arc, Condvar, Mutex, Weak},
    thread,
};

use exhook::{
    App, Call, Config, HandlerOptions, Hook, Package, Registry, Request, Server,
    testing::Understood,
};
use prost::Message as _;
use tokio::sync::Semaphore;

use super::{REQUEST_TIMEOUT, assert_answered};
use crate::{
    captured_logs,
    decision_log::{Folder, lines},
    provider::{
        Notes, Provider, authenticate, authenticate_at, connect, connected, eventually, understand,
    },
};

const AUTHENTICATE: Hook = Hook::ClientAuthenticate;

/// Brokers are answered soon where handlers do not.
fn hasty() -> Config {
    Config {
        timeout_ms: 2_000,
        ..Config::default()
    }
}

/// Asks as a broker that waits as long as brokers do.
async fn ask(provider: &Provider, clientid: &str) -> Understood {
    let request = authenticate(clientid).encode_to_vec();
    let connection = &provider.connection;
    let outcome = connection
        .call(Package::V3, AUTHENTICATE, &request, REQUEST_TIMEOUT)
        .await;
    assert_answered(&outcome);
    understand(Package::V3, None, AUTHENTICATE, &outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_answered_with_the_fallback_and_logged_with_its_client() {
    captured_logs::capture();
    let provider = Provider::start(Config::default(), |app| {
        app.on_client_authenticate(|_| -> bool { panic!("on purpose") });
        app.on_client_connected_async(async |_| -> () { panic!("on purpose") });
    })
    .await;
    assert_eq!(ask(&provider, "panics at once").await, Understood::Denied);
    let request = connected("panics later");
    let told = provider
        .ask(Package::V3, Hook::ClientConnected, &request)
        .await;
    assert_eq!(told, Understood::Acknowledged);
    for (hook, clientid) in [
        (AUTHENTICATE, "panics at once"),
        (Hook::ClientConnected, "panics later"),
    ] {
        let parts = ["ERROR", "a handler panicked", hook.name(), clientid];
        eventually("it is logged once", || captured_logs::count(&parts) == 1).await;
        eventually("it is counted", || {
            provider.failures(Package::V3, hook, "exception") == 1
        })
        .await;
    }
    assert_eq!(provider.metrics().inflight, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_hangs_has_been_answered_for_and_what_comes_late_is_counted() {
    let folder = Folder::new("hangs");
    let path = folder.file("decisions.log");
    let gate = Arc::new(Semaphore::new(0));
    let config = Config {
        decision_log: path.display().to_string(),
        ..hasty()
    };
    let provider = Provider::start(config, |app| authenticate_at(app, &gate)).await;
    assert_eq!(ask(&provider, "hangs").await, Understood::Denied);
    assert_eq!(provider.failures(Package::V3, AUTHENTICATE, "deadline"), 1);
    eventually("a line tells of it", || lines(&path).len() == 1).await;
    let line = &lines(&path)[0];
    assert_eq!(line["clientid"], "hangs");
    assert_eq!(
        (&line["verdict"], &line["cause"]),
        (&"deny".into(), &"deadline".into())
    );
    gate.add_permits(1);
    eventually("what came late is counted", || {
        provider.metrics().hooks[0].late == 1
    })
    .await;
    assert_eq!(ask(&provider, "as before").await, Understood::Allowed);
    assert_eq!(provider.metrics().inflight, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn async_handlers_that_block_all_their_threads_hold_up_no_deadline_and_no_closure() {
    let calls = 2 * thread::available_parallelism().map_or(1, usize::from);
    let held = Arc::new((Mutex::new(true), Condvar::new()));
    // Outside of a runtime, so that the app makes its own, which the test does not need.
    let blocking = Arc::clone(&held);
    let begun = thread::spawn(move || {
        let mut app = App::with_config(hasty());
        app.on_client_authenticate_async(move |_| {
            let held = Arc::clone(&blocking);
            async move {
                let (is_held, changed) = &*held;
                let is_held = is_held.lock().expect("no panic");
                drop(changed.wait_while(is_held, |is_held| *is_held));
                true
            }
        });
        app.on_client_authorize(|_| true);
        app.start("127.0.0.1:0")
    });
    let server = begun.join().expect("no panic").expect("a free port");
    let connection = connect(&server).await;
    let provider = Arc::new(Provider { server, connection });
    let waiting: Vec<_> = (0..calls)
        .map(|number| {
            let provider = Arc::clone(&provider);
            tokio::spawn(async move { ask(&provider, &number.to_string()).await })
        })
        .collect();
    let request = exhook::proto::ClientAuthorizeRequest::default();
    let other = provider
        .ask(Package::V3, Hook::ClientAuthorize, &request)
        .await;
    assert_eq!(other, Understood::Allowed);
    for call in waiting {
        assert_eq!(call.await.expect("no panic"), Understood::Denied);
    }
    let failed = provider.failures(Package::V3, AUTHENTICATE, "deadline");
    assert_eq!(failed, calls as u64);
    *held.0.lock().expect("no panic") = false;
    held.1.notify_all();
    eventually("all that came late is counted", || {
        let hooks = provider.metrics().hooks;
        hooks[0].late == calls as u64
    })
    .await;
    assert_eq!(ask(&provider, "as before").await, Understood::Allowed);
    assert_eq!(provider.metrics().inflight, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_that_blocks_holds_up_its_own_io_thread_only() {
    let held = Arc::new((Mutex::new(true), Condvar::new()));
    let config = Config {
        io_threads: 2,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        let held = Arc::clone(&held);
        app.on_client_authenticate(move |req| {
            if req.clientinfo().clientid == "blocks" {
                let (is_held, changed) = &*held;
                let is_held = is_held.lock().expect("no panic");
                drop(changed.wait_while(is_held, |is_held| *is_held));
            }
            true
        });
    })
    .await;
    // Connections are dealt out to the threads in turn.
    let other = connect(&provider.server).await;
    eventually("both are served", || provider.metrics().connections == 2).await;
    let blocked = ask(&provider, "blocks");
    let others = async {
        eventually("it blocks", || provider.metrics().inflight == 1).await;
        let request = authenticate("other").encode_to_vec();
        for _ in 0..10 {
            let outcome = other
                .call(Package::V3, AUTHENTICATE, &request, REQUEST_TIMEOUT)
                .await;
            assert_answered(&outcome);
        }
        *held.0.lock().expect("no panic") = false;
        held.1.notify_all();
    };
    let (answer, ()) = tokio::join!(blocked, others);
    assert_eq!(answer, Understood::Allowed);
    assert_eq!(provider.metrics().inflight, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_are_kept_for_ever_are_answered_and_go_when_they_are_freed() {
    const CALLS: usize = 200;
    let kept: Arc<Mutex<Vec<Call>>> = Arc::default();
    let mut registry = Registry::new();
    let keeping = Arc::clone(&kept);
    let keep = move |call| keeping.lock().expect("no panic").push(call);
    registry
        .register(AUTHENTICATE, HandlerOptions::default(), Arc::new(keep))
        .expect("options with a meaning");
    let server = Server::start(&hasty(), registry, "127.0.0.1:0").expect("a free port");
    let connection = connect(&server).await;
    let provider = Arc::new(Provider { server, connection });
    let waiting: Vec<_> = (0..CALLS)
        .map(|number| {
            let provider = Arc::clone(&provider);
            tokio::spawn(async move { ask(&provider, &number.to_string()).await })
        })
        .collect();
    for call in waiting {
        assert_eq!(call.await.expect("no panic"), Understood::Denied);
    }
    let failed = provider.failures(Package::V3, AUTHENTICATE, "deadline");
    assert_eq!(failed, CALLS as u64);
    assert_eq!(provider.metrics().inflight, 0);
    let calls = std::mem::take(&mut *kept.lock().expect("no panic"));
    let requests: Vec<Weak<Request>> = calls
        .iter()
        .map(|call| Arc::downgrade(call.request()))
        .collect();
    drop(calls);
    assert!(requests.iter().all(|request| request.upgrade().is_none()));
    let failed = provider.failures(Package::V3, AUTHENTICATE, "unanswered");
    assert_eq!(failed, 0, "the brokers had been answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_above_the_limit_get_the_fallback_at_once() {
    captured_logs::capture();
    let gate = Arc::new(Semaphore::new(0));
    let config = Config {
        max_inflight: 1,
        timeout_ms: 20_000,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| authenticate_at(app, &gate)).await;
    let above = async {
        eventually("one runs", || provider.metrics().inflight == 1).await;
        assert_eq!(ask(&provider, "above").await, Understood::Denied);
        gate.add_permits(2);
    };
    let (first, ()) = tokio::join!(ask(&provider, "first"), above);
    assert_eq!(first, Understood::Allowed);
    assert_eq!(ask(&provider, "later").await, Understood::Allowed);
    let failed = provider.failures(Package::V3, AUTHENTICATE, "overload");
    assert_eq!(failed, 1);
    let parts = ["WARN", "more calls are running than max_inflight allows"];
    assert!(captured_logs::count(&parts) >= 1);
    assert_eq!(provider.metrics().inflight, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_wait_for_a_full_inbox_and_are_dropped_at_the_deadline() {
    captured_logs::capture();
    let notes = Arc::new(Notes::default());
    let gate = Arc::new(Semaphore::new(0));
    let config = Config {
        inbox_capacity: 1,
        ..hasty()
    };
    let provider = Provider::start(config, |app| {
        let (notes, gate) = (Arc::clone(&notes), Arc::clone(&gate));
        app.on_session_resumed_async(move |req| {
            let (notes, gate) = (Arc::clone(&notes), Arc::clone(&gate));
            async move {
                gate.acquire().await.expect("never closed").forget();
                notes.push(req.clientinfo().clientid.clone());
            }
        });
    })
    .await;
    let tell = async |clientid: &str| {
        let request = exhook::proto::SessionResumedRequest {
            clientinfo: connected(clientid).clientinfo,
            ..exhook::proto::SessionResumedRequest::default()
        };
        let told = provider
            .ask(Package::V3, Hook::SessionResumed, &request)
            .await;
        assert_eq!(told, Understood::Acknowledged);
    };
    tell("one").await;
    tell("dropped").await;
    assert_eq!(provider.metrics().hooks[0].dropped, 1);
    let logged = captured_logs::count(&["WARN", "the inbox stayed full", "session.resumed"]);
    assert_eq!(logged, 1);
    gate.add_permits(2);
    eventually("there is room", || provider.metrics().inbox_depth == 0).await;
    tell("two").await;
    eventually("the others are handled", || notes.all() == ["one", "two"]).await;
    eventually("nothing is left", || provider.metrics().inbox_depth == 0).await;
}
