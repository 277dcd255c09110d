//! Headers without measure or end.

use super::{
    attacker::{Attacker, call_headers, frame},
    broker::Broker,
    victim::Victim,
};
use crate::{
    frames::{DATA, END_HEADERS, END_STREAM, HEADERS, literal_headers},
    raw_client::RawClient,
};

const CONTINUATION: u8 = 9;

/// CVE-2024-27316: a block of headers that never ends.
#[tokio::test(flavor = "multi_thread")]
async fn endless_continuation_is_sent_away() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    for size in [0, 1, 8_000] {
        let mut attacker = Attacker::connect(victim.address);
        attacker.send(&frame(
            HEADERS,
            END_STREAM,
            1,
            &call_headers("OnClientConnect"),
        ));
        let piece = literal_headers(&[("x", &"y".repeat(100))]).repeat(size / 100);
        let piece = if size == 1 { vec![0] } else { piece };
        let continuation = frame(CONTINUATION, 0, 1, &piece);
        attacker.flood(1_000_000, |_| continuation.clone());
    }
    victim.until_connections(1).await;
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 32, "{most} MiB");
}

/// Answered 431 and nothing more; the connection and its calls go on.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_headers_are_refused_and_the_connection_goes_on() {
    let victim = Victim::start(&[("EXHOOK_MAX_HEADER_BYTES", "1000")]);
    let broker = Broker::start(&victim).await;
    let mut client = RawClient::connect(victim.address);
    let mut block = call_headers("OnClientConnected");
    block.extend(literal_headers(&[("x", &"y".repeat(100))]).repeat(10));
    client.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &block));
    let refused = client.next_of(HEADERS);
    assert_eq!(refused.stream, 1);
    // HPACK of ":status: 431", which is no entry of the static table.
    assert!(refused.payload.windows(3).any(|text| text == b"431") || refused.payload.len() < 16);
    client.send_call(3, "OnClientConnected");
    client.send_data(3, &[0; 5], true);
    loop {
        let answer = client.next_of(DATA);
        if answer.stream == 3 {
            assert_eq!(answer.payload, [0; 5]);
            break;
        }
    }
    broker.finish().await;
}

/// HEADERS without their end, then silence: nothing else may be sent on that connection, not even
/// the answer to a PING.
#[tokio::test(flavor = "multi_thread")]
async fn headers_that_never_end_are_let_go_when_a_ping_is_not_answered() {
    let victim = Victim::start(&[("EXHOOK_KEEPALIVE_INTERVAL_MS", "500")]);
    let broker = Broker::start(&victim).await;
    let mut attacker = Attacker::connect(victim.address);
    attacker.send(&frame(HEADERS, 0, 1, &call_headers("OnClientConnect")));
    attacker.read_to_end();
    victim.until_connections(1).await;
    broker.finish().await;
}
