//! More connections than there may be.

use std::{
    io::Read,
    net::{Shutdown, SocketAddr, TcpStream},
};

use exhook::{Config, Hook, MetricsSnapshot, Package, testing::Understood};
use socket2::{Domain, Socket, Type};

use crate::{
    captured_logs,
    provider::{Provider, TIMEOUT, authenticate, connect, eventually},
};

/// How many connections were closed for this reason.
pub(super) fn refused(metrics: &MetricsSnapshot, reason: &str) -> u64 {
    let refused = metrics.connections_refused.iter();
    refused
        .filter(|(name, _)| *name == reason)
        .map(|(_, count)| count)
        .sum()
}

/// A connection from this address of the loopback network.
pub(super) fn connect_from(source: [u8; 4], server: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let source = SocketAddr::from((source, 0));
    socket.bind(&source.into()).expect("an address of our own");
    socket.connect(&server.into()).expect("a listener");
    let socket = TcpStream::from(socket);
    socket.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    socket
}

/// Reads until the server has closed the connection, however it did.
pub(super) fn read_to_end(mut socket: &TcpStream) {
    let mut piece = [0; 4096];
    while matches!(socket.read(&mut piece), Ok(count) if count > 0) {}
}

async fn is_answered(provider: &Provider) -> bool {
    let request = authenticate("c");
    let understood = provider
        .ask(Package::V3, Hook::ClientAuthenticate, &request)
        .await;
    matches!(understood, Understood::Allowed)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_its_share_of_connections_gets_no_more_and_others_do() {
    captured_logs::capture();
    let config = Config {
        max_connections_per_peer: 3,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let address = provider.address();
    let mut greedy: Vec<TcpStream> = (0..3)
        .map(|_| connect_from([127, 0, 0, 2], address))
        .collect();
    read_to_end(&connect_from([127, 0, 0, 2], address));
    assert_eq!(refused(&provider.metrics(), "per_peer"), 1);
    let logged = captured_logs::count(&["WARN", "127.0.0.2", "max_connections_per_peer"]);
    assert_eq!(logged, 1);
    assert!(is_answered(&provider).await);
    // Room that was given back is given again.
    drop(greedy.pop());
    eventually("one has gone", || provider.metrics().connections == 3).await;
    let again = connect_from([127, 0, 0, 2], address);
    eventually("one more is served", || provider.metrics().connections == 4).await;
    drop(again);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_above_the_limit_wait_until_one_ends() {
    let config = Config {
        max_connections: 2,
        ..Config::default()
    };
    let provider = Provider::start(config, |app| {
        app.on_client_authenticate(|_| true);
    })
    .await;
    let other = TcpStream::connect(provider.address()).expect("a listener");
    eventually("both are served", || provider.metrics().connections == 2).await;
    let waiting = connect(&provider.server);
    tokio::pin!(waiting);
    assert!(is_answered(&provider).await);
    assert_eq!(provider.metrics().connections_accepted, 2);
    other.shutdown(Shutdown::Both).expect("open until now");
    let admitted = waiting.await;
    assert!(is_answered(&provider).await);
    drop(admitted);
}
