//! Peers that ask and do not take the answers.

use super::{
    attacker::{Attacker, call, frame, stream},
    broker::Broker,
    victim::Victim,
};
use crate::{
    frames::{DATA, END_STREAM},
    provider::publish,
    raw_client::framed,
};

const INITIAL_WINDOW_SIZE: u16 = 4;

/// Calls whose answers have 10 kB, until the server has enough of it.
fn ask_and_never_read(mut attacker: Attacker) {
    let request = framed(&publish("t", vec![1; 10_000]));
    attacker.send_all(100_000, |number| {
        let message = frame(DATA, END_STREAM, stream(number), &request);
        [call(number, "OnMessagePublish"), message].concat()
    });
}

async fn is_given_up(settings: &[(u16, u32)]) {
    let victim = Victim::start(&[
        ("EXHOOK_MAX_BUFFERED_BYTES", "40000000"),
        ("EXHOOK_RECEIVE_TIMEOUT_MS", "1000"),
    ]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    for _ in 0..3 {
        ask_and_never_read(Attacker::connect_with(victim.address, settings));
    }
    victim.until_connections(1).await;
    assert_eq!(victim.refused("unread"), 3);
    broker.finish().await;
    let (after, most) = victim.memory();
    assert!(most < before + 96, "{most} MiB");
    assert!(after < before + 64, "{after} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_is_given_up() {
    is_given_up(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_opens_a_window_is_given_up() {
    is_given_up(&[(INITIAL_WINDOW_SIZE, 0)]).await;
}

/// Answers without a message need no window, only somebody who reads.
#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_answers_without_a_message_is_given_up() {
    let victim = Victim::start(&[
        ("EXHOOK_MAX_BUFFERED_BYTES", "20000000"),
        ("EXHOOK_RECEIVE_TIMEOUT_MS", "1000"),
    ]);
    let broker = Broker::start(&victim).await;
    let (before, _) = victim.memory();
    let mut attacker = Attacker::connect(victim.address);
    attacker.flood(1_000_000, |number| {
        let message = frame(DATA, END_STREAM, stream(number), &[0; 5]);
        [call(number, "OnNothing"), message].concat()
    });
    drop(attacker);
    victim.until_connections(1).await;
    assert_eq!(victim.refused("unread"), 1);
    broker.finish().await;
    let (_, most) = victim.memory();
    assert!(most < before + 64, "{most} MiB");
}
