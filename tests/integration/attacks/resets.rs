//! Streams that are opened to be broken.

use super::{
    attacker::{Attacker, call, frame, stream},
    broker::Broker,
    victim::Victim,
};
use crate::frames::{DATA, END_HEADERS, END_STREAM, HEADERS, RST_STREAM, literal_headers};

const CANCEL: [u8; 4] = [0, 0, 0, 8];

/// CVE-2023-44487: each stream is cancelled in the same breath.
#[tokio::test(flavor = "multi_thread")]
async fn rapid_reset_is_sent_away_after_a_few_streams() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    for _ in 0..20 {
        let mut attacker = Attacker::connect(victim.address);
        let burst = |number| {
            let open = call(number, "OnClientAuthenticate");
            [open, frame(RST_STREAM, 0, stream(number), &CANCEL)].concat()
        };
        let burst: Vec<u8> = (0..1_000).flat_map(burst).collect();
        attacker.send_all(1, |_| burst.clone());
        attacker.read_to_end();
    }
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 20);
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < 100, "{most} MiB");
}

/// Each stream is whole, answered perhaps, and cancelled: none is left behind.
#[tokio::test(flavor = "multi_thread")]
async fn cancelled_calls_leave_nothing_behind() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let mut attacker = Attacker::connect(victim.address);
    attacker.send_all(20_000, |number| {
        let message = frame(DATA, END_STREAM, stream(number), &[0; 5]);
        let cancel = frame(RST_STREAM, 0, stream(number), &CANCEL);
        [call(number, "OnClientAuthenticate"), message, cancel].concat()
    });
    drop(attacker);
    victim.until_connections(1).await;
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 64, "{most} MiB");
}

/// CVE-2025-8671: the server is made to reset streams itself, by requests that are malformed.
#[tokio::test(flavor = "multi_thread")]
async fn who_makes_the_server_reset_streams_is_sent_away() {
    let victim = Victim::start(&[]);
    let broker = Broker::start(&victim).await;
    let mut attacker = Attacker::connect(victim.address);
    let malformed = literal_headers(&[(":method", "POST"), ("content-length", "many")]);
    let written = attacker.flood(1_000_000, |number| {
        let flags = END_HEADERS | END_STREAM;
        frame(HEADERS, flags, stream(number), &malformed)
    });
    assert!(written >= 1_024, "{written}: a few are forgiven");
    drop(attacker);
    victim.until_connections(1).await;
    assert_eq!(victim.refused("flood"), 1);
    broker.finish().await;
}
