//! What a server sees of the connections of different brokers.

use h2::server::{self, Handshake};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const HABITS: ConnectionHabits = ConnectionHabits {
    stream_window: STREAM_WINDOW,
    connection_window: None,
    ping_interval: None,
    closes_at_goaway: false,
    requires_alpn: false,
};
const PATIENCE: Duration = Duration::from_secs(60);

/// The server's end of a connection with these habits, and the broker's.
async fn connected(habits: ConnectionHabits) -> (Handshake<TcpStream, Bytes>, Connection) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let endpoint: Endpoint = address.parse().expect("an endpoint");
    let opening = tokio::spawn(async move { Connection::open_with(&endpoint, &habits).await });
    let (socket, _) = listener.accept().await.expect("a broker");
    let handshake = server::handshake(socket);
    let connection = opening.await.expect("no panic").expect("a listener");
    (handshake, connection)
}

/// Whether a call ended with an answer, where the server says good-bye while it is under way.
async fn outlives_goodbye(closes_at_goaway: bool) -> bool {
    let habits = ConnectionHabits {
        closes_at_goaway,
        ..HABITS
    };
    let (handshake, connection) = connected(habits).await;
    let serving = tokio::spawn(async move {
        let mut server = handshake.await.expect("a preface");
        let (_request, mut respond) = server.accept().await.expect("a call").expect("a request");
        server.graceful_shutdown();
        let goodbye = poll_fn(|context| server.poll_closed(context));
        // The broker of the one kind is gone by then, that of the other waits for its answer.
        let _ = tokio::time::timeout(Duration::from_millis(50), goodbye).await;
        let _ = respond.send_response(http::Response::new(()), true);
        let _ = poll_fn(|context| server.poll_closed(context)).await;
    });
    let outcome = connection
        .call(Package::V2, Hook::ClientConnect, &[], PATIENCE)
        .await;
    serving.await.expect("no panic");
    connection.closed().await;
    assert_eq!(connection.stage(), Stage::Closed);
    assert!(!outcome.timed_out, "{outcome:?}");
    outcome.reset.is_none()
}

#[tokio::test]
async fn gun_1_drops_calls_at_a_goodbye_and_gun_2_waits_for_them() {
    assert!(!outlives_goodbye(true).await);
    assert!(outlives_goodbye(false).await);
}

#[tokio::test]
async fn pings_come_for_as_long_as_the_connection_lives() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let habits = ConnectionHabits {
        ping_interval: Some(Duration::from_millis(5)),
        ..HABITS
    };
    let endpoint: Endpoint = address.parse().expect("an endpoint");
    let opening = tokio::spawn(async move { Connection::open_with(&endpoint, &habits).await });
    let (mut socket, _) = listener.accept().await.expect("a broker");
    // An empty SETTINGS is all of a server that a broker needs to see.
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    tokio::io::AsyncWriteExt::write_all(&mut socket, &settings)
        .await
        .expect("an open socket");
    let connection = opening.await.expect("no panic").expect("a listener");
    let counting = async {
        let mut pings = 0;
        let mut preface = [0; 24];
        read(&mut socket, &mut preface).await;
        while pings < 3 {
            let mut head = [0; 9];
            read(&mut socket, &mut head).await;
            let length = usize::from(head[1]) * 256 + usize::from(head[2]);
            let mut payload = vec![0; length];
            read(&mut socket, &mut payload).await;
            let is_answer = head[4] & 1 == 1;
            if head[3] == 6 && !is_answer {
                pings += 1;
                let answer = [&[0, 0, 8, 6, 1, 0, 0, 0, 0], &payload[..]].concat();
                tokio::io::AsyncWriteExt::write_all(&mut socket, &answer)
                    .await
                    .expect("an open socket");
            }
        }
    };
    tokio::time::timeout(PATIENCE, counting)
        .await
        .expect("PINGs come");
    assert_eq!(connection.stage(), Stage::Open);
}

async fn read(socket: &mut TcpStream, into: &mut [u8]) {
    tokio::io::AsyncReadExt::read_exact(socket, into)
        .await
        .expect("an open socket");
}

#[tokio::test]
async fn a_window_for_the_connection_is_announced_where_the_broker_does_so() {
    let habits = ConnectionHabits {
        stream_window: 8_000_000,
        connection_window: Some(8_000_000),
        ..HABITS
    };
    let (handshake, connection) = connected(habits).await;
    let mut server = handshake.await.expect("a preface");
    let calling = tokio::spawn(async move {
        connection
            .call(Package::V3, Hook::ClientConnect, &[], PATIENCE)
            .await
    });
    let (_request, mut respond) = server.accept().await.expect("a call").expect("a request");
    let mut stream = respond
        .send_response(http::Response::new(()), false)
        .expect("an open stream");
    stream.reserve_capacity(1_000_000);
    let granted = poll_fn(|context| {
        let _ = server.poll_closed(context);
        stream.poll_capacity(context)
    });
    let granted = tokio::time::timeout(PATIENCE, granted)
        .await
        .expect("in time");
    assert!(granted.expect("capacity").expect("no error") > 400_000);
    stream
        .send_data(Bytes::new(), true)
        .expect("an open stream");
    drop(respond);
    tokio::spawn(async move { poll_fn(|context| server.poll_closed(context)).await });
    assert_eq!(calling.await.expect("no panic").http_status, Some(200));
}
