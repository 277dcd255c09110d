//! Connections that do nothing at all.

use std::net::TcpStream;

use super::{broker::Broker, connections::connect_from, victim::Victim};
use crate::{
    frames::{Frame, PREFACE, SETTINGS},
    provider::eventually,
};

const MOST: u64 = 10_000;

/// How many connections this process and that of the server can have open.
fn possible() -> u64 {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    // The server leaves a quarter of them to its program, and this process has other tests.
    let most = files.current.unwrap_or(u64::MAX) / 4 * 3;
    MOST.min(most.saturating_sub(500))
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_cost_memory_and_nothing_else() {
    let count = possible();
    let victim = Victim::start(&[
        ("EXHOOK_MAX_CONNECTIONS", "12000"),
        ("EXHOOK_MAX_HANDSHAKES", "20000"),
        // They answer no PING: a slow machine would count those that have been let go.
        ("EXHOOK_KEEPALIVE_INTERVAL_MS", "0"),
    ]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let settings = Frame::new(SETTINGS, 0, 0, &[]).to_bytes();
    let beginning = [PREFACE, &settings].concat();
    let idle: Vec<TcpStream> = (0..count)
        .map(|number| {
            let source = u8::try_from(2 + number % 200).expect("below 202");
            let mut idle = connect_from([127, 0, 0, source], victim.address);
            std::io::Write::write_all(&mut idle, &beginning).expect("it reads");
            idle
        })
        .collect();
    let open = || victim.metric("exhook_connections", "") == count + 1;
    eventually("all are open", open).await;
    broker.goes_on().await;
    let (during, _) = victim.memory();
    let each = (during - before) * 1024 / count;
    assert!(each < 100, "{each} KiB for each of {count} connections");
    drop(idle);
    victim.until_connections(1).await;
    broker.finish().await;
}
